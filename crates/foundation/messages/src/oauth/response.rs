//! The token endpoint's answers.
//!
//! In:  a token and what goes with it, or an error code.
//! Out: JSON; and back, for a client.
//! Never: a description that depends on the request.
//!
//! RFC 6749 §5.1, §5.2; RFC 8693 §2.2.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use symbolon_soap::Secret;

/// A token. HTTP 200, `Cache-Control: no-store`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenResponse {
    /// The token, whatever its type.
    pub access_token: Secret,
    /// What it is, for a token exchange.
    pub issued_token_type: Option<String>,
    /// How it is used: `Bearer`, or `N_A` for what is no access token.
    pub token_type: String,
    /// Seconds until it ends.
    pub expires_in: Option<u64>,
    /// The scope, if it is not the one asked for.
    pub scope: Option<String>,
    /// A refresh token.
    pub refresh_token: Option<Secret>,
}

/// An error. HTTP 400; 401 for a client that tried to authenticate by header; 503 when unavailable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorResponse {
    /// What is wrong; a code as sent where it is none of ours.
    pub error: Result<ErrorCode, String>,
    /// For people, in English; fixed per code.
    pub description: Option<String>,
    /// Under which the operator finds the cause: a member of our own.
    pub request_id: Option<String>,
}

/// Error codes of the token endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// RFC 6749 §5.2
    InvalidRequest,
    /// RFC 6749 §5.2
    InvalidClient,
    /// RFC 6749 §5.2
    InvalidGrant,
    /// RFC 6749 §5.2
    UnauthorizedClient,
    /// RFC 6749 §5.2
    UnsupportedGrantType,
    /// RFC 6749 §5.2
    InvalidScope,
    /// RFC 8693 §2.2.2
    InvalidTarget,
    /// RFC 6749 §4.1.2.1, used here for our own failure.
    ServerError,
    /// RFC 6749 §4.1.2.1, used here for "try again later".
    TemporarilyUnavailable,
}

impl ErrorCode {
    const ALL: [Self; 9] = [
        Self::InvalidRequest,
        Self::InvalidClient,
        Self::InvalidGrant,
        Self::UnauthorizedClient,
        Self::UnsupportedGrantType,
        Self::InvalidScope,
        Self::InvalidTarget,
        Self::ServerError,
        Self::TemporarilyUnavailable,
    ];

    /// As it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
        }
    }
}

/// What is wrong with an answer that a client got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ResponseFlaw {
    /// Not a JSON object with the members that it must have, each once and of its type.
    #[error("not the JSON of a token endpoint")]
    Form,
}

impl TokenResponse {
    /// The JSON.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        // Strings and numbers only: serialising cannot fail.
        serde_json::to_vec(&TokenWire {
            access_token: self.access_token.expose().into(),
            issued_token_type: self.issued_token_type.as_deref().map(Into::into),
            token_type: self.token_type.as_str().into(),
            expires_in: self.expires_in,
            scope: self.scope.as_deref().map(Into::into),
            refresh_token: self.refresh_token.as_ref().map(|token| token.expose().into()),
        })
        .unwrap_or_default()
    }

    /// Reads the JSON; unknown members are ignored.
    ///
    /// # Errors
    /// [`ResponseFlaw::Form`].
    pub fn parse(json: &[u8]) -> Result<Self, ResponseFlaw> {
        let wire: TokenWire<'_> = serde_json::from_slice(json).map_err(|_| ResponseFlaw::Form)?;
        Ok(Self {
            access_token: Secret::new(wire.access_token.into_owned()),
            issued_token_type: wire.issued_token_type.map(Into::into),
            token_type: wire.token_type.into_owned(),
            expires_in: wire.expires_in,
            scope: wire.scope.map(Into::into),
            refresh_token: wire.refresh_token.map(|token| Secret::new(token.into_owned())),
        })
    }
}

impl ErrorResponse {
    /// An error with its fixed text.
    #[must_use]
    pub fn new(error: ErrorCode, description: &str) -> Self {
        Self { error: Ok(error), description: Some(description.to_owned()), request_id: None }
    }

    /// The same with a request id.
    #[must_use]
    pub fn with_request_id(self, request_id: &str) -> Self {
        Self { request_id: Some(request_id.to_owned()), ..self }
    }

    /// The JSON.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let error = self.error.as_ref().map_or_else(String::as_str, |code| code.as_str());
        serde_json::to_vec(&ErrorWire {
            error: error.into(),
            error_description: self.description.as_deref().map(Into::into),
            request_id: self.request_id.as_deref().map(Into::into),
        })
        .unwrap_or_default()
    }

    /// Reads the JSON; unknown members are ignored.
    ///
    /// # Errors
    /// [`ResponseFlaw::Form`].
    pub fn parse(json: &[u8]) -> Result<Self, ResponseFlaw> {
        let wire: ErrorWire<'_> = serde_json::from_slice(json).map_err(|_| ResponseFlaw::Form)?;
        let known = ErrorCode::ALL.into_iter().find(|code| code.as_str() == wire.error);
        Ok(Self {
            error: known.ok_or_else(|| wire.error.into_owned()),
            description: wire.error_description.map(Into::into),
            request_id: wire.request_id.map(Into::into),
        })
    }
}

#[derive(Serialize, Deserialize)]
struct TokenWire<'a> {
    access_token: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issued_token_type: Option<Cow<'a, str>>,
    token_type: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_in: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<Cow<'a, str>>,
}

#[derive(Serialize, Deserialize)]
struct ErrorWire<'a> {
    error: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_description: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<Cow<'a, str>>,
}
