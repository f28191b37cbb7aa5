//! One realm, an endpoint for each thing to try, and whoever asks there.

use std::collections::HashSet;
use std::slice;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use symbolon_formats::{Layout, TrustedKey, built_in};
use symbolon_kernel::audit::Event;
use symbolon_kernel::ports::{
    Account, BoxFuture, CommitFailure, Condition, Digest, Directory, Ledger, NotAvailable,
    PasswordHash, Writes,
};
use symbolon_kernel::snapshot::{
    AccountNames, Admitted, CredentialKind, EndpointObject, Issuer, KeyState, Realm, RealmKey,
    RelyingParty, Serves, Snapshot, SoapVersionName, Tolerance,
};
use symbolon_kernel::{Arrival, BuiltInRules, Kernel, Ports, Reply};
use symbolon_keys::SignatureAlgorithm;
use symbolon_messages::wstrust::ReceivedResponse;
use symbolon_model::{
    AccountName, ClaimName, Claims, IssuerName, KeyId, PartyId, RealmId, RequestId, Secret, Skew,
    Timestamp, TokenType, purpose,
};
use symbolon_soap::time::DateTime;
use symbolon_soap::{ReceivedFault, names};
use symbolon_testkit::{KnownKey, NOW, OTHER_RSA, P256, RSA, Seeded, at, ready};
use symbolon_wstrust::{Received, serve};
use symbolon_xml::{Document, Element, Limits};

pub(crate) const ISSUER: &str = "https://sts.example";
pub(crate) const PARTNER: &str = "https://partner.example";
/// Alice's password, which she also shares.
pub(crate) const PASSWORD: &str = "s3cr&t<\">";

pub(crate) const SOAP12: &str = "application/soap+xml; charset=utf-8";
pub(crate) const SOAP11: &str = "text/xml; charset=utf-8";
pub(crate) const WST13: &str = "http://docs.oasis-open.org/ws-sx/ws-trust/200512";
pub(crate) const WST05: &str = "http://schemas.xmlsoap.org/ws/2005/02/trust";

pub(crate) struct World {
    kernel: Kernel,
    pub(crate) ledger: Arc<FakeLedger>,
}

pub(crate) fn world() -> World {
    let realm = realm();
    let ledger = Arc::new(FakeLedger::default());
    let ports = Ports {
        ledger: Arc::clone(&ledger) as _,
        directory: Arc::new(FakeDirectory),
        rules: Arc::new(BuiltInRules),
        random: Arc::new(Seeded::new(1)),
    };
    let kernel = Kernel::new(ports, built_in());
    let routes = realm.endpoints.values().map(|e| (e.path.clone(), Arc::clone(e))).collect();
    let realms = [(realm.id.clone(), Arc::new(realm))].into_iter().collect();
    kernel.publish(Snapshot { revision: 7, realms, routes });
    World { kernel, ledger }
}

impl World {
    /// The reply to a message that arrives at a moment.
    pub(crate) fn receive(
        &self,
        path: &str,
        (content_type, soap_action): (&str, Option<&str>),
        body: &[u8],
        now: Timestamp,
    ) -> Reply {
        let arrival = Arrival { now, request: RequestId::new("r-1"), source: None };
        let content_type = Some(content_type);
        let received = Received { arrival, content_type, soap_action, body };
        ready(serve(&self.kernel, &self.kernel.endpoint(path).unwrap(), received))
    }

    /// The reply to a message of ours, at [`NOW`].
    pub(crate) fn ask(&self, asked: &Rst) -> Reply {
        let content_type = if asked.soap == names::SOAP11 { SOAP11 } else { SOAP12 };
        self.receive(asked.path, (content_type, None), asked.message().as_bytes(), NOW)
    }
}

/// A request that is good, unless a test changes it.
#[derive(Clone)]
pub(crate) struct Rst {
    pub(crate) path: &'static str,
    pub(crate) soap: &'static str,
    pub(crate) generation: &'static str,
    pub(crate) headers: String,
    pub(crate) security: String,
    pub(crate) body: String,
}

