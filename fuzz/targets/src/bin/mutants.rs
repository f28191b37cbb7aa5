//! Tries mutants of every sample, and says how many were believed.
//!
//! In:  `--count N`: how many altogether (10,000,000 unless told).
//! Out: a line for each sample and one for all; the mutants that must not be, in `target/mutants`.
//! Never: success where one said something else, where one broke its reader, or where hardly any was believed at all.

use std::fs;
use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use symbolon_fuzz_targets::{SAMPLES, Tally, Violation, run};

/// Mutants of signed documents, given to the readers of those documents.
#[derive(Parser, Debug)]
struct Arguments {
    /// Mutants altogether.
    #[arg(long, default_value_t = 10_000_000)]
    count: u64,
}

const FOLDER: &str = "target/mutants";

fn main() -> std::io::Result<ExitCode> {
    let Arguments { count } = Arguments::parse();
    let samples = u64::try_from(SAMPLES.len()).unwrap_or(u64::MAX);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let (tallies, violations) = run(&SAMPLES, count.div_ceil(samples.max(1)), threads);

    let mut out = std::io::stdout().lock();
    let titles = ["document", "tried", "unchanged", "changed", "panicked"];
    let [document, tried, unchanged, changed, panicked] = titles;
    writeln!(out, "{document:<40} {tried:>10} {unchanged:>10} {changed:>8} {panicked:>8}")?;
    let mut total = Tally { name: format!("all {samples}"), ..Tally::default() };
    for tally in &tallies {
        writeln!(out, "{tally}")?;
        total.add(tally);
    }
    writeln!(out, "{total}")?;
    for Violation { name, number, octets } in &violations {
        fs::create_dir_all(FOLDER)?;
        let path = format!("{FOLDER}/{number}-{name}");
        fs::write(&path, octets)?;
        writeln!(out, "must not be: {path}")?;
    }
    let holds = tallies.iter().all(Tally::holds) && total.tried >= count;
    Ok(if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
