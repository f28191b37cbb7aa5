//! A request to the token endpoint.
//!
//! In:  a [`Form`].
//! Out: [`TokenRequest`]: the grant with its own parameters, each at most once; the client's credentials in the form; scope
//!      and targets.
//! Never: a parameter of one grant for another; a token type without its token. Unknown parameters are ignored.
//!
//! RFC 6749 §3.2, §3.3, §4.4; RFC 8693 §2.1; RFC 7521 §4; RFC 8707 §2.

use super::{ErrorCode, Form, FormFlaw};
use symbolon_soap::Secret;

/// Grant types that we know by name.
pub mod grant_types {
    /// RFC 8693
    pub const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
    /// RFC 6749 §4.4
    pub const CLIENT_CREDENTIALS: &str = "client_credentials";
    /// RFC 7523
    pub const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    /// RFC 7522
    pub const SAML2_BEARER: &str = "urn:ietf:params:oauth:grant-type:saml2-bearer";
    /// As RFC 7522, for SAML 1.1. In no register: what ADAL and MSAL send.
    pub const SAML11_BEARER: &str = "urn:ietf:params:oauth:grant-type:saml1_1-bearer";
    /// RFC 6749 §6
    pub const REFRESH_TOKEN: &str = "refresh_token";

    /// Grants that a token endpoint of ours serves: what a client's object may list and what metadata name.
    pub const SERVED: [&str; 5] =
        [TOKEN_EXCHANGE, JWT_BEARER, SAML2_BEARER, SAML11_BEARER, CLIENT_CREDENTIALS];
}

/// `client_assertion_type` of a JWT that the client signed (RFC 7523 §2.2).
pub const JWT_CLIENT_ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Token types of RFC 8693 §3.
pub mod token_types {
    /// An access token of this server.
    pub const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
    /// A refresh token of this server.
    pub const REFRESH_TOKEN: &str = "urn:ietf:params:oauth:token-type:refresh_token";
    /// An ID token.
    pub const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";
    /// A JWT of any kind.
    pub const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";
    /// A SAML 1.1 assertion in base64url.
    pub const SAML1: &str = "urn:ietf:params:oauth:token-type:saml1";
    /// A SAML 2.0 assertion in base64url.
    pub const SAML2: &str = "urn:ietf:params:oauth:token-type:saml2";
}

/// A request to the token endpoint. Nothing in it is verified.
#[derive(Debug, Clone)]
pub struct TokenRequest {
    /// What it builds on.
    pub grant: Grant,
    /// What the form says of the client.
    pub client: ClientParameters,
    /// Scope, its tokens apart.
    pub scope: Vec<String>,
    /// Targets by name.
    pub audience: Vec<String>,
    /// Targets by address: absolute URIs without fragment.
    pub resource: Vec<String>,
}

/// What a request builds on.
#[derive(Debug, Clone)]
pub enum Grant {
    /// A token for a token.
    TokenExchange(Box<TokenExchange>),
    /// The client itself.
    ClientCredentials,
    /// A JWT assertion.
    JwtBearer(Secret),
    /// A SAML 2.0 assertion in base64url.
    Saml2Bearer(Secret),
    /// A SAML 1.1 assertion in base64url.
    Saml11Bearer(Secret),
    /// A refresh token.
    RefreshToken(Secret),
    /// A grant that we do not know.
    Other(String),
}

/// RFC 8693 §2.1.
#[derive(Debug, Clone)]
pub struct TokenExchange {
    /// Whose rights are asked for.
    pub subject: TypedToken,
    /// Who is to act.
    pub actor: Option<TypedToken>,
    /// The type of token wanted.
    pub requested_token_type: Option<String>,
}

/// A token and what the client says that it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedToken {
    /// The token.
    pub token: Secret,
    /// Its type, a URI.
    pub token_type: String,
}

/// The client's credentials in the form. More than one kind at once is for the endpoint to refuse.
#[derive(Debug, Clone, Default)]
pub struct ClientParameters {
    /// `client_id`
    pub id: Option<String>,
    /// `client_secret`
    pub secret: Option<Secret>,
    /// `client_assertion` and `client_assertion_type`
    pub assertion: Option<TypedToken>,
}

/// What is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestFlaw {
    /// The form.
    #[error("form: {0}")]
    Form(#[from] FormFlaw),
    /// A parameter that must be there.
    #[error("no {0}")]
    Missing(&'static str),
    /// A type without the token that it is of.
    #[error("{0} without its token")]
    Stray(&'static str),
    /// A scope with a character that scopes have not.
    #[error("scope")]
    Scope,
    /// A resource that is no absolute URI, or has a fragment.
    #[error("resource")]
    Resource,
}

impl RequestFlaw {
    /// The code that tells it.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Form(_) | Self::Missing(_) | Self::Stray(_) => ErrorCode::InvalidRequest,
            Self::Scope => ErrorCode::InvalidScope,
            Self::Resource => ErrorCode::InvalidTarget,
        }
    }
}

impl TokenRequest {
    /// Reads the octets of a body.
    ///
    /// # Errors
    /// [`RequestFlaw`], exactly.
    pub fn parse(body: &[u8]) -> Result<Self, RequestFlaw> {
        Self::read(&Form::parse(body)?)
    }

