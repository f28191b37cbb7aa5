//! Opening a protected message: a state machine that suspends where a token must be verified outside.
//!
//! In:  the octets of a message and what the endpoint demands of it ([`Policy`]).
//! Out: [`Opened`]: body, addressing, timestamp, tokens, sealer of the answer.
//! Never: trust. A token is handed out raw ([`What::Token`]); who it names, or whether a password is right, is decided by
//!        whoever drives the machine. Nothing is looked up by name or fetched.
//!
//! Signatures and encryption in the header are refused; they come to life here, in the rounds of [`Opener::step`].
//!
//! WSS SOAP Message Security 1.1.1 §5 (order of the header), §10 (timestamp).

use super::timestamp::Stamp;
use super::token::{Child, Token, TokenKind};
use super::username::Username;
use super::{Part, SecurityFlaw, fill};
use crate::addressing;
use crate::envelope::{Envelope, is_for_the_last};
use crate::names::WSSE;
use crate::{
    Addressing, AddressingVersion, Doubles, EnvelopeFlaw, Flaw, Property, Sealer, SoapVersion,
    Unopened,
};
use symbolon_keys::PublicKey;
use symbolon_xml::{Document, Element, Limits, Tree};
use symbolon_xmlsec::Budget;

// LIMIT: the longest honest chain (an encrypted token whose key opens the body, whose signature endorses) takes three.
const ROUNDS: u32 = 4;

/// What protects the messages of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binding {
    /// TLS alone.
    Transport,
}

/// Whether something must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Its absence is a refusal.
    Required,
    /// Its absence is tolerated.
    Optional,
}

/// What an endpoint demands of a message, and the most that it takes.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The SOAP versions it speaks; a message that shows none is answered in the first.
    pub versions: &'static [SoapVersion],
    /// What protects its messages.
    pub binding: Binding,
    /// Whether it takes a UsernameToken.
    pub username: bool,
    /// Whether it takes a SAML assertion.
    pub assertion: bool,
    /// Whether it demands a timestamp.
    pub timestamp: Presence,
    /// What an addressing header is that comes twice.
    pub doubles: Doubles,
    /// The size of a message.
    pub limits: Limits,
}

/// The name of a need, within one opener.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NeedId(usize);

/// What the opener cannot know by itself.
#[derive(Debug, Clone)]
pub struct Need {
    /// To answer it by.
    pub id: NeedId,
    /// What is needed.
    pub what: What,
}

/// Kinds of needs.
#[derive(Debug, Clone)]
pub enum What {
    /// A token, to be verified before anything that hangs on it counts; then the key that it confirms, if any.
    Token(Element),
}

/// Where a key comes from that signed a part of the message.
#[derive(Debug, Clone)]
pub enum Root {
    /// Answered under this need.
    Supplied(NeedId),
    /// Carried by the message: it proves possession, never trust.
    Sent(PublicKey),
}

/// How much a signature covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Covers {
    /// All that the endpoint demands.
    Request,
    /// A signature that covers the request.
    Endorses,
    /// Only the timestamp.
    Moment,
}

/// A verified signature of the header.
#[derive(Debug, Clone)]
pub struct Signed {
    /// The key that made it.
    pub root: Root,
    /// What it covers.
    pub covers: Covers,
    /// Its `Id`.
    pub id: Option<String>,
}

/// Where opening stands.
#[derive(Debug)]
pub enum Step {
    /// Answer each of these by [`Opener::supply`], then step again.
    Need(Box<Opener>, Vec<Need>),
    /// Done.
    Opened(Box<Opened>),
}

/// A message that kept the endpoint's rules. Whom it is from is still open.
#[derive(Debug)]
pub struct Opened {
    /// The message with its one index of ids.
    pub tree: Tree,
    /// Version of SOAP.
    pub version: SoapVersion,
    /// What the addressing headers say.
    pub addressing: Addressing,
    /// What the timestamp says, if there is one.
    pub timestamp: Option<Stamp>,
    /// The tokens of the security header, in its order.
    pub tokens: Vec<Token>,
    /// The verified signatures of the security header. Always empty: none is taken yet.
    pub signatures: Vec<Signed>,
    /// The one child of the body.
    pub body: Element,
    /// Writes the answer.
    pub sealer: Sealer,
    /// What is left of the work that one message may cost.
    pub left: Budget,
}

/// A message being opened.
#[derive(Debug)]
pub struct Opener {
    opened: Opened,
    /// Answers by need, in order; `None` is a need that is still open.
    answers: Vec<Option<Answer>>,
    asked: usize,
    rounds: u32,
}

/// What came back for a need: the key that the token confirms, or that it is a verified bearer token.
#[derive(Debug)]
struct Answer(Option<PublicKey>);

impl Opener {
    /// Guards and parses a message, refuses what its headers forbid, and plans what is to be done.
    ///
    /// # Errors
    /// [`Unopened`]: the flaw, and the sealer of the fault that tells it.
    pub fn new(received: &[u8], policy: &Policy, left: Budget) -> Result<Self, Unopened> {
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
        let message_id = addressing::message_id(&envelope.headers, policy.doubles);
        let sealer = Sealer::plain(version, message_id)
            .in_addressing(AddressingVersion::of(&envelope.headers));
        let plan = Plan { root, version, envelope, sealer: sealer.clone(), left };
        plan.open(policy).map_err(|flaw| Unopened { flaw, sealer })
    }

