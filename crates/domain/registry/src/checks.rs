//! What objects can only get wrong together.
//!
//! In:  a whole snapshot, and what of it is new.
//! Out: every reference that leads nowhere, every name that means two things, every promise that nothing can keep.

use std::collections::{BTreeMap, BTreeSet};

use symbolon_kernel::snapshot::{
    Admitted, Client, EndpointObject, KeyState, Realm, RelyingParty, Serves, Snapshot,
    SoapVersionName,
};
use symbolon_keys::SignatureAlgorithm;
use symbolon_model::TokenType;

use crate::compile::{Delta, Flaw};
use crate::convert::Wrong;
use crate::store::ObjectKey;

/// RFC 8414 §3.1: this, and after it the path of the issuer.
const OAUTH_METADATA: &str = "/.well-known/oauth-authorization-server";
/// OpenID Connect Discovery 1.0 §4: the path of the issuer, and after it this.
const OPENID_CONFIGURATION: &str = "/.well-known/openid-configuration";

/// Which relying parties and clients must be looked at: they may be a million. All else is few.
pub(crate) enum Scope {
    /// Something that they refer to may be gone.
    All,
    /// Only these are new: realm and id.
    New { parties: BTreeSet<(String, String)>, clients: BTreeSet<(String, String)> },
}

impl Scope {
    pub(crate) fn of(delta: &Delta<'_>) -> Self {
        if !delta.remove.is_empty() || !delta.keys.is_empty() {
            return Scope::All;
        }
        let of_kind = |kind: &str| {
            let put = delta.put.iter().filter(|object| object.key.kind == kind);
            put.map(|object| (object.key.realm.clone(), object.key.id.clone())).collect()
        };
        Scope::New { parties: of_kind("relying_party"), clients: of_kind("client") }
    }
}

/// Checks a snapshot.
pub(crate) fn check(snapshot: &Snapshot, scope: &Scope) -> Vec<Flaw> {
    let mut flaws = Flaws(Vec::new());
    issuer_names(snapshot, &mut flaws);
    for realm in snapshot.realms.values() {
        metadata(realm, &mut flaws);
        default_parties(realm, &mut flaws);
        match scope {
            Scope::All => {
                realm.parties.values().for_each(|party| relying_party(realm, party, &mut flaws));
                realm.clients.values().for_each(|one| client(realm, one, &mut flaws));
            }
            Scope::New { parties, clients } => {
                let here = |(r, _): &&(String, String)| r == realm.id.as_str();
                let new = parties.iter().filter(here);
                new.filter_map(|(_, id)| realm.parties.get(id.as_str()))
                    .for_each(|party| relying_party(realm, party, &mut flaws));
                let new = clients.iter().filter(here);
                new.filter_map(|(_, id)| realm.clients.get(id.as_str()))
                    .for_each(|one| client(realm, one, &mut flaws));
            }
        }
    }
    flaws.0
}

struct Flaws(Vec<Flaw>);

impl Flaws {
    fn wrong(
        &mut self,
        (realm, kind, id): (&str, &str, &str),
        field: impl Into<String>,
        message: String,
        remedy: &str,
    ) {
        let object =
            ObjectKey { realm: realm.to_owned(), kind: kind.to_owned(), id: id.to_owned() };
        let wrong = Wrong { field: field.into(), message, remedy: remedy.to_owned() };
        self.0.push(Flaw { object, wrong });
    }
}

/// One issuer name is one realm, here or elsewhere: tokens are routed by it.
fn issuer_names(snapshot: &Snapshot, flaws: &mut Flaws) {
    let mut seen = BTreeMap::new();
    let mut realms: Vec<&Realm> = snapshot.realms.values().map(AsRef::as_ref).collect();
    realms.sort_by(|a, b| a.id.cmp(&b.id));
    for realm in realms {
        if let Some(other) = seen.insert(realm.issuer.as_str(), realm.id.as_str()) {
            let message = format!("`{}` is also the issuer name of realm `{other}`", realm.issuer);
            let remedy = "give each realm an issuer name of its own";
            flaws.wrong(("", "realm", realm.id.as_str()), "issuer", message, remedy);
        }
        if realm.issuers.contains_key(&realm.issuer) {
            let name = realm.issuer.as_str();
            let message = format!("`{name}` is the name of this realm itself");
            let remedy = "remove it: the realm's own tokens are verified with its own keys";
            flaws.wrong((realm.id.as_str(), "issuer", name), "name", message, remedy);
        }
    }
}

/// Metadata stand where clients look for them, and name endpoints that are there.
fn metadata(realm: &Realm, flaws: &mut Flaws) {
    let serves = |wanted: Serves| realm.endpoints.values().any(|e| e.serves == wanted);
    let issuer_path = path_of(realm.issuer.as_str());
    for endpoint in realm.endpoints.values() {
        let path = match endpoint.serves {
            Serves::OAuthMetadata => format!("{OAUTH_METADATA}{issuer_path}"),
            Serves::OpenIdConfiguration => format!("{issuer_path}{OPENID_CONFIGURATION}"),
            Serves::Mex | Serves::FederationMetadata => {
                if !realm.endpoints.values().any(|one| is_published(one)) {
                    let message = "it must name an endpoint of WS-Trust that speaks SOAP 1.2";
                    let object = (realm.id.as_str(), "endpoint", endpoint.id.as_str());
                    let remedy = "write that endpoint, or remove this one";
                    flaws.wrong(object, "serves", message.to_owned(), remedy);
                }
                continue;
            }
            Serves::WsTrust13 | Serves::WsTrust2005 | Serves::OAuthToken | Serves::Jwks => continue,
        };
        located(realm, endpoint, &path, flaws);
        for (needed, name) in [(Serves::OAuthToken, "oauth-token"), (Serves::Jwks, "jwks")] {
            if !serves(needed) {
                let message = format!("the metadata must name an endpoint that serves {name}");
                let object = (realm.id.as_str(), "endpoint", endpoint.id.as_str());
                flaws.wrong(object, "serves", message, "write that endpoint, or remove this one");
            }
        }
    }
}

