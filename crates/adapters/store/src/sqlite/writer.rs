//! The group commit: everything that waits is written in one transaction, and answered after COMMIT.
//!
//! In:  jobs, in the order in which they came.
//! Out: an answer to each, once its transaction is durable.
//! Never: answers before COMMIT returned, writes half an exchange, or lets one exchange's replay fail another's.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{CachedStatement, Connection, OptionalExtension, Transaction, TransactionBehavior};
use symbolon_kernel::audit::Event;
use symbolon_kernel::ports::{CommitFailure, Condition, NotAvailable};
use symbolon_model::Timestamp;
use symbolon_registry::store::{ApplyFailure, StoredChange};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::{BeforeCommit, not_available, objects, refused, unavailable};
use crate::chain::{Head, Row};
use crate::clock::Clock;
use crate::observer::Observer;
use crate::strangers::Strangers;

/// LIMIT: bounds how long the first of a group waits for the last: about 15 ms.
const GROUP: usize = 1024;

/// LIMIT: commits are at least so far apart. An exchange that comes alone is written at once; under load, groups grow instead
/// of commits: a commit of one costs four times what a row costs in a group, and a disk takes longer than this anyway.
const APART: Duration = Duration::from_millis(2);

/// How often the runtime comes round before a group is written: the turn that it is in, and as many as an exchange takes to its
/// commit (read, opened, signed). With fewer, those under way fall into two halves that wait for each other, each with commits
/// of its own (measured: where signatures are slow, 16 rows in a group instead of 31).
const ROUNDS: usize = 4;

/// LIMIT: how long a busy runtime may keep a group open.
const OPEN: Duration = Duration::from_millis(10);

/// How long to leave a disk alone that refused to take the refusals of strangers.
const RETRY: Duration = Duration::from_secs(1);

