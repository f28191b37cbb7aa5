//! Requests over WS-Trust, as text: a good one, and every part of it to be replaced by a bad one.
//!
//! In:  what differs from a good request.
//! Out: the octets of an envelope; of an answer, its fault's codes and its assertion.
//! Never: the writer or the reader that the product has: a mistake in those must show.

use roxmltree::{Document, Node};
use symbolon_model::Timestamp;
use symbolon_soap::time::DateTime;

use crate::config::{ALICE, PASSWORD};
use crate::{Answer, Request, now, sts};

/// The action of an Issue request.
pub const ISSUE: &str = "http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue";

const NAMESPACES: &str = concat!(
    r#"xmlns:e="http://www.w3.org/2003/05/soap-envelope" "#,
    r#"xmlns:a="http://www.w3.org/2005/08/addressing" "#,
    r#"xmlns:o="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd" "#,
    r#"xmlns:u="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd" "#,
    r#"xmlns:t="http://docs.oasis-open.org/ws-sx/ws-trust/200512" "#,
    r#"xmlns:p="http://schemas.xmlsoap.org/ws/2004/09/policy""#,
);
const TRUST: &str = "http://docs.oasis-open.org/ws-sx/ws-trust/200512";

/// A RequestSecurityToken in its envelope. Every field is XML, but for the path.
#[derive(Clone, Debug)]
pub struct Rst {
    /// The endpoint.
    pub path: &'static str,
    /// Header blocks beside `Security`.
    pub headers: String,
    /// `wsu:Timestamp`
    pub timestamp: String,
    /// The token of the security header.
    pub credential: String,
    /// Attributes of the RequestSecurityToken.
    pub attributes: &'static str,
    /// `wst:RequestType`
    pub request_type: String,
    /// `wsp:AppliesTo`
    pub applies_to: String,
    /// `wst:TokenType` and whatever else is asked for.
    pub also: String,
}

impl Default for Rst {
    /// What alice asks for the relying party `urn:rp:app`: a bearer SAML 2.0 assertion.
    fn default() -> Self {
        Self {
            path: "/trust/13/usernamemixed",
            headers: format!("<a:Action>{ISSUE}</a:Action><a:MessageID>urn:test:1</a:MessageID>"),
            timestamp: timestamp(0, 300),
            credential: username_token(ALICE, PASSWORD),
            attributes: "",
            request_type: child("RequestType", &format!("{TRUST}/Issue")),
            applies_to: applies_to("urn:rp:app"),
            also: child("KeyType", &format!("{TRUST}/Bearer")),
        }
    }
}

impl Rst {
    /// For another relying party.
    pub fn for_party(party: &str) -> Self {
        Self { applies_to: applies_to(party), ..Self::default() }
    }

    /// The envelope.
    pub fn envelope(&self) -> String {
        let Self { headers, timestamp, credential, attributes, .. } = self;
        let Self { request_type, applies_to, also, .. } = self;
        format!(
            "<e:Envelope {NAMESPACES}><e:Header>{headers}<o:Security e:mustUnderstand=\"1\">{timestamp}{credential}\
             </o:Security></e:Header><e:Body><t:RequestSecurityToken{attributes}>{request_type}{applies_to}{also}\
             </t:RequestSecurityToken></e:Body></e:Envelope>"
        )
    }

    /// The HTTP request.
    pub fn request(&self) -> Request {
        Request::post(self.path, "application/soap+xml; charset=utf-8", self.envelope())
    }

    /// Sends it to the server of this test binary.
    pub fn send(&self) -> Answer {
        sts().send(&self.request())
    }
}

/// An element of WS-Trust with text in it.
pub fn child(local: &str, text: &str) -> String {
    format!("<t:{local}>{text}</t:{local}>")
}

/// `wsp:AppliesTo` with that address.
pub fn applies_to(party: &str) -> String {
    format!(
        "<p:AppliesTo><a:EndpointReference><a:Address>{party}</a:Address></a:EndpointReference></p:AppliesTo>"
    )
}

