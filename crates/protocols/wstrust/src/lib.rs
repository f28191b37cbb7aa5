//! WS-Trust over SOAP: one request, one answer. Read [`serve`] first.
//!
//! In:  a message as it was received on an endpoint.
//! Out: the reply to it: a token, or the fault that the standards name.
//! Never: decides. It opens, states facts, and writes down what the kernel answered.
//!
//! WS-Trust 1.4 §3 and §4, and of February 2005; WSS SOAP Message Security 1.1.1; SOAP 1.1 and 1.2.

mod encode;
mod fault;
mod metadata;
mod open;
mod token_type;

use symbolon_kernel::{Arrival, Endpoint, Kernel, Reply};
use symbolon_model::signals::STAGE;
use tracing::trace;

pub use crate::metadata::{document, exchange};

use crate::encode::encode;
use crate::open::{Opened, open};

/// Personalities by name: files that say how another product looks from outside. Frozen: a change is a new number.
pub const PERSONALITIES: [(&str, &str); 1] =
    [("adfs-1", include_str!("../personalities/adfs-1.toml"))];

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
            (exchange.perform(operation, &evidence).await, Ok(asked))
        }
    };
    let answer = exchange.commit(done).await;
    encode(&answer, asked, endpoint)
}
