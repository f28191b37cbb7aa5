//! The decision: a requestor, a subject, relying parties and wishes become a [`Permit`], or a refusal.
//!
//! In:  who asks, about whom, for whom, what for; all of one snapshot.
//! Out: a permit that `mint` consumes. Nothing else makes one.
//! Never: widens. Deny by default; rights out ⊆ subject ∩ requestor ∩ rules; no token outlives what it is derived from.
//!
//! The invariants stand here in code. [`Rules`](crate::ports::Rules) only say yes or no within them.

use std::sync::Arc;

use symbolon_formats::NameId;
use symbolon_keys::SignatureAlgorithm;
use symbolon_model::signals::STAGE;
use symbolon_model::{
    Authenticated, ClaimName, Claims, ClientId, Confirmation, Lifetime, Lineage, Timestamp,
    TokenType,
};
use tracing::trace;

use crate::audit::Who;
use crate::authn::{Requestor, Subject};
use crate::exchange::Exchange;
use crate::operation::{AppliesTo, ClaimWish, KeyWish, LifetimeWish, Target};
use crate::ports::Rules;
use crate::refusal::{Cause, Refusal, TokenFlaw};
use crate::snapshot::{RealmView, RelyingParty};

/// The attribute by which an assertion of ours says that its scope is bounded: one value, the scopes apart by spaces.
pub(crate) const SCOPE: &str = "scope";

/// One or more relying parties that the requestor may have a token for. Not empty.
#[derive(Debug)]
pub(crate) struct Parties(Vec<Arc<RelyingParty>>);

/// What was asked for, beside whom it is for and about.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) token_type: Option<TokenType>,
    pub(crate) key: KeyWish,
    pub(crate) claims: Vec<ClaimWish>,
    pub(crate) scopes: Vec<String>,
    pub(crate) lifetime: Option<LifetimeWish>,
}

/// Leave to mint one token. Made by `decide`, consumed by `mint`.
#[derive(Debug)]
pub struct Permit {
    pub(crate) subject: NameId,
    pub(crate) parties: Vec<Arc<RelyingParty>>,
    pub(crate) claims: Claims,
    pub(crate) lifetime: Lifetime,
    pub(crate) confirmation: Confirmation,
    pub(crate) token_type: TokenType,
    pub(crate) signature: SignatureAlgorithm,
    pub(crate) authenticated: Option<Authenticated>,
    /// `None`: nothing bounds the token by scope.
    pub(crate) scopes: Option<Vec<String>>,
    pub(crate) client: Option<ClientId>,
    pub(crate) lineage: Option<Lineage>,
    _made_here: MadeHere,
}

/// Only this module can name it: no other can put a [`Permit`] together.
#[derive(Debug)]
struct MadeHere;

/// What rules are asked.
#[derive(Debug)]
pub struct Question<'q> {
    /// The realm.
    pub realm: &'q RealmView,
    /// Who asks.
    pub requestor: &'q Who,
    /// About whom.
    pub subject: &'q Who,
    /// For whom; at least one.
    pub parties: &'q [Arc<RelyingParty>],
    /// Of which type.
    pub token_type: &'q TokenType,
    /// With which scope.
    pub scopes: &'q [String],
}

/// What rules answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Allowed by this rule.
    Yes {
        /// Which rule, in words that an operator finds again.
        rule: String,
    },
    /// Not allowed.
    No {
        /// Which rule, or the lack of which.
        rule: String,
    },
}

/// The rules that the relying parties' own objects state: both who asks and whom it is about must be admitted.
#[derive(Clone, Copy, Debug, Default)]
pub struct BuiltInRules;

impl Rules for BuiltInRules {
    fn judge(&self, question: &Question<'_>) -> Verdict {
        for party in question.parties {
            for who in [question.requestor, question.subject] {
                if !admits(party, who) {
                    let rule = format!("relying party {} does not admit {}", party.id, named(who));
                    return Verdict::No { rule };
                }
            }
        }
        let mut rule = "relying party ".to_owned();
        for (number, party) in question.parties.iter().enumerate() {
            rule.push_str(if number == 0 { "" } else { ", " });
            rule.push_str(party.id.as_str());
        }
        rule.extend([" admits ", &named(question.requestor)]);
        Verdict::Yes { rule }
    }
}

fn admits(party: &RelyingParty, who: &Who) -> bool {
    match who {
        Who::Account(name) => party.accounts.admits(name),
        Who::Client(id) => party.clients.admits(id),
        Who::Subject { issuer, .. } => party.issuers.admits(&issuer.as_str().into()),
    }
}

fn named(who: &Who) -> String {
    match who {
        Who::Account(name) => format!("account {name}"),
        Who::Client(id) => format!("client {id}"),
        Who::Subject { issuer, name } => format!("subject {name} of {issuer}"),
    }
}