/// `wsu:Timestamp` from so many seconds from now until so many.
pub fn timestamp(created: i64, expires: i64) -> String {
    let (created, expires) = (moment(created), moment(expires));
    format!(
        "<u:Timestamp><u:Created>{created}</u:Created><u:Expires>{expires}</u:Expires></u:Timestamp>"
    )
}

/// `wst:Lifetime` from so many seconds from now until so many.
pub fn lifetime(created: i64, expires: i64) -> String {
    let (created, expires) = (moment(created), moment(expires));
    child("Lifetime", &format!("<u:Created>{created}</u:Created><u:Expires>{expires}</u:Expires>"))
}

/// `wsse:UsernameToken` with a password in text.
pub fn username_token(name: &str, password: &str) -> String {
    username_token_with(name, password, "")
}

/// The same with more children.
pub fn username_token_with(name: &str, password: &str, also: &str) -> String {
    let (name, password) = (escaped(name), escaped(password));
    format!(
        "<o:UsernameToken><o:Username>{name}</o:Username><o:Password>{password}</o:Password>{also}</o:UsernameToken>"
    )
}

/// So many seconds from now, as messages write it.
pub(crate) fn moment(seconds: i64) -> String {
    let at = Timestamp::from_seconds(now().seconds().saturating_add(seconds));
    written(at.millis())
}

/// A moment in milliseconds since the epoch, as messages write it.
pub fn written(millis: i64) -> String {
    DateTime::from_millis(millis).as_str().to_owned()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

impl Answer {
    /// The codes of a fault from the general to the particular, in the prefixes that the standards use:
    /// `s:Sender/wst:InvalidRequest`; for SOAP 1.1 its one code.
    ///
    /// # Panics
    /// Where the body is no fault.
    pub fn fault(&self) -> String {
        let document = Document::parse(self.text()).unwrap();
        let eleven = document.descendants().find(|node| node.has_tag_name("faultcode"));
        let codes: Vec<String> = match eleven {
            Some(code) => vec![code_in(code)],
            None => {
                let values =
                    document.descendants().filter(|node| node.tag_name().name() == "Value");
                values.map(code_in).collect()
            }
        };
        assert!(!codes.is_empty(), "no fault: {}", self.text());
        codes.join("/")
    }

    /// The request id inside a fault.
    pub fn fault_id(&self) -> Option<String> {
        let document = Document::parse(self.text()).unwrap();
        let id =
            document.descendants().find(|n| n.has_tag_name(("urn:symbolon:fault", "RequestId")));
        id.map(|id| content(id).to_owned())
    }
}

/// A qualified name in content, by what its prefix means there.
fn code_in(node: Node<'_, '_>) -> String {
    let (prefix, local) = content(node).split_once(':').unwrap();
    let usual = match node.lookup_namespace_uri(Some(prefix)).unwrap() {
        "http://www.w3.org/2003/05/soap-envelope" => "s",
        "http://schemas.xmlsoap.org/soap/envelope/" => "s11",
        "http://docs.oasis-open.org/ws-sx/ws-trust/200512" => "wst",
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd" => {
            "wsse"
        }
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd" => {
            "wsu"
        }
        "http://www.w3.org/2005/08/addressing" => "wsa",
        other => panic!("a code in the namespace {other}"),
    };
    format!("{usual}:{local}")
}

fn content<'d>(node: Node<'d, '_>) -> &'d str {
    let mut texts = node.children();
    let text = texts.next().and_then(|only| only.text_storage()).unwrap();
    assert!(texts.next().is_none(), "more than text in {node:?}");
    match text {
        roxmltree::StringStorage::Borrowed(text) => text,
        roxmltree::StringStorage::Owned(text) => panic!("an escape in {text}"),
    }
}

/// The octets of the assertion in an answer.
///
/// # Panics
/// Where there is none.
pub fn assertion_of(answer: &Answer) -> &str {
    let text = answer.text();
    let begin = text.find("<saml2:Assertion").unwrap();
    const END: &str = "</saml2:Assertion>";
    let end = text.rfind(END).unwrap().saturating_add(END.len());
    text.get(begin..end).unwrap()
}
