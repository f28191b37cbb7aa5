//! What is done, in order, for the tests that show equal work. Outside tests it is told to nobody.

/// Work that an attacker's clock may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// A key is drawn at random, to stand in for one that does not unwrap.
    Draw,
    /// A key is unwrapped by a private or a secret key, or tried to be.
    Unwrap,
    /// Content is decrypted, or tried to be.
    Decrypt,
    /// Plaintext is parsed, or tried to be.
    Parse,
}

#[cfg(not(test))]
pub(super) fn done(_: Step, _octets: usize) {}

#[cfg(test)]
pub(super) use traced::{done, take};

#[cfg(test)]
mod traced {
    use std::cell::RefCell;

    use super::Step;

    thread_local! {
        static TRACE: RefCell<Vec<(Step, usize)>> = const { RefCell::new(Vec::new()) };
    }

    pub(in super::super) fn done(step: Step, octets: usize) {
        TRACE.with_borrow_mut(|trace| trace.push((step, octets)));
    }

    /// What this thread did since the last call.
    pub(in super::super) fn take() -> Vec<(Step, usize)> {
        TRACE.take()
    }
}
