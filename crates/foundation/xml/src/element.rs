//! An element that owns its document.
//!
//! In:  a node of a parsed document.
//! Out: names, attributes, children and text, as sent.
//! Never: finds an element again by id or path; never takes the first of several text nodes for the text.

use std::sync::Arc;

use roxmltree::{Node, NodeId};

use crate::{Document, Repeated, XML_NAMESPACE};

/// A handle to one element. Cloning it is cheap; it keeps its whole document alive.
#[derive(Clone)]
pub struct Element {
    document: Arc<Document>,
    node: NodeId,
}

/// Identity of a node, unique among all documents of the process. It says nothing of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeKey {
    document: u64,
    node: u32,
}

impl NodeKey {
    pub(crate) fn same_document(self, other: Self) -> bool {
        self.document == other.document
    }
}

/// One attribute of an element; namespace declarations are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute<'e> {
    /// Empty for an attribute without prefix.
    pub namespace: &'e str,
    /// The name without its prefix.
    pub local: &'e str,
    /// The normalised value.
    pub value: &'e str,
}

impl Element {
    pub(crate) fn new(document: Arc<Document>, node: NodeId) -> Self {
        Self { document, node }
    }

    // INVARIANT: `node` is an element of `document`. Were it not, the root node would stand in: it has no name, so no
    // caller would take it for anything.
    pub(crate) fn node(&self) -> Node<'_, '_> {
        let nodes = self.document.nodes();
        nodes.get_node(self.node).unwrap_or_else(|| nodes.root())
    }

    pub(crate) fn document_text(&self) -> &str {
        self.document.text()
    }

    fn sibling(&self, node: Node<'_, '_>) -> Self {
        Self { document: Arc::clone(&self.document), node: node.id() }
    }

    /// The namespace name; empty where there is none.
    #[must_use]
    pub fn namespace(&self) -> &str {
        self.node().tag_name().namespace().unwrap_or_default()
    }

    /// The name without its prefix.
    #[must_use]
    pub fn local(&self) -> &str {
        self.node().tag_name().name()
    }

    /// The prefix as written; empty where there is none. It carries no meaning, only canonical form depends on it.
    #[must_use]
    pub fn prefix(&self) -> &str {
        prefix(self.node(), self.document_text())
    }

    /// Whether this is the element of that name.
    #[must_use]
    pub fn is(&self, namespace: &str, local: &str) -> bool {
        is(self.node(), namespace, local)
    }

    /// The value of an attribute without namespace.
    #[must_use]
    pub fn attribute(&self, local: &str) -> Option<&str> {
        self.attribute_in("", local)
    }

    /// The value of an attribute in a namespace.
    #[must_use]
    pub fn attribute_in(&self, namespace: &str, local: &str) -> Option<&str> {
        self.attributes().find(|a| a.local == local && a.namespace == namespace).map(|a| a.value)
    }

