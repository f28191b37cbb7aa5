//! WS-Addressing of 2004: read as 1.0 is, and answered in kind.

use crate::common::{POLICY, as_11, flaw_of, open, with_headers};
use symbolon_soap::{
    AddressingFlaw, AddressingVersion, EnvelopeFlaw, Fault, FaultCode, Flaw, Opened, Property,
    Reply, ReplyTo, SecurityFault,
};

const A: &str = "xmlns:b=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\"";
const ANONYMOUS: &str =
    "<b:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</b:Address>";

/// A message with these header blocks; prefix `b` is 2004's.
fn message(headers: &str) -> String {
    with_headers(headers).replacen("<s:Envelope ", &format!("<s:Envelope {A} "), 1)
}

fn opened(headers: &str) -> Opened {
    open(message(headers).as_bytes(), &POLICY).unwrap()
}

fn flaw(headers: &str) -> Flaw {
    flaw_of(&message(headers), &POLICY)
}

const GOOD: &str = "<b:Action s:mustUnderstand=\"1\">urn:do</b:Action>\
                    <b:MessageID>urn:uuid:1</b:MessageID><b:To s:mustUnderstand=\"1\">urn:sts</b:To>";

#[test]
fn its_headers_are_read() {
    let reply_to = format!("<b:ReplyTo>{ANONYMOUS}</b:ReplyTo>");
    let addressing = opened(&format!("{GOOD}{reply_to}")).addressing;
    assert_eq!(addressing.version, AddressingVersion::V2004);
    assert_eq!(addressing.action.as_deref(), Some("urn:do"));
    assert_eq!(addressing.message_id.as_deref(), Some("urn:uuid:1"));
    assert_eq!(addressing.to.as_deref(), Some("urn:sts"));
    assert_eq!(addressing.reply_to, ReplyTo::Anonymous);
}

#[test]
fn it_is_as_strict() {
    let endpoint = |inner: &str| format!("{GOOD}<b:ReplyTo>{inner}</b:ReplyTo>");
    let parameters = |kind: &str| endpoint(&format!("{ANONYMOUS}<b:{kind}><x/></b:{kind}>"));
    for (headers, expected) in [
        ("<b:To>urn:sts</b:To>".to_owned(), AddressingFlaw::ActionMissing),
        (
            format!("{GOOD}<b:Action>urn:do</b:Action>"),
            AddressingFlaw::Cardinality(Property::Action),
        ),
        (GOOD.replace("urn:do", " "), AddressingFlaw::Empty(Property::Action)),
        (endpoint(""), AddressingFlaw::Endpoint(Property::ReplyTo)),
        (parameters("ReferenceParameters"), AddressingFlaw::Endpoint(Property::ReplyTo)),
        (parameters("ReferenceProperties"), AddressingFlaw::Endpoint(Property::ReplyTo)),
        (
            endpoint("<b:Address>http://169.254.169.254/</b:Address>"),
            AddressingFlaw::NotAnonymous(Property::ReplyTo),
        ),
        (
            endpoint("<b:Address>http://www.w3.org/2005/08/addressing/anonymous</b:Address>"),
            AddressingFlaw::NotAnonymous(Property::ReplyTo),
        ),
    ] {
        assert_eq!(flaw(&headers), Flaw::Addressing(expected), "{headers}");
    }
}

#[test]
fn beside_1_0_its_headers_are_unknown_ones() {
    let both = format!("<a:Action>urn:a</a:Action>{}", GOOD.replace(" s:mustUnderstand=\"1\"", ""));
    let addressing = opened(&both).addressing;
    assert_eq!(addressing.version, AddressingVersion::V10);
    assert_eq!((addressing.action.as_deref(), addressing.message_id), (Some("urn:a"), None));
    let both = format!("<a:Action>urn:a</a:Action>{GOOD}");
    let Flaw::Envelope(EnvelopeFlaw::NotUnderstood(names)) = flaw(&both) else { panic!("opened") };
    assert_eq!(names.len(), 2);
}

#[test]
fn an_answer_is_in_the_version_of_its_request() {
    let reply = Reply { action: "urn:done", body: b"<x></x>", timestamp: None };
    let answer = String::from_utf8(opened(GOOD).sealer.seal(&reply).unwrap()).unwrap();
    insta::assert_snapshot!("reply_2004", answer);
}

/// 2004 §4: one action for every fault, and one code for whatever is wrong with a header.
#[test]
fn a_fault_is_in_the_version_of_its_request() {
    let mut all = String::new();
    let twice = format!("{GOOD}<b:To>urn:other</b:To>");
    for (message, fault) in [
        (message(&twice), None),
        (as_11(&message(&twice)), None),
        (message("<b:To>urn:sts</b:To>"), None),
        (message(GOOD), Some(SecurityFault::FailedAuthentication.fault())),
        (message(GOOD), Some(Fault::new(FaultCode::Receiver, "The service failed"))),
    ] {
        let (fault, sealer) = match (open(message.as_bytes(), &POLICY), &fault) {
            (Err(unopened), None) => (unopened.flaw.clone(), unopened.sealer),
            (Ok(opened), Some(fault)) => {
                let octets = opened.sealer.seal_fault(&fault.with_request_id("r-1")).unwrap();
                all.push_str(&(String::from_utf8(octets).unwrap() + "\n"));
                continue;
            }
            _ => panic!("another outcome: {message}"),
        };
        let octets = sealer.seal_fault(&fault.fault().with_request_id("r-1")).unwrap();
        all.push_str(&(String::from_utf8(octets).unwrap() + "\n"));
    }
    insta::assert_snapshot!("faults_2004", all);
}
