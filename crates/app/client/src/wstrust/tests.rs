use bytes::Bytes;
use http::header::HeaderMap;
use http::{HeaderValue, StatusCode};
use symbolon_messages::wstrust::{FaultCode, RequestSecurityToken, Response};
use symbolon_soap::{Reply, Sealer, TokenKind};
use symbolon_testkit::{NOW, at};

use super::*;
use crate::Refused;

const ASKED: &str = "urn:uuid:00000000-0000-4000-8000-000000000001";
const TOKEN: &[u8] =
    br#"<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_1"/>"#;

fn request(password: &Secret) -> IssueRequest<'_> {
    IssueRequest {
        endpoint: "https://sts.example/trust/13/usernamemixed",
        user: "al<ice",
        password,
        applies_to: "urn:rp:app",
        token_type: Some("urn:oasis:names:tc:SAML:2.0:assertion"),
        lifetime: Some(Duration::from_secs(600)),
    }
}

fn answer(status: StatusCode, body: Vec<u8>) -> Incoming {
    let mut headers = HeaderMap::new();
    headers.insert("x-request-id", HeaderValue::from_static("r-header"));
    Incoming { status, headers, body: Bytes::from(body) }
}

/// An answer to a message, in a SOAP version, with a context.
fn issued(version: SoapVersion, relates_to: Option<&str>, context: Option<&str>) -> Incoming {
    let response = Response {
        generation: Generation::V13,
        context,
        token_type: "urn:t",
        token: TOKEN,
        attached: None,
        unattached: None,
        applies_to: Some(&AppliesTo::new("urn:rp:app".to_owned())),
        lifetime: Lifetime { created: Some(NOW.millis()), expires: Some(at(600).millis()) },
    };
    let reply = Reply {
        action: RequestType::Issue.final_action(Generation::V13),
        body: &response.write().unwrap(),
        timestamp: Some(Stamp { created: NOW.millis(), expires: None }),
    };
    let sealer = Sealer::plain(version, relates_to.map(str::to_owned));
    answer(StatusCode::OK, sealer.seal(&reply).unwrap())
}

fn why(incoming: &Incoming) -> String {
    match read(incoming, ASKED) {
        Err(Failure::Answer { why, .. }) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_request_says_all_that_a_service_reads() {
    let password = Secret::from("s3cr&t<\">");
    let action = RequestType::Issue.action(Generation::V13);
    let octets = request(&password).write(action, ASKED, NOW).unwrap();
    let policy = Policy { username: true, ..ANSWERS };
    let opener = Opener::new(&octets, &policy, Budget::MESSAGE).unwrap();
    let Step::Opened(opened) = opener.step().unwrap() else { panic!("nothing is needed") };
    assert_eq!(opened.addressing.action.as_deref(), Some(action));
    assert_eq!(opened.addressing.message_id.as_deref(), Some(ASKED));
    assert_eq!(opened.timestamp.unwrap().created, NOW.millis());
    let [token] = opened.tokens.as_slice() else { panic!("one token") };
    let TokenKind::Username(username) = &token.kind else { panic!("a user name") };
    assert_eq!((username.name.as_str(), username.password.expose()), ("al<ice", "s3cr&t<\">"));
    let asked = RequestSecurityToken::parse(&opened.body).unwrap();
    assert_eq!(asked.request_type, RequestType::Issue);
    assert_eq!(asked.context.as_deref(), Some(ASKED));
    assert_eq!(asked.key_type, Some(KeyType::Bearer));
    assert_eq!(asked.applies_to.unwrap().address, "urn:rp:app");
    assert_eq!(asked.lifetime.unwrap().expires, Some(at(600).millis()));
}

#[test]
fn a_token_comes_out_as_it_was_sent_in_both_soap_versions() {
    for version in [SoapVersion::V12, SoapVersion::V11] {
        let token = read(&issued(version, Some(ASKED), Some(ASKED)), ASKED).unwrap();
        assert_eq!(token.octets, TOKEN);
        assert_eq!(token.token_type, "urn:t");
        assert_eq!(token.applies_to.as_deref(), Some("urn:rp:app"));
        assert_eq!(token.until, Some(at(600)));
    }
}

#[test]
fn an_answer_without_relation_or_context_is_taken() {
    assert!(read(&issued(SoapVersion::V12, None, None), ASKED).is_ok());
}

#[test]
fn an_answer_to_another_request_is_not_ours() {
    let other = "urn:uuid:other";
    let answer = issued(SoapVersion::V12, Some(other), Some(ASKED));
    assert_eq!(why(&answer), "it relates to another message");
    let answer = issued(SoapVersion::V12, Some(ASKED), Some(other));
    assert_eq!(why(&answer), "it has another context");
}

#[test]
fn a_fault_is_a_refusal_in_its_own_words() {
    let fault = FaultCode::RequestFailed.fault(Generation::V13).with_request_id("r-1");
    for version in [SoapVersion::V12, SoapVersion::V11] {
        let body = Sealer::plain(version, Some(ASKED.to_owned())).seal_fault(&fault).unwrap();
        let Err(Failure::Refused(refused)) =
            read(&answer(StatusCode::INTERNAL_SERVER_ERROR, body), ASKED)
        else {
            panic!("a fault is a refusal")
        };
        let expected = Refused {
            status: 500,
            code: "RequestFailed".to_owned(),
            reason: "The specified request failed".to_owned(),
            request_id: Some("r-1".to_owned()),
            retry_after: None,
        };
        assert_eq!(refused, expected);
    }
}

#[test]
fn a_fault_without_a_request_id_takes_it_from_the_headers() {
    let fault = FaultCode::BadRequest.fault(Generation::V13);
    let body = Sealer::plain(SoapVersion::V12, None).seal_fault(&fault).unwrap();
    let Err(Failure::Refused(refused)) =
        read(&answer(StatusCode::INTERNAL_SERVER_ERROR, body), ASKED)
    else {
        panic!("a fault is a refusal")
    };
    assert_eq!(refused.request_id.as_deref(), Some("r-header"));
}

#[test]
fn an_answer_that_is_no_soap_is_unusable() {
    let html = answer(StatusCode::BAD_GATEWAY, b"<html><body>no</body></html>".to_vec());
    assert_eq!(why(&html), "envelope: envelope of another version");
    assert!(read(&answer(StatusCode::OK, Vec::new()), ASKED).is_err());
}

#[test]
fn a_token_with_an_error_status_is_unusable() {
    let mut answer = issued(SoapVersion::V12, Some(ASKED), Some(ASKED));
    answer.status = StatusCode::INTERNAL_SERVER_ERROR;
    assert_eq!(why(&answer), "an error without a fault");
}

#[test]
fn message_ids_are_random_uuids_of_version_4() {
    let (one, other) = (message_id().unwrap(), message_id().unwrap());
    assert_ne!(one, other);
    let parts: Vec<&str> = one.strip_prefix("urn:uuid:").unwrap().split('-').collect();
    assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
    assert!(parts[2].starts_with('4') && parts[3].starts_with(['8', '9', 'a', 'b']));
}
