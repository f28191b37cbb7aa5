//! Who asks: client authentication, one way in a request.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use symbolon_conformance::{Answer, CLIENT, CLIENT_SECRET, Form, basic, foreign};

use crate::support::refused;

fn by(authorization: Option<String>) -> Answer {
    good().by(authorization).send()
}

fn good() -> Form {
    Form::jwt(&foreign::jwt(&foreign::claims()))
}

#[test]
fn a_client_authenticates_by_basic_encoded_or_not_or_by_post() {
    assert_eq!(by(Some(basic(CLIENT, CLIENT_SECRET))).status, 200); // RFC 6749 §2.3.1
    let narrow_raw = STANDARD.encode(format!("narrow:{CLIENT_SECRET}"));
    assert_eq!(by(Some(format!("Basic {narrow_raw}"))).status, 200); // INTEROP: google-auth
    let post = good().by(None).and("client_id", CLIENT).and("client_secret", CLIENT_SECRET);
    assert_eq!(post.send().status, 200); // RFC 6749 §2.3.1
}

#[test]
fn a_client_that_does_not_authenticate_is_refused() {
    refused(&by(None), 401, "invalid_client"); // RFC 6749 §5.2
}

#[test]
fn unknown_client_and_wrong_secret_get_the_same_answer() {
    let answer = by(Some(basic(CLIENT, "wrong")));
    refused(&answer, 401, "invalid_client"); // RFC 6749 §5.2
    for (id, secret) in
        [("mallory", CLIENT_SECRET), (CLIENT, ""), ("mallory", "wrong"), ("alice", CLIENT_SECRET)]
    {
        assert_eq!(by(Some(basic(id, secret))).shown(), answer.shown(), "{id}:{secret}");
        let post = good().by(None).and("client_id", id).and("client_secret", secret);
        assert_eq!(post.send().shown(), answer.shown(), "{id}:{secret} by post");
    }
}

#[test]
fn an_authorization_that_is_none_is_refused() {
    let answer = by(Some("Basic ???".to_owned()));
    refused(&answer, 401, "invalid_client"); // RFC 6749 §5.2, RFC 7617 §2
    for other in ["Bearer abc", "Basic", "Basic bm9jb2xvbg=="] {
        assert_eq!(by(Some(other.to_owned())).shown(), answer.shown(), "{other}");
    }
}

#[test]
fn two_ways_of_authentication_are_refused() {
    let twice = good().and("client_id", CLIENT).and("client_secret", CLIENT_SECRET);
    refused(&twice.send(), 400, "invalid_request"); // RFC 6749 §2.3
}

#[test]
fn two_client_ids_are_refused() {
    refused(&good().and("client_id", "narrow").send(), 400, "invalid_request"); // RFC 6749 §5.2
    assert_eq!(good().and("client_id", CLIENT).send().status, 200);
}

#[test]
fn a_secret_without_a_client_is_refused() {
    let answer = good().by(None).and("client_secret", CLIENT_SECRET).send();
    refused(&answer, 400, "invalid_request"); // RFC 6749 §2.3.1
}

#[test]
fn a_client_assertion_is_refused() {
    let asserted = good()
        .by(None)
        .and("client_assertion", &foreign::jwt(&foreign::claims()))
        .and("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    refused(&asserted.send(), 401, "invalid_client"); // RFC 6749 §5.2, RFC 7521 §4.2
}

#[test]
fn a_client_without_the_grant_is_refused() {
    let answer = by(Some(basic("idle", CLIENT_SECRET)));
    refused(&answer, 400, "unauthorized_client"); // RFC 6749 §5.2
}
