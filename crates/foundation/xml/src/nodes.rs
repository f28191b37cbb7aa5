//! The nodes of one document.
//!
//! In:  what the parser found, in document order.
//! Out: [`Node`]s: names, attributes, declarations and characters, and the way to parents and children.
//! Never: changes once it is made. Nodes, attributes and declarations refer to one another by number, and to characters by
//! where they stand, so that a document is four allocations and refers to nothing outside itself.

use crate::XML_NAMESPACE;

/// One document.
pub(crate) struct Nodes {
    /// The document as sent, with line ends as line feeds; behind it the characters of those values and texts that do not
    /// stand in it as they are (references, white space in attribute values, CDATA sections).
    text: String,
    source: usize,
    /// In document order; the first is the root element.
    entries: Vec<Entry>,
    attributes: Vec<Attributed>,
    declarations: Vec<Declared>,
}

/// The number of a node in its document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct NodeId(pub(crate) u32);

/// From `start` up to `end`: octets of [`Nodes::text`], or the numbers of attributes or declarations.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// A name as written: `start..end`, of which the local part begins at `local`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Name {
    pub(crate) start: u32,
    pub(crate) local: u32,
    pub(crate) end: u32,
}

/// What a name's prefix is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bound {
    Nothing,
    /// By the rules of XML: the prefix `xml`, declared or not.
    Xml,
    /// The declaration of that number.
    By(u32),
}

/// A node, and how far its inside reaches: up to the node of number `behind`.
pub(crate) struct Entry {
    pub(crate) parent: Option<NodeId>,
    pub(crate) behind: u32,
    pub(crate) content: Content,
}

pub(crate) enum Content {
    Element(Tag),
    Text(Span),
    Comment(Span),
}

pub(crate) struct Tag {
    pub(crate) name: Name,
    /// Behind the last octet of the element.
    pub(crate) end: u32,
    pub(crate) namespace: Bound,
    /// Numbers of attributes.
    pub(crate) attributes: Span,
    /// Numbers of declarations.
    pub(crate) declarations: Span,
}

pub(crate) struct Attributed {
    pub(crate) name: Name,
    pub(crate) namespace: Bound,
    pub(crate) value: Span,
}

pub(crate) struct Declared {
    /// Empty for the default namespace.
    pub(crate) prefix: Span,
    /// Empty where the default namespace is undone.
    pub(crate) namespace: Span,
}

/// A number as an index: every platform that this is built for counts to 32 bits at least.
pub(crate) const fn index(number: u32) -> usize {
    number as usize
}

/// What stands in for a node that is not there; it has no name and no content.
static NOTHING: Entry =
    Entry { parent: None, behind: 0, content: Content::Comment(Span { start: 0, end: 0 }) };

impl Span {
    /// As a range to index with.
    pub(crate) fn numbers(self) -> std::ops::Range<usize> {
        index(self.start)..index(self.end)
    }

    pub(crate) fn of(self, text: &str) -> &str {
        text.get(self.numbers()).unwrap_or_default()
    }
}

impl Name {
    /// With the prefix.
    pub(crate) fn qualified(self) -> Span {
        Span { start: self.start, end: self.end }
    }

    pub(crate) fn prefix(self) -> Span {
        // Between prefix and local part stands the colon.
        Span { start: self.start, end: self.local.saturating_sub(1).max(self.start) }
    }

    pub(crate) fn local(self) -> Span {
        Span { start: self.local, end: self.end }
    }

    pub(crate) fn is_prefixed(self) -> bool {
        self.local > self.start
    }
}

impl Nodes {
    /// `text` is the source and, from `source` on, the characters that do not stand in it.
    pub(crate) fn new(
        text: String,
        source: usize,
        entries: Vec<Entry>,
        attributes: Vec<Attributed>,
        declarations: Vec<Declared>,
    ) -> Self {
        Self { text, source, entries, attributes, declarations }
    }

