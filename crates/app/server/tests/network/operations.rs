//! Health, readiness and metrics, in plain HTTP.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use symbolon_model::Timestamp;
use symbolon_server::clock::Clock;
use symbolon_server::listener::Listener;
use symbolon_server::metrics::Meters;
use symbolon_server::operations::Operations;
use symbolon_server::{Handle, control};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::support::{self, Answered, read_answer};

type Missing = Arc<Mutex<Vec<String>>>;

struct Running {
    address: SocketAddr,
    missing: Missing,
    draining: Handle,
    _own: Handle,
}

async fn start(clock: Clock) -> Running {
    let listener = Listener::bind(([127, 0, 0, 1], 0).into(), support::limits()).await.unwrap();
    let address = listener.address();
    let missing = Missing::default();
    let asked = Arc::clone(&missing);
    let readiness = Box::new(move || {
        let missing = asked.lock().unwrap().clone();
        Box::pin(async move { missing }) as _
    });
    let (draining, main) = control();
    let (own, operations) = control();
    let meters = Arc::new(Meters::new());
    let service = Operations::new(readiness, Arc::new(clock), Arc::clone(&meters), main.stops());
    tokio::spawn(listener.serve(None, Arc::new(service), meters, operations.stops()));
    Running { address, missing, draining, _own: own }
}

impl Running {
    async fn ask(&self, line: &str) -> Answered {
        let mut client = TcpStream::connect(self.address).await.unwrap();
        let request = format!("{line} HTTP/1.1\r\nhost: localhost\r\n\r\n");
        client.write_all(request.as_bytes()).await.unwrap();
        read_answer(&mut client).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn healthz_says_that_the_process_lives() {
    let answered = start(Clock::start()).await.ask("GET /healthz").await;
    assert_eq!(answered.status, 200);
    assert!(answered.header("x-request-id").is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn readyz_is_503_and_names_what_is_missing_until_it_is_there() {
    let running = start(Clock::start()).await;
    running.missing.lock().unwrap().push("the store does not answer".to_owned());
    let answered = running.ask("GET /readyz").await;
    assert_eq!(answered.status, 503);
    assert!(answered.body.starts_with("the store does not answer\n"), "{answered:?}");
    running.missing.lock().unwrap().clear();
    assert_eq!(running.ask("GET /readyz").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_drains_is_not_ready_but_alive() {
    let running = start(Clock::start()).await;
    running.draining.stop();
    assert_eq!(running.ask("GET /readyz").await.status, 503);
    assert_eq!(running.ask("GET /healthz").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_clock_jumped_is_not_ready() {
    let running = start(Clock::started_at(Timestamp::from_seconds(0))).await;
    assert_eq!(running.ask("GET /readyz").await.status, 503);
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_openmetrics_text() {
    let answered = start(Clock::start()).await.ask("GET /metrics").await;
    assert_eq!(answered.status, 200);
    let media_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    assert_eq!(answered.header("content-type"), Some(media_type));
    assert!(answered.body.contains("\nsymbolon_connections 1\n"), "{}", answered.body);
    assert!(answered.body.ends_with("# EOF\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_else_is_answered_here() {
    let running = start(Clock::start()).await;
    for line in ["GET /", "GET /metrics/", "POST /oauth2/token", "GET /trust/13/usernamemixed"] {
        assert_eq!(running.ask(line).await.status, 404);
    }
    let answered = running.ask("POST /readyz").await;
    assert_eq!((answered.status, answered.header("allow")), (405, Some("GET, HEAD")));
}
