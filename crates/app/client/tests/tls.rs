//! The client against servers of its own making, over real TLS on loopback.

#![expect(clippy::unwrap_used, reason = "a failed set-up fails the test")]

use std::sync::Arc;

use symbolon_client::{Client, ExchangeRequest, Failure, IssueRequest, Roots, Secret};
use symbolon_keys::{Authority, ServerNames, Validity};
use symbolon_testkit::NOW;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// The years 2020 to 2039: rustls compares with the machine's own clock.
const YEARS: Validity = Validity { not_before: 1_577_836_800_000, not_after: 2_208_988_799_000 };

/// A server that gives every request one answer.
struct Server {
    url: String,
    roots: Roots,
}

impl Server {
    /// `answer` may name the server's own address as `{url}`.
    async fn answering(answer: &str) -> Self {
        let (authority, _) = Authority::create("test authority", YEARS).unwrap();
        let names = ServerNames { dns: vec!["localhost".to_owned()], addresses: Vec::new() };
        let issued = authority.issue_server(&names, YEARS).unwrap();
        let certificate = issued.certificate.der().to_vec().into();
        let key = rustls_pki_types::PrivatePkcs8KeyDer::from(issued.key.as_der().to_vec()).into();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let answer = answer.replace("{url}", &url);
        tokio::spawn(serve(listener, TlsAcceptor::from(Arc::new(tls)), answer));
        let roots = Roots::from_pem(authority.certificate().to_pem().as_bytes()).unwrap();
        Self { url, roots }
    }

    fn client(&self) -> Client {
        Client::new(&self.roots).unwrap()
    }
}

async fn serve(listener: TcpListener, tls: TlsAcceptor, answer: String) {
    while let Ok((stream, _)) = listener.accept().await {
        let Ok(mut stream) = tls.accept(stream).await else { continue };
        let mut read = vec![0; 64 * 1024];
        // One read: requests of these tests fit into one TLS record.
        if stream.read(&mut read).await.is_ok() {
            let _closed = stream.write_all(answer.as_bytes()).await;
            let _closed = stream.shutdown().await;
        }
    }
}

/// An answer of HTTP 200 with a JSON body.
fn json(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n{body}")
}

#[tokio::test]
async fn a_server_that_the_roots_do_not_vouch_for_is_not_spoken_to() {
    let server = Server::answering(&json("{}")).await;
    let stranger = Server::answering(&json("{}")).await;
    let client = Client::new(&stranger.roots).unwrap();
    let failure = client.metadata(&server.url).await.unwrap_err();
    assert!(matches!(failure, Failure::Unproven { .. }), "{failure}");
}

#[tokio::test]
async fn a_server_of_another_name_is_not_spoken_to() {
    let server = Server::answering(&json("{}")).await;
    let by_address = server.url.replace("localhost", "127.0.0.1");
    let failure = server.client().metadata(&by_address).await.unwrap_err();
    assert!(matches!(failure, Failure::Unproven { .. }), "{failure}");
}

#[tokio::test]
async fn nobody_there_is_said_with_the_address() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let server = Server::answering(&json("{}")).await;
    let url = format!("https://localhost:{port}");
    let failure = server.client().metadata(&url).await.unwrap_err();
    assert!(failure.to_string().starts_with(&format!("cannot reach localhost:{port}: ")));
}

#[tokio::test]
async fn metadata_is_read() {
    let answer =
        json(r#"{"issuer":"{url}","token_endpoint":"{url}/t","jwks_uri":"{url}/k","x":1}"#);
    let server = Server::answering(&answer).await;
    let metadata = server.client().metadata(&server.url).await.unwrap();
    assert_eq!(metadata.issuer, server.url);
    assert_eq!(metadata.token_endpoint, Some(format!("{}/t", server.url)));
}

#[tokio::test]
async fn metadata_of_another_issuer_is_refused() {
    let server = Server::answering(&json(r#"{"issuer":"https://other.example"}"#)).await;
    let failure = server.client().metadata(&server.url).await.unwrap_err();
    assert_eq!(
        failure.to_string(),
        "the answer (HTTP 200) is not usable: the issuer there calls itself https://other.example"
    );
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let answer =
        "HTTP/1.1 302 Found\r\nlocation: https://other.example/\r\ncontent-length: 0\r\n\r\n";
    let server = Server::answering(answer).await;
    let failure = server.client().metadata(&server.url).await.unwrap_err();
    assert!(matches!(failure, Failure::Answer { status: 302, .. }), "{failure}");
}

#[tokio::test]
async fn an_answer_beyond_the_limit_is_refused() {
    let server = Server::answering(&json(&" ".repeat(1024 * 1024 + 1))).await;
    let failure = server.client().metadata(&server.url).await.unwrap_err();
    assert!(matches!(failure, Failure::Http { .. }), "{failure}");
}

#[tokio::test]
async fn an_oauth_error_is_a_refusal_in_its_own_words() {
    let answer = "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\nx-request-id: r-7\r\n\
                  connection: close\r\n\r\n{\"error\":\"invalid_target\",\"error_description\":\"no\"}";
    let server = Server::answering(answer).await;
    let request = ExchangeRequest {
        endpoint: &format!("{}/oauth2/token", server.url),
        client_id: "demo-client",
        client_secret: &Secret::from("s3cr&t"),
        subject_token: b"e30.e30.AA",
        audience: Some("urn:rp:app"),
        token_type: None,
        scope: None,
    };
    let failure = server.client().exchange(&request, NOW).await.unwrap_err();
    assert_eq!(failure.to_string(), "refused: invalid_target (HTTP 400): no; request id r-7");
}

#[tokio::test]
async fn a_gateways_page_is_no_answer_of_a_service() {
    let answer = "HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n\
                  <html><body>Bad Gateway</body></html>";
    let server = Server::answering(answer).await;
    let request = IssueRequest {
        endpoint: &format!("{}/trust/13/usernamemixed", server.url),
        user: "alice",
        password: &Secret::from("s3cr&t"),
        applies_to: "urn:rp:app",
        token_type: None,
        lifetime: None,
    };
    let failure = server.client().issue(&request, NOW).await.unwrap_err();
    assert!(matches!(failure, Failure::Answer { status: 502, .. }), "{failure}");
}
