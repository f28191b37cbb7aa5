//! A second key signs: over the first signature, or inside TLS.

use crate::asymmetric::certified;
use crate::forge::{Forge, Pen, Session, TIMESTAMP, USERNAME, by_id, certificate};
use crate::support::{
    Confirms, DEMANDS, OURS, REQUEST, Receiver, SENDER, STRANGER, SYMMETRIC, behind, flaw, sealed,
    secret, symmetric_with, with,
};
use symbolon_keys::SecretKey;
use symbolon_soap::{
    Binding, Covers, Demands, Keys, Material, NamedSecret, Policy, Presence, Property, Protection,
    Root, SecretName, SecurityFlaw, Signer, Target, TokenKind,
};

const ENDORSED: Demands = Demands { endorsement: Presence::Required, ..DEMANDS };
/// Over TLS: the timestamp and the address.
const ADDRESSED: Demands = Demands {
    signed: &[Target::Timestamp, Target::Header(Property::To)],
    encrypted: &[],
    ..ENDORSED
};
const MOMENT: Demands = Demands { signed: &[Target::Timestamp], ..ADDRESSED };
const ASSERTION: &str = "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_a1\">\
     <saml:Issuer>urn:idp</saml:Issuer></saml:Assertion>";

fn over_tls(demands: Demands) -> Policy {
    Policy { binding: Binding::Endorsed(demands), ..SYMMETRIC }
}

/// Trap 15: by this the holder of a token is linked to the key that the reply uses.
#[test]
fn an_endorsing_signature_says_whose_signature_it_endorses() {
    let (own, ours) = (SENDER.certificate(), OURS.certificate());
    let endorsements = [Signer::Private(certified(&own, SENDER))];
    let protection = Protection { endorsements: &endorsements, ..with(Keys::Wrapped(&ours)) };
    let sealed = sealed(&REQUEST, &protection);
    let opened = Receiver::default().open(&sealed.octets, &symmetric_with(ENDORSED)).unwrap();
    let [primary, endorsing] = opened.signatures.as_slice() else { panic!("two signatures") };
    assert_eq!(primary.covers, Covers::Request);
    assert_eq!(endorsing.covers, Covers::Endorses(primary.root.clone()));
    assert_eq!(endorsing.root, Root::Sent(SENDER.public()));
    assert_eq!(sealed.sent.signatures.len(), 2);
}

#[test]
fn a_missing_endorsement_is_refused_where_one_is_demanded() {
    let message = Session::new(1).good().text();
    let refused = behind(Receiver::default().open(message, &symmetric_with(ENDORSED)));
    assert_eq!(refused, SecurityFlaw::Unendorsed.into());
}

/// It endorses nothing unless it covers the very signature that counts.
#[test]
fn a_signature_over_some_other_part_endorses_nothing() {
    for over in ["ts", "body", "cert"] {
        let session = Session::new(1);
        let mut message = session.good();
        message.security.push(certificate("cert", SENDER));
        let copy = session.message(); // as it looked before it was encrypted
        let mut plain = copy.clone();
        plain.security.push(certificate("cert", SENDER));
        plain.sign(&[over], &Pen::Key(SENDER), &by_id("cert"), "second");
        message.security.push(plain.security.pop().unwrap());
        let refused = behind(Receiver::default().open(message.text(), &symmetric_with(ENDORSED)));
        assert_eq!(refused, SecurityFlaw::Unendorsed.into(), "{over}");
    }
}

#[test]
fn an_assertion_s_secret_endorses_as_its_holder() {
    let key = secret(4);
    let shared = NamedSecret { key: key.clone(), name: SecretName::Saml20("_a1".to_owned()) };
    let ours = OURS.certificate();
    let endorsements = [Signer::Shared(&shared)];
    let protection = Protection {
        assertion: Some(ASSERTION.as_bytes()),
        endorsements: &endorsements,
        ..with(Keys::Wrapped(&ours))
    };
    let sealed = sealed(&REQUEST, &protection);
    let mut receiver = holder_of(key);
    let opened = receiver.open(&sealed.octets, &symmetric_with(ENDORSED)).unwrap();
    let [primary, endorsing] = opened.signatures.as_slice() else { panic!("two signatures") };
    let [token] = opened.tokens.as_slice() else { panic!("one token") };
    assert_eq!(endorsing.root, Root::Supplied(token.need.unwrap()));
    assert_eq!(endorsing.covers, Covers::Endorses(primary.root.clone()));
    assert_eq!(token.covered_by, std::slice::from_ref(&primary.root)); // by the STR-Transform
    assert!(matches!(token.kind, TokenKind::Assertion) && token.confidential);
}

fn holder_of(key: SecretKey) -> Receiver {
    let confirms = Confirms::Key(Material::Secret(key));
    Receiver { tokens: vec![("_a1", confirms)], ..Receiver::default() }
}

