//! Why a signature or a ciphertext is refused.
//!
//! Exact, for logs and tests. What leaves is one refusal for all of these: a stranger must not learn how far a forgery came.

/// Why a signature or a ciphertext was refused, or could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// Not the shape that the standard gives it: a part is missing, repeated, in the wrong place or not base64.
    #[error("not the shape of a signature or a ciphertext")]
    Malformed,
    /// An algorithm, a transform, a parameter or a kind of reference outside the profile.
    #[error("outside the profile")]
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
    /// What is encrypted cannot be decrypted, or is not what it should be. It says no more, not even to logs.
    #[error("not decryptable")]
    Undecryptable,
    /// The [`Budget`](crate::Budget) is spent.
    #[error("more work than the budget")]
    TooMuch,
}
