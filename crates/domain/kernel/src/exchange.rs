//! One exchange, from the first octet to the answer. Read this first.
//!
//! ```text
//! begin ▶ (find_key …) ▶ authenticate ▶ run: subject ▶ target ▶ claims ▶ decide ▶ mint ▶ commit
//! ```
//!
//! In:  an endpoint of one snapshot, one arrival, the evidence and the operation that a protocol opened.
//! Out: an [`Answer`], made by [`Exchange::commit`] alone, after the exchange is durable.
//! Never: a second snapshot, a second `now`, an effect before `commit`. Dropped before that, an exchange has done nothing.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use symbolon_formats::Format;
use symbolon_model::signals::STAGE;
use symbolon_model::{RequestId, Timestamp, TokenType};
use tracing::trace;

use crate::audit::{self, Event, Who};
use crate::authn::Requestor;
use crate::decide;
use crate::evidence::Evidence;
use crate::mint::{self, Minted};
use crate::operation::{Operation, Wish};
use crate::ports::{CommitFailure, Condition, Directory, Ledger, Random, Rules, Writes};
use crate::refusal::{Cause, Refusal};
use crate::reply::Summary;
use crate::snapshot::{EndpointObject, Realm, RealmView, Snapshot, Tolerance};

/// How many keys one exchange may look up. `// LIMIT:` a message with more tokens than that is an attack.
const KEYS: u8 = 8;

/// The kernel: the current snapshot, the formats and the ports. One per process.
pub struct Kernel {
    snapshot: ArcSwap<Snapshot>,
    pub(crate) formats: Vec<Arc<dyn Format>>,
    pub(crate) ports: Ports,
}

/// What the kernel needs from outside.
#[derive(Clone)]
pub struct Ports {
    /// Makes exchanges durable.
    pub ledger: Arc<dyn Ledger>,
    /// Verifies secrets.
    pub directory: Arc<dyn Directory>,
    /// Rules beside the invariants.
    pub rules: Arc<dyn Rules>,
    /// Randomness for ids.
    pub random: Arc<dyn Random>,
}

impl std::fmt::Debug for Ports {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ports")
    }
}

impl std::fmt::Debug for Kernel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Kernel(revision {})", self.snapshot.load().revision)
    }
}

impl Kernel {
    /// A kernel without state: it has no endpoint until a snapshot is published.
    pub fn new(ports: Ports, formats: Vec<Arc<dyn Format>>) -> Self {
        Self { snapshot: ArcSwap::from_pointee(Snapshot::default()), formats, ports }
    }

    /// Makes a snapshot current. Exchanges under way keep the one they began with.
    pub fn publish(&self, snapshot: Snapshot) {
        self.snapshot.store(Arc::new(snapshot));
    }

    /// The current snapshot.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// The endpoint at a path, with the realm that it belongs to, both of one snapshot.
    pub fn endpoint(&self, path: &str) -> Option<Endpoint> {
        let snapshot = self.snapshot.load();
        let object = Arc::clone(snapshot.routes.get(path)?);
        let realm: Arc<Realm> = Arc::clone(snapshot.realms.get(&object.realm)?);
        Some(Endpoint { object, realm: RealmView::new(realm, snapshot.revision) })
    }

    /// Begins an exchange.
    pub fn begin(&self, endpoint: &Endpoint, arrival: Arrival) -> Exchange<'_> {
        trace!(target: STAGE, "begin");
        Exchange {
            kernel: self,
            endpoint: endpoint.clone(),
            arrival,
            keys_left: KEYS,
            record: Record::default(),
        }
    }

    pub(crate) fn format(&self, token_type: &TokenType) -> Option<&Arc<dyn Format>> {
        self.formats.iter().find(|f| f.token_type() == *token_type)
    }
}

/// An endpoint and its realm, of one snapshot.
#[derive(Clone, Debug)]
pub struct Endpoint {
    object: Arc<EndpointObject>,
    realm: RealmView,
}

impl Endpoint {
    /// The realm.
    pub fn realm(&self) -> &RealmView {
        &self.realm
    }

    /// The endpoint's public URL.
    pub fn url(&self) -> String {
        format!("{}{}", self.realm.public_url, self.object.path)
    }

    /// Whether a URL is the endpoint's, by any of its paths.
    pub fn is_at(&self, url: &str) -> bool {
        let path = url.strip_prefix(self.realm.public_url.as_str());
        path.is_some_and(|path| self.paths().any(|own| own == path))
    }
}

