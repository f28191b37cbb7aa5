//! Writing a compact JWS.
//!
//! In:  a header, a payload, a signer.
//! Out: the compact serialization.
//! Never: an algorithm other than the signer's.
//!
//! RFC 7515 §5.1 and §7.1.

use serde::Serialize;
use symbolon_keys::{SignFlaw, Signer};

use crate::base64url;

/// What the header says besides the signer's algorithm.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Header<'h> {
    /// The media type of the whole, without `application/` (`JWT`, `at+jwt`).
    pub typ: Option<&'h str>,
    /// The identifier under which the public key is published; [`Signer::key_id`] as a rule.
    pub kid: Option<&'h str>,
}

#[derive(Serialize)]
struct Written<'h> {
    alg: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    typ: Option<&'h str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<&'h str>,
}

/// Signs `payload` and writes `header.payload.signature`.
///
/// # Errors
/// [`SignFlaw`]: also of a signer whose algorithm has no name here for its kind of key.
pub async fn sign_compact<P>(
    header: &Header<'_>,
    payload: &[u8],
    signer: &Signer<P>,
) -> Result<String, SignFlaw> {
    let algorithm = signer.algorithm();
    let alg = algorithm.as_jws().filter(|_| algorithm.fits_jws(signer.public_key().kind()));
    let alg = alg.ok_or(SignFlaw)?;
    let header = Written { alg, typ: header.typ, kid: header.kid };
    // INVARIANT: three strings always serialise.
    let header = serde_json::to_vec(&header).map_err(|_| SignFlaw)?;
    // LIMIT: none; room for payload, header and an RSA-4096 signature in one allocation.
    let room = header.len().saturating_add(payload.len()).saturating_add(512).saturating_mul(4) / 3;
    let mut compact = String::with_capacity(room.saturating_add(4));
    base64url::append(&mut compact, &header);
    compact.push('.');
    base64url::append(&mut compact, payload);
    let signature = signer.sign(compact.as_bytes()).await?;
    compact.push('.');
    base64url::append(&mut compact, &signature);
    Ok(compact)
}
