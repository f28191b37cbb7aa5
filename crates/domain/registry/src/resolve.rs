//! Turns an object as written into what is stored: references become hashes, sealed secrets and keys.
//!
//! In:  a located object, and what is stored under its name now.
//! Out: a body, or an account's record. A secret that is still the same keeps its hash or seal, so that nothing changes.
//! Never: keeps a secret longer than it takes to hash or seal it.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use symbolon_jose::JwkFlaw;
use symbolon_kernel::ports::{AccountRecord, BoxFuture, NotAvailable, PasswordHash, Random};
use symbolon_keys::{
    Certificate, Digest, KeyFlaw, KeyKind, PublicKey, SealingKey, SignatureAlgorithm,
};
use symbolon_model::{AccountName, ClaimName, Claims, RealmId, Secret};

use crate::mistake::{Located, Mistake};
use crate::objects::{Account, Client, KeyAlgorithm, KeyPin, Object, Reference};
use crate::stored::{self, PinnedKey, StoredClient, StoredIssuer};

/// When to try again what found no randomness.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Finds what references name, and hashes secrets; the server implements it.
pub trait Secrets: Send + Sync {
    /// What a reference names, without one newline at its end. Paths are relative to the folder of the objects' files.
    ///
    /// # Errors
    /// [`Unresolved`], whose text never holds the secret.
    fn resolve(&self, reference: &Reference) -> Result<Secret<String>, Unresolved>;

    /// Hashes a secret for storage.
    ///
    /// # Errors
    /// [`NotAvailable`] where that cannot be done now.
    fn hash<'a>(
        &'a self,
        secret: &'a Secret<String>,
    ) -> BoxFuture<'a, Result<PasswordHash, NotAvailable>>;

    /// Whether a hash is that of the secret.
    ///
    /// # Errors
    /// [`NotAvailable`] where that cannot be done now.
    fn fits<'a>(
        &'a self,
        hash: &'a PasswordHash,
        secret: &'a Secret<String>,
    ) -> BoxFuture<'a, Result<bool, NotAvailable>>;
}

/// Why a reference names nothing: `no such file`.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unresolved(pub String);

/// An object resolved.
pub(crate) enum Resolved {
    Body(String),
    Account(AccountRecord),
}

/// Why an object could not be resolved.
pub(crate) enum Failure {
    Mistakes(Vec<Mistake>),
    Unavailable(NotAvailable),
}

impl From<Mistake> for Failure {
    fn from(mistake: Mistake) -> Self {
        Self::Mistakes(vec![mistake])
    }
}

impl From<NotAvailable> for Failure {
    fn from(what: NotAvailable) -> Self {
        Self::Unavailable(what)
    }
}

/// What is stored of an object's secrets now.
#[derive(Default)]
pub(crate) struct Kept {
    /// The hash of its password or secret.
    pub(crate) hash: Option<PasswordHash>,
    /// Its shared secret, sealed, in base64.
    pub(crate) shared: Option<String>,
}

/// Seals secrets that must be kept as they are.
#[derive(Clone, Copy)]
pub(crate) struct Seals<'s> {
    pub(crate) key: &'s SealingKey,
    pub(crate) random: &'s dyn Random,
}

