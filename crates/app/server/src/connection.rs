//! One connection: handshake, HTTP, and the watch over both.
//!
//! In:  an accepted TCP stream.
//! Out: each request of it to [`Respond`], each answer back.
//! Never: an open connection that neither asks nor is being answered, for longer than twice the header limit.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use http::Version;
use http::header::{CONNECTION, HeaderValue};
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulConnection;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use crate::control::Stop;
use crate::linger::{Below, Lingering};
use crate::listener::{Answer, Limits, Respond, Source};
use crate::metrics::Meters;
use crate::tls::Tls;

/// LIMIT: streams of one HTTP/2 connection that are open at once. Each may hold one body within the body limit.
const STREAMS: u32 = 128;

/// What all connections of a listener share.
pub(crate) struct Connections<R> {
    respond: Arc<R>,
    meters: Arc<Meters>,
    limits: Limits,
    tls: Option<TlsAcceptor>,
    http1: http1::Builder,
    http2: http2::Builder<TokioExecutor>,
}

/// Why a connection ended before its time.
enum Cut {
    /// The TLS handshake failed, or took too long.
    Handshake,
    /// It asked for nothing.
    Idle,
    /// Not HTTP, not within its limits, or the network failed.
    Http(hyper::Error),
}

/// One connection and how much it was used.
struct Visit<R> {
    respond: Arc<R>,
    source: Source,
    begun: AtomicU64,
    ended: AtomicU64,
    draining: AtomicBool,
}

impl<R: Respond> Connections<R> {
    pub(crate) fn new(
        limits: Limits,
        tls: Option<Tls>,
        respond: Arc<R>,
        meters: Arc<Meters>,
    ) -> Self {
        let mut http1 = http1::Builder::new();
        http1
            .timer(TokioTimer::new())
            .header_read_timeout(limits.header)
            .max_header_size(limits.header_octets)
            // LIMIT: what one connection buffers unread; hyper's least is 8 KiB.
            .max_buf_size(limits.header_octets.saturating_mul(2).max(8 << 10));
        let mut http2 = http2::Builder::new(TokioExecutor::new());
        http2
            .timer(TokioTimer::new())
            .keep_alive_interval(limits.header)
            .keep_alive_timeout(limits.header)
            .max_concurrent_streams(STREAMS)
            .max_header_list_size(u32::try_from(limits.header_octets).unwrap_or(u32::MAX));
        let tls = tls.map(|tls| TlsAcceptor::from(tls.config()));
        Self { respond, meters, limits, tls, http1, http2 }
    }

    pub(crate) async fn serve(&self, stream: TcpStream, source: Source, stop: Stop) {
        self.meters.connections.inc();
        let visit = Arc::new(Visit {
            respond: Arc::clone(&self.respond),
            source,
            begun: AtomicU64::new(0),
            ended: AtomicU64::new(0),
            draining: AtomicBool::new(false),
        });
        if let Err(cut) = self.http(stream, &visit, stop).await {
            self.note(&cut, &visit);
        }
        self.meters.connections.dec();
    }

    async fn http(
        &self,
        stream: TcpStream,
        visit: &Arc<Visit<R>>,
        mut stop: Stop,
    ) -> Result<(), Cut> {
        // An answer is one small write: to wait for more would only delay it.
        let _else_it_is_only_slower = stream.set_nodelay(true);
        let Some(tls) = &self.tls else { return self.http1(stream, visit, stop).await };
        let shaken = tokio::select! {
            shaken = timeout(self.limits.header, tls.accept(stream)) => shaken,
            () = stop.stopped() => return Ok(()),
        };
        let Ok(Ok(stream)) = shaken else { return Err(Cut::Handshake) };
        if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
            let io = TokioIo::new(Lingering::new(stream));
            self.watch(self.http2.serve_connection(io, service(visit)), visit, stop).await
        } else {
            self.http1(stream, visit, stop).await
        }
    }

    async fn http1(
        &self,
        stream: impl Below,
        visit: &Arc<Visit<R>>,
        stop: Stop,
    ) -> Result<(), Cut> {
        let io = TokioIo::new(Lingering::new(stream));
        self.watch(self.http1.serve_connection(io, service(visit)), visit, stop).await
    }

    /// Drives a connection; ends it when it is time to stop, or when a whole header limit went by in which no request was
    /// begun and none was open: a silent HTTP/2 client, or one that does not read what it asked for.
    async fn watch<C: GracefulConnection<Error = hyper::Error>>(
        &self,
        connection: C,
        visit: &Visit<R>,
        mut stop: Stop,
    ) -> Result<(), Cut> {
        let mut connection = pin!(connection);
        let mut stopped = pin!(stop.stopped());
        let mut look = pin!(sleep(self.limits.header));
        let mut seen = 0;
        loop {
            tokio::select! {
                biased;
                ended = connection.as_mut() => return ended.map_err(Cut::Http),
                () = stopped.as_mut(), if !visit.draining.load(Ordering::Relaxed) => {
                    visit.draining.store(true, Ordering::Relaxed);
                    connection.as_mut().graceful_shutdown();
                }
                () = look.as_mut() => {
                    let begun = visit.begun.load(Ordering::Relaxed);
                    if begun == seen && begun == visit.ended.load(Ordering::Relaxed) {
                        return Err(Cut::Idle);
                    }
                    seen = begun;
                    look.set(sleep(self.limits.header));
                }
            }
        }
    }

    fn note(&self, cut: &Cut, visit: &Visit<R>) {
        let asked = visit.begun.load(Ordering::Relaxed) > 0;
        let reason = match cut {
            Cut::Handshake => "handshake",
            Cut::Idle if asked => return,
            Cut::Idle => "silent",
            Cut::Http(error) if error.is_timeout() && asked => return,
            Cut::Http(error) if error.is_timeout() => "silent",
            Cut::Http(error) if error.is_parse_too_large() => "header",
            Cut::Http(error) if error.is_parse() => "malformed",
            Cut::Http(_) => "broken",
        };
        self.meters.refused(reason);
        tracing::debug!(source = visit.source.as_str(), reason, "a connection was cut");
    }
}

fn service<R: Respond>(
    visit: &Arc<Visit<R>>,
) -> impl Service<Request<Incoming>, Response = Answer, Error = Infallible, Future: Send + 'static>
+ use<R> {
    let visit = Arc::clone(visit);
    service_fn(move |request| {
        let visit = Arc::clone(&visit);
        async move {
            let _open = Open::new(&visit);
            let version = request.version();
            let mut answer = visit.respond.respond(request, &visit.source).await;
            // hyper closes such a connection, but does not say so; HTTP/2 says it in a frame of its own.
            if visit.draining.load(Ordering::Relaxed) && version < Version::HTTP_2 {
                answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Ok(answer)
        }
    })
}

/// A request that is being answered; counted as ended even when its client goes away.
struct Open<'v, R>(&'v Visit<R>);

impl<'v, R> Open<'v, R> {
    fn new(visit: &'v Visit<R>) -> Self {
        visit.begun.fetch_add(1, Ordering::Relaxed);
        Self(visit)
    }
}

impl<R> Drop for Open<'_, R> {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Ordering::Relaxed);
    }
}
