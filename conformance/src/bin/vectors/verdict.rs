//! What came of a check, held against what must come of it.
//!
//! In:  a row of the manifest, and what the product made of its file ([`Found`]).
//! Out: a [`Verdict`].
//! Never: takes a refusal for a good one whose cause is none of the reasons that the manifest lists.

use std::fmt;

use crate::corpus::{Expected, Row};
use crate::{exceptions, reasons};

/// What the product made of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Found {
    /// It took it. For whom it matters, what it made of it.
    Accepted(&'static str),
    /// It refused it.
    Refused(Cause),
}

/// Why the product refused a file: its own flaws, without what they hold.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Cause {
    // Parsing.
    Doctype,
    Instruction,
    Encoding,
    NotWellFormed,
    Limits,
    DuplicateId,
    // Keys.
    KeyKind,
    KeySize,
    NoKey,
    // Signatures.
    Unsigned,
    Structure,
    Unsupported,
    BadSignature,
    UnknownReference,
    BadDigest,
    NotCovered,
    // Encryption.
    Undecryptable,
}

/// What came of a check.
#[derive(PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    /// Accepted, as it must be.
    Passed,
    /// Refused, as it must be.
    Refused(Cause),
    /// As the vectors' README decides where the profile's text leaves it open.
    Policy(Found),
    /// Otherwise than the manifest says, for the reason given.
    Differs(Found, &'static str),
    /// Ours alone, to be held against the committed one.
    Pinned(String),
    /// What it is about is not there yet.
    Waits(&'static str),
    /// Not as it must be.
    Failed(String),
}

impl Cause {
    /// As the report and the pins say it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Doctype => "document type",
            Self::Instruction => "processing instruction",
            Self::Encoding => "XML declaration or encoding",
            Self::NotWellFormed => "not well-formed",
            Self::Limits => "beyond a limit",
            Self::DuplicateId => "an id twice",
            Self::KeyKind => "kind of key",
            Self::KeySize => "RSA key too short",
            Self::NoKey => "no key",
            Self::Unsigned => "not signed",
            Self::Structure => "structure",
            Self::Unsupported => "outside the profile",
            Self::BadSignature => "signature value",
            Self::UnknownReference => "dangling reference",
            Self::BadDigest => "digest",
            Self::NotCovered => "covers something else",
            Self::Undecryptable => "undecryptable",
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted(what) => write!(f, "accepted: {what}"),
            Self::Refused(cause) => write!(f, "refused: {cause}"),
        }
    }
}

/// Whether that is what the row wants; `text` is what its reasons must show in.
pub(crate) fn hold(row: &Row, found: Found, text: &str) -> Verdict {
    if let Some(exception) = exceptions::of(row) {
        return if found == exception.found {
            Verdict::Differs(found, exception.why)
        } else {
            Verdict::Failed(format!("{found}; {} is no more", exception.why))
        };
    }
    match (&row.expected, found) {
        (Expected::Accept, Found::Accepted(_)) => Verdict::Passed,
        // The vectors' README: an instruction is refused by the guard, whatever else the row says; so is an id that stands
        // twice, and an RSA key below 2048 bits, which the manifest does not always flag.
        (Expected::Accept | Expected::Refuse(_), Found::Refused(cause))
            if is_flagged(row, cause) =>
        {
            Verdict::Refused(cause)
        }
        (Expected::Accept | Expected::Refuse(_), found @ Found::Refused(Cause::KeySize)) => {
            Verdict::Policy(found)
        }
        (Expected::Accept, Found::Refused(cause)) => Verdict::Failed(format!("refused: {cause}")),
        (Expected::Refuse(reasons), found) => refused(reasons, &found, text),
        (Expected::Policy(reasons), found) => decided(reasons, found, text),
        (Expected::PerCase | Expected::Any | Expected::Unknown, found) => {
            Verdict::Pinned(found.to_string())
        }
    }
}

fn is_flagged(row: &Row, cause: Cause) -> bool {
    (cause == Cause::Instruction && row.has_instruction())
        || (cause == Cause::DuplicateId && row.says("duplicate-id-not-referenced"))
}

fn refused(reasons: &[String], found: &Found, text: &str) -> Verdict {
    match found {
        Found::Accepted(what) => Verdict::Failed(format!("accepted: {what}")),
        Found::Refused(cause) if reasons.iter().any(|r| reasons::explains(r, *cause, text)) => {
            Verdict::Refused(*cause)
        }
        Found::Refused(cause) => {
            Verdict::Failed(format!("refused, but for none of the reasons listed: {cause}"))
        }
    }
}

fn decided(reasons: &[String], found: Found, text: &str) -> Verdict {
    // What nobody has decided is pinned.
    if reasons.iter().any(|reason| reasons::is_undecided(reason)) {
        return Verdict::Pinned(found.to_string());
    }
    match found {
        Found::Refused(cause) if reasons.iter().any(|r| reasons::explains(r, cause, text)) => {
            Verdict::Policy(found)
        }
        Found::Refused(cause) => {
            Verdict::Failed(format!("refused, but for none of the reasons listed: {cause}"))
        }
        Found::Accepted(what) => Verdict::Failed(format!("accepted: {what}")),
    }
}
