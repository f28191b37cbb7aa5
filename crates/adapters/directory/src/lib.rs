//! The directory: verifies passwords of accounts and secrets of clients against argon2id hashes.
//!
//! In:  a name and a secret or a digest of one, or a hash and the spellings of a secret.
//! Out: the account, or no; after the same work whether the name or the secret was wrong.
//! Never: keeps a secret, answers from memory what was not verified before, or lets a flood of log-ins take the processor.
//!
//! RFC 9106 (argon2id), with the parameters that OWASP's password storage cheat sheet names first.

mod cache;
mod hash;
mod memory;
mod pool;
mod shared;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use symbolon_kernel::ports::{
    Account, AccountRecord, AccountRecords, BoxFuture, Digest, Directory, NotAvailable,
    PasswordHash,
};
use symbolon_keys::{NoRandomness, SealingKey};
use symbolon_model::{AccountName, RealmId, Secret};
use tokio::time::Instant;

use cache::{Cache, Keyed};
pub use hash::{HashFailure, hash_password};
use pool::Pool;
use shared::Shared;

/// LIMIT: a log-in that would wait longer is refused at once: the client's time-out is worse, and its retries would make it so.
const LONGEST_WAIT: Duration = Duration::from_millis(250);

/// LIMIT: how long a verified secret is believed without argon2id, unless an account changes first.
const REMEMBERED: Duration = Duration::from_secs(300);

/// LIMIT: verified secrets remembered at a time; the oldest gives way. About 3 MB.
const ENTRIES: usize = 10_000;

/// What verifying secrets took, for metrics.
#[derive(Debug, Default)]
pub struct Checks {
    argon2id: AtomicU64,
    cached: AtomicU64,
    refused: AtomicU64,
}

impl Checks {
    /// How often argon2id ran.
    pub fn argon2id(&self) -> u64 {
        self.argon2id.load(Ordering::Relaxed)
    }

    /// How often a remembered verification was enough.
    pub fn cached(&self) -> u64 {
        self.cached.load(Ordering::Relaxed)
    }

    /// How often too many waited already.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }
}

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// Accounts in the store, verified here.
pub struct AccountDirectory {
    records: Arc<dyn AccountRecords>,
    pool: Pool,
    keyed: Keyed,
    accounts: Cache<Arc<Account>>,
    clients: Cache<()>,
    shared: Option<Shared>,
    checks: Arc<Checks>,
}

impl std::fmt::Debug for AccountDirectory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AccountDirectory")
    }
}

/// Why the directory did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartFailure {
    /// No randomness for the cache's key.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// No thread for argon2id.
    #[error("no thread for argon2id: {0}")]
    Thread(#[from] std::io::Error),
}

impl AccountDirectory {
    /// Starts the threads that run argon2id: as many as given, or one for each core. Each takes 19 MiB while there is work.
    ///
    /// # Errors
    /// [`StartFailure`], each of which must stop a start.
    pub fn start(
        records: Arc<dyn AccountRecords>,
        threads: Option<NonZeroUsize>,
    ) -> Result<Self, StartFailure> {
        let cores = || thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let checks = Arc::new(Checks::default());
        Ok(Self {
            records,
            pool: Pool::start(threads.unwrap_or_else(cores).get(), LONGEST_WAIT, &checks)?,
            keyed: Keyed::new()?,
            accounts: Cache::new(ENTRIES, REMEMBERED),
            clients: Cache::new(ENTRIES, REMEMBERED),
            shared: None,
            checks,
        })
    }

    /// The same, but with accounts that share a secret with us, sealed under this key. Without, no digest fits.
    ///
    /// # Errors
    /// [`StartFailure::Randomness`].
    pub fn with_shared_secrets(mut self, sealing: SealingKey) -> Result<Self, StartFailure> {
        self.shared = Some(Shared::new(sealing)?);
        Ok(self)
    }

    /// What verifying took so far.
    pub fn checks(&self) -> &Arc<Checks> {
        &self.checks
    }

