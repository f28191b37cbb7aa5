//! The names of the closed list.
//!
//! XML Encryption 1.1 §5.1.1. Absent on purpose, so refused before any key is used: RSA 1.5, 3DES, Camellia, ChaCha20, finite
//! field Diffie-Hellman, X25519, PBKDF2, HKDF, ML-KEM, and the digests MD5, RIPEMD-160, SHA-224 and SHA-3.

use symbolon_keys::{ContentCipher, Curve, Digest, KeyWrap};

pub(super) use crate::algorithm::digest_named as digest;

/// The namespace of XML Encryption.
pub const ENCRYPTION_NAMESPACE: &str = "http://www.w3.org/2001/04/xmlenc#";
/// The namespace of what XML Encryption 1.1 added.
pub(super) const ENCRYPTION_11: &str = "http://www.w3.org/2009/xmlenc11#";

pub(super) const ELEMENT: &str = "http://www.w3.org/2001/04/xmlenc#Element";
pub(super) const CONTENT: &str = "http://www.w3.org/2001/04/xmlenc#Content";
pub(super) const ENCRYPTED_KEY: &str = "http://www.w3.org/2001/04/xmlenc#EncryptedKey";

/// RSA-OAEP with MGF1-SHA-1, whatever the digest.
pub(super) const RSA_OAEP_MGF1P: &str = "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p";
/// RSA-OAEP with digest and mask as its parameters say.
pub(super) const RSA_OAEP: &str = "http://www.w3.org/2009/xmlenc11#rsa-oaep";
pub(super) const ECDH_ES: &str = "http://www.w3.org/2009/xmlenc11#ECDH-ES";
pub(super) const CONCAT_KDF: &str = "http://www.w3.org/2009/xmlenc11#ConcatKDF";

const CIPHERS: [ContentCipher; 6] = [
    ContentCipher::Aes128Gcm,
    ContentCipher::Aes192Gcm,
    ContentCipher::Aes256Gcm,
    ContentCipher::Aes128Cbc,
    ContentCipher::Aes192Cbc,
    ContentCipher::Aes256Cbc,
];
const WRAPS: [KeyWrap; 3] = [KeyWrap::Aes128, KeyWrap::Aes192, KeyWrap::Aes256];
const DIGESTS: [Digest; 4] = [Digest::Sha1, Digest::Sha256, Digest::Sha384, Digest::Sha512];

pub(super) fn cipher(identifier: &str) -> Option<ContentCipher> {
    CIPHERS.into_iter().find(|cipher| cipher_identifier(*cipher) == identifier)
}

pub(super) const fn cipher_identifier(cipher: ContentCipher) -> &'static str {
    match cipher {
        ContentCipher::Aes128Gcm => "http://www.w3.org/2009/xmlenc11#aes128-gcm",
        ContentCipher::Aes192Gcm => "http://www.w3.org/2009/xmlenc11#aes192-gcm",
        ContentCipher::Aes256Gcm => "http://www.w3.org/2009/xmlenc11#aes256-gcm",
        ContentCipher::Aes128Cbc => "http://www.w3.org/2001/04/xmlenc#aes128-cbc",
        ContentCipher::Aes192Cbc => "http://www.w3.org/2001/04/xmlenc#aes192-cbc",
        ContentCipher::Aes256Cbc => "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
    }
}

pub(super) fn wrap(identifier: &str) -> Option<KeyWrap> {
    WRAPS.into_iter().find(|wrap| wrap_identifier(*wrap) == identifier)
}

pub(super) const fn wrap_identifier(wrap: KeyWrap) -> &'static str {
    match wrap {
        KeyWrap::Aes128 => "http://www.w3.org/2001/04/xmlenc#kw-aes128",
        KeyWrap::Aes192 => "http://www.w3.org/2001/04/xmlenc#kw-aes192",
        KeyWrap::Aes256 => "http://www.w3.org/2001/04/xmlenc#kw-aes256",
    }
}

/// The digest of a mask generation function.
pub(super) fn mask(identifier: &str) -> Option<Digest> {
    DIGESTS.into_iter().find(|digest| mask_identifier(*digest) == identifier)
}

pub(super) const fn mask_identifier(digest: Digest) -> &'static str {
    match digest {
        Digest::Sha1 => "http://www.w3.org/2009/xmlenc11#mgf1sha1",
        Digest::Sha256 => "http://www.w3.org/2009/xmlenc11#mgf1sha256",
        Digest::Sha384 => "http://www.w3.org/2009/xmlenc11#mgf1sha384",
        Digest::Sha512 => "http://www.w3.org/2009/xmlenc11#mgf1sha512",
    }
}

/// The name of a curve in `dsig11:NamedCurve`.
pub(super) const fn curve_identifier(curve: Curve) -> &'static str {
    match curve {
        Curve::P256 => "urn:oid:1.2.840.10045.3.1.7",
        Curve::P384 => "urn:oid:1.3.132.0.34",
        Curve::P521 => "urn:oid:1.3.132.0.35",
    }
}
