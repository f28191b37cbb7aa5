//! Namespaces, actions and URIs of WS-Trust, by protocol generation.
//!
//! WS-Trust 1.4 §1.3, §3.1, §4 to §7; its schema and WSDL. The namespace has no slash at its end.

/// WS-Trust 1.3 and 1.4.
pub const WST: &str = "http://docs.oasis-open.org/ws-sx/ws-trust/200512";
/// What 1.4 added: ActAs, interactive challenges.
pub const WST14: &str = "http://docs.oasis-open.org/ws-sx/ws-trust/200802";
/// WS-Policy 1.2, where most clients take AppliesTo from.
pub const WSP: &str = "http://schemas.xmlsoap.org/ws/2004/09/policy";
/// WS-Policy 1.5, from where CXF takes it.
pub const WSP15: &str = "http://www.w3.org/ns/ws-policy";
/// WS-Policy 1.5, working draft.
pub const WSP_DRAFT: &str = "http://www.w3.org/2006/07/ws-policy";
/// WS-Addressing 1.0.
pub const WSA: &str = symbolon_soap::names::WSA;
/// WS-Addressing, the submission of 2004.
pub const WSA04: &str = "http://schemas.xmlsoap.org/ws/2004/08/addressing";
/// Type of a SAML 2.0 assertion.
pub const SAML20_TOKEN: &str =
    "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV2.0";
/// Type of a SAML 2.0 assertion, the other spelling.
pub const SAML20_URN: &str = symbolon_soap::names::SAML20;
/// Kind of reference by which a SAML 2.0 assertion is named: its ID.
pub const SAML20_ID: &str =
    "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLID";
/// The claims dialect that silence means: WS-Trust's predecessors had no other.
pub const IDENTITY_DIALECT: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity";

/// A generation of the protocol. An answer is in the generation of its request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Generation {
    /// WS-Trust 1.3 and 1.4.
    V13,
}

impl Generation {
    /// The generation of a namespace.
    #[must_use]
    pub fn of(namespace: &str) -> Option<Self> {
        [Self::V13].into_iter().find(|one| one.namespace() == namespace)
    }

    /// Namespace of its messages.
    #[must_use]
    pub const fn namespace(self) -> &'static str {
        match self {
            Self::V13 => WST,
        }
    }
}

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequestType {
    /// A new token.
    Issue,
    /// A token like the one shown, with a later end.
    Renew,
    /// The end of the token shown.
    Cancel,
    /// Whether the token shown is good, or one made of it.
    Validate,
    /// A key to encrypt to.
    KeyExchange,
}

impl RequestType {
    const ALL: [Self; 5] =
        [Self::Issue, Self::Renew, Self::Cancel, Self::Validate, Self::KeyExchange];

    /// The URI in `wst:RequestType`.
    #[must_use]
    pub const fn uri(self, generation: Generation) -> &'static str {
        match (generation, self) {
            (Generation::V13, Self::Issue) => {
                "http://docs.oasis-open.org/ws-sx/ws-trust/200512/Issue"
            }
            (Generation::V13, Self::Renew) => {
                "http://docs.oasis-open.org/ws-sx/ws-trust/200512/Renew"
            }
            (Generation::V13, Self::Cancel) => {
                "http://docs.oasis-open.org/ws-sx/ws-trust/200512/Cancel"
            }
            (Generation::V13, Self::Validate) => {
                "http://docs.oasis-open.org/ws-sx/ws-trust/200512/Validate"
            }
            (Generation::V13, Self::KeyExchange) => {
                "http://docs.oasis-open.org/ws-sx/ws-trust/200512/KET"
            }
        }
    }

    /// `wsa:Action` of the request.
    #[must_use]
    pub const fn action(self, generation: Generation) -> &'static str {
        match (generation, self) {
            (Generation::V13, Self::Issue) => {
                "http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue"
            }
            (Generation::V13, Self::Renew) => {
                "http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Renew"
            }
            (Generation::V13, Self::Cancel) => {
                "http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Cancel"
            }
            (Generation::V13, Self::Validate) => {
                "http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Validate"
            }
            (Generation::V13, Self::KeyExchange) => {
                "http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/KET"
            }
        }
    }

    /// `wsa:Action` of the last answer.
    #[must_use]
    pub const fn final_action(self, generation: Generation) -> &'static str {
        match (generation, self) {
            (Generation::V13, Self::Issue) => {
                "http://docs.oasis-open.org/ws-sx/ws-trust/200512/RSTRC/IssueFinal"
            }
            (Generation::V13, Self::Renew) => {
                "http://docs.oasis-open.org/ws-sx/ws-trust/200512/RSTR/RenewFinal"
            }
            (Generation::V13, Self::Cancel) => {
                "http://docs.oasis-open.org/ws-sx/ws-trust/200512/RSTR/CancelFinal"
            }
            (Generation::V13, Self::Validate) => {
                "http://docs.oasis-open.org/ws-sx/ws-trust/200512/RSTR/ValidateFinal"
            }
            (Generation::V13, Self::KeyExchange) => {
                "http://docs.oasis-open.org/ws-sx/ws-trust/200512/RSTR/KETFinal"
            }
        }
    }

    /// The request type whose request has this `wsa:Action`.
    #[must_use]
    pub fn of_action(generation: Generation, action: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.action(generation) == action)
    }

    /// The request type of a URI.
    #[must_use]
    pub fn of(generation: Generation, uri: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.uri(generation) == uri)
    }
}

/// What kind of key the token is to confirm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyType {
    /// None: whoever holds the token may use it.
    Bearer,
    /// A secret shared with the relying party.
    Symmetric,
    /// A key pair.
    Public,
    /// A kind that WS-Trust does not name.
    Other(String),
}

impl KeyType {
    /// The key type of a URI.
    // INTEROP: the OASIS schema of 1.3 misspells Bearer, and so do clients generated from it.
    #[must_use]
    pub fn of(generation: Generation, uri: &str) -> Self {
        match (generation, uri) {
            (
                Generation::V13,
                "http://docs.oasis-open.org/ws-sx/ws-trust/200512/Bearer"
                | "http://docs.oasis-open.org/wssx/wstrust/200512/Bearer",
            ) => Self::Bearer,
            (Generation::V13, "http://docs.oasis-open.org/ws-sx/ws-trust/200512/SymmetricKey") => {
                Self::Symmetric
            }
            (Generation::V13, "http://docs.oasis-open.org/ws-sx/ws-trust/200512/PublicKey") => {
                Self::Public
            }
            (_, other) => Self::Other(other.to_owned()),
        }
    }

    /// The URI in `wst:KeyType`.
    #[must_use]
    pub fn uri(&self, generation: Generation) -> &str {
        match (generation, self) {
            (Generation::V13, Self::Bearer) => {
                "http://docs.oasis-open.org/ws-sx/ws-trust/200512/Bearer"
            }
            (Generation::V13, Self::Symmetric) => {
                "http://docs.oasis-open.org/ws-sx/ws-trust/200512/SymmetricKey"
            }
            (Generation::V13, Self::Public) => {
                "http://docs.oasis-open.org/ws-sx/ws-trust/200512/PublicKey"
            }
            (_, Self::Other(uri)) => uri,
        }
    }
}
