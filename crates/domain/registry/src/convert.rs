//! One stored object becomes what the kernel reads; everything that an object can get wrong on its own is found here.
//!
//! In:  a body.
//! Out: the kernel's object, or every [`Wrong`] field of it.
//! Never: looks at another object; `checks` does.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use symbolon_formats::{Layout, TrustedKey};
use symbolon_kernel::snapshot::{
    AccountNames, Admitted, Client, CredentialKind, EndpointObject, Issuer, RelyingParty,
    ReplyShape, Serves, SoapVersionName, Tolerance,
};
use symbolon_keys::{PublicKey, SignatureAlgorithm};
use symbolon_messages::oauth::grant_types;
use symbolon_model::{
    ClaimName, ClientId, EndpointId, IssuerName, KeyId, PartyId, RealmId, Skew, Timestamp,
    TokenType,
};
use symbolon_xml::time::parse_utc;

use crate::objects::{
    self, Admission, AssertionLayout, JwtSignature, KeyAlgorithm, NameForm, SamlSignature,
};
use crate::stored::{PinnedKey, StoredClient, StoredIssuer};

/// LIMIT: ids stand in URLs, log fields and the common names of certificates (64 characters, RFC 5280 A.1).
const ID_CHARACTERS: usize = 40;
/// LIMIT: clocks that are further apart are broken, and what skew allows is a window for replay.
const SKEW_SECONDS: u64 = 3600;
/// LIMIT: replay keys are kept as long as a message may be old.
const MESSAGE_AGE_SECONDS: u64 = 24 * 3600;
/// LIMIT: a bearer token that nobody can revoke should not outlive a month.
const LIFETIME_SECONDS: u64 = 31 * 24 * 3600;

/// A field that is wrong, and what to do about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Wrong {
    pub(crate) field: String,
    pub(crate) message: String,
    pub(crate) remedy: String,
}

/// Collects what is wrong with one object.
#[derive(Default)]
pub(crate) struct Judge(pub(crate) Vec<Wrong>);

impl Judge {
    pub(crate) fn wrong(
        &mut self,
        field: impl Into<String>,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let (field, message, remedy) = (field.into(), message.into(), remedy.into());
        self.0.push(Wrong { field, message, remedy });
    }

    fn id(&mut self, id: &str) {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if id.is_empty() || id.len() > ID_CHARACTERS || !id.chars().all(allowed) {
            let remedy = format!("write 1 to {ID_CHARACTERS} letters, digits, `.`, `_` or `-`");
            self.wrong("id", format!("`{id}` is not an id"), remedy);
        }
    }

    fn present(&mut self, field: &str, text: &str) {
        if text.is_empty() || text.trim() != text {
            let remedy = "write a name without white space around it";
            self.wrong(field, "a name is empty or has white space around it", remedy);
        }
    }

    fn within(&mut self, field: &str, seconds: u64, (least, most): (u64, u64)) {
        if !(least..=most).contains(&seconds) {
            let remedy = format!("write {least} to {most} seconds");
            self.wrong(field, format!("{seconds} seconds are out of bounds"), remedy);
        }
    }

    fn token_types(&mut self, names: &[String]) -> Vec<TokenType> {
        if names.is_empty() {
            self.wrong("token_types", "there is no token type", "write \"saml2\" or \"jwt\"");
        }
        let mut types = Vec::new();
        for (index, name) in names.iter().enumerate() {
            match token_type(name) {
                Some(known) => types.push(known),
                None => self.wrong(
                    format!("token_types.{index}"),
                    format!("`{name}` is not a token type that is made or read here"),
                    "write \"saml2\" or \"jwt\"",
                ),
            }
        }
        types
    }
}

/// A token type by its short name or a URI of it.
fn token_type(name: &str) -> Option<TokenType> {
    match name {
        // RFC 8693 §3; WSS SAML Token Profile 1.1.1 §3.5.
        "saml2"
        | "urn:ietf:params:oauth:token-type:saml2"
        | "urn:oasis:names:tc:SAML:2.0:assertion"
        | "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV2.0" => {
            Some(TokenType::SAML2)
        }
        "saml11"
        | "urn:ietf:params:oauth:token-type:saml1"
        | "urn:oasis:names:tc:SAML:1.0:assertion"
        | "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV1.1" => {
            Some(TokenType::SAML11)
        }
        "jwt" | "urn:ietf:params:oauth:token-type:jwt" => Some(TokenType::JWT),
        "urn:ietf:params:oauth:token-type:access_token" => Some(TokenType::ACCESS_TOKEN),
        _ => None,
    }
}

