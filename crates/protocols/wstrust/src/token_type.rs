//! Token types: their URIs in requests and answers, and how a token of each stands in an answer.
//!
//! In:  the URI of a request; a minted token.
//! Out: our type; the element, its URI and the reference by which messages name it.
//!
//! WS-Trust 1.4 §4.1; WSS SAML Token Profile 1.1.1 §3.4; RFC 8693 §3.

use std::borrow::Cow;

use symbolon_kernel::snapshot::TokenTypeName;
use symbolon_kernel::{Cause, Minted, Refusal};
use symbolon_messages::wstrust::{Reference, binary_token, names};
use symbolon_model::TokenType;

/// The type that a request names.
pub(crate) fn of_uri(uri: &str) -> Result<TokenType, Refusal> {
    match uri {
        names::SAML20_TOKEN | names::SAML20_URN => Ok(TokenType::SAML2),
        names::SAML11_TOKEN | names::SAML11_URN => Ok(TokenType::SAML11),
        names::JWT_TOKEN => Ok(TokenType::JWT),
        _ => Err(Refusal::new(Cause::UnsupportedTokenType, format!("token type {uri:?}"))),
    }
}

/// A token as it stands in an answer.
pub(crate) struct Shown<'m> {
    /// Its URI, where the request named none.
    pub(crate) uri: &'static str,
    /// Its one element.
    pub(crate) element: Cow<'m, [u8]>,
    /// How messages refer to it; `None` where no profile says how.
    pub(crate) reference: Option<Reference<'m>>,
}

impl<'m> Shown<'m> {
    /// `named`: which name of a SAML token type is told to whoever named none.
    ///
    /// `None` for a type that no answer of WS-Trust can hold.
    pub(crate) fn of(minted: &'m Minted, named: TokenTypeName) -> Option<Self> {
        let (token, id) = (minted.token().as_slice(), minted.id().as_str());
        let asserted = |profile, namespace, reference| Self {
            uri: match named {
                TokenTypeName::Profile => profile,
                TokenTypeName::Assertion => namespace,
            },
            element: Cow::Borrowed(token),
            reference: Some(reference),
        };
        let token_type = minted.token_type();
        if *token_type == TokenType::SAML2 {
            Some(asserted(names::SAML20_TOKEN, names::SAML20_URN, Reference::saml20(id)))
        } else if *token_type == TokenType::SAML11 {
            Some(asserted(names::SAML11_TOKEN, names::SAML11_URN, Reference::saml11(id)))
        } else if [TokenType::JWT, TokenType::ACCESS_TOKEN].contains(token_type) {
            let element = binary_token(names::JWT_TOKEN, token).ok()?;
            Some(Self { uri: names::JWT_TOKEN, element: Cow::Owned(element), reference: None })
        } else {
            None
        }
    }
}
