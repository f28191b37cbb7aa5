//! The hash chain of the audit trail: every row names the hash of the row before it.
//!
//! In:  an event, serialised once by whoever commits it.
//! Out: its link: sequence number, the hash before, its own hash. On reading: whether the whole chain still holds.
//! Never: orders events by their clock; the chain's order is the order of commit.
//!
//! A row that is changed, moved, inserted or removed breaks the chain at its place. Rows cut off at the end do not: only
//! somebody who remembers the head sees that, which is why [`Verification`] names it.

use std::sync::Arc;

use symbolon_kernel::audit::{Event, Outcome};
use symbolon_keys::sha256;
use symbolon_model::RequestId;

pub(crate) type Hash = [u8; 32];

/// An event ready to be chained.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) request: RequestId,
    /// The first request of a group of coalesced refusals.
    pub(crate) first: Option<RequestId>,
    pub(crate) at: i64,
    /// The event as JSON: these octets are what the chain protects.
    pub(crate) body: String,
}

impl Row {
    pub(crate) fn new(event: &Event) -> Result<Self, serde_json::Error> {
        let body = serde_json::to_string(event)?;
        Ok(Self {
            request: event.request.clone(),
            first: first_of(event),
            at: event.at.millis(),
            body,
        })
    }
}

fn first_of(event: &Event) -> Option<RequestId> {
    match &event.outcome {
        Outcome::Coalesced { first, .. } => Some(first.clone()),
        Outcome::Issued { .. } | Outcome::Refused { .. } | Outcome::Changed { .. } => None,
    }
}

/// A row's place in the chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Link {
    pub(crate) seq: u64,
    pub(crate) prev: Hash,
    pub(crate) hash: Hash,
}

/// A chained row as it was stored.
#[derive(Clone, Debug)]
pub(crate) struct Chained {
    pub(crate) node: Arc<str>,
    pub(crate) link: Link,
    pub(crate) row: Row,
}

/// Where a node's chain ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Head {
    pub(crate) node: Arc<str>,
    pub(crate) seq: u64,
    pub(crate) hash: Hash,
}

impl Head {
    /// Before the first event. The chain hangs on the node's name: no row fits into another node's chain.
    pub(crate) fn genesis(node: Arc<str>) -> Self {
        let hash = sha256(node.as_bytes());
        Self { node, seq: 0, hash }
    }

    /// The link of the next event; the head moves on to it.
    pub(crate) fn append(&mut self, body: &str) -> Link {
        let seq = self.seq.saturating_add(1);
        let link = Link { seq, prev: self.hash, hash: hash(&self.hash, seq, body) };
        (self.seq, self.hash) = (seq, link.hash);
        link
    }
}

/// SHA-256(prev ‖ seq, 64 bits big-endian ‖ body).
fn hash(prev: &Hash, seq: u64, body: &str) -> Hash {
    let mut octets = Vec::with_capacity(prev.len().saturating_add(8).saturating_add(body.len()));
    octets.extend_from_slice(prev);
    octets.extend_from_slice(&seq.to_be_bytes());
    octets.extend_from_slice(body.as_bytes());
    sha256(&octets)
}

/// What reading the whole chain showed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verification {
    /// Every link holds.
    Intact {
        /// The node that wrote the chain.
        node: String,
        /// How many events it holds.
        events: u64,
        /// The hash of the last: compare it with one that was kept elsewhere to see that nothing was cut off.
        head: [u8; 32],
    },
    /// A link does not hold: what comes after it proves nothing.
    Broken {
        /// The node that wrote the chain.
        node: String,
        /// The first event that does not hold.
        seq: u64,
        /// What is wrong with it.
        flaw: LinkFlaw,
    },
}

/// What is wrong with a link.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum LinkFlaw {
    /// Events before it are missing.
    #[error("events before it are missing")]
    Missing,
    /// It was written by another node.
    #[error("it belongs to another node")]
    Foreign,
    /// It does not name the event before it.
    #[error("it does not follow the event before it")]
    Unlinked,
    /// Its text or its number was changed.
    #[error("its text was changed")]
    Changed,
    /// What it is found by does not agree with its text.
    #[error("what it is found by does not agree with its text")]
    Mislabelled,
}

/// Reads a chain from its beginning.
pub(crate) struct Verifier(Head);

impl Verifier {
    pub(crate) fn new(node: Arc<str>) -> Self {
        Self(Head::genesis(node))
    }

    /// The last sequence number that holds.
    pub(crate) fn seq(&self) -> u64 {
        self.0.seq
    }

    pub(crate) fn check(&mut self, stored: &Chained) -> Result<(), LinkFlaw> {
        let expected = self.0.append(&stored.row.body);
        if stored.link.seq != expected.seq {
            return Err(LinkFlaw::Missing);
        }
        if stored.node != self.0.node {
            return Err(LinkFlaw::Foreign);
        }
        if stored.link.prev != expected.prev {
            return Err(LinkFlaw::Unlinked);
        }
        if stored.link.hash != expected.hash {
            return Err(LinkFlaw::Changed);
        }
        if labels_agree(&stored.row) { Ok(()) } else { Err(LinkFlaw::Mislabelled) }
    }

    pub(crate) fn intact(self) -> Verification {
        let Head { node, seq, hash } = self.0;
        Verification::Intact { node: node.to_string(), events: seq, head: hash }
    }

    /// The verification that ends at a row with a flaw.
    pub(crate) fn broken(self, stored: &Chained, flaw: LinkFlaw) -> Verification {
        Verification::Broken { node: self.0.node.to_string(), seq: stored.link.seq, flaw }
    }
}

/// SECURITY: `explain` and `audit list` select rows by these columns; a changed column would hide an untouched event.
/// Test: `a_row_that_is_found_by_another_name_is_found_by_verify`.
fn labels_agree(row: &Row) -> bool {
    serde_json::from_str::<Event>(&row.body).is_ok_and(|event| {
        event.request == row.request && event.at.millis() == row.at && first_of(&event) == row.first
    })
}
