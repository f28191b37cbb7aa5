//! Change sets against a registry: what is done, what is refused and where it says the mistake stands.

#![expect(clippy::unwrap_used, reason = "a failed set-up fails the test")]
#![expect(clippy::panic, reason = "a failed set-up fails the test")]

#[path = "apply/settings.rs"]
mod settings;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use symbolon_kernel::audit::{Event, Outcome};
use symbolon_kernel::ports::{BoxFuture, NotAvailable, PasswordHash};
use symbolon_kernel::snapshot::Snapshot;
use symbolon_keys::{SealingKey, SystemRandom};
use symbolon_model::{RealmId, RequestId, Secret, Timestamp};
use symbolon_registry::objects::Reference;
use symbolon_registry::store::{
    ApplyFailure, ObjectKey, ObjectStore, Stored, StoredAccount, StoredChange, StoredObject,
};
use symbolon_registry::{
    Administrator, Applied, ApplyError, ChangeSet, Mistake, Mode, OpenFailure, Origin, Parts,
    Registry, Secrets, Stamp, Unresolved, file,
};

#[path = "apply/clients.rs"]
mod clients;

const GOOD: &str = r#"
[[realm]]
id = "default"

[[endpoint]]
id = "token"
path = "/oauth2/token"
serves = "oauth-token"
credentials = ["client-secret-basic"]

[[relying_party]]
id = "urn:rp:app"
token_types = ["saml2", "jwt"]
accounts = "everyone"

[[account]]
name = "alice"
password = "file:alice"

[[client]]
id = "demo"
secret = "file:demo"
grants = ["urn:ietf:params:oauth:grant-type:token-exchange"]
may_exchange = ["urn:rp:app"]
"#;

/// A store in memory that can refuse once.
#[derive(Default)]
struct Store {
    held: Mutex<Held>,
    refuse: Mutex<Option<ApplyFailure>>,
    applied: AtomicUsize,
}

#[derive(Default, Clone)]
struct Held {
    revision: u64,
    objects: BTreeMap<ObjectKey, StoredObject>,
    accounts: Vec<(RealmId, StoredAccount)>,
    events: Vec<Event>,
}

impl Store {
    fn held(&self) -> Held {
        self.held.lock().unwrap().clone()
    }

    fn refuse_once(&self, failure: ApplyFailure) {
        *self.refuse.lock().unwrap() = Some(failure);
    }
}

impl ObjectStore for Store {
    fn load(&self) -> BoxFuture<'_, Result<Stored, NotAvailable>> {
        let held = self.held();
        let objects = held.objects.into_values().collect();
        Box::pin(async move { Ok(Stored { revision: held.revision, objects }) })
    }

    fn apply(&self, change: StoredChange) -> BoxFuture<'_, Result<(), ApplyFailure>> {
        Box::pin(async move {
            self.applied.fetch_add(1, Ordering::Relaxed);
            if let Some(failure) = self.refuse.lock().unwrap().take() {
                return Err(failure);
            }
            let mut held = self.held.lock().unwrap();
            if held.revision != change.from_revision {
                return Err(ApplyFailure::Conflict);
            }
            held.revision = held.revision.saturating_add(1);
            for key in &change.remove {
                held.objects.remove(key).unwrap();
            }
            for object in change.put {
                held.objects.insert(object.key.clone(), object);
            }
            let touched = |realm: &RealmId, name: &_| {
                let put =
                    change.put_accounts.iter().any(|(r, a)| r == realm && a.record.name == *name);
                put || change.remove_accounts.contains(&(realm.clone(), name.clone()))
            };
            held.accounts.retain(|(realm, account)| !touched(realm, &account.record.name));
            held.accounts.extend(change.put_accounts.clone());
            held.events.push(change.event);
            Ok(())
        })
    }

    fn accounts<'a>(
        &'a self,
        realm: &'a RealmId,
        origin: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Vec<StoredAccount>, NotAvailable>> {
        let held = self.held();
        let mine = held.accounts.into_iter().filter(|(r, _)| r == realm).map(|(_, a)| a);
        let found = mine.filter(|a| origin.is_none_or(|o| a.origin == o)).collect();
        Box::pin(async move { Ok(found) })
    }
}

/// Secrets by name; a "hash" is salted by the count of hashes made, so that hashing again shows.
struct Known {
    files: BTreeMap<&'static str, String>,
    hashed: AtomicUsize,
}

