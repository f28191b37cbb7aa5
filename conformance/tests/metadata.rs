//! What WS-Trust's tools read: WSDL with policies, over GET and SOAP, and federation metadata. What they name is what is done.
//!
//! WSDL 1.1; WS-SecurityPolicy 1.2 and of July 2005; WS-MetadataExchange 1.1; WS-Federation 1.2 §3.1.

mod support;

use roxmltree::{Document, Node};
use symbolon_conformance::{Answer, Request, Rst, sts};

use support::{faulted, is_fault, snapshot, turned_away};

const MEX: &str = "/trust/mex";
const FEDERATION: &str = "/FederationMetadata/2007-06/FederationMetadata.xml";
const SOAP12: &str = "application/soap+xml; charset=utf-8";
const GET: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get";
const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";
const WSDL_SOAP11: &str = "http://schemas.xmlsoap.org/wsdl/soap/";
const WSDL_SOAP12: &str = "http://schemas.xmlsoap.org/wsdl/soap12/";
const WSA: &str = "http://www.w3.org/2005/08/addressing";
const DS: &str = "http://www.w3.org/2000/09/xmldsig#";

fn document(path: &str, media_type: &str) -> Answer {
    let answer = sts().get(path);
    let shown = (answer.status, answer.header("content-type"));
    assert_eq!(shown, (200, Some(media_type)), "{}", answer.text());
    answer
}

fn named<'d>(document: &'d Document<'_>, namespace: &str, local: &str) -> Vec<Node<'d, 'd>> {
    let all = document.descendants();
    all.filter(|node| node.has_tag_name((namespace, local))).collect()
}

fn texts(document: &Document<'_>, namespace: &str, local: &str) -> Vec<String> {
    let nodes = named(document, namespace, local);
    let text = |node: Node<'_, '_>| {
        let parts = node.children().filter_map(|child| child.text_storage());
        parts.map(|part| part.as_str()).collect()
    };
    nodes.into_iter().map(text).collect()
}

#[test]
fn the_wsdl_has_every_endpoint_of_ws_trust_in_soap_12_alone() {
    let answer = document(MEX, "text/xml; charset=utf-8");
    let wsdl = Document::parse(answer.text()).unwrap();
    assert!(wsdl.root_element().has_tag_name((WSDL, "definitions")));
    let paths = [
        "/trust/13/adfs",
        "/trust/2005/usernamemixed",
        "/trust/13/issuedtokenmixed",
        "/trust/13/strict",
        "/trust/13/usernamemixed",
    ];
    let expected: Vec<String> =
        paths.iter().map(|path| format!("{}{path}", sts().base())).collect();
    assert_eq!(texts(&wsdl, WSA, "Address"), expected);
    // INTEROP: MSAL breaks on any binding of SOAP 1.1.
    assert!(named(&wsdl, WSDL_SOAP11, "binding").is_empty());
    assert_eq!(named(&wsdl, WSDL_SOAP12, "binding").len(), paths.len());
    snapshot(&answer);
}

/// The paths by which adal and MSAL find a password's policy, and the binding and port that go with it.
#[test]
fn a_password_has_the_policy_that_clients_look_for() {
    let answer = document(MEX, "text/xml; charset=utf-8");
    let wsdl = Document::parse(answer.text()).unwrap();
    for (sp, supporting, endpoint) in [
        (
            "http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702",
            "SignedEncryptedSupportingTokens",
            "usernamemixed",
        ),
        (
            "http://schemas.xmlsoap.org/ws/2005/07/securitypolicy",
            "SignedSupportingTokens",
            "adfs-2005",
        ),
    ] {
        let id = format!("policy-{endpoint}");
        let mut policies = wsdl.root_element().children();
        let policy = policies.find(|node| node.attributes().any(|a| a.value() == id));
        let within = |node: Node<'_, '_>, name: &str| {
            node.ancestors().any(|one| one.has_tag_name((sp, name)))
        };
        let found = |name: &str| policy.unwrap().descendants().find(|n| n.has_tag_name((sp, name)));
        assert!(within(found("WssUsernameToken10").unwrap(), supporting));
        // Published though its absence is tolerated: answers always have one.
        assert!(within(found("IncludeTimestamp").unwrap(), "TransportBinding"));
        assert!(found("SamlToken").is_none());
    }
}

#[test]
fn an_endpoints_own_wsdl_has_every_version_of_soap_that_it_speaks() {
    for (path, versions) in [("/trust/13/adfs", (1, 1)), ("/trust/13/strict", (1, 0))] {
        for query in ["wsdl", "WSDL"] {
            let answer = document(&format!("{path}?{query}"), "text/xml; charset=utf-8");
            let wsdl = Document::parse(answer.text()).unwrap();
            let count = |namespace| named(&wsdl, namespace, "address").len();
            assert_eq!((count(WSDL_SOAP12), count(WSDL_SOAP11)), versions, "{path}");
            assert_eq!(answer.text().matches("HashPassword>").count(), 2 * versions.1);
        }
    }
    snapshot(&sts().get("/trust/13/adfs?wsdl"));
}

