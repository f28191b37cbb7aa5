//! Runs every public test vector, and accounts for every row of their manifest.
//!
//! In:  the vectors in `SYMBOLON_SHARED` (`../shared` beside the checkout); `--write` to write down what is found.
//! Out: a table, `docs/vectors.md`, the pins in `conformance/vectors.tsv`, and `test result:` for who counts.
//! Never: copies or changes a vector; passes without a look: no vectors says so.
//!
//! [`corpus`] reads, one module per kind judges, [`verdict`] and [`reasons`] hold the judgement against the manifest.

mod canonical;
mod corpus;
mod der;
mod exceptions;
mod keyring;
mod opening;
mod parsing;
mod pins;
mod private;
mod reasons;
mod report;
mod saml;
mod signing;
mod small;
mod soap;
mod unkeyed;
mod verdict;
mod waiting;
mod wycheproof;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, thread};

use symbolon_conformance::shared;

use crate::corpus::{Corpus, Row};
use crate::pins::Pins;
use crate::report::Report;
use crate::verdict::{Found, Verdict};
use crate::wycheproof::Cases;

/// What came of one row.
struct Done {
    verdict: Verdict,
    /// What became of it where SHA-1 is allowed, if that is something else.
    with_sha1: Option<Found>,
    /// Its cases, if it has any.
    cases: Option<Cases>,
}

impl From<Verdict> for Done {
    fn from(verdict: Verdict) -> Self {
        Self { verdict, with_sha1: None, cases: None }
    }
}

#[expect(clippy::print_stdout, reason = "a step of the project's own test run")]
fn main() -> ExitCode {
    let write = std::env::args().skip(1).any(|argument| argument == "--write");
    let corpus = Corpus::new(shared::folder().join("vectors"));
    if !corpus.is_there() {
        println!("skipped: no vectors in {}", shared::folder().display());
        return shared::skipped();
    }
    match run(&corpus, write) {
        Ok((said, code)) => {
            println!("{said}");
            code
        }
        Err(why) => {
            println!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn run(corpus: &Corpus, write: bool) -> Result<(String, ExitCode), String> {
    let rows = corpus.rows()?;
    let mut pins = Pins::read()?;
    let mut done = judge_all(corpus, &rows);
    for (row, done) in rows.iter().zip(&mut done) {
        let verdict = std::mem::replace(&mut done.verdict, Verdict::Passed);
        done.verdict = pins.hold(&row.path, &row.kind, verdict, write);
    }
    let report = Report::new(&rows, &done);
    let mut wrong = report.failures();
    if write {
        pins.write()?;
        fs::write(page(), report.page()).map_err(|why| format!("{}: {why}", page().display()))?;
    } else {
        wrong.extend(pins.stale().iter().map(|pin| format!("FAILED a pin of no row: {pin}")));
        if fs::read_to_string(page()).unwrap_or_default() != report.page() {
            let how = "cargo xtask conformance vectors --write";
            wrong.push(format!("FAILED docs/vectors.md is not what this run found: {how}"));
        }
    }
    Ok(summary(&report, &wrong))
}

fn summary(report: &Report<'_>, wrong: &[String]) -> (String, ExitCode) {
    let counts = report.counts();
    let (word, code) = match wrong {
        [] => ("ok", ExitCode::SUCCESS),
        [..] => ("FAILED", ExitCode::FAILURE),
    };
    let result = format!(
        "test result: {word}. {} passed; {} failed; {} ignored",
        counts.good(),
        wrong.len(),
        counts.waits
    );
    (format!("{}{}\n{result}", report.table(), wrong.join("\n")), code)
}

/// The page that the run writes.
fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/vectors.md")
}

/// Every row, on every processor, in order.
fn judge_all(corpus: &Corpus, rows: &[Row]) -> Vec<Done> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let part = rows.len().div_ceil(threads.saturating_mul(16)).max(1);
    let parts: Vec<&[Row]> = rows.chunks(part).collect();
    let mut done: Vec<(usize, Vec<Done>)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|first| {
                let mine = parts.iter().enumerate().skip(first).step_by(threads);
                scope.spawn(move || {
                    mine.map(|(at, rows)| (at, rows.iter().map(|row| judge(corpus, row)).collect()))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        // INVARIANT: a worker catches what its rows panic with, and does nothing else.
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect()
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().flat_map(|(_, done)| done).collect()
}

/// One row. Whatever it panics with has failed it.
fn judge(corpus: &Corpus, row: &Row) -> Done {
    let judged = catch_unwind(AssertUnwindSafe(|| by_kind(corpus, row)));
    match judged {
        Ok(Ok(done)) => done,
        Ok(Err(why)) => Verdict::Failed(why).into(),
        Err(_) => Verdict::Failed("a panic".to_owned()).into(),
    }
}

fn by_kind(corpus: &Corpus, row: &Row) -> Result<Done, String> {
    Ok(match row.kind.as_str() {
        "xml-parse" => parsing::judge(corpus, row)?.into(),
        "c14n" => canonical::judge(corpus, row)?.into(),
        "verify" => signing::judge(corpus, row)?,
        "decrypt" => opening::judge(corpus, row)?.into(),
        "saml" => saml::judge(corpus, row)?,
        "soap" => soap::judge(corpus, row)?.into(),
        kind => match wycheproof::judge(corpus, row)? {
            Some((verdict, cases)) => Done { verdict, with_sha1: None, cases: Some(cases) },
            None => {
                let subject = waiting::subject(kind);
                Verdict::Waits(subject.ok_or_else(|| format!("what is {kind}?"))?).into()
            }
        },
    })
}