impl Known {
    fn with(files: &[(&'static str, &str)]) -> Self {
        let files = files.iter().map(|(name, text)| (*name, (*text).to_owned())).collect();
        Self { files, hashed: AtomicUsize::new(0) }
    }
}

fn known() -> Known {
    Known::with(&[("alice", "wonderland"), ("demo", "s3cret"), ("void", "")])
}

impl Secrets for Known {
    fn resolve(&self, reference: &Reference) -> Result<Secret<String>, Unresolved> {
        let found = match reference {
            Reference::File(name) => self.files.get(name.as_str()),
            Reference::Env(_) => None,
        };
        found
            .map(|text| Secret::new(text.clone()))
            .ok_or_else(|| Unresolved("no such file".to_owned()))
    }

    fn hash<'a>(
        &'a self,
        secret: &'a Secret<String>,
    ) -> BoxFuture<'a, Result<PasswordHash, NotAvailable>> {
        let salt = self.hashed.fetch_add(1, Ordering::Relaxed);
        let hash = PasswordHash::new(format!("{salt}:{}", secret.expose()));
        Box::pin(async move { Ok(hash) })
    }

    fn fits<'a>(
        &'a self,
        hash: &'a PasswordHash,
        secret: &'a Secret<String>,
    ) -> BoxFuture<'a, Result<bool, NotAvailable>> {
        let fits = hash.as_phc().split_once(':').unwrap().1 == secret.expose();
        Box::pin(async move { Ok(fits) })
    }
}

struct World {
    store: Arc<Store>,
    registry: Registry,
    published: Arc<Mutex<Vec<Snapshot>>>,
    secrets: Known,
}

async fn opened(store: Arc<Store>, sealing: u8) -> Result<World, OpenFailure> {
    let published = Arc::new(Mutex::new(Vec::new()));
    let into = Arc::clone(&published);
    let registry = Registry::open(Parts {
        store: store.clone(),
        sealing: SealingKey::from_octets(&[sealing; 32]).unwrap(),
        random: Arc::new(SystemRandom),
        public_url: "https://sts.example".to_owned(),
        personalities: &[],
        publish: Arc::new(move |snapshot| into.lock().unwrap().push(snapshot)),
    })
    .await?;
    Ok(World { store, registry, published, secrets: known() })
}

/// A registry that holds `GOOD`.
async fn world() -> World {
    let world = opened(Arc::new(Store::default()), 1).await.unwrap();
    assert_eq!(world.apply(GOOD).await.unwrap().revision, 1);
    world
}

fn set(files: &[(&str, &str)]) -> ChangeSet {
    let puts = files.iter().flat_map(|(name, text)| file::parse(name, text).unwrap()).collect();
    ChangeSet { puts, origin: Origin::Files, prune: false, mode: Mode::Apply }
}

impl World {
    async fn apply(&self, text: &str) -> Result<Applied, ApplyError> {
        self.change(&set(&[("a.toml", text)])).await
    }

    async fn change(&self, set: &ChangeSet) -> Result<Applied, ApplyError> {
        let by = Administrator { name: "operator".to_owned() };
        let now = Timestamp::from_seconds(1_800_000_000);
        let stamp = Stamp { now, request: RequestId::new("r1") };
        self.registry.apply(set, &by, &self.secrets, &stamp).await
    }

    /// The mistakes of a set, as printed. Nothing was written or published.
    async fn mistakes(&self, text: &str) -> Vec<String> {
        self.mistakes_of(&set(&[("a.toml", text)])).await
    }

    async fn mistakes_of(&self, set: &ChangeSet) -> Vec<String> {
        let before = (self.store.held().revision, self.published.lock().unwrap().len());
        let mistakes = match self.change(set).await {
            Err(ApplyError::Mistakes(mistakes)) => mistakes,
            other => panic!("{other:?}"),
        };
        assert_eq!((self.store.held().revision, self.published.lock().unwrap().len()), before);
        mistakes.iter().map(Mistake::to_string).collect()
    }

    fn snapshot(&self) -> Snapshot {
        self.published.lock().unwrap().last().unwrap().clone()
    }
}

fn changes(applied: &Applied) -> Vec<String> {
    let mut changes: Vec<_> = applied.changes.iter().map(ToString::to_string).collect();
    changes.retain(|change| !change.starts_with("key "));
    changes
}

