//! A secret of both sides signs and encrypts: as CXF, WSS4J and WCF send it.

use crate::forge::{ASK, Forge, Pen, Session, TIMESTAMP, USERNAME, by_id, list};
use crate::support::{
    BODY, DEMANDS, OURS, Receiver, Refused, STAMP, SYMMETRIC, behind, flaw, request, sealed,
    symmetric_with, text, with,
};
use symbolon_soap::{
    Binding, Covers, Demands, Flaw, Keys, Order, Policy, Property, Root, Secret, SecurityFlaw,
    Target, TokenKind,
};

const EVERYTHING_HIDDEN: Demands =
    Demands { encrypted: &[Target::Body, Target::Username, Target::Signature], ..DEMANDS };

#[test]
fn what_we_write_opens_with_one_question_in_two_rounds() {
    let password = Secret::from("clarinet");
    let sealed = sealed(&request(&password), &with(Keys::Wrapped(&OURS.certificate())));
    assert!(!text(&sealed.octets).contains("clarinet"));
    let mut receiver = Receiver::default();
    let opened = receiver.open(&sealed.octets, &symmetric_with(EVERYTHING_HIDDEN)).unwrap();
    assert_eq!(receiver.asked, [["wrapped"]]);
    assert_eq!(opened.body.source().as_bytes(), BODY);
    assert_eq!(opened.timestamp, Some(STAMP));
    let [signed] = opened.signatures.as_slice() else { panic!("one signature") };
    assert_eq!(signed.covers, Covers::Request);
    assert!(matches!(signed.root, Root::Supplied(_)));
    assert_eq!(signed.value, sealed.sent.signatures[0]);
    let [token] = opened.tokens.as_slice() else { panic!("one token") };
    let TokenKind::Username(username) = &token.kind else { panic!("a password") };
    assert_eq!((username.name.as_str(), &username.password), ("alice", &password));
    assert!(token.confidential);
    assert_eq!(token.covered_by, std::slice::from_ref(&signed.root));
}

#[test]
fn a_message_as_cxf_writes_it_opens() {
    let message = Session::new(1).good();
    let mut receiver = Receiver::default();
    let opened = receiver.open(message.text(), &symmetric_with(EVERYTHING_HIDDEN)).unwrap();
    assert_eq!(receiver.asked, [["wrapped"]]);
    assert_eq!(opened.body.source(), ASK);
    assert_eq!(opened.signatures[0].id.as_deref(), Some("sig"));
    assert_eq!(opened.signatures[0].properties, [Property::To]);
    assert_eq!(opened.addressing.action.as_deref(), Some("urn:ask"));
}

#[test]
fn the_order_of_keys_in_the_header_does_not_matter() {
    let mut message = Session::new(1).good();
    message.security[1..5].reverse(); // the list first, the wrapped key last
    let opened = Receiver::default().open(message.text(), &SYMMETRIC);
    assert_eq!(opened.unwrap().body.source(), ASK);
}

/// What a policy demands is demanded: neither more nor less is published.
#[test]
fn each_part_that_is_not_signed_is_named() {
    for (left_out, target) in [
        ("body", Target::Body),
        ("ts", Target::Timestamp),
        ("to", Target::Header(Property::To)),
        ("ut", Target::Username),
    ] {
        let session = Session::new(1);
        let mut message = session.message();
        let ids = ["body", "ts", "to", "ut"].into_iter().filter(|id| *id != left_out);
        let ids: Vec<_> = ids.collect();
        message.sign(&ids, &Pen::Mac(&session.signing), &by_id("d1"), "sig");
        session.encrypt(&mut message);
        let refused = Receiver::default().open(message.text(), &SYMMETRIC);
        assert_eq!(behind(refused), Flaw::Security(SecurityFlaw::Unsigned(target)), "{left_out}");
    }
}

/// Two signatures that together cover everything are not one that does.
#[test]
fn what_is_signed_by_two_is_not_signed() {
    let session = Session::new(1);
    let mut message = session.message();
    message.security[4] = list(&["e1", "e3"]);
    let pen = Pen::Mac(&session.signing);
    message.sign(&["body", "ts"], &pen, &by_id("d1"), "one");
    message.sign(&["to", "ut"], &pen, &by_id("d1"), "two");
    message.encrypt(5, "e1", &session.encrypting, &by_id("d2"));
    message.encrypt_body("e3", &session.encrypting, &by_id("d2"));
    let refused = behind(Receiver::default().open(message.text(), &SYMMETRIC));
    assert_eq!(refused, Flaw::Security(SecurityFlaw::Unsigned(Target::Body)));
}

