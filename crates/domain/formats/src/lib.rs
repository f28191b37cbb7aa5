//! Token formats: a [`Draft`] becomes signed octets, and octets become verified [`Contents`].
//!
//! In:  a draft and a signer; or a token as it came, and the keys of the issuer that it names.
//! Out: [`TokenBytes`]; or what the token says, read from the verified octets alone.
//! Never: decides. Whether the issuer is trusted, the token still holds, or is meant for us is the kernel's question.
//!
//! A format is registered by token type; ours the same way as anyone's ([`built_in`]).

mod draft;
pub mod jwt;
mod saml;
pub mod saml11;
pub mod saml2;
#[cfg(test)]
mod testing;

use std::sync::Arc;

use symbolon_keys::{BoxFuture, PublicKey, SignFlaw, SignatureAlgorithm, Signer};
use symbolon_model::{KeyId, TokenBytes, TokenType, purpose};
use symbolon_xml::Element;
pub use symbolon_xmlsec::Until;

pub use draft::{Contents, Draft, Layout, NameId};

/// The formats that every realm has: SAML 2.0 and 1.1 assertions, and JWTs under both of their types.
pub fn built_in() -> Vec<Arc<dyn Format>> {
    vec![
        Arc::new(saml2::Saml2),
        Arc::new(saml11::Saml11),
        Arc::new(jwt::Jwt::new(TokenType::JWT)),
        Arc::new(jwt::Jwt::new(TokenType::ACCESS_TOKEN)),
    ]
}

/// A token as it came: nobody has believed it.
#[derive(Clone, Debug)]
pub enum RawToken {
    /// An XML token as an element of a message that is already parsed: no octet is parsed twice.
    Xml(Element),
    /// Octets on their own: XML text, or a compact JWT.
    Octets(Vec<u8>),
}

/// A key that the realm trusts for one issuer, and what it may be used with.
#[derive(Clone, PartialEq, Debug)]
pub struct TrustedKey {
    /// The name that tokens may call it by; a hint only.
    pub id: Option<KeyId>,
    /// The key.
    pub key: PublicKey,
    /// The algorithm it signs with. A token that names another one is not verified.
    pub algorithm: SignatureAlgorithm,
}

impl TrustedKey {
    /// Whether a token that asks for the key of that name may mean this one: a key that has a name is not tried for another;
    /// a key without name may be any.
    pub fn may_be_called(&self, kid: Option<&str>) -> bool {
        match (&self.id, kid) {
            (Some(id), Some(kid)) => id.as_str() == kid,
            (None, _) | (_, None) => true,
        }
    }
}

/// What a realm trusts one issuer's tokens by, at one moment.
#[derive(Clone, PartialEq, Debug)]
pub struct IssuerKeys {
    /// Its keys.
    pub keys: Vec<TrustedKey>,
    /// Until when SHA-1 counts in its assertions, in RSA signatures and in digests; `None`: it never does.
    pub sha1: Option<Until>,
}

impl From<Vec<TrustedKey>> for IssuerKeys {
    /// Without SHA-1.
    fn from(keys: Vec<TrustedKey>) -> Self {
        Self { keys, sha1: None }
    }
}

/// Why a token could not be read. The kernel tells a stranger none of this: to him every flaw is the same refusal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// Not a token of this format.
    #[error("not a token of this format: {0}")]
    Malformed(String),
    /// No key of the issuer that it names verifies it.
    #[error("not signed by a key of its issuer: {0}")]
    Signature(String),
    /// It carries a condition, algorithm or version that we do not know: it must not be believed.
    #[error("holds something that we do not understand: {0}")]
    NotUnderstood(String),
}

#[expect(clippy::needless_pass_by_value, reason = "made to be handed to map_err")]
impl Flaw {
    pub(crate) fn malformed(why: impl ToString) -> Self {
        Self::Malformed(why.to_string())
    }

    pub(crate) fn signature(why: impl ToString) -> Self {
        Self::Signature(why.to_string())
    }

    pub(crate) fn not_understood(why: impl ToString) -> Self {
        Self::NotUnderstood(why.to_string())
    }
}

/// Why a draft did not become a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodeFlaw {
    /// It says what this format cannot: a character that XML has not, a year beyond 9999, no audience.
    #[error("the format cannot say this: {0}")]
    Draft(String),
    /// The signer failed.
    #[error(transparent)]
    Sign(#[from] SignFlaw),
}

#[expect(clippy::needless_pass_by_value, reason = "made to be handed to map_err")]
impl EncodeFlaw {
    pub(crate) fn draft(why: impl ToString) -> Self {
        Self::Draft(why.to_string())
    }
}

/// One kind of token. Object-safe, so that formats can be registered.
pub trait Format: Send + Sync {
    /// The type that it is registered by.
    fn token_type(&self) -> TokenType;

    /// The token parsed, so that [`issuer`](Self::issuer) and [`verify`](Self::verify) need not parse it each: calling this
    /// first saves work and changes no answer.
    ///
    /// # Errors
    /// [`Flaw::Malformed`] where it does not parse.
    fn parsed(&self, raw: RawToken) -> Result<RawToken, Flaw> {
        Ok(raw)
    }

    /// The issuer that the token names, unverified: only good for finding that issuer's keys.
    ///
    /// # Errors
    /// [`Flaw::Malformed`] where there is none.
    fn issuer(&self, raw: &RawToken) -> Result<String, Flaw>;

    /// What the token says, if one of the keys signed it.
    ///
    /// # Errors
    /// [`Flaw`], whose variants must not be told apart outward.
    fn verify<'a>(
        &'a self,
        raw: &'a RawToken,
        issuer: &'a IssuerKeys,
    ) -> BoxFuture<'a, Result<Contents, Flaw>>;

    /// The draft as signed octets.
    ///
    /// # Errors
    /// [`EncodeFlaw::Draft`] where this format cannot say it, [`EncodeFlaw::Sign`] where the signer failed.
    fn encode<'a>(
        &'a self,
        draft: &'a Draft,
        signer: &'a Signer<purpose::Token>,
    ) -> BoxFuture<'a, Result<TokenBytes, EncodeFlaw>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_type_is_registered_once() {
        let types: Vec<TokenType> = built_in().iter().map(|format| format.token_type()).collect();
        assert_eq!(
            types,
            [TokenType::SAML2, TokenType::SAML11, TokenType::JWT, TokenType::ACCESS_TOKEN]
        );
    }
}
