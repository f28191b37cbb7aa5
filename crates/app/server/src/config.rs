//! `server.toml`: what this process needs. Everything else is an object in the store.
//!
//! In:  the file, and over it environment variables (`SYMBOLON__LISTEN__ADDRESS` is `address` in `[listen]`).
//! Out: a [`Config`], whole and checked; or every mistake by file and line.
//! Never: a secret: `sealing.key` names where one is. An unknown field is a mistake.

mod written;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use symbolon_registry::objects::Reference;
use symbolon_registry::{Located, Mistake, Place, file, is_public_url};
use tracing::level_filters::LevelFilter;

use crate::listener::Limits;
use crate::logs;

use written::{
    Level, StoreKind, Variables, Written, WrittenLimits, WrittenListen, WrittenStore, overlay,
};

/// LIMIT: a time-out of more than an hour is none.
const SECONDS: u64 = 3600;
/// LIMIT: nothing that we parse is bigger; it is held in memory for each connection.
const OCTETS: usize = 16 << 20;

/// What a process needs.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it listens.
    pub listen: Listen,
    /// What everybody reaches it by; `None`: follows the address that it listens on (`--dev`).
    pub public_url: Option<String>,
    /// What it shows in TLS handshakes.
    pub tls: TlsFiles,
    /// Where it keeps its state.
    pub store: Store,
    /// Where the sealing key is. Paths are absolute.
    pub sealing: Reference,
    /// The folder of provisioned objects.
    pub provision: Option<PathBuf>,
    /// What it takes from the network.
    pub limits: Limits,
    /// What it logs.
    pub log: Log,
    /// The development folder to leave notes in for clients (`--dev`).
    pub dev: Option<PathBuf>,
}

/// Where it listens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Listen {
    /// The endpoints, over TLS.
    pub address: SocketAddr,
    /// Health, readiness and metrics, in plain HTTP.
    pub operations: SocketAddr,
}

/// Certificate chain and private key, both in PEM.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TlsFiles {
    /// The server's own certificate first.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

/// Where state is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Store {
    /// In a SQLite file.
    Sqlite(PathBuf),
    /// In memory: lost with the process, which was accepted in so many words.
    Memory,
}

/// What is logged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Log {
    /// How.
    pub format: logs::Format,
    /// From which level on.
    pub level: LevelFilter,
}

/// Why there is no configuration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConfigMistakes(pub Vec<Mistake>);

impl std::error::Error for ConfigMistakes {}

impl fmt::Display for ConfigMistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

/// Where each field of a configuration was written.
#[derive(Debug)]
pub struct Fields {
    written: Located<Written>,
    variables: Variables,
}

impl Fields {
    /// Where a field stands (`tls.key`): in the file, or in the variable over it.
    pub fn at(&self, field: &str) -> Place {
        match self.variables.get(field) {
            Some(variable) => Place { file: variable.clone(), line: 0, column: 0 },
            None => self.written.at(field),
        }
    }
}

impl Config {
    /// Reads a file and the environment. Paths in it begin at its folder.
    ///
    /// # Errors
    /// Every mistake that was found.
    pub fn read(
        path: &Path,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigMistakes> {
        Self::read_placed(path, environment).map(|(config, _)| config)
    }

    /// The same, and where everything was written.
    ///
    /// # Errors
    /// Every mistake that was found.
    pub fn read_placed(
        path: &Path,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<(Self, Fields), ConfigMistakes> {
        let name = path.display().to_string();
        let unreadable = |why: String| {
            let place = Place { file: name.clone(), line: 0, column: 0 };
            ConfigMistakes(vec![Mistake::new(place, why, "name a readable file with --config")])
        };
        let text = std::fs::read_to_string(path).map_err(|why| unreadable(why.to_string()))?;
        let absolute = std::path::absolute(path).map_err(|why| unreadable(why.to_string()))?;
        let folder = absolute.parent().unwrap_or(Path::new("/"));
        Self::parse(&name, &text, environment, folder)
    }

    fn parse(
        name: &str,
        text: &str,
        environment: impl IntoIterator<Item = (String, String)>,
        folder: &Path,
    ) -> Result<(Self, Fields), ConfigMistakes> {
        let written = file::parse_whole::<Written>(name, text).map_err(ConfigMistakes)?;
        let (written, variables) = overlay(written, text, environment)?;
        let fields = Fields { written, variables };
        let mut reader = Reader { fields: &fields, folder, mistakes: Vec::new() };
        let config = reader.config();
        match (config, reader.mistakes) {
            (Some(config), mistakes) if mistakes.is_empty() => Ok((config, fields)),
            (_, mut mistakes) => {
                mistakes.sort();
                Err(ConfigMistakes(mistakes))
            }
        }
    }

    /// What the listeners allow.
    pub fn limits(&self) -> Limits {
        self.limits
    }
}

/// Makes a configuration of what is written, and notes what is wrong.
struct Reader<'r> {
    fields: &'r Fields,
    folder: &'r Path,
    mistakes: Vec<Mistake>,
}

impl Reader<'_> {
    fn config(&mut self) -> Option<Config> {
        let written = &self.fields.written.object;
        let listen = listen(&written.listen);
        let public_url = self.public_url();
        let certificate = self.path("tls.certificate", written.tls.certificate.as_ref());
        let key = self.path("tls.key", written.tls.key.as_ref());
        let store = self.store(&written.store);
        let sealing = self.sealing();
        let limits = self.limits(&written.limits);
        Some(Config {
            listen,
            public_url: Some(public_url?),
            tls: TlsFiles { certificate: certificate?, key: key? },
            store: store?,
            sealing: sealing?,
            provision: written.provision.as_ref().map(|path| self.folder.join(path)),
            limits,
            log: Log { format: written.log.format, level: level(written.log.level) },
            dev: None,
        })
    }

