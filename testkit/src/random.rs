//! Randomness that repeats, and randomness that fails.

use std::sync::atomic::{AtomicU64, Ordering};

use symbolon_keys::{NoRandomness, Random, sha256};

/// Octets that follow from a seed: SHA-256 of seed and counter, block after block.
#[derive(Debug)]
pub struct Seeded {
    seed: u64,
    next: AtomicU64,
}

impl Seeded {
    /// The sequence of this seed, from its beginning.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { seed, next: AtomicU64::new(0) }
    }
}

impl Random for Seeded {
    fn fill(&self, out: &mut [u8]) -> Result<(), NoRandomness> {
        for room in out.chunks_mut(32) {
            let counter = self.next.fetch_add(1, Ordering::Relaxed);
            let block = sha256(&[self.seed.to_be_bytes(), counter.to_be_bytes()].concat());
            room.iter_mut().zip(block).for_each(|(to, from)| *to = from);
        }
        Ok(())
    }
}

/// A source that has failed.
#[derive(Clone, Copy, Debug)]
pub struct NoRandom;

impl Random for NoRandom {
    fn fill(&self, _: &mut [u8]) -> Result<(), NoRandomness> {
        Err(NoRandomness)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(random: &Seeded, octets: usize) -> Vec<u8> {
        let mut out = vec![0; octets];
        random.fill(&mut out).unwrap();
        out
    }

    #[test]
    fn a_seed_repeats_and_another_differs() {
        let (one, same, other) = (Seeded::new(1), Seeded::new(1), Seeded::new(2));
        let first = drawn(&one, 40);
        assert_eq!(drawn(&same, 40), first);
        assert_ne!(drawn(&other, 40), first);
        assert_ne!(drawn(&one, 40), first); // the sequence goes on
    }
}
