//! The public half of an RSA key, held ready.
//!
//! In:  an `RSAPublicKey` in DER.
//! Out: verification of PKCS #1 v1.5 and PSS signatures, encryption by OAEP.
//! Never: a modulus below 2048 or above 8192 bits.
//!
//! RFC 8017 A.1.1, §8.1, §8.2.

use std::sync::OnceLock;

use aws_lc_rs::rsa::RsaParameters;
use aws_lc_rs::signature::{
    ParsedPublicKey, RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512,
};
use x509_cert::der::Decode;
use x509_cert::der::asn1::UintRef;

use crate::{BadSignature, EncryptFlaw, KeyFlaw, Oaep, SignatureAlgorithm, shim};

/// LIMIT: below 2048 bits RSA no longer protects (RFC 7518 §3.3); above 8192 one verification costs
/// milliseconds, and a stranger's message may carry the key.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

pub(crate) struct RsaKey {
    pub(crate) modulus: Vec<u8>,
    pub(crate) exponent: Vec<u8>,
    /// The `RSAPublicKey`.
    encoded: Vec<u8>,
    verifiers: Verifiers,
    encrypter: OnceLock<Option<shim::RsaKey>>,
}

/// The key as the library wants it for one algorithm; made when first wanted, for a key in a message
/// serves one algorithm.
type Verifier = OnceLock<Option<ParsedPublicKey>>;

#[derive(Default)]
struct Verifiers {
    sha1: Verifier,
    sha256: Verifier,
    sha384: Verifier,
    sha512: Verifier,
    pss256: Verifier,
    pss384: Verifier,
    pss512: Verifier,
}

impl RsaKey {
    /// From an `RSAPublicKey`: a SEQUENCE of modulus and exponent.
    pub(crate) fn parse(encoded: &[u8]) -> Result<Self, KeyFlaw> {
        let integers = Vec::<UintRef<'_>>::from_der(encoded).map_err(|_| KeyFlaw::Malformed)?;
        let [modulus, exponent] = integers.as_slice() else { return Err(KeyFlaw::Malformed) };
        let key = Self {
            modulus: modulus.as_bytes().to_vec(),
            exponent: exponent.as_bytes().to_vec(),
            encoded: encoded.to_vec(),
            verifiers: Verifiers::default(),
            encrypter: OnceLock::new(),
        };
        let bits = key.bits();
        if !RSA_BITS.contains(&bits) {
            return Err(KeyFlaw::RsaSize { bits });
        }
        // The parser refuses numbers that make no key.
        let usual = key.verifier(SignatureAlgorithm::RsaSha256).is_some();
        if usual { Ok(key) } else { Err(KeyFlaw::Malformed) }
    }

    /// Length of the modulus in bits.
    pub(crate) fn bits(&self) -> usize {
        let unused = self.modulus.first().map_or(0, |first| first.leading_zeros());
        let unused = usize::try_from(unused).unwrap_or(0);
        self.modulus.len().saturating_mul(8).saturating_sub(unused)
    }

    pub(crate) fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), BadSignature> {
        // The library demands the length of the modulus.
        // Test: rsa_signatures_of_another_length_are_refused.
        let key = self.verifier(algorithm).ok_or(BadSignature)?;
        key.verify_sig(message, signature).map_err(|_| BadSignature)
    }

    pub(crate) fn encrypt(
        &self,
        spki: &[u8],
        oaep: &Oaep,
        plain: &[u8],
    ) -> Result<Vec<u8>, EncryptFlaw> {
        let key = self.encrypter.get_or_init(|| shim::RsaKey::public(spki));
        key.as_ref().ok_or(EncryptFlaw::Key)?.encrypt(oaep, plain).ok_or(EncryptFlaw::Length)
    }

    fn verifier(&self, algorithm: SignatureAlgorithm) -> Option<&ParsedPublicKey> {
        let all = &self.verifiers;
        let (verifier, parameters): (_, &'static RsaParameters) = match algorithm {
            SignatureAlgorithm::RsaSha1 => {
                (&all.sha1, &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY)
            }
            SignatureAlgorithm::RsaSha256 => (&all.sha256, &RSA_PKCS1_2048_8192_SHA256),
            SignatureAlgorithm::RsaSha384 => (&all.sha384, &RSA_PKCS1_2048_8192_SHA384),
            SignatureAlgorithm::RsaSha512 => (&all.sha512, &RSA_PKCS1_2048_8192_SHA512),
            SignatureAlgorithm::PsSha256 => (&all.pss256, &RSA_PSS_2048_8192_SHA256),
            SignatureAlgorithm::PsSha384 => (&all.pss384, &RSA_PSS_2048_8192_SHA384),
            SignatureAlgorithm::PsSha512 => (&all.pss512, &RSA_PSS_2048_8192_SHA512),
            SignatureAlgorithm::EcdsaSha256
            | SignatureAlgorithm::EcdsaSha384
            | SignatureAlgorithm::EcdsaSha512 => return None,
        };
        verifier.get_or_init(|| ParsedPublicKey::new(parameters, &self.encoded).ok()).as_ref()
    }
}
