//! Private keys held in memory.
//!
//! In:  PKCS#8, DER or PEM, unencrypted; or the wish for a new key.
//! Out: a [`SoftwareKey`], parsed once, and for a new one its [`Pkcs8`] for safe-keeping.
//! Never: prints, clones or leaves behind private octets.
//!
//! RFC 5208, RFC 7468 §10.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use x509_cert::der::pem::{self, LineEnding};
use zeroize::Zeroizing;

use crate::{BoxFuture, KeyFlaw, KeyKind, PublicKey, SignFlaw, SignatureAlgorithm, SigningKey};

const PEM_LABEL: &str = "PRIVATE KEY";

/// The octets of a private key in PKCS#8, zeroized when dropped.
#[expect(missing_debug_implementations, reason = "a private key is never printed")]
pub struct Pkcs8(Zeroizing<Vec<u8>>);

impl Pkcs8 {
    /// Takes over the DER.
    #[must_use]
    pub fn from_der(octets: Zeroizing<Vec<u8>>) -> Self {
        Self(octets)
    }

    /// Reads PEM labelled `PRIVATE KEY`.
    ///
    /// # Errors
    /// [`KeyFlaw::Malformed`], and [`KeyFlaw::Unsupported`] for another label.
    pub fn from_pem(text: &str) -> Result<Self, KeyFlaw> {
        let (label, octets) =
            pem::decode_vec(text.trim().as_bytes()).map_err(|_| KeyFlaw::Malformed)?;
        let octets = Zeroizing::new(octets);
        if label == PEM_LABEL { Ok(Self(octets)) } else { Err(KeyFlaw::Unsupported) }
    }

    /// The DER.
    #[must_use]
    pub fn as_der(&self) -> &[u8] {
        &self.0
    }

    /// Writes PEM labelled `PRIVATE KEY`.
    ///
    /// # Errors
    /// [`KeyFlaw::Malformed`] for more octets than PEM can hold.
    pub fn to_pem(&self) -> Result<Zeroizing<String>, KeyFlaw> {
        pem::encode_string(PEM_LABEL, LineEnding::LF, &self.0)
            .map(Zeroizing::new)
            .map_err(|_| KeyFlaw::Malformed)
    }
}

/// A private key in memory. It signs RS256 if it is RSA, ES256 if it is P-256.
#[expect(missing_debug_implementations, reason = "a private key is never printed")]
pub struct SoftwareKey {
    pair: Pair,
    public_key: PublicKey,
}

enum Pair {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
}

impl SoftwareKey {
    /// Parses PKCS#8.
    ///
    /// # Errors
    /// [`KeyFlaw::Unsupported`] for octets that are neither an RSA key of 2048 to 8192 bits nor a
    /// P-256 key, or are inconsistent.
    pub fn from_pkcs8_der(octets: &[u8]) -> Result<Self, KeyFlaw> {
        let pair = match RsaKeyPair::from_pkcs8(octets) {
            Ok(pair) => Pair::Rsa(pair),
            Err(_) => EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, octets)
                .map(Pair::P256)
                .map_err(|_| KeyFlaw::Unsupported)?,
        };
        Self::of(pair)
    }

    /// Parses PKCS#8 in PEM.
    ///
    /// # Errors
    /// As [`Pkcs8::from_pem`] and [`SoftwareKey::from_pkcs8_der`].
    pub fn from_pkcs8_pem(text: &str) -> Result<Self, KeyFlaw> {
        Self::from_pkcs8_der(Pkcs8::from_pem(text)?.as_der())
    }

    /// Makes a new key, and its octets to keep. Its randomness is the library's own.
    ///
    /// # Errors
    /// [`KeyFlaw::RsaSize`] for RSA of other than 2048, 3072 or 4096 bits; [`KeyFlaw::Malformed`]
    /// if the library makes no key.
    pub fn generate(kind: KeyKind) -> Result<(Self, Pkcs8), KeyFlaw> {
        let failed = |_| KeyFlaw::Malformed;
        let octets = match kind {
            KeyKind::P256 => {
                let pair =
                    EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(failed)?;
                pair.to_pkcs8v1().map_err(failed)?.as_ref().to_vec()
            }
            KeyKind::Rsa { bits } => {
                let size = match bits {
                    2048 => KeySize::Rsa2048,
                    3072 => KeySize::Rsa3072,
                    4096 => KeySize::Rsa4096,
                    _ => return Err(KeyFlaw::RsaSize { bits }),
                };
                let pair = RsaKeyPair::generate(size).map_err(failed)?;
                let octets: Pkcs8V1Der<'_> = pair.as_der().map_err(failed)?;
                octets.as_ref().to_vec()
            }
        };
        let octets = Pkcs8(Zeroizing::new(octets));
        Ok((Self::from_pkcs8_der(octets.as_der())?, octets))
    }

    fn of(pair: Pair) -> Result<Self, KeyFlaw> {
        let spki: PublicKeyX509Der<'_> = match &pair {
            Pair::Rsa(pair) => pair.public_key().as_der(),
            Pair::P256(pair) => pair.public_key().as_der(),
        }
        .map_err(|_| KeyFlaw::Malformed)?;
        let public_key = PublicKey::from_spki_der(spki.as_ref())?;
        Ok(Self { pair, public_key })
    }

    /// Signs now; what [`SigningKey::sign`] awaits.
    pub(crate) fn sign_now(&self, octets: &[u8]) -> Result<Vec<u8>, SignFlaw> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, octets, &mut signature)
                    .map_err(|_| SignFlaw)?;
                Ok(signature)
            }
            Pair::P256(pair) => {
                let signature = pair.sign(&random, octets).map_err(|_| SignFlaw)?;
                Ok(signature.as_ref().to_vec())
            }
        }
    }

    /// The bits of the SubjectPublicKeyInfo's BIT STRING: `RSAPublicKey` or the point.
    pub(crate) fn public_bits(&self) -> &[u8] {
        match &self.pair {
            Pair::Rsa(pair) => pair.public_key().as_ref(),
            Pair::P256(pair) => pair.public_key().as_ref(),
        }
    }
}

impl SigningKey for SoftwareKey {
    fn algorithm(&self) -> SignatureAlgorithm {
        match self.pair {
            Pair::Rsa(_) => SignatureAlgorithm::RsaSha256,
            Pair::P256(_) => SignatureAlgorithm::EcdsaSha256,
        }
    }

    fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    fn sign<'a>(&'a self, octets: &'a [u8]) -> BoxFuture<'a, Result<Vec<u8>, SignFlaw>> {
        Box::pin(async move { self.sign_now(octets) })
    }
}

#[cfg(test)]
mod tests;