    /// Goes on as far as it can.
    ///
    /// # Errors
    /// [`Unopened`], also where a need is unanswered.
    pub fn step(mut self) -> Result<Step, Unopened> {
        match self.advance() {
            Err(flaw) => Err(Unopened { flaw: flaw.into(), sealer: self.opened.sealer }),
            Ok(needs) if needs.is_empty() => Ok(Step::Opened(Box::new(self.opened))),
            Ok(needs) => Ok(Step::Need(Box::new(self), needs)),
        }
    }

    /// Answers a need, once: `key` is what the verified token confirms, `None` that it is a verified bearer token.
    ///
    /// A token that does not verify is not supplied: drop the opener.
    ///
    /// # Errors
    /// [`SecurityFlaw::NoSuchNeed`].
    pub fn supply(&mut self, need: NeedId, key: Option<PublicKey>) -> Result<(), SecurityFlaw> {
        let slot =
            self.answers.get_mut(need.0).filter(|slot| slot.is_none() && need.0 < self.asked);
        *slot.ok_or(SecurityFlaw::NoSuchNeed)? = Some(Answer(key));
        Ok(())
    }

    /// Writes the fault if the driver gives up: in plain, for nobody is authenticated.
    #[must_use]
    pub fn into_sealer(self) -> Sealer {
        self.opened.sealer
    }

    fn advance(&mut self) -> Result<Vec<Need>, SecurityFlaw> {
        self.rounds = self.rounds.saturating_add(1);
        if self.rounds > ROUNDS {
            return Err(SecurityFlaw::Rounds);
        }
        if self.answers.iter().take(self.asked).any(Option::is_none) {
            return Err(SecurityFlaw::Unanswered);
        }
        let fresh = self.opened.tokens.iter().filter_map(|token| {
            let id = token.need.filter(|id| id.0 >= self.asked)?;
            Some(Need { id, what: What::Token(token.element.clone()) })
        });
        let needs: Vec<Need> = fresh.collect();
        self.asked = self.answers.len();
        // SECURITY: a key that a token confirms and that nothing in the message proves is a stolen token.
        // Test: holder_without_proof_is_refused.
        let unproven = |answer: &Answer| answer.0.is_some();
        if self.answers.iter().flatten().any(unproven) {
            return Err(SecurityFlaw::HolderUnproven);
        }
        Ok(needs)
    }
}

/// An envelope whose headers are still to be read.
struct Plan {
    root: Element,
    version: SoapVersion,
    envelope: Envelope,
    sealer: Sealer,
    left: Budget,
}

impl Plan {
    fn open(self, policy: &Policy) -> Result<Opener, Flaw> {
        let Self { root, version, envelope, sealer, left } = self;
        let is_ours =
            |block: &Element| block.is(WSSE, "Security") && is_for_the_last(block, version);
        let spoken = AddressingVersion::of(&envelope.headers);
        envelope
            .check_understood(|block| is_ours(block) || Property::of(block, spoken).is_some())?;
        let addressing = Addressing::read(&envelope.headers, policy.doubles)?;
        let mut security = None;
        for block in envelope.headers.iter().filter(|block| is_ours(block)) {
            fill(&mut security, block, Part::Security)?;
        }
        // SECURITY: signature wrapping begins with a second element of the same id. Test: two_of_one_id_are_refused.
        let tree = Tree::new(root).map_err(|_| SecurityFlaw::DuplicateId)?;
        let contents = Contents::read(security, policy)?;
        let body = envelope.body.ok_or(EnvelopeFlaw::BodyNotOneElement)?;
        let opened = Opened {
            tree,
            version,
            addressing,
            timestamp: contents.timestamp,
            tokens: contents.tokens,
            signatures: Vec::new(),
            body,
            sealer,
            left,
        };
        let answers = (0..contents.needs).map(|_| None).collect();
        Ok(Opener { opened, answers, asked: 0, rounds: 0 })
    }
}

/// What the security header holds.
#[derive(Default)]
struct Contents {
    timestamp: Option<Stamp>,
    tokens: Vec<Token>,
    needs: usize,
}

impl Contents {
    fn read(security: Option<&Element>, policy: &Policy) -> Result<Self, SecurityFlaw> {
        let mut contents = Self::default();
        let (mut username, mut assertion) = (None, None);
        for child in security.into_iter().flat_map(Element::elements) {
            match Child::of(&child, policy)? {
                Child::Timestamp => {
                    fill(&mut contents.timestamp, Stamp::read(&child)?, Part::Timestamp)?;
                }
                Child::UsernameToken => {
                    fill(&mut username, (), Part::UsernameToken)?;
                    let kind = TokenKind::Username(Box::new(Username::read(&child)?));
                    contents.push(child, None, kind, policy);
                }
                Child::Assertion => {
                    fill(&mut assertion, (), Part::Assertion)?;
                    let need = NeedId(contents.needs);
                    contents.needs = contents.needs.saturating_add(1);
                    contents.push(child, Some(need), TokenKind::Assertion, policy);
                }
            }
        }
        match (policy.timestamp, contents.timestamp) {
            (Presence::Required, None) => Err(SecurityFlaw::TimestampMissing),
            (Presence::Required, Some(_)) | (Presence::Optional, _) => Ok(contents),
        }
    }

    fn push(&mut self, element: Element, need: Option<NeedId>, kind: TokenKind, policy: &Policy) {
        let confidential = match policy.binding {
            Binding::Transport => true,
        };
        self.tokens.push(Token { element, need, covered_by: Vec::new(), confidential, kind });
    }
}
