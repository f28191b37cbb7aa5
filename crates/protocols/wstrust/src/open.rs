//! Opening a message: octets become an operation, evidence, and what the reply must repeat.
//!
//! In:  a received message and the endpoint's object.
//! Out: [`Opened`], or [`Unopened`]: the refusal for the kernel and the fault that tells it.
//! Never: believes a credential: where a token must be verified, the kernel is asked, in the opener's bounded rounds.
//!
//! WSS SOAP Message Security 1.1.1 §5; SOAP 1.2 part 2 §7.

mod asked;
mod evidence;
mod media;

use std::collections::HashMap;

use symbolon_formats::RawToken;
use symbolon_kernel::snapshot::{CredentialKind, Serves, Tolerance};
use symbolon_kernel::{
    Cause, Credential, Endpoint, Evidence, Exchange, Holder, KeyHint, Operation, Refusal,
};
use symbolon_messages::wstrust::{AppliesTo, Generation, RequestSecurityToken};
use symbolon_model::TokenType;
use symbolon_model::signals::STAGE;
use symbolon_soap::{
    Binding, Doubles, Flaw, Need, NeedId, Opener, Policy, Presence, Sealer, SoapVersion, Step,
    What, names,
};
use symbolon_xml::Limits;
use symbolon_xmlsec::Budget;
use tracing::trace;

use crate::Received;
use crate::fault::{Told, cause_of};
use asked::decode;
use evidence::evidence;
use media::MediaType;

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
    /// For whom, in the request's own spelling if it said so.
    pub(crate) scope: AppliesTo,
    /// Writes the one answer.
    pub(crate) sealer: Sealer,
}

// LIMIT: no endpoint takes signatures or encryption in the header yet; the budget is that of one token.
const BUDGET: Budget =
    Budget { octets: 256 * 1024, unwraps: 0, decrypted: 0, derived: 0, ..Budget::TOKEN };

/// Opens a message.
pub(crate) async fn open(
    exchange: &mut Exchange<'_>,
    endpoint: &Endpoint,
    received: &Received<'_>,
) -> Result<Opened, Unopened> {
    trace!(target: STAGE, "open");
    let generation = generation_of(endpoint);
    let media_type = MediaType::read(received, endpoint)?;
    let policy = policy_of(endpoint, media_type.versions);
    let opener = Opener::new(received.body, &policy, BUDGET).map_err(unopened)?;
    let (opened, mut holders) = drive(exchange, opener, generation).await?;
    let sealer = opened.sealer.clone();
    if let Some(action) = media_type.action {
        let agrees = opened.addressing.check_soap_action(action);
        agrees.map_err(|flaw| Unopened::new(Flaw::Addressing(flaw), sealer.clone()))?;
    }
    let evidence = evidence(endpoint, &opened, &mut holders);
    let evidence =
        evidence.map_err(|refusal| Unopened::plain(refusal, generation, sealer.clone()))?;
    let action = opened.addressing.action.as_deref().or(media_type.action);
    let (operation, asked) = decode(&opened.body, action, (endpoint, generation), sealer)?;
    Ok(Opened { operation, evidence, asked })
}

impl Unopened {
    /// For a flaw whose fault SOAP itself names.
    fn new(flaw: Flaw, sealer: Sealer) -> Self {
        let refusal = Refusal::new(cause_of(&flaw), flaw.to_string());
        Self { refusal, told: Told::flaw(flaw, sealer) }
    }

    /// For a refusal whose fault follows from its cause.
    fn plain(refusal: Refusal, generation: Generation, sealer: Sealer) -> Self {
        Self { refusal, told: Told::by_cause(generation, sealer) }
    }
}

fn unopened(unopened: symbolon_soap::Unopened) -> Unopened {
    Unopened::new(unopened.flaw, unopened.sealer)
}

/// The generation that is spoken at an endpoint.
fn generation_of(endpoint: &Endpoint) -> Generation {
    match endpoint.serves {
        Serves::WsTrust2005 => Generation::V2005,
        Serves::WsTrust13
        | Serves::Mex
        | Serves::FederationMetadata
        | Serves::OAuthToken
        | Serves::Jwks
        | Serves::OAuthMetadata
        | Serves::OpenIdConfiguration => Generation::V13,
    }
}

/// What the endpoint's object demands, in the opener's words.
fn policy_of(endpoint: &Endpoint, versions: &'static [SoapVersion]) -> Policy {
    let takes = |kind| endpoint.credentials.contains(&kind);
    let tolerates = |tolerance| endpoint.tolerances.contains(&tolerance);
    Policy {
        versions,
        binding: Binding::Transport,
        username: takes(CredentialKind::UsernamePassword) || takes(CredentialKind::UsernameDigest),
        assertion: takes(CredentialKind::IssuedToken),
        timestamp: if tolerates(Tolerance::NoTimestamp) {
            Presence::Optional
        } else {
            Presence::Required
        },
        doubles: if tolerates(Tolerance::DuplicateAddressing) {
            Doubles::Tolerated
        } else {
            Doubles::Refused
        },
        limits: Limits::MESSAGE,
    }
}

/// Steps the opener; answers its needs from the kernel until it is done.
async fn drive(
    exchange: &mut Exchange<'_>,
    mut opener: Box<Opener>,
    generation: Generation,
) -> Result<(Box<symbolon_soap::Opened>, HashMap<NeedId, Holder>), Unopened> {
    let mut holders = HashMap::new();
    loop {
        match opener.step().map_err(unopened)? {
            Step::Opened(opened) => return Ok((opened, holders)),
            Step::Need(next, needs) => {
                opener = next;
                for Need { id, what } in needs {
                    let element = match what {
                        What::Token(element) => element,
                        What::Wrapped(_)
                        | What::Held(_)
                        | What::Account { .. }
                        | What::Partner(_) => {
                            // INVARIANT: the opener asks for keys only where a policy takes signatures or encryption.
                            let refusal = Refusal::new(Cause::Bug, "a key was asked for");
                            return Err(Unopened::plain(refusal, generation, opener.into_sealer()));
                        }
                    };
                    let token_type = match element.namespace() {
                        names::SAML11 => TokenType::SAML11,
                        _ => TokenType::SAML2, // the opener hands out no other
                    };
                    let token = Credential::Token { token_type, raw: RawToken::Xml(element) };
                    let found = match exchange.find_key(KeyHint::Confirmed(&token)).await {
                        Ok(found) => found,
                        Err(refusal) => {
                            return Err(Unopened::plain(refusal, generation, opener.into_sealer()));
                        }
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
