//! Whatever is wrong with a ciphertext, one thing is said of it.
//!
//! In:  octets from anywhere; the fuzzer begins with the samples.
//! Out: nothing; panics where a failed decryption says more than that it failed, or authenticated plaintext is not a sample's.
//! Never: two flaws for two reasons.
//!
//! XML Encryption 1.1 §4.3, §6.

use std::collections::HashSet;
use std::sync::LazyLock;

use symbolon_formats::RawToken;
use symbolon_formats::saml2::Saml2;
use symbolon_keys::SecretKey;
use symbolon_testkit::{Seeded, ready};
use symbolon_xml::{C14n, Document, EVERYTHING, Element, Limits, Place, Tree};
use symbolon_xmlsec::{
    Accepts, Budget, ENCRYPTION_NAMESPACE, EncryptedData, EncryptedElement, EncryptedKey, Flaw,
};

use crate::keys::{DECRYPTS, ISSUER, secret};
use crate::samples::{SAMPLES, Said};
use crate::tokens;

const ACCEPTS: Accepts = Accepts::AUTHENTICATED.and_cbc();
/// LIMIT: parts tried in one document; each costs a use of a private key.
const MOST_PARTS: usize = 3;

/// Decrypts the root, every EncryptedData and every EncryptedKey with every key that there is.
///
/// # Panics
/// Where a failure is another than the one, or where what AES-GCM vouches for is in no sample.
pub fn decryptor(octets: &[u8]) {
    let Ok(root) = Document::parse(octets, &Limits::MESSAGE) else { return };
    for (authentic, said) in opened(&root) {
        assert!(!authentic || PLAIN.contains(&said), "nobody has encrypted {said}");
    }
    for element in parts(&root, "EncryptedData") {
        data(&root, &element);
    }
    for element in parts(&root, "EncryptedKey") {
        key(&element);
    }
}

/// The assertion in an EncryptedAssertion, once its signature holds too.
pub(crate) fn encrypted_assertion(octets: &[u8]) -> Option<Said> {
    let root = Document::parse(octets, &Limits::TOKEN).ok()?;
    let encrypted = EncryptedElement::parse(&root, &ACCEPTS, &mut Budget::TOKEN.clone()).ok()?;
    let open = |key| ready(encrypted.open(key, &Seeded::new(1))).ok();
    let tree = DECRYPTS.iter().find_map(|key| open(key))?;
    tokens::believed(&Saml2, &ISSUER, &RawToken::Xml(tree.root().clone()))
}

/// Everything that the samples hold encrypted.
static PLAIN: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let roots = SAMPLES.iter().filter_map(|s| Document::parse(s.octets(), &Limits::MESSAGE).ok());
    roots.flat_map(|root| opened(&root)).map(|(_, said)| said).collect()
});

/// What an element around an EncryptedData holds, under each key that decrypts it, and whether the cipher vouches for it.
fn opened(element: &Element) -> Vec<(bool, String)> {
    let mut left = Budget::MESSAGE;
    let Ok(encrypted) = EncryptedElement::parse(element, &ACCEPTS, &mut left) else {
        return Vec::new();
    };
    let random = Seeded::new(1);
    let outcomes = DECRYPTS.iter().map(|key| ready(encrypted.open(key, &random)));
    let outcomes: Vec<_> = outcomes.chain([encrypted.open_with(&secret())]).collect();
    let authentic = encrypted.data().cipher().is_authenticated();
    outcomes.into_iter().filter_map(one_flaw).map(|tree| (authentic, said(&tree))).collect()
}

fn said(tree: &Tree) -> String {
    let octets =
        tree.view(EVERYTHING).canonicalize(tree.root(), &C14n::exclusive(), None, usize::MAX);
    octets
        .map_or_else(|why| why.to_string(), |octets| String::from_utf8_lossy(&octets).into_owned())
}

fn one_flaw<T>(outcome: Result<T, Flaw>) -> Option<T> {
    match outcome {
        Ok(plain) => Some(plain),
        Err(flaw) => {
            assert_eq!(flaw, Flaw::Undecryptable, "a reason shows");
            None
        }
    }
}

fn parts(root: &Element, local: &str) -> Vec<Element> {
    let named = root.descendants().filter(|element| element.is(ENCRYPTION_NAMESPACE, local));
    named.take(MOST_PARTS).collect()
}

/// Every way out of a ciphertext, with a key that may fit and one that does not.
fn data(root: &Element, element: &Element) {
    let mut left = Budget::MESSAGE;
    let Ok(data) = EncryptedData::parse(element, &ACCEPTS, &mut left) else { return };
    let short = SecretKey::new(vec![0; 5].into());
    for key in [secret(), short] {
        one_flaw(data.decrypt(&key).fragment());
        one_flaw(data.decrypt(&key).tree());
        one_flaw(data.decrypt(&key).octets());
        if let Ok(mut message) = Tree::new(root.clone()) {
            one_flaw(data.decrypt(&key).graft(&mut message, Place(1, 0)));
        }
    }
}

/// A key always comes of it, of the length that was asked for.
fn key(element: &Element) {
    let mut left = Budget::MESSAGE;
    let Ok(wrapped) = EncryptedKey::parse(element, &ACCEPTS, &mut left) else { return };
    let random = Seeded::new(2);
    for wanted in [Some(16), Some(32), None] {
        let all = DECRYPTS.iter().map(|key| ready(wrapped.unwrap(key, wanted, &random)));
        for key in all.chain([wrapped.unwrap_with(&secret(), wanted, &random)]) {
            let key = key.unwrap_or_else(|flaw| panic!("no key: {flaw}"));
            let fits = wanted.map_or((16..=64).contains(&key.len()), |wanted| key.len() == wanted);
            assert!(fits, "a key of {} octets, where {wanted:?} were wanted", key.len());
        }
    }
}
