//! Opening a message: octets become an operation, evidence, and what the reply must repeat.
//!
//! In:  a received message and the endpoint's object.
//! Out: [`Opened`], or [`Unopened`]: the refusal for the kernel and the fault that tells it.
//! Never: believes a credential (where a token must be verified, the kernel is asked, in the opener's bounded rounds); or
//!        passes over something that was asked for and would change who may use the token: that is refused by name.
//!
//! WSS SOAP Message Security 1.1.1 §5, §10; UsernameToken Profile 1.1.1 §3; SOAP 1.2 part 2 §7; WS-Trust 1.4 §3.1, §4.1.

use std::collections::HashMap;

use symbolon_formats::RawToken;
use symbolon_kernel::snapshot::{CredentialKind, Tolerance};
use symbolon_kernel::{
    AppliesTo, Cause, Credential, Endpoint, Evidence, Exchange, Holder, KeyHint, KeyWish,
    LifetimeWish, Operation, Presented, Refusal, SubjectWish, Target, Wish,
};
use symbolon_messages::wstrust::{
    AppliesTo as Scope, FaultCode, KeyType, Part, RequestSecurityToken, RequestType, names,
};
use symbolon_model::signals::STAGE;
use symbolon_model::{
    AccountName, Confidential, Lifetime, Once, PartyId, Secret, Timestamp, TokenType,
};
use symbolon_soap::{
    Binding, Doubles, Flaw, Need, NeedId, Opener, PasswordType, Policy, Presence, Sealer, SoapVersion,
    Stamp, Step, Token, TokenKind, Username, What,
};
use symbolon_xml::{Element, Limits};
use symbolon_xmlsec::Budget;
use tracing::trace;

use crate::Received;
use crate::fault::{Told, cause_of};

/// A message that could be opened.
pub(crate) struct Opened {
    pub(crate) operation: Operation,
    pub(crate) evidence: Evidence,
    pub(crate) asked: Asked,
}

/// A message that could not: it is answered in plain, with a fixed text, for nobody is authenticated.
pub(crate) struct Unopened {
    pub(crate) refusal: Refusal,
    pub(crate) told: Told,
}

/// What the answer must repeat of the request.
pub(crate) struct Asked {
    /// The request itself: its generation, Context and spelling of the token type.
    pub(crate) request: RequestSecurityToken,
    /// For whom, in the request's own spelling.
    pub(crate) scope: Scope,
    /// Writes the one answer.
    pub(crate) sealer: Sealer,
}

const SAML2_SPELLINGS: [&str; 2] = [names::SAML20_TOKEN, names::SAML20_URN];

const SOAP12: &[SoapVersion] = &[SoapVersion::V12];

// LIMIT: no endpoint takes signatures or encryption in the header yet; the budget is that of one token.
const BUDGET: Budget = Budget { signatures: 1, references: 1, octets: 256 * 1024 };

/// Opens a message.
pub(crate) async fn open(
    exchange: &mut Exchange<'_>,
    endpoint: &Endpoint,
    received: &Received<'_>,
) -> Result<Opened, Unopened> {
    trace!(target: STAGE, "open");
    let media_type = MediaType::read(received)?;
    let opener = Opener::new(received.body, &policy_of(endpoint), BUDGET).map_err(unopened)?;
    let (opened, mut holders) = drive(exchange, opener).await?;
    let sealer = opened.sealer.clone();
    if let Some(action) = media_type.action {
        let agrees = opened.addressing.check_soap_action(action);
        agrees.map_err(|flaw| Unopened::new(Flaw::Addressing(flaw), sealer.clone()))?;
    }
    let evidence = evidence(endpoint, &opened.tokens, opened.timestamp, &mut holders);
    let evidence = evidence.map_err(|refusal| Unopened::plain(refusal, sealer.clone()))?;
    let action = opened.addressing.action.as_deref().or(media_type.action);
    let (operation, asked) = decode(&opened.body, action, sealer)?;
    Ok(Opened { operation, evidence, asked })
}

