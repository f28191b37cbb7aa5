//! The state that exchanges read: one immutable snapshot each, made by the registry, never changed in place.
//!
//! Maps are persistent: a change costs O(log n) with a million relying parties. A [`RealmView`] shows one realm and nothing
//! else, so that a look-up across realms cannot be written.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use symbolon_formats::{IssuerKeys, Layout, TrustedKey, Until};
use symbolon_keys::{SignatureAlgorithm, Signer};
use symbolon_model::{
    AccountName, ClaimName, ClientId, EndpointId, IssuerName, PartyId, RealmId, Skew, Timestamp,
    TokenType, purpose,
};

use crate::audit::Who;
use crate::ports::PasswordHash;

/// Everything that the registry holds, as one revision.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Grows with every change.
    pub revision: u64,
    /// The realms.
    pub realms: imbl::HashMap<RealmId, Arc<Realm>>,
    /// Every endpoint by its path; a path belongs to one realm, fixed before anything is parsed.
    pub routes: imbl::HashMap<String, Arc<EndpointObject>>,
}

/// One trust domain.
#[derive(Clone, Debug)]
pub struct Realm {
    /// Its id.
    pub id: RealmId,
    /// The name it gives itself in its tokens.
    pub issuer: IssuerName,
    /// Its public URL, without a trailing slash: endpoints' URLs begin with it.
    pub public_url: String,
    /// How far others' clocks may be off.
    pub skew: Skew,
    /// How old a message may be, and how long one without an end is accepted.
    pub message_age: Duration,
    /// In which forms requestors may write an account's name.
    pub account_names: AccountNames,
    /// Who tokens are made for.
    pub parties: imbl::HashMap<PartyId, Arc<RelyingParty>>,
    /// Whose tokens are accepted, besides our own.
    pub issuers: imbl::HashMap<IssuerName, Arc<Issuer>>,
    /// OAuth clients.
    pub clients: imbl::HashMap<ClientId, Arc<Client>>,
    /// This realm's endpoints.
    pub endpoints: BTreeMap<EndpointId, Arc<EndpointObject>>,
    /// The token-signing keys: the active one of each algorithm signs, all verify.
    pub keys: Vec<RealmKey>,
}

/// In which forms an account `alice` may be named.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AccountNames {
    /// As it is called: `alice`.
    pub plain: bool,
    /// `CORP\alice`, for this domain.
    pub domain: Option<String>,
    /// `alice@example.test`, for this suffix.
    pub upn_suffix: Option<String>,
}

impl Default for AccountNames {
    /// As they are called, whatever they hold.
    fn default() -> Self {
        Self { plain: true, domain: None, upn_suffix: None }
    }
}

impl AccountNames {
    /// What the account of that name is called; `None`: no account may be named so. Domain and suffix are compared without
    /// regard to ASCII case, as those who write them know them.
    pub fn resolve(&self, sent: &AccountName) -> Option<AccountName> {
        let user = self.in_domain(sent.as_str()).or_else(|| self.at_suffix(sent.as_str()));
        match user {
            Some(user) => Some(AccountName::new(user)),
            None => self.plain.then(|| sent.clone()),
        }
    }

    fn in_domain<'n>(&self, sent: &'n str) -> Option<&'n str> {
        let wanted = self.domain.as_deref()?;
        let (domain, user) = sent.split_once('\\')?;
        (domain.eq_ignore_ascii_case(wanted) && !user.is_empty()).then_some(user)
    }

    fn at_suffix<'n>(&self, sent: &'n str) -> Option<&'n str> {
        let wanted = self.upn_suffix.as_deref()?;
        let (user, suffix) = sent.rsplit_once('@')?;
        (suffix.eq_ignore_ascii_case(wanted) && !user.is_empty()).then_some(user)
    }
}

/// A token-signing key of the realm.
#[derive(Clone)]
pub struct RealmKey {
    /// Whether it signs.
    pub state: KeyState,
    /// The signer.
    pub signer: Arc<Signer<purpose::Token>>,
    /// The same key, to verify our own tokens.
    pub trusted: TrustedKey,
}

impl std::fmt::Debug for RealmKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RealmKey({}, {:?})", self.signer.key_id(), self.state)
    }
}

/// Where a key stands in its life.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// Published, does not sign yet.
    Pending,
    /// Signs.
    Active,
    /// No longer signs; tokens of it may still be about.
    Retiring,
    /// Neither signs nor verifies.
    Retired,
}

/// Somebody whom tokens are made for.
#[derive(Clone, PartialEq, Debug)]
pub struct RelyingParty {
    /// The URI that requestors name it by.
    pub id: PartyId,
    /// Tokens it takes, the default first.
    pub token_types: Vec<TokenType>,
    /// What its SAML tokens are signed with.
    pub saml_signature: SignatureAlgorithm,
    /// What its JWTs are signed with.
    pub jwt_signature: SignatureAlgorithm,
    /// How the elements of its assertions are named.
    pub layout: Layout,
    /// How long its tokens hold.
    pub lifetime: Duration,
    /// Claims it is told, of those that the subject has.
    pub attributes: Vec<ClaimName>,
    /// The format of the subject's name towards it (a SAML name-id format URI); `None`: unspecified.
    pub name_format: Option<String>,
    /// Scopes that exist at it.
    pub scopes: Vec<String>,
    /// Accounts that may have a token for it.
    pub accounts: Admitted<AccountName>,
    /// OAuth clients that may.
    pub clients: Admitted<ClientId>,
    /// Other issuers whose subjects it may be told about.
    pub issuers: Admitted<IssuerName>,
}

