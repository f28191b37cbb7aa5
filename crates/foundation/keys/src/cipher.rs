//! Encryption of content under a secret key.
//!
//! In:  a key of the cipher's length; plain octets, or what XML Encryption puts into a CipherValue.
//! Out: `iv‖ciphertext` or `iv‖ciphertext‖tag`; and back, a [`Decrypted`] that may be unsound.
//! Never: says why octets did not decrypt; gives up early on bad padding.
//!
//! XML Encryption 1.1 §5.2 (§5.2.2 AES-CBC and its padding, §5.2.4 AES-GCM).

use aws_lc_rs::aead::{self, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::cipher::{
    self, DecryptingKey, DecryptionContext, EncryptingKey, EncryptionContext, UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;
use zeroize::Zeroizing;

use crate::{NoRandomness, Random, SecretKey};

const BLOCK: usize = 16;

/// How content is encrypted.
///
/// ```
/// use symbolon_keys::{ContentCipher::Aes256Gcm, SecretKey, SystemRandom};
///
/// let key = SecretKey::generate(Aes256Gcm.key_octets(), &SystemRandom)?;
/// let sent = Aes256Gcm.encrypt(&key, b"<a/>", &SystemRandom)?;
/// let read = Aes256Gcm.decrypt(&key, &sent);
/// assert!(read.sound && *read.octets == b"<a/>");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum ContentCipher {
    /// AES-GCM with 128 bits of key.
    Aes128Gcm,
    /// AES-GCM with 192 bits of key.
    Aes192Gcm,
    /// AES-GCM with 256 bits of key.
    Aes256Gcm,
    /// AES-CBC with 128 bits of key. It authenticates nothing.
    Aes128Cbc,
    /// AES-CBC with 192 bits of key. It authenticates nothing.
    Aes192Cbc,
    /// AES-CBC with 256 bits of key. It authenticates nothing.
    Aes256Cbc,
}

/// What decryption left. If it is not `sound`, whoever reads `octets` does with them what they
/// would have done with sound ones, and refuses afterwards.
#[expect(missing_debug_implementations, reason = "plain octets are never printed")]
pub struct Decrypted {
    /// The plain octets, if sound. Otherwise: of AES-CBC with bad padding, all that was decrypted,
    /// padding included; in every other case none.
    pub octets: Zeroizing<Vec<u8>>,
    /// Whether the tag, or the padding, is as it should be. Good padding proves nothing else.
    pub sound: bool,
}

/// Why nothing was encrypted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum EncryptFlaw {
    /// A key of another kind or length than the algorithm's.
    #[error("the key is not one for this algorithm")]
    Key,
    /// Content of a length that the algorithm does not take.
    #[error("content of a length that is not encrypted")]
    Length,
    /// No randomness.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

/// How the octets of a cipher are laid out and made.
enum Mode {
    Gcm(&'static aead::Algorithm),
    Cbc(&'static cipher::Algorithm),
}

impl ContentCipher {
    /// Length of its keys, in octets: 16, 24 or 32.
    #[must_use]
    pub const fn key_octets(self) -> usize {
        match self {
            Self::Aes128Gcm | Self::Aes128Cbc => 16,
            Self::Aes192Gcm | Self::Aes192Cbc => 24,
            Self::Aes256Gcm | Self::Aes256Cbc => 32,
        }
    }

    /// Whether what decrypts soundly is what was encrypted: AES-GCM. AES-CBC needs a signature
    /// beside it, and its receiver must not become an oracle.
    #[must_use]
    pub const fn is_authenticated(self) -> bool {
        match self {
            Self::Aes128Gcm | Self::Aes192Gcm | Self::Aes256Gcm => true,
            Self::Aes128Cbc | Self::Aes192Cbc | Self::Aes256Cbc => false,
        }
    }

    /// Encrypts under a fresh nonce or initialization vector, which comes first in the result.
    ///
    /// # Errors
    /// [`EncryptFlaw`].
    pub fn encrypt(
        self,
        key: &SecretKey,
        plain: &[u8],
        random: &dyn Random,
    ) -> Result<Vec<u8>, EncryptFlaw> {
        match self.mode() {
            Mode::Gcm(algorithm) => encrypt_gcm(algorithm, key, plain, random),
            Mode::Cbc(algorithm) => encrypt_cbc(algorithm, key, plain, random),
        }
    }

    /// Decrypts what [`ContentCipher::encrypt`] makes. A key of another length decrypts nothing.
    #[must_use]
    pub fn decrypt(self, key: &SecretKey, octets: &[u8]) -> Decrypted {
        let decrypted = match self.mode() {
            Mode::Gcm(algorithm) => decrypt_gcm(algorithm, key, octets),
            Mode::Cbc(algorithm) => decrypt_cbc(algorithm, key, octets),
        };
        decrypted.unwrap_or_else(|| Decrypted { octets: Zeroizing::default(), sound: false })
    }

    const fn mode(self) -> Mode {
        match self {
            Self::Aes128Gcm => Mode::Gcm(&aead::AES_128_GCM),
            Self::Aes192Gcm => Mode::Gcm(&aead::AES_192_GCM),
            Self::Aes256Gcm => Mode::Gcm(&aead::AES_256_GCM),
            Self::Aes128Cbc => Mode::Cbc(&cipher::AES_128),
            Self::Aes192Cbc => Mode::Cbc(&cipher::AES_192),
            Self::Aes256Cbc => Mode::Cbc(&cipher::AES_256),
        }
    }
}

fn encrypt_gcm(
    algorithm: &'static aead::Algorithm,
    key: &SecretKey,
    plain: &[u8],
    random: &dyn Random,
) -> Result<Vec<u8>, EncryptFlaw> {
    let key = UnboundKey::new(algorithm, key.octets()).map_err(|_| EncryptFlaw::Key)?;
    let mut nonce = [0; NONCE_LEN];
    random.fill(&mut nonce)?;
    let room = plain.len().saturating_add(NONCE_LEN).saturating_add(algorithm.tag_len());
    let mut out = Vec::with_capacity(room);
    out.extend_from_slice(&nonce);
    out.extend_from_slice(plain); // encrypted in place, hence no plain copy stays behind
    let (_, content) = out.split_at_mut(NONCE_LEN);
    let tag = LessSafeKey::new(key)
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), content)
        .map_err(|_| EncryptFlaw::Length)?; // AES-GCM refuses only beyond 64 GiB
    out.extend_from_slice(tag.as_ref());
    Ok(out)
}

fn decrypt_gcm(
    algorithm: &'static aead::Algorithm,
    key: &SecretKey,
    octets: &[u8],
) -> Option<Decrypted> {
    let key = LessSafeKey::new(UnboundKey::new(algorithm, key.octets()).ok()?);
    let (nonce, content) = octets.split_first_chunk::<NONCE_LEN>()?;
    let mut plain = Zeroizing::new(content.to_vec());
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let length = key.open_in_place(nonce, Aad::empty(), &mut plain).ok()?.len();
    plain.truncate(length);
    Some(Decrypted { octets: plain, sound: true })
}

/// SPEC: XML Encryption 1.1 §5.2.2: pad to a whole block; the last octet counts the padding, itself
/// included, and the others are arbitrary: zeros here.
fn encrypt_cbc(
    algorithm: &'static cipher::Algorithm,
    key: &SecretKey,
    plain: &[u8],
    random: &dyn Random,
) -> Result<Vec<u8>, EncryptFlaw> {
    let key = UnboundCipherKey::new(algorithm, key.octets()).map_err(|_| EncryptFlaw::Key)?;
    let key = EncryptingKey::cbc(key).map_err(|_| EncryptFlaw::Key)?;
    let mut iv = [0; BLOCK];
    random.fill(&mut iv)?;
    let used = plain.len() % BLOCK;
    let padding = BLOCK.saturating_sub(used); // 1 to 16
    let room = plain.len().saturating_add(BLOCK).saturating_add(padding);
    let mut out = Vec::with_capacity(room);
    out.extend_from_slice(&iv);
    out.extend_from_slice(plain);
    out.resize(room.saturating_sub(1), 0);
    out.push(u8::try_from(padding).map_err(|_| EncryptFlaw::Length)?);
    let (_, content) = out.split_at_mut(BLOCK);
    key.less_safe_encrypt(content, EncryptionContext::Iv128(FixedLength::from(iv)))
        .map_err(|_| EncryptFlaw::Length)?;
    Ok(out)
}

/// SECURITY: padding oracles. Bad padding ends here like good padding: in a buffer for the caller
/// to work on. Lengths that are no whole blocks are public, and give nothing.
/// Test: bad_padding_leaves_the_whole_buffer.
fn decrypt_cbc(
    algorithm: &'static cipher::Algorithm,
    key: &SecretKey,
    octets: &[u8],
) -> Option<Decrypted> {
    let key = UnboundCipherKey::new(algorithm, key.octets()).ok()?;
    let key = DecryptingKey::cbc(key).ok()?;
    let (iv, content) = octets.split_first_chunk::<BLOCK>()?;
    let mut plain = Zeroizing::new(content.to_vec());
    key.decrypt(&mut plain, DecryptionContext::Iv128(FixedLength::from(*iv))).ok()?;
    let padding = usize::from(*plain.last()?);
    let sound = (1..=BLOCK).contains(&padding);
    let kept = if sound { plain.len().saturating_sub(padding) } else { plain.len() };
    plain.truncate(kept);
    Some(Decrypted { octets: plain, sound })
}

#[cfg(test)]
mod tests;
