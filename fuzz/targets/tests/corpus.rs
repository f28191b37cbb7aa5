//! What the fuzzer found, what it began with, and what once failed, given to the same properties without it.

#![expect(clippy::unwrap_used, reason = "a corpus that cannot be read fails the test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use symbolon_fuzz_targets::{TARGETS, Target, mutant};

/// LIMIT: a corpus is kept small, for every run of the tests replays it.
const MOST_KEPT: u64 = 1024 * 1024;
/// Mutants of every seed.
const MUTANTS: u64 = 150;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| entry.unwrap().path()).collect(),
        Err(_) => Vec::new(),
    };
    files.sort();
    files
}

/// Runs a target over octets; names the file if the property does not hold.
fn hold(target: Target, path: &Path, octets: &[u8]) {
    let held = std::panic::catch_unwind(|| (target.run)(octets));
    assert!(held.is_ok(), "{} does not hold for {}", target.name, path.display());
}

fn replay(name: &str) {
    let target = TARGETS.into_iter().find(|target| target.name == name).unwrap();
    let kept = files(&folder("corpus").join(name));
    assert!(!kept.is_empty(), "nothing was kept for {name}");
    for path in kept.iter().chain(&files(&folder("findings").join(name))) {
        hold(target, path, &fs::read(path).unwrap());
    }
    for path in target.seeds.iter().flat_map(|seeds| files(&folder(seeds))) {
        let octets = fs::read(&path).unwrap();
        hold(target, &path, &octets);
        for number in 0..MUTANTS {
            hold(target, &path, &mutant(&octets, number));
        }
    }
}

macro_rules! replayed {
    ($($target:ident)*) => {
        $(#[test]
        fn $target() {
            replay(stringify!($target));
        })*

        #[test]
        fn every_target_is_replayed() {
            let replayed = BTreeSet::from([$(stringify!($target)),*]);
            assert_eq!(TARGETS.iter().map(|target| target.name).collect::<BTreeSet<_>>(), replayed);
        }
    };
}

replayed! {
    guard
    parser
    canonicaliser
    fragment
    signature_reader
    decryptor
    envelope
    saml_token
    jwt_token
}

#[test]
fn every_target_is_given_to_the_fuzzer() {
    let given: BTreeSet<String> = files(&folder("fuzz_targets"))
        .iter()
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(given, TARGETS.iter().map(|target| target.name.to_owned()).collect());
}

#[test]
fn what_is_kept_is_small() {
    let folders = files(&folder("corpus"));
    let octets: u64 =
        folders.iter().flat_map(|f| files(f)).map(|f| f.metadata().unwrap().len()).sum();
    assert!(octets < MOST_KEPT, "{octets} octets: minimise the corpus");
}
