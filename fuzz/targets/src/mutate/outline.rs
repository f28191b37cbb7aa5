//! Where the elements of a document stand.
//!
//! In:  octets, of which much may be broken.
//! Out: a span for each element whose tags pair up by their order.
//! Never: a judgement whether they are XML.

use std::ops::Range;

use memchr::{memchr, memmem};

/// One element in the octets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    /// Its start tag, or its only one.
    pub(crate) tag: Range<usize>,
    /// From the start tag's first octet to behind the end tag.
    pub(crate) whole: Range<usize>,
    /// Between the tags; `None` for an empty-element tag.
    pub(crate) inside: Option<Range<usize>>,
    /// Whether there is an element in it.
    pub(crate) has_elements: bool,
}

/// Every element, in the order of their end tags.
pub(crate) fn outline(octets: &[u8]) -> Vec<Span> {
    let (mut found, mut open) = (Vec::new(), Vec::<(Range<usize>, usize)>::new());
    let mut at = 0;
    while let Some(start) = memchr(b'<', octets.get(at..).unwrap_or_default()) {
        let start = at.saturating_add(start);
        let Some(end) = end_of_markup(octets, start) else { break };
        match octets.get(start..end).unwrap_or_default() {
            [b'<', b'!' | b'?', ..] => {}
            [b'<', b'/', ..] => {
                if let Some((tag, before)) = open.pop() {
                    found.push(Span {
                        inside: Some(tag.end..start),
                        whole: tag.start..end,
                        tag,
                        has_elements: found.len() > before,
                    });
                }
            }
            [.., b'/', b'>'] => found.push(Span {
                tag: start..end,
                whole: start..end,
                inside: None,
                has_elements: false,
            }),
            _ => open.push((start..end, found.len())),
        }
        at = end;
    }
    found
}

/// Behind the tag, comment or section that begins at `start`.
pub(crate) fn end_of_markup(octets: &[u8], start: usize) -> Option<usize> {
    let rest = octets.get(start..)?;
    let behind = |end: &[u8]| Some(memmem::find(rest, end)?.saturating_add(end.len()));
    let length = if rest.starts_with(b"<!--") {
        behind(b"-->")?
    } else if rest.starts_with(b"<![CDATA[") {
        behind(b"]]>")?
    } else {
        end_of_tag(rest)?
    };
    Some(start.saturating_add(length))
}

/// Behind the first `>` outside quotes.
fn end_of_tag(rest: &[u8]) -> Option<usize> {
    let mut quote = None;
    let ends = |octet: &u8| match (quote, octet) {
        (None, b'>') => true,
        (None, b'"' | b'\'') => {
            quote = Some(*octet);
            false
        }
        (Some(open), octet) if open == *octet => {
            quote = None;
            false
        }
        _ => false,
    };
    Some(rest.iter().position(ends)?.saturating_add(1))
}

/// The attributes in a tag: each from the first octet of its name to behind its value's second quote.
pub(crate) fn attributes(octets: &[u8], tag: &Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = tag.start;
    while let Some(equals) = find(octets, at..tag.end, |octet| octet == b'=') {
        let Some(opening) = find(octets, equals..tag.end, |o| matches!(o, b'"' | b'\'')) else {
            break;
        };
        let quote = octets.get(opening).copied().unwrap_or_default();
        let inside = opening.saturating_add(1);
        let Some(closing) = find(octets, inside..tag.end, |octet| octet == quote) else { break };
        let white = octets.get(at..equals).unwrap_or_default().trim_ascii_end();
        let name =
            white.iter().rposition(u8::is_ascii_whitespace).map_or(0, |by| by.saturating_add(1));
        let end = closing.saturating_add(1);
        found.push(at.saturating_add(name)..end);
        at = end;
    }
    found
}

/// The first place in a range whose octet fits.
pub(crate) fn find(
    octets: &[u8],
    within: Range<usize>,
    fits: impl Fn(u8) -> bool,
) -> Option<usize> {
    let start = within.start;
    let by = octets.get(within)?.iter().position(|octet| fits(*octet))?;
    Some(start.saturating_add(by))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(text: &str) -> Vec<&str> {
        outline(text.as_bytes()).into_iter().map(|span| text.get(span.whole).unwrap()).collect()
    }

    #[test]
    fn elements_are_found_from_the_inside_outwards() {
        let text = "<!-- <x> --><a q='>'><b/><![CDATA[</a>]]><c>t</c></a>";
        assert_eq!(spans(text), ["<b/>", "<c>t</c>", "<a q='>'><b/><![CDATA[</a>]]><c>t</c></a>"]);
        let outline = outline(text.as_bytes());
        assert_eq!(
            outline.iter().map(|s| s.has_elements).collect::<Vec<_>>(),
            [false, false, true]
        );
        assert_eq!(
            outline.iter().map(|s| s.inside.is_some()).collect::<Vec<_>>(),
            [false, true, true]
        );
    }

    #[test]
    fn what_is_broken_is_passed_over() {
        assert_eq!(spans("</a><b><c/>"), ["<c/>"]);
        assert_eq!(spans("<a><b c=\"></a>"), [""; 0]);
        assert_eq!(spans("<!--<a/>"), [""; 0]);
    }

    #[test]
    fn attributes_are_found_with_their_quotes() {
        let text = "<a  b = 'x' c:d=\"=\" \ne=''>";
        let found = attributes(text.as_bytes(), &(0..text.len()));
        let found: Vec<&str> = found.into_iter().map(|range| text.get(range).unwrap()).collect();
        assert_eq!(found, ["b = 'x'", "c:d=\"=\"", "e=''"]);
    }
}
