//! Secret keys: octets that two sides share.
//!
//! In:  octets that were agreed, unwrapped or derived, or the wish for new ones.
//! Out: a [`SecretKey`], cheap to clone, that authenticates; ciphers and key wraps take it as well.
//! Never: printed, compared in the open, or left behind in memory.

use std::ops::Range;
use std::sync::Arc;

use aws_lc_rs::hmac;
use zeroize::Zeroizing;

use crate::{BadSignature, DigestOctets, MacAlgorithm, NoRandomness, Random, constant_time_eq};

/// A secret key of any length. Clones share it; the last one zeroizes it.
///
/// ```
/// use symbolon_keys::{MacAlgorithm::HmacSha256, SecretKey, SystemRandom};
///
/// let key = SecretKey::generate(32, &SystemRandom)?;
/// let mac = key.mac(HmacSha256, b"message");
/// assert!(key.verify_mac(HmacSha256, b"message", mac.as_ref()).is_ok());
/// assert!(key.verify_mac(HmacSha256, b"massage", mac.as_ref()).is_err());
/// # Ok::<(), symbolon_keys::NoRandomness>(())
/// ```
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "a secret key is never printed")]
pub struct SecretKey(Arc<Zeroizing<Vec<u8>>>);

impl SecretKey {
    /// Takes over the octets.
    #[must_use]
    pub fn new(octets: Zeroizing<Vec<u8>>) -> Self {
        Self(Arc::new(octets))
    }

    /// Makes a new key of this many octets.
    ///
    /// # Errors
    /// [`NoRandomness`].
    pub fn generate(octets: usize, random: &dyn Random) -> Result<Self, NoRandomness> {
        let mut fresh = Zeroizing::new(vec![0; octets]);
        random.fill(&mut fresh)?;
        Ok(Self::new(fresh))
    }

    /// The octets.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.0
    }

    /// How many octets.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// These octets of it as a key of their own (a `Length` at an `Offset` of
    /// WS-SecureConversation 1.4 §7). `None` where it has no such octets, or there are none.
    #[must_use]
    pub fn part(&self, range: Range<usize>) -> Option<Self> {
        let octets = self.0.get(range).filter(|octets| !octets.is_empty())?;
        Some(Self::new(Zeroizing::new(octets.to_vec())))
    }

    /// The authentication code of `message`, in its whole length.
    #[must_use]
    pub fn mac(&self, algorithm: MacAlgorithm, message: &[u8]) -> DigestOctets {
        let key = hmac::Key::new(algorithm.primitive(), &self.0);
        DigestOctets::of(hmac::sign(&key, message).as_ref())
    }

    /// Verifies an authentication code, in time that does not depend on where it differs.
    ///
    /// # Errors
    /// [`BadSignature`]: also for a code that is shorter or longer than the algorithm's, and under
    /// an empty key.
    pub fn verify_mac(
        &self,
        algorithm: MacAlgorithm,
        message: &[u8],
        mac: &[u8],
    ) -> Result<(), BadSignature> {
        // SECURITY: HMAC truncation (CVE-2009-0217), and a key that everybody knows.
        // Tests: a_code_of_another_length_is_refused, an_empty_key_authenticates_nothing.
        let whole = constant_time_eq(self.mac(algorithm, message).as_ref(), mac);
        if whole && !self.is_empty() { Ok(()) } else { Err(BadSignature) }
    }
}

#[cfg(test)]
mod tests;
