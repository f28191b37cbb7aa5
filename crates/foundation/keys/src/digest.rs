//! Digests, HMAC, and comparison in constant time.
//!
//! In:  octets.
//! Out: octets.
//! Never: decides where SHA-1 still counts: whoever holds the record of an issuer or account does.
//!
//! FIPS 180-4, RFC 2104.

use std::fmt;

use aws_lc_rs::{constant_time, digest, hmac};

/// The closed list of hashes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Digest {
    /// SHA-1, which resists no collisions: for OAEP, key derivation, names of certificates, and
    /// digests where a record still allows them.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

/// A digest or an authentication code: 20 to 64 octets, held in place.
///
/// Equality here is not in constant time: to compare a secret code, see
/// [`SecretKey::verify_mac`](crate::SecretKey::verify_mac).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct DigestOctets {
    octets: [u8; digest::MAX_OUTPUT_LEN],
    length: usize,
}

impl Digest {
    /// The digest of `octets`.
    #[must_use]
    pub fn of(self, octets: &[u8]) -> DigestOctets {
        DigestOctets::of(digest::digest(self.primitive(), octets).as_ref())
    }

    /// Length of its digests, in octets.
    #[must_use]
    pub const fn octets(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// Whether collisions can be made: SHA-1.
    #[must_use]
    pub const fn is_weak(self) -> bool {
        matches!(self, Self::Sha1)
    }

    pub(crate) const fn primitive(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        }
    }
}

impl DigestOctets {
    /// INVARIANT: called with what a hash or HMAC made, 64 octets at most.
    pub(crate) fn of(octets: &[u8]) -> Self {
        Self { octets: fixed(octets), length: octets.len() }
    }
}

impl AsRef<[u8]> for DigestOctets {
    fn as_ref(&self) -> &[u8] {
        self.octets.get(..self.length).unwrap_or_default()
    }
}

impl fmt::Debug for DigestOctets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DigestOctets({})", Hex(self.as_ref()))
    }
}

/// SHA-256.
#[must_use]
pub fn sha256(octets: &[u8]) -> [u8; 32] {
    fixed(digest::digest(&digest::SHA256, octets).as_ref())
}

/// SHA-1, for names of certificates and keys only; it resists no collisions.
#[must_use]
pub fn sha1(octets: &[u8]) -> [u8; 20] {
    fixed(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, octets).as_ref())
}

/// HMAC with SHA-256.
#[must_use]
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    fixed(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message).as_ref())
}

/// Whether two strings of octets are equal, in time that depends on their lengths only.
#[must_use]
pub fn constant_time_eq(left: &[u8], right: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(left, right).is_ok()
}

/// INVARIANT: called with a digest of at most `N` octets, which the algorithm fixes; what is missing
/// is zero.
fn fixed<const N: usize>(octets: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    out.iter_mut().zip(octets).for_each(|(to, from)| *to = *from);
    out
}

/// Octets as lower-case hexadecimal digits.
pub(crate) struct Hex<'a>(pub(crate) &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_match_fips_180_examples() {
        let hex = |octets: &[u8]| Hex(octets).to_string();
        assert_eq!(
            hex(&sha256(b"abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(hex(&sha1(b"abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
    }

    #[test]
    fn every_digest_has_its_length_and_its_value() {
        for (digest, expected) in [
            (Digest::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (Digest::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                Digest::Sha384,
                "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed\
                 8086072ba1e7cc2358baeca134c825a7",
            ),
            (
                Digest::Sha512,
                "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
                 2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            ),
        ] {
            let made = digest.of(b"abc");
            assert_eq!(Hex(made.as_ref()).to_string(), expected);
            assert_eq!(made.as_ref().len(), digest.octets());
            assert_ne!(digest.of(b"abd"), made);
        }
    }

    #[test]
    fn hmac_matches_rfc_4231() {
        let hex = |octets: &[u8]| Hex(octets).to_string();
        assert_eq!(
            hex(&hmac_sha256(&[0x0b; 20], b"Hi There")), // test case 1
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        );
        assert_eq!(
            hex(&hmac_sha256(b"Jefe", b"what do ya want for nothing?")), // test case 2
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        let long = b"Test Using Larger Than Block-Size Key - Hash Key First";
        assert_eq!(
            hex(&hmac_sha256(&[0xaa; 131], long)), // test case 6
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }

    #[test]
    fn octets_that_differ_anywhere_are_unequal() {
        assert!(constant_time_eq(b"same", b"same"));
        assert!(!constant_time_eq(b"same", b"sane"));
        assert!(!constant_time_eq(b"same", b"same\0"));
        assert!(!constant_time_eq(b"", b"s"));
    }
}
