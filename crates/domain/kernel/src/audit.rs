//! The audit event: what was asked, what was proven, what was decided and why. One exchange, one event.
//!
//! In:  what the stages of an exchange noted.
//! Out: a versioned, serialisable record. The store chains and keeps it; `symbolon explain` reads it.
//! Never: a secret, a password, a whole token.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use symbolon_model::{
    AccountName, ClientId, EndpointId, Lineage, PartyId, RealmId, RequestId, Timestamp, TokenId,
    TokenType,
};

use crate::refusal::Cause;
use crate::snapshot::Tolerance;

/// The version of the event's shape.
pub const VERSION: u16 = 1;

/// One event of the audit trail.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Event {
    /// [`VERSION`] of this shape.
    pub version: u16,
    /// The request that it is about.
    pub request: RequestId,
    /// When the request arrived.
    pub at: Timestamp,
    /// The realm.
    pub realm: RealmId,
    /// The endpoint.
    pub endpoint: EndpointId,
    /// The protocol.
    pub protocol: Cow<'static, str>,
    /// Where it came from, as far as the listener knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Arc<str>>,
    /// Revision of the snapshot that decided.
    pub revision: u64,
    /// Who asked, once proven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requestor: Option<Who>,
    /// What was proven, in order, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proven: Vec<String>,
    /// Tolerances that the request needed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tolerances: Vec<Tolerance>,
    /// Whether a copy of the request would be refused.
    pub replay_protected: bool,
    /// What came of it.
    pub outcome: Outcome,
}

/// Who asked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// An account of the realm.
    Account(AccountName),
    /// An OAuth client.
    Client(ClientId),
    /// The subject of a token of another issuer.
    Subject {
        /// The issuer.
        issuer: String,
        /// The subject's name there.
        name: String,
    },
}

/// What came of an exchange.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Tokens were issued. This is their ledger entry.
    Issued {
        /// The rule that allowed it.
        rule: String,
        /// Each token.
        tokens: Vec<Issued>,
    },
    /// Refused.
    Refused {
        /// Why, as the protocol tells it.
        cause: Cause,
        /// What exactly failed.
        detail: String,
        /// The rule that decided, where it was one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rule: Option<String>,
    },
    /// Objects were changed.
    Changed {
        /// Who changed them.
        administrator: String,
        /// What became of each, in words: `relying_party urn:rp:app changed`.
        changes: Vec<String>,
    },
    /// Several refusals of strangers for one cause, from one source, in one interval: coalesced.
    Coalesced {
        /// Why.
        cause: Cause,
        /// How many.
        count: u64,
        /// The first request of the group; the event's own request is the last.
        first: RequestId,
        /// What exactly failed with the first.
        detail: String,
    },
}

/// One issued token.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Issued {
    /// Its id.
    pub id: TokenId,
    /// Its type.
    pub token_type: TokenType,
    /// Whom it speaks about.
    pub subject: String,
    /// For whom it is meant.
    pub parties: Vec<PartyId>,
    /// Until when it holds.
    pub until: Timestamp,
    /// What it descends from.
    pub lineage: Lineage,
}