fn with(more: &str) -> String {
    format!("{GOOD}{more}")
}

#[tokio::test]
async fn a_set_becomes_objects_accounts_event_and_snapshot_of_one_revision() {
    let world = world().await;
    let held = world.store.held();
    assert_eq!(held.revision, 1);
    assert_eq!(held.accounts[0].1.origin, "file:a.toml");
    assert_eq!(held.events.len(), 1);
    assert_eq!(held.events[0].revision, 1);
    let Outcome::Changed { administrator, changes } = &held.events[0].outcome else { panic!() };
    assert_eq!(administrator, "operator");
    assert!(changes.contains(&"relying_party urn:rp:app added".to_owned()), "{changes:?}");
    let snapshot = world.snapshot();
    assert_eq!(snapshot.revision, 1);
    assert!(snapshot.routes.contains_key("/oauth2/token"));
    let realm = snapshot.realms.get("default").unwrap();
    assert_eq!(realm.issuer.as_str(), "https://sts.example");
    assert_eq!(realm.keys.len(), 2);
}

#[tokio::test]
async fn an_unchanged_set_is_no_new_revision_and_hashes_nothing_again() {
    let world = world().await;
    let hashed = world.secrets.hashed.load(Ordering::Relaxed);
    let again = world.apply(GOOD).await.unwrap();
    assert_eq!((again.revision, again.changes.len()), (1, 0));
    assert_eq!(world.store.applied.load(Ordering::Relaxed), 1);
    assert_eq!(world.secrets.hashed.load(Ordering::Relaxed), hashed);
}

#[tokio::test]
async fn a_changed_secret_is_a_change_of_its_object_alone() {
    let mut world = world().await;
    world.secrets.files.insert("alice", "looking-glass".to_owned());
    let applied = world.apply(GOOD).await.unwrap();
    assert_eq!(changes(&applied), ["account alice changed"]);
}

#[tokio::test]
async fn a_change_raises_the_version_and_keeps_what_did_not_change() {
    let world = world().await;
    let before = world.snapshot();
    let more = "[[relying_party]]\nid = \"urn:rp:b\"\ntoken_types = [\"jwt\"]\n";
    assert_eq!(changes(&world.apply(&with(more)).await.unwrap()), ["relying_party urn:rp:b added"]);
    let key = |id: &str| ObjectKey {
        realm: "default".to_owned(),
        kind: "relying_party".to_owned(),
        id: id.to_owned(),
    };
    assert_eq!(world.store.held().objects[&key("urn:rp:app")].version, 1);
    let raised = with(&format!("{more}lifetime_seconds = 60\n"));
    assert_eq!(changes(&world.apply(&raised).await.unwrap()), ["relying_party urn:rp:b changed"]);
    assert_eq!(world.store.held().objects[&key("urn:rp:b")].version, 2);
    let party = |snapshot: &Snapshot| snapshot.realms["default"].parties["urn:rp:app"].clone();
    assert!(Arc::ptr_eq(&party(&before), &party(&world.snapshot())));
    let signer = |snapshot: &Snapshot| snapshot.realms["default"].keys[0].signer.clone();
    assert!(Arc::ptr_eq(&signer(&before), &signer(&world.snapshot())));
}

#[tokio::test]
async fn a_dry_run_tells_the_same_changes_and_writes_nothing() {
    let world = world().await;
    let more = with("[[relying_party]]\nid = \"urn:rp:b\"\ntoken_types = [\"jwt\"]\n");
    let mut dry = set(&[("a.toml", &more)]);
    dry.mode = Mode::DryRun;
    let told = world.change(&dry).await.unwrap();
    assert_eq!(told.revision, 1);
    assert_eq!((world.store.held().revision, world.published.lock().unwrap().len()), (1, 2));
    assert_eq!(world.apply(&more).await.unwrap().changes, told.changes);
}

#[tokio::test]
async fn only_pruning_removes_what_the_set_no_longer_holds() {
    let world = world().await;
    let less = GOOD.split("[[account]]").next().unwrap();
    assert_eq!(world.apply(less).await.unwrap().changes, []);
    let mut pruned = set(&[("a.toml", less)]);
    pruned.prune = true;
    let applied = world.change(&pruned).await.unwrap();
    assert_eq!(changes(&applied), ["account alice removed", "client demo removed"]);
    assert!(world.store.held().accounts.is_empty());
    assert!(world.snapshot().realms["default"].clients.is_empty());
}

