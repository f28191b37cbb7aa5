//! An element that owns its document.
//!
//! In:  a node of a parsed document.
//! Out: names, attributes, children and text, as sent.
//! Never: finds an element again by id or path; never takes the first of several text nodes for the text.

use std::borrow::Cow;
use std::sync::Arc;

use crate::nodes::{Node, NodeId};
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
    node: NodeId,
}

impl NodeKey {
    pub(crate) fn new(document: u64, node: NodeId) -> Self {
        Self { document, node }
    }

    pub(crate) fn same_document(self, other: Self) -> bool {
        self.document == other.document
    }

    /// The node, if it is that document's.
    pub(crate) fn node_of(self, document: u64) -> Option<NodeId> {
        (self.document == document).then_some(self.node)
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

    // INVARIANT: `node` is an element of `document`. Were it not, a node without a name would stand in, which no caller
    // would take for anything.
    pub(crate) fn node(&self) -> Node<'_> {
        self.document.nodes().node(self.node)
    }

    pub(crate) fn document(&self) -> &Document {
        &self.document
    }

    /// The handle to another node of the same document.
    pub(crate) fn sibling(&self, node: Node<'_>) -> Self {
        Self { document: Arc::clone(&self.document), node: node.id() }
    }

    /// The namespace name; empty where there is none.
    #[must_use]
    pub fn namespace(&self) -> &str {
        self.node().namespace()
    }

    /// The name without its prefix.
    #[must_use]
    pub fn local(&self) -> &str {
        self.node().local()
    }

    /// The prefix as written; empty where there is none. It carries no meaning, only canonical form depends on it.
    #[must_use]
    pub fn prefix(&self) -> &str {
        self.node().prefix()
    }

    /// Whether this is the element of that name.
    #[must_use]
    pub fn is(&self, namespace: &str, local: &str) -> bool {
        self.node().is(namespace, local)
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
            namespace: attribute.namespace,
            local: attribute.local,
            value: attribute.value,
        })
    }

    /// The child elements as sent.
    pub fn elements(&self) -> impl Iterator<Item = Element> {
        self.node().children().filter(|child| child.is_element()).map(|child| self.sibling(child))
    }

    /// This element and every element inside it, in document order.
    pub fn descendants(&self) -> impl Iterator<Item = Element> {
        self.node().elements().map(|node| self.sibling(node))
    }

    /// The child element of that name, if there is one.
    ///
    /// # Errors
    ///
    /// [`Repeated`] if there are two.
    pub fn child(&self, namespace: &str, local: &str) -> Result<Option<Element>, Repeated> {
        let mut named = self.node().children().filter(|child| child.is(namespace, local));
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
        self.whole_text().into_owned()
    }

    /// The text, if nothing but text stands directly inside: no element, and no comment either.
    #[must_use]
    pub fn only_text(&self) -> Option<&str> {
        let mut children = self.node().children();
        match (children.next(), children.next()) {
            (None, _) => Some(""),
            (Some(only), None) => only.as_text(),
            (Some(_), Some(_)) => None,
        }
    }

    /// Whether any text but white space stands directly inside.
    #[must_use]
    pub fn has_text(&self) -> bool {
        texts(self.node()).any(|text| !text.trim_ascii().is_empty())
    }

    /// The text without the white space around it; `None` where that is nothing, or where elements stand in it.
    #[must_use]
    pub fn word(&self) -> Option<Cow<'_, str>> {
        if self.has_elements() {
            return None;
        }
        let word = match self.whole_text() {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
            Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
        };
        (!word.is_empty()).then_some(word)
    }

    fn whole_text(&self) -> Cow<'_, str> {
        let mut texts = texts(self.node());
        match (texts.next(), texts.next()) {
            (None, _) => Cow::Borrowed(""),
            (Some(all), None) => Cow::Borrowed(all),
            (Some(first), Some(second)) => {
                Cow::Owned([first, second].into_iter().chain(texts).collect())
            }
        }
    }

    /// Whether there is any child element.
    #[must_use]
    pub fn has_elements(&self) -> bool {
        self.node().children().any(|child| child.is_element())
    }

    /// The element around this one; `None` for the root.
    ///
    /// For an element of decrypted content, the content's surroundings: what is around the element it stands for.
    #[must_use]
    pub fn parent(&self) -> Option<Element> {
        let parent = self.parent_as_sent()?;
        match parent.wraps() {
            Some(replaced) => replaced.parent(),
            None => Some(parent),
        }
    }

    /// The element around this one in its own document: for outermost ones of decrypted content, the wrapper.
    pub(crate) fn parent_as_sent(&self) -> Option<Element> {
        self.node().parent().map(|parent| self.sibling(parent))
    }

    /// If this is the wrapper of decrypted content, and no element of any message: what the content stands for.
    pub(crate) fn wraps(&self) -> Option<&Element> {
        self.document.stands_for().filter(|_| self.node().parent().is_none())
    }

    /// Whether both handles are to the very same node, not merely to equal content.
    #[must_use]
    pub fn same(&self, other: &Element) -> bool {
        self.key() == other.key()
    }

    /// The identity of this node.
    #[must_use]
    pub fn key(&self) -> NodeKey {
        NodeKey::new(self.document.serial(), self.node)
    }

    /// The namespace that a prefix is bound to here, for names inside text and attribute values.
    ///
    /// The empty prefix asks for the default namespace. `None` where the prefix is not bound.
    #[must_use]
    pub fn declared(&self, prefix: &str) -> Option<&str> {
        if prefix == "xml" {
            return Some(XML_NAMESPACE);
        }
        Some(self.node().bound(prefix)).filter(|namespace| !namespace.is_empty())
    }

    /// Every prefix bound here with its namespace, without `xml`; the empty prefix is the default namespace.
    #[must_use]
    pub fn in_scope(&self) -> Vec<(String, String)> {
        let bound = self.node().in_scope();
        bound.iter().map(|b| (b.prefix.to_owned(), b.namespace.to_owned())).collect()
    }

    /// The characters as sent, with line ends as line feeds: for cutting out and passing on, never for reading.
    ///
    /// Namespace declarations that stand further out are not part of it.
    #[must_use]
    pub fn source(&self) -> &str {
        self.node().source()
    }
}

// SECURITY: the name only; content may be a password.
impl std::fmt::Debug for Element {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Element({{{}}}{})", self.namespace(), self.local())
    }
}

/// The text nodes directly inside; comments stand between them.
fn texts(node: Node<'_>) -> impl Iterator<Item = &str> {
    node.children().filter_map(Node::as_text)
}
