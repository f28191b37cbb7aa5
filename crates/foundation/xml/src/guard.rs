//! What is refused before the parser sees it.
//!
//! In:  text from a stranger, and [`Limits`].
//! Out: nothing, or the [`Flaw`].
//! Never: decides that a document is well-formed; that is the parser's part. It walks the same tokens, refuses what would
//! cost too much, and refuses what the parser (roxmltree 0.21) lets pass although the standards forbid it.
//!
//! XML 1.0 (fifth edition) §2.8, §4.1; Namespaces in XML 1.0 (third edition) §3, §4.

use memchr::{memchr, memchr2, memmem};

use crate::Flaw;

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
    // every attribute value. The parser is quadratic in the attributes of an element, hence not more.
    pub const MESSAGE: Limits =
        Limits { octets: 256 * 1024, depth: 100, attributes: 128, declarations: 512 };

    /// For one token on its own.
    pub const TOKEN: Limits = Limits { octets: 64 * 1024, ..Self::MESSAGE };
}

/// Namespace declarations in scope at one place.
// LIMIT: an element that declares costs the parser the square of what is in scope: with 340, 10 KB took 20 ms. Real messages
// have about 15.
const MOST_IN_SCOPE: usize = 64;

/// White space of XML; a carriage return counts only before line ends are normalised.
const WHITE: [char; 4] = [' ', '\t', '\n', '\r'];

/// The text behind a byte order mark and an XML declaration, if there are any.
pub(crate) fn after_declaration(text: &str) -> Result<&str, Flaw> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let body = match text.strip_prefix("<?xml") {
        Some(declaration) if declaration.starts_with(WHITE) => {
            let (declaration, body) = declaration.split_once("?>").ok_or(Flaw::Declaration)?;
            declared(declaration).ok_or(Flaw::Declaration)?;
            body
        }
        _ => text,
    };
    // The parser would skip a second mark.
    if body.starts_with('\u{FEFF}') { Err(Flaw::Malformed) } else { Ok(body) }
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

/// Walks the tokens once, and says how many namespaces they declare.
pub(crate) fn check(text: &str, limits: &Limits) -> Result<usize, Flaw> {
    let mut depth = 0_usize;
    let mut declarations = 0_usize;
    let mut scope = Scope::default();
    let mut rest = text.as_bytes();
    while let Some(at) = memchr2(b'<', b'&', rest) {
        rest = match rest.get(at..).unwrap_or_default() {
            [b'&', behind @ ..] => reference(behind)?,
            [b'<', b'?', ..] => return Err(Flaw::ProcessingInstruction),
            [b'<', b'!', behind @ ..] => comment_or_section(behind)?,
            [b'<', b'/', behind @ ..] => {
                scope.leave(depth);
                depth = depth.saturating_sub(1);
                prefixed(behind)?
            }
            [_, behind @ ..] => {
                if depth >= limits.depth {
                    return Err(Flaw::TooDeep);
                }
                let tag = start_tag(behind, limits.attributes)?;
                declarations = declarations.saturating_add(tag.declarations);
                let inside = scope.enter(depth.saturating_add(1), tag.declarations);
                if declarations > limits.declarations || inside > MOST_IN_SCOPE {
                    return Err(Flaw::TooManyDeclarations);
                }
                depth = depth.saturating_add(1);
                if tag.empty {
                    scope.leave(depth);
                    depth = depth.saturating_sub(1);
                }
                tag.behind
            }
            [] => return Ok(declarations),
        };
    }
    Ok(declarations)
}

/// The declarations that the open elements carry.
#[derive(Default)]
struct Scope {
    /// Those elements that declare: how deep they stand, and how many they declare.
    declaring: Vec<(usize, usize)>,
    /// The sum.
    size: usize,
}

impl Scope {
    /// How many are in scope in an element of that depth with that many declarations.
    fn enter(&mut self, depth: usize, declarations: usize) -> usize {
        if declarations > 0 {
            self.declaring.push((depth, declarations));
            self.size = self.size.saturating_add(declarations);
        }
        self.size
    }

    fn leave(&mut self, depth: usize) {
        if let Some((_, declarations)) = self.declaring.pop_if(|innermost| innermost.0 == depth) {
            self.size = self.size.saturating_sub(declarations);
        }
    }
}

/// Skips a comment or a CDATA section, whose insides are no markup.
fn comment_or_section(behind: &[u8]) -> Result<&[u8], Flaw> {
    let (inside, end) = if let Some(comment) = behind.strip_prefix(b"--") {
        (comment, "-->")
    } else if let Some(section) = behind.strip_prefix(b"[CDATA[") {
        (section, "]]>")
    } else if behind.starts_with(b"DOCTYPE") {
        return Err(Flaw::Doctype);
    } else {
        return Err(Flaw::Malformed);
    };
    let at = memmem::find(inside, end.as_bytes()).ok_or(Flaw::Malformed)?;
    Ok(inside.get(at.saturating_add(end.len())..).unwrap_or_default())
}

