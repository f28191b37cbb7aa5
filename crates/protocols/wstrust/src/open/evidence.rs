//! The security header's tokens become evidence.
//!
//! In:  what the opener yielded, and what the kernel found while it opened.
//! Out: [`Evidence`]: facts, unbelieved.
//! Never: a digest that lacks what it must be made over; a token passed over.
//!
//! WSS SOAP Message Security 1.1.1 §10; UsernameToken Profile 1.1.1 §3.

use std::collections::HashMap;

use symbolon_kernel::ports::Digest;
use symbolon_kernel::snapshot::{CredentialKind, Tolerance};
use symbolon_kernel::{Cause, Credential, Endpoint, Evidence, Holder, Presented, Refusal};
use symbolon_model::{AccountName, Confidential, Lifetime, Once, Secret, Timestamp};
use symbolon_soap::{NeedId, Opened, PasswordType, Stamp, TokenKind, Username};

pub(super) fn evidence(
    endpoint: &Endpoint,
    opened: &Opened,
    holders: &mut HashMap<NeedId, Holder>,
) -> Result<Evidence, Refusal> {
    let mut evidence = Evidence {
        credentials: Vec::with_capacity(opened.tokens.len()),
        possessed: Vec::new(),
        reply: Confidential::Channel,
        sent: opened.timestamp.map(|stamp| sent(endpoint, stamp)).transpose()?,
        once: Vec::new(),
        tolerances: Vec::new(),
    };
    if opened.timestamp.is_none() {
        evidence.tolerances.push(Tolerance::NoTimestamp);
    }
    if opened.addressing.doubled {
        evidence.tolerances.push(Tolerance::DuplicateAddressing);
    }
    for token in &opened.tokens {
        let (kind, credential) = match &token.kind {
            TokenKind::Username(username) => {
                let created = created(username)?;
                let held = created.map(|at| sent(endpoint, at)).transpose()?;
                evidence.sent = evidence.sent.or(held);
                match username.password_type {
                    PasswordType::Text => {
                        evidence.once.extend(username.nonce.clone().map(Once::Nonce));
                        (CredentialKind::UsernamePassword, password(username))
                    }
                    PasswordType::Digest => {
                        (CredentialKind::UsernameDigest, digest(endpoint, username, created)?)
                    }
                }
            }
            TokenKind::Assertion => {
                let holder = token.need.and_then(|need| holders.remove(&need));
                let missing = || Refusal::new(Cause::Bug, "the opener asked nobody about a token");
                (CredentialKind::IssuedToken, Credential::Held(holder.ok_or_else(missing)?))
            }
            TokenKind::Account(_) | TokenKind::Certificate(_) | TokenKind::Context => {
                let why = "a token that the endpoint's policy does not take";
                return Err(Refusal::new(Cause::Bug, why));
            }
        };
        let confidential = token.confidential;
        evidence.credentials.push(Presented {
            kind,
            credential,
            covered_by: Vec::new(),
            confidential,
        });
    }
    Ok(evidence)
}

fn password(username: &Username) -> Credential {
    Credential::Password {
        name: AccountName::new(username.name.as_str()),
        secret: Secret::from(username.password.expose()),
    }
}

fn digest(
    endpoint: &Endpoint,
    username: &Username,
    created: Option<Stamp>,
) -> Result<Credential, Refusal> {
    if !endpoint.credentials.contains(&CredentialKind::UsernameDigest) {
        let why = "a password digest, which this endpoint does not take";
        return Err(Refusal::new(Cause::UnsupportedCredential, why));
    }
    let (Some(shown), Some(created)) = (username.digest(), created) else {
        let why = "a password digest of another length, or without nonce or created";
        return Err(Refusal::new(Cause::Unauthenticated, why));
    };
    Ok(Credential::PasswordDigest {
        name: AccountName::new(username.name.as_str()),
        digest: Digest {
            octets: shown.digest,
            nonce: shown.nonce.to_vec(),
            created: shown.created.to_owned(),
        },
        made: Timestamp::from_millis(created.created),
    })
}

/// From when until when the message is to be accepted: its own end, else the realm's greatest age.
fn sent(endpoint: &Endpoint, stamp: Stamp) -> Result<Lifetime, Refusal> {
    let created = Timestamp::from_millis(stamp.created);
    let until = match stamp.expires {
        Some(expires) => Timestamp::from_millis(expires),
        None => created.after(endpoint.realm().message_age),
    };
    Lifetime::new(created, until).map_err(|_| {
        Refusal::new(Cause::MalformedSecurity, "the message expires when it was created")
    })
}

/// The UsernameToken's own Created, which stands in for a Timestamp.
fn created(username: &Username) -> Result<Option<Stamp>, Refusal> {
    let Some(text) = &username.created else { return Ok(None) };
    let created = symbolon_soap::time::parse(text.trim());
    let created =
        created.map_err(|flaw| Refusal::new(Cause::MalformedSecurity, flaw.to_string()))?;
    Ok(Some(Stamp { created, expires: None }))
}
