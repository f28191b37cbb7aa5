//! The embedded store: one SQLite file, one writer thread that commits in groups, two threads that read.
//!
//! In:  the ports' calls, from any task.
//! Out: their answers; a commit is answered once it is on the disk (WAL, `synchronous=FULL`).
//! Never: blocks a task on the disk, queues without a bound, or shares the file with another writer.

mod contents;
mod objects;
mod reader;
mod trail;
mod worker;
mod writer;

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use symbolon_kernel::audit::Event;
use symbolon_kernel::ports::{
    AccountRecord, AccountRecords, BoxFuture, CommitFailure, Ledger, NotAvailable, Writes,
};
use symbolon_keys::fill_random;
use symbolon_model::{AccountName, RealmId, Timestamp};
use symbolon_registry::store::{ApplyFailure, ObjectStore, Stored, StoredAccount, StoredChange};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::chain::Row;
use crate::clock::Clock;
use crate::observer::{Observer, Unobserved};
use crate::schema;
use crate::strangers::{Held, Strangers};

pub use contents::SqliteContents;
use reader::Reader;
pub use trail::SqliteTrail;
use worker::Worker;
use writer::{Commit, Job, Writer};

/// LIMIT: exchanges that may wait for the disk: a tenth of a second's worth at the measured rate. Beyond, they are refused.
const QUEUE: usize = 4096;

/// What a refused caller is told to wait.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// LIMIT: 16 MiB of WAL between checkpoints: each rewrites a page of the index once instead of four times (measured).
const CHECKPOINT_PAGES: u32 = 4000;

/// A fault that tests put before COMMIT: it may stall, or fail the commit.
pub type BeforeCommit = Arc<dyn Fn() -> Result<(), String> + Send + Sync>;

/// What a store may be opened with.
#[derive(Clone, Default)]
pub struct Options {
    /// Is told of every group commit.
    pub observer: Option<Arc<dyn Observer>>,
    /// For tests: called by the writer before each COMMIT.
    pub before_commit: Option<BeforeCommit>,
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Options")
    }
}

/// Why a store was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenFailure {
    /// Another process writes to it.
    #[error("{} is in use by another process", .0.display())]
    InUse(PathBuf),
    /// A newer release has been here.
    #[error("the store has schema {found}, and this release knows {known}: use the newer release")]
    Newer {
        /// The schema that the store says it has.
        found: String,
        /// The newest that we know.
        known: i64,
    },
    /// There is no store of ours.
    #[error("there is no store in {}", .0.display())]
    Absent(PathBuf),
    /// SQLite refused.
    #[error("SQLite: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The file system refused.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// No randomness for the node's id.
    #[error(transparent)]
    Randomness(#[from] symbolon_keys::NoRandomness),
}

/// The store in one SQLite file. Dropping it writes what is still held, and waits for that.
pub struct SqliteStore {
    // Dropped in this order: the readers first, so that the writer is the last to close the file and leaves no WAL.
    look_ups: Reader,
    bulk: Reader,
    writer: Worker<Job>,
    strangers: Arc<Mutex<Strangers>>,
    generation: Arc<AtomicU64>,
    observer: Arc<dyn Observer>,
    clock: Clock,
    node: String,
    _lock: Lock,
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SqliteStore({})", self.node)
    }
}

