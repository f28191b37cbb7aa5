//! What is read from KeyInfo, and what is not.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use symbolon_keys::{Digest, KeyKind, Numbers, PublicKey, SigningKey as _, SoftwareKey, sha256};
use symbolon_xmlsec::{Flaw, KeyHint, KeyInfo, NAMESPACE};

use crate::support::{EC, RSA, first_signature, parse};

const NAMESPACES: &str = "xmlns=\"http://www.w3.org/2000/09/xmldsig#\" xmlns:d=\"http://www.w3.org/2009/xmldsig11#\" \
                          xmlns:x=\"http://www.w3.org/2001/04/xmlenc#\"";

fn read(inside: &str) -> Result<Vec<KeyHint>, Flaw> {
    KeyInfo::read(&parse(&format!("<KeyInfo {NAMESPACES}>{inside}</KeyInfo>")))
}

#[track_caller]
fn one(inside: &str) -> KeyHint {
    let mut hints = read(inside).unwrap();
    assert_eq!(hints.len(), 1, "{inside}");
    hints.remove(0)
}

/// What leads to no key by itself.
#[track_caller]
fn other(inside: &str) {
    let hint = one(inside);
    assert!(matches!(hint, KeyHint::Other(_)), "{inside}: {hint:?}");
}

fn in_base64(octets: &[u8]) -> String {
    STANDARD.encode(octets)
}

fn rsa_value(modulus: &[u8], exponent: &[u8]) -> String {
    let (modulus, exponent) = (in_base64(modulus), in_base64(exponent));
    format!(
        "<KeyValue><RSAKeyValue><Modulus>{modulus}</Modulus><Exponent>{exponent}</Exponent></RSAKeyValue></KeyValue>"
    )
}

fn ec_value(uri: &str, point: &[u8]) -> String {
    let point = in_base64(point);
    format!(
        "<KeyValue><d:ECKeyValue><d:NamedCurve URI=\"{uri}\"/><d:PublicKey>{point}</d:PublicKey></d:ECKeyValue></KeyValue>"
    )
}

fn numbers(key: &PublicKey) -> (&[u8], &[u8]) {
    match key.numbers() {
        Numbers::Rsa { modulus, exponent } => (modulus, exponent),
        Numbers::Ec { x, y, .. } => (x, y),
    }
}

#[test]
fn a_key_stands_there_as_numbers_or_encoded() {
    let (modulus, exponent) = numbers(RSA.public());
    let padded = [&[0], modulus].concat();
    for text in [rsa_value(modulus, exponent), rsa_value(&padded, exponent)] {
        assert!(matches!(one(&text), KeyHint::Key(key) if key == *RSA.public()));
    }
    for (kind, uri) in [
        (KeyKind::P256, "urn:oid:1.2.840.10045.3.1.7"),
        (KeyKind::P384, "urn:oid:1.3.132.0.34"),
        (KeyKind::P521, "urn:oid:1.3.132.0.35"),
    ] {
        let (key, _) = SoftwareKey::generate(kind).unwrap();
        let (x, y) = numbers(key.public_key());
        let text = ec_value(uri, &[&[4], x, y].concat());
        assert!(matches!(one(&text), KeyHint::Key(read) if read == *key.public_key()));
        let encoded = in_base64(key.public_key().spki_der());
        let text = format!("<d:DEREncodedKeyValue>{encoded}</d:DEREncodedKeyValue>");
        assert!(matches!(one(&text), KeyHint::Key(read) if read == *key.public_key()));
    }
}

