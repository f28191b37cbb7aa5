//! The key that a signature must be of.

use std::fmt;

use symbolon_keys::{BadSignature, PublicKey, SecretKey};

use crate::SignatureMethod;

/// The one key that a signature is verified with: somebody's public key, or a secret that both sides share.
///
/// ```
/// use symbolon_keys::{SecretKey, SystemRandom};
/// use symbolon_xmlsec::{Key, Until};
///
/// let shared = SecretKey::generate(32, &SystemRandom)?;
/// let key = Key::secret(shared);
/// // A partner who still signs with SHA-1, and has until the end of June 2027 to change that:
/// let now = 1_800_000_000_000;
/// let key = key.allowing_sha1(Until { end: 1_814_313_600_000, now });
/// # Ok::<(), symbolon_keys::NoRandomness>(())
/// ```
#[derive(Clone)]
pub struct Key {
    of: Of,
    sha1: bool,
}

#[derive(Clone)]
enum Of {
    Public(PublicKey),
    Secret(SecretKey),
}

/// The end of something that is tolerated, and the time that it is now, in milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Until {
    /// The first moment at which it is tolerated no longer.
    pub end: i64,
    /// Now.
    pub now: i64,
}

impl Key {
    /// The public half of a private key.
    #[must_use]
    pub const fn public(key: PublicKey) -> Self {
        Self { of: Of::Public(key), sha1: false }
    }

    /// A secret that the signer shares with us. Whoever can verify with it could have signed.
    #[must_use]
    pub const fn secret(key: SecretKey) -> Self {
        Self { of: Of::Secret(key), sha1: false }
    }

    /// The same key, with which SHA-1 counts as long as `now` is before `end`: in RSA-SHA1 or HMAC-SHA1, and in digests.
    ///
    /// Without this, SHA-1 is [`Flaw::Unsupported`](crate::Flaw::Unsupported) wherever it stands. Collisions of SHA-1 can be
    /// made, so whoever lets the signer sign what he chose can forge what the signer never saw.
    #[must_use]
    pub fn allowing_sha1(self, until: Until) -> Self {
        Self { sha1: until.now < until.end, ..self }
    }

    pub(crate) const fn allows_sha1(&self) -> bool {
        self.sha1
    }

    /// Whether `value` is this key's over `octets`.
    // SECURITY: key confusion. A public key is everybody's: were it taken for an HMAC secret because a message says so,
    // everybody could sign. Test: a_public_key_used_as_an_hmac_secret_is_refused.
    pub(crate) fn verify(
        &self,
        method: SignatureMethod,
        octets: &[u8],
        value: &[u8],
    ) -> Result<(), BadSignature> {
        match (&self.of, method) {
            (Of::Public(key), SignatureMethod::Signature(algorithm)) => {
                key.verify(algorithm, octets, value)
            }
            (Of::Secret(key), SignatureMethod::Mac(algorithm)) => {
                key.verify_mac(algorithm, octets, value)
            }
            (Of::Public(_), SignatureMethod::Mac(_))
            | (Of::Secret(_), SignatureMethod::Signature(_)) => Err(BadSignature),
        }
    }
}

impl From<PublicKey> for Key {
    fn from(key: PublicKey) -> Self {
        Self::public(key)
    }
}

impl From<&PublicKey> for Key {
    fn from(key: &PublicKey) -> Self {
        Self::public(key.clone())
    }
}

impl From<SecretKey> for Key {
    fn from(key: SecretKey) -> Self {
        Self::secret(key)
    }
}

// SECURITY: never the octets of a secret.
impl fmt::Debug for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.of {
            Of::Public(key) => out.debug_tuple("Key").field(key).finish(),
            Of::Secret(_) => out.write_str("Key(secret)"),
        }
    }
}
