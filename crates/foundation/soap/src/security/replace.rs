//! The STR-Transform: a signature over a reference that covers the token.
//!
//! In:  a signature in a view of the message; for each reference that it transforms, what stands for it.
//! Out: a [`Replace`] that answers from that alone.
//! Never: a reference taken for the token: what is covered is what was digested.
//!
//! WSS SOAP Message Security 1.1.1 §8.3; BSP R3065, R5416.

use super::SecurityFlaw;
use super::reference::Reference;
use crate::names::{DS, STR_TRANSFORM, WSSE, X509_V3};
use std::collections::HashMap;
use symbolon_keys::Certificate;
use symbolon_xml::{C14n, Element, NodeKey, QName, View};
use symbolon_xmlsec::{Replace, Replacement};

const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

// LIMIT: no budget lets a signature have more references.
const MOST_REFERENCES: usize = 32;
const MOST_PREFIXES: usize = 64;
/// Octets of a canonical token.
const MOST_OCTETS: usize = 256 * 1024;

/// What stands for a reference.
#[derive(Debug, Clone)]
pub(crate) enum Stands {
    /// The token in the message.
    Token(Element),
    /// A certificate that the message only names: a BinarySecurityToken that never was in it.
    Certificate(Certificate),
}

/// In which form the token is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// With a default namespace on its outermost element, be it the empty one: as the standard says.
    Standard,
    /// As canonicalization writes it.
    Bare,
}

/// What stands for the references that one signature transforms.
#[derive(Debug, Default)]
pub(crate) struct StrTransform {
    tokens: HashMap<NodeKey, (Reference, Stands)>,
}

impl StrTransform {
    /// Finds the references that a signature transforms, and has them resolved.
    pub(crate) fn prepare(
        view: View<'_>,
        signature: &Element,
        stands_for: impl Fn(&Reference) -> Result<Stands, SecurityFlaw>,
    ) -> Result<Self, SecurityFlaw> {
        let mut tokens = HashMap::new();
        let info = signature.child(DS, "SignedInfo").ok().flatten();
        let references = info.iter().flat_map(Element::elements).take(MOST_REFERENCES);
        for transformed in references.filter(is_transformed) {
            let id = transformed.attribute("URI").and_then(|uri| uri.strip_prefix('#'));
            // What is not there is the verification's to refuse.
            let Some(apex) = id.and_then(|id| view.id(id)) else { continue };
            let reference = Reference::read(&apex)?;
            let stands = stands_for(&reference)?;
            tokens.insert(apex.key(), (reference, stands));
        }
        Ok(Self { tokens })
    }

    /// Whether the signature transforms anything.
    pub(crate) fn is_used(&self) -> bool {
        !self.tokens.is_empty()
    }

    /// The transform that writes tokens in this form.
    pub(crate) fn in_form(&self, form: Form) -> impl Replace {
        InForm { transform: self, form }
    }
}

fn is_transformed(reference: &Element) -> bool {
    let transforms = reference.child(DS, "Transforms").ok().flatten();
    let mut transforms = transforms.iter().flat_map(Element::elements);
    transforms.any(|transform| transform.attribute("Algorithm") == Some(STR_TRANSFORM))
}

struct InForm<'t> {
    transform: &'t StrTransform,
    form: Form,
}

