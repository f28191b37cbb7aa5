//! Elements read strictly: by name, attributes and order, with nothing left over.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use symbolon_xml::Element;

use crate::{Flaw, NAMESPACE};

/// The same element, if it has that name in the namespace of XML Signature, and none but these attributes.
pub(crate) fn expect<'e>(
    element: &'e Element,
    local: &str,
    attributes: &[&str],
) -> Result<&'e Element, Flaw> {
    expect_in(NAMESPACE, element, local, attributes)
}

/// The same element, if it has that name, and none but these attributes.
// SECURITY: foreign attributes would be written out, with their inherited namespace names, when SignedInfo is canonicalized:
// work for strangers before anything is verified.
pub(crate) fn expect_in<'e>(
    namespace: &str,
    element: &'e Element,
    local: &str,
    attributes: &[&str],
) -> Result<&'e Element, Flaw> {
    let known = |namespace: &str, name: &str| namespace.is_empty() && attributes.contains(&name);
    if !element.is(namespace, local) || element.attributes().any(|a| !known(a.namespace, a.local)) {
        return Err(Flaw::Malformed);
    }
    Ok(element)
}

/// The child elements in order, if there is nothing but white space between them.
pub(crate) fn children(of: &Element) -> Result<Children<impl Iterator<Item = Element>>, Flaw> {
    if of.has_text() {
        return Err(Flaw::Malformed);
    }
    Ok(Children(of.elements().peekable()))
}

/// Child elements still to be read.
pub(crate) struct Children<I: Iterator<Item = Element>>(std::iter::Peekable<I>);

impl<I: Iterator<Item = Element>> Children<I> {
    /// The next one, which must be there.
    pub(crate) fn required(&mut self) -> Result<Element, Flaw> {
        self.0.next().ok_or(Flaw::Malformed)
    }

    /// The next one, if it has that name.
    pub(crate) fn optional(&mut self, namespace: &str, local: &str) -> Option<Element> {
        self.0.next_if(|next| next.is(namespace, local))
    }

    /// That none is left.
    pub(crate) fn end(mut self) -> Result<(), Flaw> {
        if self.0.next().is_some() { Err(Flaw::Malformed) } else { Ok(()) }
    }
}

impl<I: Iterator<Item = Element>> Iterator for Children<I> {
    type Item = Element;

    fn next(&mut self) -> Option<Element> {
        self.0.next()
    }
}

/// The algorithm identifier of a method that takes no parameters here.
// SECURITY: HMACOutputLength (CVE-2009-0217) would leave eight bits to guess. Test: a_parameter_of_a_method_is_refused.
pub(crate) fn identifier_alone<'e>(element: &'e Element, local: &str) -> Result<&'e str, Flaw> {
    if expect(element, local, &["Algorithm"])?.has_elements() {
        return Err(Flaw::Unsupported);
    }
    element.attribute("Algorithm").ok_or(Flaw::Malformed)
}

/// The octets that an element's text says in base64, white space apart.
// SECURITY: an element or a comment in the value is refused, lest one reader see the whole and another its first part
// (CVE-2025-29775). Test: a_comment_in_a_digest_or_signature_value_is_refused.
pub(crate) fn octets(element: &Element) -> Result<Vec<u8>, Flaw> {
    let text = element.only_text().ok_or(Flaw::Malformed)?;
    let decoded = if text.contains([' ', '\t', '\n', '\r']) {
        STANDARD.decode(text.replace([' ', '\t', '\n', '\r'], ""))
    } else {
        STANDARD.decode(text)
    };
    decoded.map_err(|_| Flaw::Malformed)
}
