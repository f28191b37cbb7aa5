//! A server in this process, and clients that write what they please.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};
use symbolon_kernel::Reply;
use symbolon_kernel::snapshot::{EndpointObject, Serves};
use symbolon_server::clock::Clock;
use symbolon_server::listener::{Limits, Listener};
use symbolon_server::metrics::Meters;
use symbolon_server::routes::{Received, Routes, Site};
use symbolon_server::tls::{Identity, Tls};
use symbolon_server::{Control, Handle, control};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// What no test should need: far above every limit that a test sets.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) const SOAP: &str = "/trust/13/usernamemixed";
pub(crate) const SLOW: &str = "/slow";
pub(crate) const MEX: &str = "/trust/mex";
pub(crate) const JWKS: &str = "/oauth2/jwks";

/// Echoes bodies. What is posted to [`SLOW`] waits until the test lets it go.
#[derive(Clone, Default)]
pub(crate) struct Echo(pub(crate) Arc<Gate>);

pub(crate) struct Gate {
    pub(crate) entered: Notify,
    pub(crate) go: Semaphore,
}

impl Default for Gate {
    fn default() -> Self {
        Self { entered: Notify::new(), go: Semaphore::new(0) }
    }
}

impl Site for Echo {
    type Endpoint = Arc<EndpointObject>;

    fn find(&self, path: &str) -> Option<Self::Endpoint> {
        let serves = match path {
            SOAP => Serves::WsTrust13,
            SLOW => Serves::OAuthToken,
            MEX => Serves::Mex,
            JWKS => Serves::Jwks,
            _ => return None,
        };
        Some(Arc::new(EndpointObject {
            id: "an-endpoint".into(),
            realm: "default".into(),
            path: path.to_owned(),
            aliases: Vec::new(),
            serves,
            credentials: Vec::new(),
            tolerances: Vec::new(),
            soap_versions: Vec::new(),
            default_party: None,
            reply: Default::default(),
        }))
    }

    async fn serve(&self, endpoint: &Self::Endpoint, received: Received) -> Reply {
        if endpoint.path == SLOW {
            self.0.entered.notify_one();
            self.0.go.acquire().await.unwrap().forget();
        }
        let body = match endpoint.serves {
            Serves::Jwks => b"{\"keys\":[]}".to_vec(),
            Serves::WsTrust13 | Serves::WsTrust2005 | Serves::OAuthToken | Serves::Mex => {
                received.body.to_vec()
            }
            Serves::FederationMetadata | Serves::OAuthMetadata | Serves::OpenIdConfiguration => {
                Vec::new()
            }
        };
        let headers = vec![
            ("x-now", received.arrival.now.millis().to_string().into()),
            ("x-source", received.arrival.source.as_deref().unwrap_or_default().to_owned().into()),
        ];
        Reply { status: 200, headers, body, summary: None }
    }
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) handle: Handle,
    pub(crate) tls: Tls,
    pub(crate) meters: Arc<Meters>,
    pub(crate) gate: Arc<Gate>,
    pub(crate) certificate: String,
    _control: Control,
    pub(crate) serving: JoinHandle<()>,
}

/// Limits in which nothing times out, unless the test says so.
pub(crate) fn limits() -> Limits {
    Limits {
        header: PATIENCE,
        body: PATIENCE,
        request: PATIENCE,
        drain: PATIENCE,
        ..Limits::default()
    }
}

pub(crate) async fn start(limits: Limits) -> Server {
    start_with(limits, Clock::start()).await
}

pub(crate) async fn start_with(limits: Limits, clock: Clock) -> Server {
    let (certificate, identity) = identity();
    let tls = Tls::new(identity).unwrap();
    let listener = Listener::bind(([127, 0, 0, 1], 0).into(), limits).await.unwrap();
    let address = listener.address();
    let (meters, echo) = (Arc::new(Meters::new()), Echo::default());
    let gate = Arc::clone(&echo.0);
    let routes = Arc::new(Routes::new(echo, Arc::new(clock), limits, Arc::clone(&meters)));
    let (handle, control) = control();
    let serve = listener.serve(Some(tls.clone()), routes, Arc::clone(&meters), control.stops());
    let serving = tokio::spawn(serve);
    Server { address, handle, tls, meters, gate, certificate, _control: control, serving }
}

/// A self-signed certificate for localhost: the PEM to trust, and what the server shows.
pub(crate) fn identity() -> (String, Identity) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let (certificate, key) = (made.cert.pem(), made.signing_key.serialize_pem());
    let identity = Identity::from_pem(certificate.as_bytes(), key.as_bytes()).unwrap();
    (certificate, identity)
}

pub(crate) type Client = TlsStream<TcpStream>;

impl Server {
    pub(crate) async fn connect(&self) -> Client {
        self.try_connect(&self.certificate, "http/1.1").await.unwrap()
    }

    pub(crate) async fn connect_http2(&self) -> Client {
        self.try_connect(&self.certificate, "h2").await.unwrap()
    }

    pub(crate) async fn try_connect(
        &self,
        trusted: &str,
        protocol: &str,
    ) -> std::io::Result<Client> {
        connect_to(self.address, trusted, protocol).await
    }

    /// Sends a request on a connection of its own and reads to the end.
    pub(crate) async fn ask(&self, request: &str) -> Answered {
        let mut client = self.connect().await;
        client.write_all(request.as_bytes()).await.unwrap();
        read_answer(&mut client).await
    }

    pub(crate) fn metric(&self, line: &str) -> bool {
        self.meters.text().unwrap().lines().any(|l| l == line)
    }
}

pub(crate) async fn connect_to(
    address: SocketAddr,
    trusted: &str,
    protocol: &str,
) -> std::io::Result<Client> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(trusted.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

pub(crate) fn post(path: &str, media_type: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {media_type}\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answered {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let named = |line: &'_ str| line.split_once(": ").is_some_and(|(n, _)| n == name);
        self.head.lines().find(|l| named(l)).and_then(|l| l.split_once(": ")).map(|(_, v)| v)
    }
}

/// Reads one answer: its head, then as much body as content-length says.
pub(crate) async fn read_answer(client: &mut (impl AsyncReadExt + Unpin)) -> Answered {
    let mut octets = Vec::new();
    let end = loop {
        if let Some(at) = octets.windows(4).position(|w| w == b"\r\n\r\n") {
            break at;
        }
        let read = client.read_u8();
        octets.push(tokio::time::timeout(PATIENCE, read).await.unwrap().unwrap());
    };
    let head = String::from_utf8(octets.get(..end).unwrap().to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let mut answered = Answered { status, head, body: String::new() };
    let length: usize = answered.header("content-length").map_or(0, |l| l.parse().unwrap());
    let mut body = vec![0; length];
    tokio::time::timeout(PATIENCE, client.read_exact(&mut body)).await.unwrap().unwrap();
    answered.body = String::from_utf8(body).unwrap();
    answered
}

/// Waits until the server has closed the connection; how long that took.
pub(crate) async fn until_closed(client: &mut (impl AsyncReadExt + Unpin)) -> Duration {
    let begun = tokio::time::Instant::now();
    let mut rest = Vec::new();
    // A reset is an end too.
    let _end = tokio::time::timeout(PATIENCE, client.read_to_end(&mut rest)).await.unwrap();
    begun.elapsed()
}