impl std::ops::Deref for Endpoint {
    type Target = EndpointObject;

    fn deref(&self) -> &EndpointObject {
        &self.object
    }
}

/// When and from where a request came, and the id it was given. The listener owns the clock.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arrival {
    /// The exchange's only `now`.
    pub now: Timestamp,
    /// The request's id.
    pub request: RequestId,
    /// Where it came from, coarse enough to group strangers by; `None` where the listener does not know.
    pub source: Option<Arc<str>>,
}

/// One exchange.
pub struct Exchange<'k> {
    pub(crate) kernel: &'k Kernel,
    pub(crate) endpoint: Endpoint,
    pub(crate) arrival: Arrival,
    pub(crate) keys_left: u8,
    pub(crate) record: Record,
}

/// What the stages note for the audit event and the commit.
#[derive(Debug, Default)]
pub(crate) struct Record {
    pub(crate) operation: Option<&'static str>,
    pub(crate) requestor: Option<Who>,
    pub(crate) proven: Vec<String>,
    pub(crate) tolerances: Vec<Tolerance>,
    pub(crate) conditions: Vec<Condition>,
    pub(crate) rule: Option<String>,
}

impl std::fmt::Debug for Exchange<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Exchange({})", self.arrival.request)
    }
}

/// Whether whoever asks has proven who they are, or must answer first.
#[derive(Debug)]
pub enum Authentication {
    /// Proven.
    Done(Requestor),
    /// Another leg is needed.
    More(Challenge),
}

/// A leg of an authentication that takes several. No credential of today needs one, so none can be made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Challenge {}

/// What came of an operation.
#[derive(Debug)]
pub enum Outcome {
    /// Tokens, one for each wish, in order.
    Issued(Vec<Minted>),
    /// Another leg of the authentication.
    Ask(Challenge),
}

/// All that a protocol can encode. Made by [`Exchange::commit`] alone.
#[derive(Debug)]
pub enum Answer {
    /// Done, and durable.
    Done(Recorded<Outcome>),
    /// Refused; on record too, or on its way there where a stranger was refused.
    Refused(Recorded<Refusal>),
}

/// Something that went through the commit. Only this module makes one.
#[derive(Debug)]
pub struct Recorded<T> {
    what: T,
    request: RequestId,
    known: bool,
    summary: Summary,
}

impl<T> Recorded<T> {
    /// What was recorded.
    pub fn what(&self) -> &T {
        &self.what
    }

    /// The id of the request, for the answer.
    pub fn request(&self) -> &RequestId {
        &self.request
    }
}

impl Answer {
    /// The id of the request, for the answer.
    pub fn request(&self) -> &RequestId {
        match self {
            Answer::Done(done) => done.request(),
            Answer::Refused(refused) => refused.request(),
        }
    }

    /// Whether a refusal is for somebody who has proven nothing: it leaves in plain, no key seals it.
    pub fn refuses_a_stranger(&self) -> bool {
        match self {
            Answer::Done(_) => false,
            Answer::Refused(refused) => !refused.known,
        }
    }

    /// What logs and metrics say about it.
    pub fn summary(&self) -> &Summary {
        match self {
            Answer::Done(done) => &done.summary,
            Answer::Refused(refused) => &refused.summary,
        }
    }
}

