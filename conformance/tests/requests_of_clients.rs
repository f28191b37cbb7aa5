//! The first request of clients in use, as they sent it, is answered with a token.

#![expect(clippy::unwrap_used, reason = "a test that goes wrong must fail")]
#![expect(clippy::indexing_slicing, reason = "a test that goes wrong must fail")]
#![expect(clippy::arithmetic_side_effects, reason = "a test that goes wrong must fail")]

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use symbolon_conformance::{Answer, Request, assertion_of, child, foreign, now, sts, written};
use symbolon_testkit::OTHER_P256;

mod support;
use support::faulted;

macro_rules! recorded {
    ($name:literal) => {
        include_str!(concat!("requests/", $name, ".txt"))
    };
}

/// A recorded request, made to happen now.
fn replay(recorded: &str, subject: &str) -> Request {
    let moment = |seconds: i64| written((now().seconds() + seconds) * 1000);
    let text = recorded
        .replace("@ASSERTION@", &foreign::jwt_by(OTHER_P256, &client_assertion()))
        .replace("@CREATED@", &moment(0))
        .replace("@EXPIRES@", &moment(300))
        .replace("@SUBJECT@", subject);
    let (head, body) = text.split_once("\n\n").unwrap();
    let mut lines = head.lines();
    let mut words = lines.next().unwrap().split(' ');
    let request = Request::new(words.next().unwrap(), words.next().unwrap());
    let request = lines.fold(request, |request, line| {
        let (name, value) = line.split_once(": ").unwrap();
        request.with(name, value)
    });
    Request { body: body.as_bytes().to_vec(), ..request }
}

/// What the client `cid-jwt` says of itself.
fn client_assertion() -> serde_json::Value {
    let mut claims = foreign::claims();
    claims["iss"] = "cid-jwt".into();
    claims["sub"] = "cid-jwt".into();
    claims
}

/// A token for alice, in an answer as this client reads it.
fn token_for_alice(recorded: &str) -> Answer {
    let answer = sts().send(&replay(recorded, ""));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(assertion_of(&answer).contains(">alice</saml2:NameID>"));
    assert!(assertion_of(&answer).contains("<saml2:Audience>urn:rp:app</saml2:Audience>"));
    answer
}

#[test]
fn adal() {
    let _token = token_for_alice(recorded!("adal"));
}

#[test]
fn adal_node() {
    let _token = token_for_alice(recorded!("adal-node"));
}

#[test]
fn node_sp_auth() {
    let answer = token_for_alice(recorded!("node-sp-auth"));
    assert!(answer.text().contains("<s:Body>")); // it looks for these very characters
}

#[test]
fn wstrust_client() {
    let answer = token_for_alice(recorded!("wstrust-client"));
    let spelling = child("TokenType", "urn:oasis:names:tc:SAML:2.0:assertion");
    assert!(answer.text().contains(&spelling.replace("t:TokenType", "wst:TokenType")));
}

#[test]
fn node_soap() {
    let _token = token_for_alice(recorded!("node-soap"));
}

#[test]
fn php_soap_1_2() {
    let _token = token_for_alice(recorded!("php-soap12"));
}

/// zeep's addressing plugin beside a WSDL that demands addressing writes every header twice.
fn once(recorded: &str) -> String {
    let begin = recorded.find("<wsa:Action>").unwrap();
    let second = recorded.rfind("<wsa:Action>").unwrap();
    let (before, after) = (&recorded[..begin], &recorded[second..]);
    format!("{before}{after}")
}

#[test]
fn zeep() {
    let _token = token_for_alice(&once(recorded!("zeep")));
}

#[test]
fn zeep_with_a_timestamp() {
    let _token = token_for_alice(&once(recorded!("zeep-timestamp")));
}

#[test]
fn zeep_that_writes_every_addressing_header_twice_is_told_so() {
    let answer = sts().send(&replay(recorded!("zeep"), ""));
    // WS-Addressing 1.0 SOAP Binding §3.2, §6.4.1.5
    faulted(&answer, "s:Sender/wsa:InvalidAddressingHeader/wsa:InvalidCardinality");
}

fn exchanged(recorded: &str, subject: &str) {
    let answer = sts().send(&replay(recorded, subject));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json()["token_type"], "Bearer");
}

#[test]
fn google_auth_with_a_jwt() {
    exchanged(recorded!("google-auth-jwt"), &foreign::jwt(&foreign::claims()));
}

#[test]
fn google_auth_with_an_assertion() {
    exchanged(recorded!("google-auth-saml2"), &assertion());
}

#[test]
fn openid_client() {
    exchanged(recorded!("openid-client"), &assertion());
}

#[test]
fn openid_client_by_an_assertion_and_for_one() {
    exchanged(recorded!("openid-client-jwt-bearer"), &foreign::jwt(&foreign::claims()));
}

/// They encode the assertion as base64 has it, with padding, where the standard has base64url.
#[test]
fn adal_and_adal_node_for_an_assertion() {
    let plain = |assertion: String| escaped(&STANDARD.encode(assertion));
    let good = foreign::Saml::default();
    exchanged(recorded!("adal-saml2-bearer"), &plain(good.signed()));
    exchanged(recorded!("adal-saml11-bearer"), &plain(good.signed_11()));
    exchanged(recorded!("adal-node-saml11-bearer"), &plain(good.signed_11()));
}

fn assertion() -> String {
    escaped(&URL_SAFE.encode(foreign::Saml::default().signed()))
}

fn escaped(base64: &str) -> String {
    base64.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
}

#[test]
fn openid_client_and_oauth4webapi_discover() {
    for recorded in [recorded!("openid-client-discovery"), recorded!("oauth4webapi-discovery")] {
        let answer = sts().send(&replay(recorded, ""));
        assert_eq!(
            (answer.status, answer.json()["issuer"].as_str()),
            (200, Some(sts().base().as_str()))
        );
    }
}
