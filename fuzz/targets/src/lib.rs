//! What hostile octets must never do, as functions of octets that panic where it happens.
//!
//! In:  octets from a fuzzer, from the kept corpus, or made by [`mutant`].
//! Out: nothing, as long as every property holds.
//! Never: a property that only says "it does not crash".
//!
//! [`TARGETS`] are the functions; `fuzz/fuzz_targets` gives them to libFuzzer, and an ordinary test gives them all that
//! `fuzz/corpus` has kept. [`SAMPLES`] are signed documents of every kind, and [`run`] tries mutants of them.

#![expect(clippy::panic, reason = "a property that does not hold is a finding")]

mod canonicaliser;
mod decryptor;
mod envelope;
mod fragment;
mod guard;
mod keys;
mod mutate;
mod parser;
mod random;
mod run;
mod samples;
mod signature_reader;
mod strict;
mod tokens;

pub use canonicaliser::canonicaliser;
pub use decryptor::decryptor;
pub use envelope::envelope;
pub use fragment::fragment;
pub use guard::guard;
pub use keys::secret;
pub use mutate::mutant;
pub use parser::parser;
pub use random::Random;
pub use run::{Tally, Violation, run};
pub use samples::{SAMPLES, Said, Sample};
pub use signature_reader::signature_reader;
pub use tokens::{jwt_token, saml_token};

/// A property with its name, which is that of its file in `fuzz_targets` and of its folder in `fuzz/corpus`.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The name.
    pub name: &'static str,
    /// Panics where the property does not hold.
    pub run: fn(&[u8]),
    /// The folders in `fuzz` that a fuzzer begins with.
    pub seeds: &'static [&'static str],
}

/// Every target.
pub const TARGETS: [Target; 9] = [
    Target { name: "guard", run: guard, seeds: &["seeds/xml"] },
    Target { name: "parser", run: parser, seeds: &["seeds/xml"] },
    Target { name: "canonicaliser", run: canonicaliser, seeds: &["seeds/xml"] },
    Target { name: "fragment", run: fragment, seeds: &["seeds/fragment"] },
    Target { name: "signature_reader", run: signature_reader, seeds: &["samples"] },
    Target { name: "decryptor", run: decryptor, seeds: &["samples"] },
    Target { name: "envelope", run: envelope, seeds: &["samples"] },
    Target { name: "saml_token", run: saml_token, seeds: &["samples"] },
    Target { name: "jwt_token", run: jwt_token, seeds: &["samples"] },
];
