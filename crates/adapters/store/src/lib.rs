//! The store: where exchanges become durable, objects and accounts are kept, and the audit trail is read.
//!
//! In:  [`Writes`](symbolon_kernel::ports::Writes) of exchanges, refusals of strangers, checked changes of the registry.
//! Out: an answer once it is durable; accounts by key; every object at start; the audit trail, chained and verifiable.
//! Never: acknowledges before the disk did, decides what an event means, or lets a stranger wait for the disk.
//!
//! Two stores pass one suite (`tests/contract.rs`): [`MemoryStore`] and [`SqliteStore`].
//!
//! Read in the order in which an exchange meets them: `sqlite` (the ports), `sqlite/writer` (the group commit), `chain` (the
//! hash chain), `strangers` (refusals that nobody waits for), `trail` (reading it all again).

mod chain;
mod clock;
mod memory;
mod observer;
mod schema;
mod sqlite;
mod strangers;
mod trail;

pub use chain::{LinkFlaw, Verification};
pub use memory::MemoryStore;
pub use observer::{Observer, Unobserved};
pub use sqlite::{BeforeCommit, OpenFailure, Options, SqliteContents, SqliteStore, SqliteTrail};
pub use trail::{Entry, Range, Trail, TrailFailure};
