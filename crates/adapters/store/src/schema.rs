//! The schema, and how a database of an earlier version becomes one of this version.
//!
//! In:  a connection to a database that is ours or empty.
//! Out: a database of the newest version, with a node id of its own.
//! Never: touches a database that is newer than we are.
//!
//! A change is three releases: expand (add, write both), migrate (fill), contract (drop). Version N runs beside N+1, so that a
//! version only ever adds to the one before or drops what that one no longer uses.

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

use crate::sqlite::OpenFailure;

/// Every version in order. A released step is never edited.
const MIGRATIONS: &[(i64, &str)] = &[(1, V1)];

/// The newest version.
const KNOWN: i64 = 1;

/// `replay` has no index on `until`: it would cost every exchange what only the purge needs.
/// `audit.seq` is the rowid: the chain has no gaps and one node, so that appending touches one page.
/// `audit.first` is set for coalesced refusals alone.
const V1: &str = "
CREATE TABLE replay(
  key BLOB PRIMARY KEY,
  until INTEGER NOT NULL
) WITHOUT ROWID, STRICT;

CREATE TABLE audit(
  seq INTEGER PRIMARY KEY,
  node TEXT NOT NULL,
  prev BLOB NOT NULL,
  hash BLOB NOT NULL,
  request TEXT NOT NULL,
  first TEXT,
  at INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX audit_request ON audit(request);
CREATE INDEX audit_first ON audit(first) WHERE first IS NOT NULL;

CREATE TABLE object(
  realm TEXT NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  origin TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (realm, kind, id)
) STRICT;

CREATE TABLE account(
  realm TEXT NOT NULL,
  name TEXT NOT NULL,
  origin TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (realm, name)
) STRICT;
CREATE INDEX account_origin ON account(realm, origin);
";

/// Names in `meta`.
const SCHEMA: &str = "schema";
const NODE: &str = "node";
pub(crate) const REVISION: &str = "revision";

/// Brings the database to the newest version, each step and its number as one transaction.
pub(crate) fn migrate(connection: &mut Connection) -> Result<(), OpenFailure> {
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT",
    )?;
    let found = known_version(connection)?;
    for (version, sql) in MIGRATIONS.iter().filter(|(version, _)| *version > found) {
        let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        step.execute_batch(sql)?;
        set(&step, SCHEMA, &version.to_string())?;
        step.commit()?;
    }
    Ok(())
}

/// The version of a database that we may read.
pub(crate) fn known_version(connection: &Connection) -> Result<i64, OpenFailure> {
    let Some(text) = get(connection, SCHEMA)? else { return Ok(0) };
    match text.parse() {
        Ok(found) if found <= KNOWN => Ok(found),
        _ => Err(OpenFailure::Newer { found: text, known: KNOWN }),
    }
}

/// The node's id, which is made once.
pub(crate) fn node(connection: &Connection, fresh: &str) -> rusqlite::Result<String> {
    connection.execute(
        "INSERT INTO meta(name, value) VALUES(?1, ?2) ON CONFLICT DO NOTHING",
        params![NODE, fresh],
    )?;
    Ok(known_node(connection)?.unwrap_or_default())
}

/// The node's id, where it was made.
pub(crate) fn known_node(connection: &Connection) -> rusqlite::Result<Option<String>> {
    get(connection, NODE)
}

pub(crate) fn get(connection: &Connection, name: &str) -> rusqlite::Result<Option<String>> {
    let mut query = connection.prepare_cached("SELECT value FROM meta WHERE name = ?1")?;
    query.query_row([name], |row| row.get(0)).optional()
}

pub(crate) fn set(transaction: &Transaction<'_>, name: &str, value: &str) -> rusqlite::Result<()> {
    transaction.execute(
        "INSERT INTO meta(name, value) VALUES(?1, ?2) ON CONFLICT(name) DO UPDATE SET value = ?2",
        params![name, value],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_schema_is_refused_and_left_alone() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        connection.execute("UPDATE meta SET value = '2' WHERE name = 'schema'", []).unwrap();
        let refused = migrate(&mut connection).unwrap_err();
        assert!(matches!(refused, OpenFailure::Newer { known: 1, .. }), "{refused}");
        assert_eq!(get(&connection, SCHEMA).unwrap().as_deref(), Some("2"));
    }

    #[test]
    fn a_schema_number_that_is_no_number_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        connection.execute("UPDATE meta SET value = 'x' WHERE name = 'schema'", []).unwrap();
        assert!(migrate(&mut connection).is_err());
    }

    #[test]
    fn migrating_twice_changes_nothing() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        migrate(&mut connection).unwrap();
        assert_eq!(known_version(&connection).unwrap(), KNOWN);
    }

    #[test]
    fn the_newest_version_is_the_last_of_the_list() {
        assert!(MIGRATIONS.is_sorted_by_key(|(version, _)| *version));
        assert_eq!(MIGRATIONS.last().map(|(version, _)| *version), Some(KNOWN));
    }

    #[test]
    fn a_node_keeps_the_id_that_it_was_first_given() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        assert_eq!(node(&connection, "one").unwrap(), "one");
        assert_eq!(node(&connection, "two").unwrap(), "one");
    }
}