struct StartTag<'t> {
    declarations: usize,
    empty: bool,
    behind: &'t [u8],
}

fn start_tag(behind: &[u8], most_attributes: usize) -> Result<StartTag<'_>, Flaw> {
    let mut rest = name(prefixed(behind)?).1;
    let (mut attributes, mut declarations) = (0_usize, 0_usize);
    let (mut default, mut xml) = (false, false);
    loop {
        rest = rest.trim_ascii_start();
        match rest {
            [b'>', behind @ ..] => return Ok(StartTag { declarations, empty: false, behind }),
            [b'/', b'>', behind @ ..] => return Ok(StartTag { declarations, empty: true, behind }),
            _ => {}
        }
        attributes = attributes.saturating_add(1);
        if attributes > most_attributes {
            return Err(Flaw::TooManyAttributes);
        }
        let Attribute { name, value, behind } = attribute(rest)?;
        if declares(name, value)? {
            declarations = declarations.saturating_add(1);
            // The parser compares neither of these two with itself.
            let twice = (name == b"xmlns" && std::mem::replace(&mut default, true))
                || (name == b"xmlns:xml" && std::mem::replace(&mut xml, true));
            if twice {
                return Err(Flaw::NamespaceDeclaration);
            }
        }
        rest = behind;
    }
}

struct Attribute<'t> {
    name: &'t [u8],
    value: &'t [u8],
    behind: &'t [u8],
}

/// The attribute that stands first.
fn attribute(text: &[u8]) -> Result<Attribute<'_>, Flaw> {
    let (name, rest) = name(prefixed(text)?);
    let value = match rest.trim_ascii_start() {
        [b'=', value @ ..] => value.trim_ascii_start(),
        _ => return Err(Flaw::Malformed),
    };
    let (quote, value) = match value {
        [quote @ (b'"' | b'\''), value @ ..] => (*quote, value),
        _ => return Err(Flaw::Malformed),
    };
    let end = memchr(quote, value).ok_or(Flaw::Malformed)?;
    let (value, behind) = value.split_at_checked(end).ok_or(Flaw::Malformed)?;
    let mut inside = value;
    while let Some(at) = memchr(b'&', inside) {
        inside = reference(inside.get(at.saturating_add(1)..).unwrap_or_default())?;
    }
    Ok(Attribute { name, value, behind: behind.get(1..).unwrap_or_default() })
}

/// Whether an attribute declares a namespace; refuses the declarations that the parser takes and the standard forbids.
fn declares(name: &[u8], value: &[u8]) -> Result<bool, Flaw> {
    if name.ends_with(b":xmlns") {
        return Err(Flaw::NamespaceDeclaration); // read as a default namespace by the parser
    }
    match name.strip_prefix(b"xmlns") {
        Some([]) => Ok(true),
        Some([b':', ..]) if value.is_empty() => Err(Flaw::NamespaceDeclaration),
        Some([b':', ..]) => Ok(true),
        _ => Ok(false),
    }
}

/// The same text, unless its first name begins with a colon.
fn prefixed(text: &[u8]) -> Result<&[u8], Flaw> {
    if text.starts_with(b":") { Err(Flaw::EmptyPrefix) } else { Ok(text) }
}

/// Splits behind the octets that can be a name.
fn name(text: &[u8]) -> (&[u8], &[u8]) {
    let ends = |octet: &u8| matches!(octet, b'=' | b'>' | b'/' | b'"' | b'\'' | b'<' | 0..=b' ');
    let end = text.iter().position(ends).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, &[]))
}

/// Checks what a character reference refers to; `behind` is what follows the ampersand, and is returned.
fn reference(behind: &[u8]) -> Result<&[u8], Flaw> {
    let (digits, radix) = match behind {
        [b'#', b'x', digits @ ..] => (digits, 16),
        [b'#', digits @ ..] => (digits, 10),
        _ => return Ok(behind),
    };
    let mut code = 0_u32;
    for digit in digits.iter().map_while(|octet| char::from(*octet).to_digit(radix)) {
        code = code.saturating_mul(radix).saturating_add(digit);
    }
    let character = char::from_u32(code).filter(|c| crate::escape::is_xml(*c));
    if character.is_some() { Ok(behind) } else { Err(Flaw::CharacterReference) }
}

#[cfg(test)]
mod tests;