impl Exchange<'_> {
    /// The realm that the exchange belongs to.
    pub fn realm(&self) -> &RealmView {
        &self.endpoint.realm
    }

    /// When the request arrived.
    pub fn now(&self) -> Timestamp {
        self.arrival.now
    }

    /// Authenticates, and does what was asked for whoever has proven who they are.
    ///
    /// # Errors
    /// A [`Refusal`]; nothing has happened yet, it still must be committed.
    pub async fn perform(
        &mut self,
        operation: Operation,
        evidence: &Evidence,
    ) -> Result<Outcome, Refusal> {
        match self.authenticate(evidence).await? {
            Authentication::More(challenge) => Ok(Outcome::Ask(challenge)),
            Authentication::Done(requestor) => self.run(requestor, evidence, operation).await,
        }
    }

    /// Does what was asked, for somebody who has proven who they are.
    ///
    /// # Errors
    /// A [`Refusal`]; nothing has happened yet, it still must be committed.
    pub async fn run(
        &mut self,
        requestor: Requestor,
        _evidence: &Evidence,
        operation: Operation,
    ) -> Result<Outcome, Refusal> {
        self.record.operation = Some(operation.name());
        match operation {
            Operation::Issue(wishes) => {
                let mut minted = Vec::with_capacity(wishes.len());
                for wish in wishes {
                    minted.push(self.issue(&requestor, wish).await?);
                }
                Ok(Outcome::Issued(minted))
            }
        }
    }

    async fn issue(&mut self, requestor: &Requestor, wish: Wish) -> Result<Minted, Refusal> {
        decide::may_ask(self.realm(), requestor, wish.grant.as_deref())?;
        let subject = self.subject(requestor, wish.subject).await?;
        let target = decide::target(self.realm(), requestor, wish.target)?;
        let asked = decide::Asked {
            token_type: wish.token_type,
            key: wish.key,
            claims: wish.claims,
            scopes: wish.scopes,
            lifetime: wish.lifetime,
        };
        let permit = decide::decide(self, requestor, subject, target, asked)?;
        mint::mint(self, permit).await
    }

    /// Makes the exchange durable and its answer possible. Refusals are committed too; those of strangers do not wait.
    pub async fn commit(self, done: Result<Outcome, Refusal>) -> Answer {
        match done {
            Ok(outcome) => {
                let event = self.event(succeeded(&outcome, self.record.rule.as_deref()));
                let conditions = self.record.conditions.clone();
                match self.kernel.ports.ledger.commit(Writes { conditions, event }).await {
                    Ok(()) => Answer::Done(self.recorded(outcome, "issued", None)),
                    Err(failure) => self.refuse(refusal_of(failure)).await,
                }
            }
            Err(refusal) => self.refuse(refusal).await,
        }
    }

    async fn refuse(self, refusal: Refusal) -> Answer {
        let event = self.event(refused(&refusal, self.record.rule.clone()));
        let ledger = &self.kernel.ports.ledger;
        let written = if self.record.requestor.is_none() {
            ledger.note(event);
            Ok(())
        } else {
            ledger.commit(Writes { conditions: Vec::new(), event }).await
        };
        let refusal = written.map_or_else(refusal_of, |()| refusal);
        let cause = refusal.clone();
        Answer::Refused(self.recorded(refusal, "refused", Some(cause)))
    }

    fn recorded<T>(self, what: T, outcome: &'static str, refusal: Option<Refusal>) -> Recorded<T> {
        let summary = Summary {
            request: self.arrival.request.clone(),
            realm: self.endpoint.realm.id.clone(),
            protocol: self.endpoint.serves.protocol(),
            operation: self.record.operation.unwrap_or("none"),
            outcome,
            refusal,
        };
        let known = self.record.requestor.is_some();
        Recorded { what, request: self.arrival.request, known, summary }
    }

    fn event(&self, outcome: audit::Outcome) -> Event {
        Event {
            version: audit::VERSION,
            request: self.arrival.request.clone(),
            at: self.arrival.now,
            realm: self.endpoint.realm.id.clone(),
            endpoint: self.endpoint.id.clone(),
            protocol: self.endpoint.serves.protocol().into(),
            source: self.arrival.source.clone(),
            revision: self.endpoint.realm.revision(),
            requestor: self.record.requestor.clone(),
            proven: self.record.proven.clone(),
            tolerances: self.record.tolerances.clone(),
            replay_protected: !self.record.conditions.is_empty(),
            outcome,
        }
    }
}

fn succeeded(outcome: &Outcome, rule: Option<&str>) -> audit::Outcome {
    match outcome {
        Outcome::Issued(minted) => audit::Outcome::Issued {
            rule: rule.unwrap_or_default().to_owned(),
            tokens: minted.iter().map(Minted::ledger_entry).collect(),
        },
        Outcome::Ask(challenge) => match *challenge {},
    }
}

fn refused(refusal: &Refusal, rule: Option<String>) -> audit::Outcome {
    let detail = refusal.detail.for_the_record().to_owned();
    audit::Outcome::Refused { cause: refusal.cause, detail, rule }
}

fn refusal_of(failure: CommitFailure) -> Refusal {
    match failure {
        CommitFailure::Replayed => {
            Refusal::new(Cause::Replayed, "a copy of a message that was accepted before")
        }
        CommitFailure::Unavailable(retry_after, why) => {
            Refusal::unavailable(retry_after.max(Duration::from_secs(1)), why)
        }
    }
}
