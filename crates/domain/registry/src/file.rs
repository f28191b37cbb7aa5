//! Reads objects from TOML and remembers where everything stands.
//!
//! In:  the text of one file of `objects.d`.
//! Out: its objects in the order of the kinds, each [`Located`]; or every mistake that can be found in one pass.
//! Never: guesses. An unknown table or field is a mistake, since it may be a misspelt restriction.
//!
//! TOML 1.1.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use serde::de::{DeserializeOwned, IntoDeserializer};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::mistake::{Located, Mistake, Place};
use crate::objects::Object;
use crate::reference::LITERAL;

const KINDS: &str = "realm, endpoint, relying_party, issuer, account, client";

/// Reads the objects of a file. `name` is what mistakes and the objects' origin call it.
///
/// # Errors
/// Every mistake found, in the order of the file.
pub fn parse(name: &str, text: &str) -> Result<Vec<Located<Object>>, Vec<Mistake>> {
    let source = Source::new(name, text);
    let (root, flaws) = DeTable::parse_recoverable(text);
    if !flaws.is_empty() {
        return Err(flaws.iter().map(|flaw| source.mistake(flaw)).collect());
    }
    let mut objects = Vec::new();
    let mut mistakes = Vec::new();
    for (kind, value) in root.into_inner() {
        let Some(read) = reader(kind.get_ref()) else {
            let message = format!("`{}` is not a kind of object", kind.get_ref());
            let remedy = format!("write one of {KINDS}");
            mistakes.push(Mistake::new(source.place(kind.span()), message, remedy));
            continue;
        };
        let span = value.span();
        let DeValue::Array(items) = value.into_inner() else {
            let name = kind.get_ref();
            let message = format!("`{name}` is not a list of tables");
            let remedy = format!("begin each object with [[{name}]]");
            mistakes.push(Mistake::new(source.place(span), message, remedy));
            continue;
        };
        for item in items {
            match read(&source, item) {
                Ok(object) => objects.push(object),
                Err(mistake) => mistakes.push(mistake),
            }
        }
    }
    mistakes.sort();
    if mistakes.is_empty() { Ok(objects) } else { Err(mistakes) }
}

/// Reads a whole file as one structure, such as a server's configuration.
///
/// # Errors
/// The mistakes that make it no such structure.
pub fn parse_whole<T: DeserializeOwned>(
    name: &str,
    text: &str,
) -> Result<Located<T>, Vec<Mistake>> {
    let source = Source::new(name, text);
    let (root, flaws) = DeTable::parse_recoverable(text);
    if !flaws.is_empty() {
        return Err(flaws.iter().map(|flaw| source.mistake(flaw)).collect());
    }
    let span = root.span();
    let whole = Spanned::new(span, DeValue::Table(root.into_inner()));
    source.read(whole).map_err(|mistake| vec![mistake])
}

type Reader<'d> = fn(&Source<'_>, Spanned<DeValue<'d>>) -> Result<Located<Object>, Mistake>;

fn reader<'d>(kind: &str) -> Option<Reader<'d>> {
    Some(match kind {
        "realm" => |source, value| Ok(source.read(value)?.map(Object::Realm)),
        "endpoint" => |source, value| Ok(source.read(value)?.map(Object::Endpoint)),
        "relying_party" => |source, value| Ok(source.read(value)?.map(Object::RelyingParty)),
        "issuer" => |source, value| Ok(source.read(value)?.map(Object::Issuer)),
        "account" => |source, value| Ok(source.read(value)?.map(Object::Account)),
        "client" => |source, value| Ok(source.read(value)?.map(Object::Client)),
        _ => return None,
    })
}

impl<T> Located<T> {
    fn map<U>(self, with: impl FnOnce(T) -> U) -> Located<U> {
        Located { object: with(self.object), place: self.place, fields: self.fields }
    }
}

struct Source<'s> {
    name: &'s str,
    text: &'s str,
    /// Octet at which each line begins.
    lines: Vec<usize>,
}

impl<'s> Source<'s> {
    fn new(name: &'s str, text: &'s str) -> Self {
        let after = text.match_indices('\n').map(|(at, _)| at.saturating_add(1));
        Self { name, text, lines: std::iter::once(0).chain(after).collect() }
    }

    fn read<'d, T: Deserialize<'d>>(
        &self,
        value: Spanned<DeValue<'d>>,
    ) -> Result<Located<T>, Mistake> {
        let place = self.place(value.span());
        let mut fields = BTreeMap::new();
        self.locate(&value, "", &mut fields);
        let object = T::deserialize(value.into_deserializer()).map_err(|flaw| {
            let mut mistake = self.mistake(&flaw);
            if flaw.span().is_none() {
                mistake.place = place.clone();
            }
            mistake
        })?;
        Ok(Located { object, place, fields })
    }

    /// Notes where every field below `value` stands, by its path from there.
    fn locate(
        &self,
        value: &Spanned<DeValue<'_>>,
        path: &str,
        into: &mut BTreeMap<String, (usize, usize)>,
    ) {
        let below = |name: &str| match path {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        };
        if let Some(table) = value.get_ref().as_table() {
            for (key, value) in table {
                let path = below(key.get_ref());
                into.insert(path.clone(), self.position(key.span().start));
                self.locate(value, &path, into);
            }
        } else if let Some(items) = value.get_ref().as_array() {
            for (index, item) in items.iter().enumerate() {
                let path = below(&index.to_string());
                into.insert(path.clone(), self.position(item.span().start));
                self.locate(item, &path, into);
            }
        }
    }

    fn mistake(&self, flaw: &toml::de::Error) -> Mistake {
        // SECURITY: `message` never quotes the line, `Display` would.
        let place = self.place(flaw.span().unwrap_or_default());
        Mistake::new(place, flaw.message(), remedy(flaw.message()))
    }

    fn place(&self, span: Range<usize>) -> Place {
        let (line, column) = self.position(span.start);
        Place { file: self.name.to_owned(), line, column }
    }

    /// Line and column of an octet, counted from 1.
    fn position(&self, octet: usize) -> (usize, usize) {
        let line = self.lines.partition_point(|&start| start <= octet);
        let start = line.checked_sub(1).and_then(|index| self.lines.get(index));
        let before = start.and_then(|&start| self.text.get(start..octet)).unwrap_or_default();
        (line, before.chars().count().saturating_add(1))
    }
}

/// What to do about a mistake that the TOML reader found.
fn remedy(message: &str) -> &'static str {
    if message == LITERAL {
        "put it into a file that only the server reads and write \"file:PATH\", or \"env:NAME\""
    } else if message.starts_with("unknown field") {
        "remove it, or spell it as one of those"
    } else if message.starts_with("unknown variant") {
        "write one of those"
    } else if message.starts_with("missing field") {
        "add it"
    } else if message.starts_with("invalid") {
        "write a value of the kind that is expected"
    } else {
        "write it as TOML"
    }
}

#[cfg(test)]
mod tests;
