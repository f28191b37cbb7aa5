//! Digests, HMAC, and comparison in constant time.
//!
//! In:  octets.
//! Out: octets.
//! Never: lets SHA-1 near a signature: it names certificates (`x5t`), nothing else.
//!
//! FIPS 180-4, RFC 2104.

use std::fmt;

use aws_lc_rs::{constant_time, digest, hmac};

/// SHA-256.
#[must_use]
pub fn sha256(octets: &[u8]) -> [u8; 32] {
    fixed(digest::digest(&digest::SHA256, octets).as_ref())
}

/// SHA-1, for certificate thumbprints and legacy derivations only; it resists no collisions.
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

/// INVARIANT: called with a digest of exactly `N` octets, which the algorithm fixes.
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
