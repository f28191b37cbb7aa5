//! `symbolon serve`: the server, from a configuration or from a folder that makes itself.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args};
use symbolon_server::clock::Clock;
use symbolon_server::config::Config;
use symbolon_server::{Addresses, control, dev, logs, serve};

use super::trail::configuration;
use crate::block_on;
use crate::output::{Failed, note, say};

/// Which server.
#[derive(Args, Debug)]
#[command(group = ArgGroup::new("how").args(["dev", "config"]).required(true))]
pub(crate) struct Arguments {
    /// For a first try: makes keys, certificates, an account, a client and two relying parties in a folder, and serves.
    #[arg(long)]
    dev: bool,
    /// Where the folder of --dev is.
    #[arg(long, value_name = "DIR", default_value = dev::FOLDER, conflicts_with = "config")]
    data: PathBuf,
    /// Where --dev listens; operations on the next port. Port 0: any that is free.
    #[arg(long, value_name = "ADDR:PORT", default_value_t = dev::ADDRESS, conflicts_with = "config")]
    listen: SocketAddr,
    /// The configuration of a production server.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Serves until SIGTERM or SIGINT; SIGHUP reloads.
pub(crate) fn run(arguments: Arguments) -> Result<(), Failed> {
    match arguments.config {
        Some(path) => {
            let config = configuration(&path)?;
            until_stopped(config, |addresses| {
                say(&format!(
                    "listening on {}, operations on {}",
                    addresses.listen, addresses.operations
                ));
            })
        }
        None => {
            let now = Clock::start().read().now;
            let config =
                dev::prepare(&arguments.data, arguments.listen, now).map_err(Failed::new)?;
            let program =
                std::env::current_exe().map_err(|error| Failed::because("this program", error))?;
            until_stopped(config, |addresses| greet(&arguments.data, addresses, &program))
        }
    }
}

fn greet(folder: &Path, addresses: Addresses, program: &Path) {
    say(&dev::greeting(folder, addresses, program));
}

fn until_stopped(config: Config, ready: impl FnOnce(Addresses)) -> Result<(), Failed> {
    let _logging = logs::install(config.log.format, config.log.level).map_err(Failed::new)?;
    block_on(async {
        let (handle, control) = control();
        tokio::spawn(async move {
            // Its end, be it an error, drops the last handle: the server stops.
            if let Err(error) = handle.follow_signals().await {
                note(&format!("symbolon: signals cannot be listened to: {error}"));
            }
        });
        serve(config, control, ready).await.map_err(Failed::new)
    })
}