/// The relying parties that a wish names, or the one that the client's object names for want of any.
///
/// # Errors
/// [`Cause::Target`] for an unknown relying party.
// SECURITY: asked after the subject was verified, for a public client is a stranger until then: he must not learn which
// relying parties exist. Test: a_public_clients_bad_assertion_tells_nothing_of_relying_parties.
pub(crate) fn target(
    realm: &RealmView,
    requestor: &Requestor,
    target: Target,
) -> Result<Parties, Refusal> {
    let Target::Named(mut names) = target;
    if let (true, Who::Client(id)) = (names.is_empty(), requestor.who()) {
        let default = realm.clients.get(id).and_then(|client| client.default_party.clone());
        names.extend(default.map(AppliesTo));
    }
    if names.is_empty() {
        return Err(Refusal::new(Cause::Target, "no relying party is named"));
    }
    let known = names.iter().map(|name| {
        let party = realm.parties.get(&name.0).cloned();
        party.ok_or_else(|| Refusal::new(Cause::Target, format!("no relying party {}", name.0)))
    });
    Ok(Parties(known.collect::<Result<_, _>>()?))
}

/// Whether the requestor may ask in this way at all: a client needs the grant in its object.
///
/// # Errors
/// [`Cause::Client`].
pub(crate) fn may_ask(
    realm: &RealmView,
    requestor: &Requestor,
    grant: Option<&str>,
) -> Result<(), Refusal> {
    let Who::Client(id) = requestor.who() else { return Ok(()) };
    let grants = realm.clients.get(id).map(|c| c.grants.as_slice()).unwrap_or_default();
    match grant {
        Some(grant) if grants.iter().any(|g| g == grant) => Ok(()),
        Some(grant) => {
            let why = format!("client {id} may not use {grant}");
            Err(Refusal::new(Cause::Client, why))
        }
        None => Err(Refusal::new(Cause::Client, format!("client {id} named no grant"))),
    }
}

/// Decides one issue.
///
/// # Errors
/// [`Cause::Target`] where a rule says no (as for an unknown relying party, so that a stranger cannot tell),
/// [`Cause::UnsupportedTokenType`], [`Cause::Scope`], [`Cause::Claims`], [`Cause::TimeRange`], [`Cause::Unsupported`].
pub(crate) fn decide(
    exchange: &mut Exchange<'_>,
    requestor: &Requestor,
    subject: Subject,
    target: Parties,
    asked: Asked,
) -> Result<Permit, Refusal> {
    trace!(target: STAGE, "decide");
    let Parties(parties) = target;
    let token_type = token_type(&parties, asked.token_type.as_ref());
    let scopes = scopes(&parties, &subject, asked.scopes);
    let question = Question {
        realm: exchange.realm(),
        requestor: requestor.who(),
        subject: &subject.who,
        parties: &parties,
        token_type: &token_type,
        scopes: scopes.as_deref().unwrap_or_default(),
    };
    let rule = match exchange.kernel.ports.rules.judge(&question) {
        Verdict::Yes { rule } => rule,
        Verdict::No { rule } => {
            exchange.record.rule = Some(rule.clone());
            return Err(Refusal::new(Cause::Target, rule));
        }
    };
    offered(&parties, &token_type)?;
    in_scope(&parties, &subject, scopes.as_deref().unwrap_or_default())?;
    let signature = signature(&parties, &token_type)?;
    let lifetime = lifetime(exchange.now(), exchange.realm(), &parties, &subject, asked.lifetime)?;
    let claims = subject.claims.narrowed(|n| parties.iter().all(|p| p.attributes.contains(n)));
    let claims = if token_type.is_saml() { bounded(claims, scopes.as_deref()) } else { claims };
    meets(&claims, &asked.claims)?;
    let KeyWish::Bearer = asked.key;
    let client = match requestor.who() {
        Who::Client(id) => Some(id.clone()),
        Who::Account(_) | Who::Subject { .. } => None,
    };
    // Not before: what is refused for another reason was not decided by the rule that said yes.
    exchange.record.rule = Some(rule);
    Ok(Permit {
        subject: name_towards(&parties, subject.name),
        parties,
        claims,
        lifetime,
        confirmation: Confirmation::Bearer,
        token_type,
        signature,
        authenticated: subject.authenticated,
        scopes,
        client,
        lineage: subject.lineage,
        _made_here: MadeHere,
    })
}

/// The scopes asked for; where none is, those of the subject token that exist at every target: what was bounded stays so.
fn scopes(
    parties: &[Arc<RelyingParty>],
    subject: &Subject,
    asked: Vec<String>,
) -> Option<Vec<String>> {
    if !asked.is_empty() {
        return Some(asked);
    }
    let mut kept = subject.scopes.clone()?;
    kept.retain(|scope| parties.iter().all(|party| party.scopes.contains(scope)));
    Some(kept)
}

// SECURITY: an assertion has no place for a scope. Did it lose the bound, whoever exchanged a token for an assertion and that
// for a token again would have rid himself of it. Test: a_scope_is_not_lost_on_the_way_through_an_assertion.
fn bounded(claims: Claims, scopes: Option<&[String]>) -> Claims {
    let Some(scopes) = scopes else { return claims };
    let mut claims = claims.narrowed(|name| name.as_str() != SCOPE);
    claims.add(ClaimName::new(SCOPE), [scopes.join(" ")]);
    claims
}

