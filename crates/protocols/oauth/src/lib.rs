//! OAuth 2.0: the token endpoint, its metadata and its keys. Read [`serve`] first.
//!
//! In:  a request as it was received on an endpoint.
//! Out: the reply to it: a token, or the error that the standards name.
//! Never: decides. It opens, states facts, and writes down what the kernel answered.
//!
//! RFC 6749 §3.2, RFC 7521 to 7523, RFC 8693, RFC 9068; for the documents RFC 8414, OpenID Connect Discovery 1.0, RFC 7517.

mod encode;
mod fault;
mod metadata;
mod open;

use symbolon_kernel::{Arrival, Endpoint, Kernel, Reply};
use symbolon_model::signals::STAGE;
use tracing::trace;

pub use crate::metadata::document;

use crate::encode::encode;
use crate::open::{Opened, Unopened, open};

/// A request as it was received, over a channel that only the sender could read.
#[derive(Debug)]
pub struct Received<'r> {
    /// When, from where, and under which id.
    pub arrival: Arrival,
    /// `Content-Type`, if there was one.
    pub content_type: Option<&'r str>,
    /// `Authorization`, if there was one.
    pub authorization: Option<&'r str>,
    /// The body.
    pub body: &'r [u8],
}

/// Serves one request to the token endpoint.
pub async fn serve(kernel: &Kernel, endpoint: &Endpoint, received: Received<'_>) -> Reply {
    trace!(target: STAGE, "serve");
    let mut exchange = kernel.begin(endpoint, received.arrival.clone());
    let (done, asked) = match open(&received) {
        Err(Unopened { refusal, wrong }) => (Err(refusal), Err(wrong)),
        Ok(Opened { operation, evidence, asked }) => {
            (exchange.perform(operation, &evidence).await, Ok(asked))
        }
    };
    let answer = exchange.commit(done).await;
    encode(&answer, &asked)
}
