//! The tables: on the terminal, and `docs/vectors.md`.
//!
//! In:  the verdict on every row.
//! Out: counts by source and kind, by cause, by what is waited for; cases of Wycheproof by file.
//! Never: a time, a machine or an order of its own: the same run writes the same octets.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::Done;
use crate::corpus::{Expected, Row};
use crate::verdict::{Cause, Found, Verdict};
use crate::wycheproof::Cases;

/// Rows, counted by what came of them.
#[derive(Clone, Copy, Default)]
pub(crate) struct Counts {
    pub(crate) passed: usize,
    pub(crate) refused: usize,
    pub(crate) policy: usize,
    pub(crate) differs: usize,
    pub(crate) pinned: usize,
    pub(crate) failed: usize,
    pub(crate) waits: usize,
}

impl Counts {
    fn count(&mut self, verdict: &Verdict) {
        let place = match verdict {
            Verdict::Passed => &mut self.passed,
            Verdict::Refused(_) => &mut self.refused,
            Verdict::Policy(_) => &mut self.policy,
            Verdict::Differs(..) => &mut self.differs,
            Verdict::Pinned(_) => &mut self.pinned,
            Verdict::Failed(_) => &mut self.failed,
            Verdict::Waits(_) => &mut self.waits,
        };
        *place = place.saturating_add(1);
    }

    /// Those that were run.
    pub(crate) fn tried(&self) -> usize {
        let Self { passed, refused, policy, differs, pinned, failed, waits: _ } = self;
        [passed, refused, policy, differs, pinned, failed].into_iter().sum()
    }

    /// Those that came to what they must.
    pub(crate) fn good(&self) -> usize {
        self.tried().saturating_sub(self.failed)
    }

    fn columns(&self) -> String {
        let Self { passed, refused, policy, differs, pinned, failed, waits } = self;
        let columns = [&self.tried(), passed, refused, policy, differs, pinned, failed, waits];
        let cell = |count: &&usize| if **count == 0 { String::new() } else { count.to_string() };
        columns.iter().map(cell).collect::<Vec<_>>().join(" | ")
    }
}

/// Everything that a run found.
pub(crate) struct Report<'r> {
    rows: &'r [Row],
    done: &'r [Done],
}

const PREFACE: &str = "\
# Test vectors

Written by `cargo xtask conformance vectors --write`, edited by nobody; CI runs the same without `--write` and fails where this
page, or a verdict that is pinned in `conformance/vectors.tsv`, is no longer what it finds. The vectors lie beside the checkout,
in `../shared/vectors`; its README says what each is and what its expected result rests on.

* **passed**: accepted, as it must be. A signature: every one in the file verifies with the key that the manifest names. Encrypted
  content: it decrypts to the plaintext beside it. A canonical form: the same octets.
* **refused**: on purpose, for one of the reasons that the manifest lists. Where our own cause is coarser than the reason, the reason
  must show in the file (`conformance/src/bin/vectors/reasons.rs`).
* **policy**: as the vectors' README decides what the profile leaves open: SHA-1 only where a record allows it, until its end;
  SHA-224, SHA-3, RSA below 2048 bits, RetrievalMethod refused.
* **differs**: otherwise than the manifest says, for a reason that stands below.
* **pinned**: nobody else has judged it; our verdict is committed.
* **waits**: for a subject that is not built yet.

";

const BY_README: &str = "so the vectors' README decides";

impl<'r> Report<'r> {
    pub(crate) fn new(rows: &'r [Row], done: &'r [Done]) -> Self {
        Self { rows, done }
    }

    fn each(&self) -> impl Iterator<Item = (&'r Row, &'r Done)> {
        self.rows.iter().zip(self.done)
    }

