//! Signatures from outside the crate: what a caller signs, verifies, and must never believe.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "what goes wrong outside the product fails the test"
)]

mod algorithms;
mod attacks;
mod full;
mod key_info;
mod methods;
mod mutants;
mod profile;
mod replacing;
mod sha1;
mod signing;
mod support;
mod work;
mod wrapping;
mod xmlsec1;
mod xsw;
