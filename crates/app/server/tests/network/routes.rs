//! What is answered before, and around, any protocol. Statuses are those of RFC 9110.

use std::time::Duration;

use symbolon_model::Timestamp;
use symbolon_server::clock::Clock;
use symbolon_server::listener::Limits;
use tokio::io::AsyncWriteExt;

use crate::support::{
    self, Answered, JWKS, MEX, PATIENCE, SLOW, SOAP, Server, post, read_answer, start, start_with,
};

const SOAP_12: &str = "application/soap+xml; charset=utf-8";

/// Twelve hex digits of time, sixteen of chance.
fn assert_labelled(answered: &Answered) {
    let id = answered.header("x-request-id").unwrap();
    assert!(id.len() == 28 && id.bytes().all(|b| b.is_ascii_hexdigit()), "{id}");
    if answered.status != 200 {
        assert!(answered.body.contains(id), "{answered:?}");
    }
}

async fn refused(server: &Server, request: &str, status: u16) -> Answered {
    let answered = server.ask(request).await;
    assert_eq!(answered.status, status, "{answered:?}");
    assert_labelled(&answered);
    answered
}

#[tokio::test(flavor = "multi_thread")]
async fn a_posted_body_gets_to_the_endpoint_whole_with_time_and_source() {
    let server = start(support::limits()).await;
    let body = "é".repeat(100_000);
    let answered = server.ask(&post(SOAP, SOAP_12, &body)).await;
    assert_eq!((answered.status, &answered.body), (200, &body));
    assert_labelled(&answered);
    assert_eq!(answered.header("x-source"), Some("127.0.0.1"));
    let id_time = i64::from_str_radix(&answered.header("x-request-id").unwrap()[..12], 16).unwrap();
    assert_eq!(answered.header("x-now").unwrap().parse::<i64>().unwrap(), id_time);
}

