//! Characters as canonical form writes them.
//!
//! Canonical XML 1.0 §2.3, the rules for text and attribute nodes; XML 1.0 §2.2 for what is a character.

/// Where the characters stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Text,
    Attribute,
}

/// Writes text. `false` if it holds what is no character of XML.
pub(crate) fn text(out: &mut Vec<u8>, value: &str) -> bool {
    escape(out, value, Inside::Text)
}

/// Writes the inside of a quoted attribute value. `false` if it holds what is no character of XML.
pub(crate) fn attribute(out: &mut Vec<u8>, value: &str) -> bool {
    escape(out, value, Inside::Attribute)
}

/// Whether a character may stand in a document.
pub(crate) fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

fn escape(out: &mut Vec<u8>, value: &str, inside: Inside) -> bool {
    // Nearly every value needs nothing, and looking at all octets without a branch is quick.
    if value.bytes().fold(false, |found, octet| found | notable(octet)) {
        return one_by_one(out, value, inside);
    }
    out.extend_from_slice(value.as_bytes());
    true
}

/// Octets that may need an escape or be no character: 0xEF leads U+F000 to U+FFFF.
fn notable(octet: u8) -> bool {
    octet < b' ' || matches!(octet, b'&' | b'<' | b'>' | b'"' | 0xEF)
}

fn one_by_one(out: &mut Vec<u8>, value: &str, inside: Inside) -> bool {
    let mut sound = true;
    let mut rest = value;
    while let Some(at) = rest.bytes().position(notable) {
        let (plain, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.extend_from_slice(plain.as_bytes());
        let mut characters = from.chars();
        if let Some(c) = characters.next() {
            sound &= is_xml(c);
            match (c, inside) {
                ('&', _) => out.extend_from_slice(b"&amp;"),
                ('<', _) => out.extend_from_slice(b"&lt;"),
                ('>', Inside::Text) => out.extend_from_slice(b"&gt;"),
                ('\r', _) => out.extend_from_slice(b"&#xD;"),
                ('"', Inside::Attribute) => out.extend_from_slice(b"&quot;"),
                ('\t', Inside::Attribute) => out.extend_from_slice(b"&#x9;"),
                ('\n', Inside::Attribute) => out.extend_from_slice(b"&#xA;"),
                (other, _) => out.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        rest = characters.as_str();
    }
    out.extend_from_slice(rest.as_bytes());
    sound
}
