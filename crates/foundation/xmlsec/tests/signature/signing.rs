//! What is signed is verified again, and what cannot be signed is refused.

use symbolon_keys::SignatureAlgorithm;
use symbolon_xml::{C14n, EVERYTHING, Tree};
use symbolon_xmlsec::{Budget, Expected, Flaw, NAMESPACE, SignedInfo, verify};

use crate::support::{self, EC, RSA, first_signature, parse, subject, unsigned};

#[test]
fn a_signed_token_is_verified() {
    for signer in [&*RSA, &*EC] {
        let token = signer.token("alice");
        assert_eq!(subject(&token, signer.public()).as_deref(), Ok("alice"));
    }
}

#[test]
fn a_signed_token_is_still_canonical() {
    let token = EC.token("alice & bob");
    let root = parse(&token);
    let tree = Tree::new(root.clone()).unwrap();
    let octets = tree.view(EVERYTHING).canonicalize(&root, &C14n::exclusive(), None, usize::MAX);
    assert_eq!(String::from_utf8(octets.unwrap()).unwrap(), token);
}

#[test]
fn what_stands_around_a_token_does_not_break_its_signature() {
    for (before, after) in [
        ("<r xmlns='urn:evil' xmlns:ds='urn:evil2' xmlns:t='urn:evil3'>", "</r>"),
        (
            "<?xml version='1.0'?>\r\n<w:r xmlns:w='urn:w' xml:lang='en'><w:x>\r\n",
            "<!-- --></w:x></w:r>",
        ),
    ] {
        let message = parse(&format!("{before}{}{after}", EC.token("alice")));
        let token = message.descendants().find(|e| e.is(support::T, "Assertion")).unwrap();
        let tree = Tree::detached(&token).unwrap();
        let signature = token.child(NAMESPACE, "Signature").unwrap().unwrap();
        let expected = Expected::Exactly(std::slice::from_ref(&token));
        let mut left = Budget::TOKEN;
        let verified =
            verify(tree.view(EVERYTHING), &signature, EC.public(), expected, None, &mut left)
                .unwrap();
        assert!(verified.covered()[0].element().same(&token));
    }
}

#[test]
fn a_verified_signature_tells_its_value_and_algorithm() {
    let (unsigned, place) = unsigned("alice");
    let info =
        SignedInfo::enveloped("_1", unsigned.as_bytes(), SignatureAlgorithm::RsaSha256).unwrap();
    let value = RSA.sign(info.octets());
    let signature = String::from_utf8(info.into_signature(&value, None)).unwrap();
    assert!(!signature.contains("KeyInfo"));
    let root = parse(&support::with_signature(&unsigned, place, &signature));
    let tree = Tree::new(root.clone()).unwrap();
    let (signature, mut left) = (first_signature(&root), Budget::TOKEN);
    let verified =
        verify(tree.view(EVERYTHING), &signature, RSA.public(), Expected::Any, None, &mut left)
            .unwrap();
    assert_eq!(verified.value(), value);
    assert_eq!(verified.algorithm(), SignatureAlgorithm::RsaSha256);
    assert_eq!((left.signatures, left.references), (0, 0));
    assert!(left.octets < Budget::TOKEN.octets - unsigned.len());
}

#[test]
fn an_id_that_is_no_plain_name_is_not_signed() {
    for id in
        ["", "1", "-a", "a b", "a\"b", "a&b", "a<b", "\u{e9}", "#a", "a%20", "a:b", "xpointer(/)"]
    {
        let info = SignedInfo::enveloped(id, b"<a></a>", SignatureAlgorithm::RsaSha256);
        assert_eq!(info, Err(Flaw::Malformed), "{id:?}");
    }
}

#[test]
fn an_algorithm_without_a_place_in_the_profile_is_not_signed_with() {
    let info = SignedInfo::enveloped("_1", b"<a></a>", SignatureAlgorithm::PsSha256);
    assert_eq!(info, Err(Flaw::Unsupported));
}
