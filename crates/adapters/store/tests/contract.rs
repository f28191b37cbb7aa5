//! What every store must do. One suite, run for each.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a panic fails the test"
)]

mod support;

use std::sync::Arc;

use support::{account, change, exchange, object, refusal, request};
use symbolon_kernel::audit::Outcome;
use symbolon_kernel::ports::{AccountRecords, CommitFailure, Ledger};
use symbolon_model::{RealmId, Timestamp};
use symbolon_registry::store::{ApplyFailure, ObjectStore};
use symbolon_store::{
    Entry, MemoryStore, Options, Range, SqliteStore, SqliteTrail, Trail, Verification,
};
use tempfile::TempDir;

/// A store under test and what the ports do not name.
trait Subject: Sized {
    type Store: Ledger + AccountRecords + ObjectStore + 'static;

    fn fresh() -> Self;
    fn store(&self) -> &Arc<Self::Store>;
    async fn purge(&self, now: Timestamp) -> u64;
    /// The trail, with all that was noted in it.
    async fn trail(&self) -> Box<dyn Trail>;
}

struct Memory(Arc<MemoryStore>);

struct Handle(Arc<MemoryStore>);

impl Subject for Memory {
    type Store = MemoryStore;

    fn fresh() -> Self {
        Self(Arc::new(MemoryStore::new()))
    }

    fn store(&self) -> &Arc<MemoryStore> {
        &self.0
    }

    async fn purge(&self, now: Timestamp) -> u64 {
        self.0.purge(now)
    }

    async fn trail(&self) -> Box<dyn Trail> {
        Box::new(Handle(Arc::clone(&self.0)))
    }
}

impl Trail for Handle {
    fn events(&self, range: &Range) -> Result<Vec<Entry>, symbolon_store::TrailFailure> {
        self.0.events(range)
    }

    fn find(
        &self,
        request: &symbolon_model::RequestId,
    ) -> Result<Vec<Entry>, symbolon_store::TrailFailure> {
        Trail::find(&*self.0, request)
    }

    fn verify(&self) -> Result<Verification, symbolon_store::TrailFailure> {
        self.0.verify()
    }
}

struct Sqlite {
    store: Arc<SqliteStore>,
    folder: TempDir,
}

impl Subject for Sqlite {
    type Store = SqliteStore;

    fn fresh() -> Self {
        let folder = TempDir::new().unwrap();
        let store = SqliteStore::open(&folder.path().join("store.db"), Options::default()).unwrap();
        Self { store: Arc::new(store), folder }
    }

    fn store(&self) -> &Arc<SqliteStore> {
        &self.store
    }

    async fn purge(&self, now: Timestamp) -> u64 {
        self.store.purge(now).await.unwrap()
    }

    async fn trail(&self) -> Box<dyn Trail> {
        self.store.flush().await.unwrap();
        Box::new(SqliteTrail::open(&self.folder.path().join("store.db")).unwrap())
    }
}

/// The requests of all events, in the order of the chain.
async fn requests(subject: &impl Subject) -> Vec<String> {
    let entries = subject.trail().await.events(&Range::newest(usize::MAX)).unwrap();
    entries.iter().map(|entry| entry.event().unwrap().request.to_string()).collect()
}

async fn replayed<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    store.commit(exchange(1, &[7])).await.unwrap();
    assert_eq!(store.commit(exchange(2, &[7])).await, Err(CommitFailure::Replayed));
    assert_eq!(requests(&subject).await, ["r000000001"]);
}

async fn half_replayed<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    store.commit(exchange(1, &[2])).await.unwrap();
    assert_eq!(store.commit(exchange(2, &[1, 2])).await, Err(CommitFailure::Replayed));
    store.commit(exchange(3, &[1])).await.unwrap();
    assert_eq!(requests(&subject).await, ["r000000001", "r000000003"]);
}

async fn own_copy<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    assert_eq!(store.commit(exchange(1, &[3, 3])).await, Err(CommitFailure::Replayed));
    store.commit(exchange(2, &[3])).await.unwrap();
}

async fn fifty_copies<S: Subject>() {
    let subject = S::fresh();
    let copies: Vec<_> = (0..50)
        .map(|n| {
            let store = Arc::clone(subject.store());
            tokio::spawn(async move { store.commit(exchange(n, &[9])).await })
        })
        .collect();
    let mut accepted = 0;
    for copy in copies {
        match copy.await.unwrap() {
            Ok(()) => accepted += 1,
            Err(failure) => assert_eq!(failure, CommitFailure::Replayed),
        }
    }
    assert_eq!(accepted, 1);
    assert_eq!(requests(&subject).await.len(), 1);
}

