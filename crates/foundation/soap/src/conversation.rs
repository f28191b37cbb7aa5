//! The versions of WS-SecureConversation, and their names.

use crate::names::{WSC13, WSC2005};

/// A version of WS-SecureConversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Conversation {
    /// 1.3 and 1.4.
    #[default]
    V13,
    /// The submission of February 2005.
    V2005,
}

impl Conversation {
    pub(crate) const ALL: [Self; 2] = [Self::V13, Self::V2005];

    pub(crate) const fn namespace(self) -> &'static str {
        match self {
            Self::V13 => WSC13,
            Self::V2005 => WSC2005,
        }
    }

    /// The version that a namespace is of.
    pub(crate) fn of(namespace: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|version| version.namespace() == namespace)
    }

    /// A security context, as the type of a token.
    pub(crate) const fn context_type(self) -> &'static str {
        match self {
            Self::V13 => "http://docs.oasis-open.org/ws-sx/ws-secureconversation/200512/sct",
            Self::V2005 => "http://schemas.xmlsoap.org/ws/2005/02/sc/sct",
        }
    }

    /// A derived key, as the type of a token.
    pub(crate) const fn derived_key_type(self) -> &'static str {
        match self {
            Self::V13 => "http://docs.oasis-open.org/ws-sx/ws-secureconversation/200512/dk",
            Self::V2005 => "http://schemas.xmlsoap.org/ws/2005/02/sc/dk",
        }
    }

    /// The one way to derive a key, which is also meant where none is named.
    pub(crate) const fn p_sha1(self) -> &'static str {
        match self {
            Self::V13 => "http://docs.oasis-open.org/ws-sx/ws-secureconversation/200512/dk/p_sha1",
            Self::V2005 => "http://schemas.xmlsoap.org/ws/2005/02/sc/dk/p_sha1",
        }
    }
}
