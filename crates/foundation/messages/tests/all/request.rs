//! RequestSecurityToken: what clients send, and what is refused.

use symbolon_messages::wstrust::{
    AppliesTo, ClaimAsked, FaultCode, Generation, KeyType, Lifetime, Part, Renewing, Request,
    RequestFlaw, RequestSecurityToken, RequestType,
};
use symbolon_soap::time::TimeFlaw;
use symbolon_xml::{Document, Limits};

const ISSUE: &str =
    "<wst:RequestType>http://docs.oasis-open.org/ws-sx/ws-trust/200512/Issue</wst:RequestType>";

fn rst(children: &str) -> String {
    format!(
        "<wst:RequestSecurityToken xmlns:wst=\"http://docs.oasis-open.org/ws-sx/ws-trust/200512\" \
         xmlns:wst14=\"http://docs.oasis-open.org/ws-sx/ws-trust/200802\" \
         xmlns:wsp=\"http://schemas.xmlsoap.org/ws/2004/09/policy\" \
         xmlns:wsa=\"http://www.w3.org/2005/08/addressing\" \
         xmlns:wsu=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd\" \
         Context=\" urn:x-1 \">{children}</wst:RequestSecurityToken>"
    )
}

fn parse(rst: &str) -> Result<RequestSecurityToken, RequestFlaw> {
    RequestSecurityToken::parse(&Document::parse(rst.as_bytes(), &Limits::MESSAGE).unwrap())
}

/// An Issue request with these children, too.
fn issue(children: &str) -> Result<RequestSecurityToken, RequestFlaw> {
    parse(&rst(&format!("{ISSUE}{children}")))
}

fn asked(uri: &str, required: bool) -> ClaimAsked {
    ClaimAsked { uri: uri.to_owned(), value: None, required }
}

#[test]
fn what_adal_sends_is_read() {
    let request = parse(
        "<wst:RequestSecurityToken xmlns:wsa='http://www.w3.org/2005/08/addressing' xmlns:wst='http://docs.oasis-open.org/ws-sx/ws-trust/200512'><wsp:AppliesTo xmlns:wsp='http://schemas.xmlsoap.org/ws/2004/09/policy'><wsa:EndpointReference><wsa:Address>urn:rp:saml11</wsa:Address></wsa:EndpointReference></wsp:AppliesTo><wst:KeyType>http://docs.oasis-open.org/ws-sx/ws-trust/200512/Bearer</wst:KeyType><wst:RequestType>http://docs.oasis-open.org/ws-sx/ws-trust/200512/Issue</wst:RequestType></wst:RequestSecurityToken>",
    )
    .unwrap();
    assert_eq!(request.request_type, RequestType::Issue);
    assert_eq!(request.applies_to.unwrap().address, "urn:rp:saml11");
    assert_eq!(request.key_type, Some(KeyType::Bearer));
    assert_eq!((request.token_type, request.context), (None, None));
}

