//! `docs/attacks.md` against the tree: each file that it names is there, and so is each test; and one guard for all XML.

#![expect(clippy::unwrap_used, reason = "a test that goes wrong must fail")]
#![expect(clippy::panic, reason = "a test that goes wrong must fail")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The page, and the files that its labels stand for.
struct Page {
    text: String,
    files: BTreeMap<String, PathBuf>,
}

/// A mention on the page: the code that is shown, and the label of the file that it leads to.
struct Mention<'p> {
    shown: &'p str,
    label: &'p str,
}

impl Mention<'_> {
    /// Whether it shows a file; else a test.
    fn is_file(&self) -> bool {
        self.shown.contains('.')
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap()
}

impl Page {
    fn read() -> Self {
        let docs = root().join("docs");
        let text = fs::read_to_string(docs.join("attacks.md")).unwrap();
        let file = |line: &str| {
            let (label, path) = line.strip_prefix('[')?.split_once("]: ")?;
            Some((label.to_owned(), docs.join(path)))
        };
        let files = text.lines().filter_map(file).collect();
        Self { text, files }
    }

    /// Where a label leads to.
    fn file(&self, label: &str) -> &Path {
        self.files.get(label).unwrap_or_else(|| panic!("[{label}] leads nowhere"))
    }
}

/// What stands in a text as ``[`shown`][label]``.
fn mentions(text: &str) -> Vec<Mention<'_>> {
    let after = |part| str::split_once(part, "`][");
    let mention = |part| {
        let (shown, rest) = after(part)?;
        let (label, _) = rest.split_once(']')?;
        Some(Mention { shown, label })
    };
    text.split("[`").skip(1).filter_map(mention).collect()
}

/// Whether a source holds a test of that name: the function, and right above it an attribute that makes it one.
fn has_test(source: &str, name: &str) -> bool {
    let (plain, asynchronous) = (format!("fn {name}("), format!("async fn {name}("));
    let lines: Vec<&str> = source.lines().map(str::trim_start).collect();
    let is_it = |line: &str| line.starts_with(&plain) || line.starts_with(&asynchronous);
    let is_test = |line: &str| line.starts_with("#[test]") || line.starts_with("#[tokio::test");
    let above = |at: usize| lines.iter().take(at).rev().take_while(|line| line.starts_with("#["));
    let mut found = lines.iter().enumerate().filter(|(_, line)| is_it(line));
    found.any(|(at, _)| above(at).any(|line| is_test(line)))
}

#[test]
fn each_file_and_each_test_of_the_page_is_there() {
    let page = Page::read();
    let mut tests = 0_usize;
    for mention in mentions(&page.text) {
        let Mention { shown, label } = mention;
        let path = page.file(label);
        if mention.is_file() {
            assert!(path.exists() && path.ends_with(shown), "[{label}] is not {shown}");
        } else {
            let source = fs::read_to_string(path);
            let source = source.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            assert!(has_test(&source, shown), "{} has no test {shown}", path.display());
            tests = tests.saturating_add(1);
        }
    }
    assert!(tests > 100, "{tests} tests were found on the page");
    for label in page.files.keys() {
        assert!(page.text.contains(&format!("`][{label}]")), "[{label}] is not used");
    }
}

#[test]
fn each_attack_of_the_page_has_what_refuses_it_and_what_shows_it() {
    let page = Page::read();
    let mut attacks = 0_usize;
    for table in page.text.split("| Attack | Known as | Refused by | Shown by |\n").skip(1) {
        for row in table.lines().skip(1).take_while(|line| line.starts_with("| ")) {
            let cells: Vec<&str> = row.split(" | ").collect();
            let [_attack, _known_as, refused_by, shown_by] = cells.as_slice() else {
                panic!("four cells: {row}")
            };
            let (files, tests) = (mentions(refused_by), mentions(shown_by));
            assert!(!files.is_empty() && files.iter().all(Mention::is_file), "refused by: {row}");
            assert!(!tests.is_empty() && !tests.iter().any(Mention::is_file), "shown by: {row}");
            attacks = attacks.saturating_add(1);
        }
    }
    assert!(attacks > 60, "{attacks} attacks were found on the page");
}

/// XXE in a side module begins with a second parser (CVE-2026-44618).
#[test]
fn one_crate_alone_parses_xml() {
    const PARSERS: [&str; 12] = [
        "roxmltree",
        "quick-xml",
        "xml",
        "xml-rs",
        "xmlparser",
        "xmltree",
        "sxd-document",
        "minidom",
        "rxml",
        "xot",
        "libxml",
        "serde-xml-rs",
    ];
    let names = |file: &Path| -> Vec<&str> {
        let text = fs::read_to_string(file).unwrap();
        // What only tests use is in no program.
        let tables = text.split("\n[").filter(|table| !table.starts_with("dev-dependencies]"));
        let text = tables.collect::<Vec<_>>().join("\n[");
        let is_named = |parser: &&str| {
            let named = |line: &str| {
                let rest = line.strip_prefix(parser);
                rest.is_some_and(|rest| rest.starts_with([' ', '.', '=']))
            };
            text.lines().any(named) || text.contains(&format!("name = \"{parser}\""))
        };
        PARSERS.into_iter().filter(is_named).collect()
    };
    // Whatever is built, by us or by what we build on: one parser, for tests to compare ours with.
    assert_eq!(names(&root().join("Cargo.lock")), ["roxmltree"]);
    let mut using = Vec::new();
    for layer in fs::read_dir(root().join("crates")).unwrap() {
        for package in fs::read_dir(layer.unwrap().path()).unwrap() {
            let manifest = package.unwrap().path().join("Cargo.toml");
            if manifest.exists() && !names(&manifest).is_empty() {
                using.push(manifest.parent().unwrap().file_name().unwrap().to_owned());
            }
        }
    }
    assert!(using.is_empty(), "{using:?}");
}