#[tokio::test]
async fn pruning_a_realm_takes_its_keys_and_leaves_nothing_of_it() {
    let world = world().await;
    let mut nothing = set(&[]);
    nothing.prune = true;
    world.change(&nothing).await.unwrap();
    assert!(world.store.held().objects.is_empty());
    assert!(world.snapshot().realms.is_empty());
    assert!(world.snapshot().routes.is_empty());
}

#[tokio::test]
async fn pruning_a_realm_that_others_still_use_is_refused() {
    let world = world().await;
    let mut consoles =
        set(&[("b", "[[relying_party]]\nid = \"urn:c\"\ntoken_types = [\"jwt\"]\n")]);
    consoles.origin = Origin::Console("carol".to_owned());
    world.change(&consoles).await.unwrap();
    let mut nothing = set(&[]);
    nothing.prune = true;
    assert_eq!(
        world.mistakes_of(&nothing).await,
        [
            "file:a.toml: realm `default`: realm `default` would be removed and still holds 1 objects; \
          remove those first, or keep the realm"
        ]
    );
}

#[tokio::test]
async fn pruning_a_realm_that_holds_accounts_of_others_is_refused() {
    let world = world().await;
    let mut consoles = set(&[("b", "[[account]]\nname = \"bob\"\npassword = \"file:alice\"\n")]);
    consoles.origin = Origin::Console("carol".to_owned());
    world.change(&consoles).await.unwrap();
    let mut nothing = set(&[]);
    nothing.prune = true;
    assert_eq!(
        world.mistakes_of(&nothing).await,
        ["console:carol: account `bob`: there is no realm `default`; \
          write a [[realm]] of that id, or name one that is there"]
    );
}

#[tokio::test]
async fn what_pruning_would_leave_dangling_is_refused_where_it_stands() {
    let world = world().await;
    let less = GOOD.replace("id = \"urn:rp:app\"", "id = \"urn:rp:renamed\"");
    let mut pruned = set(&[("a.toml", &less)]);
    pruned.prune = true;
    assert_eq!(
        world.mistakes_of(&pruned).await,
        ["a.toml:24:17: there is no relying party `urn:rp:app` in realm `default`; \
          write a [[relying_party]] of that id, or remove it here"]
    );
}

#[tokio::test]
async fn an_object_of_another_origin_is_read_only() {
    let world = world().await;
    let mut consoles =
        set(&[("b", "[[relying_party]]\nid = \"urn:rp:app\"\ntoken_types = [\"jwt\"]\n")]);
    consoles.origin = Origin::Console("carol".to_owned());
    assert_eq!(
        world.mistakes_of(&consoles).await,
        ["b:2:1: this object belongs to file:a.toml and is read-only elsewhere; \
          change it there, or remove it there first"]
    );
    let mut account = set(&[("b", "[[account]]\nname = \"alice\"\npassword = \"file:demo\"\n")]);
    account.origin = Origin::Console("carol".to_owned());
    assert_eq!(world.mistakes_of(&account).await.len(), 1);
}

#[tokio::test]
async fn an_object_may_move_to_another_file() {
    let world = world().await;
    let applied = world.change(&set(&[("b.toml", GOOD)])).await.unwrap();
    assert_eq!(changes(&applied).len(), 5);
    assert_eq!(world.store.held().accounts[0].1.origin, "file:b.toml");
}

#[tokio::test]
async fn an_object_that_is_written_twice_is_refused() {
    let world = world().await;
    let twice = set(&[("a.toml", GOOD), ("b.toml", "[[realm]]\nid = \"default\"\n")]);
    assert_eq!(
        world.mistakes_of(&twice).await,
        ["b.toml:2:1: realm `default` is already written at a.toml:2:1; remove one of the two"]
    );
}

