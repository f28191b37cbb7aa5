use symbolon_model::{
    Authenticated, AuthenticationMethod, ClaimName, Claims, Lineage, PartyId, Timestamp,
};
use symbolon_testkit::{KnownKey, OTHER_P256, OTHER_RSA, P256, RSA, at, ready};
use symbolon_xml::{Document, Element, Limits};

mod forged;
mod refused;

use super::*;
use crate::testing::{
    badly_signed, canonical, draft, malformed, not_understood, octets, signature, trusted, xmlsec1,
};
use crate::{Layout, TrustedKey};

const MAIL: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress";

fn encode(draft: &Draft, by: KnownKey) -> Vec<u8> {
    ready(Saml11.encode(draft, &by.signer())).unwrap().into_vec()
}

fn unsigned(draft: &Draft) -> String {
    String::from_utf8(write::unsigned(draft).unwrap().octets).unwrap()
}

/// Signs whatever it is given, as another issuer's software would.
fn sign(assertion: &str, by: KnownKey) -> String {
    let signature = signature(assertion, "AssertionID", by);
    let (inside, _) = assertion.rsplit_once("</saml:Assertion>").unwrap();
    format!("{inside}{signature}</saml:Assertion>")
}

fn verify(raw: &RawToken, keys: &[TrustedKey]) -> Result<Contents, Flaw> {
    ready(Saml11.verify(raw, &keys.to_vec().into()))
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

fn claiming(claims: &[(&str, &[&str])]) -> Draft {
    let mut draft = draft();
    draft.attributes = Claims::none();
    for (name, values) in claims {
        let values = values.iter().map(|value| (*value).to_owned());
        draft.attributes.add(ClaimName::new(*name), values);
    }
    draft
}

// What is written.

#[test]
fn the_whole_assertion_as_it_leaves() {
    let issuer = RSA;
    insta::assert_snapshot!("unsigned", unsigned(&draft()));
    insta::assert_snapshot!("signed", String::from_utf8(encode(&draft(), issuer)).unwrap());
}

#[test]
fn conditions_stand_first_and_the_signature_last() {
    let signed = String::from_utf8(encode(&draft(), P256)).unwrap();
    let root = Document::parse(signed.as_bytes(), &Limits::TOKEN).unwrap();
    let children: Vec<String> = root.elements().map(|child| child.local().to_owned()).collect();
    let order = ["Conditions", "AttributeStatement", "AuthenticationStatement", "Signature"];
    assert_eq!(children, order);
}

#[test]
fn without_prefix_the_namespace_is_the_default_one() {
    let mut unprefixed = draft();
    unprefixed.layout = Layout::Unprefixed;
    let prefixed = unsigned(&draft());
    let expected = prefixed.replacen("xmlns:saml=", "xmlns=", 1).replace("saml:", "");
    assert_eq!(unsigned(&unprefixed), expected);
    let signed = String::from_utf8(encode(&unprefixed, P256)).unwrap();
    assert!(signed.starts_with(&format!("<Assertion xmlns=\"{ASSERTION}\" AssertionID=")));
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
fn a_claims_uri_is_split_at_its_last_slash() {
    let parts = |claim: &str| {
        let text = unsigned(&claiming(&[(claim, &["v"])]));
        let (_, rest) = text.split_once("<saml:Attribute AttributeName=\"").unwrap();
        let (name, rest) = rest.split_once("\" AttributeNamespace=\"").unwrap();
        (name.to_owned(), rest.split_once('"').unwrap().0.to_owned())
    };
    let pair = |name: &str, namespace: &str| (name.to_owned(), namespace.to_owned());
    let identity = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims";
    assert_eq!(parts(MAIL), pair("emailaddress", identity));
    assert_eq!(parts("groups"), pair("groups", "http://schemas.xmlsoap.org/claims"));
    assert_eq!(parts("urn:oid:2.5.4.42"), pair("urn:oid:2.5.4.42", SHORT_NAMES));
    assert_eq!(parts("http://a/"), pair("", "http://a"));
}

#[test]
fn the_method_of_authentication_is_said_in_the_words_of_this_version() {
    let method = |method| {
        let mut draft = draft();
        draft.authenticated = Some(Authenticated { method, at: at(0) });
        let text = unsigned(&draft);
        let (_, rest) = text.split_once("AuthenticationMethod=\"").unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    };
    let base = "urn:oasis:names:tc:SAML:1.0:am:";
    assert_eq!(method(AuthenticationMethod::Password), format!("{base}password"));
    assert_eq!(method(AuthenticationMethod::ClientSecret), format!("{base}password"));
    assert_eq!(method(AuthenticationMethod::Token), format!("{base}unspecified"));
}

#[test]
fn what_nobody_saw_is_not_stated() {
    let mut draft = draft();
    draft.authenticated = None;
    let text = unsigned(&draft);
    assert!(!text.contains("AuthenticationStatement"), "{text}");
    assert_eq!(
        verify(&octets(encode(&draft, P256)), &[trusted(P256)]).unwrap().authenticated,
        None
    );
}

#[test]
fn a_subject_of_whom_nothing_is_said_still_has_its_name() {
    let mut draft = claiming(&[("empty", &[])]);
    let text = unsigned(&draft);
    assert!(!text.contains("AttributeStatement"), "{text}");
    draft.authenticated = None;
    let contents = verify(&octets(encode(&draft, P256)), &[trusted(P256)]).unwrap();
    assert_eq!(contents.subject, draft.subject);
    let mut only_the_name = Claims::none();
    let name = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier";
    only_the_name.add(ClaimName::new(name), ["alice".to_owned()]);
    assert_eq!(contents.attributes, only_the_name);
}

#[test]
fn the_lineage_does_not_leave() {
    let mut draft = draft();
    draft.lineage = Lineage::new("lineage-7");
    assert!(!unsigned(&draft).contains("lineage-7"));
}

#[test]
fn a_draft_without_audience_is_not_written() {
    let mut draft = draft();
    draft.audiences = Vec::new();
    assert_eq!(
        ready(Saml11.encode(&draft, &P256.signer())),
        Err(EncodeFlaw::Draft("no audience".to_owned()))
    );
}

#[test]
fn what_xml_cannot_say_is_not_written() {
    let refused = |change: fn(&mut Draft)| {
        let mut draft = draft();
        change(&mut draft);
        let outcome = ready(Saml11.encode(&draft, &P256.signer()));
        assert!(matches!(outcome, Err(EncodeFlaw::Draft(_))), "{outcome:?}");
    };
    refused(|draft| draft.subject.value = "al\u{0}ice".to_owned());
    refused(|draft| draft.subject.value = String::new());
    refused(|draft| draft.issuer = "\u{1}".into());
    refused(|draft| draft.id = "".into());
    refused(|draft| draft.id = "1a".into());
    refused(|draft| draft.id = "_a\"b".into());
    refused(|draft| draft.id = "a:b".into());
    refused(|draft| draft.issued_at = Timestamp::from_millis(i64::MAX));
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
                authenticated: Some(Authenticated {
                    method: AuthenticationMethod::Token, // a password, but this version does not say over what
                    at: at(-5),
                }),
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
fn names_of_every_form_are_read_back() {
    for name in [MAIL, "groups", "urn:oid:2.5.4.42", "http://a/", "/x", "/", "a/b"] {
        let draft = claiming(&[(name, &["v"])]);
        let contents = verify(&octets(encode(&draft, P256)), &[trusted(P256)]).unwrap();
        assert_eq!(contents.attributes, draft.attributes, "{name}");
    }
}

#[test]
fn a_short_name_is_never_the_uri_of_another_claim() {
    let claim = |name: &str| {
        said(|text| {
            let mail = "AttributeName=\"emailaddress\" AttributeNamespace=\"http://schemas.xmlsoap.org/ws/2005/05/identity/claims\"";
            let other = format!("AttributeName=\"{name}\" AttributeNamespace=\"{SHORT_NAMES}\"");
            text.replacen(mail, &other, 1)
        })
        .unwrap()
        .attributes
        .iter()
        .next()
        .unwrap()
        .name
        .as_str()
        .to_owned()
    };
    assert_eq!(claim("mail"), "mail");
    assert_eq!(claim(MAIL), format!("{SHORT_NAMES}/{MAIL}"));
}

#[test]
fn the_issuer_is_named_before_anything_is_believed() {
    let token = octets(unsigned(&draft()));
    assert_eq!(Saml11.issuer(&token).unwrap(), "https://sts.example/demo");
    let parsed = Saml11.parsed(token).unwrap();
    assert!(matches!(parsed, RawToken::Xml(_)));
    assert_eq!(Saml11.issuer(&parsed).unwrap(), "https://sts.example/demo");
}

#[test]
fn an_assertion_inside_a_message_is_verified_where_it_stands() {
    let issuer = P256;
    let token = String::from_utf8(encode(&draft(), issuer)).unwrap();
    // The message has the same prefix for another namespace, a default namespace, and an element of the token's id.
    let message = format!(
        "<m xmlns='urn:m' xmlns:saml='urn:other'><x ID='_0f1e2d3c4b5a69788796a5b4c3d2e1f0'/>{token}</m>"
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
fn two_audience_conditions_are_two_demands() {
    let contents = replaced(
        "<saml:AudienceRestrictionCondition>",
        "<saml:AudienceRestrictionCondition><saml:Audience>urn:a</saml:Audience></saml:AudienceRestrictionCondition>\
         <saml:AudienceRestrictionCondition>",
    )
    .unwrap();
    assert_eq!(contents.audiences, [["urn:a"], ["https://orders.example/"]]);
}

#[test]
fn a_comment_does_not_shorten_a_name() {
    let contents = said(|text| {
        text.replace(">alice<", ">alice<!-- -->@evil.example<").replacen(
            ">alice@example.com<",
            ">alice<!---->@example.com<",
            1,
        )
    })
    .unwrap();
    assert_eq!(contents.subject.value, "alice@evil.example");
    assert_eq!(contents.attributes.get(MAIL).unwrap(), ["alice@example.com"]);
}

#[test]
fn a_nil_value_is_no_value() {
    let contents = replaced(
        "<saml:AttributeValue>alice@example.com</saml:AttributeValue>",
        "<saml:AttributeValue xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\"/>",
    )
    .unwrap();
    assert!(contents.attributes.get(MAIL).unwrap().is_empty());
}

#[test]
fn what_else_is_stated_of_the_same_subject_changes_nothing() {
    let contents = said(|text| {
        let subject = part(&text, "Subject");
        let more = format!(
            "<saml:AuthorizationDecisionStatement Resource=\"urn:r\" Decision=\"Permit\">{subject}\
             <saml:Action>read</saml:Action></saml:AuthorizationDecisionStatement>"
        );
        text.replacen("</saml:Assertion>", &format!("{more}</saml:Assertion>"), 1).replacen(
            "</saml:Conditions>",
            "</saml:Conditions><saml:Advice/>",
            1,
        )
    })
    .unwrap();
    assert_eq!(contents.attributes, draft().attributes);
}

/// The first element of that name.
fn part(text: &str, name: &str) -> String {
    let (open, close) = (format!("<saml:{name}>"), format!("</saml:{name}>"));
    let (_, from) = text.split_once(&open).unwrap();
    let (inside, _) = from.split_once(&close).unwrap();
    format!("{open}{inside}{close}")
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
                let id = format!("AssertionID {ASSERTION}:Assertion");
                let Some(verified) = xmlsec1(&text, &id, issuer) else { return };
                assert_eq!(verified, good);
            }
        }
    }
}