async fn expiry<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    store.commit(exchange(1, &[5])).await.unwrap();
    assert_eq!(subject.purge(Timestamp::from_millis(1_999_999)).await, 0);
    assert_eq!(store.commit(exchange(2, &[5])).await, Err(CommitFailure::Replayed));
    assert_eq!(subject.purge(Timestamp::from_seconds(2_000)).await, 1);
    store.commit(exchange(3, &[5])).await.unwrap();
}

async fn chain<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    for n in 0..40 {
        store.commit(exchange(n, &[])).await.unwrap();
    }
    store.note(refusal(40));
    store.apply(change(0)).await.unwrap();
    let verified = subject.trail().await.verify().unwrap();
    assert!(matches!(verified, Verification::Intact { events: 42, .. }), "{verified:?}");
}

async fn empty<S: Subject>() {
    let subject = S::fresh();
    let trail = subject.trail().await;
    assert!(matches!(trail.verify().unwrap(), Verification::Intact { events: 0, .. }));
    assert_eq!(trail.events(&Range::newest(10)).unwrap(), []);
    assert_eq!(trail.find(&request(1)).unwrap(), []);
}

async fn ranges<S: Subject>() {
    let subject = S::fresh();
    for n in 0..10 {
        let mut writes = exchange(n, &[]);
        writes.event.at = Timestamp::from_seconds(100 + i64::try_from(n).unwrap());
        subject.store().commit(writes).await.unwrap();
    }
    let trail = subject.trail().await;
    let listed = |range: Range| {
        let entries = trail.events(&range).unwrap();
        entries.iter().map(|entry| entry.seq).collect::<Vec<_>>()
    };
    assert_eq!(listed(Range::newest(3)), [8, 9, 10]);
    assert_eq!(listed(Range { before: Some(8), ..Range::newest(2) }), [6, 7]);
    let since = Some(Timestamp::from_seconds(102));
    let until = Some(Timestamp::from_seconds(104));
    assert_eq!(listed(Range { since, until, ..Range::newest(9) }), [3, 4]);
}

async fn coalesced<S: Subject>() {
    let subject = S::fresh();
    for n in 0..1_000 {
        subject.store().note(refusal(n));
    }
    let trail = subject.trail().await;
    let entries = trail.events(&Range::newest(usize::MAX)).unwrap();
    let counts: Vec<u64> = entries
        .iter()
        .map(|entry| match entry.event().unwrap().outcome {
            Outcome::Coalesced { count, .. } => count,
            Outcome::Refused { .. } => 1,
            other @ (Outcome::Issued { .. } | Outcome::Changed { .. }) => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(counts.iter().sum::<u64>(), 1_000);
    assert_eq!(counts.iter().filter(|count| **count == 1).count(), 100);
    assert!(counts.len() < 110, "{} events", counts.len());

    let own = trail.find(&request(50)).unwrap();
    assert!(matches!(own[0].event().unwrap().outcome, Outcome::Refused { .. }));
    for hidden in [100, 500, 998, 999] {
        let group = trail.find(&request(hidden)).unwrap();
        assert_eq!(group.len(), 1, "{hidden}");
        assert!(matches!(group[0].event().unwrap().outcome, Outcome::Coalesced { .. }));
    }
    assert_eq!(trail.find(&request(1_000)).unwrap(), []);
    assert!(matches!(trail.verify().unwrap(), Verification::Intact { .. }));
}

async fn account_keys<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    let (main, other) = (RealmId::new("main"), RealmId::new("other"));
    let mut first = change(0);
    first.put_accounts = vec![
        (main.clone(), account("alice", "file:a.toml")),
        (main.clone(), account("bob", "console:eve")),
    ];
    store.apply(first).await.unwrap();
    let alice = AccountRecords::find(&**store, &main, &"alice".into()).await.unwrap();
    assert_eq!(alice, Some(account("alice", "").record));
    assert_eq!(AccountRecords::find(&**store, &other, &"alice".into()).await.unwrap(), None);
    assert_eq!(AccountRecords::find(&**store, &main, &"Alice".into()).await.unwrap(), None);
    let names = |all: Vec<symbolon_registry::store::StoredAccount>| {
        all.iter().map(|one| one.record.name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names(store.accounts(&main, None).await.unwrap()), ["alice", "bob"]);
    assert_eq!(names(store.accounts(&main, Some("console:eve")).await.unwrap()), ["bob"]);

    let mut second = change(1);
    second.remove_accounts = vec![(main.clone(), "bob".into())];
    store.apply(second).await.unwrap();
    assert_eq!(names(store.accounts(&main, None).await.unwrap()), ["alice"]);
}

async fn generations<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    let before = store.generation();
    let mut objects = change(0);
    objects.put = vec![object("urn:rp:a", 1)];
    store.apply(objects).await.unwrap();
    store.commit(exchange(1, &[1])).await.unwrap();
    assert_eq!(store.generation(), before, "no account was changed");
    let mut accounts = change(1);
    accounts.put_accounts = vec![("main".into(), account("alice", "file:a.toml"))];
    store.apply(accounts).await.unwrap();
    assert_ne!(store.generation(), before);
}

async fn objects<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    assert_eq!(store.load().await.unwrap().revision, 0);
    let mut first = change(0);
    first.put = vec![object("urn:rp:b", 1), object("urn:rp:a", 1)];
    store.apply(first).await.unwrap();
    let mut second = change(1);
    second.put = vec![object("urn:rp:a", 2)];
    second.remove = vec![object("urn:rp:b", 1).key];
    store.apply(second).await.unwrap();
    let stored = store.load().await.unwrap();
    assert_eq!((stored.revision, stored.objects), (2, vec![object("urn:rp:a", 2)]));
    assert_eq!(requests(&subject).await.len(), 2);
}

