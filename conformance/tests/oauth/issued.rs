//! What is issued: SAML → JWT, JWT → JWT, access tokens as RFC 9068 has them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use symbolon_client::{Expected, Trust, Verified, verify};
use symbolon_conformance::foreign::{Saml, claims, claims_but, jwt};
use symbolon_conformance::{Answer, CLIENT, Form, Rst, assertion_of, now, sts};

use crate::support::snapshot;

const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";

/// An assertion of our own about alice.
pub(crate) fn own_assertion(party: &str) -> String {
    assertion_of(&Rst::for_party(party).send()).to_owned()
}

pub(crate) fn issued(form: &Form) -> Answer {
    let answer = form.send();
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer
}

pub(crate) fn token(answer: &Answer) -> String {
    answer.json()["access_token"].as_str().unwrap().to_owned()
}

/// Header and claims of a token, as they stand.
pub(crate) fn parts(token: &str) -> (Value, Value) {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, _] = parts.as_slice() else { panic!("{token}") };
    let part = |part: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    (part(header), part(claims))
}

pub(crate) fn verified(answer: &Answer, party: &str) -> Verified {
    verified_octets(token(answer).as_bytes(), party)
}

pub(crate) fn verified_octets(token: &[u8], party: &str) -> Verified {
    let trust = Trust::from_jwks(&sts().get("/oauth2/jwks").body).unwrap().of_issuer(&sts().base());
    let expected = Expected { audience: Some(party) };
    symbolon_testkit::ready(verify(token, &trust, expected, now())).unwrap()
}

#[test]
fn an_assertion_of_ours_becomes_an_access_token() {
    let answer = issued(&Form::saml(&own_assertion("urn:rp:app")));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store")); // RFC 6749 §5.1
    assert_eq!(answer.json()["token_type"], "Bearer");
    assert_eq!(answer.json()["issued_token_type"], ACCESS_TOKEN); // RFC 8693 §2.2.1
    let token = verified(&answer, "urn:rp:app");
    assert_eq!((token.issuer, token.subject.as_str()), (sts().base(), "alice"));
}

#[test]
fn an_access_token_has_the_claims_of_rfc_9068() {
    let answer = issued(&Form::saml(&own_assertion("urn:rp:app")).and("scope", "read write"));
    let (header, claims) = parts(&token(&answer));
    assert_eq!((&header["typ"], &header["alg"]), (&json!("at+jwt"), &json!("ES256"))); // RFC 9068 §2.1
    let names: Vec<&str> = claims.as_object().unwrap().keys().map(String::as_str).collect();
    let mut expected = vec![
        "iss",
        "sub",
        "aud",
        "exp",
        "nbf",
        "iat",
        "jti",
        "client_id",
        "scope",
        "auth_time", // RFC 9068 §2.2
        "mail",
        "displayname",
        "groups",
    ];
    expected.sort_unstable();
    assert_eq!(names, expected);
    assert_eq!(claims["iss"], sts().base());
    assert_eq!((&claims["sub"], &claims["aud"]), (&json!("alice"), &json!("urn:rp:app")));
    assert_eq!((&claims["client_id"], &claims["scope"]), (&json!(CLIENT), &json!("read write")));
    assert_eq!(claims["groups"], json!(["staff", "wonderland"]));
    let number = |name: &str| claims[name].as_i64().unwrap();
    assert!(number("auth_time") <= number("iat") && number("iat") < number("exp"));
    assert_eq!(answer.json()["expires_in"].as_i64().unwrap(), number("exp") - number("nbf"));
}

#[test]
fn the_jwks_names_the_key_that_signed() {
    let answer = issued(&Form::saml(&own_assertion("urn:rp:app")));
    let (header, _) = parts(&token(&answer));
    let jwks = sts().get("/oauth2/jwks").json();
    let keys = jwks["keys"].as_array().unwrap();
    let signed: Vec<&Value> = keys.iter().filter(|key| key["kid"] == header["kid"]).collect();
    assert_eq!(signed.len(), 1);
    assert_eq!((&signed[0]["alg"], &signed[0]["use"]), (&json!("ES256"), &json!("sig")));
    let private = ["d", "p", "q", "dp", "dq", "qi", "k"];
    assert!(keys.iter().all(|key| private.iter().all(|name| key.get(name).is_none())));
}

#[test]
fn an_assertion_of_another_issuer_becomes_an_access_token() {
    let token = verified(&issued(&Form::saml(&Saml::default().signed())), "urn:rp:app");
    assert_eq!((token.issuer, token.subject.as_str()), (sts().base(), "dora"));
}

#[test]
fn a_jwt_of_another_issuer_becomes_an_access_token() {
    let answer = issued(&Form::jwt(&jwt(&claims())));
    let token = verified(&answer, "urn:rp:app");
    assert_eq!((token.issuer, token.subject.as_str()), (sts().base(), "dora"));
    snapshot(&answer);
}

#[test]
fn a_jwt_of_ours_becomes_another() {
    let first = token(&issued(&Form::saml(&own_assertion("urn:rp:app")).and("scope", "read")));
    let answer = issued(
        &Form::exchange(&first, "access_token").but("audience", "urn:rp:jwt").and("scope", "read"),
    );
    let (header, claims) = parts(&token(&answer));
    assert_eq!(header["alg"], "RS256"); // the relying party's object says so
    assert_eq!((&claims["sub"], &claims["aud"]), (&json!("alice"), &json!("urn:rp:jwt")));
    assert_eq!(claims.get("mail"), None, "the relying party is told what its object names");
    verified(&answer, "urn:rp:jwt");
}

#[test]
fn the_type_that_was_asked_for_is_named_in_its_spelling() {
    for asked in [JWT, ACCESS_TOKEN] {
        let form = Form::jwt(&jwt(&claims())).and("requested_token_type", asked);
        assert_eq!(issued(&form).json()["issued_token_type"], asked); // RFC 8693 §2.2.1
    }
}

#[test]
fn a_token_does_not_outlive_what_it_is_derived_from() {
    let soon = now().seconds() + 60;
    let answer = issued(&Form::jwt(&jwt(&claims_but("exp", soon))));
    let (_, claims) = parts(&token(&answer));
    assert_eq!(claims["exp"], soon);
    assert!(answer.json()["expires_in"].as_i64().unwrap() <= 60);
}

#[test]
fn a_resource_names_the_target_as_an_audience_does() {
    let form = Form::jwt(&jwt(&claims())).without("audience").and("resource", "urn:rp:app");
    let (_, claims) = parts(&token(&issued(&form)));
    assert_eq!(claims["aud"], "urn:rp:app"); // RFC 8707 §2
}

#[test]
fn a_subject_token_may_be_exchanged_again() {
    let form = Form::jwt(&jwt(&claims()));
    let jti = |answer: &Answer| parts(&token(answer)).1["jti"].clone();
    assert_ne!(jti(&issued(&form)), jti(&issued(&form)));
}

#[test]
fn an_assertion_with_padding_is_read() {
    let assertion = Saml::default().signed();
    let padded = base64::engine::general_purpose::URL_SAFE.encode(&assertion);
    assert_eq!(Form::exchange(&padded, "saml2").send().status, 200);
}
