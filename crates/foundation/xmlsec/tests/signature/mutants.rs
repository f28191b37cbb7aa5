//! Tens of thousands of changes to one signed token: whatever is still believed says what was signed.

use symbolon_keys::Certificate;
use symbolon_xml::{C14n, Document, EVERYTHING, Element, Limits, Tree};
use symbolon_xmlsec::{Budget, Expected, Key, NAMESPACE, verify};

/// Signed once by this crate, and kept, so that every run tries the same octets.
const TOKEN: &str = include_str!("data/token.xml");
const SIGNER: &str = include_str!("data/signer.pem");

const MUTANTS: usize = 30_000;

fn key() -> Key {
    Certificate::from_pem(SIGNER).unwrap().public_key().into()
}

/// What a relying party would read: the canonical octets of the verified root without its signature.
fn believed(octets: &[u8], key: &Key) -> Option<Vec<u8>> {
    let root = Document::parse(octets, &Limits::TOKEN).ok()?;
    let signature = root.child(NAMESPACE, "Signature").ok()??;
    let tree = Tree::new(root.clone()).ok()?;
    let expected = Expected::Exactly(std::slice::from_ref(&root));
    let mut left = Budget::TOKEN;
    let verified =
        verify(tree.view(EVERYTHING), &signature, key, expected, None, &mut left).ok()?;
    Some(read(&tree, verified.covered()[0].element(), &signature))
}

fn read(tree: &Tree, element: &Element, without: &Element) -> Vec<u8> {
    let view = tree.view(EVERYTHING);
    view.canonicalize(element, &C14n::exclusive(), Some(without), usize::MAX).unwrap()
}

/// Where the signature's KeyInfo stands: not signed, and not read.
fn key_info() -> std::ops::Range<usize> {
    TOKEN.find("<ds:KeyInfo>").unwrap()..TOKEN.find("</ds:KeyInfo>").unwrap()
}

#[test]
fn the_kept_token_is_believed() {
    assert!(believed(TOKEN.as_bytes(), &key()).is_some());
}

#[test]
fn no_changed_bit_outside_key_info_is_believed() {
    let key = key();
    for at in (0..TOKEN.len()).filter(|at| !key_info().contains(at)) {
        for bit in 0..8 {
            let mut octets = TOKEN.as_bytes().to_vec();
            octets[at] ^= 1 << bit;
            assert_eq!(believed(&octets, &key), None, "octet {at}, bit {bit}");
        }
    }
}

#[test]
fn no_mutant_is_believed_to_say_anything_else() {
    let (key, mut random) = (key(), Random(1));
    let said = believed(TOKEN.as_bytes(), &key).unwrap();
    let mut still_believed = 0;
    for number in 0..MUTANTS {
        let mut octets = TOKEN.as_bytes().to_vec();
        for _ in 0..1 + random.below(3) {
            mutate(&mut octets, &mut random);
        }
        if let Some(says) = believed(&octets, &key) {
            still_believed += 1;
            assert_eq!(says, said, "mutant {number}: {}", String::from_utf8_lossy(&octets));
        }
    }
    // Comments, white space in tags, KeyInfo: mutants that say the same, or this test could not fail.
    assert!(still_believed > 100, "{still_believed}");
}

const PIECES: [&str; 16] = [
    "<!---->",
    "<!--x-->",
    "<![CDATA[]]>",
    "<![CDATA[x]]>",
    " ",
    "\r\n",
    "\t",
    "&#x20;",
    "&#13;",
    "<x/>",
    "<t:NameID>m</t:NameID>",
    " xmlns=\"urn:m\"",
    " xmlns:t=\"urn:m\"",
    " ID=\"_2\"",
    " Id=\"_1\"",
    "<?m?>",
];

fn mutate(octets: &mut Vec<u8>, random: &mut Random) {
    let at = random.below(octets.len());
    let other = random.below(octets.len());
    let (start, end) = (at.min(other), at.max(other).min(at.min(other) + 200));
    match random.below(7) {
        0 => octets[at] = b"<>&\"'= /:-!\0aA0_"[random.below(16)],
        1 => drop(octets.drain(start..end)),
        2 => {
            let copy = octets[start..end].to_vec();
            let to = random.below(octets.len());
            octets.splice(to..to, copy);
        }
        3 => octets[start..end].reverse(),
        4 | 5 => {
            let piece = PIECES[random.below(PIECES.len())];
            octets.splice(at..at, piece.bytes());
        }
        _ => {
            // At a tag's edge, where pieces do most.
            let edge = octets[at..].iter().position(|o| *o == b'<').map_or(at, |by| at + by);
            let piece = PIECES[random.below(PIECES.len())];
            octets.splice(edge..edge, piece.bytes());
        }
    }
    if octets.is_empty() {
        octets.push(b'<');
    }
}

struct Random(u64);

impl Random {
    fn below(&mut self, below: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % below
    }
}
