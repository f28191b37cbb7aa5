//! What is signed is moved away, and something else put in its place.

use crate::asymmetric::good;
use crate::forge::{ASK, Forge, Pen, Session, TIMESTAMP, USERNAME, by_id, certificate};
use crate::support::{
    Receiver, Refused, SENDER, SIGNED_ONLY, SYMMETRIC, behind, flaw, symmetric_with,
};
use symbolon_soap::{
    AddressingFlaw, Demands, EnvelopeFlaw, Flaw, Part, Property, SecurityFlaw, Target,
};

const EVIL: &str = "<t:Ask xmlns:t=\"urn:t\">for everything</t:Ask>";

/// The signed message, with `from` replaced.
fn moved(from: &str, to: &str) -> String {
    let good = good().text();
    let moved = good.replacen(from, to, 1);
    assert_ne!(good, moved);
    moved
}

fn unsigned(target: Target) -> SecurityFlaw {
    SecurityFlaw::Unsigned(target)
}

#[test]
fn a_body_moved_into_the_header_is_not_signed() {
    let body = format!("<s:Body u:Id=\"body\">{ASK}</s:Body>");
    for around in ["<w>%</w>", "%", "<w s:role=\"urn:nobody\">%</w>"] {
        let kept = around.replace('%', &body);
        let message = moved(&body, &format!("<s:Body>{EVIL}</s:Body>"));
        let message = message.replacen("<s:Header>", &format!("<s:Header>{kept}"), 1);
        let refused = flaw(Receiver::default().open(message, &SIGNED_ONLY));
        assert_eq!(refused, unsigned(Target::Body), "{around}");
    }
    // With an id of its own it is not what was signed either; with the same id there are two.
    for (id, flaw) in [("other", unsigned(Target::Body)), ("body", SecurityFlaw::DuplicateId)] {
        let message = moved(&body, &format!("<s:Body u:Id=\"{id}\">{EVIL}</s:Body>"));
        let message = message.replacen("<s:Header>", &format!("<s:Header>{body}"), 1);
        let refused = Receiver::default().open(message, &SIGNED_ONLY);
        assert_eq!(refused.err(), Some(Refused::Flaw(flaw.into())));
    }
}

#[test]
fn a_signed_body_inside_another_is_not_the_body() {
    let body = format!("<s:Body u:Id=\"body\">{ASK}</s:Body>");
    let message = moved(&body, &format!("<s:Body>{body}</s:Body>"));
    let refused = flaw(Receiver::default().open(message, &SIGNED_ONLY));
    assert_eq!(refused, unsigned(Target::Body));
    // A second Body beside it is no envelope at all.
    let message = moved(&body, &format!("<s:Body>{EVIL}</s:Body>{body}"));
    let refused = Receiver::default().open(message, &SIGNED_ONLY);
    assert_eq!(refused.err(), Some(Refused::Flaw(EnvelopeFlaw::Structure.into())));
}

#[test]
fn a_timestamp_moved_away_is_not_signed() {
    let fresh = TIMESTAMP.replace("2026", "2030").replace("u:Id=\"ts\"", "u:Id=\"fresh\"");
    for kept in [format!("<w>{TIMESTAMP}</w>"), TIMESTAMP.to_owned()] {
        let message = moved(TIMESTAMP, &fresh);
        let message = message.replacen("<s:Header>", &format!("<s:Header>{kept}"), 1);
        let refused = flaw(Receiver::default().open(message, &SIGNED_ONLY));
        assert_eq!(refused, unsigned(Target::Timestamp), "{kept}");
    }
    let message = moved(TIMESTAMP, &format!("{TIMESTAMP}{fresh}"));
    let refused = flaw(Receiver::default().open(message, &SIGNED_ONLY));
    assert_eq!(refused, SecurityFlaw::Repeated(Part::Timestamp));
}

#[test]
fn an_address_moved_away_is_not_signed() {
    let to = "<a:To u:Id=\"to\">https://sts.example/</a:To>";
    let other = "<a:To>https://other.example/</a:To>";
    for kept in [format!("<w>{to}</w>"), to.replace("<a:To", "<a:To s:role=\"urn:nobody\"")] {
        let message = moved(to, &format!("{other}{kept}"));
        let refused = Receiver::default().open(message, &SIGNED_ONLY);
        // In its new role it is not what was signed; elsewhere it is not the address.
        assert!(matches!(
            refused,
            Err(Refused::Flaw(Flaw::Security(
                SecurityFlaw::Unsigned(Target::Header(Property::To))
                    | SecurityFlaw::Protection(symbolon_xmlsec::Flaw::BadDigest)
            )))
        ));
    }
    let refused = Receiver::default().open(moved(to, &format!("{to}{other}")), &SIGNED_ONLY);
    let twice = AddressingFlaw::Cardinality(Property::To);
    assert_eq!(refused.err(), Some(Refused::Flaw(twice.into())));
    // Addresses of the other version are not read beside those of this one, so they need not be signed.
    let old = "<b:To xmlns:b=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\">urn:x</b:To>";
    let opened = Receiver::default().open(moved(to, &format!("{old}{to}")), &SIGNED_ONLY).unwrap();
    assert_eq!(opened.addressing.to.as_deref(), Some("https://sts.example/"));
}

