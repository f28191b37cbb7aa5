//! Clients that sign for themselves, and clients that cannot prove who they are.

use serde_json::{Value, json};
use symbolon_conformance::foreign::{Saml, jwt_by, jwt_of};
use symbolon_conformance::{Answer, CLIENT, CLIENT_SECRET, Form, basic, foreign, now, sts};
use symbolon_testkit::{OTHER_P256, OTHER_RSA, P256};

use crate::grants::encoded;
use crate::issued::{issued, own_assertion, parts, token};
use crate::subjects::hmac_with_public_key;
use crate::support::{is_refusal, refused};

const JWT: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The claims of a good assertion of the client `cid-jwt`.
fn good() -> Value {
    let mut claims = foreign::claims();
    claims["iss"] = "cid-jwt".into();
    claims["sub"] = "cid-jwt".into();
    claims
}

fn but(name: &str, value: impl Into<Value>) -> Value {
    let mut claims = good();
    claims[name] = value.into();
    claims
}

fn signed(claims: &Value) -> String {
    jwt_by(OTHER_P256, claims)
}

/// A token about the client itself, which its assertion names.
fn by(assertion: &str) -> Form {
    let form = Form::with_grant("client_credentials").by(None);
    form.and("client_assertion_type", JWT).and("client_assertion", assertion)
}

#[test]
fn a_client_that_signed_gets_a_token_about_itself() {
    for key in [OTHER_P256, OTHER_RSA] {
        let answer = issued(&by(&jwt_by(key, &good())).and("scope", "read"));
        assert_eq!(answer.json().get("issued_token_type"), None); // RFC 6749 §5.1: no exchange
        let (_, claims) = parts(&token(&answer));
        assert_eq!((&claims["sub"], &claims["client_id"]), (&json!("cid-jwt"), &json!("cid-jwt"))); // RFC 9068 §2.2
        assert_eq!((&claims["aud"], &claims["scope"]), (&json!("urn:rp:app"), &json!("read")));
    }
    let named = by(&signed(&but("aud", format!("{}/oauth2/token", sts().base()))));
    assert_eq!(named.and("client_id", "cid-jwt").send().status, 200);
}

#[test]
fn a_copy_of_a_client_assertion_is_refused() {
    let assertion = signed(&good());
    assert_eq!(by(&assertion).send().status, 200);
    refused(&by(&assertion).send(), 401, "invalid_client"); // RFC 7523 §3, RFC 7521 §4.2.1
    let elsewhere = Form::granted("jwt-bearer", &foreign::jwt(&foreign::claims())).by(None);
    let elsewhere = elsewhere.and("client_assertion_type", JWT).and("client_assertion", &assertion);
    is_refusal(&elsewhere.send(), 401, "invalid_client");
}

#[test]
fn whatever_is_wrong_with_a_client_assertion_is_one_answer() {
    let answer = by(&signed(&but("aud", "https://elsewhere.example"))).send();
    refused(&answer, 401, "invalid_client"); // RFC 7521 §4.2.1
    let now = now().seconds();
    let good_one = signed(&good());
    let (unsigned, _) = good_one.rsplit_once('.').unwrap();
    let jwks = format!("{}/oauth2/jwks", sts().base());
    let bad = [
        ("two audiences", signed(&but("aud", json!([sts().base(), "urn:x"])))),
        ("another endpoint's address", signed(&but("aud", jwks))),
        ("another issuer", signed(&but("iss", CLIENT))),
        ("another subject", signed(&but("sub", "other signer"))),
        ("of a stranger", signed(&but("sub", "stranger"))),
        ("over", signed(&but("exp", now - 400))),
        ("for ever", signed(&but("exp", now + 100_000))),
        ("without an end", signed(&but("exp", Value::Null))),
        ("not yet", signed(&but("nbf", now + 400))),
        ("without an id", signed(&but("jti", ""))),
        ("alg none", jwt_of(&json!({ "alg": "none" }), &good(), b"")),
        ("the public key as a secret", hmac_with_public_key(OTHER_P256, &good())),
        ("another client's key", jwt_by(P256, &good())),
        ("signature cut off", format!("{unsigned}.")),
        ("no JWT", "a.b.c".to_owned()),
    ];
    for (what, assertion) in bad {
        assert_eq!(by(&assertion).send().shown(), answer.shown(), "{what}");
    }
    let other_id = by(&good_one).and("client_id", CLIENT).send();
    assert_eq!(other_id.shown(), answer.shown(), "another client_id"); // RFC 7521 §4.2
    let saml = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer";
    let as_saml = by(&good_one).but("client_assertion_type", saml).send();
    assert_eq!(as_saml.shown(), answer.shown(), "another type");
    assert_eq!(by(&good_one).send().status, 200);
}

#[test]
fn an_assertion_beside_another_credential_is_refused() {
    let signed = || by(&signed(&good()));
    let with_header = signed().by(Some(basic(CLIENT, CLIENT_SECRET))).send();
    refused(&with_header, 400, "invalid_request"); // RFC 6749 §2.3, RFC 7521 §4.2
    let with_secret = signed().and("client_id", CLIENT).and("client_secret", CLIENT_SECRET);
    assert_eq!(with_secret.send().shown(), with_header.shown());
}

// ---- clients that prove nothing

fn public(form: Form) -> Answer {
    form.by(None).and("client_id", "public").send()
}

#[test]
fn a_public_client_gets_what_its_assertion_gives() {
    let of = |party| Form::granted("saml2-bearer", &encoded(&own_assertion(party)));
    let answer = public(of("urn:rp:app"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    let (_, claims) = parts(&token(&answer));
    assert_eq!((&claims["sub"], &claims["client_id"]), (&json!("alice"), &json!("public")));
    is_refusal(&public(of("urn:rp:ecdsa")), 400, "invalid_grant"); // RFC 7521 §4.1.1
}

#[test]
fn a_public_client_has_no_grant_that_its_object_does_not_list() {
    let answer = public(Form::with_grant("client_credentials").and("audience", "urn:rp:app"));
    refused(&answer, 400, "unauthorized_client"); // RFC 6749 §4.4, §5.2
    let exchange = public(Form::saml(&Saml::default().signed()));
    assert_eq!(exchange.shown(), answer.shown());
}

#[test]
fn a_name_alone_is_enough_for_public_clients_only() {
    let good = || Form::granted("saml2-bearer", &encoded(&Saml::default().signed())).by(None);
    let answer = good().and("client_id", CLIENT).send();
    refused(&answer, 401, "invalid_client"); // RFC 6749 §5.2
    for id in ["cid-jwt", "stranger", "alice"] {
        assert_eq!(good().and("client_id", id).send().shown(), answer.shown(), "{id}");
    }
    let with_secret = good().by(Some(basic("public", CLIENT_SECRET)));
    assert_eq!(with_secret.send().shown(), answer.shown());
}
