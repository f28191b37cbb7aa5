//! What is refused before anybody is authenticated, and as what.

use crate::common::{POLICY, as_11, envelope, flaw_of, open, with_headers, with_security};
use symbolon_soap::time::TimeFlaw;
use symbolon_soap::{
    AddressingFlaw, EnvelopeFlaw, Flaw, HeaderName, Part, Policy, Presence, Property, ReplyTo,
    SecurityFlaw, SoapVersion,
};
use symbolon_xml::Limits;

const BODY: &str = "<s:Body><x xmlns=\"urn:x\"/></s:Body>";
const ANONYMOUS: &str = "<a:Address>http://www.w3.org/2005/08/addressing/anonymous</a:Address>";

fn header(namespace: &str, local: &str) -> HeaderName {
    HeaderName { namespace: namespace.to_owned(), local: local.to_owned() }
}

#[test]
fn what_is_no_xml_of_ours_is_refused() {
    use symbolon_xml::Flaw as Xml;
    for (message, flaw) in [
        (String::new(), Xml::Malformed),
        ("not XML".to_owned(), Xml::Malformed),
        (format!("<!DOCTYPE x>{}", envelope(BODY)), Xml::Doctype),
        (envelope(&format!("{}{BODY}{}", "<x>".repeat(200), "</x>".repeat(200))), Xml::TooDeep),
        (envelope(&format!("{}{BODY}", " ".repeat(300_000))), Xml::TooLarge),
    ] {
        assert_eq!(flaw_of(&message, &POLICY), Flaw::Envelope(EnvelopeFlaw::Xml(flaw)));
    }
}

#[test]
fn another_envelope_is_a_version_mismatch() {
    let only_12 = Policy { versions: &[SoapVersion::V12], ..POLICY };
    let flaw = Flaw::Envelope(EnvelopeFlaw::VersionMismatch { supported: &[SoapVersion::V12] });
    for message in ["<x/>", "<s:Envelope xmlns:s=\"urn:x\"/>", &as_11(&envelope(BODY))] {
        let unopened = open(message.as_bytes(), &only_12).err().unwrap();
        assert_eq!(unopened.flaw, flaw, "{message}");
        assert_eq!(unopened.sealer.version(), SoapVersion::V11, "{message}"); // WSA-003
    }
}

#[test]
fn envelope_is_an_optional_header_and_a_body_of_one_element() {
    for (children, flaw) in [
        ("", EnvelopeFlaw::Structure),
        ("<s:Header/>", EnvelopeFlaw::Structure),
        (&format!("{BODY}<s:Header/>"), EnvelopeFlaw::Structure),
        (&format!("{BODY}{BODY}"), EnvelopeFlaw::Structure),
        (&format!("{BODY}<x/>"), EnvelopeFlaw::Structure),
        (&format!("<x/>{BODY}"), EnvelopeFlaw::Structure),
        (&format!("<s:Header/><s:Header/>{BODY}"), EnvelopeFlaw::Structure),
        ("<s:Body/>", EnvelopeFlaw::BodyNotOneElement),
        ("<s:Body>text</s:Body>", EnvelopeFlaw::BodyNotOneElement),
        ("<s:Body><x/><x/></s:Body>", EnvelopeFlaw::BodyNotOneElement),
    ] {
        assert_eq!(flaw_of(&envelope(children), &POLICY), Flaw::Envelope(flaw), "{children}");
    }
    assert!(open(envelope(BODY).as_bytes(), &POLICY).is_ok());
}

#[test]
fn unknown_headers_that_must_be_understood_come_before_everything_else() {
    let headers = "<x:A xmlns:x=\"urn:x\" s:mustUnderstand=\"1\"/>\
                   <y:B xmlns:y=\"urn:y\" s:mustUnderstand=\" true \"/>\
                   <z:C xmlns:z=\"urn:z\" s:mustUnderstand=\"0\"/>\
                   <a:messageID s:mustUnderstand=\"1\">1</a:messageID>\
                   <a:To>urn:to</a:To><o:Security/><o:Security/>";
    let names = vec![
        header("urn:x", "A"),
        header("urn:y", "B"),
        header("http://www.w3.org/2005/08/addressing", "messageID"),
    ];
    for message in [with_headers(headers), as_11(&with_headers(headers))] {
        let flaw = Flaw::Envelope(EnvelopeFlaw::NotUnderstood(names.clone()));
        assert_eq!(flaw_of(&message, &POLICY), flaw);
    }
}

