//! The walls between the layers, held against `cargo metadata`.
//!
//! In:  the members of a workspace and every dependency they declare: normal, build and dev, of every target.
//! Out: the [`Breach`]es.
//! Never: looks at what this machine would build; a dependency of another platform counts the same.
//!
//! foundation ◀ domain ◀ protocols ◀ app; adapters use foundation and domain only. Inside domain: model ◀ formats ◀
//! kernel ◀ registry. No protocol and no adapter knows another. `testkit` uses foundation and model, and tests of every
//! crate may use it. `conformance`, `bench` and `fuzz/targets` use anything, and nothing uses them.

use std::collections::BTreeMap;
use std::fmt;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

/// A dependency that goes through a wall.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Breach {
    from: String,
    to: String,
    kind: DependencyKind,
    target: Option<String>,
    wall: &'static str,
}

/// Where a crate stands, read from its folder.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Layer {
    Foundation,
    Model,
    Formats,
    Kernel,
    Registry,
    Protocol,
    Adapter,
    App,
    Testkit,
    /// Starts whatever it wants: conformance, bench, fuzz targets.
    Outside,
    /// The project's own tasks.
    Tasks,
}

/// Holds the workspace of the current folder against the rules.
pub(crate) fn check() -> Result<Vec<Breach>, cargo_metadata::Error> {
    let metadata = MetadataCommand::new().no_deps().exec()?;
    Ok(breaches(&metadata))
}

/// Every breach in a workspace, by the order of its crates.
fn breaches(metadata: &Metadata) -> Vec<Breach> {
    let members: BTreeMap<&str, Option<Layer>> = metadata
        .packages
        .iter()
        .map(|package| {
            let folder = package.manifest_path.parent();
            let folder = folder.and_then(|path| path.strip_prefix(&metadata.workspace_root).ok());
            (package.name.as_str(), folder.and_then(|path| Layer::of(path.as_str())))
        })
        .collect();
    let mut found = Vec::new();
    for package in &metadata.packages {
        for dependency in &package.dependencies {
            // By name: a renamed dependency keeps its package's name here, and so does a published copy of a crate.
            let Some(to) = members.get(dependency.name.as_str()) else { continue };
            let from = members.get(package.name.as_str()).copied().flatten();
            if let Some(wall) = wall(from, *to, dependency.kind) {
                found.push(Breach {
                    from: package.name.to_string(),
                    to: dependency.name.clone(),
                    kind: dependency.kind,
                    target: dependency.target.as_ref().map(ToString::to_string),
                    wall,
                });
            }
        }
    }
    found
}

impl Layer {
    /// By folder, relative to the workspace's root.
    fn of(folder: &str) -> Option<Self> {
        let mut parts = folder.split(['/', '\\']);
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some("crates"), Some("foundation"), Some(_), None) => Some(Self::Foundation),
            (Some("crates"), Some("domain"), Some("model"), None) => Some(Self::Model),
            (Some("crates"), Some("domain"), Some("formats"), None) => Some(Self::Formats),
            (Some("crates"), Some("domain"), Some("kernel"), None) => Some(Self::Kernel),
            (Some("crates"), Some("domain"), Some("registry"), None) => Some(Self::Registry),
            (Some("crates"), Some("protocols"), Some(_), None) => Some(Self::Protocol),
            (Some("crates"), Some("adapters"), Some(_), None) => Some(Self::Adapter),
            (Some("crates"), Some("app"), Some(_), None) => Some(Self::App),
            (Some("testkit"), None, None, None) => Some(Self::Testkit),
            (Some("conformance" | "bench"), None, None, None)
            | (Some("fuzz"), Some("targets"), None, None) => Some(Self::Outside),
            (Some("xtask"), None, None, None) => Some(Self::Tasks),
            _ => None,
        }
    }

    /// How deep in the domain; `None` for what is not of the domain.
    const fn depth(self) -> Option<u8> {
        match self {
            Self::Model => Some(1),
            Self::Formats => Some(2),
            Self::Kernel => Some(3),
            Self::Registry => Some(4),
            Self::Foundation
            | Self::Protocol
            | Self::Adapter
            | Self::App
            | Self::Testkit
            | Self::Outside
            | Self::Tasks => None,
        }
    }
}

/// The wall that a dependency goes through, if any.
fn wall(from: Option<Layer>, to: Option<Layer>, kind: DependencyKind) -> Option<&'static str> {
    let (Some(from), Some(to)) = (from, to) else { return Some("a crate stands in no layer") };
    if to == Layer::Testkit && kind == DependencyKind::Development && from != Layer::Testkit {
        return None;
    }
    match from {
        Layer::Foundation if to == Layer::Foundation => None,
        Layer::Foundation => Some("foundation uses foundation only"),
        Layer::Model | Layer::Formats | Layer::Kernel | Layer::Registry => {
            let below = to.depth() < from.depth() && to.depth().is_some();
            let fits = to == Layer::Foundation || below;
            (!fits).then_some("the domain uses foundation, and model ◀ formats ◀ kernel ◀ registry")
        }
        Layer::Protocol | Layer::Adapter => {
            let fits = to == Layer::Foundation || to.depth().is_some();
            (!fits).then_some("protocols and adapters use foundation and domain only")
        }
        Layer::App => {
            let fits = !matches!(to, Layer::Testkit | Layer::Outside | Layer::Tasks);
            (!fits).then_some("the app does not use what tests it")
        }
        Layer::Testkit if matches!(to, Layer::Foundation | Layer::Model) => None,
        Layer::Testkit => Some("testkit uses foundation and model only"),
        Layer::Outside => None,
        Layer::Tasks => Some("xtask builds the project and uses none of it"),
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to, kind, target, wall } = self;
        write!(f, "{from} → {to} ({kind} dependency")?;
        if let Some(target) = target {
            write!(f, " of {target}")?;
        }
        write!(f, "): {wall}")
    }
}

#[cfg(test)]
mod tests;
