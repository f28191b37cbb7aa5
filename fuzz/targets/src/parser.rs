//! What is read is what stands there.
//!
//! In:  octets from anywhere.
//! Out: nothing; panics where the two readers read different things, or canonical form is not stable.
//! Never: octets that only one of them takes; those are the guard's.
//!
//! XML 1.0 §2, §3; Namespaces in XML 1.0; Exclusive XML Canonicalization 1.0.

use std::collections::{BTreeMap, HashSet};

use symbolon_xml::{C14n, Document, EVERYTHING, Element, Flaw, Limits, Tree, XML_NAMESPACE};

use crate::strict::{self, Node};

const WSU: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";

/// For what was within the limits before it was written canonically.
pub(crate) const ROOMY: Limits = Limits {
    octets: usize::MAX,
    depth: Limits::MESSAGE.depth,
    attributes: 1024,
    declarations: usize::MAX,
};

/// LIMIT: of canonical octets; what inherits a long namespace many times is cut off here.
pub(crate) const MOST_CANONICAL: usize = 1024 * 1024;

/// Compares every element with the second reader's; what is canonical stays what it is when it is read again.
///
/// # Panics
/// Where they differ.
pub fn parser(octets: &[u8]) {
    let (Ok(root), Some(node)) =
        (Document::parse(octets, &Limits::MESSAGE), strict::read(octets, &Limits::MESSAGE))
    else {
        return;
    };
    let (elements, nodes) = (root.descendants().collect::<Vec<_>>(), node.descendants());
    assert_eq!(elements.len(), nodes.len(), "another number of elements");
    elements.iter().zip(&nodes).for_each(|(element, node)| same(element, node));
    for child in elements.iter().flat_map(Element::elements) {
        let parent = child.parent().unwrap_or_else(|| panic!("{child:?} has no parent"));
        assert!(parent.elements().any(|other| other.same(&child)), "{child:?} has a foster parent");
    }
    match Tree::new(root.clone()) {
        Ok(tree) => {
            assert!(ids(&nodes).is_some(), "an id stands twice");
            stable(&tree, &root);
        }
        Err(flaw) => {
            assert!(matches!(flaw, Flaw::DuplicateId(_)), "{flaw:?}");
            assert_eq!(ids(&nodes), None, "every id stands once");
        }
    }
}

fn same(element: &Element, node: &Node) {
    let name = (element.prefix(), element.local(), element.namespace());
    assert_eq!(name, (node.prefix.as_str(), node.local.as_str(), node.namespace.as_str()));
    let ours: Vec<_> = element.attributes().map(|a| (a.namespace, a.local, a.value)).collect();
    let theirs: Vec<_> = node
        .attributes
        .iter()
        .map(|a| (a.namespace.as_str(), a.local.as_str(), a.value.as_str()))
        .collect();
    assert_eq!(ours, theirs, "attributes of {name:?}");
    assert_eq!(element.text(), node.text(), "text of {name:?}");
    assert_eq!(element.elements().count(), node.elements().count(), "children of {name:?}");
    let scope: BTreeMap<String, String> = element.in_scope().into_iter().collect();
    assert_eq!(scope, node.scope, "the scope of {name:?}");
    for (prefix, namespace) in &scope {
        assert_eq!(element.declared(prefix), Some(namespace.as_str()), "{prefix} in {name:?}");
    }
}

/// Every value of an attribute that is an id; `None` if one stands twice.
fn ids(nodes: &[&Node]) -> Option<HashSet<String>> {
    let mut all = HashSet::new();
    for attribute in nodes.iter().flat_map(|node| &node.attributes) {
        let is_id = is_id(&attribute.namespace, &attribute.local);
        if is_id && !attribute.value.is_empty() && !all.insert(attribute.value.clone()) {
            return None;
        }
    }
    Some(all)
}

/// Whether an attribute of that name is an id.
pub(crate) fn is_id(namespace: &str, local: &str) -> bool {
    match namespace {
        "" => matches!(local, "Id" | "ID" | "id" | "AssertionID"),
        WSU => local == "Id",
        XML_NAMESPACE => local == "id",
        _ => false,
    }
}

/// Canonical octets are well-formed, and canonical.
fn stable(tree: &Tree, root: &Element) {
    let method = C14n::exclusive();
    let view = tree.view(EVERYTHING);
    let Ok(octets) = view.canonicalize(root, &method, None, MOST_CANONICAL) else { return };
    assert_eq!(again(&octets, &method), octets, "what is canonical changed");
}

/// What a document says in canonical form.
pub(crate) fn again(octets: &[u8], method: &C14n) -> Vec<u8> {
    let read = Document::parse(octets, &ROOMY).and_then(Tree::new);
    let tree = read.unwrap_or_else(|flaw| panic!("canonical octets are refused: {flaw}"));
    let octets = tree.view(EVERYTHING).canonicalize(tree.root(), method, None, usize::MAX);
    octets.unwrap_or_else(|why| panic!("canonical octets without canonical form: {why}"))
}
