//! Whose files a command is about: a production server's, or those of a folder of `serve --dev`.

use std::path::{Path, PathBuf};

use clap::Args;
use symbolon_server::clock::Clock;
use symbolon_server::config::Config;
use symbolon_server::dev;

use super::trail::configuration;
use crate::output::Failed;

/// Whose files.
#[derive(Args, Debug)]
#[group(id = "whose", required = true, multiple = false)]
pub(crate) struct Whose {
    /// The server's configuration, which names its store and the folder of its objects.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder of `serve --dev`.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl Whose {
    /// The configuration.
    pub(super) fn read(&self) -> Result<Config, Failed> {
        if let Some(path) = &self.config {
            return configuration(path);
        }
        let folder = self.data.as_deref().unwrap_or(Path::new(dev::FOLDER));
        if !folder.is_dir() {
            return Err(Failed::because(folder.display(), "no such folder"));
        }
        let config =
            dev::prepare(folder, dev::ADDRESS, Clock::start().read().now).map_err(Failed::new)?;
        // A server that ran there left word where.
        Ok(Config { public_url: dev::noted_url(folder), ..config })
    }

    /// The same on another command line, for a shell.
    pub(super) fn option(&self) -> String {
        let (name, path) = match (&self.config, &self.data) {
            (Some(path), _) => ("--config", path.as_path()),
            (None, Some(folder)) => ("--data", folder.as_path()),
            (None, None) => ("--data", Path::new(dev::FOLDER)),
        };
        format!("{name} {}", path.display())
    }
}
