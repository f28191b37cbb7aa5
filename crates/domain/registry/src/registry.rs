//! The registry: holds what is stored, takes change sets, publishes snapshots.
//!
//! In:  a [`ChangeSet`] and an [`Administrator`].
//! Out: one transaction of the store with objects, accounts, audit event and revision; then the snapshot, published.
//! Never: half a change. A wrong set, a conflict or a store that does not answer leaves everything as it was.

use std::sync::{Arc, Mutex, PoisonError};

use symbolon_kernel::audit::{Event, Outcome, VERSION};
use symbolon_kernel::ports::Random;
use symbolon_kernel::snapshot::{RealmKey, Snapshot};
use symbolon_keys::SealingKey;
use symbolon_model::{EndpointId, RealmId};

use crate::changes::{Administrator, Applied, ApplyError, ChangeSet, Mode, Stamp};
use crate::compile::{Delta, Flaw, Given, compile};
use crate::convert::Wrong;
use crate::keys::{self, Unopened};
use crate::mistake::{Mistake, Place};
use crate::personality::Personality;
use crate::plan::Plan;
use crate::resolve::{Seals, Secrets};
use crate::store::{ApplyFailure, ObjectKey, ObjectStore, StoredObject};

/// LIMIT: each attempt begins with the store's newest objects; whoever loses so often should be told.
const ATTEMPTS: usize = 4;

/// Takes every snapshot in the order of their revisions.
pub type Publish = Arc<dyn Fn(Snapshot) + Send + Sync>;

/// What a registry is made of.
#[expect(missing_debug_implementations, reason = "it holds the sealing key")]
pub struct Parts {
    /// Where objects are kept.
    pub store: Arc<dyn ObjectStore>,
    /// What seals the signing keys.
    pub sealing: SealingKey,
    /// Nonces come from here.
    pub random: Arc<dyn Random>,
    /// The public URL of realms that have none of their own.
    pub public_url: String,
    /// The personalities that endpoints may name.
    pub personalities: &'static [Personality],
    /// Who takes the snapshots.
    pub publish: Publish,
}

impl Parts {
    fn given(&self) -> Given<'_> {
        Given { server_url: &self.public_url, personalities: self.personalities }
    }
}

/// The one way into the state.
#[expect(missing_debug_implementations, reason = "it holds the sealing key")]
pub struct Registry {
    parts: Parts,
    state: Mutex<Arc<State>>,
}

/// What is stored, and what was made of it.
pub(crate) struct State {
    pub(crate) objects: imbl::OrdMap<ObjectKey, Arc<StoredObject>>,
    pub(crate) snapshot: Snapshot,
}

/// Why the stored objects cannot be used.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum OpenFailure {
    /// The store does not answer.
    #[error("the store does not answer: {0}")]
    Unavailable(String),
    /// A signing key does not open: the sealing key is wrong, or the object was altered.
    #[error("signing key {id} of realm {realm} does not open: {why}")]
    Key {
        /// Its realm.
        realm: String,
        /// Its id.
        id: String,
        /// Why not.
        why: Unopened,
    },
    /// The objects do not fit together.
    #[error("the stored objects are wrong: {}", listed(.0))]
    Objects(Vec<Mistake>),
}

fn listed(mistakes: &[Mistake]) -> String {
    mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

impl Registry {
    /// Loads what is stored and publishes it.
    ///
    /// # Errors
    /// [`OpenFailure`]: nothing was published.
    pub async fn open(parts: Parts) -> Result<Self, OpenFailure> {
        let state = load(&parts).await?;
        (parts.publish)(state.snapshot.clone());
        Ok(Self { parts, state: Mutex::new(Arc::new(state)) })
    }

    /// The revision that was published last.
    pub fn revision(&self) -> u64 {
        self.state().snapshot.revision
    }

    /// Carries out a change set, or says what it would do.
    ///
    /// # Errors
    /// [`ApplyError`]: nothing was changed.
    pub async fn apply(
        &self,
        set: &ChangeSet,
        by: &Administrator,
        secrets: &dyn Secrets,
        stamp: &Stamp,
    ) -> Result<Applied, ApplyError> {
        for _ in 0..ATTEMPTS {
            let state = self.state();
            let revision = state.snapshot.revision;
            let plan = self.plan(&state, set, secrets, stamp).await?;
            let Some(next) = self.next(&state, &plan)? else {
                return Ok(Applied { revision, changes: Vec::new() });
            };
            let changes = plan.changes.clone();
            if set.mode == Mode::DryRun {
                return Ok(Applied { revision, changes });
            }
            let event = event(&plan, next.snapshot.revision, by, stamp);
            match self.parts.store.apply(plan.into_stored(revision, event)).await {
                Ok(()) => {
                    let revision = next.snapshot.revision;
                    self.advance(next);
                    return Ok(Applied { revision, changes });
                }
                Err(ApplyFailure::Conflict) => self.reload().await?,
                Err(ApplyFailure::Unavailable(what)) => return Err(ApplyError::Unavailable(what)),
            }
        }
        Err(ApplyError::Conflict)
    }

    /// Takes over what somebody else may have changed in the store.
    ///
    /// # Errors
    /// [`OpenFailure`]: what was published stays.
    pub async fn reload(&self) -> Result<(), OpenFailure> {
        self.advance(load(&self.parts).await?);
        Ok(())
    }

    async fn plan(
        &self,
        state: &State,
        set: &ChangeSet,
        secrets: &dyn Secrets,
        stamp: &Stamp,
    ) -> Result<Plan, ApplyError> {
        let (sealing, random) = (&self.parts.sealing, self.parts.random.as_ref());
        let seals = Seals { key: sealing, random };
        let mut plan = Plan::new(state, set, self.parts.store.as_ref(), secrets, seals).await?;
        for realm in plan.realms_without_keys(state) {
            plan.add_keys(keys::make(&realm, stamp.now, sealing, random)?);
        }
        Ok(plan)
    }

    /// The state after the plan; `None` where it changes nothing.
    fn next(&self, state: &State, plan: &Plan) -> Result<Option<State>, ApplyError> {
        if plan.changes.is_empty() {
            return Ok(None);
        }
        let revision = state.snapshot.revision.saturating_add(1);
        let delta = delta(&plan.put, plan.remove.iter().collect(), &self.parts.sealing)?;
        let snapshot = compile(&state.snapshot, revision, delta, self.parts.given());
        let snapshot =
            snapshot.map_err(|flaws| ApplyError::Mistakes(plan.mistakes(state, flaws)))?;
        let mut objects = state.objects.clone();
        for key in &plan.remove {
            objects.remove(key);
        }
        for object in &plan.put {
            objects.insert(object.key.clone(), Arc::new(object.clone()));
        }
        Ok(Some(State { objects, snapshot }))
    }

    fn state(&self) -> Arc<State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Publishes under the lock, so that two changes at once come out in the order of their revisions.
    fn advance(&self, next: State) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if next.snapshot.revision > state.snapshot.revision {
            (self.parts.publish)(next.snapshot.clone());
            *state = Arc::new(next);
        }
    }
}

