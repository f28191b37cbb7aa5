use super::*;
use crate::SignatureAlgorithm::{EcdsaSha256, EcdsaSha384, EcdsaSha512};
use crate::{KeyKind, SignatureAlgorithm, SigningKey, SoftwareKey};

const ECDSA: [SignatureAlgorithm; 3] = [EcdsaSha256, EcdsaSha384, EcdsaSha512];

fn key(curve: Curve) -> SoftwareKey {
    SoftwareKey::generate(curve.into()).unwrap().0
}

/// `r‖s` as the SEQUENCE of INTEGERs that the library verifies by itself with any hash.
fn der(signature: &[u8]) -> Vec<u8> {
    use x509_cert::der::Encode;
    use x509_cert::der::asn1::UintRef;
    let (r, s) = signature.split_at(signature.len() / 2);
    vec![UintRef::new(r).unwrap(), UintRef::new(s).unwrap()].to_der().unwrap()
}

#[test]
fn every_curve_signs_with_every_hash_and_verifies_with_that_hash_alone() {
    for curve in Curve::ALL {
        let mut key = key(curve);
        let public = key.public_key().clone();
        for algorithm in ECDSA {
            key = key.signing_with(algorithm).unwrap();
            let signature = key.sign_now(b"message").unwrap();
            assert_eq!(signature.len(), 2 * curve.octets());
            for other in ECDSA {
                let expected = if other == algorithm { Ok(()) } else { Err(BadSignature) };
                assert_eq!(public.verify(other, b"message", &signature), expected);
                assert_eq!(public.verify(other, b"massage", &signature), Err(BadSignature));
            }
        }
    }
}

#[test]
fn the_library_agrees_where_it_has_the_pair_in_der() {
    use aws_lc_rs::signature::{
        ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P256_SHA512_ASN1,
        ECDSA_P384_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, ECDSA_P384_SHA512_ASN1,
        ECDSA_P521_SHA256_ASN1, ECDSA_P521_SHA384_ASN1, ECDSA_P521_SHA512_ASN1, UnparsedPublicKey,
    };
    let theirs = [
        [&ECDSA_P256_SHA256_ASN1, &ECDSA_P256_SHA384_ASN1, &ECDSA_P256_SHA512_ASN1],
        [&ECDSA_P384_SHA256_ASN1, &ECDSA_P384_SHA384_ASN1, &ECDSA_P384_SHA512_ASN1],
        [&ECDSA_P521_SHA256_ASN1, &ECDSA_P521_SHA384_ASN1, &ECDSA_P521_SHA512_ASN1],
    ];
    for (curve, theirs) in Curve::ALL.into_iter().zip(theirs) {
        let mut key = key(curve);
        for (algorithm, theirs) in ECDSA.into_iter().zip(theirs) {
            key = key.signing_with(algorithm).unwrap();
            let signature = key.sign_now(b"message").unwrap();
            let (_, point) = key.public_key().point().unwrap();
            let point = UnparsedPublicKey::new(theirs, point);
            assert!(point.verify(b"message", &der(&signature)).is_ok(), "{curve:?} {algorithm:?}");
            assert!(point.verify(b"massage", &der(&signature)).is_err());
        }
    }
}

#[test]
fn signatures_of_another_shape_are_refused_with_every_hash() {
    for curve in Curve::ALL {
        let mut key = key(curve);
        for algorithm in ECDSA {
            key = key.signing_with(algorithm).unwrap();
            let public = key.public_key();
            let signature = key.sign_now(b"m").unwrap();
            let (r, s) = signature.split_at(curve.octets());
            let longer = [signature.as_slice(), &[0]].concat();
            let wide = [&[0], r, &[0], s].concat();
            let swapped = [s, r].concat();
            for wrong in [&der(&signature), &longer, &wide, &signature[1..], r, &swapped, &[]] {
                assert_eq!(public.verify(algorithm, b"m", wrong), Err(BadSignature));
            }
            let zero = vec![0; curve.octets()];
            for wrong in [[&zero, &zero[..]], [r, &zero], [&zero, s]] {
                assert_eq!(public.verify(algorithm, b"m", &wrong.concat()), Err(BadSignature));
            }
        }
    }
}

#[test]
fn points_that_are_compressed_short_or_on_another_curve_are_refused() {
    for curve in Curve::ALL {
        let key = key(curve);
        let (_, point) = key.public_key().point().unwrap();
        let parse = |curve, point: &[u8]| EcKey::parse(curve, point).err();
        assert_eq!(parse(curve, point), None);
        let mut compressed = point[..=curve.octets()].to_vec();
        for first in [0, 2, 3, 5, 6, 7] {
            compressed[0] = first;
            assert_eq!(parse(curve, &compressed), Some(KeyFlaw::Unsupported));
        }
        let longer = [point, &[0]].concat();
        for wrong in [&point[..point.len() - 1], &longer, &[], &[4]] {
            assert_eq!(parse(curve, wrong), Some(KeyFlaw::Malformed));
        }
        let mut off = point.to_vec();
        off[curve.octets() * 2] ^= 1;
        assert_eq!(parse(curve, &off), Some(KeyFlaw::Malformed));
        for other in Curve::ALL.into_iter().filter(|other| *other != curve) {
            assert_eq!(parse(other, point), Some(KeyFlaw::Malformed));
        }
    }
}

#[test]
fn sha_1_neither_signs_nor_verifies() {
    for curve in Curve::ALL {
        let key = key(curve);
        let signature = key.sign_now(b"m").unwrap();
        let verified = key.public_key().verify(SignatureAlgorithm::RsaSha1, b"m", &signature);
        assert_eq!(verified, Err(BadSignature));
        let kind = KeyKind::from(curve);
        assert!(!SignatureAlgorithm::RsaSha1.fits(kind));
    }
}
