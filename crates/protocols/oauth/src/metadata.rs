//! Documents that describe the service: made from the objects that are enforced, so that what is published is what is done.
//!
//! In:  an endpoint that serves one of them.
//! Out: the document; `None` for an endpoint that serves something else.
//! Never: a private key; a method or endpoint that the realm's objects do not have. Grants are those of the protocol: which of
//!        them a client may use is its own object's matter, and there may be a million of those.
//!
//! RFC 8414 §2; OpenID Connect Discovery 1.0 §3; RFC 7517 §5.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use symbolon_jose::jwk;
use symbolon_kernel::snapshot::{CredentialKind, EndpointObject, KeyState, RealmView, Serves};
use symbolon_kernel::{Endpoint, Reply};
use symbolon_keys::SignatureAlgorithm;
use symbolon_messages::oauth::grant_types;

/// What a client may sign its assertions with: its object says which of them.
const ASSERTION_ALGORITHMS: [SignatureAlgorithm; 3] =
    [SignatureAlgorithm::PsSha256, SignatureAlgorithm::EcdsaSha256, SignatureAlgorithm::RsaSha256];

/// The document that an endpoint serves, if it serves one.
pub fn document(endpoint: &Endpoint) -> Option<Reply> {
    let realm = endpoint.realm();
    match endpoint.serves {
        Serves::Jwks => Some(reply("application/jwk-set+json", &keys(realm))),
        Serves::OAuthMetadata => Some(reply("application/json", &authorization_server(realm))),
        Serves::OpenIdConfiguration => Some(reply("application/json", &openid(realm))),
        Serves::WsTrust13
        | Serves::WsTrust2005
        | Serves::Mex
        | Serves::FederationMetadata
        | Serves::OAuthToken => None,
    }
}

/// Every key that may have signed a token which still holds, and those that will sign next.
fn keys(realm: &RealmView) -> Value {
    let published = realm.keys.iter().filter(|key| key.state != KeyState::Retired);
    let keys: Vec<Value> = published
        .map(|key| {
            let signer = &key.signer;
            let certificate = Some(signer.certificate());
            jwk(signer.public_key(), signer.key_id(), signer.algorithm(), certificate)
        })
        .collect();
    json!({ "keys": keys })
}

// SPEC: RFC 8414 §2. response_types_supported is required; nothing is authorised here, so it names none.
fn authorization_server(realm: &RealmView) -> Value {
    let mut members = Map::new();
    members.insert("issuer".to_owned(), json!(realm.issuer.as_str()));
    if let Some(token) = serving(realm, Serves::OAuthToken) {
        members.insert("token_endpoint".to_owned(), json!(url(realm, token)));
        members.insert("token_endpoint_auth_methods_supported".to_owned(), json!(methods(token)));
        if token.credentials.contains(&CredentialKind::PrivateKeyJwt) {
            let name = "token_endpoint_auth_signing_alg_values_supported".to_owned();
            members.insert(name, json!(ASSERTION_ALGORITHMS.map(SignatureAlgorithm::as_jws)));
        }
        members.insert("grant_types_supported".to_owned(), json!(grant_types::SERVED));
    }
    if let Some(keys) = serving(realm, Serves::Jwks) {
        members.insert("jwks_uri".to_owned(), json!(url(realm, keys)));
    }
    members.insert("response_types_supported".to_owned(), json!(["none"]));
    Value::Object(members)
}

// SPEC: OpenID Connect Discovery 1.0 §3: RS256 must be among the algorithms.
fn openid(realm: &RealmView) -> Value {
    let mut document = authorization_server(realm);
    if let Some(members) = document.as_object_mut() {
        let active = realm.keys.iter().filter(|key| key.state == KeyState::Active);
        let algorithms: BTreeSet<&str> =
            active.map(|key| key.signer.algorithm().as_jws()).collect();
        members.insert("subject_types_supported".to_owned(), json!(["public"]));
        members.insert("id_token_signing_alg_values_supported".to_owned(), json!(algorithms));
    }
    document
}

fn serving(realm: &RealmView, serves: Serves) -> Option<&EndpointObject> {
    realm.endpoints.values().find(|e| e.serves == serves).map(AsRef::as_ref)
}

fn url(realm: &RealmView, endpoint: &EndpointObject) -> String {
    format!("{}{}", realm.public_url, endpoint.path)
}

/// The ways of client authentication that the token endpoint takes, in the standard's words.
fn methods(endpoint: &EndpointObject) -> Vec<&'static str> {
    let named = |kind: &CredentialKind| match kind {
        CredentialKind::ClientSecretBasic => Some("client_secret_basic"),
        CredentialKind::ClientSecretPost => Some("client_secret_post"),
        CredentialKind::PrivateKeyJwt => Some("private_key_jwt"),
        CredentialKind::PublicClient => Some("none"),
        CredentialKind::UsernamePassword
        | CredentialKind::UsernameDigest
        | CredentialKind::IssuedToken => None,
    };
    endpoint.credentials.iter().filter_map(named).collect()
}

fn reply(content_type: &'static str, document: &Value) -> Reply {
    // LIMIT: five minutes: a key is published that long before it signs.
    let headers =
        vec![("content-type", content_type.into()), ("cache-control", "max-age=300".into())];
    Reply { status: 200, headers, body: document.to_string().into_bytes(), summary: None }
}