#[test]
fn each_part_that_is_not_encrypted_is_named() {
    for (listed, target) in [
        (vec!["e1", "e2"], Target::Body),
        (vec!["e2", "e3"], Target::Username),
        (vec!["e1", "e3"], Target::Signature),
    ] {
        let session = Session::new(1);
        let mut message = session.message();
        message.security[4] = list(&listed);
        let ids = ["body", "ts", "to", "ut"];
        message.sign(&ids, &Pen::Mac(&session.signing), &by_id("d1"), "sig");
        let (key, info) = (&session.encrypting, by_id("d2"));
        if listed.contains(&"e1") {
            message.encrypt(5, "e1", key, &info);
        }
        if listed.contains(&"e2") {
            message.encrypt(6, "e2", key, &info);
        }
        if listed.contains(&"e3") {
            message.encrypt_body("e3", key, &info);
        }
        let refused = Receiver::default().open(message.text(), &symmetric_with(EVERYTHING_HIDDEN));
        assert_eq!(behind(refused), Flaw::Security(SecurityFlaw::Unencrypted(target)));
    }
}

#[test]
fn without_any_signature_nothing_opens() {
    let session = Session::new(1);
    let mut message = session.message();
    message.security[4] = list(&["e1", "e3"]);
    message.encrypt(5, "e1", &session.encrypting, &by_id("d2"));
    message.encrypt_body("e3", &session.encrypting, &by_id("d2"));
    let refused = behind(Receiver::default().open(message.text(), &SYMMETRIC));
    assert_eq!(refused, Flaw::Security(SecurityFlaw::Unsigned(Target::Body)));
    let bare = Forge::new(&[TIMESTAMP, USERNAME]).text();
    let refused = flaw(Receiver::default().open(bare, &SYMMETRIC));
    assert_eq!(refused, SecurityFlaw::Unsigned(Target::Body));
}

/// A policy of secrets is not kept by a private key, whose holder may be anybody.
#[test]
fn a_private_key_does_not_sign_for_a_secret() {
    let message = crate::asymmetric::good();
    let policy = symmetric_with(Demands { encrypted: &[], ..DEMANDS });
    let refused = flaw(Receiver::default().open(message.text(), &policy));
    assert_eq!(refused, SecurityFlaw::Unsigned(Target::Body));
}

/// Trap 9: a signature sees the decryptions above it, however early its key is known.
#[test]
fn a_signature_waits_for_the_lists_above_it() {
    // The signature's key is known from the first round: it is of another wrapped key, asked together with the first.
    let (session, other) = (Session::new(1), Session::new(2));
    let mut message = session.message();
    message.security.push(crate::forge::wrapped("ek2", OURS, &other.secret, &[]));
    message.sign(&["body", "ts", "to", "ut"], &Pen::Mac(&other.secret), &by_id("ek2"), "sig");
    session.encrypt(&mut message);
    assert!(Receiver::default().open(message.text(), &SYMMETRIC).is_ok());
}

/// Trap 10, 23: what is listed below a signature is ciphertext to it, wherever the ciphertext stands.
#[test]
fn a_signature_above_the_list_sees_ciphertext() {
    let session = Session::new(1);
    let mut message = session.message();
    let list = message.security.remove(4); // now the password is child 4
    message.security.push(list);
    message.security[5] = list_of_password_and_body();
    message.encrypt(4, "e1", &session.encrypting, &by_id("d2"));
    message.encrypt_body("e3", &session.encrypting, &by_id("d2"));
    let pen = Pen::Mac(&session.signing);
    let signature = message.signature(&["body", "ts", "to", "e1"], &pen, &by_id("d1"), "sig");
    message.security.insert(5, signature);
    // Where ciphertext is signed first, that is as it should be; but what was in it, nobody signed as it is.
    let demands = Demands {
        order: Order::EncryptThenSign,
        signed: &[Target::Body, Target::Timestamp],
        ..DEMANDS
    };
    let opened = Receiver::default().open(message.text(), &symmetric_with(demands)).unwrap();
    assert_eq!(opened.body.source(), ASK);
    assert!(opened.tokens[0].covered_by.is_empty());
    // Where plaintext is to be signed, it covers nothing.
    let demands = Demands { order: Order::SignThenEncrypt, ..demands };
    let refused = behind(Receiver::default().open(message.text(), &symmetric_with(demands)));
    assert_eq!(refused, Flaw::Security(SecurityFlaw::Unsigned(Target::Body)));
}

