//! Questions that everybody may ask.

use crate::common::{as_11, envelope};
use symbolon_soap::{EnvelopeFlaw, Flaw, Inquiry, SoapVersion};
use symbolon_xml::Limits;

const GET: &str = "<s:Header><a:Action s:mustUnderstand=\"1\">urn:get</a:Action>\
                   <a:MessageID>urn:uuid:1</a:MessageID></s:Header><s:Body/>";

fn open(message: &str) -> Result<Inquiry, symbolon_soap::Unopened> {
    Inquiry::open(message.as_bytes(), &[SoapVersion::V12], &Limits::MESSAGE)
}

#[test]
fn a_body_may_be_empty_or_hold_one_element() {
    let inquiry = open(&envelope(GET)).unwrap();
    assert_eq!(inquiry.addressing.action.as_deref(), Some("urn:get"));
    assert!(inquiry.body.is_none());
    let asked = open(&envelope("<s:Body><x xmlns=\"urn:x\"/></s:Body>")).unwrap();
    assert!(asked.body.is_some_and(|body| body.is("urn:x", "x")));
}

#[test]
fn a_credential_another_version_and_two_elements_are_refused() {
    let secured = "<s:Header><o:Security s:mustUnderstand=\"1\"/></s:Header><s:Body/>";
    let flaw = open(&envelope(secured)).unwrap_err().flaw;
    assert!(matches!(flaw, Flaw::Envelope(EnvelopeFlaw::NotUnderstood(_))), "{flaw}");

    let flaw = open(&as_11(&envelope(GET))).unwrap_err().flaw;
    assert!(matches!(flaw, Flaw::Envelope(EnvelopeFlaw::VersionMismatch { .. })), "{flaw}");

    let flaw = open(&envelope("<s:Body><x/><x/></s:Body>")).unwrap_err().flaw;
    assert_eq!(flaw, Flaw::Envelope(EnvelopeFlaw::BodyNotOneElement));

    let doubled =
        "<s:Header><a:Action>urn:a</a:Action><a:Action>urn:b</a:Action></s:Header><s:Body/>";
    let flaw = open(&envelope(doubled)).unwrap_err().flaw;
    assert!(matches!(flaw, Flaw::Addressing(_)), "{flaw}");
}
