//! Which store a command reads: its audit trail, its objects.

use std::path::{Path, PathBuf};

use clap::Args;
use symbolon_server::config::{Config, Store};
use symbolon_server::dev;
use symbolon_store::SqliteTrail;

use super::objects::unopened;
use crate::output::Failed;

/// Which store. The server may be running: it is opened for reading alone.
#[derive(Args, Debug)]
#[group(id = "which", multiple = false)]
pub(crate) struct Which {
    /// The server's configuration, which names the store.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The folder of `serve --dev`; without any of these, the one that it makes itself.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The store's file.
    #[arg(long, value_name = "FILE")]
    store: Option<PathBuf>,
}

impl Which {
    /// Opens its trail.
    pub(super) fn open(&self) -> Result<SqliteTrail, Failed> {
        let path = self.path()?;
        SqliteTrail::open(&path).map_err(|failure| unopened(&path, failure))
    }

    /// Its file.
    pub(super) fn path(&self) -> Result<PathBuf, Failed> {
        match (&self.store, &self.config) {
            (Some(store), _) => Ok(store.clone()),
            (None, Some(config)) => match configuration(config)?.store {
                Store::Sqlite(path) => Ok(path),
                Store::Memory => Err(Failed::new("a store in memory leaves nothing to read")),
            },
            (None, None) => {
                let folder = self.data.as_deref().unwrap_or(Path::new(dev::FOLDER));
                Ok(folder.join("store.sqlite"))
            }
        }
    }
}

/// The server's configuration, environment included.
pub(super) fn configuration(path: &Path) -> Result<Config, Failed> {
    Config::read(path, std::env::vars()).map_err(Failed::new)
}
