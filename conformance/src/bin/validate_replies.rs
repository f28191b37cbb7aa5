//! Holds every SOAP reply of the suites against the schemas of SOAP, WS-Security, WS-Trust, WS-Addressing and SAML.
//!
//! In:  the replies that the suites kept; the schemas and their script in `SYMBOLON_SHARED` (`../shared` beside the checkout).
//! Out: how many are valid, and that the script refuses the samples that it must refuse.
//! Never: passes without a look: no script, no `xmllint` or no reply says so.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use symbolon_conformance::shared;

#[expect(clippy::print_stdout, reason = "a step of the project's own test run")]
fn main() -> ExitCode {
    let (said, code) = match validate(&schemas(), &symbolon_conformance::replies_folder()) {
        Ok(said) => (said, ExitCode::SUCCESS),
        Err(Not::Run(why)) => (format!("skipped: {why}"), shared::skipped()),
        Err(Not::Valid(why)) => (why, ExitCode::FAILURE),
    };
    println!("{said}");
    code
}

/// Why there is nothing good to report.
enum Not {
    Run(String),
    Valid(String),
}

fn validate(schemas: &Path, replies: &Path) -> Result<String, Not> {
    let script = schemas.join("validate.sh");
    if !script.is_file() {
        return Err(Not::Run(format!("no {}", script.display())));
    }
    if Command::new("xmllint").arg("--version").output().is_err() {
        return Err(Not::Run(
            "xmllint is not installed (Debian: apt-get install libxml2-utils)".to_owned(),
        ));
    }
    let replies = files(replies, "");
    if replies.is_empty() {
        return Err(Not::Valid("no reply to validate: run the suites first".to_owned()));
    }
    is_valid(&script, &replies).map_err(Not::Valid)?;
    let bad = files(&schemas.join("samples"), "bad-");
    if bad.is_empty() {
        return Err(Not::Valid("no sample that must fail".to_owned()));
    }
    for sample in &bad {
        if is_valid(&script, std::slice::from_ref(sample)).is_ok() {
            return Err(Not::Valid(format!("{} passes, and must not", sample.display())));
        }
    }
    let (valid, invalid) = (replies.len(), bad.len());
    Ok(format!("{valid} replies are valid by the schemas; {invalid} bad samples are not"))
}

fn is_valid(script: &Path, files: &[PathBuf]) -> Result<(), String> {
    let output = Command::new(script).args(files).output().map_err(|flaw| flaw.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stdout);
    let wrong = said.lines().filter(|line| !line.ends_with(" validates"));
    Err(wrong.collect::<Vec<_>>().join("\n"))
}

/// The XML files of a folder whose names begin so.
fn files(folder: &Path, begin: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().map_while(Result::ok);
    let paths = entries.map(|entry| entry.path()).filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.starts_with(begin) && name.ends_with(".xml")
    });
    let mut paths: Vec<PathBuf> = paths.collect();
    paths.sort();
    paths
}

fn schemas() -> PathBuf {
    shared::folder().join("reference").join("schemas")
}
