//! A `ds:Signature` read strictly.
//!
//! In:  the element.
//! Out: all that verification needs, in the profile's own terms.
//! Never: skips what it does not know; whatever is not in the profile is refused, in any position.
//!
//! XML Signature 1.1 §4.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use symbolon_keys::SignatureAlgorithm;
use symbolon_xml::{C14n, Element};

use crate::algorithm::{ENVELOPED, EXCLUSIVE_C14N, NAMESPACE, SHA256, algorithm};
use crate::{Budget, Flaw, Replace};

/// Prefixes in one `PrefixList`.
// LIMIT: each is looked up at SignedInfo before the signature is known to be good; WSS4J lists what is in scope, about a dozen.
const MOST_PREFIXES: usize = 64;

pub(crate) struct Signature {
    pub(crate) signed_info: Element,
    pub(crate) canonicalization: C14n,
    pub(crate) algorithm: SignatureAlgorithm,
    pub(crate) value: Vec<u8>,
    pub(crate) references: Vec<Reference>,
}

pub(crate) struct Reference {
    /// The id, without `#`.
    pub(crate) target: String,
    pub(crate) what: What,
    pub(crate) digest: Vec<u8>,
}

/// What of the target is digested.
pub(crate) enum What {
    Whole(C14n),
    WithoutSignature(C14n),
    /// What the caller's transform puts in its place.
    Replaced(C14n),
}

impl Signature {
    pub(crate) fn parse(
        element: &Element,
        replace: Option<&dyn Replace>,
        left: &mut Budget,
    ) -> Result<Self, Flaw> {
        // SECURITY: two SignedInfo, one verified and the other read, is why the children are matched as a whole.
        // Test: a_second_signed_info_is_refused.
        let children = children(expect(element, "Signature", &["Id"])?)?;
        let (signed_info, value) = match children.as_slice() {
            [info, value] => (info, value),
            // SECURITY: KeyInfo is a hint for whoever chooses the key; here it is not even read.
            [info, value, key_info] if key_info.is(NAMESPACE, "KeyInfo") => (info, value),
            _ => return Err(Flaw::Malformed),
        };
        let inside = self::children(expect(signed_info, "SignedInfo", &["Id"])?)?;
        let [canonicalization, method, references @ ..] = inside.as_slice() else {
            return Err(Flaw::Malformed);
        };
        let canonicalization =
            exclusive_c14n(expect(canonicalization, "CanonicalizationMethod", &["Algorithm"])?)?;
        let algorithm = algorithm(identifier_alone(method, "SignatureMethod")?);
        let references = references
            .iter()
            .map(|reference| {
                left.take_reference()?;
                Reference::parse(reference, replace)
            })
            .collect::<Result<Vec<_>, _>>()?;
        if references.is_empty() {
            return Err(Flaw::Malformed);
        }
        Ok(Self {
            signed_info: signed_info.clone(),
            canonicalization,
            algorithm: algorithm.ok_or(Flaw::Unsupported)?,
            value: octets(expect(value, "SignatureValue", &["Id"])?)?,
            references,
        })
    }
}

impl Reference {
    fn parse(element: &Element, replace: Option<&dyn Replace>) -> Result<Self, Flaw> {
        let children = children(expect(element, "Reference", &["Id", "Type", "URI"])?)?;
        let [transforms, method, value] = children.as_slice() else {
            return Err(Flaw::Malformed);
        };
        if identifier_alone(method, "DigestMethod")? != SHA256 {
            return Err(Flaw::Unsupported);
        }
        // SECURITY: only `#id`. A file or an address would be read before anybody is authenticated; an XPointer, or no URI,
        // means different nodes to different readers. Test: references_outside_the_document_are_refused.
        let target = element.attribute("URI").and_then(|uri| uri.strip_prefix('#'));
        let target =
            target.filter(|id| !id.is_empty() && !id.contains('(')).ok_or(Flaw::Unsupported)?;
        Ok(Self {
            target: target.to_owned(),
            what: What::parse(expect(transforms, "Transforms", &[])?, replace)?,
            digest: octets(expect(value, "DigestValue", &[])?)?,
        })
    }
}

