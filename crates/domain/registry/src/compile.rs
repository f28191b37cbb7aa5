//! Stored objects become a snapshot; a change becomes the next one.
//!
//! In:  the snapshot before (empty at first), and the objects put and removed, keys already opened.
//! Out: the snapshot after, checked as a whole; or every [`Flaw`] of it.
//! Never: touches what did not change: maps are persistent, so one relying party among a million costs O(log n).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use symbolon_kernel::snapshot::{EndpointObject, Realm, RealmKey, Snapshot};
use symbolon_model::{ClientId, EndpointId, IssuerName, PartyId, RealmId};

use crate::checks::{self, Scope};
use crate::convert::{self, Judge, RealmSettings, Wrong};
use crate::keys;
use crate::objects;
use crate::personality::{self, Personality};
use crate::store::{ObjectKey, StoredObject};
use crate::stored::{self, StoredClient, StoredIssuer};

/// What changes from one snapshot to the next.
#[derive(Default)]
pub(crate) struct Delta<'d> {
    /// Objects added or changed, keys excepted.
    pub(crate) put: Vec<&'d StoredObject>,
    /// Keys added or changed.
    pub(crate) keys: Vec<(RealmId, RealmKey)>,
    /// Objects removed, keys among them.
    pub(crate) remove: Vec<&'d ObjectKey>,
}

/// A field of an object that makes the whole wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Flaw {
    pub(crate) object: ObjectKey,
    pub(crate) wrong: Wrong,
}

/// What objects are read against.
#[derive(Clone, Copy)]
pub(crate) struct Given<'g> {
    /// The public URL of realms that have none of their own.
    pub(crate) server_url: &'g str,
    pub(crate) personalities: &'g [Personality],
}

/// Makes the next snapshot.
pub(crate) fn compile(
    before: &Snapshot,
    revision: u64,
    delta: Delta<'_>,
    given: Given<'_>,
) -> Result<Snapshot, Vec<Flaw>> {
    let scope = Scope::of(&delta);
    let mut next = Next { snapshot: before.clone(), given, flaws: Vec::new() };
    next.snapshot.revision = revision;
    next.forget_routes(&delta);
    next.remove(&delta.remove);
    next.put_all(&delta.put, |kind| kind == "realm");
    next.put_keys(delta.keys);
    next.put_all(&delta.put, |kind| kind != "realm");
    next.flaws.extend(checks::check(&next.snapshot, &scope));
    if next.flaws.is_empty() { Ok(next.snapshot) } else { Err(next.flaws) }
}

struct Next<'n> {
    snapshot: Snapshot,
    given: Given<'n>,
    flaws: Vec<Flaw>,
}

