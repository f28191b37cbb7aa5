//! The bill of materials: what is part of a program, from where, under which licence.
//!
//! In:  `cargo metadata` by the lock file: the dependencies of a package for one machine, those for tests left out.
//! Out: CycloneDX 1.5 in JSON, the same for the same lock file.
//! Never: what is merely in the lock file.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Node, Package, PackageId};
use serde_json::{Value, json};

/// The bill of a workspace package for a machine.
pub(crate) fn of(name: &str, triple: &str) -> Result<String, String> {
    let options = ["--locked", "--filter-platform", triple].map(str::to_owned);
    let metadata = MetadataCommand::new().other_options(options).exec();
    let bill = bill(name, &metadata.map_err(|why| why.to_string())?)?;
    Ok(format!("{bill:#}\n"))
}

fn bill(name: &str, metadata: &Metadata) -> Result<Value, String> {
    let packages: BTreeMap<&PackageId, &Package> =
        metadata.packages.iter().map(|package| (&package.id, package)).collect();
    let resolved = metadata.resolve.as_ref().ok_or("cargo metadata resolved nothing")?;
    let nodes: BTreeMap<&PackageId, &Node> =
        resolved.nodes.iter().map(|node| (&node.id, node)).collect();
    let of_workspace = metadata.workspace_packages();
    let root = of_workspace.iter().find(|package| package.name == name);
    let root = *root.ok_or_else(|| format!("there is no package {name}"))?;
    let parts = reached(&root.id, &nodes);
    let part = |id: &&PackageId| packages.get(id).map(|package| component(package));
    let components: Vec<Value> =
        parts.iter().filter(|id| **id != &root.id).filter_map(part).collect();
    let depends = parts.iter().filter_map(|id| {
        let on: Vec<String> = nodes
            .get(id)?
            .deps
            .iter()
            .filter(|d| is_part(d))
            .filter_map(|d| packages.get(&d.pkg).map(|package| purl(package)))
            .collect();
        Some(json!({ "ref": purl(packages.get(id)?), "dependsOn": on }))
    });
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": component(root) },
        "components": components,
        "dependencies": depends.collect::<Vec<_>>(),
    }))
}

/// Everything that a package is built with: the program holds it, or a build script of it ran.
fn reached<'m>(
    root: &'m PackageId,
    nodes: &BTreeMap<&'m PackageId, &'m Node>,
) -> BTreeSet<&'m PackageId> {
    let mut reached = BTreeSet::new();
    let mut ahead = vec![root];
    while let Some(id) = ahead.pop() {
        if reached.insert(id)
            && let Some(node) = nodes.get(id)
        {
            ahead.extend(node.deps.iter().filter(|d| is_part(d)).map(|d| &d.pkg));
        }
    }
    reached
}

fn is_part(dependency: &cargo_metadata::NodeDep) -> bool {
    dependency.dep_kinds.iter().any(|kind| kind.kind != DependencyKind::Development)
}

fn component(package: &Package) -> Value {
    let mut component = json!({
        "type": if package.name == "symbolon-cli" { "application" } else { "library" },
        "bom-ref": purl(package),
        "name": package.name,
        "version": package.version.to_string(),
        "purl": purl(package),
    });
    if let (Some(licence), Some(fields)) = (&package.license, component.as_object_mut()) {
        // Old manifests write MIT/Apache-2.0, which SPDX spells with OR.
        let expression = licence.replace('/', " OR ");
        fields.insert("licenses".to_owned(), json!([{ "expression": expression }]));
    }
    component
}

fn purl(package: &Package) -> String {
    format!("pkg:cargo/{}@{}", package.name, package.version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bill_names_what_the_program_is_made_of_and_nothing_of_its_tests() {
        let metadata = MetadataCommand::new().exec().unwrap();
        let bill = bill("symbolon-cli", &metadata).unwrap();
        let names: Vec<&str> = bill["components"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| c["name"].as_str().unwrap())
            .collect();
        for part in ["symbolon-kernel", "aws-lc-rs", "libsqlite3-sys"] {
            assert!(names.contains(&part), "{part}: {names:?}");
        }
        for other in ["symbolon-testkit", "symbolon-conformance", "proptest", "symbolon-cli"] {
            assert!(!names.contains(&other), "{other}: {names:?}");
        }
        let unlicensed =
            bill["components"].as_array().unwrap().iter().filter(|c| c["licenses"].is_null());
        let unlicensed: Vec<_> = unlicensed.map(|c| &c["name"]).collect();
        assert!(unlicensed.is_empty(), "{unlicensed:?}");
    }

    #[test]
    fn a_package_that_is_not_there_has_no_bill() {
        let metadata = MetadataCommand::new().exec().unwrap();
        assert_eq!(bill("nobody", &metadata).unwrap_err(), "there is no package nobody");
    }
}
