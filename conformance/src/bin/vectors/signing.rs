//! Kind `verify`: a document with signatures.
//!
//! In:  a document and the keys that the manifest names.
//! Out: accepted if every signature in it verifies and, of a SAML message, what would be read is covered; else the first refusal.
//! Never: one way of SHA-1 only: each file is tried with a key that allows it, one that doesn't, and one that no longer does.
//!
//! XML Signature 1.1; of SAML 2.0 core §5.4 only that a signature is over its parent.

use symbolon_xml::{EVERYTHING, Element, Tree};
use symbolon_xmlsec::{Budget, Expected as Covering, Flaw, Key, NAMESPACE, Profile, Until};

use crate::Done;
use crate::canonical::parsed;
use crate::corpus::{Corpus, Expected, Row};
use crate::keyring::{self, Candidate, stand_in};
use crate::reasons;
use crate::unkeyed::{self, Told};
use crate::verdict::{Cause, Found, Verdict, hold};

/// Wide enough for every vector.
pub(crate) const BUDGET: Budget = Budget {
    signatures: 256,
    references: 4096,
    octets: 64 * 1024 * 1024,
    unwraps: 256,
    decrypted: 16 * 1024 * 1024,
    derived: 16 * 1024,
};

const EVERY: &str = "every signature verifies";

const SAML: [&str; 4] = [
    "urn:oasis:names:tc:SAML:2.0:assertion",
    "urn:oasis:names:tc:SAML:2.0:protocol",
    "urn:oasis:names:tc:SAML:1.0:assertion",
    "urn:oasis:names:tc:SAML:1.0:protocol",
];

/// Whether the record of the key allows SHA-1.
#[derive(Clone, Copy)]
pub(crate) enum Sha1 {
    Never,
    Until(i64),
}

const NOW: i64 = 1_800_000_000_000;
pub(crate) const ALLOWED: Sha1 = Sha1::Until(NOW + 1);
const LAPSED: Sha1 = Sha1::Until(NOW);

pub(crate) fn judge(corpus: &Corpus, row: &Row) -> Result<Done, String> {
    let octets = corpus.sent(row)?;
    let text = String::from_utf8_lossy(&octets);
    let found = |sha1| document(corpus, row, &octets, sha1);
    let (never, allowed, lapsed) = (found(Sha1::Never)?, found(ALLOWED)?, found(LAPSED)?);
    let with_sha1 = (allowed != never).then(|| allowed.clone());
    let verdict = match other_way(row, &never, &allowed, &text) {
        _ if lapsed != never => Verdict::Failed(format!("SHA-1 outlives its end: {lapsed}")),
        Some(wrong) => Verdict::Failed(wrong),
        None => hold(row, never, &text),
    };
    Ok(Done { verdict, with_sha1, cases: None })
}

/// What is wrong with what becomes of a file where SHA-1 is allowed, if anything is.
fn other_way(row: &Row, never: &Found, allowed: &Found, text: &str) -> Option<String> {
    let (Expected::Refuse(reasons) | Expected::Policy(reasons)) = &row.expected else {
        return (allowed != never).then(|| format!("where SHA-1 is allowed: {allowed}"));
    };
    match allowed {
        // Then only what has to do with it may have been wrong, and what is not the signature's to say.
        Found::Accepted(_) => {
            let wrong = reasons.iter().find(|reason| reasons::is_the_signatures(reason))?;
            Some(format!("accepted where SHA-1 is allowed, in spite of {wrong}"))
        }
        Found::Refused(cause) => {
            let mut others = reasons.iter().filter(|reason| !reasons::is_sha1(reason));
            let is_explained = others.any(|reason| reasons::explains(reason, *cause, text));
            let is_for_others = [Cause::KeySize, Cause::KeyKind, Cause::NoKey, Cause::NotCovered];
            let is_valid = row.oracle.starts_with("crypto ok");
            (is_valid && !is_explained && !is_for_others.contains(cause))
                .then(|| format!("valid, but where SHA-1 is allowed refused: {cause}"))
        }
    }
}

fn document(corpus: &Corpus, row: &Row, octets: &[u8], sha1: Sha1) -> Result<Found, String> {
    let tree = match parsed(octets) {
        Ok(tree) => tree,
        Err(cause) => return Ok(Found::Refused(cause)),
    };
    let is_signature = |element: &Element| element.is(NAMESPACE, "Signature");
    let signatures: Vec<Element> = tree.root().descendants().filter(is_signature).collect();
    if signatures.is_empty() {
        return Ok(Found::Refused(Cause::Unsigned));
    }
    let read = what_is_read(tree.root());
    let (mut covered, mut but) = (Vec::new(), None);
    for signature in &signatures {
        let keys = keyring::named(corpus, &row.keys, signature, tree.root())?;
        match with_any(&tree, signature, &read, &keys, sha1) {
            Ok(told) => {
                nor_otherwise(&tree, signature, &keys, sha1)?;
                covered.extend(told.covered);
                but = but.or(told.but);
            }
            Err(cause) => return Ok(Found::Refused(cause)),
        }
    }
    let is_covered = |element: &Element| covered.iter().any(|one: &Element| one.same(element));
    Ok(match but {
        _ if !may_be_read(&read, is_covered) => Found::Refused(Cause::NotCovered),
        Some(cause) => Found::Refused(cause),
        None => Found::Accepted(EVERY),
    })
}

