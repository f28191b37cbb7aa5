//! Each test is a workspace on disk that cargo itself reads, with one dependency where it does or does not belong.

use std::fs;
use std::path::Path;

use cargo_metadata::DependencyKind::{Build, Development, Normal};

use super::*;

/// Crates that stand in the workspace of every test.
const FOLDERS: [&str; 14] = [
    "crates/foundation/xml",
    "crates/foundation/keys",
    "crates/domain/model",
    "crates/domain/formats",
    "crates/domain/kernel",
    "crates/domain/registry",
    "crates/protocols/wstrust",
    "crates/protocols/oauth",
    "crates/adapters/store",
    "crates/adapters/directory",
    "crates/app/server",
    "testkit",
    "conformance",
    "xtask",
];

/// The breaches of a workspace in which one crate's manifest has these lines.
fn breaches_with(folder: &str, dependency: &str) -> Vec<Breach> {
    let root = tempfile::tempdir().unwrap();
    let folders: Vec<&str> = FOLDERS.into_iter().filter(|other| *other != folder).collect();
    let members: Vec<&str> = folders.iter().copied().chain([folder]).collect();
    let workspace = format!("[workspace]\nresolver = \"3\"\nmembers = {members:?}\n");
    fs::write(root.path().join("Cargo.toml"), workspace).unwrap();
    folders.iter().for_each(|other| write_crate(root.path(), other, ""));
    write_crate(root.path(), folder, &dependency.replace("../", &up(folder)));
    let mut command = MetadataCommand::new();
    command.current_dir(root.path()).no_deps().other_options(["--offline".to_owned()]);
    breaches(&command.exec().unwrap())
}

fn write_crate(root: &Path, folder: &str, dependency: &str) {
    let name = name(folder);
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n{dependency}\n"
    );
    fs::create_dir_all(root.join(folder).join("src")).unwrap();
    fs::write(root.join(folder).join("Cargo.toml"), manifest).unwrap();
    fs::write(root.join(folder).join("src/lib.rs"), "").unwrap();
}

/// The package in a folder: the folder's own name.
fn name(folder: &str) -> &str {
    folder.rsplit('/').next().unwrap()
}

fn up(folder: &str) -> String {
    "../".repeat(folder.split('/').count())
}

/// One dependency, in one table, from one crate to another: what is said of it.
fn verdict(from: &str, table: &str, to: &str) -> Option<(DependencyKind, Option<String>)> {
    let dependency = format!("[{table}]\n{} = {{ path = \"../{to}\" }}", name(to));
    let found = breaches_with(from, &dependency);
    assert!(found.len() <= 1, "one dependency, {found:?}");
    found.into_iter().next().map(|breach| {
        assert_eq!((breach.from.as_str(), breach.to.as_str()), (name(from), name(to)));
        (breach.kind, breach.target)
    })
}

#[test]
fn each_layer_may_use_the_layers_below() {
    for (from, to) in [
        ("crates/foundation/xml", "crates/foundation/keys"),
        ("crates/domain/model", "crates/foundation/keys"),
        ("crates/domain/registry", "crates/domain/kernel"),
        ("crates/protocols/wstrust", "crates/domain/kernel"),
        ("crates/adapters/store", "crates/domain/registry"),
        ("crates/app/server", "crates/protocols/oauth"),
        ("crates/app/server", "crates/adapters/store"),
        ("testkit", "crates/domain/model"),
        ("conformance", "crates/app/server"),
        ("fuzz/targets", "crates/domain/formats"),
    ] {
        assert_eq!(verdict(from, "dependencies", to), None, "{from} → {to}");
    }
}

#[test]
fn no_layer_may_use_a_layer_above_or_beside() {
    for (from, to) in [
        ("crates/foundation/xml", "crates/domain/model"),
        ("crates/domain/model", "crates/domain/formats"),
        ("crates/domain/formats", "crates/domain/kernel"),
        ("crates/domain/kernel", "crates/domain/registry"),
        ("crates/domain/kernel", "crates/protocols/oauth"),
        ("crates/domain/registry", "crates/adapters/store"),
        ("crates/protocols/wstrust", "crates/protocols/oauth"),
        ("crates/protocols/oauth", "crates/adapters/store"),
        ("crates/protocols/oauth", "crates/app/server"),
        ("crates/adapters/store", "crates/protocols/oauth"),
        ("crates/adapters/store", "crates/adapters/directory"),
        ("crates/app/server", "conformance"),
        ("testkit", "crates/domain/kernel"),
        ("xtask", "crates/foundation/xml"),
    ] {
        assert_eq!(verdict(from, "dependencies", to), Some((Normal, None)), "{from} → {to}");
    }
}

#[test]
fn a_forbidden_dev_dependency_is_caught() {
    let found = verdict("crates/foundation/xml", "dev-dependencies", "crates/domain/kernel");
    assert_eq!(found, Some((Development, None)));
}

#[test]
fn a_forbidden_build_dependency_is_caught() {
    let found = verdict("crates/domain/kernel", "build-dependencies", "crates/adapters/store");
    assert_eq!(found, Some((Build, None)));
}

#[test]
fn a_forbidden_target_dependency_is_caught_whatever_machine_looks() {
    for target in ["cfg(windows)", "cfg(unix)"] {
        let table = format!("target.'{target}'.dependencies");
        let found = verdict("crates/protocols/oauth", &table, "crates/protocols/wstrust");
        assert_eq!(found, Some((Normal, Some(target.to_owned()))));
    }
}

#[test]
fn a_forbidden_dev_dependency_of_a_target_is_caught() {
    let found = verdict(
        "crates/domain/model",
        "target.'cfg(windows)'.dev-dependencies",
        "crates/app/server",
    );
    assert_eq!(found, Some((Development, Some("cfg(windows)".to_owned()))));
}

#[test]
fn another_name_for_a_crate_hides_nothing() {
    let renamed =
        "[dependencies]\nharmless = { package = \"kernel\", path = \"../crates/domain/kernel\" }";
    let found = breaches_with("crates/foundation/xml", renamed);
    assert_eq!(found.iter().map(|breach| breach.to.as_str()).collect::<Vec<_>>(), ["kernel"]);
}

#[test]
fn testkit_is_for_tests_alone() {
    let from = "crates/domain/kernel";
    assert_eq!(verdict(from, "dev-dependencies", "testkit"), None);
    assert_eq!(verdict(from, "dependencies", "testkit"), Some((Normal, None)));
}

#[test]
fn a_crate_in_a_folder_that_is_no_layer_is_caught() {
    let found = verdict("crates/helpers/misc", "dependencies", "crates/foundation/xml");
    assert_eq!(found, Some((Normal, None)));
}

#[test]
fn a_breach_says_who_whom_how_and_which_wall() {
    let found = breaches_with(
        "crates/protocols/oauth",
        "[target.'cfg(windows)'.dev-dependencies]\nwstrust = { path = \"../crates/protocols/wstrust\" }",
    );
    assert_eq!(
        found.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "oauth → wstrust (dev dependency of cfg(windows)): protocols and adapters use foundation and domain only"
        ]
    );
}
