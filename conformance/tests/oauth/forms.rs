//! The form: what is asked for, and how.

use symbolon_conformance::{CLIENT, CLIENT_SECRET, Form, Request, basic, foreign, sts};

use crate::support::{is_refusal, refused, turned_away};

const PATH: &str = "/oauth2/token";
const FORM: &str = "application/x-www-form-urlencoded";

fn good() -> Form {
    Form::jwt(&foreign::jwt(&foreign::claims()))
}

/// A body as it is, by the client of the suites.
fn raw(body: impl Into<Vec<u8>>) -> symbolon_conformance::Answer {
    let request = Request::post(PATH, FORM, body);
    sts().send(&request.with("authorization", &basic(CLIENT, CLIENT_SECRET)))
}

#[test]
fn another_media_type_is_refused() {
    let answer = sts().send(&Request::post(PATH, "application/json", "{}"));
    refused(&answer, 415, "invalid_request"); // RFC 6749 appendix B, §5.2; RFC 9110 §15.5.16
    let missing = Request { body: good().body().into_bytes(), ..Request::new("POST", PATH) };
    assert_eq!(sts().send(&missing).shown(), answer.shown());
}

#[test]
fn another_method_is_refused() {
    let answer = sts().get(&format!("{PATH}?{}", good().body()));
    assert_eq!(answer.header("allow"), Some("POST"));
    turned_away(&answer, 405); // RFC 6749 §3.2: POST; RFC 9110 §15.5.6
}

#[test]
fn an_unknown_path_is_refused() {
    turned_away(&sts().get("/oauth2/authorize"), 404); // RFC 9110 §15.5.5
}

#[test]
fn a_body_of_ten_megabytes_is_refused_unread() {
    turned_away(&raw(vec![b'a'; 10 << 20]), 413); // RFC 9110 §15.5.14
}

#[test]
fn a_parameter_that_stands_twice_is_refused() {
    let answer = good().and("grant_type", "client_credentials").send();
    refused(&answer, 400, "invalid_request"); // RFC 6749 §3.2, §5.2
    for name in [
        "subject_token",
        "subject_token_type",
        "requested_token_type",
        "scope",
        "client_id",
        "client_secret",
        "actor_token",
        "client_assertion",
        "assertion",
        "refresh_token",
    ] {
        let twice = good().and(name, "x").and(name, "");
        assert_eq!(twice.send().shown(), answer.shown(), "{name}");
    }
}

#[test]
fn a_broken_encoding_is_refused() {
    let answer = raw(good().body() + "&x=%zz");
    refused(&answer, 400, "invalid_request"); // RFC 6749 appendix B, §5.2
    for body in [&b"grant_type=%ff"[..], b"grant_type=\xff", b"%", b"grant_type=%0"] {
        assert_eq!(raw(body).shown(), answer.shown());
    }
}

#[test]
fn too_many_parameters_are_refused() {
    let many = "&a=b".repeat(1_000);
    refused(&raw(good().body() + &many), 400, "invalid_request"); // our limit: 64
}

#[test]
fn a_missing_grant_is_refused() {
    let answer = good().without("grant_type").send();
    refused(&answer, 400, "invalid_request"); // RFC 6749 §5.2
    assert_eq!(good().but("grant_type", "").send().shown(), answer.shown());
    assert_eq!(raw("").shown(), answer.shown());
}

#[test]
fn an_unknown_grant_is_refused() {
    let answer = Form::with_grant("urn:x").send();
    refused(&answer, 400, "unsupported_grant_type"); // RFC 6749 §5.2
    for grant in ["password", "authorization_code"] {
        assert_eq!(Form::with_grant(grant).send().shown(), answer.shown(), "{grant}");
    }
}

#[test]
fn a_missing_subject_token_or_type_is_refused() {
    let answer = good().without("subject_token").without("subject_token_type").send();
    refused(&answer, 400, "invalid_request"); // RFC 8693 §2.1, RFC 6749 §5.2
    for name in ["subject_token", "subject_token_type"] {
        assert_eq!(good().without(name).send().shown(), answer.shown(), "{name}");
    }
}

#[test]
fn an_unknown_subject_token_type_is_refused() {
    let answer = good().but("subject_token_type", "urn:x").send();
    refused(&answer, 400, "invalid_request"); // RFC 8693 §2.2.2
}

#[test]
fn an_unknown_requested_token_type_is_refused() {
    let answer = good().and("requested_token_type", "urn:x").send();
    refused(&answer, 400, "invalid_request"); // RFC 8693 §2.2.2
    let refresh =
        good().and("requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token");
    assert_eq!(refresh.send().shown(), answer.shown());
}

#[test]
fn a_token_type_that_the_relying_party_does_not_take_is_refused() {
    let own = crate::issued::own_assertion("urn:rp:app");
    let answer = Form::saml(&own).but("audience", "urn:rp:ecdsa").send();
    refused(&answer, 400, "invalid_request"); // RFC 8693 §2.2.2
}

#[test]
fn an_actor_is_not_passed_over() {
    let token = foreign::jwt(&foreign::claims());
    let with_actor = good()
        .and("actor_token", &token)
        .and("actor_token_type", "urn:ietf:params:oauth:token-type:jwt");
    refused(&with_actor.send(), 400, "invalid_request"); // RFC 8693 §2.2.2
}

#[test]
fn an_unknown_target_and_a_forbidden_one_get_the_same_answer() {
    let answer = good().but("audience", "urn:rp:unknown").send();
    refused(&answer, 400, "invalid_target"); // RFC 8693 §2.2.2
    assert_eq!(good().but("audience", "urn:rp:closed").send().shown(), answer.shown());
    // One of two is enough to refuse.
    assert_eq!(good().and("audience", "urn:rp:unknown").send().shown(), answer.shown());
}

#[test]
fn a_request_for_nobody_is_refused() {
    refused(&good().without("audience").send(), 400, "invalid_target"); // RFC 8693 §2.2.2
}

#[test]
fn a_resource_that_is_no_absolute_uri_is_refused() {
    for resource in ["relative", "/path", "https://rp.example/#fragment", "1:x", "https://a b"] {
        is_refusal(&good().and("resource", resource).send(), 400, "invalid_target"); // RFC 8707 §2
    }
}

#[test]
fn a_scope_beyond_the_relying_party_is_refused() {
    let answer = good().and("scope", "read admin").send();
    refused(&answer, 400, "invalid_scope"); // RFC 6749 §3.3, §5.2
    for scope in ["admin", "read  write", " read", "re\"ad"] {
        assert_eq!(good().and("scope", scope).send().shown(), answer.shown(), "{scope}");
    }
}

#[test]
fn a_scope_beyond_the_subject_token_is_refused() {
    let token = foreign::jwt(&foreign::claims_but("scope", "read"));
    is_refusal(&Form::jwt(&token).and("scope", "write").send(), 400, "invalid_scope"); // RFC 8693 §5
    assert_eq!(Form::jwt(&token).and("scope", "read").send().status, 200);
}
