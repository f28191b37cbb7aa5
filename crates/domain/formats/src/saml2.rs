//! SAML 2.0 assertions.
//!
//! In:  a draft and a signer; or an assertion, alone or inside a message, and the keys of the issuer that it names.
//! Out: one canonical assertion, signed, that declares every namespace it uses; or what the verified element says.
//! Never: reads anything that the signature does not cover; believes a key that the assertion carries; takes a condition that
//!        it does not know for one that is met.
//!
//! SAML 2.0 core (saml-core-2.0-os) §2, §5.4; profiles §3.3 (bearer).

mod read;
mod write;

use symbolon_keys::{BoxFuture, Signer};
use symbolon_model::{TokenBytes, TokenType, purpose};

use crate::{Contents, Draft, EncodeFlaw, Flaw, Format, IssuerKeys, RawToken};

/// The format of SAML 2.0 assertions.
#[derive(Clone, Copy, Debug)]
pub struct Saml2;

impl Format for Saml2 {
    fn token_type(&self) -> TokenType {
        TokenType::SAML2
    }

    fn parsed(&self, raw: RawToken) -> Result<RawToken, Flaw> {
        Ok(RawToken::Xml(read::assertion(&raw)?))
    }

    fn issuer(&self, raw: &RawToken) -> Result<String, Flaw> {
        read::issuer(&read::assertion(raw)?)
    }

    fn verify<'a>(
        &'a self,
        raw: &'a RawToken,
        issuer: &'a IssuerKeys,
    ) -> BoxFuture<'a, Result<Contents, Flaw>> {
        Box::pin(async move { read::verify(&read::assertion(raw)?, issuer) })
    }

    fn encode<'a>(
        &'a self,
        draft: &'a Draft,
        signer: &'a Signer<purpose::Token>,
    ) -> BoxFuture<'a, Result<TokenBytes, EncodeFlaw>> {
        Box::pin(async move { write::unsigned(draft)?.signed(&draft.id, signer).await })
    }
}

/// Namespace of everything here.
const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
/// Who bears it may use it. Profiles §3.3.
const BEARER: &str = "urn:oasis:names:tc:SAML:2.0:cm:bearer";
/// Attribute names that are URIs, and those that are not. Core §8.2.
const NAME_FORMAT_URI: &str = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri";
const NAME_FORMAT_BASIC: &str = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic";
/// A password over a protected channel; a password; a session that was there before. Authentication contexts §3.4.
const CLASS_PASSWORD_TRANSPORT: &str =
    "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";
const CLASS_PASSWORD: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password";
const CLASS_PREVIOUS_SESSION: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:PreviousSession";

#[cfg(test)]
mod tests;
