//! Public keys, parsed once and held ready to verify.
//!
//! In:  a SubjectPublicKeyInfo in DER, a certificate in DER, or the numbers of a JWK.
//! Out: a [`PublicKey`], cheap to clone, with its label.
//! Never: verifies with an algorithm that does not fit the key; takes RSA below 2048 or above 8192
//!        bits, a curve other than P-256, or a compressed point.
//!
//! RFC 5280 §4.1.2.7, RFC 3279 §2.3.1 and §2.3.5, RFC 5480 §2.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
};
use x509_cert::der::asn1::{AnyRef, BitStringRef, ObjectIdentifier, UintRef};
use x509_cert::der::{Decode, Encode};
use x509_cert::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use crate::{Certificate, CertificateFlaw, KeyKind, SignatureAlgorithm, sha256};

const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const SECP256R1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");

/// LIMIT: below 2048 bits RSA no longer protects (RFC 7518 §3.3); above 8192 one verification costs
/// milliseconds, and a stranger's message may carry the key.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

const P256_COORDINATE_OCTETS: usize = 32;
const UNCOMPRESSED: u8 = 4;

/// A public key, parsed once. Clones share it.
#[derive(Clone)]
pub struct PublicKey(Arc<Parsed>);

struct Parsed {
    spki: Vec<u8>,
    label: [u8; 32],
    ready: Ready,
}

enum Ready {
    Rsa { modulus: Vec<u8>, exponent: Vec<u8>, pkcs1: ParsedPublicKey, pss: ParsedPublicKey },
    P256 { point: Vec<u8>, key: ParsedPublicKey },
}

/// The numbers that make a public key, big-endian.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Numbers<'a> {
    /// RSA modulus and exponent, without leading zero octets.
    Rsa {
        /// The modulus, 256 to 1024 octets.
        modulus: &'a [u8],
        /// The public exponent.
        exponent: &'a [u8],
    },
    /// Affine coordinates on P-256, 32 octets each.
    P256 {
        /// The x coordinate.
        x: &'a [u8],
        /// The y coordinate.
        y: &'a [u8],
    },
}

/// Why octets are not a key we can use.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum KeyFlaw {
    /// Not the DER or PEM that was asked for, or numbers that make no key.
    #[error("malformed key")]
    Malformed,
    /// A key of an algorithm or a curve that we do not use.
    #[error("key of an unsupported kind")]
    Unsupported,
    /// An RSA key that is too short to protect, or too long to verify for strangers.
    #[error("RSA key of {bits} bits; 2048 to 8192 are accepted")]
    RsaSize {
        /// Length of the modulus in bits.
        bits: usize,
    },
    /// A private key and a certificate that do not belong together.
    #[error("the certificate is not this key's")]
    CertificateOfAnotherKey,
}

/// The signature is not this key's over these octets with this algorithm. It says no more.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("bad signature")]
pub struct BadSignature;

impl PublicKey {
    /// Parses a SubjectPublicKeyInfo.
    ///
    /// # Errors
    /// [`KeyFlaw::Malformed`], [`KeyFlaw::Unsupported`], [`KeyFlaw::RsaSize`].
    pub fn from_spki_der(octets: &[u8]) -> Result<Self, KeyFlaw> {
        let info = SubjectPublicKeyInfoRef::from_der(octets).map_err(|_| KeyFlaw::Malformed)?;
        let key = info.subject_public_key.as_bytes().ok_or(KeyFlaw::Malformed)?;
        let parameters = info.algorithm.parameters;
        let ready = if info.algorithm.oid == RSA_ENCRYPTION {
            if parameters != Some(AnyRef::NULL) {
                return Err(KeyFlaw::Malformed); // RFC 3279 §2.3.1: NULL, always
            }
            Ready::rsa(key)?
        } else if info.algorithm.oid == EC_PUBLIC_KEY {
            if info.algorithm.parameters_oid() != Ok(SECP256R1) {
                return Err(KeyFlaw::Unsupported);
            }
            Ready::p256(key)?
        } else {
            return Err(KeyFlaw::Unsupported);
        };
        // INVARIANT: strict DER with fixed parameters leaves one encoding per key, so that equal
        // labels mean equal keys and the reverse.
        Ok(Self(Arc::new(Parsed { spki: octets.to_vec(), label: sha256(octets), ready })))
    }

    /// Takes the key of a certificate. Nothing about the certificate is verified.
    ///
    /// # Errors
    /// As [`Certificate::from_der`].
    pub fn from_certificate_der(octets: &[u8]) -> Result<Self, CertificateFlaw> {
        Ok(Certificate::from_der(octets)?.public_key().clone())
    }

    /// Makes a key from its numbers (JWK, `ds:RSAKeyValue`).
    ///
    /// # Errors
    /// [`KeyFlaw::Malformed`] (coordinates of another length or off the curve among them),
    /// [`KeyFlaw::RsaSize`].
    pub fn from_numbers(numbers: Numbers<'_>) -> Result<Self, KeyFlaw> {
        let octets = match numbers {
            Numbers::Rsa { modulus, exponent } => rsa_spki(modulus, exponent),
            Numbers::P256 { x, y } => {
                if x.len() != P256_COORDINATE_OCTETS || y.len() != P256_COORDINATE_OCTETS {
                    return Err(KeyFlaw::Malformed);
                }
                p256_spki(&[&[UNCOMPRESSED], x, y].concat())
            }
        };
        Self::from_spki_der(&octets.map_err(|_| KeyFlaw::Malformed)?)
    }

