//! What the assertions of both versions of SAML have in common.
//!
//! In:  an assertion as it came, and the keys of its issuer; or an unsigned one, and a signer.
//! Out: the element that one of the keys signed, and its parts, read strictly; or the signed octets.
//! Never: finds an element again after it was verified; believes a key that the assertion carries.
//!
//! SAML 2.0 core and SAML 1.1 core, §5.4 in both.

use symbolon_keys::{SignatureAlgorithm, Signer};
use symbolon_model::{Timestamp, TokenBytes, TokenId, purpose};
use symbolon_xml::time::{DateTime, parse_utc};
use symbolon_xml::{Document, EVERYTHING, Element, Limits, QName, Tree};
use symbolon_xmlsec::{
    self as xmlsec, Budget, Expected, Key, KeyInfo, SignatureMethod, SignedInfo, VerifiedElement,
};

use crate::{EncodeFlaw, Flaw, IssuerKeys, Layout, RawToken, TrustedKey};

/// Namespace of `xsi:nil`.
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

// Read.

/// The outermost element of a token as it came.
pub(crate) fn apex(raw: &RawToken) -> Result<Element, Flaw> {
    match raw {
        RawToken::Octets(octets) => {
            Document::parse(octets, &Limits::TOKEN).map_err(Flaw::malformed)
        }
        RawToken::Xml(element) => Ok(element.clone()),
    }
}

/// An assertion that a key of its issuer signed.
pub(crate) struct Verified {
    pub(crate) assertion: VerifiedElement,
    pub(crate) rests_on_sha1: bool,
}

/// The assertion, verified by the first of the keys that signed it.
pub(crate) fn verified(assertion: &Element, issuer: &IssuerKeys) -> Result<Verified, Flaw> {
    let signature = assertion
        .child(xmlsec::NAMESPACE, "Signature")
        .map_err(Flaw::malformed)?
        .ok_or_else(|| Flaw::signature("unsigned"))?;
    let tree = Tree::detached(assertion).map_err(Flaw::malformed)?;
    let view = tree.view(EVERYTHING);
    // SPEC: core §5.4.2: one reference, to the assertion around the signature.
    let expected = Expected::Exactly(std::slice::from_ref(assertion));
    for TrustedKey { key, algorithm, .. } in &issuer.keys {
        let (key, mut left) = (Key::from(key), Budget::TOKEN);
        let key = match issuer.sha1 {
            Some(until) => key.allowing_sha1(until),
            None => key,
        };
        match xmlsec::verify(view, &signature, &key, expected, None, &mut left) {
            Ok(verified) if is_used_with(*algorithm, verified.method()) => {
                let assertion = verified.covered().first().cloned();
                let assertion = assertion.ok_or_else(|| refusal(xmlsec::Flaw::NotExpected))?;
                return Ok(Verified { assertion, rests_on_sha1: verified.rests_on_sha1() });
            }
            Ok(_) | Err(xmlsec::Flaw::BadSignature) => {} // another of the keys, perhaps
            Err(flaw) => return Err(refusal(flaw)),
        }
    }
    Err(Flaw::signature("by none of the issuer's keys"))
}

/// Whether a key that signs with `own` is used with that method.
fn is_used_with(own: SignatureAlgorithm, method: SignatureMethod) -> bool {
    // Verified only where the issuer's record lets it be; it is what the same key signed with before.
    let before = SignatureMethod::from(SignatureAlgorithm::RsaSha1);
    method == SignatureMethod::from(own)
        || (method == before && own == SignatureAlgorithm::RsaSha256)
}

fn refusal(flaw: xmlsec::Flaw) -> Flaw {
    match flaw {
        xmlsec::Flaw::Malformed | xmlsec::Flaw::TooMuch => Flaw::malformed(flaw),
        xmlsec::Flaw::Unsupported => Flaw::not_understood(flaw),
        xmlsec::Flaw::BadSignature
        | xmlsec::Flaw::UnknownReference
        | xmlsec::Flaw::NotEnveloped
        | xmlsec::Flaw::BadDigest
        | xmlsec::Flaw::Undecryptable
        | xmlsec::Flaw::NotExpected => Flaw::signature(flaw),
    }
}

/// What `Conditions` says.
pub(crate) struct Conditions {
    pub(crate) from: Option<Timestamp>,
    pub(crate) until: Timestamp,
    /// The audiences of each restriction.
    pub(crate) audiences: Vec<Vec<String>>,
}

/// Reads the conditions, of which only a restriction to audiences, named `restriction`, is understood.
pub(crate) fn conditions(conditions: &Element, restriction: &str) -> Result<Conditions, Flaw> {
    let from = moment(conditions, "NotBefore")?;
    let until = moment(conditions, "NotOnOrAfter")?
        .ok_or_else(|| Flaw::malformed("Conditions without NotOnOrAfter"))?;
    let mut audiences = Vec::new();
    for condition in conditions.elements() {
        // SPEC: SAML 2.0 core §2.5.1, SAML 1.1 core §2.3.2.1: an assertion with a condition that is not understood must not be
        // believed. OneTimeUse, ProxyRestriction and DoNotCacheCondition are known, but demand what is not done yet.
        if !condition.is(conditions.namespace(), restriction) {
            return Err(Flaw::not_understood(format_args!("the condition {}", condition.local())));
        }
        audiences.push(texts(&condition, "Audience")?);
    }
    Ok(Conditions { from, until, audiences })
}

