//! Requests that are turned away before any protocol sees them, and the plain answers that say so.
//!
//! In:  why, and the request's id.
//! Out: an answer whose text is fixed per reason.
//! Never: anything that the requestor sent, or that only we know.

use bytes::Bytes;
use http::header::{ALLOW, CONNECTION, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use http::{StatusCode, Version};
use http_body_util::Full;
use symbolon_model::RequestId;

use crate::listener::Answer;

/// The header that carries a request's id.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Why a request was turned away.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Turned {
    /// Nothing stands at the path.
    NoEndpoint,
    /// Something does, but takes other methods: these.
    Method(&'static str),
    /// The body is encoded, or declared to be of several types.
    MediaType,
    /// The body is larger than the limit.
    TooLarge,
    /// The body was not there in time.
    SlowBody,
    /// The body ended before its end.
    BrokenBody,
    /// The clock jumped.
    Clock,
    /// The answer was not there in time.
    Deadline,
    /// The reply cannot be written as HTTP.
    Bug,
}

impl Turned {
    pub(crate) const fn status(self) -> StatusCode {
        match self {
            Turned::NoEndpoint => StatusCode::NOT_FOUND,
            Turned::Method(_) => StatusCode::METHOD_NOT_ALLOWED,
            Turned::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Turned::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Turned::SlowBody => StatusCode::REQUEST_TIMEOUT,
            Turned::BrokenBody => StatusCode::BAD_REQUEST,
            Turned::Clock | Turned::Deadline => StatusCode::SERVICE_UNAVAILABLE,
            Turned::Bug => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The name in logs and metrics.
    pub(crate) const fn cause(self) -> &'static str {
        match self {
            Turned::NoEndpoint => "no_endpoint",
            Turned::Method(_) => "method",
            Turned::MediaType => "media_type",
            Turned::TooLarge => "too_large",
            Turned::SlowBody => "slow_body",
            Turned::BrokenBody => "broken_body",
            Turned::Clock => "clock",
            Turned::Deadline => "deadline",
            Turned::Bug => "bug",
        }
    }

    pub(crate) const fn text(self) -> &'static str {
        match self {
            Turned::NoEndpoint => "There is no endpoint at this path.",
            Turned::Method(_) => "The endpoint does not take this method.",
            Turned::MediaType => "The endpoint takes one media type and no content coding.",
            Turned::TooLarge => "The request is too large.",
            Turned::SlowBody => "The request took too long to arrive.",
            Turned::BrokenBody => "The request ended before its end.",
            Turned::Clock | Turned::Deadline => "Try again later.",
            Turned::Bug => "The answer could not be written.",
        }
    }

    /// The whole answer.
    pub(crate) fn answer(self, id: &RequestId, version: Version) -> Answer {
        let mut answer = plain(self.status(), self.text(), id);
        let headers = answer.headers_mut();
        match self {
            Turned::Method(allowed) => {
                headers.insert(ALLOW, HeaderValue::from_static(allowed));
            }
            // The rest of the body is not read: the connection cannot go on. HTTP/2 resets the stream by itself.
            Turned::TooLarge | Turned::SlowBody | Turned::BrokenBody => {
                if version < Version::HTTP_2 {
                    headers.insert(CONNECTION, HeaderValue::from_static("close"));
                }
            }
            Turned::Clock | Turned::Deadline => {
                headers.insert(RETRY_AFTER, HeaderValue::from_static("10"));
            }
            Turned::NoEndpoint | Turned::MediaType | Turned::Bug => {}
        }
        answer
    }
}

/// An answer in plain text, which ends with the request's id.
pub(crate) fn plain(status: StatusCode, text: &str, id: &RequestId) -> Answer {
    let body = format!("{text}\nrequest {id}\n");
    let mut answer = Answer::new(Full::new(Bytes::from(body)));
    *answer.status_mut() = status;
    let plain_text = HeaderValue::from_static("text/plain; charset=utf-8");
    answer.headers_mut().insert(CONTENT_TYPE, plain_text);
    label(&mut answer, id);
    answer
}

/// Writes the request's id into an answer's headers.
pub(crate) fn label(answer: &mut Answer, id: &RequestId) {
    if let Ok(value) = HeaderValue::from_str(id.as_str()) {
        answer.headers_mut().insert(REQUEST_ID, value);
    }
}