impl SqliteStore {
    /// Opens the store in that file, and makes it where there is none.
    ///
    /// # Errors
    /// [`OpenFailure`], each of which must stop a start.
    pub fn open(path: &Path, options: Options) -> Result<Self, OpenFailure> {
        let lock = lock(path)?;
        let mut connection = connect(path, Access::Write)?;
        schema::migrate(&mut connection)?;
        let node = schema::node(&connection, &fresh_node()?)?;
        let observer = options.observer.unwrap_or_else(|| Arc::new(Unobserved));
        let strangers = Arc::new(Mutex::new(Strangers::default()));
        let generation = Arc::new(AtomicU64::new(1));
        let clock = Clock::start();
        let writer = Writer {
            connection,
            node: node.as_str().into(),
            head: None,
            strangers: Arc::clone(&strangers),
            unwritten: Vec::new(),
            generation: Arc::clone(&generation),
            observer: Arc::clone(&observer),
            before_commit: options.before_commit,
            clock,
            committed: Duration::ZERO,
            runtime: Handle::try_current().ok(),
        };
        Ok(Self {
            look_ups: Reader::start("store-look-ups", connect(path, Access::Read)?)?,
            bulk: Reader::start("store-bulk", connect(path, Access::Read)?)?,
            writer: Worker::start("store-writer", QUEUE, |jobs| writer.run(&jobs))?,
            strangers,
            generation,
            observer,
            clock,
            node,
            _lock: lock,
        })
    }

    /// The node's id, under which its audit chain runs.
    pub fn node(&self) -> &str {
        &self.node
    }

    /// Writes the refusals of strangers that are still held, and resolves when they are durable.
    ///
    /// # Errors
    /// [`NotAvailable`] where they could not be written yet.
    pub async fn flush(&self) -> Result<(), NotAvailable> {
        let (reply, answer) = oneshot::channel();
        self.writer.put(Job::Flush(reply))?;
        answer.await.map_err(|_| gone())?
    }

    /// Forgets replay keys whose acceptance window has ended, in small batches between exchanges. Returns how many.
    ///
    /// # Errors
    /// [`NotAvailable`] where the store is busy or broken; what was forgotten until then stays forgotten.
    pub async fn purge(&self, now: Timestamp) -> Result<u64, NotAvailable> {
        let mut forgotten: u64 = 0;
        let mut after = Vec::new();
        loop {
            let from = after;
            let keys = self.bulk.ask(move |c| reader::expired(c, &from, now)).await?;
            let Some(last) = keys.last() else { return Ok(forgotten) };
            after = last.clone();
            let (reply, answer) = oneshot::channel();
            self.writer.put(Job::Forget { keys, now, reply })?;
            forgotten = forgotten.saturating_add(answer.await.map_err(|_| gone())??);
        }
    }

    /// What a PRAGMA of the writer's connection says, so that a test can see that it is durable.
    ///
    /// # Errors
    /// [`NotAvailable`] where the writer cannot answer.
    pub async fn writer_pragma(&self, name: &'static str) -> Result<String, NotAvailable> {
        let (reply, answer) = oneshot::channel();
        self.writer.put(Job::Pragma(name, reply))?;
        answer.await.map_err(|_| gone())?
    }

    async fn queue(&self, writes: Writes) -> Result<(), CommitFailure> {
        let row = Row::new(&writes.event).map_err(|e| unavailable(format!("event: {e}")))?;
        let (reply, answer) = oneshot::channel();
        let commit = Commit { conditions: writes.conditions, row, reply };
        self.writer.put(Job::Commit(commit)).map_err(|e| unavailable(e.what))?;
        answer.await.map_err(|_| unavailable(gone().what))?
    }
}

impl Ledger for SqliteStore {
    fn commit(&self, writes: Writes) -> BoxFuture<'_, Result<(), CommitFailure>> {
        Box::pin(self.queue(writes))
    }

    fn note(&self, event: Event) {
        let mut strangers = self.strangers.lock().unwrap_or_else(PoisonError::into_inner);
        let first = strangers.is_empty();
        let held = strangers.note(event, self.clock.now());
        drop(strangers);
        match held {
            Held::Singly => {}
            Held::Coalesced => self.observer.coalesced(),
        }
        // SECURITY: strangers wake the writer once, not once each: they must not fill its queue. Where the queue is full the
        // writer is awake. Test: `strangers_do_not_fill_the_queue_of_exchanges`.
        if first {
            let _ = self.writer.put(Job::Wake);
        }
    }
}