fn list_of_password_and_body() -> String {
    list(&["e1", "e3"])
}

/// Whoever finds a ciphertext can sign it: it is not his.
#[test]
fn a_signature_over_ciphertext_does_not_cover_what_it_hides() {
    let (victim, thief) = (Session::new(1), Session::new(2));
    let good = victim.good();
    let mut message = Forge::new(&[TIMESTAMP]);
    message.body = good.body.clone();
    message.security.push(crate::forge::wrapped("ek2", OURS, &thief.secret, &[]));
    message.sign(&["body", "ts", "to"], &Pen::Mac(&thief.secret), &by_id("ek2"), "mine");
    // Below the thief's signature stands what decrypts the victim's body.
    message.security.extend(good.security[1..4].to_vec());
    message.security.push(list(&["e3"]));
    let demands = Demands { signed: &[Target::Body, Target::Timestamp], ..DEMANDS };
    let refused = behind(Receiver::default().open(message.text(), &symmetric_with(demands)));
    assert_eq!(refused, Flaw::Security(SecurityFlaw::Unsigned(Target::Body)));
}

#[test]
fn one_key_does_not_sign_and_decrypt() {
    let session = Session::new(1);
    let mut message = session.message();
    message.sign(&["body", "ts", "to", "ut"], &Pen::Mac(&session.encrypting), &by_id("d2"), "sig");
    session.encrypt(&mut message);
    let refused = behind(Receiver::default().open(message.text(), &SYMMETRIC));
    assert_eq!(refused, Flaw::Security(SecurityFlaw::KeyUsedTwice));
}

#[test]
fn a_key_that_others_are_derived_from_does_nothing_else() {
    let session = Session::new(1);
    let mut message = session.message();
    message.sign(&["body", "ts", "to", "ut"], &Pen::Mac(&session.secret), &by_id("ek"), "sig");
    session.encrypt(&mut message);
    let refused = behind(Receiver::default().open(message.text(), &SYMMETRIC));
    assert_eq!(refused, Flaw::Security(SecurityFlaw::KeyUsedTwice));
}

#[test]
fn over_tls_alone_no_signature_and_no_encryption_is_taken() {
    let transport = Policy { binding: Binding::Transport, ..SYMMETRIC };
    let session = Session::new(1);
    let [ek, ..] = session.keys();
    let mut message = Forge::new(&[TIMESTAMP, USERNAME]);
    message.sign(&["body"], &Pen::Mac(&session.signing), &by_id("d1"), "sig");
    let refused = flaw(Receiver::default().open(message.text(), &transport));
    assert_eq!(refused, SecurityFlaw::Signature);
    for child in [&ek, &list(&["e1"])] {
        let message = Forge::new(&[TIMESTAMP, child]).text();
        let refused = flaw(Receiver::default().open(message, &transport));
        assert_eq!(refused, SecurityFlaw::Encryption);
    }
    for child in
        ["<o:SecurityTokenReference/>", "<c:DerivedKeyToken/>", "<k:SignatureConfirmation/>"]
    {
        let message = Forge::new(&[TIMESTAMP, child]).text();
        let refused = flaw(Receiver::default().open(message, &transport));
        assert!(matches!(refused, SecurityFlaw::Unsupported(_)), "{child}");
    }
}

#[test]
fn a_child_that_nobody_knows_is_refused() {
    let message = Forge::new(&[TIMESTAMP, "<x:Unknown/>"]).text();
    let refused = Receiver::default().open(message, &SYMMETRIC);
    assert_eq!(refused.err(), Some(Refused::Flaw(SecurityFlaw::Encryption.into())));
    let many = TIMESTAMP.to_owned() + &"<o:SecurityTokenReference/>".repeat(3);
    assert!(flaw_of_children(&many) != SecurityFlaw::TooMuch);
    let signatures = "<ds:Signature/>".repeat(33);
    assert_eq!(flaw_of_children(&signatures), SecurityFlaw::TooMuch);
}

fn flaw_of_children(children: &str) -> SecurityFlaw {
    flaw(Receiver::default().open(Forge::new(&[children]).text(), &SYMMETRIC))
}
