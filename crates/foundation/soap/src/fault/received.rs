//! A fault that a service sent us.
//!
//! In:  the child of a body.
//! Out: [`ReceivedFault`], if it is one.
//! Never: belief; a fault over TLS is what the server says, without TLS what anybody says.
//!
//! SOAP 1.1 §4.4; SOAP 1.2 Part 1 §5.4.

use crate::SoapVersion;
use crate::names::{SOAP11, SOAP12, SYMBOLON_FAULT};
use symbolon_xml::Element;

/// What a fault says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedFault {
    /// Codes from the general to the particular, each its namespace (empty where the prefix was not declared) and local
    /// name. SOAP 1.1 has one.
    pub codes: Vec<(String, String)>,
    /// The text for people.
    pub reason: String,
    /// The request id of a Symbolon server.
    pub request_id: Option<String>,
}

impl ReceivedFault {
    /// Reads the child of a body; `None` if it is no fault or not readable as one.
    #[must_use]
    pub fn read(body: &Element) -> Option<Self> {
        let version = if body.is(SOAP12, "Fault") {
            SoapVersion::V12
        } else if body.is(SOAP11, "Fault") {
            SoapVersion::V11
        } else {
            return None;
        };
        match version {
            SoapVersion::V11 => read_11(body),
            SoapVersion::V12 => read_12(body),
        }
    }
}

fn read_11(fault: &Element) -> Option<ReceivedFault> {
    let code = fault.child("", "faultcode").ok()??;
    let reason = fault.child("", "faultstring").ok()??.text();
    let detail = fault.child("", "detail").ok()?;
    let request_id = detail.and_then(|detail| request_id(&detail));
    Some(ReceivedFault { codes: vec![qname(&code)], reason, request_id })
}

fn read_12(fault: &Element) -> Option<ReceivedFault> {
    let mut codes = Vec::new();
    let mut code = fault.child(SOAP12, "Code").ok()?;
    while let Some(one) = code {
        codes.push(qname(&one.child(SOAP12, "Value").ok()??));
        code = one.child(SOAP12, "Subcode").ok()?;
    }
    let reason = fault.child(SOAP12, "Reason").ok()??;
    let reason = reason.elements().find(|text| text.is(SOAP12, "Text"))?.text();
    let detail = fault.child(SOAP12, "Detail").ok()?;
    let request_id = detail.and_then(|detail| request_id(&detail));
    if codes.is_empty() { None } else { Some(ReceivedFault { codes, reason, request_id }) }
}

fn request_id(detail: &Element) -> Option<String> {
    Some(detail.child(SYMBOLON_FAULT, "RequestId").ok()??.text())
}

fn qname(of: &Element) -> (String, String) {
    let text = of.text();
    let (prefix, local) = text.trim().split_once(':').unwrap_or(("", text.trim()));
    (of.declared(prefix).unwrap_or_default().to_owned(), local.to_owned())
}
