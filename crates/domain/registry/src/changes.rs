//! A change, who wants it, and what comes of it.

use std::fmt;

use symbolon_kernel::ports::NotAvailable;
use symbolon_model::{RequestId, Timestamp};

use crate::mistake::{Located, Mistake};
use crate::objects::Object;
use crate::store::ObjectKey;

/// Objects that shall be so, together or not at all.
#[derive(Clone, PartialEq, Debug)]
pub struct ChangeSet {
    /// The objects.
    pub puts: Vec<Located<Object>>,
    /// Where they come from: only that origin may change them later.
    pub origin: Origin,
    /// Whether objects of that origin which the set does not hold are removed.
    pub prune: bool,
    /// Whether to do it, or only to say what would be done.
    pub mode: Mode,
}

/// Where objects come from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Origin {
    /// The provisioned files, all of them together: an object may move from one to another.
    Files,
    /// An administrator, by name.
    Console(String),
}

/// Whether a change is carried out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// It is.
    Apply,
    /// Nothing is written; the list of changes is that which would be made.
    DryRun,
}

/// Who makes a change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Administrator {
    /// The name that the audit trail gives.
    pub name: String,
}

/// When a change is made, and by which request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stamp {
    /// Now.
    pub now: Timestamp,
    /// The request.
    pub request: RequestId,
}

/// What was done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Applied {
    /// The revision after it: the one before where nothing changed, or nothing was to be written.
    pub revision: u64,
    /// What became of each object. New keys have new ids, hence other ones in a dry run.
    pub changes: Vec<Change>,
}

/// What became of one object.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Change {
    /// Which.
    pub key: ObjectKey,
    /// What.
    pub what: What,
}

/// What can become of an object.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum What {
    /// It was not there.
    Added,
    /// It was another.
    Changed,
    /// It is no longer there.
    Removed,
}

/// Why nothing was changed.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum ApplyError {
    /// The set is wrong: every mistake, in the order of the files.
    #[error("{} mistakes", .0.len())]
    Mistakes(Vec<Mistake>),
    /// Somebody else changed the objects at the same time, again and again.
    #[error("the objects were changed at the same time by somebody else")]
    Conflict,
    /// Something that the change needs cannot answer.
    #[error("not available: {}", .0.what)]
    Unavailable(NotAvailable),
    /// A signing key could not be made or sealed.
    #[error("no key: {0}")]
    Key(#[from] crate::keys::KeyFailure),
    /// The objects in the store cannot be read.
    #[error(transparent)]
    Stored(#[from] crate::registry::OpenFailure),
}

impl From<NotAvailable> for ApplyError {
    fn from(what: NotAvailable) -> Self {
        Self::Unavailable(what)
    }
}

impl Origin {
    /// What the store calls it for one object.
    pub(crate) fn of(&self, object: &Located<Object>) -> String {
        match self {
            Origin::Files => format!("file:{}", object.place().file),
            Origin::Console(name) => format!("console:{name}"),
        }
    }

    /// Whether it may change an object of that stored origin.
    pub(crate) fn owns(&self, stored: &str) -> bool {
        match self {
            Origin::Files => stored.starts_with("file:"),
            Origin::Console(_) => stored.starts_with("console:"),
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.what {
            What::Added => "added",
            What::Changed => "changed",
            What::Removed => "removed",
        };
        write!(f, "{} {} {what}", self.key.kind, self.key.id)
    }
}
