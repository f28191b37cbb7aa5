use std::sync::Mutex;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use symbolon_model::Claims;

use super::*;

/// Accounts alice (secret "right") and carol (the same, disabled), counting how often they are read.
struct Records {
    hash: Mutex<PasswordHash>,
    generation: AtomicU64,
    reads: AtomicU64,
    shared: Option<String>,
    broken: bool,
}

impl Records {
    fn new() -> Self {
        let hash = Mutex::new(hash_password(&"right".into()).unwrap());
        let (generation, reads) = (AtomicU64::new(1), AtomicU64::new(0));
        Self { hash, generation, reads, shared: None, broken: false }
    }
}

impl AccountRecords for Records {
    fn find<'a>(
        &'a self,
        _realm: &'a RealmId,
        name: &'a AccountName,
    ) -> BoxFuture<'a, Result<Option<AccountRecord>, NotAvailable>> {
        count(&self.reads);
        if self.broken {
            let what = "store: gone".to_owned();
            return Box::pin(async {
                Err(NotAvailable { retry_after: Duration::from_secs(1), what })
            });
        }
        let record = AccountRecord {
            name: name.clone(),
            enabled: name.as_str() == "alice",
            password: self.hash.lock().unwrap().clone(),
            attributes: Claims::none(),
            shared: self.shared.clone(),
        };
        let known = ["alice", "carol"].contains(&name.as_str());
        Box::pin(async move { Ok(known.then_some(record)) })
    }

    fn generation(&self) -> u64 {
        self.generation.load(Ordering::Relaxed)
    }
}

fn start(records: Records) -> (AccountDirectory, Arc<Records>) {
    let records = Arc::new(records);
    let directory = AccountDirectory::start(Arc::clone(&records) as _, NonZeroUsize::new(1));
    (directory.unwrap(), records)
}

/// Whether the log-in succeeds, and how often argon2id ran for it.
async fn log_in(directory: &AccountDirectory, name: &str, secret: &str) -> (bool, u64) {
    let before = directory.checks().argon2id();
    let account = directory.log_in(&"main".into(), &name.into(), &secret.into()).await.unwrap();
    if let Some(account) = &account {
        assert_eq!(account.name.as_str(), name);
    }
    (account.is_some(), directory.checks().argon2id().saturating_sub(before))
}

/// Likewise for a client's secret in its spellings.
async fn fits(
    directory: &AccountDirectory,
    hash: Option<&PasswordHash>,
    spellings: &[&str],
) -> (bool, u64) {
    let before = directory.checks().argon2id();
    let candidates: Vec<_> = spellings.iter().map(|spelling| Secret::from(*spelling)).collect();
    let fits = directory.fits(hash, &candidates).await.unwrap();
    (fits, directory.checks().argon2id().saturating_sub(before))
}

#[tokio::test]
async fn wrong_name_wrong_password_and_disabled_account_cost_the_same_work() {
    let (directory, records) = start(Records::new());
    assert_eq!(log_in(&directory, "alice", "wrong").await, (false, 1));
    assert_eq!(log_in(&directory, "nobody", "right").await, (false, 1));
    assert_eq!(log_in(&directory, "carol", "right").await, (false, 1));
    assert_eq!(log_in(&directory, "alice", "").await, (false, 1));
    *records.hash.lock().unwrap() = PasswordHash::new("not a hash");
    assert_eq!(log_in(&directory, "alice", "right").await, (false, 1));
    assert_eq!(records.reads.load(Ordering::Relaxed), 5, "each reads the store once");
}

#[tokio::test]
async fn a_second_log_in_costs_neither_argon2id_nor_a_look_at_the_store() {
    let (directory, records) = start(Records::new());
    assert_eq!(log_in(&directory, "alice", "right").await, (true, 1));
    assert_eq!(log_in(&directory, "alice", "right").await, (true, 0));
    assert_eq!(records.reads.load(Ordering::Relaxed), 1);
    assert_eq!(directory.checks().cached(), 1);
}

#[tokio::test]
async fn a_wrong_password_after_a_right_one_runs_argon2id_every_time() {
    let (directory, _) = start(Records::new());
    assert_eq!(log_in(&directory, "alice", "right").await, (true, 1));
    assert_eq!(log_in(&directory, "alice", "wrong").await, (false, 1));
    assert_eq!(log_in(&directory, "alice", "wrong").await, (false, 1));
}

#[tokio::test]
async fn a_changed_account_is_verified_anew() {
    let (directory, records) = start(Records::new());
    assert_eq!(log_in(&directory, "alice", "right").await, (true, 1));
    *records.hash.lock().unwrap() = hash_password(&"new".into()).unwrap();
    records.generation.store(2, Ordering::Relaxed);
    assert_eq!(log_in(&directory, "alice", "right").await, (false, 1));
    assert_eq!(log_in(&directory, "alice", "new").await, (true, 1));
}