/// Who is admitted. Deny by default: nobody, unless the object says so.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Admitted<T> {
    /// Everyone of that kind in the realm.
    Everyone,
    /// These.
    These(Vec<T>),
    /// Nobody.
    #[default]
    Nobody,
}

impl<T: PartialEq> Admitted<T> {
    /// Whether that one is admitted.
    pub fn admits(&self, one: &T) -> bool {
        match self {
            Admitted::Everyone => true,
            Admitted::These(all) => all.contains(one),
            Admitted::Nobody => false,
        }
    }
}

/// Another issuer whose tokens are accepted.
#[derive(Clone, Debug)]
pub struct Issuer {
    /// The name it gives itself.
    pub name: IssuerName,
    /// Its keys, pinned.
    pub keys: Vec<TrustedKey>,
    /// Token types taken from it.
    pub token_types: Vec<TokenType>,
    /// Until when SHA-1 counts in its assertions; `None`: it never does.
    pub sha1_until: Option<Timestamp>,
}

/// An OAuth client.
#[derive(Clone, PartialEq, Debug)]
pub struct Client {
    /// Its id.
    pub id: ClientId,
    /// Its secret, hashed.
    pub secret: Option<PasswordHash>,
    /// Its keys, pinned, each with the algorithm that it signs with.
    pub keys: Vec<TrustedKey>,
    /// Whether its name alone counts: it has neither secret nor key, and is never a subject itself.
    pub public: bool,
    /// Grants it may use, by their URI.
    pub grants: Vec<String>,
    /// Relying parties whose tokens it may exchange, besides those meant for this service.
    pub may_exchange: Vec<PartyId>,
    /// For whom its tokens are where it names nobody.
    pub default_party: Option<PartyId>,
}

/// An endpoint as data. Policy, metadata and enforcement are made from this one object.
#[derive(Clone, PartialEq, Debug)]
pub struct EndpointObject {
    /// Its id.
    pub id: EndpointId,
    /// Its realm.
    pub realm: RealmId,
    /// Its path on the listener.
    pub path: String,
    /// Other paths that it answers at: those of its personality.
    pub aliases: Vec<String>,
    /// What is spoken there.
    pub serves: Serves,
    /// Credentials it takes.
    pub credentials: Vec<CredentialKind>,
    /// Bends of the protocol that it allows.
    pub tolerances: Vec<Tolerance>,
    /// Versions of SOAP that it speaks, the preferred one first; none where SOAP is not spoken.
    pub soap_versions: Vec<SoapVersionName>,
    /// Whom a token is for if the request does not say; `None`: it must.
    pub default_party: Option<PartyId>,
    /// How it writes what the standards leave to it.
    pub reply: ReplyShape,
}

/// A version of SOAP.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum SoapVersionName {
    /// `text/xml`
    #[serde(rename = "1.1")]
    V11,
    /// `application/soap+xml`
    #[serde(rename = "1.2")]
    V12,
}

impl EndpointObject {
    /// Every path that it answers at, its own first.
    pub fn paths(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.path).chain(&self.aliases)
    }
}

/// How an endpoint writes what the standards leave to it. A client that is used to another product reads only that one's way.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplyShape {
    /// How a token's type is named to a requestor who named none.
    #[serde(default)]
    pub token_type: TokenTypeName,
}

/// One of the two names that a SAML token type has in WS-Trust.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TokenTypeName {
    /// That of WSS SAML Token Profile 1.1 (`…#SAMLV2.0`).
    #[default]
    Profile,
    /// The namespace of the assertion, as AD FS names it.
    Assertion,
}

/// What an endpoint speaks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Serves {
    /// WS-Trust 1.3/1.4 over SOAP.
    #[serde(rename = "ws-trust-1.3")]
    WsTrust13,
    /// WS-Trust of February 2005 over SOAP.
    #[serde(rename = "ws-trust-2005")]
    WsTrust2005,
    /// The realm's WSDL, with the policies of its WS-Trust endpoints (WS-MetadataExchange 1.1, and by GET).
    #[serde(rename = "mex")]
    Mex,
    /// Federation metadata (WS-Federation 1.2 §3).
    #[serde(rename = "federation-metadata")]
    FederationMetadata,
    /// OAuth 2.0 token endpoint (RFC 6749 §3.2).
    #[serde(rename = "oauth-token")]
    OAuthToken,
    /// The realm's verification keys as a JWK Set (RFC 7517).
    #[serde(rename = "jwks")]
    Jwks,
    /// Authorization server metadata (RFC 8414).
    #[serde(rename = "oauth-metadata")]
    OAuthMetadata,
    /// OpenID Connect discovery 1.0.
    #[serde(rename = "openid-configuration")]
    OpenIdConfiguration,
}