    pub(crate) fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        self.done.iter().for_each(|done| counts.count(&done.verdict));
        counts
    }

    /// Every row that failed, and why.
    pub(crate) fn failures(&self) -> Vec<String> {
        let failed = self.each().filter_map(|(row, done)| {
            let Verdict::Failed(why) = &done.verdict else { return None };
            Some(format!("FAILED {} {}: {why}", row.kind, row.path))
        });
        failed.collect()
    }

    /// The first table, of rows.
    pub(crate) fn table(&self) -> String {
        let mut by: BTreeMap<(&str, &str), Counts> = BTreeMap::new();
        for (row, done) in self.each() {
            by.entry((row.source(), &row.kind)).or_default().count(&done.verdict);
        }
        let mut out = String::from(
            "| Source | Kind | Tried | Passed | Refused | Policy | Differs | Pinned | Failed | Waits |\n\
             |---|---|---|---|---|---|---|---|---|---|\n",
        );
        for ((source, kind), counts) in by {
            line(&mut out, &[source, kind, &counts.columns()]);
        }
        line(&mut out, &["**all**", "", &self.counts().columns()]);
        out
    }

    /// The whole page.
    pub(crate) fn page(&self) -> String {
        let mut out = PREFACE.to_owned();
        out.push_str("## Rows of the manifest\n\n");
        out.push_str(&self.table());
        self.causes(&mut out);
        self.sha1(&mut out);
        self.against(&mut out);
        self.wycheproof(&mut out);
        self.waiting(&mut out);
        out
    }

    fn causes(&self, out: &mut String) {
        let mut by: BTreeMap<Cause, usize> = BTreeMap::new();
        for done in self.done {
            if let Verdict::Refused(cause) = done.verdict {
                add(by.entry(cause).or_default());
            }
        }
        out.push_str("\n## Why rows were refused\n\n| Cause | Rows |\n|---|---|\n");
        for (cause, rows) in by {
            line(out, &[cause.name(), &rows.to_string()]);
        }
    }

    fn sha1(&self, out: &mut String) {
        let mut by: BTreeMap<(&str, String), usize> = BTreeMap::new();
        for (row, done) in self.each() {
            if let Some(found) = &done.with_sha1 {
                add(by.entry((row.source(), found.to_string())).or_default());
            }
        }
        out.push_str(
            "\n## SHA-1, where a record allows it\n\nEvery file of kind `verify` is tried three times: with a key whose record \
             allows SHA-1, with one that never did, and with one whose time is over. What changes:\n\n\
             | Source | Where SHA-1 is allowed | Files |\n|---|---|---|\n",
        );
        for ((source, found), rows) in by {
            line(out, &[source, &found, &rows.to_string()]);
        }
    }

    /// Rows that come to something else than the manifest's word for them.
    fn against(&self, out: &mut String) {
        out.push_str("\n## Otherwise than the manifest says\n\n| File | Kind | Ours | Why |\n|---|---|---|---|\n");
        for (row, done) in self.each() {
            let accepted = row.expected == Expected::Accept;
            let (ours, why) = if let Verdict::Differs(found, why) = &done.verdict {
                (found.to_string(), *why)
            } else if accepted && let Verdict::Refused(cause) = &done.verdict {
                (Found::Refused(*cause).to_string(), BY_README)
            } else if accepted && let Verdict::Policy(found) = &done.verdict {
                (found.to_string(), BY_README)
            } else {
                continue;
            };
            line(out, &[&row.path, &row.kind, &ours, why]);
        }
    }

    fn wycheproof(&self, out: &mut String) {
        out.push_str(
            "\n## Wycheproof, by file\n\nCases. *Outside*: valid, but outside our profile (a truncated code, another salt, a key \
             of 1024 bits), and refused. *By standard*: invalid by PKCS#7, valid by XML Encryption's own padding, of which only the \
             last octet counts.\n\n| File | Cases | Valid: accepted | outside | Invalid: refused | by standard | Acceptable: \
             accepted | refused |\n|---|---|---|---|---|---|---|---|\n",
        );
        let mut all = Cases::default();
        for (row, done) in self.each() {
            if let Some(cases) = &done.cases {
                all.add(cases);
                line(out, &[row.path.rsplit('/').next().unwrap_or_default(), &columns(cases)]);
            }
        }
        line(out, &["**all**", &columns(&all)]);
    }

    fn waiting(&self, out: &mut String) {
        let mut by: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for (row, done) in self.each() {
            if let Verdict::Waits(subject) = done.verdict {
                add(by.entry((subject, &row.kind)).or_default());
            }
        }
        out.push_str("\n## What waits, and for what\n\n| Subject | Kind | Rows |\n|---|---|---|\n");
        for ((subject, kind), rows) in by {
            line(out, &[subject, kind, &rows.to_string()]);
        }
    }
}

fn columns(cases: &Cases) -> String {
    let Cases { accepted, outside, refused, by_the_standard, tolerated, not_tolerated } = *cases;
    let counts =
        [cases.all(), accepted, outside, refused, by_the_standard, tolerated, not_tolerated];
    counts.map(|count| count.to_string()).join(" | ")
}

fn add(count: &mut usize) {
    *count = count.saturating_add(1);
}

fn line(out: &mut String, cells: &[&str]) {
    // Writing to a string does not fail.
    let _ = writeln!(out, "| {} |", cells.join(" | "));
}
