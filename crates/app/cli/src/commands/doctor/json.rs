//! What a client makes of an OAuth answer: an issuer's metadata, or a token.
//!
//! OpenID Connect Discovery 1.0 §4.3; RFC 8414 §3.3; RFC 8693 §2.2.1; RFC 6749 §5.2.

use serde_json::Value;
use symbolon_client::Replied;

use super::{Finding, Holds};

/// What openid-client makes of metadata.
pub(super) fn discovery(answer: &Replied, issuer: &str) -> Vec<Finding> {
    let document = json(answer);
    let text = |name: &str| document.get(name).and_then(Value::as_str);
    let https = |name: &str| text(name).is_some_and(|url| url.starts_with("https://"));
    vec![
        finding("its status is 200", answer.status == 200),
        finding("its media type is application/json", is_json(answer)),
        finding("the issuer is the one that was asked for", text("issuer") == Some(issuer)),
        finding("token_endpoint is an https address", https("token_endpoint")),
        finding("jwks_uri is an https address", https("jwks_uri")),
    ]
}

/// What google-auth makes of an exchange.
pub(super) fn exchange(answer: &Replied) -> Vec<Finding> {
    let document = json(answer);
    let text = |name: &str| document.get(name).is_some_and(Value::is_string);
    let media_type = finding("its media type is application/json", is_json(answer));
    if answer.status != 200 {
        return vec![media_type, finding("a refusal names an error", text("error"))];
    }
    vec![
        media_type,
        finding("access_token is there", text("access_token")),
        finding("issued_token_type is there", text("issued_token_type")),
        finding("token_type is there", text("token_type")),
        finding("expires_in is a number", document.get("expires_in").is_some_and(Value::is_u64)),
    ]
}

/// What a refusal says.
pub(super) fn said(answer: &Replied) -> Option<String> {
    let document = json(answer);
    let text = |name: &str| document.get(name).and_then(Value::as_str);
    Some(format!("{}: {}", text("error")?, text("error_description").unwrap_or_default()))
}

fn finding(what: &'static str, holds: bool) -> Finding {
    Finding { what, holds: if holds { Holds::Yes } else { Holds::No } }
}

fn is_json(answer: &Replied) -> bool {
    let media_type = answer.header("content-type").unwrap_or_default();
    media_type.split(';').next().is_some_and(|media_type| media_type.trim() == "application/json")
}

fn json(answer: &Replied) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &str) -> Replied {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Replied { status: 200, headers, body: body.as_bytes().to_vec() }
    }

    fn chokes(findings: &[Finding]) -> Vec<&'static str> {
        findings.iter().filter(|f| f.holds == Holds::No).map(|f| f.what).collect()
    }

    #[test]
    fn metadata_of_another_issuer_or_over_plain_http_choke_a_client() {
        let good =
            r#"{"issuer":"https://a","token_endpoint":"https://a/t","jwks_uri":"https://a/k"}"#;
        assert_eq!(chokes(&discovery(&answer(good), "https://a")), Vec::<&str>::new());
        let other = discovery(&answer(good), "https://b");
        assert_eq!(chokes(&other), ["the issuer is the one that was asked for"]);
        let plain = good.replace("https://a/t", "http://a/t");
        let plain = discovery(&answer(&plain), "https://a");
        assert_eq!(chokes(&plain), ["token_endpoint is an https address"]);
        assert_eq!(chokes(&discovery(&answer("<html>"), "https://a")).len(), 3);
    }

    #[test]
    fn a_token_without_what_the_client_reads_chokes_it() {
        let good =
            r#"{"access_token":"a","issued_token_type":"t","token_type":"Bearer","expires_in":1}"#;
        assert_eq!(chokes(&exchange(&answer(good))), Vec::<&str>::new());
        let text = good.replace(":1}", ":\"1\"}");
        assert_eq!(chokes(&exchange(&answer(&text))), ["expires_in is a number"]);
        let refused = Replied { status: 400, ..answer(r#"{"error":"invalid_grant"}"#) };
        assert_eq!(chokes(&exchange(&refused)), Vec::<&str>::new());
        assert_eq!(said(&refused).as_deref(), Some("invalid_grant: "));
    }
}
