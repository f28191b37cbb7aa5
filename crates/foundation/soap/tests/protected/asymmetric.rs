//! The sender's private key signs, and ours decrypts.

use crate::forge::{ASK, Forge, Pen, TIMESTAMP, USERNAME, by_id, certificate, wrapped};
use crate::support::{
    ASYMMETRIC, BODY, DEMANDS, OURS, Receiver, SENDER, SENDER_RSA, SIGNED_ONLY, STRANGER,
    asymmetric_with, behind, flaw, request, sealed, secret, with,
};
use symbolon_keys::{Certificate, SignatureAlgorithm};
use symbolon_soap::{
    CertifiedKey, Covers, Demands, Keys, Root, Secret, SecurityFlaw, Target, TokenKind,
};
use symbolon_testkit::KnownKey;

pub(crate) fn certified(certificate: &Certificate, key: KnownKey) -> CertifiedKey<'_> {
    let rsa = key.public() == SENDER_RSA.public() || key.public() == OURS.public();
    let algorithm =
        if rsa { SignatureAlgorithm::RsaSha256 } else { SignatureAlgorithm::EcdsaSha256 };
    CertifiedKey { certificate, algorithm }
}

/// Signed with the sender's certificate sent along; nothing encrypted.
pub(crate) fn good() -> Forge {
    let mut message = Forge::new(&[TIMESTAMP, USERNAME, &certificate("cert", SENDER)]);
    message.sign(&["body", "ts", "to", "ut"], &Pen::Key(SENDER), &by_id("cert"), "sig");
    message
}

#[test]
fn what_we_write_opens_with_an_rsa_key_and_with_one_on_a_curve() {
    for key in [SENDER, SENDER_RSA] {
        let (own, ours, password) = (key.certificate(), OURS.certificate(), Secret::from("x"));
        let keys = Keys::Certificates { own: certified(&own, key), recipient: Some(&ours) };
        let sealed = sealed(&request(&password), &with(keys));
        let mut receiver = Receiver::default();
        let opened = receiver.open(&sealed.octets, &ASYMMETRIC).unwrap();
        assert_eq!(receiver.asked, [["wrapped"]]);
        assert_eq!(opened.body.source().as_bytes(), BODY);
        let [signed] = opened.signatures.as_slice() else { panic!("one signature") };
        assert_eq!((&signed.root, &signed.covers), (&Root::Sent(key.public()), &Covers::Request));
        let [certificate, username] = opened.tokens.as_slice() else { panic!("two tokens") };
        let TokenKind::Certificate(chain) = &certificate.kind else { panic!("a certificate") };
        assert_eq!(chain, &[own]);
        assert_eq!(certificate.covered_by, std::slice::from_ref(&signed.root));
        assert!(username.confidential && !certificate.confidential);
    }
}

#[test]
fn a_key_that_the_message_carries_needs_no_question() {
    let mut receiver = Receiver::default();
    let opened = receiver.open(good().text(), &SIGNED_ONLY).unwrap();
    assert!(receiver.asked.is_empty());
    assert_eq!(opened.signatures[0].root, Root::Sent(SENDER.public()));
}

#[test]
fn a_signature_by_another_key_than_the_one_it_names_is_refused() {
    let mut message = Forge::new(&[TIMESTAMP, USERNAME, &certificate("cert", SENDER)]);
    message.sign(&["body", "ts", "to", "ut"], &Pen::Key(STRANGER), &by_id("cert"), "sig");
    let refused = flaw(Receiver::default().open(message.text(), &SIGNED_ONLY));
    assert_eq!(refused, SecurityFlaw::Protection(symbolon_xmlsec::Flaw::BadSignature));
}

#[test]
fn each_change_of_what_is_signed_is_refused() {
    let good = good().text();
    for (signed, changed) in [
        (ASK, "<t:Ask xmlns:t=\"urn:t\">for another</t:Ask>"),
        ("2026-11-21T00:00:00Z", "2027-11-21T00:00:00Z"),
        ("https://sts.example/", "https://other.example/"),
        ("<o:Username>alice", "<o:Username>bob"),
    ] {
        let refused = flaw(Receiver::default().open(good.replace(signed, changed), &SIGNED_ONLY));
        let bad = SecurityFlaw::Protection(symbolon_xmlsec::Flaw::BadDigest);
        assert_eq!(refused, bad, "{changed}");
    }
}

/// Trap 13: a signature that somebody trusted made for something else.
#[test]
fn a_trusted_signature_over_less_is_dropped() {
    // The trusted sender's signature over the timestamp alone, and a stranger's over everything.
    let certificates = [certificate("cert", SENDER), certificate("mine", STRANGER)];
    let mut message = Forge::new(&[TIMESTAMP, USERNAME, &certificates[0], &certificates[1]]);
    message.sign(&["ts"], &Pen::Key(SENDER), &by_id("cert"), "theirs");
    message.sign(&["body", "ts", "to", "ut"], &Pen::Key(STRANGER), &by_id("mine"), "sig");
    let opened = Receiver::default().open(message.text(), &SIGNED_ONLY).unwrap();
    let roots: Vec<_> = opened.signatures.iter().map(|signed| &signed.root).collect();
    assert_eq!(roots, [&Root::Sent(STRANGER.public())]);
    // Nor does its certificate stand for anybody.
    let is_certificate = |kind: &TokenKind| matches!(kind, TokenKind::Certificate(_));
    let shown = opened.tokens.iter().filter(|token| is_certificate(&token.kind));
    assert_eq!(shown.count(), 1);
}