impl Next<'_> {
    /// Frees the paths of endpoints that go or change, so that two may swap theirs in one change.
    fn forget_routes(&mut self, delta: &Delta<'_>) {
        let put = delta.put.iter().map(|object| &object.key);
        for key in put.chain(delta.remove.iter().copied()).filter(|key| key.kind == "endpoint") {
            let realm = self.snapshot.realms.get(key.realm.as_str());
            let Some(endpoint) = realm.and_then(|r| r.endpoints.get(key.id.as_str())) else {
                continue;
            };
            for path in endpoint.paths() {
                self.snapshot.routes.remove(path);
            }
        }
    }

    fn remove(&mut self, keys: &[&ObjectKey]) {
        for key in keys.iter().filter(|key| key.kind != "realm") {
            let id = key.id.as_str();
            let Some(realm) = self.realm(&key.realm) else { continue };
            match key.kind.as_str() {
                "endpoint" => drop(realm.endpoints.remove(id)),
                "relying_party" => drop(realm.parties.remove(id)),
                "issuer" => drop(realm.issuers.remove(id)),
                "client" => drop(realm.clients.remove(id)),
                _ => realm.keys.retain(|k| k.signer.key_id() != id),
            }
        }
        for key in keys.iter().filter(|key| key.kind == "realm") {
            let Some(realm) = self.snapshot.realms.remove(key.id.as_str()) else { continue };
            let held = [
                realm.parties.len(),
                realm.issuers.len(),
                realm.clients.len(),
                realm.endpoints.len(),
            ];
            let left: usize = held.into_iter().sum();
            if left > 0 {
                let mut judge = Judge::default();
                let message =
                    format!("realm `{}` would be removed and still holds {left} objects", key.id);
                judge.wrong("id", message, "remove those first, or keep the realm");
                self.note(key, judge);
            }
        }
    }

    fn put_all(&mut self, objects: &[&StoredObject], which: impl Fn(&str) -> bool) {
        for object in objects.iter().filter(|object| which(&object.key.kind)) {
            let mut judge = Judge::default();
            if let Err(wrong) = self.put(object, &mut judge) {
                judge.0.push(wrong);
            }
            self.note(&object.key, judge);
        }
    }

    fn put(&mut self, object: &StoredObject, judge: &mut Judge) -> Result<(), Wrong> {
        let key = &object.key;
        match key.kind.as_str() {
            "realm" => {
                let settings = convert::realm(&read(object)?, self.given.server_url, judge);
                self.put_realm(RealmId::new(key.id.as_str()), settings);
            }
            "endpoint" => {
                let written = read::<objects::Endpoint>(object)?;
                let mut endpoint = convert::endpoint(&written, judge);
                if let Some(name) = &written.personality {
                    personality::put_on(&mut endpoint, name, self.given.personalities, judge);
                }
                self.put_endpoint(key, endpoint, judge)?;
            }
            "relying_party" => {
                let party = convert::party(&read::<objects::RelyingParty>(object)?, judge);
                let id = PartyId::new(key.id.as_str());
                self.realm_of(key)?.parties.insert(id, Arc::new(party));
            }
            "issuer" => {
                let issuer = convert::issuer(&read::<StoredIssuer>(object)?, judge);
                let id = IssuerName::new(key.id.as_str());
                self.realm_of(key)?.issuers.insert(id, Arc::new(issuer));
            }
            "client" => {
                let client = convert::client(&read::<StoredClient>(object)?, judge);
                let id = ClientId::new(key.id.as_str());
                self.realm_of(key)?.clients.insert(id, Arc::new(client));
            }
            other => {
                let message = format!("`{other}` is not a kind of object that this version knows");
                judge.wrong("", message, "run the version that wrote it");
            }
        }
        Ok(())
    }

    fn put_realm(&mut self, id: RealmId, settings: RealmSettings) {
        let RealmSettings { issuer, public_url, skew, message_age, account_names } = settings;
        if let Some(realm) = self.realm(id.as_str()) {
            (realm.issuer, realm.public_url) = (issuer, public_url);
            (realm.skew, realm.message_age) = (skew, message_age);
            realm.account_names = account_names;
            return;
        }
        let realm = Realm {
            id: id.clone(),
            issuer,
            public_url,
            skew,
            message_age,
            account_names,
            parties: imbl::HashMap::new(),
            issuers: imbl::HashMap::new(),
            clients: imbl::HashMap::new(),
            endpoints: BTreeMap::new(),
            keys: Vec::new(),
        };
        self.snapshot.realms.insert(id, Arc::new(realm));
    }

    fn put_endpoint(
        &mut self,
        key: &ObjectKey,
        endpoint: EndpointObject,
        judge: &mut Judge,
    ) -> Result<(), Wrong> {
        let endpoint = Arc::new(endpoint);
        let id = EndpointId::new(key.id.as_str());
        self.realm_of(key)?.endpoints.insert(id, endpoint.clone());
        for path in endpoint.paths() {
            if let Some(other) = self.snapshot.routes.insert(path.clone(), endpoint.clone()) {
                let message = format!("`{path}` is also the path of endpoint `{}`", other.id);
                let field = if *path == endpoint.path { "path" } else { "personality" };
                judge.wrong(field, message, "give each endpoint a path of its own");
            }
        }
        Ok(())
    }

    fn put_keys(&mut self, keys: Vec<(RealmId, RealmKey)>) {
        for (id, key) in keys {
            let Some(realm) = self.realm(id.as_str()) else {
                let object = ObjectKey {
                    realm: id.as_str().to_owned(),
                    kind: keys::KIND.to_owned(),
                    id: key.signer.key_id().to_owned(),
                };
                let wrong = no_realm(&object);
                self.flaws.push(Flaw { object, wrong });
                continue;
            };
            realm.keys.retain(|k| k.signer.key_id() != key.signer.key_id());
            realm.keys.push(key);
            realm.keys.sort_by(|a, b| a.signer.key_id().cmp(b.signer.key_id()));
        }
    }

    /// A realm, to be changed; a copy of it alone if others hold it.
    fn realm(&mut self, id: &str) -> Option<&mut Realm> {
        self.snapshot.realms.get_mut(id).map(Arc::make_mut)
    }

    fn realm_of(&mut self, key: &ObjectKey) -> Result<&mut Realm, Wrong> {
        self.realm(&key.realm).ok_or_else(|| no_realm(key))
    }

    fn note(&mut self, object: &ObjectKey, judge: Judge) {
        self.flaws.extend(judge.0.into_iter().map(|wrong| Flaw { object: object.clone(), wrong }));
    }
}

/// That an object names a realm which is not there.
pub(crate) fn no_realm(key: &ObjectKey) -> Wrong {
    Wrong {
        field: "realm".to_owned(),
        message: format!("there is no realm `{}`", key.realm),
        remedy: "write a [[realm]] of that id, or name one that is there".to_owned(),
    }
}

fn read<T: DeserializeOwned>(object: &StoredObject) -> Result<T, Wrong> {
    stored::read(&object.body).map_err(|why| Wrong {
        field: String::new(),
        message: format!("the stored object cannot be read: {why}"),
        remedy: "run the version that wrote it, or put the object again".to_owned(),
    })
}