/// The values of an attribute; a nil value is none.
pub(crate) fn values(attribute: &Element) -> Result<Vec<String>, Flaw> {
    let mut values = Vec::new();
    for value in attribute.elements() {
        if !value.is(attribute.namespace(), "AttributeValue") {
            return Err(Flaw::malformed("Attribute holds more than AttributeValue"));
        }
        if !matches!(value.attribute_in(XSI, "nil"), Some("true" | "1")) {
            values.push(text(&value)?);
        }
    }
    Ok(values)
}

/// The one child of that name, in its parent's namespace.
pub(crate) fn one(parent: &Element, local: &str) -> Result<Element, Flaw> {
    match parent.child(parent.namespace(), local) {
        Ok(Some(child)) => Ok(child),
        Ok(None) => Err(Flaw::malformed(format_args!("no {local}"))),
        Err(_) => Err(Flaw::malformed(format_args!("{local} stands twice"))),
    }
}

/// The text of each child, of which every one has that name, in its parent's namespace.
pub(crate) fn texts(parent: &Element, local: &str) -> Result<Vec<String>, Flaw> {
    let named = |child: Element| {
        if child.is(parent.namespace(), local) {
            text(&child)
        } else {
            Err(Flaw::malformed(format_args!("{} holds more than {local}", parent.local())))
        }
    };
    parent.elements().map(named).collect()
}

/// All the text of an element that holds nothing but text.
// SECURITY: comment truncation, see `Element::text`. Test: a_comment_does_not_shorten_a_name.
pub(crate) fn text(of: &Element) -> Result<String, Flaw> {
    if of.has_elements() {
        return Err(Flaw::malformed(format_args!("elements inside {}", of.local())));
    }
    Ok(of.text())
}

pub(crate) fn some_text(of: &Element) -> Result<String, Flaw> {
    let text = text(of)?;
    if text.is_empty() {
        return Err(Flaw::malformed(format_args!("an empty {}", of.local())));
    }
    Ok(text)
}

/// The moment of an attribute, if it has one.
// SPEC: SAML 2.0 core §1.3.3, SAML 1.1 core §1.2.2: in UTC, as `Z`.
pub(crate) fn moment(of: &Element, attribute: &str) -> Result<Option<Timestamp>, Flaw> {
    let Some(text) = of.attribute(attribute) else { return Ok(None) };
    let at = parse_utc(text)
        .map_err(|_| Flaw::malformed(format_args!("{attribute} is no moment in UTC")))?;
    Ok(Some(Timestamp::from_millis(at)))
}

// Written.

/// How the elements of one version are named in one layout.
#[derive(Clone, Copy)]
pub(crate) struct Names {
    prefix: &'static str,
    namespace: &'static str,
}

impl Names {
    /// Names of that namespace; the prefix is what some clients search for, as text.
    pub(crate) fn new(prefix: &'static str, namespace: &'static str, layout: Layout) -> Self {
        match layout {
            Layout::Prefixed => Self { prefix, namespace },
            Layout::Unprefixed => Self { prefix: "", namespace },
        }
    }

    pub(crate) const fn of(self, local: &'static str) -> QName {
        QName::new(self.prefix, self.namespace, local)
    }
}

/// Room for a usual assertion, and for a signature with an RSA certificate.
pub(crate) const USUAL_OCTETS: usize = 2048;
const USUAL_SIGNATURE: usize = 3072;

/// A moment as text.
pub(crate) fn written(at: Timestamp) -> Result<DateTime, EncodeFlaw> {
    DateTime::of(at.millis())
        .ok_or_else(|| EncodeFlaw::draft("a moment outside the years 1 to 9999"))
}

/// An assertion without its signature, in canonical form.
pub(crate) struct Unsigned {
    /// What is digested: the enveloped-signature transform takes the signature away again.
    pub(crate) octets: Vec<u8>,
    /// Where in them the signature goes.
    pub(crate) place: usize,
}

impl Unsigned {
    /// The assertion with its signature in place.
    pub(crate) async fn signed(
        self,
        id: &TokenId,
        signer: &Signer<purpose::Token>,
    ) -> Result<TokenBytes, EncodeFlaw> {
        let info = SignedInfo::enveloped(id.as_str(), &self.octets, signer.algorithm())
            .map_err(|_| EncodeFlaw::draft("an id that is no name, or such a signature"))?;
        let value = signer.sign(info.octets()).await?;
        let (head, tail) = self.octets.split_at_checked(self.place).unwrap_or((&self.octets, &[])); // INVARIANT: a place in it
        let mut token = Vec::with_capacity(self.octets.len().saturating_add(USUAL_SIGNATURE));
        token.extend_from_slice(head);
        info.write_signature(&value, KeyInfo::Certificate(signer.certificate()), &mut token);
        token.extend_from_slice(tail);
        Ok(TokenBytes::new(token))
    }
}
