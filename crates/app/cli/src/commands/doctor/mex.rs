//! What ADAL and MSAL make of a MEX document.
//!
//! WSDL 1.1; WS-SecurityPolicy 1.3 §5.3, §6.5, §7.3.

use symbolon_client::Replied;
use symbolon_xml::{Document, Element, Limits};

use super::{Finding, Holds};

const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";
const SOAP12: &str = "http://schemas.xmlsoap.org/wsdl/soap12/";
const WSA: &str = "http://www.w3.org/2005/08/addressing";
const SP: [&str; 2] = [
    "http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702",
    "http://schemas.xmlsoap.org/ws/2005/07/securitypolicy",
];

/// What is found.
pub(super) fn findings(answer: &Replied) -> Vec<Finding> {
    let root = Document::parse(&answer.body, &Limits { octets: 1 << 20, ..Limits::MESSAGE });
    let root = root.ok().filter(|root| root.is(WSDL, "definitions"));
    let mut findings = vec![
        finding("MEX: its status is 200", answer.status == 200),
        finding("MEX: the root is wsdl:definitions", root.is_some()),
    ];
    let Some(root) = root else { return findings };
    let bindings: Vec<Element> = of(&root, WSDL, "binding");
    let speaks = |binding: &Element| !of(binding, SOAP12, "binding").is_empty();
    let operates = |binding: &Element| !of(binding, SOAP12, "operation").is_empty();
    let ports = of(&root, WSDL, "port");
    let addressed = |port: &Element| {
        of(port, WSA, "Address").iter().any(|address| address.text().trim().starts_with("https://"))
    };
    let policies = SP.iter().any(|sp| {
        !of(&root, sp, "TransportBinding").is_empty() && !of(&root, sp, "UsernameToken").is_empty()
    });
    findings.extend([
        finding("MEX: there is a binding", !bindings.is_empty()),
        finding("MEX: every binding is SOAP 1.2", bindings.iter().all(speaks)),
        finding("MEX: every binding has a SOAP 1.2 operation", bindings.iter().all(operates)),
        finding("MEX: every port has an https EndpointReference", ports.iter().all(addressed)),
        finding("MEX: a policy demands TLS and a UsernameToken", policies),
    ]);
    findings
}

fn of(element: &Element, namespace: &str, local: &str) -> Vec<Element> {
    element.descendants().filter(|one| one.is(namespace, local)).collect()
}

fn finding(what: &'static str, holds: bool) -> Finding {
    Finding { what, holds: if holds { Holds::Yes } else { Holds::No } }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chokes(bindings: &str) -> Vec<&'static str> {
        let text = format!(
            r#"<w:definitions xmlns:w="{WSDL}" xmlns:s="{SOAP12}" xmlns:a="{WSA}" xmlns:sp="{}"><sp:TransportBinding/><sp:UsernameToken/>{bindings}<w:port><a:EndpointReference><a:Address>https://sts.example/t</a:Address></a:EndpointReference></w:port></w:definitions>"#,
            SP[0]
        );
        let answer = Replied { status: 200, headers: Vec::new(), body: text.into_bytes() };
        let findings = findings(&answer);
        findings.iter().filter(|f| f.holds == Holds::No).map(|f| f.what).collect()
    }

    #[test]
    fn a_binding_of_soap_1_1_chokes_them() {
        let good = "<w:binding><s:binding/><w:operation><s:operation/></w:operation></w:binding>";
        assert_eq!(chokes(good), Vec::<&str>::new());
        let other = "<w:binding><w:operation/></w:binding>";
        let expected =
            ["MEX: every binding is SOAP 1.2", "MEX: every binding has a SOAP 1.2 operation"];
        assert_eq!(chokes(&format!("{good}{other}")), expected);
        assert_eq!(chokes(""), ["MEX: there is a binding"]);
    }
}
