//! What lies beside the checkout: schemas, vectors.
//!
//! In:  `SYMBOLON_SHARED`, or `../shared` beside the checkout; `CI`.
//! Out: the folder; how a step ends that could not run without it.
//! Never: passes for having run: where everything must be checked, a check that did not run has failed.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The folder.
pub fn folder() -> PathBuf {
    let chosen = std::env::var_os("SYMBOLON_SHARED").map(PathBuf::from);
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    chosen.unwrap_or_else(beside)
}

/// How a step ends that did not run.
#[expect(clippy::disallowed_methods, reason = "CI is such a step's only configuration")]
pub fn skipped() -> ExitCode {
    let in_ci = std::env::var("CI").is_ok_and(|value| matches!(value.as_str(), "true" | "1"));
    if in_ci { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
