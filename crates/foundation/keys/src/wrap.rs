//! Keys wrapped under keys.
//!
//! In:  a key-encryption key of the wrap's length; a key, or a wrapped one.
//! Out: a wrapped key, 8 octets longer; or the key.
//! Never: says why a key did not unwrap.
//!
//! RFC 3394; XML Encryption 1.1 §5.7.

use crate::{EncryptFlaw, SecretKey, Undecryptable, shim};

/// LIMIT: the longest key we wrap or unwrap. AES keys have 32 octets, HMAC keys a block of 128; what
/// is longer is no key, and would only cost.
const MAX_KEY: usize = 512;
/// What wrapping adds: one semiblock that proves integrity.
const ADDED: usize = 8;

/// AES key wrap.
///
/// ```
/// use symbolon_keys::{KeyWrap, SecretKey, SystemRandom};
///
/// let random = &SystemRandom;
/// let (outer, inner) = (SecretKey::generate(32, random)?, SecretKey::generate(16, random)?);
/// let wrapped = KeyWrap::Aes256.wrap(&outer, &inner)?;
/// assert_eq!(KeyWrap::Aes256.unwrap(&outer, &wrapped)?.octets(), inner.octets());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum KeyWrap {
    /// Under 128 bits.
    Aes128,
    /// Under 192 bits.
    Aes192,
    /// Under 256 bits.
    Aes256,
}

impl KeyWrap {
    /// Length of the key-encryption key, in octets: 16, 24 or 32.
    #[must_use]
    pub const fn key_octets(self) -> usize {
        match self {
            Self::Aes128 => 16,
            Self::Aes192 => 24,
            Self::Aes256 => 32,
        }
    }

    /// Wraps `key` under `by`.
    ///
    /// # Errors
    /// [`EncryptFlaw::Key`] if `by` has another length than [`KeyWrap::key_octets`];
    /// [`EncryptFlaw::Length`] if `key` has not 16 to 512 octets in multiples of 8.
    pub fn wrap(self, by: &SecretKey, key: &SecretKey) -> Result<Vec<u8>, EncryptFlaw> {
        if by.len() != self.key_octets() {
            return Err(EncryptFlaw::Key);
        }
        if key.len() > MAX_KEY {
            return Err(EncryptFlaw::Length);
        }
        shim::wrap_key(by.octets(), key.octets()).ok_or(EncryptFlaw::Length)
    }

    /// Unwraps a key that was wrapped under `by`.
    ///
    /// # Errors
    /// [`Undecryptable`].
    pub fn unwrap(self, by: &SecretKey, wrapped: &[u8]) -> Result<SecretKey, Undecryptable> {
        let length = wrapped.len().saturating_sub(ADDED);
        if by.len() != self.key_octets() || length > MAX_KEY {
            return Err(Undecryptable);
        }
        shim::unwrap_key(by.octets(), wrapped).map(SecretKey::new).ok_or(Undecryptable)
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    fn key(octets: usize) -> SecretKey {
        // RFC 3394 §4: 000102…
        let octets = (0..=u8::MAX).cycle().take(octets).collect::<Vec<_>>();
        SecretKey::new(Zeroizing::new(octets))
    }

    /// RFC 3394 §4: 00112233…FF000102…
    fn content(octets: usize) -> SecretKey {
        let octets = (0..=u8::MAX).step_by(0x11).chain(0..16).take(octets).collect();
        SecretKey::new(Zeroizing::new(octets))
    }

    fn octets(hex: &str) -> Vec<u8> {
        hex.as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    }

    const WRAPS: [KeyWrap; 3] = [KeyWrap::Aes128, KeyWrap::Aes192, KeyWrap::Aes256];

    #[test]
    fn keys_wrap_as_in_rfc_3394() {
        for (wrap, length, wrapped) in [
            (KeyWrap::Aes128, 16, "1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5"),
            (KeyWrap::Aes192, 16, "96778B25AE6CA435F92B5B97C050AED2468AB8A17AD84E5D"),
            (KeyWrap::Aes256, 16, "64E8C3F9CE0F5BA263E9777905818A2A93C8191E7D6E8AE7"),
            (
                KeyWrap::Aes192,
                24,
                "031D33264E15D33268F24EC260743EDCE1C6C7DDEE725A936BA814915C6762D2",
            ),
            (
                KeyWrap::Aes256,
                24,
                "A8F9BC1612C68B3FF6E6F4FBE30E71E4769C8B80A32CB8958CD5D17D6B254DA1",
            ),
            (
                KeyWrap::Aes256,
                32,
                "28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21",
            ),
        ] {
            let (by, wrapped) = (key(wrap.key_octets()), octets(wrapped));
            assert_eq!(wrap.wrap(&by, &content(length)).unwrap(), wrapped);
            let unwrapped = wrap.unwrap(&by, &wrapped).unwrap();
            assert_eq!(unwrapped.octets(), content(length).octets());
        }
    }

    #[test]
    fn a_wrapped_key_that_was_altered_anywhere_is_refused() {
        for wrap in WRAPS {
            let by = key(wrap.key_octets());
            let wrapped = wrap.wrap(&by, &content(16)).unwrap();
            for at in 0..wrapped.len() {
                let mut altered = wrapped.clone();
                altered[at] ^= 1;
                assert!(wrap.unwrap(&by, &altered).is_err(), "{wrap:?} {at}");
            }
        }
    }

    #[test]
    fn another_key_or_a_key_of_another_length_unwraps_nothing() {
        for wrap in WRAPS {
            let by = key(wrap.key_octets());
            let wrapped = wrap.wrap(&by, &content(16)).unwrap();
            let other = SecretKey::new(Zeroizing::new(vec![7; by.len()]));
            assert!(wrap.unwrap(&other, &wrapped).is_err());
            for length in [0, 15, 16, 24, 32, 33].into_iter().filter(|length| *length != by.len()) {
                assert!(wrap.unwrap(&key(length), &wrapped).is_err(), "{wrap:?} {length}");
                assert_eq!(wrap.wrap(&key(length), &content(16)), Err(EncryptFlaw::Key));
            }
        }
    }

    #[test]
    fn lengths_outside_the_standard_or_the_limit_are_refused() {
        for wrap in WRAPS {
            let by = key(wrap.key_octets());
            for length in [0, 1, 8, 15, 17, 20, 520] {
                assert_eq!(wrap.wrap(&by, &key(length)), Err(EncryptFlaw::Length), "{length}");
            }
            for length in [0, 1, 7, 8, 16, 23, 25, 31, 528, 4096] {
                assert!(wrap.unwrap(&by, &vec![0; length]).is_err(), "{length}");
            }
            let too_long = shim::wrap_key(by.octets(), key(520).octets()).unwrap();
            assert!(wrap.unwrap(&by, &too_long).is_err());
            let longest = wrap.wrap(&by, &key(512)).unwrap();
            assert_eq!(wrap.unwrap(&by, &longest).unwrap().octets(), key(512).octets());
        }
    }
}