async fn stale_revision<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    store.apply(change(0)).await.unwrap();
    let mut stale = change(0);
    stale.put = vec![object("urn:rp:a", 1)];
    stale.put_accounts = vec![("main".into(), account("alice", "file:a.toml"))];
    assert_eq!(store.apply(stale).await, Err(ApplyFailure::Conflict));
    assert_eq!(store.load().await.unwrap().objects, []);
    assert_eq!(store.accounts(&"main".into(), None).await.unwrap(), []);
    assert_eq!(requests(&subject).await.len(), 1, "a refused change leaves no event of its own");
}

async fn stale_version<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    let mut first = change(0);
    first.put = vec![object("urn:rp:a", 4)];
    store.apply(first).await.unwrap();
    let mut stale = change(1);
    stale.put = vec![object("urn:rp:new", 1), object("urn:rp:a", 4)];
    assert_eq!(store.apply(stale).await, Err(ApplyFailure::Conflict));
    let stored = store.load().await.unwrap();
    assert_eq!((stored.revision, stored.objects), (1, vec![object("urn:rp:a", 4)]));
}

async fn unpolled<S: Subject>() {
    let subject = S::fresh();
    let store = subject.store();
    drop(store.commit(exchange(1, &[1])));
    store.commit(exchange(2, &[1])).await.unwrap();
    assert_eq!(requests(&subject).await, ["r000000002"]);
}

macro_rules! suite {
    ($($name:ident: $proof:ident;)*) => {
        mod memory {
            $(#[tokio::test]
            async fn $name() {
                super::$proof::<super::Memory>().await;
            })*
        }
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$proof::<super::Sqlite>().await;
            })*
        }
    };
}

suite! {
    a_key_that_was_seen_is_refused_and_its_event_not_written: replayed;
    an_exchange_with_one_seen_key_burns_none_of_its_others: half_replayed;
    an_exchange_that_shows_one_key_twice_is_a_copy_of_itself: own_copy;
    of_fifty_copies_at_once_one_is_accepted: fifty_copies;
    a_key_is_remembered_until_its_window_ends_and_no_longer: expiry;
    the_chain_of_exchanges_changes_and_refusals_verifies: chain;
    an_empty_trail_is_intact_and_finds_nothing: empty;
    a_range_lists_the_newest_that_match_in_order: ranges;
    a_thousand_refusals_are_a_hundred_events_and_a_group_that_explain_finds: coalesced;
    accounts_are_found_by_realm_and_exact_name: account_keys;
    only_a_change_of_accounts_changes_their_generation: generations;
    objects_are_loaded_as_they_were_last_written: objects;
    a_change_made_against_another_revision_changes_nothing: stale_revision;
    an_object_whose_version_does_not_grow_changes_nothing: stale_version;
    a_commit_that_was_dropped_before_it_began_has_no_effect: unpolled;
}