/// Whom a token is for if nobody says must be somebody.
fn default_parties(realm: &Realm, flaws: &mut Flaws) {
    for endpoint in realm.endpoints.values() {
        let Some(id) = endpoint.default_party.as_ref() else { continue };
        if !realm.parties.contains_key(id) {
            let message = format!("there is no relying party `{id}` in realm `{}`", realm.id);
            let object = (realm.id.as_str(), "endpoint", endpoint.id.as_str());
            let remedy = "write a [[relying_party]] of that id, or remove it here";
            flaws.wrong(object, "default_party", message, remedy);
        }
    }
}

/// Whether the realm's WSDL and federation metadata name an endpoint.
fn is_published(endpoint: &EndpointObject) -> bool {
    matches!(endpoint.serves, Serves::WsTrust13 | Serves::WsTrust2005)
        && endpoint.soap_versions.contains(&SoapVersionName::V12)
}

/// SPEC: RFC 8414 §3.1, OpenID Connect Discovery 1.0 §4: the path follows from the issuer.
fn located(realm: &Realm, endpoint: &EndpointObject, path: &str, flaws: &mut Flaws) {
    if endpoint.path != path {
        let message = format!("clients of issuer `{}` look for this at `{path}`", realm.issuer);
        let object = (realm.id.as_str(), "endpoint", endpoint.id.as_str());
        flaws.wrong(object, "path", message, "write that path");
    }
}

/// The path of an https URL without a slash at its end; empty for any other name.
fn path_of(issuer: &str) -> &str {
    let rest = issuer.strip_prefix("https://").unwrap_or_default();
    rest.find('/').and_then(|at| rest.get(at..)).unwrap_or_default().trim_end_matches('/')
}

fn relying_party(realm: &Realm, party: &RelyingParty, flaws: &mut Flaws) {
    token_types(realm, party, flaws);
    let object = (realm.id.as_str(), "relying_party", party.id.as_str());
    if let Admitted::These(clients) = &party.clients {
        for (index, id) in clients.iter().enumerate() {
            if !realm.clients.contains_key(id) {
                let message = format!("there is no client `{id}` in realm `{}`", realm.id);
                let remedy = "write a [[client]] of that id, or remove it here";
                flaws.wrong(object, format!("clients.{index}"), message, remedy);
            }
        }
    }
    if let Admitted::These(issuers) = &party.issuers {
        for (index, name) in issuers.iter().enumerate() {
            if !realm.issuers.contains_key(name) {
                let message = format!("there is no issuer `{name}` in realm `{}`", realm.id);
                let remedy = "write an [[issuer]] of that name, or remove it here";
                flaws.wrong(object, format!("issuers.{index}"), message, remedy);
            }
        }
    }
}

/// Every token type that it is promised can be signed as it is promised.
fn token_types(realm: &Realm, party: &RelyingParty, flaws: &mut Flaws) {
    let object = (realm.id.as_str(), "relying_party", party.id.as_str());
    let active = |algorithm: SignatureAlgorithm| {
        let mut active = realm.keys.iter().filter(|key| key.state == KeyState::Active);
        active.any(|key| key.signer.algorithm() == algorithm)
    };
    let mut seen = BTreeSet::new();
    for (index, token_type) in party.token_types.iter().enumerate() {
        if !seen.insert(token_type) {
            let message = format!("`{token_type}` is named twice");
            flaws.wrong(object, format!("token_types.{index}"), message, "remove one of them");
        }
    }
    let saml = party.token_types.iter().any(TokenType::is_saml);
    let jwt = party.token_types.iter().any(|t| !t.is_saml());
    let wanted = [
        (saml, "saml_signature", party.saml_signature),
        (jwt, "jwt_signature", party.jwt_signature),
    ];
    for (used, field, algorithm) in wanted {
        if used && !active(algorithm) {
            let message = format!("realm `{}` has no active key for {algorithm:?}", realm.id);
            flaws.wrong(object, field, message, "choose the other algorithm, or activate a key");
        }
    }
}

fn client(realm: &Realm, client: &Client, flaws: &mut Flaws) {
    let object = (realm.id.as_str(), "client", client.id.as_str());
    for (index, id) in client.may_exchange.iter().enumerate() {
        if !realm.parties.contains_key(id) {
            let message = format!("there is no relying party `{id}` in realm `{}`", realm.id);
            let remedy = "write a [[relying_party]] of that id, or remove it here";
            flaws.wrong(object, format!("may_exchange.{index}"), message, remedy);
        }
    }
    let Some(id) = &client.default_party else { return };
    let takes_jwt = |t: &TokenType| [TokenType::JWT, TokenType::ACCESS_TOKEN].contains(t);
    match realm.parties.get(id) {
        None => {
            let message = format!("there is no relying party `{id}` in realm `{}`", realm.id);
            let remedy = "write a [[relying_party]] of that id, or remove it here";
            flaws.wrong(object, "default_party", message, remedy);
        }
        Some(party) if !party.token_types.iter().any(takes_jwt) => {
            let message = format!("relying party `{id}` takes no access token");
            flaws.wrong(object, "default_party", message, "write \"jwt\" into its token_types");
        }
        Some(_) => {}
    }
}
