//! `symbolon token request|verify`: a requestor and a relying party at the command line.

mod request;
mod shown;
mod trust;
mod verify;

use clap::{Subcommand, ValueEnum};

use crate::block_on;
use crate::output::Failed;

/// What to do with tokens.
#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Get a token, over WS-Trust or OAuth, and verify it.
    Request(Box<request::Arguments>),
    /// Verify a token as its relying party would.
    Verify(verify::Arguments),
}

/// What is written to standard output.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
enum Output {
    /// The token alone.
    Token,
    /// Token and findings as one JSON object.
    Json,
    /// Findings and token, for people.
    #[default]
    Pretty,
}

/// Carries it out.
pub(crate) fn run(command: Command) -> Result<(), Failed> {
    match command {
        Command::Request(arguments) => block_on(request::run(&arguments)),
        Command::Verify(arguments) => block_on(verify::run(&arguments)),
    }
}
