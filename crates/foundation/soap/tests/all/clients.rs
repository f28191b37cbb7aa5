//! The first message of clients in use, as they sent it.

use crate::common::{POLICY, flaw_of, open, with_security};
use symbolon_soap::names::SAML11;
use symbolon_soap::{
    AddressingFlaw, AddressingVersion, Doubles, Flaw, Opened, Opener, PasswordType, Policy,
    Property, SecurityFlaw, SoapVersion, Stamp, Step, TokenKind, Username, What,
};
use symbolon_xmlsec::Budget;

macro_rules! sent {
    ($name:literal) => {
        include_bytes!(concat!("../requests/", $name))
    };
}

const ISSUE: &str = "http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue";

fn username(opened: &Opened) -> &Username {
    match opened.tokens.as_slice() {
        [token] => match &token.kind {
            TokenKind::Username(username) => username,
            TokenKind::Assertion
            | TokenKind::Account(_)
            | TokenKind::Certificate(_)
            | TokenKind::Context => panic!("no password"),
        },
        _ => panic!("not one token"),
    }
}

#[test]
fn adal_opens_and_its_lower_case_message_id_is_none() {
    let opened = open(sent!("adal.xml"), &POLICY).unwrap();
    assert_eq!(opened.version, SoapVersion::V12);
    assert_eq!(opened.addressing.action.as_deref(), Some(ISSUE));
    assert_eq!(opened.addressing.message_id, None);
    let stamp = Stamp { created: 1_795_294_054_257, expires: Some(1_795_294_654_257) };
    assert_eq!(opened.timestamp, Some(stamp));
    let username = username(&opened);
    assert_eq!(username.name, "alice@example.test");
    assert_eq!(username.password.expose(), "s3cr&t<\">");
    assert_eq!(username.password_type, PasswordType::Text);
    assert_eq!(username.id.as_deref(), Some("ADALUsernameToken"));
    assert!(
        opened.body.is("http://docs.oasis-open.org/ws-sx/ws-trust/200512", "RequestSecurityToken")
    );
    assert!(opened.signatures.is_empty());
}

#[test]
fn every_client_with_a_password_opens() {
    for (message, name, stamped) in [
        (&sent!("adal-node.xml")[..], "alice@example.test", true),
        (sent!("node-sp-auth.xml"), "corp\\alice", false),
        (sent!("wstrust-client.xml"), "alice", false),
        (sent!("node-soap-text.xml"), "alice", true),
        (sent!("php-soap12.xml"), "alice", false),
        (sent!("php-soap11.xml"), "alice", false),
        (sent!("office365-rest.xml"), "alice", true),
    ] {
        let opened = open(message, &POLICY).unwrap();
        assert_eq!(username(&opened).name, name);
        assert_eq!(username(&opened).password.expose(), "s3cr&t<\">");
        assert_eq!(opened.timestamp.is_some(), stamped);
    }
}

#[test]
fn a_message_id_is_kept_for_the_answer() {
    let opened = open(sent!("office365-rest.xml"), &POLICY).unwrap();
    let id = "c2444d25-b617-44de-9597-e7e1210897a6";
    assert_eq!(opened.addressing.message_id.as_deref(), Some(id));
}

#[test]
fn a_digest_keeps_the_very_characters_it_was_made_over() {
    let opened = open(sent!("node-soap-digest.xml"), &POLICY).unwrap();
    let username = username(&opened);
    assert_eq!(username.password_type, PasswordType::Digest);
    assert_eq!(username.password.expose(), "GXP3cD+wihD4xYk8o4jsQH+Xxdw=");
    assert_eq!(username.created.as_deref(), Some("2026-11-21T20:47:01Z"));
    assert_eq!(username.nonce.as_ref().map(Vec::len), Some(16));
}

#[test]
fn a_digest_is_shown_as_what_a_verifier_needs() {
    for (message, created) in [
        (&sent!("node-soap-digest.xml")[..], "2026-11-21T20:47:01Z"),
        (sent!("zeep-digest.xml"), "2026-11-21T20:47:03+00:00"),
    ] {
        let policy = Policy { doubles: Doubles::Tolerated, ..POLICY };
        let opened = open(message, &policy).unwrap();
        let shown = username(&opened).digest().unwrap();
        assert_eq!((shown.nonce.len(), shown.created), (16, created));
    }
    let text = open(sent!("node-soap-text.xml"), &POLICY).unwrap();
    assert_eq!(username(&text).digest(), None);
}

