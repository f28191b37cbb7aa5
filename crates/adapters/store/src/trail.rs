//! Reading the audit trail again: to list it, to explain one request, to verify the chain.

use symbolon_kernel::audit::Event;
use symbolon_model::{RequestId, Timestamp};

use crate::chain::Verification;

/// A readable audit trail. Every method may take as long as the trail is long: not for the path of a request.
pub trait Trail {
    /// The newest events of a range, in the order in which they were written.
    ///
    /// # Errors
    /// [`TrailFailure`] where the store cannot be read.
    fn events(&self, range: &Range) -> Result<Vec<Entry>, TrailFailure>;

    /// The event of a request. Where there is none of its own: every group of coalesced refusals that it may lie in (several
    /// groups of different causes or sources may cover the same moment). Empty: nothing is known of that request.
    ///
    /// # Errors
    /// [`TrailFailure`] where the store cannot be read.
    fn find(&self, request: &RequestId) -> Result<Vec<Entry>, TrailFailure>;

    /// Reads the whole chain and says whether it holds.
    ///
    /// # Errors
    /// [`TrailFailure`] where the store cannot be read; a chain that does not hold is an answer.
    fn verify(&self) -> Result<Verification, TrailFailure>;
}

/// Which events to list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Range {
    /// Only requests that arrived then or later.
    pub since: Option<Timestamp>,
    /// Only requests that arrived before.
    pub until: Option<Timestamp>,
    /// Only events written before this one: the first of the last page, to page backwards.
    pub before: Option<u64>,
    /// At most so many; the newest win.
    pub newest: usize,
}

impl Range {
    /// The newest events, whenever they arrived.
    pub const fn newest(newest: usize) -> Self {
        Self { since: None, until: None, before: None, newest }
    }

    pub(crate) fn holds(&self, seq: u64, at: i64) -> bool {
        self.since.is_none_or(|since| at >= since.millis())
            && self.until.is_none_or(|until| at < until.millis())
            && self.before.is_none_or(|before| seq < before)
    }
}

/// One event of the trail.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// The node that wrote it.
    pub node: String,
    /// Its place in the node's chain, from 1.
    pub seq: u64,
    /// The event as JSON, octet by octet as the chain protects it.
    pub body: String,
}

impl Entry {
    /// The event.
    ///
    /// # Errors
    /// Where the text is not an event of a version that we know.
    pub fn event(&self) -> Result<Event, serde_json::Error> {
        serde_json::from_str(&self.body)
    }
}

/// The trail cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the audit trail cannot be read: {0}")]
pub struct TrailFailure(pub(crate) String);

impl From<rusqlite::Error> for TrailFailure {
    fn from(error: rusqlite::Error) -> Self {
        Self(error.to_string())
    }
}