impl Replace for InForm<'_> {
    fn algorithm(&self) -> &str {
        STR_TRANSFORM
    }

    /// `wsse:TransformationParameters/ds:CanonicalizationMethod`, which must be exclusive.
    fn canonicalization(&self, transform: &Element) -> Option<C14n> {
        let parameters = only_child(transform, WSSE, "TransformationParameters")?;
        let method = only_child(&parameters, DS, "CanonicalizationMethod")?;
        if method.attribute("Algorithm") != Some(EXCLUSIVE) || method.has_text() {
            return None;
        }
        if !method.has_elements() {
            return Some(C14n::exclusive());
        }
        let list = only_child(&method, EXCLUSIVE, "InclusiveNamespaces")?;
        let prefixes = list.attribute("PrefixList").unwrap_or_default();
        let bounded = prefixes.split_ascii_whitespace().count() <= MOST_PREFIXES;
        bounded.then(|| C14n::exclusive_with(prefixes))
    }

    // SECURITY: the reference itself must be what is referred to. One further out would leave to the reader which of the
    // tokens inside were covered. Test: a_transform_of_what_is_no_reference_is_refused.
    fn replace(&self, view: View<'_>, apex: &Element) -> Option<Replacement> {
        match self.transform.tokens.get(&apex.key())? {
            (_, Stands::Token(token)) => match self.form {
                Form::Bare => Some(Replacement::Element(token.clone())),
                Form::Standard => {
                    let octets = standard(view, token)?;
                    Some(Replacement::Written { element: token.clone(), octets })
                }
            },
            (reference, Stands::Certificate(certificate)) => {
                synthesised(reference, certificate, self.form).map(Replacement::Octets)
            }
        }
    }
}

fn only_child(of: &Element, namespace: &str, local: &str) -> Option<Element> {
    let mut children = of.elements();
    let child = children.next().filter(|child| child.is(namespace, local))?;
    (children.next().is_none() && !of.has_text()).then_some(child)
}

/// A token with a default namespace on its outermost element.
pub(crate) fn standard(view: View<'_>, token: &Element) -> Option<Vec<u8>> {
    let method = C14n::exclusive_with("#default");
    Some(augmented(view.canonicalize(token, &method, None, MOST_OCTETS).ok()?))
}

// SPEC: WSS SMS 1.1.1 §8.3: the octets are those of an apex with a default namespace; where there is none, `xmlns=""` is added,
// in canonical order right behind the name.
fn augmented(mut octets: Vec<u8>) -> Vec<u8> {
    const NONE: &[u8] = b" xmlns=\"\"";
    const ANY: &[u8] = b" xmlns=\"";
    let end = octets.iter().position(|octet| matches!(octet, b' ' | b'>'));
    if let Some(end) = end.filter(|end| !octets.get(*end..).unwrap_or_default().starts_with(ANY)) {
        octets.splice(end..end, NONE.iter().copied());
    }
    octets
}

/// The token that would hold a certificate. It repeats the prefix of the reference, and its EncodingType if it has one.
fn synthesised(reference: &Reference, certificate: &Certificate, form: Form) -> Option<Vec<u8>> {
    let prefix = reference.element.prefix();
    let (name, xmlns) = match prefix {
        "" => ("BinarySecurityToken".to_owned(), "xmlns".to_owned()),
        _ => (format!("{prefix}:BinarySecurityToken"), format!("xmlns:{prefix}")),
    };
    let encoding = match &reference.encoding {
        // Written as sent: it was found to be one of two URIs, which hold nothing to escape.
        Some(encoding) => format!(" EncodingType=\"{encoding}\""),
        None => String::new(),
    };
    let octets = format!(
        "<{name} {xmlns}=\"{WSSE}\"{encoding} ValueType=\"{X509_V3}\">{}</{name}>",
        certificate.base64()
    );
    match form {
        Form::Standard => Some(augmented(octets.into_bytes())),
        Form::Bare => Some(octets.into_bytes()),
    }
}

/// A `ds:Transform` by which a signature of ours covers the token of a reference, as it stands inside `ds:Signature`.
pub(crate) fn written_transform() -> String {
    const PARAMETERS: QName = QName::new("o", WSSE, "TransformationParameters");
    let (prefix, local) = (PARAMETERS.prefix, PARAMETERS.local);
    format!(
        "<ds:Transform Algorithm=\"{STR_TRANSFORM}\"><{prefix}:{local} xmlns:{prefix}=\"{WSSE}\">\
         <ds:CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\"></ds:CanonicalizationMethod>\
         </{prefix}:{local}></ds:Transform>"
    )
}
