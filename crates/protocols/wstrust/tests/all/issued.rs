//! What a token comes in.

use symbolon_kernel::Reply;
use symbolon_testkit::NOW;

use crate::world::{
    Rst, SOAP11, applies_to, body_of, codes_of, header, response_of, text_of, world,
};

const SAML20: [&str; 2] = [
    "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV2.0",
    "urn:oasis:names:tc:SAML:2.0:assertion",
];
const SAML11: [&str; 2] = [
    "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV1.1",
    "urn:oasis:names:tc:SAML:1.0:assertion",
];
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";

/// The reply to a request for a token of a type, for a party.
fn asked(party: &str, token_type: &str) -> Reply {
    let body = format!("<t:TokenType>{token_type}</t:TokenType>{}", applies_to(party));
    world().ask(&Rst { body, ..Rst::default() })
}

/// WST-028, WST-029.
#[test]
fn each_type_comes_under_the_spelling_that_was_asked_for() {
    let saml = |version: &'static str| format!("urn:oasis:names:tc:SAML:{version}:assertion");
    for (uri, element) in [
        (SAML20[0], saml("2.0")),
        (SAML20[1], saml("2.0")),
        (SAML11[0], saml("1.0")),
        (SAML11[1], saml("1.0")),
    ] {
        let response = response_of(&asked("urn:rp:app", uri));
        assert_eq!(response.token_type.as_deref(), Some(uri));
        assert!(response.token.is(&element, "Assertion"), "{uri}");
    }
    let response = response_of(&asked("urn:rp:app", JWT));
    assert_eq!(response.token_type.as_deref(), Some(JWT));
    assert_eq!(response.token.local(), "BinarySecurityToken");
    assert_eq!(response.token.attribute("ValueType"), Some(JWT));
    assert!(response.token.text().starts_with("ZXlK"), "base64 of eyJ…");
}

#[test]
fn without_a_type_it_is_the_relying_partys_default() {
    for (party, uri) in
        [("urn:rp:app", SAML20[0]), ("urn:rp:saml11", SAML11[0]), ("urn:rp:jwt", JWT)]
    {
        let body = applies_to(party);
        let response = response_of(&world().ask(&Rst { body, ..Rst::default() }));
        assert_eq!(response.token_type.as_deref(), Some(uri), "{party}");
    }
}

#[test]
fn an_assertion_is_referred_to_by_its_id_and_a_jwt_not_at_all() {
    for (token_type, value_type) in [
        (SAML20[0], Some("http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLID")),
        (
            SAML11[0],
            Some("http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.0#SAMLAssertionID"),
        ),
        (JWT, None),
    ] {
        let reply = text_of(&asked("urn:rp:app", token_type));
        let references = reply.matches("KeyIdentifier ValueType=").count();
        assert_eq!(references, if value_type.is_some() { 2 } else { 0 }, "{reply}");
        if let Some(value_type) = value_type {
            assert!(reply.contains(&format!("KeyIdentifier ValueType=\"{value_type}\"")));
        }
    }
}

/// WST-013, WST-025.
#[test]
fn an_answer_of_2005_is_bare_and_in_its_namespace() {
    let reply = world().ask(&Rst::of_2005());
    let body = body_of(&reply);
    assert!(body.is("http://schemas.xmlsoap.org/ws/2005/02/trust", "RequestSecurityTokenResponse"));
    let action = "http://schemas.xmlsoap.org/ws/2005/02/trust/RSTR/Issue</a:Action>";
    assert!(text_of(&reply).contains(action));
    insta::assert_snapshot!("issued_2005", text_of(&reply));
}

#[test]
fn a_request_in_soap_1_1_is_answered_in_it() {
    let reply = world().ask(&Rst::default().in_11());
    assert_eq!(header(&reply, "content-type"), SOAP11);
    response_of(&reply);
    insta::assert_snapshot!("issued_11", text_of(&reply));
}

#[test]
fn headers_of_addressing_2004_are_answered_in_kind() {
    let headers = "<b:Action xmlns:b=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\">\
                   http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue</b:Action>\
                   <b:MessageID xmlns:b=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\">urn:1\
                   </b:MessageID>";
    let reply = world().ask(&Rst { headers: headers.to_owned(), ..Rst::default() });
    let relates =
        "<a:RelatesTo xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\">urn:1<";
    assert!(text_of(&reply).contains(relates));
    let reply =
        world().ask(&Rst { headers: headers.replace("RST/Issue", "RST/X"), ..Rst::default() });
    assert_eq!(codes_of(&reply), "s:Sender/wsa04:ActionNotSupported");
}

/// WST-032: the answer says whom the token is for.
#[test]
fn a_request_for_nobody_is_for_the_endpoints_default_party() {
    let reply = world().ask(&Rst { body: String::new(), ..Rst::of_2005() });
    assert_eq!(response_of(&reply).applies_to.unwrap().address, "urn:rp:app");
    let named = world().ask(&Rst { body: applies_to("urn:rp:saml11"), ..Rst::of_2005() });
    assert_eq!(response_of(&named).applies_to.unwrap().address, "urn:rp:saml11");
}

#[test]
fn a_claim_that_is_told_anyway_may_be_required() {
    let claims = "<t:Claims><i:ClaimType xmlns:i=\"http://schemas.xmlsoap.org/ws/2005/05/identity\" \
                  Uri=\"mail\"/><i:ClaimType xmlns:i=\"http://schemas.xmlsoap.org/ws/2005/05/identity\" \
                  Uri=\"phone\" Optional=\"true\"/></t:Claims>";
    let body = format!("{claims}{}", applies_to("urn:rp:app"));
    let response = response_of(&world().ask(&Rst { body, ..Rst::default() }));
    assert!(response.token.source().contains("alice@example"));
}

#[test]
fn a_media_type_is_read_without_its_parameters() {
    let message = Rst::default().message();
    for media_type in ["application/soap+xml", "Application/SOAP+XML;action=\"\"; charset=utf-8"] {
        response_of(&world().receive("/13", (media_type, None), message.as_bytes(), NOW));
    }
}