#[test]
fn a_key_on_a_curve_of_the_senders_choice_is_no_key() {
    let (x, y) = numbers(EC.public());
    let point = [&[4], x, y].concat();
    other(&ec_value("urn:oid:1.3.132.0.10", &point)); // secp256k1
    other(&ec_value("urn:oid:1.3.132.0.34", &point));
    other(&ec_value("urn:oid:1.2.840.10045.3.1.7", &[&[2], x].concat()));
    other(&ec_value("urn:oid:1.2.840.10045.3.1.7", &[&[4], x, x].concat()));
    other(&ec_value("urn:oid:1.2.840.10045.3.1.7", &[&[6], x, y].concat()));
    other(&ec_value("urn:oid:1.2.840.10045.3.1.7", &[]));
    let named = "<d:NamedCurve URI=\"urn:oid:1.2.840.10045.3.1.7\"/>";
    let explicit = "<d:ECParameters><d:FieldID/></d:ECParameters>";
    let text = ec_value("urn:oid:1.2.840.10045.3.1.7", &point);
    other(&text.replace(named, explicit));
    other(&text.replace(named, &format!("{named}{explicit}")));
    other(&text.replace(named, ""));
    let end = "</d:ECKeyValue>";
    other(&text.replace(end, &format!("<d:ECParameters/>{end}")));
    // RFC 4050, which has no order of fields that is safe to guess.
    other(
        "<KeyValue><e:ECDSAKeyValue xmlns:e=\"http://www.w3.org/2001/04/xmldsig-more#\"/></KeyValue>",
    );
}

#[test]
fn a_key_that_cannot_be_used_is_no_key() {
    let (modulus, exponent) = numbers(RSA.public());
    other(&rsa_value(&modulus[..128], exponent)); // 1024 bits
    other(&rsa_value(&[], exponent));
    other(&rsa_value(modulus, &[]));
    other(&rsa_value(modulus, exponent).replace("<Modulus>", "<Modulus>!"));
    other(&rsa_value(modulus, exponent).replace("<Modulus>", "<Modulus><!---->"));
    other(&rsa_value(modulus, exponent).replace("<Modulus>", "<Modulus/><Modulus>"));
    let (text, end) = (rsa_value(modulus, exponent), "</RSAKeyValue>");
    other(&text.replace(end, &format!("<Exponent/>{end}")));
    other(&text.replace(end, &format!("{end}<RSAKeyValue/>")));
    other("<KeyValue><DSAKeyValue/></KeyValue>");
    other("<KeyValue/>");
    other("<KeyValue><RSAKeyValue/><RSAKeyValue/></KeyValue>");
    other("<d:DEREncodedKeyValue>AAAA</d:DEREncodedKeyValue>");
}

#[test]
fn everything_that_a_certificate_is_called_by_is_read() {
    let certificate = &RSA.certificate;
    let digest = in_base64(&sha256(certificate.der()));
    let text = format!(
        "<X509Data>\n<X509Certificate>{}</X509Certificate><X509SKI>AQID</X509SKI>\
         <X509IssuerSerial><X509IssuerName>CN=a, O=b</X509IssuerName><X509SerialNumber> 0123\n</X509SerialNumber></X509IssuerSerial>\
         <X509SubjectName>CN=c</X509SubjectName>\
         <d:X509Digest Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\">{digest}</d:X509Digest><X509CRL>AA==</X509CRL>\n</X509Data>",
        certificate.base64()
    );
    let hints = read(&text).unwrap();
    let [one, ski, issuer_serial, subject, by_digest, crl] = hints.as_slice() else {
        unreachable!("{hints:?}")
    };
    assert!(matches!(one, KeyHint::Certificate(read) if read == certificate));
    assert!(matches!(ski, KeyHint::SubjectKeyIdentifier(octets) if octets == &[1, 2, 3]));
    assert!(matches!(issuer_serial, KeyHint::IssuerSerial { issuer, serial }
        if issuer == "CN=a, O=b" && serial == "0123"));
    assert!(matches!(subject, KeyHint::Subject(name) if name == "CN=c"));
    assert!(matches!(by_digest, KeyHint::CertificateDigest { digest: Digest::Sha256, value }
        if value == &sha256(certificate.der())));
    assert!(matches!(crl, KeyHint::Other(element) if element.is(NAMESPACE, "X509CRL")));
}

