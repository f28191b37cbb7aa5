//! The bodies of stored objects: JSON with the version of its shape, references resolved, secrets hashed or sealed.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use symbolon_kernel::ports::PasswordHash;
use symbolon_kernel::snapshot::KeyState;

use crate::objects::KeyAlgorithm;

/// The version of the bodies' shapes.
const SCHEMA: u16 = 1;

#[derive(Serialize, Deserialize)]
struct Body<T> {
    schema: u16,
    object: T,
}

#[derive(Deserialize)]
struct Header {
    schema: u16,
}

/// Why a body cannot be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error("written by a later version (schema {0})")]
    Later(u16),
    #[error("not an object of this kind: {0}")]
    Malformed(String),
}

/// Writes a body. Equal objects have equal bodies.
pub(crate) fn write<T: Serialize>(object: &T) -> String {
    // INVARIANT: our bodies are structures of texts, numbers and lists, which JSON always holds.
    serde_json::to_string(&Body { schema: SCHEMA, object }).unwrap_or_default()
}

/// Reads a body.
pub(crate) fn read<T: DeserializeOwned>(body: &str) -> Result<T, Unreadable> {
    let malformed = |flaw: serde_json::Error| Unreadable::Malformed(flaw.to_string());
    let header: Header = serde_json::from_str(body).map_err(malformed)?;
    if header.schema > SCHEMA {
        return Err(Unreadable::Later(header.schema));
    }
    Ok(serde_json::from_str::<Body<T>>(body).map_err(malformed)?.object)
}

/// An issuer with its keys at hand.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StoredIssuer {
    pub(crate) name: String,
    pub(crate) token_types: Vec<String>,
    pub(crate) keys: Vec<PinnedKey>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sha1_until: Option<String>,
}

/// A public key of an issuer or a client.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PinnedKey {
    /// `kid`, if the key has a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    /// SubjectPublicKeyInfo in base64.
    pub(crate) spki: String,
    pub(crate) algorithm: KeyAlgorithm,
}

/// A client with its secret hashed and its keys at hand.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StoredClient {
    pub(crate) id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) secret: Option<PasswordHash>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) keys: Vec<PinnedKey>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) public: bool,
    pub(crate) grants: Vec<String>,
    pub(crate) may_exchange: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) default_party: Option<String>,
}

/// A token-signing key, sealed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StoredKey {
    pub(crate) purpose: Purpose,
    pub(crate) state: KeyState,
    /// Its certificate, DER in base64.
    pub(crate) certificate: String,
    /// PKCS#8, sealed, in base64.
    pub(crate) sealed: String,
}

/// What a key object is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Purpose {
    Token,
}
