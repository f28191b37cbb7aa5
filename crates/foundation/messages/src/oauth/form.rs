//! `application/x-www-form-urlencoded`, read strictly.
//!
//! In:  the octets of a body.
//! Out: names and values in order, decoded, those without value left out.
//! Never: a replacement character for what is no UTF-8; a lone `%`; the last of two.
//!
//! RFC 6749 appendix B, §3.2 (parameters without a value are treated as omitted; none may be repeated).

use std::fmt::Write as _;
use zeroize::Zeroizing;

// LIMIT: a token exchange has 13 parameters, some with a few audiences and resources.
const PARAMETERS: usize = 64;

/// What is wrong with a form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormFlaw {
    /// More parameters than any request has.
    #[error("too many parameters")]
    TooMany,
    /// A `%` without two hexadecimal digits.
    #[error("broken percent encoding")]
    Percent,
    /// The decoded octets are no UTF-8, or the raw ones no ASCII.
    #[error("not UTF-8")]
    NotUtf8,
    /// A parameter that may stand once stands twice.
    #[error("{0} came twice")]
    Repeated(&'static str),
}

/// The parameters of a form. Values may be secret: they do not show in `Debug`.
#[derive(Clone, Default)]
pub struct Form(Vec<(String, Zeroizing<String>)>);

impl Form {
    /// Takes the octets of a body apart.
    ///
    /// # Errors
    /// [`FormFlaw`], exactly; repetition is told by [`Form::one`].
    pub fn parse(body: &[u8]) -> Result<Self, FormFlaw> {
        let mut parameters = Vec::new();
        for pair in body.split(|octet| *octet == b'&').filter(|pair| !pair.is_empty()) {
            let mut halves = pair.splitn(2, |octet| *octet == b'=');
            let name = decode(halves.next().unwrap_or_default())?;
            let value = Zeroizing::new(decode(halves.next().unwrap_or_default())?);
            if parameters.len() >= PARAMETERS {
                return Err(FormFlaw::TooMany);
            }
            parameters.push((name, value));
        }
        Ok(Self(parameters))
    }

    /// A form to be written.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.0.push((name.to_owned(), Zeroizing::new(value.to_owned())));
        self
    }

    /// The body of a request.
    #[must_use]
    pub fn write(&self) -> String {
        let mut out = String::new();
        for (name, value) in &self.0 {
            if !out.is_empty() {
                out.push('&');
            }
            encode(name, &mut out);
            out.push('=');
            encode(value, &mut out);
        }
        out
    }

    /// A parameter that may stand once.
    ///
    /// # Errors
    /// [`FormFlaw::Repeated`], also where one of the two is empty.
    pub fn one(&self, name: &'static str) -> Result<Option<&str>, FormFlaw> {
        let mut values = self.0.iter().filter(|(named, _)| named == name);
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(FormFlaw::Repeated(name)),
            (found, None) => {
                Ok(found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty()))
            }
        }
    }

    /// A parameter that may stand several times, without the empty ones.
    pub fn all<'f>(&'f self, name: &str) -> impl Iterator<Item = &'f str> {
        let values = self.0.iter().filter(move |(named, _)| named == name);
        values.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }
}

impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// Decodes one name or value.
pub(super) fn decode(encoded: &[u8]) -> Result<String, FormFlaw> {
    // Most values stand as they are, a whole token among them; to see that without a branch for each octet is quick.
    let plain = |octet: &u8| octet.is_ascii() & !matches!(*octet, b'+' | b'%');
    if encoded.iter().fold(true, |all, octet| all & plain(octet)) {
        return String::from_utf8(encoded.to_vec()).map_err(|_| FormFlaw::NotUtf8);
    }
    let mut octets = Vec::with_capacity(encoded.len());
    let mut rest = encoded.iter();
    while let Some(octet) = rest.next() {
        octets.push(match octet {
            b'+' => b' ',
            b'%' => {
                let mut digit = || {
                    let value = char::from(*rest.next()?).to_digit(16)?;
                    u8::try_from(value).ok()
                };
                let (Some(high), Some(low)) = (digit(), digit()) else {
                    return Err(FormFlaw::Percent);
                };
                high << 4 | low
            }
            other if other.is_ascii() => *other,
            _ => return Err(FormFlaw::NotUtf8),
        });
    }
    String::from_utf8(octets).map_err(|_| FormFlaw::NotUtf8)
}

/// Encodes one name or value: letters, digits and `*-._` as they are, a space as `+`, all else as octets of UTF-8.
pub(super) fn encode(value: &str, out: &mut String) {
    for octet in value.bytes() {
        match octet {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => {
                out.push(char::from(octet));
            }
            b' ' => out.push('+'),
            other => {
                let _ = write!(out, "%{other:02X}"); // into a String: cannot fail
            }
        }
    }
}
