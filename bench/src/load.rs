//! The load: so many connections, each sending the same request as soon as it has the answer to the last.
//!
//! In:  where to, and the octets of one request.
//! Out: a [`Window`]: how many answers, what they cost the server's processors, how long each took.
//! Never: an answer other than 200, which ends the measurement; a parser or a pool of connections, which would cost more than
//! the server.
//!
//! RFC 9112, as far as our own server speaks it: `content-length`, keep-alive.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::Failure;
use crate::clock::moment;
use crate::cpu::Threads;

/// How long connections are used before the window opens: handshakes are over and caches are warm.
pub(crate) const WARM: Duration = Duration::from_millis(250);

/// LIMIT: an answer of ours has a few kilobytes.
const ANSWER: usize = 256 << 10;

/// A server under load: an address that it presents a certificate for, and its process.
#[derive(Clone)]
pub(crate) struct Target {
    tls: TlsConnector,
    address: SocketAddr,
    name: ServerName<'static>,
    pub(crate) pid: u32,
}

/// One request, whole, and where it goes.
#[derive(Clone, Debug)]
pub(crate) struct Message(Arc<[u8]>);

/// What was seen while a window was open.
#[derive(Debug)]
pub(crate) struct Window {
    /// Processor time of the server for one request, microseconds.
    pub(crate) cpu_micros: f64,
    /// Requests answered in a second.
    pub(crate) per_second: f64,
    /// From a request's first octet sent to its answer's last received, microseconds, unsorted.
    pub(crate) latencies: Vec<f64>,
}

/// What the connections of a window share.
#[derive(Default)]
struct Shared {
    answered: AtomicU64,
    open: AtomicBool,
    over: AtomicBool,
}

impl Target {
    /// A server at that port of this machine, whose certificate one of `roots` (PEM) vouches for.
    pub(crate) fn new(roots: &[u8], address: SocketAddr, pid: u32) -> Result<Self, Failure> {
        let mut store = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(roots) {
            store.add(certificate?)?;
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(store)
            .with_no_client_auth();
        let name = ServerName::from(address.ip());
        Ok(Self { tls: TlsConnector::from(Arc::new(config)), address, name, pid })
    }

    /// Sends one request on a connection of its own; the answer's body.
    pub(crate) async fn ask(&self, message: &Message) -> Result<Vec<u8>, Failure> {
        let mut connection = self.connect().await?;
        connection.ask(message).await.map(<[u8]>::to_vec)
    }

    /// Puts `connections` to work for that long, after they are warm.
    pub(crate) async fn load(
        &self,
        message: &Message,
        connections: usize,
        span: Duration,
    ) -> Result<Window, Failure> {
        let shared = Arc::new(Shared::default());
        let mut working = JoinSet::new();
        for _ in 0..connections {
            let connection = self.connect().await?;
            working.spawn(work(connection, message.clone(), Arc::clone(&shared)));
        }
        tokio::time::sleep(WARM).await;

        let (opened, before) = (moment(), Threads::of(self.pid)?);
        let first = shared.answered.load(Ordering::Relaxed);
        shared.open.store(true, Ordering::Relaxed);
        tokio::time::sleep(span).await;
        shared.open.store(false, Ordering::Relaxed);
        let answered = shared.answered.load(Ordering::Relaxed).saturating_sub(first);
        let (wall, cpu) = (opened.elapsed(), Threads::of(self.pid)?.since(&before));
        shared.over.store(true, Ordering::Relaxed);

        let mut latencies = Vec::new();
        while let Some(ended) = working.join_next().await {
            latencies.extend(ended??);
        }
        let answered = f64::from(u32::try_from(answered)?);
        if answered == 0.0 {
            return Err("no request was answered".into());
        }
        Ok(Window {
            cpu_micros: cpu.as_secs_f64() * 1e6 / answered,
            per_second: answered / wall.as_secs_f64(),
            latencies,
        })
    }

    async fn connect(&self) -> Result<Connection, Failure> {
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        let stream = self.tls.connect(self.name.clone(), stream).await?;
        Ok(Connection { stream, read: Vec::with_capacity(16 << 10) })
    }
}

async fn work(
    mut connection: Connection,
    message: Message,
    shared: Arc<Shared>,
) -> Result<Vec<f64>, Failure> {
    let mut latencies = Vec::new();
    while !shared.over.load(Ordering::Relaxed) {
        let asked = moment();
        connection.ask(&message).await?;
        shared.answered.fetch_add(1, Ordering::Relaxed);
        if shared.open.load(Ordering::Relaxed) {
            latencies.push(asked.elapsed().as_secs_f64() * 1e6);
        }
    }
    Ok(latencies)
}

impl Message {
    pub(crate) fn post(path: &str, headers: &[(&str, &str)], body: &[u8]) -> Self {
        let mut head = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n",
            body.len()
        );
        for (name, value) in headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        head.push_str("\r\n");
        Self([head.as_bytes(), body].concat().into())
    }