#[test]
fn every_parameter_is_read_in_any_order_and_uris_are_trimmed() {
    let request = parse(&rst("<wst:Renewing OK=\"1\"/><wst:KeySize> 256 </wst:KeySize>\
         <wst:Claims Dialect=\" http://schemas.xmlsoap.org/ws/2005/05/identity \">\
         <ic:ClaimType Uri=\"urn:c\" xmlns:ic=\"http://schemas.xmlsoap.org/ws/2005/05/identity\"/>\
         </wst:Claims>\
         <wst14:ActAs><t xmlns=\"urn:t\"/></wst14:ActAs>\
         <wst:OnBehalfOf><o xmlns=\"urn:t\"/></wst:OnBehalfOf>\
         <wst:Lifetime><wsu:Created>2026-01-01T00:00:00Z</wsu:Created>\
         <wsu:Expires>2026-01-01T00:05:00Z</wsu:Expires></wst:Lifetime>\
         <wst:KeyType>\n http://docs.oasis-open.org/ws-sx/ws-trust/200512/PublicKey\n</wst:KeyType>\
         <wst:TokenType> urn:oasis:names:tc:SAML:2.0:assertion </wst:TokenType>\
         <wst:RequestType> http://docs.oasis-open.org/ws-sx/ws-trust/200512/Validate \
         </wst:RequestType><ext:Foo xmlns:ext=\"urn:ext\"/><ext:Foo xmlns:ext=\"urn:ext\"/>"))
    .unwrap();
    assert_eq!(request.context.as_deref(), Some(" urn:x-1 "));
    assert_eq!(request.request_type, RequestType::Validate);
    assert_eq!(request.token_type.as_deref(), Some("urn:oasis:names:tc:SAML:2.0:assertion"));
    assert_eq!(request.key_type, Some(KeyType::Public));
    assert_eq!(request.key_size, Some(256));
    let lifetime = Lifetime { created: Some(1_767_225_600_000), expires: Some(1_767_225_900_000) };
    assert_eq!(request.lifetime, Some(lifetime));
    assert_eq!(request.claims, [asked("urn:c", true)]);
    assert_eq!(request.act_as.unwrap().local(), "t");
    assert_eq!(request.on_behalf_of.unwrap().local(), "o");
    assert_eq!(request.renewing, Some(Renewing { allow: true, ok: true }));
    assert!(request.also.is_empty());
}

#[test]
fn applies_to_is_read_in_every_spelling() {
    for policy in [
        "http://schemas.xmlsoap.org/ws/2004/09/policy",
        "http://www.w3.org/ns/ws-policy",
        "http://www.w3.org/2006/07/ws-policy",
    ] {
        for addressing in [
            "http://www.w3.org/2005/08/addressing",
            "http://schemas.xmlsoap.org/ws/2004/08/addressing",
        ] {
            let element = format!(
                "<AppliesTo xmlns=\"{policy}\"><EndpointReference xmlns=\"{addressing}\">\
                 <Address>\n urn:rp:app </Address><Metadata/></EndpointReference></AppliesTo>"
            );
            assert_eq!(issue(&element).unwrap().applies_to.unwrap().address, "urn:rp:app");
        }
    }
    let inline = issue("<wsp:AppliesTo> urn:rp:app </wsp:AppliesTo>").unwrap();
    assert_eq!(inline.applies_to, Some(AppliesTo::new("urn:rp:app".to_owned())));
}

/// WST-005, IOP-018: parameter smuggling.
#[test]
fn no_parameter_may_stand_twice() {
    for (element, name) in [
        ("<wst:TokenType>urn:a</wst:TokenType>", "TokenType"),
        ("<wst:KeyType>urn:a</wst:KeyType>", "KeyType"),
        ("<wst:KeySize>1</wst:KeySize>", "KeySize"),
        ("<wst:Lifetime/>", "Lifetime"),
        ("<wst:Claims/>", "Claims"),
        ("<wst:Renewing/>", "Renewing"),
        ("<wst:OnBehalfOf><a/></wst:OnBehalfOf>", "OnBehalfOf"),
        ("<wst14:ActAs><a/></wst14:ActAs>", "ActAs"),
        ("<wst:SecondaryParameters/>", "SecondaryParameters"),
        ("<wst:Entropy/>", "Entropy"),
        ("<wst:RenewTarget/>", "RenewTarget"),
        ("<wsp:Policy/>", "Policy"),
        ("<wsp:AppliesTo>urn:a</wsp:AppliesTo>", "AppliesTo"),
        (ISSUE, "RequestType"),
    ] {
        let flaw = parse(&rst(&format!("{ISSUE}{element}{element}"))).err().unwrap();
        assert_eq!(flaw, RequestFlaw::Repeated(name.to_owned()));
        assert_eq!(flaw.code(), FaultCode::InvalidRequest);
    }
    let two_spellings = "<wsp:AppliesTo>urn:a</wsp:AppliesTo>\
                         <AppliesTo xmlns=\"http://www.w3.org/ns/ws-policy\">urn:b</AppliesTo>";
    let flaw = issue(two_spellings).err();
    assert_eq!(flaw, Some(RequestFlaw::Repeated("AppliesTo".to_owned())));
}

