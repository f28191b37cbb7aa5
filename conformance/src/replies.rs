//! Every SOAP reply of the suites, and every document in XML, kept to be held against the schemas.
//!
//! In:  an answer.
//! Out: `SUITE.TEST.N.xml` in [`folder`].
//! Never: a reply of an earlier run of the same suite.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex};

use crate::{Answer, test_name};

/// How many replies each test has got.
static COUNTS: LazyLock<Mutex<HashMap<String, u32>>> = LazyLock::new(|| {
    forget_earlier(&folder(), &suite());
    Mutex::default()
});

/// Where replies are kept: `SYMBOLON_REPLIES`, or `target/conformance/replies`.
pub fn folder() -> PathBuf {
    let chosen = std::env::var_os("SYMBOLON_REPLIES").map(PathBuf::from);
    chosen.unwrap_or_else(|| crate::config::target().join("conformance").join("replies"))
}

pub(crate) fn keep(answer: &Answer) {
    let media_type = answer.header("content-type").unwrap_or_default();
    let of_schemas = ["application/soap+xml", "text/xml", "application/samlmetadata+xml"];
    if !of_schemas.iter().any(|one| media_type.starts_with(one)) {
        return;
    }
    let test = format!("{}.{}", suite(), test_name());
    let mut counts = COUNTS.lock().unwrap();
    let count = counts.entry(test.clone()).or_default();
    *count = count.saturating_add(1);
    let file = folder().join(format!("{test}.{count}.xml"));
    fs::create_dir_all(folder()).unwrap();
    fs::write(file, &answer.body).unwrap();
}

fn forget_earlier(folder: &Path, suite: &str) {
    let Ok(files) = fs::read_dir(folder) else { return };
    for file in files.map(Result::unwrap) {
        if file.file_name().to_string_lossy().starts_with(&format!("{suite}.")) {
            fs::remove_file(file.path()).unwrap();
        }
    }
}

/// The test binary's name without the hash that cargo adds.
fn suite() -> String {
    let program = std::env::current_exe().unwrap();
    let stem = program.file_stem().unwrap().to_string_lossy().into_owned();
    stem.rsplit_once('-').map_or(stem.clone(), |(name, _)| name.to_owned())
}
