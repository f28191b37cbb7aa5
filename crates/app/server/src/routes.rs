//! Routes: from an HTTP request to the endpoint at its path, and from the protocol's reply to an HTTP answer.
//!
//! In:  a request, not yet read.
//! Out: an answer with `x-request-id`, one log line, one count.
//! Never: a look into the body; an endpoint found by anything but the exact path; more read than the limits allow.
//!
//! RFC 9110 §15.5.5, .6, .9, .14, .16 (404, 405, 408, 413, 415).

use std::borrow::Cow;
use std::future::Future;
use std::ops::Deref;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue};
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::Request;
use hyper::body::{Body, Incoming};
use symbolon_kernel::snapshot::{EndpointObject, Serves};
use symbolon_kernel::{Arrival, Reply, Summary};
use symbolon_model::signals::STAGE;
use tokio::time::timeout;
use tracing::trace;

use crate::clock::Clock;
use crate::ids::Ids;
use crate::listener::{Answer, Limits, Respond, Source};
use crate::metrics::Meters;
use crate::told::Told;
use crate::turned::{Turned, label};

pub use crate::turned::REQUEST_ID;

/// What stands behind the routes: kernel and protocols, or an echo to measure the listener by.
pub trait Site: Send + Sync + 'static {
    /// An endpoint, and whatever belongs to it.
    type Endpoint: Deref<Target = EndpointObject> + Send + Sync;

    /// The endpoint at a path.
    fn find(&self, path: &str) -> Option<Self::Endpoint>;

    /// Serves one request at an endpoint.
    fn serve(
        &self,
        endpoint: &Self::Endpoint,
        received: Received,
    ) -> impl Future<Output = Reply> + Send;
}

/// A request as a site gets it: the method is one of the endpoint's, the body is whole.
#[derive(Clone, Debug)]
pub struct Received {
    /// When, from where, under which id.
    pub arrival: Arrival,
    /// What is to be done: POST, or GET and HEAD to read a document.
    pub method: Method,
    /// All headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// The routes of a site.
#[derive(Debug)]
pub struct Routes<S> {
    site: S,
    clock: Arc<Clock>,
    ids: Ids,
    limits: Limits,
    meters: Arc<Meters>,
}

impl<S: Site> Respond for Routes<S> {
    async fn respond(&self, request: Request<Incoming>, source: &Source) -> Answer {
        trace!(target: STAGE, "receive");
        let (Parts { method, uri, version, headers, .. }, body) = request.into_parts();
        let endpoint = self.site.find(uri.path());
        let admitted = match &endpoint {
            Some(endpoint) => {
                let methods = Methods::of(endpoint.serves, uri.query());
                let body = self.read(methods, &method, &headers, body).await;
                body.map(|body| (endpoint, body))
            }
            None => Err(Turned::NoEndpoint),
        };

        // SECURITY: the clock is read after the body. A client that sends it slowly must not choose a `now` at which the
        // replay windows of messages long over are open again. Test: now_is_after_the_body.
        tokio::task::yield_now().await;
        let now = self.clock.read();
        let id = self.ids.next(now.now);

        let done = match admitted {
            Err(turned) => Err(turned),
            Ok(_) if now.jumped => Err(Turned::Clock),
            Ok((endpoint, body)) => {
                let source = Some(Arc::clone(&source.0));
                let arrival = Arrival { now: now.now, request: id.clone(), source };
                self.serve(endpoint, Received { arrival, method: method.clone(), headers, body })
                    .await
            }
        };

        let told = Told {
            request: &id,
            endpoint: endpoint.as_deref(),
            path: uri.path(),
            source: source.as_str(),
            since: now.moment,
            meters: &self.meters,
        };
        let mut answer = match done {
            Ok((answer, summary)) => {
                told.served(answer.status(), summary.as_ref());
                answer
            }
            Err(turned) => {
                told.turned(turned);
                turned.answer(&id, version)
            }
        };
        label(&mut answer, &id);
        if method == Method::HEAD { without_body(answer) } else { answer }
    }
}

impl<S: Site> Routes<S> {
    /// Routes to a site's endpoints.
    pub fn new(site: S, clock: Arc<Clock>, limits: Limits, meters: Arc<Meters>) -> Self {
        Self { site, clock, ids: Ids::default(), limits, meters }
    }

