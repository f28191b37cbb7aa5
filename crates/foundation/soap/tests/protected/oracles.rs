//! Whatever fails behind a key of ours looks the same, and costs the same.

use crate::forge::{
    ASK, CONTENT, ELEMENT, Forge, Pen, Session, TIMESTAMP, USERNAME, by_id, data, list, raw_data,
};
use crate::support::{DEMANDS, OURS, Receiver, Refused, SYMMETRIC, behind, symmetric_with};
use symbolon_keys::ContentCipher::{Aes256Cbc, Aes256Gcm};
use symbolon_soap::{Demands, Flaw, Opened, SecurityFault, SecurityFlaw, Target};
use symbolon_xmlsec::{Accepts, Budget};

/// A signed message with this for its body.
fn with_body(body: impl Fn(&Session) -> String) -> Forge {
    let session = Session::new(1);
    let mut message = session.message();
    message.sign(&["body", "ts", "to", "ut"], &Pen::Mac(&session.signing), &by_id("d1"), "sig");
    session.encrypt(&mut message);
    message.body = body(&session);
    message
}

fn open(message: &Forge) -> Result<Opened, Refused> {
    let demands = Demands { accepts: Accepts::AUTHENTICATED.and_cbc(), ..DEMANDS };
    Receiver::default().open(message.text(), &symmetric_with(demands))
}

fn gcm(session: &Session, plain: &str) -> String {
    data("e3", CONTENT, plain, (Aes256Gcm, &session.encrypting), &by_id("d2"))
}

/// Octets of the body's ciphertext, with one of them changed.
fn flipped(session: &Session, at_end: bool) -> String {
    let mut octets = Aes256Gcm
        .encrypt(&session.encrypting, ASK.as_bytes(), &symbolon_testkit::Seeded::new(5))
        .unwrap();
    let at = if at_end { octets.len() - 1 } else { 20 };
    octets[at] ^= 1;
    raw_data("e3", CONTENT, Aes256Gcm, &octets, &by_id("d2"))
}

/// Traps 3, 5, 8. None of these can be told from another, nor from a wrong key.
#[test]
fn whatever_fails_behind_a_key_looks_the_same() {
    let wrong_key = {
        let mut message = Session::new(1).good();
        let [other, ..] = Session::new(2).keys();
        message.security[1] = other;
        message
    };
    let wrapped_for_another = {
        let mut message = Session::new(1).good();
        let key = &Session::new(1).secret;
        let transport = symbolon_xmlsec::Transport::usual(OURS.public().kind());
        let to = symbolon_testkit::OTHER_RSA.public();
        let sealed = symbolon_xmlsec::SealedKey::to(&to, key, &transport).unwrap().with_id("ek");
        let mut out = symbolon_xml::Writer::new();
        sealed.write(&mut out, symbolon_xmlsec::Naming::Nothing);
        message.security[1] = String::from_utf8(out.finish().unwrap()).unwrap();
        message
    };
    let second_step = |child: &str| {
        let session = Session::new(1);
        let mut message = session.good();
        message.security[6] =
            data("e2", ELEMENT, child, (Aes256Gcm, &session.encrypting), &by_id("d2"));
        message
    };
    let cases = [
        ("a wrong key", wrong_key),
        ("a key for somebody else", wrapped_for_another),
        ("a flipped bit", with_body(|session| flipped(session, false))),
        ("a flipped tag", with_body(|session| flipped(session, true))),
        ("nothing", with_body(|_| raw_data("e3", CONTENT, Aes256Gcm, b"", &by_id("d2")))),
        (
            "a short ciphertext",
            with_body(|_| raw_data("e3", CONTENT, Aes256Gcm, &[0; 20], &by_id("d2"))),
        ),
        ("no XML", with_body(|session| gcm(session, "<t:Ask"))),
        ("a doctype", with_body(|session| gcm(session, "<!DOCTYPE x><x/>"))),
        ("the end of its surroundings", with_body(|session| gcm(session, "</w><w>"))),
        ("an open comment", with_body(|session| gcm(session, "<t/><!--"))),
        (
            "another body than was signed",
            with_body(|session| gcm(session, "<t:Ask xmlns:t=\"urn:t\"/>")),
        ),
        ("two children", with_body(|session| gcm(session, "<a/><b/>"))),
        ("an empty body", with_body(|session| gcm(session, ""))),
        ("a token nobody takes", second_step("<x xmlns=\"urn:x\"/>")),
        ("encryption inside", second_step("<x:EncryptedKey/>")),
        ("text beside the element", second_step(&format!("{TIMESTAMP} "))),
        ("two elements", second_step("<o:SecurityTokenReference/><o:SecurityTokenReference/>")),
        ("a second timestamp", second_step(&TIMESTAMP.replace("\"ts\"", "\"ts2\""))),
        ("a malformed password", second_step("<o:UsernameToken/>")),
        ("no signature", second_step("<ds:Signature/>")),
    ];
    for (name, message) in cases {
        let refused = open(&message);
        let Err(Refused::Flaw(flaw @ Flaw::Security(SecurityFlaw::FailedCheck(_)))) = &refused
        else {
            panic!("{name}: {:?}", refused.err());
        };
        assert_eq!(flaw.fault(), SecurityFault::FailedCheck.fault(), "{name}");
    }
}