impl Default for Rst {
    fn default() -> Self {
        Self {
            path: "/13",
            soap: names::SOAP12,
            generation: WST13,
            headers: String::new(),
            security: timestamp() + &username("alice", PASSWORD),
            body: applies_to("urn:rp:app"),
        }
    }
}

impl Rst {
    /// The same of February 2005.
    pub(crate) fn of_2005() -> Self {
        Self { path: "/2005", generation: WST05, ..Self::default() }
    }

    /// The same in SOAP 1.1.
    pub(crate) fn in_11(self) -> Self {
        Self { soap: names::SOAP11, ..self }
    }

    /// In both versions of SOAP.
    pub(crate) fn both(self) -> [Self; 2] {
        [self.clone(), self.in_11()]
    }

    pub(crate) fn message(&self) -> String {
        let Self { soap, generation, headers, security, body, .. } = self;
        format!(
            "<e:Envelope xmlns:e=\"{soap}\" xmlns:a=\"{}\" xmlns:o=\"{}\" xmlns:u=\"{}\">\
             <e:Header>{headers}<o:Security e:mustUnderstand=\"1\">{security}</o:Security></e:Header>\
             <e:Body><t:RequestSecurityToken xmlns:t=\"{generation}\">\
             <t:RequestType>{generation}/Issue</t:RequestType>{body}</t:RequestSecurityToken>\
             </e:Body></e:Envelope>",
            names::WSA,
            names::WSSE,
            names::WSU
        )
    }
}

pub(crate) fn applies_to(party: &str) -> String {
    format!(
        "<p:AppliesTo xmlns:p=\"http://schemas.xmlsoap.org/ws/2004/09/policy\">\
         <a:EndpointReference><a:Address>{party}</a:Address></a:EndpointReference></p:AppliesTo>"
    )
}

pub(crate) fn timestamp() -> String {
    let created = DateTime::from_millis(NOW.millis());
    let expires = DateTime::from_millis(at(300).millis());
    format!(
        "<u:Timestamp><u:Created>{created}</u:Created><u:Expires>{expires}</u:Expires></u:Timestamp>"
    )
}

pub(crate) fn username(name: &str, password: &str) -> String {
    let password = password.replace('&', "&amp;").replace('<', "&lt;");
    format!(
        "<o:UsernameToken><o:Username>{name}</o:Username><o:Password>{password}</o:Password>\
         </o:UsernameToken>"
    )
}

pub(crate) fn sha1(nonce: &[u8], created: &str, password: &str) -> [u8; 20] {
    let all = [nonce, created.as_bytes(), password.as_bytes()].concat();
    digest(&SHA1_FOR_LEGACY_USE_ONLY, &all).as_ref().try_into().unwrap()
}

/// A UsernameToken with a digest, its nonce as written and what stands after it.
pub(crate) fn digested(name: &str, nonce: &str, created: &str) -> String {
    let octets = STANDARD.decode(nonce).unwrap();
    let password = STANDARD.encode(sha1(&octets, created, PASSWORD));
    format!(
        "<o:UsernameToken><o:Username>{name}</o:Username><o:Password Type=\"{}\">{password}</o:Password>\
         <o:Nonce>{nonce}</o:Nonce><u:Created>{created}</u:Created></o:UsernameToken>",
        names::PASSWORD_DIGEST
    )
}

/// The child of the body of a reply.
pub(crate) fn body_of(reply: &Reply) -> Element {
    let root = Document::parse(&reply.body, &Limits::MESSAGE).unwrap();
    root.elements().nth(1).unwrap().elements().next().unwrap()
}

/// The one response of a reply.
pub(crate) fn response_of(reply: &Reply) -> ReceivedResponse {
    assert_eq!(reply.status, 200, "{}", text_of(reply));
    let [one] = ReceivedResponse::parse(&body_of(reply)).unwrap().try_into().unwrap();
    one
}

