use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::SignatureAlgorithm::{EcdsaSha256, PsSha256, RsaSha1, RsaSha256};
use crate::{SigningKey, SoftwareKey};

// Made with openssl; the private halves are gone.
const RSA_1024: &str = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDlz/MHBtUl1o0bS+P68fENKTmZ86M7SfKWjM8MRLhBtvQFNtatUm3suqzg551YNYth2BtU+G/L3Hdk4+5eFxr5BCsjqsfIT37yF2YnTOyL362hZIK00KA/65oKrYO6fHi6jzSwUfZXhF3oNTlfvJ8RDFUbkE8AUzDYgzbHztMQ6QIDAQAB";
const P384: &str = "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAE3KR29iAFecG+m5DEC2D56380JeQbB07F3WgAZDsqo4VWrfEX1M3jiLBy1XIzggdH1rYg+RqVp/30cFRHiLaqehYBSLFIA4RsQGc2XX0Zf+JPxhna+R3QNmokydX/0i/4";
const SECP256K1: &str = "MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEvQ5MsKsOfKp+gfrBNM2HQ3ngbW6J3xiUhz7kpRqjgQ8bXKPU3+/SAVc7KQZtFr+PsCxLZRrSjEWjd2huF2HiSg==";
const P256_COMPRESSED: &str =
    "MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgACwaV2wKP15Y0LKeTcAYC3Fl+k01CZ8w4MU6IeyMrMwf8=";
const ED25519: &str = "MCowBQYDK2VwAyEAMv9r7YcHncEgXNzuJ7pD11EX6LHUdCfITCgY6qFPvAM=";
const RSA_PSS: &str = "MIIBIDALBgkqhkiG9w0BAQoDggEPADCCAQoCggEBAN8ynVow+JssxPAgpriODZg3SQ51qD5dob3122+07BOFZa/Hm1ZfXFsLvDyJMgCvn2rWXJyNRRuarM+XpoZqp18SGBI2Vu3hZtObmZZJRbz1JlQ7YTeL0GzYhYTFFJseFp8r5mvHlFbGkYmEZ8zPCjreI6gs4PxQzSNO07193I0PsifM+qEK+xT+n+RPcrsmOoOeouk2AkSCOrHA8AcnY02GQd+pNxL4EtTV3qq74vae6PVCo20V6gRezZpLFc+IeciWt4gbJ2HyfmNOyJuIZx7A38m+24MLtM3NyezuobpQnpLwbxJBbfzfW5HjnuJPET0VazSqrpub4Hj65+6whHMCAwEAAQ==";
// openssl dgst -sha1 -sign, over "message".
const SHA1_KEY: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAzEtQ+OyWN2gYhuGb+o26XCJyCP2gBy16K15BLkDCBfhs4b6uQGNUt5uL6B75mtXVylrxvd7xoIFdLF4J7pFIK980o/HglDVs9gs6xO82vJKLVVUK8QMiAOXY/aE2im7on0Bcn+c3i0CllStd3xG90sH97bDjSke1j9YjH1fU1n7km7Z17PbBeGBa5wc3shs47b+kRd659ngY0uja9TBRcxtEE/n8fot6BXNQxlzeOFqs5HdcesItm80AOEQelEnN2vc4hJS3A4QmTh+rqfYbPLgbdTekSld4zVXWsa2Kz4e6ctm+akQRU0OJqpx0cmZiXLnUSXN80l7jvBUD6XV9wQIDAQAB";
const SHA1_SIGNATURE: &str = "mymkBPKPs3gfOucssVVLNuXWdyStTsdbbtcoYB7/Oo9NRuHnmLXO5TxK8inluckXVTkMQTtLjMPk0XIipuiW4+M8YlwGdlh3XIaF4mvWJJK4eBshiXYNHmH5lfHNGIkGwKVALtNG1Z5aZFTNRboxW/XIgaAJkJCW2KCDChOH7vVKHNtU8MG9Q0esC0PZWGU3Nh3/6hZnvltT/blbaoqG/EKjIXnzfniTV1QlsJ8ECKI7UuLMELUdjlqyjWsZ5WtIBuj/9QcQU5s6m63NN9z0i851ah2tw5ztm8jrxpYVhXqMrMo6yoCRVffABAiy2vrubCfOhmNeizK93J/ACvJnvg==";

static RSA: LazyLock<SoftwareKey> =
    LazyLock::new(|| SoftwareKey::generate(KeyKind::Rsa { bits: 2048 }).unwrap().0);
static P256: LazyLock<SoftwareKey> =
    LazyLock::new(|| SoftwareKey::generate(KeyKind::P256).unwrap().0);

fn refused(base64: &str) -> KeyFlaw {
    PublicKey::from_spki_der(&STANDARD.decode(base64).unwrap()).unwrap_err()
}

#[test]
fn rsa_of_1024_bits_is_refused() {
    assert_eq!(refused(RSA_1024), KeyFlaw::RsaSize { bits: 1024 });
}

