//! `wsc:DerivedKeyToken`, and the derivation that a reference implies.
//!
//! In:  the element, of either WS-SecureConversation.
//! Out: [`DerivedKeyToken`]: from what, and how.
//! Never: a length or an offset that is not bounded, before anything is looked up for it.
//!
//! WS-SecureConversation 1.4 §7, its submission of February 2005 §7; P_SHA-1 of RFC 2246 §5.

use super::reference::Reference;
use super::{SecurityFlaw, base64};
use crate::Conversation;
use crate::names::WSSE;
use symbolon_keys::{SecretKey, p_sha1};
use symbolon_xml::Element;
use symbolon_xmlsec::Budget;

/// What "WS-SecureConversation" of client and of service make, one behind the other.
pub(crate) const LABEL: &str = "WS-SecureConversationWS-SecureConversation";

// LIMIT: keys are of 16 to 32 octets, and HMAC's block has 64. Real offsets are 0, or a few times the length.
const LENGTHS: std::ops::RangeInclusive<usize> = 16..=64;
const MOST_STREAM: usize = 512;
const DEFAULT_LENGTH: usize = 32;
// LIMIT: nonces have 16 octets, WCF's too; labels are one or two of the above.
const MOST_NONCE: usize = 128;
const MOST_LABEL: usize = 256;

/// How a key is derived from another: octets of a stream that label and nonce begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Derivation {
    pub(crate) label: String,
    pub(crate) nonce: Vec<u8>,
    pub(crate) offset: usize,
    pub(crate) length: usize,
}

/// A key that is derived.
#[derive(Debug, Clone)]
pub(crate) struct DerivedKeyToken {
    /// From what.
    pub(crate) base: Reference,
    pub(crate) derivation: Derivation,
    /// The version that it is written in.
    pub(crate) version: Conversation,
}

impl DerivedKeyToken {
    // SECURITY: CVE-2026-85532: lengths are bounded here, where nothing has been looked up or allocated for them.
    // Test: a_derived_key_of_an_unbounded_length_is_refused_before_anything_is_asked.
    pub(crate) fn read(token: &Element) -> Result<Self, SecurityFlaw> {
        let version = Conversation::of(token.namespace()).ok_or(SecurityFlaw::Derivation)?;
        let known = |algorithm: &str| Conversation::ALL.iter().any(|one| one.p_sha1() == algorithm);
        if token.attribute("Algorithm").is_some_and(|algorithm| !known(algorithm)) {
            return Err(SecurityFlaw::Derivation);
        }
        let mut known = Parts::default();
        for child in token.elements() {
            let slot = match (child.namespace(), child.local()) {
                (WSSE, "SecurityTokenReference") => &mut known.base,
                (namespace, local) if namespace == version.namespace() => {
                    known.slot(local).ok_or(SecurityFlaw::Derivation)?
                }
                _ => return Err(SecurityFlaw::Derivation),
            };
            if slot.replace(child).is_some() {
                return Err(SecurityFlaw::Derivation);
            }
        }
        // SPEC: §7: without a reference the base is known "from the context". There is none that we would guess.
        let base = Reference::read(known.base.as_ref().ok_or(SecurityFlaw::Derivation)?)?;
        Ok(Self { base, derivation: known.derivation()?, version })
    }
}

/// The children of a DerivedKeyToken, each at most once.
#[derive(Default)]
struct Parts {
    base: Option<Element>,
    generation: Option<Element>,
    offset: Option<Element>,
    length: Option<Element>,
    label: Option<Element>,
    nonce: Option<Element>,
}

impl Parts {
    /// Where a child of that name goes. Properties have no meaning here, hence no place.
    fn slot(&mut self, local: &str) -> Option<&mut Option<Element>> {
        match local {
            "Generation" => Some(&mut self.generation),
            "Offset" => Some(&mut self.offset),
            "Length" => Some(&mut self.length),
            "Label" => Some(&mut self.label),
            "Nonce" => Some(&mut self.nonce),
            _ => None,
        }
    }

    fn derivation(&self) -> Result<Derivation, SecurityFlaw> {
        let number = |of: &Option<Element>| of.as_ref().map(number).transpose();
        let length = number(&self.length)?.unwrap_or(DEFAULT_LENGTH);
        let offset = match (number(&self.generation)?, number(&self.offset)?) {
            (Some(_), Some(_)) => return Err(SecurityFlaw::Derivation),
            (Some(generation), None) => {
                generation.checked_mul(length).ok_or(SecurityFlaw::Derivation)?
            }
            (None, offset) => offset.unwrap_or(0),
        };
        let label = match &self.label {
            Some(label) => label.only_text().ok_or(SecurityFlaw::Derivation)?,
            None => LABEL,
        };
        let nonce = self.nonce.as_ref().and_then(Element::only_text);
        Derivation::bounded(label, nonce.ok_or(SecurityFlaw::Derivation)?, offset, length)
    }
}

fn number(of: &Element) -> Result<usize, SecurityFlaw> {
    let text = of.only_text().map(str::trim_ascii);
    let digits = text.filter(|text| text.bytes().all(|octet| octet.is_ascii_digit()));
    digits.and_then(|digits| digits.parse().ok()).ok_or(SecurityFlaw::Derivation)
}

impl Derivation {
    /// What a reference implies by `wsc:Nonce`, and perhaps `wsc:Length`.
    pub(crate) fn implied(reference: &Element) -> Result<Option<Self>, SecurityFlaw> {
        let stated = |version: Conversation| {
            Some((version, reference.attribute_in(version.namespace(), "Nonce")?))
        };
        let stated = Conversation::ALL.into_iter().find_map(stated);
        let Some((version, nonce)) = stated else { return Ok(None) };
        let length = reference.attribute_in(version.namespace(), "Length");
        let length = match length.map(str::trim_ascii) {
            Some(length) => length.parse().map_err(|_| SecurityFlaw::Derivation)?,
            None => DEFAULT_LENGTH,
        };
        Self::bounded(LABEL, nonce, 0, length).map(Some)
    }

    fn bounded(
        label: &str,
        nonce: &str,
        offset: usize,
        length: usize,
    ) -> Result<Self, SecurityFlaw> {
        let end = offset.checked_add(length).filter(|end| *end <= MOST_STREAM);
        let bounded = LENGTHS.contains(&length) && end.is_some() && label.len() <= MOST_LABEL;
        let nonce = Some(nonce).filter(|_| bounded).and_then(base64);
        match nonce.filter(|nonce| !nonce.is_empty() && nonce.len() <= MOST_NONCE) {
            Some(nonce) => Ok(Self { label: label.to_owned(), nonce, offset, length }),
            None => Err(SecurityFlaw::Derivation),
        }
    }

    /// The key.
    pub(crate) fn derive(
        &self,
        base: &SecretKey,
        left: &mut Budget,
    ) -> Result<SecretKey, SecurityFlaw> {
        let end = self.offset.saturating_add(self.length);
        left.take_derived(end)?;
        let stream = p_sha1(base.octets(), &[self.label.as_bytes(), &self.nonce], end);
        let key = stream.ok().and_then(|stream| stream.part(self.offset..end));
        key.ok_or(SecurityFlaw::Derivation)
    }
}
