//! Opening a token request: octets and headers become an operation and evidence.
//!
//! In:  a received request.
//! Out: [`Opened`], or [`Unopened`].
//! Never: chooses between two ways of client authentication in one request; that is refused. Takes one kind of token for
//!        another: what the client declares, or its grant means, is what it is verified as.
//!
//! RFC 6749 §2.3.1, §3.2, §4.4; RFC 7521 §4; RFC 7522 §2.1; RFC 7523 §2; RFC 8693 §2.1.

use symbolon_formats::RawToken;
use symbolon_jose::base64url;
use symbolon_kernel::snapshot::CredentialKind;
use symbolon_kernel::{
    AppliesTo, Cause, ClientReading, Credential, Evidence, KeyWish, Operation, Presented, Refusal,
    Role, SubjectWish, Target, TokenFlaw, Wish,
};
use symbolon_messages::oauth::{
    BasicCredentials, ClientParameters, ErrorCode, Grant, JWT_CLIENT_ASSERTION, RequestFlaw,
    TokenExchange, TokenRequest, TypedToken, grant_types, token_types,
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
    /// The type that an exchange asked for, or the one that silence means; other grants tell none.
    pub(crate) issued_token_type: Option<TokenType>,
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
    let id = form.id.as_deref();
    match (header, &form.secret, &form.assertion) {
        (Some(header), None, None) => basic(header, id),
        (None, Some(secret), None) => {
            let Some(id) = id else {
                let why = "a client secret without a client id";
                return Err(Refusal::new(Cause::Malformed, why));
            };
            let candidates = vec![Secret::from(secret.expose())];
            let reading = ClientReading { id: ClientId::new(id), candidates };
            let credential = Credential::ClientSecret(vec![reading]);
            Ok(presented(CredentialKind::ClientSecretPost, credential))
        }
        (None, None, Some(assertion)) => asserted(id, assertion),
        (None, None, None) => match id {
            Some(id) => {
                let credential = Credential::PublicClient(ClientId::new(id));
                Ok(presented(CredentialKind::PublicClient, credential))
            }
            None => Err(Refusal::new(Cause::Unauthenticated, "the client did not authenticate")),
        },
        (Some(_), _, _) | (None, Some(_), Some(_)) => {
            Err(Refusal::new(Cause::Malformed, "the client authenticates in two ways"))
        }
    }
}

// INTEROP: the standard has id and secret form-encoded; google-auth and others send them as they are. Both spellings of
// the secret are tried against the one hash; which spelling of the id counts, the kernel knows.
fn basic(header: &str, id_in_form: Option<&str>) -> Result<Presented, Refusal> {
    let credentials = BasicCredentials::parse(header)
        .map_err(|flaw| Refusal::new(Cause::Unauthenticated, format!("Authorization: {flaw}")))?;
    let mut readings: Vec<ClientReading> = Vec::new();
    for read in credentials.readings().filter(|read| id_in_form.is_none_or(|id| id == read.id)) {
        let secret = Secret::from(read.secret.expose());
        match readings.iter_mut().find(|reading| reading.id.as_str() == read.id) {
            Some(same) => same.candidates.push(secret),
            None => readings.push(ClientReading {
                id: ClientId::new(read.id.as_str()),
                candidates: vec![secret],
            }),
        }
    }
    if readings.is_empty() {
        return Err(Refusal::new(Cause::Malformed, "two client ids"));
    }
    Ok(presented(CredentialKind::ClientSecretBasic, Credential::ClientSecret(readings)))
}

// SPEC: RFC 7521 §4.2, RFC 7523 §2.2.
fn asserted(id: Option<&str>, declared: &TypedToken) -> Result<Presented, Refusal> {
    if declared.token_type != JWT_CLIENT_ASSERTION {
        let why = format!("a client assertion of type {:?}", declared.token_type);
        return Err(Refusal::new(Cause::UnsupportedCredential, why));
    }
    let assertion = Secret::from(declared.token.expose());
    let credential = Credential::ClientAssertion { claimed: id.map(ClientId::new), assertion };
    Ok(presented(CredentialKind::PrivateKeyJwt, credential))
}

fn presented(kind: CredentialKind, credential: Credential) -> Presented {
    Presented { kind, credential, covered_by: Vec::new(), confidential: true }
}

// ---- what is asked for

