//! The kernel's answer becomes an HTTP reply: a response collection, or a fault.
//!
//! In:  an [`Answer`], which only the kernel's commit makes, and what the request wants repeated.
//! Out: status, headers and the sealed envelope.
//! Never: changes a token by a byte; tells a detail.
//!
//! WS-Trust 1.4 §3.2, §4.3; WS-Addressing 1.0 Core §3.4.

use symbolon_kernel::{Answer, Cause, Endpoint, Minted, Outcome, Reply, Summary};
use symbolon_messages::wstrust::{Generation, Lifetime, Response};
use symbolon_model::Timestamp;
use symbolon_model::signals::STAGE;
use symbolon_soap::{Fault, Sealer, SoapVersion, Stamp};
use tracing::trace;

use crate::fault::{Told, fault_of};
use crate::open::Asked;
use crate::token_type::Shown;

/// Writes the reply: to a request that was opened, or to one that could not be.
pub(crate) fn encode(answer: &Answer, asked: Result<Asked, Told>, endpoint: &Endpoint) -> Reply {
    trace!(target: STAGE, "encode");
    let summary = answer.summary();
    match (answer, asked) {
        (Answer::Done(done), Ok(asked)) => match done.what() {
            Outcome::Issued(minted) => issued(answer, minted, asked, endpoint),
            Outcome::Ask(challenge) => match *challenge {},
        },
        (Answer::Done(_), Err(told)) => refused(answer, Cause::Bug, &told, summary),
        (Answer::Refused(refused_), asked) => {
            let told = asked.map_or_else(|told| told, |asked| by_cause(&asked));
            refused(answer, refused_.what().cause, &told, summary)
        }
    }
}

fn issued(answer: &Answer, minted: &[Minted], asked: Asked, endpoint: &Endpoint) -> Reply {
    let told = by_cause(&asked);
    let sealed = match minted {
        [one] => seal(one, asked, endpoint),
        _ => None,
    };
    match sealed {
        Some(body) => reply(200, told.sealer.version(), body, None, answer.summary()),
        None => refused(answer, Cause::Bug, &told, answer.summary()),
    }
}

fn by_cause(asked: &Asked) -> Told {
    Told::by_cause(asked.request.generation, asked.sealer.clone())
}

fn seal(minted: &Minted, asked: Asked, endpoint: &Endpoint) -> Option<Vec<u8>> {
    let Asked { request, scope, sealer } = asked;
    let shown = Shown::of(minted, endpoint.reply.token_type)?;
    let response = Response {
        generation: request.generation,
        context: request.context.as_deref(),
        token_type: request.token_type.as_deref().unwrap_or(shown.uri),
        token: &shown.element,
        attached: shown.reference,
        unattached: shown.reference,
        applies_to: Some(&scope),
        lifetime: Lifetime {
            created: Some(minted.lifetime().from().millis()),
            expires: Some(minted.lifetime().until().millis()),
        },
    };
    let now: Timestamp = minted.lifetime().from();
    let expires = now.after(endpoint.realm().message_age);
    let timestamp = Some(Stamp { created: now.millis(), expires: Some(expires.millis()) });
    let action = request.request_type.final_action(request.generation);
    let written =
        sealer.seal_written(action, timestamp, response.room(), |out| response.write_in(out));
    written.ok()
}

fn refused(answer: &Answer, cause: Cause, told: &Told, summary: &Summary) -> Reply {
    let (fault, status) = told.fault(cause);
    let version = told.sealer.version();
    let id = answer.request().as_str();
    let sealer = told.sealer.clone();
    let body =
        sealer.seal_fault(&fault.with_request_id(id)).unwrap_or_else(|_| last_resort(version, id));
    reply(status, version, body, cause.retry_after(), summary)
}

/// The fault that can always be written: it holds nothing of the request.
fn last_resort(version: SoapVersion, id: &str) -> Vec<u8> {
    let (fault, _) = fault_of(Cause::Bug, Generation::V13);
    let fault: Fault<'_> = fault.with_request_id(id);
    Sealer::plain(version, None).seal_fault(&fault).unwrap_or_default()
}

fn reply(
    status: u16,
    version: SoapVersion,
    body: Vec<u8>,
    retry_after: Option<u16>,
    summary: &Summary,
) -> Reply {
    let mut headers =
        vec![("content-type", version.content_type().into()), ("cache-control", "no-store".into())];
    headers.extend(retry_after.map(|seconds| ("retry-after", seconds.to_string().into())));
    Reply { status, headers, body, summary: Some(summary.clone()) }
}