#[test]
fn what_is_no_request_is_refused() {
    use RequestFlaw::{NotARequest, RequestTypeMissing, RequestTypeUnknown};
    let typed = |uri: &str| rst(&format!("<wst:RequestType>{uri}</wst:RequestType>"));
    for (message, flaw, code) in [
        ("<x/>".to_owned(), NotARequest, FaultCode::BadRequest),
        (rst(ISSUE).replace("200512", "200512/"), NotARequest, FaultCode::BadRequest),
        (
            rst(ISSUE).replace("wst:RequestSecurityToken", "wst:RequestSecurityTokenCollection"),
            NotARequest,
            FaultCode::BadRequest,
        ),
        (rst(""), RequestTypeMissing, FaultCode::InvalidRequest),
        (typed(" "), RequestTypeMissing, FaultCode::InvalidRequest),
        (typed("urn:x"), RequestTypeUnknown, FaultCode::BadRequest),
        (
            typed("http://schemas.xmlsoap.org/ws/2005/02/trust/Issue"),
            RequestTypeUnknown,
            FaultCode::BadRequest,
        ),
    ] {
        let found = parse(&message).err().unwrap();
        assert_eq!(found, flaw, "{message}");
        assert_eq!(found.code(), code, "{message}");
    }
}

#[test]
fn what_cannot_be_read_is_refused() {
    use RequestFlaw::{LifetimeRange, NotOneElement, Time, Unknown, Unreadable};
    let lifetime = |created: &str, expires: &str| {
        format!(
            "<wst:Lifetime><wsu:Created>{created}</wsu:Created>\
             <wsu:Expires>{expires}</wsu:Expires></wst:Lifetime>"
        )
    };
    let (early, late) = ("2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z");
    let endpoint = |inner: &str| {
        format!(
            "<wsp:AppliesTo><wsa:EndpointReference>{inner}</wsa:EndpointReference></wsp:AppliesTo>"
        )
    };
    let address = "<wsa:Address>urn:a</wsa:Address>";
    for (children, flaw) in [
        ("<wst:TokenType/>".to_owned(), Unreadable("TokenType")),
        ("<wst:TokenType>urn:<x/>a</wst:TokenType>".to_owned(), Unreadable("TokenType")),
        ("<wst:KeyType> </wst:KeyType>".to_owned(), Unreadable("KeyType")),
        ("<wst:KeySize>-1</wst:KeySize>".to_owned(), Unreadable("KeySize")),
        ("<wst:KeySize>4294967296</wst:KeySize>".to_owned(), Unreadable("KeySize")),
        ("<wst:Renewing Allow=\"maybe\"/>".to_owned(), Unreadable("Renewing")),
        ("<wst:OnBehalfOf/>".to_owned(), NotOneElement("OnBehalfOf")),
        ("<wst:OnBehalfOf>alice</wst:OnBehalfOf>".to_owned(), NotOneElement("OnBehalfOf")),
        ("<wst:OnBehalfOf><a/><b/></wst:OnBehalfOf>".to_owned(), NotOneElement("OnBehalfOf")),
        ("<wst14:ActAs/>".to_owned(), NotOneElement("ActAs")),
        ("<wst:Foo/>".to_owned(), Unknown("Foo".to_owned())),
        ("<wst14:Foo/>".to_owned(), Unknown("Foo".to_owned())),
        ("<wst14:Entropy/>".to_owned(), Unknown("Entropy".to_owned())),
        ("<wst:Policy/>".to_owned(), Unknown("Policy".to_owned())),
        ("<wst:ActAs><a/></wst:ActAs>".to_owned(), Unknown("ActAs".to_owned())),
        (lifetime(late, early), LifetimeRange),
        (lifetime(early, early), LifetimeRange),
        (lifetime("now", late), Time(TimeFlaw::Form)),
        (lifetime(early, ""), Unreadable("Expires")),
        ("<wsp:AppliesTo/>".to_owned(), Unreadable("AppliesTo")),
        ("<wsp:AppliesTo><x/></wsp:AppliesTo>".to_owned(), Unreadable("AppliesTo")),
        ("<wsp:AppliesTo><x/><y/></wsp:AppliesTo>".to_owned(), NotOneElement("AppliesTo")),
        (endpoint(""), Unreadable("AppliesTo")),
        (endpoint("<wsa:Address/>"), Unreadable("Address")),
        (endpoint("<wsa:Address>urn:<x/>a</wsa:Address>"), Unreadable("Address")),
        (endpoint(&address.repeat(2)), RequestFlaw::Repeated("Address".to_owned())),
    ] {
        assert_eq!(issue(&children).err(), Some(flaw), "{children}");
    }
    assert_eq!(LifetimeRange.code(), FaultCode::InvalidTimeRange);
}

