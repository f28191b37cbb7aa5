//! Where objects are kept: the registry's own port, implemented by the store adapter.

use serde::{Deserialize, Serialize};
use symbolon_kernel::audit::Event;
use symbolon_kernel::ports::{AccountRecord, BoxFuture, NotAvailable};
use symbolon_model::{AccountName, RealmId};

/// Keeps objects, accounts and the revision; writes a whole change as one transaction.
pub trait ObjectStore: Send + Sync {
    /// Every object but the accounts, which are read by key and may be many, and the revision.
    ///
    /// # Errors
    /// [`NotAvailable`] where the store cannot answer.
    fn load(&self) -> BoxFuture<'_, Result<Stored, NotAvailable>>;

    /// Carries out a change: objects, accounts, audit event and revision together, or nothing.
    ///
    /// # Errors
    /// [`ApplyFailure`]; nothing was written.
    fn apply(&self, change: StoredChange) -> BoxFuture<'_, Result<(), ApplyFailure>>;

    /// The accounts of a realm that came from `origin`, for pruning and comparing. `None`: of every origin.
    ///
    /// # Errors
    /// [`NotAvailable`] where the store cannot answer.
    fn accounts<'a>(
        &'a self,
        realm: &'a RealmId,
        origin: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Vec<StoredAccount>, NotAvailable>>;
}

/// What the store holds.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Stored {
    /// Revision of the last change; 0 when there was none.
    pub revision: u64,
    /// Every object but accounts.
    pub objects: Vec<StoredObject>,
}

/// The name of an object: kind and id, in a realm (realms themselves stand in no realm: empty).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct ObjectKey {
    /// The realm; empty for realm objects.
    pub realm: String,
    /// `realm`, `endpoint`, `relying_party`, `issuer`, `client`, `key`.
    pub kind: String,
    /// Its id within kind and realm.
    pub id: String,
}

/// An object as it is stored.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct StoredObject {
    /// Its name.
    pub key: ObjectKey,
    /// Grows with every change to it; begins at 1.
    pub version: u64,
    /// Who made it: `file:NAME`, `console:WHO`, `server`.
    pub origin: String,
    /// The object itself, as JSON.
    pub body: String,
}

/// An account as it is stored, with where it came from.
#[derive(Clone, PartialEq, Debug)]
pub struct StoredAccount {
    /// Who made it.
    pub origin: String,
    /// The account.
    pub record: AccountRecord,
}

/// A whole change, checked by the registry.
#[derive(Clone, PartialEq, Debug)]
pub struct StoredChange {
    /// The revision it was made against; another one in the store is a conflict.
    pub from_revision: u64,
    /// Objects to write (versions already raised).
    pub put: Vec<StoredObject>,
    /// Objects to remove.
    pub remove: Vec<ObjectKey>,
    /// Accounts to write.
    pub put_accounts: Vec<(RealmId, StoredAccount)>,
    /// Accounts to remove.
    pub remove_accounts: Vec<(RealmId, AccountName)>,
    /// The audit event of the change.
    pub event: Event,
}

/// Why a change was not carried out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ApplyFailure {
    /// Somebody else changed the objects meanwhile.
    Conflict,
    /// The store cannot answer.
    Unavailable(NotAvailable),
}
