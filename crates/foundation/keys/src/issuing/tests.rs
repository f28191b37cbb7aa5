use x509_cert::ext::pkix::{ExtendedKeyUsage, KeyUsage, SubjectAltName};

use super::*;

const VALIDITY: Validity = Validity { not_before: 1_767_225_600_999, not_after: 2_540_000_000_000 };

fn key(kind: KeyKind) -> SoftwareKey {
    SoftwareKey::generate(kind).unwrap().0
}

fn names() -> ServerNames {
    let (v4, v6) = ("127.0.0.1".parse().unwrap(), "::1".parse().unwrap());
    ServerNames { dns: vec!["localhost".to_owned()], addresses: vec![v4, v6] }
}

/// Whether `certificate` is signed by the key of `issuer` (ECDSA in DER, RSA as it is).
fn signed_by(certificate: &Certificate, issuer: &Certificate) -> bool {
    let parsed = x509_cert::Certificate::from_der(certificate.der()).unwrap();
    let signature = parsed.signature().raw_bytes();
    let content = parsed.tbs_certificate().to_der().unwrap();
    let kind = issuer.public_key().kind();
    let signature = match kind.curve() {
        None => signature.to_vec(),
        Some(curve) => {
            let mut fixed = Vec::new();
            for integer in Vec::<UintRef<'_>>::from_der(signature).unwrap() {
                let octets = integer.as_bytes();
                fixed.extend(std::iter::repeat_n(0, curve.octets().saturating_sub(octets.len())));
                fixed.extend_from_slice(octets);
            }
            fixed
        }
    };
    issuer.public_key().verify(kind.usual_algorithm(), &content, &signature).is_ok()
}

#[test]
fn names_that_no_certificate_can_carry_are_refused() {
    let key = key(KeyKind::P256);
    for name in ["", &"n".repeat(65)] {
        assert_eq!(self_signed(name, &key, VALIDITY).unwrap_err(), IssueFlaw::Name);
        assert_eq!(Authority::create(name, VALIDITY).err(), Some(IssueFlaw::Name));
    }
    let (authority, _) = Authority::create("CA", VALIDITY).unwrap();
    let nameless = authority.issue_server(&ServerNames::default(), VALIDITY);
    assert_eq!(nameless.err(), Some(IssueFlaw::Name));
    let unicode = ServerNames { dns: vec!["bücher".to_owned()], addresses: vec![] };
    assert_eq!(authority.issue_server(&unicode, VALIDITY).err(), Some(IssueFlaw::Name));
}

#[test]
fn validities_that_no_certificate_can_carry_are_refused() {
    let key = key(KeyKind::P256);
    let year_10000 = 253_402_300_800_000;
    for (not_before, not_after) in
        [(2000, 1000), (-1, 1000), (0, year_10000), (i64::MIN, i64::MAX), (0, i64::MAX)]
    {
        let wrong = Validity { not_before, not_after };
        assert_eq!(self_signed("name", &key, wrong).unwrap_err(), IssueFlaw::Validity);
    }
    let last = Validity { not_before: 0, not_after: year_10000 - 1000 };
    assert_eq!(self_signed("name", &key, last).unwrap().validity(), last);
}

#[test]
fn a_self_signed_certificate_is_the_keys_own() {
    for kind in [KeyKind::P256, KeyKind::P384, KeyKind::P521, KeyKind::Rsa { bits: 2048 }] {
        let key = key(kind);
        let certificate = self_signed("token signer", &key, VALIDITY).unwrap();
        assert_eq!(certificate.public_key(), key.public_key());
        assert!(signed_by(&certificate, &certificate));
        // Certificates count seconds.
        assert_eq!(certificate.validity().not_before, 1_767_225_600_000);
        assert_eq!(certificate.validity().not_after, VALIDITY.not_after);
    }
}

