//! What is written, what is refused, and that it is canonical whatever is asked for.

use proptest::prelude::*;

use super::*;
use crate::{C14n, Document, EVERYTHING, Limits, Tree};

const A: QName = QName::new("a", "urn:a", "A");
const B: QName = QName::new("b", "urn:b", "B");
const PLAIN: QName = QName::new("", "", "Plain");
const DEFAULT: QName = QName::new("", "urn:d", "Default");

fn written(write: impl FnOnce(&mut Writer)) -> Result<String, Unwritable> {
    let mut out = Writer::new();
    write(&mut out);
    out.finish().map(|octets| String::from_utf8(octets).unwrap())
}

#[track_caller]
fn refused(flaw: Unwritable, write: impl FnOnce(&mut Writer)) {
    assert_eq!(written(write), Err(flaw));
}

#[test]
fn a_namespace_is_declared_where_it_is_first_used() {
    let out = written(|w| {
        w.start(&PLAIN).start(&A).element(&B, "1").element(&A, "2").end().element(&B, "3").end();
    });
    assert_eq!(
        out.unwrap(),
        "<Plain><a:A xmlns:a=\"urn:a\"><b:B xmlns:b=\"urn:b\">1</b:B><a:A>2</a:A></a:A>\
         <b:B xmlns:b=\"urn:b\">3</b:B></Plain>"
    );
}

#[test]
fn attributes_are_put_in_order_and_escaped() {
    let out = written(|w| {
        w.start(&A).attribute_in(&QName::new("z", "urn:0", "x"), "<\"\t").attribute("c", "1");
        w.attribute_in(&QName::new("xml", XML_NAMESPACE, "lang"), "en")
            .attribute("b", "&\r\n>")
            .end();
    });
    assert_eq!(
        out.unwrap(),
        "<a:A xmlns:a=\"urn:a\" xmlns:z=\"urn:0\" b=\"&amp;&#xD;&#xA;>\" c=\"1\" xml:lang=\"en\" \
         z:x=\"&lt;&quot;&#x9;\"></a:A>"
    );
}

#[test]
fn a_default_namespace_is_declared_and_undone() {
    let out = written(|w| {
        w.start(&PLAIN).start(&DEFAULT).element(&PLAIN, "").element(&DEFAULT, "").end().end();
    });
    assert_eq!(
        out.unwrap(),
        "<Plain><Default xmlns=\"urn:d\"><Plain xmlns=\"\"></Plain><Default></Default></Default></Plain>"
    );
}

#[test]
fn a_declared_prefix_can_be_used_in_content() {
    let out = written(|w| {
        w.start(&A).declare("x", "urn:x").declare("a", "urn:a").text("x:y").end();
    });
    assert_eq!(out.unwrap(), "<a:A xmlns:a=\"urn:a\" xmlns:x=\"urn:x\">x:y</a:A>");
}

#[test]
fn the_offset_is_where_the_next_octet_goes() {
    let mut out = Writer::with_capacity(64);
    out.start(&A).attribute("b", "c");
    let at = out.offset();
    out.raw(b"<raw/>").end();
    let octets = out.finish().unwrap();
    assert_eq!(&octets[at..at + 6], b"<raw/>");
}

#[test]
fn elements_are_written_again_as_they_stand() {
    let mut out = Writer::new();
    let start = out.start(&A).offset();
    let end = out.start(&A).attribute("b", "<").end().offset();
    out.start(&A).again(start..end).end().end();
    let octets = String::from_utf8(out.finish().unwrap()).unwrap();
    assert_eq!(octets.matches("b=\"&lt;\">").count(), 2);

    refused(Unwritable::Misplaced, |w| _ = w.start(&A).again(0..99).end());
    #[expect(clippy::reversed_empty_ranges, reason = "what is refused")]
    refused(Unwritable::Misplaced, |w| _ = w.start(&A).again(2..1).end());
}

#[test]
fn characters_that_xml_has_not_are_refused() {
    for bad in ["\0", "a\u{1}", "\u{b}", "\u{1f}", "\u{FFFE}", "x\u{FFFF}y"] {
        refused(Unwritable::Character, |w| _ = w.element(&A, bad));
        refused(Unwritable::Character, |w| _ = w.start(&A).attribute("b", bad).end());
        refused(Unwritable::Character, |w| _ = w.start(&A).declare("x", bad).end());
    }
    assert!(written(|w| _ = w.element(&A, "\t\n\r\u{7f}\u{FFFD}\u{F000}\u{10FFFF}")).is_ok());
}

#[test]
fn unbalanced_elements_are_refused() {
    refused(Unwritable::Unbalanced, |w| _ = w.start(&A));
    refused(Unwritable::Unbalanced, |w| _ = w.start(&A).start(&A).end());
    refused(Unwritable::Unbalanced, |w| _ = w.element(&A, "").end());
    refused(Unwritable::Unbalanced, |w| _ = w.text("x"));
}

