//! `wsse:UsernameToken`.
//!
//! In:  the element.
//! Out: [`Username`]: name and password as sent, nothing trimmed, nothing believed. Or the name alone, and how a key is
//!      derived from the password.
//! Never: an empty password; a child or a type that we would have to guess about; iterations without bounds.
//!
//! WSS UsernameToken Profile 1.1.1 §3.1, §4; BSP R4214, R4216 to R4218. INTEROP: adal, php and zeep send neither type, nonce nor id; keystoneauth
//! sends attributes of its own: those are ignored.

use super::demands::Binding;
use super::need::PasswordDerivation;
use super::{Part, SecurityFlaw, base64, fill, plain_text};
use crate::Secret;
use crate::names::{BASE64_BINARY, PASSWORD_DIGEST, PASSWORD_TEXT, WSSE, WSSE11, WSU};
use ::base64::Engine as _;
use ::base64::engine::general_purpose::STANDARD;
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
}

/// A UsernameToken that was read.
pub(crate) enum UsernameToken {
    /// It shows the password, or its digest.
    Shown(Username),
    /// It says how a key is derived from the password.
    Derived { name: String, derivation: PasswordDerivation },
}

impl UsernameToken {
    /// Reads the element. Keys are derived only for messages that keys protect.
    pub(crate) fn read(token: &Element, binding: &Binding) -> Result<Self, SecurityFlaw> {
        let mut parts = Parts::default();
        for child in token.elements() {
            match (child.namespace(), child.local()) {
                (WSSE, "Username") => {
                    fill(&mut parts.name, plain_text(&child, Part::Username)?, Part::Username)?;
                }
                (WSSE, "Password") => {
                    fill(&mut parts.password, read_password(&child)?, Part::Password)?;
                }
                (WSSE, "Nonce") => fill(&mut parts.nonce, read_nonce(&child)?, Part::Nonce)?,
                (WSU, "Created") => {
                    let text = plain_text(&child, Part::UsernameCreated)?;
                    fill(&mut parts.created, text, Part::UsernameCreated)?;
                }
                (WSSE11, "Salt" | "Iteration") if binding.demands().is_none() => {
                    return Err(SecurityFlaw::DerivedKey);
                }
                (WSSE11, "Salt") => fill(&mut parts.salt, read_salt(&child)?, Part::Derivation)?,
                (WSSE11, "Iteration") => {
                    fill(&mut parts.iterations, read_iterations(&child)?, Part::Derivation)?;
                }
                (WSSE | WSSE11 | WSU, _) => {
                    return Err(SecurityFlaw::Unexpected(Part::UsernameToken));
                }
                _ => {} // the schema allows anybody's own elements here
            }
        }
        parts.into_token(token)
    }
}

#[derive(Default)]
struct Parts {
    name: Option<String>,
    password: Option<(PasswordType, Secret)>,
    nonce: Option<Vec<u8>>,
    created: Option<String>,
    salt: Option<Vec<u8>>,
    iterations: Option<u32>,
}

impl Parts {
    fn into_token(self, token: &Element) -> Result<UsernameToken, SecurityFlaw> {
        let name = self.name.filter(|name| !name.trim().is_empty());
        let name = name.ok_or(SecurityFlaw::UsernameMissing)?;
        match (self.salt, self.iterations) {
            (None, None) => {}
            (Some(salt), iterations) if self.password.is_none() => {
                let iterations = iterations.unwrap_or(DEFAULT_ITERATIONS);
                let derivation = PasswordDerivation { salt, iterations };
                return Ok(UsernameToken::Derived { name, derivation });
            }
            // SPEC: §4: a token that shows the password has no use for a salt, and a guesser has.
            (Some(_), _) | (None, Some(_)) => return Err(SecurityFlaw::DerivedKey),
        }
        let (password_type, password) = self.password.ok_or(SecurityFlaw::PasswordMissing)?;
        if password.is_empty() {
            return Err(SecurityFlaw::PasswordEmpty);
        }
        let id = token.attribute_in(WSU, "Id").map(str::to_owned);
        let (nonce, created) = (self.nonce, self.created);
        Ok(UsernameToken::Shown(Username { name, password, password_type, nonce, created, id }))
    }
}

/// SPEC: §4.
const DEFAULT_ITERATIONS: u32 = 1000;
// LIMIT: fewer than 1,000 the profile advises against; each is one SHA-1, and 20,000 take 2 ms. They are counted before the
// account is looked up. Test: iterations_beyond_bounds_are_refused_before_anything_is_asked.
const ITERATIONS: std::ops::RangeInclusive<u32> = 1000..=20_000;
const MOST_SALT: usize = 64;

fn read_salt(of: &Element) -> Result<Vec<u8>, SecurityFlaw> {
    let salt = base64(&plain_text(of, Part::Derivation)?);
    let salt = salt.filter(|salt| (8..=MOST_SALT).contains(&salt.len()));
    salt.ok_or(SecurityFlaw::DerivedKey)
}

fn read_iterations(of: &Element) -> Result<u32, SecurityFlaw> {
    let text = plain_text(of, Part::Derivation)?;
    let iterations = text.trim().parse().ok().filter(|number| ITERATIONS.contains(number));
    iterations.ok_or(SecurityFlaw::DerivedKey)
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
    base64(&plain_text(of, Part::Nonce)?).ok_or(SecurityFlaw::NonceNotBase64)
}
