//! Public keys, parsed once and held ready.
//!
//! In:  a SubjectPublicKeyInfo in DER, a certificate in DER, a point, or the numbers of a JWK.
//! Out: a [`PublicKey`], cheap to clone, with its label; it verifies, and RSA encrypts.
//! Never: verifies with an algorithm that does not fit the key; takes RSA below 2048 or above 8192
//!        bits, a curve other than P-256, P-384 and P-521, or a compressed point.
//!
//! RFC 5280 §4.1.2.7, RFC 3279 §2.3.1 and §2.3.5, RFC 5480 §2.

use std::fmt;
use std::sync::Arc;

use x509_cert::der::asn1::{AnyRef, BitStringRef, ObjectIdentifier, UintRef};
use x509_cert::der::{Decode, Encode};
use x509_cert::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use crate::ecdsa::{self, EcKey};
use crate::rsa::RsaKey;
use crate::{
    Certificate, CertificateFlaw, Curve, EncryptFlaw, KeyKind, Oaep, SignatureAlgorithm, sha256,
};

const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const SECP256R1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const SECP384R1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const SECP521R1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");

/// A public key, parsed once. Clones share it.
#[derive(Clone)]
pub struct PublicKey(Arc<Parsed>);

struct Parsed {
    spki: Vec<u8>,
    label: [u8; 32],
    ready: Ready,
}

enum Ready {
    Rsa(Box<RsaKey>),
    Ec(EcKey),
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
    /// Affine coordinates on a curve, of [`Curve::octets`] each.
    Ec {
        /// The curve.
        curve: Curve,
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
    /// An algorithm that this key does not sign with.
    #[error("the key does not sign with this algorithm")]
    Algorithm,
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
            Ready::Rsa(Box::new(RsaKey::parse(key)?))
        } else if info.algorithm.oid == EC_PUBLIC_KEY {
            let named = info.algorithm.parameters_oid().map_err(|_| KeyFlaw::Unsupported)?;
            let curve = Curve::ALL.into_iter().find(|curve| oid(*curve) == named);
            Ready::Ec(EcKey::parse(curve.ok_or(KeyFlaw::Unsupported)?, key)?)
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
        match numbers {
            Numbers::Rsa { modulus, exponent } => {
                let octets = rsa_spki(modulus, exponent).map_err(|_| KeyFlaw::Malformed)?;
                Self::from_spki_der(&octets)
            }
            Numbers::Ec { curve, x, y } => {
                let point = ecdsa::point(curve, x, y).ok_or(KeyFlaw::Malformed)?;
                Self::from_point(curve, &point)
            }
        }
    }

    /// Makes a key from an uncompressed point, `04‖x‖y` (`dsig11:ECKeyValue`, SEC 1 §2.3.3).
    ///
    /// # Errors
    /// [`KeyFlaw::Unsupported`] for a compressed point; [`KeyFlaw::Malformed`] for one of another
    /// length or off the curve.
    pub fn from_point(curve: Curve, point: &[u8]) -> Result<Self, KeyFlaw> {
        Self::from_spki_der(&ec_spki(curve, point).map_err(|_| KeyFlaw::Malformed)?)
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
            Ready::Rsa(key) => KeyKind::Rsa { bits: key.bits() },
            Ready::Ec(key) => key.curve.into(),
        }
    }

    /// The numbers that make the key.
    #[must_use]
    pub fn numbers(&self) -> Numbers<'_> {
        match &self.0.ready {
            Ready::Rsa(key) => Numbers::Rsa { modulus: &key.modulus, exponent: &key.exponent },
            Ready::Ec(key) => {
                let (x, y) = key.coordinates();
                Numbers::Ec { curve: key.curve, x, y }
            }
        }
    }

    /// The point in its uncompressed form, `04‖x‖y`. `None` of an RSA key.
    #[must_use]
    pub fn point(&self) -> Option<(Curve, &[u8])> {
        match &self.0.ready {
            Ready::Rsa(_) => None,
            Ready::Ec(key) => Some((key.curve, &key.point)),
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
        if !algorithm.fits(self.kind()) {
            return Err(BadSignature);
        }
        match &self.0.ready {
            Ready::Rsa(key) => key.verify(algorithm, message, signature),
            Ready::Ec(key) => key.verify(algorithm.digest(), message, signature),
        }
    }

    /// Encrypts a key of a few octets by RSA-OAEP.
    ///
    /// # Errors
    /// [`EncryptFlaw::Key`] if this is no RSA key; [`EncryptFlaw::Length`] if `plain` is longer than
    /// the modulus less two hashes and two octets.
    pub fn encrypt(&self, oaep: &Oaep, plain: &[u8]) -> Result<Vec<u8>, EncryptFlaw> {
        match &self.0.ready {
            Ready::Rsa(key) => key.encrypt(&self.0.spki, oaep, plain),
            Ready::Ec(_) => Err(EncryptFlaw::Key),
        }
    }
}

fn oid(curve: Curve) -> ObjectIdentifier {
    match curve {
        Curve::P256 => SECP256R1,
        Curve::P384 => SECP384R1,
        Curve::P521 => SECP521R1,
    }
}

fn rsa_spki(modulus: &[u8], exponent: &[u8]) -> x509_cert::der::Result<Vec<u8>> {
    let key = vec![UintRef::new(modulus)?, UintRef::new(exponent)?].to_der()?;
    let algorithm = AlgorithmIdentifierRef { oid: RSA_ENCRYPTION, parameters: Some(AnyRef::NULL) };
    SubjectPublicKeyInfoRef { algorithm, subject_public_key: BitStringRef::from_bytes(&key)? }
        .to_der()
}

fn ec_spki(curve: Curve, point: &[u8]) -> x509_cert::der::Result<Vec<u8>> {
    let named = oid(curve);
    let parameters = Some(AnyRef::from(&named));
    let algorithm = AlgorithmIdentifierRef { oid: EC_PUBLIC_KEY, parameters };
    SubjectPublicKeyInfoRef { algorithm, subject_public_key: BitStringRef::from_bytes(point)? }
        .to_der()
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
