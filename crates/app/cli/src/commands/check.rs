//! `symbolon check`: a configuration and everything that it names, looked at without listening.
//!
//! In:  a configuration.
//! Out: every mistake with file, line and remedy, and exit code 1; or that there is none.
//! Never: listens, or writes.

use std::path::PathBuf;

use clap::Args;
use symbolon_server::check;
use symbolon_server::clock::Clock;
use symbolon_server::config::{Config, ConfigMistakes};

use crate::block_on;
use crate::output::{Failed, say};

/// Which configuration.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// The server's configuration.
    #[arg(long, value_name = "FILE", default_value = "/etc/symbolon/server.toml")]
    config: PathBuf,
}

/// Checks.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failed> {
    let read = Config::read_placed(&arguments.config, std::env::vars());
    let (config, fields) = read.map_err(Failed::new)?;
    let now = Clock::start().read().now;
    let mistakes = block_on(async { Ok(check(&config, &fields, now).await) })?;
    if !mistakes.is_empty() {
        let count = match mistakes.len() {
            1 => "1 mistake".to_owned(),
            several => format!("{several} mistakes"),
        };
        return Err(Failed::new(ConfigMistakes(mistakes)).with_remedy(count));
    }
    say(&format!("{}: nothing wrong", arguments.config.display()));
    Ok(())
}
