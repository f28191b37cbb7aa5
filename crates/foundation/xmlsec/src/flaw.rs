//! Why a signature is refused.
//!
//! Exact, for logs and tests. What leaves is one refusal for all of these: a stranger must not learn how far a forgery came.

/// Why a signature was refused, or could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// Not the shape of a signature: a part is missing, repeated, in the wrong place or not base64.
    #[error("not the shape of a signature")]
    Malformed,
    /// An algorithm, a transform, a parameter or a kind of reference outside the profile.
    #[error("outside the signature profile")]
    Unsupported,
    /// The value is not that key's over SignedInfo, or the key is not for that algorithm.
    #[error("the signature value does not hold")]
    BadSignature,
    /// No element in the view has the id that a reference names.
    #[error("a reference to nothing")]
    UnknownReference,
    /// The enveloped-signature transform in a signature that is not inside what it references.
    #[error("an enveloped signature outside of what it signs")]
    NotEnveloped,
    /// The referenced element is not the one that was digested.
    #[error("a digest does not hold")]
    BadDigest,
    /// All digests hold, but over something else than the caller needs covered.
    #[error("the signature covers something else")]
    NotExpected,
    /// The [`Budget`](crate::Budget) is spent.
    #[error("more signatures, references or octets than the budget")]
    TooMuch,
}
