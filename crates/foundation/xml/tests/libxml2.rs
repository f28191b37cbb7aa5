//! Exclusive canonicalization, octet for octet as libxml2 does it, over generated documents.
//!
//! Each file is a few hundred documents inside one root that declares namespaces and uses none, so that every document is
//! canonicalized as an apex with a scope around it: one run of `xmllint` per file.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "what goes wrong outside the product fails the test"
)]

use std::fmt::Write as _;
use std::process::Command;

use symbolon_xml::{C14n, Document, EVERYTHING, Limits, Tree};

const FILES: u64 = 12;
const DOCUMENTS: usize = 400;

#[test]
fn canonical_form_is_that_of_libxml2() {
    if !available() {
        return;
    }
    for seed in 0..FILES {
        let (ours, theirs) = batch(seed);
        let expected = xmllint(seed, &theirs);
        let limits =
            Limits { octets: usize::MAX, depth: 100, attributes: 100, declarations: usize::MAX };
        let root = Document::parse(ours.as_bytes(), &limits).unwrap();
        let tree = Tree::new(root.clone()).unwrap();
        let method = C14n::exclusive();
        let canonical = tree.view(EVERYTHING).canonicalize(&root, &method, None, usize::MAX);
        assert_same(&String::from_utf8(canonical.unwrap()).unwrap(), &expected, seed);
        // Each document on its own gives what it gave inside.
        let alone: String = root
            .elements()
            .map(|e| tree.view(EVERYTHING).canonicalize(&e, &method, None, usize::MAX).unwrap())
            .map(|octets| String::from_utf8(octets).unwrap())
            .collect();
        assert_same(&format!("<batch>{alone}</batch>"), &expected, seed);
    }
}

/// Whether `xmllint` is there. It must be in CI; elsewhere its absence skips.
#[expect(clippy::disallowed_methods, reason = "whether this runs in CI is no configuration")]
#[expect(clippy::print_stdout, reason = "a skipped test says so")]
fn available() -> bool {
    let found = Command::new("xmllint").arg("--version").output().is_ok();
    let required = std::env::var("CI").is_ok_and(|ci| ci == "true");
    assert!(found || !required, "xmllint (Debian: libxml2-utils) is required in CI");
    if !found {
        println!("skipped: xmllint (Debian: libxml2-utils) is not installed");
    }
    found
}

