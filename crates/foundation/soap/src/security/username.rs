//! `wsse:UsernameToken`.
//!
//! In:  the element.
//! Out: [`Username`]: name and password as sent, nothing trimmed, nothing believed.
//! Never: an empty password; a child or a type that we would have to guess about.
//!
//! WSS UsernameToken Profile 1.1.1 §3.1. INTEROP: adal, php and zeep send neither type, nonce nor id; keystoneauth
//! sends attributes of its own: those are ignored.

use super::{Part, SecurityFlaw, fill, plain_text};
use crate::Secret;
use crate::names::{BASE64_BINARY, PASSWORD_DIGEST, PASSWORD_TEXT, WSSE, WSSE11, WSU};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use symbolon_xml::Element;

/// How a password is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordType {
    /// As it is.
    Text,
    /// Base64 of SHA-1 over nonce, created and password.
    Digest,
}

/// A name and what is to prove it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Username {
    /// The account's name as sent: `alice`, `CORP\alice`, `alice@example.test`.
    pub name: String,
    /// The password, or its digest; not empty.
    pub password: Secret,
    /// Which of the two.
    pub password_type: PasswordType,
    /// The nonce, decoded.
    pub nonce: Option<Vec<u8>>,
    /// `wsu:Created` as sent: a digest is over these very characters.
    pub created: Option<String>,
    /// `wsu:Id`
    pub id: Option<String>,
}

/// What proves a name without showing the password: all that a verifier needs beside the password itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PasswordDigest<'u> {
    /// SHA-1 over nonce, created and password, each as its octets.
    pub digest: [u8; 20],
    /// The nonce, decoded; not empty.
    pub nonce: &'u [u8],
    /// `wsu:Created`, the very characters.
    pub created: &'u str,
}

impl Username {
    /// The digest, if the password is told by one and everything that it must be made over is there.
    ///
    /// SPEC: UsernameToken Profile 1.1.1 §3.1 lets nonce and created be missing; then any copy would do for ever.
    #[must_use]
    pub fn digest(&self) -> Option<PasswordDigest<'_>> {
        match self.password_type {
            PasswordType::Text => None,
            PasswordType::Digest => {
                let digest = STANDARD.decode(self.password.expose().trim()).ok()?;
                let nonce = self.nonce.as_deref().filter(|nonce| !nonce.is_empty())?;
                let created = self.created.as_deref()?;
                Some(PasswordDigest { digest: digest.try_into().ok()?, nonce, created })
            }
        }
    }

    pub(crate) fn read(token: &Element) -> Result<Self, SecurityFlaw> {
        let (mut name, mut password, mut nonce, mut created) = (None, None, None, None);
        for child in token.elements() {
            match (child.namespace(), child.local()) {
                (WSSE, "Username") => {
                    fill(&mut name, plain_text(&child, Part::Username)?, Part::Username)?;
                }
                (WSSE, "Password") => fill(&mut password, read_password(&child)?, Part::Password)?,
                (WSSE, "Nonce") => fill(&mut nonce, read_nonce(&child)?, Part::Nonce)?,
                (WSU, "Created") => {
                    let text = plain_text(&child, Part::UsernameCreated)?;
                    fill(&mut created, text, Part::UsernameCreated)?;
                }
                (WSSE11, "Salt" | "Iteration") => return Err(SecurityFlaw::DerivedKey),
                (WSSE | WSSE11 | WSU, _) => {
                    return Err(SecurityFlaw::Unexpected(Part::UsernameToken));
                }
                _ => {} // the schema allows anybody's own elements here
            }
        }
        let name = name.filter(|name| !name.trim().is_empty());
        let name = name.ok_or(SecurityFlaw::UsernameMissing)?;
        let (password_type, password) = password.ok_or(SecurityFlaw::PasswordMissing)?;
        if password.is_empty() {
            return Err(SecurityFlaw::PasswordEmpty);
        }
        let id = token.attribute_in(WSU, "Id").map(str::to_owned);
        Ok(Self { name, password, password_type, nonce, created, id })
    }
}

fn read_password(of: &Element) -> Result<(PasswordType, Secret), SecurityFlaw> {
    let password_type = match of.attribute("Type").map(str::trim) {
        None | Some(PASSWORD_TEXT) => PasswordType::Text,
        Some(PASSWORD_DIGEST) => PasswordType::Digest,
        Some(_) => return Err(SecurityFlaw::PasswordTypeUnknown),
    };
    Ok((password_type, Secret::new(plain_text(of, Part::Password)?)))
}

fn read_nonce(of: &Element) -> Result<Vec<u8>, SecurityFlaw> {
    if of.attribute("EncodingType").is_some_and(|encoding| encoding.trim() != BASE64_BINARY) {
        return Err(SecurityFlaw::NonceEncoding);
    }
    // XML Schema Part 2 §3.2.16: base64 may hold white space anywhere; a copy with other white space is the same nonce.
    let mut text = plain_text(of, Part::Nonce)?;
    text.retain(|c| !matches!(c, ' ' | '\t' | '\r' | '\n'));
    STANDARD.decode(text).map_err(|_| SecurityFlaw::NonceNotBase64)
}
