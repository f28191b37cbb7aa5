//! What every test of this crate starts from.

use symbolon_soap::{
    Binding, Doubles, Flaw, Opened, Opener, Policy, Presence, SoapVersion, Step, Unopened,
};
use symbolon_xml::Limits;
use symbolon_xmlsec::Budget;

/// An endpoint for names and passwords over TLS, in both versions, timestamp optional.
pub(crate) const POLICY: Policy = Policy {
    versions: &[SoapVersion::V12, SoapVersion::V11],
    binding: Binding::Transport,
    username: true,
    assertion: false,
    timestamp: Presence::Optional,
    doubles: Doubles::Refused,
    limits: Limits::MESSAGE,
};

/// Opens a message that needs nothing from outside.
pub(crate) fn open(message: &[u8], policy: &Policy) -> Result<Opened, Unopened> {
    match Opener::new(message, policy, Budget::MESSAGE)?.step()? {
        Step::Opened(opened) => Ok(*opened),
        Step::Need(..) => panic!("a need"),
    }
}

/// Why a message is refused.
pub(crate) fn flaw_of(message: &str, policy: &Policy) -> Flaw {
    match open(message.as_bytes(), policy) {
        Ok(_) => panic!("opened: {message}"),
        Err(unopened) => unopened.flaw,
    }
}

/// A SOAP 1.2 message with these header blocks; prefixes `s`, `a`, `o`, `u`.
pub(crate) fn with_headers(headers: &str) -> String {
    envelope(&format!("<s:Header>{headers}</s:Header><s:Body><x xmlns=\"urn:x\"/></s:Body>"))
}

/// A SOAP 1.2 message whose security header has these children.
pub(crate) fn with_security(children: &str) -> String {
    with_headers(&format!("<o:Security>{children}</o:Security>"))
}

/// A SOAP 1.2 envelope with these children.
pub(crate) fn envelope(children: &str) -> String {
    format!(
        "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" \
         xmlns:a=\"http://www.w3.org/2005/08/addressing\" \
         xmlns:o=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\" \
         xmlns:u=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd\">\
         {children}</s:Envelope>"
    )
}

/// The same message in SOAP 1.1.
pub(crate) fn as_11(message: &str) -> String {
    message.replace(
        "http://www.w3.org/2003/05/soap-envelope",
        "http://schemas.xmlsoap.org/soap/envelope/",
    )
}