/// WST-009.
#[test]
fn secondary_parameters_never_override() {
    let secondary = "<wst:SecondaryParameters><wst:TokenType>urn:b</wst:TokenType>\
                     <wst:KeySize>2</wst:KeySize><wst:OnBehalfOf/><wst:Foo/>\
                     </wst:SecondaryParameters>";
    let request = issue(&format!("{secondary}<wst:TokenType>urn:a</wst:TokenType>")).unwrap();
    assert_eq!(request.token_type.as_deref(), Some("urn:a"));
    assert_eq!(request.key_size, Some(2)); // WST-010: a default where the requestor says nothing
    assert!(request.on_behalf_of.is_none());
    let flaw = parse(&rst(&format!("<wst:SecondaryParameters>{ISSUE}</wst:SecondaryParameters>")));
    assert_eq!(flaw.err(), Some(RequestFlaw::RequestTypeMissing));
}

#[test]
fn secondary_parameters_are_read_as_strictly() {
    let secondary = |children: &str| {
        issue(&format!("<wst:SecondaryParameters>{children}</wst:SecondaryParameters>")).err()
    };
    assert_eq!(
        secondary("<wst:SecondaryParameters/>"),
        Some(RequestFlaw::NestedSecondaryParameters)
    );
    assert_eq!(
        secondary("<wst:KeySize>1</wst:KeySize><wst:KeySize>1</wst:KeySize>"),
        Some(RequestFlaw::Repeated("KeySize".to_owned()))
    );
}

#[test]
fn what_is_not_taken_apart_is_named() {
    let request = issue(
        "<wst:UseKey/><wst:Entropy/><wst:Participants/><wsp:PolicyReference URI=\"MBI\"/>\
         <wst14:InteractiveChallengeResponse/>",
    )
    .unwrap();
    let parts = [
        Part::UseKey,
        Part::Entropy,
        Part::Participants,
        Part::PolicyReference,
        Part::InteractiveChallengeResponse,
    ];
    assert_eq!(request.also, parts);
}

/// IOP-001.
#[test]
fn the_misspelt_bearer_of_the_schema_is_bearer() {
    for uri in [
        "http://docs.oasis-open.org/ws-sx/ws-trust/200512/Bearer",
        "http://docs.oasis-open.org/wssx/wstrust/200512/Bearer",
    ] {
        assert_eq!(KeyType::of(Generation::V13, uri), KeyType::Bearer);
    }
    let other = KeyType::of(Generation::V13, "urn:x");
    assert_eq!(other, KeyType::Other("urn:x".to_owned()));
}

