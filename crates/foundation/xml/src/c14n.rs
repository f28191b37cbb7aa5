//! Canonical form of a whole subtree, minus one subtree.
//!
//! In:  an element, the method, an element to leave out, and the most octets that may come of it.
//! Out: the canonical octets.
//! Never: node sets that an expression selected; comments.
//!
//! Exclusive XML Canonicalization 1.0 with its `PrefixList`; Canonical XML 1.0 §2.3 for what octets look like.

use roxmltree::{Node, NodeId};

use crate::Element;
use crate::element::{own_text, prefix};
use crate::escape;

/// How a subtree becomes octets.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum C14n {
    /// Exclusive XML Canonicalization 1.0, without comments.
    Exclusive {
        /// Prefixes whose declarations are written wherever they are in scope, used or not; `#default` is the default namespace.
        inclusive_prefixes: Vec<String>,
    },
}

impl C14n {
    /// Exclusive canonicalization without a `PrefixList`.
    #[must_use]
    pub const fn exclusive() -> Self {
        Self::Exclusive { inclusive_prefixes: Vec::new() }
    }

    /// Exclusive canonicalization with the value of a `PrefixList` attribute: prefixes apart by white space.
    #[must_use]
    pub fn exclusive_with(prefix_list: &str) -> Self {
        let inclusive_prefixes = prefix_list.split_ascii_whitespace().map(str::to_owned).collect();
        Self::Exclusive { inclusive_prefixes }
    }
}

/// The canonical form would be longer than the caller allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the canonical form is longer than the limit")]
pub struct TooLong;

pub(crate) fn canonicalize(
    apex: &Element,
    method: &C14n,
    without: Option<&Element>,
    limit: usize,
) -> Result<Vec<u8>, TooLong> {
    let C14n::Exclusive { inclusive_prefixes } = method;
    let without = without.filter(|without| without.key().same_document(apex.key()));
    let mut canonical = Canonical {
        source: apex.document_text(),
        inclusive: inclusive_prefixes,
        rendered: Vec::with_capacity(8),
        attributes: Vec::with_capacity(8),
        out: Vec::with_capacity(apex.source().len().min(limit)),
    };
    canonical.write(apex.node(), without.map(|without| without.node().id()), limit)?;
    Ok(canonical.out)
}

struct Canonical<'d> {
    source: &'d str,
    inclusive: &'d [String],
    /// The declarations that elements now open have written, innermost last: prefix and namespace.
    rendered: Vec<(&'d str, &'d str)>,
    /// The attributes of the start tag being written; kept to be used again.
    attributes: Vec<Attribute<'d>>,
    out: Vec<u8>,
}

struct Attribute<'d> {
    namespace: &'d str,
    local: &'d str,
    name: &'d str,
    value: &'d str,
}

/// An element whose end tag is still to be written.
struct Open<'d> {
    children: roxmltree::Children<'d, 'd>,
    name: &'d str,
    /// How many declarations were rendered outside it.
    outside: usize,
}

impl<'d> Canonical<'d> {
    // A stack of our own: how deep a document nests is the caller's limit, not the thread's.
    fn write(
        &mut self,
        apex: Node<'d, 'd>,
        without: Option<NodeId>,
        limit: usize,
    ) -> Result<(), TooLong> {
        let mut open = Vec::with_capacity(16);
        if without != Some(apex.id()) {
            open.push(self.start(apex));
        }
        while let Some(innermost) = open.last_mut() {
            match innermost.children.next() {
                Some(child) if child.is_text() => {
                    escape::text(&mut self.out, own_text(child).unwrap_or_default());
                }
                Some(child) if child.is_element() && without != Some(child.id()) => {
                    open.push(self.start(child));
                }
                Some(_) => {} // a comment, or what is left out
                None => {
                    self.put(&["</", innermost.name, ">"]);
                    self.rendered.truncate(innermost.outside);
                    open.pop();
                }
            }
            // SECURITY: a long namespace name that short elements inherit is written for each of them again: kilobytes
            // would become gigabytes. Test: canonical_form_stops_at_the_limit.
            if self.out.len() > limit {
                return Err(TooLong);
            }
        }
        Ok(())
    }

