//! The whole server, as `serve --dev` starts it.

use std::net::SocketAddr;
use std::path::Path;

use symbolon_model::Timestamp;
use symbolon_server::config::Config;
use symbolon_server::listener::ListenError;
use symbolon_server::{Addresses, Handle, StartError, control, dev, serve};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::support::{self, PATIENCE, connect_to, post, read_answer, until_closed};

struct Running {
    addresses: Addresses,
    handle: Handle,
    serving: JoinHandle<Result<(), StartError>>,
    folder: TempDir,
}

fn config(folder: &Path) -> Config {
    let now = Timestamp::from_millis(jiff::Timestamp::now().as_millisecond());
    let mut config = dev::prepare(folder, SocketAddr::from(([127, 0, 0, 1], 0)), now).unwrap();
    config.listen.operations.set_port(0);
    config
}

async fn start() -> Running {
    let folder = TempDir::new().unwrap();
    let (handle, control) = control();
    let (tell, told) = oneshot::channel();
    let ready = |addresses| tell.send(addresses).unwrap();
    let serving = tokio::spawn(serve(config(folder.path()), control, ready));
    let addresses = tokio::time::timeout(PATIENCE, told).await.unwrap().unwrap();
    Running { addresses, handle, serving, folder }
}

impl Running {
    fn ca(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("ca.crt")).unwrap()
    }

    async fn ask(&self, request: &str) -> support::Answered {
        let mut client = connect_to(self.addresses.listen, &self.ca(), "http/1.1").await.unwrap();
        client.write_all(request.as_bytes()).await.unwrap();
        read_answer(&mut client).await
    }

    async fn operations(&self, path: &str) -> support::Answered {
        let mut client = TcpStream::connect(self.addresses.operations).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n");
        client.write_all(request.as_bytes()).await.unwrap();
        read_answer(&mut client).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn endpoints_answer_over_tls_and_operations_in_plain() {
    let server = start().await;
    let keys = server.ask("GET /oauth2/jwks HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    assert_eq!(keys.status, 200, "{keys:?}");
    assert!(keys.header("x-request-id").is_some());
    // Not a SOAP message: WS-Trust answers it, as a fault (SOAP 1.2 part 2 §7.5.2.2).
    let soap = post("/trust/13/usernamemixed", "application/soap+xml", "<not-soap/>");
    let fault = server.ask(&soap).await;
    assert_eq!(fault.status, 500, "{fault:?}");
    assert!(fault.body.contains("Fault"), "{fault:?}");
    assert_eq!(server.operations("/readyz").await.status, 200);

    let metrics = server.operations("/metrics").await.body;
    let document = "symbolon_exchanges_total{realm=\"default\",protocol=\"oauth\",operation=\"document\",outcome=\"answered\",cause=\"\"} 1\n";
    assert!(metrics.contains(document), "{metrics}");
    let refused = "symbolon_exchanges_total{realm=\"default\",protocol=\"wstrust\",operation=\"none\",outcome=\"refused\",cause=\"malformed\"} 1\n";
    assert!(metrics.contains(refused), "{metrics}");
}

#[tokio::test(flavor = "multi_thread")]
async fn told_to_stop_it_ends_well() {
    let server = start().await;
    server.handle.stop();
    tokio::time::timeout(PATIENCE, server.serving).await.unwrap().unwrap().unwrap();
    assert!(TcpStream::connect(server.addresses.listen).await.is_err());
    assert!(TcpStream::connect(server.addresses.operations).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_shows_the_new_certificate() {
    let server = start().await;
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(server.folder.path().join("tls.crt"), made.cert.pem()).unwrap();
    std::fs::write(server.folder.path().join("tls.key"), made.signing_key.serialize_pem()).unwrap();
    let trusted = made.cert.pem();
    assert!(connect_to(server.addresses.listen, &trusted, "http/1.1").await.is_err());
    server.handle.reload();
    let shown = async {
        while connect_to(server.addresses.listen, &trusted, "http/1.1").await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, shown).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_use_stops_the_start_before_anything_is_made() {
    let folder = TempDir::new().unwrap();
    let taken = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let mut config = config(folder.path());
    config.listen.address = taken.local_addr().unwrap();
    let (_handle, control) = control();
    let error = serve(config, control, |_| {}).await.unwrap_err();
    assert!(matches!(error, StartError::Listen(ListenError::InUse(_))), "{error}");
    assert!(error.to_string().contains(&taken.local_addr().unwrap().to_string()), "{error}");
    assert!(!folder.path().join("store.sqlite").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_server_lets_go_of_its_connections() {
    let server = start().await;
    let mut client = connect_to(server.addresses.listen, &server.ca(), "http/1.1").await.unwrap();
    server.serving.abort();
    until_closed(&mut client).await;
}
