//! What may be encrypted, and where.

use crate::forge::{
    ASK, CONTENT, ELEMENT, Forge, Pen, Session, TIMESTAMP, by_id, data, list, wrapped,
};
use crate::support::{
    ASYMMETRIC, DEMANDS, OURS, Receiver, Refused, SENDER, SYMMETRIC, behind, flaw, secret,
    symmetric_with,
};
use symbolon_keys::ContentCipher::Aes256Gcm;
use symbolon_soap::{Demands, EnvelopeFlaw, Flaw, Order, Part, Property, SecurityFlaw, Target};

const TO: &str = "<a:To u:Id=\"to\" s:mustUnderstand=\"1\">https://sts.example/</a:To>";
const HEADERS: Demands = Demands {
    signed: &[Target::Body, Target::Timestamp, Target::Header(Property::To)],
    encrypted: &[Target::Header(Property::To)],
    ..DEMANDS
};

/// A signed message whose address is what `header` makes of its EncryptedData.
fn with_header(plain: &str, header: impl Fn(&str) -> String) -> String {
    let session = Session::new(1);
    let mut message = session.message();
    message.security[4] = list(&["e1"]);
    message.security.pop();
    message.headers[1] = plain.to_owned();
    message.sign(&["body", "ts", "to"], &Pen::Mac(&session.signing), &by_id("d1"), "sig");
    let data = data("e1", ELEMENT, plain, (Aes256Gcm, &session.encrypting), &by_id("d2"));
    message.headers[1] = header(&data);
    message.text()
}

fn encrypted_header(data: &str) -> String {
    format!("<k:EncryptedHeader s:mustUnderstand=\"1\">{data}</k:EncryptedHeader>")
}

#[test]
fn an_encrypted_header_is_read_as_what_was_in_it() {
    let message = with_header(TO, encrypted_header);
    let opened = Receiver::default().open(message, &symmetric_with(HEADERS)).unwrap();
    assert_eq!(opened.addressing.to.as_deref(), Some("https://sts.example/"));
    assert_eq!(opened.addressing.action.as_deref(), Some("urn:ask"));
    assert_eq!(opened.signatures[0].properties, [Property::To]);
}

#[test]
fn an_address_in_the_open_is_refused_where_it_is_to_be_hidden() {
    let session = Session::new(1);
    let mut message = session.message();
    message.security.truncate(4);
    message.sign(&["body", "ts", "to"], &Pen::Mac(&session.signing), &by_id("d1"), "sig");
    let refused = behind(Receiver::default().open(message.text(), &symmetric_with(HEADERS)));
    assert_eq!(refused, SecurityFlaw::Unencrypted(Target::Header(Property::To)).into());
}

/// CVE-2026-89238.
#[test]
fn an_encrypted_header_with_a_second_child_is_refused() {
    let plain = "<a:To>https://other.example/</a:To>";
    for header in [
        |data: &str| format!("<k:EncryptedHeader>{data}<a:To>urn:x</a:To></k:EncryptedHeader>"),
        |data: &str| format!("<k:EncryptedHeader><a:To>urn:x</a:To>{data}</k:EncryptedHeader>"),
        |data: &str| format!("<k:EncryptedHeader>text{data}</k:EncryptedHeader>"),
        |data: &str| format!("<k:EncryptedHeader><w>{data}</w></k:EncryptedHeader>"),
        |data: &str| data.to_owned(), // BSP R3228
        |data: &str| format!("<k:EncryptedHeader s:role=\"urn:other\">{data}</k:EncryptedHeader>"),
        |data: &str| format!("<a:To>{data}</a:To>"),
    ] {
        let refused = Receiver::default().open(with_header(TO, header), &symmetric_with(HEADERS));
        // The last is not even an address before it is decrypted.
        assert!(
            matches!(
                refused,
                Err(Refused::Flaw(Flaw::Security(SecurityFlaw::Misplaced) | Flaw::Addressing(_)))
            ),
            "{}",
            header(plain)
        );
    }
}