    fn public_url(&mut self) -> Option<String> {
        let url = self.required("public_url", self.fields.written.object.public_url.clone())?;
        if !is_public_url(&url) {
            let remedy = "write https://HOST[:PORT][/PATH] without a slash at its end";
            self.wrong("public_url", format!("`{url}` is not a public URL"), remedy);
        }
        Some(url)
    }

    fn store(&mut self, written: &WrittenStore) -> Option<Store> {
        match written.kind {
            StoreKind::Sqlite => self.path("store.path", written.path.as_ref()).map(Store::Sqlite),
            StoreKind::Memory if written.allow_loss => Some(Store::Memory),
            StoreKind::Memory => {
                let message = "a store in memory loses keys, replay protection and audit trail";
                let remedy = "write kind = \"sqlite\", or accept the loss with allow_loss = true";
                self.wrong("store.kind", message, remedy);
                None
            }
        }
    }

    fn sealing(&mut self) -> Option<Reference> {
        let key = self.fields.written.object.sealing.key.clone();
        Some(match self.required("sealing.key", key)? {
            Reference::File(path) => {
                Reference::File(self.folder.join(path).to_string_lossy().into_owned())
            }
            Reference::Env(name) => Reference::Env(name),
        })
    }

    fn limits(&mut self, written: &WrittenLimits) -> Limits {
        let usual = Limits::default();
        let limits = Limits {
            header: self.seconds("header_seconds", written.header_seconds, usual.header),
            body: self.seconds("body_seconds", written.body_seconds, usual.body),
            request: self.seconds("request_seconds", written.request_seconds, usual.request),
            drain: self.seconds("drain_seconds", written.drain_seconds, usual.drain),
            header_octets: self.octets("header_octets", written.header_octets, usual.header_octets),
            body_octets: self.octets("body_octets", written.body_octets, usual.body_octets),
            connections: written.connections.unwrap_or(usual.connections),
            connections_per_source: written
                .connections_per_source
                .unwrap_or(usual.connections_per_source),
        };
        for (field, value) in [
            ("limits.connections", limits.connections),
            ("limits.connections_per_source", limits.connections_per_source),
        ] {
            if value == 0 {
                self.wrong(field, "no connection would ever be taken", "write at least 1");
            }
        }
        limits
    }

    fn seconds(&mut self, name: &str, written: Option<u64>, usual: Duration) -> Duration {
        let Some(seconds) = written else { return usual };
        if !(1..=SECONDS).contains(&seconds) {
            let message = format!("{seconds} seconds are out of bounds");
            self.wrong(&format!("limits.{name}"), message, format!("write 1 to {SECONDS} seconds"));
        }
        Duration::from_secs(seconds)
    }

    fn octets(&mut self, name: &str, written: Option<usize>, usual: usize) -> usize {
        // LIMIT: hyper refuses a smaller header buffer.
        const LEAST: usize = 8 << 10;
        let octets = written.unwrap_or(usual);
        if !(LEAST..=OCTETS).contains(&octets) {
            let message = format!("{octets} octets are out of bounds");
            let remedy = format!("write {LEAST} to {OCTETS} octets");
            self.wrong(&format!("limits.{name}"), message, remedy);
        }
        octets
    }

    fn path(&mut self, field: &str, written: Option<&PathBuf>) -> Option<PathBuf> {
        self.required(field, written).map(|path| self.folder.join(path))
    }

    fn required<T>(&mut self, field: &str, value: Option<T>) -> Option<T> {
        if value.is_none() {
            self.wrong(field, format!("`{field}` is missing"), "add it");
        }
        value
    }

    fn wrong(&mut self, field: &str, message: impl Into<String>, remedy: impl Into<String>) {
        self.mistakes.push(Mistake::new(self.fields.at(field), message, remedy));
    }
}

/// Operations stay on the loopback interface unless somebody says otherwise: they answer everyone who can reach them.
fn listen(written: &WrittenListen) -> Listen {
    let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let address = written.address.unwrap_or(SocketAddr::new(here, 8443));
    let next = SocketAddr::new(here, next_port(address.port()));
    Listen { address, operations: written.operations.unwrap_or(next) }
}

/// The port after one; any free one after a free one.
pub(crate) fn next_port(port: u16) -> u16 {
    match port {
        0 => 0,
        port => port.checked_add(1).unwrap_or(0),
    }
}

fn level(written: Level) -> LevelFilter {
    match written {
        Level::Error => LevelFilter::ERROR,
        Level::Warn => LevelFilter::WARN,
        Level::Info => LevelFilter::INFO,
        Level::Debug => LevelFilter::DEBUG,
        Level::Trace => LevelFilter::TRACE,
    }
}

#[cfg(test)]
mod tests;
