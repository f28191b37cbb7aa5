//! Canonical form of a whole subtree, minus one subtree.
//!
//! In:  an element as a view has it, the method, an element to leave out, and the most octets that may come of it.
//! Out: the canonical octets.
//! Never: node sets that an expression selected; octets for a document that has no canonical form.
//!
//! Canonical XML 1.0; Exclusive XML Canonicalization 1.0 with its `PrefixList`.

use crate::nodes::{Attribute, Children, Declaration, Node, NodeId};
use crate::{Element, Fragment, NodeKey, View, escape};

mod method;

pub use method::{C14n, Uncanonical};

pub(crate) fn canonicalize(
    view: View<'_>,
    apex: &Element,
    method: &C14n,
    without: Option<&Element>,
    limit: usize,
) -> Result<Vec<u8>, Uncanonical> {
    let (scope, comments) = match method {
        C14n::Inclusive { comments } => (Scope::Whole, *comments),
        C14n::Exclusive { inclusive_prefixes, comments } if inclusive_prefixes.is_empty() => {
            (Scope::Used, *comments)
        }
        C14n::Exclusive { inclusive_prefixes, comments } => {
            (Scope::Listed(inclusive_prefixes), *comments)
        }
    };
    let mut canonical = Canonical {
        view: view.has_grafts().then_some(view),
        without: without.map(Element::key),
        scope,
        comments,
        here: Here::new(apex, without.map(Element::key)),
        outside: Vec::new(),
        rendered: Vec::with_capacity(8),
        attributes: Vec::with_capacity(8),
        out: Vec::with_capacity(apex.source().len().min(limit)),
    };
    canonical.write(apex.node(), limit)?;
    Ok(canonical.out)
}

/// Which of the namespaces in scope are declared.
#[derive(Clone, Copy)]
enum Scope<'d> {
    /// Those that a name uses.
    Used,
    /// These prefixes too.
    Listed(&'d [String]),
    /// All.
    Whole,
}

impl Scope<'_> {
    fn includes(self, prefix: &str) -> bool {
        match self {
            Self::Used => false,
            Self::Listed(prefixes) => {
                let listed = if prefix.is_empty() { "#default" } else { prefix };
                prefixes.iter().any(|prefix| prefix == listed)
            }
            Self::Whole => true,
        }
    }
}

struct Canonical<'d> {
    /// `None` where nothing was grafted: then nobody asks for each element whether it was replaced.
    view: Option<View<'d>>,
    without: Option<NodeKey>,
    scope: Scope<'d>,
    comments: bool,
    here: Here,
    /// The documents around the decrypted content that is being written, innermost last.
    outside: Vec<Here>,
    /// The declarations that elements now open have written, innermost last: prefix and namespace.
    rendered: Vec<(&'d str, &'d str)>,
    /// The attributes of the start tag being written; kept to be used again.
    attributes: Vec<Attribute<'d>>,
    out: Vec<u8>,
}

/// The document that is being written.
#[derive(Clone, Copy)]
struct Here {
    serial: u64,
    /// What is left out, if it stands in this document.
    without: Option<NodeId>,
}

impl Here {
    fn new(element: &Element, without: Option<NodeKey>) -> Self {
        let serial = element.document().serial();
        Self { serial, without: without.and_then(|without| without.node_of(serial)) }
    }
}

/// An element whose end tag is still to be written; without a name, decrypted content, which has no tags.
struct Open<'d> {
    children: Children<'d>,
    name: &'d str,
    /// How many declarations were rendered outside it.
    outside: usize,
}

impl<'d> Canonical<'d> {
    // A stack of our own: how deep a document nests is the caller's limit, not the thread's.
    fn write(&mut self, apex: Node<'d>, limit: usize) -> Result<(), Uncanonical> {
        let mut open = Vec::with_capacity(16);
        if self.here.without != Some(apex.id()) {
            open.push(self.start(apex)?);
        }
        while let Some(innermost) = open.last_mut() {
            match innermost.children.next() {
                Some(child) if child.is_element() => {
                    if self.here.without != Some(child.id()) {
                        let inside = match self.grafted(child) {
                            Some(fragment) => self.enter(fragment),
                            None => self.start(child)?,
                        };
                        open.push(inside);
                    }
                }
                Some(child) => self.characters(child),
                None => {
                    let Open { name, outside, .. } = *innermost;
                    self.end(name, outside);
                    open.pop();
                }
            }
            // SECURITY: a long namespace name that short elements inherit is written for each of them again: kilobytes
            // would become gigabytes. Test: canonical_form_stops_at_the_limit.
            if self.out.len() > limit {
                return Err(Uncanonical::TooLong);
            }
        }
        Ok(())
    }

