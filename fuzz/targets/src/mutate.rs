//! Mutants of a document: changes that an attacker would try, and changes that must not matter.
//!
//! In:  a document and a number.
//! Out: the mutant of that number, the same in every run.
//! Never: a judgement; whether a change mattered is for who reads the mutant.
//!
//! Each mutant is made by one to three steps. One step in five is [`neutral`]: without those a reader that refuses
//! everything would pass.

mod neutral;
mod outline;
mod rough;
mod structural;

use std::ops::Range;

use crate::Random;

/// LIMIT: attempts to change anything; in a document of a few octets most steps find nothing to do.
const MOST_ATTEMPTS: usize = 16;

/// The mutant of that number. It differs from the document, unless nothing is left to be changed.
#[must_use]
pub fn mutant(document: &[u8], number: u64) -> Vec<u8> {
    let mut random = Random::new(number);
    let mut edit = Edit { octets: document.to_vec() };
    for _ in 0..MOST_ATTEMPTS {
        for _ in 0..=random.below(3) {
            match random.below(10) {
                0..2 => neutral::step(&mut edit, &mut random),
                2..7 => structural::step(&mut edit, &mut random),
                _ => rough::step(&mut edit, &mut random),
            }
        }
        if edit.octets != document {
            break;
        }
    }
    edit.octets
}

/// Octets being changed.
struct Edit {
    octets: Vec<u8>,
}

impl Edit {
    fn len(&self) -> usize {
        self.octets.len()
    }

    /// The octets of a range; empty where it is none of theirs.
    fn at(&self, range: Range<usize>) -> &[u8] {
        self.octets.get(range).unwrap_or_default()
    }

    fn insert(&mut self, at: usize, piece: &[u8]) {
        self.replace(at..at, piece);
    }

    /// Puts other octets in the place of a range.
    fn replace(&mut self, range: Range<usize>, piece: &[u8]) {
        if range.start <= range.end && range.end <= self.octets.len() {
            self.octets.splice(range, piece.iter().copied());
        }
    }

    /// Puts two ranges that do not overlap in each other's place.
    fn swap(&mut self, one: &Range<usize>, other: &Range<usize>) {
        let (first, last) = if one.start <= other.start { (one, other) } else { (other, one) };
        if first.end <= last.start {
            let (before, after) = (self.at(first.clone()).to_vec(), self.at(last.clone()).to_vec());
            self.replace(last.clone(), &before);
            self.replace(first.clone(), &after);
        }
    }
}

#[cfg(test)]
mod tests;
