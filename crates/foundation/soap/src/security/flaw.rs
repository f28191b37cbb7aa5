//! What can be wrong with a security header.

use crate::security::demands::Target;
use crate::time::TimeFlaw;
use crate::{Flaw, HeaderName};

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
    /// `wsse11:Salt` or `wsse11:Iteration`
    Derivation,
    /// A SAML assertion.
    Assertion,
    /// `wsse:BinarySecurityToken`
    Certificate,
    /// `wsc:SecurityContextToken`
    Context,
    /// `xenc:EncryptedData`
    EncryptedData,
    /// `wsse11:SignatureConfirmation`
    Confirmation,
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
    /// A signature in the header, which this endpoint does not take.
    #[error("a signature")]
    Signature,
    /// Encryption in the header, which this endpoint does not take.
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
    /// Salt or iterations, for a key derived from the password: not taken here, or without bounds.
    #[error("a key derived from a password")]
    DerivedKey,
    /// A derived key of no length, offset, label, nonce or algorithm that we derive with.
    #[error("a derived key that is not derived here")]
    Derivation,
    /// A token that should hold certificates and does not.
    #[error("a certificate that cannot be read")]
    Certificate,
    /// A reference to a token that is not exactly one.
    #[error("not a reference to a token")]
    Reference,
    /// A reference to what is not in the message and cannot be asked for, that leads round in a circle, or to no key.
    #[error("a reference to a token that is not to be had")]
    Unavailable,
    /// A signature or a ciphertext that does not say its key, or says several.
    #[error("not exactly one key")]
    KeyInfo,
    /// A key that serves a second purpose or a second algorithm.
    #[error("a key used for two things")]
    KeyUsedTwice,
    /// Encryption of something that must not be encrypted, or twice; something signed that stands where nobody reads it.
    #[error("something protected where it may not be")]
    Misplaced,
    /// More children, keys or references than any honest message has.
    #[error("more of everything than honest messages have")]
    TooMuch,
    /// A signature or a ciphertext.
    #[error("{0}")]
    Protection(#[from] symbolon_xmlsec::Flaw),
    /// The endpoint demands that this be signed.
    #[error("{0:?} is not signed")]
    Unsigned(Target),
    /// The endpoint demands that this be encrypted.
    #[error("{0:?} is not encrypted")]
    Unencrypted(Target),
    /// The endpoint demands a signature by a second key.
    #[error("not endorsed")]
    Unendorsed,
    /// Content that was decrypted, and that no signature shows to be part of this message.
    #[error("decrypted content that nobody signed")]
    Unauthenticated,
    /// The signatures of the request are not confirmed, or others are.
    #[error("not the signatures that were sent")]
    Confirmation,
    /// Something behind a secret of ours, of which outside nothing may be told but that it failed.
    #[error("behind a key: {0}")]
    FailedCheck(Box<Flaw>),
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