/// Trap 7: with a ciphertext that nobody authenticates, good padding and bad, XML and none, are followed by the same work:
/// the signature over what should have been there is verified, and does not hold.
#[test]
fn a_failed_decryption_does_the_work_of_a_false_one() {
    let cbc = |session: &Session, plain: &str| {
        data("e3", CONTENT, plain, (Aes256Cbc, &session.encrypting), &by_id("d2"))
    };
    let padded = |session: &Session| {
        let mut octets = Aes256Cbc
            .encrypt(&session.encrypting, &[b'x'; 32], &symbolon_testkit::Seeded::new(5))
            .unwrap();
        // The block before the last is exclusive-ored into the padding: its last octet becomes 16 ^ 0x40.
        let at = octets.len() - 17;
        octets[at] ^= 0x40;
        raw_data("e3", CONTENT, Aes256Cbc, &octets, &by_id("d2"))
    };
    let wrong = [
        with_body(|session| cbc(session, "<t:Ask xmlns:t=\"urn:t\">another</t:Ask>")),
        with_body(|session| cbc(session, "<t:Ask")),
        with_body(padded),
    ];
    let mut receivers = Vec::new();
    for message in wrong {
        let mut message = message;
        // The body alone is CBC, and a key is for one cipher: the other parts stay in the open.
        message.security[4] = list(&["e3"]);
        message.security[5] = USERNAME.to_owned();
        message.security[6] = signature_over_the_plain_body();
        let demands = Demands {
            accepts: Accepts::AUTHENTICATED.and_cbc(),
            encrypted: &[Target::Body],
            ..DEMANDS
        };
        let mut receiver = Receiver::default();
        let refused = behind(receiver.open(message.text(), &symmetric_with(demands)));
        let bad = SecurityFlaw::Protection(symbolon_xmlsec::Flaw::BadDigest);
        assert_eq!(refused, bad.into());
        receivers.push(receiver.asked);
    }
    assert!(receivers.windows(2).all(|pair| pair[0] == pair[1]));
}

fn signature_over_the_plain_body() -> String {
    let session = Session::new(1);
    let message = session.message();
    message.signature(&["body", "ts", "to", "ut"], &Pen::Mac(&session.signing), &by_id("d1"), "sig")
}

