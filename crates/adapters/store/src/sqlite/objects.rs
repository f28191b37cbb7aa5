//! Objects and accounts as rows.
//!
//! In:  a change that the registry has checked.
//! Out: rows; on reading, the rows as they were written.
//! Never: writes a change that was made against another revision.

use rusqlite::types::{FromSqlError, Type};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};
use symbolon_kernel::ports::AccountRecord;
use symbolon_model::{AccountName, RealmId};
use symbolon_registry::store::{ObjectKey, Stored, StoredAccount, StoredChange, StoredObject};

use crate::schema::{self, REVISION};

/// Our numbers count from 0 and are far below 2^63.
pub(super) fn integer(natural: u64) -> i64 {
    i64::try_from(natural).unwrap_or(i64::MAX)
}

/// A negative number in the database is nobody's: 0 makes the chain, or the revision, not fit.
pub(super) fn natural(integer: i64) -> u64 {
    u64::try_from(integer).unwrap_or(0)
}

/// Writes the change; `false` where it was made against another state, and nothing may be kept.
pub(super) fn apply(
    transaction: &Transaction<'_>,
    change: &StoredChange,
) -> rusqlite::Result<bool> {
    if revision(transaction)? != change.from_revision {
        return Ok(false);
    }
    for object in &change.put {
        if !put(transaction, object)? {
            return Ok(false);
        }
    }
    let mut remove = transaction
        .prepare_cached("DELETE FROM object WHERE realm = ?1 AND kind = ?2 AND id = ?3")?;
    for key in &change.remove {
        remove.execute((&key.realm, &key.kind, &key.id))?;
    }
    for (realm, account) in &change.put_accounts {
        put_account(transaction, realm, account)?;
    }
    let mut remove =
        transaction.prepare_cached("DELETE FROM account WHERE realm = ?1 AND name = ?2")?;
    for (realm, name) in &change.remove_accounts {
        remove.execute((realm.as_str(), name.as_str()))?;
    }
    schema::set(transaction, REVISION, &change.from_revision.saturating_add(1).to_string())?;
    Ok(true)
}

/// Writes an object whose version is above the stored one's; `false` where it is not.
fn put(transaction: &Transaction<'_>, object: &StoredObject) -> rusqlite::Result<bool> {
    let mut put = transaction.prepare_cached(
        "INSERT INTO object(realm, kind, id, version, origin, body) VALUES(?1, ?2, ?3, ?4, ?5, ?6) \
         ON CONFLICT(realm, kind, id) DO UPDATE \
         SET version = excluded.version, origin = excluded.origin, body = excluded.body \
         WHERE excluded.version > object.version",
    )?;
    let ObjectKey { realm, kind, id } = &object.key;
    let version = integer(object.version);
    Ok(put.execute((realm, kind, id, version, &object.origin, &object.body))? == 1)
}

fn put_account(
    transaction: &Transaction<'_>,
    realm: &RealmId,
    account: &StoredAccount,
) -> rusqlite::Result<()> {
    let body = serde_json::to_string(&account.record)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    let mut put = transaction.prepare_cached(
        "INSERT INTO account(realm, name, origin, body) VALUES(?1, ?2, ?3, ?4) \
         ON CONFLICT(realm, name) DO UPDATE SET origin = excluded.origin, body = excluded.body",
    )?;
    put.execute((realm.as_str(), account.record.name.as_str(), &account.origin, body))?;
    Ok(())
}

/// Revision and objects, as one state.
pub(super) fn load(connection: &Connection) -> rusqlite::Result<Stored> {
    let transaction = connection.unchecked_transaction()?;
    let revision = revision(&transaction)?;
    let mut query = transaction.prepare_cached(
        "SELECT realm, kind, id, version, origin, body FROM object ORDER BY realm, kind, id",
    )?;
    let objects = query.query_map([], object)?.collect::<rusqlite::Result<_>>()?;
    Ok(Stored { revision, objects })
}

fn object(row: &Row<'_>) -> rusqlite::Result<StoredObject> {
    let key = ObjectKey { realm: row.get(0)?, kind: row.get(1)?, id: row.get(2)? };
    let version = natural(row.get(3)?);
    Ok(StoredObject { key, version, origin: row.get(4)?, body: row.get(5)? })
}

fn revision(connection: &Connection) -> rusqlite::Result<u64> {
    match schema::get(connection, REVISION)? {
        None => Ok(0),
        Some(text) => text.parse().map_err(|_| FromSqlError::InvalidType.into()),
    }
}

/// One account, by its key.
pub(super) fn account(
    connection: &Connection,
    realm: &RealmId,
    name: &AccountName,
) -> rusqlite::Result<Option<AccountRecord>> {
    let mut query =
        connection.prepare_cached("SELECT body FROM account WHERE realm = ?1 AND name = ?2")?;
    query.query_row((realm.as_str(), name.as_str()), |row| record(row, 0)).optional()
}

/// The accounts of a realm, or those of one origin.
pub(super) fn accounts(
    connection: &Connection,
    realm: &RealmId,
    origin: Option<&str>,
) -> rusqlite::Result<Vec<StoredAccount>> {
    let read = |row: &Row<'_>| Ok(StoredAccount { origin: row.get(0)?, record: record(row, 1)? });
    match origin {
        Some(origin) => connection
            .prepare_cached(
                "SELECT origin, body FROM account WHERE realm = ?1 AND origin = ?2 ORDER BY name",
            )?
            .query_map((realm.as_str(), origin), read)?
            .collect(),
        None => connection
            .prepare_cached("SELECT origin, body FROM account WHERE realm = ?1 ORDER BY name")?
            .query_map([realm.as_str()], read)?
            .collect(),
    }
}

fn record(row: &Row<'_>, column: usize) -> rusqlite::Result<AccountRecord> {
    let body = row.get_ref(column)?.as_str()?;
    serde_json::from_str(body).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, error.into())
    })
}
