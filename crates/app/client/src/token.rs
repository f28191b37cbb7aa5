//! A token as a service handed it out: carried, not read.
//!
//! In:  the element of a WS-Trust response, or the text of an OAuth one.
//! Out: [`ReceivedToken`]: octets that stand on their own.
//! Never: a token changed in anything that its signature covers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use symbolon_jose::base64url;
use symbolon_messages::oauth::token_types;
use symbolon_messages::wstrust::names::{SAML20_TOKEN, SAML20_URN};
use symbolon_model::Timestamp;
use symbolon_xml::{C14n, Document, EVERYTHING, Element, Limits, Tree};

/// A token. Nothing in it was verified; see [`verify`](crate::verify).
#[derive(Clone, PartialEq, Eq)]
pub struct ReceivedToken {
    /// XML text, or a compact JWT.
    pub octets: Vec<u8>,
    /// Its type as the service named it; empty if it named none.
    pub token_type: String,
    /// Whom it is for, if the service said so beside the token.
    pub applies_to: Option<String>,
    /// Until when it is good, if the service said so beside the token.
    pub until: Option<Timestamp>,
}

/// What a token looks like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TokenKind {
    /// A SAML 2.0 assertion.
    Saml2,
    /// A compact JWT.
    Jwt,
}

impl TokenKind {
    /// By its looks.
    #[must_use]
    pub fn of(octets: &[u8]) -> Self {
        if octets.trim_ascii_start().starts_with(b"<") { Self::Saml2 } else { Self::Jwt }
    }

    /// The URI by which OAuth names it (RFC 8693 §3).
    #[must_use]
    pub const fn oauth_type(self) -> &'static str {
        match self {
            Self::Saml2 => token_types::SAML2,
            Self::Jwt => token_types::JWT,
        }
    }

    /// The URI by which WS-Trust requests name it.
    #[must_use]
    pub const fn ws_trust_type(self) -> &'static str {
        match self {
            Self::Saml2 => SAML20_TOKEN,
            Self::Jwt => token_types::JWT,
        }
    }

    /// Whether a URI names this kind.
    #[must_use]
    pub fn is_named(self, uri: &str) -> bool {
        match self {
            Self::Saml2 => [SAML20_TOKEN, SAML20_URN, token_types::SAML2].contains(&uri),
            Self::Jwt => [token_types::JWT, token_types::ACCESS_TOKEN].contains(&uri),
        }
    }
}

impl ReceivedToken {
    /// The token as OAuth parameters carry it: a SAML assertion in base64url (RFC 8693 §3), a JWT as it is.
    pub(crate) fn for_a_parameter(octets: &[u8]) -> Result<String, std::str::Utf8Error> {
        match TokenKind::of(octets) {
            TokenKind::Saml2 => Ok(base64url::encode(octets)),
            TokenKind::Jwt => std::str::from_utf8(octets).map(|text| text.trim().to_owned()),
        }
    }

    /// The octets that an OAuth parameter carried.
    pub(crate) fn from_a_parameter(text: &str, token_type: &str) -> Option<Vec<u8>> {
        if token_type == token_types::SAML2 {
            base64url::decode(text.trim_end_matches('=')).ok()
        } else {
            Some(text.as_bytes().to_vec())
        }
    }
}

impl std::fmt::Debug for ReceivedToken {
    /// A bearer token is as good as a password: only its length is printed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReceivedToken")
            .field("token_type", &self.token_type)
            .field("octets", &self.octets.len())
            .field("applies_to", &self.applies_to)
            .field("until", &self.until)
            .finish()
    }
}

/// The octets of a token that stands inside a message.
pub(crate) fn cut_out(token: &Element) -> Result<Vec<u8>, &'static str> {
    const WSSE: &str = symbolon_soap::names::WSSE;
    if token.is(WSSE, "BinarySecurityToken") {
        let text = token.text();
        return STANDARD.decode(text.trim()).map_err(|_| "a binary token that is no base64");
    }
    // INTEROP: CXF hands a JWT out as the text of an element of its own.
    if !token.has_elements() && token.text().trim().split('.').count() == 3 {
        return Ok(token.text().trim().as_bytes().to_vec());
    }
    if leans_on_what_is_around_it(token) {
        canonical(token)
    } else {
        Ok(token.source().as_bytes().to_vec())
    }
}

