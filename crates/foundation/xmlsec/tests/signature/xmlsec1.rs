//! What xmlsec1 (libxml2, OpenSSL) makes of our signatures, and we of its.

use std::fmt::Write as _;
use std::process::Command;

use symbolon_keys::{Digest, KeyKind, MacAlgorithm, SecretKey, SignatureAlgorithm, SoftwareKey};
use symbolon_xml::{C14n, Document, EVERYTHING, Limits, Tree};
use symbolon_xmlsec::{
    Budget, Expected, Flaw, Key, KeyInfo, Profile, Reference, SignatureMethod, SignedInfo,
};

use crate::support::{
    EC, ENVELOPED, EXCLUSIVE, RSA, Signer, covered, covered_in, first_signature, parse, reference,
    reference_by, reference_with, sign_with, signature_with, transform, unsigned, with_signature,
};

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

fn path(name: &str, end: &str) -> String {
    format!("{}/{name}.{end}", env!("CARGO_TARGET_TMPDIR"))
}

/// A file with a key in it, and how xmlsec1 is told of it.
fn key_file(name: &str, option: &'static str, content: &[u8]) -> [String; 2] {
    let path = path(name, "key");
    std::fs::write(&path, content).unwrap();
    [option.to_owned(), path]
}

/// Whether xmlsec1 believes the first signature in `text`, with that signer's key.
fn believes(name: &str, text: &str, signer: &Signer, id: [&str; 2]) -> bool {
    let certificate = signer.certificate.to_pem();
    believes_by(name, text, &key_file(name, "--pubkey-cert-pem", certificate.as_bytes()), id)
}

fn believes_by(name: &str, text: &str, key: &[String; 2], id: [&str; 2]) -> bool {
    let [attribute, element] = id;
    std::fs::write(path(name, "xml"), text).unwrap();
    let output = Command::new("xmlsec1")
        .args(["--verify", "--enabled-key-data", "key-name,key-value"])
        .args(key)
        .args([&format!("--id-attr:{attribute}"), element, &path(name, "xml")])
        .output()
        .unwrap();
    output.status.success()
}

/// The template filled in by xmlsec1.
fn signed_by(name: &str, template: &str, key: &[String; 2], id: [&str; 2]) -> String {
    let [attribute, element] = id;
    std::fs::write(path(name, "template"), template).unwrap();
    let output = Command::new("xmlsec1")
        .arg("--sign")
        .args(key)
        .args([&format!("--id-attr:{attribute}"), element])
        .args(["--output", &path(name, "signed"), &path(name, "template")])
        .output()
        .unwrap();
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    std::fs::read_to_string(path(name, "signed")).unwrap()
}

/// A signature without its values.
fn template(method: SignatureMethod, references: &str) -> String {
    let signature = signature_with(references, method.identifier(), "", |_| Vec::new());
    let mut parts = signature.split("<ds:DigestValue>");
    let mut template = parts.next().unwrap().to_owned();
    for part in parts {
        let (_, rest) = part.split_once("</ds:DigestValue>").unwrap();
        template.push_str("<ds:DigestValue></ds:DigestValue>");
        template.push_str(rest);
    }
    template
}

const ASSERTION: [&str; 2] = ["ID", "urn:example:token:Assertion"];
/// xmlsec1 1.2 knows no RSA-PSS; for that there are others' vectors.
const METHODS: [SignatureAlgorithm; 6] = [
    SignatureAlgorithm::RsaSha256,
    SignatureAlgorithm::RsaSha384,
    SignatureAlgorithm::RsaSha512,
    SignatureAlgorithm::EcdsaSha256,
    SignatureAlgorithm::EcdsaSha384,
    SignatureAlgorithm::EcdsaSha512,
];
const MACS: [MacAlgorithm; 3] =
    [MacAlgorithm::HmacSha256, MacAlgorithm::HmacSha384, MacAlgorithm::HmacSha512];

/// A reference to the token for each digest, each with another list of prefixes.
fn references() -> String {
    let digests = [(Digest::Sha256, ""), (Digest::Sha384, "t"), (Digest::Sha512, "ds #default t")];
    let reference = |(digest, list): (Digest, &str)| {
        let inside = format!(
            "<ec:InclusiveNamespaces xmlns:ec=\"{EXCLUSIVE}\" PrefixList=\"{list}\"></ec:InclusiveNamespaces>"
        );
        let c14n = transform(EXCLUSIVE, if list.is_empty() { "" } else { &inside });
        let transforms =
            format!("<ds:Transforms>{}{c14n}</ds:Transforms>", transform(ENVELOPED, ""));
        reference_by(digest, " URI=\"#_1\"", &transforms, b"")
    };
    digests.map(reference).concat()
}

#[test]
fn what_xmlsec1_signs_is_verified_with_every_method() {
    if !available() {
        return;
    }
    let (unsigned, place) = unsigned("alice");
    let alice = Ok(["alice"; 3].map(str::to_owned).to_vec());
    let check = |name: &str, method: SignatureMethod, sign: &[String; 2], key: Key| {
        let template = with_signature(&unsigned, place, &template(method, &references()));
        let text = signed_by(name, &template, sign, ASSERTION);
        assert_eq!(covered(&text, key.clone()), alice, "{name}");
        let changed = text.replace("alice", "alicd");
        assert_eq!(covered(&changed, key), Err(Flaw::BadDigest), "{name}");
    };
    for kind in [KeyKind::Rsa { bits: 2048 }, KeyKind::P256, KeyKind::P384, KeyKind::P521] {
        let signer = Signer::new(kind);
        for algorithm in METHODS.into_iter().filter(|algorithm| algorithm.fits(kind)) {
            let name = format!("theirs-{kind:?}-{algorithm:?}").replace([' ', '{', '}', ':'], "");
            let sign = key_file(&name, "--privkey-pem", signer.pem.as_bytes());
            check(&name, algorithm.into(), &sign, signer.key());
        }
    }
    for algorithm in MACS {
        let name = format!("theirs-{algorithm:?}");
        let secret = b"shared by both sides";
        let sign = key_file(&name, "--hmackey", secret);
        check(&name, algorithm.into(), &sign, SecretKey::new(secret.to_vec().into()).into());
    }
}

