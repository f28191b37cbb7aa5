//! What is refused although the issuer signed it.

use super::*;

#[test]
fn a_condition_that_is_not_known_is_not_met() {
    let with = |condition: &str| {
        let condition = format!("{condition}</saml:Conditions>");
        not_understood(said(|text| text.replacen("</saml:Conditions>", &condition, 1)))
    };
    assert_eq!(with("<saml:DoNotCacheCondition/>"), "the condition DoNotCacheCondition");
    with(
        "<saml:Condition xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:x=\"urn:x\" xsi:type=\"x:Type\"/>",
    );
    with("<AudienceRestrictionCondition xmlns=\"urn:other\"/>");
    with("<saml:AudienceRestriction/>");
}

#[test]
fn what_is_not_an_assertion_of_version_1_1_is_refused() {
    not_understood(replaced("MajorVersion=\"1\"", "MajorVersion=\"2\""));
    not_understood(replaced("MinorVersion=\"1\"", "MinorVersion=\"0\""));
    not_understood(replaced("MinorVersion=\"1\"", "MinorVersion=\"01\""));
    malformed(replaced(" MajorVersion=\"1\"", ""));
    malformed(replaced(" MinorVersion=\"1\"", ""));
    for other in [
        "",
        "not xml",
        "<Assertion MajorVersion=\"1\" MinorVersion=\"1\"/>",
        "<Assertion xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\" Version=\"2.0\" MajorVersion=\"1\" MinorVersion=\"1\"/>",
        "<Statement xmlns=\"urn:oasis:names:tc:SAML:1.0:assertion\" MajorVersion=\"1\" MinorVersion=\"1\"/>",
        "<!DOCTYPE a><a/>",
    ] {
        malformed(verify(&octets(other), &[trusted(P256)]));
        assert!(Saml11.issuer(&octets(other)).is_err());
        assert!(Saml11.parsed(octets(other)).is_err());
    }
}

#[test]
fn an_assertion_of_one_version_is_not_one_of_the_other() {
    let signer = P256.signer();
    let two = ready(crate::saml2::Saml2.encode(&draft(), &signer)).unwrap().into_vec();
    malformed(verify(&octets(two), &[trusted(P256)]));
    let one = octets(encode(&draft(), P256));
    malformed(ready(crate::saml2::Saml2.verify(&one, &vec![trusted(P256)].into())));
}

#[test]
fn an_oversized_token_is_refused_before_it_is_parsed() {
    let mut token = unsigned(&draft()).into_bytes();
    token.resize(Limits::TOKEN.octets + 1, b' ');
    malformed(verify(&octets(token), &[trusted(P256)]));
}

#[test]
fn what_must_stand_once_does_not_stand_twice() {
    let twice = |name: &'static str| {
        said(|text| {
            let start = text.find(&format!("<saml:{name}")).unwrap();
            let close = format!("</saml:{name}>");
            let end = text[start..].find(&close).unwrap() + start + close.len();
            let (before, after) = text.split_at(end);
            format!("{before}{}{after}", &before[start..])
        })
    };
    for part in ["Conditions", "Subject", "NameIdentifier"] {
        assert_eq!(malformed(twice(part)), format!("{part} stands twice"));
    }
    malformed(twice("SubjectConfirmation"));
    assert_eq!(not_understood(twice("AuthenticationStatement")), "two AuthenticationStatements");
}

#[test]
fn what_must_stand_is_missed() {
    malformed(said(|text| without(&text, "Conditions")));
    malformed(said(|text| without(&text, "Subject")));
    malformed(said(|text| without(&text, "NameIdentifier")));
    let why = malformed(said(|text| {
        without(&without(&text, "AttributeStatement"), "AuthenticationStatement")
    }));
    assert_eq!(why, "no statement about a subject");
    malformed(replaced(" IssueInstant=\"2026-11-21T00:00:00.000Z\"", ""));
    malformed(replaced(" Issuer=\"https://sts.example/demo\"", ""));
    malformed(replaced("Issuer=\"https://sts.example/demo\"", "Issuer=\"\""));
    malformed(replaced(" NotOnOrAfter=\"2026-11-21T01:00:00.000Z\"", ""));
    malformed(replaced(" AuthenticationInstant=\"2026-11-20T23:59:55.000Z\"", ""));
    malformed(replaced(" AuthenticationMethod=\"urn:oasis:names:tc:SAML:1.0:am:password\"", ""));
    malformed(replaced(" AttributeName=\"groups\"", ""));
    malformed(replaced(" AttributeNamespace=\"http://schemas.xmlsoap.org/claims\"", ""));
    malformed(replaced(">alice<", "><"));
}

