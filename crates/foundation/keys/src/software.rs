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
    EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256,
    RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding, RsaKeyPair,
};
use x509_cert::der::Decode;
use x509_cert::der::asn1::AnyRef;
use x509_cert::der::pem::{self, LineEnding};
use zeroize::Zeroizing;

use crate::{
    BoxFuture, Curve, KeyFlaw, KeyKind, PublicKey, SignFlaw, SignatureAlgorithm, SigningKey, ecdsa,
};

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

/// A private key in memory. It signs with the usual algorithm of its kind, RS256, ES256, ES384 or
/// ES512, until another is chosen.
#[expect(missing_debug_implementations, reason = "a private key is never printed")]
pub struct SoftwareKey {
    pair: Pair,
    public_key: PublicKey,
    algorithm: SignatureAlgorithm,
}

enum Pair {
    Rsa(RsaKeyPair),
    Ec(Curve, EcdsaKeyPair),
}

impl SoftwareKey {
    /// Parses PKCS#8.
    ///
    /// # Errors
    /// [`KeyFlaw::Unsupported`] for octets that are neither an RSA key of 2048 to 8192 bits nor a
    /// key on one of our curves, or are inconsistent.
    pub fn from_pkcs8_der(octets: &[u8]) -> Result<Self, KeyFlaw> {
        alone(octets)?;
        if let Ok(pair) = RsaKeyPair::from_pkcs8(octets) {
            return Self::of(Pair::Rsa(pair));
        }
        let (curve, pair) = ec_pair(octets).ok_or(KeyFlaw::Unsupported)?;
        Self::of(Pair::Ec(curve, pair))
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
        let octets = new_pkcs8(kind)?;
        Ok((Self::from_pkcs8_der(octets.as_der())?, octets))
    }

    /// The same key, signing with this algorithm.
    ///
    /// # Errors
    /// [`KeyFlaw::Algorithm`] for an algorithm that does not fit the key, or rests on SHA-1.
    pub fn signing_with(self, algorithm: SignatureAlgorithm) -> Result<Self, KeyFlaw> {
        if algorithm.is_weak() || !algorithm.fits(self.public_key.kind()) {
            return Err(KeyFlaw::Algorithm);
        }
        Ok(Self { algorithm, ..self })
    }

    fn of(pair: Pair) -> Result<Self, KeyFlaw> {
        let spki: PublicKeyX509Der<'_> = match &pair {
            Pair::Rsa(pair) => pair.public_key().as_der(),
            Pair::Ec(_, pair) => pair.public_key().as_der(),
        }
        .map_err(|_| KeyFlaw::Malformed)?;
        let public_key = PublicKey::from_spki_der(spki.as_ref())?;
        let algorithm = public_key.kind().usual_algorithm();
        Ok(Self { pair, public_key, algorithm })
    }

    /// Signs now; what [`SigningKey::sign`] awaits.
    pub(crate) fn sign_now(&self, octets: &[u8]) -> Result<Vec<u8>, SignFlaw> {
        self.sign_as(self.algorithm, octets)
    }

    /// Signs now with an algorithm that need not be the chosen one.
    pub(crate) fn sign_as(
        &self,
        algorithm: SignatureAlgorithm,
        octets: &[u8],
    ) -> Result<Vec<u8>, SignFlaw> {
        match &self.pair {
            Pair::Rsa(pair) => {
                let encoding = encoding(algorithm).ok_or(SignFlaw)?;
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(encoding, &SystemRandom::new(), octets, &mut signature)
                    .map_err(|_| SignFlaw)?;
                Ok(signature)
            }
            Pair::Ec(curve, pair) => {
                if !algorithm.fits(KeyKind::from(*curve)) {
                    return Err(SignFlaw);
                }
                ecdsa::sign(*curve, pair, algorithm.digest(), octets)
            }
        }
    }

    /// The bits of the SubjectPublicKeyInfo's BIT STRING: `RSAPublicKey` or the point.
    pub(crate) fn public_bits(&self) -> &[u8] {
        match &self.pair {
            Pair::Rsa(pair) => pair.public_key().as_ref(),
            Pair::Ec(_, pair) => pair.public_key().as_ref(),
        }
    }
}

impl SigningKey for SoftwareKey {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    fn sign<'a>(&'a self, octets: &'a [u8]) -> BoxFuture<'a, Result<Vec<u8>, SignFlaw>> {
        Box::pin(async move { self.sign_now(octets) })
    }
}

/// Refuses octets after the key, which the library leaves unread.
pub(crate) fn alone(octets: &[u8]) -> Result<(), KeyFlaw> {
    AnyRef::from_der(octets).map(drop).map_err(|_| KeyFlaw::Unsupported)
}

/// A key on one of our curves, from PKCS#8.
pub(crate) fn ec_pair(octets: &[u8]) -> Option<(Curve, EcdsaKeyPair)> {
    let on = |curve: Curve| {
        let pair = EcdsaKeyPair::from_pkcs8(ecdsa::signing(curve), octets).ok()?;
        Some((curve, pair))
    };
    Curve::ALL.into_iter().find_map(on)
}

/// Makes a private key.
pub(crate) fn new_pkcs8(kind: KeyKind) -> Result<Pkcs8, KeyFlaw> {
    let failed = |_| KeyFlaw::Malformed;
    let octets = match kind {
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
        KeyKind::P256 => new_ec(Curve::P256)?,
        KeyKind::P384 => new_ec(Curve::P384)?,
        KeyKind::P521 => new_ec(Curve::P521)?,
    };
    Ok(Pkcs8(Zeroizing::new(octets)))
}

fn new_ec(curve: Curve) -> Result<Vec<u8>, KeyFlaw> {
    let pair = EcdsaKeyPair::generate(ecdsa::signing(curve)).map_err(|_| KeyFlaw::Malformed)?;
    Ok(pair.to_pkcs8v1().map_err(|_| KeyFlaw::Malformed)?.as_ref().to_vec())
}

/// How an RSA signature is padded. `None` for what is not made with RSA, or not made at all.
fn encoding(algorithm: SignatureAlgorithm) -> Option<&'static dyn RsaEncoding> {
    match algorithm {
        SignatureAlgorithm::RsaSha256 => Some(&RSA_PKCS1_SHA256),
        SignatureAlgorithm::RsaSha384 => Some(&RSA_PKCS1_SHA384),
        SignatureAlgorithm::RsaSha512 => Some(&RSA_PKCS1_SHA512),
        SignatureAlgorithm::PsSha256 => Some(&RSA_PSS_SHA256),
        SignatureAlgorithm::PsSha384 => Some(&RSA_PSS_SHA384),
        SignatureAlgorithm::PsSha512 => Some(&RSA_PSS_SHA512),
        SignatureAlgorithm::RsaSha1
        | SignatureAlgorithm::EcdsaSha256
        | SignatureAlgorithm::EcdsaSha384
        | SignatureAlgorithm::EcdsaSha512 => None,
    }
}

#[cfg(test)]
mod tests;
