//! `symbolon rp add|list|show`: relying parties.

mod add;
mod metadata;
mod snippet;

use clap::Subcommand;

use super::objects::{self, RELYING_PARTY};
use crate::output::Failed;

/// What to do with relying parties.
#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Write the object of a relying party, and say what it changes and what the other side needs.
    Add(add::Arguments),
    #[command(flatten)]
    Read(objects::Command),
}

/// Carries it out.
pub(crate) fn run(command: &Command) -> Result<(), Failed> {
    match command {
        Command::Add(arguments) => add::run(arguments),
        Command::Read(command) => objects::run(&RELYING_PARTY, command),
    }
}
