//! The closed list of message authentication codes.
//!
//! In:  a name that a caller's protocol knows.
//! Out: a [`MacAlgorithm`], which a [`SecretKey`](crate::SecretKey) makes and verifies.
//! Never: a truncated code.
//!
//! RFC 2104, RFC 6931 §2.2; the XML names live in symbolon-xmlsec.

use aws_lc_rs::hmac;

use crate::Digest;

/// How octets are authenticated with a secret.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum MacAlgorithm {
    /// HMAC with SHA-1. Verified where a record allows it; no signature of ours has it.
    HmacSha1,
    /// HMAC with SHA-256.
    HmacSha256,
    /// HMAC with SHA-384.
    HmacSha384,
    /// HMAC with SHA-512.
    HmacSha512,
}

impl MacAlgorithm {
    /// The hash underneath.
    #[must_use]
    pub const fn digest(self) -> Digest {
        match self {
            Self::HmacSha1 => Digest::Sha1,
            Self::HmacSha256 => Digest::Sha256,
            Self::HmacSha384 => Digest::Sha384,
            Self::HmacSha512 => Digest::Sha512,
        }
    }

    /// Whether it rests on SHA-1. A weak algorithm counts only where a record allows it.
    #[must_use]
    pub const fn is_weak(self) -> bool {
        self.digest().is_weak()
    }

    pub(crate) const fn primitive(self) -> hmac::Algorithm {
        match self {
            Self::HmacSha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Self::HmacSha256 => hmac::HMAC_SHA256,
            Self::HmacSha384 => hmac::HMAC_SHA384,
            Self::HmacSha512 => hmac::HMAC_SHA512,
        }
    }
}