/// zeep with its addressing plug-in writes every addressing header twice when the WSDL asks for addressing, too.
#[test]
fn zeep_with_doubled_addressing_is_refused_unless_doubles_are_tolerated() {
    let flaw = AddressingFlaw::Cardinality(Property::Action);
    let tolerant = Policy { doubles: Doubles::Tolerated, ..POLICY };
    for (message, first) in [
        (&sent!("zeep.xml")[..], "urn:uuid:e6c8b70b-1080-4cb1-975c-afdceae6e7ec"),
        (sent!("zeep-digest.xml"), "urn:uuid:07236570-a832-4988-9a28-6ff07ca5a903"),
        (sent!("zeep-text.xml"), "urn:uuid:fe73e3d6-86c8-4cc4-9157-4ec1f1ae334f"),
    ] {
        let text = std::str::from_utf8(message).unwrap();
        assert_eq!(flaw_of(text, &POLICY), Flaw::Addressing(flaw));
        let opened = open(message, &tolerant).unwrap();
        assert!(opened.addressing.doubled);
        assert_eq!(opened.addressing.action.as_deref(), Some(ISSUE));
        assert_eq!(opened.addressing.message_id.as_deref(), Some(first));
    }
    assert!(!open(sent!("adal.xml"), &tolerant).unwrap().addressing.doubled);
}

#[test]
fn doubles_that_say_two_things_are_refused_where_doubles_are_tolerated_too() {
    let tolerant = Policy { doubles: Doubles::Tolerated, ..POLICY };
    let message = std::str::from_utf8(sent!("zeep.xml")).unwrap();
    for (from, to, property) in [
        (
            "RST/Issue</wsa:Action><wsa:MessageID>",
            "RST/Renew</wsa:Action><wsa:MessageID>",
            Property::Action,
        ),
        ("usernamemixed</wsa:To><wsa:Action>", "other</wsa:To><wsa:Action>", Property::To),
    ] {
        let other = message.replacen(from, to, 1);
        assert_ne!(other, message);
        let flaw = Flaw::Addressing(AddressingFlaw::Cardinality(property));
        assert_eq!(flaw_of(&other, &tolerant), flaw);
    }
}

#[test]
fn requests_of_2005_open() {
    for (message, name, id) in [
        (&sent!("adal-2005.xml")[..], "alice@example.test", None),
        (sent!("adal-node-2005.xml"), "alice@example.test", None),
        (sent!("office365-rest.xml"), "alice", Some("c2444d25-b617-44de-9597-e7e1210897a6")),
    ] {
        let opened = open(message, &POLICY).unwrap();
        assert_eq!(username(&opened).name, name);
        assert_eq!(opened.addressing.version, AddressingVersion::V10);
        assert_eq!(opened.addressing.message_id.as_deref(), id);
        let action = "http://schemas.xmlsoap.org/ws/2005/02/trust/RST/Issue";
        assert_eq!(opened.addressing.action.as_deref(), Some(action));
        assert!(
            opened.body.is("http://schemas.xmlsoap.org/ws/2005/02/trust", "RequestSecurityToken")
        );
    }
}

/// keystoneauth writes `wsu:u` where `wsu:Id` is meant, Office365-REST an unqualified `Id`; neither is an id.
#[test]
fn attributes_that_are_no_ids_are_passed_over() {
    let message = with_security(
        "<u:Timestamp Id=\"t\"><u:Created>2026-01-01T00:00:00.123456Z</u:Created></u:Timestamp>\
         <o:UsernameToken u:u=\"uuid-1\"><o:Username>alice</o:Username>\
         <o:Password>x</o:Password></o:UsernameToken>",
    );
    let opened = open(format!("\n   {message}\n").as_bytes(), &POLICY).unwrap();
    assert_eq!(username(&opened).id, None);
    assert_eq!(opened.timestamp.unwrap().created, 1_767_225_600_123);
}

#[test]
fn a_certificate_is_refused_where_passwords_are_taken() {
    let message = std::str::from_utf8(sent!("node-soap-x509.xml")).unwrap();
    let Flaw::Security(SecurityFlaw::Unsupported(name)) = flaw_of(message, &POLICY) else {
        panic!("another flaw");
    };
    assert_eq!(name.local, "BinarySecurityToken");
}

#[test]
fn an_assertion_is_handed_out_before_the_message_opens() {
    let policy = Policy { assertion: true, ..POLICY };
    let opener = Opener::new(sent!("office365-rest-saml.xml"), &policy, Budget::MESSAGE).unwrap();
    let Step::Need(mut opener, needs) = opener.step().unwrap() else { panic!("no need") };
    let [need] = needs.as_slice() else { panic!("not one need") };
    let What::Token(assertion) = &need.what else { panic!("no token") };
    assert!(assertion.is(SAML11, "Assertion"));
    opener.supply(need.id, None).unwrap();
    let Step::Opened(opened) = opener.step().unwrap() else { panic!("another need") };
    assert_eq!(opened.tokens.len(), 1);
    assert_eq!(opened.tokens[0].need, Some(need.id));
    assert!(opened.tokens[0].element.same(assertion));
}
