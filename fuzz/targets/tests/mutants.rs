//! Mutants of signed documents: a small run of what `cargo xtask conformance mutants` does at length.

#![expect(clippy::panic, reason = "a helper that fails fails its test")]

use symbolon_fuzz_targets::{SAMPLES, Said, Sample, run};

/// Of each sample.
const MUTANTS: u64 = 1100;

#[test]
fn every_sample_is_believed_as_it_is() {
    assert!(SAMPLES.len() >= 20);
    for sample in &*SAMPLES {
        assert!(sample.read(sample.octets()).is_some(), "{sample:?}");
    }
}

#[test]
fn no_mutant_is_believed_to_say_anything_else() {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let (tallies, violations) = run(&SAMPLES, MUTANTS, threads);
    assert!(violations.is_empty(), "{violations:#?}");
    for tally in tallies {
        assert!(tally.holds() && tally.tried == MUTANTS, "{tally}");
    }
}

/// A sample of that reader, and how the run judges it.
fn judged(read: impl Fn(&[u8]) -> Option<Said> + Send + Sync + 'static) -> (u64, u64, bool) {
    let sample = Sample::read_by("saml2-es256.xml", read);
    let (tallies, violations) = run(&[sample], MUTANTS, 1);
    let [tally] = tallies.as_slice() else { panic!("one sample, {tallies:?}") };
    assert_eq!(violations.is_empty(), tally.changed == 0 && tally.panicked == 0);
    (tally.changed, tally.panicked, tally.holds())
}

#[test]
fn a_reader_that_believes_whatever_it_is_given_is_found_out() {
    let (changed, panicked, holds) = judged(|octets| Some(Said::of(octets)));
    assert!(changed > MUTANTS / 2 && panicked == 0 && !holds);
}

#[test]
fn a_reader_that_breaks_is_found_out() {
    let (changed, panicked, holds) = judged(|octets| {
        assert!(octets.starts_with(b"<saml2:Assertion"), "something else");
        Some(Said::of(b""))
    });
    assert!(changed == 0 && panicked > 0 && !holds);
}

#[test]
fn a_reader_that_refuses_whatever_was_touched_is_found_out() {
    let original = SAMPLES.iter().find(|sample| sample.name() == "saml2-es256.xml").unwrap();
    let original = original.octets().to_vec();
    let (changed, panicked, holds) =
        judged(move |octets| (octets == original).then(|| Said::of(b"")));
    assert!(changed == 0 && panicked == 0 && !holds);
}