/// The codes of a fault, from the general to the particular; each with the last part of its namespace.
pub(crate) fn codes_of(reply: &Reply) -> String {
    let fault = ReceivedFault::read(&body_of(reply)).unwrap();
    assert!(text_of(reply).contains(">r-1</f:RequestId>"));
    let code = |(namespace, local): &(String, String)| {
        let prefix = match namespace.as_str() {
            names::SOAP11 | names::SOAP12 => "s",
            names::WSA => "wsa",
            names::WSA04 => "wsa04",
            names::WSSE => "wsse",
            names::WSU => "wsu",
            WST13 => "wst",
            WST05 => "wst05",
            other => panic!("{other}"),
        };
        format!("{prefix}:{local}")
    };
    fault.codes.iter().map(code).collect::<Vec<_>>().join("/")
}

pub(crate) fn text_of(reply: &Reply) -> String {
    String::from_utf8(reply.body.clone()).unwrap()
}

pub(crate) fn header<'r>(reply: &'r Reply, name: &str) -> &'r str {
    &reply.headers.iter().find(|(known, _)| *known == name).unwrap().1
}

fn endpoint(
    path: &str,
    serves: Serves,
    credentials: &[CredentialKind],
    soap: &[SoapVersionName],
) -> EndpointObject {
    EndpointObject {
        id: path.trim_start_matches('/').into(),
        realm: RealmId::new("default"),
        path: path.to_owned(),
        serves,
        credentials: credentials.to_vec(),
        tolerances: Vec::new(),
        soap_versions: soap.to_vec(),
        default_party: None,
        aliases: Vec::new(),
        reply: Default::default(),
    }
}

fn endpoints() -> Vec<EndpointObject> {
    use CredentialKind::{IssuedToken, UsernameDigest, UsernamePassword};
    use Serves::{WsTrust13, WsTrust2005};
    use SoapVersionName::{V11, V12};
    let names = [UsernamePassword, UsernameDigest];
    let tolerances = vec![Tolerance::NoTimestamp, Tolerance::DuplicateAddressing];
    vec![
        EndpointObject {
            tolerances: tolerances.clone(),
            ..endpoint("/13", WsTrust13, &names, &[V12, V11])
        },
        EndpointObject {
            tolerances,
            default_party: Some(PartyId::new("urn:rp:app")),
            ..endpoint("/2005", WsTrust2005, &names, &[V12, V11])
        },
        endpoint("/strict", WsTrust13, &[UsernamePassword], &[V12]),
        endpoint("/11", WsTrust13, &[UsernamePassword], &[V11]),
        endpoint("/issued", WsTrust13, &[IssuedToken], &[V12]),
    ]
}

fn party(id: &str, token_types: &[TokenType]) -> RelyingParty {
    RelyingParty {
        id: PartyId::new(id),
        token_types: token_types.to_vec(),
        saml_signature: SignatureAlgorithm::RsaSha256,
        jwt_signature: SignatureAlgorithm::RsaSha256,
        lifetime: Duration::from_secs(3600),
        attributes: vec![ClaimName::new("mail")],
        name_format: None,
        scopes: Vec::new(),
        accounts: Admitted::Everyone,
        clients: Admitted::Nobody,
        issuers: Admitted::Everyone,
        layout: Layout::Prefixed,
    }
}

fn trusted(key: KnownKey, algorithm: SignatureAlgorithm) -> TrustedKey {
    TrustedKey { id: Some(KeyId::new(key.id)), key: key.public(), algorithm }
}

fn realm_key(key: KnownKey) -> RealmKey {
    let signer = Arc::new(key.signer::<purpose::Token>());
    RealmKey { state: KeyState::Active, trusted: trusted(key, signer.algorithm()), signer }
}

