//! Changes that say the same.
//!
//! In:  a document.
//! Out: other octets for the same canonical form, or a change where nothing is signed.
//! Never: a promise; on a document that another step has broken these break more.
//!
//! XML 1.0 §2.4 to §2.11, §3.1, §3.3.3, §4.1.

use std::ops::Range;

use memchr::{memchr, memmem};

use super::Edit;
use super::outline::{attributes, end_of_markup, find};
use crate::Random;

const WHITE: [&str; 5] = [" ", "\n", "\t", "\r\n", "   "];
const COMMENTS: [&str; 3] = ["<!---->", "<!-- < & > -->", "<!--]]>-->"];

pub(super) fn step(edit: &mut Edit, random: &mut Random) {
    let Some(tag) = tag(edit, random) else { return };
    match random.below(12) {
        0 | 1 => white(edit, random, &tag),
        2 => order(edit, random, &tag),
        3 => quotes(edit, random, &tag),
        4 => reference(edit, random, &tag),
        5 => section(edit, random, &tag),
        6 => comment(edit, random, &tag),
        7 => emptiness(edit, &tag),
        8 => declaration(edit, random, &tag),
        9 => outside(edit, random),
        10 => base64(edit, random),
        _ => line_end(edit, random),
    }
}

/// A start tag: the next one behind a place chosen at random, or the first.
fn tag(edit: &Edit, random: &mut Random) -> Option<Range<usize>> {
    let from = random.below(edit.len());
    let start = start_tag(edit, from).or_else(|| start_tag(edit, 0))?;
    Some(start..end_of_markup(&edit.octets, start)?)
}

fn start_tag(edit: &Edit, from: usize) -> Option<usize> {
    let all = edit.at(from..edit.len());
    let starts = |pair: &[u8]| matches!(pair, [b'<', name] if name.is_ascii_alphabetic());
    Some(from.saturating_add(all.windows(2).position(starts)?))
}

/// Behind the last octet of a tag that is not of its end.
fn last(edit: &Edit, tag: &Range<usize>) -> usize {
    let end = if edit.at(tag.clone()).ends_with(b"/>") { 2 } else { 1 };
    tag.end.saturating_sub(end)
}

/// Text behind a tag, up to the next tag or reference.
fn text_behind(edit: &Edit, tag: &Range<usize>) -> Range<usize> {
    let ends = |octet| matches!(octet, b'<' | b'&');
    let end = find(&edit.octets, tag.end..edit.len(), ends).unwrap_or(tag.end);
    tag.end..end
}

/// White space before an attribute, around its equals sign, or at the end of a tag.
fn white(edit: &mut Edit, random: &mut Random, tag: &Range<usize>) {
    let attributes = attributes(&edit.octets, tag);
    let chosen = attributes.get(random.below(attributes.len()));
    let at = match (random.below(3), chosen) {
        (0, Some(attribute)) => attribute.start,
        (1, Some(attribute)) => {
            let equals = find(&edit.octets, attribute.clone(), |octet| octet == b'=');
            equals.unwrap_or(attribute.start).saturating_add(random.below(2))
        }
        _ => last(edit, tag),
    };
    edit.insert(at, random.one_of(&WHITE).unwrap_or_default().as_bytes());
}

/// Two attributes change places.
fn order(edit: &mut Edit, random: &mut Random, tag: &Range<usize>) {
    let attributes = attributes(&edit.octets, tag);
    let (one, other) = (random.below(attributes.len()), random.below(attributes.len()));
    if let (Some(one), Some(other)) = (attributes.get(one), attributes.get(other)) {
        edit.swap(one, other);
    }
}

/// The other quotes around a value.
fn quotes(edit: &mut Edit, random: &mut Random, tag: &Range<usize>) {
    let attributes = attributes(&edit.octets, tag);
    let Some(attribute) = attributes.get(random.below(attributes.len())) else { return };
    let text = edit.at(attribute.clone());
    let Some(quote) = text.last().copied() else { return };
    let other = if quote == b'"' { b'\'' } else { b'"' };
    if memchr(other, text).is_none() {
        let text: Vec<u8> = text.iter().map(|o| if *o == quote { other } else { *o }).collect();
        edit.replace(attribute.clone(), &text);
    }
}

