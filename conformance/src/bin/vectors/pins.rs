//! Our verdicts on rows that nobody else has judged, committed, so that a change is noticed.
//!
//! In:  `conformance/vectors.tsv`, and the verdicts of a run.
//! Out: each verdict held against the committed one; or the file written anew.
//! Never: a pin for a row that is no more.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::verdict::Verdict;

const COLUMNS: &str = "path\tkind\tverdict\n";

/// The committed verdicts, by path and kind.
pub(crate) struct Pins {
    file: PathBuf,
    committed: BTreeMap<(String, String), String>,
    found: BTreeMap<(String, String), String>,
}

impl Pins {
    pub(crate) fn read() -> Result<Self, String> {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors.tsv");
        let text = fs::read_to_string(&file).unwrap_or_default(); // absent before it is first written
        let mut committed = BTreeMap::new();
        for line in text.lines().skip(1) {
            let mut columns = line.splitn(3, '\t').map(str::to_owned);
            let (Some(path), Some(kind), Some(verdict)) =
                (columns.next(), columns.next(), columns.next())
            else {
                return Err(format!("not a pin: {line}"));
            };
            committed.insert((path, kind), verdict);
        }
        Ok(Self { file, committed, found: BTreeMap::new() })
    }

    /// The verdict on a row: a pinned one that differs from the committed one has failed.
    pub(crate) fn hold(
        &mut self,
        path: &str,
        kind: &str,
        verdict: Verdict,
        write: bool,
    ) -> Verdict {
        let Verdict::Pinned(found) = verdict else { return verdict };
        let key = (path.to_owned(), kind.to_owned());
        let committed = self.committed.get(&key);
        let failed = match committed {
            _ if write => None,
            Some(pinned) if *pinned == found => None,
            Some(pinned) => Some(format!("pinned: {pinned}; now: {found}")),
            None => Some(format!("not pinned: {found}")),
        };
        if self.found.insert(key, found.clone()).is_some() {
            return Verdict::Failed("two pins of one name".to_owned());
        }
        failed.map_or(Verdict::Pinned(found), Verdict::Failed)
    }

    /// What is wrong with the file itself: pins that no row has.
    pub(crate) fn stale(&self) -> Vec<String> {
        let is_stale = |key: &&(String, String)| !self.found.contains_key(*key);
        self.committed
            .keys()
            .filter(is_stale)
            .map(|(path, kind)| format!("{path} {kind}"))
            .collect()
    }

    /// Writes what was found.
    pub(crate) fn write(&self) -> Result<(), String> {
        let lines =
            self.found.iter().map(|((path, kind), verdict)| format!("{path}\t{kind}\t{verdict}\n"));
        let text: String = std::iter::once(COLUMNS.to_owned()).chain(lines).collect();
        fs::write(&self.file, text).map_err(|why| format!("{}: {why}", self.file.display()))
    }
}