    fn characters(&mut self, node: Node<'d>) {
        if let Some(text) = node.as_text() {
            escape::text(&mut self.out, text);
        } else if let Some(comment) = node.as_comment().filter(|_| self.comments) {
            self.put(&["<!--", comment, "-->"]);
        }
    }

    fn start(&mut self, element: Node<'d>) -> Result<Open<'d>, Uncanonical> {
        let outside = self.rendered.len();
        let apex = self.out.is_empty();
        let name = element.name();
        self.put(&["<", name]);
        self.render(element.prefix(), element.namespace());
        for attribute in element.attributes() {
            if !attribute.prefix.is_empty() {
                self.render(attribute.prefix, attribute.namespace);
            }
            self.attributes.push(attribute);
        }
        match self.scope {
            Scope::Used => {}
            Scope::Listed(_) => self.render_scope(element, apex),
            Scope::Whole => {
                self.render_scope(element, apex);
                if apex {
                    self.inherit_attributes(element);
                }
            }
        }
        self.write_declarations(outside)?;
        self.write_attributes();
        self.out.push(b'>');
        Ok(Open { children: element.children(), name, outside })
    }

    fn end(&mut self, name: &str, outside: usize) {
        if name.is_empty() {
            self.leave();
        } else {
            self.put(&["</", name, ">"]);
            self.rendered.truncate(outside);
        }
    }

    /// What this view shows in the place of an element.
    fn grafted(&self, element: Node<'d>) -> Option<&'d Fragment> {
        self.view?.grafted(NodeKey::new(self.here.serial, element.id()))
    }

    // The wrapper binds what is bound where it stands, so that nothing is to be declared anew.
    fn enter(&mut self, fragment: &'d Fragment) -> Open<'d> {
        self.outside.push(self.here);
        let wrapper = fragment.wrapper();
        self.here = Here::new(wrapper, self.without);
        Open { children: wrapper.node().children(), name: "", outside: self.rendered.len() }
    }

    fn leave(&mut self) {
        if let Some(outside) = self.outside.pop() {
            self.here = outside;
        }
    }

    /// Renders what is to be declared whether a name uses it or not.
    ///
    /// At the apex, that is all that is in scope. Further in the rest means what it meant outside, where it is rendered.
    // SPEC: Canonical XML 1.0 §2.3, namespace axis; Exclusive XML Canonicalization 1.0 §3, which gives the listed prefixes the
    // same treatment. SECURITY: many prefixes in scope times many elements would be a stranger's to choose.
    // Test: a_start_tag_costs_what_it_declares.
    fn render_scope(&mut self, element: Node<'d>, apex: bool) {
        let scope = self.scope;
        let render = |bound: Declaration<'d>| {
            if scope.includes(bound.prefix) {
                self.render(bound.prefix, bound.namespace);
            }
        };
        if apex {
            element.in_scope().into_iter().for_each(render);
        } else {
            element.declarations().for_each(render);
        }
    }

    /// Adds the `xml:` attributes that stand further out.
    // SPEC: Canonical XML 1.0 §2.4. Decrypted content finds them on its wrapper.
    fn inherit_attributes(&mut self, apex: Node<'d>) {
        let inherited = apex.xml_attributes().into_iter().filter(|(_, own)| !own);
        self.attributes.extend(inherited.map(|(attribute, _)| attribute));
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

    fn write_declarations(&mut self, outside: usize) -> Result<(), Uncanonical> {
        let (_, here) = self.rendered.split_at_mut_checked(outside).unwrap_or_default();
        here.sort_unstable();
        for (prefix, namespace) in here {
            if !is_absolute(namespace) {
                return Err(Uncanonical::RelativeNamespace);
            }
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
        Ok(())
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

/// Whether a namespace name begins with a scheme, or is empty: a default namespace undone.
// SPEC: Canonical XML 1.0 §2.1: relative ones are a failure. SECURITY: where they fail with empty output instead, the digest of
// nothing is a signature's to reuse ("The Fragile Lock", CVE-2025-66475). A declaration that is not written does no harm.
// Test: a_relative_namespace_has_no_canonical_form.
fn is_absolute(namespace: &str) -> bool {
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|o| o.is_ascii_alphanumeric() || matches!(o, b'+' | b'-' | b'.'))
    };
    namespace.is_empty() || namespace.split_once(':').is_some_and(|(scheme, _)| is_scheme(scheme))
}

#[cfg(test)]
mod tests;