#[test]
fn must_understand_is_a_boolean() {
    let message = with_headers("<x:A xmlns:x=\"urn:x\" s:mustUnderstand=\"yes\"/>");
    assert_eq!(flaw_of(&message, &POLICY), Flaw::Envelope(EnvelopeFlaw::MustUnderstandValue));
}

#[test]
fn headers_for_others_are_none_of_our_business() {
    for role in ["urn:other", "http://www.w3.org/2003/05/soap-envelope/role/none"] {
        let message = with_headers(&format!(
            "<x:A xmlns:x=\"urn:x\" s:mustUnderstand=\"1\" s:role=\"{role}\"/>\
             <o:Security s:role=\"{role}\"/><o:Security s:role=\"{role}\"/>"
        ));
        assert!(open(message.as_bytes(), &POLICY).is_ok(), "{role}");
    }
    for role in ["", "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver"] {
        let message = with_headers(&format!("<o:Security/><o:Security s:role=\"{role}\"/>"));
        let flaw = SecurityFlaw::Repeated(Part::Security);
        assert_eq!(flaw_of(&message, &POLICY), Flaw::Security(flaw), "{role}");
    }
}

/// WSS-005: no credential is taken from a header for the next node, which may be anybody.
#[test]
fn security_for_the_next_node_is_not_ours() {
    let next = "s:role=\"http://www.w3.org/2003/05/soap-envelope/role/next\"";
    let token = "<o:UsernameToken><o:Username>alice</o:Username>\
                 <o:Password>x</o:Password></o:UsernameToken>";
    let message = with_headers(&format!("<o:Security {next}>{token}</o:Security>"));
    assert!(open(message.as_bytes(), &POLICY).unwrap().tokens.is_empty());
    let message = with_headers(&format!("<o:Security {next} s:mustUnderstand=\"1\"/>"));
    assert!(matches!(
        flaw_of(&message, &POLICY),
        Flaw::Envelope(EnvelopeFlaw::NotUnderstood(names)) if names[0].local == "Security"
    ));
}

#[test]
fn addressing_is_read_strictly() {
    use AddressingFlaw::{ActionMissing, Cardinality, Empty, Endpoint, NotAnonymous};
    let two = |name: &str| format!("<a:Action>urn:a</a:Action>{0}{0}", name);
    let endpoint =
        |name: &str, inner: &str| format!("<a:Action>urn:a</a:Action><a:{name}>{inner}</a:{name}>");
    for (headers, flaw) in [
        ("<a:Action>urn:a</a:Action>".repeat(2), Cardinality(Property::Action)),
        (two("<a:MessageID>urn:1</a:MessageID>"), Cardinality(Property::MessageId)),
        (two("<a:To>urn:1</a:To>"), Cardinality(Property::To)),
        (two("<a:RelatesTo>urn:1</a:RelatesTo>"), Cardinality(Property::RelatesTo)),
        (two("<a:From/>"), Cardinality(Property::From)),
        (two(&format!("<a:ReplyTo>{ANONYMOUS}</a:ReplyTo>")), Cardinality(Property::ReplyTo)),
        (two(&format!("<a:FaultTo>{ANONYMOUS}</a:FaultTo>")), Cardinality(Property::FaultTo)),
        ("<a:To>urn:1</a:To>".to_owned(), ActionMissing),
        (format!("<a:ReplyTo>{ANONYMOUS}</a:ReplyTo>"), ActionMissing),
        ("<a:Action> </a:Action>".to_owned(), Empty(Property::Action)),
        ("<a:Action>urn:<b/>a</a:Action>".to_owned(), Empty(Property::Action)),
        ("<a:Action>urn:a</a:Action><a:MessageID/>".to_owned(), Empty(Property::MessageId)),
        (endpoint("ReplyTo", ""), Endpoint(Property::ReplyTo)),
        (endpoint("ReplyTo", "<a:Address/>"), Endpoint(Property::ReplyTo)),
        (endpoint("ReplyTo", &ANONYMOUS.repeat(2)), Endpoint(Property::ReplyTo)),
        (
            endpoint(
                "ReplyTo",
                &format!("{ANONYMOUS}<a:ReferenceParameters><x/></a:ReferenceParameters>"),
            ),
            Endpoint(Property::ReplyTo),
        ),
        (
            endpoint("FaultTo", "<a:Address>https://evil.example/</a:Address>"),
            NotAnonymous(Property::FaultTo),
        ),
    ] {
        let message = with_headers(&headers);
        assert_eq!(flaw_of(&message, &POLICY), Flaw::Addressing(flaw), "{headers}");
    }
}

