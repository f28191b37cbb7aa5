//! How a group grows: who is under way when its first exchange comes is waited for, on a busy runtime.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use symbolon_kernel::ports::Ledger;
use symbolon_keys::sha256;
use symbolon_store::{Options, SqliteStore};
use tempfile::TempDir;
use tokio::task::{JoinSet, yield_now};

use super::file;
use super::support::exchange;

const EXCHANGES: u64 = 60;
const TRIES: usize = 20;

/// Work between two turns, as parsing or a signature is: some ten microseconds.
fn work() {
    assert_ne!(sha256(&[0; 16 << 10]), [0; 32]);
}

/// The commits that exchanges took which came at once, and took three turns each.
async fn commits() -> usize {
    let folder = TempDir::new().unwrap();
    let commits = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&commits);
    let count = Arc::new(move || {
        counted.fetch_add(1, Ordering::Relaxed);
        Ok(())
    });
    let options = Options { before_commit: Some(count), ..Options::default() };
    let store = Arc::new(SqliteStore::open(&file(&folder), options).unwrap());
    store.commit(exchange(0, &[])).await.unwrap();
    tokio::time::sleep(Duration::from_millis(5)).await; // the next group is not kept waiting for the last
    commits.store(0, Ordering::Relaxed);

    let mut under_way = JoinSet::new();
    for n in 1..=EXCHANGES {
        let store = Arc::clone(&store);
        under_way.spawn(async move {
            let turns = if n == 1 { 1 } else { 3 };
            for _ in 1..turns {
                work();
                yield_now().await;
            }
            work();
            store.commit(exchange(n, &[])).await.unwrap();
        });
    }
    under_way.join_all().await;
    commits.load(Ordering::Relaxed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn whoever_is_under_way_when_the_first_of_a_group_comes_is_in_it() {
    let mut whole = 0;
    for _ in 0..TRIES {
        // On the worker, as exchanges are.
        if tokio::spawn(commits()).await.unwrap() == 1 {
            whole += 1;
        }
    }
    // Not all: the machine may keep the runtime from coming round in time.
    assert!(whole * 2 > TRIES, "{whole} of {TRIES} groups were whole");
}