/// Every mistake that objects can make on their own or together: what stands beside `GOOD`, and what is told.
const MISTAKES: [(&str, &str); 26] = [
    (
        "[[realm]]\nid = \"a b\"\nissuer = \"urn:b\"\n",
        "2:1: `a b` is not an id; write 1 to 40 letters, digits, `.`, `_` or `-`",
    ),
    (
        "[[realm]]\nid = \"z\"\n",
        "1:1: `https://sts.example` is also the issuer name of realm `default`",
    ),
    ("[[realm]]\nid = \"b\"\npublic_url = \"http://b\"\n", "3:1: `http://b` is not a public URL"),
    (
        "[[realm]]\nid = \"b\"\npublic_url = \"https://b/\"\n",
        "3:1: `https://b/` is not a public URL",
    ),
    (
        "[[realm]]\nid = \"b\"\nissuer = \"urn:b\"\nskew_seconds = 3601\n",
        "4:1: 3601 seconds are out of bounds; write 0 to 3600 seconds",
    ),
    (
        "[[endpoint]]\nid = \"e\"\nrealm = \"x\"\npath = \"/e\"\nserves = \"jwks\"\n",
        "3:1: there is no realm `x`; write a [[realm]] of that id, or name one that is there",
    ),
    (
        "[[endpoint]]\nid = \"e\"\npath = \"/oauth2/token\"\nserves = \"jwks\"\n",
        "3:1: `/oauth2/token` is also the path of endpoint `token`",
    ),
    (
        "[[endpoint]]\nid = \"e\"\npath = \"/a/../b\"\nserves = \"jwks\"\n",
        "3:1: `/a/../b` is not a path",
    ),
    ("[[endpoint]]\nid = \"e\"\npath = \"e\"\nserves = \"jwks\"\n", "3:1: `e` is not a path"),
    (
        "[[endpoint]]\nid = \"e\"\npath = \"/e\"\nserves = \"ws-trust-1.3\"\ncredentials = [\"client-secret-post\"]\n",
        "5:16: this protocol cannot take \"client-secret-post\"; write some of [\"username-password\",\"username-digest\",\"issued-token\"]",
    ),
    (
        "[[endpoint]]\nid = \"e\"\npath = \"/e\"\nserves = \"ws-trust-1.3\"\n",
        "1:1: an endpoint that takes no credential admits nobody",
    ),
    (
        "[[endpoint]]\nid = \"e\"\npath = \"/e\"\nserves = \"jwks\"\ntolerances = [\"no-timestamp\"]\n",
        "5:15: \"no-timestamp\" means nothing in this protocol; remove it",
    ),
    (
        "[[endpoint]]\nid = \"e\"\npath = \"/metadata\"\nserves = \"oauth-metadata\"\n[[endpoint]]\nid = \"f\"\npath = \"/f\"\nserves = \"jwks\"\n",
        "3:1: clients of issuer `https://sts.example` look for this at `/.well-known/oauth-authorization-server`",
    ),
    (
        "[[endpoint]]\nid = \"e\"\npath = \"/.well-known/openid-configuration\"\nserves = \"openid-configuration\"\n",
        "4:1: the metadata must name an endpoint that serves jwks",
    ),
    (
        "[[relying_party]]\nid = \"urn:b\"\ntoken_types = [\"saml2\", \"saml1\"]\n",
        "3:25: `saml1` is not a token type that is made or read here",
    ),
    ("[[relying_party]]\nid = \"urn:b\"\ntoken_types = []\n", "3:1: there is no token type"),
    (
        "[[relying_party]]\nid = \"urn:b\"\ntoken_types = [\"jwt\", \"jwt\"]\n",
        "3:23: `urn:ietf:params:oauth:token-type:jwt` is named twice",
    ),
    (
        "[[relying_party]]\nid = \"urn:b\"\ntoken_types = [\"jwt\"]\nlifetime_seconds = 0\n",
        "4:1: 0 seconds are out of bounds; write 1 to 2678400 seconds",
    ),
    (
        "[[relying_party]]\nid = \"urn:b\"\ntoken_types = [\"jwt\"]\nscopes = [\"a b\"]\n",
        "4:11: `a b` is not a scope",
    ),
    (
        "[[relying_party]]\nid = \"urn:b\"\ntoken_types = [\"jwt\"]\nclients = [\"demo\", \"x\"]\n",
        "4:20: there is no client `x` in realm `default`",
    ),
    (
        "[[issuer]]\nname = \"https://o\"\ntoken_types = [\"jwt\"]\nkeys = []\n",
        "4:1: an issuer without keys is never believed",
    ),
    (
        "[[issuer]]\nname = \"https://o\"\ntoken_types = [\"jwt\"]\nkeys = [{ pem = \"x\", jwk_file = \"y\" }]\n",
        "4:9: a key is named by exactly one of certificate_file, jwk_file, pem",
    ),
    (
        "[[issuer]]\nname = \"https://o\"\ntoken_types = [\"jwt\"]\nkeys = [{ pem = \"x\" }]\n",
        "4:11: not one certificate in PEM: malformed certificate",
    ),
    (
        "[[account]]\nname = \"bob\"\npassword = \"file:nowhere\"\n",
        "3:1: file:nowhere: no such file",
    ),
    (
        "[[account]]\nname = \"bob\"\npassword = \"file:void\"\n",
        "3:1: file:void is empty; write a secret into it",
    ),
    (
        "[[account]]\nname = \"bob\"\nrealm = \"x\"\npassword = \"file:alice\"\n",
        "3:1: there is no realm `x`",
    ),
];