/// Resolves one object.
pub(crate) async fn resolve(
    located: &Located<Object>,
    kept: &Kept,
    secrets: &dyn Secrets,
    seals: Seals<'_>,
) -> Result<Resolved, Failure> {
    let now = kept.hash.as_ref();
    Ok(Resolved::Body(match &located.object {
        Object::Realm(realm) => stored::write(realm),
        Object::Endpoint(endpoint) => stored::write(endpoint),
        Object::RelyingParty(party) => stored::write(party),
        Object::Issuer(issuer) => {
            let keys = pinned(located, &issuer.keys, secrets)?;
            let (name, token_types) = (issuer.name.clone(), issuer.token_types.clone());
            let sha1_until = issuer.sha1_until.clone();
            stored::write(&StoredIssuer { name, token_types, keys, sha1_until })
        }
        Object::Client(client) => {
            let secret = match &client.secret {
                Some(secret) => Some(hashed(located, ("secret", secret), now, secrets).await?),
                None => None,
            };
            let keys = pinned(located, &client.keys, secrets)?;
            stored::write(&stored_client(client, secret, keys))
        }
        Object::Account(account) => {
            let place = ("password", &account.password);
            let password = hashed(located, place, now, secrets).await?;
            let shared = match &account.shared_password {
                Some(reference) => {
                    Some(sealed(located, (account, reference), kept, (secrets, seals))?)
                }
                None => None,
            };
            return Ok(Resolved::Account(record(account, password, shared)));
        }
    }))
}

async fn hashed(
    located: &Located<Object>,
    (field, reference): (&str, &Reference),
    now: Option<&PasswordHash>,
    secrets: &dyn Secrets,
) -> Result<PasswordHash, Failure> {
    let secret = not_empty(located, field, reference, secrets)?;
    match now {
        Some(hash) if secrets.fits(hash, &secret).await? => Ok(hash.clone()),
        Some(_) | None => Ok(secrets.hash(&secret).await?),
    }
}

