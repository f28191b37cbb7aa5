//! Changes that keep a document well-formed and say something else: signature wrapping, and what belongs to it.
//!
//! In:  a document.
//! Out: elements copied, moved, wrapped, exchanged, forged or dropped; ids, references and algorithms changed.
//! Never: anything but whole elements, values and names.
//!
//! McIntosh and Austel 2005; Somorovsky et al. 2012 (XSW1 to XSW8).

use std::ops::Range;

use memchr::memmem;

use super::Edit;
use super::outline::{Span, attributes, find, outline};
use crate::Random;

/// What stands in an `Algorithm` of real messages and of attacks.
const ALGORITHMS: [&str; 16] = [
    "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
    "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
    "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
    "http://www.w3.org/2000/09/xmldsig#sha1",
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
    "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
    "http://www.w3.org/2001/04/xmlenc#sha256",
    "http://www.w3.org/2001/04/xmlenc#sha512",
    "http://www.w3.org/2001/04/xmlenc#aes128-cbc",
    "http://www.w3.org/2001/04/xmlenc#rsa-1_5",
    "http://www.w3.org/2001/10/xml-exc-c14n#",
    "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    "http://www.w3.org/TR/1999/REC-xpath-19991116",
];

const WRAPPERS: [(&str, &str); 3] = [
    ("<m:Wrapper xmlns:m=\"urn:m\">", "</m:Wrapper>"),
    ("<ds:Object xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">", "</ds:Object>"),
    ("<a Id=\"m\">", "</a>"),
];

pub(super) fn step(edit: &mut Edit, random: &mut Random) {
    let spans = outline(&edit.octets);
    let (one, other) = (random.below(spans.len()), random.below(spans.len()));
    let (Some(one), Some(other)) = (spans.get(one), spans.get(other)) else { return };
    match random.below(16) {
        0 => copy(edit, random, one, other),
        1 => relocate(edit, random, one, other),
        2 => edit.replace(one.whole.clone(), b""),
        3 => wrap(edit, random, &one.whole),
        4 => edit.swap(&one.whole, &other.whole),
        5 => text_of(edit, one, other),
        6 => name_of(edit, one, other),
        7 | 8 => twin(edit, random, one, other),
        9 => values(edit, random),
        10 => identifiers(edit, random),
        11 => algorithm(edit, random),
        12 => wrap(edit, random, &(0..edit.len())),
        13 => base64(edit, random, one),
        14 => key_info(edit, random, &spans, other),
        _ => attribute(edit, random, one),
    }
}

/// Before, behind or inside an element.
fn edge(random: &mut Random, of: &Span) -> usize {
    let inside = of.inside.clone().unwrap_or(of.whole.clone());
    let edges = [of.whole.start, of.whole.end, inside.start, inside.end];
    random.one_of(&edges).unwrap_or_default()
}

fn copy(edit: &mut Edit, random: &mut Random, one: &Span, other: &Span) {
    let copied = edit.at(one.whole.clone()).to_vec();
    edit.insert(edge(random, other), &copied);
}

fn relocate(edit: &mut Edit, random: &mut Random, one: &Span, other: &Span) {
    let moved = edit.at(one.whole.clone()).to_vec();
    let to = edge(random, other);
    if to <= one.whole.start {
        edit.replace(one.whole.clone(), b"");
        edit.insert(to, &moved);
    } else if to >= one.whole.end {
        edit.insert(to, &moved);
        edit.replace(one.whole.clone(), b"");
    }
}

fn wrap(edit: &mut Edit, random: &mut Random, what: &Range<usize>) {
    let Some((before, behind)) = random.one_of(&WRAPPERS) else { return };
    edit.insert(what.end, behind.as_bytes());
    edit.insert(what.start, before.as_bytes());
}

/// The content of the other element for that of the one.
fn text_of(edit: &mut Edit, one: &Span, other: &Span) {
    if let (Some(inside), Some(from)) = (one.inside.clone(), other.inside.clone()) {
        let content = edit.at(from).to_vec();
        edit.replace(inside, &content);
    }
}

/// The name of the other element for that of the one.
fn name_of(edit: &mut Edit, one: &Span, other: &Span) {
    let ours = name(edit, one.tag.start.saturating_add(1));
    let theirs = edit.at(name(edit, other.tag.start.saturating_add(1))).to_vec();
    if let Some(inside) = &one.inside {
        edit.replace(name(edit, inside.end.saturating_add(2)), &theirs);
    }
    edit.replace(ours, &theirs);
}

fn name(edit: &Edit, start: usize) -> Range<usize> {
    let ends = |octet: u8| octet.is_ascii_whitespace() || matches!(octet, b'/' | b'>');
    start..find(&edit.octets, start..edit.len(), ends).unwrap_or(start)
}

/// A forged copy of an element, beside it, in its place with the true one elsewhere, or around it.
fn twin(edit: &mut Edit, random: &mut Random, one: &Span, other: &Span) {
    let original = edit.at(one.whole.clone()).to_vec();
    let twin = forged(original.clone(), random);
    match random.below(4) {
        0 => edit.insert(one.whole.start, &twin),
        1 => edit.insert(one.whole.end, &twin),
        2 => {
            let to = edge(random, other);
            if to >= one.whole.end {
                edit.insert(to, &original);
            }
            edit.replace(one.whole.clone(), &twin);
            if to <= one.whole.start {
                edit.insert(to, &original);
            }
        }
        _ => {
            let spans = outline(&twin);
            let at =
                spans.last().and_then(|span| span.inside.clone()).map_or(0, |inside| inside.end);
            let mut around = Edit { octets: twin };
            around.insert(at, &original);
            edit.replace(one.whole.clone(), &around.octets);
        }
    }
}

/// The element with another text in one place and, half of the time, with another id.
fn forged(element: Vec<u8>, random: &mut Random) -> Vec<u8> {
    let mut edit = Edit { octets: element };
    let leaves: Vec<Range<usize>> = outline(&edit.octets)
        .into_iter()
        .filter(|span| !span.has_elements)
        .filter_map(|span| span.inside)
        .collect();
    if let Some(leaf) = leaves.get(random.below(leaves.len())) {
        edit.replace(leaf.clone(), b"mallory");
    }
    if random.once_in(2)
        && let Some(id) = ids(&edit).into_iter().next()
    {
        edit.replace(id, b"_forged");
    }
    edit.octets
}

/// The values of two attributes change places, or one takes both.
fn values(edit: &mut Edit, random: &mut Random) {
    let values: Vec<Range<usize>> = outline(&edit.octets)
        .iter()
        .flat_map(|span| attributes(&edit.octets, &span.tag))
        .map(|attribute| value(edit, attribute))
        .collect();
    exchange(edit, random, &values);
}

/// Two ids, or references to ids, change places, or one takes both.
fn identifiers(edit: &mut Edit, random: &mut Random) {
    let places: Vec<Range<usize>> = ids(edit);
    exchange(edit, random, &places);
}

fn exchange(edit: &mut Edit, random: &mut Random, ranges: &[Range<usize>]) {
    let (one, other) = (random.below(ranges.len()), random.below(ranges.len()));
    let (Some(one), Some(other)) = (ranges.get(one), ranges.get(other)) else { return };
    if random.once_in(2) {
        edit.swap(one, other);
    } else {
        let copied = edit.at(other.clone()).to_vec();
        edit.replace(one.clone(), &copied);
    }
}

/// The values of ids and of same-document references, without `#`.
fn ids(edit: &Edit) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for span in outline(&edit.octets) {
        for attribute in attributes(&edit.octets, &span.tag) {
            let value = value(edit, attribute.clone());
            let text = edit.at(attribute.start..value.start);
            if [&b"ID="[..], b"Id=", b"id="].iter().any(|name| memmem::find(text, name).is_some()) {
                found.push(value);
            } else if edit.at(value.clone()).starts_with(b"#") {
                found.push(value.start.saturating_add(1)..value.end);
            }
        }
    }
    found
}

