//! One realm with everything in it, and ports in a few lines. A test changes what it is about and nothing else.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use symbolon_formats::{Draft, Layout, NameId, RawToken, TrustedKey, built_in};
use symbolon_kernel::audit::Event;
use symbolon_kernel::ports::{
    Account, BoxFuture, CommitFailure, Condition, Digest, Directory, Ledger, NotAvailable,
    PasswordHash, Writes,
};
use symbolon_kernel::snapshot::{
    AccountNames, Admitted, Client, CredentialKind, EndpointObject, Issuer, KeyState, Realm,
    RealmKey, RelyingParty, Serves, Snapshot, SoapVersionName, Tolerance,
};
use symbolon_kernel::{
    Answer, AppliesTo, Arrival, Authentication, BuiltInRules, ClientReading, Credential, Endpoint,
    Evidence, Kernel, KeyWish, Minted, Operation, Outcome, Ports, Presented, Refusal, SubjectWish,
    Target, Wish,
};
use symbolon_keys::SignatureAlgorithm;
use symbolon_model::{
    AccountName, ClaimName, Claims, ClientId, Confidential, Confirmation, IssuerName, KeyId,
    Lifetime, Lineage, PartyId, RealmId, RequestId, Secret, Skew, Timestamp, TokenId, TokenType,
    purpose,
};
use symbolon_testkit::{KnownKey, NOW, OTHER_P256, OTHER_RSA, P256, RSA, Seeded, at, ready};

pub(crate) const ISSUER: &str = "https://sts.example";
pub(crate) const PARTNER: &str = "https://partner.example";
pub(crate) const APP: &str = "urn:rp:app";
pub(crate) const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
pub(crate) const BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
pub(crate) const CREDENTIALS: &str = "client_credentials";

pub(crate) struct World {
    pub(crate) kernel: Kernel,
    pub(crate) ledger: Arc<FakeLedger>,
    pub(crate) directory: Arc<FakeDirectory>,
}

/// A world whose realm a test may change first.
pub(crate) fn world_with(change: impl FnOnce(&mut Realm)) -> World {
    let mut realm = realm();
    change(&mut realm);
    let ledger = Arc::new(FakeLedger::default());
    let directory = Arc::new(FakeDirectory::default());
    let ports = Ports {
        ledger: Arc::clone(&ledger) as _,
        directory: Arc::clone(&directory) as _,
        rules: Arc::new(BuiltInRules),
        random: Arc::new(Seeded::new(1)),
    };
    let kernel = Kernel::new(ports, built_in());
    let routes = realm.endpoints.values().map(|e| (e.path.clone(), Arc::clone(e))).collect();
    let realms = [(realm.id.clone(), Arc::new(realm))].into_iter().collect();
    kernel.publish(Snapshot { revision: 7, realms, routes });
    World { kernel, ledger, directory }
}

pub(crate) fn world() -> World {
    world_with(|_| {})
}

pub(crate) fn party(id: &str) -> RelyingParty {
    RelyingParty {
        id: PartyId::new(id),
        token_types: vec![TokenType::SAML2, TokenType::JWT],
        saml_signature: SignatureAlgorithm::EcdsaSha256,
        jwt_signature: SignatureAlgorithm::EcdsaSha256,
        layout: Layout::Prefixed,
        lifetime: Duration::from_secs(3600),
        attributes: vec![ClaimName::new("mail")],
        name_format: None,
        scopes: vec!["read".to_owned()],
        accounts: Admitted::Everyone,
        clients: Admitted::These(["cid", "signer", "native"].map(ClientId::new).to_vec()),
        issuers: Admitted::Everyone,
    }
}

pub(crate) fn put(realm: &mut Realm, party: RelyingParty) {
    realm.parties.insert(party.id.clone(), Arc::new(party));
}

fn endpoint(
    id: &str,
    path: &str,
    serves: Serves,
    credentials: &[CredentialKind],
) -> EndpointObject {
    EndpointObject {
        id: id.into(),
        realm: RealmId::new("default"),
        path: path.to_owned(),
        aliases: Vec::new(),
        serves,
        credentials: credentials.to_vec(),
        tolerances: Vec::new(),
        soap_versions: vec![SoapVersionName::V12],
        default_party: None,
        reply: Default::default(),
    }
}

