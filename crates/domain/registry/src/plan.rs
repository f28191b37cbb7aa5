//! What a change set comes to: the difference between what it wants and what is stored.
//!
//! In:  the set, what is stored, and who finds secrets.
//! Out: a [`Plan`] without anything that is already so; or the mistakes of the set on its own.
//! Never: writes; checks how objects fit together (`compile` and `checks` do).

use std::collections::{BTreeMap, BTreeSet};

use symbolon_kernel::audit::Event;
use symbolon_kernel::snapshot::Snapshot;
use symbolon_model::{AccountName, RealmId};

use crate::changes::{ApplyError, Change, ChangeSet, Origin, What};
use crate::compile::{Flaw, no_realm};
use crate::keys;
use crate::mistake::{Located, Mistake};
use crate::objects::Object;
use crate::registry::{State, at_origin, in_store};
use crate::resolve::{Failure, Kept, Resolved, Seals, Secrets, resolve};
use crate::store::{ObjectKey, ObjectStore, StoredAccount, StoredChange, StoredObject};

/// What is to be written, and what to call it.
pub(crate) struct Plan {
    pub(crate) put: Vec<StoredObject>,
    pub(crate) remove: Vec<ObjectKey>,
    pub(crate) put_accounts: Vec<(RealmId, StoredAccount)>,
    lost_accounts: BTreeSet<ObjectKey>,
    /// In the order of their names.
    pub(crate) changes: Vec<Change>,
    wanted: BTreeMap<ObjectKey, Located<Object>>,
}

type Accounts = BTreeMap<ObjectKey, StoredAccount>;

impl Plan {
    pub(crate) async fn new(
        state: &State,
        set: &ChangeSet,
        store: &dyn ObjectStore,
        secrets: &dyn Secrets,
        seals: Seals<'_>,
    ) -> Result<Self, ApplyError> {
        let mut plan = Plan {
            put: Vec::new(),
            remove: Vec::new(),
            put_accounts: Vec::new(),
            lost_accounts: BTreeSet::new(),
            changes: Vec::new(),
            wanted: BTreeMap::new(),
        };
        let wanted = wanted(set).map_err(ApplyError::Mistakes)?;
        let accounts = accounts(state, set, store).await?;
        let mut mistakes = Vec::new();
        for (key, located) in &wanted {
            let there = There::of(key, state, &accounts);
            mistakes.extend(refused(located, &there, &set.origin));
            let kept = there.kept(key, &state.snapshot);
            match resolve(located, &kept, secrets, seals).await {
                Ok(resolved) => plan.compare(key, set.origin.of(located), &there, resolved),
                Err(Failure::Mistakes(found)) => mistakes.extend(found),
                Err(Failure::Unavailable(what)) => return Err(ApplyError::Unavailable(what)),
            }
        }
        plan.wanted = wanted;
        if set.prune {
            plan.prune(state, &accounts, &set.origin);
        }
        mistakes.extend(plan.homeless(state, &accounts));
        plan.changes.sort();
        mistakes.sort();
        if mistakes.is_empty() { Ok(plan) } else { Err(ApplyError::Mistakes(mistakes)) }
    }

    /// Realms that begin with this change and have no keys yet.
    pub(crate) fn realms_without_keys(&self, state: &State) -> Vec<RealmId> {
        let put = self.put.iter().filter(|object| object.key.kind == "realm");
        let keyless =
            |id: &&str| state.snapshot.realms.get(*id).is_none_or(|realm| realm.keys.is_empty());
        put.map(|object| object.key.id.as_str()).filter(keyless).map(RealmId::new).collect()
    }

    pub(crate) fn add_keys(&mut self, keys: Vec<StoredObject>) {
        let added = keys.iter().map(|key| Change { key: key.key.clone(), what: What::Added });
        self.changes.extend(added);
        self.changes.sort();
        self.put.extend(keys);
    }

