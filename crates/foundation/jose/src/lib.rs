//! JWS, JWT and JWK over the keys crate.
//!
//! In:  a compact JWS from anybody, and the key and algorithm that the caller chose; or claims and
//!      a signer.
//! Out: a [`VerifiedJws`] and its [`Claims`]; or a compact JWS.
//! Never: takes a key or an algorithm from the token: `jwk`, `jku`, `x5u` and `x5c` are not read,
//!        `none` is no algorithm. No JSON in which a name stands twice.
//!
//! RFC 7515 (compact serialization), RFC 7517, RFC 7518, RFC 7519, RFC 7638, RFC 8725.

pub mod base64url;
mod claims;
mod json;
mod jwk;
mod jws;
mod sign;

pub use claims::{Claims, ClaimsFlaw};
pub use json::{JsonFlaw, strict_object};
pub use jwk::{JwkFlaw, jwk, public_key_from_jwk, thumbprint};
pub use jws::{Flaw, Jws, VerifiedJws, unverified_payload};
pub use sign::{Header, sign_compact};
