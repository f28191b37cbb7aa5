use super::*;
use crate::{KeyKind, SoftwareKey, self_signed};

const VALIDITY: Validity = Validity { not_before: 1_767_225_600_000, not_after: 1_798_761_599_000 };

fn certificate() -> Certificate {
    let (key, _) = SoftwareKey::generate(KeyKind::P256).unwrap();
    self_signed("signer", &key, VALIDITY).unwrap()
}

#[test]
fn octets_around_or_missing_from_a_certificate_are_refused() {
    let certificate = certificate();
    let der = certificate.der();
    for wrong in [&[der, &[0]].concat(), &der[..der.len() - 1], &[], b"\x30\x00"] {
        assert_eq!(Certificate::from_der(wrong).unwrap_err(), CertificateFlaw::Malformed);
    }
}

#[test]
fn pem_that_is_not_one_certificate_is_refused() {
    let pem = certificate().to_pem();
    let twice = format!("{pem}{pem}");
    let key = pem.replace("CERTIFICATE", "PRIVATE KEY");
    for wrong in ["", "no pem", &twice, &key, &pem[..100]] {
        assert_eq!(Certificate::from_pem(wrong).unwrap_err(), CertificateFlaw::Malformed);
    }
}

#[test]
fn a_certificate_with_an_unusable_key_is_refused() {
    // openssl req -x509 -newkey rsa:1024 -subj /CN=short
    let flaw = Certificate::from_pem(include_str!("rsa1024.pem")).unwrap_err();
    assert_eq!(flaw, CertificateFlaw::Key(KeyFlaw::RsaSize { bits: 1024 }));
}

#[test]
fn a_certificate_survives_its_pem() {
    let certificate = certificate();
    let again = Certificate::from_pem(&format!("\n{}\n", certificate.to_pem())).unwrap();
    assert_eq!(again, certificate);
    assert_eq!(again.public_key(), certificate.public_key());
    assert_eq!(again.thumbprint_sha256(), sha256(certificate.der()));
    assert_eq!(STANDARD.decode(again.base64()).unwrap(), certificate.der());
    assert_eq!(PublicKey::from_certificate_der(again.der()).unwrap(), *again.public_key());
}

#[test]
fn both_ends_of_a_validity_are_inside() {
    assert!(!VALIDITY.contains(VALIDITY.not_before - 1));
    assert!(VALIDITY.contains(VALIDITY.not_before));
    assert!(VALIDITY.contains(VALIDITY.not_after));
    assert!(!VALIDITY.contains(VALIDITY.not_after + 1));
}
