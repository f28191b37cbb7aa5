//! `symbolon provision`: the objects of the provisioned files into the store, while no server runs on it.
//!
//! In:  a configuration, or a folder of `serve --dev`.
//! Out: what became of each object; or every mistake by file and line, and nothing changed.
//! Never: a change under a running server's feet: that one reads the files again at SIGHUP.

use std::path::PathBuf;

use clap::{ArgGroup, Args};
use symbolon_registry::{Applied, Mode};
use symbolon_server::clock::Clock;
use symbolon_server::config::Config;
use symbolon_server::{Prune, WiringError, dev, provision_offline};
use symbolon_store::OpenFailure;

use super::trail::configuration;
use crate::block_on;
use crate::output::{Failed, clean, say};

/// Which files, and how.
#[derive(Args, Debug)]
#[command(group = ArgGroup::new("what").args(["config", "data"]).required(true))]
pub(crate) struct Arguments {
    /// The server's configuration, which names the folder of the files.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder of `serve --dev`.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Only say what would be changed.
    #[arg(long)]
    dry_run: bool,
    /// Remove objects that came from files and no longer stand in one.
    #[arg(long)]
    prune: bool,
}

/// Provisions.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failed> {
    let config = arguments.configuration()?;
    let prune = if arguments.prune { Prune::Yes } else { Prune::No };
    let mode = if arguments.dry_run { Mode::DryRun } else { Mode::Apply };
    let applied =
        block_on(async { provision_offline(&config, prune, mode).await.map_err(failed) })?;
    told(&applied, mode).iter().for_each(|line| say(line));
    Ok(())
}

impl Arguments {
    fn configuration(&self) -> Result<Config, Failed> {
        if let Some(path) = &self.config {
            return configuration(path);
        }
        let folder = self.data.clone().unwrap_or_else(|| PathBuf::from(dev::FOLDER));
        if !folder.is_dir() {
            return Err(Failed::because(folder.display(), "no such folder"));
        }
        dev::prepare(&folder, dev::ADDRESS, Clock::start().read().now).map_err(Failed::new)
    }
}

/// What became of each object, and the revision after it.
fn told(applied: &Applied, mode: Mode) -> Vec<String> {
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
