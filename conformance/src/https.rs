//! One HTTPS exchange, written by hand: a test must be able to send what no library would.
//!
//! In:  an address, the CA that must vouch for it, a [`Request`].
//! Out: an [`Answer`]: status, headers and body as they came.
//! Never: an unverified server; a redirect; a second request on a connection.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};

/// A client that believes one CA.
#[derive(Clone, Debug)]
pub struct Https {
    address: SocketAddr,
    tls: Arc<ClientConfig>,
}

/// A request, as it is to be sent.
#[derive(Clone, Debug)]
pub struct Request {
    /// `POST`
    pub method: String,
    /// From `/`.
    pub path: String,
    /// All but Host, Connection and the body's length.
    pub headers: Vec<(String, String)>,
    /// The body; empty for none.
    pub body: Vec<u8>,
    /// Whether the body goes out in chunks, so that its length is not announced.
    pub chunked: bool,
}

/// An answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// `200`
    pub status: u16,
    /// Names in lower case, in the order in which they came.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// A request without a body.
    pub fn new(method: &str, path: &str) -> Self {
        let (method, path) = (method.to_owned(), path.to_owned());
        Self { method, path, headers: Vec::new(), body: Vec::new(), chunked: false }
    }

    /// A POST.
    pub fn post(path: &str, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let post = Self { body: body.into(), ..Self::new("POST", path) };
        post.with("content-type", media_type)
    }

    /// The same with another header.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn head(&self, authority: &str) -> String {
        let mut head = format!("{} {} HTTP/1.1\r\nhost: {authority}\r\n", self.method, self.path);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if self.chunked {
            head.push_str("transfer-encoding: chunked\r\n");
        } else if !self.body.is_empty() || self.method == "POST" {
            head.push_str(&format!("content-length: {}\r\n", self.body.len()));
        }
        head.push_str("connection: close\r\n\r\n");
        head
    }

    fn write(&self, to: &mut impl Write) -> std::io::Result<()> {
        if !self.chunked {
            return to.write_all(&self.body);
        }
        for chunk in self.body.chunks(1000) {
            write!(to, "{:x}\r\n", chunk.len())?;
            to.write_all(chunk)?;
            to.write_all(b"\r\n")?;
        }
        to.write_all(b"0\r\n\r\n")
    }
}

impl Https {
    /// A client for the server at an address, whose certificate that CA (PEM) signed.
    pub fn new(address: SocketAddr, ca: &str) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(ca.as_bytes()).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self { address, tls: Arc::new(tls) }
    }

    /// Sends a request and reads the answer.
    pub fn send(&self, request: &Request) -> Answer {
        self.try_send(request).unwrap()
    }

    /// The same, where the server may vanish.
    ///
    /// # Errors
    /// Where the connection breaks before the answer is whole.
    pub fn try_send(&self, request: &Request) -> std::io::Result<Answer> {
        let name = ServerName::from(self.address.ip());
        let connection = ClientConnection::new(Arc::clone(&self.tls), name).unwrap();
        let mut stream = StreamOwned::new(connection, TcpStream::connect(self.address)?);
        stream.write_all(request.head(&self.address.to_string()).as_bytes())?;
        // A server that has seen enough may stop reading: its answer says why.
        let written = request.write(&mut stream).and_then(|()| stream.flush());
        let answer = Answer::read(&mut stream, request.method == "HEAD");
        answer.or_else(|flaw| written.and(Err(flaw)))
    }
}

impl Answer {
    fn read(from: &mut impl Read, without_body: bool) -> std::io::Result<Self> {
        let broken = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
        let mut all = Vec::new();
        let mut room = [0; 16 << 10];
        let mut complete = None;
        while complete.is_none() {
            match from.read(&mut room) {
                Ok(0) => return Err(broken()),
                Ok(read) => all.extend(room.iter().take(read)),
                Err(flaw) => return Err(flaw),
            }
            complete = Self::parse(&all, without_body);
        }
        complete.ok_or_else(broken)
    }

    /// The answer, once it is whole.
    fn parse(all: &[u8], without_body: bool) -> Option<Self> {
        let end = all.windows(4).position(|four| four == b"\r\n\r\n")?;
        let (head, rest) = all.split_at_checked(end.checked_add(4)?)?;
        let head = std::str::from_utf8(head).unwrap();
        let mut lines = head.lines();
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let mut answer = Self { status, headers, body: Vec::new() };
        let length = answer.header("content-length")?.parse().ok()?;
        answer.body = if without_body { Vec::new() } else { rest.get(..length)?.to_vec() };
        Some(answer)
    }

    /// A header that may come once.
    ///
    /// # Panics
    /// Where it came twice.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(named, _)| named == name);
        let first = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none(), "{name} came twice");
        first
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The request's id. Every answer has one.
    pub fn request_id(&self) -> &str {
        self.header("x-request-id").unwrap()
    }

    /// Status, headers that matter and body, without the request's id: two answers that nobody can tell apart are equal.
    pub fn shown(&self) -> String {
        const PASSING: [&str; 4] = ["date", "content-length", "x-request-id", "connection"];
        let mut shown = format!("HTTP {}\n", self.status);
        for (name, value) in self.headers.iter().filter(|(n, _)| !PASSING.contains(&n.as_str())) {
            shown.push_str(&format!("{name}: {value}\n"));
        }
        format!("{shown}\n{}", self.text()).replace(self.request_id(), "REQUEST")
    }
}