#[test]
fn reply_elsewhere_is_refused() {
    for address in [
        "http://169.254.169.254/latest",
        "https://localhost/",
        "mailto:a@b",
        "http://www.w3.org/2005/08/addressing/anonymous#",
    ] {
        let message = with_headers(&format!(
            "<a:Action>urn:a</a:Action><a:ReplyTo><a:Address>{address}</a:Address></a:ReplyTo>"
        ));
        let flaw = AddressingFlaw::NotAnonymous(Property::ReplyTo);
        assert_eq!(flaw_of(&message, &POLICY), Flaw::Addressing(flaw), "{address}");
    }
}

#[test]
fn no_reply_wanted_is_told_and_faults_follow_replies() {
    let message = with_headers(
        "<a:Action>urn:a</a:Action><a:ReplyTo>\
         <a:Address> http://www.w3.org/2005/08/addressing/none </a:Address></a:ReplyTo>",
    );
    let addressing = open(message.as_bytes(), &POLICY).unwrap().addressing;
    assert_eq!((addressing.reply_to, addressing.fault_to), (ReplyTo::Nobody, ReplyTo::Nobody));
}

#[test]
fn soap_action_must_agree_with_action() {
    let message = with_headers("<a:Action>urn:a</a:Action>");
    let addressing = open(message.as_bytes(), &POLICY).unwrap().addressing;
    for agreeing in ["urn:a", "\"urn:a\"", "", "\"\"", " "] {
        assert_eq!(addressing.check_soap_action(agreeing), Ok(()), "{agreeing}");
    }
    for other in ["urn:b", "\"urn:b\"", "\"urn:a", "urn:A"] {
        let flaw = Err(AddressingFlaw::ActionMismatch);
        assert_eq!(addressing.check_soap_action(other), flaw, "{other}");
    }
    let silent = open(envelope(BODY).as_bytes(), &POLICY).unwrap().addressing;
    assert_eq!(silent.check_soap_action("urn:b"), Ok(()));
}

#[test]
fn two_of_one_id_are_refused() {
    for message in [
        envelope("<s:Body u:Id=\"a\"><x u:Id=\"a\"/></s:Body>"),
        with_security(
            "<u:Timestamp u:Id=\"a\"><u:Created>2026-01-01T00:00:00Z</u:Created>\
                       </u:Timestamp>",
        )
        .replace("<s:Body>", "<s:Body Id=\"a\">"),
    ] {
        assert_eq!(flaw_of(&message, &POLICY), Flaw::Security(SecurityFlaw::DuplicateId));
    }
}