impl AccountRecords for SqliteStore {
    fn find<'a>(
        &'a self,
        realm: &'a RealmId,
        name: &'a AccountName,
    ) -> BoxFuture<'a, Result<Option<AccountRecord>, NotAvailable>> {
        let (realm, name) = (realm.clone(), name.clone());
        Box::pin(self.look_ups.ask(move |c| objects::account(c, &realm, &name)))
    }

    fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }
}

impl ObjectStore for SqliteStore {
    fn load(&self) -> BoxFuture<'_, Result<Stored, NotAvailable>> {
        Box::pin(self.bulk.ask(objects::load))
    }

    fn apply(&self, change: StoredChange) -> BoxFuture<'_, Result<(), ApplyFailure>> {
        Box::pin(async move {
            let row = Row::new(&change.event).map_err(|e| refused(format!("event: {e}")))?;
            let (reply, answer) = oneshot::channel();
            let job = Job::Apply { change: Box::new(change), row, reply };
            self.writer.put(job).map_err(ApplyFailure::Unavailable)?;
            answer.await.map_err(|_| ApplyFailure::Unavailable(gone()))?
        })
    }

    fn accounts<'a>(
        &'a self,
        realm: &'a RealmId,
        origin: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Vec<StoredAccount>, NotAvailable>> {
        let (realm, origin) = (realm.clone(), origin.map(str::to_owned));
        Box::pin(self.bulk.ask(move |c| objects::accounts(c, &realm, origin.as_deref())))
    }
}

fn not_available(what: impl Into<String>) -> NotAvailable {
    NotAvailable { retry_after: RETRY_AFTER, what: what.into() }
}

fn gone() -> NotAvailable {
    not_available("store: its thread has ended")
}

fn unavailable(what: String) -> CommitFailure {
    CommitFailure::Unavailable(RETRY_AFTER, what)
}

fn refused(what: String) -> ApplyFailure {
    ApplyFailure::Unavailable(not_available(what))
}

/// What a connection is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
}

/// A path is a path: no `file:` URIs, which could switch locking or durability off.
fn connect(path: &Path, access: Access) -> rusqlite::Result<Connection> {
    let mode = match access {
        Access::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
        Access::Write => OpenFlags::SQLITE_OPEN_READ_WRITE,
    };
    let connection = Connection::open_with_flags(path, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.execute_batch("PRAGMA trusted_schema=OFF; PRAGMA foreign_keys=ON;")?;
    match access {
        Access::Read => connection.execute_batch("PRAGMA cache_size=-2048;")?,
        Access::Write => connection.execute_batch(&format!(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-8192; \
             PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}; PRAGMA journal_size_limit=67108864;"
        ))?,
    }
    Ok(connection)
}

/// Makes the file for its owner alone, and takes the lock that keeps a second writer out until this process ends.
fn lock(path: &Path) -> Result<Lock, OpenFailure> {
    let mut open = OpenOptions::new();
    open.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut open, 0o600); // password hashes; SQLite gives -wal and -shm the same mode
    let mut beside = path.as_os_str().to_owned();
    beside.push(".lock"); // not the database itself: closing any handle of it would drop SQLite's own locks
    let lock = open.open(&beside)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(OpenFailure::InUse(path.to_owned())),
        Err(TryLockError::Error(error)) => return Err(error.into()),
    }
    drop(open.open(path)?); // before SQLite has any lock on it
    Ok(Lock(lock))
}

/// The right to write. Given back in so many words: a process that was forked meanwhile may still hold a copy of the file.
struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.0.unlock(); // where it fails, the end of the process unlocks
    }
}

fn fresh_node() -> Result<String, symbolon_keys::NoRandomness> {
    let mut octets = [0; 8];
    fill_random(&mut octets)?;
    Ok(format!("{:016x}", u64::from_be_bytes(octets)))
}