    fn start(&mut self, element: Node<'d, 'd>) -> Open<'d> {
        let outside = self.rendered.len();
        let apex = self.out.is_empty();
        let prefix = prefix(element, self.source);
        let name =
            self.name(element.range().start.saturating_add(1), prefix, element.tag_name().name());
        self.put(&["<", name]);
        self.render(prefix, element.tag_name().namespace().unwrap_or_default());
        self.collect_attributes(element);
        if !self.inclusive.is_empty() && (apex || self.declares(element)) {
            self.render_listed(element);
        }
        self.write_declarations(outside);
        self.write_attributes();
        self.out.push(b'>');
        Open { children: element.children(), name, outside }
    }

    fn collect_attributes(&mut self, element: Node<'d, 'd>) {
        for attribute in element.attributes() {
            let namespace = attribute.namespace().unwrap_or_default();
            let start = attribute.range().start;
            // An attribute is in a namespace exactly if it has a prefix.
            let prefix = match namespace {
                "" => "",
                _ => {
                    self.source.get(start..).and_then(|tag| tag.split_once(':')).map_or("", |p| p.0)
                }
            };
            let (local, value) = (attribute.name(), attribute.value());
            let name = self.name(start, prefix, local);
            if !prefix.is_empty() {
                self.render(prefix, namespace);
            }
            self.attributes.push(Attribute { namespace, local, name, value });
        }
    }

    /// Whether a start tag may declare a namespace. Where none does, the listed prefixes mean what they meant outside.
    // SECURITY: many listed prefixes times many elements times many declarations in scope would be a stranger's to choose.
    fn declares(&self, element: Node<'d, 'd>) -> bool {
        let whole = element.range();
        let end = element.first_child().map_or(whole.end, |child| child.range().start);
        let tag = self.source.get(whole.start..end).unwrap_or_default();
        memchr::memmem::find(tag.as_bytes(), b"xmlns").is_some()
    }

    // SPEC: Exclusive XML Canonicalization 1.0 §3, InclusiveNamespaces PrefixList.
    fn render_listed(&mut self, element: Node<'d, 'd>) {
        for listed in self.inclusive {
            if listed == "#default" {
                self.render("", element.lookup_namespace_uri(None).unwrap_or_default());
            } else if let Some(namespace) = element.lookup_namespace_uri(Some(listed)) {
                self.render(listed, namespace);
            }
        }
    }

    /// The qualified name that stands at `start` of the source.
    fn name(&self, start: usize, prefix: &str, local: &'d str) -> &'d str {
        let colon = usize::from(!prefix.is_empty());
        let end =
            start.saturating_add(prefix.len()).saturating_add(colon).saturating_add(local.len());
        self.source.get(start..end).unwrap_or(local)
    }

    /// Notes that a namespace must be declared here, unless an element outside has it rendered with that prefix.
    fn render(&mut self, prefix: &'d str, namespace: &'d str) {
        if prefix == "xml" {
            return;
        }
        let bound = self.rendered.iter().rev().find(|rendered| rendered.0 == prefix);
        // What is not bound yet counts as none: where no default namespace is rendered, none need be undone.
        if bound.map_or("", |bound| bound.1) != namespace {
            self.rendered.push((prefix, namespace));
        }
    }

    fn write_declarations(&mut self, outside: usize) {
        let (_, here) = self.rendered.split_at_mut_checked(outside).unwrap_or_default();
        here.sort_unstable();
        for (prefix, namespace) in here {
            let out = &mut self.out;
            out.extend_from_slice(b" xmlns");
            if !prefix.is_empty() {
                out.push(b':');
                out.extend_from_slice(prefix.as_bytes());
            }
            out.extend_from_slice(b"=\"");
            escape::attribute(out, namespace);
            out.push(b'"');
        }
    }

    // SPEC: Canonical XML 1.0 §2.3: by namespace name, then local name; those without a namespace come first.
    fn write_attributes(&mut self) {
        self.attributes.sort_unstable_by_key(|attribute| (attribute.namespace, attribute.local));
        for attribute in self.attributes.drain(..) {
            self.out.push(b' ');
            self.out.extend_from_slice(attribute.name.as_bytes());
            self.out.extend_from_slice(b"=\"");
            escape::attribute(&mut self.out, attribute.value);
            self.out.push(b'"');
        }
    }

    fn put(&mut self, parts: &[&str]) {
        for part in parts {
            self.out.extend_from_slice(part.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests;
