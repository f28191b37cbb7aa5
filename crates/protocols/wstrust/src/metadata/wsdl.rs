//! WSDL of endpoints: policies, one message and port type per generation of WS-Trust, a binding per version of SOAP.
//!
//! In:  the ports to show.
//! Out: `wsdl:definitions`, whose ports have their https addresses twice: for SOAP stacks, and as endpoint references.
//! Never: an operation that is not served. The types are open (`xs:any`): the schemas of WS-Trust need eleven more.
//!
//! WSDL 1.1 §2, §3; its binding to SOAP 1.2; WS-Policy Attachment 1.2 §4.1. INTEROP: MSAL and adal want policies right below
//! the root, the reference to one in the binding, and `wsa10:EndpointReference` in the port.

use symbolon_messages::wstrust::{Generation, RequestType};
use symbolon_soap::SoapVersion;
use symbolon_soap::names::{WSA, WSP};
use symbolon_xml::{QName, Unwritable, Writer};

use super::port::Port;

pub(super) const NAMESPACE: &str = "http://schemas.xmlsoap.org/wsdl/";
/// The namespace of what is defined here.
pub(super) const TARGET: &str = "urn:symbolon:trust";
const NAME: &str = "SecurityTokenService";
const HTTP: &str = "http://schemas.xmlsoap.org/soap/http";
const XSD: &str = "http://www.w3.org/2001/XMLSchema";

/// Writes the definitions.
pub(super) fn write(ports: &[Port<'_>]) -> Result<Vec<u8>, Unwritable> {
    let mut out = Writer::with_capacity(4096_usize.saturating_mul(ports.len().max(1)));
    let mut generations = vec![Generation::V13, Generation::V2005];
    generations.retain(|one| ports.iter().any(|port| port.generation == *one));
    out.start(&wsdl("definitions")).attribute("name", NAME).attribute("targetNamespace", TARGET);
    out.declare("tns", TARGET);
    for generation in &generations {
        out.declare(prefix(*generation), generation.namespace());
    }
    for port in ports {
        port.policy(&policy_id(port)).write(&mut out);
    }
    out.start(&wsdl("types"));
    generations.iter().for_each(|one| write_types(*one, &mut out));
    out.end();
    generations.iter().for_each(|one| write_messages(*one, &mut out));
    generations.iter().for_each(|one| write_port_type(*one, &mut out));
    for port in ports {
        port.versions.iter().for_each(|version| write_binding(port, *version, &mut out));
    }
    out.start(&wsdl("service")).attribute("name", NAME);
    for port in ports {
        port.versions.iter().for_each(|version| write_port(port, *version, &mut out));
    }
    out.end().end();
    out.finish()
}

/// The elements of the bodies, open inside.
fn write_types(generation: Generation, out: &mut Writer) {
    out.start(&xs("schema")).attribute("targetNamespace", generation.namespace());
    out.attribute("elementFormDefault", "qualified");
    for element in [REQUEST, answer(generation)] {
        out.start(&xs("element")).attribute("name", element).start(&xs("complexType"));
        out.start(&xs("sequence")).start(&xs("any")).attribute("namespace", "##any");
        out.attribute("processContents", "lax");
        out.attribute("minOccurs", "0").attribute("maxOccurs", "unbounded").end().end();
        out.start(&xs("attribute")).attribute("name", "Context");
        out.attribute("type", "xs:anyURI").end();
        out.start(&xs("anyAttribute")).attribute("namespace", "##other");
        out.attribute("processContents", "lax").end();
        out.end().end();
    }
    out.end();
}

fn write_messages(generation: Generation, out: &mut Writer) {
    for (message, part, element) in [
        (request_name(generation), "request", REQUEST),
        (answer_name(generation), "response", answer(generation)),
    ] {
        out.start(&wsdl("message")).attribute("name", message).start(&wsdl("part"));
        let element = format!("{}:{element}", prefix(generation));
        out.attribute("name", part).attribute("element", &element).end().end();
    }
}

fn write_port_type(generation: Generation, out: &mut Writer) {
    out.start(&wsdl("portType")).attribute("name", type_name(generation));
    out.start(&wsdl("operation")).attribute("name", ISSUE);
    for (direction, message) in
        [("input", request_name(generation)), ("output", answer_name(generation))]
    {
        out.start(&wsdl(direction)).attribute("message", &tns(message)).end();
    }
    out.end().end();
}

fn write_binding(port: &Port<'_>, version: SoapVersion, out: &mut Writer) {
    let action = RequestType::Issue.action(port.generation);
    out.start(&wsdl("binding")).attribute("name", &binding_name(port, version));
    out.attribute("type", &tns(type_name(port.generation)));
    out.start(&QName::new("wsp", WSP, "PolicyReference"));
    out.attribute("URI", &format!("#{}", policy_id(port))).end();
    out.start(&soap(version, "binding")).attribute("style", "document");
    out.attribute("transport", HTTP).end();
    out.start(&wsdl("operation")).attribute("name", ISSUE);
    out.start(&soap(version, "operation")).attribute("soapAction", action);
    out.attribute("style", "document").end();
    for direction in ["input", "output"] {
        out.start(&wsdl(direction)).start(&soap(version, "body"));
        out.attribute("use", "literal").end().end();
    }
    out.end().end();
}

fn write_port(port: &Port<'_>, version: SoapVersion, out: &mut Writer) {
    let wsa = |local| QName::new("wsa10", WSA, local);
    let name = format!("{}.{}", port.id, suffix(version));
    out.start(&wsdl("port")).attribute("name", &format!("port-{name}"));
    out.attribute("binding", &tns(&binding_name(port, version)));
    out.start(&soap(version, "address")).attribute("location", &port.url).end();
    out.start(&wsa("EndpointReference")).element(&wsa("Address"), &port.url).end();
    out.end();
}

// ---- names

const ISSUE: &str = "Issue";
const REQUEST: &str = "RequestSecurityToken";

/// The body's child in an answer.
const fn answer(generation: Generation) -> &'static str {
    match generation {
        Generation::V13 => "RequestSecurityTokenResponseCollection",
        Generation::V2005 => "RequestSecurityTokenResponse",
    }
}

