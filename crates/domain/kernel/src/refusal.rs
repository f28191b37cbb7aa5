//! Why a request was refused: one cause that protocols tell apart, and one detail that never leaves the house.
//!
//! Outward text is fixed per cause by each protocol's `fault.rs`. The detail goes to log and audit under the request id.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What a token was presented as.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// To say who asks.
    Credential,
    /// To say whom the new token is about.
    Subject,
    /// The same, and to be the grant itself: protocols tell that apart.
    Assertion,
}

/// What is wrong with a token, as far as its bearer may know.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenFlaw {
    /// Not a token that one of our issuers signed: whatever the reason, one answer.
    Unverified,
    /// Its time is over, or has not begun. Named only after the signature held.
    NotNow,
    /// Meant for somebody else. Named only after the signature held.
    Audience,
}

/// Only what some protocol must tell apart, grouped by who must act.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    // ---- malformed: fix the client
    /// Not a well-formed request of the protocol.
    Malformed,
    /// The security header itself is not well-formed, or lacks what the endpoint demands.
    MalformedSecurity,
    /// Well-formed, but an operation or grant that this endpoint does not know.
    UnknownOperation,
    /// The lifetime asked for is in the past, inverted or postdated.
    TimeRange,
    /// The request is too old or from the future.
    Stale,
    /// The scope is malformed or not the party's.
    Scope,
    /// A claim is required that the subject has not or that the party is not told.
    Claims,
    // ---- unauthenticated: fix the credential
    /// Whoever asks has not proven who they are. One cause, one answer, one duration.
    Unauthenticated,
    /// A copy of a message that was accepted before.
    Replayed,
    // ---- token: fetch a fresh one
    /// A token that came with the request is not good.
    Token {
        /// What it was presented as.
        role: Role,
        /// What is wrong with it.
        flaw: TokenFlaw,
    },
    // ---- denied: ask the administrator
    /// No such relying party, or not for this requestor: the two look the same.
    Target,
    /// The client may not use this grant.
    Client,
    // ---- unsupported: read the metadata
    /// A token type that is not made here.
    UnsupportedTokenType,
    /// A credential of a kind that this endpoint does not take.
    UnsupportedCredential,
    /// Something else that was asked for is not done here.
    Unsupported,
    // ---- unavailable: retry; the operator
    /// Something that the answer needs is not there.
    Unavailable {
        /// After how many seconds to try again.
        retry_after: u16,
    },
    // ---- bug: us
    /// An invariant did not hold.
    Bug,
}

impl Cause {
    /// The name under which metrics, logs and audit events know the cause.
    pub const fn name(self) -> &'static str {
        match self {
            Cause::Malformed => "malformed",
            Cause::MalformedSecurity => "malformed_security",
            Cause::UnknownOperation => "unknown_operation",
            Cause::TimeRange => "time_range",
            Cause::Stale => "stale",
            Cause::Scope => "scope",
            Cause::Claims => "claims",
            Cause::Unauthenticated => "unauthenticated",
            Cause::Replayed => "replayed",
            Cause::Token { role: Role::Credential, .. } => "credential_token",
            Cause::Token { role: Role::Subject, .. } => "subject_token",
            Cause::Token { role: Role::Assertion, .. } => "assertion",
            Cause::Target => "target",
            Cause::Client => "client",
            Cause::UnsupportedTokenType => "unsupported_token_type",
            Cause::UnsupportedCredential => "unsupported_credential",
            Cause::Unsupported => "unsupported",
            Cause::Unavailable { .. } => "unavailable",
            Cause::Bug => "bug",
        }
    }

    /// After how many seconds to try again, where trying again helps.
    pub const fn retry_after(self) -> Option<u16> {
        if let Cause::Unavailable { retry_after } = self { Some(retry_after) } else { None }
    }

    /// What the one who must act can do about it; shown by `symbolon explain`, never to the requestor.
    pub const fn remedy(self) -> &'static str {
        match self {
            Cause::Malformed => {
                "fix the client: the request does not follow the protocol; the detail says where"
            }
            Cause::MalformedSecurity => {
                "fix the client: its security header lacks what the endpoint demands; compare with the endpoint's object"
            }
            Cause::UnknownOperation => {
                "fix the client: the endpoint does not offer that operation or grant"
            }
            Cause::TimeRange => {
                "fix the client: ask for a lifetime that begins now and ends in the future"
            }
            Cause::Stale => "set the client's clock, or raise the realm's skew",
            Cause::Scope => "fix the client: ask for a scope that the relying party's object names",
            Cause::Claims => {
                "list the claim in the relying party's attributes and give it to the account, or have the client not require it"
            }
            Cause::Unauthenticated => {
                "check the account's or client's name and its secret or key; the detail says which step failed"
            }
            Cause::Replayed => {
                "none if it was an attack; a client that retries must make a new nonce or jti"
            }
            Cause::Token { flaw: TokenFlaw::Unverified, .. } => {
                "check that the token's issuer is an object of the realm with the right key"
            }
            Cause::Token { flaw: TokenFlaw::NotNow, .. } => {
                "fetch a fresh token; check both clocks"
            }
            Cause::Token { flaw: TokenFlaw::Audience, .. } => {
                "have the token issued for this service, or list its audience in the client's may_exchange"
            }
            Cause::Target => {
                "make the relying party an object of the realm, or allow the requestor in it"
            }
            Cause::Client => "add the grant to the client's object",
            Cause::UnsupportedTokenType => {
                "ask for a token type that the relying party's object offers"
            }
            Cause::UnsupportedCredential => "use the endpoint that takes this kind of credential",
            Cause::Unsupported => "leave out what is not offered; the detail names it",
            Cause::Unavailable { .. } => {
                "see the log of the component that the detail names; then try again"
            }
            Cause::Bug => "report it with the request id and the detail",
        }
    }
}

/// What exactly failed: for log and audit only. No `Display`: it cannot be printed outward by accident.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Detail(String);

impl Detail {
    /// The text, for the log and the audit event.
    pub fn for_the_record(&self) -> &str {
        &self.0
    }
}

/// A refusal: the cause that the protocol answers with, and the detail that it must not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// What the protocol may tell.
    pub cause: Cause,
    /// What only we know.
    pub detail: Detail,
}

impl Refusal {
    /// A refusal for a cause, with what exactly failed.
    pub fn new(cause: Cause, detail: impl Into<String>) -> Self {
        Self { cause, detail: Detail(detail.into()) }
    }

    /// Something that the answer needs is not there; try again after a while (rounded up to seconds).
    pub fn unavailable(retry_after: Duration, detail: impl Into<String>) -> Self {
        let seconds = retry_after.as_millis().div_ceil(1000).max(1);
        let retry_after = u16::try_from(seconds).unwrap_or(u16::MAX);
        Self::new(Cause::Unavailable { retry_after }, detail)
    }
}
