//! Below SOAP and at its surface: HTTP, XML, envelope, addressing.

use symbolon_conformance::{ISSUE, Request, Rst, sts};

use crate::support::{faulted, is_fault, snapshot, turned_away};

const PATH: &str = "/trust/13/usernamemixed";
const SOAP12: &str = "application/soap+xml; charset=utf-8";

fn post(body: impl Into<Vec<u8>>) -> symbolon_conformance::Answer {
    sts().send(&Request::post(PATH, SOAP12, body))
}

#[test]
fn what_is_not_xml_is_refused() {
    let answer = post("grant_type=client_credentials");
    faulted(&answer, "s:Sender"); // SOAP 1.2 part 1 §5.4.6
    for body in ["", "<", "\u{0}", "<a/><b/>", "<?xml version='1.0' encoding='UTF-16'?><a/>"] {
        assert_eq!(post(body).shown(), answer.shown(), "{body}");
    }
}

#[test]
fn a_cut_off_message_is_refused() {
    let whole = Rst::default().envelope();
    faulted(&post(whole.trim_end_matches("</e:Envelope>")), "s:Sender"); // SOAP 1.2 part 1 §5.4.6
}

#[test]
fn octets_that_are_no_utf_8_are_refused() {
    let mut octets = Rst::default().envelope().into_bytes();
    octets.push(0xff);
    faulted(&post(octets), "s:Sender"); // SOAP 1.2 part 1 §5.4.6
}

#[test]
fn an_envelope_of_soap_1_1_is_refused_in_its_own_words() {
    let one = "http://schemas.xmlsoap.org/soap/envelope/";
    let body = Rst::default().envelope().replace("http://www.w3.org/2003/05/soap-envelope", one);
    let answer = post(body);
    assert_eq!(answer.header("content-type"), Some("text/xml; charset=utf-8"));
    faulted(&answer, "s11:VersionMismatch"); // SOAP 1.2 part 1 appendix A; SOAP 1.1 §4.4.1
}

#[test]
fn an_envelope_of_no_soap_is_refused() {
    let body =
        Rst::default().envelope().replace("http://www.w3.org/2003/05/soap-envelope", "urn:x");
    faulted(&post(body), "s11:VersionMismatch"); // SOAP 1.2 part 1 §5.4.7 and appendix A
}

#[test]
fn a_body_of_none_or_two_elements_is_refused() {
    let good = Rst::default().envelope();
    let answer = post(good.replace("</e:Body>", "<t:RequestSecurityToken/></e:Body>"));
    faulted(&answer, "s:Sender"); // SOAP 1.2 part 1 §5.4.6
    let begin = good.find("<t:RequestSecurityToken>").unwrap();
    let end = good.find("</e:Body>").unwrap();
    let empty = format!("{}{}", &good[..begin], &good[end..]);
    is_fault(&post(empty), "s:Sender");
}

#[test]
fn a_document_type_is_refused() {
    let dtd = "<!DOCTYPE e:Envelope [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>";
    let answer = post(format!("{dtd}{}", Rst::default().envelope()));
    faulted(&answer, "s:Sender"); // SOAP 1.2 part 1 §5: no document type declaration
    assert_eq!(post(format!("<!DOCTYPE a>{}", Rst::default().envelope())).shown(), answer.shown());
}

#[test]
fn a_processing_instruction_is_refused() {
    let body = Rst::default().envelope().replace("<e:Body>", "<?x y?><e:Body>");
    faulted(&post(body), "s:Sender"); // SOAP 1.2 part 1 §5: none in a message
}

#[test]
fn deep_nesting_is_refused() {
    let deep = format!("{}{}", "<x>".repeat(5_000), "</x>".repeat(5_000));
    let asked = Rst { also: deep, ..Rst::default() };
    faulted(&asked.send(), "s:Sender"); // our limit: 100
}

#[test]
fn many_attributes_are_refused() {
    let many: String = (0..2_000).map(|n| format!(" x{n}=''")).collect();
    let asked = Rst { also: format!("<x{many}/>"), ..Rst::default() };
    faulted(&asked.send(), "s:Sender"); // our limit: 128
}

#[test]
fn a_body_of_ten_megabytes_is_refused_unread() {
    let body = vec![b' '; 10 << 20];
    turned_away(&post(body), 413); // RFC 9110 §15.5.14
}

#[test]
fn a_body_that_grows_too_large_is_refused() {
    let body = vec![b' '; 300 << 10];
    let request = Request { chunked: true, ..Request::post(PATH, SOAP12, body) };
    turned_away(&sts().send(&request), 413); // RFC 9110 §15.5.14
}