impl Serves {
    /// Whether tokens are presented there.
    pub const fn takes_tokens(self) -> bool {
        match self {
            Serves::WsTrust13 | Serves::WsTrust2005 | Serves::OAuthToken => true,
            Serves::Mex
            | Serves::FederationMetadata
            | Serves::Jwks
            | Serves::OAuthMetadata
            | Serves::OpenIdConfiguration => false,
        }
    }

    /// The protocol's name in audit, logs and metrics.
    pub const fn protocol(self) -> &'static str {
        match self {
            Serves::WsTrust13 | Serves::WsTrust2005 | Serves::Mex | Serves::FederationMetadata => {
                "wstrust"
            }
            Serves::OAuthToken
            | Serves::Jwks
            | Serves::OAuthMetadata
            | Serves::OpenIdConfiguration => "oauth",
        }
    }
}

/// A kind of credential.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CredentialKind {
    /// UsernameToken with the password in it, over TLS.
    UsernamePassword,
    /// UsernameToken with a digest of a shared secret, a nonce and a time. Only accounts with a shared secret can send one.
    UsernameDigest,
    /// A token of our own or of an issuer of the realm.
    IssuedToken,
    /// Client secret in the Authorization header (RFC 6749 §2.3.1).
    ClientSecretBasic,
    /// Client secret in the form (RFC 6749 §2.3.1).
    ClientSecretPost,
    /// A JWT that the client signed (RFC 7523 §2.2).
    PrivateKeyJwt,
    /// The name alone of a client that is public (RFC 6749 §2.1).
    PublicClient,
}

/// A bend of syntax for clients that need it; never of an algorithm. Those used are named in the audit event.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tolerance {
    /// A message over TLS may lack `wsu:Timestamp`. A Timestamp that is present is still checked, and one is always in the
    /// answer. For wstrust-client, node-sp-auth, PHP.
    NoTimestamp,
    /// An addressing header may come twice if it says the same each time; of two MessageIDs the first counts. For zeep.
    DuplicateAddressing,
}

/// One realm of one snapshot.
#[derive(Clone, Debug)]
pub struct RealmView {
    realm: Arc<Realm>,
    revision: u64,
}

impl RealmView {
    pub(crate) fn new(realm: Arc<Realm>, revision: u64) -> Self {
        Self { realm, revision }
    }

    /// The snapshot's revision.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// What verifies tokens of that issuer now: our own keys, or what the issuer's object says. `None`: not an issuer of this
    /// realm, or not for this type of token.
    pub fn trusted_keys(
        &self,
        issuer: &str,
        token_type: &TokenType,
        now: Timestamp,
    ) -> Option<IssuerKeys> {
        if issuer == self.realm.issuer.as_str() {
            let own = self.realm.keys.iter().filter(|k| k.state != KeyState::Retired);
            return Some(own.map(|k| k.trusted.clone()).collect::<Vec<_>>().into());
        }
        let other = self.realm.issuers.get(issuer)?;
        // SECURITY: without the skew: an end that everybody knows is not the requestor's clock.
        let sha1 = other.sha1_until.map(|end| Until { end: end.millis(), now: now.millis() });
        let taken = other.token_types.contains(token_type);
        taken.then(|| IssuerKeys { keys: other.keys.clone(), sha1 })
    }

    /// The signer that is active for an algorithm.
    pub fn signer(&self, algorithm: SignatureAlgorithm) -> Option<&Arc<Signer<purpose::Token>>> {
        let mut active = self.realm.keys.iter().filter(|k| k.state == KeyState::Active);
        active.find(|k| k.signer.algorithm() == algorithm).map(|k| &k.signer)
    }

    /// Whether that is a client whose name alone counts: nothing about it is proven.
    pub fn is_public(&self, who: &Who) -> bool {
        match who {
            Who::Client(id) => self.realm.clients.get(id).is_some_and(|client| client.public),
            Who::Account(_) | Who::Subject { .. } => false,
        }
    }

    /// The names that a token must carry as audience to be meant for this service: the issuer, and every endpoint's URL
    /// that takes tokens.
    pub fn is_this_service(&self, audience: &str) -> bool {
        audience == self.realm.issuer.as_str() || self.is_recipient(audience)
    }

    /// Whether a URL is that of a token endpoint of this realm.
    pub fn is_recipient(&self, url: &str) -> bool {
        let Some(path) = url.strip_prefix(self.realm.public_url.as_str()) else { return false };
        let mut endpoints = self.realm.endpoints.values();
        endpoints.any(|e| e.serves.takes_tokens() && e.paths().any(|one| one == path))
    }
}

impl std::ops::Deref for RealmView {
    type Target = Realm;

    fn deref(&self) -> &Realm {
        &self.realm
    }
}