    /// Reads a form.
    ///
    /// # Errors
    /// [`RequestFlaw`], exactly.
    pub fn read(form: &Form) -> Result<Self, RequestFlaw> {
        check_once(form)?;
        let grant = match form.one("grant_type")?.ok_or(RequestFlaw::Missing("grant_type"))? {
            grant_types::TOKEN_EXCHANGE => {
                Grant::TokenExchange(Box::new(TokenExchange::read(form)?))
            }
            grant_types::CLIENT_CREDENTIALS => Grant::ClientCredentials,
            grant_types::JWT_BEARER => Grant::JwtBearer(required(form, "assertion")?),
            grant_types::SAML2_BEARER => Grant::Saml2Bearer(required(form, "assertion")?),
            grant_types::SAML11_BEARER => Grant::Saml11Bearer(required(form, "assertion")?),
            grant_types::REFRESH_TOKEN => Grant::RefreshToken(required(form, "refresh_token")?),
            other => Grant::Other(other.to_owned()),
        };
        Ok(Self {
            grant,
            client: ClientParameters::read(form)?,
            scope: scope(form.one("scope")?.unwrap_or_default())?,
            audience: form.all("audience").map(str::to_owned).collect(),
            resource: form.all("resource").map(resource).collect::<Result<_, _>>()?,
        })
    }
}

impl TokenExchange {
    fn read(form: &Form) -> Result<Self, RequestFlaw> {
        let subject = typed(form, "subject_token", "subject_token_type")?;
        Ok(Self {
            subject: subject.ok_or(RequestFlaw::Missing("subject_token"))?,
            actor: typed(form, "actor_token", "actor_token_type")?,
            requested_token_type: form.one("requested_token_type")?.map(str::to_owned),
        })
    }

    /// The form that asks for this exchange, without the client's credentials and targets.
    #[must_use]
    pub fn to_form(&self) -> Form {
        let mut form = Form::new()
            .with("grant_type", grant_types::TOKEN_EXCHANGE)
            .with("subject_token", self.subject.token.expose())
            .with("subject_token_type", &self.subject.token_type);
        if let Some(actor) = &self.actor {
            form = form
                .with("actor_token", actor.token.expose())
                .with("actor_token_type", &actor.token_type);
        }
        if let Some(wanted) = &self.requested_token_type {
            form = form.with("requested_token_type", wanted);
        }
        form
    }
}

impl ClientParameters {
    fn read(form: &Form) -> Result<Self, RequestFlaw> {
        Ok(Self {
            id: form.one("client_id")?.map(str::to_owned),
            secret: form.one("client_secret")?.map(Secret::from),
            assertion: typed(form, "client_assertion", "client_assertion_type")?,
        })
    }
}

/// Refuses a repetition of any parameter that we know, also of one that the grant does not use.
fn check_once(form: &Form) -> Result<(), FormFlaw> {
    const ONCE: [&str; 13] = [
        "grant_type",
        "subject_token",
        "subject_token_type",
        "actor_token",
        "actor_token_type",
        "requested_token_type",
        "scope",
        "client_id",
        "client_secret",
        "client_assertion",
        "client_assertion_type",
        "assertion",
        "refresh_token",
    ];
    ONCE.iter().try_for_each(|name| form.one(name).map(drop))
}

fn required(form: &Form, name: &'static str) -> Result<Secret, RequestFlaw> {
    form.one(name)?.map(Secret::from).ok_or(RequestFlaw::Missing(name))
}

/// A token with its type: both or neither.
fn typed(
    form: &Form,
    token: &'static str,
    token_type: &'static str,
) -> Result<Option<TypedToken>, RequestFlaw> {
    match (form.one(token)?, form.one(token_type)?) {
        (None, None) => Ok(None),
        (Some(token), Some(token_type)) => {
            Ok(Some(TypedToken { token: token.into(), token_type: token_type.to_owned() }))
        }
        (Some(_), None) => Err(RequestFlaw::Missing(token_type)),
        (None, Some(_)) => Err(RequestFlaw::Stray(token_type)),
    }
}

// SPEC: RFC 6749 §3.3: tokens of %x21 / %x23-5B / %x5D-7E with single spaces between them.
fn scope(text: &str) -> Result<Vec<String>, RequestFlaw> {
    let is_token = |token: &str| {
        let legal = |octet: u8| matches!(octet, 0x21 | 0x23..=0x5B | 0x5D..=0x7E);
        !token.is_empty() && token.bytes().all(legal)
    };
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let tokens = text.split(' ');
    tokens.map(|one| is_token(one).then(|| one.to_owned()).ok_or(RequestFlaw::Scope)).collect()
}

// SPEC: RFC 8693 §2.1, RFC 8707 §2; RFC 3986 §4.3: scheme ":" something, no fragment.
fn resource(text: &str) -> Result<String, RequestFlaw> {
    let (scheme, rest) = text.split_once(':').ok_or(RequestFlaw::Resource)?;
    let starts_with_letter = scheme.starts_with(|first: char| first.is_ascii_alphabetic());
    let in_scheme = |octet: u8| octet.is_ascii_alphanumeric() || b"+-.".contains(&octet);
    let legal = |octet: u8| octet.is_ascii_graphic() && !br##"#"<>\^`{|}"##.contains(&octet);
    if starts_with_letter
        && scheme.bytes().all(in_scheme)
        && !rest.is_empty()
        && rest.bytes().all(legal)
    {
        Ok(text.to_owned())
    } else {
        Err(RequestFlaw::Resource)
    }
}
