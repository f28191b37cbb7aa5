//! Decrypted content stays in its place.
//!
//! In:  a document, U+0000, and what an element of it decrypts to.
//! Out: nothing; panics where grafted content is not what the same text in that place would be.
//! Never: content that is refused; too strict is for tests that know.
//!
//! XML Encryption 1.1 §4.4, §4.5.

use symbolon_xml::{Document, EVERYTHING, Element, Limits, Place, Shape, Tree, Uncanonical};

use crate::canonicaliser::all;
use crate::parser::MOST_CANONICAL;
use crate::strict::{self, Content, Node};

/// The header entry that decrypts.
const BY: Place = Place(1, 0);

/// Grafts the content, and compares the message with one in which its text stands.
///
/// # Panics
/// Where they differ.
pub fn fragment(octets: &[u8]) {
    let Some(at) = memchr::memchr(0, octets) else { return };
    let (outer, plain) = octets.split_at(at);
    let plain = plain.get(1..).unwrap_or_default();
    let Ok(root) = Document::parse(outer, &Limits::MESSAGE) else { return };
    let replaced = root.descendants().find(|element| element.local() == "EncryptedData");
    let Some(at) = replaced.or_else(|| root.descendants().last()).filter(|at| !at.same(&root))
    else {
        return;
    };
    for shape in [Shape::Element, Shape::Content] {
        grafted(&root, &at, plain, shape);
    }
}

fn grafted(root: &Element, at: &Element, plain: &[u8], shape: Shape) {
    let Ok(fragment) = Tree::fragment(at, plain, shape, &Limits::MESSAGE) else { return };
    let content = content(at, plain);
    if shape == Shape::Element {
        assert!(matches!(content.as_slice(), [Content::Element(_)]), "not one element alone");
    }
    let (Ok(mut tree), Some(outer)) =
        (Tree::new(root.clone()), strict::read_any(root.source().as_bytes()))
    else {
        return;
    };
    let Ok(elements) = tree.graft(at, fragment, BY) else { return };
    let outermost = content.iter().filter(|one| matches!(one, Content::Element(_))).count();
    assert_eq!(elements.len(), outermost, "another number of elements");
    for element in &elements {
        let parents = (tree.view(EVERYTHING).parent(element), at.parent());
        let (Some(ours), Some(theirs)) = parents else { panic!("{element:?} has no parent") };
        assert!(ours.same(&theirs), "{element:?} has escaped");
    }
    assert!(tree.graft(at, again(at, plain, shape), BY).is_err(), "replaced twice");
    let spliced = strict::read_any(&spliced(root, at, plain));
    let spliced = spliced.unwrap_or_else(|| panic!("grafted, though no text of any document"));
    compare(&tree, EVERYTHING, &spliced);
    compare(&tree, BY, &outer);
}

/// The same content once more.
fn again(at: &Element, plain: &[u8], shape: Shape) -> symbolon_xml::Fragment {
    let fragment = Tree::fragment(at, plain, shape, &Limits::MESSAGE);
    fragment.unwrap_or_else(|flaw| panic!("parsed before: {flaw}"))
}

/// The content as the second reader has it, alone but for the namespaces that are in scope.
fn content(at: &Element, plain: &[u8]) -> Vec<Content> {
    let scope = at.parent().map(|parent| parent.in_scope()).unwrap_or_default();
    let mut text = b"<around".to_vec();
    for (prefix, namespace) in scope {
        let colon = if prefix.is_empty() { "" } else { ":" };
        let namespace = namespace.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        let namespace =
            namespace.replace('\t', "&#9;").replace('\n', "&#10;").replace('\r', "&#13;");
        text.extend_from_slice(format!(" xmlns{colon}{prefix}=\"{namespace}\"").as_bytes());
    }
    text.push(b'>');
    text.extend_from_slice(plain);
    text.extend_from_slice(b"</around>");
    let around = strict::read_any(&text);
    around.unwrap_or_else(|| panic!("a fragment that is no content")).children
}

/// The document with the content in the place of the element.
///
/// Empty sections keep its text apart from what stands beside it: `]]` and `>` may meet in a tree and not in a document.
fn spliced(root: &Element, at: &Element, plain: &[u8]) -> Vec<u8> {
    const APART: &[u8] = b"<![CDATA[]]>";
    let (whole, part) = (root.source(), at.source());
    // Both are slices of one text.
    let start = part.as_ptr().addr().saturating_sub(whole.as_ptr().addr());
    let (before, rest) = whole.as_bytes().split_at_checked(start).unwrap_or_default();
    let behind = rest.get(part.len()..).unwrap_or_default();
    [before, APART, plain, APART, behind].concat()
}

fn compare(tree: &Tree, from: Place, node: &Node) {
    for (form, method) in all(node) {
        let ours = tree.view(from).canonicalize(tree.root(), &method, None, MOST_CANONICAL);
        let theirs = strict::canonical(node, 0, None, &form);
        match ours {
            Ok(ours) => assert_eq!(Some(text(&ours)), theirs, "{method:?}"),
            Err(Uncanonical::RelativeNamespace) => assert_eq!(theirs, None, "{method:?}"),
            Err(Uncanonical::TooLong) => {}
            Err(Uncanonical::NotSeen) => panic!("the root is out of sight"),
        }
    }
}

fn text(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}