/// Decodes the parameters: whose token is wanted, of which type, and for whom.
fn decode(request: TokenRequest) -> Result<(Operation, Asked), Refusal> {
    let targets = request.audience.into_iter().chain(request.resource);
    let targets = targets.map(|name| AppliesTo(PartyId::new(name))).collect();
    let mut issued_token_type = None;
    let (grant, subject) = match request.grant {
        Grant::TokenExchange(exchange) => {
            issued_token_type = Some(requested(&exchange)?);
            (grant_types::TOKEN_EXCHANGE, exchanged(&exchange)?)
        }
        Grant::JwtBearer(jwt) => {
            let octets = jwt.expose().as_bytes().to_vec();
            (grant_types::JWT_BEARER, assertion(TokenType::JWT, octets))
        }
        Grant::Saml2Bearer(saml) => {
            let octets = decoded(saml.expose()).ok_or_else(no_assertion)?;
            (grant_types::SAML2_BEARER, assertion(TokenType::SAML2, octets))
        }
        Grant::Saml11Bearer(saml) => {
            let octets = decoded(saml.expose()).ok_or_else(no_assertion)?;
            (grant_types::SAML11_BEARER, assertion(TokenType::SAML11, octets))
        }
        Grant::ClientCredentials => (grant_types::CLIENT_CREDENTIALS, SubjectWish::Requestor),
        Grant::RefreshToken(_) => return Err(unknown(grant_types::REFRESH_TOKEN)),
        Grant::Other(name) => return Err(unknown(&name)),
    };
    let wish = Wish {
        grant: Some(grant.to_owned()),
        target: Target::Named(targets),
        subject,
        token_type: Some(issued_token_type.clone().unwrap_or(TokenType::ACCESS_TOKEN)),
        key: KeyWish::Bearer,
        claims: Vec::new(),
        scopes: request.scope,
        lifetime: None,
    };
    Ok((Operation::Issue(vec![wish]), Asked { issued_token_type }))
}

fn unknown(grant: &str) -> Refusal {
    Refusal::new(Cause::UnknownOperation, format!("grant {grant:?} is not offered here"))
}

// ---- RFC 8693 §2.1

fn exchanged(exchange: &TokenExchange) -> Result<SubjectWish, Refusal> {
    if exchange.actor.is_some() {
        return Err(Refusal::new(Cause::Unsupported, "actor_token is not served"));
    }
    Ok(SubjectWish::Impersonate(Box::new(subject(&exchange.subject)?)))
}

// SPEC: without requested_token_type the type is ours to choose: an access token.
fn requested(exchange: &TokenExchange) -> Result<TokenType, Refusal> {
    match exchange.requested_token_type.as_deref() {
        None | Some(token_types::ACCESS_TOKEN) => Ok(TokenType::ACCESS_TOKEN),
        Some(token_types::JWT) => Ok(TokenType::JWT),
        Some(token_types::SAML2) => Ok(TokenType::SAML2),
        Some(other) => {
            let why = format!("requested token type {other:?}");
            Err(Refusal::new(Cause::UnsupportedTokenType, why))
        }
    }
}

/// The subject token, of the type that the client declares.
fn subject(declared: &TypedToken) -> Result<Credential, Refusal> {
    let text = declared.token.expose();
    let no_assertion =
        || Refusal::new(Cause::Malformed, "the subject token is not base64url of an assertion");
    let (token_type, octets) = match declared.token_type.as_str() {
        token_types::SAML2 => (TokenType::SAML2, decoded(text).ok_or_else(no_assertion)?),
        token_types::SAML1 => (TokenType::SAML11, decoded(text).ok_or_else(no_assertion)?),
        token_types::JWT => (TokenType::JWT, text.as_bytes().to_vec()),
        token_types::ACCESS_TOKEN => (TokenType::ACCESS_TOKEN, text.as_bytes().to_vec()),
        other => {
            let why = format!("subject token type {other:?}");
            return Err(Refusal::new(Cause::UnsupportedTokenType, why));
        }
    };
    Ok(Credential::Token { token_type, raw: RawToken::Octets(octets) })
}

// ---- RFC 7521 §4.1

fn assertion(token_type: TokenType, octets: Vec<u8>) -> SubjectWish {
    let raw = RawToken::Octets(octets);
    SubjectWish::Asserted(Box::new(Credential::Token { token_type, raw }))
}

fn no_assertion() -> Refusal {
    let cause = Cause::Token { role: Role::Assertion, flaw: TokenFlaw::Unverified };
    Refusal::new(cause, "the assertion is not in base64url")
}

/// An assertion's octets. SPEC: RFC 7522 §2.1, RFC 8693 §3: base64url, without line breaks or padding.
// INTEROP: ADAL for Python sends the other alphabet, with padding. Neither changes what is verified.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=').replace('+', "-").replace('/', "_");
    base64url::decode(&text).ok()
}
