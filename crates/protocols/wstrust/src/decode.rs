//! A RequestSecurityToken becomes an [`Operation`].
//!
//! In:  the body's child, and the action that the headers name.
//! Out: the operation in the kernel's words, and what the answer must repeat of the request ([`Asked`]).
//! Never: passes over something that was asked for and would change who may use the token: that is refused by name.
//!
//! WS-Trust 1.4 §3.1, §4.1.

use symbolon_kernel::{
    AppliesTo, Cause, KeyWish, LifetimeWish, Operation, Refusal, SubjectWish, Target, Wish,
};
use symbolon_messages::wstrust::{
    AppliesTo as Scope, FaultCode, KeyType, Part, RequestSecurityToken, RequestType,
};
use symbolon_model::{PartyId, Timestamp, TokenType};
use symbolon_soap::Sealer;
use symbolon_xml::Element;

use crate::fault::Told;
use crate::open::Unopened;

/// What the answer must repeat of the request.
pub(crate) struct Asked {
    /// The request itself: its generation, Context and spelling of the token type.
    pub(crate) request: RequestSecurityToken,
    /// For whom, in the request's own spelling.
    pub(crate) scope: Scope,
    /// Writes the one answer.
    pub(crate) sealer: Sealer,
}

const SAML2_SPELLINGS: [&str; 2] = [
    symbolon_messages::wstrust::names::SAML20_TOKEN,
    symbolon_messages::wstrust::names::SAML20_URN,
];

/// Decodes the body of a message.
pub(crate) fn decode(
    body: &Element,
    action: Option<&str>,
    sealer: Sealer,
) -> Result<(Operation, Asked), Unopened> {
    let parsed = RequestSecurityToken::parse(body);
    let parsed = parsed.map_err(|flaw| Refusal::new(cause_of(flaw.code()), flaw.to_string()));
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

const fn cause_of(code: FaultCode) -> Cause {
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
    if request.claims.is_some() {
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