/// Trap 25.
#[test]
fn an_assertion_s_secret_that_signs_nothing_is_refused() {
    let ours = OURS.certificate();
    let assertion = Some(ASSERTION.as_bytes());
    let protection = Protection { assertion, ..with(Keys::Wrapped(&ours)) };
    let sealed = sealed(&REQUEST, &protection);
    let refused = holder_of(secret(4)).open(&sealed.octets, &SYMMETRIC);
    assert_eq!(behind(refused), SecurityFlaw::HolderUnproven.into());
}

#[test]
fn over_tls_a_signature_covers_the_timestamp_and_the_address() {
    let (own, endorsements);
    own = SENDER.certificate();
    endorsements = [Signer::Private(certified(&own, SENDER))];
    let protection = Protection { endorsements: &endorsements, ..with(Keys::Channel) };
    let sealed = sealed(&REQUEST, &protection);
    let opened = Receiver::default().open(&sealed.octets, &over_tls(ADDRESSED)).unwrap();
    let [signed] = opened.signatures.as_slice() else { panic!("one signature") };
    assert_eq!(signed.covers, Covers::Request);
    assert_eq!(signed.properties, [Property::To]);
    assert!(!opened.sealer.protects()); // TLS does
}

/// Trap 14: a timestamp says nothing of where the message went.
#[test]
fn a_signed_timestamp_is_worth_a_moment_only_where_no_more_is_demanded() {
    let mut message = Forge::new(&[TIMESTAMP, &certificate("cert", SENDER)]);
    message.sign(&["ts"], &Pen::Key(SENDER), &by_id("cert"), "sig");
    let opened = Receiver::default().open(message.text(), &over_tls(MOMENT)).unwrap();
    assert_eq!(opened.signatures[0].covers, Covers::Moment);
    assert!(!opened.signatures[0].value.is_empty()); // for the replay condition
    let refused = flaw(Receiver::default().open(message.text(), &over_tls(ADDRESSED)));
    assert_eq!(refused, SecurityFlaw::Unsigned(Target::Header(Property::To)));
}

#[test]
fn over_tls_a_missing_or_a_bad_signature_is_refused() {
    let message = Forge::new(&[TIMESTAMP, USERNAME]).text();
    let refused = flaw(Receiver::default().open(message.clone(), &over_tls(ADDRESSED)));
    assert_eq!(refused, SecurityFlaw::Unsigned(Target::Timestamp));
    let optional = Demands { endorsement: Presence::Optional, ..ADDRESSED };
    assert!(Receiver::default().open(message, &over_tls(optional)).is_ok());
    let mut message = Forge::new(&[TIMESTAMP, &certificate("cert", SENDER)]);
    message.sign(&["ts", "to"], &Pen::Key(STRANGER), &by_id("cert"), "sig");
    for demands in [ADDRESSED, optional] {
        let refused = flaw(Receiver::default().open(message.text(), &over_tls(demands)));
        assert_eq!(refused, SecurityFlaw::Protection(symbolon_xmlsec::Flaw::BadSignature));
    }
}

/// Whatever stands first in the header.
#[test]
fn an_endorsing_signature_does_not_protect_the_answer() {
    let session = Session::new(1);
    let other = crate::forge::wrapped("ek2", OURS, &secret(5), &[]);
    let mut message = session.message();
    message.security.push(other);
    message.security[4] = crate::forge::list(&["e1", "e3"]);
    message.sign(&["body", "ts", "to", "ut"], &Pen::Mac(&session.signing), &by_id("d1"), "sig");
    let endorsing = message.signature(&["sig"], &Pen::Mac(&secret(5)), &by_id("ek2"), "second");
    message.security.insert(7, endorsing);
    message.encrypt(5, "e1", &session.encrypting, &by_id("d2"));
    message.encrypt_body("e3", &session.encrypting, &by_id("d2"));
    let opened = Receiver::default().open(message.text(), &symmetric_with(ENDORSED)).unwrap();
    let [endorsing, primary] = opened.signatures.as_slice() else { panic!("two signatures") };
    assert_eq!(endorsing.covers, Covers::Endorses(primary.root.clone()));
    let reply = symbolon_soap::Reply { action: "urn:answer", body: b"<x></x>", timestamp: None };
    let sealing = opened.sealer.protect(&reply, None, &symbolon_testkit::Seeded::new(9));
    let hash = |key: &str| {
        use base64::Engine as _;
        let engine = base64::engine::general_purpose::STANDARD;
        let value = key.split("CipherValue>").nth(1).unwrap().trim_end_matches("</xenc:");
        engine.encode(symbolon_keys::sha1(&engine.decode(value).unwrap()))
    };
    let answer = crate::support::text(&crate::support::signed(sealing).octets);
    assert!(answer.contains(&hash(&message.security[1])));
    assert!(!answer.contains(&hash(&message.security[6])));
}
