//! What a caller lets a message be encrypted with.

use symbolon_keys::{ContentCipher, Digest};

use crate::Flaw;

/// What is accepted, within the profile.
///
/// Chosen by who owns the configuration, not by the message: an algorithm outside is refused before any key is used.
// SECURITY: downgrade (CVE-2012-5575, CVE-2011-1096). CBC is not authenticated, and a sender who could choose it would have
// an oracle. Test: cbc_is_refused_unless_it_was_opted_for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepts {
    ciphers: Ciphers,
    digests: Digests,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ciphers {
    Authenticated,
    AndCbc,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Digests {
    All,
    WithoutSha1,
}

impl Accepts {
    /// AES-GCM, with keys by RSA-OAEP, by ECDH-ES with ConcatKDF, or by AES key wrap.
    ///
    /// SHA-1 counts inside OAEP and ConcatKDF, where its collisions don't matter: most clients send it.
    pub const AUTHENTICATED: Self = Self { ciphers: Ciphers::Authenticated, digests: Digests::All };

    /// AES-CBC too. Only where the ciphertext is signed, or the sender's record says so.
    #[must_use]
    pub const fn and_cbc(self) -> Self {
        Self { ciphers: Ciphers::AndCbc, ..self }
    }

    /// No SHA-1 anywhere.
    #[must_use]
    pub const fn without_sha1(self) -> Self {
        Self { digests: Digests::WithoutSha1, ..self }
    }

    pub(crate) fn cipher(&self, cipher: ContentCipher) -> Result<ContentCipher, Flaw> {
        match self.ciphers {
            Ciphers::AndCbc => Ok(cipher),
            Ciphers::Authenticated if cipher.is_authenticated() => Ok(cipher),
            Ciphers::Authenticated => Err(Flaw::Unsupported),
        }
    }

    pub(crate) fn digest(&self, digest: Digest) -> Result<Digest, Flaw> {
        match self.digests {
            Digests::WithoutSha1 if digest == Digest::Sha1 => Err(Flaw::Unsupported),
            Digests::All | Digests::WithoutSha1 => Ok(digest),
        }
    }
}