#[test]
fn what_we_sign_is_verified_by_xmlsec1_with_every_method() {
    if !available() {
        return;
    }
    let (unsigned, place) = unsigned("alice");
    let token = |info: &SignedInfo, value: &[u8]| {
        let signature = info.clone().into_signature(value, KeyInfo::Absent);
        with_signature(&unsigned, place, &String::from_utf8(signature).unwrap())
    };
    let info = |method: SignatureMethod| {
        let reference =
            |digest| Reference::new("_1", unsigned.as_bytes()).enveloped().digested_by(digest);
        let references = [Digest::Sha256, Digest::Sha384, Digest::Sha512].map(reference);
        SignedInfo::over(&references, method).unwrap()
    };
    let check = |name: &str, key: &[String; 2], text: &str| {
        assert!(believes_by(name, text, key, ASSERTION), "{name}");
        assert!(!believes_by(name, &text.replace("alice", "alicd"), key, ASSERTION), "{name}");
    };
    for kind in [KeyKind::Rsa { bits: 2048 }, KeyKind::P256, KeyKind::P384, KeyKind::P521] {
        let signer = Signer::new(kind);
        for algorithm in METHODS.into_iter().filter(|algorithm| algorithm.fits(kind)) {
            let name = format!("ours-{kind:?}-{algorithm:?}").replace([' ', '{', '}', ':'], "");
            let key = SoftwareKey::from_pkcs8_pem(&signer.pem).unwrap();
            let key = key.signing_with(algorithm).unwrap();
            let info = info(algorithm.into());
            let text = token(&info, &sign_with(&key, info.octets()));
            let certificate = signer.certificate.to_pem();
            check(&name, &key_file(&name, "--pubkey-cert-pem", certificate.as_bytes()), &text);
        }
    }
    for algorithm in MACS {
        let (name, secret) = (format!("ours-{algorithm:?}"), b"shared by both sides");
        let info = info(algorithm.into());
        let value = SecretKey::new(secret.to_vec().into()).mac(algorithm, info.octets());
        let text = token(&info, value.as_ref());
        check(&name, &key_file(&name, "--hmackey", secret), &text);
    }
}

/// Inclusive, implied and commented canonicalization, `""` and an enveloping signature, all as libxml2 has them.
#[test]
fn what_xmlsec1_signs_is_verified_in_the_full_profile() {
    if !available() {
        return;
    }
    const INCLUSIVE: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
    const INCLUSIVE_WITH_COMMENTS: &str =
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments";
    const EXCLUSIVE_WITH_COMMENTS: &str = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments";
    let sign = key_file("full", "--privkey-pem", EC.pem.as_bytes());
    let method = EC.algorithm().into();
    let methods = [INCLUSIVE, INCLUSIVE_WITH_COMMENTS, EXCLUSIVE, EXCLUSIVE_WITH_COMMENTS];
    for (number, signed_info) in methods.into_iter().enumerate() {
        let name = format!("full-{number}");
        let stated = methods.map(|method| reference("#_1", &[method], b""));
        let implied = reference_by(Digest::Sha256, " URI=\"#_1\"", "", b"");
        let whole = methods.map(|method| reference("", &[ENVELOPED, method], b""));
        let references = [stated.concat(), implied, whole.concat()].concat();
        let template = template(method, &references).replacen(EXCLUSIVE, signed_info, 1);
        let template = template.replace("<ds:SignedInfo>", "<ds:SignedInfo><!-- signed? -->");
        let original = unsigned("alice").0.replace("alice", "al<!-- -->ice");
        let around = "xmlns=\"urn:d\" xmlns:x=\"urn:x\" xml:lang=\"en\"";
        let text = format!("<r {around}><!-- a -->{original}<s>{template}</s><!-- b --></r>");
        let text = signed_by(&name, &text, &sign, ASSERTION);
        // Of both kinds of targets, only one can be expected: each reference is shown to hold by its digest.
        let root = parse(&text);
        let tree = Tree::new(root.clone()).unwrap();
        let verified = |expected: Expected<'_>| {
            let (view, mut left) = (tree.view(EVERYTHING), Budget::MESSAGE);
            let signature = first_signature(&root);
            Profile::Full.verify(view, &signature, &EC.key(), expected, None, &mut left).map(drop)
        };
        assert_eq!(verified(Expected::Document(&root)), Err(Flaw::NotExpected), "{name}");
        assert_eq!(verified(Expected::Any), Err(Flaw::Unsupported), "{name}");
    }
    let object = format!("<ds:Object Id=\"_o\">{}</ds:Object></ds:Signature>", unsigned("alice").0);
    let references = [
        reference_by(Digest::Sha512, " URI=\"#_o\"", "", b""),
        reference("#_o", &[EXCLUSIVE], b""),
    ];
    let template = template(method, &references.concat()).replace("</ds:Signature>", &object);
    let id = ["Id", "http://www.w3.org/2000/09/xmldsig#:Object"];
    let text = signed_by("enveloping", &template, &sign, id);
    let alice = Ok(vec!["alice".to_owned(); 2]);
    assert_eq!(covered_in(Profile::Full, &text, EC.public()), alice);
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
