//! Every route called once as a stranger, and that list compared with what the running server has.

#![expect(clippy::unwrap_used, reason = "a test that goes wrong must fail")]

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;

use symbolon_conformance::{Form, Request, Rst, sts};

/// What a stranger asks of every route, and the status and code of the answer.
fn strangers() -> Vec<(&'static str, Request, u16, &'static str)> {
    let wst = |path| Rst { path, credential: String::new(), ..Rst::default() }.request();
    let get = |path| Request::new("GET", path);
    let in_2005 = |path| {
        let envelope = Rst { path, credential: String::new(), ..Rst::default() }.envelope();
        let trust = "http://docs.oasis-open.org/ws-sx/ws-trust/200512";
        let envelope = envelope.replace(trust, "http://schemas.xmlsoap.org/ws/2005/02/trust");
        Request::post(path, "application/soap+xml; charset=utf-8", envelope)
    };
    let federation = "/FederationMetadata/2007-06/FederationMetadata.xml";
    vec![
        (
            "/.well-known/oauth-authorization-server",
            get("/.well-known/oauth-authorization-server"),
            200,
            "",
        ),
        ("/.well-known/openid-configuration", get("/.well-known/openid-configuration"), 200, ""),
        (federation, get(federation), 200, ""),
        ("/oauth2/jwks", get("/oauth2/jwks"), 200, ""),
        // RFC 6749 §5.2
        ("/oauth2/token", Form::jwt("x").by(None).request(), 401, "invalid_client"),
        // WSS SMS 1.1.1 §12
        ("/trust/13/adfs", wst("/trust/13/adfs"), 500, "FailedAuthentication"),
        (
            "/trust/13/issuedtokenmixed",
            wst("/trust/13/issuedtokenmixed"),
            500,
            "FailedAuthentication",
        ),
        ("/trust/13/strict", wst("/trust/13/strict"), 500, "FailedAuthentication"),
        ("/trust/13/usernamemixed", wst("/trust/13/usernamemixed"), 500, "FailedAuthentication"),
        (
            "/trust/2005/usernamemixed",
            in_2005("/trust/2005/usernamemixed"),
            500,
            "FailedAuthentication",
        ),
        ("/trust/mex", get("/trust/mex"), 200, ""),
    ]
}

#[test]
fn a_stranger_gets_nothing_but_documents() {
    for (path, request, status, code) in strangers() {
        let answer = sts().send(&request);
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        assert!(answer.text().contains(code), "{path}: {}", answer.text());
        assert!(answer.header("x-request-id").is_some(), "{path}");
    }
}

#[test]
fn the_list_of_routes_is_whole() {
    let called: Vec<String> = strangers().into_iter().map(|(path, ..)| path.to_owned()).collect();
    assert_eq!(called, routes_of_the_store());
}

/// XXE, and entities that grow, by a side door: every route that reads XML reads it behind the one guard.
#[test]
fn no_route_reads_a_document_type() {
    const SOAP12: &str = "application/soap+xml; charset=utf-8";
    for (path, request, ..) in
        strangers().into_iter().filter(|(path, ..)| path.starts_with("/trust/"))
    {
        let message = match request.body.is_empty() {
            true => Rst::default().envelope(),
            false => String::from_utf8(request.body).unwrap(),
        };
        let plain = sts().send(&Request::post(path, SOAP12, message.clone()));
        for doctype in [
            "<!DOCTYPE a>",
            "<!DOCTYPE a SYSTEM \"file:///etc/passwd\">",
            "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>",
            "<!DOCTYPE a [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>",
            "<!DOCTYPE a [<!ATTLIST a ID CDATA \"_1\">]>",
        ] {
            let answer = sts().send(&Request::post(path, SOAP12, format!("{doctype}{message}")));
            // SOAP 1.2 part 1 §5: no document type declaration
            assert_eq!((answer.status, answer.fault().as_str()), (500, "s:Sender"), "{path}");
            assert!(answer.text().contains("is not a well-formed SOAP message"), "{path}");
            assert_ne!(answer.shown(), plain.shown(), "{path}");
        }
    }
}

/// The paths of all endpoint objects that the server holds.
fn routes_of_the_store() -> Vec<String> {
    let store = rusqlite::Connection::open(sts().store()).unwrap();
    let mut query = store.prepare("SELECT body FROM object WHERE kind = 'endpoint'").unwrap();
    let bodies = query.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let mut paths: Vec<String> = bodies
        .map(|body| serde_json::from_str::<serde_json::Value>(&body.unwrap()).unwrap())
        .map(|object| find_path(&object).unwrap())
        .collect();
    paths.sort();
    paths
}

fn find_path(object: &serde_json::Value) -> Option<String> {
    let members = object.as_object()?;
    let own = members.get("path").and_then(|path| path.as_str()).map(str::to_owned);
    own.or_else(|| members.values().find_map(find_path))
}

#[test]
fn operations_stand_on_a_listener_of_their_own() {
    let paths = ["/healthz", "/readyz", "/metrics"];
    let here: BTreeMap<&str, u16> = paths.map(|path| (path, sts().get(path).status)).into();
    assert!(here.values().all(|status| *status == 404), "{here:?}");
    for path in paths {
        assert!(operations(path).starts_with("HTTP/1.1 200 "), "{path}");
    }
    assert!(operations("/trust/13/usernamemixed").starts_with("HTTP/1.1 404 "));
    let text = operations("/metrics");
    for name in ["alice", "urn:rp:app", "mallory"] {
        assert!(!text.contains(name), "a party or a subject in the metrics");
    }
}

/// An answer over plain HTTP.
fn operations(path: &str) -> String {
    let mut stream = TcpStream::connect(sts().operations()).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}