/// A realm's own settings.
pub(crate) struct RealmSettings {
    pub(crate) issuer: IssuerName,
    pub(crate) public_url: String,
    pub(crate) skew: Skew,
    pub(crate) message_age: Duration,
    pub(crate) account_names: AccountNames,
}

pub(crate) fn realm(
    written: &objects::Realm,
    server_url: &str,
    judge: &mut Judge,
) -> RealmSettings {
    judge.id(&written.id);
    let skew = skew(written, judge);
    judge.within("message_age_seconds", written.message_age_seconds, (1, MESSAGE_AGE_SECONDS));
    let public_url = written.public_url.as_deref().unwrap_or(server_url);
    if !is_public_url(public_url) {
        let remedy = "write https://HOST[:PORT][/PATH] without a slash at its end";
        judge.wrong("public_url", format!("`{public_url}` is not a public URL"), remedy);
    }
    let issuer = written.issuer.as_deref().unwrap_or(public_url);
    judge.present("issuer", issuer);
    RealmSettings {
        issuer: IssuerName::new(issuer),
        public_url: public_url.to_owned(),
        skew,
        message_age: Duration::from_secs(written.message_age_seconds),
        account_names: account_names(written, judge),
    }
}

fn skew(written: &objects::Realm, judge: &mut Judge) -> Skew {
    let mut direction = |field: &str, own: Option<u64>| {
        let seconds = own.unwrap_or(written.skew_seconds);
        if own.is_some() {
            judge.within(field, seconds, (0, SKEW_SECONDS));
        }
        Duration::from_secs(seconds)
    };
    let past = direction("skew_past_seconds", written.skew_past_seconds);
    let future = direction("skew_future_seconds", written.skew_future_seconds);
    judge.within("skew_seconds", written.skew_seconds, (0, SKEW_SECONDS));
    Skew { past, future }
}

fn account_names(written: &objects::Realm, judge: &mut Judge) -> AccountNames {
    if written.account_names.is_empty() {
        let remedy = "write some of [\"plain\",\"domain\",\"upn\"]";
        judge.wrong("account_names", "a realm without forms of names admits no account", remedy);
    }
    let mut part = |form: NameForm, field: &str, value: &Option<String>, not: char| {
        let listed = written.account_names.contains(&form);
        match value.as_deref() {
            None if listed => {
                let message =
                    format!("account_names lists {}, which needs `{field}`", quoted(&form));
                judge.wrong("account_names", message, format!("write {field}, or remove the form"));
            }
            Some(value) if value.is_empty() || value.trim() != value || value.contains(not) => {
                let remedy = format!("write it without `{not}` and without white space");
                judge.wrong(field, format!("`{value}` cannot be part of a name"), remedy);
            }
            None | Some(_) => {}
        }
        value.clone().filter(|_| listed)
    };
    AccountNames {
        plain: written.account_names.contains(&NameForm::Plain),
        domain: part(NameForm::Domain, "domain", &written.domain, '\\'),
        upn_suffix: part(NameForm::Upn, "upn_suffix", &written.upn_suffix, '@'),
    }
}

/// Whether a URL can be what everybody reaches us by: https, a host, no query, no fragment, no slash at its end.
pub fn is_public_url(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("https://") else { return false };
    let host = rest.split('/').next().unwrap_or_default();
    let plain = |c: char| c.is_ascii_graphic() && !"?#@\\\"<>".contains(c);
    !host.is_empty() && !host.starts_with(':') && !rest.ends_with('/') && rest.chars().all(plain)
}

pub(crate) fn endpoint(written: &objects::Endpoint, judge: &mut Judge) -> EndpointObject {
    judge.id(&written.id);
    if !is_path(&written.path) {
        let remedy = "write /NAME/… with letters, digits, `.`, `_`, `-` and `~`";
        judge.wrong("path", format!("`{}` is not a path", written.path), remedy);
    }
    let taken = credentials_of(written.serves);
    for (index, kind) in written.credentials.iter().enumerate() {
        if !taken.contains(kind) {
            let message = format!("this protocol cannot take {}", quoted(kind));
            let remedy = match taken {
                [] => "leave credentials out: everyone may read it".to_owned(),
                some => format!("write some of {}", quoted(&some)),
            };
            judge.wrong(format!("credentials.{index}"), message, remedy);
        }
    }
    if written.credentials.is_empty() && !taken.is_empty() {
        let remedy = format!("write some of {}", quoted(&taken));
        judge.wrong("credentials", "an endpoint that takes no credential admits nobody", remedy);
    }
    for (index, tolerance) in written.tolerances.iter().enumerate() {
        let applies = match tolerance {
            Tolerance::NoTimestamp | Tolerance::DuplicateAddressing => is_soap(written.serves),
        };
        if !applies {
            let message = format!("{} means nothing in this protocol", quoted(tolerance));
            judge.wrong(format!("tolerances.{index}"), message, "remove it");
        }
    }
    EndpointObject {
        id: EndpointId::new(written.id.as_str()),
        realm: RealmId::new(written.realm.as_str()),
        path: written.path.clone(),
        aliases: Vec::new(),
        serves: written.serves,
        credentials: written.credentials.clone(),
        tolerances: written.tolerances.clone(),
        soap_versions: soap_versions(written, judge),
        default_party: default_party(written, judge),
        reply: ReplyShape::default(),
    }
}

