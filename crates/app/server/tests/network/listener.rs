//! The accept loop against clients that are silent, slow, many or late.

use std::time::Duration;

use symbolon_server::listener::{Limits, ListenError, Listener};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{self, JWKS, PATIENCE, SLOW, post, read_answer, start, until_closed};

const SHORT: Duration = Duration::from_millis(300);
const GET: &str = "GET /oauth2/jwks HTTP/1.1\r\nhost: localhost\r\n\r\n";

fn short_header() -> Limits {
    Limits { header: SHORT, ..support::limits() }
}

/// Closed by the header limit: not at once, and not by another limit.
fn in_time(took: Duration) {
    assert!(took >= SHORT.mul_f32(0.5) && took < PATIENCE.mul_f32(0.5), "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_never_says_hello_is_closed() {
    let server = start(short_header()).await;
    let mut client = TcpStream::connect(server.address).await.unwrap();
    in_time(until_closed(&mut client).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_is_silent_after_the_handshake_is_closed() {
    let server = start(short_header()).await;
    in_time(until_closed(&mut server.connect().await).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_http2_client_is_closed() {
    let server = start(short_header()).await;
    in_time(until_closed(&mut server.connect_http2().await).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_http2_client_that_only_greets_is_closed() {
    let server = start(short_header()).await;
    let mut client = server.connect_http2().await;
    client.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.unwrap();
    in_time(until_closed(&mut client).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_header_is_closed() {
    let server = start(short_header()).await;
    let mut client = server.connect().await;
    client.write_all(b"GET /oauth2/jwks HTTP/1.1\r\nhost: loc").await.unwrap();
    in_time(until_closed(&mut client).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_that_trickles_gains_no_time() {
    let server = start(short_header()).await;
    let (mut reads, mut writes) = tokio::io::split(server.connect().await);
    let trickle = tokio::spawn(async move {
        for octet in b"GET / HTTP/1.1\r\nx: ".iter().chain(std::iter::repeat(&b'y')) {
            // The write fails once the server has closed; the pace is the client's.
            if writes.write_all(&[*octet]).await.is_err() {
                break;
            }
            tokio::time::sleep(SHORT / 20).await;
        }
    });
    in_time(until_closed(&mut reads).await);
    trickle.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_asked_before_and_is_silent_now_is_closed() {
    let server = start(short_header()).await;
    let mut client = server.connect().await;
    client.write_all(GET.as_bytes()).await.unwrap();
    assert_eq!(read_answer(&mut client).await.status, 200);
    in_time(until_closed(&mut client).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_being_answered_keeps_its_connection_beyond_the_header_limit() {
    let server = start(short_header()).await;
    let mut client = server.connect().await;
    let slow = post(SLOW, "application/x-www-form-urlencoded", "a=b");
    client.write_all(slow.as_bytes()).await.unwrap();
    let nothing = tokio::time::timeout(SHORT * 4, client.read_u8()).await;
    assert!(nothing.is_err(), "neither closed nor answered");
    server.gate.go.add_permits(1);
    assert_eq!(read_answer(&mut client).await.body, "a=b");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_read_its_answers_is_closed() {
    let server = start(short_header()).await;
    let (reads, mut writes) = tokio::io::split(server.connect().await);
    let body = "x".repeat(200 << 10);
    let ask = post(support::SOAP, "application/soap+xml", &body);
    // Asks for more than the sockets can hold and reads none of it, until the server gives up.
    let asks = async { while writes.write_all(ask.as_bytes()).await.is_ok() {} };
    tokio::time::timeout(PATIENCE, asks).await.unwrap();
    drop(reads);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_source_gets_so_many_connections_and_a_place_comes_free_again() {
    let limits = Limits { connections_per_source: 2, ..support::limits() };
    let server = start(limits).await;
    let (mut one, _two) = (server.connect().await, server.connect().await);
    assert!(server.try_connect(&server.certificate, "http/1.1").await.is_err());
    assert!(server.metric("symbolon_connections_refused_total{reason=\"source\"} 1"));
    one.shutdown().await.unwrap();
    until_closed(&mut one).await;
    drop(one);
    let again = async {
        while server.try_connect(&server.certificate, "http/1.1").await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, again).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn there_are_so_many_connections_in_all() {
    let server = start(Limits { connections: 1, ..support::limits() }).await;
    let _one = server.connect().await;
    assert!(server.try_connect(&server.certificate, "http/1.1").await.is_err());
    assert!(server.metric("symbolon_connections_refused_total{reason=\"connections\"} 1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drain_finishes_the_request_at_hand_and_takes_no_new_one() {
    let server = start(support::limits()).await;
    let (mut busy, mut idle) = (server.connect().await, server.connect().await);
    idle.write_all(GET.as_bytes()).await.unwrap();
    assert_eq!(read_answer(&mut idle).await.status, 200);
    let slow = post(SLOW, "application/x-www-form-urlencoded", "a=b");
    busy.write_all(slow.as_bytes()).await.unwrap();
    server.gate.entered.notified().await;

    server.handle.stop();
    until_closed(&mut idle).await;
    let refused = async {
        while server.try_connect(&server.certificate, "http/1.1").await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, refused).await.unwrap();
    assert!(!server.serving.is_finished());

    server.gate.go.add_permits(1);
    let answered = read_answer(&mut busy).await;
    assert_eq!((answered.status, answered.body.as_str()), (200, "a=b"));
    assert_eq!(answered.header("connection"), Some("close"));
    drop(busy);
    tokio::time::timeout(PATIENCE, server.serving).await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drain_that_takes_too_long_cuts_what_is_left() {
    let server = start(Limits { drain: SHORT, ..support::limits() }).await;
    let mut busy = server.connect().await;
    let slow = post(SLOW, "application/x-www-form-urlencoded", "a=b");
    busy.write_all(slow.as_bytes()).await.unwrap();
    server.gate.entered.notified().await;
    server.handle.stop();
    in_time(until_closed(&mut busy).await);
    tokio::time::timeout(PATIENCE, server.serving).await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_whose_last_handle_is_gone_stops() {
    let server = start(support::limits()).await;
    drop(server.handle);
    tokio::time::timeout(PATIENCE, server.serving).await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replaced_certificate_is_shown_from_the_next_handshake_on() {
    let server = start(support::limits()).await;
    let mut before = server.connect().await;
    let (certificate, identity) = support::identity();
    assert!(server.try_connect(&certificate, "http/1.1").await.is_err());
    server.tls.replace(identity);
    assert!(server.try_connect(&certificate, "http/1.1").await.is_ok());
    assert!(server.try_connect(&server.certificate, "http/1.1").await.is_err());
    before.write_all(GET.as_bytes()).await.unwrap();
    assert_eq!(read_answer(&mut before).await.status, 200, "connections go on");
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let first = Listener::bind(([127, 0, 0, 1], 0).into(), support::limits()).await.unwrap();
    let address = first.address();
    let error = Listener::bind(address, support::limits()).await.unwrap_err();
    assert!(matches!(error, ListenError::InUse(named) if named == address));
    assert!(error.to_string().contains(&address.to_string()), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn http2_is_served_where_the_client_asks_for_it() {
    use http_body_util::{BodyExt, Full};
    use hyper_util::rt::{TokioExecutor, TokioIo};
    let server = start(support::limits()).await;
    let io = TokioIo::new(server.connect_http2().await);
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await.unwrap();
    tokio::spawn(connection);
    let request = hyper::Request::post(format!("https://localhost{}", support::SOAP))
        .header("content-type", "application/soap+xml")
        .body(Full::new(bytes::Bytes::from_static(b"<e/>")))
        .unwrap();
    let answer = sender.send_request(request).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.headers().contains_key("x-request-id"));
    assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "<e/>");

    let head = hyper::Request::head(format!("https://localhost{JWKS}"))
        .body(Full::new(bytes::Bytes::new()))
        .unwrap();
    let answer = sender.send_request(head).await.unwrap();
    assert_eq!(answer.headers().get("content-length").unwrap(), "11");
    assert!(answer.into_body().collect().await.unwrap().to_bytes().is_empty());
}