/// A reference in the place of a character, in text or in a value.
fn reference(edit: &mut Edit, random: &mut Random, tag: &Range<usize>) {
    let attributes = attributes(&edit.octets, tag);
    let within = match attributes.get(random.below(attributes.len().saturating_add(1))) {
        Some(attribute) => {
            let quote = find(&edit.octets, attribute.clone(), |o| matches!(o, b'"' | b'\''));
            quote.unwrap_or(attribute.end)..attribute.end.saturating_sub(1)
        }
        None => text_behind(edit, tag),
    };
    if memchr(b'&', edit.at(within.clone())).is_some() {
        return; // it might stand inside another reference
    }
    let at = within.start.saturating_add(random.below(within.len()));
    let Some(octet) = edit.octets.get(at).copied().filter(u8::is_ascii_alphanumeric) else {
        return;
    };
    let reference = match random.below(3) {
        0 => format!("&#{octet};"),
        1 => format!("&#x{octet:X};"),
        _ => format!("&#x000{octet:x};"),
    };
    edit.replace(at..at.saturating_add(1), reference.as_bytes());
}

/// A CDATA section around some of a text.
fn section(edit: &mut Edit, random: &mut Random, tag: &Range<usize>) {
    let text = text_behind(edit, tag);
    let start = text.start.saturating_add(random.below(text.len()));
    let end = start.saturating_add(random.below(text.end.saturating_sub(start).saturating_add(1)));
    let inside = edit.at(start..end);
    if inside.is_ascii() && memmem::find(inside, b"]]>").is_none() {
        let section = [b"<![CDATA[", inside, b"]]>"].concat();
        edit.replace(start..end, &section);
    }
}

/// A comment before a tag, behind it, or somewhere in the text behind it.
fn comment(edit: &mut Edit, random: &mut Random, tag: &Range<usize>) {
    let text = text_behind(edit, tag);
    let at = match random.below(3) {
        0 => tag.start,
        1 => tag.end,
        _ => text.start.saturating_add(random.below(text.len())),
    };
    if edit.octets.get(at).is_some_and(u8::is_ascii) {
        edit.insert(at, random.one_of(&COMMENTS).unwrap_or_default().as_bytes());
    }
}

/// `<a/>` for `<a></a>`, or the other way round.
fn emptiness(edit: &mut Edit, tag: &Range<usize>) {
    let text = edit.at(tag.clone());
    if text.ends_with(b"/>") {
        let named = text.iter().position(|o| o.is_ascii_whitespace() || *o == b'/');
        let name = text.get(1..named.unwrap_or_default()).unwrap_or_default();
        let tags = [b"></", name, b">"].concat();
        edit.replace(last(edit, tag)..tag.end, &tags);
    } else if edit.at(tag.end..edit.len()).starts_with(b"</")
        && let Some(end) = end_of_markup(&edit.octets, tag.end)
    {
        edit.replace(last(edit, tag)..end, b"/>");
    }
}

/// A namespace declaration that nothing uses: exclusive canonical form does not write it.
fn declaration(edit: &mut Edit, random: &mut Random, tag: &Range<usize>) {
    let declaration = format!(" xmlns:unused{}=\"urn:unused\"", random.below(100));
    edit.insert(last(edit, tag), declaration.as_bytes());
}

/// Something before or behind the root.
fn outside(edit: &mut Edit, random: &mut Random) {
    match random.below(6) {
        0 => edit.insert(0, "\u{FEFF}".as_bytes()),
        1 => edit.insert(0, b"<?xml version=\"1.0\"?>"),
        2 => edit.insert(0, b"<?xml version='1.0' encoding='utf-8' standalone=\"yes\" ?>\r\n"),
        3 => edit.insert(0, random.one_of(&COMMENTS).unwrap_or_default().as_bytes()),
        4 => edit.insert(edit.len(), random.one_of(&COMMENTS).unwrap_or_default().as_bytes()),
        _ => edit.insert(edit.len(), random.one_of(&WHITE).unwrap_or_default().as_bytes()),
    }
}

/// White space in base64 that is decoded before it counts.
fn base64(edit: &mut Edit, random: &mut Random) {
    let name = random.one_of(&["SignatureValue>", "X509Certificate>", "CipherValue>"]);
    let places: Vec<usize> = memmem::find_iter(&edit.octets, name.unwrap_or_default()).collect();
    let Some(at) = random.one_of(&places) else { return };
    let text = text_behind(edit, &(at..at.saturating_add(name.map_or(0, str::len))));
    let at = text.start.saturating_add(random.below(text.len().saturating_add(1)));
    edit.insert(at, random.one_of(&WHITE).unwrap_or_default().as_bytes());
}

/// Another line end for a line feed.
fn line_end(edit: &mut Edit, random: &mut Random) {
    let from = random.below(edit.len());
    if let Some(at) = find(&edit.octets, from..edit.len(), |octet| octet == b'\n') {
        let end = if random.once_in(2) { "\r\n" } else { "\r" };
        edit.replace(at..at.saturating_add(1), end.as_bytes());
    }
}