#[tokio::test]
async fn every_mistake_is_told_by_file_line_and_column_and_changes_nothing() {
    let world = world().await;
    let mut others = Vec::new();
    for (more, told) in MISTAKES {
        let mistakes = world.mistakes_of(&set(&[("a.toml", GOOD), ("b.toml", more)])).await;
        let first = mistakes.first().cloned().unwrap_or_default();
        if mistakes.len() != 1 || !first.starts_with(&format!("b.toml:{told}")) {
            others.push(format!("{more}is wrong at {told}, but told was {mistakes:#?}"));
        }
    }
    assert!(others.is_empty(), "{}", others.join("\n"));
}

#[tokio::test]
async fn one_mistake_refuses_the_whole_set() {
    let world = world().await;
    let more = "[[relying_party]]\nid = \"urn:b\"\ntoken_types = [\"jwt\"]\n\
                [[client]]\nid = \"c\"\nsecret = \"file:demo\"\ngrants = [\"password\"]\n";
    let mistakes = world.mistakes(&with(more)).await;
    assert_eq!(mistakes.len(), 1);
    assert!(mistakes[0].contains("`password` is not a grant that is served here"));
    assert!(!world.snapshot().realms["default"].parties.contains_key("urn:b"));
}

#[tokio::test]
async fn all_mistakes_of_all_files_are_told_in_order() {
    let world = world().await;
    let two = set(&[
        ("b.toml", "[[client]]\nid = \"c\"\nsecret = \"file:demo\"\nmay_exchange = [\"urn:x\"]\n"),
        ("a.toml", "[[endpoint]]\nid = \"e\"\npath = \"e\"\nserves = \"jwks\"\n"),
    ]);
    let mistakes = world.mistakes_of(&two).await;
    assert!(mistakes[0].starts_with("a.toml:3:1:"), "{mistakes:?}");
    assert!(mistakes[1].starts_with("b.toml:4:17:"), "{mistakes:?}");
}

#[tokio::test]
async fn two_endpoints_can_swap_their_paths_in_one_change() {
    let world = world().await;
    let two = |a: &str, b: &str| {
        with(&format!(
            "[[endpoint]]\nid = \"a\"\npath = \"{a}\"\nserves = \"jwks\"\n\
             [[endpoint]]\nid = \"b\"\npath = \"{b}\"\nserves = \"jwks\"\n"
        ))
    };
    world.apply(&two("/a", "/b")).await.unwrap();
    world.apply(&two("/b", "/a")).await.unwrap();
    let routes = world.snapshot().routes;
    assert_eq!((routes["/a"].id.as_str(), routes["/b"].id.as_str()), ("b", "a"));
    world.apply(&two("/b", "/c")).await.unwrap();
    assert!(!world.snapshot().routes.contains_key("/a"));
}

#[tokio::test]
async fn keys_are_made_once_and_opened_again() {
    let world = world().await;
    let ids = |snapshot: &Snapshot| -> Vec<String> {
        let keys = &snapshot.realms["default"].keys;
        keys.iter().map(|key| key.signer.key_id().to_owned()).collect()
    };
    let first = ids(&world.snapshot());
    let again = opened(Arc::clone(&world.store), 1).await.unwrap();
    assert_eq!(ids(&again.snapshot()), first);
    again.apply(GOOD).await.unwrap();
    assert_eq!(ids(&again.snapshot()), first);
}

