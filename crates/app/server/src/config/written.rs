//! `server.toml` as it is written, and the environment over it. Shape only: `config` judges the values.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Deserialize;
use symbolon_registry::objects::Reference;
use symbolon_registry::{Located, Mistake, Place};

use super::ConfigMistakes;
use crate::logs;

/// Environment variables that begin so stand over the file.
const PREFIX: &str = "SYMBOLON__";

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Written {
    pub(super) listen: WrittenListen,
    pub(super) public_url: Option<String>,
    pub(super) tls: WrittenTls,
    pub(super) store: WrittenStore,
    pub(super) sealing: WrittenSealing,
    pub(super) provision: Option<PathBuf>,
    pub(super) limits: WrittenLimits,
    pub(super) log: WrittenLog,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct WrittenListen {
    pub(super) address: Option<SocketAddr>,
    pub(super) operations: Option<SocketAddr>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct WrittenTls {
    pub(super) certificate: Option<PathBuf>,
    pub(super) key: Option<PathBuf>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct WrittenStore {
    pub(super) kind: StoreKind,
    pub(super) path: Option<PathBuf>,
    pub(super) allow_loss: bool,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum StoreKind {
    #[default]
    Sqlite,
    Memory,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct WrittenSealing {
    pub(super) key: Option<Reference>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct WrittenLimits {
    pub(super) header_seconds: Option<u64>,
    pub(super) body_seconds: Option<u64>,
    pub(super) request_seconds: Option<u64>,
    pub(super) drain_seconds: Option<u64>,
    pub(super) header_octets: Option<usize>,
    pub(super) body_octets: Option<usize>,
    pub(super) connections: Option<usize>,
    pub(super) connections_per_source: Option<usize>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct WrittenLog {
    pub(super) format: logs::Format,
    pub(super) level: Level,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    Error,
    Warn,
    #[default]
    Info,
    Debug,
    Trace,
}

/// Fields that a variable stands over, and the variable.
pub(super) type Variables = BTreeMap<String, String>;

/// Puts the environment over the file.
pub(super) fn overlay(
    mut written: Located<Written>,
    text: &str,
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<(Located<Written>, Variables), ConfigMistakes> {
    let mut variables = Variables::new();
    let mut mistakes = Vec::new();
    let mut whole: toml::Table = text.parse().unwrap_or_default(); // it was read before
    for (name, value) in environment {
        let Some(path) = name.strip_prefix(PREFIX) else { continue };
        let path = path.to_lowercase().replace("__", ".");
        match value_for(&path, &value) {
            Ok(value) => {
                put(&mut whole, &path, value);
                variables.insert(path, name);
            }
            Err(why) => {
                let place = Place { file: name, line: 0, column: 0 };
                mistakes.push(Mistake::new(place, why, "set it as server.toml would have it"));
            }
        }
    }
    if !mistakes.is_empty() {
        return Err(ConfigMistakes(mistakes));
    }
    if !variables.is_empty() {
        // INVARIANT: file and variables were each read as this structure on their own, hence they can be together.
        written.object = Written::deserialize(whole).unwrap_or_default();
    }
    Ok((written, variables))
}

/// A variable's value as text if the field takes text, else as TOML.
fn value_for(path: &str, value: &str) -> Result<toml::Value, String> {
    let alone = |value: toml::Value| {
        let mut table = toml::Table::new();
        put(&mut table, path, value.clone());
        Written::deserialize(table).map(|_| value).map_err(|flaw| flaw.message().to_owned())
    };
    alone(toml::Value::String(value.to_owned())).or_else(|why| {
        let parsed = format!("value = {value}").parse::<toml::Table>().ok();
        parsed.and_then(|mut t| t.remove("value")).ok_or(why).and_then(alone)
    })
}

fn put(table: &mut toml::Table, path: &str, value: toml::Value) {
    match path.split_once('.') {
        None => drop(table.insert(path.to_owned(), value)),
        Some((first, rest)) => {
            let below = table.entry(first).or_insert_with(|| toml::Table::new().into());
            if let toml::Value::Table(below) = below {
                put(below, rest, value);
            }
        }
    }
}