/// The type asked for, else the first relying party's default.
fn token_type(parties: &[Arc<RelyingParty>], asked: Option<&TokenType>) -> TokenType {
    let default = || parties.first().and_then(|p| p.token_types.first()).cloned();
    asked.cloned().or_else(default).unwrap_or(TokenType::SAML2)
}

fn offered(parties: &[Arc<RelyingParty>], token_type: &TokenType) -> Result<(), Refusal> {
    // An OAuth access token of ours is a JWT: a party that takes one takes the other.
    let same = |offered: &TokenType| {
        offered == token_type
            || (*offered == TokenType::JWT && *token_type == TokenType::ACCESS_TOKEN)
    };
    match parties.iter().find(|p| !p.token_types.iter().any(same)) {
        None => Ok(()),
        Some(party) => {
            let why = format!("relying party {} does not take {token_type}", party.id);
            Err(Refusal::new(Cause::UnsupportedTokenType, why))
        }
    }
}

// SPEC: RFC 8693 §2.1: the rights asked for are every scope at every target; §5: no more than the subject token grants.
fn in_scope(
    parties: &[Arc<RelyingParty>],
    subject: &Subject,
    scopes: &[String],
) -> Result<(), Refusal> {
    let granted = |s: &String| {
        parties.iter().all(|p| p.scopes.contains(s))
            && subject.scopes.as_ref().is_none_or(|has| has.contains(s))
    };
    match scopes.iter().find(|s| !granted(s)) {
        None => Ok(()),
        Some(scope) => {
            let why = format!("no scope {scope} at every target and in the subject token");
            Err(Refusal::new(Cause::Scope, why))
        }
    }
}

// SPEC: WS-Trust 1.4 §4.1: claims asked for are hints, but a token without a required one must not be issued.
fn meets(told: &Claims, asked: &[ClaimWish]) -> Result<(), Refusal> {
    let met = |wish: &ClaimWish| {
        let values = told.get(wish.name.as_str()).unwrap_or_default();
        match &wish.value {
            Some(value) => values.contains(value),
            None => !values.is_empty(),
        }
    };
    match asked.iter().find(|wish| wish.required && !met(wish)) {
        None => Ok(()),
        Some(wish) => {
            let why = format!("claim {} is required and not told as asked for", wish.name.as_str());
            Err(Refusal::new(Cause::Claims, why))
        }
    }
}

fn signature(
    parties: &[Arc<RelyingParty>],
    token_type: &TokenType,
) -> Result<SignatureAlgorithm, Refusal> {
    let wanted = |p: &Arc<RelyingParty>| {
        if token_type.is_saml() { p.saml_signature } else { p.jwt_signature }
    };
    let mut all = parties.iter().map(wanted);
    match all.next() {
        Some(first) if all.all(|other| other == first) => Ok(first),
        _ => {
            let why = "the relying parties want different signature algorithms";
            Err(Refusal::new(Cause::Unsupported, why))
        }
    }
}

/// From now until the earliest of: what the parties' objects allow, what was asked for, and the end of what it is derived from.
// SPEC: WS-Trust 1.4 §4.1: the lifetime asked for may be shortened, never exceeded; a postdated one is refused.
fn lifetime(
    now: Timestamp,
    realm: &RealmView,
    parties: &[Arc<RelyingParty>],
    subject: &Subject,
    wish: Option<LifetimeWish>,
) -> Result<Lifetime, Refusal> {
    let LifetimeWish { from, until } = wish.unwrap_or_default();
    if let (Some(from), Some(until)) = (from, until)
        && until <= from
    {
        return Err(Refusal::new(Cause::TimeRange, "the lifetime asked for ends before it begins"));
    }
    if from.is_some_and(|from| from > now.after(realm.skew.future)) {
        return Err(Refusal::new(Cause::TimeRange, "a postdated token was asked for"));
    }
    if until.is_some_and(|until| until <= now) {
        return Err(Refusal::new(Cause::TimeRange, "the lifetime asked for is over"));
    }
    let allowed = parties.iter().map(|p| now.after(p.lifetime));
    let Some(end) = allowed.chain(until).chain(subject.until).min() else {
        return Err(Refusal::new(Cause::Bug, "no relying party"));
    };
    Lifetime::new(now, end).map_err(|_| {
        let cause = Cause::Token { role: subject.role, flaw: TokenFlaw::NotNow };
        Refusal::new(cause, "the subject token ends before a token could begin")
    })
}

/// The name format is the relying party's; a name that came with a format keeps it.
fn name_towards(parties: &[Arc<RelyingParty>], name: NameId) -> NameId {
    let wanted = parties.first().and_then(|p| p.name_format.clone());
    NameId { format: name.format.or(wanted), value: name.value }
}