#[test]
fn a_password_moved_away_is_not_signed() {
    let other = USERNAME.replace("alice", "bob").replace("u:Id=\"ut\"", "");
    let message = moved(USERNAME, &other);
    let message = message.replacen("<s:Header>", &format!("<s:Header><w>{USERNAME}</w>"), 1);
    let refused = flaw(Receiver::default().open(message, &SIGNED_ONLY));
    assert_eq!(refused, unsigned(Target::Username));
}

/// A header for somebody else is no cover.
#[test]
fn a_signature_in_another_header_is_not_ours() {
    let message = good();
    let theirs = format!(
        "<o:Security s:role=\"http://www.w3.org/2003/05/soap-envelope/role/next\">{}</o:Security>",
        message.security[3]
    );
    let mut stripped = message.clone();
    stripped.security.truncate(3);
    stripped.headers.push(theirs);
    let refused = flaw(Receiver::default().open(stripped.text(), &SIGNED_ONLY));
    assert_eq!(refused, unsigned(Target::Body));
}

#[test]
fn a_key_that_stands_in_the_body_is_none() {
    let mut message = Forge::new(&[TIMESTAMP, USERNAME]);
    message.body = format!("<w>{}</w>", certificate("cert", SENDER));
    message.sign(&["body", "ts", "to", "ut"], &Pen::Key(SENDER), &by_id("cert"), "sig");
    let refused = flaw(Receiver::default().open(message.text(), &SIGNED_ONLY));
    assert_eq!(refused, SecurityFlaw::Unavailable);
}

/// The encrypted body moved about: what decrypts is not where it should be, or not what was signed.
#[test]
fn ciphertext_moved_about_is_refused() {
    let session = Session::new(1);
    let good = session.good();
    let mut evil = good.clone();
    evil.headers.push(format!("<w>{}</w>", good.body));
    evil.body = EVIL.to_owned();
    let refused = flaw(Receiver::default().open(evil.text(), &SYMMETRIC));
    assert_eq!(refused, SecurityFlaw::Misplaced);
    // The encrypted password and the encrypted signature change places: each is what it is, wherever it stands.
    let mut swapped = good.clone();
    swapped.security.swap(5, 6);
    assert!(Receiver::default().open(swapped.text(), &SYMMETRIC).is_ok());
    // The encrypted password as the body.
    let mut swapped = good.clone();
    let body = swapped.body.clone();
    swapped.body = std::mem::replace(&mut swapped.security[5], body);
    let refused = Receiver::default().open(swapped.text(), &SYMMETRIC);
    assert!(matches!(
        refused,
        Err(Refused::Flaw(Flaw::Security(
            SecurityFlaw::FailedCheck(_) | SecurityFlaw::Unencrypted(_)
        )))
    ));
}

/// An id that shows only after decryption is as good for wrapping as any.
#[test]
fn an_id_that_collides_only_after_decryption_is_refused() {
    for id in ["u:Id=\"ts\"", "Id=\"sig\"", "ID=\"ek\""] {
        let session = Session::new(1);
        let mut message = session.message();
        message.body = format!("<t:Ask xmlns:t=\"urn:t\"><t:x {id}/></t:Ask>");
        let mut plain = message.clone();
        plain.body = ASK.to_owned();
        let ids = ["ts", "to", "ut"];
        plain.sign(&ids, &Pen::Mac(&session.signing), &by_id("d1"), "sig");
        message.security = plain.security;
        session.encrypt(&mut message);
        let demands = Demands { signed: &[Target::Timestamp], ..crate::support::DEMANDS };
        let refused = behind(Receiver::default().open(message.text(), &symmetric_with(demands)));
        let hidden = SecurityFlaw::Protection(symbolon_xmlsec::Flaw::Undecryptable);
        assert_eq!(refused, hidden.into(), "{id}");
    }
}

/// Nothing is put in its place: what is optional is signed, and then missing.
#[test]
fn what_is_signed_is_not_moved_out_of_sight() {
    let to = "<a:To u:Id=\"to\">https://sts.example/</a:To>";
    for part in [to, USERNAME] {
        for kept in ["<w>%</w>", "<s:Header>%</s:Header>", "<w s:role=\"urn:nobody\"><w>%</w></w>"]
        {
            let kept = kept.replace('%', part);
            let message = moved(part, "").replacen("<s:Header>", &format!("<s:Header>{kept}"), 1);
            let refused = flaw(Receiver::default().open(message, &SIGNED_ONLY));
            assert_eq!(refused, SecurityFlaw::Misplaced, "{kept}");
        }
    }
}
