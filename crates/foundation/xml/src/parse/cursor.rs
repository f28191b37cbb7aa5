//! The tokens of XML.
//!
//! In:  text that holds characters of XML only, and no carriage return.
//! Out: names, values, references and comments, and where they stand.
//! Never: goes back; what is behind it was read once.
//!
//! XML 1.0 (fifth edition) §2.3, §2.5, §4.1; Namespaces in XML 1.0 (third edition) §4.

use memchr::{memchr, memmem};

use crate::nodes::{Name, Span};
use crate::{Flaw, escape};

/// What is still to be read of a text.
pub(super) struct Cursor<'t> {
    text: &'t str,
    pub(super) rest: &'t [u8],
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, rest: text.as_bytes() }
    }

    /// How many octets were read.
    pub(super) fn at(&self) -> u32 {
        // The parser takes no text whose octets need more than 32 bits to count.
        u32::try_from(self.text.len().saturating_sub(self.rest.len())).unwrap_or(u32::MAX)
    }

    /// Skips white space, and says whether there was any.
    pub(super) fn white(&mut self) -> bool {
        let mut any = false;
        while let [b' ' | b'\n' | b'\t', rest @ ..] = self.rest {
            self.rest = rest;
            any = true;
        }
        any
    }

    pub(super) fn takes(&mut self, token: &[u8]) -> bool {
        let behind = self.rest.strip_prefix(token);
        self.rest = behind.unwrap_or(self.rest);
        behind.is_some()
    }

    /// Skips `count` octets, which are there.
    pub(super) fn skip(&mut self, count: usize) -> Span {
        let start = self.at();
        self.rest = self.rest.get(count..).unwrap_or_default();
        Span { start, end: self.at() }
    }

    /// A qualified name.
    // SPEC: Namespaces in XML 1.0 §4: QName ::= (NCName ':')? NCName.
    pub(super) fn name(&mut self) -> Result<Name, Flaw> {
        let mut seen = 0;
        let mut part = |from: &[u8]| {
            let ends = |octet: &u8| {
                let class = class(*octet);
                seen |= class;
                class & OF_A_PART == 0
            };
            from.iter().position(ends).unwrap_or(from.len())
        };
        let first = part(self.rest);
        let (prefix, local) = self.rest.split_at_checked(first).unwrap_or_default();
        let (prefix, local) = match local {
            [b':', ..] if prefix.is_empty() => return Err(Flaw::EmptyPrefix),
            [b':', behind @ ..] => (Some(prefix), behind.get(..part(behind)).unwrap_or_default()),
            _ => (None, prefix),
        };
        let before = prefix.map_or(0, |prefix| prefix.len().saturating_add(1));
        let length = before.saturating_add(local.len());
        let is_ncname = if seen & BEYOND == 0 { begins_ncname } else { is_ncname };
        let again = self.rest.get(length) == Some(&b':');
        if again || !prefix.is_none_or(is_ncname) || !is_ncname(local) {
            return Err(Flaw::Malformed);
        }
        let before = u32::try_from(before).unwrap_or(u32::MAX);
        let Span { start, end } = self.skip(length);
        Ok(Name { start, local: start.saturating_add(before), end })
    }

    /// Skips what a value says as it is written.
    pub(super) fn skip_plain(&mut self) -> Span {
        let length = self.rest.iter().position(|octet| to_normalize(*octet));
        self.skip(length.unwrap_or(self.rest.len()))
    }

    /// The inside of a quoted value, as written: `true` if that is also what it says.
    pub(super) fn quoted(&mut self) -> Result<(Span, bool), Flaw> {
        let (quote, inside) = match self.rest {
            [quote @ (b'"' | b'\''), inside @ ..] => (*quote, inside),
            _ => return Err(Flaw::Malformed),
        };
        let length = memchr(quote, inside).ok_or(Flaw::Malformed)?;
        self.rest = inside;
        let span = self.skip(length);
        self.skip(1);
        let value = inside.get(..length).unwrap_or_default();
        // Nearly every value needs nothing, and looking at all octets without a branch is quick.
        Ok((span, !value.iter().fold(false, |found, octet| found | to_normalize(*octet))))
    }

    /// The character that a reference stands for; the ampersand is behind us.
    // SPEC: XML 1.0 §4.1, §4.6. There is no DTD, so that there are no other entities.
    pub(super) fn reference(&mut self) -> Result<char, Flaw> {
        let end = memchr(b';', self.rest).ok_or(Flaw::Malformed)?;
        let name = self.skip(end).of(self.text);
        self.skip(1);
        let (digits, radix) = match name {
            "lt" => return Ok('<'),
            "gt" => return Ok('>'),
            "amp" => return Ok('&'),
            "apos" => return Ok('\''),
            "quot" => return Ok('"'),
            _ => match (name.strip_prefix("#x"), name.strip_prefix('#')) {
                (Some(digits), _) => (digits, 16),
                (None, Some(digits)) => (digits, 10),
                (None, None) => return Err(Flaw::Malformed),
            },
        };
        let mut code = None;
        for digit in digits.chars() {
            let digit = digit.to_digit(radix).ok_or(Flaw::Malformed)?;
            code = Some(code.unwrap_or(0_u32).saturating_mul(radix).saturating_add(digit));
        }
        let character = char::from_u32(code.ok_or(Flaw::Malformed)?);
        character.filter(|c| escape::is_xml(*c)).ok_or(Flaw::CharacterReference)
    }

    /// A comment's inside; its `<!--` is behind us.
    // SPEC: XML 1.0 §2.5: no `--` inside, and no `-` at its end.
    pub(super) fn comment(&mut self) -> Result<Span, Flaw> {
        let length = memmem::find(self.rest, b"--").ok_or(Flaw::Malformed)?;
        let inside = self.skip(length);
        if self.takes(b"-->") { Ok(inside) } else { Err(Flaw::Malformed) }
    }

    /// A CDATA section's inside; its `<![CDATA[` is behind us.
    pub(super) fn section(&mut self) -> Result<Span, Flaw> {
        let length = memmem::find(self.rest, b"]]>").ok_or(Flaw::Malformed)?;
        let inside = self.skip(length);
        self.skip(3);
        Ok(inside)
    }
}