#[test]
fn a_request_is_read_as_it_was_written() {
    let applies_to = AppliesTo::new("https://rp.example/?a=1&b=2".to_owned());
    let request = Request {
        generation: Generation::V13,
        context: Some("urn:uuid:1"),
        request_type: RequestType::Issue,
        token_type: Some("urn:oasis:names:tc:SAML:2.0:assertion"),
        applies_to: Some(&applies_to),
        key_type: Some(&KeyType::Bearer),
        lifetime: Some(Lifetime { created: None, expires: Some(1_767_225_900_000) }),
    };
    let octets = request.write().unwrap();
    let read = parse(std::str::from_utf8(&octets).unwrap()).unwrap();
    assert_eq!(read.applies_to, Some(applies_to.clone()));
    assert_eq!(read.lifetime, request.lifetime);
    assert_eq!(read.key_type, Some(KeyType::Bearer));
    insta::assert_snapshot!("request", String::from_utf8(octets).unwrap());
}

// ---- claims: WST-034 to WST-037

const IDENTITY: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity";
const AUTHORIZATION: &str = "http://docs.oasis-open.org/wsfed/authorization/200706";

fn claims(dialect: &str, namespace: &str, children: &str) -> Result<Vec<ClaimAsked>, RequestFlaw> {
    let claims = format!("<wst:Claims {dialect} xmlns:c=\"{namespace}\">{children}</wst:Claims>");
    issue(&claims).map(|request| request.claims)
}

#[test]
fn claims_are_read_in_every_dialect() {
    let children = "<c:ClaimType Uri=\"urn:a\"/><c:ClaimType Uri=\" urn:b \" Optional=\"true\"/>\
                    <c:ClaimType Uri=\"urn:a\" Optional=\"0\"/>";
    let expected = [asked("urn:a", true), asked("urn:b", false), asked("urn:a", true)];
    for (dialect, namespace) in [
        ("", IDENTITY),
        ("Dialect=\"http://schemas.xmlsoap.org/ws/2005/05/identity\"", IDENTITY),
        ("Dialect=\"http://schemas.xmlsoap.org/ws/2005/05/IdentityClaims\"", IDENTITY),
        (
            "Dialect=\"http://docs.oasis-open.org/wsfed/authorization/200706/authclaims\"",
            AUTHORIZATION,
        ),
    ] {
        assert_eq!(claims(dialect, namespace, children), Ok(expected.to_vec()), "{dialect}");
    }
}

#[test]
fn a_value_that_a_claim_must_have_is_read() {
    let dialect = "Dialect=\"http://docs.oasis-open.org/wsfed/authorization/200706/authclaims\"";
    let children = "<c:ClaimType Uri=\"urn:a\"><c:DisplayName>A</c:DisplayName>\
                    <c:Value> 1 </c:Value></c:ClaimType>";
    let value = Some("1".to_owned());
    let expected = ClaimAsked { value, ..asked("urn:a", true) };
    assert_eq!(claims(dialect, AUTHORIZATION, children), Ok(vec![expected]));
}

#[test]
fn an_unknown_dialect_is_a_flaw_of_its_own() {
    for dialect in ["urn:foo", "", AUTHORIZATION] {
        let flaw = claims(&format!("Dialect=\"{dialect}\""), IDENTITY, "").err().unwrap();
        assert_eq!(flaw, RequestFlaw::ClaimsDialect, "{dialect}");
        assert_eq!(flaw.code(), FaultCode::BadRequest); // WST-037
    }
}

