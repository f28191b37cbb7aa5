//! What operators and their machines ask: `/healthz`, `/readyz`, `/metrics`. On a listener of its own, in plain HTTP.
//!
//! In:  what is missing for readiness, the meters.
//! Out: 200 or 503 with the reasons; OpenMetrics text.
//! Never: anything about a party, a subject or a secret.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, StatusCode};
use http_body_util::Full;
use hyper::Request;
use hyper::body::Incoming;
use symbolon_kernel::ports::BoxFuture;
use symbolon_model::RequestId;
use tokio::time::timeout;

use crate::clock::Clock;
use crate::control::Stop;
use crate::ids::Ids;
use crate::listener::{Answer, Respond, Source};
use crate::metrics::Meters;
use crate::routes::without_body;
use crate::turned::{Turned, label, plain};

/// LIMIT: who asks gives up soon after.
const PATIENCE: Duration = Duration::from_secs(5);
/// OpenMetrics 1.0.
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Asks what is missing before requests can be answered; nothing: ready.
pub type Readiness = Box<dyn Fn() -> BoxFuture<'static, Vec<String>> + Send + Sync>;

/// The operations listener's service.
pub struct Operations {
    readiness: Readiness,
    clock: Arc<Clock>,
    ids: Ids,
    meters: Arc<Meters>,
    stop: Stop,
}

impl fmt::Debug for Operations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Operations")
    }
}

impl Operations {
    /// `stop` is the main listener's: who drains is not ready.
    pub fn new(readiness: Readiness, clock: Arc<Clock>, meters: Arc<Meters>, stop: Stop) -> Self {
        Self { readiness, clock, ids: Ids::default(), meters, stop }
    }

    async fn ready(&self, jumped: bool, id: &RequestId) -> Answer {
        let asked = timeout(PATIENCE, (self.readiness)()).await;
        let mut missing = asked.unwrap_or_else(|_| vec!["no answer in time".to_owned()]);
        if jumped {
            missing.push("the clock jumped".to_owned());
        }
        if self.stop.is_stopped() {
            missing.push("the server drains".to_owned());
        }
        if missing.is_empty() {
            plain(StatusCode::OK, "ready", id)
        } else {
            plain(StatusCode::SERVICE_UNAVAILABLE, &missing.join("\n"), id)
        }
    }

    fn measured(&self, request: &Request<Incoming>, id: &RequestId) -> Answer {
        let Some(text) = self.meters.text() else {
            return Turned::Bug.answer(id, request.version());
        };
        let mut answer = Answer::new(Full::new(Bytes::from(text)));
        answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(OPENMETRICS));
        label(&mut answer, id);
        answer
    }
}

impl Respond for Operations {
    async fn respond(&self, request: Request<Incoming>, _source: &Source) -> Answer {
        let now = self.clock.read();
        let id = self.ids.next(now.now);
        let path = request.uri().path();
        if !matches!(path, "/healthz" | "/readyz" | "/metrics") {
            return Turned::NoEndpoint.answer(&id, request.version());
        }
        let head = *request.method() == Method::HEAD;
        if !head && *request.method() != Method::GET {
            return Turned::Method("GET, HEAD").answer(&id, request.version());
        }
        let answer = match path {
            "/readyz" => self.ready(now.jumped, &id).await,
            "/metrics" => self.measured(&request, &id),
            _ => plain(StatusCode::OK, "alive", &id),
        };
        if head { without_body(answer) } else { answer }
    }
}
