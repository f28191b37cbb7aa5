//! RequestSecurityTokenResponse and the faults of WS-Trust.

use symbolon_messages::wstrust::{
    AppliesTo, FaultCode, Generation, Lifetime, ReceivedResponse, Reference, RequestFlaw,
    RequestSecurityToken, Response, ResponseFlaw, binary_token,
};
use symbolon_soap::{Sealer, SoapVersion};
use symbolon_xml::{Document, Limits};

const SAML20: &str = "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV2.0";
const TOKEN: &str = "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" \
                     ID=\"_1\" IssueInstant=\"2026-01-01T00:00:00.000Z\" Version=\"2.0\">\
                     <saml:Issuer>urn:sts</saml:Issuer></saml:Assertion>";

fn response(applies_to: &AppliesTo) -> Response<'_> {
    Response {
        generation: Generation::V13,
        context: Some("urn:uuid:<1>"),
        token_type: SAML20,
        token: TOKEN.as_bytes(),
        attached: Some(Reference::saml20("_1")),
        unattached: Some(Reference::saml20("_1")),
        applies_to: Some(applies_to),
        lifetime: Lifetime { created: Some(1_767_225_600_000), expires: Some(1_767_229_200_000) },
    }
}

fn parse(message: &str) -> Result<Vec<ReceivedResponse>, ResponseFlaw> {
    ReceivedResponse::parse(&Document::parse(message.as_bytes(), &Limits::MESSAGE).unwrap())
}

#[test]
fn a_collection_of_one_response_is_written_whole() {
    let applies_to = AppliesTo::new("urn:rp:app".to_owned());
    let octets = response(&applies_to).write().unwrap();
    insta::assert_snapshot!("response", String::from_utf8(octets).unwrap());
}

#[test]
fn each_reference_says_its_own() {
    let applies_to = AppliesTo::new("urn:rp:app".to_owned());
    let inside = |response: Response<'_>, name: &str| {
        let written = String::from_utf8(response.write().unwrap()).unwrap();
        let (_, from) = written.split_once(&format!("<wst:{name}>"))?;
        Some(from.split_once(&format!("</wst:{name}>"))?.0.to_owned())
    };
    let (attached, unattached) = ("RequestedAttachedReference", "RequestedUnattachedReference");
    let whole = response(&applies_to);
    assert!(inside(whole, attached).is_some());
    assert_eq!(inside(whole, unattached), inside(whole, attached));

    let other = Response { unattached: Some(Reference::saml11("_1")), ..whole };
    assert_eq!(inside(other, attached), inside(whole, attached));
    assert_ne!(inside(other, unattached), inside(whole, unattached));
    assert_eq!(inside(Response { unattached: None, ..whole }, unattached), None);
    let alone = Response { attached: None, ..whole };
    assert_eq!(inside(alone, attached), None);
    assert_eq!(inside(alone, unattached), inside(whole, attached));
}

#[test]
fn applies_to_is_repeated_in_the_requestors_spelling() {
    let request = "<RequestSecurityToken xmlns=\"http://docs.oasis-open.org/ws-sx/ws-trust/200512\">\
        <RequestType>http://docs.oasis-open.org/ws-sx/ws-trust/200512/Issue</RequestType>\
        <AppliesTo xmlns=\"http://www.w3.org/ns/ws-policy\">\
        <EndpointReference xmlns=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\">\
        <Address>urn:rp:app</Address></EndpointReference></AppliesTo></RequestSecurityToken>";
    let request = Document::parse(request.as_bytes(), &Limits::MESSAGE).unwrap();
    let asked = RequestSecurityToken::parse(&request).unwrap().applies_to.unwrap();
    let granted = asked.with_address("urn:rp:app/narrower".to_owned());
    let response =
        Response { attached: None, unattached: None, context: None, ..response(&granted) };
    let octets = response.write().unwrap();
    insta::assert_snapshot!("response_spelling", String::from_utf8(octets).unwrap());
}

#[test]
fn a_response_is_read_as_it_was_written() {
    let applies_to = AppliesTo::new("urn:rp:app".to_owned());
    let octets = response(&applies_to).write().unwrap();
    let read = parse(std::str::from_utf8(&octets).unwrap()).unwrap();
    let [read] = read.as_slice() else { panic!("not one response") };
    assert_eq!(read.context.as_deref(), Some("urn:uuid:<1>"));
    assert_eq!(read.token_type.as_deref(), Some(SAML20));
    assert_eq!(read.token.source(), TOKEN);
    assert_eq!(read.applies_to, Some(applies_to.clone()));
    assert_eq!(read.lifetime, Some(response(&applies_to).lifetime));
    assert!(!read.has_proof);
}

