//! Messages that keys protect: opened, written, refused.
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

mod asymmetric;
mod attacks;
mod derived;
mod encryption;
mod endorsing;
mod forge;
mod keys;
mod oracles;
mod references;
mod replies;
mod support;
mod symmetric;
mod tokens;
mod transforms;
mod wrapping;
