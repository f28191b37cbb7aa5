//! Whose signature a relying party believes.
//!
//! In:  an issuer's certificates in PEM, or its JWKS.
//! Out: [`Trust`]: keys, each with the one algorithm that it signs with, and the issuer's name if that is known.
//! Never: a key from a token.
//!
//! RFC 7517 §5. A pinned certificate counts as its key: its validity and issuer say nothing here.

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use symbolon_formats::TrustedKey;
use symbolon_jose::{public_key_from_jwk, strict_object};
use symbolon_keys::{PublicKey, SignatureAlgorithm};
use symbolon_model::KeyId;

/// Keys of one issuer.
#[derive(Clone, Debug)]
pub struct Trust {
    pub(crate) keys: Vec<TrustedKey>,
    pub(crate) issuer: Option<String>,
}

/// Why there is nothing to trust.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadTrust {
    /// No certificate in PEM, or one whose key cannot verify tokens.
    #[error("no certificate in PEM with an RSA or P-256 key")]
    Certificate,
    /// Not a JWKS.
    #[error("not a JSON Web Key Set")]
    NotAKeySet,
    /// A JWKS without a key that can verify tokens.
    #[error("no key in the set can verify a token")]
    NoKey,
}

impl Trust {
    /// Every certificate of a PEM text; at least one.
    ///
    /// # Errors
    /// [`BadTrust::Certificate`], also where one of several cannot be used.
    pub fn from_certificates(pem: &[u8]) -> Result<Self, BadTrust> {
        let mut keys = Vec::new();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|_| BadTrust::Certificate)?;
            let key = PublicKey::from_certificate_der(&certificate);
            let key = key.map_err(|_| BadTrust::Certificate)?;
            keys.push(TrustedKey { id: None, algorithm: key.kind().usual_algorithm(), key });
        }
        if keys.is_empty() { Err(BadTrust::Certificate) } else { Ok(Self { keys, issuer: None }) }
    }

    /// Every key of a JWKS that can verify tokens; at least one.
    ///
    /// # Errors
    /// [`BadTrust::NotAKeySet`], [`BadTrust::NoKey`].
    pub fn from_jwks(json: &[u8]) -> Result<Self, BadTrust> {
        let set = strict_object(json).map_err(|_| BadTrust::NotAKeySet)?;
        let all = set.get("keys").and_then(|keys| keys.as_array()).ok_or(BadTrust::NotAKeySet)?;
        // SPEC: RFC 7517 §5: keys of a kind that is not understood are passed over.
        let keys: Vec<TrustedKey> = all.iter().filter_map(trusted).collect();
        if keys.is_empty() { Err(BadTrust::NoKey) } else { Ok(Self { keys, issuer: None }) }
    }

    /// The same, for tokens of this issuer alone.
    #[must_use]
    pub fn of_issuer(self, issuer: &str) -> Self {
        Self { issuer: Some(issuer.to_owned()), ..self }
    }
}

fn trusted(jwk: &serde_json::Value) -> Option<TrustedKey> {
    let key = public_key_from_jwk(jwk).ok()?;
    let named = jwk.get("alg").and_then(|alg| alg.as_str()).map(SignatureAlgorithm::from_jws);
    let algorithm = named.unwrap_or(Some(key.kind().usual_algorithm()))?;
    let id = jwk.get("kid").and_then(|kid| kid.as_str()).map(KeyId::from);
    Some(TrustedKey { id, key, algorithm })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_to_trust_is_a_flaw() {
        assert_eq!(Trust::from_certificates(b"").unwrap_err(), BadTrust::Certificate);
        assert_eq!(Trust::from_jwks(b"[]").unwrap_err(), BadTrust::NotAKeySet);
        assert_eq!(Trust::from_jwks(br#"{"keys":{}}"#).unwrap_err(), BadTrust::NotAKeySet);
        let symmetric = br#"{"keys":[{"kty":"oct","k":"AA"}]}"#;
        assert_eq!(Trust::from_jwks(symmetric).unwrap_err(), BadTrust::NoKey);
    }

    #[test]
    fn a_key_set_with_a_name_twice_is_refused() {
        let twice = br#"{"keys":[],"keys":[]}"#;
        assert_eq!(Trust::from_jwks(twice).unwrap_err(), BadTrust::NotAKeySet);
    }
}
