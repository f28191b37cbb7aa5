//! The first message of clients in use, as they sent it, gets a token.

use symbolon_kernel::snapshot::Tolerance;
use symbolon_model::Timestamp;

use crate::world::{SOAP11, SOAP12, WST05, WST13, response_of, world};

macro_rules! sent {
    ($name:literal) => {
        include_bytes!(concat!("../../../../foundation/soap/tests/requests/", $name, ".xml"))
    };
}

/// 2026-11-21T20:47:30Z, when most were recorded.
const RECORDED: Timestamp = Timestamp::from_seconds(1_795_294_050);

const ISSUE: &str = "\"http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue\"";
const ISSUE_05: &str = "http://schemas.xmlsoap.org/ws/2005/02/trust/RST/Issue";

#[test]
fn every_client_gets_the_token_that_it_can_read() {
    let before = |seconds| Timestamp::from_seconds(RECORDED.seconds() - seconds);
    let (saml2, saml11) = ("SAMLV2.0", "SAMLV1.1");
    for (client, path, action, message, token_type, now) in [
        ("adal", "/13", ISSUE, &sent!("adal")[..], saml11, RECORDED),
        ("adal 2005", "/2005", ISSUE_05, sent!("adal-2005"), saml2, before(4770)),
        ("adal-node", "/13", ISSUE, sent!("adal-node"), saml2, before(-120)),
        ("adal-node 2005", "/2005", ISSUE_05, sent!("adal-node-2005"), saml2, before(4730)),
        ("node-sp-auth", "/13", "", sent!("node-sp-auth"), saml11, RECORDED),
        ("wstrust-client", "/13", "", sent!("wstrust-client"), "SAML:2.0", RECORDED),
        ("office365-rest", "/2005", "", sent!("office365-rest"), saml11, RECORDED),
        ("zeep text", "/13", ISSUE, sent!("zeep-text"), "SAML:2.0", RECORDED),
        ("zeep digest", "/13", ISSUE, sent!("zeep-digest"), "SAML:2.0", RECORDED),
        ("zeep timestamp", "/13", ISSUE, sent!("zeep"), "SAML:2.0", RECORDED),
        ("node-soap text", "/13", "", sent!("node-soap-text"), "SAML:2.0", RECORDED),
        ("node-soap digest", "/13", "", sent!("node-soap-digest"), "SAML:2.0", RECORDED),
        ("PHP 1.2", "/13", "", sent!("php-soap12"), "SAML:2.0", RECORDED),
        ("PHP 1.1", "/13", ISSUE, sent!("php-soap11"), "SAML:2.0", RECORDED),
    ] {
        let content_type = if client == "PHP 1.1" { SOAP11 } else { SOAP12 };
        let reply = world().receive(path, (content_type, Some(action)), message, now);
        let response = response_of(&reply);
        assert!(response.token_type.unwrap().contains(token_type), "{client}");
        let token = response.token.source();
        assert!(token.contains(">alice</"), "{client}: {token}");
        let generation = if path == "/2005" { WST05 } else { WST13 };
        assert_eq!(response.generation.namespace(), generation, "{client}");
    }
}

#[test]
fn what_zeep_needs_is_named_in_the_audit_event() {
    let world = world();
    let reply = world.receive("/13", (SOAP12, None), sent!("zeep-text"), RECORDED);
    response_of(&reply);
    let events = world.ledger.committed.lock().unwrap();
    assert_eq!(events[0].tolerances, [Tolerance::NoTimestamp, Tolerance::DuplicateAddressing]);
}
