//! Events, changes and a look at what a store holds, in one line each.

use symbolon_kernel::Cause;
use symbolon_kernel::audit::{Event, Outcome, VERSION};
use symbolon_kernel::ports::{AccountRecord, Condition, PasswordHash, Writes};
use symbolon_model::{Claims, RequestId, Timestamp};
use symbolon_registry::store::{ObjectKey, StoredAccount, StoredChange, StoredObject};

/// A request id: ordered by `n` as real ones are by time.
pub(crate) fn request(n: u64) -> RequestId {
    RequestId::new(format!("r{n:09}"))
}

/// A refusal, from one source, for one cause.
pub(crate) fn refusal(n: u64) -> Event {
    Event {
        version: VERSION,
        request: request(n),
        at: Timestamp::from_seconds(1_000),
        realm: "main".into(),
        endpoint: "usernamemixed".into(),
        protocol: "wstrust".into(),
        source: Some("192.0.2.1".into()),
        revision: 1,
        requestor: None,
        proven: Vec::new(),
        tolerances: Vec::new(),
        replay_protected: false,
        outcome: Outcome::Refused {
            cause: Cause::Unauthenticated,
            detail: format!("no account {n}"),
            rule: None,
        },
    }
}

/// What an exchange writes that showed these keys, accepted until second 2000.
pub(crate) fn exchange(n: u64, keys: &[u8]) -> Writes {
    let until = Timestamp::from_seconds(2_000);
    let unseen = |key: &u8| Condition::Unseen { key: [*key; 32], until };
    Writes { conditions: keys.iter().map(unseen).collect(), event: refusal(n) }
}

/// A change that writes nothing but its event and the revision.
pub(crate) fn change(from_revision: u64) -> StoredChange {
    StoredChange {
        from_revision,
        put: Vec::new(),
        remove: Vec::new(),
        put_accounts: Vec::new(),
        remove_accounts: Vec::new(),
        event: refusal(900_000_u64.saturating_add(from_revision)),
    }
}

fn key(id: &str) -> ObjectKey {
    ObjectKey { realm: "main".to_owned(), kind: "relying_party".to_owned(), id: id.to_owned() }
}

pub(crate) fn object(id: &str, version: u64) -> StoredObject {
    let body = format!("{{\"version\":{version}}}");
    StoredObject { key: key(id), version, origin: "file:a.toml".to_owned(), body }
}

pub(crate) fn account(name: &str, origin: &str) -> StoredAccount {
    let record = AccountRecord {
        name: name.into(),
        enabled: true,
        password: PasswordHash::new("$argon2id$"),
        attributes: Claims::none(),
        shared: None,
    };
    StoredAccount { origin: origin.to_owned(), record }
}
