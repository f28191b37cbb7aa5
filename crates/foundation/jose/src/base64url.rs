//! base64url as JOSE has it.
//!
//! In:  octets, or text from anybody.
//! Out: text without padding, or octets.
//! Never: padding, white space, or two texts for the same octets.
//!
//! RFC 7515 §2, RFC 4648 §5 and §3.5.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The text is not the one encoding of any octets.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not base64url without padding")]
pub struct NotBase64url;

/// Encodes without padding.
#[must_use]
pub fn encode(octets: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(octets)
}

/// Decodes exactly what [`encode`] writes.
///
/// # Errors
/// [`NotBase64url`] for padding, white space, the letters `+` and `/`, and trailing bits that are
/// not zero.
pub fn decode(text: &str) -> Result<Vec<u8>, NotBase64url> {
    // The engine demands all of this by default; the tests hold it to that.
    URL_SAFE_NO_PAD.decode(text).map_err(|_| NotBase64url)
}

/// Appends the encoding of `octets` to `text`.
pub(crate) fn append(text: &mut String, octets: &[u8]) {
    URL_SAFE_NO_PAD.encode_string(octets, text);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn padding_white_space_and_the_other_alphabet_are_refused() {
        for text in ["_w==", "_w=", "_w ", " _w", "_\nw", "_w\n", "/w", "_w+", "_", "_w\0", "ÿ"] {
            assert_eq!(decode(text), Err(NotBase64url), "{text:?}");
        }
        assert_eq!(decode("_w"), Ok(vec![0xff]));
    }

    #[test]
    fn trailing_bits_are_refused() {
        for text in ["_x", "__9"] {
            assert_eq!(decode(text), Err(NotBase64url), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn octets_have_one_text(text in "[A-Za-z0-9_-]{0,12}") {
            if let Ok(octets) = decode(&text) {
                prop_assert_eq!(encode(&octets), text);
            }
        }
    }
}
