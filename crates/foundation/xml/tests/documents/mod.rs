//! Documents by chance, the same ones in every run: what canonical form has rules for, in any combination.

use std::fmt::Write as _;

/// A fixed sequence of numbers for each seed.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5DEE_CE66);
        random.below(2); // the first ones of neighbouring seeds are alike
        random
    }

    pub(crate) fn below(&mut self, below: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % below
    }

    pub(crate) fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    pub(crate) fn of<T: Copy>(&mut self, all: &[T]) -> T {
        *all.get(self.below(all.len())).unwrap()
    }
}

/// One document, and how many elements it has.
pub(crate) fn document(random: &mut Random) -> (String, usize) {
    let mut made = Made { random, text: String::new(), elements: 0 };
    let depth = 2 + made.random.below(3);
    made.element(depth, &Scope { bound: vec![], default: "" });
    (made.text, made.elements)
}

#[derive(Clone)]
struct Scope {
    bound: Vec<(&'static str, &'static str)>,
    default: &'static str,
}

struct Made<'r> {
    random: &'r mut Random,
    text: String,
    elements: usize,
}

pub(crate) const PREFIXES: [&str; 5] = ["a", "b", "c", "long-prefix", "Z"];
// libxml2 leaves `&` in a namespace name as it is: it is not generated.
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
const COMMENTS: [&str; 4] =
    ["<!---->", "<!-- a comment -->", "<!--<&>\"'\r\n- -->", "<!--\u{e9}-->"];

impl Made<'_> {
    fn element(&mut self, depth: usize, around: &Scope) {
        self.elements += 1;
        let mut scope = around.clone();
        let mut parts = self.declarations(&mut scope);
        self.attributes(&scope, &mut parts);
        let unprefixed = scope.bound.is_empty() || self.random.one_in(2);
        let prefix = if unprefixed { "" } else { self.random.of(&scope.bound).0 };
        let colon = if prefix.is_empty() { "" } else { ":" };
        let local = self.random.of(&["e", "f", "longer.name-1", "\u{e9}"]);
        write!(self.text, "<{prefix}{colon}{local}").unwrap();
        while !parts.is_empty() {
            let part = parts.remove(self.random.below(parts.len()));
            let space = self.random.of(&[" ", "  ", "\n"]);
            write!(self.text, "{space}{part}").unwrap();
        }
        if self.random.one_in(5) {
            self.text.push_str("/>");
            return;
        }
        self.text.push('>');
        for _ in 0..1 + self.random.below(5) {
            self.content(depth, &scope);
        }
        write!(self.text, "</{prefix}{colon}{local}>").unwrap();
    }

    fn content(&mut self, depth: usize, scope: &Scope) {
        if self.random.one_in(6) {
            let comment = self.random.of(&COMMENTS);
            self.text.push_str(comment);
        }
        if depth > 0 && !self.random.one_in(3) {
            self.element(depth - 1, scope);
        } else {
            let text = self.random.of(&TEXTS);
            self.text.push_str(text);
        }
    }

    fn declarations(&mut self, scope: &mut Scope) -> Vec<String> {
        let mut parts = vec![];
        for prefix in PREFIXES {
            if self.random.one_in(5) {
                let namespace = self.random.of(&NAMESPACES);
                scope.bound.retain(|bound| bound.0 != prefix);
                scope.bound.push((prefix, namespace));
                parts.push(format!("xmlns:{prefix}='{namespace}'"));
            }
        }
        if self.random.one_in(4) {
            scope.default = self.random.of(&["", "", "urn:a", "urn:d"]);
            parts.push(format!("xmlns=\"{}\"", scope.default));
        }
        parts
    }

    fn attributes(&mut self, scope: &Scope, parts: &mut Vec<String>) {
        let mut names: Vec<(&str, &str)> = vec![];
        for _ in 0..self.random.below(5) {
            let (prefix, namespace) = match self.random.below(5) {
                0 => ("xml:", "xml"),
                1 | 2 => ("", ""),
                _ if scope.bound.is_empty() => ("", ""),
                _ => self.random.of(&scope.bound),
            };
            let local = self.random.of(&["k", "K", "j", "lang", "name"]);
            if names.contains(&(namespace, local)) {
                continue; // one attribute with two prefixes would be no document
            }
            names.push((namespace, local));
            let colon = if prefix.is_empty() || prefix.ends_with(':') { "" } else { ":" };
            let value = self.random.of(&VALUES);
            let quote = if value.contains('\'') { '"' } else { '\'' };
            parts.push(format!("{prefix}{colon}{local}={quote}{value}{quote}"));
        }
    }
}
