//! The store in memory: for tests, and for measuring what the disk costs. It forgets everything with its process.
//!
//! In:  the same calls as SQLite.
//! Out: the same answers (`tests/contract.rs`), at once.

use std::collections::{BTreeMap, HashMap};
use std::future::ready;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use symbolon_kernel::audit::Event;
use symbolon_kernel::ports::{
    AccountRecord, AccountRecords, BoxFuture, CommitFailure, Condition, Ledger, NotAvailable,
    Writes,
};
use symbolon_model::{AccountName, RealmId, RequestId, Timestamp};
use symbolon_registry::store::{
    ApplyFailure, ObjectKey, ObjectStore, Stored, StoredAccount, StoredChange, StoredObject,
};

use crate::chain::{Chained, Head, Row, Verification, Verifier};
use crate::strangers::Strangers;
use crate::trail::{Entry, Range, Trail, TrailFailure};

/// The store in memory.
#[derive(Debug)]
pub struct MemoryStore(Mutex<State>);

#[derive(Debug)]
struct State {
    replay: HashMap<[u8; 32], Timestamp>,
    head: Head,
    audit: Vec<Chained>,
    strangers: Strangers,
    revision: u64,
    objects: BTreeMap<ObjectKey, StoredObject>,
    accounts: BTreeMap<(RealmId, AccountName), StoredAccount>,
    generation: u64,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self(Mutex::new(State {
            replay: HashMap::new(),
            head: Head::genesis("memory".into()),
            audit: Vec::new(),
            strangers: Strangers::default(),
            revision: 0,
            objects: BTreeMap::new(),
            accounts: BTreeMap::new(),
            generation: 1,
        }))
    }

    /// Forgets replay keys whose acceptance window has ended. Returns how many.
    pub fn purge(&self, now: Timestamp) -> u64 {
        let mut state = self.state();
        let before = state.replay.len();
        state.replay.retain(|_, until| *until > now);
        u64::try_from(before.saturating_sub(state.replay.len())).unwrap_or(u64::MAX)
    }

    /// The state; consistent even after a panic, since every change is checked before it is begun.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state with all refusals of strangers in the trail.
    fn settled(&self) -> MutexGuard<'_, State> {
        let mut state = self.state();
        let events = state.strangers.take_all();
        let rows = events.iter().filter_map(|event| Row::new(event).ok());
        rows.for_each(|row| state.append(row));
        state
    }
}

impl State {
    fn append(&mut self, row: Row) {
        let link = self.head.append(&row.body);
        self.audit.push(Chained { node: Arc::clone(&self.head.node), link, row });
    }

    fn commit(&mut self, writes: &Writes) -> Result<(), CommitFailure> {
        let row = Row::new(&writes.event)
            .map_err(|e| CommitFailure::Unavailable(Duration::from_secs(1), e.to_string()))?;
        let mut keys = HashMap::with_capacity(writes.conditions.len());
        for Condition::Unseen { key, until } in &writes.conditions {
            if self.replay.contains_key(key) || keys.insert(*key, *until).is_some() {
                return Err(CommitFailure::Replayed);
            }
        }
        self.replay.extend(keys);
        self.append(row);
        Ok(())
    }

    fn apply(&mut self, change: StoredChange) -> Result<(), ApplyFailure> {
        let row = Row::new(&change.event).map_err(|e| {
            let retry_after = Duration::from_secs(1);
            ApplyFailure::Unavailable(NotAvailable { retry_after, what: e.to_string() })
        })?;
        let grows = |object: &StoredObject| {
            self.objects.get(&object.key).is_none_or(|stored| object.version > stored.version)
        };
        if change.from_revision != self.revision || !change.put.iter().all(grows) {
            return Err(ApplyFailure::Conflict);
        }
        if !(change.put_accounts.is_empty() && change.remove_accounts.is_empty()) {
            self.generation = self.generation.saturating_add(1);
        }
        self.objects.extend(change.put.into_iter().map(|object| (object.key.clone(), object)));
        self.objects.retain(|key, _| !change.remove.contains(key));
        let accounts = change.put_accounts.into_iter();
        self.accounts.extend(
            accounts.map(|(realm, account)| ((realm, account.record.name.clone()), account)),
        );
        for key in &change.remove_accounts {
            self.accounts.remove(key);
        }
        self.revision = self.revision.saturating_add(1);
        self.append(row);
        Ok(())
    }
}

impl Ledger for MemoryStore {
    fn commit(&self, writes: Writes) -> BoxFuture<'_, Result<(), CommitFailure>> {
        Box::pin(async move { self.state().commit(&writes) })
    }

    fn note(&self, event: Event) {
        self.state().strangers.note(event, Duration::ZERO);
    }
}

impl AccountRecords for MemoryStore {
    fn find<'a>(
        &'a self,
        realm: &'a RealmId,
        name: &'a AccountName,
    ) -> BoxFuture<'a, Result<Option<AccountRecord>, NotAvailable>> {
        let key = (realm.clone(), name.clone());
        Box::pin(ready(Ok(self.state().accounts.get(&key).map(|stored| stored.record.clone()))))
    }

    fn generation(&self) -> u64 {
        self.state().generation
    }
}

impl ObjectStore for MemoryStore {
    fn load(&self) -> BoxFuture<'_, Result<Stored, NotAvailable>> {
        let state = self.state();
        let objects = state.objects.values().cloned().collect();
        Box::pin(ready(Ok(Stored { revision: state.revision, objects })))
    }

    fn apply(&self, change: StoredChange) -> BoxFuture<'_, Result<(), ApplyFailure>> {
        Box::pin(async move { self.state().apply(change) })
    }

    fn accounts<'a>(
        &'a self,
        realm: &'a RealmId,
        origin: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Vec<StoredAccount>, NotAvailable>> {
        let state = self.state();
        let of_realm = state.accounts.iter().filter(|((of, _), _)| of == realm);
        let all = of_realm.map(|(_, account)| account);
        let wanted = all.filter(|account| origin.is_none_or(|origin| account.origin == origin));
        Box::pin(ready(Ok(wanted.cloned().collect())))
    }
}

impl Trail for MemoryStore {
    fn events(&self, range: &Range) -> Result<Vec<Entry>, TrailFailure> {
        let state = self.settled();
        let newest_first = state.audit.iter().rev();
        let wanted = newest_first.filter(|stored| range.holds(stored.link.seq, stored.row.at));
        let mut entries: Vec<_> = wanted.take(range.newest).map(entry).collect();
        entries.reverse();
        Ok(entries)
    }

    fn find(&self, request: &RequestId) -> Result<Vec<Entry>, TrailFailure> {
        let state = self.settled();
        let own = state.audit.iter().filter(|stored| stored.row.request == *request);
        let own: Vec<_> = own.map(entry).collect();
        if !own.is_empty() {
            return Ok(own);
        }
        let covers = |row: &Row| {
            row.first.as_ref().is_some_and(|first| first <= request) && *request < row.request
        };
        Ok(state.audit.iter().filter(|stored| covers(&stored.row)).map(entry).collect())
    }

    fn verify(&self) -> Result<Verification, TrailFailure> {
        let state = self.settled();
        let mut verifier = Verifier::new(Arc::clone(&state.head.node));
        for stored in &state.audit {
            if let Err(flaw) = verifier.check(stored) {
                return Ok(verifier.broken(stored, flaw));
            }
        }
        Ok(verifier.intact())
    }
}

fn entry(stored: &Chained) -> Entry {
    let (node, body) = (stored.node.to_string(), stored.row.body.clone());
    Entry { node, seq: stored.link.seq, body }
}