    /// The same request for another path.
    pub(crate) fn to(&self, path: &str) -> Self {
        const VERSION: &[u8] = b" HTTP/1.1\r\n";
        let at = self.0.windows(VERSION.len()).position(|octets| octets == VERSION).unwrap_or(0);
        let rest = self.0.get(at..).unwrap_or_default();
        Self([format!("POST {path}").as_bytes(), rest].concat().into())
    }

    pub(crate) fn get(path: &str) -> Self {
        Self(format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").into_bytes().into())
    }
}

struct Connection {
    stream: TlsStream<TcpStream>,
    read: Vec<u8>,
}

impl Connection {
    /// Sends a request and reads the answer; its body.
    async fn ask(&mut self, message: &Message) -> Result<&[u8], Failure> {
        self.stream.write_all(&message.0).await?;
        self.read.clear();
        loop {
            if let Some(head) = Head::parse(&self.read)?
                && self.read.len() >= head.end
            {
                return body(&self.read, &head);
            }
            if self.read.len() > ANSWER || self.stream.read_buf(&mut self.read).await? == 0 {
                return Err("the server broke off its answer".into());
            }
        }
    }
}

fn body<'a>(read: &'a [u8], head: &Head) -> Result<&'a [u8], Failure> {
    let body = read.get(head.body..head.end).unwrap_or_default();
    if head.status == 200 {
        return Ok(body);
    }
    Err(format!("status {}: {}", head.status, String::from_utf8_lossy(body)).into())
}

/// Where an answer's body lies.
struct Head {
    status: u16,
    body: usize,
    end: usize,
}

impl Head {
    /// `None` while the header is not complete.
    fn parse(read: &[u8]) -> Result<Option<Self>, Failure> {
        const END: &[u8] = b"\r\n\r\n";
        let Some(at) = read.windows(END.len()).position(|octets| octets == END) else {
            return Ok(None);
        };
        let text = std::str::from_utf8(read.get(..at).unwrap_or_default())?;
        let mut lines = text.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).ok_or("no status")?;
        let length = lines
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .ok_or("an answer without a length")?;
        let body = at.saturating_add(END.len());
        let end = body.saturating_add(length.1.trim().parse()?);
        Ok(Some(Self { status: status.parse()?, body, end }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_for_another_path_is_the_same_but_for_the_path() {
        let request = Message::post("/a", &[("x", "y")], b"z");
        assert_eq!(request.to("/7").0, Message::post("/7", &[("x", "y")], b"z").0);
    }

    #[test]
    fn a_header_says_where_the_body_ends() {
        let read = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nx: y\r\n\r\nabcd";
        let head = Head::parse(read).unwrap().unwrap();
        assert_eq!(body(read, &head).unwrap(), b"abc");
    }

    #[test]
    fn an_answer_that_is_not_200_ends_the_measurement() {
        let read = b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 3\r\n\r\nabc";
        let head = Head::parse(read).unwrap().unwrap();
        assert_eq!(body(read, &head).unwrap_err().to_string(), "status 500: abc");
    }

    #[test]
    fn half_a_header_is_waited_for_and_one_without_a_length_is_refused() {
        assert!(Head::parse(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n").unwrap().is_none());
        assert!(Head::parse(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