#[test]
fn rsa_above_8192_bits_is_refused() {
    let numbers = Numbers::Rsa { modulus: &[0xff; 1025], exponent: &[1, 0, 1] };
    assert_eq!(PublicKey::from_numbers(numbers), Err(KeyFlaw::RsaSize { bits: 8200 }));
}

#[test]
fn rsa_with_an_exponent_that_signs_nothing_is_refused() {
    let Numbers::Rsa { modulus, .. } = RSA.public_key().numbers() else { panic!("RSA") };
    for exponent in [&[][..], &[0], &[1], &[2], &[1, 0, 0], &[0xff; 256]] {
        let numbers = Numbers::Rsa { modulus, exponent };
        assert_eq!(PublicKey::from_numbers(numbers), Err(KeyFlaw::Malformed), "{exponent:?}");
    }
}

#[test]
fn keys_of_other_kinds_are_refused() {
    assert_eq!(refused(SECP256K1), KeyFlaw::Unsupported);
    assert_eq!(refused(ED25519), KeyFlaw::Unsupported);
    assert_eq!(refused(RSA_PSS), KeyFlaw::Unsupported);
    assert_eq!(refused(P256_COMPRESSED), KeyFlaw::Unsupported);
}

#[test]
fn octets_around_or_missing_from_a_key_are_refused() {
    for key in [RSA.public_key(), P256.public_key()] {
        let spki = key.spki_der();
        let longer = [spki, &[0]].concat();
        let shorter = &spki[..spki.len() - 1];
        assert_eq!(PublicKey::from_spki_der(&longer), Err(KeyFlaw::Malformed));
        assert_eq!(PublicKey::from_spki_der(shorter), Err(KeyFlaw::Malformed));
    }
    assert_eq!(PublicKey::from_spki_der(b""), Err(KeyFlaw::Malformed));
}

#[test]
fn rsa_without_its_null_parameter_is_refused() {
    let spki = RSA.public_key().spki_der();
    let null = spki.windows(2).position(|pair| pair == [5, 0]).unwrap();
    // 30 82 llll 30 0d ...: both lengths shrink with the parameter.
    let mut without = [&spki[..null], &spki[null + 2..]].concat();
    without[3] -= 2;
    without[5] -= 2;
    assert_eq!(PublicKey::from_spki_der(&without), Err(KeyFlaw::Malformed));
}

#[test]
fn a_point_off_the_curve_is_refused() {
    let Numbers::Ec { curve, x, y } = P256.public_key().numbers() else { panic!("P-256") };
    let mut moved = y.to_vec();
    moved[31] ^= 1;
    let off = Numbers::Ec { curve, x, y: &moved };
    assert_eq!(PublicKey::from_numbers(off), Err(KeyFlaw::Malformed));
    let zero = Numbers::Ec { curve, x: &[0; 32], y: &[0; 32] };
    assert_eq!(PublicKey::from_numbers(zero), Err(KeyFlaw::Malformed));
}

#[test]
fn coordinates_of_another_length_are_refused() {
    let Numbers::Ec { curve, x, y } = P256.public_key().numbers() else { panic!("P-256") };
    let long = [&[0], y].concat();
    for y in [&long, &y[..31], &[]] {
        let numbers = Numbers::Ec { curve, x, y };
        assert_eq!(PublicKey::from_numbers(numbers), Err(KeyFlaw::Malformed));
    }
    for curve in [Curve::P384, Curve::P521] {
        let numbers = Numbers::Ec { curve, x, y };
        assert_eq!(PublicKey::from_numbers(numbers), Err(KeyFlaw::Malformed));
    }
}

#[test]
fn a_key_and_its_numbers_make_each_other() {
    let p384 = PublicKey::from_spki_der(&STANDARD.decode(P384).unwrap()).unwrap();
    assert_eq!(p384.kind(), KeyKind::P384);
    let (p521, _) = SoftwareKey::generate(KeyKind::P521).unwrap();
    for key in [RSA.public_key(), P256.public_key(), &p384, p521.public_key()] {
        let again = PublicKey::from_numbers(key.numbers()).unwrap();
        assert_eq!(&again, key);
        if let Some((curve, point)) = key.point() {
            assert_eq!(&PublicKey::from_point(curve, point).unwrap(), key);
        }
        assert_eq!(again.label(), key.label());
        assert_eq!(&PublicKey::from_spki_der(key.spki_der()).unwrap(), key);
    }
    assert_ne!(RSA.public_key().label(), P256.public_key().label());
}

