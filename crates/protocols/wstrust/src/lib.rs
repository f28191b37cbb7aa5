//! WS-Trust over SOAP: one request, one answer. Read [`serve`] first.
//!
//! In:  a message as it was received on an endpoint.
//! Out: the reply to it: a token, or the fault that the standards name.
//! Never: decides. It opens, states facts, and writes down what the kernel answered.
//!
//! WS-Trust 1.4 §3 and §4, WSS SOAP Message Security 1.1.1, SOAP 1.2.

mod encode;
mod fault;
mod open;

use symbolon_kernel::{
    Arrival, Authentication, Endpoint, Evidence, Exchange, Kernel, Operation, Outcome, Refusal,
    Reply,
};
use symbolon_model::signals::STAGE;
use tracing::trace;

use crate::encode::encode;
use crate::open::{Opened, open};

/// A message as it was received, over a channel that only the sender could read.
#[derive(Debug)]
pub struct Received<'r> {
    /// When, from where, and under which id.
    pub arrival: Arrival,
    /// `Content-Type`, if there was one.
    pub content_type: Option<&'r str>,
    /// `SOAPAction`, if there was one.
    pub soap_action: Option<&'r str>,
    /// The body.
    pub body: &'r [u8],
}

/// Serves one message on an endpoint.
pub async fn serve(kernel: &Kernel, endpoint: &Endpoint, received: Received<'_>) -> Reply {
    trace!(target: STAGE, "serve");
    let mut exchange = kernel.begin(endpoint, received.arrival.clone());
    let (done, asked) = match open(&mut exchange, endpoint, &received).await {
        Err(unopened) => (Err(unopened.refusal), Err(unopened.told)),
        Ok(Opened { operation, evidence, asked }) => {
            (perform(&mut exchange, operation, &evidence).await, Ok(asked))
        }
    };
    let answer = exchange.commit(done).await;
    encode(&answer, asked, endpoint)
}

async fn perform(
    exchange: &mut Exchange<'_>,
    operation: Operation,
    evidence: &Evidence,
) -> Result<Outcome, Refusal> {
    match exchange.authenticate(evidence).await? {
        Authentication::More(challenge) => Ok(Outcome::Ask(challenge)),
        Authentication::Done(requestor) => exchange.run(requestor, evidence, operation).await,
    }
}
