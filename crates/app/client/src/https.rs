//! One HTTPS exchange: a connection, a request, an answer.
//!
//! In:  roots to trust; method, address, headers and body.
//! Out: status, headers and body of the answer.
//! Never: plain HTTP, a server that the roots do not vouch for, a redirect, a body or a wait without end.
//!
//! RFC 9110, RFC 9112; TLS 1.2 and 1.3.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{HOST, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::rt::TokioIo;
use rustls::RootCertStore;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::wire::{self, Wire};
use crate::{Failure, Refused};

/// LIMIT: a service may hash a password (its queue: 250 ms) and wait for a disk; nobody waits longer than this for a token.
const ANSWER: Duration = Duration::from_secs(30);
/// LIMIT: a token has at most 64 KiB; a JWKS of hundreds of keys with certificates stays below.
const BODY: usize = 1024 * 1024;

/// The certificates that vouch for servers.
#[derive(Clone, Debug)]
pub struct Roots(Arc<RootCertStore>);

/// The text holds no usable certificate.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("no certificate in PEM that can vouch for a server")]
pub struct BadRoots;

impl Roots {
    /// Every certificate of a PEM text; at least one.
    ///
    /// # Errors
    /// [`BadRoots`], also where one of several certificates cannot be used.
    pub fn from_pem(pem: &[u8]) -> Result<Self, BadRoots> {
        let mut store = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            store.add(certificate.map_err(|_| BadRoots)?).map_err(|_| BadRoots)?;
        }
        if store.is_empty() { Err(BadRoots) } else { Ok(Self(Arc::new(store))) }
    }
}

/// Speaks to security token services, over verified TLS alone.
#[derive(Clone)]
pub struct Client {
    tls: TlsConnector,
    wire: Option<Arc<dyn Wire>>,
}

impl Client {
    /// A client that believes servers for which these roots vouch.
    ///
    /// # Errors
    /// [`Failure::Request`] if the cryptographic library offers no TLS version.
    pub fn new(roots: &Roots) -> Result<Self, Failure> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let configuration = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|flaw| Failure::Request(flaw.to_string()))?
            .with_root_certificates(roots.0.clone())
            .with_no_client_auth();
        Ok(Self { tls: TlsConnector::from(Arc::new(configuration)), wire: None })
    }

    /// The same, showing every request and answer with its secrets masked.
    #[must_use]
    pub fn watched_by(self, wire: Arc<dyn Wire>) -> Self {
        Self { wire: Some(wire), ..self }
    }

    /// Sends a request and waits for the whole answer.
    pub(crate) async fn send(&self, outgoing: Outgoing<'_>) -> Result<Incoming, Failure> {
        let target = Target::of(outgoing.url)?;
        let (request, body) = outgoing.into_request(&target)?;
        if let Some(wire) = &self.wire {
            wire.sent(&wire::request(&request, &body));
        }
        let exchange = self.round_trip(&target, request.map(|()| Full::new(body)));
        let late =
            || Failure::Late { authority: target.authority.clone(), seconds: ANSWER.as_secs() };
        let incoming = tokio::time::timeout(ANSWER, exchange).await.map_err(|_| late())??;
        if let Some(wire) = &self.wire {
            wire.received(&wire::answer(&incoming));
        }
        Ok(incoming)
    }

    async fn round_trip(
        &self,
        target: &Target,
        request: Request<Full<Bytes>>,
    ) -> Result<Incoming, Failure> {
        let http = |cause: String| Failure::Http { authority: target.authority.clone(), cause };
        let stream = TokioIo::new(self.connect(target).await?);
        let (mut sender, connection) = hyper::client::conn::http1::handshake(stream)
            .await
            .map_err(|error| http(error.to_string()))?;
        // Ends with `sender`; what goes wrong on the connection is told to whoever waits for the answer.
        tokio::spawn(connection);
        let answer = sender.send_request(request).await.map_err(|error| http(error.to_string()))?;
        let (head, body) = answer.into_parts();
        let body =
            Limited::new(body, BODY).collect().await.map_err(|error| http(error.to_string()))?;
        Ok(Incoming { status: head.status, headers: head.headers, body: body.to_bytes() })
    }

    async fn connect(&self, target: &Target) -> Result<TlsStream<TcpStream>, Failure> {
        let authority = || target.authority.clone();
        let stream = TcpStream::connect((target.host.as_str(), target.port))
            .await
            .map_err(|cause| Failure::Unreachable { authority: authority(), cause })?;
        self.tls
            .connect(target.name.clone(), stream)
            .await
            .map_err(|cause| Failure::Unproven { authority: authority(), cause })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("watched", &self.wire.is_some()).finish_non_exhaustive()
    }
}

