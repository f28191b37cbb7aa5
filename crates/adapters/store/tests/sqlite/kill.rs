//! `kill -9` at any moment loses nothing that was acknowledged. The test starts itself as the process to kill.

#![expect(clippy::arithmetic_side_effects, reason = "numbers of a test")]

use std::collections::HashSet;
use std::env;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use symbolon_kernel::ports::{Condition, Ledger};
use symbolon_model::Timestamp;
use symbolon_store::{Options, Range, SqliteStore, SqliteTrail, Trail, Verification};
use tempfile::TempDir;

use crate::support::{exchange, refusal, request};

const STORE: &str = "SYMBOLON_TEST_STORE_TO_KILL";
const ROUND: &str = "SYMBOLON_TEST_ROUND";
const THIS: &str = "kill::nothing_acknowledged_is_lost_when_the_process_is_killed";
const KILLS: u64 = 30;

#[test]
fn nothing_acknowledged_is_lost_when_the_process_is_killed() {
    match (env::var_os(STORE), env::var_os(ROUND)) {
        (Some(store), Some(round)) => commit_until_killed(&store, &round),
        _ => kill_many_times(),
    }
}

fn kill_many_times() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    let mut acknowledged = HashSet::new();
    for round in 0..KILLS {
        let mut child = start(&path, round);
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut requests = lines.map_while(|line| acknowledged_in(&line.unwrap()));
        // A different moment each time, counted in acknowledgements and spread over the writer's cycle.
        let moment = to_usize(round.wrapping_mul(7_919) % 397 + 1);
        let before = acknowledged.len();
        acknowledged.extend(requests.by_ref().take(moment));
        assert_eq!(acknowledged.len(), before + moment, "the child of round {round} failed");
        child.kill().unwrap();
        acknowledged.extend(requests); // what was on its way to us
        child.wait().unwrap();

        let trail = SqliteTrail::open(&path).unwrap();
        let verified = trail.verify().unwrap();
        assert!(matches!(verified, Verification::Intact { .. }), "round {round}: {verified:?}");
        let entries = trail.events(&Range::newest(usize::MAX)).unwrap();
        let kept: HashSet<_> =
            entries.iter().map(|entry| entry.event().unwrap().request.to_string()).collect();
        let lost: Vec<_> = acknowledged.difference(&kept).collect();
        assert!(lost.is_empty(), "round {round}: {lost:?}");
    }
}

fn start(path: &Path, round: u64) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", THIS])
        .env(STORE, path)
        .env(ROUND, round.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The request that a line acknowledges; `None` for a line that was cut off by the kill.
fn acknowledged_in(line: &str) -> Option<String> {
    line.strip_prefix("ack ")?.strip_suffix('.').map(str::to_owned)
}

/// The child: sixteen tasks commit, and each is acknowledged on standard error, where the harness writes nothing.
fn commit_until_killed(store: &OsStr, round: &OsStr) {
    let round: u64 = round.to_str().unwrap().parse().unwrap();
    let store = Arc::new(SqliteStore::open(Path::new(store), Options::default()).unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    runtime.block_on(async {
        let tasks: Vec<_> = (0..16_u64)
            .map(|task| tokio::spawn(commit_for_ever(Arc::clone(&store), round, task)))
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

async fn commit_for_ever(store: Arc<SqliteStore>, round: u64, task: u64) {
    for n in 0.. {
        let id = round * 10_000_000 + n * 16 + task + 1;
        let mut key = [0; 32];
        key[..8].copy_from_slice(&id.to_be_bytes());
        let mut writes = exchange(id, &[]);
        let until = Timestamp::from_seconds(2_000);
        writes.conditions.push(Condition::Unseen { key, until });
        store.commit(writes).await.unwrap();
        store.note(refusal(900_000_000 + id % 1_000_000));
        let line = format!("ack {}.\n", request(id));
        std::io::stderr().lock().write_all(line.as_bytes()).unwrap();
    }
}

fn to_usize(number: u64) -> usize {
    usize::try_from(number).unwrap()
}
