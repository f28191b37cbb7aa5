//! SAML 1.1 assertions, as AD FS writes them.
//!
//! In:  a draft and a signer; or an assertion, alone or inside a message, and the keys of the issuer that it names.
//! Out: one canonical assertion, signed, that declares every namespace it uses; or what the verified element says.
//! Never: reads anything that the signature does not cover; believes a key that the assertion carries; takes a condition that
//!        it does not know for one that is met, or one subject's statement for another's.
//!
//! SAML 1.1 core (oasis-sstc-saml-core-1.1) §2, §5.4; its WS-Security profile (WSS SAML token profile 1.1) §3.5.

mod read;
mod write;

use symbolon_keys::{BoxFuture, Signer};
use symbolon_model::{TokenBytes, TokenType, purpose};

use crate::{Contents, Draft, EncodeFlaw, Flaw, Format, IssuerKeys, RawToken};

/// The format of SAML 1.1 assertions.
///
/// What an attribute is called stands there in two parts. A claim's URI is split at its last `/`, as AD FS and WIF do; a name
/// without one stands whole in the namespace `http://schemas.xmlsoap.org/claims`, and is read back as it was. A URI directly
/// in that namespace cannot be told from it: `http://schemas.xmlsoap.org/claims/Group` is read as `Group`.
///
/// A claim without values is not written: this version has no word for it (core §2.4.4.1). Read are the bearer's assertions
/// only; what `AuthenticationMethod` says is not precise enough for more than
/// [`Token`](symbolon_model::AuthenticationMethod::Token).
#[derive(Clone, Copy, Debug)]
pub struct Saml11;

impl Format for Saml11 {
    fn token_type(&self) -> TokenType {
        TokenType::SAML11
    }

    fn parsed(&self, raw: RawToken) -> Result<RawToken, Flaw> {
        Ok(RawToken::Xml(read::assertion(&raw)?))
    }

    fn issuer(&self, raw: &RawToken) -> Result<String, Flaw> {
        read::issuer(&read::assertion(raw)?).map(str::to_owned)
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

/// Namespace of everything here: that of version 1.0, which 1.1 kept.
const ASSERTION: &str = "urn:oasis:names:tc:SAML:1.0:assertion";
/// Who bears it may use it. Bindings and profiles 1.1 §4.1.1.
const BEARER: &str = "urn:oasis:names:tc:SAML:1.0:cm:bearer";
/// A password; whatever else. Core §7.1.
const METHOD_PASSWORD: &str = "urn:oasis:names:tc:SAML:1.0:am:password";
const METHOD_UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:1.0:am:unspecified";
/// The namespace of attributes whose name is no path.
const SHORT_NAMES: &str = "http://schemas.xmlsoap.org/claims";

#[cfg(test)]
mod tests;
