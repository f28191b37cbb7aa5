//! Namespaces, actions and URIs of WS-Trust, by protocol generation.
//!
//! WS-Trust 1.4 §1.3, §3.1, §4 to §7; its schema and WSDL. The namespace has no slash at its end.

/// WS-Trust 1.3 and 1.4.
pub const WST: &str = "http://docs.oasis-open.org/ws-sx/ws-trust/200512";
/// The submission of February 2005.
pub const WST2005: &str = "http://schemas.xmlsoap.org/ws/2005/02/trust";
/// What 1.4 added: ActAs, interactive challenges.
pub const WST14: &str = "http://docs.oasis-open.org/ws-sx/ws-trust/200802";
/// WS-Policy 1.2, where most clients take AppliesTo from.
pub const WSP: &str = symbolon_soap::names::WSP;
/// WS-Policy 1.5, from where CXF takes it.
pub const WSP15: &str = "http://www.w3.org/ns/ws-policy";
/// WS-Policy 1.5, working draft.
pub const WSP_DRAFT: &str = "http://www.w3.org/2006/07/ws-policy";
/// WS-Addressing 1.0.
pub const WSA: &str = symbolon_soap::names::WSA;
/// WS-Addressing, the submission of 2004.
pub const WSA04: &str = symbolon_soap::names::WSA04;
/// Type of a SAML 2.0 assertion.
pub const SAML20_TOKEN: &str =
    "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV2.0";
/// Type of a SAML 2.0 assertion, the other spelling.
pub const SAML20_URN: &str = symbolon_soap::names::SAML20;
/// Kind of reference by which a SAML 2.0 assertion is named: its ID.
pub const SAML20_ID: &str =
    "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLID";
/// Type of a SAML 1.1 assertion.
pub const SAML11_TOKEN: &str =
    "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV1.1";
/// Type of a SAML 1.1 assertion, the other spelling.
pub const SAML11_URN: &str = symbolon_soap::names::SAML11;
/// Kind of reference by which a SAML 1.1 assertion is named: its AssertionID.
pub const SAML11_ID: &str =
    "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.0#SAMLAssertionID";
/// Type of a JWT. RFC 8693 §3.
pub const JWT_TOKEN: &str = "urn:ietf:params:oauth:token-type:jwt";
/// The claims dialect that silence means: WS-Trust's predecessors had no other.
pub const IDENTITY_DIALECT: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity";
/// The same dialect as early WCF spells it.
pub const IDENTITY_DIALECT_WCF: &str = "http://schemas.xmlsoap.org/ws/2005/05/IdentityClaims";
/// The claims dialect of WS-Federation 1.2 §9.
pub const AUTHORIZATION_DIALECT: &str =
    "http://docs.oasis-open.org/wsfed/authorization/200706/authclaims";
/// Namespace of its elements.
pub const AUTHORIZATION: &str = "http://docs.oasis-open.org/wsfed/authorization/200706";

/// A generation of the protocol. An answer is in the generation of its request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Generation {
    /// WS-Trust 1.3 and 1.4.
    V13,
    /// WS-Trust of February 2005.
    V2005,
}

/// A URI below the namespace of a generation.
macro_rules! below {
    ($generation:expr, $rest:literal) => {
        match $generation {
            Generation::V13 => concat!("http://docs.oasis-open.org/ws-sx/ws-trust/200512", $rest),
            Generation::V2005 => concat!("http://schemas.xmlsoap.org/ws/2005/02/trust", $rest),
        }
    };
}

impl Generation {
    /// The generation of a namespace.
    #[must_use]
    pub fn of(namespace: &str) -> Option<Self> {
        [Self::V13, Self::V2005].into_iter().find(|one| one.namespace() == namespace)
    }

    /// Namespace of its messages.
    #[must_use]
    pub const fn namespace(self) -> &'static str {
        below!(self, "")
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
        match self {
            Self::Issue => below!(generation, "/Issue"),
            Self::Renew => below!(generation, "/Renew"),
            Self::Cancel => below!(generation, "/Cancel"),
            Self::Validate => below!(generation, "/Validate"),
            Self::KeyExchange => below!(generation, "/KET"),
        }
    }

    /// `wsa:Action` of the request.
    #[must_use]
    pub const fn action(self, generation: Generation) -> &'static str {
        match self {
            Self::Issue => below!(generation, "/RST/Issue"),
            Self::Renew => below!(generation, "/RST/Renew"),
            Self::Cancel => below!(generation, "/RST/Cancel"),
            Self::Validate => below!(generation, "/RST/Validate"),
            Self::KeyExchange => below!(generation, "/RST/KET"),
        }
    }

    /// `wsa:Action` of the last answer. In 2005 it is that of every answer: WS-Trust 2005/02 knew no other.
    #[must_use]
    pub const fn final_action(self, generation: Generation) -> &'static str {
        match (generation, self) {
            (Generation::V13, Self::Issue) => below!(generation, "/RSTRC/IssueFinal"),
            (Generation::V13, Self::Renew) => below!(generation, "/RSTR/RenewFinal"),
            (Generation::V13, Self::Cancel) => below!(generation, "/RSTR/CancelFinal"),
            (Generation::V13, Self::Validate) => below!(generation, "/RSTR/ValidateFinal"),
            (Generation::V13, Self::KeyExchange) => below!(generation, "/RSTR/KETFinal"),
            (Generation::V2005, Self::Issue) => below!(generation, "/RSTR/Issue"),
            (Generation::V2005, Self::Renew) => below!(generation, "/RSTR/Renew"),
            (Generation::V2005, Self::Cancel) => below!(generation, "/RSTR/Cancel"),
            (Generation::V2005, Self::Validate) => below!(generation, "/RSTR/Validate"),
            (Generation::V2005, Self::KeyExchange) => below!(generation, "/RSTR/KET"),
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
    // INTEROP: the OASIS schema of 1.3 misspells Bearer, and so do clients generated from it. 2005 had no name for it: AD FS
    // and adal took CardSpace's NoProofKey, CXF puts 1.3's local name below the namespace of 2005.
    #[must_use]
    pub fn of(generation: Generation, uri: &str) -> Self {
        let misspelt = match generation {
            Generation::V13 => "http://docs.oasis-open.org/wssx/wstrust/200512/Bearer",
            Generation::V2005 => "http://schemas.xmlsoap.org/ws/2005/02/trust/Bearer",
        };
        let known = [Self::Bearer, Self::Symmetric, Self::Public];
        match known.into_iter().find(|one| one.uri(generation) == uri) {
            Some(known) => known,
            None if uri == misspelt => Self::Bearer,
            None => Self::Other(uri.to_owned()),
        }
    }

    /// The URI in `wst:KeyType`.
    #[must_use]
    pub fn uri(&self, generation: Generation) -> &str {
        match (generation, self) {
            (Generation::V13, Self::Bearer) => {
                "http://docs.oasis-open.org/ws-sx/ws-trust/200512/Bearer"
            }
            (Generation::V2005, Self::Bearer) => {
                "http://schemas.xmlsoap.org/ws/2005/05/identity/NoProofKey"
            }
            (_, Self::Symmetric) => below!(generation, "/SymmetricKey"),
            (_, Self::Public) => below!(generation, "/PublicKey"),
            (_, Self::Other(uri)) => uri,
        }
    }
}
