//! Many mutants of every sample, on all processors.
//!
//! In:  samples, and how many mutants altogether.
//! Out: for each sample how many were tried and believed, and every [`Violation`].
//! Never: one mutant of two samples by the same number; other mutants in another run.

use std::ops::Range;
use std::panic::catch_unwind;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::{Sample, mutant};

/// Mutants that one processor takes at a time.
const CHUNK: u64 = 500;
/// Violations that are kept to be looked at; all are counted.
const MOST_KEPT: usize = 20;

/// How the mutants of one sample fared.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// The sample's name.
    pub name: String,
    /// Mutants that its reader was given.
    pub tried: u64,
    /// Those that it believed, and that say what the sample says.
    pub unchanged: u64,
    /// Those that it believed, and that say something else.
    pub changed: u64,
    /// Those at which it panicked.
    pub panicked: u64,
}

/// A mutant that must not be.
#[derive(Clone)]
pub struct Violation {
    /// The sample's name.
    pub name: String,
    /// The number of the mutant.
    pub number: u64,
    /// Its octets.
    pub octets: Vec<u8>,
}

/// Tries that many mutants of each sample.
///
/// # Panics
/// If a sample is refused as it is.
#[must_use]
pub fn run(samples: &[Sample], each: u64, threads: usize) -> (Vec<Tally>, Vec<Violation>) {
    let chunks_each = each.div_ceil(CHUNK);
    let jobs: Vec<(usize, Range<u64>)> = (0..chunks_each)
        .flat_map(|chunk| {
            let first = chunk.saturating_mul(CHUNK);
            let last = first.saturating_add(CHUNK).min(each);
            (0_u64..).zip(0..samples.len()).map(move |(number, sample)| {
                // Samples resemble one another: each has numbers of its own.
                let before = number.saturating_mul(each);
                (sample, before.saturating_add(first)..before.saturating_add(last))
            })
        })
        .collect();
    let tallies = samples.iter().map(|s| Tally { name: s.name().to_owned(), ..Tally::default() });
    let found = Mutex::new((tallies.collect::<Vec<_>>(), Vec::new()));
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                while let Some((sample, numbers)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let Some(of) = samples.get(*sample) else { return };
                    let (tally, violations) = chunk(of, numbers.clone());
                    let mut found = found.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
                    if let Some(total) = found.0.get_mut(*sample) {
                        total.add(&tally);
                    }
                    let room = MOST_KEPT.saturating_sub(found.1.len());
                    found.1.extend(violations.into_iter().take(room));
                }
            });
        }
    });
    found.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// Tries the mutants of those numbers.
fn chunk(sample: &Sample, numbers: Range<u64>) -> (Tally, Vec<Violation>) {
    let said = sample.read(sample.octets());
    assert!(said.is_some(), "{sample:?} is refused as it is");
    let (mut tally, mut violations) = (Tally::default(), Vec::new());
    for number in numbers {
        let octets = mutant(sample.octets(), number);
        tally.tried = tally.tried.saturating_add(1);
        // A reader keeps nothing from one document to the next.
        let read = catch_unwind(std::panic::AssertUnwindSafe(|| sample.read(&octets)));
        let count = match &read {
            Ok(None) => continue,
            Ok(says) if *says == said => &mut tally.unchanged,
            Ok(Some(_)) => &mut tally.changed,
            Err(_) => &mut tally.panicked,
        };
        *count = count.saturating_add(1);
        if !matches!(read, Ok(says) if says == said) {
            violations.push(Violation { name: sample.name().to_owned(), number, octets });
        }
    }
    (tally, violations)
}

impl Tally {
    /// Adds another one's numbers.
    pub fn add(&mut self, other: &Self) {
        self.tried = self.tried.saturating_add(other.tried);
        self.unchanged = self.unchanged.saturating_add(other.unchanged);
        self.changed = self.changed.saturating_add(other.changed);
        self.panicked = self.panicked.saturating_add(other.panicked);
    }

    /// Whether nothing was believed that should not be, and at least one in a hundred was that should.
    #[must_use]
    pub fn holds(&self) -> bool {
        let enough = self.unchanged.saturating_mul(100) >= self.tried;
        self.changed == 0 && self.panicked == 0 && enough
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, tried, unchanged, changed, panicked } = self;
        write!(out, "{name:<40} {tried:>10} {unchanged:>10} {changed:>8} {panicked:>8}")
    }
}

impl std::fmt::Debug for Violation {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { name, number, octets } = self;
        write!(out, "mutant {number} of {name}: {}", String::from_utf8_lossy(octets))
    }
}