pub(crate) fn trusted(key: KnownKey, algorithm: SignatureAlgorithm) -> TrustedKey {
    TrustedKey { id: Some(KeyId::new(key.id)), key: key.public(), algorithm }
}

fn realm_key(key: KnownKey) -> RealmKey {
    let signer = Arc::new(key.signer::<purpose::Token>());
    RealmKey { state: KeyState::Active, trusted: trusted(key, signer.algorithm()), signer }
}

fn realm() -> Realm {
    let mut realm = Realm {
        id: RealmId::new("default"),
        issuer: IssuerName::new(ISSUER),
        public_url: ISSUER.to_owned(),
        skew: Skew::both(Duration::from_secs(300)),
        message_age: Duration::from_secs(300),
        account_names: AccountNames::default(),
        parties: imbl_map(),
        issuers: imbl_map(),
        clients: imbl_map(),
        endpoints: Default::default(),
        keys: vec![realm_key(RSA), realm_key(P256)],
    };
    put(&mut realm, party(APP));
    for e in [
        endpoint("ut", "/ut", Serves::WsTrust13, &[CredentialKind::UsernamePassword]),
        endpoint("digest", "/digest", Serves::WsTrust2005, &[CredentialKind::UsernameDigest]),
        endpoint("issued", "/issued", Serves::WsTrust13, &[CredentialKind::IssuedToken]),
        endpoint("token", "/token", Serves::OAuthToken, &OAUTH),
    ] {
        realm.endpoints.insert(e.id.clone(), Arc::new(e));
    }
    let partner = Issuer {
        name: IssuerName::new(PARTNER),
        keys: vec![trusted(OTHER_P256, SignatureAlgorithm::EcdsaSha256)],
        token_types: vec![TokenType::JWT],
    };
    realm.issuers.insert(partner.name.clone(), Arc::new(partner));
    let second = Issuer {
        name: IssuerName::new("https://second.example"),
        keys: vec![trusted(OTHER_RSA, SignatureAlgorithm::RsaSha256)],
        token_types: vec![TokenType::JWT, TokenType::SAML2],
    };
    realm.issuers.insert(second.name.clone(), Arc::new(second));
    let secret = Some(PasswordHash::new("hash of secret"));
    put_client(&mut realm, Client { secret, ..nobody("cid") });
    let keys = vec![trusted(OTHER_P256, SignatureAlgorithm::EcdsaSha256)];
    put_client(&mut realm, Client { keys, ..nobody("signer") });
    put_client(&mut realm, Client { public: true, ..nobody("native") });
    realm
}

/// What an OAuth endpoint can take.
const OAUTH: [CredentialKind; 3] = [
    CredentialKind::ClientSecretBasic,
    CredentialKind::PrivateKeyJwt,
    CredentialKind::PublicClient,
];

/// A client that has no way yet to say who it is.
pub(crate) fn nobody(id: &str) -> Client {
    Client {
        id: ClientId::new(id),
        secret: None,
        keys: Vec::new(),
        public: false,
        grants: [EXCHANGE, BEARER, CREDENTIALS].map(str::to_owned).to_vec(),
        may_exchange: vec![PartyId::new(APP)],
        default_party: None,
    }
}

pub(crate) fn put_client(realm: &mut Realm, client: Client) {
    realm.clients.insert(client.id.clone(), Arc::new(client));
}

fn imbl_map<M: Default>() -> M {
    M::default()
}

/// One account, `alice` with `secret`; counts the work that argon2id would be.
#[derive(Default)]
pub(crate) struct FakeDirectory {
    pub(crate) checks: AtomicUsize,
}

