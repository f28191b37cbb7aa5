//! Writing protected messages.
//!
//! In:  what a message says, and how it is to be protected ([`Protection`]).
//! Out: [`Sealing`]: octets that a private key must sign, as often as there are such keys; then the octets of the message.
//! Never: an algorithm or an order that is chosen by the other side; waiting for a key; a secret in `Debug`.
//!
//! Everything that is written is signed, then whatever says something is encrypted, the signatures too. The header is in the
//! order of the strict layout: what is used stands before what uses it.
//!
//! WSS SOAP Message Security 1.1.1 §5, §8, §9; WS-SecureConversation 1.4 §7; WS-SecurityPolicy 1.2 §6.7; BSP 1.1.

mod draft;
mod keys;
mod parts;

pub(crate) use draft::{Draft, Part};
pub(crate) use parts::{Header, Outgoing, headers_of_reply, headers_of_request};

use crate::Conversation;
use crate::security::need::Held;
use keys::Prepared;
use std::collections::VecDeque;
use std::fmt;
use symbolon_keys::{
    Certificate, EncryptFlaw, MacAlgorithm, NoRandomness, PublicKey, Random, SecretKey,
    SignatureAlgorithm,
};
use symbolon_xml::Unwritable;
use symbolon_xmlsec::{KeyInfo, SignatureMethod, SignedInfo};

/// How a message that we write is protected.
#[derive(Debug, Clone, Copy)]
pub struct Protection<'a> {
    /// What signs and encrypts the message.
    pub keys: Keys<'a>,
    /// An assertion that goes along, as its issuer wrote it. It is signed with the message.
    pub assertion: Option<&'a [u8]>,
    /// What signs the signature; over TLS, the timestamp and the address.
    pub endorsements: &'a [Signer<'a>],
    /// How derived keys are written.
    pub conversation: Conversation,
}

/// What signs and encrypts a message.
#[derive(Debug, Clone, Copy)]
pub enum Keys<'a> {
    /// Nothing but TLS.
    Channel,
    /// Keys derived from a new secret, which is sent along, wrapped for the holder of this certificate.
    Wrapped(&'a Certificate),
    /// Keys derived from a secret that both sides have.
    Shared(&'a NamedSecret),
    /// A private key signs. What is hidden is hidden from all but the holder of a certificate.
    Certificates {
        /// The key that signs.
        own: CertifiedKey<'a>,
        /// For whom it is encrypted; `None` leaves it readable.
        recipient: Option<&'a Certificate>,
    },
}

/// A key that signs.
#[derive(Debug, Clone, Copy)]
pub enum Signer<'a> {
    /// A private key, by way of [`Sealing::Sign`].
    Private(CertifiedKey<'a>),
    /// A secret that both sides have.
    Shared(&'a NamedSecret),
}

/// A private key that is elsewhere.
#[derive(Debug, Clone, Copy)]
pub struct CertifiedKey<'a> {
    /// Its certificate.
    pub certificate: &'a Certificate,
    /// What it signs with.
    pub algorithm: SignatureAlgorithm,
}

/// A secret that both sides have, with the name that both know it by.
#[derive(Clone)]
pub struct NamedSecret {
    /// The secret.
    pub key: SecretKey,
    /// Its name.
    pub name: SecretName,
}

/// How a message names a secret that both sides have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretName {
    /// As something from an earlier message.
    Held(Held),
    /// By the AssertionID of the SAML 1.1 assertion that confirms it.
    Saml11(String),
    /// By the ID of the SAML 2.0 assertion that confirms it.
    Saml20(String),
}

/// Where sealing stands.
#[derive(Debug)]
pub enum Sealing {
    /// Have [`Unsigned::octets`] signed, then go on with [`Unsigned::sign`].
    Sign(Box<Unsigned>),
    /// Done.
    Sealed(Sealed),
}

/// A message that is written and protected.
#[derive(Debug)]
pub struct Sealed {
    /// The message.
    pub octets: Vec<u8>,
    /// What is needed to open the answer.
    pub sent: Sent,
}

/// What the sender of a message keeps to open the answer.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    /// The signatures, for [`Opened::check_confirmations`](crate::Opened::check_confirmations).
    pub signatures: Vec<Vec<u8>>,
    /// The secret, by the name that the answer will call it.
    pub secret: Option<NamedSecret>,
}

