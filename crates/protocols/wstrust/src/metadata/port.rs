//! An endpoint of WS-Trust as it is published.
//!
//! In:  the endpoint's object.
//! Out: [`Port`]: where it is, what it speaks, and the policy that it enforces.
//! Never: a tolerance. Whoever needs one knows; whoever reads the policy keeps it.

use symbolon_kernel::snapshot::{
    CredentialKind, EndpointObject, RealmView, Serves, SoapVersionName,
};
use symbolon_messages::wstrust::Generation;
use symbolon_soap::SoapVersion;
use symbolon_soap::policy::{
    AlgorithmSuite, Alternative, Dialect, Layout, Password, SamlVersion, SecurityPolicy,
    SupportingToken, TransportBinding,
};

/// An endpoint of WS-Trust.
pub(super) struct Port<'e> {
    pub(super) id: &'e str,
    pub(super) url: String,
    pub(super) generation: Generation,
    /// Versions of SOAP, of those that the document is to show.
    pub(super) versions: Vec<SoapVersion>,
    alternatives: Vec<Alternative>,
}

// Every timestamp is checked, and answers have one, also where its absence in a request is tolerated.
const BINDING: TransportBinding = TransportBinding {
    suite: AlgorithmSuite::Basic256Sha256,
    layout: Layout::Lax,
    timestamp: true,
};

impl<'e> Port<'e> {
    /// An endpoint in every version of SOAP that it speaks; `None` if it speaks no WS-Trust.
    pub(super) fn of(realm: &RealmView, endpoint: &'e EndpointObject) -> Option<Self> {
        Some(Self {
            id: endpoint.id.as_str(),
            url: format!("{}{}", realm.public_url, endpoint.path),
            generation: generation_of(endpoint.serves)?,
            versions: endpoint.soap_versions.iter().map(|name| version_of(*name)).collect(),
            alternatives: endpoint.credentials.iter().flat_map(alternatives_of).collect(),
        })
    }

    /// Every endpoint of a realm that speaks this version of SOAP, and no other version of it.
    pub(super) fn all(realm: &'e RealmView, version: SoapVersion) -> Vec<Self> {
        let ports = realm.endpoints.values().filter_map(|one| Self::of(realm, one));
        let speaking = ports.filter(|port| port.versions.contains(&version));
        speaking.map(|port| Self { versions: vec![version], ..port }).collect()
    }

    /// Its policy, by this name.
    pub(super) fn policy<'p>(&self, id: &'p str) -> SecurityPolicy<'p> {
        let dialect = match self.generation {
            Generation::V13 => Dialect::V12,
            Generation::V2005 => Dialect::V2005,
        };
        SecurityPolicy { id, dialect, alternatives: self.alternatives.clone() }
    }
}

const fn version_of(name: SoapVersionName) -> SoapVersion {
    match name {
        SoapVersionName::V11 => SoapVersion::V11,
        SoapVersionName::V12 => SoapVersion::V12,
    }
}

/// What WS-Trust an endpoint speaks, if any.
pub(super) const fn generation_of(serves: Serves) -> Option<Generation> {
    match serves {
        Serves::WsTrust13 => Some(Generation::V13),
        Serves::WsTrust2005 => Some(Generation::V2005),
        Serves::Mex
        | Serves::FederationMetadata
        | Serves::OAuthToken
        | Serves::Jwks
        | Serves::OAuthMetadata
        | Serves::OpenIdConfiguration => None,
    }
}

fn alternatives_of(credential: &CredentialKind) -> Vec<Alternative> {
    let tokens: &[SupportingToken] = match credential {
        CredentialKind::UsernamePassword => &[SupportingToken::Username(Password::Text)],
        CredentialKind::UsernameDigest => &[SupportingToken::Username(Password::Digest)],
        CredentialKind::IssuedToken => {
            &[SupportingToken::Saml(SamlVersion::V20), SupportingToken::Saml(SamlVersion::V11)]
        }
        CredentialKind::ClientSecretBasic
        | CredentialKind::ClientSecretPost
        | CredentialKind::PrivateKeyJwt
        | CredentialKind::PublicClient => &[],
    };
    let alternative =
        |token: &SupportingToken| Alternative { binding: BINDING, token: *token, addressing: true };
    tokens.iter().map(alternative).collect()
}
