//! References to tokens, in every form.

use crate::forge::{
    Forge, Pen, TIMESTAMP, by, by_id, certificate, derived, derived_token, wrapped,
};
use crate::support::{
    DEMANDS, OURS, Receiver, Refused, SENDER, STRANGER, asymmetric_with, flaw, secret,
    symmetric_with,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use symbolon_keys::{Numbers, sha1};
use symbolon_soap::{Demands, Opened, Policy, Root, SecurityFlaw, Target, TokenKind, names};
use symbolon_testkit::KnownKey;

fn policy() -> Policy {
    asymmetric_with(Demands {
        signed: &[Target::Body, Target::Timestamp],
        encrypted: &[],
        ..DEMANDS
    })
}

/// Signed by `key`, which KeyInfo says is this; `tokens` go along.
fn signed(key: KnownKey, key_info: &str, tokens: &[&str]) -> String {
    let mut message = Forge::new(&[TIMESTAMP]);
    message.security.extend(tokens.iter().map(|token| (*token).to_owned()));
    message.sign(&["body", "ts"], &Pen::Key(key), key_info, "sig");
    message.text()
}

fn open(key_info: &str, tokens: &[&str]) -> Result<Opened, Refused> {
    Receiver::default().open(signed(SENDER, key_info, tokens), &policy())
}

fn issuer_serial(issuer: &str, serial: &str) -> String {
    format!(
        "<o:SecurityTokenReference><ds:X509Data><ds:X509IssuerSerial><ds:X509IssuerName>{issuer}\
         </ds:X509IssuerName><ds:X509SerialNumber>{serial}</ds:X509SerialNumber>\
         </ds:X509IssuerSerial></ds:X509Data></o:SecurityTokenReference>"
    )
}

/// The ways to name the sender's certificate without sending it.
fn names_of(key: KnownKey) -> [String; 3] {
    let certificate = key.certificate();
    let identifier = certificate.subject_key_identifier().unwrap();
    let spaced = certificate.issuer().to_string().replace('=', " = ");
    [
        by(names::THUMBPRINT_SHA1, &STANDARD.encode(certificate.thumbprint_sha1())),
        by(names::X509_SKI, &STANDARD.encode(identifier)),
        issuer_serial(&spaced, &certificate.serial()),
    ]
}

#[test]
fn a_certificate_is_named_in_three_ways_and_asked_for() {
    for key_info in names_of(SENDER) {
        let message = signed(SENDER, &key_info, &[]);
        let mut receiver = Receiver { partners: vec![SENDER.certificate()], ..Receiver::default() };
        let opened = receiver.open(&message, &policy()).unwrap();
        assert_eq!(receiver.asked, [["partner"]]);
        assert!(matches!(opened.signatures[0].root, Root::Supplied(_)));
        // Who is not known cannot be told from who did not sign.
        let bad = SecurityFlaw::Protection(symbolon_xmlsec::Flaw::BadSignature);
        assert_eq!(flaw(Receiver::default().open(&message, &policy())), bad);
    }
}

#[test]
fn a_certificate_that_the_message_carries_is_not_asked_for() {
    for key_info in names_of(SENDER) {
        let (own, other) = (certificate("cert", SENDER), certificate("other", STRANGER));
        let message = signed(SENDER, &key_info, &[&other, &own]);
        let mut receiver = Receiver::default();
        let opened = receiver.open(&message, &policy()).unwrap();
        assert!(receiver.asked.is_empty());
        assert_eq!(opened.signatures[0].root, Root::Sent(SENDER.public()));
        assert_eq!(opened.tokens.len(), 1);
    }
}

#[test]
fn keys_and_certificates_may_stand_in_the_signature() {
    let public = SENDER.public();
    let Numbers::Ec { x, y, .. } = public.numbers() else { panic!("a curve") };
    let point = STANDARD.encode([&[4], x, y].concat());
    let value = format!(
        "<ds:KeyValue><e:ECKeyValue xmlns:e=\"http://www.w3.org/2009/xmldsig11#\">\
         <e:NamedCurve URI=\"urn:oid:1.2.840.10045.3.1.7\"/><e:PublicKey>{point}</e:PublicKey>\
         </e:ECKeyValue></ds:KeyValue>"
    );
    let opened = open(&value, &[]).unwrap();
    assert_eq!(opened.signatures[0].root, Root::Sent(SENDER.public()));
    assert!(opened.tokens.is_empty()); // a bare key is nobody's token
    let certificate_itself = SENDER.certificate();
    let data = format!(
        "<ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data>",
        certificate_itself.base64()
    );
    let embedded = format!(
        "<o:SecurityTokenReference><o:Embedded>{}</o:Embedded></o:SecurityTokenReference>",
        certificate("inside", SENDER)
    );
    for key_info in [data, embedded] {
        let opened = open(&key_info, &[]).unwrap();
        assert_eq!(opened.signatures[0].root, Root::Sent(SENDER.public()));
        let [token] = opened.tokens.as_slice() else { panic!("one token") };
        assert!(
            matches!(&token.kind, TokenKind::Certificate(chain) if chain[0] == certificate_itself)
        );
        assert!(token.covered_by.is_empty());
    }
}

#[test]
fn a_wrapped_key_is_named_by_its_hash_in_the_message_and_beyond() {
    let key = secret(1);
    let ek = wrapped("ek", OURS, &key, &[]);
    let value = ek.split("CipherValue>").nth(1).unwrap().trim_end_matches("</xenc:");
    let hash = sha1(&STANDARD.decode(value).unwrap());
    let base = by(names::ENCRYPTED_KEY_SHA1, &STANDARD.encode(hash));
    let demands = Demands { signed: &[Target::Body], encrypted: &[], ..DEMANDS };
    let policy = symmetric_with(demands);
    let message = |tokens: &[&str]| {
        let mut message = Forge::new(&[TIMESTAMP]);
        message.security.extend(tokens.iter().map(|token| (*token).to_owned()));
        message.security.push(derived_token("d1", &base, b"n"));
        message.sign(&["body"], &Pen::Mac(&derived(&key, b"n")), &by_id("d1"), "sig");
        message.text()
    };
    let mut receiver = Receiver::default();
    assert!(receiver.open(message(&[&ek]), &policy).is_ok());
    assert_eq!(receiver.asked, [["wrapped"]]);
    let held = (symbolon_soap::Held::EncryptedKeySha1(hash), key.clone());
    let mut receiver = Receiver { held: vec![held], ..Receiver::default() };
    assert!(receiver.open(message(&[]), &policy).is_ok());
    assert_eq!(receiver.asked, [["held"]]);
    assert_eq!(Receiver::default().open(message(&[]), &policy).err(), Some(Refused::Receiver));
}

/// A stranger's message must not make us connect anywhere.
#[test]
fn a_reference_out_of_the_message_is_not_followed() {
    for uri in ["https://idp.example/assertion?ID=1", "file:///etc/passwd", "cid:part", "cert"] {
        let reference = format!(
            "<o:SecurityTokenReference><o:Reference URI=\"{uri}\"/></o:SecurityTokenReference>"
        );
        let mut receiver = Receiver::default();
        let refused = receiver.open(signed(SENDER, &reference, &[]), &policy());
        assert_eq!(flaw(refused), SecurityFlaw::Unavailable, "{uri}");
        assert!(receiver.asked.is_empty());
    }
}

/// BSP R3027, R3054, R3056, R3061, R3062.
#[test]
fn a_reference_is_exactly_one() {
    let own = certificate("cert", SENDER);
    let within =
        |inside: &str| format!("<o:SecurityTokenReference>{inside}</o:SecurityTokenReference>");
    let direct = "<o:Reference URI=\"#cert\"/>";
    assert!(open(&within(direct), &[&own]).is_ok());
    for inside in [
        String::new(),
        format!("{direct}{direct}"),
        format!("text{direct}"),
        "<o:Reference/>".to_owned(),
        "<o:Reference URI=\"#\"/>".to_owned(),
        "<o:Reference URI=\"#cert\"><x/></o:Reference>".to_owned(),
        "<o:Embedded/>".to_owned(),
        format!("<o:Embedded>{}</o:Embedded>", within(direct)),
        format!("<o:KeyIdentifier ValueType=\"{}\"/>", names::THUMBPRINT_SHA1),
        format!("<o:KeyIdentifier ValueType=\"{}\">AAAA</o:KeyIdentifier>", names::THUMBPRINT_SHA1),
        format!("<o:KeyIdentifier ValueType=\"{}\">?</o:KeyIdentifier>", names::X509_SKI),
        format!(
            "<o:KeyIdentifier ValueType=\"{}\" EncodingType=\"urn:hex\">AAAA</o:KeyIdentifier>",
            names::X509_SKI
        ),
    ] {
        assert_eq!(flaw(open(&within(&inside), &[&own])), SecurityFlaw::Reference, "{inside}");
    }
    for inside in [
        "<o:KeyIdentifier>AAAA</o:KeyIdentifier>",
        "<o:KeyIdentifier ValueType=\"urn:x\">AAAA</o:KeyIdentifier>",
        "<ds:KeyName>cert</ds:KeyName>",
        "<x xmlns=\"urn:x\"/>",
        "<ds:X509Data><ds:X509SubjectName>CN=x</ds:X509SubjectName></ds:X509Data>",
        "<o:Embedded><x xmlns=\"urn:x\"/></o:Embedded>",
    ] {
        assert_eq!(flaw(open(&within(inside), &[&own])), SecurityFlaw::Unavailable, "{inside}");
    }
}

#[test]
fn a_key_info_is_exactly_one_key() {
    let own = certificate("cert", SENDER);
    for key_info in
        [String::new(), by_id("cert") + &by_id("cert"), "<ds:KeyName>x</ds:KeyName>".repeat(2)]
    {
        assert_eq!(flaw(open(&key_info, &[&own])), SecurityFlaw::KeyInfo, "{key_info}");
    }
    for key_info in ["<ds:KeyName>cert</ds:KeyName>", "<ds:RetrievalMethod URI=\"#cert\"/>"] {
        assert_eq!(flaw(open(key_info, &[&own])), SecurityFlaw::Unavailable, "{key_info}");
    }
    let message = signed(SENDER, &by_id("cert"), &[&own]);
    let (start, rest) = message.split_once("<ds:KeyInfo>").unwrap();
    let (_, end) = rest.split_once("</ds:KeyInfo>").unwrap();
    let refused = Receiver::default().open(format!("{start}{end}"), &policy());
    assert_eq!(flaw(refused), SecurityFlaw::KeyInfo);
}

/// BSP R3057, R3064, R3211: what a reference leads to is a token.
#[test]
fn what_is_no_token_is_no_key() {
    let own = certificate("cert", SENDER);
    let chained = by_id("cert")
        .replace("<o:SecurityTokenReference", "<o:SecurityTokenReference u:Id=\"str\"");
    for (id, token) in [("str", chained.as_str()), ("ts", ""), ("body", ""), ("sig", "")] {
        let refused = open(&by_id(id), &[&own, token]);
        assert_eq!(flaw(refused), SecurityFlaw::Unavailable, "{id}");
    }
    assert_eq!(flaw(open(&by_id("nowhere"), &[&own])), SecurityFlaw::Unavailable);
}

/// BSP R3061: with one name for two certificates, nobody knows which is meant.
#[test]
fn the_same_certificate_twice_is_one() {
    let twice = [certificate("one", SENDER), certificate("two", SENDER)];
    let [thumbprint, ..] = names_of(SENDER);
    assert!(open(&thumbprint, &[&twice[0], &twice[1]]).is_ok());
}

/// BSP R3061: with one name for two certificates, nobody knows which is meant.
#[test]
fn a_name_of_two_certificates_is_none() {
    use symbolon_keys::{Validity, self_signed};
    let (key, validity) =
        (SENDER.private(), |from| Validity { not_before: from, not_after: 4_000_000_000_000 });
    let [one, two] = [1_700_000_000_000, 1_800_000_000_000]
        .map(|from| self_signed("same", &key, validity(from)).unwrap());
    let identifier = STANDARD.encode(one.subject_key_identifier().unwrap());
    let token = |id: &str, certificate: &symbolon_keys::Certificate| {
        certificate_token(id, "", certificate.base64())
    };
    let tokens = [token("one", &one), token("two", &two)];
    let by_identifier = by(names::X509_SKI, &identifier);
    assert!(open(&by_identifier, &[&tokens[0]]).is_ok());
    let refused = open(&by_identifier, &[&tokens[0], &tokens[1]]);
    assert_eq!(flaw(refused), SecurityFlaw::Unavailable);
}

fn certificate_token(id: &str, encoding: &str, base64: &str) -> String {
    format!(
        "<o:BinarySecurityToken u:Id=\"{id}\"{encoding} ValueType=\"{}\">{base64}</o:BinarySecurityToken>",
        names::X509_V3
    )
}

#[test]
fn an_encoding_is_base64_as_it_is_spelt_and_misspelt() {
    let certificate = SENDER.certificate();
    let with = |encoding: &str| {
        let encoding = format!(" EncodingType=\"{encoding}\"");
        open(&by_id("cert"), &[&certificate_token("cert", &encoding, certificate.base64())])
    };
    let misspelt = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd#Base64Binary";
    assert!(with(names::BASE64_BINARY).is_ok() && with(misspelt).is_ok());
    assert_eq!(flaw(with("urn:hex")), SecurityFlaw::Certificate);
}

#[test]
fn names_longer_than_any_are_refused() {
    let long = "A".repeat(2049);
    let direct = format!(
        "<o:SecurityTokenReference><o:Reference URI=\"#{long}\"/></o:SecurityTokenReference>"
    );
    for reference in [direct, by(names::SAML_ID, &long)] {
        assert_eq!(flaw(open(&reference, &[])), SecurityFlaw::Reference);
    }
    assert_eq!(flaw(open(&issuer_serial(&long, "1"), &[])), SecurityFlaw::Unavailable);
}

#[test]
fn more_questions_than_any_honest_message_has_are_not_asked() {
    let ask = |keys: u8| {
        let mut message = Forge::new(&[TIMESTAMP]);
        for number in 0..keys {
            let name = by(names::THUMBPRINT_SHA1, &STANDARD.encode([number; 20]));
            message.sign(&["body"], &Pen::Key(SENDER), &name, &format!("s{number}"));
        }
        let mut receiver = Receiver::default();
        (flaw(receiver.open(message.text(), &policy())), receiver.asked.concat().len())
    };
    let bad = SecurityFlaw::Protection(symbolon_xmlsec::Flaw::BadSignature);
    assert_eq!(ask(8), (bad, 8));
    assert_eq!(ask(9), (SecurityFlaw::TooMuch, 0));
}
