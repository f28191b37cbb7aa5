//! RequestSecurityTokenResponse, in its collection; bare in 2005.
//!
//! In:  the token's octets and what goes with them; or, for a client, the child of a body.
//! Out: the octets of the body's child, in the order that every client we know reads; or [`ReceivedResponse`]s.
//! Never: a token changed by a byte; a prefix that the token would need from around it; two tokens in one response.
//!
//! WS-Trust 1.4 §3.2, §4.3, §4.4. INTEROP: MSAL cuts the token out by a regular expression and chooses by TokenType.

mod received;

pub use received::{ReceivedResponse, ResponseFlaw};

use std::ops::Range;

use super::names::{SAML11_ID, SAML11_TOKEN, SAML20_ID, SAML20_TOKEN};
use super::{AppliesTo, Generation, Lifetime};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use symbolon_soap::names::{BASE64_BINARY, WSSE, WSSE11, WSU};
use symbolon_soap::time::DateTime;
use symbolon_xml::{QName, Unwritable, Writer};

// All but token, context and address: about 1800 octets.
const AROUND: usize = 2048;

/// The final answer to an Issue request: one token.
#[derive(Debug, Clone, Copy)]
pub struct Response<'a> {
    /// The generation of the request.
    pub generation: Generation,
    /// The request's `@Context`.
    pub context: Option<&'a str>,
    /// The type of the token, in the requestor's spelling if he gave one.
    pub token_type: &'a str,
    /// The octets of the token: one element that declares every namespace that it uses.
    pub token: &'a [u8],
    /// How to refer to the token from a message that carries it.
    pub attached: Option<Reference<'a>>,
    /// How to refer to it from one that does not.
    pub unattached: Option<Reference<'a>>,
    /// Whom it is for.
    pub applies_to: Option<&'a AppliesTo>,
    /// Its own begin and end.
    pub lifetime: Lifetime,
}

/// A reference to a token by what identifies it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reference<'a> {
    /// `wsse11:TokenType`
    pub token_type: &'a str,
    /// `wsse:KeyIdentifier/@ValueType`
    pub value_type: &'a str,
    /// What identifies it.
    pub id: &'a str,
}

impl<'a> Reference<'a> {
    /// To a SAML 2.0 assertion, by its ID. WSS SAML Token Profile 1.1.1 §3.4.
    #[must_use]
    pub const fn saml20(id: &'a str) -> Self {
        Self { token_type: SAML20_TOKEN, value_type: SAML20_ID, id }
    }

    /// To a SAML 1.1 assertion, by its AssertionID. WSS SAML Token Profile 1.1.1 §3.3.
    #[must_use]
    pub const fn saml11(id: &'a str) -> Self {
        Self { token_type: SAML11_TOKEN, value_type: SAML11_ID, id }
    }
}

impl Response<'_> {
    /// The octets of the collection; in 2005 of the response alone.
    ///
    /// # Errors
    /// [`Unwritable`] if a value holds a character that XML has not.
    pub fn write(&self) -> Result<Vec<u8>, Unwritable> {
        let mut out = Writer::with_capacity(self.room());
        self.write_in(&mut out);
        out.finish()
    }

    /// About how many octets it takes.
    #[must_use]
    pub const fn room(&self) -> usize {
        self.token.len().saturating_add(AROUND)
    }

    /// Writes it where a body's child is to stand.
    pub fn write_in(&self, out: &mut Writer) {
        let wst = |local| QName::new("wst", self.generation.namespace(), local);
        // SPEC: WS-Trust 2005/02 §5.2: the final response is bare; its clients read no collection.
        let collected = match self.generation {
            Generation::V13 => true,
            Generation::V2005 => false,
        };
        if collected {
            out.start(&wst("RequestSecurityTokenResponseCollection"));
        }
        out.start(&wst("RequestSecurityTokenResponse"));
        if let Some(context) = self.context {
            out.attribute("Context", context);
        }
        out.element(&wst("TokenType"), self.token_type);
        out.start(&wst("RequestedSecurityToken")).raw(self.token).end();
        let attached = write_reference(&wst("RequestedAttachedReference"), self.attached, out);
        match (attached, self.unattached) {
            (Some(written), unattached) if unattached == self.attached => {
                out.start(&wst("RequestedUnattachedReference")).again(written).end();
            }
            (_, unattached) => {
                write_reference(&wst("RequestedUnattachedReference"), unattached, out);
            }
        }
        if let Some(applies_to) = self.applies_to {
            applies_to.write(out);
        }
        write_lifetime(self.generation, self.lifetime, out);
        out.end();
        if collected {
            out.end();
        }
    }
}

/// A token that is not XML, as the one element that a response and a security header can hold.
///
/// WSS SOAP Message Security §6.3; a JWT as AD FS and WIF send it: base64 of its compact form.
///
/// # Errors
/// [`Unwritable`] if the type holds a character that XML has not.
pub fn binary_token(value_type: &str, token: &[u8]) -> Result<Vec<u8>, Unwritable> {
    const BINARY: QName = QName::new("o", WSSE, "BinarySecurityToken");
    let mut out = Writer::with_capacity(token.len().saturating_mul(2).saturating_add(AROUND));
    out.start(&BINARY).attribute("ValueType", value_type);
    out.attribute("EncodingType", BASE64_BINARY).text(&STANDARD.encode(token)).end();
    out.finish()
}

/// Writes a reference, and says where it stands.
fn write_reference(
    name: &QName,
    reference: Option<Reference<'_>>,
    out: &mut Writer,
) -> Option<Range<usize>> {
    const STR: QName = QName::new("o", WSSE, "SecurityTokenReference");
    const TOKEN_TYPE: QName = QName::new("k", WSSE11, "TokenType");
    const KEY_IDENTIFIER: QName = QName::new("o", WSSE, "KeyIdentifier");
    let reference = reference?;
    let start = out.start(name).offset();
    out.start(&STR).attribute_in(&TOKEN_TYPE, reference.token_type);
    out.start(&KEY_IDENTIFIER).attribute("ValueType", reference.value_type);
    let end = out.text(reference.id).end().end().offset();
    out.end();
    Some(start..end)
}

// INTEROP: three digits of fraction and Z; govmomi reads no other layout.
pub(super) fn write_lifetime(generation: Generation, lifetime: Lifetime, out: &mut Writer) {
    out.start(&QName::new("wst", generation.namespace(), "Lifetime"));
    for (local, at) in [("Created", lifetime.created), ("Expires", lifetime.expires)] {
        if let Some(millis) = at {
            out.element(&QName::new("u", WSU, local), DateTime::from_millis(millis).as_str());
        }
    }
    out.end();
}