    /// The SubjectPublicKeyInfo in DER.
    #[must_use]
    pub fn spki_der(&self) -> &[u8] {
        &self.0.spki
    }

    /// SHA-256 of the SubjectPublicKeyInfo: equal for equal keys.
    #[must_use]
    pub fn label(&self) -> [u8; 32] {
        self.0.label
    }

    /// What kind of key it is.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        match &self.0.ready {
            Ready::Rsa { modulus, .. } => KeyKind::Rsa { bits: bits(modulus) },
            Ready::P256 { .. } => KeyKind::P256,
        }
    }

    /// The numbers that make the key.
    #[must_use]
    pub fn numbers(&self) -> Numbers<'_> {
        match &self.0.ready {
            Ready::Rsa { modulus, exponent, .. } => Numbers::Rsa { modulus, exponent },
            Ready::P256 { point, .. } => {
                // INVARIANT: `point` is 04‖x‖y, checked when it was parsed.
                let coordinates = point.get(1..).unwrap_or_default();
                let middle = P256_COORDINATE_OCTETS.min(coordinates.len());
                let (x, y) = coordinates.split_at(middle);
                Numbers::P256 { x, y }
            }
        }
    }

    /// Verifies a signature over `message`; ECDSA signatures are `r‖s`.
    ///
    /// # Errors
    /// [`BadSignature`], also when the algorithm is not for this kind of key.
    pub fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), BadSignature> {
        // SECURITY: key confusion. The algorithm must be one for this kind of key, whatever the
        // message says. Test: an_algorithm_that_does_not_fit_the_key_is_refused.
        let key = match (&self.0.ready, algorithm) {
            (Ready::Rsa { pkcs1, .. }, SignatureAlgorithm::RsaSha256) => pkcs1,
            (Ready::Rsa { pss, .. }, SignatureAlgorithm::PsSha256) => pss,
            (Ready::P256 { key, .. }, SignatureAlgorithm::EcdsaSha256) => key,
            (Ready::Rsa { .. } | Ready::P256 { .. }, _) => return Err(BadSignature),
        };
        // The library demands exactly 64 octets of `r‖s`, and of an RSA signature the length of the
        // modulus. Tests: *_signatures_of_another_*.
        key.verify_sig(message, signature).map_err(|_| BadSignature)
    }
}

impl Ready {
    /// From an `RSAPublicKey` (RFC 8017 A.1.1): a SEQUENCE of modulus and exponent.
    fn rsa(key: &[u8]) -> Result<Self, KeyFlaw> {
        let integers = Vec::<UintRef<'_>>::from_der(key).map_err(|_| KeyFlaw::Malformed)?;
        let [modulus, exponent] = integers.as_slice() else { return Err(KeyFlaw::Malformed) };
        let (modulus, exponent) = (modulus.as_bytes().to_vec(), exponent.as_bytes().to_vec());
        let bits = bits(&modulus);
        if !RSA_BITS.contains(&bits) {
            return Err(KeyFlaw::RsaSize { bits });
        }
        let parse =
            |algorithm| ParsedPublicKey::new(algorithm, key).map_err(|_| KeyFlaw::Malformed);
        let (pkcs1, pss) = (parse(&RSA_PKCS1_2048_8192_SHA256)?, parse(&RSA_PSS_2048_8192_SHA256)?);
        Ok(Self::Rsa { modulus, exponent, pkcs1, pss })
    }

    /// From an uncompressed point (SEC 1 §2.3.3). A point off the curve is refused by the parser.
    fn p256(point: &[u8]) -> Result<Self, KeyFlaw> {
        if point.first() != Some(&UNCOMPRESSED) {
            return Err(KeyFlaw::Unsupported);
        }
        let key = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
            .map_err(|_| KeyFlaw::Malformed)?;
        Ok(Self::P256 { point: point.to_vec(), key })
    }
}

fn rsa_spki(modulus: &[u8], exponent: &[u8]) -> x509_cert::der::Result<Vec<u8>> {
    let key = vec![UintRef::new(modulus)?, UintRef::new(exponent)?].to_der()?;
    let algorithm = AlgorithmIdentifierRef { oid: RSA_ENCRYPTION, parameters: Some(AnyRef::NULL) };
    SubjectPublicKeyInfoRef { algorithm, subject_public_key: BitStringRef::from_bytes(&key)? }
        .to_der()
}

fn p256_spki(point: &[u8]) -> x509_cert::der::Result<Vec<u8>> {
    let algorithm =
        AlgorithmIdentifierRef { oid: EC_PUBLIC_KEY, parameters: Some(AnyRef::from(&SECP256R1)) };
    SubjectPublicKeyInfoRef { algorithm, subject_public_key: BitStringRef::from_bytes(point)? }
        .to_der()
}

/// Length in bits of a big-endian number without leading zero octets.
fn bits(number: &[u8]) -> usize {
    let unused = number.first().map_or(0, |first| first.leading_zeros());
    number.len().saturating_mul(8).saturating_sub(usize::try_from(unused).unwrap_or(0))
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.spki == other.0.spki
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({:?}, {})", self.kind(), crate::digest::Hex(&self.0.label))
    }
}

#[cfg(test)]
mod tests;
