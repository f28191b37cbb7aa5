//! What is refused before the parser sees it.
//!
//! In:  octets from a stranger, and [`Limits`].
//! Out: the text behind the XML declaration, with line ends as line feeds.
//! Never: text in another encoding or another version of XML, or with what is no character of XML in it; more octets than the
//! limits say. It looks at no markup: that is the parser's part.
//!
//! XML 1.0 (fifth edition) §2.2, §2.8, §2.11, §4.3.3.

use std::borrow::Cow;

use crate::{Flaw, escape};

/// How much a document may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Octets of the whole document.
    pub octets: usize,
    /// Elements inside one another; the root is one deep.
    pub depth: usize,
    /// Attributes of one element, its namespace declarations included.
    pub attributes: usize,
    /// Namespace declarations in the whole document; never more than 64 are in scope at one place.
    pub declarations: usize,
}

impl Limits {
    /// For a message from a stranger.
    // LIMIT: messages of real clients stay under 40 KiB, 40 levels and 20 attributes, but OpenSAML declares two namespaces on
    // every attribute value. Each attribute of an element is compared with all others of it, hence not more.
    pub const MESSAGE: Limits =
        Limits { octets: 256 * 1024, depth: 100, attributes: 128, declarations: 512 };

    /// For one token on its own.
    pub const TOKEN: Limits = Limits { octets: 64 * 1024, ..Self::MESSAGE };
}

/// White space of XML; a carriage return counts only before line ends are normalised.
const WHITE: [char; 4] = [' ', '\t', '\n', '\r'];

/// What is to be parsed of a document.
pub(crate) fn document(octets: &[u8], limits: &Limits) -> Result<String, Flaw> {
    let text = characters(octets, limits)?;
    Ok(unix_line_ends(after_declaration(text)?).into_owned())
}

/// Octets as text, if it is of characters of XML and within the limit.
pub(crate) fn characters<'t>(octets: &'t [u8], limits: &Limits) -> Result<&'t str, Flaw> {
    if octets.len() > limits.octets {
        return Err(Flaw::TooLarge);
    }
    let text = std::str::from_utf8(octets).map_err(|_| Flaw::NotUtf8)?;
    // Looking at all octets without a branch is quick, and looking at characters is seldom needed.
    let sound = !octets.iter().fold(false, |found, octet| found | is_suspect(*octet));
    if sound || text.chars().all(escape::is_xml) { Ok(text) } else { Err(Flaw::Malformed) }
}

/// Octets that may be no character: 0xEF leads U+F000 to U+FFFF.
fn is_suspect(octet: u8) -> bool {
    (octet < b' ' && !matches!(octet, b'\t' | b'\n' | b'\r')) || octet == 0xEF
}

/// Every line end as one line feed.
// SPEC: XML 1.0 §2.11: before anything is parsed, so that a carriage return is there only where a reference says it.
pub(crate) fn unix_line_ends(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'\r', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// The text behind a byte order mark and an XML declaration, if there are any.
fn after_declaration(text: &str) -> Result<&str, Flaw> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    match text.strip_prefix("<?xml") {
        Some(declaration) if declaration.starts_with(WHITE) => {
            let (declaration, body) = declaration.split_once("?>").ok_or(Flaw::Declaration)?;
            declared(declaration).ok_or(Flaw::Declaration)?;
            Ok(body)
        }
        _ => Ok(text),
    }
}

/// `version="1.0"`, then perhaps `encoding="UTF-8"`, then perhaps `standalone`, and nothing else.
fn declared(declaration: &str) -> Option<()> {
    let (version, rest) = pseudo_attribute(declaration, "version");
    let (encoding, rest) = pseudo_attribute(rest, "encoding");
    let (standalone, rest) = pseudo_attribute(rest, "standalone");
    let fits = version == Some("1.0")
        && encoding.is_none_or(|name| name.eq_ignore_ascii_case("UTF-8"))
        && standalone.is_none_or(|value| matches!(value, "yes" | "no"))
        && rest.trim_start_matches(WHITE).is_empty();
    fits.then_some(())
}

/// The value of `name="…"` behind white space, and what follows; all of the text where that is not what stands there.
fn pseudo_attribute<'t>(text: &'t str, name: &str) -> (Option<&'t str>, &'t str) {
    let read = || {
        let rest = text.strip_prefix(WHITE)?.trim_start_matches(WHITE).strip_prefix(name)?;
        let rest = rest.trim_start_matches(WHITE).strip_prefix('=')?.trim_start_matches(WHITE);
        let quote = rest.chars().next().filter(|first| matches!(first, '"' | '\''))?;
        rest.strip_prefix(quote)?.split_once(quote)
    };
    read().map_or((None, text), |(value, rest)| (Some(value), rest))
}
