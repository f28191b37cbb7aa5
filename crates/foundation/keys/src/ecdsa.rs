//! ECDSA on the three curves with any of the three hashes, `r‖s` on the outside.
//!
//! In:  a point; or a private key of the library's.
//! Out: verification and signing.
//! Never: a compressed point, a point off its curve, a signature in DER, SHA-1.
//!
//! The library has `r‖s` for each curve with one hash. The others come down to it: ECDSA takes of a
//! hash the leftmost bits, as many as the order of the curve has, as a number (FIPS 186-5 §6.4.1);
//! longer hashes are cut to that length, and zeros in front of shorter ones change no number.
//! RFC 5480 §2.2, SEC 1 §2.3.3, XML Signature 1.1 §6.4.3.

use aws_lc_rs::digest;
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED,
    ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED, ECDSA_P521_SHA512_FIXED_SIGNING,
    EcdsaKeyPair, EcdsaSigningAlgorithm, EcdsaVerificationAlgorithm, ParsedPublicKey,
};

use crate::{BadSignature, Curve, Digest, KeyFlaw, SignFlaw};

const UNCOMPRESSED: u8 = 4;

/// A public point, parsed.
pub(crate) struct EcKey {
    pub(crate) curve: Curve,
    /// `04‖x‖y`, of the curve's width.
    pub(crate) point: Vec<u8>,
    key: ParsedPublicKey,
}

impl EcKey {
    /// From an uncompressed point. A point off the curve is refused by the library.
    pub(crate) fn parse(curve: Curve, point: &[u8]) -> Result<Self, KeyFlaw> {
        let (first, rest) = point.split_first().ok_or(KeyFlaw::Malformed)?;
        if *first != UNCOMPRESSED {
            return Err(KeyFlaw::Unsupported);
        }
        if rest.len() != curve.octets().saturating_mul(2) {
            return Err(KeyFlaw::Malformed);
        }
        let key = ParsedPublicKey::new(verification(curve), point);
        let key = key.map_err(|_| KeyFlaw::Malformed)?;
        Ok(Self { curve, point: point.to_vec(), key })
    }

    /// The coordinates.
    pub(crate) fn coordinates(&self) -> (&[u8], &[u8]) {
        // INVARIANT: `parse` made sure of the lengths.
        let coordinates = self.point.get(1..).unwrap_or_default();
        coordinates.split_at(self.curve.octets().min(coordinates.len()))
    }

    /// Verifies `r‖s`, of which the library demands the exact length.
    pub(crate) fn verify(
        &self,
        hash: Digest,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), BadSignature> {
        hashed(self.curve, hash, message)
            .and_then(|digest| self.key.verify_digest_sig(&digest, signature))
            .map_err(|_| BadSignature)
    }
}

/// `04‖x‖y`. `None` for coordinates of another width than the curve's.
pub(crate) fn point(curve: Curve, x: &[u8], y: &[u8]) -> Option<Vec<u8>> {
    let wide = x.len() == curve.octets() && y.len() == curve.octets();
    wide.then(|| [&[UNCOMPRESSED], x, y].concat())
}

/// Signs, as `r‖s`.
pub(crate) fn sign(
    curve: Curve,
    pair: &EcdsaKeyPair,
    hash: Digest,
    message: &[u8],
) -> Result<Vec<u8>, SignFlaw> {
    let signature = hashed(curve, hash, message).and_then(|digest| pair.sign_digest(&digest));
    Ok(signature.map_err(|_| SignFlaw)?.as_ref().to_vec())
}

/// The hash of `message` in the length of the curve's own hash, with the same value for ECDSA.
// The library would hash and sign in one call, which costs a P-256 signature 1 % more (measured).
fn hashed(curve: Curve, hash: Digest, message: &[u8]) -> Result<digest::Digest, Unspecified> {
    let own = own_hash(curve).primitive();
    if hash == own_hash(curve) {
        return Ok(digest::digest(own, message));
    }
    let hashed = hash.of(message);
    let mut octets = hashed.as_ref();
    if let Some(cut) = octets.get(..own.output_len()) {
        octets = cut;
    }
    let zeros = own.output_len().saturating_sub(octets.len());
    let fitted = [vec![0; zeros].as_slice(), octets].concat();
    digest::Digest::import_less_safe(&fitted, own)
}

/// The hash that the library pairs with the curve. None of them is longer than the curve's order.
const fn own_hash(curve: Curve) -> Digest {
    match curve {
        Curve::P256 => Digest::Sha256,
        Curve::P384 => Digest::Sha384,
        Curve::P521 => Digest::Sha512,
    }
}

pub(crate) fn signing(curve: Curve) -> &'static EcdsaSigningAlgorithm {
    match curve {
        Curve::P256 => &ECDSA_P256_SHA256_FIXED_SIGNING,
        Curve::P384 => &ECDSA_P384_SHA384_FIXED_SIGNING,
        Curve::P521 => &ECDSA_P521_SHA512_FIXED_SIGNING,
    }
}

fn verification(curve: Curve) -> &'static EcdsaVerificationAlgorithm {
    match curve {
        Curve::P256 => &ECDSA_P256_SHA256_FIXED,
        Curve::P384 => &ECDSA_P384_SHA384_FIXED,
        Curve::P521 => &ECDSA_P521_SHA512_FIXED,
    }
}

#[cfg(test)]
mod tests;
