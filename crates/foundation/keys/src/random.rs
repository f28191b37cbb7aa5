//! Randomness as an argument.
//!
//! In:  room to fill.
//! Out: octets nobody can guess, or a refusal.
//! Never: octets that look random but are not, should the system's source fail.

use aws_lc_rs::rand::SecureRandom;

/// A source of random octets. [`SystemRandom`] outside tests; seeded in tests.
pub trait Random: Send + Sync {
    /// Fills `out`.
    ///
    /// # Errors
    /// [`NoRandomness`]: `out` must not be used.
    fn fill(&self, out: &mut [u8]) -> Result<(), NoRandomness>;
}

/// The source of random octets failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("no randomness")]
pub struct NoRandomness;

/// The operating system's source, by way of aws-lc-rs.
#[derive(Clone, Copy, Default, Debug)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, out: &mut [u8]) -> Result<(), NoRandomness> {
        aws_lc_rs::rand::SystemRandom::new().fill(out).map_err(|_| NoRandomness)
    }
}

/// Fills `out` from the system's source.
///
/// # Errors
/// [`NoRandomness`]: `out` must not be used.
pub fn fill_random(out: &mut [u8]) -> Result<(), NoRandomness> {
    SystemRandom.fill(out)
}