#[test]
fn a_timestamp_is_created_and_perhaps_expires() {
    use SecurityFlaw::{
        CreatedMissing, NotText, Repeated, Time, TimestampOrder, Unexpected, ValueType,
    };
    let at = |name: &str, second: u8| format!("<u:{name}>2026-01-01T00:00:{second:02}Z</u:{name}>");
    let (created, expires) = (at("Created", 1), at("Expires", 2));
    for (children, flaw) in [
        (String::new(), CreatedMissing),
        (created.repeat(2), Repeated(Part::Created)),
        (format!("{created}{expires}{expires}"), Repeated(Part::Expires)),
        (format!("{expires}{created}"), TimestampOrder),
        (expires.clone(), TimestampOrder),
        (format!("{created}{}", at("Expires", 0)), TimestampOrder),
        (format!("{created}<x/>"), Unexpected(Part::Timestamp)),
        (format!("{created}<o:Created/>"), Unexpected(Part::Timestamp)),
        ("<u:Created ValueType=\"xs:date\">2026-01-01</u:Created>".to_owned(), ValueType),
        ("<u:Created><x/></u:Created>".to_owned(), NotText(Part::Created)),
        ("<u:Created/>".to_owned(), Time(TimeFlaw::Form)),
        ("<u:Created>2026-01-01T00:00:60Z</u:Created>".to_owned(), Time(TimeFlaw::Range)),
        ("<u:Created>2026-01-01T00:00:00</u:Created>".to_owned(), Time(TimeFlaw::NoZone)),
    ] {
        let message = with_security(&format!("<u:Timestamp>{children}</u:Timestamp>"));
        assert_eq!(flaw_of(&message, &POLICY), Flaw::Security(flaw), "{children}");
    }
    let twice = format!("<u:Timestamp>{created}</u:Timestamp>").repeat(2);
    let flaw = Flaw::Security(Repeated(Part::Timestamp));
    assert_eq!(flaw_of(&with_security(&twice), &POLICY), flaw);
}

#[test]
fn a_missing_timestamp_is_refused_where_it_is_demanded() {
    let policy = Policy { timestamp: Presence::Required, ..POLICY };
    for message in [envelope(BODY), with_security("")] {
        let flaw = Flaw::Security(SecurityFlaw::TimestampMissing);
        assert_eq!(flaw_of(&message, &policy), flaw);
        assert!(open(message.as_bytes(), &POLICY).is_ok());
    }
}

#[test]
fn a_username_token_is_one_name_and_one_password() {
    use SecurityFlaw::{
        DerivedKey, NonceEncoding, NonceNotBase64, NotText, PasswordEmpty, PasswordMissing,
        PasswordTypeUnknown, Repeated, Unexpected, UsernameMissing,
    };
    let name = "<o:Username>alice</o:Username>";
    let password = "<o:Password>secret</o:Password>";
    let good = format!("{name}{password}");
    for (children, flaw) in [
        (String::new(), UsernameMissing),
        (password.to_owned(), UsernameMissing),
        (format!("<o:Username> </o:Username>{password}"), UsernameMissing),
        (name.to_owned(), PasswordMissing),
        (format!("{name}<o:Password/>"), PasswordEmpty),
        (format!("{name}<o:Password Type=\"urn:x\">a</o:Password>"), PasswordTypeUnknown),
        (format!("{good}{name}"), Repeated(Part::Username)),
        (format!("{good}{password}"), Repeated(Part::Password)),
        (format!("{good}<o:Nonce>AA==</o:Nonce><o:Nonce>AA==</o:Nonce>"), Repeated(Part::Nonce)),
        (format!("{good}<u:Created>1</u:Created><u:Created/>"), Repeated(Part::UsernameCreated)),
        (format!("{good}<o:Nonce EncodingType=\"urn:hex\">00</o:Nonce>"), NonceEncoding),
        (format!("{good}<o:Nonce>A</o:Nonce>"), NonceNotBase64),
        (format!("<o:Username>al<x/>ice</o:Username>{password}"), NotText(Part::Username)),
        (format!("{name}<o:Password>se<x/>cret</o:Password>"), NotText(Part::Password)),
        (format!("{good}<o:Salt/>"), Unexpected(Part::UsernameToken)),
        (
            format!(
                "{name}<w:Salt xmlns:w=\"http://docs.oasis-open.org/wss/\
                 oasis-wss-wssecurity-secext-1.1.xsd\">AA==</w:Salt>"
            ),
            DerivedKey,
        ),
    ] {
        let message = with_security(&format!("<o:UsernameToken>{children}</o:UsernameToken>"));
        assert_eq!(flaw_of(&message, &POLICY), Flaw::Security(flaw), "{children}");
    }
    let twice = format!("<o:UsernameToken>{good}</o:UsernameToken>").repeat(2);
    let flaw = Flaw::Security(Repeated(Part::UsernameToken));
    assert_eq!(flaw_of(&with_security(&twice), &POLICY), flaw);
    let own =
        format!("<o:UsernameToken u:u=\"1\">{good}<x:y xmlns:x=\"urn:x\"/></o:UsernameToken>");
    assert!(open(with_security(&own).as_bytes(), &POLICY).is_ok());
}