/// CVE-2011-1096: whoever may change ciphertext and see what comes of it reads it.
#[test]
fn unauthenticated_ciphertext_that_nobody_signed_is_refused() {
    let demands = Demands {
        accepts: Accepts::AUTHENTICATED.and_cbc(),
        signed: &[Target::Timestamp],
        encrypted: &[Target::Body],
        ..DEMANDS
    };
    let policy = symmetric_with(demands);
    let signed = |cipher, ids: &[&str]| {
        let session = Session::new(1);
        let mut message = session.message();
        message.security[4] = list(&["e3"]);
        message.sign(ids, &Pen::Mac(&session.signing), &by_id("d1"), "sig");
        message.body = data("e3", CONTENT, ASK, (cipher, &session.encrypting), &by_id("d2"));
        message.text()
    };
    let refused = behind(Receiver::default().open(signed(Aes256Cbc, &["ts"]), &policy));
    assert_eq!(refused, SecurityFlaw::Unauthenticated.into());
    assert!(Receiver::default().open(signed(Aes256Cbc, &["ts", "body"]), &policy).is_ok());
    assert!(Receiver::default().open(signed(Aes256Gcm, &["ts"]), &policy).is_ok());
    // A signature that was encrypted so is authentic if it holds.
    let session = Session::new(1);
    let mut message = session.message();
    message.security[4] = list(&["e2", "e3"]);
    message.sign(&["ts", "body"], &Pen::Mac(&session.signing), &by_id("d1"), "sig");
    let key = (Aes256Cbc, &session.encrypting);
    message.security[6] = data("e2", ELEMENT, &message.security[6], key, &by_id("d2"));
    message.body = data("e3", CONTENT, ASK, key, &by_id("d2"));
    assert!(Receiver::default().open(message.text(), &policy).is_ok());
}

/// A stranger cannot make us decrypt what somebody else wrote by putting his own signature over the ciphertext.
#[test]
fn unauthenticated_ciphertext_is_vouched_for_by_its_own_key_alone() {
    let demands = Demands {
        accepts: Accepts::AUTHENTICATED.and_cbc(),
        signed: &[Target::Timestamp, Target::Body],
        encrypted: &[Target::Body],
        order: symbolon_soap::Order::EncryptThenSign,
        ..DEMANDS
    };
    let policy = symmetric_with(demands);
    let signed_by = |signer: &Session| {
        let session = Session::new(1);
        let [ek, d1, d2] = session.keys();
        let own = crate::forge::wrapped("ek2", OURS, &signer.secret, &[]);
        let mut message = Forge::new(&[TIMESTAMP, &ek, &d1, &d2, &own]);
        message.body = data("e3", CONTENT, ASK, (Aes256Cbc, &session.encrypting), &by_id("d2"));
        let own = signer.secret.octets() == session.secret.octets();
        let (pen, info) =
            if own { (&signer.signing, by_id("d1")) } else { (&signer.secret, by_id("ek2")) };
        message.sign(&["ts", "body"], &Pen::Mac(pen), &info, "sig");
        message.security.push(list(&["e3"]));
        Receiver::default().open(message.text(), &policy)
    };
    assert!(signed_by(&Session::new(1)).is_ok());
    assert_eq!(behind(signed_by(&Session::new(2))), SecurityFlaw::Unauthenticated.into());
}

#[test]
fn cbc_is_refused_unless_it_was_opted_for() {
    let message = with_body(|session| {
        data("e3", CONTENT, ASK, (Aes256Cbc, &session.encrypting), &by_id("d2"))
    });
    let mut receiver = Receiver::default();
    let refused = receiver.open(message.text(), &SYMMETRIC);
    let unsupported = SecurityFlaw::Protection(symbolon_xmlsec::Flaw::Unsupported);
    assert_eq!(refused.err(), Some(Refused::Flaw(unsupported.into())));
    assert!(receiver.asked.is_empty());
}

/// Trap 20.
#[test]
fn one_key_does_not_serve_two_ciphers() {
    let message = with_body(|session| {
        data("e3", CONTENT, ASK, (Aes256Cbc, &session.encrypting), &by_id("d2"))
    });
    assert_eq!(behind(open(&message)), SecurityFlaw::KeyUsedTwice.into());
}

/// Refused by name, before a private key does anything.
#[test]
fn algorithms_outside_the_profile_are_refused_before_anything_is_asked() {
    let good = Session::new(1).good().text();
    let unsupported = SecurityFlaw::Protection(symbolon_xmlsec::Flaw::Unsupported);
    for (from, to) in [
        ("http://www.w3.org/2009/xmlenc11#rsa-oaep", "http://www.w3.org/2001/04/xmlenc#rsa-1_5"),
        (
            "http://www.w3.org/2009/xmlenc11#aes256-gcm",
            "http://www.w3.org/2001/04/xmlenc#tripledes-cbc",
        ),
    ] {
        let message = good.replace(from, to);
        assert_ne!(message, good);
        let mut receiver = Receiver::default();
        let refused = receiver.open(message, &SYMMETRIC);
        assert_eq!(refused.err(), Some(Refused::Flaw(unsupported.clone().into())), "{to}");
        assert!(receiver.asked.is_empty());
    }
}

