//! Another parser in wide use reads the same, over generated documents and what chance makes of them.
//!
//! It is more lenient, so that one direction is shown here: what we take, it takes, and sees the same in it. That we take
//! all that is XML, the fuzz targets show by a second reader of our own.

#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "what goes wrong outside the product fails the test"
)]

mod documents;

use documents::{Random, document};
use roxmltree::{Node, StringStorage};
use symbolon_xml::{Document, Element, Limits};

const DOCUMENTS: u64 = 5_000;
const MUTANTS: usize = 20;

/// What a mutant gets instead of some of its octets.
const SPLICED: [&str; 24] = [
    "",
    "",
    "<",
    ">",
    "/>",
    "&",
    ";",
    "&#x41;",
    "&amp;",
    "'",
    "\"",
    "=",
    " ",
    "\t",
    ":",
    "xmlns:a='urn:b'",
    "xml:lang='en'",
    "]]>",
    "<![CDATA[",
    "<!--",
    "-->",
    "<a>",
    "</a>",
    "é",
];

#[test]
fn another_parser_reads_the_same() {
    let (mut taken, mut refused) = (0_u32, 0_u32);
    for seed in 0..DOCUMENTS {
        let mut random = Random::new(seed);
        let (text, _) = document(&mut random);
        assert!(reads_the_same(&text), "{text}");
        for _ in 0..MUTANTS {
            match reads_the_same(&mutant(&text, &mut random)) {
                true => taken += 1,
                false => refused += 1,
            }
        }
    }
    assert!(taken > 10_000 && refused > 10_000, "{taken} mutants taken, {refused} refused");
}

/// Some characters of a text replaced.
fn mutant(text: &str, random: &mut Random) -> String {
    let mut places = [random.below(text.len() + 1), random.below(text.len() + 1)];
    if random.one_in(2) {
        places[1] = places[0] + 1;
    }
    places.sort_unstable();
    let [from, to] = places.map(|at| text.floor_char_boundary(at));
    [text.get(..from).unwrap(), random.of(&SPLICED), text.get(to..).unwrap()].concat()
}

/// Whether we take a text; then the other parser must see the same in it.
fn reads_the_same(text: &str) -> bool {
    let Ok(root) = Document::parse(text.as_bytes(), &Limits::MESSAGE) else { return false };
    let normalised = text.replace("\r\n", "\n").replace('\r', "\n");
    let other = roxmltree::Document::parse(&normalised).map_err(|error| (error, text)).unwrap();
    let ours: Vec<_> = root.descendants().collect();
    let theirs: Vec<_> = other.root_element().descendants().filter(Node::is_element).collect();
    assert_eq!(ours.len(), theirs.len(), "{text}");
    for (our, their) in ours.iter().zip(theirs) {
        same(our, their, &normalised);
    }
    true
}

fn same(our: &Element, their: Node<'_, '_>, text: &str) {
    let name = (their.tag_name().namespace().unwrap_or_default(), their.tag_name().name());
    assert_eq!((our.namespace(), our.local()), name, "{text}");
    let ours: Vec<_> = our.attributes().map(|a| (a.namespace, a.local, a.value)).collect();
    let theirs: Vec<_> = their
        .attributes()
        .map(|a| (a.namespace().unwrap_or_default(), a.name(), a.value()))
        .collect();
    assert_eq!(ours, theirs, "{text}");
    let children = their.children().filter(Node::is_text);
    let all: String =
        children.filter_map(|t| t.text_storage().map(StringStorage::as_str)).collect();
    assert_eq!(our.text(), all, "{text}");
    assert_eq!(our.source(), text.get(their.range()).unwrap());
    assert_eq!(our.elements().count(), their.children().filter(Node::is_element).count());
    let mut ours = our.in_scope();
    let bound = their.namespaces().filter(|bound| !bound.uri().is_empty());
    let mut theirs: Vec<_> = bound
        .map(|bound| (bound.name().unwrap_or_default().to_owned(), bound.uri().to_owned()))
        .collect();
    ours.sort();
    theirs.sort();
    assert_eq!(ours, theirs, "{text}");
}