fn soap_versions(written: &objects::Endpoint, judge: &mut Judge) -> Vec<SoapVersionName> {
    let versions = match &written.soap {
        None if is_soap(written.serves) => return vec![SoapVersionName::V12],
        None => return Vec::new(),
        Some(versions) => versions,
    };
    let twice =
        versions.iter().enumerate().any(|(at, one)| versions.iter().take(at).any(|v| v == one));
    if !is_soap(written.serves) {
        judge.wrong("soap", "SOAP is not spoken in this protocol", "remove it");
    } else if versions.is_empty() || twice {
        judge.wrong("soap", "not a list of versions", "write \"1.2\", \"1.1\" or both, each once");
    }
    versions.clone()
}

fn default_party(written: &objects::Endpoint, judge: &mut Judge) -> Option<PartyId> {
    if written.default_party.is_some() && !is_soap(written.serves) {
        judge.wrong("default_party", "requests of this protocol always name one", "remove it");
    }
    written.default_party.as_deref().map(PartyId::new)
}

const fn is_soap(serves: Serves) -> bool {
    match serves {
        Serves::WsTrust13 | Serves::WsTrust2005 => true,
        Serves::Mex
        | Serves::FederationMetadata
        | Serves::OAuthToken
        | Serves::Jwks
        | Serves::OAuthMetadata
        | Serves::OpenIdConfiguration => false,
    }
}

/// As the file spells it.
fn quoted<T: serde::Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn is_path(path: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._-~".contains(c);
    let segment = |s: &str| !s.is_empty() && s != "." && s != ".." && s.chars().all(allowed);
    path.strip_prefix('/').is_some_and(|rest| rest.split('/').all(segment))
}

/// What each protocol can take a requestor's credential as.
const fn credentials_of(serves: Serves) -> &'static [CredentialKind] {
    match serves {
        Serves::WsTrust13 | Serves::WsTrust2005 => &[
            CredentialKind::UsernamePassword,
            CredentialKind::UsernameDigest,
            CredentialKind::IssuedToken,
        ],
        Serves::OAuthToken => &[
            CredentialKind::ClientSecretBasic,
            CredentialKind::ClientSecretPost,
            CredentialKind::PrivateKeyJwt,
            CredentialKind::PublicClient,
        ],
        Serves::Mex
        | Serves::FederationMetadata
        | Serves::Jwks
        | Serves::OAuthMetadata
        | Serves::OpenIdConfiguration => &[],
    }
}

pub(crate) fn party(written: &objects::RelyingParty, judge: &mut Judge) -> RelyingParty {
    judge.present("id", &written.id);
    judge.within("lifetime_seconds", written.lifetime_seconds, (1, LIFETIME_SECONDS));
    for (index, scope) in written.scopes.iter().enumerate() {
        // RFC 6749 §3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
        let allowed = |c: char| c.is_ascii_graphic() && c != '"' && c != '\\';
        if scope.is_empty() || !scope.chars().all(allowed) {
            let remedy = "write visible ASCII without blanks, `\"` and `\\`";
            judge.wrong(format!("scopes.{index}"), format!("`{scope}` is not a scope"), remedy);
        }
    }
    RelyingParty {
        id: PartyId::new(written.id.as_str()),
        token_types: judge.token_types(&written.token_types),
        saml_signature: match written.saml_signature {
            SamlSignature::RsaSha256 => SignatureAlgorithm::RsaSha256,
            SamlSignature::EcdsaSha256 => SignatureAlgorithm::EcdsaSha256,
        },
        jwt_signature: match written.jwt_signature {
            JwtSignature::Es256 => SignatureAlgorithm::EcdsaSha256,
            JwtSignature::Rs256 => SignatureAlgorithm::RsaSha256,
        },
        layout: match written.assertion_layout {
            AssertionLayout::Prefixed => Layout::Prefixed,
            AssertionLayout::Unprefixed => Layout::Unprefixed,
        },
        lifetime: Duration::from_secs(written.lifetime_seconds),
        attributes: written.attributes.iter().map(|name| ClaimName::new(name.as_str())).collect(),
        name_format: written.name_format.clone(),
        scopes: written.scopes.clone(),
        accounts: admitted(&written.accounts),
        clients: admitted(&written.clients),
        issuers: admitted(&written.issuers),
    }
}

