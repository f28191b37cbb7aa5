//! What is issued: the shape that every client we know reads (no white space, prefix `s`, TokenType, Lifetime, AppliesTo),
//! and a token that stands on its own.

use symbolon_client::{Expected, Trust, Verified, verify};
use symbolon_conformance::{
    Answer, ISSUE, Request, Rst, assertion_of, child, lifetime, now, sts, written,
};

use crate::support::snapshot;

const SAML2: &str = "http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV2.0";
const SAML2_URN: &str = "urn:oasis:names:tc:SAML:2.0:assertion";

fn issued(asked: &Rst) -> Answer {
    let answer = asked.send();
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer
}

/// The assertion cut out of its message as clients do it, verified by the published keys.
fn verified(answer: &Answer, party: &str) -> Verified {
    let trust = Trust::from_jwks(&sts().get("/oauth2/jwks").body).unwrap().of_issuer(&sts().base());
    let expected = Expected { audience: Some(party) };
    let verifying = verify(assertion_of(answer).as_bytes(), &trust, expected, now());
    symbolon_testkit::ready(verifying).unwrap()
}

/// The text of the first element of that name; the names are those that clients search for.
fn text<'a>(answer: &'a Answer, element: &str) -> &'a str {
    let begin = answer.text().find(&format!("<{element}>")).unwrap() + element.len() + 2;
    let rest = &answer.text()[begin..];
    &rest[..rest.find('<').unwrap()]
}

