//! A second reader of XML, written from the productions alone, to hold the first against.
//!
//! In:  octets, and the limits that the first reader was given, if it was given any.
//! Out: the document as a tree of its own; `None` where it is none, or breaks a limit or one of our own rules.
//! Never: code of the reader that it judges; speed. It serves comparison and nothing else.
//!
//! XML 1.0 (fifth edition) §2, §3.1, §4.1; Namespaces in XML 1.0 (third edition) §2 to §6. `OURS:` marks what the standards
//! let pass and this project refuses.

mod canonical;
mod cursor;

use std::collections::BTreeMap;

use symbolon_xml::Limits;

pub(crate) use canonical::{Form, canonical};
use cursor::Cursor;

const XML: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

/// Declarations in scope at one place that the guard takes.
const MOST_IN_SCOPE: usize = 64;

/// An element as the standards say what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) prefix: String,
    pub(crate) local: String,
    pub(crate) namespace: String,
    /// Without the declarations, in the order sent.
    pub(crate) attributes: Vec<Attribute>,
    /// Every prefix with its namespace, `xml` apart; the empty prefix is there only with a namespace.
    pub(crate) scope: BTreeMap<String, String>,
    pub(crate) children: Vec<Content>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub(crate) prefix: String,
    pub(crate) local: String,
    pub(crate) namespace: String,
    pub(crate) value: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Text(String),
    Comment(String),
    Element(Node),
}

impl Node {
    /// The child elements.
    pub(crate) fn elements(&self) -> impl Iterator<Item = &Node> {
        self.children.iter().filter_map(|child| match child {
            Content::Element(element) => Some(element),
            Content::Text(_) | Content::Comment(_) => None,
        })
    }

    /// All text directly inside.
    pub(crate) fn text(&self) -> String {
        let text = |child: &Content| match child {
            Content::Text(text) => Some(text.clone()),
            Content::Comment(_) | Content::Element(_) => None,
        };
        self.children.iter().filter_map(text).collect()
    }

    /// This element and all inside it, in document order.
    pub(crate) fn descendants(&self) -> Vec<&Node> {
        let mut found = vec![self];
        self.elements().for_each(|child| found.extend(child.descendants()));
        found
    }
}

/// Reads one document within limits.
pub(crate) fn read(octets: &[u8], limits: &Limits) -> Option<Node> {
    if octets.len() > limits.octets { None } else { document(octets, Some(limits)) }
}

/// Reads one document of any size.
pub(crate) fn read_any(octets: &[u8]) -> Option<Node> {
    document(octets, None)
}

fn document(octets: &[u8], limits: Option<&Limits>) -> Option<Node> {
    let text = std::str::from_utf8(octets).ok()?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    if !text.chars().all(is_character) {
        return None;
    }
    let mut cursor = Cursor::new(&text);
    cursor.declaration()?;
    let mut reader = Reader { cursor, limits, open: Vec::new(), declarations: 0 };
    reader.around_root()?;
    let root = reader.root()?;
    reader.around_root()?;
    reader.cursor.is_at_end().then_some(root)
}

struct Reader<'t> {
    cursor: Cursor<'t>,
    limits: Option<&'t Limits>,
    open: Vec<Open<'t>>,
    /// In the whole document so far.
    declarations: usize,
}

/// An element whose end tag is still to come.
struct Open<'t> {
    node: Node,
    /// As sent, to be compared with the end tag's.
    name: &'t str,
    declarations: usize,
}

impl<'t> Reader<'t> {
    /// White space and comments.
    fn around_root(&mut self) -> Option<()> {
        loop {
            self.cursor.white();
            if !self.cursor.takes("<!--") {
                return Some(());
            }
            self.cursor.comment()?;
        }
    }

    fn root(&mut self) -> Option<Node> {
        if !self.cursor.takes("<") {
            return None;
        }
        let mut ended = self.start()?;
        loop {
            if let Some(node) = ended.take() {
                match self.open.last_mut() {
                    Some(around) => around.node.children.push(Content::Element(node)),
                    None => return Some(node),
                }
            }
            ended = self.content()?;
        }
    }

    /// One piece of content; the element that it ends, if it ends one.
    fn content(&mut self) -> Option<Option<Node>> {
        let children = &mut self.open.last_mut()?.node.children;
        if self.cursor.takes("<!--") {
            children.push(Content::Comment(self.cursor.comment()?.to_owned()));
        } else if self.cursor.takes("<![CDATA[") {
            push_text(children, self.cursor.until("]]>")?);
        } else if self.cursor.takes("</") {
            let open = self.open.pop()?;
            let same = self.cursor.name()? == open.name;
            self.cursor.white();
            return (same && self.cursor.takes(">")).then_some(Some(open.node));
        } else if self.cursor.takes("<") {
            return self.start(); // `<?` and `<!` have no name behind `<`
        } else if self.cursor.takes("&") {
            let character = self.cursor.reference()?;
            push_text(children, character.encode_utf8(&mut [0; 4]));
        } else {
            let text = self.cursor.characters();
            if text.is_empty() || text.contains("]]>") {
                return None;
            }
            push_text(children, text);
        }
        Some(None)
    }

