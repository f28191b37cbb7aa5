//! The token endpoint's answers.

use symbolon_messages::oauth::{
    ErrorCode, ErrorResponse, ResponseFlaw, TokenResponse, token_types,
};

fn text(json: &[u8]) -> &str {
    std::str::from_utf8(json).unwrap()
}

#[test]
fn a_token_is_written_and_read_back() {
    let full = TokenResponse {
        access_token: "a.b.c".into(),
        issued_token_type: Some(token_types::ACCESS_TOKEN.to_owned()),
        token_type: "Bearer".to_owned(),
        expires_in: Some(300),
        scope: Some("read \"x\"".to_owned()),
        refresh_token: Some("r".into()),
    };
    assert_eq!(
        text(&full.to_json()),
        r#"{"access_token":"a.b.c","issued_token_type":"urn:ietf:params:oauth:token-type:access_token","token_type":"Bearer","expires_in":300,"scope":"read \"x\"","refresh_token":"r"}"#
    );
    assert_eq!(TokenResponse::parse(&full.to_json()), Ok(full.clone()));
    assert!(!format!("{full:?}").contains("a.b.c"));
    let least = TokenResponse {
        issued_token_type: None,
        expires_in: None,
        scope: None,
        refresh_token: None,
        ..full
    };
    assert_eq!(text(&least.to_json()), r#"{"access_token":"a.b.c","token_type":"Bearer"}"#);
    assert_eq!(TokenResponse::parse(&least.to_json()), Ok(least));
}

#[test]
fn an_error_is_written_and_read_back() {
    let error = ErrorResponse::new(ErrorCode::InvalidTarget, "The target is not served")
        .with_request_id("r-1");
    assert_eq!(
        text(&error.to_json()),
        r#"{"error":"invalid_target","error_description":"The target is not served","request_id":"r-1"}"#
    );
    assert_eq!(ErrorResponse::parse(&error.to_json()), Ok(error));
    let other = ErrorResponse::parse(br#"{"error":"slow_down","x":1}"#).unwrap();
    assert_eq!(other.error, Err("slow_down".to_owned()));
    assert_eq!(text(&other.to_json()), r#"{"error":"slow_down"}"#);
}

/// RFC 6749 §5.2, RFC 8693 §2.2.2; the last two of RFC 6749 §4.1.2.1.
#[test]
fn each_error_code_is_spelt_as_registered() {
    for (code, spelt) in [
        (ErrorCode::InvalidRequest, "invalid_request"),
        (ErrorCode::InvalidClient, "invalid_client"),
        (ErrorCode::InvalidGrant, "invalid_grant"),
        (ErrorCode::UnauthorizedClient, "unauthorized_client"),
        (ErrorCode::UnsupportedGrantType, "unsupported_grant_type"),
        (ErrorCode::InvalidScope, "invalid_scope"),
        (ErrorCode::InvalidTarget, "invalid_target"),
        (ErrorCode::ServerError, "server_error"),
        (ErrorCode::TemporarilyUnavailable, "temporarily_unavailable"),
    ] {
        assert_eq!(code.as_str(), spelt);
        let read = ErrorResponse::parse(format!("{{\"error\":\"{spelt}\"}}").as_bytes()).unwrap();
        assert_eq!(read.error, Ok(code));
    }
}

#[test]
fn what_is_no_answer_is_refused() {
    for json in [
        "",
        "null",
        "[]",
        "{}",
        "{\"access_token\":\"a\"}",
        "{\"access_token\":1,\"token_type\":\"Bearer\"}",
        "{\"access_token\":\"a\",\"access_token\":\"b\",\"token_type\":\"Bearer\"}",
        "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"expires_in\":-1}",
        "{\"access_token\":\"a\",\"token_type\":\"Bearer\"}x",
    ] {
        assert_eq!(TokenResponse::parse(json.as_bytes()), Err(ResponseFlaw::Form), "{json}");
    }
    assert_eq!(ErrorResponse::parse(b"{}"), Err(ResponseFlaw::Form));
}