/// Whether the element uses a namespace that is declared further out only.
fn leans_on_what_is_around_it(token: &Element) -> bool {
    let Ok(alone) = Document::parse(token.source().as_bytes(), &Limits::TOKEN) else { return true };
    let is_lost = |(prefix, namespace): &(String, String)| {
        alone.declared(prefix) != Some(namespace.as_str()) && uses(token.source(), prefix)
    };
    !alone.is(token.namespace(), token.local()) || token.in_scope().iter().any(is_lost)
}

/// Whether a prefix stands anywhere a name may begin: in a tag, or in content, where it may be a qualified name's.
fn uses(source: &str, prefix: &str) -> bool {
    let name_begins = |before: &str| before.ends_with(['<', '>', '"', '\'', ' ', '\t', '\r', '\n']);
    let begin = format!("{prefix}:");
    let mut places = source.match_indices(&begin).map(|(at, _)| at);
    !prefix.is_empty() && places.any(|at| source.get(..at).is_some_and(name_begins))
}

/// The canonical form with every declaration that reaches the element: its signature, canonical itself, still holds.
fn canonical(token: &Element) -> Result<Vec<u8>, &'static str> {
    const FLAW: &str = "a token that cannot be cut out of its message";
    let prefixes: Vec<String> = token
        .in_scope()
        .into_iter()
        .map(|(prefix, _)| if prefix.is_empty() { "#default".to_owned() } else { prefix })
        .filter(|prefix| prefix != "xml")
        .collect();
    let tree = Tree::detached(token).map_err(|_| FLAW)?;
    let method = C14n::exclusive_with(&prefixes.join(" "));
    tree.view(EVERYTHING).canonicalize(token, &method, None, Limits::TOKEN.octets).map_err(|_| FLAW)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(message: &str) -> String {
        let root = Document::parse(message.as_bytes(), &Limits::MESSAGE).unwrap();
        let token = root.elements().next().unwrap();
        String::from_utf8(cut_out(&token).unwrap()).unwrap()
    }

    #[test]
    fn a_token_that_stands_on_its_own_is_cut_out_as_it_was_sent() {
        let token = r#"<a:Assertion  xmlns:a="urn:a" ID='1'><a:X/></a:Assertion>"#;
        assert_eq!(cut(&format!(r#"<w xmlns:o="urn:o">{token}</w>"#)), token);
    }

    #[test]
    fn a_token_that_leans_on_declarations_around_it_takes_them_along() {
        let message = r#"<w xmlns:a="urn:a"><a:Assertion><a:X/></a:Assertion></w>"#;
        assert_eq!(cut(message), r#"<a:Assertion xmlns:a="urn:a"><a:X></a:X></a:Assertion>"#);
        let in_content = r#"<w xmlns:xs="urn:xs"><Assertion xmlns="urn:a" type="xs:string"/></w>"#;
        assert_eq!(
            cut(in_content),
            r#"<Assertion xmlns="urn:a" xmlns:xs="urn:xs" type="xs:string"></Assertion>"#
        );
        let default = r#"<w xmlns="urn:a"><Assertion><X/></Assertion></w>"#;
        assert_eq!(cut(default), r#"<Assertion xmlns="urn:a"><X></X></Assertion>"#);
    }

    #[test]
    fn a_jwt_is_taken_out_of_its_wrapper() {
        assert_eq!(cut("<w><TokenWrapper> e30.e30.AA </TokenWrapper></w>"), "e30.e30.AA");
        let binary = format!(
            r#"<w><o:BinarySecurityToken xmlns:o="{}">ZTMwLmUzMC5BQQ==</o:BinarySecurityToken></w>"#,
            symbolon_soap::names::WSSE
        );
        assert_eq!(cut(&binary), "e30.e30.AA");
    }

    #[test]
    fn a_token_does_not_show_itself_in_debug() {
        let token = ReceivedToken {
            octets: b"e30.secret.AA".to_vec(),
            token_type: String::new(),
            applies_to: None,
            until: None,
        };
        assert!(!format!("{token:?}").contains("secret"));
    }
}
