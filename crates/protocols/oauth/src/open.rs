//! Opening a token request: octets and headers become an operation and evidence.
//!
//! In:  a received request.
//! Out: [`Opened`], or [`Unopened`].
//! Never: chooses between two ways of client authentication in one request; that is refused. Takes one kind of token for
//!        another: what the client declares is what it is verified as.
//!
//! RFC 6749 §2.3.1, §3.2; RFC 8693 §2.1.

use symbolon_formats::RawToken;
use symbolon_jose::base64url;
use symbolon_kernel::snapshot::CredentialKind;
use symbolon_kernel::{
    AppliesTo, Cause, Credential, Evidence, KeyWish, Operation, Presented, Refusal, SubjectWish,
    Target, Wish,
};
use symbolon_messages::oauth::{
    BasicCredentials, ClientParameters, ErrorCode, Grant, RequestFlaw, TokenExchange, TokenRequest,
    TypedToken, grant_types, token_types,
};
use symbolon_model::signals::STAGE;
use symbolon_model::{ClientId, Confidential, PartyId, Secret, TokenType};
use tracing::trace;

use crate::Received;

/// A request that could be opened.
pub(crate) struct Opened {
    pub(crate) operation: Operation,
    pub(crate) evidence: Evidence,
    pub(crate) asked: Asked,
}

/// A request that could not.
pub(crate) struct Unopened {
    pub(crate) refusal: Refusal,
    pub(crate) wrong: Wrong,
}

/// What is wrong with it, where HTTP tells it.
#[derive(Clone, Copy)]
pub(crate) enum Wrong {
    /// It is no form by its media type.
    MediaType,
    /// Something that the cause of the refusal tells.
    Request,
}

impl From<Refusal> for Unopened {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, wrong: Wrong::Request }
    }
}

/// What the answer must repeat of the request.
pub(crate) struct Asked {
    /// The type that was asked for, or the one that silence means.
    pub(crate) token_type: TokenType,
}

/// Opens a request.
pub(crate) fn open(received: &Received<'_>) -> Result<Opened, Unopened> {
    trace!(target: STAGE, "open");
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
fn check_media_type(content_type: Option<&str>) -> Result<(), Unopened> {
    let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Ok(());
    }
    let refusal = Refusal::new(Cause::Malformed, format!("media type {essence:?}"));
    Err(Unopened { refusal, wrong: Wrong::MediaType })
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

// ---- what is asked for

/// Decodes the parameters: RFC 8693 §2.1.
fn decode(request: TokenRequest) -> Result<(Operation, Asked), Refusal> {
    let targets = request.audience.into_iter().chain(request.resource);
    let targets = targets.map(|name| AppliesTo(PartyId::new(name))).collect();
    let (grant, exchange) = match request.grant {
        Grant::TokenExchange(exchange) => (grant_types::TOKEN_EXCHANGE, *exchange),
        Grant::ClientCredentials => return Err(unknown("client_credentials")),
        Grant::JwtBearer(_) => return Err(unknown("jwt-bearer")),
        Grant::Saml2Bearer(_) => return Err(unknown("saml2-bearer")),
        Grant::RefreshToken(_) => return Err(unknown("refresh_token")),
        Grant::Other(name) => return Err(unknown(&name)),
    };
    if exchange.actor.is_some() {
        return Err(Refusal::new(Cause::Unsupported, "actor_token is not served"));
    }
    let token_type = requested(&exchange)?;
    let wish = Wish {
        grant: Some(grant.to_owned()),
        target: Target::Named(targets),
        subject: SubjectWish::Impersonate(Box::new(subject(&exchange.subject)?)),
        token_type: Some(token_type.clone()),
        key: KeyWish::Bearer,
        scopes: request.scope,
        lifetime: None,
    };
    Ok((Operation::Issue(vec![wish]), Asked { token_type }))
}

fn unknown(grant: &str) -> Refusal {
    Refusal::new(Cause::UnknownOperation, format!("grant {grant:?} is not offered here"))
}

// SPEC: RFC 8693 §2.1: without requested_token_type the type is ours to choose: an access token.
fn requested(exchange: &TokenExchange) -> Result<TokenType, Refusal> {
    match exchange.requested_token_type.as_deref() {
        None | Some(token_types::ACCESS_TOKEN) => Ok(TokenType::ACCESS_TOKEN),
        Some(token_types::JWT) => Ok(TokenType::JWT),
        Some(other) => {
            let why = format!("requested token type {other:?}");
            Err(Refusal::new(Cause::UnsupportedTokenType, why))
        }
    }
}

/// The subject token, of the type that the client declares.
fn subject(declared: &TypedToken) -> Result<Credential, Refusal> {
    let text = declared.token.expose();
    let (token_type, octets) = match declared.token_type.as_str() {
        token_types::SAML2 => (TokenType::SAML2, saml(text)?),
        token_types::JWT => (TokenType::JWT, text.as_bytes().to_vec()),
        token_types::ACCESS_TOKEN => (TokenType::ACCESS_TOKEN, text.as_bytes().to_vec()),
        other => {
            let why = format!("subject token type {other:?}");
            return Err(Refusal::new(Cause::UnsupportedTokenType, why));
        }
    };
    Ok(Credential::Token { token_type, raw: RawToken::Octets(octets) })
}

// SPEC: RFC 8693 §3: base64url of the assertion, without padding. INTEROP: with padding is accepted too.
fn saml(text: &str) -> Result<Vec<u8>, Refusal> {
    base64url::decode(text.trim_end_matches('=')).map_err(|_| {
        Refusal::new(Cause::Malformed, "the subject token is not base64url of an assertion")
    })
}
