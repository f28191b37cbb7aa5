//! Opening a protected message: a state machine that suspends where something must be found outside.
//!
//! In:  the octets of a message and what the endpoint demands of it ([`Policy`]).
//! Out: [`Opened`]: body, addressing, timestamp, tokens, signatures, sealer of the answer.
//! Never: trust. A token is handed out raw ([`What::Token`]); who it names, whether a password is right and whose a key is,
//!        is decided by whoever drives the machine. Nothing is looked up by name or fetched.
//!
//! The children of the security header become items of work ([`plan`]), done in their order as far as their keys are known
//! ([`decrypt`], [`verify`], both by [`resolve`]). What is missing is asked for, in bounded rounds. In the end what the
//! signatures cover is held against the policy ([`coverage`]), and the whole becomes [`Opened`] ([`finish`]).
//!
//! WSS SOAP Message Security 1.1.1 §5 (order of the header), §8, §9, §10.

mod coverage;
mod decrypt;
mod finish;
mod opened;
mod plan;
mod resolve;
mod ring;
mod verify;

pub use opened::{Covers, Opened, Root, Signed, Step};

use super::SecurityFlaw;
use super::demands::{Order, Policy};
#[cfg(doc)]
use super::need::What;
use super::need::{Answer, Need, NeedId};
use crate::addressing;
use crate::envelope::Envelope;
use crate::{Addressing, AddressingVersion, EnvelopeFlaw, Flaw, Sealer, SoapVersion, Unopened};
use decrypt::Decrypted;
use plan::{Contents, Item, Work, is_encrypted};
use ring::Ring;
use symbolon_xml::{Document, Element, Place, Tree};
use symbolon_xmlsec::{Accepts, Budget};
use verify::Verified;

// LIMIT: the longest honest chain (an encrypted token whose key opens the body, whose signature endorses) takes three.
const ROUNDS: u32 = 4;

/// Where an encrypted token's content is seen from: below everything, so that signatures see what their maker saw, the
/// ciphertext, and only readers and key references see inside.
const BELOW_EVERYTHING: Place = Place(u32::MAX, 0);

/// A message being opened.
#[derive(Debug)]
pub struct Opener {
    policy: Policy,
    accepts: Accepts,
    message: Message,
    contents: Contents,
    items: Vec<Item>,
    ring: Ring,
    decrypted: Vec<Decrypted>,
    verified: Vec<Verified>,
    left: Budget,
    rounds: u32,
    hidden: Hidden,
}

/// A message as it was parsed, and as it is decrypted.
#[derive(Debug)]
struct Message {
    tree: Tree,
    envelope: Envelope,
    /// What the addressing headers say; nothing where one of them may be encrypted.
    addressing: Addressing,
    security: Option<Element>,
    sealer: Sealer,
}

/// What must not show outside.
#[derive(Debug, Default)]
struct Hidden {
    /// Whether a secret of ours has been at work: from then on every flaw looks like every other.
    begun: bool,
    /// The first decryption that failed. It is told only when all other work is done.
    failed: Option<SecurityFlaw>,
}

impl Opener {
    /// Guards and parses a message, refuses what its headers forbid, and plans what is to be done.
    ///
    /// # Errors
    /// [`Unopened`]: the flaw, and the sealer of the fault that tells it.
    pub fn new(received: &[u8], policy: &Policy, left: Budget) -> Result<Box<Self>, Unopened> {
        let unopened = |version, flaw: EnvelopeFlaw| Unopened {
            flaw: flaw.into(),
            sealer: Sealer::plain(version, None),
        };
        let first = policy.versions.first().copied().unwrap_or(SoapVersion::V12);
        let root = Document::parse(received, &policy.limits);
        let root = root.map_err(|flaw| unopened(first, flaw.into()))?;
        // SPEC: SOAP 1.2 Part 1 appendix A: a stranger to this version is answered in 1.1, which all read.
        let version = SoapVersion::of(&root);
        let spoken = version.filter(|version| policy.versions.contains(version));
        let mismatch = EnvelopeFlaw::VersionMismatch { supported: policy.versions };
        let Some(version) = spoken else {
            return Err(unopened(version.unwrap_or(SoapVersion::V11), mismatch));
        };
        let envelope = Envelope::read(&root, version).map_err(|flaw| unopened(version, flaw))?;
        let addressing = Addressing::read(&envelope.headers, policy.doubles);
        let message_id = match &addressing {
            Ok(addressing) => addressing.message_id.clone(),
            Err(_) => addressing::message_id(&envelope.headers, policy.doubles),
        };
        let sealer = Sealer::plain(version, message_id)
            .in_addressing(AddressingVersion::of(&envelope.headers));
        let planned = Self::planned(root, (envelope, addressing), sealer.clone(), (policy, left));
        planned.map_err(|flaw| Unopened { flaw, sealer })
    }

