//! Every message that we write, whole.

use crate::common::{POLICY, open};
use symbolon_soap::time::TimeFlaw;
use symbolon_soap::{
    AddressingFlaw, EnvelopeFlaw, Fault, FaultCode, Flaw, HeaderName, Part, Problem, Property,
    ReceivedFault, Reply, Request, Sealer, Secret, SecurityFault, SecurityFlaw, SoapVersion, Stamp,
    TokenKind, UsernamePassword,
};
use symbolon_xml::QName;

const STAMP: Stamp = Stamp { created: 1_795_294_054_257, expires: Some(1_795_294_354_257) };
const INVALID_REQUEST: &[QName] =
    &[QName::new("wst", "http://docs.oasis-open.org/ws-sx/ws-trust/200512", "InvalidRequest")];

fn sealer(version: SoapVersion) -> Sealer {
    Sealer::plain(version, Some("urn:uuid:1&2".to_owned()))
}

fn text(octets: Vec<u8>) -> String {
    String::from_utf8(octets).unwrap()
}

/// The fault in both versions, one to a line.
fn both(fault: &Fault<'_>) -> String {
    let versions = [SoapVersion::V11, SoapVersion::V12].into_iter();
    versions.map(|version| text(sealer(version).seal_fault(fault).unwrap()) + "\n").collect()
}

#[test]
fn a_reply_is_one_line_with_timestamp() {
    let reply = Reply { action: "urn:done", body: b"<x></x>", timestamp: Some(STAMP) };
    insta::assert_snapshot!("reply", text(sealer(SoapVersion::V12).seal(&reply).unwrap()));
    insta::assert_snapshot!("reply_11", text(sealer(SoapVersion::V11).seal(&reply).unwrap()));
}

#[test]
fn a_reply_to_a_message_without_id_relates_to_nothing() {
    let reply = Reply { action: "urn:done", body: b"<x></x>", timestamp: None };
    let plain = Sealer::plain(SoapVersion::V12, None).seal(&reply).unwrap();
    insta::assert_snapshot!("reply_plain", text(plain));
}

#[test]
fn each_security_fault_in_both_versions() {
    use SecurityFault::{
        FailedAuthentication, FailedCheck, InvalidSecurity, InvalidSecurityToken, MessageExpired,
        SecurityTokenUnavailable, UnsupportedAlgorithm, UnsupportedSecurityToken,
    };
    let all: String = [
        UnsupportedSecurityToken,
        UnsupportedAlgorithm,
        InvalidSecurity,
        InvalidSecurityToken,
        FailedAuthentication,
        FailedCheck,
        SecurityTokenUnavailable,
        MessageExpired,
    ]
    .map(|code| both(&code.fault().with_request_id("r-1")))
    .concat();
    insta::assert_snapshot!("faults_security", all);
}

#[test]
fn each_addressing_fault_in_both_versions() {
    use AddressingFlaw::{
        ActionMismatch, ActionMissing, Cardinality, Empty, Endpoint, NotAnonymous,
    };
    let all: String = [
        Cardinality(Property::MessageId),
        Empty(Property::To),
        ActionMissing,
        Endpoint(Property::ReplyTo),
        NotAnonymous(Property::FaultTo),
        ActionMismatch,
    ]
    .map(|flaw| both(&Flaw::Addressing(flaw).fault().with_request_id("r-1")))
    .concat();
    insta::assert_snapshot!("faults_addressing", all);
}

#[test]
fn each_envelope_fault_in_both_versions() {
    let names = vec![
        HeaderName { namespace: "urn:x?a=1&b=2".to_owned(), local: "A".to_owned() },
        HeaderName { namespace: String::new(), local: "B".to_owned() },
    ];
    let all: String = [
        EnvelopeFlaw::VersionMismatch { supported: &[SoapVersion::V12] },
        EnvelopeFlaw::NotUnderstood(names),
        EnvelopeFlaw::Structure,
    ]
    .map(|flaw| both(&Flaw::Envelope(flaw).fault().with_request_id("r-1")))
    .concat();
    insta::assert_snapshot!("faults_envelope", all);
}

#[test]
fn a_fault_of_the_body_has_its_request_id_in_detail() {
    let fault = Fault {
        subcodes: INVALID_REQUEST,
        ..Fault::new(FaultCode::Sender, "The request was invalid or malformed")
    };
    let receiver = Fault::new(FaultCode::Receiver, "Try again later");
    let all = [fault.with_request_id("r-1"), fault, receiver.with_request_id("r-1")];
    insta::assert_snapshot!("faults_body", all.map(|fault| both(&fault)).concat());
}

#[test]
fn an_action_that_is_not_supported_is_named() {
    let fault = Fault {
        subcodes: &[QName::new("a", symbolon_soap::names::WSA, "ActionNotSupported")],
        problem: Some(Problem::Action("urn:x?a&b")),
        ..Fault::new(FaultCode::Sender, "The [action] cannot be processed at the receiver")
    };
    insta::assert_snapshot!("fault_action", both(&fault));
}