/// CVE-2017-11427 family: a comment neither shortens a name nor hides in a password.
#[test]
fn comments_do_not_shorten_a_name() {
    let message = with_security(
        "<o:UsernameToken><o:Username>admin<!-- -->.evil</o:Username>\
         <o:Password>a<!-- -->b</o:Password></o:UsernameToken>",
    );
    let opened = open(message.as_bytes(), &POLICY).unwrap();
    let symbolon_soap::TokenKind::Username(username) = &opened.tokens[0].kind else {
        panic!("no user name");
    };
    assert_eq!((username.name.as_str(), username.password.expose()), ("admin.evil", "ab"));
}

#[test]
fn what_the_endpoint_does_not_take_is_refused_by_name() {
    let wsse = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
    let saml = "urn:oasis:names:tc:SAML:2.0:assertion";
    for (child, flaw) in [
        (
            "<o:BinarySecurityToken/>".to_owned(),
            SecurityFlaw::Unsupported(header(wsse, "BinarySecurityToken")),
        ),
        (
            format!("<Assertion xmlns=\"{saml}\"/>"),
            SecurityFlaw::Unsupported(header(saml, "Assertion")),
        ),
        (
            format!("<EncryptedAssertion xmlns=\"{saml}\"/>"),
            SecurityFlaw::Unsupported(header(saml, "EncryptedAssertion")),
        ),
        ("<x/>".to_owned(), SecurityFlaw::Unsupported(header("", "x"))),
        (
            "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"/>".to_owned(),
            SecurityFlaw::Signature,
        ),
        (
            "<EncryptedData xmlns=\"http://www.w3.org/2001/04/xmlenc#\"/>".to_owned(),
            SecurityFlaw::Encryption,
        ),
        (
            "<ReferenceList xmlns=\"http://www.w3.org/2001/04/xmlenc#\"/>".to_owned(),
            SecurityFlaw::Encryption,
        ),
    ] {
        assert_eq!(flaw_of(&with_security(&child), &POLICY), Flaw::Security(flaw), "{child}");
    }
    let nobody = Policy { username: false, ..POLICY };
    let flaw = SecurityFlaw::Unsupported(header(wsse, "UsernameToken"));
    assert_eq!(flaw_of(&with_security("<o:UsernameToken/>"), &nobody), Flaw::Security(flaw));
}

#[test]
fn a_message_as_large_as_the_limit_opens_and_one_octet_more_does_not() {
    let message = envelope(BODY);
    let limits = |octets| Policy { limits: Limits { octets, ..Limits::MESSAGE }, ..POLICY };
    assert!(open(message.as_bytes(), &limits(message.len())).is_ok());
    let flaw = Flaw::Envelope(EnvelopeFlaw::Xml(symbolon_xml::Flaw::TooLarge));
    assert_eq!(flaw_of(&message, &limits(message.len() - 1)), flaw);
}

#[test]
fn a_refusal_relates_to_the_message_it_refuses() {
    let message = with_headers("<a:MessageID>urn:uuid:1</a:MessageID><o:Security/><o:Security/>");
    let unopened = open(message.as_bytes(), &POLICY).err().unwrap();
    assert_eq!(unopened.flaw, Flaw::Addressing(AddressingFlaw::ActionMissing));
    let fault = unopened.sealer.seal_fault(&unopened.flaw.fault()).unwrap();
    assert!(String::from_utf8(fault).unwrap().contains(">urn:uuid:1</a:RelatesTo>"));
}