#[test]
fn names_that_are_not_well_formed_name_nothing() {
    for inside in [
        "<X509Certificate>AAAA</X509Certificate>",
        "<X509SKI>!</X509SKI>",
        "<X509IssuerSerial><X509IssuerName>CN=a</X509IssuerName></X509IssuerSerial>",
        "<X509IssuerSerial><X509IssuerName>a</X509IssuerName><X509SerialNumber>-1</X509SerialNumber></X509IssuerSerial>",
        "<X509IssuerSerial><X509IssuerName>a</X509IssuerName><X509SerialNumber/></X509IssuerSerial>",
        "<X509IssuerSerial><X509SerialNumber>1</X509SerialNumber><X509IssuerName>a</X509IssuerName></X509IssuerSerial>",
        "<X509SubjectName>CN=a<!---->b</X509SubjectName>",
        "<d:X509Digest Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\">AAAA</d:X509Digest>",
        "<d:X509Digest Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#md5\">AAAA</d:X509Digest>",
        "<d:X509Digest>AAAA</d:X509Digest>",
        "<x:EncryptedKey/>",
    ] {
        other(&format!("<X509Data>{inside}</X509Data>"));
    }
}

#[test]
fn what_leads_elsewhere_is_never_followed() {
    for inside in [
        "<RetrievalMethod URI=\"file:///etc/passwd\"/>",
        "<RetrievalMethod URI=\"#k\" Type=\"http://www.w3.org/2000/09/xmldsig#rawX509Certificate\"/>",
        "<d:KeyInfoReference URI=\"http://127.0.0.1:9/\"/>",
        "<PGPData/>",
        "<SPKIData/>",
        "<MgmtData>text</MgmtData>",
        "<w:SecurityTokenReference xmlns:w=\"urn:w\"/>",
        "<EncryptedKey/>",
        "<x:EncryptedData/>",
    ] {
        other(inside);
    }
}

#[test]
fn keys_that_are_wrapped_or_agreed_are_handed_on() {
    assert!(matches!(one("<x:EncryptedKey/>"), KeyHint::EncryptedKey(_)));
    assert!(matches!(one("<x:AgreementMethod/>"), KeyHint::AgreementMethod(_)));
    assert!(matches!(one("<KeyName>a key</KeyName>"), KeyHint::Name(name) if name == "a key"));
    other("<KeyName>a<!----> key</KeyName>");
}

#[test]
fn a_key_info_beyond_reason_is_refused() {
    let name = "<KeyName>a</KeyName>";
    assert_eq!(read(&name.repeat(16)).unwrap().len(), 16);
    assert_eq!(read(&name.repeat(17)).unwrap_err(), Flaw::TooMuch);
    let certificates = "<X509Data><X509Certificate>AA==</X509Certificate></X509Data>";
    assert_eq!(read(&certificates.repeat(17)).unwrap_err(), Flaw::TooMuch);
    let skis = format!("<X509Data>{}</X509Data>", "<X509SKI>AA==</X509SKI>".repeat(17));
    assert_eq!(read(&skis).unwrap_err(), Flaw::TooMuch);
    assert_eq!(read("text<KeyName/>").unwrap_err(), Flaw::Malformed);
    assert_eq!(read("<X509Data>text</X509Data>").unwrap_err(), Flaw::Malformed);
    assert!(read("").unwrap().is_empty());
}

#[test]
fn what_we_sign_with_is_what_is_read_back() {
    let signature = first_signature(&parse(&RSA.token("alice")));
    let key_info = signature.child(NAMESPACE, "KeyInfo").unwrap().unwrap();
    let hints = KeyInfo::read(&key_info).unwrap();
    assert!(matches!(&hints[..], [KeyHint::Certificate(read)] if *read == RSA.certificate));
}
