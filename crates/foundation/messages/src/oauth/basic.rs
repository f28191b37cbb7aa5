//! The `Authorization: Basic` header of a client.
//!
//! In:  the header's value.
//! Out: one or two readings of it: RFC 6749 has name and secret form-encoded first, many clients leave them as they are.
//! Never: which of the two is right; the secret decides.
//!
//! RFC 6749 §2.3.1; RFC 7617 §2. INTEROP: google-auth does not encode, openid-client does.

use super::form::{decode, encode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use symbolon_soap::Secret;

/// A client's name and secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientSecret {
    /// `client_id`
    pub id: String,
    /// `client_secret`, perhaps empty.
    pub secret: Secret,
}

/// What is wrong with the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BasicFlaw {
    /// Another scheme.
    #[error("not the Basic scheme")]
    Scheme,
    /// Not base64 of UTF-8.
    #[error("not base64 of text")]
    Encoding,
    /// No colon, no name, or a control character.
    #[error("not a name and a secret")]
    Form,
}

/// The readings of a Basic header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BasicCredentials {
    decoded: Option<ClientSecret>,
    raw: ClientSecret,
}

impl BasicCredentials {
    /// Reads the value of an Authorization header.
    ///
    /// # Errors
    /// [`BasicFlaw`], exactly.
    pub fn parse(header: &str) -> Result<Self, BasicFlaw> {
        let (scheme, credentials) = header.trim().split_once(' ').ok_or(BasicFlaw::Scheme)?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return Err(BasicFlaw::Scheme);
        }
        let octets = STANDARD.decode(credentials.trim()).map_err(|_| BasicFlaw::Encoding)?;
        let text = Secret::new(String::from_utf8(octets).map_err(|_| BasicFlaw::Encoding)?);
        let (id, secret) = text.expose().split_once(':').ok_or(BasicFlaw::Form)?;
        if id.is_empty() || text.expose().chars().any(char::is_control) {
            return Err(BasicFlaw::Form);
        }
        let raw = ClientSecret { id: id.to_owned(), secret: Secret::from(secret) };
        let decoded = decode(id.as_bytes()).ok().zip(decode(secret.as_bytes()).ok());
        let decoded = decoded.map(|(id, secret)| ClientSecret { id, secret: secret.into() });
        let decoded = decoded.filter(|decoded| *decoded != raw && !decoded.id.is_empty());
        Ok(Self { decoded, raw })
    }

    /// The readings, the standard's first; the second only if it differs.
    pub fn readings(&self) -> impl Iterator<Item = &ClientSecret> {
        self.decoded.iter().chain([&self.raw])
    }

    /// The value of the header, as the standard has it.
    #[must_use]
    pub fn write(client: &ClientSecret) -> Secret {
        let mut text = String::new();
        encode(&client.id, &mut text);
        text.push(':');
        encode(client.secret.expose(), &mut text);
        Secret::new(format!("Basic {}", STANDARD.encode(Secret::new(text).expose())))
    }
}
