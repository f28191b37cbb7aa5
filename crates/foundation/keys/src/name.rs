//! Distinguished names, written and compared.
//!
//! In:  a name of a certificate, or its text as others write it.
//! Out: a [`DistinguishedName`] that is equal to the same name written differently.
//! Never: evidence: a name finds a certificate, and the certificate's key proves what it proves.
//!
//! RFC 4514, leniently in what is read: blanks around separators, `;`, quotes, more keywords
//! (RFC 2253 §4, RFC 1779; Java and .NET write them). RFC 5280 §7.1 for comparison, without the
//! preparation of Unicode.

use std::fmt;
use std::iter::Peekable;
use std::str::Bytes;

use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::der::asn1::{Any, ObjectIdentifier};
use x509_cert::der::{Decode, Encode, Tag, Tagged};
use x509_cert::name::Name;

use crate::digest::Hex;

/// Keywords of attribute types. RFC 4514 §3 lists the first nine, which alone are written.
const KEYWORDS: [(&str, &str); 25] = [
    ("CN", "2.5.4.3"),
    ("L", "2.5.4.7"),
    ("ST", "2.5.4.8"),
    ("O", "2.5.4.10"),
    ("OU", "2.5.4.11"),
    ("C", "2.5.4.6"),
    ("STREET", "2.5.4.9"),
    ("DC", "0.9.2342.19200300.100.1.25"),
    ("UID", "0.9.2342.19200300.100.1.1"),
    ("S", "2.5.4.8"),
    ("SN", "2.5.4.4"),
    ("SURNAME", "2.5.4.4"),
    ("SERIALNUMBER", "2.5.4.5"),
    ("T", "2.5.4.12"),
    ("TITLE", "2.5.4.12"),
    ("G", "2.5.4.42"),
    ("GN", "2.5.4.42"),
    ("GIVENNAME", "2.5.4.42"),
    ("I", "2.5.4.43"),
    ("INITIALS", "2.5.4.43"),
    ("DNQ", "2.5.4.46"),
    ("DNQUALIFIER", "2.5.4.46"),
    ("E", "1.2.840.113549.1.9.1"),
    ("EMAIL", "1.2.840.113549.1.9.1"),
    ("EMAILADDRESS", "1.2.840.113549.1.9.1"),
];
const WRITTEN: usize = 9;

/// A distinguished name. Two are equal if they name the same attributes in the same order, without
/// regard to case and to repeated blanks.
#[derive(Clone, Debug)]
pub struct DistinguishedName(Vec<Vec<Attribute>>); // the most specific first, as in text

#[derive(Clone, Debug)]
struct Attribute {
    kind: ObjectIdentifier,
    /// What it says, if it is of a type of strings.
    text: Option<String>,
    /// The value in DER.
    encoded: Vec<u8>,
}

impl DistinguishedName {
    /// Reads the text of a name (`X509IssuerName`, `X509SubjectName`). `None` if it is none, or
    /// empty.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = text.bytes().peekable();
        let mut names: Vec<Vec<Attribute>> = vec![Vec::new()];
        loop {
            let attribute = attribute(&mut rest)?;
            names.last_mut()?.push(attribute);
            blanks(&mut rest);
            match rest.next() {
                None => return Some(Self(names)),
                Some(b'+') => {}
                Some(b',' | b';') => names.push(Vec::new()),
                Some(_) => return None,
            }
        }
    }

    pub(crate) fn of(name: &Name) -> Self {
        let attributes = name.iter_rdn().map(|rdn| rdn.iter().map(Attribute::of).collect());
        let mut all: Vec<Vec<Attribute>> = attributes.collect();
        all.reverse(); // RFC 4514 §2.1
        Self(all)
    }
}

impl Attribute {
    fn of(attribute: &AttributeTypeAndValue) -> Self {
        Self::new(attribute.oid, &attribute.value)
    }

    fn new(kind: ObjectIdentifier, value: &Any) -> Self {
        Self { kind, text: text(value), encoded: value.to_der().unwrap_or_default() }
    }

    fn is(&self, other: &Self) -> bool {
        let same = match (&self.text, &other.text) {
            (Some(one), Some(other)) => folded(one) == folded(other),
            (None, None) => self.encoded == other.encoded,
            (Some(_), None) | (None, Some(_)) => false,
        };
        same && self.kind == other.kind
    }
}

impl PartialEq for DistinguishedName {
    fn eq(&self, other: &Self) -> bool {
        // A set of several attributes has no order; a twin within it does no harm to a look-up.
        let same = |one: &[Attribute], other: &[Attribute]| {
            one.len() == other.len() && one.iter().all(|a| other.iter().any(|b| a.is(b)))
        };
        self.0.len() == other.0.len()
            && self.0.iter().zip(&other.0).all(|(a, b)| same(a, b) && same(b, a))
    }
}

impl Eq for DistinguishedName {}

/// The text of RFC 4514 §2.
impl fmt::Display for DistinguishedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, set) in self.0.iter().enumerate() {
            for (within, attribute) in set.iter().enumerate() {
                f.write_str(if within > 0 {
                    "+"
                } else if index > 0 {
                    ","
                } else {
                    ""
                })?;
                attribute.fmt(f)?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind.to_string();
        let known = KEYWORDS.iter().take(WRITTEN).find(|(_, dotted)| *dotted == kind);
        match (known, &self.text) {
            (Some((keyword, _)), Some(text)) => write!(f, "{keyword}={}", Escaped(text)),
            (Some((keyword, _)), None) => write!(f, "{keyword}=#{}", Hex(&self.encoded)),
            (None, _) => write!(f, "{kind}=#{}", Hex(&self.encoded)),
        }
    }
}