#[test]
fn what_is_no_claim_type_that_we_read_is_never_passed_over() {
    let dialect = "Dialect=\"http://docs.oasis-open.org/wsfed/authorization/200706/authclaims\"";
    let claim = |inner: &str| format!("<c:ClaimType Uri=\"urn:a\">{inner}</c:ClaimType>");
    for children in [
        "<c:ClaimType/>".to_owned(),
        "<c:ClaimType Uri=\" \"/>".to_owned(),
        "<c:ClaimType Uri=\"urn:a\" Optional=\"perhaps\"/>".to_owned(),
        "<c:ClaimTypes Uri=\"urn:a\"/>".to_owned(),
        "<x:ClaimType Uri=\"urn:a\" xmlns:x=\"urn:x\"/>".to_owned(),
        claim("<c:ConstrainedValue/>"),
        claim("<c:EncryptedValue/>"),
        claim("<c:Value/>"),
        claim("<x/>"),
    ] {
        let flaw = claims(dialect, AUTHORIZATION, &children).err();
        assert_eq!(flaw, Some(RequestFlaw::Unreadable("Claims")), "{children}");
    }
    let value = "<c:ClaimType Uri=\"urn:a\"><c:Value>1</c:Value></c:ClaimType>";
    assert_eq!(claims("", IDENTITY, value).err(), Some(RequestFlaw::Unreadable("Claims")));
    let twice = claim(&"<c:Value>1</c:Value>".repeat(2));
    let flaw = claims(dialect, AUTHORIZATION, &twice).err();
    assert_eq!(flaw, Some(RequestFlaw::Repeated("Value".to_owned())));
}

// ---- February 2005: WST-025

#[test]
fn what_adal_sends_in_2005_is_read() {
    let request = parse(
        "<wst:RequestSecurityToken xmlns:wst='http://schemas.xmlsoap.org/ws/2005/02/trust'><wsp:AppliesTo xmlns:wsp='http://schemas.xmlsoap.org/ws/2004/09/policy'><wsa:EndpointReference xmlns:wsa='http://www.w3.org/2005/08/addressing'><wsa:Address>urn:federation:MicrosoftOnline</wsa:Address></wsa:EndpointReference></wsp:AppliesTo><wst:KeyType>http://schemas.xmlsoap.org/ws/2005/05/identity/NoProofKey</wst:KeyType><wst:RequestType>http://schemas.xmlsoap.org/ws/2005/02/trust/Issue</wst:RequestType></wst:RequestSecurityToken>",
    )
    .unwrap();
    assert_eq!((request.generation, request.request_type), (Generation::V2005, RequestType::Issue));
    assert_eq!(request.key_type, Some(KeyType::Bearer));
}

#[test]
fn a_request_keeps_to_one_generation() {
    let old = |rst: &str| {
        let to = "xmlns:wst=\"http://schemas.xmlsoap.org/ws/2005/02/trust\"";
        rst.replacen("xmlns:wst=\"http://docs.oasis-open.org/ws-sx/ws-trust/200512\"", to, 1)
    };
    assert_eq!(parse(&old(&rst(ISSUE))).err(), Some(RequestFlaw::RequestTypeUnknown));
    let issue =
        "<wst:RequestType>http://schemas.xmlsoap.org/ws/2005/02/trust/Issue</wst:RequestType>";
    let bearer =
        "<wst:KeyType>http://docs.oasis-open.org/ws-sx/ws-trust/200512/Bearer</wst:KeyType>";
    let request = parse(&old(&rst(&format!("{issue}{bearer}")))).unwrap();
    assert!(matches!(request.key_type, Some(KeyType::Other(_))));
}

#[test]
fn every_action_of_2005_has_the_one_answer() {
    for (kind, local) in [
        (RequestType::Issue, "Issue"),
        (RequestType::Renew, "Renew"),
        (RequestType::Cancel, "Cancel"),
        (RequestType::Validate, "Validate"),
    ] {
        let below =
            |rest: &str| format!("http://schemas.xmlsoap.org/ws/2005/02/trust{rest}/{local}");
        assert_eq!(kind.uri(Generation::V2005), below(""));
        assert_eq!(kind.action(Generation::V2005), below("/RST"));
        assert_eq!(kind.final_action(Generation::V2005), below("/RSTR"));
    }
}
