//! What a SQLite store holds, read by another process while the server writes, or after it has ended.
//!
//! In:  the store's file.
//! Out: objects and accounts, as they are now.
//! Never: writes, locks, or makes a file that is not there.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rusqlite::Connection;
use symbolon_kernel::ports::{AccountRecord, AccountRecords, BoxFuture, NotAvailable};
use symbolon_model::{AccountName, RealmId};
use symbolon_registry::store::{ApplyFailure, ObjectStore, Stored, StoredAccount, StoredChange};

use super::{Access, OpenFailure, connect, not_available, objects, refused};
use crate::schema;

/// A SQLite store's objects and accounts, opened for reading only.
#[derive(Debug)]
pub struct SqliteContents(Mutex<Connection>);

impl SqliteContents {
    /// Opens what the store in that file holds.
    ///
    /// # Errors
    /// [`OpenFailure::Absent`] where no store is there, [`OpenFailure::Newer`] where it is not ours to read.
    pub fn open(path: &Path) -> Result<Self, OpenFailure> {
        let absent = || OpenFailure::Absent(PathBuf::from(path));
        if !path.is_file() {
            return Err(absent());
        }
        let connection = connect(path, Access::Read)?;
        if !connection.table_exists(None, "meta")? || schema::known_version(&connection)? == 0 {
            return Err(absent());
        }
        Ok(Self(Mutex::new(connection)))
    }

    /// Revision and objects, as one state.
    ///
    /// # Errors
    /// [`NotAvailable`] where the file cannot be read.
    pub fn stored(&self) -> Result<Stored, NotAvailable> {
        self.ask(objects::load)
    }

    /// The accounts of a realm, by name.
    ///
    /// # Errors
    /// [`NotAvailable`] where the file cannot be read.
    pub fn accounts_of(&self, realm: &RealmId) -> Result<Vec<StoredAccount>, NotAvailable> {
        self.ask(|connection| objects::accounts(connection, realm, None))
    }

    fn ask<T>(
        &self,
        question: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, NotAvailable> {
        let connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        question(&connection).map_err(|error| not_available(format!("store: {error}")))
    }
}

impl AccountRecords for SqliteContents {
    fn find<'a>(
        &'a self,
        realm: &'a RealmId,
        name: &'a AccountName,
    ) -> BoxFuture<'a, Result<Option<AccountRecord>, NotAvailable>> {
        Box::pin(async { self.ask(|connection| objects::account(connection, realm, name)) })
    }

    fn generation(&self) -> u64 {
        0 // nobody keeps this open for as long as something may change
    }
}

impl ObjectStore for SqliteContents {
    fn load(&self) -> BoxFuture<'_, Result<Stored, NotAvailable>> {
        Box::pin(async { self.stored() })
    }

    fn apply(&self, _: StoredChange) -> BoxFuture<'_, Result<(), ApplyFailure>> {
        Box::pin(async { Err(refused("store: opened for reading only".to_owned())) })
    }

    fn accounts<'a>(
        &'a self,
        realm: &'a RealmId,
        origin: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Vec<StoredAccount>, NotAvailable>> {
        Box::pin(async move { self.ask(|c| objects::accounts(c, realm, origin)) })
    }
}