    async fn read(
        &self,
        methods: Methods,
        method: &Method,
        headers: &HeaderMap,
        body: Incoming,
    ) -> Result<Bytes, Turned> {
        let posts = *method == Method::POST;
        let reads = *method == Method::GET || *method == Method::HEAD;
        match methods {
            Methods::Read | Methods::Both if reads => return Ok(Bytes::new()),
            Methods::Post | Methods::Both if posts => {}
            Methods::Read | Methods::Post | Methods::Both => {
                return Err(Turned::Method(methods.allowed()));
            }
        }
        if !is_plain(headers) {
            return Err(Turned::MediaType);
        }
        // What Content-Length announces, before any of it is read (and before 100 Continue asks for it).
        let limit = self.limits.body_octets;
        if body.size_hint().lower() > u64::try_from(limit).unwrap_or(u64::MAX) {
            return Err(Turned::TooLarge);
        }
        match timeout(self.limits.body, Limited::new(body, limit).collect()).await {
            Ok(Ok(whole)) => Ok(whole.to_bytes()),
            Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Turned::TooLarge),
            Ok(Err(_)) => Err(Turned::BrokenBody),
            Err(_) => Err(Turned::SlowBody),
        }
    }

    async fn serve(
        &self,
        endpoint: &S::Endpoint,
        received: Received,
    ) -> Result<(Answer, Option<Summary>), Turned> {
        let reply = timeout(self.limits.request, self.site.serve(endpoint, received)).await;
        written(reply.map_err(|_| Turned::Deadline)?)
    }
}

/// What may be done at an endpoint.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Methods {
    /// It is read.
    Read,
    /// It is posted to.
    Post,
    /// Either.
    Both,
}

impl Methods {
    fn of(serves: Serves, query: Option<&str>) -> Self {
        // What SOAP stacks add to an endpoint's URL to read its description.
        let described = query.is_some_and(|query| query.eq_ignore_ascii_case("wsdl"));
        match serves {
            Serves::WsTrust13 | Serves::WsTrust2005 if described => Methods::Both,
            Serves::Mex => Methods::Both,
            Serves::WsTrust13 | Serves::WsTrust2005 | Serves::OAuthToken => Methods::Post,
            Serves::FederationMetadata
            | Serves::Jwks
            | Serves::OAuthMetadata
            | Serves::OpenIdConfiguration => Methods::Read,
        }
    }

    const fn allowed(self) -> &'static str {
        match self {
            Methods::Read => "GET, HEAD",
            Methods::Post => "POST",
            Methods::Both => "GET, HEAD, POST",
        }
    }
}

/// Whether the body is what its one media type says, without a content coding. Which type it must be, the protocol knows.
fn is_plain(headers: &HeaderMap) -> bool {
    headers.get_all(CONTENT_TYPE).iter().nth(1).is_none()
        && headers.get_all(CONTENT_ENCODING).iter().all(|coding| coding == "identity")
}

fn written(reply: Reply) -> Result<(Answer, Option<Summary>), Turned> {
    let mut answer = Answer::new(Full::new(Bytes::from(reply.body)));
    *answer.status_mut() = StatusCode::from_u16(reply.status).map_err(|_| Turned::Bug)?;
    for (name, value) in reply.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| Turned::Bug)?;
        let octets = match value {
            Cow::Borrowed(fixed) => Bytes::from_static(fixed.as_bytes()),
            Cow::Owned(made) => Bytes::from(made),
        };
        let value = HeaderValue::from_maybe_shared(octets).map_err(|_| Turned::Bug)?;
        answer.headers_mut().append(name, value);
    }
    Ok((answer, reply.summary))
}

/// What answers HEAD: all headers, the length among them, and no octet of the body (RFC 9110 §9.3.2).
pub(crate) fn without_body(answer: Answer) -> Answer {
    let (mut parts, body) = answer.into_parts();
    let length = HeaderValue::from(body.size_hint().lower());
    parts.headers.insert(CONTENT_LENGTH, length);
    Answer::from_parts(parts, Full::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_that_is_no_http_is_our_fault_and_splits_no_header() {
        let reply = |status, value: &str| Reply {
            status,
            headers: vec![("x-split", value.to_owned().into())],
            body: Vec::new(),
            summary: None,
        };
        assert!(written(reply(200, "fine")).is_ok());
        assert_eq!(written(reply(200, "a\r\nset-cookie: b")).unwrap_err(), Turned::Bug);
        assert_eq!(written(reply(99, "fine")).unwrap_err(), Turned::Bug);
    }
}
