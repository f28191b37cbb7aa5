//! What a client makes of the answer to its RST.
//!
//! In:  the answer, and what the client wants of it.
//! Out: findings: what every client needs, what this one insists on, what others would choke on.
//!
//! WS-Trust 1.4 §4.4; SOAP 1.2 §5.4.

use symbolon_client::Replied;
use symbolon_soap::names;
use symbolon_xml::{Document, Element, Limits};

use super::clients::Wants;
use super::{Finding, Holds};

/// WS-Trust 1.3 and of February 2005.
const WST: [&str; 2] = [
    "http://docs.oasis-open.org/ws-sx/ws-trust/200512",
    "http://schemas.xmlsoap.org/ws/2005/02/trust",
];
const SAML1: &str = "urn:oasis:names:tc:SAML:1.0:assertion";
/// The types that ADAL and MSAL take.
const TOKEN_TYPES: [&str; 4] = [
    SAML1,
    "urn:oasis:names:tc:SAML:2.0:assertion",
    "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV1.1",
    "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV2.0",
];

/// What is found about an answer.
pub(super) fn findings(answer: &Replied, wants: &Wants) -> Vec<Finding> {
    let mut findings = Findings(Vec::new());
    let text = String::from_utf8_lossy(&answer.body);
    let text = text.as_ref();
    let root = envelope(answer);
    findings.needs("the answer is a SOAP 1.2 envelope", root.is_some());
    let media_type = answer.header("content-type").unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    findings.needs("its media type is application/soap+xml", media_type == "application/soap+xml");
    findings.wants("the SOAP prefix is s", text.contains("<s:Body>"), wants.prefix_s);
    let body = root.and_then(|root| child(&root, names::SOAP12, "Body"));
    let Some(content) = body.and_then(|body| body.elements().next()) else { return findings.0 };
    if content.is(names::SOAP12, "Fault") {
        fault(&mut findings, &content, answer.status, wants);
        return findings.0;
    }
    findings.needs("its status is 200", answer.status == 200);
    response(&mut findings, &content, text, wants);
    findings.0
}

struct Findings(Vec<Finding>);

impl Findings {
    /// Something that no client does without.
    fn needs(&mut self, what: &'static str, holds: bool) {
        self.wants(what, holds, true);
    }

    /// Something that this client insists on, or others do.
    fn wants(&mut self, what: &'static str, holds: bool, insists: bool) {
        let holds = match (holds, insists) {
            (true, _) => Holds::Yes,
            (false, true) => Holds::No,
            (false, false) => Holds::NoButOnlyForOthers,
        };
        self.0.push(Finding { what, holds });
    }

    /// Something that only clients of this kind mind.
    fn only(&mut self, what: &'static str, holds: bool, insists: bool) {
        if insists {
            self.needs(what, holds);
        }
    }
}

fn envelope(answer: &Replied) -> Option<Element> {
    let root = Document::parse(&answer.body, &Limits::MESSAGE).ok()?;
    root.is(names::SOAP12, "Envelope").then_some(root)
}

fn child(of: &Element, namespace: &str, local: &str) -> Option<Element> {
    of.elements().find(|element| element.is(namespace, local))
}

fn fault(findings: &mut Findings, fault: &Element, status: u16, wants: &Wants) {
    let code = child(fault, names::SOAP12, "Code");
    let value = |of: Option<&Element>| of.and_then(|of| child(of, names::SOAP12, "Value"));
    let subcode = code.as_ref().and_then(|code| child(code, names::SOAP12, "Subcode"));
    let reason = child(fault, names::SOAP12, "Reason");
    let reason = reason.and_then(|reason| child(&reason, names::SOAP12, "Text"));
    // SOAP over HTTP: clients read a fault from a 500 alone, whoever is at fault.
    findings.needs("a fault is HTTP 500", status == 500);
    findings.needs("a fault has a Code/Value", value(code.as_ref()).is_some());
    findings.wants("a fault has a Reason/Text", reason.is_some(), wants.subcode);
    let subcode = value(subcode.as_ref()).is_some();
    findings.wants("a fault has a Code/Subcode/Value", subcode, wants.subcode);
}