impl Unopened {
    /// For a flaw whose fault SOAP itself names.
    pub(crate) fn new(flaw: Flaw, sealer: Sealer) -> Self {
        let refusal = Refusal::new(cause_of(&flaw), flaw.to_string());
        Self { refusal, told: Told::flaw(flaw, sealer) }
    }

    /// For a refusal whose fault follows from its cause.
    pub(crate) fn plain(refusal: Refusal, sealer: Sealer) -> Self {
        Self { refusal, told: Told::by_cause(sealer) }
    }
}

fn unopened(unopened: symbolon_soap::Unopened) -> Unopened {
    Unopened::new(unopened.flaw, unopened.sealer)
}

/// What the endpoint's object demands, in the opener's words.
fn policy_of(endpoint: &Endpoint) -> Policy {
    let takes = |kind| endpoint.credentials.contains(&kind);
    Policy {
        versions: SOAP12,
        binding: Binding::Transport,
        username: takes(CredentialKind::UsernamePassword),
        assertion: takes(CredentialKind::IssuedToken),
        timestamp: if endpoint.tolerances.contains(&Tolerance::NoTimestamp) {
            Presence::Optional
        } else {
            Presence::Required
        },
        doubles: Doubles::Refused,
        limits: Limits::MESSAGE,
    }
}

/// Steps the opener; answers its needs from the kernel until it is done.
async fn drive(
    exchange: &mut Exchange<'_>,
    mut opener: Opener,
) -> Result<(symbolon_soap::Opened, HashMap<NeedId, Holder>), Unopened> {
    let mut holders = HashMap::new();
    loop {
        match opener.step().map_err(unopened)? {
            Step::Opened(opened) => return Ok((*opened, holders)),
            Step::Need(next, needs) => {
                opener = *next;
                for Need { id, what: What::Token(element) } in needs {
                    let raw = RawToken::Xml(element);
                    let token = Credential::Token { token_type: TokenType::SAML2, raw };
                    let found = match exchange.find_key(KeyHint::Confirmed(&token)).await {
                        Ok(found) => found,
                        Err(refusal) => return Err(Unopened::plain(refusal, opener.into_sealer())),
                    };
                    holders.extend(found.holder.map(|holder| (id, holder)));
                    if let Err(flaw) = opener.supply(id, found.key) {
                        return Err(Unopened::new(Flaw::Security(flaw), opener.into_sealer()));
                    }
                }
            }
        }
    }
}

fn evidence(
    endpoint: &Endpoint,
    tokens: &[Token],
    timestamp: Option<Stamp>,
    holders: &mut HashMap<NeedId, Holder>,
) -> Result<Evidence, Refusal> {
    let mut evidence = Evidence {
        credentials: Vec::with_capacity(tokens.len()),
        possessed: Vec::new(),
        reply: Confidential::Channel,
        sent: timestamp.map(|stamp| sent(endpoint, stamp)).transpose()?,
        once: Vec::new(),
        tolerances: Vec::new(),
    };
    if timestamp.is_none() {
        evidence.tolerances.push(Tolerance::NoTimestamp);
    }
    for token in tokens {
        let (kind, credential) = match &token.kind {
            TokenKind::Username(username) => {
                evidence.sent = evidence.sent.or(created(endpoint, username)?);
                evidence.once.extend(username.nonce.clone().map(Once::Nonce));
                (CredentialKind::UsernamePassword, password(username)?)
            }
            TokenKind::Assertion => {
                let holder = token.need.and_then(|need| holders.remove(&need));
                let missing = || Refusal::new(Cause::Bug, "the opener asked nobody about a token");
                (CredentialKind::IssuedToken, Credential::Held(holder.ok_or_else(missing)?))
            }
        };
        let confidential = token.confidential;
        evidence.credentials.push(Presented {
            kind,
            credential,
            covered_by: Vec::new(),
            confidential,
        });
    }
    Ok(evidence)
}

fn password(username: &Username) -> Result<Credential, Refusal> {
    match username.password_type {
        PasswordType::Text => Ok(Credential::Password {
            name: AccountName::new(username.name.as_str()),
            secret: Secret::from(username.password.expose()),
        }),
        // SPEC: UsernameToken Profile 1.1.1 §3.1: a digest needs the secret itself; the directory keeps hashes.
        PasswordType::Digest => {
            let why = "a password digest, and accounts keep no shared secret";
            Err(Refusal::new(Cause::UnsupportedCredential, why))
        }
    }
}

