//! Opening a token request: octets and headers become an operation and evidence.
//!
//! In:  a received request.
//! Out: [`Opened`], or a refusal.
//! Never: chooses between two ways of client authentication in one request; that is refused.
//!
//! RFC 6749 §2.3.1, §3.2.

use symbolon_kernel::snapshot::CredentialKind;
use symbolon_kernel::{Cause, Credential, Evidence, Operation, Presented, Refusal};
use symbolon_messages::oauth::{
    BasicCredentials, ClientParameters, ErrorCode, RequestFlaw, TokenRequest,
};
use symbolon_model::{ClientId, Confidential, Secret};

use crate::Received;
use crate::decode::{Asked, decode};

/// A request that could be opened.
pub(crate) struct Opened {
    pub(crate) operation: Operation,
    pub(crate) evidence: Evidence,
    pub(crate) asked: Asked,
}

/// Opens a request.
pub(crate) fn open(received: &Received<'_>) -> Result<Opened, Refusal> {
    check_media_type(received.content_type)?;
    let request = TokenRequest::parse(received.body);
    let request = request.map_err(|flaw| Refusal::new(cause_of(&flaw), flaw.to_string()))?;
    let presented = client(received.authorization, &request.client)?;
    let evidence = Evidence {
        credentials: vec![presented],
        possessed: Vec::new(),
        reply: Confidential::Channel,
        sent: None,
        once: Vec::new(),
        tolerances: Vec::new(),
    };
    let (operation, asked) = decode(request)?;
    Ok(Opened { operation, evidence, asked })
}

// SPEC: RFC 6749 §3.2, appendix B.
fn check_media_type(content_type: Option<&str>) -> Result<(), Refusal> {
    let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Ok(());
    }
    Err(Refusal::new(Cause::Malformed, format!("media type {essence:?}")))
}

fn cause_of(flaw: &RequestFlaw) -> Cause {
    match flaw.code() {
        ErrorCode::InvalidScope => Cause::Scope,
        ErrorCode::InvalidTarget => Cause::Target,
        ErrorCode::InvalidRequest
        | ErrorCode::InvalidClient
        | ErrorCode::InvalidGrant
        | ErrorCode::UnauthorizedClient
        | ErrorCode::UnsupportedGrantType
        | ErrorCode::ServerError
        | ErrorCode::TemporarilyUnavailable => Cause::Malformed,
    }
}

/// The one credential of the client. SPEC: RFC 6749 §2.3: never more than one method in a request.
fn client(header: Option<&str>, form: &ClientParameters) -> Result<Presented, Refusal> {
    if form.assertion.is_some() {
        let why = "a client assertion, and no endpoint takes one";
        return Err(Refusal::new(Cause::UnsupportedCredential, why));
    }
    match (header, &form.id, &form.secret) {
        (Some(_), _, Some(_)) => {
            Err(Refusal::new(Cause::Malformed, "a secret in the header and another in the form"))
        }
        (Some(header), id, None) => basic(header, id.as_deref()),
        (None, Some(id), Some(secret)) => {
            let candidates = vec![Secret::from(secret.expose())];
            Ok(presented(CredentialKind::ClientSecretPost, id, candidates))
        }
        (None, None, Some(_)) => {
            Err(Refusal::new(Cause::Malformed, "a client secret without a client id"))
        }
        (None, _, None) => {
            Err(Refusal::new(Cause::Unauthenticated, "the client did not authenticate"))
        }
    }
}

// INTEROP: the standard has id and secret form-encoded; google-auth and others send them as they are. Both spellings of
// the secret are tried against the one hash; an id is read as the standard has it.
fn basic(header: &str, id_in_form: Option<&str>) -> Result<Presented, Refusal> {
    let credentials = BasicCredentials::parse(header)
        .map_err(|flaw| Refusal::new(Cause::Unauthenticated, format!("Authorization: {flaw}")))?;
    let Some(first) = credentials.readings().next() else {
        return Err(Refusal::new(Cause::Unauthenticated, "Authorization holds nothing"));
    };
    if id_in_form.is_some_and(|id| id != first.id) {
        return Err(Refusal::new(Cause::Malformed, "two client ids"));
    }
    let same = credentials.readings().filter(|reading| reading.id == first.id);
    let candidates = same.map(|reading| Secret::from(reading.secret.expose())).collect();
    Ok(presented(CredentialKind::ClientSecretBasic, &first.id, candidates))
}

fn presented(kind: CredentialKind, id: &str, candidates: Vec<Secret<String>>) -> Presented {
    let credential = Credential::ClientSecret { id: ClientId::new(id), candidates };
    Presented { kind, credential, covered_by: Vec::new(), confidential: true }
}
