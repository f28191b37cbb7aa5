//! The WS-Security header: what it holds, and what can be wrong with it.
//!
//! [`opener`] is the way through; [`username`], [`timestamp`] and [`token`] read one part each.
//!
//! WSS SOAP Message Security 1.1.1; UsernameToken Profile 1.1.1; BSP 1.1.

pub(crate) mod opener;
pub(crate) mod timestamp;
pub(crate) mod token;
pub(crate) mod username;

use crate::HeaderName;
use crate::time::TimeFlaw;
use symbolon_xml::Element;

/// The parts of a security header that a flaw can be about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// `wsse:Security`
    Security,
    /// `wsu:Timestamp`
    Timestamp,
    /// `wsu:Timestamp/wsu:Created`
    Created,
    /// `wsu:Timestamp/wsu:Expires`
    Expires,
    /// `wsse:UsernameToken`
    UsernameToken,
    /// `wsse:Username`
    Username,
    /// `wsse:Password`
    Password,
    /// `wsse:Nonce`
    Nonce,
    /// `wsse:UsernameToken/wsu:Created`
    UsernameCreated,
    /// A SAML assertion.
    Assertion,
}

/// What is wrong with a security header. Exact, for log and audit; outward see [`Flaw::fault`](crate::Flaw::fault).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecurityFlaw {
    /// Two where at most one may be.
    #[error("{0:?} came twice")]
    Repeated(Part),
    /// An id of the message stands twice: the ground on which signatures are wrapped.
    #[error("an id stands twice")]
    DuplicateId,
    /// A token of a kind that this endpoint does not take, or what is no token at all.
    #[error("{0:?} is not taken here")]
    Unsupported(HeaderName),
    /// A signature in the header, which no endpoint takes yet.
    #[error("a signature")]
    Signature,
    /// Encryption in the header, which no endpoint takes yet.
    #[error("encryption")]
    Encryption,
    /// A child that has no place inside this part.
    #[error("an unexpected child of {0:?}")]
    Unexpected(Part),
    /// Elements where only text may be.
    #[error("{0:?} is not plain text")]
    NotText(Part),
    /// The endpoint demands a timestamp.
    #[error("no timestamp")]
    TimestampMissing,
    /// A timestamp that does not say when the message was made, so that nobody could call it old.
    #[error("a timestamp without created")]
    CreatedMissing,
    /// Expires before Created, in place or in time.
    #[error("expires before created")]
    TimestampOrder,
    /// A time with a `ValueType`.
    #[error("a time of another type")]
    ValueType,
    /// A time that is none.
    #[error("{0}")]
    Time(#[from] TimeFlaw),
    /// No user name, or an empty one.
    #[error("no user name")]
    UsernameMissing,
    /// No password element.
    #[error("no password")]
    PasswordMissing,
    /// A password element without content.
    #[error("an empty password")]
    PasswordEmpty,
    /// Neither text nor digest.
    #[error("a password of an unknown type")]
    PasswordTypeUnknown,
    /// A nonce that is not in base64 by its own account.
    #[error("a nonce in another encoding")]
    NonceEncoding,
    /// A nonce that is no base64.
    #[error("a nonce that is no base64")]
    NonceNotBase64,
    /// Salt or iterations: a key derived from the password, which no endpoint takes yet.
    #[error("a key derived from a password")]
    DerivedKey,
    /// A token confirms the holder of a key, and nothing in the message proves that key.
    #[error("no proof of the key that a token confirms")]
    HolderUnproven,
    /// More rounds of needs than any honest message takes.
    #[error("too many rounds")]
    Rounds,
    /// Stepped while a need was unanswered.
    #[error("a need is unanswered")]
    Unanswered,
    /// An answer to no need, or a second answer.
    #[error("an answer to no need")]
    NoSuchNeed,
}

/// The text of an element that may hold nothing else.
fn plain_text(of: &Element, part: Part) -> Result<String, SecurityFlaw> {
    if of.has_elements() { Err(SecurityFlaw::NotText(part)) } else { Ok(of.text()) }
}

/// Puts a child into its slot, once.
fn fill<T>(slot: &mut Option<T>, value: T, part: Part) -> Result<(), SecurityFlaw> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(SecurityFlaw::Repeated(part)),
    }
}