#[tokio::test]
async fn another_sealing_key_opens_no_registry() {
    let world = world().await;
    let failed = opened(Arc::clone(&world.store), 2).await.err().unwrap();
    let OpenFailure::Key { realm, why, .. } = &failed else { panic!("{failed:?}") };
    assert_eq!(realm, "default");
    assert!(why.to_string().starts_with("sealed under key "), "{why}");
}

#[tokio::test]
async fn a_body_of_a_later_version_opens_no_registry() {
    let world = world().await;
    for object in world.store.held.lock().unwrap().objects.values_mut() {
        if object.key.kind == "endpoint" {
            object.body = object.body.replace("\"schema\":1", "\"schema\":2");
        }
    }
    let failed = opened(Arc::clone(&world.store), 1).await.err().unwrap();
    let OpenFailure::Objects(mistakes) = &failed else { panic!("{failed:?}") };
    assert_eq!(
        mistakes[0].to_string(),
        "file:a.toml: endpoint `token`: the stored object cannot be read: written by a later \
         version (schema 2); run the version that wrote it, or put the object again"
    );
}

#[tokio::test]
async fn a_conflict_is_tried_again_on_what_is_stored_now() {
    let world = world().await;
    let other = opened(Arc::clone(&world.store), 1).await.unwrap();
    let party =
        |id: &str| with(&format!("[[relying_party]]\nid = \"{id}\"\ntoken_types = [\"jwt\"]\n"));
    other.apply(&party("urn:b")).await.unwrap();
    let applied = world.apply(&party("urn:c")).await.unwrap();
    assert_eq!(applied.revision, 3);
    let parties = world.snapshot().realms["default"].parties.clone();
    assert!(parties.contains_key("urn:b") && parties.contains_key("urn:c"));
}

#[tokio::test]
async fn a_store_that_does_not_answer_leaves_everything_as_it_was() {
    let world = world().await;
    let what = NotAvailable { retry_after: Duration::from_secs(1), what: "disk".to_owned() };
    world.store.refuse_once(ApplyFailure::Unavailable(what.clone()));
    let more = with("[[relying_party]]\nid = \"urn:b\"\ntoken_types = [\"jwt\"]\n");
    assert_eq!(world.apply(&more).await, Err(ApplyError::Unavailable(what)));
    assert_eq!(world.snapshot().revision, 1);
    assert_eq!(world.apply(&more).await.unwrap().revision, 2);
}

#[tokio::test]
async fn a_relying_party_whose_algorithm_has_no_active_key_is_refused() {
    let world = world().await;
    for object in world.store.held.lock().unwrap().objects.values_mut() {
        object.body = object.body.replace("\"state\":\"active\"", "\"state\":\"retired\"");
    }
    let failed = opened(Arc::clone(&world.store), 1).await.err().unwrap();
    let OpenFailure::Objects(mistakes) = &failed else { panic!("{failed:?}") };
    let told: Vec<_> = mistakes.iter().map(ToString::to_string).collect();
    assert!(told[0].contains("realm `default` has no active key for RsaSha256"), "{told:?}");
    assert!(told[1].contains("realm `default` has no active key for EcdsaSha256"), "{told:?}");
}

#[tokio::test]
async fn an_issuer_of_the_realms_own_name_is_refused() {
    let world = world().await;
    let jwk = r#"{"kty":"EC","crv":"P-256","kid":"k","x":"axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY","y":"T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"}"#;
    let mut world = world;
    world.secrets.files.insert("key.jwk", jwk.to_owned());
    let issuer = |name: &str, algorithm: &str| {
        with(&format!(
            "[[issuer]]\nname = \"{name}\"\ntoken_types = [\"jwt\"]\n\
             keys = [{{ jwk_file = \"key.jwk\"{algorithm} }}]\n"
        ))
    };
    let own = world.mistakes(&issuer("https://sts.example", "")).await;
    assert!(own[0].contains("`https://sts.example` is the name of this realm itself"), "{own:?}");
    let wrong = world.mistakes(&issuer("https://o", ", algorithm = \"rsa-sha256\"")).await;
    assert!(wrong[0].contains("a key of this kind does not sign with \"rsa-sha256\""), "{wrong:?}");
    world.apply(&issuer("https://o", "")).await.unwrap();
    let snapshot = world.snapshot();
    let key = &snapshot.realms["default"].issuers["https://o"].keys[0];
    assert_eq!(key.id.as_ref().unwrap().as_str(), "k");
}
