//! Encryption from outside the crate: what a caller encrypts, decrypts, and must never do for a stranger.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "what goes wrong outside the product fails the test"
)]

mod agreement;
mod elements;
mod failures;
mod limits;
mod messages;
mod profile;
mod strict;
mod support;
mod unwrapping;
mod written;
mod xmlsec1;