#[test]
fn an_encrypted_header_that_nobody_decrypts_is_refused() {
    let mut message = Session::new(1).good();
    message.headers.push("<k:EncryptedHeader/>".to_owned());
    let refused = behind(Receiver::default().open(message.text(), &SYMMETRIC));
    assert_eq!(refused, SecurityFlaw::Unavailable.into());
}

#[test]
fn what_must_be_understood_must_be_when_it_was_encrypted_too() {
    let plain = "<x:New xmlns:x=\"urn:x\" u:Id=\"to\" s:mustUnderstand=\"1\"/>";
    let demands = Demands { signed: &[Target::Body], encrypted: &[], ..DEMANDS };
    let message = with_header(plain, encrypted_header);
    let refused = behind(Receiver::default().open(message, &symmetric_with(demands)));
    assert!(matches!(refused, Flaw::Envelope(EnvelopeFlaw::NotUnderstood(_))));
    let message = with_header(&plain.replace("\"1\"", "\"0\""), encrypted_header);
    assert!(Receiver::default().open(message, &symmetric_with(demands)).is_ok());
}

#[test]
fn what_was_encrypted_for_somebody_else_says_nothing_to_us() {
    let plain =
        "<x:New xmlns:x=\"urn:x\" u:Id=\"to\" s:role=\"urn:nobody\" s:mustUnderstand=\"1\"/>";
    let demands = Demands { signed: &[Target::Body], encrypted: &[], ..DEMANDS };
    let message = with_header(plain, encrypted_header);
    let opened = Receiver::default().open(message, &symmetric_with(demands)).unwrap();
    assert_eq!(opened.addressing.to, None);
    assert_eq!(opened.addressing.action.as_deref(), Some("urn:ask"));
}

/// WSS-050: what carries the message stays what it is.
#[test]
fn envelope_header_body_and_security_are_not_encrypted() {
    let session = Session::new(1);
    let keys = session.keys().concat();
    let hidden =
        |plain: &str| data("e1", ELEMENT, plain, (Aes256Gcm, &session.encrypting), &by_id("d2"));
    let message = Forge::new(&[TIMESTAMP, &keys, &list(&["e1"])]).text();
    let body = format!("<s:Body u:Id=\"body\">{ASK}</s:Body>");
    let refused = Receiver::default().open(message.replace(&body, &hidden(&body)), &SYMMETRIC);
    assert_eq!(refused.err(), Some(Refused::Flaw(EnvelopeFlaw::Structure.into())));
    for inside in ["<t:Ask xmlns:t=\"urn:t\">%</t:Ask>", "<w><v>%</v></w>"] {
        let mut message = Forge::new(&[TIMESTAMP, &keys, &list(&["e1"])]);
        message.body = inside.replace('%', &hidden("<x/>"));
        let refused = flaw(Receiver::default().open(message.text(), &SYMMETRIC));
        assert_eq!(refused, SecurityFlaw::Misplaced, "{inside}");
    }
    for child in [
        format!(
            "<o:UsernameToken><o:Username>alice</o:Username>{}</o:UsernameToken>",
            hidden("<x/>")
        ),
        format!("<ds:Signature>{}</ds:Signature>", hidden("<x/>")), // BSP R5440
        format!("<o:SecurityTokenReference>{}</o:SecurityTokenReference>", hidden("<x/>")),
    ] {
        let message = Forge::new(&[TIMESTAMP, &keys, &list(&["e1"]), &child]).text();
        let refused = flaw(Receiver::default().open(message, &SYMMETRIC));
        assert!(
            matches!(refused, SecurityFlaw::Misplaced | SecurityFlaw::PasswordMissing),
            "{child}"
        );
    }
}

