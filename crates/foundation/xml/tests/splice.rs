//! A graft is what splicing the text and parsing it once would have been: for every element, by every method.
//!
//! From a generated document an element, or the content of one, is cut out, and from what was cut another in the same way;
//! each leaves a place behind that declares other things. Put in again as decrypted content, nothing may have changed.

#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "a failed set-up fails the test"
)]

mod documents;

use std::ops::Range;

use documents::{PREFIXES, Random, document};
use symbolon_xml::{C14n, Document, EVERYTHING, Element, Limits, Place, Shape, Tree};

const DOCUMENTS: u64 = 8000;

/// What stands where something was cut out: it binds every prefix to what may not leak into the content.
const PLACE: &str = " xmlns='urn:leak' xmlns:a='urn:leak' xmlns:b='urn:leak' xmlns:c='urn:leak' \
                     xmlns:long-prefix='urn:leak' xmlns:Z='urn:leak' xml:lang='leak' xml:k='leak'/>";

#[test]
fn content_put_in_is_as_if_it_had_been_there() {
    let (mut compared, mut nested) = (0, 0);
    for seed in 0..DOCUMENTS {
        let mut random = Random::new(seed);
        let (text, elements) = document(&mut random);
        let whole = parse(&text);
        let Some(outer) = cut(&whole, 0..elements, &mut random) else { continue };
        let inner = cut(&whole, outer.inside.clone(), &mut random);
        nested += usize::from(inner.is_some());
        let grafted = put_together(whole.source(), &outer, inner.as_ref());
        compared += compare(&Tree::new(whole).unwrap(), &grafted, &mut random);
    }
    assert!(compared > 50_000 && nested > 2_000, "{compared} elements, {nested} cut twice");
}

fn parse(text: &str) -> Element {
    Document::parse(text.as_bytes(), &Limits { declarations: 4000, ..Limits::MESSAGE }).unwrap()
}

/// A piece of a document.
struct Cut {
    octets: Range<usize>,
    /// The numbers, in document order, of the elements strictly inside.
    inside: Range<usize>,
    shape: Shape,
}

/// Chooses one of the numbered elements, but not the root, or the content of one of them.
fn cut(root: &Element, among: Range<usize>, random: &mut Random) -> Option<Cut> {
    if among.is_empty() {
        return None;
    }
    let number = among.start + random.below(among.len());
    let element = root.descendants().nth(number).unwrap();
    let source = element.source();
    let start = source.as_ptr().addr() - root.source().as_ptr().addr();
    let inside = number + 1..number + element.descendants().count();
    if number > 0 && random.one_in(2) {
        return Some(Cut { octets: start..start + source.len(), inside, shape: Shape::Element });
    }
    let from = end_of_start_tag(source);
    let to = source.rfind("</").filter(|to| *to >= from)?;
    Some(Cut { octets: start + from..start + to, inside, shape: Shape::Content })
}

/// Where a start tag ends; a value may hold what looks like the end.
fn end_of_start_tag(source: &str) -> usize {
    let mut quote = None;
    let ends = source.bytes().position(|octet| match (quote, octet) {
        (None, b'>') => true,
        (None, b'\'' | b'"') => {
            quote = Some(octet);
            false
        }
        (Some(open), _) if open == octet => {
            quote = None;
            false
        }
        _ => false,
    });
    ends.unwrap() + 1
}

/// The same document of two or three pieces, each parsed on its own.
fn put_together(text: &str, outer: &Cut, inner: Option<&Cut>) -> Tree {
    let around =
        format!("{}<X Id='outer'{PLACE}{}", &text[..outer.octets.start], &text[outer.octets.end..]);
    let plain = match inner {
        None => text[outer.octets.clone()].to_owned(),
        Some(inner) => format!(
            "{}<X Id='inner'{PLACE}{}",
            &text[outer.octets.start..inner.octets.start],
            &text[inner.octets.end..outer.octets.end]
        ),
    };
    let mut tree = Tree::new(parse(&around)).unwrap();
    put(&mut tree, "outer", &plain, outer.shape);
    if let Some(inner) = inner {
        put(&mut tree, "inner", &text[inner.octets.clone()], inner.shape);
    }
    tree
}

fn put(tree: &mut Tree, id: &str, plain: &str, shape: Shape) {
    let at = tree.view(EVERYTHING).id(id).unwrap();
    let fragment = Tree::fragment(&at, plain.as_bytes(), shape, &Limits::MESSAGE).unwrap();
    tree.graft(&at, fragment, Place(1, 0)).unwrap();
}

/// Compares every element of both, and says how many there were.
fn compare(spliced: &Tree, grafted: &Tree, random: &mut Random) -> usize {
    let (one, other) = (spliced.view(EVERYTHING), grafted.view(EVERYTHING));
    let expected = one.descendants(spliced.root());
    let found = other.descendants(grafted.root());
    assert_eq!(expected.len(), found.len());
    for (one_apex, other_apex) in expected.iter().zip(&found) {
        let of = |element: &Element| {
            let names = [element.namespace(), element.local(), element.prefix()];
            (names.map(str::to_owned), element.in_scope().len())
        };
        assert_eq!(of(one_apex), of(other_apex));
        assert_eq!(one.text(one_apex), other.text(other_apex));
        assert_eq!(one.elements(one_apex).len(), other.elements(other_apex).len());
        let parents = [one.parent(one_apex), other.parent(other_apex)];
        let [expected_parent, parent] = parents.map(|parent| parent.map(|parent| of(&parent)));
        assert_eq!(expected_parent, parent);
        let method = match random.below(3) {
            0 => C14n::inclusive(),
            1 => C14n::exclusive(),
            _ => C14n::exclusive_with(&format!("#default {}", random.of(&PREFIXES))),
        };
        let method = if random.one_in(2) { method.with_comments() } else { method };
        let octets = one.canonicalize(one_apex, &method, None, usize::MAX).unwrap();
        let same = other.canonicalize(other_apex, &method, None, usize::MAX).unwrap();
        assert_eq!(String::from_utf8_lossy(&same), String::from_utf8_lossy(&octets), "{method:?}");
    }
    expected.len()
}
