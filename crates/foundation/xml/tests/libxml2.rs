//! All four methods of canonicalization, octet for octet as libxml2 does them, over generated documents.
//!
//! One process of `libxml2/canonicalize.py` is asked for all of them.

#![expect(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    reason = "what goes wrong outside the product fails the test"
)]

mod documents;

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::process::{Command, Stdio};

use documents::{PREFIXES, Random, document};
use symbolon_xml::{C14n, Document, EVERYTHING, Limits, Tree};

const DOCUMENTS: u64 = 104_000;

const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/libxml2/canonicalize.py");

#[test]
fn canonical_form_is_that_of_libxml2() {
    if !available() {
        return;
    }
    let mut oracle = Command::new("python3")
        .arg(PROGRAM)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut questions = BufWriter::new(oracle.stdin.take().unwrap());
    let answers = BufReader::new(oracle.stdout.take().unwrap());
    std::thread::scope(|scope| {
        let mut answers = answers; // closed by a failure, which ends the oracle, and whoever writes to it
        scope.spawn(move || (0..DOCUMENTS).all(|seed| Case::new(seed).ask(&mut questions).is_ok()));
        let mut by_method = [0; 4];
        for seed in 0..DOCUMENTS {
            let case = Case::new(seed);
            by_method[case.mode * 2 + case.comments] += 1;
            assert_eq!(case.canonical(), answer(&mut answers), "{case:#?}");
        }
        assert!(by_method.iter().all(|count| *count > DOCUMENTS / 5), "{by_method:?}");
    });
    assert!(oracle.wait().unwrap().success());
}

/// Whether there is a libxml2 to ask. It must be in CI; elsewhere its absence skips.
#[expect(clippy::disallowed_methods, reason = "whether this runs in CI is no configuration")]
#[expect(clippy::print_stdout, reason = "a skipped test says so")]
fn available() -> bool {
    let asked = Command::new("python3").arg(PROGRAM).stdin(Stdio::null()).output();
    let found = asked.is_ok_and(|answered| answered.status.success());
    let required = std::env::var("CI").is_ok_and(|ci| ci == "true");
    assert!(
        found || !required,
        "python3 and libxml2 (Debian: python3, libxml2) are required in CI"
    );
    if !found {
        println!("skipped: python3 or libxml2 (Debian: python3, libxml2) is not installed");
    }
    found
}

fn answer(answers: &mut impl BufRead) -> Option<String> {
    let mut length = String::new();
    answers.read_line(&mut length).unwrap();
    let length = usize::try_from(length.trim().parse::<i64>().unwrap()).ok()?;
    let mut octets = vec![0; length];
    answers.read_exact(&mut octets).unwrap();
    Some(String::from_utf8(octets).unwrap())
}

/// One document and what to do with it.
#[derive(Debug)]
struct Case {
    text: String,
    /// The number of an element in document order; 0 for the whole document.
    apex: usize,
    /// 0 is inclusive, 1 is exclusive.
    mode: usize,
    comments: usize,
    prefixes: String,
}

impl Case {
    fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let (mut text, elements) = document(&mut random);
        let whole = random.one_in(4);
        let apex = if whole { 0 } else { 1 + random.below(elements) };
        let (mode, comments) = (random.below(2), random.below(2));
        let mut prefixes = String::new();
        if mode == 1 && random.one_in(2) {
            for _ in 0..1 + random.below(4) {
                prefixes.push(' ');
                prefixes.push_str(random.of(&[&PREFIXES[..], &["#default", "not-bound"]].concat()));
            }
        }
        // As part of a whole document they have a canonical form, and with us none.
        if !(whole && comments == 1) && random.one_in(4) {
            text = format!("<!-- before -->{text}\n<!-- after -->");
        }
        Self { text, apex, mode, comments, prefixes }
    }

    fn ask(&self, questions: &mut impl Write) -> std::io::Result<()> {
        let Self { text, apex, mode, comments, prefixes } = self;
        write!(questions, "{mode} {comments} {apex} {}{prefixes}\n{text}", text.len())
    }

    fn canonical(&self) -> Option<String> {
        let limits = Limits { declarations: usize::MAX, ..Limits::MESSAGE };
        let root = Document::parse(self.text.as_bytes(), &limits).unwrap();
        let apex = root.descendants().nth(self.apex.saturating_sub(1)).unwrap();
        let tree = Tree::new(root).unwrap();
        let method = match self.mode {
            0 => C14n::inclusive(),
            _ => C14n::exclusive_with(&self.prefixes),
        };
        let method = if self.comments == 1 { method.with_comments() } else { method };
        let octets = tree.view(EVERYTHING).canonicalize(&apex, &method, None, usize::MAX).ok()?;
        Some(String::from_utf8(octets).unwrap())
    }
}
