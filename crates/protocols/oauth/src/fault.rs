//! Which error tells which refusal.
//!
//! In:  the cause of a refusal.
//! Out: error code, HTTP status and a fixed text.
//! Never: the detail of a refusal. A new cause does not compile until its error is chosen here.
//!
//! RFC 6749 §5.2; RFC 8693 §2.2.2: a bad subject token is `invalid_request`, a target we will not serve `invalid_target`;
//! RFC 7521 §4.1.1: a bad assertion is `invalid_grant`.

use symbolon_kernel::{Cause, Role};
use symbolon_messages::oauth::ErrorCode;

use crate::open::Wrong;

/// An error and how it is told.
pub(crate) struct Told {
    pub(crate) code: ErrorCode,
    pub(crate) status: u16,
    pub(crate) text: &'static str,
}

/// The error of a request that could not be opened.
pub(crate) const fn error_unopened(cause: Cause, wrong: Wrong) -> Told {
    match wrong {
        // SPEC: RFC 9110 §15.5.16. RFC 6749 §5.2 has 400 "unless specified otherwise".
        Wrong::MediaType => {
            Told { status: 415, text: "the media type is not that of a form", ..error_of(cause) }
        }
        Wrong::Request => error_of(cause),
    }
}

/// The error of a cause.
pub(crate) const fn error_of(cause: Cause) -> Told {
    let (code, status, text) = match cause {
        Cause::Malformed | Cause::MalformedSecurity | Cause::TimeRange | Cause::Stale => {
            (ErrorCode::InvalidRequest, 400, "the request is malformed")
        }
        Cause::UnknownOperation => {
            (ErrorCode::UnsupportedGrantType, 400, "the grant type is not offered here")
        }
        Cause::Scope => (ErrorCode::InvalidScope, 400, "the scope cannot be granted"),
        // SPEC: RFC 7521 §4.1.1: what is wrong with an assertion that is the grant.
        Cause::Token { role: Role::Assertion, .. } => {
            (ErrorCode::InvalidGrant, 400, "the assertion is not acceptable")
        }
        // SPEC: RFC 7521 §4.2.1: what counts once here is a client's assertion.
        Cause::Unauthenticated
        | Cause::Replayed
        | Cause::UnsupportedCredential
        | Cause::Token { role: Role::Credential, .. } => {
            (ErrorCode::InvalidClient, 401, "client authentication failed")
        }
        Cause::Token { role: Role::Subject, .. } => {
            (ErrorCode::InvalidRequest, 400, "the subject token is not acceptable")
        }
        Cause::Target => (ErrorCode::InvalidTarget, 400, "no token is issued for this target"),
        Cause::Client => {
            (ErrorCode::UnauthorizedClient, 400, "the client may not use this grant type")
        }
        Cause::UnsupportedTokenType => {
            (ErrorCode::InvalidRequest, 400, "the token type is not supported")
        }
        Cause::Claims | Cause::Unsupported => {
            (ErrorCode::InvalidRequest, 400, "a parameter is not supported")
        }
        Cause::Unavailable { .. } => {
            (ErrorCode::TemporarilyUnavailable, 503, "the service is not available now; try again")
        }
        Cause::Bug => (ErrorCode::ServerError, 500, "the service failed"),
    };
    Told { code, status, text }
}