/// A shared secret, sealed; as it is stored if it is still the same, so that nothing changes.
fn sealed(
    located: &Located<Object>,
    (account, reference): (&Account, &Reference),
    kept: &Kept,
    (secrets, seals): (&dyn Secrets, Seals<'_>),
) -> Result<String, Failure> {
    let secret = not_empty(located, "shared_password", reference, secrets)?;
    let (realm, name) =
        (RealmId::new(account.realm.as_str()), AccountName::new(account.name.as_str()));
    let purpose = AccountRecord::shared_for(&realm, &name);
    let opens = |kept: &String| {
        let opened = seals.key.open(&purpose, &STANDARD.decode(kept).unwrap_or_default());
        opened.is_ok_and(|opened| opened.as_slice() == secret.expose().as_bytes())
    };
    if let Some(same) = kept.shared.as_ref().filter(|kept| opens(kept)) {
        return Ok(same.clone());
    }
    let sealed = seals.key.seal(&purpose, secret.expose().as_bytes(), seals.random);
    let sealed =
        sealed.map_err(|why| NotAvailable { retry_after: RETRY_AFTER, what: why.to_string() })?;
    Ok(STANDARD.encode(sealed))
}

fn not_empty(
    located: &Located<Object>,
    field: &str,
    reference: &Reference,
    secrets: &dyn Secrets,
) -> Result<Secret<String>, Mistake> {
    let secret = found(located, field, reference, secrets)?;
    if secret.expose().is_empty() {
        let message = format!("{reference} is empty");
        return Err(located.mistake(field, message, "write a secret into it"));
    }
    Ok(secret)
}

fn found(
    located: &Located<Object>,
    field: &str,
    reference: &Reference,
    secrets: &dyn Secrets,
) -> Result<Secret<String>, Mistake> {
    secrets.resolve(reference).map_err(|why| {
        let message = format!("{reference}: {why}");
        let remedy = match reference {
            Reference::File(_) => "make it a readable file; its path begins at this file's folder",
            Reference::Env(_) => "set it in the server's environment",
        };
        located.mistake(field, message, remedy)
    })
}

fn stored_client(
    client: &Client,
    secret: Option<PasswordHash>,
    keys: Vec<PinnedKey>,
) -> StoredClient {
    StoredClient {
        id: client.id.clone(),
        secret,
        keys,
        public: client.public,
        grants: client.grants.clone(),
        may_exchange: client.may_exchange.clone(),
        default_party: client.default_party.clone(),
    }
}

fn record(account: &Account, password: PasswordHash, shared: Option<String>) -> AccountRecord {
    let mut attributes = Claims::none();
    for (name, values) in &account.attributes {
        attributes.add(ClaimName::new(name.as_str()), values.0.iter().cloned());
    }
    let name = AccountName::new(account.name.as_str());
    AccountRecord { name, enabled: account.enabled, password, attributes, shared }
}

fn pinned(
    located: &Located<Object>,
    written: &[KeyPin],
    secrets: &dyn Secrets,
) -> Result<Vec<PinnedKey>, Failure> {
    let mut keys = Vec::new();
    let mut mistakes = Vec::new();
    for (index, key) in written.iter().enumerate() {
        match pinned_key(located, (index, key), secrets) {
            Ok(key) => keys.push(key),
            Err(mistake) => mistakes.push(mistake),
        }
    }
    if mistakes.is_empty() { Ok(keys) } else { Err(Failure::Mistakes(mistakes)) }
}

fn pinned_key(
    located: &Located<Object>,
    (index, written): (usize, &KeyPin),
    secrets: &dyn Secrets,
) -> Result<PinnedKey, Mistake> {
    let at = |name: &str| format!("keys.{index}.{name}");
    let read = |name: &str, path: &str| {
        found(located, &at(name), &Reference::File(path.to_owned()), secrets)
    };
    let unusable = |name: &str, why: String, what: &str| {
        located.mistake(&at(name), format!("not {what}: {why}"), format!("write {what}"))
    };
    let certificate = |name: &str, pem: &str| {
        let certificate = Certificate::from_pem(pem);
        let certificate =
            certificate.map_err(|why| unusable(name, why.to_string(), "one certificate in PEM"))?;
        let key = pinnable(certificate.public_key().clone())
            .map_err(|why| unusable(name, why, "one certificate in PEM"))?;
        Ok((None, key))
    };
    let (id, key) = match (&written.certificate_file, &written.jwk_file, &written.pem) {
        (Some(path), None, None) => {
            let name = "certificate_file";
            certificate(name, read(name, path)?.expose())?
        }
        (None, None, Some(pem)) => certificate("pem", pem)?,
        (None, Some(path), None) => {
            let name = "jwk_file";
            public_jwk(read(name, path)?.expose())
                .map_err(|why| unusable(name, why, "one public JWK"))?
        }
        _ => {
            let message = "a key is named by exactly one of certificate_file, jwk_file, pem";
            return Err(located.mistake(&format!("keys.{index}"), message, "keep one of them"));
        }
    };
    let algorithm = written.algorithm.unwrap_or(match key.kind() {
        KeyKind::Rsa { .. } => KeyAlgorithm::RsaSha256,
        KeyKind::P256 | KeyKind::P384 | KeyKind::P521 => KeyAlgorithm::EcdsaSha256,
    });
    Ok(PinnedKey { id, spki: STANDARD.encode(key.spki_der()), algorithm })
}

fn public_jwk(text: &str) -> Result<(Option<String>, PublicKey), String> {
    let value: serde_json::Value = serde_json::from_str(text).map_err(|why| why.to_string())?;
    let id = value.get("kid").and_then(serde_json::Value::as_str).map(str::to_owned);
    let key = symbolon_jose::public_key_from_jwk(&value).map_err(|why| why.to_string())?;
    let named = value.get("alg").and_then(serde_json::Value::as_str);
    if named.and_then(SignatureAlgorithm::from_jws).is_some_and(|a| a.digest() != Digest::Sha256) {
        return Err(JwkFlaw::NotForVerifying.to_string()); // a pin names RS256, PS256 or ES256
    }
    Ok((id, pinnable(key)?))
}

/// The key, if its kind has an algorithm among those that a pin can name.
fn pinnable(key: PublicKey) -> Result<PublicKey, String> {
    match key.kind() {
        KeyKind::Rsa { .. } | KeyKind::P256 => Ok(key),
        KeyKind::P384 | KeyKind::P521 => Err(KeyFlaw::Unsupported.to_string()),
    }
}
