use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::*;

// Made with openssl for this test alone.
const SECP256K1: &str = "MIGEAgEAMBAGByqGSM49AgEGBSuBBAAKBG0wawIBAQQgxL1CjMooxbO/w1O/tIJUA8zLFKU8ht8Dm9mgkmEHmD+hRANCAATiyNMrI40KMaBLJk7BdpMwWTEDD4jMn85qzxM7y9yWfjbvC9fMLP+nZskYPaOW2TmhF/ycvJcgCCdltcdq2Ar5";
const RSA_1024: &str = "MIICdgIBADANBgkqhkiG9w0BAQEFAASCAmAwggJcAgEAAoGBAOXP8wcG1SXWjRtL4/rx8Q0pOZnzoztJ8paMzwxEuEG29AU21q1Sbey6rODnnVg1i2HYG1T4b8vcd2Tj7l4XGvkEKyOqx8hPfvIXZidM7IvfraFkgrTQoD/rmgqtg7p8eLqPNLBR9leEXeg1OV+8nxEMVRuQTwBTMNiDNsfO0xDpAgMBAAECgYEApirdY9hJ6IkhEHqoRrwH+uczEiE7htQqRzdbQliyDjoWaWrEgSBYAVLdS+XNPInC1aWn5aGZXIN2BQpWQcxdIBAVSW0vnDpky+Id7qFSqlB1mt8StALGIO+NRhCYlOUe4Sxy7zFurFH4By7thfFDhpBmc5QDCqHe5RqI34WzdDECQQD813b9n8f0Zj3PgjIo7p6lWDJUwPA+MjnVIzf4WL9UQN0bIwVvSxGok0ZBf66c5EhvQVObii/5kaeOhC7sy4kNAkEA6K7XZpzMJHDoEAVGbC/eI3SPbFghXXsX9Hi6DVt8ZKT6yUeA7dH11JgATy7TaIM7grmCIkvXbXeWQKYpJiA4TQJAGygNSLpjoJVmqCYEuy697WZmqYG7jAKbAZBxz4PAsQzycpq1V7nJYMDIt/o9x+4g9Yofr8IM2xJQ29bIr3hA9QJAQiebtF/2JpI3WH63dAD0Dm6QbIRuEA70U5yTgUK2jkLdzqZWwMcGNsh0pg6xKrDNFbC6kBeyCzyJ6p2Ta3STrQJAIK9ylZjKwu0YeoW+Ax6m8sP5e+Fy3Z/gpgMRKoZRrXAFRuXMYw22AduyYT7Op1lJ8T3B/rH0G/1218h/q7qq8Q==";

#[test]
fn private_keys_we_do_not_sign_with_are_refused() {
    for key in [SECP256K1, RSA_1024] {
        let octets = STANDARD.decode(key).unwrap();
        assert_eq!(SoftwareKey::from_pkcs8_der(&octets).err(), Some(KeyFlaw::Unsupported));
    }
    let (_, key) = SoftwareKey::generate(KeyKind::P256).unwrap();
    let longer = [key.as_der(), &[0]].concat();
    for octets in
        [&longer, &key.as_der()[1..], &b""[..], b"\x30\x00", b"-----BEGIN PRIVATE KEY-----"]
    {
        assert_eq!(SoftwareKey::from_pkcs8_der(octets).err(), Some(KeyFlaw::Unsupported));
    }
}

#[test]
fn a_new_key_is_not_made_in_a_size_nobody_chose() {
    for bits in [0, 1024, 2047, 2049, 16384] {
        let made = SoftwareKey::generate(KeyKind::Rsa { bits });
        assert_eq!(made.err(), Some(KeyFlaw::RsaSize { bits }));
    }
}

#[test]
fn pem_of_another_label_or_shape_is_refused() {
    let (_, octets) = SoftwareKey::generate(KeyKind::P256).unwrap();
    let pem = octets.to_pem().unwrap();
    let relabelled = pem.replace("PRIVATE KEY", "EC PRIVATE KEY");
    assert_eq!(SoftwareKey::from_pkcs8_pem(&relabelled).err(), Some(KeyFlaw::Unsupported));
    for wrong in ["", "no pem", &pem[..60], &pem.replace("-----END", "----END")] {
        assert_eq!(SoftwareKey::from_pkcs8_pem(wrong).err(), Some(KeyFlaw::Malformed));
    }
}

#[test]
fn a_key_survives_its_pem() {
    for kind in [KeyKind::P256, KeyKind::P384, KeyKind::P521, KeyKind::Rsa { bits: 2048 }] {
        let (key, octets) = SoftwareKey::generate(kind).unwrap();
        let again = SoftwareKey::from_pkcs8_pem(&octets.to_pem().unwrap()).unwrap();
        assert_eq!(again.public_key(), key.public_key());
        assert_eq!(key.public_key().kind(), kind);
        assert_eq!(key.algorithm(), kind.usual_algorithm());
        let signature = again.sign_now(b"octets").unwrap();
        assert_eq!(key.public_key().verify(key.algorithm(), b"octets", &signature), Ok(()));
    }
}

#[test]
fn an_algorithm_that_does_not_fit_or_is_weak_is_not_signed_with() {
    for kind in [KeyKind::P256, KeyKind::Rsa { bits: 2048 }] {
        let (_, octets) = SoftwareKey::generate(kind).unwrap();
        for algorithm in SignatureAlgorithm::ALL {
            let key = SoftwareKey::from_pkcs8_der(octets.as_der()).unwrap();
            assert!(key.sign_as(SignatureAlgorithm::RsaSha1, b"m").is_err());
            if !algorithm.fits(kind) || algorithm.is_weak() {
                assert!(key.sign_as(algorithm, b"m").is_err());
                let flaw = key.signing_with(algorithm).err();
                assert_eq!(flaw, Some(KeyFlaw::Algorithm), "{kind:?} {algorithm:?}");
            } else {
                assert_eq!(key.signing_with(algorithm).unwrap().algorithm(), algorithm);
            }
        }
    }
}

#[test]
fn a_signature_is_ready_when_first_asked_for() {
    use std::task::{Context, Poll, Waker};
    let (key, _) = SoftwareKey::generate(KeyKind::P256).unwrap();
    let mut pending = key.sign(b"octets");
    let Poll::Ready(signature) = pending.as_mut().poll(&mut Context::from_waker(Waker::noop()))
    else {
        panic!("a software key does not wait")
    };
    let verified =
        key.public_key().verify(SignatureAlgorithm::EcdsaSha256, b"octets", &signature.unwrap());
    assert_eq!(verified, Ok(()));
}