    /// Goes on as far as it can.
    ///
    /// # Errors
    /// [`Unopened`], also where a need is unanswered.
    pub fn step(mut self: Box<Self>) -> Result<Step, Unopened> {
        match self.advance() {
            Err(flaw) => Err(self.unopened(flaw.into())),
            Ok(needs) if needs.is_empty() => self.finish().map(Step::Opened),
            Ok(needs) => Ok(Step::Need(self, needs)),
        }
    }

    /// Answers a need, once. Of a token: the key that it confirms, or that it is a verified bearer token.
    ///
    /// A token that does not verify is not supplied: drop the opener.
    ///
    /// # Errors
    /// [`SecurityFlaw::NoSuchNeed`]; [`SecurityFlaw::Misplaced`] for an encrypted token without content, or the reverse;
    /// [`SecurityFlaw::FailedCheck`] for content that cannot stand where it was encrypted.
    pub fn supply(&mut self, need: NeedId, answer: impl Into<Answer>) -> Result<(), SecurityFlaw> {
        let answer = answer.into();
        let encrypted = self.ring.unanswered(need)?.filter(|token| is_encrypted(token)).cloned();
        self.hidden.begun |= answer.content.is_some() || answer.is_secret();
        match (&answer.content, encrypted) {
            (None, None) => {}
            (Some(content), Some(token)) => {
                let inside = self.message.tree.graft(&token, content.clone(), BELOW_EVERYTHING);
                let [inside] = inside.as_deref().unwrap_or_default() else {
                    return Err(SecurityFlaw::FailedCheck(Box::new(
                        SecurityFlaw::Misplaced.into(),
                    )));
                };
                self.ring.found_inside(need, inside);
            }
            (Some(_), None) | (None, Some(_)) => return Err(SecurityFlaw::Misplaced),
        }
        self.ring.answer(need, answer)
    }

    /// Writes the fault if the driver gives up: in plain, for nobody is authenticated.
    #[must_use]
    pub fn into_sealer(self) -> Sealer {
        self.message.sealer
    }

    /// Does all that can be done; what is needed to do more, or nothing when all is done.
    fn advance(&mut self) -> Result<Vec<Need>, SecurityFlaw> {
        self.rounds = self.rounds.saturating_add(1);
        if self.rounds > ROUNDS {
            return Err(SecurityFlaw::Rounds);
        }
        if self.ring.owes_answers() {
            return Err(SecurityFlaw::Unanswered);
        }
        while self.pass()? {}
        // SECURITY: oracles (CVE-2011-1096). Ciphertext that fails costs what ciphertext costs that decrypts to something
        // else: all that can be done without it has been done. Test: a_failed_decryption_does_the_work_of_a_false_one.
        if let Some(flaw) = self.hidden.failed.take() {
            return Err(flaw);
        }
        let needs = self.ring.take_needs();
        if needs.is_empty() && self.items.iter().any(|item| !item.done) {
            return Err(SecurityFlaw::Unavailable);
        }
        Ok(needs)
    }

    /// Tries every undone item once, in header order; whether any was done.
    fn pass(&mut self) -> Result<bool, SecurityFlaw> {
        let mut moved = false;
        let mut number = 0_usize;
        // Decryption may reveal signatures: the list grows.
        while let Some(item) = self.items.get(number).cloned() {
            if !item.done && !self.must_wait(&item) && self.work(&item)? {
                moved = true;
                if let Some(item) = self.items.get_mut(number) {
                    item.done = true;
                }
            }
            number = number.saturating_add(1);
        }
        Ok(moved)
    }

    /// Does an item; `false` where a key is missing.
    fn work(&mut self, item: &Item) -> Result<bool, SecurityFlaw> {
        match &item.work {
            Work::Decrypt(decryption) => self.decrypt(item.place, decryption),
            Work::Verify(signature) => self.verify(item.place, signature),
            Work::Token(token) => self.ring.need_token(token),
        }
    }

    /// Whether something above must happen first.
    ///
    /// A signature sees the decryptions above it, whenever its key is known. Where ciphertext is signed, a decryption waits
    /// for the signatures above it.
    fn must_wait(&self, item: &Item) -> bool {
        let order = self.policy.binding.demands().map(|demands| demands.order);
        let above = |other: &&Item| !other.done && other.place < item.place;
        self.items.iter().filter(above).any(|other| match (&item.work, &other.work) {
            (Work::Verify(_), Work::Decrypt(_)) => true,
            (Work::Decrypt(_), Work::Verify(_)) => order == Some(Order::EncryptThenSign),
            (Work::Verify(_), Work::Verify(_) | Work::Token(_))
            | (Work::Decrypt(_), Work::Decrypt(_) | Work::Token(_))
            | (Work::Token(_), _) => false,
        })
    }

    /// The refusal. Once a secret of ours was at work, every flaw is one.
    fn unopened(self, flaw: Flaw) -> Unopened {
        let hidden =
            if self.hidden.begun { SecurityFlaw::FailedCheck(Box::new(flaw)).into() } else { flaw };
        Unopened { flaw: hidden, sealer: self.message.sealer }
    }
}