impl Directory for FakeDirectory {
    fn log_in<'a>(
        &'a self,
        _: &'a RealmId,
        name: &'a AccountName,
        secret: &'a Secret<String>,
    ) -> BoxFuture<'a, Result<Option<Arc<Account>>, NotAvailable>> {
        self.checks.fetch_add(1, Ordering::Relaxed);
        let known = name.as_str() == "alice" && secret.expose() == "secret";
        let mut attributes = Claims::none();
        attributes.add(ClaimName::new("mail"), ["alice@example".to_owned()]);
        attributes.add(ClaimName::new("salary"), ["much".to_owned()]);
        let account = Account { name: name.clone(), attributes };
        Box::pin(async move { Ok(known.then(|| Arc::new(account))) })
    }

    fn log_in_with_digest<'a>(
        &'a self,
        _: &'a RealmId,
        name: &'a AccountName,
        digest: &'a Digest,
    ) -> BoxFuture<'a, Result<Option<Arc<Account>>, NotAvailable>> {
        self.checks.fetch_add(1, Ordering::Relaxed);
        let known = name.as_str() == "alice" && digest.octets == [7; 20];
        let account = Account { name: name.clone(), attributes: Claims::none() };
        Box::pin(async move { Ok(known.then(|| Arc::new(account))) })
    }

    fn fits<'a>(
        &'a self,
        hash: Option<&'a PasswordHash>,
        candidates: &'a [Secret<String>],
    ) -> BoxFuture<'a, Result<bool, NotAvailable>> {
        self.checks.fetch_add(1, Ordering::Relaxed);
        let fits = move |c: &Secret<String>| {
            hash.is_some_and(|h| h.as_phc() == format!("hash of {}", c.expose()))
        };
        Box::pin(async move { Ok(candidates.iter().any(fits)) })
    }
}

/// Keeps what it is given; may be told to fail.
#[derive(Default)]
pub(crate) struct FakeLedger {
    pub(crate) fails: Mutex<Option<CommitFailure>>,
    pub(crate) committed: Mutex<Vec<Event>>,
    pub(crate) noted: Mutex<Vec<Event>>,
    seen: Mutex<HashSet<[u8; 32]>>,
}

impl Ledger for FakeLedger {
    fn commit(&self, writes: Writes) -> BoxFuture<'_, Result<(), CommitFailure>> {
        let done = self.write(writes);
        Box::pin(async move { done })
    }

    fn note(&self, event: Event) {
        self.noted.lock().unwrap().push(event);
    }
}

impl FakeLedger {
    fn write(&self, writes: Writes) -> Result<(), CommitFailure> {
        if let Some(failure) = self.fails.lock().unwrap().clone() {
            return Err(failure);
        }
        for Condition::Unseen { key, .. } in &writes.conditions {
            if !self.seen.lock().unwrap().insert(*key) {
                return Err(CommitFailure::Replayed);
            }
        }
        self.committed.lock().unwrap().push(writes.event);
        Ok(())
    }
}

pub(crate) fn arrival() -> Arrival {
    Arrival { now: NOW, request: RequestId::new("r-1"), source: Some("192.0.2.1".into()) }
}

pub(crate) fn password(name: &str, secret: &str) -> Presented {
    Presented {
        kind: CredentialKind::UsernamePassword,
        credential: Credential::Password { name: name.into(), secret: secret.into() },
        covered_by: Vec::new(),
        confidential: true,
    }
}

/// A digest of alice's shared secret, made so many seconds from now.
pub(crate) fn digest(name: &str, octets: [u8; 20], nonce: &[u8], seconds: i64) -> Presented {
    let digest = Digest { octets, nonce: nonce.to_vec(), created: "as sent".to_owned() };
    Presented {
        kind: CredentialKind::UsernameDigest,
        credential: Credential::PasswordDigest { name: name.into(), digest, made: at(seconds) },
        covered_by: Vec::new(),
        confidential: true,
    }
}

pub(crate) fn client(id: &str, secret: &str) -> Presented {
    Presented {
        kind: CredentialKind::ClientSecretBasic,
        credential: Credential::ClientSecret(vec![ClientReading {
            id: id.into(),
            candidates: vec![secret.into()],
        }]),
        covered_by: Vec::new(),
        confidential: true,
    }
}

pub(crate) fn evidence(credentials: Vec<Presented>) -> Evidence {
    Evidence {
        credentials,
        possessed: Vec::new(),
        reply: Confidential::Channel,
        sent: None,
        once: Vec::new(),
        tolerances: Vec::new(),
    }
}

/// Alice's evidence, and whatever a test adds.
pub(crate) fn alice() -> Evidence {
    evidence(vec![password("alice", "secret")])
}

/// The demo client's evidence.
pub(crate) fn cid() -> Evidence {
    evidence(vec![client("cid", "secret")])
}

/// A SAML token for [`APP`] about the requestor.
pub(crate) fn wish() -> Wish {
    Wish {
        grant: None,
        target: Target::Named(vec![AppliesTo(PartyId::new(APP))]),
        subject: SubjectWish::Requestor,
        token_type: None,
        key: KeyWish::Bearer,
        claims: Vec::new(),
        scopes: Vec::new(),
        lifetime: None,
    }
}