/// Trap 4, and the rest of what one message may cost.
#[test]
fn what_one_message_may_cost_is_bounded() {
    let good = Session::new(1).good().text();
    let open = |left| Receiver::default().open_within(good.as_bytes(), &SYMMETRIC, left);
    assert!(open(Budget::MESSAGE).is_ok());
    for left in [
        Budget { decrypted: 300, ..Budget::MESSAGE },
        Budget { unwraps: 0, ..Budget::MESSAGE },
        Budget { derived: 63, ..Budget::MESSAGE },
        Budget { signatures: 0, ..Budget::MESSAGE },
        Budget { references: 3, ..Budget::MESSAGE },
        Budget { octets: 500, ..Budget::MESSAGE },
    ] {
        let refused = open(left);
        let Err(Refused::Flaw(Flaw::Security(flaw))) = refused else { panic!("{left:?}") };
        let exact = if let SecurityFlaw::FailedCheck(inner) = flaw { *inner } else { flaw.into() };
        let too_much = SecurityFlaw::Protection(symbolon_xmlsec::Flaw::TooMuch);
        assert_eq!(exact, too_much.into(), "{left:?}");
    }
    let keys: String = (0..5)
        .map(|n| crate::forge::wrapped(&format!("k{n}"), OURS, &crate::support::secret(n), &[]))
        .collect();
    let refused = Receiver::default().open(Forge::new(&[TIMESTAMP, &keys]).text(), &SYMMETRIC);
    let too_much = SecurityFlaw::Protection(symbolon_xmlsec::Flaw::TooMuch);
    assert_eq!(refused.err(), Some(Refused::Flaw(too_much.into())));
}

/// Somebody else's password, taken from his message with the key that it is encrypted under: nobody can read it, but
/// everybody could send it.
#[test]
fn what_was_encrypted_for_another_message_is_no_part_of_this() {
    use symbolon_soap::{Binding, Policy, Presence};
    let (victim, thief) = (Session::new(1), Session::new(2));
    let [ek, d1, d2] = victim.keys();
    let stolen = victim.good().security[5].clone();
    let mut message = Forge::new(&[TIMESTAMP, &ek, &d1, &d2, &list(&["e1"]), &stolen]);
    message.security.push(crate::forge::wrapped("ek2", OURS, &thief.secret, &[]));
    message.sign(&["body", "ts", "to"], &Pen::Mac(&thief.secret), &by_id("ek2"), "sig");
    let demands = Demands { signed: &[Target::Body], encrypted: &[], ..DEMANDS };
    let refused = behind(Receiver::default().open(message.text(), &symmetric_with(demands)));
    assert_eq!(refused, SecurityFlaw::Unauthenticated.into());
    // Nor over TLS, where nobody need sign.
    message.security.truncate(6);
    let demands = Demands { endorsement: Presence::Optional, ..demands };
    let over_tls = Policy { binding: Binding::Endorsed(demands), ..SYMMETRIC };
    let refused = behind(Receiver::default().open(message.text(), &over_tls));
    assert_eq!(refused, SecurityFlaw::Unauthenticated.into());
}

/// Surreptitious forwarding: a private key's signature over ciphertext does not show that its holder knows what it says.
#[test]
fn a_private_key_does_not_vouch_for_ciphertext() {
    let (session, sender) = (Session::new(1), crate::support::SENDER);
    let own = crate::forge::certificate("cert", sender);
    let mut message = Forge::new(&[TIMESTAMP, &own]);
    message.body = gcm(&session, ASK);
    message.sign(&["body", "ts"], &Pen::Key(sender), &by_id("cert"), "sig");
    message.security.extend(session.keys());
    message.security.push(list(&["e3"]));
    for order in [symbolon_soap::Order::EncryptThenSign, symbolon_soap::Order::SignThenEncrypt] {
        let demands = Demands { signed: &[Target::Timestamp], order, ..DEMANDS };
        let policy = crate::support::asymmetric_with(demands);
        let refused = behind(Receiver::default().open(message.text(), &policy));
        assert_eq!(refused, SecurityFlaw::Unauthenticated.into());
    }
}