    /// The document as sent, with line ends as line feeds.
    pub(crate) fn source(&self) -> &str {
        self.text.get(..self.source).unwrap_or_default()
    }

    /// How many namespace declarations stand in it.
    pub(crate) fn declarations(&self) -> usize {
        self.declarations.len()
    }

    pub(crate) fn root(&self) -> Node<'_> {
        self.node(NodeId(0))
    }

    pub(crate) fn node(&self, id: NodeId) -> Node<'_> {
        Node { nodes: self, id, entry: self.entries.get(index(id.0)).unwrap_or(&NOTHING) }
    }

    fn namespace(&self, bound: Bound) -> &str {
        match bound {
            Bound::Nothing => "",
            Bound::Xml => XML_NAMESPACE,
            Bound::By(number) => {
                let by = self.declarations.get(index(number));
                by.map_or("", |by| by.namespace.of(&self.text))
            }
        }
    }
}

/// One node of a document.
#[derive(Clone, Copy)]
pub(crate) struct Node<'d> {
    nodes: &'d Nodes,
    id: NodeId,
    entry: &'d Entry,
}

/// One attribute; namespace declarations are none.
#[derive(Clone, Copy)]
pub(crate) struct Attribute<'d> {
    pub(crate) namespace: &'d str,
    /// With its prefix, as written.
    pub(crate) name: &'d str,
    pub(crate) prefix: &'d str,
    pub(crate) local: &'d str,
    /// Normalised.
    pub(crate) value: &'d str,
}

/// One namespace declaration.
#[derive(Clone, Copy)]
pub(crate) struct Declaration<'d> {
    /// Empty for the default namespace.
    pub(crate) prefix: &'d str,
    /// Empty where the default namespace is undone.
    pub(crate) namespace: &'d str,
}

impl<'d> Node<'d> {
    pub(crate) fn id(self) -> NodeId {
        self.id
    }

