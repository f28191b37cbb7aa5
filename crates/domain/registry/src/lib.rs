//! Objects, administrators and change sets: the one way into the state.
//!
//! In:  objects as somebody wrote them ([`mod@file`] reads TOML), and what the store holds.
//! Out: a [`Snapshot`](symbolon_kernel::snapshot::Snapshot) that was checked as a whole, published and durable; or every
//!      [`Mistake`] by file and line, and nothing changed.
//! Never: a disk, a clock or an environment variable: references are resolved by [`Secrets`], time is an argument.
//!
//! Files in the order in which a change flows: `file` → `changes` → `registry` → `plan` (with `resolve`) →
//! `compile` (with `convert`) → `checks` → `store`.

mod changes;
mod checks;
mod compile;
mod convert;
pub mod file;
pub mod keys;
mod mistake;
pub mod objects;
mod personality;
mod plan;
mod reference;
mod registry;
mod resolve;
pub mod store;
mod stored;

pub use changes::{
    Administrator, Applied, ApplyError, Change, ChangeSet, Mode, Origin, Stamp, What,
};
pub use convert::is_public_url;
pub use mistake::{Located, Mistake, Place};
pub use personality::Personality;
pub use registry::{OpenFailure, Parts, Publish, Registry};
pub use resolve::{Secrets, Unresolved};
