//! What xmlsec1 (libxml2, OpenSSL) makes of our signatures.

use std::fmt::Write as _;
use std::process::Command;

use symbolon_xml::{C14n, Document, EVERYTHING, Limits, Tree};

use crate::support::{EC, EXCLUSIVE, RSA, Signer, reference_with, transform};

/// Whether `xmlsec1` is there. It must be in CI; elsewhere its absence skips.
#[expect(clippy::disallowed_methods, reason = "whether this runs in CI is no configuration")]
#[expect(clippy::print_stdout, reason = "a skipped test says so")]
fn available() -> bool {
    let found = Command::new("xmlsec1").arg("--version").output().is_ok();
    let required = std::env::var("CI").is_ok_and(|ci| ci == "true");
    assert!(found || !required, "xmlsec1 is required in CI");
    if !found {
        println!("skipped: xmlsec1 is not installed");
    }
    found
}

/// Whether xmlsec1 believes the first signature in `text`, with that signer's key.
fn believes(name: &str, text: &str, signer: &Signer, id: [&str; 2]) -> bool {
    let [attribute, element] = id;
    let path = |end: &str| format!("{}/{name}.{end}", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(path("xml"), text).unwrap();
    std::fs::write(path("pem"), signer.certificate.to_pem()).unwrap();
    let output = Command::new("xmlsec1")
        .args([
            "--verify",
            "--enabled-key-data",
            "key-name,key-value",
            "--pubkey-cert-pem",
            &path("pem"),
        ])
        .args([&format!("--id-attr:{attribute}"), element, &path("xml")])
        .output()
        .unwrap();
    output.status.success()
}

#[test]
fn xmlsec1_believes_what_we_sign_and_nothing_changed() {
    if !available() {
        return;
    }
    for (name, signer) in [("rsa", &*RSA), ("p256", &*EC)] {
        let token = signer.token("alice & \u{e9} <bob>");
        let id = ["ID", "urn:example:token:Assertion"];
        assert!(believes(name, &token, signer, id), "{name}");
        let changed = token.replace("alice", "alicf");
        assert!(!believes(&format!("{name}-changed"), &changed, signer, id), "{name}");
        let around = format!("<r xmlns='urn:d' xmlns:ds='urn:x'>{token}</r>");
        assert!(believes(&format!("{name}-around"), &around, signer, id), "{name}");
    }
}

/// xmllint cannot be given a PrefixList, but a signature can: every reference is canonicalized by libxml2 with its own.
#[test]
fn canonical_form_with_prefix_lists_is_that_of_libxml2() {
    if !available() {
        return;
    }
    for seed in 0..4 {
        let (text, changed) = batch(seed);
        let id = ["Id", "urn:w:e"];
        assert!(believes(&format!("lists-{seed}"), &text, &EC, id), "seed {seed}");
        assert!(!believes(&format!("lists-{seed}-changed"), &changed, &EC, id), "seed {seed}");
    }
}

const REFERENCES: usize = 250;
// xmlsec1 takes single blanks only.
const LISTS: [&str; 9] = [
    "",
    "a",
    "a b",
    "#default",
    "#default a",
    "w",
    "b c none",
    "c #default b",
    "xml ds a b c #default",
];

/// Elements that declare and use prefixes at random, all signed in one signature; and the same with one digest over
/// canonical form without its PrefixList.
fn batch(seed: u64) -> (String, String) {
    let mut made = Generator(seed + 1);
    let mut body = String::new();
    for number in 0..REFERENCES {
        let (outside, inside) = (made.declarations(), made.declarations());
        let nested = made.nested(3);
        let end = format!("<w:e Id=\"_{number}\"{inside}>{nested}</w:e></g>");
        write!(body, "<g{outside}>{end}").unwrap();
    }
    let around = "<batch xmlns:w='urn:w' xmlns:a='urn:a0' xmlns:b='urn:b0' xmlns:c='urn:c0'>";
    let limits = Limits { declarations: usize::MAX, ..Limits::MESSAGE };
    let root = Document::parse(format!("{around}{body}</batch>").as_bytes(), &limits).unwrap();
    let tree = Tree::new(root.clone()).unwrap();
    let view = tree.view(EVERYTHING);
    let (mut references, mut changed) = (String::new(), String::new());
    let mut one_changed = false;
    for number in 0..REFERENCES {
        let list = made.of(&LISTS);
        let target = view.id(&format!("_{number}")).unwrap();
        let canonical =
            |method: &C14n| view.canonicalize(&target, method, None, usize::MAX).unwrap();
        let uri = format!(" URI=\"#_{number}\"");
        let inside = format!(
            "<ec:InclusiveNamespaces xmlns:ec=\"{EXCLUSIVE}\" PrefixList=\"{}\"></ec:InclusiveNamespaces>",
            list
        );
        let transform = transform(EXCLUSIVE, &inside);
        let with_list = canonical(&C14n::exclusive_with(list));
        let without = canonical(&C14n::exclusive());
        references.push_str(&reference_with(&uri, &transform, &with_list));
        let change = !one_changed && with_list != without;
        one_changed |= change;
        let digested = if change { &without } else { &with_list };
        changed.push_str(&reference_with(&uri, &transform, digested));
    }
    assert!(one_changed);
    let signed = |references: &str| format!("{around}{body}{}</batch>", EC.signature(references));
    (signed(&references), signed(&changed))
}

struct Generator(u64);

impl Generator {
    fn below(&mut self, below: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % below
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    fn declarations(&mut self) -> String {
        let mut out = String::new();
        for prefix in [":a", ":b", ":c", ""] {
            match self.below(4) {
                0 => write!(out, " xmlns{prefix}=\"urn:{}\"", self.of(&["1", "2", "a0"])).unwrap(),
                1 if prefix.is_empty() => out.push_str(" xmlns=\"\""),
                _ => {}
            }
        }
        out
    }

    fn nested(&mut self, depth: usize) -> String {
        let mut out = String::from(self.of(&["", "text", "&#xD;"]));
        for _ in 0..self.below(4) * usize::from(depth > 0) {
            let name = self.of(&["x", "a:x", "b:x", "c:x"]);
            let attribute = self.of(&["", " k=\"1\"", " a:k=\"1\"", " c:k=\"1\" b:j=\"2\""]);
            let (declarations, inside) = (self.declarations(), self.nested(depth - 1));
            write!(out, "<{name}{declarations}{attribute}>{inside}</{name}>").unwrap();
        }
        out
    }
}
