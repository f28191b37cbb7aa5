//! Canonical form of what the second reader read, by the letter of the specifications.
//!
//! In:  a document, which of its elements, one to leave out, and the form.
//! Out: the canonical text; `None` where there is none, because a namespace to be written is relative.
//! Never: node sets that an expression selected.
//!
//! Canonical XML 1.0 §2.3, §2.4; Exclusive XML Canonicalization 1.0 §3.

use std::collections::{BTreeMap, BTreeSet};

use super::{Attribute, Content, Node, XML};

/// How a subtree is written.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    /// The `PrefixList` of exclusive form; `None` is inclusive form.
    pub(crate) exclusive: Option<Vec<String>>,
    pub(crate) comments: bool,
}

/// Writes the element of that number in document order, less the one of the other number.
pub(crate) fn canonical(
    root: &Node,
    apex: usize,
    without: Option<usize>,
    form: &Form,
) -> Option<String> {
    let mut way = Vec::new();
    let mut number = apex;
    way_to(root, &mut number, &mut way);
    let (apex_node, around) = way.split_last()?;
    let mut inherited: BTreeMap<&str, &Attribute> = BTreeMap::new();
    if form.exclusive.is_none() {
        let all = around.iter().flat_map(|node| &node.attributes);
        inherited.extend(all.filter(|a| a.namespace == XML).map(|a| (a.local.as_str(), a)));
        inherited.retain(|local, _| !has(apex_node, local));
    }
    let mut writer = Writer { form, without, number: apex, out: String::new(), relative: false };
    writer.element(apex_node, &BTreeMap::new(), inherited.into_values());
    (!writer.relative).then_some(writer.out)
}

fn has(node: &Node, xml_local: &str) -> bool {
    node.attributes.iter().any(|a| a.namespace == XML && a.local == xml_local)
}

/// The elements from the root to that one, both included; empty where there is none. Counts down.
fn way_to<'n>(node: &'n Node, number: &mut usize, way: &mut Vec<&'n Node>) -> bool {
    way.push(node);
    if *number == 0 {
        return true;
    }
    for child in node.elements() {
        *number = number.saturating_sub(1);
        if way_to(child, number, way) {
            return true;
        }
    }
    way.pop();
    false
}

struct Writer<'w> {
    form: &'w Form,
    without: Option<usize>,
    /// Of the next element.
    number: usize,
    out: String,
    /// Whether a relative namespace was written: Canonical XML 1.0 §2.1.
    relative: bool,
}

impl Writer<'_> {
    fn element<'n>(
        &mut self,
        node: &'n Node,
        rendered: &BTreeMap<&'n str, &'n str>,
        inherited: impl Iterator<Item = &'n Attribute>,
    ) {
        if self.without == Some(self.number) {
            self.number = self.number.saturating_add(node.descendants().len());
            return;
        }
        self.number = self.number.saturating_add(1);
        let name = written(&node.prefix, &node.local);
        self.out.push_str(&format!("<{name}"));
        let mut rendered = rendered.clone();
        for (prefix, namespace) in self.declared(node) {
            if rendered.get(prefix).copied().unwrap_or_default() != namespace {
                rendered.insert(prefix, namespace);
                self.relative |= is_relative(namespace);
                let colon = if prefix.is_empty() { "" } else { ":" };
                self.out.push_str(&format!(" xmlns{colon}{prefix}=\"{}\"", value(namespace)));
            }
        }
        let mut attributes: Vec<&Attribute> = node.attributes.iter().chain(inherited).collect();
        attributes.sort_by_key(|a| (&a.namespace, &a.local));
        for a in attributes {
            self.out.push_str(&format!(
                " {}=\"{}\"",
                written(&a.prefix, &a.local),
                value(&a.value)
            ));
        }
        self.out.push('>');
        for child in &node.children {
            match child {
                Content::Text(text) => self.out.push_str(&escaped(text)),
                Content::Comment(text) if self.form.comments => {
                    self.out.push_str(&format!("<!--{text}-->"));
                }
                Content::Comment(_) => {}
                Content::Element(child) => self.element(child, &rendered, std::iter::empty()),
            }
        }
        self.out.push_str(&format!("</{name}>"));
    }

    /// The declarations that this element must be under, by prefix.
    fn declared<'n>(&self, node: &'n Node) -> BTreeMap<&'n str, &'n str> {
        let default = node.scope.get("").map(String::as_str).unwrap_or_default();
        let mut all: BTreeMap<&str, &str> = node
            .scope
            .iter()
            .map(|(prefix, namespace)| (prefix.as_str(), namespace.as_str()))
            .collect();
        all.insert("", default);
        if let Some(listed) = &self.form.exclusive {
            let listed = listed.iter().map(|one| if one == "#default" { "" } else { one.as_str() });
            let attributes = node.attributes.iter().map(|a| a.prefix.as_str());
            let mut wanted: BTreeSet<&str> =
                attributes.filter(|prefix| !prefix.is_empty()).collect();
            wanted.extend(listed);
            wanted.insert(&node.prefix);
            all.retain(|prefix, _| wanted.contains(prefix));
        }
        all
    }
}

/// Without a scheme: RFC 3986 §3.1, §4.1.
fn is_relative(namespace: &str) -> bool {
    let scheme = namespace.split(':').next().filter(|scheme| scheme.len() < namespace.len());
    let mut letters = scheme.unwrap_or_default().chars();
    let begins = letters.next().is_some_and(|first| first.is_ascii_alphabetic());
    let goes_on = letters.all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    let absolute = begins && goes_on;
    !namespace.is_empty() && !absolute
}

fn written(prefix: &str, local: &str) -> String {
    if prefix.is_empty() { local.to_owned() } else { format!("{prefix}:{local}") }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\r', "&#xD;")
}

fn value(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    text.replace('\t', "&#x9;").replace('\n', "&#xA;").replace('\r', "&#xD;")
}
