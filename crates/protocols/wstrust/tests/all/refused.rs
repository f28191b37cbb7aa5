//! What is refused, and by which fault, in both versions of SOAP.

use symbolon_soap::names;
use symbolon_testkit::NOW;

use crate::world::{
    Rst, SOAP11, SOAP12, WST05, WST13, applies_to, codes_of, header, text_of, world,
};

/// Asserts the code, in SOAP 1.2 below `Sender` and in SOAP 1.1 alone.
fn refused(asked: Rst, code: &str) {
    for asked in asked.both() {
        let reply = world().ask(&asked);
        assert_eq!(reply.status, 500);
        let expected = if asked.soap == names::SOAP11 {
            code.rsplit('/').next().unwrap().to_owned()
        } else {
            format!("s:Sender/{code}")
        };
        assert_eq!(codes_of(&reply), expected, "{}", asked.body);
    }
}

fn with(also: &str) -> Rst {
    Rst { body: format!("{also}{}", applies_to("urn:rp:app")), ..Rst::default() }
}

fn claims(dialect: &str, name: &str) -> String {
    format!(
        "<t:Claims Dialect=\"{dialect}\"><i:ClaimType Uri=\"{name}\" \
         xmlns:i=\"http://schemas.xmlsoap.org/ws/2005/05/identity\"/></t:Claims>"
    )
}

const IDENTITY: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity";

/// WST-036, WST-037.
#[test]
fn a_required_claim_that_cannot_be_met_is_an_invalid_request() {
    let asked = with(&claims(IDENTITY, "phone"));
    refused(asked.clone(), "wst:InvalidRequest");
    refused(Rst { path: "/2005", generation: WST05, ..asked }, "wst05:InvalidRequest");
    refused(with(&claims("urn:foo", "mail")), "wst:BadRequest");
}

/// WST-028, §11.
#[test]
fn a_token_type_that_is_not_made_for_the_party_is_a_bad_request() {
    let asked = |uri: &str, party: &str| Rst {
        body: format!("<t:TokenType>{uri}</t:TokenType>{}", applies_to(party)),
        ..Rst::default()
    };
    refused(asked("urn:odd", "urn:rp:app"), "wst:BadRequest");
    refused(asked("urn:ietf:params:oauth:token-type:access_token", "urn:rp:app"), "wst:BadRequest");
    refused(asked("urn:oasis:names:tc:SAML:2.0:assertion", "urn:rp:saml11"), "wst:BadRequest");
    refused(asked("urn:ietf:params:oauth:token-type:jwt", "urn:rp:saml11"), "wst:BadRequest");
}

#[test]
fn each_endpoint_speaks_one_generation() {
    let new = Rst { path: "/2005", ..Rst::default() };
    refused(new, "wst:BadRequest");
    let old = Rst { path: "/13", ..Rst::of_2005() };
    refused(old, "wst05:BadRequest");
    let mixed = Rst { body: format!("<t:KeyType>{WST13}/Bearer</t:KeyType>"), ..Rst::of_2005() };
    refused(mixed, "wst05:BadRequest");
}

#[test]
fn an_action_of_the_other_generation_is_nobodys() {
    let action = format!("<a:Action>{WST13}/RST/Issue</a:Action>");
    refused(Rst { headers: action, ..Rst::of_2005() }, "wsa:ActionNotSupported");
    let other = format!("<a:Action>{WST05}/RST/Renew</a:Action>");
    refused(Rst { headers: other, ..Rst::of_2005() }, "wst05:InvalidRequest");
}

#[test]
fn a_request_for_nobody_is_refused_where_the_endpoint_has_no_default() {
    refused(Rst { body: String::new(), ..Rst::default() }, "wst:InvalidRequest");
}

#[test]
fn refusals_of_2005_are_in_its_namespace() {
    let body = applies_to("urn:rp:nowhere");
    refused(Rst { body, ..Rst::of_2005() }, "wst05:RequestFailed");
    let body = "<t:Entropy/>".to_owned();
    refused(Rst { body, ..Rst::of_2005() }, "wst05:BadRequest");
    let security = String::new();
    refused(Rst { security, ..Rst::of_2005() }, "wsse:FailedAuthentication");
}

#[test]
fn doubled_headers_are_refused_where_the_endpoint_does_not_tolerate_them() {
    let action = format!("<a:Action>{WST13}/RST/Issue</a:Action>").repeat(2);
    let asked = Rst { path: "/strict", headers: action.clone(), ..Rst::default() };
    let codes = codes_of(&world().ask(&asked));
    assert_eq!(codes, "s:Sender/wsa:InvalidAddressingHeader/wsa:InvalidCardinality");
    let two = action.replacen("RST/Issue", "RST/Renew", 1);
    refused(
        Rst { headers: two, ..Rst::default() },
        "wsa:InvalidAddressingHeader/wsa:InvalidCardinality",
    );
}

// ---- media types: SOAP 1.2 part 2 §7.5.2.2; SOAP 1.1 §6

#[test]
fn a_media_type_that_the_endpoint_does_not_speak_is_415() {
    for (path, media_type, text, version) in [
        ("/strict", SOAP11, "The media type is not application/soap+xml", SOAP12),
        ("/11", SOAP12, "The media type is not text/xml", SOAP11),
        (
            "/13",
            "application/xml",
            "The media type is neither application/soap+xml nor text/xml",
            SOAP12,
        ),
        ("/13", "", "The media type is neither application/soap+xml nor text/xml", SOAP12),
        ("/13", "text/xmlx", "The media type is neither application/soap+xml nor text/xml", SOAP12),
    ] {
        for asked in Rst::default().both() {
            let reply = world().receive(path, (media_type, None), asked.message().as_bytes(), NOW);
            assert_eq!(reply.status, 415, "{path} {media_type}");
            assert_eq!(header(&reply, "content-type"), version);
            assert!(text_of(&reply).contains(&format!(">{text}<")), "{}", text_of(&reply));
        }
    }
}

#[test]
fn an_envelope_of_the_other_version_than_the_media_type_is_a_mismatch() {
    let (new, old) = (Rst::default(), Rst::default().in_11());
    for (media_type, asked) in [(SOAP12, &old), (SOAP11, &new)] {
        let reply = world().receive("/13", (media_type, None), asked.message().as_bytes(), NOW);
        assert_eq!(reply.status, 500);
        assert_eq!(codes_of(&reply), "s:VersionMismatch");
    }
}
