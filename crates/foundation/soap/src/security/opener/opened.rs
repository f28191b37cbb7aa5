//! What opening yields.

use crate::security::confirmation::{self, Confirmation};
use crate::security::need::{Need, NeedId};
use crate::security::token::Token;
use crate::{Addressing, Opener, Property, Sealer, SecurityFlaw, SoapVersion, Stamp};
use symbolon_keys::PublicKey;
use symbolon_xml::{Element, Tree};
use symbolon_xmlsec::{Budget, SignatureMethod};

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
    /// The message with its one index of ids, and what was decrypted in its place.
    pub tree: Tree,
    /// Version of SOAP.
    pub version: SoapVersion,
    /// What the addressing headers say.
    pub addressing: Addressing,
    /// What the timestamp says, if there is one.
    pub timestamp: Option<Stamp>,
    /// The tokens of the security header, in its order; of certificates only those whose key signed.
    pub tokens: Vec<Token>,
    /// The verified signatures of the security header that prove something here: those over all that the endpoint demands,
    /// and those over one of these.
    pub signatures: Vec<Signed>,
    /// The signatures that an answer confirms; all are signed.
    pub confirmations: Vec<Confirmation>,
    /// The one child of the body.
    pub body: Element,
    /// Writes the answer.
    pub sealer: Sealer,
    /// What is left of the work that one message may cost.
    pub left: Budget,
}

impl Opened {
    /// Refuses an answer unless it confirms all signatures that were sent, and no others.
    ///
    /// # Errors
    /// [`SecurityFlaw::Confirmation`].
    pub fn check_confirmations(&self, sent: &[Vec<u8>]) -> Result<(), SecurityFlaw> {
        confirmation::check(&self.confirmations, sent)
    }
}

/// Where a key comes from that signed a part of the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Root {
    /// Answered under this need, or derived from what was.
    Supplied(NeedId),
    /// Carried by the message: it proves possession, never trust.
    Sent(PublicKey),
}

/// How much a signature covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Covers {
    /// All that the endpoint demands.
    Request,
    /// A signature that covers the request, made by the key of this root.
    Endorses(Root),
    /// Only the timestamp, where the endpoint demands no more.
    Moment,
}

/// A verified signature of the header.
#[derive(Debug, Clone)]
pub struct Signed {
    /// The key that made it.
    pub root: Root,
    /// What it covers.
    pub covers: Covers,
    /// How it was made.
    pub method: SignatureMethod,
    /// Its `Id`.
    pub id: Option<String>,
    /// The signature itself: no two messages have the same, unless one is a copy.
    pub value: Vec<u8>,
    /// The addressing headers that it covers.
    pub properties: Vec<Property>,
}