/// Whether what is read of a message is covered: the whole of it, or at least every assertion that stands directly in it.
fn may_be_read(read: &[Element], is_covered: impl Fn(&Element) -> bool) -> bool {
    match read {
        [] => true, // no SAML message: it is for the caller to say what is read
        [root, assertions @ ..] => {
            is_covered(root) || (!assertions.is_empty() && assertions.iter().all(is_covered))
        }
    }
}

/// What a relying party reads of a SAML message: the message itself, and the assertions that stand directly in it.
fn what_is_read(root: &Element) -> Vec<Element> {
    if !SAML.contains(&root.namespace()) {
        return Vec::new();
    }
    let is_assertion =
        |child: &Element| SAML.contains(&child.namespace()) && child.local() == "Assertion";
    std::iter::once(root.clone()).chain(root.elements().filter(is_assertion)).collect()
}

/// What a signature covers, with the first of the keys that it verifies with; without a key, what can be told all the same.
fn with_any(
    tree: &Tree,
    signature: &Element,
    read: &[Element],
    keys: &[Candidate],
    sha1: Sha1,
) -> Result<Told, Cause> {
    let mut tried = Ok(());
    for key in keys.iter().filter_map(Candidate::key) {
        match with(tree, signature, read, key, sha1) {
            Ok(covered) => return Ok(Told { covered, but: None }),
            // A key of a chain that it was not made with says nothing.
            Err(Flaw::BadSignature) => tried = Err(Cause::BadSignature),
            Err(flaw) => return Err(cause(&flaw)),
        }
    }
    tried?;
    let told = unkeyed::told(tree, signature, keys, sha1)?;
    let expected = parent_that_is_read(signature, read);
    let is_other = |covered: &[Element]| match (&expected, covered) {
        _ if refers_to_document(signature) => false,
        (Some(parent), [only]) => !only.same(parent),
        (Some(_), _) => true,
        (None, _) => false,
    };
    if is_other(&told.covered) { Err(Cause::NotCovered) } else { Ok(told) }
}

/// With one key of the product's.
pub(crate) fn with(
    tree: &Tree,
    signature: &Element,
    read: &[Element],
    key: &Key,
    sha1: Sha1,
) -> Result<Vec<Element>, Flaw> {
    let parent = parent_that_is_read(signature, read);
    let covering = match &parent {
        _ if refers_to_document(signature) => Covering::Document(tree.root()),
        Some(parent) => Covering::Exactly(std::slice::from_ref(parent)),
        None => Covering::Any,
    };
    verify(tree, signature, key, covering, sha1)
}

/// A signature that verifies does so neither with another key nor for another element: here itself, which it never signs.
fn nor_otherwise(
    tree: &Tree,
    signature: &Element,
    keys: &[Candidate],
    sha1: Sha1,
) -> Result<(), String> {
    let another = Covering::Exactly(std::slice::from_ref(signature));
    for key in keys.iter().filter_map(Candidate::key) {
        if verify(tree, signature, key, another, sha1).is_ok() {
            return Err("verified for another element".to_owned());
        }
    }
    match with(tree, signature, &[], &stand_in(), sha1) {
        Ok(_) => Err("verified with another key".to_owned()),
        Err(_) => Ok(()),
    }
}

fn verify(
    tree: &Tree,
    signature: &Element,
    key: &Key,
    covering: Covering<'_>,
    sha1: Sha1,
) -> Result<Vec<Element>, Flaw> {
    let key = match sha1 {
        Sha1::Never => key.clone(),
        Sha1::Until(end) => key.clone().allowing_sha1(Until { end, now: NOW }),
    };
    let view = tree.view(EVERYTHING);
    let mut left = BUDGET;
    let verified = Profile::Full.verify(view, signature, &key, covering, None, &mut left)?;
    Ok(verified.covered().iter().map(|covered| covered.element().clone()).collect())
}

/// SPEC: SAML 2.0 core §5.4.2: what a signature signs is its parent. Elsewhere it may sign what it likes.
fn parent_that_is_read(signature: &Element, read: &[Element]) -> Option<Element> {
    signature.parent().filter(|parent| read.iter().any(|one| one.same(parent)))
}

fn refers_to_document(signature: &Element) -> bool {
    let is_reference = |inside: &Element| inside.is(NAMESPACE, "Reference");
    signature.descendants().filter(is_reference).any(|one| one.attribute("URI") == Some(""))
}

/// The same in the words of the manifest.
pub(crate) fn cause(flaw: &Flaw) -> Cause {
    match flaw {
        Flaw::Malformed => Cause::Structure,
        Flaw::Unsupported => Cause::Unsupported,
        Flaw::BadSignature => Cause::BadSignature,
        Flaw::UnknownReference => Cause::UnknownReference,
        Flaw::BadDigest => Cause::BadDigest,
        Flaw::NotEnveloped | Flaw::NotExpected => Cause::NotCovered,
        Flaw::Undecryptable => Cause::Undecryptable,
        Flaw::TooMuch => Cause::Limits,
    }
}