#[test]
fn an_endpoint_of_messages_is_read_for_its_wsdl_alone() {
    for query in ["", "?", "?wsdl=1", "?xsd", "?wsdl&x"] {
        let answer = sts().get(&format!("/trust/13/strict{query}"));
        assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")), "{query}");
    }
    turned_away(&sts().get("/trust/13/strict"), 405); // RFC 9110 §15.5.6
}

fn asked(action: &str, body: &str) -> Request {
    let envelope = format!(
        "<e:Envelope xmlns:e=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:a=\"{WSA}\">\
         <e:Header><a:Action e:mustUnderstand=\"1\">{action}</a:Action>\
         <a:MessageID>urn:test:1</a:MessageID></e:Header><e:Body>{body}</e:Body></e:Envelope>"
    );
    Request::post(MEX, SOAP12, envelope)
}

#[test]
fn the_same_wsdl_is_had_over_soap() {
    let wsdl = sts().get(MEX);
    let mex = "http://schemas.xmlsoap.org/ws/2004/09/mex";
    let request = format!("{mex}/GetMetadata/Request");
    let dialect = |named: &str| {
        format!("<m:GetMetadata xmlns:m=\"{mex}\"><m:Dialect>{named}</m:Dialect></m:GetMetadata>")
    };
    for (question, whole) in [
        (asked(GET, ""), true),
        (asked(&request, &format!("<m:GetMetadata xmlns:m=\"{mex}\"/>")), true),
        (asked(&request, &dialect(WSDL)), true),
        (asked(&request, &dialect("http://www.w3.org/2001/XMLSchema")), false),
    ] {
        let answer = sts().send(&question);
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.text().contains(wsdl.text()), whole, "{}", answer.text());
    }
    snapshot(&sts().send(&asked(GET, "")));
}

#[test]
fn another_question_over_soap_is_refused() {
    let put = asked("http://schemas.xmlsoap.org/ws/2004/09/transfer/Put", "");
    faulted(&sts().send(&put), "s:Sender/wsa:ActionNotSupported"); // WS-Addressing 1.0 SOAP Binding §6.4.2
    let eleven = String::from_utf8(asked(GET, "").body).unwrap().replace(
        "http://www.w3.org/2003/05/soap-envelope",
        "http://schemas.xmlsoap.org/soap/envelope/",
    );
    let answer = sts().send(&Request::post(MEX, "text/xml", eleven));
    assert_eq!(answer.fault(), "s11:VersionMismatch"); // SOAP 1.2 part 1 appendix A
    is_fault(&sts().send(&Request::post(MEX, SOAP12, "<x/>")), "s11:VersionMismatch");
    is_fault(&sts().send(&Request::post(MEX, SOAP12, "no XML")), "s:Sender");
    let token = Rst::default().envelope();
    is_fault(&sts().send(&Request::post(MEX, SOAP12, token)), "s:MustUnderstand");
}

#[test]
fn federation_metadata_name_the_certificates_that_sign_saml_first() {
    let answer = document(FEDERATION, "application/samlmetadata+xml");
    let metadata = Document::parse(answer.text()).unwrap();
    assert_eq!(metadata.root_element().attribute("entityID"), Some(sts().base().as_str()));
    let certificates = texts(&metadata, DS, "X509Certificate");
    let token = Rst::default().send();
    let token = Document::parse(token.text()).unwrap();
    assert_eq!(certificates.first(), texts(&token, DS, "X509Certificate").first());
    assert_eq!(certificates.len(), 2);
    snapshot(&answer);
}

#[test]
fn federation_metadata_are_only_read() {
    let answer = sts().send(&Request::post(FEDERATION, "text/xml", "<x/>"));
    assert_eq!(answer.header("allow"), Some("GET, HEAD"));
    turned_away(&answer, 405); // RFC 9110 §15.5.6
    assert_eq!(sts().send(&Request::new("PUT", MEX)).header("allow"), Some("GET, HEAD, POST"));
}

#[test]
fn a_personality_answers_at_the_paths_and_in_the_manner_of_its_product() {
    assert_eq!(sts().get("/adfs/services/trust/mex").body, sts().get(MEX).body);
    let profile = "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV2.0";
    for (path, named) in [
        ("/adfs/services/trust/13/usernamemixed", "urn:oasis:names:tc:SAML:2.0:assertion"),
        ("/trust/13/adfs", "urn:oasis:names:tc:SAML:2.0:assertion"),
        ("/trust/13/usernamemixed", profile),
    ] {
        // AD FS asks for no timestamp.
        let answer = Rst { path, timestamp: String::new(), ..Rst::default() }.send();
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        assert!(answer.text().contains(&format!("<wst:TokenType>{named}</wst:TokenType>")));
    }
    // Only the paths that its file has, and only for whom the endpoint admits.
    assert_eq!(sts().get("/adfs/services/trust/13/certificatemixed").status, 404);
    let path = "/adfs/services/trust/13/usernamemixed";
    let stranger = Rst { path, credential: String::new(), ..Rst::default() };
    is_fault(&stranger.send(), "s:Sender/wsse:FailedAuthentication");
}