#[test]
fn an_answer_has_the_shape_that_every_client_reads() {
    let answer = issued(&Rst::default());
    let body = answer.text();
    assert_eq!(answer.header("content-type"), Some("application/soap+xml; charset=utf-8"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    // INTEROP: node-sp-auth looks for the literal prefix; adal and MSAL cut by regular expressions.
    assert!(
        body.starts_with(
            "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Header>"
        )
    );
    assert!(body.ends_with("</s:Body></s:Envelope>"));
    let gaps = body.split('>').filter(|next| next.starts_with(char::is_whitespace)).count();
    assert_eq!(gaps, 0, "white space between elements: {body}");
    assert!(body.contains("<wst:RequestedSecurityToken><saml2:Assertion "));
    assert_eq!(body.matches("<wst:RequestSecurityTokenResponse>").count(), 1); // one, in a collection
    assert_eq!(body.matches("<wst:RequestSecurityTokenResponseCollection ").count(), 1);
    assert_eq!(text(&answer, "wst:TokenType"), SAML2);
    snapshot(&answer);
}

#[test]
fn the_lifetime_is_the_tokens_own() {
    // INTEROP: three digits of fraction and Z: govmomi reads no other layout.
    let answer = issued(&Rst::default());
    let token = verified(&answer, "urn:rp:app");
    let from = token.not_before.unwrap();
    let body = answer.text();
    let begin = body.find("<wst:Lifetime>").unwrap();
    let end = body.find("</wst:Lifetime>").unwrap();
    let within = &body[begin..end];
    assert!(within.contains(&format!(">{}</u:Created>", written(from.millis()))), "{within}");
    assert!(
        within.contains(&format!(">{}</u:Expires>", written(token.not_after.millis()))),
        "{within}"
    );
    assert_eq!(token.not_after.millis() - from.millis(), 3_600_000);
}

#[test]
fn a_token_verifies_on_its_own_with_the_published_keys() {
    let token = verified(&issued(&Rst::default()), "urn:rp:app");
    assert_eq!((token.issuer, token.subject.as_str()), (sts().base(), "alice"));
    assert_eq!(token.audiences, ["urn:rp:app"]);
    let has = |name: &str| token.attributes.get(name).map(<[String]>::to_vec);
    assert_eq!(has("displayname").unwrap(), ["Alice <Liddell> & Co"]);
    assert_eq!(has("groups").unwrap(), ["staff", "wonderland"]);
    assert_eq!(has("salary"), None, "the relying party is told what its object names");
}

#[test]
fn a_relying_party_gets_ecdsa_if_its_object_says_so() {
    let answer = issued(&Rst::for_party("urn:rp:ecdsa"));
    assert!(answer.text().contains("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"));
    let token = verified(&answer, "urn:rp:ecdsa");
    assert_eq!(token.attributes.iter().count(), 0);
    assert_eq!(token.not_after.millis() - token.not_before.unwrap().millis(), 600_000);
    snapshot(&answer);
}

#[test]
fn the_context_is_echoed_byte_for_byte() {
    let asked = Rst { attributes: " Context=\"a&quot;b&lt;c&amp;d é\"", ..Rst::default() };
    let echoed = " Context=\"a&quot;b&lt;c&amp;d é\">"; // WS-Trust 1.4 §3.1
    assert!(issued(&asked).text().contains(echoed));
    assert!(!issued(&Rst::default()).text().contains("Context="));
}

#[test]
fn the_token_type_is_echoed_in_the_requestors_spelling() {
    for spelling in [SAML2, SAML2_URN] {
        let asked = Rst { also: child("TokenType", spelling), ..Rst::default() };
        assert_eq!(text(&issued(&asked), "wst:TokenType"), spelling); // INTEROP: MSAL chooses by it
    }
}

#[test]
fn applies_to_is_echoed() {
    let answer = issued(&Rst::default());
    let echoed = "<a:Address>urn:rp:app</a:Address>";
    let begin = answer.text().find("AppliesTo").unwrap();
    assert!(answer.text()[begin..].contains(echoed)); // WS-Trust 1.4 §4.3
}

#[test]
fn a_shorter_lifetime_is_granted_and_a_longer_one_shortened() {
    for (asked, granted) in [(120, 120), (7200, 3600)] {
        let answer = issued(&Rst { also: lifetime(0, asked), ..Rst::default() });
        let token = verified(&answer, "urn:rp:app");
        let seconds = token.not_after.seconds() - token.not_before.unwrap().seconds();
        assert!((granted - 1..=granted).contains(&seconds), "{seconds}"); // WS-Trust 1.4 §4.1
    }
}

#[test]
fn an_answer_relates_to_its_request() {
    let answer = issued(&Rst::default());
    assert!(answer.text().contains(">urn:test:1</a:RelatesTo>")); // WS-Addressing 1.0 core §3.4
    let silent = Rst { headers: String::new(), ..Rst::default() };
    assert!(!issued(&silent).text().contains("RelatesTo"));
}

#[test]
fn a_soap_action_is_taken_quoted_bare_empty_or_as_a_parameter() {
    for action in [format!("\"{ISSUE}\""), ISSUE.to_owned(), "\"\"".to_owned()] {
        let request = Rst::default().request().with("soapaction", &action);
        assert_eq!(sts().send(&request).status, 200, "{action}");
    }
    let media_type = format!("application/soap+xml;charset=UTF-8;action=\"{ISSUE}\"");
    let request = Request::post(Rst::default().path, &media_type, Rst::default().envelope());
    assert_eq!(sts().send(&request).status, 200);
}

#[test]
fn a_body_in_chunks_is_read() {
    let request = Request { chunked: true, ..Rst::default().request() };
    assert_eq!(sts().send(&request).status, 200); // INTEROP: CXF sends chunks
}

#[test]
fn white_space_before_the_root_is_read() {
    let body = format!("\r\n  {}", Rst::default().envelope());
    let request = Request { body: body.into_bytes(), ..Rst::default().request() };
    assert_eq!(sts().send(&request).status, 200); // INTEROP: node-sp-auth
}

#[test]
fn tokens_have_names_of_their_own() {
    let (one, other) = (issued(&Rst::default()), issued(&Rst::default()));
    let id = |answer: &Answer| verified(answer, "urn:rp:app").id.unwrap();
    assert_ne!(id(&one), id(&other));
}
