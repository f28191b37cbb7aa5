//! What a signature covers is what its signer signed.
//!
//! In:  octets from anywhere; the fuzzer begins with the samples.
//! Out: nothing; panics where a signature holds over something that nobody signed.
//! Never: the private half of a key: whatever holds and is not in a sample is a forgery.
//!
//! XML Signature 1.1 §3.2.

use std::collections::HashSet;
use std::sync::LazyLock;

use symbolon_xml::{C14n, Document, EVERYTHING, Element, Limits, Tree};
use symbolon_xmlsec::{Budget, Expected, Key, KeyInfo, NAMESPACE, Profile};

use crate::keys::{PUBLIC, secret};
use crate::samples::{SAMPLES, Said};

/// LIMIT: signatures tried in one document; a message has three at most.
const MOST_SIGNATURES: usize = 4;

/// Verifies every signature with every key that there is.
///
/// # Panics
/// Where one holds and covers what no sample says.
pub fn signature_reader(octets: &[u8]) {
    for said in all(octets) {
        assert!(SIGNED.contains(&said), "nobody has signed {said:?}");
    }
    key_info(octets);
}

/// All that was ever signed with the keys of the samples.
static SIGNED: LazyLock<HashSet<Said>> =
    LazyLock::new(|| SAMPLES.iter().flat_map(|sample| all(sample.octets())).collect());

/// What each signature covers that holds under some key.
fn all(octets: &[u8]) -> Vec<Said> {
    let Some((tree, signatures)) = read(octets) else { return Vec::new() };
    let keys: Vec<Key> = PUBLIC.iter().map(Key::from).chain([Key::secret(secret())]).collect();
    let tried = signatures.iter().take(MOST_SIGNATURES);
    tried
        .flat_map(|signature| {
            keys.iter().filter_map(|key| covered(&tree, signature, key, Profile::Full))
        })
        .collect()
}

/// What the first signature of a document covers, if it is this key's.
pub(crate) fn first(octets: &[u8], key: &Key, profile: Profile) -> Option<Said> {
    let (tree, signatures) = read(octets)?;
    covered(&tree, signatures.first()?, key, profile)
}

fn read(octets: &[u8]) -> Option<(Tree, Vec<Element>)> {
    let root = Document::parse(octets, &Limits::MESSAGE).ok()?;
    let signatures = root.descendants().filter(|element| element.is(NAMESPACE, "Signature"));
    let signatures = signatures.collect();
    Some((Tree::new(root).ok()?, signatures))
}

fn covered(tree: &Tree, signature: &Element, key: &Key, profile: Profile) -> Option<Said> {
    let (view, mut left) = (tree.view(EVERYTHING), Budget::MESSAGE);
    let verified = profile.verify(view, signature, key, Expected::Any, None, &mut left).ok()?;
    let covered = verified.covered().iter().map(|covered| said(tree, covered.element(), signature));
    Some(Said(covered.collect()))
}

/// An element as whoever believes a signature reads it: without the signature.
///
/// Every canonical form that can be signed says at least what this one says.
pub(crate) fn said(tree: &Tree, element: &Element, signature: &Element) -> String {
    let octets = tree.view(EVERYTHING).canonicalize(
        element,
        &C14n::exclusive(),
        Some(signature),
        usize::MAX,
    );
    let octets = octets.unwrap_or_else(|why| panic!("digested, and then: {why}"));
    String::from_utf8_lossy(&octets).into_owned()
}

/// What a KeyInfo says is read, or refused.
fn key_info(octets: &[u8]) {
    let Ok(root) = Document::parse(octets, &Limits::MESSAGE) else { return };
    for element in root.descendants().filter(|element| element.is(NAMESPACE, "KeyInfo")) {
        if let Ok(hints) = KeyInfo::read(&element) {
            assert!(hints.len() <= 16, "hints without end");
        }
    }
}