/// What an octet of an attribute value asks for more than being copied: a reference, white space, or a refusal.
fn to_normalize(octet: u8) -> bool {
    octet < b' ' || matches!(octet, b'&' | b'<')
}

// What an octet is to a name: a bit for each, so that all octets of a name can be looked at together.

/// Neither begins a name without a colon nor goes on with one.
const OTHER: u8 = 0;
/// Begins a name, and goes on with one.
const BEGINS: u8 = 1;
/// Goes on with a name.
const GOES_ON: u8 = 2;
/// Part of a character beyond ASCII.
const BEYOND: u8 = 4;
/// Stands in a name without a colon.
const OF_A_PART: u8 = BEGINS | GOES_ON | BEYOND;

fn class(octet: u8) -> u8 {
    CLASSES.get(usize::from(octet)).copied().unwrap_or(OTHER)
}

#[expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "made by the compiler, which would refuse"
)]
const CLASSES: [u8; 256] = {
    let mut classes = [OTHER; 256];
    let mut octet = 0;
    while octet < classes.len() {
        classes[octet] = match octet as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => BEGINS,
            b'0'..=b'9' | b'-' | b'.' => GOES_ON,
            0x80.. => BEYOND,
            _ => OTHER,
        };
        octet += 1;
    }
    classes
};

/// Whether what holds ASCII characters of names is a name without a colon, if it has none.
fn begins_ncname(part: &[u8]) -> bool {
    part.first().is_some_and(|first| class(*first) == BEGINS)
}

/// Whether this is a name without a colon.
// SPEC: XML 1.0 §2.3, productions 4 and 4a.
fn is_ncname(part: &[u8]) -> bool {
    let mut characters = std::str::from_utf8(part).unwrap_or_default().chars();
    characters.next().is_some_and(starts_name) && characters.all(continues_name)
}

fn starts_name(c: char) -> bool {
    matches!(c,
        'a'..='z' | 'A'..='Z' | '_'
        | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}' | '\u{370}'..='\u{37D}'
        | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}'
        | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}'
        | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

fn continues_name(c: char) -> bool {
    starts_name(c)
        || matches!(c,
            '0'..='9' | '-' | '.' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}