#[test]
fn an_algorithm_that_does_not_fit_the_key_is_refused() {
    let (rsa, p256) = (RSA.public_key(), P256.public_key());
    let (by_rsa, by_p256) = (RSA.sign_now(b"m").unwrap(), P256.sign_now(b"m").unwrap());
    assert_eq!(rsa.verify(RsaSha256, b"m", &by_rsa), Ok(()));
    assert_eq!(p256.verify(EcdsaSha256, b"m", &by_p256), Ok(()));
    assert_eq!(rsa.verify(PsSha256, b"m", &by_rsa), Err(BadSignature));
    assert_eq!(rsa.verify(EcdsaSha256, b"m", &by_p256), Err(BadSignature));
    assert_eq!(p256.verify(RsaSha256, b"m", &by_rsa), Err(BadSignature));
    assert_eq!(p256.verify(PsSha256, b"m", &by_rsa), Err(BadSignature));
    for algorithm in SignatureAlgorithm::ALL.into_iter().filter(|one| *one != RsaSha256) {
        assert_eq!(rsa.verify(algorithm, b"m", &by_rsa), Err(BadSignature), "{algorithm:?}");
    }
    for algorithm in SignatureAlgorithm::ALL.into_iter().filter(|one| *one != EcdsaSha256) {
        assert_eq!(p256.verify(algorithm, b"m", &by_p256), Err(BadSignature), "{algorithm:?}");
    }
}

#[test]
fn rsa_signs_with_every_padding_and_hash_but_sha_1() {
    let (mut key, _) = SoftwareKey::generate(KeyKind::Rsa { bits: 2048 }).unwrap();
    let public = key.public_key().clone();
    for algorithm in SignatureAlgorithm::ALL {
        if !algorithm.fits(public.kind()) || algorithm == RsaSha1 {
            continue;
        }
        key = key.signing_with(algorithm).unwrap();
        let signature = key.sign_now(b"m").unwrap();
        for other in SignatureAlgorithm::ALL {
            let expected = if other == algorithm { Ok(()) } else { Err(BadSignature) };
            assert_eq!(public.verify(other, b"m", &signature), expected, "{algorithm:?} {other:?}");
            assert_eq!(public.verify(other, b"n", &signature), Err(BadSignature));
        }
    }
}

#[test]
fn rsa_with_sha_1_verifies_what_others_signed() {
    let key = PublicKey::from_spki_der(&STANDARD.decode(SHA1_KEY).unwrap()).unwrap();
    let signature = STANDARD.decode(SHA1_SIGNATURE).unwrap();
    assert_eq!(key.verify(RsaSha1, b"message", &signature), Ok(()));
    assert_eq!(key.verify(RsaSha1, b"massage", &signature), Err(BadSignature));
    assert_eq!(key.verify(RsaSha256, b"message", &signature), Err(BadSignature));
}

#[test]
fn pss_verifies_where_pkcs1_does_not() {
    let (key, octets) = SoftwareKey::generate(KeyKind::Rsa { bits: 2048 }).unwrap();
    let pair = aws_lc_rs::rsa::KeyPair::from_pkcs8(octets.as_der()).unwrap();
    let mut signature = vec![0; 256];
    let random = aws_lc_rs::rand::SystemRandom::new();
    pair.sign(&aws_lc_rs::signature::RSA_PSS_SHA256, &random, b"m", &mut signature).unwrap();
    assert_eq!(key.public_key().verify(RsaSha256, b"m", &signature), Err(BadSignature));
    assert_eq!(key.public_key().verify(PsSha256, b"m", &signature), Ok(()));
    assert_eq!(key.public_key().verify(PsSha256, b"n", &signature), Err(BadSignature));
}

#[test]
fn signatures_over_other_octets_or_by_other_keys_are_refused() {
    let other = SoftwareKey::generate(KeyKind::P256).unwrap().0;
    let signature = P256.sign_now(b"message").unwrap();
    assert_eq!(P256.public_key().verify(EcdsaSha256, b"massage", &signature), Err(BadSignature));
    assert_eq!(other.public_key().verify(EcdsaSha256, b"message", &signature), Err(BadSignature));
    for at in [0, 31, 32, 63] {
        let mut altered = signature.clone();
        altered[at] ^= 1;
        assert_eq!(P256.public_key().verify(EcdsaSha256, b"message", &altered), Err(BadSignature));
    }
    let mut altered = RSA.sign_now(b"message").unwrap();
    altered[255] ^= 1;
    assert_eq!(RSA.public_key().verify(RsaSha256, b"message", &altered), Err(BadSignature));
}

#[test]
fn ecdsa_signatures_of_another_shape_are_refused() {
    let key = P256.public_key();
    let signature = P256.sign_now(b"m").unwrap();
    assert_eq!(signature.len(), 64);
    let der =
        vec![UintRef::new(&signature[..32]).unwrap(), UintRef::new(&signature[32..]).unwrap()]
            .to_der()
            .unwrap();
    let wide = [&[0; 16][..], &signature[..32], &[0; 16], &signature[32..]].concat(); // as P-384
    for wrong in [&der, &wide, &signature[..63], &[signature.as_slice(), &[0]].concat(), &[]] {
        assert_eq!(key.verify(EcdsaSha256, b"m", wrong), Err(BadSignature));
    }
    assert_eq!(key.verify(EcdsaSha256, b"m", &[0; 64]), Err(BadSignature)); // r = s = 0
}

#[test]
fn rsa_signatures_of_another_length_are_refused() {
    let signature = RSA.sign_now(b"m").unwrap();
    for wrong in [&signature[1..], &[&[0], signature.as_slice()].concat(), &[]] {
        assert_eq!(RSA.public_key().verify(RsaSha256, b"m", wrong), Err(BadSignature));
    }
}
