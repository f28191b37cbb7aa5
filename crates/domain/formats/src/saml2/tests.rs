use symbolon_keys::SigningKey as _;
use symbolon_model::{AuthenticationMethod, PartyId};
use symbolon_testkit::{KnownKey, OTHER_P256, OTHER_RSA, P256, RSA, at, ready};
use symbolon_xml::{Document, Element, Limits};
use symbolon_xmlsec::SignedInfo;

mod forged;
mod refused;
mod sha1;

use super::*;
use crate::testing::{
    badly_signed, canonical, draft, malformed, not_understood, octets, signature, trusted, xmlsec1,
};
use crate::{Layout, TrustedKey};

fn encode(draft: &Draft, by: KnownKey) -> Vec<u8> {
    ready(Saml2.encode(draft, &by.signer())).unwrap().into_vec()
}

fn unsigned(draft: &Draft) -> String {
    String::from_utf8(write::unsigned(draft).unwrap().octets).unwrap()
}

/// Signs whatever it is given, as another issuer's software would.
fn sign(assertion: &str, by: KnownKey) -> String {
    let signature = signature(assertion, "ID", by);
    assertion.replacen("</saml2:Issuer>", &format!("</saml2:Issuer>{signature}"), 1)
}

fn verify(raw: &RawToken, keys: &[TrustedKey]) -> Result<Contents, Flaw> {
    ready(Saml2.verify(raw, &keys.to_vec().into()))
}

/// What our issuer's signature over a changed assertion is taken for.
fn said(change: impl FnOnce(String) -> String) -> Result<Contents, Flaw> {
    let issuer = P256;
    let text = unsigned(&draft());
    let changed = change(text.clone());
    assert_ne!(changed, text, "nothing was changed");
    verify(&octets(sign(&changed, issuer)), &[trusted(issuer)])
}

fn replaced(what: &'static str, with: &'static str) -> Result<Contents, Flaw> {
    said(|text| text.replacen(what, with, 1))
}

// What is written.

#[test]
fn the_whole_assertion_as_it_leaves() {
    let issuer = RSA;
    insta::assert_snapshot!("unsigned", unsigned(&draft()));
    insta::assert_snapshot!("signed", String::from_utf8(encode(&draft(), issuer)).unwrap());
}

#[test]
fn without_prefix_the_namespace_is_the_default_one() {
    let mut unprefixed = draft();
    unprefixed.layout = Layout::Unprefixed;
    let prefixed = unsigned(&draft());
    let expected = prefixed.replacen("xmlns:saml2=", "xmlns=", 1).replace("saml2:", "");
    assert_eq!(unsigned(&unprefixed), expected);
    let signed = String::from_utf8(encode(&unprefixed, P256)).unwrap();
    assert!(signed.starts_with(&format!("<Assertion xmlns=\"{ASSERTION}\" ID=")), "{signed}");
    assert!(signed.ends_with("</Assertion>"), "{signed}");
}

#[test]
fn either_layout_is_canonical_and_says_the_same() {
    let mut unprefixed = draft();
    unprefixed.layout = Layout::Unprefixed;
    let [one, other] = [draft(), unprefixed].map(|draft| {
        assert_eq!(canonical(&unsigned(&draft)), unsigned(&draft).into_bytes());
        let signed = encode(&draft, P256);
        assert_eq!(canonical(std::str::from_utf8(&signed).unwrap()), signed);
        verify(&octets(signed), &[trusted(P256)]).unwrap()
    });
    assert_eq!(one, other);
}

#[test]
fn the_method_of_authentication_decides_the_class() {
    let class = |method| {
        let mut draft = draft();
        draft.authenticated = Some(symbolon_model::Authenticated { method, at: at(0) });
        let text = unsigned(&draft);
        let (_, rest) = text.split_once("<saml2:AuthnContextClassRef>").unwrap();
        rest.split_once('<').unwrap().0.to_owned()
    };
    let base = "urn:oasis:names:tc:SAML:2.0:ac:classes:";
    assert_eq!(class(AuthenticationMethod::Password), format!("{base}PasswordProtectedTransport"));
    assert_eq!(class(AuthenticationMethod::ClientSecret), format!("{base}Password"));
    assert_eq!(class(AuthenticationMethod::Token), format!("{base}PreviousSession"));
}

