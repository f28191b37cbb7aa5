//! What is written, whole: in canonical form as it stands.

use symbolon_keys::{ContentCipher, Digest, KeyWrap, Oaep, SystemRandom};
use symbolon_xml::{C14n, EVERYTHING, QName, Shape, Tree, Writer};
use symbolon_xmlsec::{
    Naming, Recipient, SealedData, SealedKey, SharedSecret, Transport, encrypt_element,
};

use crate::support::{ENCRYPTED, P256, P384, P521, RSA, encrypted_for, parse, secret};

/// The text with every long value between tags as an ellipsis.
fn without_values(text: &str) -> String {
    let mut out = String::new();
    for part in text.split_inclusive('>') {
        let (content, tag) = part.split_at(part.find('<').unwrap());
        let long = content.len() > 24;
        out.push_str(if long { "..." } else { content });
        out.push_str(tag);
    }
    out
}

#[test]
fn a_token_for_an_rsa_key() {
    let written = encrypted_for(&Recipient::named(RSA.public(), Naming::Name("receiver")));
    assert_eq!(
        without_values(&written),
        concat!(
            r#"<t:EncryptedAssertion xmlns:t="urn:example:token">"#,
            r#"<xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" "#,
            r#"Type="http://www.w3.org/2001/04/xmlenc#Element">"#,
            r#"<xenc:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#aes256-gcm"></xenc:EncryptionMethod>"#,
            r#"<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><xenc:EncryptedKey>"#,
            r#"<xenc:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#rsa-oaep">"#,
            r#"<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod>"#,
            r#"<xenc11:MGF xmlns:xenc11="http://www.w3.org/2009/xmlenc11#" "#,
            r#"Algorithm="http://www.w3.org/2009/xmlenc11#mgf1sha256"></xenc11:MGF></xenc:EncryptionMethod>"#,
            r#"<ds:KeyInfo><ds:KeyName>receiver</ds:KeyName></ds:KeyInfo>"#,
            r#"<xenc:CipherData><xenc:CipherValue>...</xenc:CipherValue></xenc:CipherData>"#,
            r#"</xenc:EncryptedKey></ds:KeyInfo>"#,
            r#"<xenc:CipherData><xenc:CipherValue>...</xenc:CipherValue></xenc:CipherData>"#,
            r#"</xenc:EncryptedData></t:EncryptedAssertion>"#,
        )
    );
}

#[test]
fn a_token_for_a_key_on_a_curve() {
    let written = encrypted_for(&Recipient::named(P256.public(), Naming::Name("receiver")));
    let start = written.find("<xenc:EncryptedKey").unwrap();
    let end = written.find("</xenc:EncryptedKey>").unwrap() + "</xenc:EncryptedKey>".len();
    assert_eq!(
        without_values(&written[start..end]),
        concat!(
            r#"<xenc:EncryptedKey>"#,
            r#"<xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#kw-aes256"></xenc:EncryptionMethod>"#,
            r#"<ds:KeyInfo><xenc:AgreementMethod Algorithm="http://www.w3.org/2009/xmlenc11#ECDH-ES">"#,
            r#"<xenc11:KeyDerivationMethod xmlns:xenc11="http://www.w3.org/2009/xmlenc11#" "#,
            r#"Algorithm="http://www.w3.org/2009/xmlenc11#ConcatKDF">"#,
            // 00, then "http://www.w3.org/2001/04/xmlenc#kw-aes256".
            r#"<xenc11:ConcatKDFParams AlgorithmID="00687474703A2F2F7777772E77332E6F72672F323030312F30342F786D6C656E63236B772D616573323536" "#,
            r#"PartyUInfo="00" PartyVInfo="00">"#,
            r#"<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod>"#,
            r#"</xenc11:ConcatKDFParams></xenc11:KeyDerivationMethod>"#,
            r#"<xenc:OriginatorKeyInfo><ds:KeyValue>"#,
            r#"<dsig11:ECKeyValue xmlns:dsig11="http://www.w3.org/2009/xmldsig11#">"#,
            r#"<dsig11:NamedCurve URI="urn:oid:1.2.840.10045.3.1.7"></dsig11:NamedCurve>"#,
            r#"<dsig11:PublicKey>...</dsig11:PublicKey></dsig11:ECKeyValue></ds:KeyValue></xenc:OriginatorKeyInfo>"#,
            r#"<xenc:RecipientKeyInfo><ds:KeyName>receiver</ds:KeyName></xenc:RecipientKeyInfo>"#,
            r#"</xenc:AgreementMethod></ds:KeyInfo>"#,
            r#"<xenc:CipherData><xenc:CipherValue>...</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey>"#,
        )
    );
}

#[test]
fn a_message_key_with_its_list() {
    let sealed = SealedKey::under(SharedSecret(&secret(16)), &secret(32)).unwrap();
    let sealed = sealed.with_id("EK-1").with_recipient("urn:rp").with_references(["ED-1", "ED-2"]);
    let mut out = Writer::new();
    sealed.write(&mut out, Naming::Nothing);
    assert_eq!(
        without_values(&String::from_utf8(out.finish().unwrap()).unwrap()),
        concat!(
            r#"<xenc:EncryptedKey xmlns:xenc="http://www.w3.org/2001/04/xmlenc#" Id="EK-1" Recipient="urn:rp">"#,
            r#"<xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#kw-aes128"></xenc:EncryptionMethod>"#,
            r#"<xenc:CipherData><xenc:CipherValue>...</xenc:CipherValue></xenc:CipherData>"#,
            r##"<xenc:ReferenceList><xenc:DataReference URI="#ED-1"></xenc:DataReference>"##,
            r##"<xenc:DataReference URI="#ED-2"></xenc:DataReference></xenc:ReferenceList></xenc:EncryptedKey>"##,
        )
    );
}

