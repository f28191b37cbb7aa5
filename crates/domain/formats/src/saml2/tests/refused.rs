//! What is refused although the issuer signed it.

use super::*;

#[test]
fn a_condition_that_is_not_known_is_not_met() {
    let with = |condition: &str| {
        let condition = format!("{condition}</saml2:Conditions>");
        not_understood(said(|text| text.replacen("</saml2:Conditions>", &condition, 1)))
    };
    assert_eq!(with("<saml2:OneTimeUse/>"), "the condition OneTimeUse");
    assert_eq!(with("<saml2:ProxyRestriction Count=\"0\"/>"), "the condition ProxyRestriction");
    with(
        "<saml2:Condition xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:d=\"urn:oasis:names:tc:SAML:2.0:conditions:delegation\" xsi:type=\"d:DelegationRestrictionType\"/>",
    );
    with("<AudienceRestriction xmlns=\"urn:other\"/>");
}

#[test]
fn what_is_not_an_assertion_of_version_2_is_refused() {
    not_understood(replaced("Version=\"2.0\"", "Version=\"2.1\""));
    malformed(replaced("Version=\"2.0\"", ""));
    let keys = [trusted(P256)];
    let encrypted = format!("<EncryptedAssertion xmlns=\"{ASSERTION}\"/>");
    not_understood(verify(&octets(encrypted), &keys));
    for other in [
        "",
        "not xml",
        "<Assertion/>",
        "<Assertion xmlns=\"urn:oasis:names:tc:SAML:1.0:assertion\" MajorVersion=\"1\"/>",
        "<!DOCTYPE a><a/>",
    ] {
        malformed(verify(&octets(other), &keys));
        assert!(Saml2.issuer(&octets(other)).is_err());
        assert!(Saml2.parsed(octets(other)).is_err());
    }
}

#[test]
fn an_oversized_token_is_refused_before_it_is_parsed() {
    let mut token = unsigned(&draft()).into_bytes();
    token.resize(Limits::TOKEN.octets + 1, b' ');
    malformed(verify(&octets(token), &[trusted(P256)]));
}

#[test]
fn what_must_stand_once_does_not_stand_twice() {
    for part in ["Issuer", "Subject", "Conditions", "NameID", "AuthnContext"] {
        let why = malformed(said(|text| {
            let start = text.find(&format!("<saml2:{part}")).unwrap();
            let close = format!("</saml2:{part}>");
            let end = text[start..].find(&close).unwrap() + start + close.len();
            let (before, after) = text.split_at(end);
            format!("{before}{}{after}", &before[start..])
        }));
        assert_eq!(why, format!("{part} stands twice"));
    }
    not_understood(said(|text| {
        let start = text.find("<saml2:AuthnStatement").unwrap();
        let end = text.find("<saml2:AttributeStatement").unwrap();
        text.replacen(
            "<saml2:AttributeStatement",
            &format!("{}<saml2:AttributeStatement", &text[start..end]),
            1,
        )
    }));
}

#[test]
fn what_must_stand_is_missed() {
    malformed(said(|text| without(&text, "Conditions")));
    malformed(said(|text| without(&text, "Subject")));
    malformed(said(|text| without(&text, "NameID")));
    malformed(replaced(" IssueInstant=\"2026-11-21T00:00:00.000Z\"", ""));
    malformed(replaced(
        "NotBefore=\"2026-11-21T00:00:00.000Z\" NotOnOrAfter=\"2026-11-21T01:00:00.000Z\"",
        "",
    ));
    malformed(replaced("AuthnInstant=\"2026-11-20T23:59:55.000Z\" ", ""));
    malformed(replaced(" Name=\"groups\"", ""));
    malformed(replaced(">alice<", "><"));
    malformed(replaced(">https://sts.example/demo<", "><"));
}

fn without(text: &str, part: &str) -> String {
    let (before, rest) = text.split_once(&format!("<saml2:{part}")).unwrap();
    let (_, after) = rest.split_once(&format!("</saml2:{part}>")).unwrap();
    format!("{before}{after}")
}

#[test]
fn a_holder_of_key_is_not_a_bearer() {
    not_understood(replaced("cm:bearer", "cm:holder-of-key"));
    not_understood(replaced("cm:bearer", "cm:sender-vouches"));
    not_understood(said(|text| without(&text, "SubjectConfirmation")));
}

#[test]
fn a_bearer_that_is_bound_to_more_than_time_and_place_is_not_plain() {
    let bound = |inner: &str| {
        let inner = format!("{inner}</saml2:SubjectConfirmation>");
        not_understood(said(|text| text.replacen("</saml2:SubjectConfirmation>", &inner, 1)))
    };
    bound("<saml2:NameID>proxy</saml2:NameID>");
    bound("<saml2:SubjectConfirmationData Address=\"192.0.2.1\"/>");
    not_understood(replaced(
        "></saml2:SubjectConfirmationData>",
        "><ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/></saml2:SubjectConfirmationData>",
    ));
}

#[test]
fn what_is_encrypted_is_not_skipped() {
    not_understood(replaced(
        "<saml2:AttributeStatement>",
        "<saml2:AttributeStatement><saml2:EncryptedAttribute/>",
    ));
    not_understood(said(|text| {
        without(&text, "NameID").replacen(
            "<saml2:Subject>",
            "<saml2:Subject><saml2:EncryptedID/>",
            1,
        )
    }));
    not_understood(replaced("<saml2:Subject>", "<saml2:Subject><saml2:BaseID/>"));
}

#[test]
fn a_name_of_another_domain_is_not_taken_for_the_issuers() {
    not_understood(replaced(
        "<saml2:NameID ",
        "<saml2:NameID NameQualifier=\"https://evil.example\" ",
    ));
    not_understood(replaced(
        "<saml2:NameID ",
        "<saml2:NameID SPNameQualifier=\"https://evil.example\" ",
    ));
    let own = replaced(
        "<saml2:NameID ",
        "<saml2:NameID NameQualifier=\"https://sts.example/demo\" SPNameQualifier=\"https://orders.example/\" ",
    );
    assert_eq!(own.unwrap().subject.value, "alice");
}

#[test]
fn elements_where_text_belongs_are_refused() {
    malformed(replaced(">alice<", ">ali<b/>ce<"));
    malformed(replaced(">alice@example.com<", "><b>alice@example.com</b><"));
    malformed(replaced(">https://orders.example/<", ">https://orders.example/<b/><"));
    malformed(replaced("<saml2:Audience>", "<saml2:Other/><saml2:Audience>"));
    malformed(replaced("<saml2:AttributeValue>", "<saml2:Other/><saml2:AttributeValue>"));
    malformed(replaced("<saml2:AttributeStatement>", "<saml2:AttributeStatement><saml2:Other/>"));
    malformed(replaced("</saml2:Assertion>", "<saml2:Other/></saml2:Assertion>"));
}

#[test]
fn a_time_that_is_not_utc_is_refused() {
    malformed(replaced(
        "NotOnOrAfter=\"2026-11-21T01:00:00.000Z\"><",
        "NotOnOrAfter=\"2026-11-21T01:00:00\"><",
    ));
    malformed(replaced(
        "NotBefore=\"2026-11-21T00:00:00.000Z\"",
        "NotBefore=\"2026-11-21T00:00:00+00:00\"",
    ));
    malformed(replaced("IssueInstant=\"2026-11-21T00:00:00.000Z\"", "IssueInstant=\"now\""));
}