/// From when until when the message is to be accepted: its own end, else the realm's greatest age.
fn sent(endpoint: &Endpoint, stamp: Stamp) -> Result<Lifetime, Refusal> {
    let created = Timestamp::from_millis(stamp.created);
    let until = match stamp.expires {
        Some(expires) => Timestamp::from_millis(expires),
        None => created.after(endpoint.realm().message_age),
    };
    Lifetime::new(created, until).map_err(|_| {
        Refusal::new(Cause::MalformedSecurity, "the message expires when it was created")
    })
}

/// The UsernameToken's own Created stands in for a Timestamp.
fn created(endpoint: &Endpoint, username: &Username) -> Result<Option<Lifetime>, Refusal> {
    let Some(text) = &username.created else { return Ok(None) };
    let millis = symbolon_soap::time::parse(text.trim());
    let millis = millis.map_err(|flaw| Refusal::new(Cause::MalformedSecurity, flaw.to_string()))?;
    sent(endpoint, Stamp { created: millis, expires: None }).map(Some)
}

/// What the HTTP headers say about the message.
struct MediaType<'r> {
    /// The `action` parameter, or `SOAPAction`; nothing where it is empty.
    action: Option<&'r str>,
}

impl<'r> MediaType<'r> {
    // SPEC: SOAP 1.2 part 2 §7.1.4; 415 where the media type is not that of the version spoken here.
    fn read(received: &Received<'r>) -> Result<Self, Unopened> {
        let mut parts = received.content_type.unwrap_or_default().split(';').map(str::trim);
        let essence = parts.next().unwrap_or_default();
        if !essence.eq_ignore_ascii_case("application/soap+xml") {
            let refusal = Refusal::new(Cause::Malformed, format!("media type {essence:?}"));
            let told = Told::media_type(Sealer::plain(SoapVersion::V12, None));
            return Err(Unopened { refusal, told });
        }
        let parameter = parts.find_map(|part| {
            let (name, value) = part.split_once('=')?;
            name.trim().eq_ignore_ascii_case("action").then(|| unquoted(value))
        });
        let header = received.soap_action.map(unquoted);
        let action = parameter.or(header).filter(|action| !action.is_empty());
        Ok(Self { action })
    }
}

fn unquoted(value: &str) -> &str {
    let value = value.trim();
    value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap_or(value)
}

// ---- the body: what is asked for

/// Decodes the body's child: WS-Trust 1.4 §3.1, §4.1.
fn decode(
    body: &Element,
    action: Option<&str>,
    sealer: Sealer,
) -> Result<(Operation, Asked), Unopened> {
    let parsed = RequestSecurityToken::parse(body);
    let parsed = parsed.map_err(|flaw| Refusal::new(cause_of_code(flaw.code()), flaw.to_string()));
    let request = match parsed {
        Ok(request) => request,
        Err(refusal) => return Err(Unopened::plain(refusal, sealer)),
    };
    if let Some(action) = action {
        check_action(&request, action, &sealer)?;
    }
    match wish(&request) {
        Err(refusal) => Err(Unopened::plain(refusal, sealer)),
        Ok((wish, scope)) => Ok((Operation::Issue(vec![wish]), Asked { request, scope, sealer })),
    }
}

const fn cause_of_code(code: FaultCode) -> Cause {
    match code {
        FaultCode::BadRequest => Cause::UnknownOperation,
        FaultCode::InvalidTimeRange => Cause::TimeRange,
        FaultCode::InvalidRequest
        | FaultCode::FailedAuthentication
        | FaultCode::RequestFailed
        | FaultCode::InvalidSecurityToken
        | FaultCode::AuthenticationBadElements
        | FaultCode::ExpiredData
        | FaultCode::InvalidScope
        | FaultCode::RenewNeeded
        | FaultCode::UnableToRenew => Cause::Malformed,
    }
}