#[test]
fn what_is_no_response_is_refused() {
    let rstr = |children: &str| {
        format!(
            "<RequestSecurityTokenResponse \
             xmlns=\"http://docs.oasis-open.org/ws-sx/ws-trust/200512\">{children}\
             </RequestSecurityTokenResponse>"
        )
    };
    let token = "<RequestedSecurityToken><t/></RequestedSecurityToken>";
    assert!(parse(&rstr(token)).is_ok());
    for (message, flaw) in [
        ("<x/>".to_owned(), ResponseFlaw::NotAResponse),
        (
            "<RequestSecurityTokenResponseCollection \
             xmlns=\"http://docs.oasis-open.org/ws-sx/ws-trust/200512\"/>"
                .to_owned(),
            ResponseFlaw::NotAResponse,
        ),
        (
            rstr(token).replace("RequestSecurityTokenResponse", "RequestSecurityToken"),
            ResponseFlaw::NotAResponse,
        ),
        (rstr(""), ResponseFlaw::NotOneToken),
        (rstr("<RequestedSecurityToken/>"), ResponseFlaw::NotOneToken),
        (
            rstr("<RequestedSecurityToken><a/><b/></RequestedSecurityToken>"),
            ResponseFlaw::NotOneToken,
        ),
        (rstr(&token.repeat(2)), ResponseFlaw::Repeated("RequestedSecurityToken")),
        (rstr(&format!("{token}<TokenType/><TokenType/>")), ResponseFlaw::Repeated("TokenType")),
        (
            rstr(&format!(
                "{token}<AppliesTo xmlns=\"http://schemas.xmlsoap.org/ws/2004/09/policy\"/>"
            )),
            ResponseFlaw::Part(RequestFlaw::Unreadable("AppliesTo")),
        ),
    ] {
        assert_eq!(parse(&message).err(), Some(flaw), "{message}");
    }
}

/// WST-013.
#[test]
fn a_response_of_2005_is_bare() {
    let applies_to = AppliesTo::new("urn:rp:app".to_owned());
    let reference = Some(Reference::saml11("_1"));
    let response = Response {
        generation: Generation::V2005,
        attached: reference,
        unattached: reference,
        ..response(&applies_to)
    };
    let octets = String::from_utf8(response.write().unwrap()).unwrap();
    let [read] = parse(&octets).unwrap().try_into().unwrap();
    assert_eq!((read.generation, read.token.source()), (Generation::V2005, TOKEN));
    insta::assert_snapshot!("response_2005", octets);
}

#[test]
fn a_token_that_is_no_xml_is_one_element() {
    let octets = String::from_utf8(binary_token("urn:t", b"e30.e30.\xff").unwrap()).unwrap();
    assert_eq!(
        octets,
        "<o:BinarySecurityToken xmlns:o=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\" \
         EncodingType=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary\" \
         ValueType=\"urn:t\">ZTMwLmUzMC7/</o:BinarySecurityToken>"
    );
}

/// WS-Trust 1.4 §11, in both versions of SOAP.
#[test]
fn each_fault_in_both_versions() {
    let mut all = String::new();
    for code in FaultCode::ALL {
        let fault = code.fault(Generation::V13).with_request_id("r-1");
        for version in [SoapVersion::V11, SoapVersion::V12] {
            let octets = Sealer::plain(version, None).seal_fault(&fault).unwrap();
            all.push_str(&String::from_utf8(octets).unwrap());
            all.push('\n');
        }
    }
    insta::assert_snapshot!("faults", all);
}

#[test]
fn a_fault_of_2005_is_told_in_its_namespace() {
    for code in FaultCode::ALL {
        let ([new], [old]) = (code.subcode(Generation::V13), code.subcode(Generation::V2005))
        else {
            panic!("not one subcode");
        };
        assert_eq!(old.namespace, "http://schemas.xmlsoap.org/ws/2005/02/trust");
        assert_eq!((old.local, old.prefix), (new.local, new.prefix));
    }
}
