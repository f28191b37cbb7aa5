//! What only a store on a disk can get wrong: durability, a slow or broken disk, a tampered file, a second process.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a panic fails the test")]

mod group;
mod kill;
#[path = "../support/mod.rs"]
mod support;

use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use rusqlite::Connection;
use support::{change, exchange, object, refusal, request};
use symbolon_kernel::ports::{AccountRecords, CommitFailure, Ledger};
use symbolon_registry::store::{ApplyFailure, ObjectStore, StoredChange};
use symbolon_store::{
    BeforeCommit, LinkFlaw, OpenFailure, Options, Range, SqliteContents, SqliteStore, SqliteTrail,
    Trail, Verification,
};
use tempfile::TempDir;

fn file(folder: &TempDir) -> PathBuf {
    folder.path().join("store.db")
}

fn open(path: &Path) -> SqliteStore {
    SqliteStore::open(path, Options::default()).unwrap()
}

/// A disk that waits at every COMMIT until the test lets it go on, or drops this.
struct Stall {
    reached: Receiver<()>,
    go_on: Sender<()>,
}

/// A store on a disk that stalls. The stall is dropped first, so that the store can always be closed.
fn open_stalled(folder: &TempDir) -> (SqliteStore, Stall) {
    let (at_commit, reached) = channel();
    let (go_on, gate) = channel();
    let ends = Mutex::new((at_commit, gate));
    let hook: BeforeCommit = Arc::new(move || {
        let (at_commit, gate) = &*ends.lock().unwrap();
        let _ = at_commit.send(());
        let _ = gate.recv();
        Ok(())
    });
    let options = Options { before_commit: Some(hook), ..Options::default() };
    (SqliteStore::open(&file(folder), options).unwrap(), Stall { reached, go_on })
}

/// Polls a future once, with nobody to wake.
fn poll<T>(future: Pin<&mut (impl Future<Output = T> + ?Sized)>) -> Poll<T> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[tokio::test]
async fn the_writer_syncs_every_commit_to_the_disk() {
    let folder = TempDir::new().unwrap();
    let store = open(&file(&folder));
    assert_eq!(store.writer_pragma("synchronous").await.unwrap(), "2"); // FULL
    assert_eq!(store.writer_pragma("journal_mode").await.unwrap(), "wal");
    assert_eq!(store.writer_pragma("foreign_keys").await.unwrap(), "1");
}

#[tokio::test]
async fn a_stalled_commit_stalls_the_reply() {
    let folder = TempDir::new().unwrap();
    let (store, stall) = open_stalled(&folder);
    let mut commit = store.commit(exchange(1, &[1]));
    assert!(poll(commit.as_mut()).is_pending());
    stall.reached.recv().unwrap();
    assert!(poll(commit.as_mut()).is_pending());
    let trail = SqliteTrail::open(&file(&folder)).unwrap();
    assert_eq!(trail.events(&Range::newest(9)).unwrap(), [], "nothing is there before COMMIT");
    stall.go_on.send(()).unwrap();
    commit.await.unwrap();
    assert_eq!(trail.events(&Range::newest(9)).unwrap().len(), 1);
}

#[tokio::test]
async fn a_full_queue_refuses_at_once() {
    let folder = TempDir::new().unwrap();
    let (store, stall) = open_stalled(&folder);
    let mut first = store.commit(exchange(0, &[]));
    assert!(poll(first.as_mut()).is_pending());
    stall.reached.recv().unwrap();
    let mut waiting: Vec<_> = (1..=4096).map(|n| store.commit(exchange(n, &[]))).collect();
    assert!(waiting.iter_mut().all(|commit| poll(commit.as_mut()).is_pending()));
    let mut beyond = store.commit(exchange(5_000, &[]));
    let Poll::Ready(Err(CommitFailure::Unavailable(after, what))) = poll(beyond.as_mut()) else {
        panic!("it waits");
    };
    assert_eq!((after.as_secs(), what.as_str()), (1, "store: its queue is full"));
    drop(stall);
}

#[tokio::test]
async fn strangers_do_not_fill_the_queue_of_exchanges() {
    let folder = TempDir::new().unwrap();
    let (store, stall) = open_stalled(&folder);
    let mut first = store.commit(exchange(0, &[]));
    assert!(poll(first.as_mut()).is_pending());
    stall.reached.recv().unwrap();
    for n in 1..=20_000 {
        store.note(refusal(n));
    }
    let mut second = store.commit(exchange(30_000, &[]));
    assert!(poll(second.as_mut()).is_pending(), "it is queued, not refused");
    drop(stall);
    first.await.unwrap();
    second.await.unwrap();
}

