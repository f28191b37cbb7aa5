use std::sync::Mutex;

use symbolon_model::Claims;

use super::*;

/// Accounts alice (secret "right") and carol (the same, disabled), counting how often they are read.
struct Records {
    hash: Mutex<PasswordHash>,
    generation: AtomicU64,
    reads: AtomicU64,
    broken: bool,
}

impl Records {
    fn new() -> Self {
        let hash = Mutex::new(hash_password(&"right".into()).unwrap());
        Self { hash, generation: AtomicU64::new(1), reads: AtomicU64::new(0), broken: false }
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

#[tokio::test]
async fn nothing_prints_a_secret() {
    let (directory, _) = start(Records::new());
    log_in(&directory, "alice", "right").await;
    let hash = hash_password(&"right".into()).unwrap();
    assert_eq!(format!("{directory:?} {hash:?}"), "AccountDirectory PasswordHash");
}