/// Why a message was not sealed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealFlaw {
    /// A value holds a character that XML has not.
    #[error("{0}")]
    Unwritable(#[from] Unwritable),
    /// What the caller wants carried is no XML, or has an id that the message has already.
    #[error("{0}")]
    Content(#[from] symbolon_xml::Flaw),
    /// What is to be signed cannot be: no such part, or an algorithm that is not signed with.
    #[error("{0}")]
    Signature(#[from] symbolon_xmlsec::Flaw),
    /// A key is not for that use.
    #[error("{0}")]
    Encryption(#[from] EncryptFlaw),
    /// No randomness.
    #[error("{0}")]
    Randomness(#[from] NoRandomness),
    /// There is no key to protect the answer with.
    #[error("no key to protect the answer with")]
    NoKey,
}

/// A message of which a private key must sign a part.
pub struct Unsigned {
    seal: Seal,
    step: Step,
    info: SignedInfo,
    key: PublicKey,
}

/// A message on its way.
pub(crate) struct Seal {
    draft: Draft,
    keys: Prepared,
    steps: VecDeque<Step>,
    sent: Sent,
}

/// One signature still to be made.
struct Step {
    id: String,
    by: By,
    key_info: Vec<u8>,
    over: Vec<String>,
    /// The reference whose token is signed, where the assertion is to be.
    token: Option<&'static str>,
}

enum By {
    Secret(SecretKey),
    Private(PublicKey, SignatureAlgorithm),
}

impl Seal {
    /// Begins: keys and tokens are written, and what is to be signed is fixed.
    pub(crate) fn begin(
        outgoing: &Outgoing<'_>,
        protection: &Protection<'_>,
        random: &dyn Random,
    ) -> Result<Sealing, SealFlaw> {
        let mut draft = Draft::new(outgoing, protection)?;
        let (keys, primary) = Prepared::new(&mut draft, protection, random)?;
        let mut steps = VecDeque::new();
        let (mut over, token) = draft.to_sign();
        if let Some((by, key_info)) = primary {
            let id = "m-sig".to_owned();
            over.extend(keys.own_token.clone());
            steps.push_back(Step { id: id.clone(), by, key_info, over, token });
            over = vec![id];
        } else {
            over = draft.to_endorse();
        }
        for (number, signer) in protection.endorsements.iter().enumerate() {
            let id = format!("m-sig{number}");
            let (by, key_info) = keys::endorsing(&mut draft, signer, (number, protection), random)?;
            steps.push_back(Step { id, by, key_info, over: over.clone(), token: None });
        }
        let secret = keys.sent.clone();
        let sent = Sent { signatures: Vec::new(), secret };
        Self { draft, keys, steps, sent }.advance(random)
    }

    fn advance(mut self, random: &dyn Random) -> Result<Sealing, SealFlaw> {
        while let Some(step) = self.steps.pop_front() {
            let info = self.draft.signed_info(&step.over, step.token, step.by.method())?;
            let info = info.with_id(&step.id)?;
            match &step.by {
                By::Secret(secret) => {
                    let value = secret.mac(MacAlgorithm::HmacSha256, info.octets());
                    self.take(&step, info, value.as_ref());
                }
                By::Private(key, _) => {
                    let key = key.clone();
                    return Ok(Sealing::Sign(Box::new(Unsigned { seal: self, step, info, key })));
                }
            }
        }
        self.keys.encrypt(&mut self.draft, random)?;
        Ok(Sealing::Sealed(Sealed { octets: self.draft.assemble()?, sent: self.sent }))
    }

    fn take(&mut self, step: &Step, info: SignedInfo, value: &[u8]) {
        let octets = info.into_signature(value, KeyInfo::Written(&step.key_info));
        self.draft.security.push(Part { octets, hidden: true });
        self.sent.signatures.push(value.to_vec());
    }
}

impl By {
    fn method(&self) -> SignatureMethod {
        match self {
            Self::Secret(_) => MacAlgorithm::HmacSha256.into(),
            Self::Private(_, algorithm) => (*algorithm).into(),
        }
    }
}

impl Unsigned {
    /// What is to be signed, with the algorithm that was asked for.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        self.info.octets()
    }

    /// The public half of the key that must sign.
    #[must_use]
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// Goes on with the signature; for ECDSA `r‖s`.
    ///
    /// # Errors
    /// [`SealFlaw`].
    pub fn sign(self, value: &[u8], random: &dyn Random) -> Result<Sealing, SealFlaw> {
        let Self { mut seal, step, info, .. } = self;
        seal.take(&step, info, value);
        seal.advance(random)
    }
}

impl fmt::Debug for NamedSecret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("NamedSecret").field("name", &self.name).finish_non_exhaustive()
    }
}

impl fmt::Debug for Unsigned {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Unsigned").field("key", &self.key()).finish_non_exhaustive()
    }
}