fn xmllint(seed: u64, text: &str) -> String {
    let path = format!("{}/c14n-{seed}.xml", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&path, text).unwrap();
    let output =
        Command::new("xmllint").args(["--nonet", "--huge", "--exc-c14n", &path]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn assert_same(ours: &str, theirs: &str, seed: u64) {
    let differs = ours.bytes().zip(theirs.bytes()).position(|(a, b)| a != b);
    if let Some(at) = differs {
        let around = |text: &str| {
            let near = text.bytes().skip(at.saturating_sub(200)).take(300).collect::<Vec<_>>();
            String::from_utf8_lossy(&near).into_owned()
        };
        panic!("seed {seed}, octet {at}\nours:   {:?}\ntheirs: {:?}", around(ours), around(theirs));
    }
    assert_eq!(ours.len(), theirs.len(), "seed {seed}");
}

/// The same documents twice: with comments for us, and without for xmllint, which would keep them.
fn batch(seed: u64) -> (String, String) {
    let mut made = Generator {
        state: seed.wrapping_mul(0x9E37_79B9) + 1,
        ours: String::new(),
        theirs: String::new(),
    };
    let root = "<batch xmlns:a='urn:a' xmlns:b='urn:b' xmlns:unused='urn:unused'>";
    made.both(root);
    for _ in 0..DOCUMENTS {
        made.element(4, &Scope { bound: vec![("a", "urn:a"), ("b", "urn:b")], default: "" });
    }
    made.both("</batch>");
    (made.ours, made.theirs)
}

#[derive(Clone)]
struct Scope {
    bound: Vec<(&'static str, &'static str)>,
    default: &'static str,
}

struct Generator {
    state: u64,
    ours: String,
    theirs: String,
}

const PREFIXES: [&str; 5] = ["a", "b", "c", "long-prefix", "Z"];
// libxml2 leaves `&` in a namespace name as it is, and refuses relative ones: neither is generated.
const NAMESPACES: [&str; 5] =
    ["urn:a", "urn:b", "http://example.com/x", "http://example.com/X", "urn:zz"];
const TEXTS: [&str; 14] = [
    "plain",
    " ",
    "\n\t",
    "&amp;",
    "&lt;&gt;",
    ">",
    "\"'",
    "&#xD;",
    "\r\n",
    "\r",
    "&#65;\r",
    "\u{e9}\u{4e2d}\u{1F600}",
    "<![CDATA[<&>\r\n]]>",
    "\u{FFFD}\u{F8FF}&#x9;&#xA;",
];
const VALUES: [&str; 11] = [
    "",
    "plain",
    "&amp;&lt;&gt;",
    ">",
    "&quot;",
    "'",
    "\t\n\r\r\n",
    "&#x9;&#xA;&#xD;",
    " two  spaces ",
    "\u{e9}\u{FFFD}",
    "&#x1F600;",
];

impl Generator {
    /// A number below `below`, from a fixed sequence.
    fn below(&mut self, below: usize) -> usize {
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.state >> 33).unwrap() % below
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        *all.get(self.below(all.len())).expect("not empty")
    }

    fn both(&mut self, text: &str) {
        self.ours.push_str(text);
        self.theirs.push_str(text);
    }

    fn element(&mut self, depth: usize, around: &Scope) {
        let mut scope = around.clone();
        let mut parts = self.declarations(&mut scope);
        self.attributes(&scope, &mut parts);
        let prefix = if self.one_in(2) { "" } else { self.of(&scope.bound).0 };
        let colon = if prefix.is_empty() { "" } else { ":" };
        let local = self.of(&["e", "f", "longer.name-1", "\u{e9}"]);
        let mut tag = format!("<{prefix}{colon}{local}");
        while !parts.is_empty() {
            let part = parts.remove(self.below(parts.len()));
            write!(tag, "{}{part}", self.of(&[" ", "  ", "\n"])).unwrap();
        }
        self.both(&tag);
        if self.one_in(5) {
            return self.both("/>");
        }
        self.both(">");
        for _ in 0..1 + self.below(5) {
            // Between CR and LF a comment would make two line ends of one.
            if self.one_in(6) && !self.ours.ends_with('\r') {
                self.ours.push_str("<!-- a comment -->");
            }
            if depth > 0 && !self.one_in(3) {
                self.element(depth - 1, &scope);
            } else {
                let text = self.of(&TEXTS);
                self.both(text);
            }
        }
        self.both(&format!("</{prefix}{colon}{local}>"));
    }

    fn declarations(&mut self, scope: &mut Scope) -> Vec<String> {
        let mut parts = vec![];
        for prefix in PREFIXES {
            if self.one_in(5) {
                let namespace = self.of(&NAMESPACES);
                scope.bound.retain(|bound| bound.0 != prefix);
                scope.bound.push((prefix, namespace));
                parts.push(format!("xmlns:{prefix}='{namespace}'"));
            }
        }
        if self.one_in(4) {
            scope.default = self.of(&["", "", "urn:a", "urn:d"]);
            parts.push(format!("xmlns=\"{}\"", scope.default));
        }
        parts
    }

    fn attributes(&mut self, scope: &Scope, parts: &mut Vec<String>) {
        let mut names: Vec<(&str, &str)> = vec![];
        for _ in 0..self.below(5) {
            let (prefix, namespace) = match self.below(5) {
                0 => ("xml:", "xml"),
                1 | 2 => ("", ""),
                _ => self.of(&scope.bound),
            };
            let local = self.of(&["k", "K", "j", "lang", "name"]);
            if names.contains(&(namespace, local)) {
                continue; // one attribute with two prefixes would be no document
            }
            names.push((namespace, local));
            let colon = if prefix.is_empty() || prefix.ends_with(':') { "" } else { ":" };
            let value = self.of(&VALUES);
            let quote = if value.contains('\'') { '"' } else { '\'' };
            parts.push(format!("{prefix}{colon}{local}={quote}{value}{quote}"));
        }
    }
}
