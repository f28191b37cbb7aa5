//! Decrypted content, parsed for the place where it will stand.
//!
//! In:  plaintext, the element it stands for (an EncryptedData), what shape it must have, and [`Limits`].
//! Out: a [`Fragment`], which [`Tree::graft`](crate::Tree::graft) puts in its place.
//! Never: splices text: every octet is parsed once, under the same guard. Nothing that the replaced element declares itself
//! reaches the content.
//!
//! XML Encryption 1.1 §4.4, §4.5: the scope of the content is that of the replaced element's parent.

use crate::{Document, Element, Flaw, Limits, escape, guard, parse};

/// What decrypted content must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Exactly one element, and nothing beside it: no text, no white space, no comment.
    Element,
    /// Any content of an element: text, elements, comments, or nothing.
    Content,
}

/// Decrypted content that is well-formed where it will stand. It is part of no tree yet. Cloning it is cheap.
#[derive(Debug, Clone)]
pub struct Fragment {
    /// Stands for the parent of the replaced element: it binds the same prefixes. Nobody else ever sees it.
    wrapper: Element,
    at: Element,
    declarations: usize,
}

/// Replacements inside one another.
// LIMIT: a message has two, a token in it another two. Each costs a stack frame here and there.
const MOST_NESTED: usize = 16;

impl Fragment {
    /// The element that the content stands for.
    #[must_use]
    pub fn at(&self) -> &Element {
        &self.at
    }

    /// The outermost elements of the content, as sent.
    pub fn elements(&self) -> impl Iterator<Item = Element> {
        self.wrapper.elements()
    }

    /// The element, if there is exactly one outermost. There always is where [`Shape::Element`] was asked for.
    #[must_use]
    pub fn element(&self) -> Option<Element> {
        let mut elements = self.elements();
        elements.next().filter(|_| elements.next().is_none())
    }

    pub(crate) fn wrapper(&self) -> &Element {
        &self.wrapper
    }

    /// What it takes of a tree's room: all that was parsed.
    pub(crate) fn octets(&self) -> usize {
        self.wrapper.document().nodes().source().len()
    }

    pub(crate) fn declarations(&self) -> usize {
        self.declarations
    }

    pub(crate) fn parse(
        at: &Element,
        plain: &[u8],
        shape: Shape,
        limits: &Limits,
    ) -> Result<Self, Flaw> {
        let outer = std::iter::successors(Some(at), |at| at.document().stands_for());
        if outer.count() > MOST_NESTED {
            return Err(Flaw::TooDeep);
        }
        let plain = guard::characters(plain, limits)?;
        let (mut text, declared) = start_of_wrapper(at);
        text.push_str(&guard::unix_line_ends(plain));
        text.push_str("</w>");
        if text.len() > limits.octets {
            return Err(Flaw::TooLarge);
        }
        let nodes = parse::parse(text, &inside(limits, at, declared))?;
        let declarations = nodes.declarations().saturating_sub(declared);
        let wrapper = Document::root_of(nodes, Some(at.clone()));
        // SECURITY: `</w><w>` would end the wrapper, and its scope, early. The parser refuses a second root already.
        // Test: content_that_ends_its_wrapper_is_refused.
        if wrapper.source().len() != wrapper.document().nodes().source().len() {
            return Err(Flaw::Malformed);
        }
        // SECURITY: what is read as "the decrypted element" must be all that was encrypted.
        if shape == Shape::Element && !is_one_element(&wrapper) {
            return Err(Flaw::NotOneElement);
        }
        Ok(Self { wrapper, at: at.clone(), declarations })
    }
}

/// The same limits for a wrapper around what stands at `at`: the content counts as deep as it will stand.
fn inside(limits: &Limits, at: &Element, declared: usize) -> Limits {
    let depth = std::iter::successors(Some(at.clone()), Element::parent).count();
    Limits {
        // The wrapper is one deep, and its children are where `at` is.
        depth: limits.depth.saturating_add(2).saturating_sub(depth),
        declarations: limits.declarations.saturating_add(declared),
        ..*limits
    }
}

/// A start tag that binds what is bound around `at`, and how many namespaces it declares.
///
/// Attributes in the xml namespace (`xml:lang`, `xml:space`) are inherited too, which inclusive canonicalization shows.
fn start_of_wrapper(at: &Element) -> (String, usize) {
    let mut tag = b"<w".to_vec();
    let mut declared = 0_usize;
    if let Some(parent) = at.parent() {
        for bound in parent.node().in_scope() {
            declared = declared.saturating_add(1);
            let colon = if bound.prefix.is_empty() { "" } else { ":" };
            write_attribute(&mut tag, &["xmlns", colon, bound.prefix], bound.namespace);
        }
        for (attribute, _) in parent.node().xml_attributes() {
            write_attribute(&mut tag, &["xml:", attribute.local], attribute.value);
        }
    }
    tag.push(b'>');
    // Put together from text, it is text.
    (String::from_utf8(tag).unwrap_or_default(), declared)
}

fn write_attribute(out: &mut Vec<u8>, name: &[&str], value: &str) {
    out.push(b' ');
    for part in name {
        out.extend_from_slice(part.as_bytes());
    }
    out.extend_from_slice(b"=\"");
    escape::attribute(out, value);
    out.push(b'"');
}

fn is_one_element(wrapper: &Element) -> bool {
    let mut children = wrapper.node().children();
    matches!((children.next(), children.next()), (Some(only), None) if only.is_element())
}

#[cfg(test)]
mod tests;
