//! What a relying party must check before it believes a token.
//!
//! In:  a token, the keys of its issuer, what is expected of it, and the time.
//! Out: [`Verified`]: what the token says and which checks it passed, in words; or the first that it failed.
//! Never: a word of a token whose signature does not hold.
//!
//! SAML 2.0 core §2.5.1; SAML 2.0 profiles §4.1.4.3; RFC 7519 §4.1; RFC 9068 §4.

use std::time::Duration;

use symbolon_formats::jwt::Jwt;
use symbolon_formats::saml2::Saml2;
use symbolon_formats::{Contents, Flaw, Format, IssuerKeys, RawToken, TrustedKey};
use symbolon_model::{Authenticated, Claims, Confirmation, Timestamp, TokenType};
use symbolon_soap::time::DateTime;

use crate::failure::printable;
use crate::{TokenKind, Trust};

/// LIMIT: clocks that are kept differ by seconds; a minute more of an expired token harms less than refusing a good one.
const SKEW: Duration = Duration::from_secs(60);

/// What a relying party expects of a token.
#[derive(Clone, Copy, Debug, Default)]
pub struct Expected<'a> {
    /// The relying party's own name; `None` leaves the audience unchecked.
    pub audience: Option<&'a str>,
}

/// A token that holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Verified {
    /// What it looks like.
    pub kind: TokenKind,
    /// Its id, if it has one.
    pub id: Option<String>,
    /// Who issued it.
    pub issuer: String,
    /// Whom it speaks about.
    pub subject: String,
    /// For whom it is meant.
    pub audiences: Vec<String>,
    /// From when; `None`: from ever.
    pub not_before: Option<Timestamp>,
    /// Until when.
    pub not_after: Timestamp,
    /// How its subject authenticated, if it says so.
    pub authenticated: Option<Authenticated>,
    /// What it says about its subject.
    pub attributes: Claims,
    /// What was checked, in order, in words.
    pub checks: Vec<String>,
}

/// Why a token is not to be believed.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum VerifyFlaw {
    /// Not signed by a key of its issuer, or not a token at all.
    #[error(transparent)]
    Token(#[from] Flaw),
    /// Signed by the issuer's key, and yet in another's name.
    #[error("issued by {found}, not by {expected}")]
    Issuer {
        /// Whom the token names.
        found: String,
        /// Whom it should name.
        expected: String,
    },
    /// Its time is over.
    #[error("it was good until {}", DateTime::from_millis(.until.millis()))]
    Expired {
        /// Its end.
        until: Timestamp,
    },
    /// Its time has not come.
    #[error("it is good from {} on", DateTime::from_millis(.from.millis()))]
    NotYet {
        /// Its beginning.
        from: Timestamp,
    },
    /// Meant for somebody else.
    #[error("it is not for {expected} but for {}", list(.found))]
    Audience {
        /// For whom it is.
        found: Vec<String>,
        /// For whom it should be.
        expected: String,
    },
}

/// Checks a token.
///
/// # Errors
/// [`VerifyFlaw`]: the first check that failed.
pub async fn verify(
    token: &[u8],
    trust: &Trust,
    expected: Expected<'_>,
    now: Timestamp,
) -> Result<Verified, VerifyFlaw> {
    let token = token.trim_ascii();
    let kind = TokenKind::of(token);
    let (contents, key) = signed(RawToken::Octets(token.to_vec()), kind, trust).await?;
    let algorithm = key.algorithm.as_jws().unwrap_or("RSA with SHA-1");
    let mut checks = vec![format!("signature: {algorithm} by {}", name(key))];
    let issuer = contents.issuer.as_str();
    if let Some(expected) = &trust.issuer {
        if expected != issuer {
            return Err(VerifyFlaw::Issuer {
                found: printable(issuer),
                expected: expected.clone(),
            });
        }
        checks.push("issuer: the one whose keys these are".to_owned());
    }
    check_time(&contents, now)?;
    checks.push("lifetime: now is within".to_owned());
    if let Some(expected) = expected.audience {
        check_audience(&contents.audiences, expected)?;
        checks.push(format!("audience: {expected}"));
    }
    match contents.confirmation {
        Confirmation::Bearer => checks.push("confirmation: bearer".to_owned()),
    }
    Ok(Verified {
        kind,
        id: contents.id.map(|id| id.as_str().to_owned()),
        issuer: issuer.to_owned(),
        subject: contents.subject.value,
        audiences: contents.audiences.into_iter().flatten().collect(),
        not_before: contents.not_before,
        not_after: contents.not_after,
        authenticated: contents.authenticated,
        attributes: contents.attributes,
        checks,
    })
}

/// What the token says, and the key that signed it: tried one by one, so that it can be named.
async fn signed(
    raw: RawToken,
    kind: TokenKind,
    trust: &Trust,
) -> Result<(Contents, &TrustedKey), Flaw> {
    let jwt = Jwt::new(TokenType::ACCESS_TOKEN);
    let format: &dyn Format = match kind {
        TokenKind::Saml2 => &Saml2,
        TokenKind::Jwt => &jwt,
    };
    let mut flaw = Flaw::Signature("there are no keys".to_owned());
    for key in &trust.keys {
        match format.verify(&raw, &IssuerKeys::from(vec![key.clone()])).await {
            Ok(contents) => return Ok((contents, key)),
            Err(other @ Flaw::Signature(_)) => flaw = other,
            Err(other) => return Err(other),
        }
    }
    Err(flaw)
}

fn check_time(contents: &Contents, now: Timestamp) -> Result<(), VerifyFlaw> {
    if now >= contents.not_after.after(SKEW) {
        return Err(VerifyFlaw::Expired { until: contents.not_after });
    }
    match contents.not_before {
        Some(from) if now.after(SKEW) < from => Err(VerifyFlaw::NotYet { from }),
        Some(_) | None => Ok(()),
    }
}

/// Every restriction must name us (SAML 2.0 core §2.5.1.4); a token without one is for nobody in particular, so not for us.
fn check_audience(restrictions: &[Vec<String>], expected: &str) -> Result<(), VerifyFlaw> {
    let ours = |restriction: &Vec<String>| restriction.iter().any(|audience| audience == expected);
    if !restrictions.is_empty() && restrictions.iter().all(ours) {
        return Ok(());
    }
    let found = restrictions.iter().flatten().map(|audience| printable(audience)).collect();
    Err(VerifyFlaw::Audience { found, expected: expected.to_owned() })
}

/// A key's own name, or the beginning of its label.
fn name(key: &TrustedKey) -> String {
    match &key.id {
        Some(id) => format!("key {}", printable(id.as_str())),
        None => {
            let hex: String =
                key.key.label().iter().take(8).map(|octet| format!("{octet:02x}")).collect();
            format!("key {hex}…")
        }
    }
}

fn list(all: &[String]) -> String {
    if all.is_empty() { "nobody in particular".to_owned() } else { all.join(", ") }
}

#[cfg(test)]
mod tests;
