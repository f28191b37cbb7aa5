//! A token over WS-Trust 1.3 or 1.4: SOAP 1.2 over TLS, a UsernameToken, one RequestSecurityToken.
//!
//! In:  the endpoint's address, who asks, for whom, and what kind of token.
//! Out: a [`ReceivedToken`], or the fault as a [`Refused`](crate::Refused).
//! Never: an answer to another request.
//!
//! WS-Trust 1.4 §4; WSS UsernameToken Profile 1.1.1; WS-Addressing 1.0. INTEROP: read are both SOAP versions, a collection or
//! a bare response, with or without a timestamp and addressing.

use std::time::Duration;

use http::Method;
use http::header::{ACCEPT, CONTENT_TYPE};
use symbolon_keys::fill_random;
use symbolon_messages::Secret;
use symbolon_messages::wstrust::{
    AppliesTo, Generation, KeyType, Lifetime, ReceivedResponse, Request, RequestType,
};
use symbolon_model::Timestamp;
use symbolon_soap::{
    Binding, Doubles, Opened, Opener, Policy, Presence, ReceivedFault, SoapVersion, Stamp, Step,
    UsernamePassword,
};
use symbolon_xml::Limits;
use symbolon_xmlsec::Budget;

use crate::https::{Incoming, Outgoing};
use crate::token::cut_out;
use crate::{Client, Failure, ReceivedToken};

/// Who asks for which token, and where.
#[derive(Clone, Copy, Debug)]
pub struct IssueRequest<'a> {
    /// The endpoint: `https://sts.example/trust/13/usernamemixed`.
    pub endpoint: &'a str,
    /// The account's name.
    pub user: &'a str,
    /// Its password.
    pub password: &'a Secret,
    /// The relying party.
    pub applies_to: &'a str,
    /// The type of token, a URI; `None` leaves it to the service.
    pub token_type: Option<&'a str>,
    /// How long it is to be good; `None` leaves it to the service.
    pub lifetime: Option<Duration>,
}

/// How long a request is good: enough for a slow network and clocks that differ.
const FRESH: Duration = Duration::from_secs(5 * 60);

/// What an answer may be. All that a client must refuse is a protection that it cannot check.
const ANSWERS: Policy = Policy {
    versions: &[SoapVersion::V12, SoapVersion::V11],
    binding: Binding::Transport,
    username: false,
    assertion: false,
    timestamp: Presence::Optional,
    doubles: Doubles::Refused,
    limits: Limits::MESSAGE,
};

impl Client {
    /// Asks for a bearer token. `now` goes into the message's timestamp.
    ///
    /// # Errors
    /// [`Failure`]; [`Failure::Refused`] where the service answered with a fault.
    pub async fn issue(
        &self,
        request: &IssueRequest<'_>,
        now: Timestamp,
    ) -> Result<ReceivedToken, Failure> {
        let action = RequestType::Issue.action(Generation::V13);
        let message_id = message_id()?;
        let outgoing = Outgoing {
            method: Method::POST,
            url: request.endpoint,
            headers: vec![
                (CONTENT_TYPE, format!("{}; action=\"{action}\"", SoapVersion::V12.content_type())),
                (ACCEPT, "application/soap+xml, text/xml".to_owned()),
            ],
            body: request.write(action, &message_id, now)?,
        };
        let incoming = self.send(outgoing).await?;
        read(&incoming, &message_id)
    }
}

impl IssueRequest<'_> {
    fn write(&self, action: &str, message_id: &str, now: Timestamp) -> Result<Vec<u8>, Failure> {
        let unwritable = |flaw: symbolon_xml::Unwritable| Failure::Request(flaw.to_string());
        let lifetime = self.lifetime.map(|span| Lifetime {
            created: Some(now.millis()),
            expires: Some(now.after(span).millis()),
        });
        let body = Request {
            generation: Generation::V13,
            context: Some(message_id),
            request_type: RequestType::Issue,
            token_type: self.token_type,
            applies_to: Some(&AppliesTo::new(self.applies_to.to_owned())),
            key_type: Some(&KeyType::Bearer),
            lifetime,
        };
        let body = body.write().map_err(unwritable)?;
        let envelope = symbolon_soap::Request {
            version: SoapVersion::V12,
            action,
            to: self.endpoint,
            message_id,
            timestamp: Some(Stamp {
                created: now.millis(),
                expires: Some(now.after(FRESH).millis()),
            }),
            username: Some(UsernamePassword { name: self.user, password: self.password }),
            body: &body,
        };
        envelope.write().map_err(unwritable)
    }
}

fn read(incoming: &Incoming, message_id: &str) -> Result<ReceivedToken, Failure> {
    let opened = open(incoming)?;
    if let Some(fault) = ReceivedFault::read(&opened.body) {
        let code = fault.codes.last().map(|(_, local)| local.clone()).unwrap_or_default();
        return Err(incoming.refusal(code, fault.reason, fault.request_id).into());
    }
    if !incoming.status.is_success() {
        return Err(incoming.unusable("an error without a fault"));
    }
    // SECURITY: an answer to somebody else's request would give us his token. Test: an_answer_to_another_request_is_not_ours.
    if opened.addressing.relates_to.as_deref().is_some_and(|id| id != message_id) {
        return Err(incoming.unusable("it relates to another message"));
    }
    let responses = ReceivedResponse::parse(&opened.body)
        .map_err(|flaw| incoming.unusable(flaw.to_string()))?;
    let [response] = responses.as_slice() else {
        return Err(incoming.unusable("several tokens where one was asked for"));
    };
    if response.context.as_deref().is_some_and(|context| context != message_id) {
        return Err(incoming.unusable("it has another context"));
    }
    Ok(ReceivedToken {
        octets: cut_out(&response.token).map_err(|flaw| incoming.unusable(flaw))?,
        token_type: response.token_type.clone().unwrap_or_default(),
        applies_to: response.applies_to.as_ref().map(|scope| scope.address.clone()),
        until: response.lifetime.and_then(|life| life.expires).map(Timestamp::from_millis),
    })
}

fn open(incoming: &Incoming) -> Result<Opened, Failure> {
    let opener = Opener::new(&incoming.body, &ANSWERS, Budget::MESSAGE);
    match opener.and_then(Opener::step) {
        Ok(Step::Opened(opened)) => Ok(*opened),
        Ok(Step::Need(..)) => Err(incoming.unusable("it is protected by a token")),
        Err(unopened) => Err(incoming.unusable(unopened.flaw.to_string())),
    }
}

/// A name that no other message has: `urn:uuid:` and a random UUID (RFC 9562 §5.4).
fn message_id() -> Result<String, Failure> {
    let mut octets = [0_u8; 16];
    fill_random(&mut octets).map_err(|flaw| Failure::Request(flaw.to_string()))?;
    let random = u128::from_be_bytes(octets) & 0xffff_ffff_ffff_0fff_3fff_ffff_ffff_ffff;
    let bits = random | 0x4000_8000_0000_0000_0000; // version 4, variant 10
    let hex = format!("{bits:032x}");
    let part = |range: std::ops::Range<usize>| hex.get(range).unwrap_or_default();
    Ok(format!(
        "urn:uuid:{}-{}-{}-{}-{}",
        part(0..8),
        part(8..12),
        part(12..16),
        part(16..20),
        part(20..32)
    ))
}

#[cfg(test)]
mod tests;
