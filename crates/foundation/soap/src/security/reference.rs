//! `wsse:SecurityTokenReference`.
//!
//! In:  the element.
//! Out: [`Reference`]: what it refers to, and the derivation that it may imply.
//! Never: two references in one; a reference out of the message that anybody would follow.
//!
//! WSS SOAP Message Security 1.1.1 §7; X.509 Token Profile §3.2; SAML Token Profile §3.4; BSP R3027, R3054, R3056, R3061,
//! R3062. INTEROP: none of TokenType, ValueType of a `#id` and EncodingType is compared: what the id leads to says what it is.

use super::derived::Derivation;
use super::need::{CertificateName, Held};
use super::{SecurityFlaw, base64};
use crate::Conversation;
use crate::names::{
    AP_REQ_SHA1, BASE64_BINARY, BASE64_BINARY_MISSPELT, DS, ENCRYPTED_KEY_SHA1, SAML_ASSERTION_ID,
    SAML_ID, THUMBPRINT_SHA1, WSSE, X509_SKI,
};
use symbolon_xml::Element;
use symbolon_xmlsec::{KeyHint, KeyInfo};

/// What a reference leads to.
#[derive(Debug, Clone)]
pub(crate) enum Referred {
    /// An element of the message with this id: any token, by its id; an assertion by its own.
    Id(String),
    /// A wrapped key of this message or an earlier one, by the SHA-1 of its wrapped octets.
    EncryptedKeySha1([u8; 20]),
    /// What only the receiver can find.
    Held(Held),
    /// A certificate by name, in the message or out of it.
    Certificate(CertificateName),
    /// The token inside the reference.
    Embedded(Element),
}

/// A reference that was read.
#[derive(Debug, Clone)]
pub(crate) struct Reference {
    /// Itself.
    pub(crate) element: Element,
    pub(crate) referred: Referred,
    /// The derivation that its attributes imply (WS-SecureConversation 1.4 §7.2).
    pub(crate) implied: Option<Derivation>,
    /// `@EncodingType` of a key identifier, which a STR-Transform repeats.
    pub(crate) encoding: Option<String>,
}

/// Octets of an identifier, as sent.
// LIMIT: a key identifier has 20 octets, an issuer's name a few hundred; a context's identifier is a URI.
const MOST: usize = 2048;

impl Reference {
    pub(crate) fn read(element: &Element) -> Result<Self, SecurityFlaw> {
        if !element.is(WSSE, "SecurityTokenReference") || element.has_text() {
            return Err(SecurityFlaw::Reference);
        }
        let mut children = element.elements();
        let (Some(child), None) = (children.next(), children.next()) else {
            return Err(SecurityFlaw::Reference);
        };
        let mut encoding = None;
        let referred = match (child.namespace(), child.local()) {
            (WSSE, "Reference") => direct(&child)?,
            (WSSE, "KeyIdentifier") => {
                encoding = child.attribute("EncodingType").map(str::to_owned);
                identified(&child)?
            }
            (WSSE, "Embedded") => embedded(&child)?,
            (DS, "X509Data") => issued(element)?,
            _ => return Err(SecurityFlaw::Unavailable), // ds:KeyName among them: BSP R3027
        };
        let implied = Derivation::implied(element)?;
        Ok(Self { element: element.clone(), referred, implied, encoding })
    }
}

/// `wsse:Reference`
// SECURITY: server-side request forgery. An address is not followed; it names a context or nothing.
// Test: a_reference_out_of_the_message_is_not_followed.
fn direct(reference: &Element) -> Result<Referred, SecurityFlaw> {
    let uri = reference.attribute("URI").ok_or(SecurityFlaw::Reference)?;
    if uri.len() > MOST || reference.has_elements() {
        return Err(SecurityFlaw::Reference);
    }
    if let Some(id) = uri.strip_prefix('#') {
        return if id.is_empty() {
            Err(SecurityFlaw::Reference)
        } else {
            Ok(Referred::Id(id.to_owned()))
        };
    }
    let kind = reference.attribute("ValueType");
    let of_context = |version: &Conversation| kind == Some(version.context_type());
    let version = Conversation::ALL.into_iter().find(of_context);
    let version = version.ok_or(SecurityFlaw::Unavailable)?;
    let instance = reference.attribute_in(version.namespace(), "Instance").map(str::to_owned);
    Ok(Referred::Held(Held::Context { id: uri.to_owned(), instance }))
}

/// `wsse:KeyIdentifier`
fn identified(identifier: &Element) -> Result<Referred, SecurityFlaw> {
    let text = identifier.only_text().ok_or(SecurityFlaw::Reference)?.trim_ascii();
    if text.is_empty() || text.len() > MOST {
        return Err(SecurityFlaw::Reference);
    }
    let encoding = identifier.attribute("EncodingType");
    if encoding.is_some_and(|encoding| !is_base64(encoding)) {
        return Err(SecurityFlaw::Reference);
    }
    let octets = || base64(text).ok_or(SecurityFlaw::Reference);
    let sha1 = || <[u8; 20]>::try_from(octets()?).map_err(|_| SecurityFlaw::Reference);
    match identifier.attribute("ValueType") {
        Some(SAML_ID | SAML_ASSERTION_ID) => Ok(Referred::Id(text.to_owned())),
        Some(X509_SKI) => {
            Ok(Referred::Certificate(CertificateName::SubjectKeyIdentifier(octets()?)))
        }
        Some(THUMBPRINT_SHA1) => Ok(Referred::Certificate(CertificateName::Thumbprint(sha1()?))),
        Some(ENCRYPTED_KEY_SHA1) => Ok(Referred::EncryptedKeySha1(sha1()?)),
        Some(AP_REQ_SHA1) => Ok(Referred::Held(Held::ApReqSha1(sha1()?))),
        _ => Err(SecurityFlaw::Unavailable), // BSP R3054
    }
}

/// Whether an `@EncodingType` means base64.
pub(crate) fn is_base64(encoding: &str) -> bool {
    matches!(encoding.trim_ascii(), BASE64_BINARY | BASE64_BINARY_MISSPELT)
}

/// `wsse:Embedded`
fn embedded(embedded: &Element) -> Result<Referred, SecurityFlaw> {
    let mut children = embedded.elements();
    match (children.next(), children.next()) {
        (Some(token), None) if !token.is(WSSE, "SecurityTokenReference") => {
            Ok(Referred::Embedded(token))
        }
        _ => Err(SecurityFlaw::Reference),
    }
}

/// `ds:X509Data/ds:X509IssuerSerial`
fn issued(reference: &Element) -> Result<Referred, SecurityFlaw> {
    let hints = KeyInfo::read(reference)?;
    match hints.as_slice() {
        [KeyHint::IssuerSerial { issuer, serial }]
            if issuer.len() <= MOST && serial.len() <= MOST =>
        {
            let (issuer, serial) = (issuer.clone(), serial.clone());
            Ok(Referred::Certificate(CertificateName::IssuerSerial { issuer, serial }))
        }
        _ => Err(SecurityFlaw::Unavailable),
    }
}