#[test]
fn a_mask_of_sha1_has_the_old_name() {
    let oaep = Oaep { digest: Digest::Sha1, mgf: Digest::Sha1, label: b"for tests".to_vec() };
    let sealed = SealedKey::to(RSA.public(), &secret(32), &Transport::Oaep(oaep)).unwrap();
    let mut out = Writer::new();
    sealed.write(&mut out, Naming::Nothing);
    let written = String::from_utf8(out.finish().unwrap()).unwrap();
    let method = concat!(
        r#"<xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p">"#,
        r#"<xenc:OAEPparams>Zm9yIHRlc3Rz</xenc:OAEPparams>"#,
        r#"<ds:DigestMethod xmlns:ds="http://www.w3.org/2000/09/xmldsig#" "#,
        r#"Algorithm="http://www.w3.org/2000/09/xmldsig#sha1"></ds:DigestMethod></xenc:EncryptionMethod>"#,
    );
    assert!(written.contains(method), "{written}");
}

#[test]
fn a_key_is_named_in_every_way() {
    let certificate = &RSA.certificate;
    let inside = |naming: Naming<'_>| {
        let written = encrypted_for(&Recipient::named(RSA.public(), naming));
        let key = written.split("</xenc:EncryptionMethod>").nth(2).unwrap();
        key.split("<xenc:CipherData>").next().unwrap().to_owned()
    };
    assert_eq!(inside(Naming::Nothing), "");
    assert_eq!(
        inside(Naming::Certificate(certificate)),
        format!(
            "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>",
            certificate.base64()
        )
    );
    assert_eq!(
        inside(Naming::IssuerSerial(certificate)),
        format!(
            "<ds:KeyInfo><ds:X509Data><ds:X509IssuerSerial><ds:X509IssuerName>CN=receiver</ds:X509IssuerName>\
             <ds:X509SerialNumber>{}</ds:X509SerialNumber></ds:X509IssuerSerial></ds:X509Data></ds:KeyInfo>",
            certificate.serial()
        )
    );
    assert_eq!(
        inside(Naming::SubjectKeyIdentifier(&[1, 2, 3])),
        "<ds:KeyInfo><ds:X509Data><ds:X509SKI>AQID</ds:X509SKI></ds:X509Data></ds:KeyInfo>"
    );
    let reference = QName::new("w", "urn:w", "Reference");
    let write = |out: &mut Writer| {
        out.start(&reference).end();
    };
    assert_eq!(
        inside(Naming::Written(&write)),
        "<ds:KeyInfo><w:Reference xmlns:w=\"urn:w\"></w:Reference></ds:KeyInfo>"
    );
}

#[test]
fn what_is_written_is_its_own_canonical_form() {
    let agreement = Transport::Agreement(Digest::Sha512, KeyWrap::Aes192);
    let label = Oaep { label: b"for tests".to_vec(), ..Oaep::new(Digest::Sha384, Digest::Sha512) };
    let mut written = vec![
        encrypted_for(&Recipient::of(&RSA.certificate)),
        encrypted_for(&Recipient::of(&RSA.certificate).with_transport(Transport::Oaep(label))),
        encrypted_for(&Recipient::of(&P256.certificate).with_transport(agreement)),
        encrypted_for(&Recipient::of(&P384.certificate)),
        encrypted_for(&Recipient::named(P521.public(), Naming::IssuerSerial(&P521.certificate))),
    ];
    let (key, random) = (secret(16), &SystemRandom);
    let cipher = ContentCipher::Aes128Gcm;
    let data = SealedData::new(b"text", Shape::Content, cipher, &key, random).unwrap();
    let mut out = Writer::new();
    data.with_id("ED").write(&mut out, Naming::Name("a & b"));
    written.push(String::from_utf8(out.finish().unwrap()).unwrap());
    for text in written {
        let tree = Tree::new(parse(&text)).unwrap();
        let view = tree.view(EVERYTHING);
        for method in [C14n::exclusive(), C14n::inclusive()] {
            let canonical = view.canonicalize(tree.root(), &method, None, 1 << 20).unwrap();
            assert_eq!(String::from_utf8(canonical).unwrap(), text);
        }
    }
}

#[test]
fn nothing_is_encrypted_the_same_twice() {
    for party in [&*RSA, &*P256] {
        let one = encrypted_for(&Recipient::of(&party.certificate));
        let other = encrypted_for(&Recipient::of(&party.certificate));
        let values = |text: &str| {
            text.split("<xenc:CipherValue>").skip(1).map(str::to_owned).collect::<Vec<_>>()
        };
        let (one, other) = (values(&one), values(&other));
        assert_eq!((one.len(), other.len()), (2, 2));
        assert!(one.iter().zip(&other).all(|(one, other)| one != other));
    }
}

#[test]
fn a_name_that_xml_cannot_carry_is_told_at_the_end() {
    let mut out = Writer::new();
    out.start(&ENCRYPTED);
    let to = Recipient::named(RSA.public(), Naming::Name("\u{0}"));
    encrypt_element(&mut out, b"<a></a>", &to, &SystemRandom).unwrap();
    out.end();
    assert!(out.finish().is_err());
}