async fn load(parts: &Parts) -> Result<State, OpenFailure> {
    let stored = parts.store.load().await.map_err(|why| OpenFailure::Unavailable(why.what))?;
    let delta = delta(&stored.objects, Vec::new(), &parts.sealing)?;
    let snapshot = compile(&Snapshot::default(), stored.revision, delta, parts.given());
    let by_key = |object: StoredObject| (object.key.clone(), Arc::new(object));
    let objects: imbl::OrdMap<_, _> = stored.objects.into_iter().map(by_key).collect();
    let snapshot = snapshot.map_err(|flaws| {
        let mistakes = flaws.into_iter().map(|flaw| in_store(&objects, flaw));
        OpenFailure::Objects(mistakes.collect())
    })?;
    Ok(State { objects, snapshot })
}

/// What to compile: keys are opened here, so that the compiler never sees the sealing key.
fn delta<'d>(
    put: &'d [StoredObject],
    remove: Vec<&'d ObjectKey>,
    sealing: &SealingKey,
) -> Result<Delta<'d>, OpenFailure> {
    let (keys, put): (Vec<_>, Vec<_>) =
        put.iter().partition(|object| object.key.kind == keys::KIND);
    let open = |object: &StoredObject| -> Result<(RealmId, RealmKey), OpenFailure> {
        let ObjectKey { realm, id, .. } = object.key.clone();
        let named = RealmId::new(realm.as_str());
        match keys::open(object, sealing) {
            Ok(key) => Ok((named, key)),
            Err(why) => Err(OpenFailure::Key { realm, id, why }),
        }
    };
    let keys = keys.into_iter().map(open).collect::<Result<_, _>>()?;
    Ok(Delta { put, keys, remove })
}

/// A mistake in an object that stands in the store only.
pub(crate) fn in_store(
    objects: &imbl::OrdMap<ObjectKey, Arc<StoredObject>>,
    Flaw { object, wrong }: Flaw,
) -> Mistake {
    let origin = objects.get(&object).map_or("the store", |stored| stored.origin.as_str());
    at_origin(origin, &object, wrong)
}

/// A mistake whose object's origin is the best place there is.
pub(crate) fn at_origin(origin: &str, object: &ObjectKey, wrong: Wrong) -> Mistake {
    let place = Place { file: origin.to_owned(), line: 0, column: 0 };
    let message = format!("{} `{}`: {}", object.kind, object.id, wrong.message);
    Mistake::new(place, message, wrong.remedy)
}

/// The audit event of a change. It belongs to a realm if all that changes does.
fn event(plan: &Plan, revision: u64, by: &Administrator, stamp: &Stamp) -> Event {
    let realm_of = |key: &ObjectKey| match key.kind.as_str() {
        "realm" => key.id.clone(),
        _ => key.realm.clone(),
    };
    let mut realms: Vec<String> = plan.changes.iter().map(|c| realm_of(&c.key)).collect();
    realms.dedup();
    let realm = match realms.as_slice() {
        [one] => one.as_str(),
        _ => "",
    };
    Event {
        version: VERSION,
        request: stamp.request.clone(),
        at: stamp.now,
        realm: RealmId::new(realm),
        endpoint: EndpointId::new(""),
        protocol: "registry".into(),
        source: None,
        revision,
        requestor: None,
        proven: Vec::new(),
        tolerances: Vec::new(),
        replay_protected: false,
        outcome: Outcome::Changed {
            administrator: by.name.clone(),
            changes: plan.changes.iter().map(ToString::to_string).collect(),
        },
    }
}
