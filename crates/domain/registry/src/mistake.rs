//! What is wrong with a set of objects or a configuration, where it stands, and what to do about it.
//!
//! In:  a place in a file, kept from parsing.
//! Out: a [`Mistake`] that prints as `file:line:column: message; remedy`.
//! Never: the value of a secret.

use std::collections::BTreeMap;
use std::fmt;

/// A place in a file. Line and column count from 1; 0 where the thing does not stand in a file.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Place {
    /// The file's name as the administrator knows it, or whatever else holds the thing (`console:alice`).
    pub file: String,
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

/// Something that must be put right before a change can be carried out.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Mistake {
    /// Where.
    pub place: Place,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

impl Mistake {
    /// A mistake at a place.
    pub fn new(place: Place, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { place, message: message.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.file),
            line => write!(f, "{}:{line}:{}", self.file, self.column),
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.place, self.message, self.remedy)
    }
}

/// Something that was written in a file, and where it and each of its fields stand.
#[derive(Clone, PartialEq, Debug)]
pub struct Located<T> {
    /// What was written.
    pub object: T,
    pub(crate) place: Place,
    pub(crate) fields: BTreeMap<String, (usize, usize)>,
}

impl<T> Located<T> {
    /// An object that stands in no file: it came from `whence`.
    pub fn nowhere(object: T, whence: &str) -> Self {
        let place = Place { file: whence.to_owned(), line: 0, column: 0 };
        Self { object, place, fields: BTreeMap::new() }
    }

    /// Where it begins.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Where a field stands (`path`, `keys.0`, `attributes.mail`): its own place, or that of the nearest thing around it.
    pub fn at(&self, field: &str) -> Place {
        let mut path = field;
        loop {
            if let Some(&(line, column)) = self.fields.get(path) {
                return Place { file: self.place.file.clone(), line, column };
            }
            match path.rsplit_once('.') {
                Some((around, _)) => path = around,
                None => return self.place.clone(),
            }
        }
    }

    /// A mistake in a field.
    pub fn mistake(
        &self,
        field: &str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Mistake {
        Mistake::new(self.at(field), message, remedy)
    }
}
