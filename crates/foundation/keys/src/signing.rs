//! Signing, by one key for one purpose.
//!
//! In:  a [`SigningKey`] (software here; a token or a batcher elsewhere) and its certificate.
//! Out: a [`Signer`] of a purpose that its type names.
//! Never: a signer of one purpose turned into another's; a key with a certificate of another key.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use crate::{Certificate, KeyFlaw, PublicKey, SignatureAlgorithm};

/// A boxed future, as object-safe traits return it.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A private key that can sign. It does not say where the key lives, and the answer may take time.
pub trait SigningKey: Send + Sync {
    /// The one algorithm that this key signs with.
    fn algorithm(&self) -> SignatureAlgorithm;

    /// The public half.
    fn public_key(&self) -> &PublicKey;

    /// Signs `octets` (not their digest). ECDSA signatures are `r‖s`.
    fn sign<'a>(&'a self, octets: &'a [u8]) -> BoxFuture<'a, Result<Vec<u8>, SignFlaw>>;
}

/// The key did not sign: its device failed or is out of reach.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the key did not sign")]
pub struct SignFlaw;

/// A signing key with its certificate, for the purpose `P`, a marker type.
///
/// One key, one purpose: there is no way from `Signer<P>` to the key or to `Signer<Q>`.
pub struct Signer<P> {
    key_id: String,
    key: Arc<dyn SigningKey>,
    certificate: Certificate,
    purpose: PhantomData<fn() -> P>,
}

impl<P> Signer<P> {
    /// Joins a key with its identifier (`kid`) and its certificate.
    ///
    /// # Errors
    /// [`KeyFlaw::CertificateOfAnotherKey`].
    pub fn new(
        key_id: String,
        key: Arc<dyn SigningKey>,
        certificate: Certificate,
    ) -> Result<Self, KeyFlaw> {
        if certificate.public_key() != key.public_key() {
            return Err(KeyFlaw::CertificateOfAnotherKey);
        }
        Ok(Self { key_id, key, certificate, purpose: PhantomData })
    }

    /// The identifier under which the public key is published.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The algorithm of every signature.
    #[must_use]
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.key.algorithm()
    }

    /// The certificate of the key.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The public half of the key.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        self.key.public_key()
    }

    /// Signs `octets` (not their digest). ECDSA signatures are `r‖s`.
    ///
    /// # Errors
    /// The future yields [`SignFlaw`].
    #[must_use]
    pub fn sign<'a>(&'a self, octets: &'a [u8]) -> BoxFuture<'a, Result<Vec<u8>, SignFlaw>> {
        self.key.sign(octets)
    }
}

impl<P> fmt::Debug for Signer<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({:?}, {:?})", self.key_id, self.algorithm())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{KeyKind, SoftwareKey, Validity, self_signed};

    struct Purpose;

    const VALIDITY: Validity = Validity { not_before: 0, not_after: 1_000_000 };

    #[test]
    fn a_certificate_of_another_key_is_refused() {
        let (one, _) = SoftwareKey::generate(KeyKind::P256).unwrap();
        let (other, _) = SoftwareKey::generate(KeyKind::P256).unwrap();
        let certificate = self_signed("one", &one, VALIDITY).unwrap();
        let signer = Signer::<Purpose>::new("kid".to_owned(), Arc::new(other), certificate.clone());
        assert_eq!(signer.err(), Some(KeyFlaw::CertificateOfAnotherKey));
        assert!(Signer::<Purpose>::new("kid".to_owned(), Arc::new(one), certificate).is_ok());
    }
}