    /// A tag behind its `<`; the element, if the tag is of an empty one.
    fn start(&mut self) -> Option<Option<Node>> {
        let name = self.cursor.name()?;
        let sent = self.attributes()?;
        let attributes = sent.len();
        let (declared, others): (Vec<_>, Vec<_>) =
            sent.into_iter().partition(|(name, _)| declares(name));
        self.declarations = self.declarations.saturating_add(declared.len());
        let open: usize = self.open.iter().map(|open| open.declarations).sum();
        let within_limits = self.limits.is_none_or(|limits| {
            self.open.len() < limits.depth
                && attributes <= limits.attributes
                && self.declarations <= limits.declarations
                && open.saturating_add(declared.len()) <= MOST_IN_SCOPE
        });
        if !within_limits {
            return None;
        }
        let around = self.open.last().map(|open| open.node.scope.clone()).unwrap_or_default();
        let scope = within(around, &declared)?;
        let node = node(name, others, scope)?;
        if self.cursor.takes("/>") {
            return Some(Some(node));
        }
        self.open.push(Open { node, name, declarations: declared.len() });
        self.cursor.takes(">").then_some(None)
    }

    /// Names and normalised values, no name twice.
    fn attributes(&mut self) -> Option<Vec<(&'t str, String)>> {
        let mut sent: Vec<(&str, String)> = Vec::new();
        loop {
            let apart = self.cursor.white();
            if self.cursor.sees(">") || self.cursor.sees("/>") {
                return Some(sent);
            }
            let name = self.cursor.name()?;
            self.cursor.white();
            if !apart || !self.cursor.takes("=") || sent.iter().any(|(other, _)| *other == name) {
                return None;
            }
            self.cursor.white();
            sent.push((name, self.cursor.value()?));
        }
    }
}

fn declares(name: &str) -> bool {
    name == "xmlns" || name.starts_with("xmlns:")
}

/// The scope inside an element with these declarations.
fn within(
    mut scope: BTreeMap<String, String>,
    declared: &[(&str, String)],
) -> Option<BTreeMap<String, String>> {
    for (name, namespace) in declared {
        let (_, prefix) = qualified(name)?;
        let prefix = if *name == "xmlns" { "" } else { prefix };
        let allowed = match (prefix, namespace.as_str()) {
            ("xml", namespace) => namespace == XML,
            ("xmlns", _) | (_, XML | XMLNS) => false,
            (prefix, "") => prefix.is_empty(), // §2.2: version 1.0 unbinds the default namespace only
            _ => true,
        };
        if !allowed {
            return None;
        }
        if namespace.is_empty() {
            scope.remove(prefix);
        } else if prefix != "xml" {
            scope.insert(prefix.to_owned(), namespace.clone());
        }
    }
    Some(scope)
}

fn node(name: &str, others: Vec<(&str, String)>, scope: BTreeMap<String, String>) -> Option<Node> {
    let namespace_of = |prefix: &str| match prefix {
        "xml" => Some(XML.to_owned()),
        _ => scope.get(prefix).cloned(),
    };
    let (prefix, local) = qualified(name)?;
    let namespace = match namespace_of(prefix) {
        Some(namespace) => namespace,
        None if prefix.is_empty() => String::new(),
        None => return None,
    };
    let mut attributes: Vec<Attribute> = Vec::new();
    for (name, value) in others {
        let (prefix, local) = qualified(name)?;
        if local == "xmlns" {
            return None; // OURS: `p:xmlns`, which parsers have taken for a declaration
        }
        let namespace = if prefix.is_empty() { String::new() } else { namespace_of(prefix)? };
        if attributes.iter().any(|other| other.local == local && other.namespace == namespace) {
            return None;
        }
        attributes.push(Attribute {
            prefix: prefix.to_owned(),
            local: local.to_owned(),
            namespace,
            value,
        });
    }
    let (prefix, local) = (prefix.to_owned(), local.to_owned());
    Some(Node { prefix, local, namespace, attributes, scope, children: Vec::new() })
}

/// Prefix and local part.
fn qualified(name: &str) -> Option<(&str, &str)> {
    let (prefix, local) = match name.split_once(':') {
        Some((prefix, local)) if !prefix.is_empty() => (prefix, local),
        Some(_) => return None,
        None => ("", name),
    };
    let starts = local.chars().next().is_some_and(cursor::starts_name);
    (starts && !local.contains(':')).then_some((prefix, local))
}

/// Appends to the text that stands last.
fn push_text(children: &mut Vec<Content>, text: &str) {
    match children.last_mut() {
        Some(Content::Text(before)) => before.push_str(text),
        _ => children.push(Content::Text(text.to_owned())),
    }
}

/// XML 1.0 §2.2.
fn is_character(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests;