#[tokio::test]
async fn a_failed_commit_refuses_everyone_who_waited_and_writes_nothing() {
    let folder = TempDir::new().unwrap();
    let broken = Arc::new(Mutex::new(true));
    let seen = Arc::clone(&broken);
    let hook: BeforeCommit =
        Arc::new(move || if *seen.lock().unwrap() { Err("disk full".to_owned()) } else { Ok(()) });
    let options = Options { before_commit: Some(hook), ..Options::default() };
    let store = SqliteStore::open(&file(&folder), options).unwrap();
    store.note(refusal(1));
    let refused = store.commit(exchange(2, &[1])).await.unwrap_err();
    assert!(matches!(refused, CommitFailure::Unavailable(..)), "{refused:?}");
    let refused = store.apply(change(0)).await.unwrap_err();
    assert!(matches!(refused, ApplyFailure::Unavailable(_)), "{refused:?}");
    assert!(store.flush().await.is_err());

    *broken.lock().unwrap() = false;
    store.commit(exchange(3, &[1])).await.unwrap();
    store.apply(change(0)).await.unwrap();
    let trail = SqliteTrail::open(&file(&folder)).unwrap();
    assert_eq!(trail.find(&request(2)).unwrap(), []);
    assert_eq!(trail.find(&request(1)).unwrap().len(), 1, "the refusal was kept meanwhile");
    assert!(matches!(trail.verify().unwrap(), Verification::Intact { events: 3, .. }));
}

#[tokio::test]
async fn refusals_of_strangers_are_written_though_no_exchange_commits() {
    let folder = TempDir::new().unwrap();
    let (store, stall) = open_stalled(&folder);
    store.note(refusal(1));
    stall.reached.recv().unwrap(); // the writer has begun of itself
    drop(stall);
}

#[tokio::test]
async fn closing_the_store_writes_what_was_held_and_reopening_goes_on_with_the_chain() {
    let folder = TempDir::new().unwrap();
    let store = open(&file(&folder));
    let node = store.node().to_owned();
    store.commit(exchange(1, &[1])).await.unwrap();
    store.note(refusal(2));
    drop(store);

    let store = open(&file(&folder));
    assert_eq!(store.node(), node);
    assert_eq!(store.commit(exchange(3, &[1])).await, Err(CommitFailure::Replayed));
    store.commit(exchange(4, &[2])).await.unwrap();
    drop(store);

    let trail = SqliteTrail::open(&file(&folder)).unwrap();
    assert_eq!(trail.find(&request(2)).unwrap().len(), 1);
    let Verification::Intact { node: of, events: 3, .. } = trail.verify().unwrap() else {
        panic!("{:?}", trail.verify());
    };
    assert_eq!(of, node);
}

#[tokio::test]
async fn a_second_writer_is_refused_and_a_reader_is_not() {
    let folder = TempDir::new().unwrap();
    let first = open(&file(&folder));
    let refused = SqliteStore::open(&file(&folder), Options::default()).unwrap_err();
    assert!(matches!(refused, OpenFailure::InUse(_)), "{refused}");
    SqliteTrail::open(&file(&folder)).unwrap();
    drop(first);
    open(&file(&folder));
}

#[tokio::test]
async fn a_newer_schema_is_refused_by_writer_and_reader() {
    let folder = TempDir::new().unwrap();
    drop(open(&file(&folder)));
    tamper(&file(&folder), "UPDATE meta SET value = '99' WHERE name = 'schema'");
    let refused = SqliteStore::open(&file(&folder), Options::default()).unwrap_err();
    assert!(matches!(refused, OpenFailure::Newer { .. }), "{refused}");
    let refused = SqliteTrail::open(&file(&folder)).unwrap_err();
    assert!(matches!(refused, OpenFailure::Newer { .. }), "{refused}");
}

#[test]
fn a_trail_that_is_not_there_is_not_made() {
    let folder = TempDir::new().unwrap();
    let refused = SqliteTrail::open(&file(&folder)).unwrap_err();
    assert!(matches!(refused, OpenFailure::Absent(_)), "{refused}");
    assert!(!file(&folder).exists());
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_but_the_owner_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().unwrap();
    let store = open(&file(&folder));
    store.commit(exchange(1, &[1])).await.unwrap();
    let mut files = 0;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let mode = entry.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
        files += 1;
    }
    assert_eq!(files, 4, "store.db, -wal, -shm, .lock");
}

