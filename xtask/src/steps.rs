//! The steps of a run: commands whose outcome is counted.
//!
//! In:  a step's name and command.
//! Out: its output as it comes, and its tally: a step counts as one check, or as the tests it ran.
//! Never: stops at the first failure; a run shows everything that is wrong.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, ExitCode, Stdio};

use crate::layers;
use crate::tally::{Tally, says_skipped};

/// A run: what was counted so far.
#[derive(Debug)]
pub(crate) struct Run {
    tally: Tally,
    failed_steps: Vec<String>,
    in_ci: bool,
}

impl Run {
    pub(crate) fn new(in_ci: bool) -> Self {
        Self { tally: Tally::default(), failed_steps: Vec::new(), in_ci }
    }

    /// Runs a command as one step. Tests that it runs are counted each; without any it counts as one.
    pub(crate) fn step(&mut self, name: &str, command: &mut Command) {
        say(&format!("== {name}"));
        let tally = match watch(command, &mut say) {
            Ok(tally) => tally,
            Err(error) => {
                say(&format!("{name}: {error}"));
                Tally::FAILED
            }
        };
        self.count(name, tally);
    }

    /// Runs a kit of foreign clients as one step: each scenario is a check.
    pub(crate) fn scenarios(&mut self, name: &str, command: &mut Command) {
        say(&format!("== {name}"));
        let tally = scenarios(command, &mut say).unwrap_or_else(|error| {
            say(&format!("{name}: {error}"));
            Tally::FAILED
        });
        self.count(name, tally);
    }

    /// Says that a step could not even begin.
    pub(crate) fn fail(&mut self, name: &str, why: &str) {
        say(&format!("== {name}"));
        say(&format!("{name}: {why}"));
        self.count(name, Tally::FAILED);
    }

    /// Says that a step that is not a command succeeded.
    pub(crate) fn pass(&mut self, name: &str, what: &str) {
        say(&format!("== {name}"));
        say(what);
        self.count(name, Tally::PASSED);
    }

    /// Says that a step did not run. `(optional)` at the end of `why`: CI may do without it.
    pub(crate) fn skip(&mut self, name: &str, why: &str) {
        say(&format!("== {name}"));
        let line = format!("skipped: {why}");
        say(&line);
        let mut tally = Tally::default();
        tally.read(&line);
        self.count(name, tally);
    }

    /// The walls between the layers, from `cargo metadata`.
    pub(crate) fn layers(&mut self) {
        let name = "layers";
        say(&format!("== {name}"));
        let tally = match layers::check() {
            Ok(breaches) if breaches.is_empty() => Tally::PASSED,
            Ok(breaches) => {
                breaches.iter().for_each(|breach| say(&breach.to_string()));
                Tally::FAILED
            }
            Err(error) => {
                say(&format!("layers: {error}"));
                Tally::FAILED
            }
        };
        self.count(name, tally);
    }

    fn count(&mut self, name: &str, tally: Tally) {
        let tally = if self.in_ci { tally.strict() } else { tally };
        if tally.failed > 0 {
            self.failed_steps.push(name.to_owned());
        }
        self.tally.add(tally);
    }

    /// Prints the closing line.
    pub(crate) fn close(self) -> ExitCode {
        if !self.failed_steps.is_empty() {
            say(&format!("failed: {}", self.failed_steps.join(", ")));
        }
        say(&self.tally.to_string());
        if self.tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// Runs a command and gives its output line by line. Whether it succeeded.
fn lines(command: &mut Command, each: &mut dyn FnMut(&str)) -> std::io::Result<bool> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).split(b'\n') {
            each(&String::from_utf8_lossy(&line?));
        }
    }
    Ok(child.wait()?.success())
}

/// Runs a kit of clients, shows its output and counts its scenarios. A kit in which nothing ran has failed.
fn scenarios(command: &mut Command, show: &mut dyn FnMut(&str)) -> std::io::Result<Tally> {
    let mut tally = Tally::default();
    let succeeded = lines(command, &mut |line| {
        show(line);
        tally.read_scenario(line);
    })?;
    if tally.failed == 0 && (!succeeded || tally.passed == 0) {
        tally.add(Tally::FAILED);
    }
    Ok(tally)
}

/// Runs a command, shows its output line by line and counts what it says.
fn watch(command: &mut Command, show: &mut dyn FnMut(&str)) -> std::io::Result<Tally> {
    let (mut tally, mut skipped) = (Tally::default(), 0_u64);
    let mut tests = false;
    let succeeded = lines(command, &mut |line| {
        show(line);
        tally.read(line);
        tests |= line.starts_with("test result: ");
        skipped = skipped.saturating_add(u64::from(says_skipped(line)));
    })?;
    if tests {
        tally = tally.settled(skipped);
    }
    if !succeeded && tally.failed == 0 {
        tally.add(Tally::FAILED); // something else than a test failed: a build, a lint
    } else if succeeded && tally.is_empty() {
        tally.add(Tally::PASSED);
    }
    Ok(tally)
}

/// Whether a command can be started and succeeds; nothing of it is shown.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// A line to whoever watches. Nobody may be watching: a closed pipe is no failure of the project.
pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
        // nothing more can be said
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a script counts. Its output is not shown: the run that runs this test would count it.
    fn counted(script: &str) -> Tally {
        watch(Command::new("sh").args(["-c", script]), &mut |_| {}).unwrap()
    }

    #[test]
    fn a_step_without_tests_counts_as_one() {
        assert_eq!(counted("echo fine"), Tally::PASSED);
        assert_eq!(counted("exit 1"), Tally::FAILED);
    }

    #[test]
    fn a_step_with_tests_counts_as_its_tests() {
        let script = "echo 'test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured'";
        assert_eq!(counted(script), Tally { passed: 3, ..Tally::default() });
    }

    #[test]
    fn a_step_that_fails_after_passing_tests_failed() {
        let script = "echo 'test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured'; exit 101";
        let expected = Tally { passed: 3, failed: 1, ..Tally::default() };
        assert_eq!(counted(script), expected);
    }

    #[test]
    fn a_suite_that_skips_passed_nothing() {
        let expected = Tally { skipped: 1, required: 1, ..Tally::default() };
        assert_eq!(counted("echo 'skipped: no python'"), expected);
    }

    #[test]
    fn a_kit_in_which_nothing_ran_or_which_broke_off_failed() {
        let counted =
            |script: &str| scenarios(Command::new("sh").args(["-c", script]), &mut |_| {}).unwrap();
        assert_eq!(counted("echo ok a/b"), Tally::PASSED);
        assert_eq!(counted("echo FAIL a/b; exit 1"), Tally::FAILED);
        assert_eq!(counted("echo skip a/b").failed, 1);
        assert_eq!(counted("echo ok a/b; exit 2"), Tally { failed: 1, ..Tally::PASSED });
    }

    #[test]
    fn a_required_skip_fails_a_run_in_ci_alone() {
        let failed = |in_ci| {
            let mut run = Run::new(in_ci);
            run.count("suite", Tally { skipped: 1, required: 1, ..Tally::default() });
            run.tally.failed
        };
        assert_eq!((failed(false), failed(true)), (0, 1));
    }
}
