//! Our server, as a stranger would build and start it: `cargo build --release`, `symbolon serve --dev`.
//!
//! In:  a data directory.
//! Out: a running server, and how long it took from its start to its first answer.
//! Never: a build or a configuration that the README does not give.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::Failure;
use crate::child::Running;
use crate::clock::moment;
use crate::load::{Message, Target};
use crate::pinning::on;

/// As `--dev` configures itself, but for the store.
const IN_MEMORY: &str = r#"
public_url = "https://bench.invalid"
provision = "objects.d"
listen = { address = "127.0.0.1:0", operations = "127.0.0.1:0" }
tls = { certificate = "tls.crt", key = "tls.key" }
store = { kind = "memory", allow_loss = true }
sealing = { key = "file:sealing.key" }
log = { format = "text" }
"#;

/// The server's program, and the processor that it gets.
pub(crate) struct Program {
    pub(crate) file: PathBuf,
    pub(crate) processor: Option<u16>,
}

impl Program {
    fn command(&self) -> Command {
        on(self.processor, self.file.as_os_str())
    }
}

/// A running server. It ends when dropped.
pub(crate) struct Server {
    _running: Running,
    pub(crate) target: Target,
    pub(crate) base: String,
    /// From its start to its first answer over TLS.
    pub(crate) start: Duration,
}

/// Builds the server; the program's file.
pub(crate) fn build() -> Result<PathBuf, Failure> {
    let target = std::env::current_exe()?
        .ancestors()
        .nth(2)
        .ok_or("the bench runs outside of cargo's target folder")?
        .to_owned();
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let built = Command::new(option_env!("CARGO").unwrap_or("cargo"))
        .args(["build", "--release", "--quiet", "--package", "symbolon-cli", "--bin", "symbolon"])
        .arg("--target-dir")
        .arg(&target)
        .current_dir(workspace)
        .status()?;
    if !built.success() {
        return Err("cargo build --release --bin symbolon failed".into());
    }
    Ok(target.join("release").join("symbolon"))
}

impl Server {
    /// Starts with that data directory, on any free port.
    pub(crate) async fn start(program: &Program, data: &Path) -> Result<Self, Failure> {
        let mut command = program.command();
        command.args(["serve", "--dev", "--listen", "127.0.0.1:0", "--data"]).arg(data);
        Self::run(command, data).await
    }

    /// Starts with the files of that data directory and everything else in memory: not the default.
    pub(crate) async fn start_in_memory(program: &Program, data: &Path) -> Result<Self, Failure> {
        let config = data.join("memory.toml");
        fs::write(&config, IN_MEMORY)?;
        let mut command = program.command();
        command.args(["serve", "--config"]).arg(config);
        Self::run(command, data).await
    }

    async fn run(mut command: Command, data: &Path) -> Result<Self, Failure> {
        fs::create_dir_all(data)?;
        let log = File::options().create(true).append(true).open(data.join("bench.log"))?;
        let started = moment();
        let mut running = Running::start(command.stderr(log))?;
        let port = loop {
            if let Some(port) = port(&running.hear()?) {
                break port;
            }
        };
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let roots = fs::read(data.join("ca.crt"))?;
        let target = Target::new(&roots, address, running.pid())?;
        target.ask(&Message::get("/oauth2/jwks")).await?;
        let start = started.elapsed();
        running.stop_listening();
        Ok(Self { _running: running, target, base: format!("https://{address}"), start })
    }
}

/// The port of the first address of this machine in a line.
fn port(line: &str) -> Option<u16> {
    let (_, port) = line.split_once("127.0.0.1:")?;
    let end = port.find(|c: char| !c.is_ascii_digit()).unwrap_or(port.len());
    port.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_that_of_the_first_address() {
        let both =
            "Symbolon listens on https://127.0.0.1:8443 (operations on http://127.0.0.1:8444)";
        assert_eq!(port(both), Some(8443));
        assert_eq!(port("listening on 127.0.0.1:1, operations on 127.0.0.1:2"), Some(1));
        assert_eq!(port("https://localhost:80"), None);
        assert_eq!(port("127.0.0.1:"), None);
    }
}
