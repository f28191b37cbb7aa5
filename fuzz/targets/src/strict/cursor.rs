//! The productions below the level of tags.
//!
//! In:  text behind a place in a document.
//! Out: what stands there; the place moves behind it. `None`, or `false`, where it is something else.
//! Never: looks back.
//!
//! XML 1.0 (fifth edition) §2.3 to §2.8, §3.3.3, §4.1.

use super::is_character;

const WHITE: [char; 3] = [' ', '\t', '\n'];

pub(super) struct Cursor<'t> {
    rest: &'t str,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { rest: text }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn sees(&self, literal: &str) -> bool {
        self.rest.starts_with(literal)
    }

    pub(super) fn takes(&mut self, literal: &str) -> bool {
        let behind = self.rest.strip_prefix(literal);
        self.rest = behind.unwrap_or(self.rest);
        behind.is_some()
    }

    /// Skips white space; whether there was any.
    pub(super) fn white(&mut self) -> bool {
        let before = self.rest.len();
        self.rest = self.rest.trim_start_matches(WHITE);
        self.rest.len() < before
    }

    /// All up to a literal, which is skipped.
    pub(super) fn until(&mut self, end: &str) -> Option<&'t str> {
        let (inside, behind) = self.rest.split_once(end)?;
        self.rest = behind;
        Some(inside)
    }

    /// A comment behind its `<!--`.
    pub(super) fn comment(&mut self) -> Option<&'t str> {
        let inside = self.until("--")?;
        self.takes(">").then_some(inside)
    }

    /// A name, with all its colons.
    pub(super) fn name(&mut self) -> Option<&'t str> {
        if !self.rest.starts_with(|c| c == ':' || starts_name(c)) {
            return None;
        }
        let end = self.rest.find(|c| c != ':' && !in_name(c)).unwrap_or(self.rest.len());
        let (name, behind) = self.rest.split_at(end);
        self.rest = behind;
        Some(name)
    }

    /// Text up to the next markup.
    pub(super) fn characters(&mut self) -> &'t str {
        let end = self.rest.find(['<', '&']).unwrap_or(self.rest.len());
        let (text, behind) = self.rest.split_at(end);
        self.rest = behind;
        text
    }

    /// A reference behind its `&`.
    pub(super) fn reference(&mut self) -> Option<char> {
        let name = self.until(";")?;
        match name {
            "lt" => return Some('<'),
            "gt" => return Some('>'),
            "amp" => return Some('&'),
            "apos" => return Some('\''),
            "quot" => return Some('"'),
            _ => {}
        }
        let (digits, radix) = match name.strip_prefix("#x") {
            Some(digits) => (digits, 16),
            None => (name.strip_prefix('#')?, 10),
        };
        // No sign, which `from_str_radix` would take.
        if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
            return None;
        }
        let code = u32::from_str_radix(digits.trim_start_matches('0'), radix).ok()?;
        char::from_u32(code).filter(|c| is_character(*c))
    }

    /// A quoted value, normalised as one of type CDATA.
    pub(super) fn value(&mut self) -> Option<String> {
        let quote = self.rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        self.takes(quote.encode_utf8(&mut [0; 4]));
        let mut inside = Cursor::new(self.until(quote.encode_utf8(&mut [0; 4]))?);
        let mut value = String::new();
        loop {
            value.extend(
                inside.characters().chars().map(|c| if WHITE.contains(&c) { ' ' } else { c }),
            );
            if inside.is_at_end() {
                return Some(value);
            }
            if !inside.takes("&") {
                return None; // `<`
            }
            value.push(inside.reference()?);
        }
    }

    /// The XML declaration, if there is one.
    pub(super) fn declaration(&mut self) -> Option<()> {
        let behind = self.rest.strip_prefix("<?xml");
        let Some(behind) = behind.filter(|rest| rest.starts_with(WHITE)) else { return Some(()) };
        self.rest = behind;
        let mut inside = Cursor::new(self.until("?>")?);
        let version = inside.pseudo_attribute("version")?;
        let encoding = inside.pseudo_attribute("encoding");
        let standalone = inside.pseudo_attribute("standalone");
        inside.white();
        let fits = version == "1.0" // OURS: no other 1.x
            && encoding.is_none_or(|name| name.eq_ignore_ascii_case("utf-8")) // OURS: no other encoding
            && standalone.is_none_or(|value| matches!(value, "yes" | "no"))
            && inside.is_at_end();
        fits.then_some(())
    }

    /// White space and `name = "value"`, or nothing.
    fn pseudo_attribute(&mut self, name: &str) -> Option<&'t str> {
        let before = self.rest;
        let value = self.named(name);
        if value.is_none() {
            self.rest = before;
        }
        value
    }

    fn named(&mut self, name: &str) -> Option<&'t str> {
        if !self.white() || !self.takes(name) {
            return None;
        }
        self.white();
        if !self.takes("=") {
            return None;
        }
        self.white();
        if self.takes("\"") {
            self.until("\"")
        } else {
            self.takes("'").then(|| self.until("'"))?
        }
    }
}

/// NameStartChar, the colon apart.
pub(super) fn starts_name(c: char) -> bool {
    matches!(c, 'A'..='Z' | '_' | 'a'..='z' | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFF}' | '\u{200C}'..='\u{200D}' | '\u{2070}'..='\u{218F}'
        | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}' | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}'
        | '\u{10000}'..='\u{EFFFF}')
}

/// NameChar, the colon apart.
fn in_name(c: char) -> bool {
    starts_name(c)
        || matches!(c, '-' | '.' | '0'..='9' | '\u{B7}' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}
