//! A token as the credential: what it must be, and that nobody learns whom we trust.

use symbolon_conformance::foreign::{OTHER_ISSUER, Saml, wrapped};
use symbolon_conformance::{ALICE, Answer, PASSWORD, Rst, assertion_of, username_token};
use symbolon_testkit::{OTHER_RSA, RSA};

use crate::support::{faulted, is_fault, snapshot};

const PATH: &str = "/trust/13/issuedtokenmixed";

fn by(credential: String) -> Answer {
    Rst { path: PATH, credential, ..Rst::default() }.send()
}

fn good() -> Saml {
    Saml::for_endpoint(PATH)
}

#[test]
fn the_subject_of_another_issuers_token_gets_a_token() {
    let answer = by(good().signed());
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(assertion_of(&answer).contains(">dora</saml2:NameID>"));
    snapshot(&answer);
}

#[test]
fn an_unsigned_token_is_refused() {
    faulted(&by(good().unsigned()), "s:Sender/wsse:FailedCheck"); // WSS SMS 1.1.1 §12
}

#[test]
fn whatever_is_wrong_before_the_signature_holds_is_one_answer() {
    let answer = by(good().unsigned());
    let signed = good().signed();
    let bad = [
        ("another issuer's key", Saml { key: OTHER_RSA, ..good() }.signed()),
        (
            "in another's name",
            Saml { issuer: OTHER_ISSUER.to_owned(), key: RSA, ..good() }.signed(),
        ),
        (
            "of a stranger",
            Saml { issuer: "https://stranger.example".to_owned(), ..good() }.signed(),
        ),
        ("changed", signed.replace("dora", "root")),
        ("wrapped", wrapped(&signed, "root")),
    ];
    for (what, token) in bad {
        let other = by(token);
        is_fault(&other, "s:Sender/wsse:FailedCheck"); // WSS SMS 1.1.1 §12
        assert_eq!(other.shown(), answer.shown(), "{what}");
    }
}

#[test]
fn an_expired_token_is_refused() {
    let expired = Saml { until: -400, ..good() };
    faulted(&by(expired.signed()), "s:Sender/wsse:InvalidSecurityToken"); // WSS SMS 1.1.1 §12
}

#[test]
fn a_token_for_somebody_else_is_refused() {
    let answer = by(Saml { audience: "urn:rp:app".to_owned(), ..good() }.signed());
    faulted(&answer, "s:Sender/wsse:InvalidSecurityToken"); // SAML 2.0 core §2.5.1.4
    let elsewhere = Some("https://elsewhere.example/".to_owned());
    for recipient in [None, elsewhere] {
        let other = by(Saml { recipient, ..good() }.signed()); // SAML 2.0 profiles §3.3
        assert_eq!(other.shown(), answer.shown());
    }
}

#[test]
fn the_subject_of_an_issuer_that_the_relying_party_does_not_know_is_refused() {
    let token = Saml { issuer: OTHER_ISSUER.to_owned(), key: OTHER_RSA, ..good() };
    faulted(&by(token.signed()), "s:Sender/wst:RequestFailed"); // WS-Trust 1.4 §11
}

#[test]
fn two_tokens_are_refused() {
    let two = good().signed() + &good().signed();
    faulted(&by(two), "s:Sender/wsse:InvalidSecurity"); // WSS SMS 1.1.1 §12
}

#[test]
fn a_password_is_refused_where_a_token_is_demanded() {
    let password = username_token(ALICE, PASSWORD);
    faulted(&by(password), "s:Sender/wsse:UnsupportedSecurityToken"); // WSS SMS 1.1.1 §12
}

#[test]
fn a_token_is_refused_where_a_password_is_demanded() {
    let asked = Rst { credential: good().signed(), ..Rst::default() };
    faulted(&asked.send(), "s:Sender/wsse:UnsupportedSecurityToken"); // WSS SMS 1.1.1 §12
}
