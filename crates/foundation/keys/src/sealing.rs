//! Sealing: secrets at rest, under a key that can be rotated.
//!
//! In:  32 octets of key; plain octets and the purpose they are for.
//! Out: sealed octets that name their key; and the way back.
//! Never: opens under another purpose, or says why octets that are ours did not open.
//!
//! Layout, version 1: `01 ‖ key id (8) ‖ nonce (12) ‖ AES-256-GCM ciphertext and tag`. Authenticated
//! besides: version, key id, purpose. NIST SP 800-38D.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::{NoRandomness, Random, hmac_sha256};

const VERSION: u8 = 1;
const KEY_OCTETS: usize = 32;
const ID_OCTETS: usize = 8;

/// Under which key octets are sealed. It reveals nothing of the key.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SealingKeyId([u8; ID_OCTETS]);

/// The key that seals secrets at rest.
///
/// LIMIT: nonces are random; one key may seal 2³² times (SP 800-38D §8.3). We seal keys and
/// accounts' secrets, thousands.
#[expect(missing_debug_implementations, reason = "a secret key is never printed")]
pub struct SealingKey {
    id: SealingKeyId,
    key: LessSafeKey,
}

/// Why octets or a file are no sealing key.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a sealing key is 32 octets, raw or in base64")]
pub struct SealingKeyFlaw;

/// Why sealed octets did not open.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unsealable {
    /// Not octets that any version of ours sealed.
    #[error("not sealed octets")]
    Malformed,
    /// Sealed by a later version than this one can read.
    #[error("sealed in version {0}, which is not known here")]
    Version(u8),
    /// Sealed under another key: find that one.
    #[error("sealed under key {needs}")]
    OtherKey {
        /// The key that is needed.
        needs: SealingKeyId,
    },
    /// Altered, or sealed for another purpose.
    #[error("sealed octets were altered or are for another purpose")]
    Altered,
    /// Sealing anew found no randomness.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

impl SealingKey {
    /// Takes 32 octets of key.
    ///
    /// # Errors
    /// [`SealingKeyFlaw`] for another length.
    pub fn from_octets(octets: &[u8]) -> Result<Self, SealingKeyFlaw> {
        if octets.len() != KEY_OCTETS {
            return Err(SealingKeyFlaw);
        }
        // The id is public, hence not of the key itself but derived; so is what encrypts.
        let name = hmac_sha256(octets, b"symbolon sealing key id");
        let [a, b, c, d, e, f, g, h, ..] = name;
        let secret = Zeroizing::new(hmac_sha256(octets, b"symbolon sealing AES-256-GCM"));
        let key = UnboundKey::new(&AES_256_GCM, secret.as_slice()).map_err(|_| SealingKeyFlaw)?;
        let id = SealingKeyId([a, b, c, d, e, f, g, h]);
        Ok(Self { id, key: LessSafeKey::new(key) })
    }

    /// Reads what a file holds: 32 raw octets, or their base64 with white space around it.
    ///
    /// # Errors
    /// [`SealingKeyFlaw`].
    pub fn from_file_content(content: &[u8]) -> Result<Self, SealingKeyFlaw> {
        if content.len() == KEY_OCTETS {
            return Self::from_octets(content);
        }
        let octets =
            Zeroizing::new(STANDARD.decode(content.trim_ascii()).map_err(|_| SealingKeyFlaw)?);
        Self::from_octets(&octets)
    }

    /// Makes a new key, and the base64 line for its file.
    ///
    /// # Errors
    /// [`NoRandomness`].
    pub fn generate(random: &dyn Random) -> Result<(Self, Zeroizing<String>), NoRandomness> {
        let mut octets = Zeroizing::new([0; KEY_OCTETS]);
        random.fill(octets.as_mut_slice())?;
        let key = Self::from_octets(octets.as_slice()).map_err(|_| NoRandomness)?;
        let mut line = Zeroizing::new(STANDARD.encode(octets.as_slice()));
        line.push('\n');
        Ok((key, line))
    }

    /// Which key this is.
    #[must_use]
    pub fn id(&self) -> SealingKeyId {
        self.id
    }

    /// Seals `plain` for `purpose`, which is authenticated and must be named again to open it.
    ///
    /// # Errors
    /// [`NoRandomness`].
    pub fn seal(
        &self,
        purpose: &str,
        plain: &[u8],
        random: &dyn Random,
    ) -> Result<Vec<u8>, NoRandomness> {
        let mut nonce = [0; NONCE_LEN];
        random.fill(&mut nonce)?;
        let mut sealed = [&[VERSION], self.id.0.as_slice(), &nonce].concat();
        let mut content = Vec::with_capacity(plain.len().saturating_add(AES_256_GCM.tag_len()));
        content.extend_from_slice(plain); // encrypted in place, hence no plain copy stays behind
        self.key
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(self.bound(purpose)),
                &mut content,
            )
            .map_err(|_| NoRandomness)?; // AES-GCM refuses only beyond 64 GiB
        sealed.append(&mut content);
        Ok(sealed)
    }

    /// Opens what was sealed for `purpose`.
    ///
    /// # Errors
    /// [`Unsealable`]; [`Unsealable::OtherKey`] names the key that is needed.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unsealable> {
        let (id, rest) = split(sealed)?;
        if id != self.id {
            return Err(Unsealable::OtherKey { needs: id });
        }
        let (nonce, content) =
            rest.split_first_chunk::<NONCE_LEN>().ok_or(Unsealable::Malformed)?;
        let mut plain = Zeroizing::new(content.to_vec());
        let length = self
            .key
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(self.bound(purpose)),
                &mut plain,
            )
            .map_err(|_| Unsealable::Altered)?
            .len();
        plain.truncate(length);
        Ok(plain)
    }

    /// Seals again under this key what `old` sealed: the step of a rotation.
    ///
    /// # Errors
    /// As [`SealingKey::open`] of `old`, and [`Unsealable::NoRandomness`].
    pub fn rewrap(
        &self,
        purpose: &str,
        sealed: &[u8],
        old: &Self,
        random: &dyn Random,
    ) -> Result<Vec<u8>, Unsealable> {
        let plain = old.open(purpose, sealed)?;
        Ok(self.seal(purpose, &plain, random)?)
    }

    /// What is authenticated beside the plain octets.
    fn bound(&self, purpose: &str) -> Vec<u8> {
        [&[VERSION], self.id.0.as_slice(), purpose.as_bytes()].concat()
    }
}

impl SealingKeyId {
    /// The key under which octets are sealed.
    ///
    /// # Errors
    /// [`Unsealable::Malformed`], [`Unsealable::Version`].
    pub fn of(sealed: &[u8]) -> Result<Self, Unsealable> {
        split(sealed).map(|(id, _)| id)
    }
}

fn split(sealed: &[u8]) -> Result<(SealingKeyId, &[u8]), Unsealable> {
    let (version, rest) = sealed.split_first().ok_or(Unsealable::Malformed)?;
    if *version != VERSION {
        return Err(Unsealable::Version(*version));
    }
    let (id, rest) = rest.split_first_chunk::<ID_OCTETS>().ok_or(Unsealable::Malformed)?;
    Ok((SealingKeyId(*id), rest))
}

impl fmt::Display for SealingKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::digest::Hex(&self.0).fmt(f)
    }
}

impl fmt::Debug for SealingKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingKeyId({self})")
    }
}

#[cfg(test)]
mod tests;
