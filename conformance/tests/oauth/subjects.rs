//! The subject token: what it must be. Every flaw is one answer: RFC 8693 §2.2.2 knows only `invalid_request`.

use serde_json::{Value, json};
use symbolon_conformance::foreign::{
    ISSUER, OTHER_ISSUER, Saml, claims, claims_but, jwt, jwt_by, jwt_of, wrapped,
};
use symbolon_conformance::{Answer, CLIENT_SECRET, Form, basic, now, sts};
use symbolon_testkit::{KnownKey, OTHER_P256, OTHER_RSA, P256, RSA};

use crate::support::{is_refusal, refused};

fn not_acceptable(answer: &Answer, what: &str) {
    assert_eq!(answer.json()["error_description"], "the subject token is not acceptable", "{what}");
    is_refusal(answer, 400, "invalid_request");
}

#[test]
fn an_unsigned_assertion_is_refused() {
    refused(&Form::saml(&Saml::default().unsigned()).send(), 400, "invalid_request"); // RFC 8693 §2.2.2
}

#[test]
fn whatever_is_wrong_with_an_assertion_is_one_answer() {
    let answer = Form::saml(&Saml::default().unsigned()).send();
    let good = Saml::default();
    let signed = good.signed();
    let elsewhere = Some("https://elsewhere.example/".to_owned());
    let bad = [
        ("another issuer's key", Saml { key: OTHER_RSA, ..good.clone() }.signed()),
        ("another issuer's key of another kind", Saml { key: OTHER_P256, ..good.clone() }.signed()),
        ("in another's name", Saml { issuer: OTHER_ISSUER.to_owned(), ..good.clone() }.signed()),
        ("in our name", Saml { issuer: sts().base(), ..good.clone() }.signed()),
        (
            "of a stranger",
            Saml { issuer: "https://stranger.example".to_owned(), ..good.clone() }.signed(),
        ),
        ("changed", signed.replace("dora", "root")),
        ("wrapped", wrapped(&signed, "root")),
        ("expired", Saml { until: -400, ..good.clone() }.signed()),
        (
            "wrong audience",
            Saml { audience: "https://elsewhere.example".to_owned(), ..good.clone() }.signed(),
        ),
        ("wrong recipient", Saml { recipient: elsewhere, ..good.clone() }.signed()),
        ("no recipient", Saml { recipient: None, ..good.clone() }.signed()),
        ("a document type", format!("<!DOCTYPE a>{signed}")),
        ("an element around it", format!("<a>{signed}</a>")),
        ("no XML", "assertion".to_owned()),
    ];
    for (what, token) in bad {
        let other = Form::saml(&token).send();
        not_acceptable(&other, what);
        assert_eq!(other.shown(), answer.shown(), "{what}");
    }
    assert_eq!(Form::saml(&signed).send().status, 200);
}

#[test]
fn whatever_is_wrong_with_a_jwt_is_one_answer() {
    let answer = Form::jwt(&jwt_of(&json!({ "alg": "none" }), &claims(), b"")).send();
    refused(&answer, 400, "invalid_request"); // RFC 8693 §2.2.2; RFC 8725 §3.1
    let now = now().seconds();
    let good = jwt(&claims());
    let (unsigned, _) = good.rsplit_once('.').unwrap();
    let bad = [
        ("alg None", jwt_of(&json!({ "alg": "None" }), &claims(), b"")),
        ("alg none, and a typ", jwt_of(&json!({ "alg": "none", "typ": "JWT" }), &claims(), b"x")),
        ("signature cut off", format!("{unsigned}.")),
        ("two parts", unsigned.to_owned()),
        ("the public key as a secret", hmac_with_public_key(P256, &claims())),
        ("another issuer's key", jwt_by(OTHER_P256, &claims())),
        ("another issuer's key of another kind", jwt_by(OTHER_RSA, &claims())),
        ("in another's name", jwt(&claims_but("iss", OTHER_ISSUER))),
        ("in our name", jwt(&claims_but("iss", sts().base()))),
        ("of a stranger", jwt(&claims_but("iss", "https://stranger.example"))),
        ("without an issuer", jwt(&claims_but("iss", json!(null)))),
        ("wrong audience", jwt(&claims_but("aud", "https://elsewhere.example"))),
        ("no audience", jwt(&claims_but("aud", json!([])))),
        ("expired", jwt(&claims_but("exp", now - 400))),
        ("without an end", jwt(&claims_but("exp", json!(null)))),
        ("not yet", jwt(&claims_but("nbf", now + 400))),
        ("without a subject", jwt(&claims_but("sub", ""))),
        ("bound to a key", jwt(&claims_but("cnf", json!({ "jkt": "x" })))),
        ("held by an actor", jwt(&claims_but("act", json!({ "sub": "x" })))),
        (
            "an unknown critical header",
            jwt_of(&json!({ "alg": "ES256", "crit": ["x"], "x": 1 }), &claims(), b"x"),
        ),
        ("no JWT", "a.b.c".to_owned()),
        ("an assertion", Saml::default().signed()),
    ];
    for (what, token) in bad {
        let other = Form::jwt(&token).send();
        not_acceptable(&other, what);
        assert_eq!(other.shown(), answer.shown(), "{what}");
    }
    assert_eq!(Form::jwt(&good).send().status, 200);
}