fn tamper(path: &Path, sql: &str) {
    assert_eq!(Connection::open(path).unwrap().execute(sql, []).unwrap(), 1, "{sql}");
}

/// What verify says after one statement was run on a trail of five events.
async fn verified_after(sql: &str) -> (u64, LinkFlaw) {
    let folder = TempDir::new().unwrap();
    let store = open(&file(&folder));
    for n in 1..=5 {
        store.commit(exchange(n, &[])).await.unwrap();
    }
    drop(store);
    tamper(&file(&folder), sql);
    let trail = SqliteTrail::open(&file(&folder)).unwrap();
    match trail.verify().unwrap() {
        Verification::Broken { seq, flaw, .. } => (seq, flaw),
        intact @ Verification::Intact { .. } => panic!("{intact:?} after {sql}"),
    }
}

#[tokio::test]
async fn a_tampered_row_is_found_by_verify() {
    let changed = "UPDATE audit SET body = replace(body, 'no account', 'an account') WHERE seq = 3";
    assert_eq!(verified_after(changed).await, (3, LinkFlaw::Changed));
}

#[tokio::test]
async fn a_removed_row_is_found_by_verify() {
    let removed = "DELETE FROM audit WHERE seq = 3";
    assert_eq!(verified_after(removed).await, (4, LinkFlaw::Missing));
    let beginning = "DELETE FROM audit WHERE seq = 1";
    assert_eq!(verified_after(beginning).await, (2, LinkFlaw::Missing));
}

#[tokio::test]
async fn a_row_of_another_node_is_found_by_verify() {
    let foreign = "UPDATE audit SET node = 'another' WHERE seq = 2";
    assert_eq!(verified_after(foreign).await, (2, LinkFlaw::Foreign));
    let renamed = "UPDATE meta SET value = 'another' WHERE name = 'node'";
    assert_eq!(verified_after(renamed).await, (1, LinkFlaw::Foreign));
}

#[tokio::test]
async fn a_row_that_is_found_by_another_name_is_found_by_verify() {
    for column in ["request = 'r000000009'", "at = 5", "first = 'r000000001'"] {
        let hidden = format!("UPDATE audit SET {column} WHERE seq = 4");
        assert_eq!(verified_after(&hidden).await, (4, LinkFlaw::Mislabelled), "{column}");
    }
}

#[tokio::test]
async fn a_link_that_was_cut_is_found_by_verify() {
    let cut = "UPDATE audit SET prev = zeroblob(32) WHERE seq = 2";
    assert_eq!(verified_after(cut).await, (2, LinkFlaw::Unlinked));
    let forged = "UPDATE audit SET hash = zeroblob(32) WHERE seq = 5";
    assert_eq!(verified_after(forged).await, (5, LinkFlaw::Changed));
}

#[tokio::test]
async fn an_account_that_cannot_be_read_is_not_an_account_that_is_not_there() {
    let folder = TempDir::new().unwrap();
    let store = open(&file(&folder));
    let mut with = change(0);
    with.put = vec![object("urn:rp:a", 1)];
    with.put_accounts = vec![("main".into(), support::account("alice", "file:a.toml"))];
    store.apply(with).await.unwrap();
    tamper(&file(&folder), "UPDATE account SET body = '{}'");
    let (realm, name) = ("main".into(), "alice".into());
    assert!(AccountRecords::find(&store, &realm, &name).await.is_err());
}

#[tokio::test]
async fn what_a_store_holds_is_read_beside_its_writer_and_never_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder);
    let refused = SqliteContents::open(&path).unwrap_err();
    assert!(matches!(refused, OpenFailure::Absent(_)), "{refused}");
    assert!(!path.exists());

    let store = open(&path);
    let put = |id, revision| StoredChange { put: vec![object(id, 1)], ..change(revision) };
    store.apply(put("a", 0)).await.unwrap();
    let contents = SqliteContents::open(&path).unwrap();
    let stored = contents.stored().unwrap();
    assert_eq!((stored.revision, stored.objects), (1, vec![object("a", 1)]));
    let refused = contents.apply(put("b", 1)).await.unwrap_err();
    assert!(matches!(refused, ApplyFailure::Unavailable(_)), "{refused:?}");

    store.apply(put("b", 1)).await.unwrap();
    assert_eq!(contents.stored().unwrap().revision, 2);
}
