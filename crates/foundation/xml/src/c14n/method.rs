//! Which canonical form, and why there may be none.
//!
//! In:  what a CanonicalizationMethod or a Transform says.
//! Out: a [`C14n`].
//! Never: C14N 1.1, or a node set.
//!
//! Canonical XML 1.0; Exclusive XML Canonicalization 1.0.

/// How a subtree becomes octets.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum C14n {
    /// Exclusive XML Canonicalization 1.0: the same octets wherever the subtree stands.
    Exclusive {
        /// Prefixes whose declarations are written wherever they are in scope, used or not; `#default` is the default namespace.
        inclusive_prefixes: Vec<String>,
        /// Whether comments inside the subtree are written.
        comments: bool,
    },
    /// Canonical XML 1.0: every namespace in scope is declared, and the apex inherits the `xml:` attributes around it.
    Inclusive {
        /// Whether comments inside the subtree are written.
        comments: bool,
    },
}

impl C14n {
    /// Exclusive canonicalization without a `PrefixList` and without comments.
    #[must_use]
    pub const fn exclusive() -> Self {
        Self::Exclusive { inclusive_prefixes: Vec::new(), comments: false }
    }

    /// Exclusive canonicalization with the value of a `PrefixList` attribute: prefixes apart by white space.
    #[must_use]
    pub fn exclusive_with(prefix_list: &str) -> Self {
        let inclusive_prefixes = prefix_list.split_ascii_whitespace().map(str::to_owned).collect();
        Self::Exclusive { inclusive_prefixes, comments: false }
    }

    /// Canonical XML 1.0 without comments.
    #[must_use]
    pub const fn inclusive() -> Self {
        Self::Inclusive { comments: false }
    }

    /// The same method, with the comments inside the subtree.
    ///
    /// SPEC: XML Signature 1.1 §4.4.3.3: a reference `#id` or `""` loses its comments before any transform, so there this
    /// changes nothing and must not be asked for; it is for a SignedInfo whose CanonicalizationMethod says so. Comments
    /// outside the root element stand in no subtree and are never written.
    #[must_use]
    pub fn with_comments(self) -> Self {
        match self {
            Self::Exclusive { inclusive_prefixes, .. } => {
                Self::Exclusive { inclusive_prefixes, comments: true }
            }
            Self::Inclusive { .. } => Self::Inclusive { comments: true },
        }
    }
}

/// Why there are no canonical octets. Never digest nothing instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Uncanonical {
    /// It would be longer than the caller allows.
    #[error("the canonical form is longer than the limit")]
    TooLong,
    /// A declaration to be written names no absolute namespace: there is no canonical form.
    #[error("a namespace name that is relative")]
    RelativeNamespace,
    /// The view does not see the element: decrypted elsewhere, or replaced.
    #[error("an element that is not in the view")]
    NotSeen,
}
