//! A compact JWS, parsed and then verified under the caller's key and algorithm.
//!
//! In:  the compact serialization, from anybody.
//! Out: [`Jws`]: what it says of itself; [`VerifiedJws`]: what the key vouches for.
//! Never: lets the header choose a key or an algorithm.
//!
//! RFC 7515 §5.2 and §7.1; RFC 8725 §3.1, §3.2 and §3.5.

use std::fmt;

use serde_json::{Map, Value};
use symbolon_keys::{PublicKey, SignatureAlgorithm};

use crate::base64url::{self, NotBase64url};
use crate::json::{JsonFlaw, strict_object};
use crate::{Claims, ClaimsFlaw};

/// A parsed JWS. Nothing in it is verified.
#[derive(Clone, PartialEq, Eq)]
pub struct Jws<'a> {
    signed: &'a str,
    algorithm: String,
    key_id: Option<String>,
    media_type: Option<String>,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

/// A JWS whose signature was verified. Made by [`Jws::verify`] alone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct VerifiedJws<'j>(&'j Jws<'j>);

/// Why a JWS is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Flaw {
    /// More octets than the caller's limit.
    #[error("JWS too large")]
    TooLarge,
    /// Not three segments, or an empty one: no JWS, a JWE, detached or unsigned content.
    #[error("not a compact JWS")]
    Shape,
    /// A segment that is not base64url.
    #[error(transparent)]
    Base64(#[from] NotBase64url),
    /// A header that is not a JSON object with unique names.
    #[error("JWS header: {0}")]
    Header(JsonFlaw),
    /// A header without `alg`, or with `alg`, `kid` or `typ` that is not a string.
    #[error("JWS header parameter {0} missing or of the wrong type")]
    Parameter(&'static str),
    /// A header with `crit`: no extension is understood here (RFC 7515 §4.1.11).
    #[error("JWS with critical extensions")]
    Critical,
    /// A header with `b64` (RFC 7797).
    #[error("JWS with the b64 parameter")]
    UnencodedPayload,
    /// The header's `alg` is not the algorithm that was agreed for the key.
    #[error("JWS algorithm is not the key's")]
    Algorithm,
    /// The signature is not the key's over these octets.
    #[error("bad JWS signature")]
    Signature,
}

impl<'a> Jws<'a> {
    /// Parses a compact JWS of at most `limit` octets.
    ///
    /// # Errors
    /// Every [`Flaw`] but [`Flaw::Algorithm`] and [`Flaw::Signature`].
    pub fn parse(compact: &'a str, limit: usize) -> Result<Self, Flaw> {
        let Segments { signed, header, payload, signature } = Segments::of(compact, limit)?;
        let header = strict_object(&base64url::decode(header)?).map_err(Flaw::Header)?;
        // SECURITY: `crit` obliges us to understand what it lists, and we understand nothing;
        // `b64` changes which octets are signed. Test: extensions_are_refused.
        if header.contains_key("crit") {
            return Err(Flaw::Critical);
        }
        if header.contains_key("b64") {
            return Err(Flaw::UnencodedPayload);
        }
        Ok(Self {
            signed,
            algorithm: string(&header, "alg")?.ok_or(Flaw::Parameter("alg"))?,
            key_id: string(&header, "kid")?,
            media_type: string(&header, "typ")?,
            payload: base64url::decode(payload)?,
            signature: base64url::decode(signature)?,
        })
    }

    /// The header's `alg`, as sent.
    #[must_use]
    pub fn alg(&self) -> &str {
        &self.algorithm
    }

    /// The header's `alg`, if it is on our list.
    #[must_use]
    pub fn algorithm(&self) -> Option<SignatureAlgorithm> {
        SignatureAlgorithm::from_jws(&self.algorithm)
    }

    /// The header's `kid`: a name to look up among keys already trusted, and nothing more.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// The header's `typ`, as sent.
    #[must_use]
    pub fn typ(&self) -> Option<&str> {
        self.media_type.as_deref()
    }

    /// Whether `typ` names this media type: without regard to case, and with or without
    /// `application/` (RFC 7515 §4.1.9). `name` comes without it.
    #[must_use]
    pub fn is_type(&self, name: &str) -> bool {
        let prefix = "application/";
        self.typ().is_some_and(|typ| match typ.split_at_checked(prefix.len()) {
            Some((start, rest)) if start.eq_ignore_ascii_case(prefix) => {
                rest.eq_ignore_ascii_case(name)
            }
            _ => typ.eq_ignore_ascii_case(name),
        })
    }

    /// The payload, which anybody may have written. It may tell whose key to try, and nothing
    /// else.
    #[must_use]
    pub fn unverified_payload(&self) -> &[u8] {
        &self.payload
    }

    /// Verifies the signature under a key and an algorithm that the caller trusts for it.
    ///
    /// # Errors
    /// [`Flaw::Algorithm`] when the header names another, [`Flaw::Signature`].
    pub fn verify(
        &'a self,
        key: &PublicKey,
        algorithm: SignatureAlgorithm,
    ) -> Result<VerifiedJws<'a>, Flaw> {
        // SECURITY: algorithm confusion. The header must agree with what the caller holds for the
        // key, and the key refuses what does not fit it. Test: the_header_does_not_choose.
        if self.algorithm != algorithm.as_jws() {
            return Err(Flaw::Algorithm);
        }
        key.verify(algorithm, self.signed.as_bytes(), &self.signature)
            .map_err(|_| Flaw::Signature)?;
        Ok(VerifiedJws(self))
    }
}