/// WSS SOAP Message Security 1.1.1 §12.
#[test]
fn each_flaw_of_the_security_header_is_told_by_its_class() {
    use SecurityFlaw as F;
    let name = HeaderName { namespace: "urn:x".to_owned(), local: "x".to_owned() };
    for (flaw, code) in [
        (F::Repeated(Part::Security), "InvalidSecurity"),
        (F::Repeated(Part::Timestamp), "InvalidSecurity"),
        (F::Repeated(Part::UsernameToken), "InvalidSecurity"),
        (F::Repeated(Part::Password), "InvalidSecurityToken"),
        (F::Repeated(Part::Nonce), "InvalidSecurityToken"),
        (F::DuplicateId, "InvalidSecurity"),
        (F::Unsupported(name), "UnsupportedSecurityToken"),
        (F::Signature, "InvalidSecurity"),
        (F::Encryption, "InvalidSecurity"),
        (F::Unexpected(Part::Timestamp), "InvalidSecurity"),
        (F::Unexpected(Part::UsernameToken), "InvalidSecurityToken"),
        (F::NotText(Part::Created), "InvalidSecurity"),
        (F::NotText(Part::Username), "InvalidSecurityToken"),
        (F::TimestampMissing, "InvalidSecurity"),
        (F::CreatedMissing, "InvalidSecurity"),
        (F::TimestampOrder, "InvalidSecurity"),
        (F::ValueType, "InvalidSecurity"),
        (F::Time(TimeFlaw::NoZone), "InvalidSecurity"),
        (F::UsernameMissing, "InvalidSecurityToken"),
        (F::PasswordMissing, "FailedAuthentication"),
        (F::PasswordEmpty, "FailedAuthentication"),
        (F::PasswordTypeUnknown, "UnsupportedSecurityToken"),
        (F::NonceEncoding, "InvalidSecurityToken"),
        (F::NonceNotBase64, "InvalidSecurityToken"),
        (F::DerivedKey, "UnsupportedSecurityToken"),
        (F::HolderUnproven, "FailedCheck"),
        (F::Rounds, "InvalidSecurity"),
        (F::Unanswered, "InvalidSecurity"),
        (F::NoSuchNeed, "InvalidSecurity"),
    ] {
        let flaw = Flaw::Security(flaw);
        let fault = flaw.fault();
        assert_eq!(fault.code, FaultCode::Sender);
        let [subcode] = fault.subcodes else { panic!("not one subcode") };
        let wsse = "http://docs.oasis-open.org/wss/2004/01/\
                    oasis-200401-wss-wssecurity-secext-1.0.xsd";
        assert_eq!((subcode.namespace, subcode.local), (wsse, code), "{flaw}");
    }
}

/// Inside the crate every flaw has a name of its own; outside there are the classes of the standard.
#[test]
fn no_empty_or_missing_password_can_be_told_from_a_wrong_one() {
    let wrong = SecurityFault::FailedAuthentication.fault();
    for flaw in [SecurityFlaw::PasswordMissing, SecurityFlaw::PasswordEmpty] {
        assert_eq!(Flaw::Security(flaw).fault(), wrong);
    }
}

#[test]
fn a_fault_is_read_back_as_it_was_meant() {
    let fault = Fault {
        subcodes: INVALID_REQUEST,
        ..Fault::new(FaultCode::Sender, "The request was invalid or malformed")
    };
    for (version, codes) in [
        (
            SoapVersion::V11,
            vec![("http://docs.oasis-open.org/ws-sx/ws-trust/200512", "InvalidRequest")],
        ),
        (
            SoapVersion::V12,
            vec![
                ("http://www.w3.org/2003/05/soap-envelope", "Sender"),
                ("http://docs.oasis-open.org/ws-sx/ws-trust/200512", "InvalidRequest"),
            ],
        ),
    ] {
        let message = sealer(version).seal_fault(&fault.with_request_id("r-1")).unwrap();
        let opened = open(&message, &POLICY).unwrap();
        assert_eq!(opened.addressing.relates_to.as_deref(), Some("urn:uuid:1&2"));
        let read = ReceivedFault::read(&opened.body).unwrap();
        let expected: Vec<_> =
            codes.into_iter().map(|(ns, local)| (ns.to_owned(), local.to_owned())).collect();
        assert_eq!(read.codes, expected);
        assert_eq!(read.reason, "The request was invalid or malformed");
        assert_eq!(read.request_id.as_deref(), Some("r-1"));
    }
}

#[test]
fn a_request_opens_as_it_was_written() {
    let password = Secret::from("s3cr&t<\">");
    let request = Request {
        version: SoapVersion::V12,
        action: "urn:do",
        to: "https://sts.example/trust/13/usernamemixed",
        message_id: "urn:uuid:7",
        timestamp: Some(STAMP),
        username: Some(UsernamePassword { name: "alice", password: &password }),
        body: b"<x></x>",
    };
    let message = request.write().unwrap();
    let opened = open(&message, &POLICY).unwrap();
    assert_eq!(opened.addressing.message_id.as_deref(), Some("urn:uuid:7"));
    assert_eq!(opened.timestamp, Some(STAMP));
    let TokenKind::Username(username) = &opened.tokens[0].kind else { panic!("no user name") };
    assert_eq!((username.name.as_str(), &username.password), ("alice", &password));
    assert!(!format!("{request:?} {opened:?}").contains("s3cr"));
    insta::assert_snapshot!("request", text(message));
}

#[test]
fn what_xml_cannot_carry_is_not_written() {
    let reply = Reply { action: "urn:\u{0}", body: b"<x></x>", timestamp: None };
    assert!(sealer(SoapVersion::V12).seal(&reply).is_err());
}
