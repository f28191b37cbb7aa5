//! What tests start from: a fixed clock, seeded randomness, known keys.
//!
//! In:  nothing.
//! Out: the same values in every run, on every machine.
//! Never: a part of the product; it may be a dev-dependency of every crate and knows only
//!        foundation and model. What starts a server lives in `conformance` or `bench`.

#![expect(clippy::unwrap_used, reason = "a set-up that fails must fail the test")]
#![expect(clippy::panic, reason = "a set-up that fails must fail the test")]

mod clock;
mod future;
mod keys;
mod random;

pub use clock::{NOW, at};
pub use future::ready;
pub use keys::{KnownKey, OTHER_P256, OTHER_RSA, P256, RSA};
pub use random::{NoRandom, Seeded};