    /// Every attribute as sent, without the namespace declarations.
    pub fn attributes(&self) -> impl Iterator<Item = Attribute<'_>> {
        self.node().attributes().map(|attribute| Attribute {
            namespace: attribute.namespace().unwrap_or_default(),
            local: attribute.name(),
            value: attribute.value(),
        })
    }

    /// The child elements as sent.
    pub fn elements(&self) -> impl Iterator<Item = Element> {
        self.node().children().filter(Node::is_element).map(|child| self.sibling(child))
    }

    /// This element and every element inside it, in document order.
    pub fn descendants(&self) -> impl Iterator<Item = Element> {
        self.node().descendants().filter(Node::is_element).map(|node| self.sibling(node))
    }

    /// The child element of that name, if there is one.
    ///
    /// # Errors
    ///
    /// [`Repeated`] if there are two.
    pub fn child(&self, namespace: &str, local: &str) -> Result<Option<Element>, Repeated> {
        let mut named = self.node().children().filter(|child| is(*child, namespace, local));
        let first = named.next();
        match named.next() {
            Some(_) => Err(Repeated),
            None => Ok(first.map(|child| self.sibling(child))),
        }
    }

    /// Every text node directly inside, concatenated.
    // SECURITY: comment truncation. A comment splits text in two nodes; reading the first alone turns
    // `admin<!-- -->.evil.example` into `admin` under a signature that still holds (the CVE-2017-11427 family).
    // Test: a_comment_does_not_truncate_text.
    #[must_use]
    pub fn text(&self) -> String {
        texts(self.node()).collect()
    }

    /// The text without the white space around it; `None` where that is nothing, or where elements stand in it.
    #[must_use]
    pub fn word(&self) -> Option<String> {
        if self.has_elements() {
            return None;
        }
        let text = self.text();
        let trimmed = text.trim();
        match trimmed.len() {
            0 => None,
            same if same == text.len() => Some(text),
            _ => Some(trimmed.to_owned()),
        }
    }

    /// Whether there is any child element.
    #[must_use]
    pub fn has_elements(&self) -> bool {
        self.node().children().any(|child| child.is_element())
    }

    /// The element around this one; `None` for the root.
    #[must_use]
    pub fn parent(&self) -> Option<Element> {
        self.node().parent_element().map(|parent| self.sibling(parent))
    }

    /// Whether both handles are to the very same node, not merely to equal content.
    #[must_use]
    pub fn same(&self, other: &Element) -> bool {
        self.key() == other.key()
    }

    /// The identity of this node.
    #[must_use]
    pub fn key(&self) -> NodeKey {
        NodeKey { document: self.document.serial(), node: self.node.get() }
    }

    /// The namespace that a prefix is bound to here, for names inside text and attribute values.
    ///
    /// The empty prefix asks for the default namespace. `None` where the prefix is not bound.
    #[must_use]
    pub fn declared(&self, prefix: &str) -> Option<&str> {
        if prefix == "xml" {
            return Some(XML_NAMESPACE);
        }
        let name = (!prefix.is_empty()).then_some(prefix);
        self.node().lookup_namespace_uri(name).filter(|namespace| !namespace.is_empty())
    }

    /// Every prefix bound here with its namespace, without `xml`; the empty prefix is the default namespace.
    #[must_use]
    pub fn in_scope(&self) -> Vec<(String, String)> {
        self.node()
            .namespaces()
            .filter(|bound| !bound.uri().is_empty())
            .map(|bound| (bound.name().unwrap_or_default().to_owned(), bound.uri().to_owned()))
            .collect()
    }

    /// The characters as sent, with line ends as line feeds: for cutting out and passing on, never for reading.
    ///
    /// Namespace declarations that stand further out are not part of it.
    #[must_use]
    pub fn source(&self) -> &str {
        self.document_text().get(self.node().range()).unwrap_or_default()
    }
}

// SECURITY: the name only; content may be a password.
impl std::fmt::Debug for Element {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Element({{{}}}{})", self.namespace(), self.local())
    }
}

fn is(node: Node<'_, '_>, namespace: &str, local: &str) -> bool {
    let name = node.tag_name();
    node.is_element() && name.name() == local && name.namespace().unwrap_or_default() == namespace
}

/// The text nodes directly inside; comments stand between them.
pub(crate) fn texts<'d>(node: Node<'d, 'd>) -> impl Iterator<Item = &'d str> {
    node.children().filter(Node::is_text).filter_map(own_text)
}

/// The characters of a text node.
// `Node::text` is banned because on an element it is the first text child only; on a text node the storage is its own.
pub(crate) fn own_text<'d>(text_node: Node<'d, 'd>) -> Option<&'d str> {
    text_node.text_storage().map(roxmltree::StringStorage::as_str)
}

/// The prefix of an element's name, read from the start tag: the parser keeps the namespace only.
pub(crate) fn prefix<'d>(element: Node<'d, 'd>, text: &'d str) -> &'d str {
    let tag = text.get(element.range().start.saturating_add(1)..).unwrap_or_default();
    let end =
        tag.bytes().position(|octet| matches!(octet, b':' | b' ' | b'\t' | b'\n' | b'/' | b'>'));
    match end.and_then(|end| tag.split_at_checked(end)) {
        Some((prefix, rest)) if rest.starts_with(':') => prefix,
        _ => "",
    }
}
