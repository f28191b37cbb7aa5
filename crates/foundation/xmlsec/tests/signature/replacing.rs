//! The transform that a caller supplies.

use symbolon_xml::{C14n, EVERYTHING, Element, Tree, View};
use symbolon_xmlsec::{Budget, Expected, Flaw, Replace, Replacement, verify};

use crate::support::{
    EC, ENVELOPED, EXCLUSIVE, alice, first_signature, parse, reference_with, token_with, transform,
};

const REPLACING: &str = "urn:example:replacing";

/// Replaces the referenced element by the one whose id its text names.
struct ById;

impl Replace for ById {
    fn algorithm(&self) -> &'static str {
        REPLACING
    }

    fn canonicalization(&self, transform: &Element) -> Option<C14n> {
        transform.has_elements().then(C14n::exclusive)
    }

    fn replace(&self, view: View<'_>, apex: &Element) -> Option<Replacement> {
        let named = view.text(apex);
        match named.split_once(' ') {
            Some(("octets", octets)) => Some(Replacement::Octets(octets.as_bytes().to_vec())),
            Some(("written", octets)) => {
                Some(Replacement::Written { element: view.id("_a")?, octets: octets.into() })
            }
            Some(("elsewhere", octets)) => {
                Some(Replacement::Written { element: parse("<a/>"), octets: octets.into() })
            }
            Some(_) => None,
            None => view.id(&named).map(Replacement::Element),
        }
    }
}

fn replaced(named: &str, parameters: &str, digested: &[u8]) -> Result<Vec<Option<String>>, Flaw> {
    let transforms = transform(REPLACING, parameters);
    let reference = reference_with(" URI=\"#_r\"", &transforms, digested);
    let text = format!(
        "<r><ref Id=\"_r\">{named}</ref><a Id=\"_a\">1</a>{}</r>",
        EC.signature(&reference)
    );
    let root = parse(&text);
    let tree = Tree::new(root.clone()).unwrap();
    let (signature, mut left) = (first_signature(&root), Budget::TOKEN);
    let view = tree.view(EVERYTHING);
    let without = verify(view, &signature, &EC.key(), Expected::Any, None, &mut left);
    assert_eq!(without.map(drop), Err(Flaw::Unsupported));
    let mut left = Budget::TOKEN;
    let verified = verify(view, &signature, &EC.key(), Expected::Any, Some(&ById), &mut left)?;
    Ok(verified.covered().iter().map(|c| c.element().attribute("Id").map(str::to_owned)).collect())
}

#[test]
fn what_replaces_the_referenced_element_is_what_is_covered() {
    let parameters = "<p></p>";
    let a = b"<a Id=\"_a\">1</a>";
    assert_eq!(replaced("_a", parameters, a), Ok(vec![Some("_a".to_owned())]));
    assert_eq!(replaced("octets xyz", parameters, b"xyz"), Ok(vec![]));
    assert_eq!(replaced("_a", parameters, b"other"), Err(Flaw::BadDigest));
    assert_eq!(replaced("octets xyz", parameters, b"other"), Err(Flaw::BadDigest));
    assert_eq!(replaced("_nobody", parameters, a), Err(Flaw::UnknownReference));
    assert_eq!(replaced("of nothing", parameters, a), Err(Flaw::UnknownReference));
    assert_eq!(replaced("_a", "", a), Err(Flaw::Unsupported));
}

#[test]
fn what_replaces_may_be_written_in_a_form_of_its_own() {
    let parameters = "<p></p>";
    assert_eq!(replaced("written xyz", parameters, b"xyz"), Ok(vec![Some("_a".to_owned())]));
    assert_eq!(replaced("written xyz", parameters, b"xyy"), Err(Flaw::BadDigest));
    // But it is still an element of the message.
    assert_eq!(replaced("elsewhere xyz", parameters, b"xyz"), Err(Flaw::UnknownReference));
}

#[test]
fn a_replacing_transform_stands_alone() {
    for transforms in [
        [transform(REPLACING, "<p></p>"), transform(EXCLUSIVE, "")].concat(),
        [transform(ENVELOPED, ""), transform(REPLACING, "<p></p>")].concat(),
    ] {
        let reference = reference_with(" URI=\"#_1\"", &transforms, &alice());
        let root = parse(&token_with(&EC, "alice", &reference));
        let tree = Tree::new(root.clone()).unwrap();
        let (signature, mut left) = (first_signature(&root), Budget::TOKEN);
        let view = tree.view(EVERYTHING);
        let outcome = verify(view, &signature, &EC.key(), Expected::Any, Some(&ById), &mut left);
        assert_eq!(outcome.map(drop), Err(Flaw::Unsupported));
    }
}