/// A request to be sent.
pub(crate) struct Outgoing<'a> {
    pub(crate) method: Method,
    pub(crate) url: &'a str,
    pub(crate) headers: Vec<(HeaderName, String)>,
    pub(crate) body: Vec<u8>,
}

impl Outgoing<'_> {
    fn into_request(self, target: &Target) -> Result<(Request<()>, Bytes), Failure> {
        let mut request = Request::builder()
            .method(self.method)
            .uri(&target.path)
            .header(HOST, &target.authority)
            .body(())
            .map_err(|flaw| Failure::Request(flaw.to_string()))?;
        for (name, value) in self.headers {
            let value = HeaderValue::from_str(&value).map_err(|_| {
                Failure::Request(format!("{name} holds a character that headers have not"))
            })?;
            request.headers_mut().insert(name, value);
        }
        Ok((request, Bytes::from(self.body)))
    }
}

/// An answer, whole.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Incoming {
    /// An answer that cannot be used.
    pub(crate) fn unusable(&self, why: impl Into<String>) -> Failure {
        Failure::Answer { status: self.status.as_u16(), why: why.into() }
    }

    /// A refusal; what its body does not tell, its headers may.
    pub(crate) fn refusal(
        &self,
        code: String,
        reason: String,
        request_id: Option<String>,
    ) -> Refused {
        let header =
            |name| self.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        Refused {
            status: self.status.as_u16(),
            code,
            reason,
            request_id: request_id.or_else(|| header("x-request-id").map(str::to_owned)),
            retry_after: header("retry-after").and_then(|seconds| seconds.parse().ok()),
        }
    }
}

/// Where a request goes.
#[derive(Debug)]
struct Target {
    name: ServerName<'static>,
    host: String,
    port: u16,
    /// Host and port as the address has them.
    authority: String,
    path: String,
}

impl Target {
    fn of(url: &str) -> Result<Self, Failure> {
        let flaw = |why| Failure::Address { url: url.to_owned(), why };
        let uri: Uri = url.parse().map_err(|_| flaw("not an address"))?;
        // SECURITY: a password or a token over plain HTTP is everybody's. Test: plain_http_is_refused_before_a_socket_is_opened.
        if uri.scheme_str() != Some("https") {
            return Err(flaw("only https is spoken"));
        }
        let authority = uri.authority().ok_or_else(|| flaw("no host"))?;
        if authority.as_str().contains('@') {
            return Err(flaw("a name or a password inside an address"));
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(host.clone()).map_err(|_| flaw("not a host name"))?;
        Ok(Self {
            name,
            host,
            port: authority.port_u16().unwrap_or(443),
            authority: authority.as_str().to_owned(),
            path: uri.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(url: &str) -> &'static str {
        match Target::of(url) {
            Err(Failure::Address { why, .. }) => why,
            other => panic!("{url}: {other:?}"),
        }
    }

    #[test]
    fn plain_http_is_refused_before_a_socket_is_opened() {
        assert_eq!(why("http://localhost:8443/trust/13/usernamemixed"), "only https is spoken");
    }

    #[test]
    fn what_is_no_https_address_is_refused() {
        assert_eq!(why(""), "not an address");
        assert_eq!(why("localhost"), "only https is spoken");
        assert_eq!(
            why("https://alice:secret@localhost/"),
            "a name or a password inside an address"
        );
        assert_eq!(why("https://-/"), "not a host name");
    }

    #[test]
    fn an_address_says_host_port_and_path() {
        let target = Target::of("https://[::1]:8443/a?b=c").unwrap();
        assert_eq!((target.host.as_str(), target.port), ("::1", 8443));
        assert_eq!((target.authority.as_str(), target.path.as_str()), ("[::1]:8443", "/a?b=c"));
        assert_eq!(Target::of("https://sts.example").unwrap().port, 443);
    }

    #[test]
    fn roots_without_a_certificate_are_none() {
        assert_eq!(Roots::from_pem(b"").unwrap_err(), BadRoots);
        assert_eq!(
            Roots::from_pem(b"-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n")
                .unwrap_err(),
            BadRoots
        );
    }
}