/// The payload of a compact JWS, which anybody may have written. It may tell whose key to try, and nothing else: whether the
/// rest can be read at all, [`Jws::parse`] says.
///
/// # Errors
/// [`Flaw::TooLarge`], [`Flaw::Shape`], [`Flaw::Base64`].
pub fn unverified_payload(compact: &str, limit: usize) -> Result<Vec<u8>, Flaw> {
    Ok(base64url::decode(Segments::of(compact, limit)?.payload)?)
}

/// The parts of a compact JWS as they stand there, none of them empty.
struct Segments<'a> {
    /// Header and payload.
    signed: &'a str,
    header: &'a str,
    payload: &'a str,
    signature: &'a str,
}

impl<'a> Segments<'a> {
    fn of(compact: &'a str, limit: usize) -> Result<Self, Flaw> {
        if compact.len() > limit {
            return Err(Flaw::TooLarge);
        }
        let (signed, signature) = compact.rsplit_once('.').ok_or(Flaw::Shape)?;
        let (header, payload) = signed.split_once('.').ok_or(Flaw::Shape)?;
        if payload.contains('.') || [header, payload, signature].contains(&"") {
            return Err(Flaw::Shape);
        }
        Ok(Self { signed, header, payload, signature })
    }
}

impl<'j> VerifiedJws<'j> {
    /// The signed octets.
    #[must_use]
    pub fn payload(&self) -> &'j [u8] {
        &self.0.payload
    }

    /// The JWS, whose header is signed as well.
    #[must_use]
    pub fn jws(&self) -> &'j Jws<'j> {
        self.0
    }

    /// The payload as the claims of a JWT.
    ///
    /// # Errors
    /// As [`Claims::parse`].
    pub fn claims(&self) -> Result<Claims, ClaimsFlaw> {
        Claims::parse(&self.0.payload)
    }
}

// SECURITY: whoever has the octets has the token; what is printed does not suffice to present it.
impl fmt::Debug for Jws<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (alg, kid, typ) = (self.alg(), self.kid(), self.typ());
        write!(f, "Jws {{ alg: {alg:?}, kid: {kid:?}, typ: {typ:?}, .. }}")
    }
}

impl fmt::Debug for VerifiedJws<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verified{:?}", self.0)
    }
}

fn string(header: &Map<String, Value>, name: &'static str) -> Result<Option<String>, Flaw> {
    match header.get(name) {
        None => Ok(None),
        Some(Value::String(value)) => Ok(Some(value.clone())),
        Some(_) => Err(Flaw::Parameter(name)),
    }
}

#[cfg(test)]
mod tests;