/// Trap 25: a chain may be sent along.
#[test]
fn a_certificate_that_nobody_signed_with_is_no_token() {
    let mut message = good();
    message.security.push(certificate("other", STRANGER));
    let opened = Receiver::default().open(message.text(), &SIGNED_ONLY).unwrap();
    assert_eq!(opened.tokens.len(), 2); // the password and the signer's
}

/// A timestamp that was stolen with its signature moves nobody.
#[test]
fn a_secret_does_not_sign_for_a_private_key() {
    let session = secret(1);
    let ek = wrapped("ek", OURS, &session, &[]);
    let mut message = Forge::new(&[TIMESTAMP, USERNAME, &ek]);
    message.sign(&["body", "ts", "to", "ut"], &Pen::Mac(&session), &by_id("ek"), "sig");
    let refused = behind(Receiver::default().open(message.text(), &SIGNED_ONLY));
    assert_eq!(refused, SecurityFlaw::Unsigned(Target::Body).into());
}

/// Trap 17: what UseKey/@Sig needs.
#[test]
fn a_signature_is_found_by_its_id_with_its_key() {
    let mut message = good();
    message.security.push(certificate("self-made", STRANGER));
    message.sign(&["body", "ts", "to", "ut"], &Pen::Key(STRANGER), &by_id("self-made"), "proof");
    let opened = Receiver::default().open(message.text(), &SIGNED_ONLY).unwrap();
    let proof = opened.signatures.iter().find(|signed| signed.id.as_deref() == Some("proof"));
    assert_eq!(proof.unwrap().root, Root::Sent(STRANGER.public()));
}

#[test]
fn the_own_token_is_signed_where_that_is_demanded() {
    const SIGNED: &[Target] = &[Target::Body, Target::OwnToken];
    let policy = asymmetric_with(Demands { signed: SIGNED, encrypted: &[], ..DEMANDS });
    let signed = |ids: &[&str]| {
        let mut message = Forge::new(&[TIMESTAMP, &certificate("cert", SENDER)]);
        message.sign(ids, &Pen::Key(SENDER), &by_id("cert"), "sig");
        Receiver::default().open(message.text(), &policy)
    };
    assert!(signed(&["body", "cert"]).is_ok());
    assert_eq!(flaw(signed(&["body", "ts"])), SecurityFlaw::Unsigned(Target::Body));
}

/// The tokens of ours that a path holds: BSP wants issuers first.
#[test]
fn a_path_begins_with_who_signed() {
    use base64::Engine as _;
    let der = |key: KnownKey| key.certificate().der().to_vec();
    let content = [der(OURS), der(STRANGER), der(SENDER)].concat();
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    let path = [&[0x30, 0x82], &length[..], &content].concat();
    let token = format!(
        "<o:BinarySecurityToken u:Id=\"path\" ValueType=\"{}\">{}</o:BinarySecurityToken>",
        symbolon_soap::names::X509_PKI_PATH,
        base64::engine::general_purpose::STANDARD.encode(&path)
    );
    let mut message = Forge::new(&[TIMESTAMP, USERNAME, &token]);
    message.sign(&["body", "ts", "to", "ut"], &Pen::Key(SENDER), &by_id("path"), "sig");
    let opened = Receiver::default().open(message.text(), &SIGNED_ONLY).unwrap();
    let TokenKind::Certificate(chain) = &opened.tokens[1].kind else { panic!("a certificate") };
    assert_eq!(chain, &[SENDER, STRANGER, OURS].map(KnownKey::certificate));
    let long = der(SENDER).repeat(9);
    let length = u16::try_from(long.len()).unwrap().to_be_bytes();
    let path = [&[0x30, 0x82], &length[..], &long].concat();
    let encoded = base64::engine::general_purpose::STANDARD.encode(&path);
    let token = format!(
        "<o:BinarySecurityToken ValueType=\"{}\">{encoded}</o:BinarySecurityToken>",
        symbolon_soap::names::X509_PKI_PATH
    );
    let refused = Receiver::default().open(Forge::new(&[TIMESTAMP, &token]).text(), &SIGNED_ONLY);
    assert_eq!(flaw(refused), SecurityFlaw::Certificate);
}

#[test]
fn a_token_that_holds_no_certificate_is_refused() {
    let token = |attributes: &str, text: &str| {
        let token = format!("<o:BinarySecurityToken {attributes}>{text}</o:BinarySecurityToken>");
        flaw(Receiver::default().open(Forge::new(&[TIMESTAMP, &token]).text(), &SIGNED_ONLY))
    };
    let v3 = format!("ValueType=\"{}\"", symbolon_soap::names::X509_V3);
    let path = format!("ValueType=\"{}\"", symbolon_soap::names::X509_PKI_PATH);
    for (attributes, text) in [
        (&v3, "AAAA"),
        (&v3, "not base64"),
        (&v3, ""),
        (&path, "MAA="),
        (&path, "MIID"),
        (&path, "MAMwAQ=="),
        (&format!("{v3} EncodingType=\"urn:hex\""), "AAAA"),
    ] {
        assert_eq!(token(attributes, text), SecurityFlaw::Certificate, "{attributes} {text}");
    }
    assert!(matches!(token("ValueType=\"urn:x\"", "AAAA"), SecurityFlaw::Unsupported(_)));
    assert!(matches!(token("", "AAAA"), SecurityFlaw::Unexpected(_)));
}