// SPEC: WS-Trust 1.4 §4: RequestType and Action name the same operation.
fn check_action(
    request: &RequestSecurityToken,
    action: &str,
    sealer: &Sealer,
) -> Result<(), Unopened> {
    let wanted = request.request_type.action(request.generation);
    if action == wanted {
        return Ok(());
    }
    let refusal = Refusal::new(Cause::Malformed, format!("action {action:?} is not {wanted}"));
    Err(if RequestType::of_action(request.generation, action).is_some() {
        Unopened::plain(refusal, sealer.clone())
    } else {
        let told = Told::action_not_supported(action.to_owned(), sealer.clone());
        Unopened { refusal, told }
    })
}

fn wish(request: &RequestSecurityToken) -> Result<(Wish, Scope), Refusal> {
    only_issue(request.request_type)?;
    refuse_unserved(request)?;
    let Some(scope) = request.applies_to.clone() else {
        return Err(Refusal::new(Cause::Malformed, "no AppliesTo"));
    };
    let millis = |at: Option<i64>| at.map(Timestamp::from_millis);
    let lifetime = request
        .lifetime
        .map(|asked| LifetimeWish { from: millis(asked.created), until: millis(asked.expires) });
    let wish = Wish {
        grant: None,
        target: Target::Named(vec![AppliesTo(PartyId::new(scope.address.as_str()))]),
        subject: SubjectWish::Requestor,
        token_type: Some(token_type(request.token_type.as_deref())?),
        key: key(request.key_type.as_ref())?,
        scopes: Vec::new(),
        lifetime,
    };
    Ok((wish, scope))
}

fn only_issue(asked: RequestType) -> Result<(), Refusal> {
    match asked {
        RequestType::Issue => Ok(()),
        RequestType::Renew
        | RequestType::Cancel
        | RequestType::Validate
        | RequestType::KeyExchange => {
            Err(Refusal::new(Cause::UnknownOperation, format!("{asked:?} is not offered here")))
        }
    }
}

fn token_type(asked: Option<&str>) -> Result<TokenType, Refusal> {
    match asked {
        None => Ok(TokenType::SAML2),
        Some(uri) if SAML2_SPELLINGS.contains(&uri) => Ok(TokenType::SAML2),
        Some(uri) => Err(Refusal::new(Cause::UnsupportedTokenType, format!("token type {uri:?}"))),
    }
}

// SPEC: WS-Trust 1.4 §4.4: what silence means is the service's to say. Here it is Bearer, the only kind that is made.
fn key(asked: Option<&KeyType>) -> Result<KeyWish, Refusal> {
    match asked {
        None | Some(KeyType::Bearer) => Ok(KeyWish::Bearer),
        Some(other @ (KeyType::Symmetric | KeyType::Public | KeyType::Other(_))) => {
            Err(Refusal::new(Cause::Unsupported, format!("key type {other:?}")))
        }
    }
}

/// Refuses what was asked for and is not done here, by name.
fn refuse_unserved(request: &RequestSecurityToken) -> Result<(), Refusal> {
    let refuse =
        |what: &str| Err(Refusal::new(Cause::Unsupported, format!("{what} is not served")));
    if request.on_behalf_of.is_some() {
        return refuse("OnBehalfOf");
    }
    if request.act_as.is_some() {
        return refuse("ActAs");
    }
    if !request.claims.is_empty() {
        return refuse("Claims");
    }
    match request.also.iter().find(|part| !is_a_hint(**part)) {
        None => Ok(()),
        Some(part) => refuse(part.local()),
    }
}

/// Whether a part only says what the requestor would like, so that a token without it is still the token asked for:
/// algorithms are the relying party's to choose, and nothing issued here is forwardable or postdated.
const fn is_a_hint(part: Part) -> bool {
    matches!(
        part,
        Part::ComputedKeyAlgorithm
            | Part::SignatureAlgorithm
            | Part::EncryptionAlgorithm
            | Part::CanonicalizationAlgorithm
            | Part::KeyWrapAlgorithm
            | Part::SignWith
            | Part::EncryptWith
            | Part::AllowPostdating
            | Part::Forwardable
            | Part::Delegatable
            | Part::Policy
            | Part::PolicyReference
    )
}
