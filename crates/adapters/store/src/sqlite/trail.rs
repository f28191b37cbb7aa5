//! The audit trail of a SQLite store, read by another process while the server writes, or after it has ended.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Row as SqlRow;
use rusqlite::{Connection, params};
use symbolon_model::RequestId;

use super::objects::{integer, natural};
use super::{Access, OpenFailure, connect};
use crate::chain::{Chained, Link, Row, Verification, Verifier};
use crate::schema;
use crate::trail::{Entry, Range, Trail, TrailFailure};

/// LIMIT: rows verified in one read: a longer one would keep the writer from reusing its WAL.
const PAGE: i64 = 1000;

/// LIMIT: groups of one moment that may cover a request: more than [`crate::strangers`] can hold at once.
const GROUPS: i64 = 4096;

/// A SQLite store's audit trail, opened for reading only.
#[derive(Debug)]
pub struct SqliteTrail {
    connection: Connection,
    node: Arc<str>,
}

impl SqliteTrail {
    /// Opens the trail of the store in that file.
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
        let node = schema::known_node(&connection)?.ok_or_else(absent)?.into();
        Ok(Self { connection, node })
    }

    fn page(&self, after: u64) -> rusqlite::Result<Vec<Chained>> {
        let mut query = self.connection.prepare_cached(
            "SELECT seq, node, prev, hash, request, first, at, body FROM audit \
             WHERE seq > ?1 ORDER BY seq LIMIT ?2",
        )?;
        query.query_map((integer(after), PAGE), chained)?.collect()
    }
}

impl Trail for SqliteTrail {
    fn events(&self, range: &Range) -> Result<Vec<Entry>, TrailFailure> {
        let mut query = self.connection.prepare_cached(
            "SELECT seq, node, body FROM audit \
             WHERE seq < ?1 AND at >= ?2 AND at < ?3 ORDER BY seq DESC LIMIT ?4",
        )?;
        let before = range.before.map_or(i64::MAX, integer);
        let since = range.since.map_or(i64::MIN, |since| since.millis());
        let until = range.until.map_or(i64::MAX, |until| until.millis());
        let newest = i64::try_from(range.newest).unwrap_or(i64::MAX);
        let rows = query.query_map(params![before, since, until, newest], entry)?;
        let mut entries = rows.collect::<rusqlite::Result<Vec<_>>>()?;
        entries.reverse();
        Ok(entries)
    }

    fn find(&self, request: &RequestId) -> Result<Vec<Entry>, TrailFailure> {
        let mut own = self
            .connection
            .prepare_cached("SELECT seq, node, body FROM audit WHERE request = ?1 ORDER BY seq")?;
        let own: Vec<_> = own.query_map([request.as_str()], entry)?.collect::<Result<_, _>>()?;
        if !own.is_empty() {
            return Ok(own);
        }
        let mut groups = self.connection.prepare_cached(
            "SELECT seq, node, body FROM (SELECT * FROM audit WHERE first IS NOT NULL AND first <= ?1 \
             ORDER BY first DESC LIMIT ?2) WHERE request > ?1 ORDER BY seq",
        )?;
        let covering = groups.query_map((request.as_str(), GROUPS), entry)?;
        Ok(covering.collect::<Result<_, _>>()?)
    }

    fn verify(&self) -> Result<Verification, TrailFailure> {
        let mut verifier = Verifier::new(Arc::clone(&self.node));
        loop {
            let page = self.page(verifier.seq())?;
            if page.is_empty() {
                return Ok(verifier.intact());
            }
            for row in &page {
                if let Err(flaw) = verifier.check(row) {
                    return Ok(verifier.broken(row, flaw));
                }
            }
        }
    }
}

fn entry(row: &SqlRow<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry { seq: natural(row.get(0)?), node: row.get(1)?, body: row.get(2)? })
}

fn chained(row: &SqlRow<'_>) -> rusqlite::Result<Chained> {
    let link = Link { seq: natural(row.get(0)?), prev: row.get(2)?, hash: row.get(3)? };
    let text = |column: usize| row.get::<_, Option<String>>(column);
    let request = RequestId::new(row.get::<_, String>(4)?);
    let first = text(5)?.map(RequestId::new);
    let node: String = row.get(1)?;
    Ok(Chained {
        node: node.into(),
        link,
        row: Row { request, first, at: row.get(6)?, body: row.get(7)? },
    })
}