/// RFC 4514 §2.4.
struct Escaped<'t>(&'t str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.0.chars().count().saturating_sub(1);
        for (index, character) in self.0.chars().enumerate() {
            match character {
                '\0' => f.write_str("\\00")?,
                '"' | '+' | ',' | ';' | '<' | '>' | '\\' => write!(f, "\\{character}")?,
                '#' if index == 0 => f.write_str("\\#")?,
                ' ' if index == 0 || index == last => f.write_str("\\ ")?,
                _ => write!(f, "{character}")?,
            }
        }
        Ok(())
    }
}

/// Types of strings that are UTF-8, or a part of it.
const UTF8: [Tag; 5] =
    [Tag::Utf8String, Tag::PrintableString, Tag::Ia5String, Tag::NumericString, Tag::VisibleString];

/// What a value of one of the string types says.
fn text(value: &Any) -> Option<String> {
    let (tag, octets) = (value.tag(), value.value());
    if UTF8.contains(&tag) {
        String::from_utf8(octets.to_vec()).ok()
    } else if tag == Tag::TeletexString {
        // Latin-1 is what those who use it mean by T.61.
        Some(octets.iter().copied().map(char::from).collect())
    } else if tag == Tag::BmpString {
        let (pairs, rest) = octets.as_chunks::<2>();
        let units: Vec<u16> = pairs.iter().copied().map(u16::from_be_bytes).collect();
        String::from_utf16(&units).ok().filter(|_| rest.is_empty())
    } else {
        None
    }
}

/// RFC 5280 §7.1: case and repeated blanks make no difference.
fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

type Rest<'t> = Peekable<Bytes<'t>>;

/// `kind=value`.
fn attribute(rest: &mut Rest<'_>) -> Option<Attribute> {
    let mut kind = Vec::new();
    loop {
        match rest.next()? {
            b'=' => break,
            octet => kind.push(octet),
        }
    }
    let kind = kind_of(std::str::from_utf8(&kind).ok()?.trim())?;
    blanks(rest);
    let octets = match rest.peek() {
        Some(b'#') => {
            rest.next();
            let value = Any::from_der(&hexadecimal(rest)?).ok()?;
            return Some(Attribute::new(kind, &value));
        }
        Some(b'"') => {
            rest.next();
            quoted(rest)?
        }
        Some(_) | None => unquoted(rest)?,
    };
    std::str::from_utf8(&octets).ok()?;
    Some(Attribute::new(kind, &Any::new(Tag::Utf8String, octets).ok()?))
}

/// A keyword in any case, or dotted numbers, after `OID.` if that is there.
fn kind_of(name: &str) -> Option<ObjectIdentifier> {
    let keyword = KEYWORDS.iter().find(|(keyword, _)| keyword.eq_ignore_ascii_case(name));
    let dotted = match (keyword, name.split_at_checked(4)) {
        (Some((_, dotted)), _) => dotted,
        (None, Some((prefix, dotted))) if prefix.eq_ignore_ascii_case("OID.") => dotted,
        (None, _) => name,
    };
    ObjectIdentifier::new(dotted).ok()
}

fn blanks(rest: &mut Rest<'_>) {
    while rest.next_if(u8::is_ascii_whitespace).is_some() {}
}

fn unquoted(rest: &mut Rest<'_>) -> Option<Vec<u8>> {
    let mut octets = Vec::new();
    let mut kept = 0; // up to the last octet that is no bare blank
    while let Some(octet) = rest.next_if(|octet| !matches!(octet, b',' | b';' | b'+' | b'"')) {
        octets.push(if octet == b'\\' { escaped(rest)? } else { octet });
        if octet == b'\\' || !octet.is_ascii_whitespace() {
            kept = octets.len();
        }
    }
    octets.truncate(kept);
    Some(octets)
}

fn quoted(rest: &mut Rest<'_>) -> Option<Vec<u8>> {
    let mut octets = Vec::new();
    loop {
        match rest.next()? {
            b'"' => return Some(octets),
            b'\\' => octets.push(escaped(rest)?),
            octet => octets.push(octet),
        }
    }
}

/// After a backslash: a special character, or an octet in two hexadecimal digits.
fn escaped(rest: &mut Rest<'_>) -> Option<u8> {
    let first = rest.next()?;
    let digit = |octet: u8| char::from(octet).to_digit(16).and_then(|d| u8::try_from(d).ok());
    match digit(first) {
        Some(high) => {
            let low = digit(rest.next()?)?;
            Some(high << 4 | low)
        }
        None => Some(first),
    }
}

/// Octets in hexadecimal, up to a separator.
fn hexadecimal(rest: &mut Rest<'_>) -> Option<Vec<u8>> {
    let mut octets = Vec::new();
    while rest.peek().is_some_and(u8::is_ascii_hexdigit) {
        octets.push(escaped(rest)?);
    }
    Some(octets)
}

#[cfg(test)]
mod tests;
