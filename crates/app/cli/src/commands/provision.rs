//! `symbolon provision`: the objects of the provisioned files into the store, while no server runs on it.
//!
//! In:  a configuration, or a folder of `serve --dev`.
//! Out: what became of each object; or every mistake by file and line, and nothing changed.
//! Never: a change under a running server's feet: that one reads the files again at SIGHUP. A dry run reads beside it.

use clap::Args;
use symbolon_registry::{Applied, Mode};
use symbolon_server::{Prune, WiringError, preview, provision_offline};
use symbolon_store::OpenFailure;

use super::whose::Whose;
use crate::block_on;
use crate::output::{Failed, clean, say};

/// Which files, and how.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    #[command(flatten)]
    whose: Whose,
    /// Only say what would be changed; a server may be running.
    #[arg(long)]
    dry_run: bool,
    /// Remove objects that came from files and no longer stand in one.
    #[arg(long)]
    prune: bool,
}

/// Provisions.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failed> {
    let config = arguments.whose.read()?;
    let prune = if arguments.prune { Prune::Yes } else { Prune::No };
    let (applied, mode) = if arguments.dry_run {
        (block_on(async { preview(&config, prune, None).await.map_err(failed) })?, Mode::DryRun)
    } else {
        (block_on(async { provision_offline(&config, prune).await.map_err(failed) })?, Mode::Apply)
    };
    told(&applied, mode).iter().for_each(|line| say(line));
    Ok(())
}

/// What became of each object, and the revision after it.
pub(super) fn told(applied: &Applied, mode: Mode) -> Vec<String> {
    let mut lines: Vec<String> =
        applied.changes.iter().map(|change| clean(&change.to_string())).collect();
    let count = match lines.len() {
        1 => "1 change".to_owned(),
        several => format!("{several} changes"),
    };
    lines.push(match (lines.is_empty(), mode) {
        (true, _) => format!("nothing to change; revision {}", applied.revision),
        (false, Mode::DryRun) => format!("{count} would be made to revision {}", applied.revision),
        (false, Mode::Apply) => format!("{count} made; revision {}", applied.revision),
    });
    lines
}

fn failed(failure: WiringError) -> Failed {
    if matches!(failure, WiringError::Store { why: OpenFailure::InUse(_), .. }) {
        return Failed::new(failure).with_remedy(
            "a running server reads the files again at SIGHUP: kill -HUP its process",
        );
    }
    Failed::new(failure)
}
