//! What is told about an answer: one log line and one count, in the words of `model::signals`.
//!
//! In:  the answer's status and the protocol's summary, or why the request was turned away.
//! Out: nothing to the requestor.
//! Never: a header or a body; what strangers wrote, but for a path that leads nowhere (the log escapes it).

use std::time::Instant;

use http::StatusCode;
use symbolon_kernel::snapshot::EndpointObject;
use symbolon_kernel::{Cause, Summary};
use symbolon_model::{RealmId, RequestId, signals};

use crate::clock;
use crate::metrics::{Exchange, Meters, Realm};
use crate::turned::Turned;

/// LIMIT: of a path that leads nowhere, this much is logged.
const PATH: usize = 200;

/// One request, as far as it can be told.
pub(crate) struct Told<'a> {
    pub(crate) request: &'a RequestId,
    pub(crate) endpoint: Option<&'a EndpointObject>,
    pub(crate) path: &'a str,
    pub(crate) source: &'a str,
    pub(crate) since: Instant,
    pub(crate) meters: &'a Meters,
}

/// Who must look at a line.
#[derive(Clone, Copy)]
enum Weight {
    Nobody,
    Operator,
    Us,
}

impl Told<'_> {
    /// A protocol has answered; without a summary, by a document.
    pub(crate) fn served(&self, status: StatusCode, summary: Option<&Summary>) {
        let Some(summary) = summary else {
            let document = self.exchange("document", "answered", "");
            return self.tell(status, &document, "", Weight::Nobody);
        };
        let refusal = summary.refusal.as_ref();
        let exchange = Exchange {
            realm: Realm(summary.realm.clone()),
            protocol: summary.protocol,
            operation: summary.operation,
            outcome: summary.outcome,
            cause: refusal.map_or("", |r| r.cause.name()),
        };
        let detail = refusal.map_or("", |r| r.detail.for_the_record());
        let weight = if refusal.is_some_and(|r| r.cause == Cause::Bug) {
            Weight::Us
        } else if refusal.is_some_and(|r| matches!(r.cause, Cause::Unavailable { .. })) {
            Weight::Operator
        } else {
            Weight::Nobody
        };
        self.tell(status, &exchange, detail, weight);
    }

    /// The request did not get to a protocol, or its reply not out.
    pub(crate) fn turned(&self, turned: Turned) {
        let (detail, weight) = match turned {
            Turned::NoEndpoint => {
                (self.path.get(..self.path.floor_char_boundary(PATH)), Weight::Nobody)
            }
            Turned::Method(_)
            | Turned::MediaType
            | Turned::TooLarge
            | Turned::SlowBody
            | Turned::BrokenBody => (None, Weight::Nobody),
            Turned::Clock | Turned::Deadline => (None, Weight::Operator),
            Turned::Bug => (Some("the reply cannot be written as HTTP"), Weight::Us),
        };
        let exchange = self.exchange("none", "refused", turned.cause());
        self.tell(turned.status(), &exchange, detail.unwrap_or(""), weight);
    }

    fn exchange(
        &self,
        operation: &'static str,
        outcome: &'static str,
        cause: &'static str,
    ) -> Exchange {
        let realm = self.endpoint.map_or_else(|| RealmId::new(""), |e| e.realm.clone());
        let protocol = self.endpoint.map_or("http", |e| e.serves.protocol());
        Exchange { realm: Realm(realm), protocol, operation, outcome, cause }
    }

    fn tell(&self, status: StatusCode, exchange: &Exchange, detail: &str, weight: Weight) {
        let took = clock::moment().saturating_duration_since(self.since);
        self.meters.exchanged(exchange, took.as_secs_f64());
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        // An event's level is part of its call site: one site for each.
        macro_rules! line {
            ($level:expr) => {
                tracing::event!(
                    $level,
                    { signals::REQUEST } = self.request.as_str(),
                    { signals::REALM } = exchange.realm.0.as_str(),
                    { signals::ENDPOINT } = self.endpoint.map_or("", |e| e.id.as_str()),
                    { signals::PROTOCOL } = exchange.protocol,
                    { signals::OPERATION } = exchange.operation,
                    { signals::OUTCOME } = exchange.outcome,
                    { signals::CAUSE } = exchange.cause,
                    { signals::DETAIL } = detail,
                    source = self.source,
                    status = status.as_u16(),
                    micros,
                    "answered"
                )
            };
        }
        match weight {
            Weight::Nobody => line!(tracing::Level::INFO),
            Weight::Operator => line!(tracing::Level::WARN),
            Weight::Us => line!(tracing::Level::ERROR),
        }
    }
}
