//! What is asked for, in words that every protocol decodes into.

use symbolon_model::{ClaimName, PartyId, Timestamp, TokenType};

use crate::evidence::Credential;

/// One operation of the service.
#[derive(Debug)]
pub enum Operation {
    /// Issue tokens: one wish, or a batch.
    Issue(Vec<Wish>),
}

impl Operation {
    /// Its name in audit, logs and metrics.
    pub const fn name(&self) -> &'static str {
        match self {
            Operation::Issue(_) => "issue",
        }
    }
}

/// One wanted token.
#[derive(Debug)]
pub struct Wish {
    /// The OAuth grant by which it is asked, by its URI; a client needs it in its object.
    pub grant: Option<String>,
    /// For whom.
    pub target: Target,
    /// About whom.
    pub subject: SubjectWish,
    /// Of which type; `None`: the relying party's default.
    pub token_type: Option<TokenType>,
    /// With which key.
    pub key: KeyWish,
    /// Claims that it is to hold.
    pub claims: Vec<ClaimWish>,
    /// OAuth scope, each value once.
    pub scopes: Vec<String>,
    /// From when until when; `None`: as long as the relying party's object allows.
    pub lifetime: Option<LifetimeWish>,
}

/// For whom a token is wanted.
#[derive(Debug)]
pub enum Target {
    /// For these; at least one.
    Named(Vec<AppliesTo>),
}

/// One name that the requestor gave.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AppliesTo(pub PartyId);

/// About whom a token is wanted.
#[derive(Debug)]
pub enum SubjectWish {
    /// About the requestor.
    Requestor,
    /// About the subject of this token, as if that subject asked.
    Impersonate(Box<Credential>),
    /// The same, where the token is the grant itself (RFC 7521 §4.1).
    Asserted(Box<Credential>),
}

/// What confirms the token's bearer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyWish {
    /// Nothing: whoever bears it.
    Bearer,
}

/// A wanted claim.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClaimWish {
    /// Its name, as the relying party's object spells it.
    pub name: ClaimName,
    /// The value that must be among its values, if one was named.
    pub value: Option<String>,
    /// Whether a token without it is of no use. Wishes narrow nothing: what the party is told, it is told unasked.
    pub required: bool,
}

/// The wanted lifetime; either end may be left to us.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LifetimeWish {
    /// From when.
    pub from: Option<Timestamp>,
    /// Until when.
    pub until: Option<Timestamp>,
}