/// What the writer is asked to do.
pub(super) enum Job {
    /// Write an exchange; many of these become one transaction.
    Commit(Commit),
    /// Carry out a change of objects, alone.
    Apply { change: Box<StoredChange>, row: Row, reply: oneshot::Sender<Result<(), ApplyFailure>> },
    /// Forget these replay keys where their time is over.
    Forget { keys: Vec<Vec<u8>>, now: Timestamp, reply: oneshot::Sender<Result<u64, NotAvailable>> },
    /// Write all refusals of strangers.
    Flush(oneshot::Sender<Result<(), NotAvailable>>),
    /// Read a PRAGMA.
    Pragma(&'static str, oneshot::Sender<Result<String, NotAvailable>>),
    /// A refusal of a stranger is held: see when it is due.
    Wake,
}

/// Tells an exchange what became of its commit.
type Reply = oneshot::Sender<Result<(), CommitFailure>>;

/// An exchange that waits for its commit.
pub(super) struct Commit {
    pub(super) conditions: Vec<Condition>,
    pub(super) row: Row,
    pub(super) reply: Reply,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
enum WriteFailure {
    #[error("SQLite: {0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("{0}")]
    Fault(String),
    #[error("the objects were changed meanwhile")]
    Conflict,
}

pub(super) struct Writer {
    pub(super) connection: Connection,
    pub(super) node: Arc<str>,
    /// Where the chain ends; `None` after a failure: it is read again, whatever the disk made of the failed transaction.
    pub(super) head: Option<Head>,
    pub(super) strangers: Arc<Mutex<Strangers>>,
    /// Refusals of strangers that were taken and could not be written yet; bounded by what [`Strangers`] holds.
    pub(super) unwritten: Vec<Row>,
    /// Changes with every change of an account.
    pub(super) generation: Arc<AtomicU64>,
    pub(super) observer: Arc<dyn Observer>,
    pub(super) before_commit: Option<BeforeCommit>,
    pub(super) clock: Clock,
    /// When the last group was gathered.
    pub(super) committed: Duration,
    /// The runtime that the exchanges run on, where the store was opened on one.
    pub(super) runtime: Option<Handle>,
}

impl Writer {
    /// Works until the queue is closed and empty.
    pub(super) fn run(mut self, jobs: &Receiver<Job>) {
        let mut next = None;
        loop {
            let job = match next.take() {
                Some(job) => Ok(job),
                None => self.wait(jobs),
            };
            match job {
                Ok(Job::Commit(first)) => next = self.gather(first, jobs),
                Ok(other) => self.alone(other),
                Err(RecvTimeoutError::Timeout) => self.write_strangers(Strangers::take),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.write_strangers(|strangers, _| strangers.take_all());
    }

    /// The next job; a timeout where refusals of strangers are due first.
    fn wait(&self, jobs: &Receiver<Job>) -> Result<Job, RecvTimeoutError> {
        let now = self.clock.now();
        let due = if self.unwritten.is_empty() {
            self.strangers.lock().unwrap_or_else(PoisonError::into_inner).due()
        } else {
            Some(now.saturating_add(RETRY))
        };
        match due {
            Some(due) => jobs.recv_timeout(due.saturating_sub(now)),
            None => jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
        }
    }

    /// Commits the exchange with all that wait behind it; returns the job at which the group ended, if any.
    fn gather(&mut self, first: Commit, jobs: &Receiver<Job>) -> Option<Job> {
        let since = self.clock.now().saturating_sub(self.committed);
        std::thread::sleep(APART.saturating_sub(since));
        self.let_others_come();
        self.committed = self.clock.now();
        let mut group = vec![first];
        let mut next = None;
        while group.len() < GROUP && next.is_none() {
            match jobs.try_recv() {
                Ok(Job::Commit(commit)) => group.push(commit),
                Ok(Job::Wake) => {}
                Ok(other) => next = Some(other),
                Err(_) => break,
            }
        }
        self.take_strangers(Strangers::take);
        match self.transaction(&group, |_| Ok(())) {
            Ok(fresh) => {
                self.answer(group.into_iter().map(|commit| commit.reply).zip(fresh).collect())
            }
            Err(failure) => {
                tracing::error!(%failure, exchanges = group.len(), "group commit failed");
                for commit in group {
                    let _ = commit.reply.send(Err(unavailable(failure.to_string())));
                }
            }
        }
        next
    }

    /// Waits until the runtime has come round: whoever was under way when the first of the group came has had its turns, and may
    /// stand in the queue by now. On an idle runtime that is at once; on a busy one the group grows, which is when it must.
    fn let_others_come(&self) {
        let Some(runtime) = &self.runtime else { return };
        let (round, come) = std::sync::mpsc::sync_channel(1);
        drop(runtime.spawn(async move {
            for _ in 0..ROUNDS {
                tokio::task::yield_now().await;
            }
            let _ = round.try_send(());
        }));
        let _late = come.recv_timeout(OPEN);
    }

    /// Tells a group that it is durable. From inside the runtime, where there is one: from here every reply would wake a
    /// worker by itself, which costs each exchange more than its row does.
    fn answer(&self, group: Vec<(Reply, bool)>) {
        let tell = move || {
            for (reply, fresh) in group {
                let _ = reply.send(if fresh { Ok(()) } else { Err(CommitFailure::Replayed) });
            }
        };
        match &self.runtime {
            Some(runtime) => drop(runtime.spawn(async move { tell() })),
            None => tell(),
        }
    }

    /// One transaction: what `first` does, then every exchange whose conditions hold, then the refusals of strangers. Returns
    /// which exchanges were written.
    fn transaction(
        &mut self,
        group: &[Commit],
        first: impl FnOnce(&Transaction<'_>) -> Result<(), WriteFailure>,
    ) -> Result<Vec<bool>, WriteFailure> {
        let started = self.clock.now();
        let mut head = match self.head.take() {
            Some(head) => head,
            None => read_head(&self.connection, &self.node)?,
        };
        let behavior = TransactionBehavior::Immediate;
        let transaction = self.connection.transaction_with_behavior(behavior)?;
        first(&transaction)?;
        let (fresh, rows) = write(&transaction, &mut head, group, &self.unwritten)?;
        if let Some(fault) = &self.before_commit {
            fault().map_err(WriteFailure::Fault)?;
        }
        transaction.commit()?;
        self.head = Some(head);
        self.unwritten.clear();
        self.observer.committed(rows, self.clock.now().saturating_sub(started));
        Ok(fresh)
    }

    fn alone(&mut self, job: Job) {
        match job {
            Job::Commit(commit) => {
                let _ = commit.reply.send(Err(unavailable("store: not in a group".to_owned())));
            }
            Job::Apply { change, row, reply } => {
                let _ = reply.send(self.apply(&change, row));
            }
            Job::Forget { keys, now, reply } => {
                let forgotten = self.forget(&keys, now);
                let _ = reply.send(forgotten.map_err(|e| not_available(format!("purge: {e}"))));
            }
            Job::Flush(reply) => {
                self.write_strangers(|strangers, _| strangers.take_all());
                let left = self.unwritten.len();
                let lost = || not_available(format!("store: {left} refusals are not written yet"));
                let _ = reply.send(if left == 0 { Ok(()) } else { Err(lost()) });
            }
            Job::Pragma(name, reply) => {
                let value = pragma(&self.connection, name);
                let _ = reply.send(value.map_err(|e| not_available(format!("PRAGMA {name}: {e}"))));
            }
            Job::Wake => {}
        }
    }

    fn apply(&mut self, change: &StoredChange, row: Row) -> Result<(), ApplyFailure> {
        // The event of the change is an exchange without conditions that nobody waits for.
        let event = Commit { conditions: Vec::new(), row, reply: oneshot::channel().0 };
        let written = self.transaction(&[event], |transaction| {
            if objects::apply(transaction, change)? { Ok(()) } else { Err(WriteFailure::Conflict) }
        });
        // INVARIANT: raised once the change is visible. Before, a log-in could read the old record and be remembered under the
        // new generation. Raised on failure too: nobody then knows what the disk kept.
        if !(change.put_accounts.is_empty() && change.remove_accounts.is_empty()) {
            self.generation.fetch_add(1, Ordering::AcqRel);
        }
        match written {
            Ok(_) => Ok(()),
            Err(WriteFailure::Conflict) => Err(ApplyFailure::Conflict),
            Err(failure @ (WriteFailure::Sqlite(_) | WriteFailure::Fault(_))) => {
                tracing::error!(%failure, "change failed");
                Err(refused(failure.to_string()))
            }
        }
    }

    fn forget(&mut self, keys: &[Vec<u8>], now: Timestamp) -> rusqlite::Result<u64> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut forgotten: u64 = 0;
        {
            let mut delete =
                transaction.prepare_cached("DELETE FROM replay WHERE key = ?1 AND until <= ?2")?;
            for key in keys {
                let deleted = delete.execute((key, now.millis()))?;
                forgotten = forgotten.saturating_add(u64::try_from(deleted).unwrap_or(0));
            }
        }
        transaction.commit()?;
        Ok(forgotten)
    }

    /// Takes refusals of strangers to write, unless some are still left from before: those go first.
    fn take_strangers(&mut self, take: impl FnOnce(&mut Strangers, Duration) -> Vec<Event>) {
        if !self.unwritten.is_empty() {
            return;
        }
        let mut strangers = self.strangers.lock().unwrap_or_else(PoisonError::into_inner);
        let events = take(&mut strangers, self.clock.now());
        drop(strangers);
        for event in &events {
            match Row::new(event) {
                Ok(row) => self.unwritten.push(row),
                Err(error) => {
                    tracing::error!(request = %event.request, %error, "event not written")
                }
            }
        }
    }

    fn write_strangers(&mut self, take: impl FnOnce(&mut Strangers, Duration) -> Vec<Event>) {
        self.take_strangers(take);
        if self.unwritten.is_empty() {
            return;
        }
        if let Err(failure) = self.transaction(&[], |_| Ok(())) {
            let refusals = self.unwritten.len();
            tracing::error!(%failure, refusals, "refusals of strangers could not be written");
        }
    }
}

/// Writes a group. Returns which exchanges were written, and how many audit rows in all.
fn write(
    transaction: &Transaction<'_>,
    head: &mut Head,
    group: &[Commit],
    strangers: &[Row],
) -> rusqlite::Result<(Vec<bool>, usize)> {
    let mut unseen = transaction
        .prepare_cached("INSERT INTO replay(key, until) VALUES(?1, ?2) ON CONFLICT DO NOTHING")?;
    let mut audit = transaction.prepare_cached(
        "INSERT INTO audit(seq, node, prev, hash, request, first, at, body) \
         VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    let mut fresh = Vec::with_capacity(group.len());
    let before = head.seq;
    for commit in group {
        let holds = conditions_hold(transaction, &mut unseen, &commit.conditions)?;
        if holds {
            append(&mut audit, head, &commit.row)?;
        }
        fresh.push(holds);
    }
    for row in strangers {
        append(&mut audit, head, row)?;
    }
    let rows = usize::try_from(head.seq.saturating_sub(before)).unwrap_or(usize::MAX);
    Ok((fresh, rows))
}

/// Inserts the exchange's keys; takes them back where one was there already, be it from the same group.
fn conditions_hold(
    transaction: &Transaction<'_>,
    unseen: &mut CachedStatement<'_>,
    conditions: &[Condition],
) -> rusqlite::Result<bool> {
    for (inserted, condition) in conditions.iter().enumerate() {
        let Condition::Unseen { key, until } = condition;
        if unseen.execute((key, until.millis()))? == 0 {
            for Condition::Unseen { key, .. } in conditions.iter().take(inserted) {
                transaction.execute("DELETE FROM replay WHERE key = ?1", [key])?;
            }
            return Ok(false);
        }
    }
    Ok(true)
}

fn append(audit: &mut CachedStatement<'_>, head: &mut Head, row: &Row) -> rusqlite::Result<()> {
    let link = head.append(&row.body);
    let first = row.first.as_ref().map(|first| first.as_str());
    let (seq, request) = (objects::integer(link.seq), row.request.as_str());
    audit.execute((seq, &head.node, &link.prev, &link.hash, request, first, row.at, &row.body))?;
    Ok(())
}

fn read_head(connection: &Connection, node: &Arc<str>) -> rusqlite::Result<Head> {
    let mut query =
        connection.prepare_cached("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")?;
    let last = query
        .query_row([], |row| Ok((objects::natural(row.get(0)?), row.get::<_, [u8; 32]>(1)?)))
        .optional()?;
    Ok(match last {
        Some((seq, hash)) => Head { node: Arc::clone(node), seq, hash },
        None => Head::genesis(Arc::clone(node)),
    })
}

fn pragma(connection: &Connection, name: &str) -> rusqlite::Result<String> {
    connection.pragma_query_value(None, name, |row| {
        let value: rusqlite::types::Value = row.get(0)?;
        Ok(match value {
            rusqlite::types::Value::Integer(number) => number.to_string(),
            rusqlite::types::Value::Text(text) => text,
            other @ (rusqlite::types::Value::Null
            | rusqlite::types::Value::Real(_)
            | rusqlite::types::Value::Blob(_)) => format!("{other:?}"),
        })
    })
}
