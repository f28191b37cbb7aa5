//! What a run counts: passed, failed, skipped.
//!
//! In:  the lines that `cargo test` and the suites print.
//! Out: a [`Tally`].
//! Never: takes a skipped test for a passed one.

use std::fmt;

/// How the checks of a run ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
    /// Those of `skipped` that must not be skipped in CI.
    pub(crate) required: u64,
}

/// How a step or suite says that it did not run: `skipped: why`, and `(optional)` at the end where CI may do without.
const SKIPPED: &str = "skipped: ";
const OPTIONAL: &str = "(optional)";
const RESULT: &str = "test result: ";

impl Tally {
    /// One check that passed.
    pub(crate) const PASSED: Self = Self { passed: 1, failed: 0, skipped: 0, required: 0 };
    /// One check that failed.
    pub(crate) const FAILED: Self = Self { passed: 0, failed: 1, skipped: 0, required: 0 };

    /// Adds what another part of the run counted.
    pub(crate) fn add(&mut self, other: Self) {
        self.passed = self.passed.saturating_add(other.passed);
        self.failed = self.failed.saturating_add(other.failed);
        self.skipped = self.skipped.saturating_add(other.skipped);
        self.required = self.required.saturating_add(other.required);
    }

    /// Counts a line of output, if it is one that counts: libtest's `test result:`, or `skipped: why`.
    ///
    /// libtest knows no skipping at run time: a test that prints `skipped:` is among its passed ones. Settle that with
    /// [`Tally::settled`] at the end.
    pub(crate) fn read(&mut self, line: &str) {
        let line = line.trim();
        if let Some(result) = line.strip_prefix(RESULT) {
            self.passed = self.passed.saturating_add(number_before(result, " passed"));
            self.failed = self.failed.saturating_add(number_before(result, " failed"));
            self.skipped = self.skipped.saturating_add(number_before(result, " ignored"));
        } else if says_skipped(line) {
            self.skipped = self.skipped.saturating_add(1);
            let required = u64::from(!line.ends_with(OPTIONAL));
            self.required = self.required.saturating_add(required);
        }
    }

    /// Counts a line of a kit of foreign clients, if it is one that counts: `ok`, `FAIL` or `skip`, and the scenario. What is
    /// skipped there is skipped by its name: no machine could run it.
    pub(crate) fn read_scenario(&mut self, line: &str) {
        for (word, count) in
            [("ok ", &mut self.passed), ("FAIL ", &mut self.failed), ("skip ", &mut self.skipped)]
        {
            *count = count.saturating_add(u64::from(line.starts_with(word)));
        }
    }

    /// Takes tests that said `skipped:` off the passed ones; `said` is how many did.
    pub(crate) fn settled(mut self, said: u64) -> Self {
        self.passed = self.passed.saturating_sub(said);
        self
    }

    /// As a machine that must check everything sees it: a required check that was skipped failed.
    pub(crate) fn strict(mut self) -> Self {
        self.failed = self.failed.saturating_add(self.required);
        self.skipped = self.skipped.saturating_sub(self.required);
        self.required = 0;
        self
    }

    /// Whether nothing was counted.
    pub(crate) fn is_empty(self) -> bool {
        self == Self::default()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

/// Whether a line says that a test did not run; libtest may have begun the line with the test's name.
pub(crate) fn says_skipped(line: &str) -> bool {
    let line = line.trim();
    let said = line.strip_prefix("test ").and_then(|rest| rest.split_once(" ... "));
    said.map_or(line, |(_, said)| said).starts_with(SKIPPED)
}

/// `12` of `ok. 12 passed; 0 failed`, for ` passed`.
fn number_before(text: &str, word: &str) -> u64 {
    let Some((before, _)) = text.split_once(word) else { return 0 };
    let number = before.rsplit(|c: char| !c.is_ascii_digit()).next();
    number.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> Tally {
        let mut tally = Tally::default();
        lines.iter().for_each(|line| tally.read(line));
        tally
    }

    #[test]
    fn results_of_all_test_binaries_are_summed() {
        let tally = read(&[
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out",
        ]);
        assert_eq!(tally, Tally { passed: 15, failed: 2, skipped: 1, required: 0 });
    }

    #[test]
    fn a_test_that_skipped_is_not_among_the_passed() {
        let result = "test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out";
        let expected = Tally { passed: 1, failed: 0, skipped: 1, required: 1 };
        for said in ["skipped: no xmllint", "test replies_are_valid ... skipped: no xmllint"] {
            assert_eq!(read(&[said, result]).settled(1), expected, "{said}");
        }
    }

    #[test]
    fn in_ci_a_required_skip_fails_and_an_optional_one_does_not() {
        let tally = read(&[
            "skipped: xmllint is not installed",
            "skipped: cargo-deny is not installed (optional)",
        ]);
        assert_eq!(tally.strict(), Tally { passed: 0, failed: 1, skipped: 1, required: 0 });
    }

    #[test]
    fn scenarios_of_a_kit_are_counted_and_ci_may_skip_one_by_name() {
        let mut tally = Tally::default();
        let lines =
            ["ok a/b", "ok a/c: d", "FAIL a/e: ok", "skip a/f", "1 passed, 1 failed", "okay"];
        lines.iter().for_each(|line| tally.read_scenario(line));
        assert_eq!(tally, Tally { passed: 2, failed: 1, skipped: 1, required: 0 });
        assert_eq!(tally.strict(), tally);
    }

    #[test]
    fn other_lines_count_nothing() {
        let tally = read(&[
            "running 3 tests",
            "test a ... ok",
            "a line about skipped: things",
            "12 passed",
        ]);
        assert!(tally.is_empty());
    }
}
