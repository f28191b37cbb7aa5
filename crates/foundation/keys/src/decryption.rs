//! Decryption by private keys, one key for one purpose.
//!
//! In:  a [`DecryptionKey`] (software here; a token elsewhere) and its certificate; PKCS#8.
//! Out: a [`Decryptor`] of a purpose that its type names.
//! Never: a decryptor of one purpose turned into another's; a reason why something did not decrypt;
//!        RSA with PKCS #1 v1.5 padding.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use aws_lc_rs::agreement::PrivateKey;
use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::signature::{KeyPair, RsaKeyPair};

use crate::agreement::{agree, primitive, public_half};
use crate::software::{alone, ec_pair, new_pkcs8};
use crate::{BoxFuture, Certificate, KeyFlaw, KeyKind, Oaep, Pkcs8, PublicKey, SecretKey, shim};

/// A private key that can decrypt. It does not say where the key lives, and the answer may take
/// time.
pub trait DecryptionKey: Send + Sync {
    /// The public half.
    fn public_key(&self) -> &PublicKey;

    /// Decrypts a key that was encrypted to the public half with RSA-OAEP.
    fn decrypt<'a>(
        &'a self,
        oaep: &'a Oaep,
        wrapped: &'a [u8],
    ) -> BoxFuture<'a, Result<SecretKey, Undecryptable>>;

    /// The secret shared with the holder of `peer` by ECDH, on the same curve: the x coordinate,
    /// to be derived from and never used raw.
    fn agree<'a>(&'a self, peer: &'a PublicKey) -> BoxFuture<'a, Result<SecretKey, Undecryptable>>;
}

/// It did not decrypt. It says no more: whoever could tell reasons apart could decrypt for others.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("undecryptable")]
pub struct Undecryptable;

/// A decryption key with its certificate, for the purpose `P`, a marker type.
///
/// One key, one purpose: [`Decryptor::key`] lends the key to what decrypts with it, and there is no
/// way to a `Decryptor<Q>`.
pub struct Decryptor<P> {
    key_id: String,
    key: Arc<dyn DecryptionKey>,
    certificate: Certificate,
    purpose: PhantomData<fn() -> P>,
}

impl<P> Decryptor<P> {
    /// Joins a key with its identifier and its certificate.
    ///
    /// # Errors
    /// [`KeyFlaw::CertificateOfAnotherKey`].
    pub fn new(
        key_id: String,
        key: Arc<dyn DecryptionKey>,
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

    /// The key, on loan.
    #[must_use]
    pub fn key(&self) -> &dyn DecryptionKey {
        &*self.key
    }
}

impl<P> fmt::Debug for Decryptor<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Decryptor({:?}, {:?})", self.key_id, self.public_key())
    }
}

/// A private key in memory that decrypts: RSA by OAEP, a curve by ECDH.
///
/// ```
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use symbolon_keys::{DecryptionKey, Digest, KeyKind, Oaep, SoftwareDecryptionKey};
///
/// let (key, _to_keep) = SoftwareDecryptionKey::generate(KeyKind::Rsa { bits: 2048 })?;
/// let oaep = Oaep::new(Digest::Sha256, Digest::Sha1);
/// let sent = key.public_key().encrypt(&oaep, b"0123456789abcdef")?;
/// let read = key.decrypt(&oaep, &sent).await?;
/// assert_eq!(read.octets(), b"0123456789abcdef");
/// # Ok(())
/// # }
/// ```
#[expect(missing_debug_implementations, reason = "a private key is never printed")]
pub struct SoftwareDecryptionKey {
    private: Private,
    public_key: PublicKey,
}

enum Private {
    Rsa(shim::RsaKey),
    Ec(PrivateKey),
}

impl SoftwareDecryptionKey {
    /// Parses PKCS#8.
    ///
    /// # Errors
    /// [`KeyFlaw::Unsupported`] for octets that are neither an RSA key of 2048 to 8192 bits nor a
    /// key on one of our curves, or are inconsistent.
    pub fn from_pkcs8_der(octets: &[u8]) -> Result<Self, KeyFlaw> {
        alone(octets)?;
        if let Ok(pair) = RsaKeyPair::from_pkcs8(octets) {
            let spki: PublicKeyX509Der<'_> =
                pair.public_key().as_der().map_err(|_| KeyFlaw::Malformed)?;
            let public_key = PublicKey::from_spki_der(spki.as_ref())?;
            let private = shim::RsaKey::private(octets).ok_or(KeyFlaw::Unsupported)?;
            return Ok(Self { private: Private::Rsa(private), public_key });
        }
        let (curve, _) = ec_pair(octets).ok_or(KeyFlaw::Unsupported)?;
        let key = PrivateKey::from_private_key_der(primitive(curve), octets)
            .map_err(|_| KeyFlaw::Unsupported)?;
        let public_key = public_half(curve, &key)?;
        Ok(Self { private: Private::Ec(key), public_key })
    }

    /// Parses PKCS#8 in PEM.
    ///
    /// # Errors
    /// As [`Pkcs8::from_pem`] and [`SoftwareDecryptionKey::from_pkcs8_der`].
    pub fn from_pkcs8_pem(text: &str) -> Result<Self, KeyFlaw> {
        Self::from_pkcs8_der(Pkcs8::from_pem(text)?.as_der())
    }

    /// Makes a new key, and its octets to keep. Its randomness is the library's own.
    ///
    /// # Errors
    /// As [`SoftwareKey::generate`](crate::SoftwareKey::generate).
    pub fn generate(kind: KeyKind) -> Result<(Self, Pkcs8), KeyFlaw> {
        let octets = new_pkcs8(kind)?;
        Ok((Self::from_pkcs8_der(octets.as_der())?, octets))
    }
}

impl DecryptionKey for SoftwareDecryptionKey {
    fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    fn decrypt<'a>(
        &'a self,
        oaep: &'a Oaep,
        wrapped: &'a [u8],
    ) -> BoxFuture<'a, Result<SecretKey, Undecryptable>> {
        Box::pin(async move {
            match &self.private {
                Private::Rsa(key) => key.decrypt(oaep, wrapped).map(SecretKey::new),
                Private::Ec(_) => None,
            }
            .ok_or(Undecryptable)
        })
    }

    fn agree<'a>(&'a self, peer: &'a PublicKey) -> BoxFuture<'a, Result<SecretKey, Undecryptable>> {
        Box::pin(async move {
            match &self.private {
                Private::Ec(key) => agree(key, peer),
                Private::Rsa(_) => None,
            }
            .ok_or(Undecryptable)
        })
    }
}

#[cfg(test)]
mod tests;