impl What {
    // Canonicalization last and always: without it inclusive canonical form is meant, which what stands around changes.
    fn parse(transforms: &Element, replace: Option<&dyn Replace>) -> Result<Self, Flaw> {
        let transforms = children(transforms)?;
        for transform in &transforms {
            expect(transform, "Transform", &["Algorithm"])?;
        }
        match transforms.as_slice() {
            [only] => {
                match replace.filter(|r| only.attribute("Algorithm") == Some(r.algorithm())) {
                    Some(replace) => {
                        replace.canonicalization(only).map(Self::Replaced).ok_or(Flaw::Unsupported)
                    }
                    None => exclusive_c14n(only).map(Self::Whole),
                }
            }
            [enveloped, c14n] if identifier_alone(enveloped, "Transform")? == ENVELOPED => {
                exclusive_c14n(c14n).map(Self::WithoutSignature)
            }
            _ => Err(Flaw::Unsupported),
        }
    }
}

/// The same element, if it has that name and none but these attributes.
// SECURITY: foreign attributes would be written out, with their inherited namespace names, when SignedInfo is canonicalized:
// work for strangers before anything is verified.
fn expect<'e>(element: &'e Element, local: &str, attributes: &[&str]) -> Result<&'e Element, Flaw> {
    let known = |namespace: &str, name: &str| namespace.is_empty() && attributes.contains(&name);
    if !element.is(NAMESPACE, local) || element.attributes().any(|a| !known(a.namespace, a.local)) {
        return Err(Flaw::Malformed);
    }
    Ok(element)
}

/// The child elements, if there is nothing but white space between them.
fn children(element: &Element) -> Result<Vec<Element>, Flaw> {
    if !element.text().trim_ascii().is_empty() {
        return Err(Flaw::Malformed);
    }
    Ok(element.elements().collect())
}

/// The algorithm identifier of a method that takes no parameters here: no HMACOutputLength, no RSA-PSS parameters.
fn identifier_alone<'e>(element: &'e Element, local: &str) -> Result<&'e str, Flaw> {
    if expect(element, local, &["Algorithm"])?.has_elements() {
        return Err(Flaw::Unsupported);
    }
    element.attribute("Algorithm").ok_or(Flaw::Malformed)
}

/// Exclusive canonicalization, with its one parameter, the `PrefixList`.
fn exclusive_c14n(method: &Element) -> Result<C14n, Flaw> {
    if method.attribute("Algorithm") != Some(EXCLUSIVE_C14N) {
        return Err(Flaw::Unsupported);
    }
    match children(method)?.as_slice() {
        [] => Ok(C14n::exclusive()),
        [list] if list.is(EXCLUSIVE_C14N, "InclusiveNamespaces") && !list.has_elements() => {
            let prefixes = list.attribute("PrefixList").unwrap_or_default();
            let bounded = prefixes.split_ascii_whitespace().count() <= MOST_PREFIXES;
            let alone =
                list.attributes().all(|a| a.namespace.is_empty() && a.local == "PrefixList");
            if bounded && alone {
                Ok(C14n::exclusive_with(prefixes))
            } else {
                Err(Flaw::Unsupported)
            }
        }
        _ => Err(Flaw::Unsupported),
    }
}

/// The octets that an element's text says in base64, white space apart.
fn octets(element: &Element) -> Result<Vec<u8>, Flaw> {
    if element.has_elements() {
        return Err(Flaw::Malformed);
    }
    let mut text = element.text();
    text.retain(|c| !c.is_ascii_whitespace());
    STANDARD.decode(text).map_err(|_| Flaw::Malformed)
}
