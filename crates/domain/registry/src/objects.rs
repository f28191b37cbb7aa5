//! Objects as somebody writes them: references unresolved, names unchecked.
//!
//! In:  a table of TOML, later the body of a management call.
//! Out: one [`Object`], whose shape is right and nothing more.
//! Never: a secret. A [`Reference`] says where one is.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use symbolon_kernel::snapshot::{CredentialKind, Serves, SoapVersionName, Tolerance};

pub use crate::reference::Reference;
use crate::store::ObjectKey;

/// One object.
#[derive(Clone, PartialEq, Debug)]
pub enum Object {
    /// A trust domain.
    Realm(Realm),
    /// A path and what is spoken there.
    Endpoint(Endpoint),
    /// Somebody whom tokens are made for.
    RelyingParty(RelyingParty),
    /// Another issuer whose tokens are accepted.
    Issuer(Issuer),
    /// Somebody who logs in with a password.
    Account(Account),
    /// An OAuth client.
    Client(Client),
}

/// `[[realm]]`
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Realm {
    /// Its id: letters, digits, `.`, `_` and `-`, at most 40.
    pub id: String,
    /// Its public URL; the server's own without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// The name in its tokens; its public URL without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// How far others' clocks may be off, in each direction that has no setting of its own.
    #[serde(default = "five_minutes")]
    pub skew_seconds: u64,
    /// How far they may be behind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skew_past_seconds: Option<u64>,
    /// How far they may be ahead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skew_future_seconds: Option<u64>,
    /// How old a message may be.
    #[serde(default = "five_minutes")]
    pub message_age_seconds: u64,
    /// In which forms requestors may write an account's name.
    #[serde(default = "plain_names", skip_serializing_if = "is_plain")]
    pub account_names: Vec<NameForm>,
    /// The domain in `DOMAIN\user`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// What follows the `@` in `user@suffix`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upn_suffix: Option<String>,
}

/// A form of an account's name.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NameForm {
    /// As it is called.
    Plain,
    /// `DOMAIN\user`
    Domain,
    /// `user@suffix`
    Upn,
}

/// `[[endpoint]]`
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// Its id: letters, digits, `.`, `_` and `-`.
    pub id: String,
    /// Its realm.
    #[serde(default = "default_realm")]
    pub realm: String,
    /// Its path, from `/`.
    pub path: String,
    /// What is spoken there.
    pub serves: Serves,
    /// The product that it looks like as well: more paths, a shape of reply, tolerances.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub personality: Option<String>,
    /// Credentials it takes.
    #[serde(default)]
    pub credentials: Vec<CredentialKind>,
    /// Bends of the protocol that it allows.
    #[serde(default)]
    pub tolerances: Vec<Tolerance>,
    /// Versions of SOAP that it speaks, the preferred one first; 1.2 without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub soap: Option<Vec<SoapVersionName>>,
    /// The relying party that a token is for if the request names none; without, it must.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_party: Option<String>,
}

/// `[[relying_party]]`
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelyingParty {
    /// The URI that requestors name it by.
    pub id: String,
    /// Its realm.
    #[serde(default = "default_realm")]
    pub realm: String,
    /// Tokens it takes, by short name or URI, the default first.
    pub token_types: Vec<String>,
    /// What its SAML tokens are signed with.
    #[serde(default)]
    pub saml_signature: SamlSignature,
    /// What its JWTs are signed with.
    #[serde(default)]
    pub jwt_signature: JwtSignature,
    /// How the elements of its assertions are named.
    #[serde(default)]
    pub assertion_layout: AssertionLayout,
    /// How long its tokens hold.
    #[serde(default = "an_hour")]
    pub lifetime_seconds: u64,
    /// Claims it is told, of those that the subject has.
    #[serde(default)]
    pub attributes: Vec<String>,
    /// How the subject is named to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_format: Option<String>,
    /// Scopes that exist at it.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Accounts that may have a token for it; nobody without.
    #[serde(default)]
    pub accounts: Admission,
    /// OAuth clients that may; nobody without.
    #[serde(default)]
    pub clients: Admission,
    /// Other issuers whose subjects it may be told about; none without.
    #[serde(default)]
    pub issuers: Admission,
}

/// `[[issuer]]`
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// The name it gives itself.
    pub name: String,
    /// The realm that accepts its tokens.
    #[serde(default = "default_realm")]
    pub realm: String,
    /// Token types taken from it, by short name or URI.
    pub token_types: Vec<String>,
    /// Its keys, pinned.
    pub keys: Vec<KeyPin>,
    /// Until when its assertions may rest on SHA-1 (RSA-SHA1 signatures, SHA-1 digests): `2027-06-30T00:00:00Z`. Never without.
    #[serde(default)]
    pub sha1_until: Option<String>,
}

/// One key of an issuer or a client: exactly one of the first three says which.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyPin {
    /// A file with a certificate in PEM.
    #[serde(default)]
    pub certificate_file: Option<String>,
    /// A file with one public JWK.
    #[serde(default)]
    pub jwk_file: Option<String>,
    /// A certificate in PEM.
    #[serde(default)]
    pub pem: Option<String>,
    /// What it signs with; follows from the key's kind without.
    #[serde(default)]
    pub algorithm: Option<KeyAlgorithm>,
}