fn without(text: &str, part: &str) -> String {
    let (before, rest) = text.split_once(&format!("<saml:{part}")).unwrap();
    let (_, after) = rest.split_once(&format!("</saml:{part}>")).unwrap();
    format!("{before}{after}")
}

#[test]
fn statements_about_two_subjects_are_refused() {
    let of_the_second = |what: &str, with: &str| {
        not_understood(said(|text| {
            let (first, second) = text.split_once("<saml:AuthenticationStatement").unwrap();
            let second = second.replacen(what, with, 1);
            format!("{first}<saml:AuthenticationStatement{second}")
        }))
    };
    let why = "statements about different subjects";
    assert_eq!(of_the_second(">alice<", ">root<"), why);
    assert_eq!(of_the_second("nameid-format:unspecified", "nameid-format:emailAddress"), why);
    of_the_second("cm:bearer", "cm:holder-of-key");
    // Also where the other statement is one that nobody reads.
    for other in ["AuthorizationDecisionStatement", "SubjectStatement"] {
        assert_eq!(
            not_understood(said(|text| {
                let root = part(&text, "Subject").replacen(">alice<", ">root<", 1);
                let more = format!("<saml:{other}>{root}</saml:{other}></saml:Assertion>");
                text.replacen("</saml:Assertion>", &more, 1)
            })),
            why
        );
    }
}

#[test]
fn a_holder_of_key_is_not_a_bearer() {
    not_understood(said(|text| text.replace("cm:bearer", "cm:holder-of-key")));
    not_understood(said(|text| text.replace("cm:bearer", "cm:sender-vouches")));
    not_understood(said(|text| text.replace("cm:bearer", "cm:artifact")));
    not_understood(said(|text| without(&text, "SubjectConfirmation")));
}

#[test]
fn a_bearer_of_whom_more_is_asked_is_not_plain() {
    let also = |inner: &str| {
        let inner = format!("{inner}</saml:SubjectConfirmation>");
        not_understood(said(|text| text.replace("</saml:SubjectConfirmation>", &inner)))
    };
    also("<ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/>");
    also("<saml:SubjectConfirmationData>x</saml:SubjectConfirmationData>");
    also(
        "<saml:ConfirmationMethod>urn:oasis:names:tc:SAML:1.0:cm:holder-of-key</saml:ConfirmationMethod>",
    );
    also(
        "<saml:ConfirmationMethod>urn:oasis:names:tc:SAML:1.0:cm:bearer</saml:ConfirmationMethod>",
    );
}

#[test]
fn a_name_of_another_domain_is_not_taken_for_the_issuers() {
    let qualified = |by: &str| {
        let name = format!("<saml:NameIdentifier NameQualifier=\"{by}\" ");
        said(|text| text.replace("<saml:NameIdentifier ", &name))
    };
    not_understood(qualified("https://evil.example"));
    not_understood(qualified(""));
    assert_eq!(qualified("https://sts.example/demo").unwrap().subject.value, "alice");
}

#[test]
fn elements_where_they_do_not_belong_are_refused() {
    malformed(replaced(">alice<", ">ali<b/>ce<"));
    malformed(replaced(">alice@example.com<", "><b>alice@example.com</b><"));
    malformed(replaced(">https://orders.example/<", ">https://orders.example/<b/><"));
    malformed(replaced("<saml:Audience>", "<saml:Other/><saml:Audience>"));
    malformed(replaced("<saml:AttributeValue>", "<saml:Other/><saml:AttributeValue>"));
    malformed(replaced("<saml:AttributeStatement>", "<saml:AttributeStatement><saml:Other/>"));
    malformed(replaced("</saml:Subject>", "<saml:Other/></saml:Subject>"));
    malformed(replaced("</saml:Assertion>", "<saml:Other/></saml:Assertion>"));
    malformed(replaced("</saml:Assertion>", "<Subject xmlns=\"urn:other\"/></saml:Assertion>"));
}

#[test]
fn a_time_that_is_not_utc_is_refused() {
    malformed(replaced(
        "NotOnOrAfter=\"2026-11-21T01:00:00.000Z\"",
        "NotOnOrAfter=\"2026-11-21T01:00:00\"",
    ));
    malformed(replaced(
        "NotBefore=\"2026-11-21T00:00:00.000Z\"",
        "NotBefore=\"2026-11-21T00:00:00+00:00\"",
    ));
    malformed(replaced("IssueInstant=\"2026-11-21T00:00:00.000Z\"", "IssueInstant=\"now\""));
    malformed(replaced("2026-11-20T23:59:55.000Z", "2026-11-20T23:59:60Z"));
}
