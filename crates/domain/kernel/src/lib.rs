//! The kernel: who asks, for what, whether they may, and the token they get. One kernel, many wires.
//!
//! In:  an [`Operation`] and the [`Evidence`] that a protocol opened, on an [`Endpoint`], at an [`Arrival`].
//! Out: an [`Answer`], which only [`Exchange::commit`] makes.
//! Never: I/O of its own, a clock, a protocol's words, a lock across await. Its outside needs are the traits in [`ports`].
//!
//! Read [`exchange`] first; then the files in the order in which it calls them: `authn`, `decide`, `mint`.

pub mod audit;
mod authn;
mod decide;
mod evidence;
pub mod exchange;
mod mint;
mod operation;
pub mod ports;
mod refusal;
mod reply;
pub mod snapshot;

pub use authn::{Holder, Requestor, VerifiedToken};
pub use decide::{BuiltInRules, Permit};
pub use evidence::{ClientReading, Credential, Evidence, FoundKey, KeyHint, Presented};
pub use exchange::{
    Answer, Arrival, Authentication, Challenge, Endpoint, Exchange, Kernel, Outcome, Ports,
    Recorded,
};
pub use mint::Minted;
pub use operation::{
    AppliesTo, ClaimWish, KeyWish, LifetimeWish, Operation, SubjectWish, Target, Wish,
};
pub use refusal::{Cause, Detail, Refusal, Role, TokenFlaw};
pub use reply::{Reply, Summary};