#[test]
fn what_nobody_saw_or_said_is_not_stated() {
    let mut draft = draft();
    draft.authenticated = None;
    draft.attributes = symbolon_model::Claims::none();
    let text = unsigned(&draft);
    assert!(text.ends_with("</saml2:Conditions></saml2:Assertion>"), "{text}");
}

#[test]
fn the_lineage_does_not_leave() {
    let mut draft = draft();
    draft.lineage = symbolon_model::Lineage::new("lineage-7");
    assert!(!unsigned(&draft).contains("lineage-7"));
}

#[test]
fn a_draft_without_audience_is_not_written() {
    let mut draft = draft();
    draft.audiences = Vec::new();
    assert_eq!(
        ready(Saml2.encode(&draft, &P256.signer())),
        Err(EncodeFlaw::Draft("no audience".to_owned()))
    );
}

#[test]
fn what_xml_cannot_say_is_not_written() {
    let refused = |change: fn(&mut Draft)| {
        let mut draft = draft();
        change(&mut draft);
        let outcome = ready(Saml2.encode(&draft, &P256.signer()));
        assert!(matches!(outcome, Err(EncodeFlaw::Draft(_))), "{outcome:?}");
    };
    refused(|draft| draft.subject.value = "al\u{0}ice".to_owned());
    refused(|draft| draft.subject.value = String::new());
    refused(|draft| draft.id = "".into());
    refused(|draft| draft.id = "1a".into());
    refused(|draft| draft.id = "_a\"b".into());
    refused(|draft| draft.id = "a:b".into());
    refused(|draft| draft.issued_at = symbolon_model::Timestamp::from_millis(i64::MAX));
}

// What is read back.

#[test]
fn what_was_written_is_read_back() {
    for issuer in [RSA, P256] {
        let mut draft = draft();
        draft.audiences.push(PartyId::new("urn:billing"));
        let contents = verify(&octets(encode(&draft, issuer)), &[trusted(issuer)]).unwrap();
        assert_eq!(
            contents,
            Contents {
                id: Some(draft.id),
                issuer: draft.issuer,
                subject: draft.subject,
                audiences: vec![vec![
                    "https://orders.example/".to_owned(),
                    "urn:billing".to_owned()
                ]],
                not_before: Some(at(0)),
                not_after: at(3600),
                authenticated: draft.authenticated,
                attributes: draft.attributes,
                client: None,
                scope: None,
                recipients: Vec::new(),
                confirmation: draft.confirmation,
                rests_on_sha1: false,
            }
        );
    }
}

#[test]
fn the_issuer_is_named_before_anything_is_believed() {
    let token = octets(unsigned(&draft()));
    assert_eq!(Saml2.issuer(&token).unwrap(), "https://sts.example/demo");
    let parsed = Saml2.parsed(token).unwrap();
    assert!(matches!(parsed, RawToken::Xml(_)));
    assert_eq!(Saml2.issuer(&parsed).unwrap(), "https://sts.example/demo");
}

#[test]
fn an_assertion_inside_a_message_is_verified_where_it_stands() {
    let issuer = P256;
    let token = String::from_utf8(encode(&draft(), issuer)).unwrap();
    // The message has the same prefix for another namespace, a default namespace, and an element of the token's id.
    let message = format!(
        "<m xmlns='urn:m' xmlns:saml2='urn:other'><x ID='_0f1e2d3c4b5a69788796a5b4c3d2e1f0'/>{token}</m>"
    );
    let message = Document::parse(message.as_bytes(), &Limits::MESSAGE).unwrap();
    let token = message.child(ASSERTION, "Assertion").unwrap().unwrap();
    let contents = verify(&RawToken::Xml(token), &[trusted(issuer)]).unwrap();
    assert_eq!(contents.subject.value, "alice");
}

