//! What the kernel needs from outside: small object-safe traits that return boxed futures, held as `Arc<dyn …>`.
//!
//! Adapters implement them; the domain's tests implement them in a few lines.

use std::sync::Arc;
use std::time::Duration;

pub use symbolon_keys::{BoxFuture, Random};
use symbolon_model::{AccountName, Claims, RealmId, Secret, Timestamp};

use crate::audit::Event;
use crate::decide::{Question, Verdict};

/// Where exchanges become durable. One exchange, one commit, one audit event.
pub trait Ledger: Send + Sync {
    /// Writes the event and its conditions as one transaction; resolves when that is durable.
    ///
    /// # Errors
    /// [`CommitFailure::Replayed`] where a condition failed: nothing was written.
    /// [`CommitFailure::Unavailable`] where it cannot be said that all was written: the caller refuses.
    fn commit(&self, writes: Writes) -> BoxFuture<'_, Result<(), CommitFailure>>;

    /// Takes the refusal of a stranger. Never blocks, is bounded, and is written soon, singly or coalesced by cause and
    /// source: strangers must not be able to make us wait for the disk.
    fn note(&self, event: Event);
}

/// Why a commit did not happen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CommitFailure {
    /// A replay condition failed.
    Replayed,
    /// The store cannot answer; try again after that long. The text is for the log.
    Unavailable(Duration, String),
}

/// What one exchange writes. Stages add to it; only [`Ledger::commit`] carries it out.
#[derive(Clone, PartialEq, Debug)]
pub struct Writes {
    /// All must hold, or nothing is written.
    pub conditions: Vec<Condition>,
    /// The audit event; for a self-contained token it is also the token's ledger entry.
    pub event: Event,
}

/// Something that must be so at the moment of the commit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Condition {
    /// This key was not seen before; it is remembered at least until then.
    Unseen {
        /// SHA-256 over realm, kind, requestor and the copy's mark.
        key: [u8; 32],
        /// The end of the acceptance window.
        until: Timestamp,
    },
}

/// Verifies secrets. An answer takes the same work whether the name or the secret was wrong.
pub trait Directory: Send + Sync {
    /// The account, if the name and the secret fit and it is enabled.
    ///
    /// # Errors
    /// [`NotAvailable`] where the directory cannot answer, or too many wait already.
    fn log_in<'a>(
        &'a self,
        realm: &'a RealmId,
        name: &'a AccountName,
        secret: &'a Secret<String>,
    ) -> BoxFuture<'a, Result<Option<Arc<Account>>, NotAvailable>>;

    /// The account, if the digest is one of its shared secret and it is enabled. Whether the digest is fresh, and not a copy,
    /// is the kernel's question.
    ///
    /// # Errors
    /// [`NotAvailable`] where the directory cannot answer.
    fn log_in_with_digest<'a>(
        &'a self,
        realm: &'a RealmId,
        name: &'a AccountName,
        digest: &'a Digest,
    ) -> BoxFuture<'a, Result<Option<Arc<Account>>, NotAvailable>>;

    /// Whether one of the candidate spellings of a secret fits the hash. `None` for a hash costs the same and is never a fit.
    ///
    /// # Errors
    /// [`NotAvailable`] where too many wait already.
    fn fits<'a>(
        &'a self,
        hash: Option<&'a PasswordHash>,
        candidates: &'a [Secret<String>],
    ) -> BoxFuture<'a, Result<bool, NotAvailable>>;
}

/// What proves a shared secret without showing it: SHA-1 over nonce, created and secret.
///
/// UsernameToken Profile 1.1.1 §3.1.
#[derive(Clone, PartialEq, Eq)]
pub struct Digest {
    /// The digest.
    pub octets: [u8; 20],
    /// The nonce, decoded.
    pub nonce: Vec<u8>,
    /// The very characters of the time.
    pub created: String,
}

impl std::fmt::Debug for Digest {
    /// Passwords can be guessed by a digest: it is not printed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Digest")
    }
}

/// The directory cannot answer now. The text is for the log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NotAvailable {
    /// After how long to try again.
    pub retry_after: Duration,
    /// What was not available.
    pub what: String,
}

/// An argon2id hash in PHC string format. Not a secret to print, all the same.
#[derive(Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct PasswordHash(Arc<str>);

impl PasswordHash {
    /// From a PHC string, unchecked: what does not parse fits nothing.
    pub fn new(phc: impl Into<Arc<str>>) -> Self {
        Self(phc.into())
    }

    /// The PHC string.
    pub fn as_phc(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash")
    }
}

/// An account as the kernel sees it: whom it names and what is said about them, never a secret.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Account {
    /// Its name in its realm.
    pub name: AccountName,
    /// What the directory says about it.
    pub attributes: Claims,
}

/// Where accounts are stored, hashes included; the directory adapter reads it.
pub trait AccountRecords: Send + Sync {
    /// The record of that name.
    ///
    /// # Errors
    /// [`NotAvailable`] where the store cannot answer.
    fn find<'a>(
        &'a self,
        realm: &'a RealmId,
        name: &'a AccountName,
    ) -> BoxFuture<'a, Result<Option<AccountRecord>, NotAvailable>>;

    /// A number that changes whenever any account changes; cheap. Caches of verified secrets are valid for one generation.
    fn generation(&self) -> u64;
}

/// An account as it is stored.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub struct AccountRecord {
    /// Its name in its realm.
    pub name: AccountName,
    /// Whether it may log in.
    pub enabled: bool,
    /// Its password, hashed.
    pub password: PasswordHash,
    /// What is said about it.
    pub attributes: Claims,
    /// A secret that it shares with us, for digests: sealed for [`AccountRecord::shared_for`], in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared: Option<String>,
}

impl AccountRecord {
    /// What a shared secret is sealed for.
    ///
    /// SECURITY: realm and name are part of it: a secret moved to another account's row does not open there.
    pub fn shared_for(realm: &RealmId, name: &AccountName) -> String {
        format!("symbolon account {realm} {name}")
    }
}

/// Rules beside the invariants: yes, no, or narrower. A rule can never widen what the invariants allow.
pub trait Rules: Send + Sync {
    /// Judges one issue. Pure: the same question gets the same answer.
    fn judge(&self, question: &Question<'_>) -> Verdict;
}
