//! What the steps do, on a document that shows each.

use super::*;

const DOCUMENT: &[u8] = b"<a Id=\"x\" b='2'><c d=\"1\">text</c>\n<e></e><f/></a>";

#[test]
fn a_number_is_always_the_same_mutant() {
    assert!((0..100).all(|number| mutant(DOCUMENT, number) == mutant(DOCUMENT, number)));
}

#[test]
fn mutants_differ() {
    let all: std::collections::HashSet<Vec<u8>> = (0..1000).map(|n| mutant(DOCUMENT, n)).collect();
    assert!(all.len() > 700, "{}", all.len());
    assert!(!all.contains(DOCUMENT));
}

#[test]
fn nothing_is_too_small_to_be_mutated() {
    for document in [&b""[..], b"<", b"<a", b"<a/>", b"&", b"</a>", b"<a b=", b"<!--"] {
        assert!((0..2000).all(|number| mutant(document, number).len() < 10_000));
    }
}

#[test]
fn ranges_that_overlap_or_lie_outside_change_nothing() {
    let mut edit = Edit { octets: b"abcd".to_vec() };
    edit.swap(&(0..2), &(1..3));
    edit.replace(2..9, b"x");
    assert_eq!(edit.octets, b"abcd");
    edit.swap(&(3..4), &(0..2));
    assert_eq!(edit.octets, b"dcab");
}

/// Neutral steps alone, on a document that nothing has broken.
#[test]
fn what_is_called_neutral_keeps_the_canonical_form() {
    use symbolon_xml::Limits;

    use crate::strict::{Form, canonical, read};
    let said = |octets: &[u8]| {
        let root = read(octets, &Limits::MESSAGE)?;
        canonical(&root, 0, None, &Form { exclusive: Some(Vec::new()), comments: false })
    };
    let expected = said(DOCUMENT);
    assert!(expected.is_some());
    for number in 0..5000 {
        let mut edit = Edit { octets: DOCUMENT.to_vec() };
        neutral::step(&mut edit, &mut Random::new(number));
        assert_eq!(said(&edit.octets), expected, "{}", String::from_utf8_lossy(&edit.octets));
    }
}