fn realm() -> Realm {
    let five_minutes = Duration::from_secs(300);
    let partner = Issuer {
        name: IssuerName::new(PARTNER),
        keys: vec![trusted(OTHER_RSA, SignatureAlgorithm::RsaSha256)],
        token_types: vec![TokenType::SAML11, TokenType::SAML2],
        sha1_until: None,
    };
    let (saml2, saml11, jwt) = (TokenType::SAML2, TokenType::SAML11, TokenType::JWT);
    let parties = [
        party("urn:rp:app", &[saml2.clone(), saml11.clone(), jwt.clone()]),
        party("urn:rp:saml11", &[saml11]),
        party("urn:rp:jwt", &[jwt]),
        party("urn:rp:unprefixed", slice::from_ref(&saml2)),
        party("urn:federation:MicrosoftOnline", &[saml2]),
    ];
    Realm {
        id: RealmId::new("default"),
        issuer: IssuerName::new(ISSUER),
        public_url: ISSUER.to_owned(),
        skew: Skew::both(five_minutes),
        message_age: five_minutes,
        account_names: AccountNames {
            plain: true,
            domain: Some("CORP".to_owned()),
            upn_suffix: Some("example.test".to_owned()),
        },
        parties: parties.into_iter().map(|one| (one.id.clone(), Arc::new(one))).collect(),
        issuers: [(partner.name.clone(), Arc::new(partner))].into_iter().collect(),
        clients: Default::default(),
        endpoints: endpoints().into_iter().map(|e| (e.id.clone(), Arc::new(e))).collect(),
        keys: vec![realm_key(RSA), realm_key(P256)],
    }
}

/// Alice, by her password or a digest of it.
struct FakeDirectory;

fn alice(known: bool) -> Option<Arc<Account>> {
    let mut attributes = Claims::none();
    attributes.add(ClaimName::new("mail"), ["alice@example".to_owned()]);
    known.then(|| Arc::new(Account { name: AccountName::new("alice"), attributes }))
}

impl Directory for FakeDirectory {
    fn log_in<'a>(
        &'a self,
        _: &'a RealmId,
        name: &'a AccountName,
        secret: &'a Secret<String>,
    ) -> BoxFuture<'a, Result<Option<Arc<Account>>, NotAvailable>> {
        let known = name.as_str() == "alice" && secret.expose() == PASSWORD;
        Box::pin(async move { Ok(alice(known)) })
    }

    fn log_in_with_digest<'a>(
        &'a self,
        _: &'a RealmId,
        name: &'a AccountName,
        digest: &'a Digest,
    ) -> BoxFuture<'a, Result<Option<Arc<Account>>, NotAvailable>> {
        let fits = digest.octets == sha1(&digest.nonce, &digest.created, PASSWORD);
        let known = name.as_str() == "alice" && fits;
        Box::pin(async move { Ok(alice(known)) })
    }

    fn fits<'a>(
        &'a self,
        _: Option<&'a PasswordHash>,
        _: &'a [Secret<String>],
    ) -> BoxFuture<'a, Result<bool, NotAvailable>> {
        Box::pin(async { Ok(false) })
    }
}

/// Remembers what it is given.
#[derive(Default)]
pub(crate) struct FakeLedger {
    pub(crate) committed: Mutex<Vec<Event>>,
    seen: Mutex<HashSet<[u8; 32]>>,
}

impl Ledger for FakeLedger {
    fn commit(&self, writes: Writes) -> BoxFuture<'_, Result<(), CommitFailure>> {
        let mut seen = self.seen.lock().unwrap();
        let fresh = |Condition::Unseen { key, .. }: &Condition| seen.insert(*key);
        let done = if writes.conditions.iter().all(fresh) {
            self.committed.lock().unwrap().push(writes.event);
            Ok(())
        } else {
            Err(CommitFailure::Replayed)
        };
        Box::pin(async move { done })
    }

    fn note(&self, _: Event) {}
}