    fn tag(self) -> Option<&'d Tag> {
        match &self.entry.content {
            Content::Element(tag) => Some(tag),
            Content::Text(_) | Content::Comment(_) => None,
        }
    }

    pub(crate) fn is_element(self) -> bool {
        self.tag().is_some()
    }

    /// The characters of a text node: all that stand between two tags or comments.
    pub(crate) fn as_text(self) -> Option<&'d str> {
        match self.entry.content {
            Content::Text(text) => Some(text.of(&self.nodes.text)),
            Content::Element(_) | Content::Comment(_) => None,
        }
    }

    pub(crate) fn as_comment(self) -> Option<&'d str> {
        match self.entry.content {
            Content::Comment(text) => Some(text.of(&self.nodes.text)),
            Content::Element(_) | Content::Text(_) => None,
        }
    }

    pub(crate) fn parent(self) -> Option<Node<'d>> {
        self.entry.parent.map(|parent| self.nodes.node(parent))
    }

    /// This node, and all around it.
    pub(crate) fn ancestors(self) -> impl Iterator<Item = Node<'d>> {
        std::iter::successors(Some(self), |node| node.parent())
    }

    pub(crate) fn children(self) -> Children<'d> {
        Children { nodes: self.nodes, next: self.id.0.saturating_add(1), behind: self.entry.behind }
    }

    /// This element and every element inside it, in document order.
    pub(crate) fn elements(self) -> impl Iterator<Item = Node<'d>> {
        let nodes = self.nodes;
        let all = self.id.0..self.entry.behind;
        all.map(|number| nodes.node(NodeId(number))).filter(|node| node.is_element())
    }

    fn name_part(self, part: impl FnOnce(Name) -> Span) -> &'d str {
        self.tag().map_or("", |tag| part(tag.name).of(&self.nodes.text))
    }

    /// The name with its prefix, as written.
    pub(crate) fn name(self) -> &'d str {
        self.name_part(Name::qualified)
    }

    pub(crate) fn prefix(self) -> &'d str {
        self.name_part(Name::prefix)
    }

    pub(crate) fn local(self) -> &'d str {
        self.name_part(Name::local)
    }

    pub(crate) fn namespace(self) -> &'d str {
        self.tag().map_or("", |tag| self.nodes.namespace(tag.namespace))
    }

    pub(crate) fn is(self, namespace: &str, local: &str) -> bool {
        self.tag().is_some_and(|tag| {
            tag.name.local().of(&self.nodes.text) == local
                && self.nodes.namespace(tag.namespace) == namespace
        })
    }

    pub(crate) fn attributes(self) -> impl Iterator<Item = Attribute<'d>> {
        let nodes = self.nodes;
        let all = self.tag().and_then(|tag| nodes.attributes.get(tag.attributes.numbers()));
        all.unwrap_or_default().iter().map(|attribute| Attribute {
            namespace: nodes.namespace(attribute.namespace),
            name: attribute.name.qualified().of(&nodes.text),
            prefix: attribute.name.prefix().of(&nodes.text),
            local: attribute.name.local().of(&nodes.text),
            value: attribute.value.of(&nodes.text),
        })
    }

    /// The namespace declarations of the start tag, as sent.
    pub(crate) fn declarations(self) -> impl Iterator<Item = Declaration<'d>> {
        let nodes = self.nodes;
        let all = self.tag().and_then(|tag| nodes.declarations.get(tag.declarations.numbers()));
        all.unwrap_or_default().iter().map(|declared| Declaration {
            prefix: declared.prefix.of(&nodes.text),
            namespace: declared.namespace.of(&nodes.text),
        })
    }

    /// What is bound here, of each prefix the nearest declaration; without `xml`, and without what is bound to nothing.
    pub(crate) fn in_scope(self) -> Vec<Declaration<'d>> {
        let mut bound: Vec<Declaration<'d>> = Vec::new();
        for declared in self.ancestors().flat_map(Node::declarations) {
            if declared.prefix != "xml" && !bound.iter().any(|b| b.prefix == declared.prefix) {
                bound.push(declared);
            }
        }
        bound.retain(|bound| !bound.namespace.is_empty());
        bound
    }

    /// The namespace that a prefix other than `xml` is bound to here; empty where it is none.
    pub(crate) fn bound(self, prefix: &str) -> &'d str {
        let mut declared = self.ancestors().flat_map(Node::declarations);
        declared.find(|declared| declared.prefix == prefix).map_or("", |found| found.namespace)
    }

    /// The attributes in the xml namespace that an element has or inherits: of each name the nearest, with whether it is
    /// the element's own.
    // SPEC: Canonical XML 1.0 §2.4, for the apex of a subset; all of them, not only `xml:lang` and `xml:space`.
    pub(crate) fn xml_attributes(self) -> Vec<(Attribute<'d>, bool)> {
        let of = |around: Node<'d>| around.attributes().map(move |a| (a, around.id == self.id));
        let mut attributes: Vec<_> = self
            .ancestors()
            .flat_map(of)
            .filter(|(attribute, _)| attribute.namespace == XML_NAMESPACE)
            .collect();
        attributes.sort_by_key(|(attribute, _)| attribute.local); // stable: the nearest stays first
        attributes.dedup_by_key(|(attribute, _)| attribute.local);
        attributes
    }

    /// The element as sent.
    pub(crate) fn source(self) -> &'d str {
        self.tag().map_or("", |tag| {
            let start = tag.name.start.saturating_sub(1); // the `<`
            Span { start, end: tag.end }.of(&self.nodes.text)
        })
    }
}

/// The nodes directly inside an element.
pub(crate) struct Children<'d> {
    nodes: &'d Nodes,
    next: u32,
    behind: u32,
}

impl<'d> Iterator for Children<'d> {
    type Item = Node<'d>;

    fn next(&mut self) -> Option<Node<'d>> {
        if self.next >= self.behind {
            return None;
        }
        let child = self.nodes.node(NodeId(self.next));
        self.next = child.entry.behind;
        Some(child)
    }
}