/// HS256 with the signer's certificate as the secret: what a library does that takes the algorithm from the header.
pub(crate) fn hmac_with_public_key(key: KnownKey, claims: &Value) -> String {
    let header = json!({ "alg": "HS256", "typ": "JWT" });
    let unsigned = jwt_of(&header, claims, b"");
    let key =
        aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, key.certificate_pem.as_bytes());
    let signature = aws_lc_rs::hmac::sign(&key, unsigned.trim_end_matches('.').as_bytes());
    jwt_of(&header, claims, signature.as_ref())
}

#[test]
fn a_key_that_a_token_carries_is_not_looked_at() {
    let key =
        json!({ "alg": "ES256", "jwk": { "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA" } });
    let signed = jwt_by(OTHER_P256, &claims());
    let signature = signed.rsplit('.').next().unwrap();
    let token = jwt_of(&key, &claims(), signature.as_bytes());
    not_acceptable(&Form::jwt(&token).send(), "jwk"); // RFC 8725 §3.10
}

#[test]
fn an_oversized_subject_token_is_refused() {
    let padding = "x".repeat(70_000);
    let token = jwt(&claims_but("padding", padding.as_str()));
    refused(&Form::jwt(&token).send(), 400, "invalid_request"); // RFC 8693 §2.2.2; our limit: 64 KiB
    let also = format!(
        "<saml2:Advice><saml2:AssertionIDRef>_{padding}</saml2:AssertionIDRef></saml2:Advice>"
    );
    let assertion = Saml { also, ..Saml::default() }.signed();
    not_acceptable(&Form::saml(&assertion).send(), "an assertion");
}

#[test]
fn a_token_is_verified_as_what_the_client_declares() {
    let assertion = Saml::default().signed();
    not_acceptable(&Form::exchange(&assertion, "jwt").send(), "an assertion as a JWT");
    let answer = Form::exchange(&jwt(&claims()), "saml2").send();
    is_refusal(&answer, 400, "invalid_request"); // RFC 8693 §2.1
}

#[test]
fn an_assertion_that_is_not_in_base64url_is_refused() {
    let answer = Form::exchange(&Saml::default().signed(), "saml2").send();
    refused(&answer, 400, "invalid_request"); // RFC 8693 §3
}

#[test]
fn a_key_of_the_issuer_that_is_of_another_kind_signs_as_well() {
    let (rsa, p256) = (RSA, P256);
    for key in [rsa, p256] {
        assert_eq!(Form::saml(&Saml { key, ..Saml::default() }.signed()).send().status, 200);
        assert_eq!(Form::jwt(&jwt_by(key, &claims())).send().status, 200);
    }
}

#[test]
fn our_own_token_for_a_relying_party_is_exchanged_only_by_whom_it_lists() {
    let own = crate::issued::own_assertion("urn:rp:app");
    assert_eq!(Form::saml(&own).send().status, 200);
    let narrow = Form::saml(&own).by(Some(basic("narrow", CLIENT_SECRET)));
    not_acceptable(&narrow.send(), "narrow");
    let other = crate::issued::own_assertion("urn:rp:ecdsa");
    not_acceptable(&Form::saml(&other).send(), "another relying party's");
}

#[test]
fn the_subject_of_an_issuer_that_the_relying_party_does_not_know_is_refused() {
    let token = jwt_by(OTHER_P256, &claims_but("iss", OTHER_ISSUER));
    refused(&Form::jwt(&token).send(), 400, "invalid_target"); // RFC 8693 §2.2.2
    assert_ne!(ISSUER, OTHER_ISSUER);
}
