//! The body: what is asked for.
//!
//! In:  the body's child, and the action that the headers name.
//! Out: the operation, and what the answer must repeat; or the refusal.
//! Never: passes over something that was asked for and would change who may use the token: that is refused by name.
//!
//! WS-Trust 1.4 §3.1, §4.1.

use symbolon_kernel::{
    AppliesTo, Cause, ClaimWish, Endpoint, KeyWish, LifetimeWish, Operation, Refusal, SubjectWish,
    Target, Wish,
};
use symbolon_messages::wstrust::{
    AppliesTo as Scope, FaultCode, Generation, KeyType, Part, RequestFlaw, RequestSecurityToken,
    RequestType,
};
use symbolon_model::{ClaimName, PartyId, Timestamp};
use symbolon_soap::Sealer;
use symbolon_xml::Element;

use super::{Asked, Unopened};
use crate::fault::Told;
use crate::token_type;

/// Decodes the body's child.
pub(super) fn decode(
    body: &Element,
    action: Option<&str>,
    (endpoint, generation): (&Endpoint, Generation),
    sealer: Sealer,
) -> Result<(Operation, Asked), Unopened> {
    let mut request = match RequestSecurityToken::parse(body).map_err(refusal_of) {
        Ok(request) => request,
        Err(refusal) => return Err(Unopened::plain(refusal, generation, sealer)),
    };
    // Its faults are in the namespace of the request, as its answer would be.
    let spoken = request.generation;
    if spoken != generation {
        let why = format!("a request of {spoken:?} where {generation:?} is spoken");
        return Err(Unopened::plain(Refusal::new(Cause::UnknownOperation, why), spoken, sealer));
    }
    if let Some(action) = action {
        check_action(&request, action, &sealer)?;
    }
    match wish(&mut request, endpoint) {
        Err(refusal) => Err(Unopened::plain(refusal, spoken, sealer)),
        Ok((wish, scope)) => Ok((Operation::Issue(vec![wish]), Asked { request, scope, sealer })),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "made to be handed to map_err")]
fn refusal_of(flaw: RequestFlaw) -> Refusal {
    let cause = match (&flaw, flaw.code()) {
        (RequestFlaw::ClaimsDialect, _) => Cause::Unsupported,
        (_, FaultCode::BadRequest) => Cause::UnknownOperation,
        (_, FaultCode::InvalidTimeRange) => Cause::TimeRange,
        (
            _,
            FaultCode::InvalidRequest
            | FaultCode::FailedAuthentication
            | FaultCode::RequestFailed
            | FaultCode::InvalidSecurityToken
            | FaultCode::AuthenticationBadElements
            | FaultCode::ExpiredData
            | FaultCode::InvalidScope
            | FaultCode::RenewNeeded
            | FaultCode::UnableToRenew,
        ) => Cause::Malformed,
    };
    Refusal::new(cause, flaw.to_string())
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
        Unopened::plain(refusal, request.generation, sealer.clone())
    } else {
        let told = Told::action_not_supported(action.to_owned(), sealer.clone());
        Unopened { refusal, told }
    })
}

/// What is wished for, and for whom: that is taken out of the request.
fn wish(request: &mut RequestSecurityToken, endpoint: &Endpoint) -> Result<(Wish, Scope), Refusal> {
    only_issue(request.request_type)?;
    refuse_unserved(request)?;
    // SPEC: WS-Trust 1.4 §4.1: without AppliesTo the service may know whom it is for; the answer then says so.
    let default = || endpoint.default_party.as_ref().map(|id| Scope::new(id.as_str().to_owned()));
    let Some(scope) = request.applies_to.take().or_else(default) else {
        return Err(Refusal::new(Cause::Malformed, "no AppliesTo"));
    };
    let millis = |at: Option<i64>| at.map(Timestamp::from_millis);
    let lifetime = request
        .lifetime
        .map(|asked| LifetimeWish { from: millis(asked.created), until: millis(asked.expires) });
    let claims = request.claims.iter().map(|asked| ClaimWish {
        name: ClaimName::new(asked.uri.as_str()),
        value: asked.value.clone(),
        required: asked.required,
    });
    let wish = Wish {
        grant: None,
        target: Target::Named(vec![AppliesTo(PartyId::new(scope.address.as_str()))]),
        subject: SubjectWish::Requestor,
        token_type: request.token_type.as_deref().map(token_type::of_uri).transpose()?,
        key: key(request.key_type.as_ref())?,
        claims: claims.collect(),
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
