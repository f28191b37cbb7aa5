//! `symbolon provision`: the objects of the provisioned files into the store, while no server runs.
//!
//! A running server reads them again at SIGHUP.

use std::path::PathBuf;

use clap::Args;

use crate::output::Failed;

/// Which files, and how.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// The server's configuration, which names the folder of the files.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Only say what would be changed.
    #[arg(long)]
    dry_run: bool,
    /// Remove objects that came from files and no longer stand in one.
    #[arg(long)]
    prune: bool,
}

/// Provisions.
pub(crate) fn run(_arguments: &Arguments) -> Result<(), Failed> {
    Err(Failed::new("not yet"))
}