#[tokio::test(flavor = "multi_thread")]
async fn chunks_are_put_together() {
    let server = start(support::limits()).await;
    let request = format!(
        "POST {SOAP} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {SOAP_12}\r\ntransfer-encoding: chunked\r\n\r\n\
         3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    );
    assert_eq!(server.ask(&request).await.body, "abcde");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_path_is_404() {
    let server = start(support::limits()).await;
    for path in [
        "/",
        "/trust/13/usernamemixed/",
        "/trust/13//usernamemixed",
        "/Trust/13/UsernameMixed",
        "/trust/13/%75sernamemixed",
        "/oauth2/../trust/13/usernamemixed",
        "/healthz",
        "/metrics",
    ] {
        refused(&server, &post(path, SOAP_12, "x"), 404).await;
    }
    let counted = "symbolon_exchanges_total{realm=\"\",protocol=\"http\",operation=\"none\",outcome=\"refused\",cause=\"no_endpoint\"} 8";
    assert!(server.metric(counted), "{}", server.meters.text().unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_method_is_405_and_names_the_right_ones() {
    let server = start(support::limits()).await;
    for method in ["GET", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"] {
        let request = format!("{method} {SOAP} HTTP/1.1\r\nhost: localhost\r\n\r\n");
        assert_eq!(refused(&server, &request, 405).await.header("allow"), Some("POST"));
    }
    let answered = refused(&server, &post(JWKS, "application/json", "{}"), 405).await;
    assert_eq!(answered.header("allow"), Some("GET, HEAD"));
}

#[tokio::test(flavor = "multi_thread")]
async fn metadata_are_read_and_asked_for_and_an_endpoint_of_messages_is_read_for_its_wsdl() {
    let server = start(support::limits()).await;
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n");
    assert_eq!(server.ask(&post(MEX, SOAP_12, "asked")).await.body, "asked");
    let wsdl = format!("{SOAP}?wsdl");
    for path in [MEX, wsdl.as_str()] {
        assert_eq!(server.ask(&get(path)).await.status, 200, "{path}");
    }
    let put = format!("PUT {MEX} HTTP/1.1\r\nhost: localhost\r\n\r\n");
    assert_eq!(refused(&server, &put, 405).await.header("allow"), Some("GET, HEAD, POST"));
    for path in [format!("{SOAP}?wsdl=1"), format!("{SLOW}?wsdl")] {
        assert_eq!(refused(&server, &get(&path), 405).await.header("allow"), Some("POST"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn head_is_get_without_the_body() {
    let server = start(support::limits()).await;
    let mut client = server.connect().await;
    let head = format!("HEAD {JWKS} HTTP/1.1\r\nhost: localhost\r\n\r\n");
    client.write_all(head.as_bytes()).await.unwrap();
    // The next answer on the same connection would show an octet too many.
    let get = format!("GET {JWKS} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    client.write_all(get.as_bytes()).await.unwrap();
    let mut octets = Vec::new();
    tokio::io::AsyncReadExt::read_to_end(&mut client, &mut octets).await.unwrap();
    let text = String::from_utf8(octets).unwrap();
    assert_eq!(text.matches("content-length: 11\r\n").count(), 2, "{text}");
    assert_eq!(text.matches("{\"keys\":[]}").count(), 1, "{text}");
    assert_eq!(text.matches("\r\n\r\nHTTP/1.1 200 OK\r\n").count(), 1, "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_encoded_body_and_one_of_two_media_types_are_415() {
    let server = start(support::limits()).await;
    let with = |header: &str| {
        format!(
            "POST {SOAP} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {SOAP_12}\r\n{header}\r\ncontent-length: 1\r\n\r\nx"
        )
    };
    for header in
        ["content-encoding: gzip", "content-encoding: identity, br", "content-type: text/xml"]
    {
        refused(&server, &with(header), 415).await;
    }
    assert_eq!(server.ask(&with("content-encoding: identity")).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_announces_too_much_is_413_before_it_is_read() {
    let server = start(support::limits()).await;
    let request = format!(
        "POST {SOAP} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {SOAP_12}\r\nexpect: 100-continue\r\ncontent-length: 262145\r\n\r\n"
    );
    let answered = refused(&server, &request, 413).await;
    assert_eq!(answered.header("connection"), Some("close"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_at_the_limit_is_read() {
    let server = start(support::limits()).await;
    let body = "x".repeat(262_144);
    assert_eq!(server.ask(&post(SOAP, SOAP_12, &body)).await.body.len(), 262_144);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_megabytes_sent_to_the_end_still_get_their_413() {
    let server = start(support::limits()).await;
    let mut client = server.connect().await;
    // The client writes all of it before it reads a thing: a reset on the way would lose the answer.
    client.write_all(post(SOAP, SOAP_12, &"x".repeat(10 << 20)).as_bytes()).await.unwrap();
    assert_eq!(read_answer(&mut client).await.status, 413);
}

#[tokio::test(flavor = "multi_thread")]
async fn chunks_that_become_too_much_are_413() {
    let server = start(support::limits()).await;
    let mut request = format!(
        "POST {SOAP} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {SOAP_12}\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    for _ in 0..5 {
        request.push_str(&format!("10000\r\n{}\r\n", "x".repeat(65_536)));
    }
    let answered = refused(&server, &request, 413).await;
    assert_eq!(answered.header("connection"), Some("close"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_body_is_408() {
    let server = start(Limits { body: Duration::from_millis(200), ..support::limits() }).await;
    let request = format!(
        "POST {SOAP} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {SOAP_12}\r\ncontent-length: 9\r\n\r\nhalf"
    );
    let answered = refused(&server, &request, 408).await;
    assert_eq!(answered.header("connection"), Some("close"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_chunk_is_400() {
    let server = start(support::limits()).await;
    let request = format!(
        "POST {SOAP} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {SOAP_12}\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"
    );
    refused(&server, &request, 400).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_that_is_too_large_is_431() {
    let server = start(support::limits()).await;
    let request = format!(
        "GET {JWKS} HTTP/1.1\r\nhost: localhost\r\nx-large: {}\r\n\r\n",
        "x".repeat(16 << 10)
    );
    // hyper answers this one before there is a request: it has no id.
    assert_eq!(server.ask(&request).await.status, 431);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_takes_too_long_is_503_with_retry_after() {
    let server = start(Limits { request: Duration::from_millis(200), ..support::limits() }).await;
    let request = post(SLOW, "application/x-www-form-urlencoded", "a=b");
    let answered = refused(&server, &request, 503).await;
    assert_eq!(answered.header("retry-after"), Some("10"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumped_refuses_every_request_that_would_rest_on_it() {
    let server = start_with(support::limits(), Clock::started_at(Timestamp::from_seconds(0))).await;
    let answered = refused(&server, &post(SOAP, SOAP_12, "x"), 503).await;
    assert_eq!(answered.header("retry-after"), Some("10"));
}

#[tokio::test(flavor = "multi_thread")]
async fn now_is_after_the_body() {
    let server = start(support::limits()).await;
    let mut client = server.connect().await;
    let head = format!(
        "POST {SOAP} HTTP/1.1\r\nhost: localhost\r\ncontent-type: {SOAP_12}\r\nexpect: 100-continue\r\ncontent-length: 1\r\n\r\n"
    );
    client.write_all(head.as_bytes()).await.unwrap();
    // 100 Continue: the head is read, and the body asked for. Time that passes from here on must show.
    assert_eq!(read_answer(&mut client).await.status, 100);
    let asked = jiff::Timestamp::now().as_millisecond();
    let mut before = asked;
    while before < asked.saturating_add(5) {
        tokio::task::yield_now().await;
        before = jiff::Timestamp::now().as_millisecond();
    }
    client.write_all(b"x").await.unwrap();
    let answered = tokio::time::timeout(PATIENCE, read_answer(&mut client)).await.unwrap();
    let now: i64 = answered.header("x-now").unwrap().parse().unwrap();
    assert!(now >= before, "{now} {before}");
}