/// What stands between an attribute's quotes.
fn value(edit: &Edit, attribute: Range<usize>) -> Range<usize> {
    let quote = find(&edit.octets, attribute.clone(), |octet| matches!(octet, b'"' | b'\''));
    quote.unwrap_or(attribute.start).saturating_add(1)..attribute.end.saturating_sub(1)
}

fn algorithm(edit: &mut Edit, random: &mut Random) {
    let places: Vec<usize> = memmem::find_iter(&edit.octets, "Algorithm=\"").collect();
    let Some(start) = random.one_of(&places).map(|at| at.saturating_add("Algorithm=\"".len()))
    else {
        return;
    };
    let Some(end) = find(&edit.octets, start..edit.len(), |octet| octet == b'"') else { return };
    edit.replace(start..end, random.one_of(&ALGORITHMS).unwrap_or_default().as_bytes());
}

/// Another digit of base64, or fewer of them, in an element's text.
fn base64(edit: &mut Edit, random: &mut Random, one: &Span) {
    let Some(text) = one.inside.clone().filter(|_| !one.has_elements) else { return };
    let at = text.start.saturating_add(random.below(text.len()));
    if random.once_in(3) {
        edit.replace(at..text.end, b"");
    } else {
        edit.replace(
            at..at.saturating_add(1).min(text.end),
            random.one_of(&[b"A", b"/", b"=", b"z"]).unwrap_or(b"A"),
        );
    }
}

/// Another `KeyInfo`: what a signature's says is a hint at most.
fn key_info(edit: &mut Edit, random: &mut Random, spans: &[Span], other: &Span) {
    let is_key_info = |span: &&Span| edit.at(span.tag.clone()).starts_with(b"<ds:KeyInfo");
    let Some(key_info) = spans.iter().find(is_key_info) else { return };
    match random.below(3) {
        0 => edit.replace(key_info.whole.clone(), b""),
        1 => {
            edit.replace(key_info.inside.clone().unwrap_or_default(), b"<ds:KeyName>m</ds:KeyName>")
        }
        _ => text_of(edit, key_info, other),
    }
}

fn attribute(edit: &mut Edit, random: &mut Random, one: &Span) {
    let attributes =
        [" m=\"1\"", " Id=\"_m\"", " xml:id=\"_m\"", " xml:lang=\"en\"", " Type=\"urn:m\""];
    let at = name(edit, one.tag.start.saturating_add(1)).end;
    edit.insert(at, random.one_of(&attributes).unwrap_or_default().as_bytes());
}