fn admitted<T: for<'a> From<&'a str>>(written: &Admission) -> Admitted<T> {
    match written {
        Admission::Everyone => Admitted::Everyone,
        Admission::These(names) if names.is_empty() => Admitted::Nobody,
        Admission::These(names) => {
            Admitted::These(names.iter().map(|name| T::from(name)).collect())
        }
    }
}

pub(crate) fn issuer(stored: &StoredIssuer, judge: &mut Judge) -> Issuer {
    judge.present("name", &stored.name);
    if stored.keys.is_empty() {
        judge.wrong("keys", "an issuer without keys is never believed", "pin at least one key");
    }
    let keys = trusted(&stored.keys, judge);
    let token_types = judge.token_types(&stored.token_types);
    let sha1_until = stored.sha1_until.as_deref().and_then(|text| {
        let end = parse_utc(text).ok();
        if end.is_none() {
            let remedy = "write its end in UTC, such as 2027-06-30T00:00:00Z";
            judge.wrong("sha1_until", format!("`{text}` is not a moment in UTC"), remedy);
        } else if !token_types.iter().any(TokenType::is_saml) {
            judge.wrong("sha1_until", "no JWT rests on SHA-1", "remove it");
        }
        end.map(Timestamp::from_millis)
    });
    Issuer { name: IssuerName::new(stored.name.as_str()), keys, token_types, sha1_until }
}

/// Keys as they were pinned, ready to verify.
fn trusted(pinned: &[PinnedKey], judge: &mut Judge) -> Vec<TrustedKey> {
    let mut keys = Vec::new();
    for (index, pinned) in pinned.iter().enumerate() {
        let field = format!("keys.{index}");
        let octets = STANDARD.decode(&pinned.spki).unwrap_or_default();
        let Ok(key) = PublicKey::from_spki_der(&octets) else {
            judge.wrong(field, "the key cannot be read", "pin it again");
            continue;
        };
        let algorithm = match pinned.algorithm {
            KeyAlgorithm::RsaSha256 => SignatureAlgorithm::RsaSha256,
            KeyAlgorithm::EcdsaSha256 => SignatureAlgorithm::EcdsaSha256,
            KeyAlgorithm::RsaPssSha256 => SignatureAlgorithm::PsSha256,
        };
        if !algorithm.fits_jws(key.kind()) {
            let message =
                format!("a key of this kind does not sign with {}", quoted(&pinned.algorithm));
            judge.wrong(
                format!("{field}.algorithm"),
                message,
                "leave it out: it follows from the key",
            );
        }
        keys.push(TrustedKey { id: pinned.id.as_deref().map(KeyId::new), key, algorithm });
    }
    keys
}

pub(crate) fn client(stored: &StoredClient, judge: &mut Judge) -> Client {
    judge.present("id", &stored.id);
    let proves = stored.secret.is_some() || !stored.keys.is_empty();
    match (stored.public, proves) {
        (true, true) => judge.wrong(
            "public",
            "a public client has neither a secret nor a key",
            "remove `public`, or its secret and keys",
        ),
        (false, false) => judge.wrong(
            "id",
            "nothing proves who this client is",
            "write `secret` or `keys`, or `public = true` if it can keep neither",
        ),
        (true, false) | (false, true) => {}
    }
    for (index, grant) in stored.grants.iter().enumerate() {
        let field = format!("grants.{index}");
        if !grant_types::SERVED.contains(&grant.as_str()) {
            let message = format!("`{grant}` is not a grant that is served here");
            let remedy = format!("write some of {}", quoted(&grant_types::SERVED));
            judge.wrong(field, message, remedy);
        } else if stored.public && grant == grant_types::CLIENT_CREDENTIALS {
            // SPEC: RFC 6749 §4.4: confidential clients alone.
            let message = "a public client proves nothing about itself, of which this grant speaks";
            judge.wrong(field, message, "remove it, or give the client a secret or a key");
        }
    }
    Client {
        id: ClientId::new(stored.id.as_str()),
        secret: stored.secret.clone(),
        keys: trusted(&stored.keys, judge),
        public: stored.public,
        grants: stored.grants.clone(),
        may_exchange: stored.may_exchange.iter().map(|id| PartyId::new(id.as_str())).collect(),
        default_party: stored.default_party.as_deref().map(PartyId::new),
    }
}
