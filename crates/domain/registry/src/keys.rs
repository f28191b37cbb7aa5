//! A realm's token-signing keys: made once, sealed at rest, opened when the objects are loaded.
//!
//! In:  a realm without keys; or a key object and the sealing key.
//! Out: key objects, active from the start since nobody can hold an older key; or a [`RealmKey`], parsed and ready.
//! Never: a private key unsealed in an object; a key opened under another object's name.
//!
//! RFC 7518 §3.3 (RSA of 2048 bits or more) and §3.4 (P-256).

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use symbolon_formats::TrustedKey;
use symbolon_kernel::ports::Random;
use symbolon_kernel::snapshot::{KeyState, RealmKey};
use symbolon_keys::{
    Certificate, InTurn, IssueFlaw, KeyFlaw, KeyKind, NoRandomness, PublicKey, SealingKey, Signer,
    SoftwareKey, Unsealable, Validity, self_signed,
};
use symbolon_model::{KeyId, RealmId, Timestamp};

use crate::store::{ObjectKey, StoredObject};
use crate::stored::{self, Purpose, StoredKey};

/// Kind of the key objects.
pub(crate) const KIND: &str = "key";
/// Origin of the key objects.
pub(crate) const ORIGIN: &str = "server";

/// One key for each default: SAML is signed with RSA, JWT with P-256.
const KINDS: [KeyKind; 2] = [KeyKind::Rsa { bits: 2048 }, KeyKind::P256];

/// LIMIT: relying parties pin the certificate and many look at nothing but its key; ten years outlive every rotation.
const CERTIFIED: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

/// Why a key could not be made.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum KeyFailure {
    /// The key itself.
    #[error(transparent)]
    Key(#[from] KeyFlaw),
    /// Its certificate.
    #[error(transparent)]
    Certificate(#[from] IssueFlaw),
    /// It could not be sealed.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

/// Why a key object could not be opened.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unopened {
    /// Another sealing key is needed, or the object was altered.
    #[error(transparent)]
    Sealed(#[from] Unsealable),
    /// What was sealed is not such an object.
    #[error("unreadable: {0}")]
    Unreadable(String),
}

/// Makes the key objects of a new realm.
///
/// # Errors
/// [`KeyFailure`].
pub fn make(
    realm: &RealmId,
    now: Timestamp,
    sealing: &SealingKey,
    random: &dyn Random,
) -> Result<Vec<StoredObject>, KeyFailure> {
    KINDS.into_iter().map(|kind| make_one(realm, kind, now, (sealing, random))).collect()
}

fn make_one(
    realm: &RealmId,
    kind: KeyKind,
    now: Timestamp,
    (sealing, random): (&SealingKey, &dyn Random),
) -> Result<StoredObject, KeyFailure> {
    let (key, octets) = SoftwareKey::generate(kind)?;
    let validity = Validity { not_before: now.millis(), not_after: now.after(CERTIFIED).millis() };
    let certificate = self_signed(&format!("{realm} token signing"), &key, validity)?;
    let object = ObjectKey {
        realm: realm.as_str().to_owned(),
        kind: KIND.to_owned(),
        id: id_of(certificate.public_key()),
    };
    let sealed = sealing.seal(&sealed_for(&object), octets.as_der(), random)?;
    let body = stored::write(&StoredKey {
        purpose: Purpose::Token,
        state: KeyState::Active,
        certificate: STANDARD.encode(certificate.der()),
        sealed: STANDARD.encode(sealed),
    });
    Ok(StoredObject { key: object, version: 1, origin: ORIGIN.to_owned(), body })
}

/// Opens a key object.
///
/// # Errors
/// [`Unopened`].
pub fn open(object: &StoredObject, sealing: &SealingKey) -> Result<RealmKey, Unopened> {
    let key: StoredKey = stored::read(&object.body).map_err(unreadable)?;
    let Purpose::Token = key.purpose;
    let certificate = STANDARD.decode(&key.certificate).map_err(unreadable)?;
    let certificate = Certificate::from_der(&certificate).map_err(unreadable)?;
    let sealed = STANDARD.decode(&key.sealed).map_err(unreadable)?;
    let octets = sealing.open(&sealed_for(&object.key), &sealed)?;
    let private = SoftwareKey::from_pkcs8_der(&octets).map_err(unreadable)?;
    let private = Arc::new(InTurn(private));
    let signer = Signer::new(object.key.id.clone(), private, certificate).map_err(unreadable)?;
    let trusted = TrustedKey {
        id: Some(KeyId::new(object.key.id.as_str())),
        key: signer.public_key().clone(),
        algorithm: signer.algorithm(),
    };
    Ok(RealmKey { state: key.state, signer: Arc::new(signer), trusted })
}

fn unreadable(flaw: impl std::fmt::Display) -> Unopened {
    Unopened::Unreadable(flaw.to_string())
}

/// What the sealed octets are bound to.
///
/// SECURITY: realm and id are part of it: a key moved to another realm's row does not open there.
fn sealed_for(object: &ObjectKey) -> String {
    format!("symbolon key {} {}", object.realm, object.id)
}

/// A name that says nothing but which key it is, and never names another.
fn id_of(key: &PublicKey) -> String {
    let label = key.label();
    URL_SAFE_NO_PAD.encode(label.get(..16).unwrap_or(&label))
}

#[cfg(test)]
mod tests;