    /// Where the flaws of the whole stand: in the set's files, if the object is of the set.
    pub(crate) fn mistakes(&self, state: &State, flaws: Vec<Flaw>) -> Vec<Mistake> {
        let place = |flaw: Flaw| match self.wanted.get(&flaw.object) {
            Some(located) => {
                located.mistake(&flaw.wrong.field, flaw.wrong.message, flaw.wrong.remedy)
            }
            None => in_store(&state.objects, flaw),
        };
        let mut mistakes: Vec<Mistake> = flaws.into_iter().map(place).collect();
        mistakes.sort();
        mistakes
    }

    pub(crate) fn into_stored(self, from_revision: u64, event: Event) -> StoredChange {
        let Plan { put, remove, put_accounts, lost_accounts, .. } = self;
        let name = |key: ObjectKey| (RealmId::new(key.realm), AccountName::new(key.id));
        let remove_accounts = lost_accounts.into_iter().map(name).collect();
        StoredChange { from_revision, put, remove, put_accounts, remove_accounts, event }
    }

    /// Notes an object if it is not already so.
    fn compare(&mut self, key: &ObjectKey, origin: String, there: &There<'_>, new: Resolved) {
        let key = key.clone();
        let what = match (there, new) {
            (There::Object(old), Resolved::Body(body)) => {
                if old.body == body && old.origin == origin {
                    return;
                }
                let version = old.version.saturating_add(1);
                self.put.push(StoredObject { key: key.clone(), version, origin, body });
                What::Changed
            }
            (_, Resolved::Body(body)) => {
                self.put.push(StoredObject { key: key.clone(), version: 1, origin, body });
                What::Added
            }
            (there, Resolved::Account(record)) => {
                let new = StoredAccount { origin, record };
                let what = match there {
                    There::Account(old) if **old == new => return,
                    There::Account(_) => What::Changed,
                    There::Object(_) | There::Nothing => What::Added,
                };
                self.put_accounts.push((RealmId::new(key.realm.as_str()), new));
                what
            }
        };
        self.changes.push(Change { key, what });
    }

    /// Removes what the origin made and the set no longer holds; with a realm the keys that were made for it.
    fn prune(&mut self, state: &State, accounts: &Accounts, origin: &Origin) {
        let gone =
            |key: &ObjectKey, from: &str| origin.owns(from) && !self.wanted.contains_key(key);
        let stored = state.objects.iter().filter(|(key, stored)| gone(key, &stored.origin));
        let mut remove: BTreeSet<ObjectKey> = stored.map(|(key, _)| key.clone()).collect();
        let lost = |realm: &str| {
            remove.contains(&ObjectKey {
                realm: String::new(),
                kind: "realm".to_owned(),
                id: realm.to_owned(),
            })
        };
        let keys = state.objects.keys().filter(|key| key.kind == keys::KIND && lost(&key.realm));
        let keys: Vec<ObjectKey> = keys.cloned().collect();
        remove.extend(keys);
        let lost_accounts = accounts.iter().filter(|(key, account)| gone(key, &account.origin));
        self.lost_accounts = lost_accounts.map(|(key, _)| key.clone()).collect();
        let removed = remove.iter().chain(&self.lost_accounts).cloned();
        self.changes.extend(removed.map(|key| Change { key, what: What::Removed }));
        self.remove.extend(remove);
    }

    /// Accounts are in no snapshot: that their realm is there, and stays, is checked here.
    fn homeless(&self, state: &State, accounts: &Accounts) -> Vec<Mistake> {
        let kept = accounts.iter().filter(|(key, _)| {
            !self.lost_accounts.contains(*key) && !self.wanted.contains_key(*key)
        });
        let kept = kept.filter(|(key, _)| !self.has_realm(state, &key.realm));
        let kept = kept.map(|(key, account)| at_origin(&account.origin, key, no_realm(key)));
        let wanted = self.wanted.iter().filter(|(key, _)| key.kind == "account");
        let wanted = wanted.filter(|(key, _)| !self.has_realm(state, &key.realm));
        let wanted = wanted.map(|(key, located)| {
            let wrong = no_realm(key);
            located.mistake(&wrong.field, wrong.message, wrong.remedy)
        });
        wanted.chain(kept).collect()
    }

