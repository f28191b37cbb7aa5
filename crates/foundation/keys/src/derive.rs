//! Keys derived from secrets.
//!
//! In:  a secret that two sides share, what distinguishes the derived key, and its length.
//! Out: a [`SecretKey`].
//! Never: an empty key, or more octets than keys have.
//!
//! SP 800-56A §5.8.1; RFC 2246 §5.

use aws_lc_rs::{digest, hmac};
use zeroize::Zeroizing;

use crate::{Digest, MacAlgorithm, SecretKey};

/// LIMIT: what ConcatKDF is asked for is a key of AES key wrap, 32 octets at most, or of HMAC.
const MAX_CONCAT: usize = 64;
/// LIMIT: `Offset` and `Length` of a derived key together. WS-SecureConversation 1.4 §7 derives
/// keys of 32 octets; clients cut a few of them out of one stream.
const MAX_P_SHA1: usize = 512;

/// A derived key was asked for that is empty, or longer than keys are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a derived key of a length that is not made")]
pub struct UnusableLength;

/// ConcatKDF: 1 to 64 octets from an agreed secret (SP 800-56A §5.8.1, XML Encryption 1.1
/// §5.4.1). `other_info` is the concatenation that the standard names, already put together.
///
/// # Errors
/// [`UnusableLength`].
pub fn concat_kdf(
    digest: Digest,
    secret: &[u8],
    other_info: &[u8],
    octets: usize,
) -> Result<SecretKey, UnusableLength> {
    let mut out = room(octets, MAX_CONCAT)?;
    let mut round = 0_u32;
    while out.len() < octets {
        round = round.saturating_add(1); // counts from 1
        let mut context = digest::Context::new(digest.primitive());
        context.update(&round.to_be_bytes());
        context.update(secret);
        context.update(other_info);
        out.extend_from_slice(context.finish().as_ref());
    }
    out.truncate(octets);
    Ok(SecretKey::new(out))
}

/// P_SHA-1: 1 to 512 octets from a secret and a seed, which comes in parts (RFC 2246 §5; WS-Trust
/// 1.4 §4.4.4, WS-SecureConversation 1.4 §7). [`SecretKey::part`] cuts a key out of them.
///
/// # Errors
/// [`UnusableLength`].
pub fn p_sha1(secret: &[u8], seed: &[&[u8]], octets: usize) -> Result<SecretKey, UnusableLength> {
    let mut out = room(octets, MAX_P_SHA1)?;
    let key = hmac::Key::new(MacAlgorithm::HmacSha1.primitive(), secret);
    let mac = |first: &[u8], rest: &[&[u8]]| {
        let mut context = hmac::Context::with_key(&key);
        context.update(first);
        rest.iter().for_each(|part| context.update(part));
        context.sign()
    };
    let mut a = mac(&[], seed); // A(1)
    while out.len() < octets {
        out.extend_from_slice(mac(a.as_ref(), seed).as_ref());
        a = mac(a.as_ref(), &[]);
    }
    out.truncate(octets);
    Ok(SecretKey::new(out))
}

/// Room for a key of so many octets and what the last round makes too much, so that no copy of it
/// stays behind where the buffer grew.
fn room(octets: usize, limit: usize) -> Result<Zeroizing<Vec<u8>>, UnusableLength> {
    if !(1..=limit).contains(&octets) {
        return Err(UnusableLength);
    }
    Ok(Zeroizing::new(Vec::with_capacity(octets.saturating_add(digest::MAX_OUTPUT_LEN))))
}

#[cfg(test)]
mod tests;