#[test]
fn an_attribute_outside_a_start_tag_is_refused() {
    refused(Unwritable::Misplaced, |w| _ = w.start(&A).text("").attribute("b", "").end());
    refused(Unwritable::Misplaced, |w| _ = w.start(&A).text("").declare("b", "urn:b").end());
    refused(Unwritable::Misplaced, |w| _ = w.attribute("b", ""));
}

#[test]
fn a_repeated_attribute_is_refused() {
    refused(Unwritable::Repeated, |w| {
        _ = w.start(&A).attribute("b", "1").attribute("b", "1").end()
    });
    refused(Unwritable::Repeated, |w| {
        let (one, two) = (QName::new("x", "urn:x", "b"), QName::new("y", "urn:x", "b"));
        w.start(&A).attribute_in(&one, "1").attribute("c", "").attribute_in(&two, "2").end();
    });
}

#[test]
fn a_prefix_with_two_meanings_is_refused() {
    let attribute = |prefix, namespace| QName::new(prefix, namespace, "b");
    for name in [
        attribute("a", "urn:other"),
        attribute("", "urn:x"),
        attribute("x", ""),
        attribute("xmlns", "urn:x"),
        attribute("xml", "urn:x"),
        QName::new("", "", "xmlns"),
    ] {
        refused(Unwritable::Prefix, |w| _ = w.start(&A).attribute_in(&name, "").end());
    }
    refused(Unwritable::Prefix, |w| _ = w.start(&A).declare("a", "urn:other").end());
    refused(Unwritable::Prefix, |w| _ = w.start(&PLAIN).declare("", "urn:other").end());
    refused(Unwritable::Prefix, |w| _ = w.element(&QName::new("p", "", "A"), ""));
}

#[test]
fn debug_shows_no_content() {
    let mut out = Writer::new();
    out.element(&A, "secret");
    assert!(!format!("{out:?}").contains("secret"));
}

/// What is asked of a writer, in any order that XML allows.
#[derive(Debug, Clone)]
enum Part {
    Text(String),
    Element(usize, Vec<(usize, String)>, Vec<Part>),
}

/// Prefixes meet namespaces in every combination that one element allows.
const NAMES: [QName; 8] = [
    QName::new("p", "urn:1", "a"),
    QName::new("p", "urn:2", "b"),
    QName::new("q", "urn:1", "a"),
    QName::new("q", "urn:0", "c"),
    QName::new("", "urn:1", "a"),
    QName::new("", "urn:2", "d"),
    QName::new("", "", "e"),
    QName::new("r", "http://example.com/r?&<>\"", "f"),
];

fn parts() -> impl Strategy<Value = Part> {
    let characters = "[ -~\t\n\r\u{80}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]{0,12}";
    let leaf = characters.prop_map(Part::Text);
    leaf.prop_recursive(5, 60, 5, move |inner| {
        let attributes = prop::collection::btree_map(0..NAMES.len(), characters, 0..4);
        (0..NAMES.len(), attributes, prop::collection::vec(inner, 0..5))
            .prop_map(|(name, a, inside)| Part::Element(name, a.into_iter().collect(), inside))
    })
}

fn write(out: &mut Writer, part: &Part) {
    match part {
        Part::Text(text) => _ = out.text(text),
        Part::Element(name, attributes, inside) => {
            out.start(&NAMES[*name]);
            let mut taken = vec![(NAMES[*name].prefix, NAMES[*name].namespace)];
            for (at, value) in attributes {
                let name = NAMES[*at];
                let clashes = taken.iter().any(|(prefix, ns)| {
                    *prefix == name.prefix && (*ns != name.namespace || name.prefix.is_empty())
                });
                let local = ["v", "w", "x", "y", "z", "u", "t", "s"][*at];
                if name.prefix.is_empty() {
                    out.attribute(local, value);
                } else if !clashes {
                    out.attribute_in(&QName { local, ..name }, value);
                    taken.push((name.prefix, name.namespace));
                }
            }
            for part in inside {
                write(out, part);
            }
            out.end();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_written_is_its_own_canonical_form(inside in prop::collection::vec(parts(), 0..4), name in 0..NAMES.len()) {
        let mut out = Writer::new();
        write(&mut out, &Part::Element(name, vec![], inside));
        let octets = out.finish().unwrap();
        let root = Document::parse(&octets, &Limits::MESSAGE).unwrap();
        let tree = Tree::new(root.clone()).unwrap();
        let canonical = tree.view(EVERYTHING).canonicalize(&root, &C14n::exclusive(), None, usize::MAX).unwrap();
        prop_assert_eq!(String::from_utf8(canonical).unwrap(), String::from_utf8(octets).unwrap());
    }
}
