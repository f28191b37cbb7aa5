//! Where a secret is, never what it is.
//!
//! In:  `file:PATH` or `env:NAME`.
//! Out: a [`Reference`].
//! Never: a literal. What stands in a reference's place is refused without being repeated.

use std::fmt;

use serde::{Deserialize, Deserializer, de};

/// Where a secret is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reference {
    /// `file:PATH`: the content of a file, without one newline at its end.
    File(String),
    /// `env:NAME`: an environment variable.
    Env(String),
}

/// Said instead of a literal secret, and never with it.
pub(crate) const LITERAL: &str = "a secret stands where only its place may stand";

impl Reference {
    /// Reads `file:PATH` or `env:NAME`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once(':').filter(|(_, rest)| !rest.is_empty())?;
        match scheme {
            "file" => Some(Self::File(rest.to_owned())),
            "env" => Some(Self::Env(rest.to_owned())),
            _ => None,
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reference::File(path) => write!(f, "file:{path}"),
            Reference::Env(name) => write!(f, "env:{name}"),
        }
    }
}

impl<'de> Deserialize<'de> for Reference {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ReferenceVisitor)
    }
}

struct ReferenceVisitor;

// SECURITY: serde's own errors repeat the value that they found; a password that somebody wrote here would end up in the log.
// Test: a_literal_secret_is_refused_and_not_repeated.
impl de::Visitor<'_> for ReferenceVisitor {
    type Value = Reference;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"file:PATH\" or \"env:NAME\"")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Reference, E> {
        Reference::parse(text).ok_or_else(|| E::custom(LITERAL))
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<Reference, E> {
        Err(E::custom(LITERAL))
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<Reference, E> {
        Err(E::custom(LITERAL))
    }

    fn visit_i128<E: de::Error>(self, _: i128) -> Result<Reference, E> {
        Err(E::custom(LITERAL))
    }

    fn visit_u128<E: de::Error>(self, _: u128) -> Result<Reference, E> {
        Err(E::custom(LITERAL))
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Reference, E> {
        Err(E::custom(LITERAL))
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<Reference, E> {
        Err(E::custom(LITERAL))
    }
}