#[test]
fn a_certificate_is_signed_with_the_usual_algorithm_whatever_the_key_signs_with() {
    for (kind, other) in [
        (KeyKind::Rsa { bits: 2048 }, crate::SignatureAlgorithm::PsSha512),
        (KeyKind::P256, crate::SignatureAlgorithm::EcdsaSha512),
    ] {
        let key = key(kind).signing_with(other).unwrap();
        let certificate = self_signed("token signer", &key, VALIDITY).unwrap();
        assert!(signed_by(&certificate, &certificate));
    }
}

#[test]
fn a_self_signed_certificate_is_no_authority() {
    let (key, octets) = SoftwareKey::generate(KeyKind::P256).unwrap();
    let pem = self_signed("name", &key, VALIDITY).unwrap().to_pem();
    assert_eq!(Authority::from_pem(&pem, &octets).err(), Some(IssueFlaw::NotAnAuthority));
}

#[test]
fn an_authority_with_anothers_key_is_refused() {
    let (authority, _) = Authority::create("CA", VALIDITY).unwrap();
    let (_, other) = SoftwareKey::generate(KeyKind::P256).unwrap();
    let read = Authority::from_pem(&authority.certificate().to_pem(), &other);
    assert_eq!(read.err(), Some(IssueFlaw::Key(KeyFlaw::CertificateOfAnotherKey)));
}

#[test]
fn a_server_certificate_says_exactly_what_was_asked_for() {
    let (authority, octets) = Authority::create("Entwicklung Ä", VALIDITY).unwrap();
    let again = Authority::from_pem(&authority.certificate().to_pem(), &octets).unwrap();
    let issued = again.issue_server(&names(), VALIDITY).unwrap();
    assert!(signed_by(&issued.certificate, authority.certificate()));
    let key = SoftwareKey::from_pkcs8_der(issued.key.as_der()).unwrap();
    assert_eq!(key.public_key(), issued.certificate.public_key());

    let read = |certificate: &Certificate| {
        x509_cert::Certificate::from_der(certificate.der()).unwrap().tbs_certificate().clone()
    };
    let (content, ca) = (read(&issued.certificate), read(authority.certificate()));
    assert_eq!(content.issuer(), ca.subject());
    assert!(content.subject().is_empty());
    assert_ne!(content.serial_number(), ca.serial_number());
    let (_, alternatives) = content.get_extension::<SubjectAltName>().unwrap().unwrap();
    assert_eq!(alternatives.0.len(), 3);
    let (_, usage) = content.get_extension::<ExtendedKeyUsage>().unwrap().unwrap();
    assert_eq!(usage.0.len(), 1); // serverAuth, nothing else
    let (_, constraints) = content.get_extension::<ReadConstraints>().unwrap().unwrap();
    assert!(!constraints.ca);
    let (_, usage) = content.get_extension::<KeyUsage>().unwrap().unwrap();
    assert!(usage.digital_signature() && !usage.key_cert_sign());
    let (_, constraints) = ca.get_extension::<ReadConstraints>().unwrap().unwrap();
    assert!(constraints.ca && constraints.path_len_constraint == Some(0));
}

#[test]
fn serial_numbers_differ_by_key_and_by_validity() {
    let (one, other) = (key(KeyKind::P256), key(KeyKind::P256));
    let later = Validity { not_before: VALIDITY.not_before + 1000, ..VALIDITY };
    let serials = [serial(&one, VALIDITY), serial(&other, VALIDITY), serial(&one, later)];
    assert!(serials[0] != serials[1] && serials[0] != serials[2]);
    assert!(serials.iter().all(|serial| serial.len() == 16));
}

#[test]
fn small_integers_are_written_without_leading_zeros() {
    let mut signature = [0; 64];
    (signature[31], signature[63]) = (1, 0x80);
    assert_eq!(ecdsa_der(&signature).unwrap(), [0x30, 7, 2, 1, 1, 2, 2, 0, 0x80]);
}
