//! The words of the domain, in the order in which a request meets them.
//!
//! In:  nothing; this crate knows no other crate of ours.
//! Out: typed ids, secrets, time, token types, claims, proofs, and the names that logs, metrics and audit events use.
//! Never: I/O, policy, or the wording of one protocol.

mod claims;
mod ids;
mod proof;
mod secret;
pub mod signals;
mod time;
mod token;

pub use claims::{Claim, ClaimName, Claims};
pub use ids::{
    AccountName, ClientId, EndpointId, IssuerName, KeyId, Lineage, PartyId, RealmId, RequestId,
    TokenId,
};
pub use proof::{Confidential, Covered, KeyLabel, Once, Possession, Proof};
pub use secret::Secret;
pub use time::{Lifetime, NotATimeRange, Skew, Timestamp};
pub use token::{Authenticated, AuthenticationMethod, Confirmation, TokenBytes, TokenType};

/// What a key may be used for. One key has one purpose, in one realm.
pub mod purpose {
    /// Signs tokens; reachable from `mint` alone.
    #[derive(Debug)]
    pub enum Token {}
    /// Signs replies of a protocol.
    #[derive(Debug)]
    pub enum Message {}
    /// Signs metadata documents.
    #[derive(Debug)]
    pub enum Metadata {}
    /// Signs audit checkpoints.
    #[derive(Debug)]
    pub enum Audit {}
}