/// `[[account]]`
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Its name.
    pub name: String,
    /// Its realm.
    #[serde(default = "default_realm")]
    pub realm: String,
    /// Where its password is.
    pub password: Reference,
    /// Where the secret is that it shares with the server, which a UsernameToken's digest needs. It is kept sealed, not
    /// hashed: whoever has the store and the sealing key can read it.
    #[serde(default)]
    pub shared_password: Option<Reference>,
    /// Whether it may log in.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// What is said about it.
    #[serde(default)]
    pub attributes: BTreeMap<String, Values>,
}

/// `[[client]]`
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// Its id.
    pub id: String,
    /// Its realm.
    #[serde(default = "default_realm")]
    pub realm: String,
    /// Where its secret is.
    #[serde(default)]
    pub secret: Option<Reference>,
    /// Its keys, pinned: it signs assertions with them.
    #[serde(default)]
    pub keys: Vec<KeyPin>,
    /// Whether its name alone counts, for it can keep neither a secret nor a key.
    #[serde(default)]
    pub public: bool,
    /// Grants it may use, by their URI.
    #[serde(default)]
    pub grants: Vec<String>,
    /// Relying parties whose tokens it may exchange, besides those meant for this service.
    #[serde(default)]
    pub may_exchange: Vec<String>,
    /// For whom its tokens are where it names nobody.
    #[serde(default)]
    pub default_party: Option<String>,
}

/// What a relying party's SAML tokens are signed with.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SamlSignature {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    #[default]
    RsaSha256,
    /// ECDSA on P-256 with SHA-256.
    EcdsaSha256,
}

/// How the elements of a relying party's assertions are named: the same XML, but not to clients that read it as text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AssertionLayout {
    /// With a prefix: `<saml2:Assertion xmlns:saml2="…">`.
    #[default]
    Prefixed,
    /// Without, as AD FS writes them: `<Assertion xmlns="…">`.
    Unprefixed,
}

/// What a relying party's JWTs are signed with.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JwtSignature {
    /// ECDSA on P-256 with SHA-256.
    #[default]
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
}

/// What an issuer's or a client's key signs with.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    #[serde(alias = "RS256")]
    RsaSha256,
    /// ECDSA on P-256 with SHA-256.
    #[serde(alias = "ES256")]
    EcdsaSha256,
    /// RSASSA-PSS with SHA-256.
    #[serde(alias = "PS256")]
    RsaPssSha256,
}

/// Who is admitted: `"everyone"`, or a list of names; nobody where nothing is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Admission {
    /// Everyone of that kind in the realm.
    Everyone,
    /// These.
    These(Vec<String>),
}

/// One value or several.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Values(pub Vec<String>);

impl Object {
    /// The object's name.
    pub fn key(&self) -> ObjectKey {
        let (realm, id) = match self {
            Object::Realm(realm) => ("", &realm.id),
            Object::Endpoint(endpoint) => (endpoint.realm.as_str(), &endpoint.id),
            Object::RelyingParty(party) => (party.realm.as_str(), &party.id),
            Object::Issuer(issuer) => (issuer.realm.as_str(), &issuer.name),
            Object::Account(account) => (account.realm.as_str(), &account.name),
            Object::Client(client) => (client.realm.as_str(), &client.id),
        };
        ObjectKey { realm: realm.to_owned(), kind: self.kind().to_owned(), id: id.clone() }
    }

    /// Its kind, as files and the store call it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Object::Realm(_) => "realm",
            Object::Endpoint(_) => "endpoint",
            Object::RelyingParty(_) => "relying_party",
            Object::Issuer(_) => "issuer",
            Object::Account(_) => "account",
            Object::Client(_) => "client",
        }
    }

    /// The field that names it.
    pub(crate) const fn name_field(&self) -> &'static str {
        match self {
            Object::Realm(_)
            | Object::Endpoint(_)
            | Object::RelyingParty(_)
            | Object::Client(_) => "id",
            Object::Issuer(_) | Object::Account(_) => "name",
        }
    }
}

impl Default for Admission {
    /// Deny by default: nobody.
    fn default() -> Self {
        Admission::These(Vec::new())
    }
}

impl Serialize for Admission {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Admission::Everyone => to.serialize_str("everyone"),
            Admission::These(names) => names.serialize(to),
        }
    }
}

impl<'de> Deserialize<'de> for Admission {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(AdmissionVisitor)
    }
}

struct AdmissionVisitor;

impl<'de> de::Visitor<'de> for AdmissionVisitor {
    type Value = Admission;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"everyone\" or a list of names")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Admission, E> {
        match text {
            "everyone" => Ok(Admission::Everyone),
            other => Err(E::invalid_value(de::Unexpected::Str(other), &self)),
        }
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, names: A) -> Result<Admission, A::Error> {
        Vec::deserialize(de::value::SeqAccessDeserializer::new(names)).map(Admission::These)
    }
}

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(ValuesVisitor)
    }
}

struct ValuesVisitor;

impl<'de> de::Visitor<'de> for ValuesVisitor {
    type Value = Values;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a list of texts")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Values, E> {
        Ok(Values(vec![text.to_owned()]))
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, values: A) -> Result<Values, A::Error> {
        Vec::deserialize(de::value::SeqAccessDeserializer::new(values)).map(Values)
    }
}

fn five_minutes() -> u64 {
    300
}

fn plain_names() -> Vec<NameForm> {
    vec![NameForm::Plain]
}

fn is_plain(forms: &[NameForm]) -> bool {
    forms == [NameForm::Plain]
}

fn an_hour() -> u64 {
    3600
}

fn yes() -> bool {
    true
}

fn default_realm() -> String {
    "default".to_owned()
}
