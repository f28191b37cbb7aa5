//! Encodings of keys that the product does not read: PKCS#1, SEC 1, bare scalars, PEM with anything around it.
//!
//! In:  a key as some tool wrote it.
//! Out: PKCS#8, which the product reads.
//! Never: a judgement: what is put together here may be no key at all, and the product must say so.
//!
//! RFC 8017 A.1.2, RFC 5915, RFC 5958.

use rustls_pki_types::pem::{PemObject, SectionKind};
use symbolon_keys::Curve;

const INTEGER_0: &[u8] = &[2, 1, 0];
const INTEGER_1: &[u8] = &[2, 1, 1];
/// How a SEC 1 key begins: its version, then its scalar.
const SEC1: &[u8] = &[2, 1, 1, OCTET_STRING];
/// How a PKCS#1 key begins: its version, then its modulus.
const PKCS1: &[u8] = &[2, 1, 0, 2];
/// `rsaEncryption` with its NULL.
const RSA: &[u8] = &[0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 1, 5, 0];

const SEQUENCE: u8 = 0x30;
const OCTET_STRING: u8 = 4;

/// The octets of the first section of a PEM file.
pub(crate) fn first_of_pem(octets: &[u8]) -> Option<Vec<u8>> {
    let mut sections = <(SectionKind, Vec<u8>)>::pem_slice_iter(octets);
    sections.next()?.ok().map(|(_, octets)| octets)
}

/// A private key in PKCS#8, out of PKCS#8, PKCS#1 or SEC 1, in DER or PEM.
pub(crate) fn pkcs8(octets: &[u8]) -> Vec<u8> {
    let octets = first_of_pem(octets).unwrap_or_else(|| octets.to_vec());
    if begins(&octets, SEC1) {
        let curve = Curve::ALL.into_iter().find(|curve| mentions(&octets, *curve));
        curve.map_or(octets.clone(), |curve| info(&elliptic(curve), &octets))
    } else if begins(&octets, PKCS1) {
        info(RSA, &octets)
    } else {
        octets
    }
}

/// A private key on a curve in PKCS#8, out of its scalar alone.
pub(crate) fn pkcs8_of_scalar(curve: Curve, scalar: &[u8]) -> Vec<u8> {
    let key = tagged(SEQUENCE, &[INTEGER_1, &tagged(OCTET_STRING, scalar)].concat());
    info(&elliptic(curve), &key)
}

/// The numbers of an RSA key: modulus and exponent of a public one (in a SubjectPublicKeyInfo, or a certificate around it),
/// all that PKCS#8 holds of a private one.
pub(crate) fn rsa_numbers(octets: &[u8]) -> Option<Vec<&[u8]>> {
    let at = octets.windows(RSA.len()).position(|window| window == RSA)?;
    let (string, _) = element(octets.get(at.checked_add(RSA.len())?..)?)?;
    // Of a BIT STRING the first octet counts unused bits.
    let (mut rest, _) = element(string.strip_prefix(&[0]).unwrap_or(string))?;
    let mut numbers = Vec::new();
    while let Some((number, behind)) = element(rest) {
        numbers.push(number);
        rest = behind;
    }
    Some(numbers)
}

fn info(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
    tagged(SEQUENCE, &[INTEGER_0, algorithm, &tagged(OCTET_STRING, key)].concat())
}

/// `id-ecPublicKey` with its curve.
fn elliptic(curve: Curve) -> Vec<u8> {
    const KIND: &[u8] = &[6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
    tagged(SEQUENCE, &[KIND, identifier(curve)].concat())
}

const fn identifier(curve: Curve) -> &'static [u8] {
    match curve {
        Curve::P256 => &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7],
        Curve::P384 => &[6, 5, 0x2b, 0x81, 4, 0, 34],
        Curve::P521 => &[6, 5, 0x2b, 0x81, 4, 0, 35],
    }
}

fn mentions(octets: &[u8], curve: Curve) -> bool {
    let identifier = identifier(curve);
    octets.windows(identifier.len()).any(|window| window == identifier)
}

/// Whether what the outer SEQUENCE holds begins so.
fn begins(octets: &[u8], begin: &[u8]) -> bool {
    let is_sequence = octets.first() == Some(&SEQUENCE);
    is_sequence && element(octets).is_some_and(|(content, _)| content.starts_with(begin))
}

/// What the element that stands first holds, and what stands behind it; none is longer than 64 KiB.
fn element(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = match octets {
        [_, 0x81, length, rest @ ..] => (usize::from(*length), rest),
        [_, 0x82, high, low, rest @ ..] => (usize::from(u16::from_be_bytes([*high, *low])), rest),
        [_, length, rest @ ..] if *length < 0x80 => (usize::from(*length), rest),
        _ => return None,
    };
    rest.split_at_checked(length)
}

fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let zeros = length.iter().take_while(|octet| **octet == 0).count();
    let significant = length.get(zeros..).unwrap_or_default();
    let mut out = vec![tag];
    match significant {
        [] => out.push(0),
        [short] if *short < 0x80 => out.push(*short),
        long => {
            // INVARIANT: a length has at most eight octets.
            out.push(0x80 | u8::try_from(long.len()).unwrap_or_default());
            out.extend_from_slice(long);
        }
    }
    out.extend_from_slice(content);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_written_as_der_wants_them() {
        assert_eq!(tagged(4, &[]), [4, 0]);
        assert_eq!(tagged(4, &[1; 127])[..3], [4, 127, 1]);
        assert_eq!(tagged(4, &[1; 128])[..4], [4, 0x81, 128, 1]);
        assert_eq!(tagged(4, &[1; 256])[..5], [4, 0x82, 1, 0, 1]);
    }

    #[test]
    fn pkcs8_stays_as_it_is() {
        let key = pkcs8_of_scalar(Curve::P256, &[7; 32]);
        assert_eq!(pkcs8(&key), key);
    }
}