    async fn verify_account(
        &self,
        realm: &RealmId,
        name: &AccountName,
        secret: &Secret<String>,
    ) -> Result<Option<Arc<Account>>, NotAvailable> {
        // INVARIANT: read before the record is, so that a record which changes meanwhile is remembered under the old generation.
        let generation = self.records.generation();
        let key = self.keyed.account(realm, name, secret);
        if let Some(account) = self.accounts.get(&key, generation, Instant::now()) {
            count(&self.checks.cached);
            return Ok(Some(account));
        }
        let record = self.records.find(realm, name).await?;
        let enabled = record.filter(|record| record.enabled);
        // SECURITY: no account, a disabled one and a wrong password cost one argon2id each, so that their duration does not tell
        // which names exist. Test: `wrong_name_wrong_password_and_disabled_account_cost_the_same_work`.
        let hash = enabled.as_ref().map(|record| &record.password);
        let fits = self.pool.fits(hash, std::slice::from_ref(secret)).await?;
        let is_shared = match &self.shared {
            Some(shared) => shared.is_password((realm, enabled.as_ref()), secret)?,
            None => false,
        };
        let Some(record) = enabled.filter(|_| fits.is_some() || is_shared) else { return Ok(None) };
        let AccountRecord { name, attributes, .. } = record;
        let account = Arc::new(Account { name, attributes });
        self.accounts.insert(key, generation, Arc::clone(&account), Instant::now());
        Ok(Some(account))
    }

    async fn verify_digest(
        &self,
        realm: &RealmId,
        name: &AccountName,
        digest: &Digest,
    ) -> Result<Option<Arc<Account>>, NotAvailable> {
        let Some(shared) = &self.shared else { return Ok(None) };
        let record = self.records.find(realm, name).await?;
        let enabled = record.filter(|record| record.enabled);
        // SECURITY: no account, a disabled one, one without a shared secret and a wrong digest cost one opening and one SHA-1
        // each. Test: `wrong_name_and_wrong_digest_are_one_answer`.
        let fits = shared.is_digest((realm, enabled.as_ref()), digest)?;
        let fitting = enabled.filter(|_| fits);
        Ok(fitting
            .map(|AccountRecord { name, attributes, .. }| Arc::new(Account { name, attributes })))
    }

    /// A remembered fit names the hash itself: a client's new secret has another hash, and so no generation is needed.
    async fn verify_client(
        &self,
        hash: Option<&PasswordHash>,
        candidates: &[Secret<String>],
    ) -> Result<bool, NotAvailable> {
        let key = |candidate| hash.map(|hash| self.keyed.client(hash, candidate));
        let now = Instant::now();
        let remembered = |key| self.clients.get(&key, 0, now).is_some();
        if candidates.iter().filter_map(key).any(remembered) {
            count(&self.checks.cached);
            return Ok(true);
        }
        let fits = self.pool.fits(hash, candidates).await?;
        let fitting = fits.and_then(|index| candidates.get(index));
        if let Some(key) = fitting.and_then(key) {
            self.clients.insert(key, 0, (), Instant::now());
        }
        Ok(fitting.is_some())
    }
}

impl Directory for AccountDirectory {
    fn log_in<'a>(
        &'a self,
        realm: &'a RealmId,
        name: &'a AccountName,
        secret: &'a Secret<String>,
    ) -> BoxFuture<'a, Result<Option<Arc<Account>>, NotAvailable>> {
        Box::pin(self.verify_account(realm, name, secret))
    }

    fn log_in_with_digest<'a>(
        &'a self,
        realm: &'a RealmId,
        name: &'a AccountName,
        digest: &'a Digest,
    ) -> BoxFuture<'a, Result<Option<Arc<Account>>, NotAvailable>> {
        Box::pin(self.verify_digest(realm, name, digest))
    }

    fn fits<'a>(
        &'a self,
        hash: Option<&'a PasswordHash>,
        candidates: &'a [Secret<String>],
    ) -> BoxFuture<'a, Result<bool, NotAvailable>> {
        Box::pin(self.verify_client(hash, candidates))
    }
}

#[cfg(test)]
mod tests;
