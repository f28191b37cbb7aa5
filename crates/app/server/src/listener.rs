//! The accept loop: sockets, TLS, limits, drain.
//!
//! In:  an address, limits, perhaps TLS, and what responds to requests.
//! Out: HTTP/1.1 and HTTP/2, chosen by ALPN; HTTP/1.1 alone without TLS.
//! Never: a connection that costs something for longer than its limits, counted from its first moment.
//!
//! The loop is our own because hyper-util's `auto` builder, which sniffs the protocol, waits without end for the first octet.

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::{Request, Response};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinError, JoinSet};
use tokio::time::timeout;

use crate::connection::Connections;
use crate::control::Stop;
use crate::metrics::Meters;
use crate::places::{NoPlace, Places};
use crate::tls::Tls;

/// LIMIT: how long to wait when the system has no descriptor left for another connection.
const BREATH: Duration = Duration::from_millis(50);

/// A whole response.
pub type Answer = Response<Full<Bytes>>;

/// What responds to the requests of a listener.
pub trait Respond: Send + Sync + 'static {
    /// Responds to one request.
    fn respond(
        &self,
        request: Request<Incoming>,
        source: &Source,
    ) -> impl Future<Output = Answer> + Send;
}

/// Where a connection comes from, coarse enough to group by: an IPv4 address, or the /64 of an IPv6 address.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Source(pub(crate) Arc<str>);

impl Source {
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a listener allows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// For the TLS handshake, and for each request's header from the moment it could begin.
    pub header: Duration,
    /// For a request's body, whole.
    pub body: Duration,
    /// For the answer, once the request is read.
    pub request: Duration,
    /// For requests at hand when the server stops.
    pub drain: Duration,
    /// A request's header, request line included.
    pub header_octets: usize,
    /// A request's body.
    pub body_octets: usize,
    /// Connections in all.
    pub connections: usize,
    /// Connections of one source.
    pub connections_per_source: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header: Duration::from_secs(10),
            body: Duration::from_secs(30),
            request: Duration::from_secs(30),
            drain: Duration::from_secs(30),
            header_octets: 16 << 10,
            body_octets: 256 << 10,
            connections: 10_000,
            connections_per_source: 1_000,
        }
    }
}

/// Why an address cannot be listened on.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Somebody listens there already.
    #[error("{0} is in use: stop what listens there, or choose another address")]
    InUse(SocketAddr),
    /// Something else.
    #[error("cannot listen on {0}: {1}")]
    Other(SocketAddr, #[source] io::Error),
}

/// A bound address. Connections wait until [`Listener::serve`].
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    limits: Limits,
}

impl Listener {
    /// Binds an address; port 0 finds a free one.
    ///
    /// # Errors
    /// [`ListenError`], which names the address.
    pub async fn bind(address: SocketAddr, limits: Limits) -> Result<Self, ListenError> {
        let failed = |error: io::Error| {
            if error.kind() == io::ErrorKind::AddrInUse {
                ListenError::InUse(address)
            } else {
                ListenError::Other(address, error)
            }
        };
        let socket = TcpListener::bind(address).await.map_err(failed)?;
        let address = socket.local_addr().map_err(failed)?;
        Ok(Self { socket, address, limits })
    }

    /// The address, with its real port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The limits that it was bound with.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Serves until told to stop; then closes the address, lets requests at hand finish within the drain limit, and returns.
    pub async fn serve<R: Respond>(
        self,
        tls: Option<Tls>,
        respond: Arc<R>,
        meters: Arc<Meters>,
        mut stop: Stop,
    ) {
        let places = Places::new(self.limits.connections, self.limits.connections_per_source);
        let serving = Arc::new(Connections::new(self.limits, tls, respond, Arc::clone(&meters)));
        let mut tasks = JoinSet::new();
        loop {
            tokio::select! {
                biased;
                () = stop.stopped() => break,
                Some(ended) = tasks.join_next() => reap(&meters, &ended),
                (stream, peer) = accept(&self.socket) => {
                    let from = coarse(peer.ip());
                    match places.take(from) {
                        Ok(place) => {
                            let (serving, stop) = (Arc::clone(&serving), stop.clone());
                            tasks.spawn(async move {
                                serving.serve(stream, Source(from.to_string().into()), stop).await;
                                drop(place);
                            });
                        }
                        Err(NoPlace::Anywhere) => meters.refused("connections"),
                        Err(NoPlace::ForThisSource) => meters.refused("source"),
                    }
                }
            }
        }
        drop(self.socket);
        let drained = async {
            while let Some(ended) = tasks.join_next().await {
                reap(&meters, &ended);
            }
        };
        if timeout(self.limits.drain, drained).await.is_err() {
            tracing::warn!(connections = tasks.len(), "the drain took too long: the rest is cut");
        }
    }
}

async fn accept(socket: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match socket.accept().await {
            Ok(accepted) => return accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
}

fn reap(meters: &Meters, ended: &Result<(), JoinError>) {
    if ended.as_ref().is_err_and(JoinError::is_panic) {
        meters.refused("bug");
        tracing::error!("a connection ended by a panic");
    }
}

/// The whole /64 of an IPv6 address: its holder has all of it.
fn coarse(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_source_is_its_whole_64_and_a_mapped_ipv4_is_ipv4() {
        let of = |text: &str| coarse(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(of("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(of("192.0.2.7"), "192.0.2.7");
    }
}