/// A JWT for [`APP`] about the subject of a token, by token exchange.
pub(crate) fn exchange_of(token: Credential) -> Wish {
    Wish {
        grant: Some(EXCHANGE.to_owned()),
        subject: SubjectWish::Impersonate(Box::new(token)),
        token_type: Some(TokenType::ACCESS_TOKEN),
        ..wish()
    }
}

/// An access token for [`APP`] about the subject of a token that is the grant.
pub(crate) fn granted_by(token: Credential) -> Wish {
    Wish {
        grant: Some(BEARER.to_owned()),
        subject: SubjectWish::Asserted(Box::new(token)),
        ..exchange_of(Credential::PublicClient("".into()))
    }
}

pub(crate) fn draft(issuer: &str, audience: &str) -> Draft {
    Draft {
        id: TokenId::new("_0123456789abcdef"),
        issuer: IssuerName::new(issuer),
        issued_at: NOW,
        subject: NameId { value: "bob".to_owned(), format: None },
        audiences: vec![PartyId::new(audience)],
        lifetime: Lifetime::new(at(-60), at(600)).unwrap(),
        authenticated: None,
        attributes: claims(&[("mail", "bob@example"), ("salary", "little")]),
        confirmation: Confirmation::Bearer,
        client: None,
        scope: None,
        lineage: Lineage::new("l"),
        layout: Layout::Prefixed,
    }
}

pub(crate) fn claims(pairs: &[(&str, &str)]) -> Claims {
    let mut all = Claims::none();
    for (name, value) in pairs {
        all.add(ClaimName::new(*name), [(*value).to_owned()]);
    }
    all
}

/// The draft as a token of a type, signed with a known key.
pub(crate) fn signed(draft: &Draft, token_type: TokenType, key: KnownKey) -> Credential {
    let formats = built_in();
    let format = formats.iter().find(|f| f.token_type() == token_type).unwrap();
    let octets = ready(format.encode(draft, &key.signer())).unwrap().into_vec();
    Credential::Token { token_type, raw: RawToken::Octets(octets) }
}

impl World {
    pub(crate) fn endpoint(&self, path: &str) -> Endpoint {
        self.kernel.endpoint(path).unwrap()
    }

    /// Runs one exchange on an endpoint to its answer.
    pub(crate) fn ask(&self, path: &str, evidence: &Evidence, wish: Wish) -> Answer {
        self.ask_at(arrival(), path, evidence, wish)
    }

    /// The same, at that arrival.
    pub(crate) fn ask_at(
        &self,
        arrival: Arrival,
        path: &str,
        evidence: &Evidence,
        wish: Wish,
    ) -> Answer {
        let mut exchange = self.kernel.begin(&self.endpoint(path), arrival);
        let done = ready(async {
            match exchange.authenticate(evidence).await? {
                Authentication::More(challenge) => Ok(Outcome::Ask(challenge)),
                Authentication::Done(requestor) => {
                    exchange.run(requestor, evidence, Operation::Issue(vec![wish])).await
                }
            }
        });
        ready(exchange.commit(done))
    }
}

/// The one token of an answer.
pub(crate) fn minted(answer: &Answer) -> &Minted {
    match answer {
        Answer::Done(done) => match done.what() {
            Outcome::Issued(minted) => &minted[0],
            Outcome::Ask(challenge) => match *challenge {},
        },
        Answer::Refused(refused) => panic!("refused: {:?}", refused.what()),
    }
}

/// The refusal of an answer.
pub(crate) fn refusal(answer: &Answer) -> &Refusal {
    match answer {
        Answer::Refused(refused) => refused.what(),
        Answer::Done(_) => panic!("not refused"),
    }
}

/// The claims of a minted JWT, read without verifying.
pub(crate) fn text_of(minted: &Minted) -> String {
    String::from_utf8(minted.token().as_slice().to_vec()).unwrap()
}

pub(crate) fn with_tolerance(realm: &mut Realm, id: &str, tolerance: Tolerance) {
    let mut object = realm.endpoints[id].as_ref().clone();
    object.tolerances.push(tolerance);
    realm.endpoints.insert(object.id.clone(), Arc::new(object));
}

pub(crate) fn until(minted: &Minted) -> Timestamp {
    minted.lifetime().until()
}
