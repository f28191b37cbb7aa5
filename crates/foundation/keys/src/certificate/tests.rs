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

#[test]
fn a_certificate_is_found_by_its_names_its_serial_number_and_its_key_identifier() {
    // openssl req -x509 -set_serial 0xf1d2… -subj /C=DE/O=…/CN=Signing CA 1/emailAddress=…
    let certificate = Certificate::from_pem(include_str!("named.pem")).unwrap();
    let java = "EMAILADDRESS=ca@contoso.example, CN=Signing CA 1, OU=Trust Services, O=\"Contoso, Ltd.\", C=DE";
    let other = java.replace("CA 1", "CA 2");
    for name in [certificate.issuer(), certificate.subject()] {
        assert_eq!(Some(&name), DistinguishedName::parse(java).as_ref());
        assert_eq!(Some(&name), DistinguishedName::parse(&name.to_string()).as_ref());
        assert_ne!(Some(&name), DistinguishedName::parse(&other).as_ref());
        let email =
            "1.2.840.113549.1.9.1=#161263614063 6f6e746f736f2e6578616d706c65".replace(' ', "");
        let rest = "CN=Signing CA 1,OU=Trust Services,O=Contoso\\, Ltd.,C=DE";
        assert_eq!(name.to_string(), format!("{email},{rest}"));
    }
    assert_eq!(certificate.serial(), "1380566980626923706715502112957585743511515513941");
    let identifier = crate::digest::Hex(certificate.subject_key_identifier().unwrap()).to_string();
    assert_eq!(identifier, "26b07a51a25bfeaeb6c56f3a6524e82800f3dcee");
}

#[test]
fn a_certificate_without_the_extension_has_no_key_identifier() {
    // openssl x509 -req -signkey, without extensions
    let bare = Certificate::from_pem(include_str!("bare.pem")).unwrap();
    assert_eq!(bare.subject_key_identifier(), None);
    assert_eq!((bare.issuer().to_string(), bare.serial()), ("CN=bare".to_owned(), "1".to_owned()));
}

#[test]
fn serial_numbers_are_written_in_decimal() {
    for (octets, expected) in [
        (&[][..], "0"),
        (&[0], "0"),
        (&[0, 9], "9"),
        (&[10], "10"),
        (&[255], "255"),
        (&[1, 0], "256"),
        (&[0xff; 8], "18446744073709551615"),
        (&[1, 0, 0, 0, 0, 0, 0, 0, 0], "18446744073709551616"),
    ] {
        assert_eq!(decimal(octets), expected);
    }
}