/// The answer of a token.
fn response(findings: &mut Findings, content: &Element, text: &str, wants: &Wants) {
    let [collected, bare] = WST;
    let wst = if wants.bare { bare } else { collected };
    let one = if wants.bare {
        let bare = content.is(wst, "RequestSecurityTokenResponse").then(|| content.clone());
        findings.needs("the body is one RequestSecurityTokenResponse", bare.is_some());
        bare
    } else {
        let collection = content.is(wst, "RequestSecurityTokenResponseCollection");
        findings.needs("the body is a RequestSecurityTokenResponseCollection", collection);
        content.elements().find(|element| element.is(wst, "RequestSecurityTokenResponse"))
    };
    let Some(one) = one else { return };
    let token_type = child(&one, wst, "TokenType").map(|element| element.text());
    let known = token_type.is_some_and(|found| TOKEN_TYPES.contains(&found.trim()));
    findings.wants("TokenType is there and one that is known", known, wants.token_type);
    findings.wants("Lifetime counts milliseconds and ends in Z", lifetime(&one, wst), false);
    findings.wants("there is no white space between elements", !spaced(text), wants.no_space);
    let token = child(&one, wst, "RequestedSecurityToken");
    let token = token.and_then(|token| token.elements().next());
    findings.needs("RequestedSecurityToken holds a token", token.is_some());
    if let Some(assertion) = token.filter(|token| token.local() == "Assertion") {
        self::assertion(findings, &assertion, wants);
    } else {
        findings.needs("the token is a SAML assertion", false);
    }
}

/// Whether white space stands between two tags, the XML declaration aside.
fn spaced(text: &str) -> bool {
    let begin = text.split_once("?>").map_or(text, |(_, rest)| rest).trim_start();
    begin.trim_end().split('>').any(|after| {
        let content = after.trim_start();
        content.len() < after.len() && content.starts_with('<')
    })
}

/// `2026-11-21T20:47:33.000Z`, as layout-driven parsers want it.
fn lifetime(response: &Element, wst: &str) -> bool {
    let Some(lifetime) = child(response, wst, "Lifetime") else { return false };
    ["Created", "Expires"].iter().all(|name| {
        let moment = child(&lifetime, names::WSU, name).map(|element| element.text());
        moment.is_some_and(|moment| moment.len() == 24 && moment.ends_with('Z'))
    })
}

fn assertion(findings: &mut Findings, assertion: &Element, wants: &Wants) {
    let octets = assertion.source().as_bytes();
    let alone = Document::parse(octets, &Limits::MESSAGE).is_ok();
    findings.wants("the assertion declares every prefix that it uses", alone, wants.self_contained);
    let plain = assertion.source().starts_with("<Assertion ");
    findings.only("the assertion's elements have no prefix", plain, wants.unprefixed);
    let first = assertion.elements().next();
    let bounded = first.is_some_and(|first| {
        first.attribute("NotBefore").is_some() && first.attribute("NotOnOrAfter").is_some()
    });
    findings.only("the assertion begins with its Conditions", bounded, wants.conditions_first);
    findings.only("the assertion is SAML 1.1", assertion.namespace() == SAML1, wants.saml11);
}

/// What a SOAP fault says.
pub(super) fn said(answer: &Replied) -> Option<String> {
    let root = envelope(answer)?;
    let fault = child(&child(&root, names::SOAP12, "Body")?, names::SOAP12, "Fault")?;
    let code = child(&fault, names::SOAP12, "Code")?;
    let most = child(&code, names::SOAP12, "Subcode").unwrap_or(code);
    let code = child(&most, names::SOAP12, "Value").map(|value| value.text()).unwrap_or_default();
    let reason = child(&fault, names::SOAP12, "Reason")?;
    let reason = child(&reason, names::SOAP12, "Text").map(|text| text.text()).unwrap_or_default();
    Some(format!("{code}: {reason}"))
}

#[cfg(test)]
mod tests;