const fn prefix(generation: Generation) -> &'static str {
    match generation {
        Generation::V13 => "wst",
        Generation::V2005 => "wst2005",
    }
}

const fn type_name(generation: Generation) -> &'static str {
    match generation {
        Generation::V13 => "Trust13",
        Generation::V2005 => "Trust2005",
    }
}

const fn request_name(generation: Generation) -> &'static str {
    match generation {
        Generation::V13 => "Trust13IssueRequest",
        Generation::V2005 => "Trust2005IssueRequest",
    }
}

const fn answer_name(generation: Generation) -> &'static str {
    match generation {
        Generation::V13 => "Trust13IssueResponse",
        Generation::V2005 => "Trust2005IssueResponse",
    }
}

const fn suffix(version: SoapVersion) -> &'static str {
    match version {
        SoapVersion::V11 => "soap11",
        SoapVersion::V12 => "soap12",
    }
}

// An endpoint's id may begin with what an NCName may not.
fn policy_id(port: &Port<'_>) -> String {
    format!("policy-{}", port.id)
}

fn binding_name(port: &Port<'_>, version: SoapVersion) -> String {
    format!("binding-{}.{}", port.id, suffix(version))
}

fn tns(local: &str) -> String {
    format!("tns:{local}")
}

const fn wsdl(local: &'static str) -> QName {
    QName::new("wsdl", NAMESPACE, local)
}

const fn xs(local: &'static str) -> QName {
    QName::new("xs", XSD, local)
}

const fn soap(version: SoapVersion, local: &'static str) -> QName {
    match version {
        SoapVersion::V11 => QName::new("soap", "http://schemas.xmlsoap.org/wsdl/soap/", local),
        SoapVersion::V12 => QName::new("soap12", "http://schemas.xmlsoap.org/wsdl/soap12/", local),
    }
}
