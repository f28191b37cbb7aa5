//! Public keys as JWK.
//!
//! In:  a public key, or a JWK from a pinned set.
//! Out: a JWK of public members only, or a public key; the thumbprint of a key.
//! Never: reads or writes private members; takes a key for a use or an algorithm that it excludes.
//!
//! RFC 7517 §4, RFC 7518 §6.2 and §6.3, RFC 7638.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use symbolon_keys::{Certificate, Curve, KeyFlaw, Numbers, PublicKey, SignatureAlgorithm, sha256};

use crate::base64url::{self, NotBase64url};

/// RFC 7518 §6.2.2, §6.3.2 and §6.4: what no public key has.
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// Why a JWK is not a public key that can verify here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum JwkFlaw {
    /// A member missing or of the wrong type.
    #[error("JWK member {0} missing or of the wrong type")]
    Member(&'static str),
    /// A number that is not the shortest base64url.
    #[error(transparent)]
    Base64(#[from] NotBase64url),
    /// A private or symmetric key.
    #[error("JWK with private members")]
    Private,
    /// A key type or a curve that we do not use.
    #[error("JWK of an unsupported kind")]
    Unsupported,
    /// Its `use`, `key_ops` or `alg` excludes what we would do with it.
    #[error("JWK not meant to verify signatures of ours")]
    NotForVerifying,
    /// Numbers that make no key that we use.
    #[error(transparent)]
    Key(#[from] KeyFlaw),
}

/// Writes a verification key: `kty` and its numbers, `kid`, `alg`, `use`, and of a certificate
/// `x5c` and `x5t#S256`.
#[must_use]
pub fn jwk(
    key: &PublicKey,
    kid: &str,
    algorithm: SignatureAlgorithm,
    certificate: Option<&Certificate>,
) -> Value {
    let mut jwk = match key.numbers() {
        Numbers::Rsa { modulus, exponent } => json!({
            "kty": "RSA", "n": base64url::encode(modulus), "e": base64url::encode(exponent),
        }),
        Numbers::Ec { curve, x, y } => json!({
            "kty": "EC", "crv": name(curve), "x": base64url::encode(x), "y": base64url::encode(y),
        }),
    };
    if let Some(members) = jwk.as_object_mut() {
        members.insert("kid".to_owned(), json!(kid));
        members.insert("alg".to_owned(), json!(algorithm.as_jws()));
        members.insert("use".to_owned(), json!("sig"));
        if let Some(certificate) = certificate {
            let thumbprint = base64url::encode(&certificate.thumbprint_sha256());
            members.insert("x5c".to_owned(), json!([STANDARD.encode(certificate.der())]));
            members.insert("x5t#S256".to_owned(), json!(thumbprint));
        }
    }
    jwk
}

/// Reads a verification key. Unknown members are ignored, `x5c` among them.
///
/// # Errors
/// [`JwkFlaw`].
pub fn public_key_from_jwk(jwk: &Value) -> Result<PublicKey, JwkFlaw> {
    if PRIVATE.iter().any(|member| jwk.get(member).is_some()) {
        return Err(JwkFlaw::Private);
    }
    let key = match text(jwk, "kty")? {
        "RSA" => {
            let (modulus, exponent) = (number(jwk, "n")?, number(jwk, "e")?);
            PublicKey::from_numbers(Numbers::Rsa { modulus: &modulus, exponent: &exponent })?
        }
        "EC" => {
            let crv = text(jwk, "crv")?;
            let curve = Curve::ALL.into_iter().find(|curve| name(*curve) == crv);
            let curve = curve.ok_or(JwkFlaw::Unsupported)?;
            let x = base64url::decode(text(jwk, "x")?)?;
            let y = base64url::decode(text(jwk, "y")?)?;
            PublicKey::from_numbers(Numbers::Ec { curve, x: &x, y: &y })?
        }
        _ => return Err(JwkFlaw::Unsupported),
    };
    if may_verify(jwk, &key) { Ok(key) } else { Err(JwkFlaw::NotForVerifying) }
}

/// SHA-256 of the required members alone, in order of their names (RFC 7638 §3).
#[must_use]
pub fn thumbprint(key: &PublicKey) -> [u8; 32] {
    let text = match key.numbers() {
        Numbers::Rsa { modulus, exponent } => format!(
            r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#,
            base64url::encode(exponent),
            base64url::encode(modulus)
        ),
        Numbers::Ec { curve, x, y } => format!(
            r#"{{"crv":"{}","kty":"EC","x":"{}","y":"{}"}}"#,
            name(curve),
            base64url::encode(x),
            base64url::encode(y)
        ),
    };
    sha256(text.as_bytes())
}

/// RFC 7518 §6.2.1.1.
fn name(curve: Curve) -> &'static str {
    match curve {
        Curve::P256 => "P-256",
        Curve::P384 => "P-384",
        Curve::P521 => "P-521",
    }
}

/// RFC 7517 §4.2, §4.3 and §4.4: what is said must allow it; what is not said does.
fn may_verify(jwk: &Value, key: &PublicKey) -> bool {
    let usage = jwk.get("use").is_none_or(|usage| usage == "sig");
    let operations = jwk.get("key_ops").is_none_or(|operations| {
        operations.as_array().is_some_and(|all| all.iter().any(|one| one == "verify"))
    });
    let algorithm = jwk.get("alg").is_none_or(|name| {
        let algorithm = name.as_str().and_then(SignatureAlgorithm::from_jws);
        algorithm.is_some_and(|algorithm| algorithm.fits_jws(key.kind()))
    });
    usage && operations && algorithm
}

fn text<'v>(jwk: &'v Value, member: &'static str) -> Result<&'v str, JwkFlaw> {
    jwk.get(member).and_then(Value::as_str).ok_or(JwkFlaw::Member(member))
}

/// Base64urlUInt: no leading zero octets (RFC 7518 §2).
fn number(jwk: &Value, member: &'static str) -> Result<Vec<u8>, JwkFlaw> {
    let octets = base64url::decode(text(jwk, member)?)?;
    if octets.first() == Some(&0) { Err(JwkFlaw::Base64(NotBase64url)) } else { Ok(octets) }
}

#[cfg(test)]
mod tests;
