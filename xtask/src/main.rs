//! The project's own tasks: `cargo xtask test`, and parts of it by themselves.
//!
//! In:  a task's name; `CI=true` makes a required check that was skipped a failure.
//! Out: what each step found, and one closing line `N passed, N failed, N skipped`.
//! Never: changes a file of the project, unless told to write one (`conformance vectors --write`).

mod clients;
mod layers;
mod package;
mod sbom;
mod steps;
mod suites;
mod tally;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::steps::Run;

/// The project's own tasks.
#[derive(Parser, Debug)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand, Debug)]
enum Task {
    /// Everything that must hold: format, lints, layers, tests, documents, bans, conformance.
    Test,
    /// Only the walls between the layers.
    Layers,
    /// The static program, its bill of materials and the Debian package, into `target/package`.
    Package,
    /// Only a suite that needs more than cargo.
    Conformance {
        #[command(subcommand)]
        suite: Conformance,
    },
}

#[derive(Subcommand, Debug)]
enum Conformance {
    /// Other people's clients and verifiers against a server that is started for them.
    Clients {
        /// Only these: `adal`, `zeep` …
        only: Vec<String>,
    },
    /// Mutants of signed documents: none may be believed to say anything else.
    Mutants {
        /// Mutants altogether.
        #[arg(long, default_value_t = 10_000_000)]
        count: u64,
    },
    /// The Debian package: installed, started, upgraded, removed and purged in a view of this machine that is thrown away.
    Package,
    /// Every public test vector.
    Vectors {
        /// Writes down what comes of them: `docs/vectors.md`, `conformance/vectors.tsv`.
        #[arg(long)]
        write: bool,
    },
}

fn main() -> ExitCode {
    let mut run = Run::new(in_ci());
    match Arguments::parse().task {
        Task::Test => suites::everything(&mut run),
        Task::Layers => run.layers(),
        Task::Conformance { suite: Conformance::Clients { only } } => {
            clients::conformance(&mut run, &only);
        }
        Task::Conformance { suite: Conformance::Mutants { count } } => {
            suites::mutants(&mut run, count);
        }
        Task::Conformance { suite: Conformance::Package } => package::conformance(&mut run),
        Task::Conformance { suite: Conformance::Vectors { write } } => {
            suites::vectors(&mut run, write);
        }
        Task::Package => package::build(&mut run),
    }
    run.close()
}

#[expect(clippy::disallowed_methods, reason = "CI is this task's only configuration")]
fn in_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| matches!(value.as_str(), "true" | "1"))
}
