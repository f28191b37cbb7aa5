//! The documents that describe the server: what they name is there, under the address that was asked.

use serde_json::json;
use symbolon_conformance::{Request, sts};

use crate::support::{snapshot, turned_away};

const OAUTH: &str = "/.well-known/oauth-authorization-server";
const OPENID: &str = "/.well-known/openid-configuration";

#[test]
fn the_metadata_of_the_authorization_server_names_what_is_there() {
    let answer = sts().get(OAUTH);
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
    let json = answer.json();
    assert_eq!(json["issuer"], sts().base()); // RFC 8414 §3.3: equal to where it was asked
    assert_eq!(json["token_endpoint"], format!("{}/oauth2/token", sts().base()));
    assert_eq!(json["jwks_uri"], format!("{}/oauth2/jwks", sts().base()));
    snapshot(&answer);
}

#[test]
fn the_openid_configuration_names_the_same_issuer() {
    let answer = sts().get(OPENID);
    assert_eq!(answer.status, 200);
    let json = answer.json();
    assert_eq!(json["issuer"], sts().base()); // OpenID Connect Discovery 1.0 §4.3
    let algorithms = json["id_token_signing_alg_values_supported"].as_array().unwrap();
    assert!(algorithms.contains(&json!("RS256")), "{algorithms:?}"); // ibid. §3
    snapshot(&answer);
}

#[test]
fn the_key_set_holds_public_keys_alone() {
    let answer = sts().get("/oauth2/jwks");
    let media_type = Some("application/jwk-set+json"); // RFC 7517 §8.5.2
    assert_eq!((answer.status, answer.header("content-type")), (200, media_type));
    assert_eq!(answer.json()["keys"].as_array().unwrap().len(), 2);
}

#[test]
fn a_document_has_a_head() {
    for path in [OAUTH, OPENID, "/oauth2/jwks"] {
        let (head, whole) = (sts().send(&Request::new("HEAD", path)), sts().get(path));
        assert_eq!((head.status, head.body.len()), (200, 0)); // RFC 9110 §9.3.2
        assert_eq!(head.header("content-length"), whole.header("content-length"));
    }
}

#[test]
fn a_document_is_not_posted_to() {
    let answer = sts().send(&Request::post(OAUTH, "application/json", "{}"));
    assert_eq!(answer.header("allow"), Some("GET, HEAD"));
    turned_away(&answer, 405); // RFC 9110 §15.5.6
}