#[test]
fn the_key_that_signed_is_found_among_several() {
    let (rsa, ec, other) = (RSA, P256, OTHER_P256);
    let keys = [trusted(other), trusted(rsa), trusted(ec)];
    assert!(verify(&octets(encode(&draft(), ec)), &keys).is_ok());
    assert!(verify(&octets(encode(&draft(), rsa)), &keys).is_ok());
}

#[test]
fn every_part_narrows_the_time() {
    let contents = said(|text| {
        text.replacen(
            "<saml2:SubjectConfirmationData NotOnOrAfter=\"2026-11-21T01:00:00.000Z\"",
            "<saml2:SubjectConfirmationData NotBefore=\"2026-11-21T00:10:00.000Z\" NotOnOrAfter=\"2026-11-21T00:50:00.000Z\"",
            1,
        )
        .replacen("SessionIndex=", "SessionNotOnOrAfter=\"2026-11-21T00:40:00Z\" SessionIndex=", 1)
    })
    .unwrap();
    assert_eq!((contents.not_before, contents.not_after), (Some(at(600)), at(2400)));
}

#[test]
fn a_later_end_in_the_confirmation_does_not_widen_the_time() {
    let contents = replaced(
        "<saml2:SubjectConfirmationData NotOnOrAfter=\"2026-11-21T01:00:00.000Z\"",
        "<saml2:SubjectConfirmationData NotOnOrAfter=\"2027-11-21T01:00:00.000Z\"",
    )
    .unwrap();
    assert_eq!(contents.not_after, at(3600));
}

#[test]
fn one_bearer_among_the_confirmations_suffices() {
    let contents = replaced(
        "<saml2:SubjectConfirmation ",
        "<saml2:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:holder-of-key\"/>\
         <saml2:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">\
         <saml2:SubjectConfirmationData Recipient=\"https://sts.example/token\"/></saml2:SubjectConfirmation>\
         <saml2:SubjectConfirmation ",
    )
    .unwrap();
    assert_eq!(contents.recipients, ["https://sts.example/token"]);
}

#[test]
fn two_audience_restrictions_are_two_demands() {
    let contents = replaced(
        "<saml2:AudienceRestriction>",
        "<saml2:AudienceRestriction><saml2:Audience>urn:a</saml2:Audience></saml2:AudienceRestriction>\
         <saml2:AudienceRestriction>",
    )
    .unwrap();
    assert_eq!(contents.audiences, [["urn:a"], ["https://orders.example/"]]);
}

#[test]
fn a_comment_does_not_shorten_a_name() {
    let contents = said(|text| {
        text.replacen(">alice<", ">alice<!-- -->@evil.example<", 1).replacen(
            ">alice@example.com<",
            ">alice<!---->@example.com<",
            1,
        )
    })
    .unwrap();
    assert_eq!(contents.subject.value, "alice@evil.example");
    let mail = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress";
    assert_eq!(contents.attributes.get(mail).unwrap(), ["alice@example.com"]);
}

#[test]
fn a_nil_value_is_no_value() {
    let contents = replaced(
        "<saml2:AttributeValue>alice@example.com</saml2:AttributeValue>",
        "<saml2:AttributeValue xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\"/>",
    )
    .unwrap();
    let mail = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress";
    assert!(contents.attributes.get(mail).unwrap().is_empty());
}

#[test]
fn an_unknown_class_of_authentication_is_only_a_token() {
    let contents = replaced("classes:PasswordProtectedTransport", "classes:X509").unwrap();
    assert_eq!(contents.authenticated.unwrap().method, AuthenticationMethod::Token);
}

#[test]
fn xmlsec1_verifies_what_we_sign_and_refuses_what_was_changed() {
    let mut unprefixed = draft();
    unprefixed.layout = Layout::Unprefixed;
    for issuer in [RSA, P256] {
        for draft in [draft(), unprefixed.clone()] {
            let signed = String::from_utf8(encode(&draft, issuer)).unwrap();
            for (text, good) in
                [(signed.clone(), true), (signed.replacen(">alice<", ">bob<", 1), false)]
            {
                let id = format!("ID {ASSERTION}:Assertion");
                let Some(verified) = xmlsec1(&text, &id, issuer) else { return };
                assert_eq!(verified, good);
            }
        }
    }
}
