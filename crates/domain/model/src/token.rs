//! What a token is: its type, how its subject authenticated, who may use it, and its octets.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// A token type, by its URI. Open: a format is registered by type, ours the same way as anyone's.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TokenType(Cow<'static, str>);

impl TokenType {
    /// SAML 2.0 assertion. RFC 8693 §3, and the name that our objects use.
    pub const SAML2: TokenType = TokenType(Cow::Borrowed("urn:ietf:params:oauth:token-type:saml2"));
    /// SAML 1.1 assertion. RFC 8693 §3.
    pub const SAML11: TokenType =
        TokenType(Cow::Borrowed("urn:ietf:params:oauth:token-type:saml1"));
    /// Any JWT. RFC 8693 §3.
    pub const JWT: TokenType = TokenType(Cow::Borrowed("urn:ietf:params:oauth:token-type:jwt"));
    /// An OAuth access token; ours are JWTs. RFC 8693 §3, RFC 9068.
    pub const ACCESS_TOKEN: TokenType =
        TokenType(Cow::Borrowed("urn:ietf:params:oauth:token-type:access_token"));

    /// A type by its URI.
    pub fn new(uri: impl Into<String>) -> Self {
        Self(Cow::Owned(uri.into()))
    }

    /// Whether it is XML: signed by an XML signature, with the algorithm that a relying party wants for SAML.
    pub fn is_saml(&self) -> bool {
        *self == Self::SAML2 || *self == Self::SAML11
    }

    /// The URI.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TokenType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How somebody proved who they are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthenticationMethod {
    /// A password over a confidential channel.
    Password,
    /// A client secret (OAuth).
    ClientSecret,
    /// A token that somebody else issued, verified here.
    Token,
}

/// That a subject authenticated: how and when. `None` in a token where nobody saw it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Authenticated {
    /// How.
    pub method: AuthenticationMethod,
    /// When.
    pub at: Timestamp,
}

/// Who may use a token.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confirmation {
    /// Whoever bears it.
    Bearer,
}

/// A finished token as it travels: XML text or a compact JWT.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenBytes(Vec<u8>);

impl TokenBytes {
    /// The octets of a token.
    pub fn new(octets: Vec<u8>) -> Self {
        Self(octets)
    }

    /// The octets.
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }

    /// The octets, moved out.
    pub fn into_vec(self) -> Vec<u8> {
        self.0
    }
}

impl fmt::Debug for TokenBytes {
    /// A bearer token is as good as a password: only its length is printed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenBytes({} octets)", self.0.len())
    }
}
