//! A reading thread with a connection of its own: look-ups never wait for the writer, tasks never for the disk.

use std::io;

use rusqlite::Connection;
use symbolon_kernel::ports::NotAvailable;
use symbolon_model::Timestamp;
use tokio::sync::oneshot;

use super::worker::Worker;
use super::{gone, not_available};

/// LIMIT: look-ups that may wait; at some 20 µs each, 20 ms.
const QUEUE: usize = 1024;

/// LIMIT: replay keys forgotten in one transaction: about 2 ms, for which exchanges wait.
const BATCH: usize = 500;

type Question = Box<dyn FnOnce(&Connection) + Send>;

pub(super) struct Reader(Worker<Question>);

impl Reader {
    pub(super) fn start(name: &str, connection: Connection) -> io::Result<Self> {
        let run = move |questions: std::sync::mpsc::Receiver<Question>| {
            for question in questions {
                question(&connection);
            }
        };
        Worker::start(name, QUEUE, run).map(Self)
    }

    pub(super) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, NotAvailable> {
        let (reply, answer) = oneshot::channel();
        self.0.put(Box::new(move |connection| {
            let _ = reply.send(question(connection));
        }))?;
        let answered = answer.await.map_err(|_| gone())?;
        answered.map_err(|error| not_available(format!("store: {error}")))
    }
}

/// The next replay keys after one whose time is over.
pub(super) fn expired(
    connection: &Connection,
    after: &[u8],
    now: Timestamp,
) -> rusqlite::Result<Vec<Vec<u8>>> {
    let mut query = connection.prepare_cached(
        "SELECT key FROM replay WHERE key > ?1 AND until <= ?2 ORDER BY key LIMIT ?3",
    )?;
    let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
    query.query_map((after, now.millis(), limit), |row| row.get(0))?.collect()
}