#[test]
fn a_list_names_what_is_there_and_each_once() {
    let session = Session::new(1);
    let keys = session.keys().concat();
    let good = session.good();
    let with_list = |list: &str| {
        let mut message = good.clone();
        message.security[4] = list.to_owned();
        flaw(Receiver::default().open(message.text(), &SYMMETRIC))
    };
    assert_eq!(with_list(&list(&["e1", "e2", "e3", "e4"])), SecurityFlaw::Unavailable);
    let twice = SecurityFlaw::Repeated(Part::EncryptedData);
    assert_eq!(with_list(&list(&["e1", "e2", "e3", "e3"])), twice);
    assert_eq!(with_list(&(list(&["e1", "e2", "e3"]) + &list(&["e3"]))), twice);
    for (from, to) in [
        ("<x:DataReference URI=\"#e3\"/>", "<x:KeyReference URI=\"#e3\"/>"),
        ("#e3", "http://elsewhere.example/e3"),
    ] {
        let unsupported = SecurityFlaw::Protection(symbolon_xmlsec::Flaw::Unsupported);
        assert_eq!(with_list(&list(&["e1", "e2", "e3"]).replace(from, to)), unsupported);
    }
    // What is no EncryptedData is not decrypted.
    let malformed = SecurityFlaw::Protection(symbolon_xmlsec::Flaw::Malformed);
    assert_eq!(with_list(&list(&["ts"])), malformed);
    let message = Forge::new(&[TIMESTAMP, &keys, &list(&["body"])]).text();
    assert_eq!(flaw(Receiver::default().open(message, &SYMMETRIC)), SecurityFlaw::Misplaced);
}

/// As the asymmetric binding has it: the wrapped key lists what it encrypts.
#[test]
fn a_wrapped_key_may_list_what_it_encrypts() {
    let key = secret(1);
    let mut message = crate::asymmetric::good();
    message.security.insert(1, wrapped("ek", OURS, &key, &["e3"]));
    message.body = data("e3", CONTENT, ASK, (Aes256Gcm, &key), "");
    let mut receiver = Receiver::default();
    let opened = receiver.open(message.text(), &ASYMMETRIC).unwrap();
    assert_eq!(opened.body.source(), ASK);
    assert_eq!(receiver.asked, [["wrapped"]]);
    // Without the list, and without a KeyInfo of its own, nobody knows its key.
    message.security[1] = wrapped("ek", OURS, &key, &[]) + &list(&["e3"]);
    let refused = flaw(Receiver::default().open(message.text(), &ASYMMETRIC));
    assert_eq!(refused, SecurityFlaw::KeyInfo);
}

#[test]
fn a_wrapped_key_may_stand_where_it_is_used() {
    let key = secret(1);
    let mut message = crate::asymmetric::good();
    message.security.insert(1, list(&["e3"]));
    message.body = data("e3", CONTENT, ASK, (Aes256Gcm, &key), &wrapped("ek", OURS, &key, &[]));
    let opened = Receiver::default().open(message.text(), &ASYMMETRIC).unwrap();
    assert_eq!(opened.body.source(), ASK);
}

/// Trap 1: what an EncryptedData declares is not in the scope of what was encrypted.
#[test]
fn decrypted_content_is_read_in_the_scope_of_its_parent() {
    let session = Session::new(1);
    let mut message = session.message();
    message.sign(&["body", "ts", "to", "ut"], &Pen::Mac(&session.signing), &by_id("d1"), "sig");
    message.body = "<p:Ask xmlns:p=\"urn:t\"/>".to_owned();
    session.encrypt(&mut message);
    let cipher = data("e3", CONTENT, "<p:Ask/>", (Aes256Gcm, &session.encrypting), &by_id("d2"));
    message.body = cipher.replace("<x:EncryptedData", "<x:EncryptedData xmlns:p=\"urn:t\"");
    let refused = behind(Receiver::default().open(message.text(), &SYMMETRIC));
    // It did not even parse; the signature over it failed first, which is all the same.
    assert!(matches!(refused, Flaw::Security(SecurityFlaw::Protection(_))));
}

