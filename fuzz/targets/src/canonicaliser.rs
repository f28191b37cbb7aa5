//! Canonical form is the specifications', for every method, subtree and omission.
//!
//! In:  octets from anywhere.
//! Out: nothing; panics where our canonical octets are not those that the second reader writes, or are not stable.
//! Never: octets that are no document, or in which an id stands twice.
//!
//! Canonical XML 1.0; Exclusive XML Canonicalization 1.0.

use std::collections::BTreeSet;

use symbolon_xml::{C14n, Document, EVERYTHING, Element, Limits, Tree, Uncanonical};

use crate::parser::{MOST_CANONICAL, again};
use crate::strict::{self, Form, Node};

/// Compares the canonical octets of three subtrees, whole and less their first child.
///
/// # Panics
/// Where they differ.
pub fn canonicaliser(octets: &[u8]) {
    let (Ok(root), Some(node)) =
        (Document::parse(octets, &Limits::MESSAGE), strict::read(octets, &Limits::MESSAGE))
    else {
        return;
    };
    let elements: Vec<Element> = root.descendants().collect();
    let Ok(tree) = Tree::new(root) else { return };
    let apexes = BTreeSet::from([0, elements.len() / 2, elements.len().saturating_sub(1)]);
    for form in forms(&node) {
        let method = method(&form);
        for apex in &apexes {
            let Some(element) = elements.get(*apex) else { return }; // the parser's flaw
            let next = apex.saturating_add(1);
            let child =
                elements.get(next).filter(|next| next.parent().is_some_and(|p| p.same(element)));
            let view = tree.view(EVERYTHING);
            for without in [None, child] {
                let ours = view.canonicalize(element, &method, without, MOST_CANONICAL);
                let theirs = strict::canonical(&node, *apex, without.map(|_| next), &form);
                compare(ours, theirs, &method);
            }
        }
    }
}

fn compare(ours: Result<Vec<u8>, Uncanonical>, theirs: Option<String>, method: &C14n) {
    match (ours, theirs) {
        (Ok(ours), Some(theirs)) => {
            assert_eq!(String::from_utf8_lossy(&ours), theirs, "{method:?}");
            assert_eq!(again(&ours, method), ours, "what is canonical changed by {method:?}");
        }
        (Err(Uncanonical::RelativeNamespace), None) | (Err(Uncanonical::TooLong), _) => {}
        (ours, theirs) => panic!("{method:?}: {ours:?}, and by the specification {theirs:?}"),
    }
}

/// Every form, with and without comments; the prefixes listed are all that the document declares.
fn forms(root: &Node) -> Vec<Form> {
    let prefixes: BTreeSet<&str> =
        root.descendants().iter().flat_map(|node| node.scope.keys()).map(String::as_str).collect();
    let listed = prefixes.into_iter().filter(|prefix| !prefix.is_empty()).chain(["#default"]);
    let listed = listed.map(str::to_owned).collect();
    [Some(Vec::new()), Some(listed), None]
        .into_iter()
        .flat_map(|exclusive| {
            [false, true].map(|comments| Form { exclusive: exclusive.clone(), comments })
        })
        .collect()
}

fn method(form: &Form) -> C14n {
    let method = match &form.exclusive {
        Some(listed) => C14n::exclusive_with(&listed.join(" ")),
        None => C14n::inclusive(),
    };
    if form.comments { method.with_comments() } else { method }
}

pub(crate) fn all(root: &Node) -> impl Iterator<Item = (Form, C14n)> {
    forms(root).into_iter().map(|form| {
        let method = method(&form);
        (form, method)
    })
}
