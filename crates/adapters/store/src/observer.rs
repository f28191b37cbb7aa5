//! What the store tells its owner about its own work, for metrics. The store knows no metrics library.

use std::time::Duration;

/// Told of every group commit. Called by the writer: it must return at once.
pub trait Observer: Send + Sync {
    /// A group commit became durable: how many audit rows it wrote, and how long it took from its first statement.
    fn committed(&self, rows: usize, took: Duration);

    /// A refusal of a stranger was coalesced instead of written singly.
    fn coalesced(&self);
}

/// Nobody listens.
#[derive(Clone, Copy, Default, Debug)]
pub struct Unobserved;

impl Observer for Unobserved {
    fn committed(&self, _rows: usize, _took: Duration) {}

    fn coalesced(&self) {}
}