#[test]
fn the_timestamp_may_be_encrypted_and_must_be_there_then_too() {
    let session = Session::new(1);
    let build = |hidden: &str| {
        let mut message = session.message();
        message.security[4] = list(&["e1"]);
        message.security[5] = hidden.to_owned();
        message.security.remove(0);
        message.sign(&["body"], &Pen::Mac(&session.signing), &by_id("d1"), "sig");
        message.encrypt(4, "e1", &session.encrypting, &by_id("d2"));
        let demands = Demands { signed: &[Target::Body], encrypted: &[], ..DEMANDS };
        Receiver::default().open(message.text(), &symmetric_with(demands))
    };
    assert!(build(TIMESTAMP).unwrap().timestamp.is_some());
    let refused = behind(build("<o:SecurityTokenReference/>"));
    assert_eq!(refused, SecurityFlaw::TimestampMissing.into());
}

#[test]
fn a_list_may_stand_below_what_it_lists() {
    let mut message = Session::new(1).good();
    let list = message.security.remove(4);
    message.security.push(list);
    let opened = Receiver::default().open(message.text(), &SYMMETRIC).unwrap();
    assert_eq!(opened.body.source(), ASK);
}

/// Trap 5: nothing comes out of an encryption that would have to be decrypted in its turn.
#[test]
fn encryption_inside_encryption_is_refused() {
    let session = Session::new(1);
    for inside in [
        wrapped("ek9", OURS, &session.secret, &[]),
        list(&[]),
        data("e9", ELEMENT, TIMESTAMP, (Aes256Gcm, &session.encrypting), &by_id("d2")),
    ] {
        let mut message = session.good();
        message.security[4] = list(&["e1", "e2", "e3", "e4"]);
        let key = (Aes256Gcm, &session.encrypting);
        message.security.push(data("e4", ELEMENT, &inside, key, &by_id("d2")));
        let refused = behind(Receiver::default().open(message.text(), &SYMMETRIC));
        assert_eq!(refused, SecurityFlaw::Misplaced.into(), "{inside}");
    }
}

/// Where ciphertext is signed, nothing is decrypted for whoever did not sign it.
#[test]
fn nothing_is_decrypted_before_the_signatures_above_it_hold() {
    let session = Session::new(1);
    let [ek, d1, d2] = session.keys();
    let build = |order| {
        let mut message = Forge::new(&[TIMESTAMP, &ek, &d1, &d2]);
        message.security.push(crate::forge::certificate("cert", SENDER));
        message.sign(&["body", "ts"], &Pen::Key(SENDER), &by_id("cert"), "sig");
        message.encrypt(4, "e1", &session.encrypting, &by_id("d2"));
        message.security.push(list(&["e1"]));
        let demands = Demands { signed: &[Target::Body], encrypted: &[], order, ..DEMANDS };
        Receiver::default().open(message.text(), &crate::support::asymmetric_with(demands))
    };
    // The signature's own key shows only when something below it is decrypted.
    let decrypted = behind(build(Order::SignThenEncrypt));
    assert_eq!(decrypted, SecurityFlaw::Unauthenticated.into()); // it was, and is nobody's
    assert_eq!(flaw(build(Order::EncryptThenSign)), SecurityFlaw::Unavailable);
}

/// A key under a key of the same message hides and proves no more than that one.
#[test]
fn a_key_wrapped_under_another_key_of_the_message_is_not_to_be_had() {
    let session = Session::new(1);
    let inner = secret(3);
    let by = symbolon_xmlsec::SharedSecret(&session.encrypting);
    let sealed = symbolon_xmlsec::SealedKey::under(by, &inner).unwrap();
    let mut out = symbolon_xml::Writer::new();
    sealed.with_id("kw").write(&mut out, symbolon_xmlsec::Naming::Nothing);
    let under = String::from_utf8(out.finish().unwrap()).unwrap();
    let mut message = session.message();
    message.security.push(under);
    message.security.push(list(&["e4"]));
    message.sign(&["body", "ts", "to", "ut"], &Pen::Mac(&session.signing), &by_id("d1"), "sig");
    session.encrypt(&mut message);
    let key = (Aes256Gcm, &inner);
    message.security.push(data("e4", ELEMENT, "<x/>", key, &by_id("kw")));
    let mut receiver = Receiver::default();
    assert_eq!(flaw(receiver.open(message.text(), &SYMMETRIC)), SecurityFlaw::Unavailable);
    assert!(receiver.asked.is_empty());
}