#[test]
fn another_media_type_is_refused() {
    let body = Rst::default().envelope();
    let answer = sts().send(&Request::post(PATH, "text/xml; charset=utf-8", body.clone()));
    assert_eq!((answer.status, answer.fault().as_str()), (415, "s:Sender")); // SOAP 1.2 part 2 §7.5.2.2
    snapshot(&answer);
    // MTOM comes in a multipart.
    let mtom =
        "multipart/related; type=\"application/xop+xml\"; start-info=\"application/soap+xml\"";
    let form = "application/x-www-form-urlencoded";
    for other in ["application/soap+xmlx", "application/xml", form, mtom] {
        let again = sts().send(&Request::post(PATH, other, body.clone()));
        assert_eq!(again.shown(), answer.shown(), "{other}");
    }
    let none = Request { body: body.into_bytes(), ..Request::new("POST", PATH) };
    assert_eq!(sts().send(&none).shown(), answer.shown());
}

#[test]
fn a_media_type_that_stands_twice_and_an_encoded_body_are_refused() {
    let twice = Rst::default().request().with("content-type", SOAP12);
    turned_away(&sts().send(&twice), 415); // RFC 9110 §15.5.16
    let encoded = Rst::default().request().with("content-encoding", "gzip");
    assert_eq!(sts().send(&encoded).status, 415);
}

#[test]
fn another_method_is_refused() {
    let answer = sts().get(PATH);
    assert_eq!(answer.header("allow"), Some("POST"));
    turned_away(&answer, 405); // RFC 9110 §15.5.6
    for method in ["PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"] {
        let again = sts().send(&Request::new(method, PATH));
        assert_eq!(again.shown(), answer.shown(), "{method}");
    }
}

#[test]
fn an_unknown_path_is_refused() {
    let answer = sts().get("/trust/13/usernamemixed/");
    turned_away(&answer, 404); // RFC 9110 §15.5.5
    for path in [
        "/",
        "/trust/13/USERNAMEMIXED",
        "/trust/13/x/../usernamemixed",
        "/%74rust/13/usernamemixed",
    ] {
        assert_eq!(sts().get(path).shown(), answer.shown(), "{path}");
    }
}

#[test]
fn a_header_that_must_be_understood_and_is_not_is_refused() {
    let mut asked = Rst::default();
    asked.headers += "<x:Secret xmlns:x=\"urn:x\" e:mustUnderstand=\"true\"/>";
    faulted(&asked.send(), "s:MustUnderstand"); // SOAP 1.2 part 1 §5.4.8
}

#[test]
fn a_header_that_need_not_be_understood_is_passed_over() {
    let mut asked = Rst::default();
    asked.headers += "<x:Hint xmlns:x=\"urn:x\" e:mustUnderstand=\"0\"/>";
    assert_eq!(asked.send().status, 200);
}

#[test]
fn a_soap_action_that_contradicts_the_action_is_refused() {
    let request = Rst::default().request();
    let answer =
        sts().send(&request.with(
            "soapaction",
            "\"http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Validate\"",
        ));
    // WS-Addressing 1.0 SOAP Binding §6.4.1.6
    faulted(&answer, "s:Sender/wsa:InvalidAddressingHeader/wsa:ActionMismatch");
    let parameter =
        Request::post(PATH, "application/soap+xml; action=\"urn:x\"", Rst::default().envelope());
    assert_eq!(sts().send(&parameter).shown(), answer.shown());
}

#[test]
fn an_action_of_another_operation_is_refused() {
    let validate = "http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Validate";
    let asked = Rst { headers: format!("<a:Action>{validate}</a:Action>"), ..Rst::default() };
    faulted(&asked.send(), "s:Sender/wst:InvalidRequest"); // WS-Trust 1.4 §4, §11
}

#[test]
fn an_action_of_nobody_is_refused() {
    let asked = Rst { headers: "<a:Action>urn:x</a:Action>".to_owned(), ..Rst::default() };
    faulted(&asked.send(), "s:Sender/wsa:ActionNotSupported"); // WS-Addressing 1.0 SOAP Binding §6.4.3
}

#[test]
fn two_actions_are_refused() {
    let mut asked = Rst::default();
    asked.headers += &format!("<a:Action>{ISSUE}</a:Action>");
    // WS-Addressing 1.0 SOAP Binding §6.4.1.5
    faulted(&asked.send(), "s:Sender/wsa:InvalidAddressingHeader/wsa:InvalidCardinality");
}

#[test]
fn an_answer_is_not_sent_elsewhere() {
    let mut asked = Rst::default();
    asked.headers += "<a:ReplyTo><a:Address>https://attacker.example/</a:Address></a:ReplyTo>";
    // WS-Addressing 1.0 SOAP Binding §6.4.1.9
    let code = "s:Sender/wsa:InvalidAddressingHeader/wsa:OnlyAnonymousAddressSupported";
    faulted(&asked.send(), code);
    let fault_to = asked.headers.replace("ReplyTo", "FaultTo");
    is_fault(&Rst { headers: fault_to, ..Rst::default() }.send(), code);
}
