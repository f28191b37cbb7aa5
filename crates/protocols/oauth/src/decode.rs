//! A token request becomes an [`Operation`].
//!
//! In:  the request, taken apart.
//! Out: the operation in the kernel's words, and what the answer must repeat ([`Asked`]).
//! Never: takes one kind of token for another: what the client declares is what it is verified as.
//!
//! RFC 8693 §2.1.

use symbolon_formats::RawToken;
use symbolon_jose::base64url;
use symbolon_kernel::{
    AppliesTo, Cause, Credential, KeyWish, Operation, Refusal, SubjectWish, Target, Wish,
};
use symbolon_messages::oauth::{
    Grant, TokenExchange, TokenRequest, TypedToken, grant_types, token_types,
};
use symbolon_model::{PartyId, TokenType};

/// What the answer must repeat of the request.
pub(crate) struct Asked {
    /// The type that was asked for, or the one that silence means.
    pub(crate) token_type: TokenType,
}

/// Decodes a request.
pub(crate) fn decode(request: TokenRequest) -> Result<(Operation, Asked), Refusal> {
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
        subject: SubjectWish::Impersonate(subject(&exchange.subject)?),
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
