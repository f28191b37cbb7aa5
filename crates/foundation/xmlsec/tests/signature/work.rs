//! How much a stranger can make us do.

use symbolon_xml::{EVERYTHING, Tree};
use symbolon_xmlsec::{Budget, Expected, Flaw, VerifiedSignature, verify};

use crate::support::{
    EC, ENVELOPED, EXCLUSIVE, alice, first_signature, parse, reference, scene, signature_with,
    token_with, unsigned, with_signature,
};

fn spend(text: &str, mut left: Budget) -> Result<VerifiedSignature, Flaw> {
    let root = parse(text);
    let tree = Tree::new(root.clone()).unwrap();
    verify(
        tree.view(EVERYTHING),
        &first_signature(&root),
        &EC.key(),
        Expected::Any,
        None,
        &mut left,
    )
}

#[test]
fn a_bad_signature_is_found_before_any_digest() {
    let references = reference("#_1", &[ENVELOPED, EXCLUSIVE], b"the wrong digest").repeat(4);
    let bad = signature_with(&references, EC.identifier(), "", |_| vec![7; 64]);
    let (unsigned, place) = unsigned(&"x".repeat(100_000));
    let text = with_signature(&unsigned, place, &bad);
    // Octets for SignedInfo and for no reference: were one digested first, this would be TooMuch.
    let left = Budget { octets: 10_000, ..Budget::MESSAGE };
    assert_eq!(spend(&text, left).map(drop), Err(Flaw::BadSignature));
    let good = with_signature(&unsigned, place, &EC.signature(&references));
    assert_eq!(spend(&good, left).map(drop), Err(Flaw::TooMuch));
    assert_eq!(spend(&good, Budget::MESSAGE).map(drop), Err(Flaw::BadDigest));
}

#[test]
fn more_references_than_the_budget_are_refused_before_any_work() {
    let one = reference("#_1", &[ENVELOPED, EXCLUSIVE], &alice());
    let left = Budget { references: 3, ..Budget::MESSAGE };
    assert!(spend(&token_with(&EC, "alice", &one.repeat(3)), left).is_ok());
    assert_eq!(
        spend(&token_with(&EC, "alice", &one.repeat(4)), left).map(drop),
        Err(Flaw::TooMuch)
    );
    let bad = signature_with(&one.repeat(100), EC.identifier(), "", |_| vec![7; 64]);
    let (unsigned, place) = unsigned("alice");
    let text = with_signature(&unsigned, place, &bad);
    assert_eq!(spend(&text, Budget::MESSAGE).map(drop), Err(Flaw::TooMuch));
}

#[test]
fn more_signatures_or_octets_than_the_budget_are_refused() {
    let text = scene().signed;
    let no_signature = Budget { signatures: 0, ..Budget::MESSAGE };
    assert_eq!(spend(&text, no_signature).map(drop), Err(Flaw::TooMuch));
    let few_octets = Budget { octets: 600, ..Budget::MESSAGE };
    assert_eq!(spend(&text, few_octets).map(drop), Err(Flaw::TooMuch));
    // Each digest counts, also of the same element.
    let one = reference("#_1", &[ENVELOPED, EXCLUSIVE], &alice());
    let text = token_with(&EC, "alice", &one.repeat(4));
    let used = |octets| spend(&text, Budget { octets, ..Budget::MESSAGE }).map(drop);
    let needed = (0..10_000).find(|octets| used(*octets).is_ok()).unwrap();
    assert!(needed > 4 * (alice().len() + one.len()), "{needed}");
    assert_eq!(used(needed - 1), Err(Flaw::TooMuch));
}