    fn has_realm(&self, state: &State, id: &str) -> bool {
        let key = ObjectKey { realm: String::new(), kind: "realm".to_owned(), id: id.to_owned() };
        let stays = state.objects.contains_key(&key) && !self.remove.contains(&key);
        stays || self.wanted.contains_key(&key)
    }
}

/// The objects of the set by name. A name that is written twice means two things.
fn wanted(set: &ChangeSet) -> Result<BTreeMap<ObjectKey, Located<Object>>, Vec<Mistake>> {
    let mut wanted: BTreeMap<ObjectKey, Located<Object>> = BTreeMap::new();
    let mut mistakes = Vec::new();
    for located in &set.puts {
        let key = located.object.key();
        if let Some(first) = wanted.get(&key) {
            let message =
                format!("{} `{}` is already written at {}", key.kind, key.id, first.place());
            let field = located.object.name_field();
            mistakes.push(located.mistake(field, message, "remove one of the two"));
        } else {
            wanted.insert(key, located.clone());
        }
    }
    if mistakes.is_empty() { Ok(wanted) } else { Err(mistakes) }
}

/// The stored accounts that the set may be about: of its accounts' realms, or of all when it prunes.
async fn accounts(
    state: &State,
    set: &ChangeSet,
    store: &dyn ObjectStore,
) -> Result<Accounts, ApplyError> {
    let named = |realm: &str| {
        let mut puts = set.puts.iter().map(|located| &located.object);
        puts.any(|object| matches!(object, Object::Account(account) if account.realm == realm))
    };
    let mut accounts = Accounts::new();
    for realm in state.snapshot.realms.keys() {
        if !set.prune && !named(realm.as_str()) {
            continue;
        }
        for account in store.accounts(realm, None).await? {
            let (kind, id) = ("account".to_owned(), account.record.name.as_str().to_owned());
            accounts.insert(ObjectKey { realm: realm.as_str().to_owned(), kind, id }, account);
        }
    }
    Ok(accounts)
}

/// What forbids to put an object, before its content is looked at.
fn refused(located: &Located<Object>, there: &There<'_>, origin: &Origin) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    let field = located.object.name_field();
    if let Some(other) = there.origin().filter(|other| !origin.owns(other)) {
        let message = format!("this object belongs to {other} and is read-only elsewhere");
        mistakes.push(located.mistake(field, message, "change it there, or remove it there first"));
    }
    let id = located.object.key().id;
    if matches!(located.object, Object::Account(_)) && (id.is_empty() || id.trim() != id) {
        let message = "a name is empty or has white space around it";
        let remedy = "write a name without white space around it";
        mistakes.push(located.mistake(field, message, remedy));
    }
    mistakes
}

/// What is stored under a name.
enum There<'s> {
    Object(&'s StoredObject),
    Account(&'s StoredAccount),
    Nothing,
}

impl<'s> There<'s> {
    fn of(key: &ObjectKey, state: &'s State, accounts: &'s Accounts) -> Self {
        let object = state.objects.get(key).map(|object| There::Object(object.as_ref()));
        object.or_else(|| accounts.get(key).map(There::Account)).unwrap_or(There::Nothing)
    }

    fn origin(&self) -> Option<&str> {
        match self {
            There::Object(object) => Some(&object.origin),
            There::Account(account) => Some(&account.origin),
            There::Nothing => None,
        }
    }

    fn kept(&self, key: &ObjectKey, snapshot: &Snapshot) -> Kept {
        match self {
            There::Account(StoredAccount { record, .. }) => {
                Kept { hash: Some(record.password.clone()), shared: record.shared.clone() }
            }
            There::Object(_) => {
                let realm = snapshot.realms.get(key.realm.as_str());
                let client = realm.and_then(|realm| realm.clients.get(key.id.as_str()));
                Kept { hash: client.and_then(|client| client.secret.clone()), shared: None }
            }
            There::Nothing => Kept::default(),
        }
    }
}