#[tokio::test(start_paused = true)]
async fn a_verification_is_believed_for_five_minutes() {
    let (directory, _) = start(Records::new());
    assert_eq!(log_in(&directory, "alice", "right").await, (true, 1));
    tokio::time::advance(Duration::from_secs(299)).await;
    assert_eq!(log_in(&directory, "alice", "right").await, (true, 0));
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(log_in(&directory, "alice", "right").await, (true, 1));
}

#[tokio::test]
async fn a_store_that_cannot_answer_is_not_a_wrong_password() {
    let (directory, _) = start(Records { broken: true, ..Records::new() });
    let refused = directory.log_in(&"main".into(), &"alice".into(), &"right".into()).await;
    assert_eq!(refused.unwrap_err().what, "store: gone");
}

#[tokio::test]
async fn a_client_that_is_not_there_costs_the_same_work() {
    let (directory, _) = start(Records::new());
    let hash = hash_password(&"a b".into()).unwrap();
    assert_eq!(fits(&directory, Some(&hash), &["wrong"]).await, (false, 1));
    assert_eq!(fits(&directory, None, &["wrong"]).await, (false, 1));
    assert_eq!(fits(&directory, Some(&hash), &["a+b", "a%20b"]).await, (false, 2));
    assert_eq!(fits(&directory, None, &["a+b", "a%20b"]).await, (false, 2));
    assert_eq!(fits(&directory, Some(&hash), &[]).await, (false, 0));
}

#[tokio::test]
async fn any_spelling_of_a_clients_secret_fits_and_is_remembered() {
    let (directory, _) = start(Records::new());
    let hash = hash_password(&"a b".into()).unwrap();
    assert_eq!(fits(&directory, Some(&hash), &["a+b", "a b"]).await, (true, 2));
    assert_eq!(fits(&directory, Some(&hash), &["a+b", "a b"]).await, (true, 0));
    assert_eq!(fits(&directory, Some(&hash), &["a b"]).await, (true, 0));
    assert_eq!(fits(&directory, Some(&hash), &["a+b"]).await, (false, 1));
    let rotated = hash_password(&"new".into()).unwrap();
    assert_eq!(fits(&directory, Some(&rotated), &["a b"]).await, (false, 1));
}

/// A directory whose accounts share the secret "shared" beside their password "right".
fn sharing() -> AccountDirectory {
    let key = || SealingKey::from_octets(&[7; 32]).unwrap();
    let purpose = AccountRecord::shared_for(&"main".into(), &"alice".into());
    let sealed = key().seal(&purpose, b"shared", &symbolon_keys::SystemRandom).unwrap();
    let (directory, _) = start(Records { shared: Some(STANDARD.encode(sealed)), ..Records::new() });
    directory.with_shared_secrets(key()).unwrap()
}

async fn shows_digest(directory: &AccountDirectory, name: &str, secret: &str) -> bool {
    let (nonce, created) = (vec![1; 16], "2026-01-01T00:00:00Z".to_owned());
    let made = [nonce.as_slice(), created.as_bytes(), secret.as_bytes()].concat();
    let made = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, &made);
    let digest = Digest { octets: made.as_ref().try_into().unwrap(), nonce, created };
    let found = directory.log_in_with_digest(&"main".into(), &name.into(), &digest).await;
    found.unwrap().is_some()
}

#[tokio::test]
async fn wrong_name_and_wrong_digest_are_one_answer() {
    let directory = sharing();
    assert!(shows_digest(&directory, "alice", "shared").await);
    assert!(!shows_digest(&directory, "alice", "right").await, "the password is another secret");
    assert!(!shows_digest(&directory, "alice", "wrong").await);
    assert!(!shows_digest(&directory, "nobody", "shared").await);
    assert_eq!(directory.checks().argon2id(), 0, "and none costs an argon2id");
}

#[tokio::test]
async fn a_directory_without_the_key_takes_no_digest() {
    let (directory, _) = start(Records::new());
    assert!(!shows_digest(&directory, "alice", "right").await);
}

#[tokio::test]
async fn a_shared_secret_is_a_password_too_and_costs_the_same() {
    let directory = sharing();
    assert_eq!(log_in(&directory, "alice", "wrong").await, (false, 1));
    assert_eq!(log_in(&directory, "alice", "right").await, (true, 1));
    assert_eq!(log_in(&directory, "alice", "shared").await, (true, 1));
    assert_eq!(log_in(&directory, "nobody", "shared").await, (false, 1));
}

#[tokio::test]
async fn nothing_prints_a_secret() {
    let (directory, _) = start(Records::new());
    log_in(&directory, "alice", "right").await;
    let hash = hash_password(&"right".into()).unwrap();
    assert_eq!(format!("{directory:?} {hash:?}"), "AccountDirectory PasswordHash");
}
