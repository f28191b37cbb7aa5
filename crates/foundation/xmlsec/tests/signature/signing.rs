//! What is signed is verified again, and what cannot be signed is refused.

use symbolon_keys::{Digest, MacAlgorithm, SignatureAlgorithm};
use symbolon_xml::{C14n, EVERYTHING, Tree};
use symbolon_xmlsec::{
    Budget, Expected, Flaw, KeyInfo, NAMESPACE, Reference, SignatureMethod, SignedInfo, verify,
};

use crate::support::{self, EC, RSA, covered, first_signature, parse, subject, unsigned};

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
            verify(tree.view(EVERYTHING), &signature, &EC.key(), expected, None, &mut left)
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
    let signature = String::from_utf8(info.into_signature(&value, KeyInfo::Absent)).unwrap();
    assert!(!signature.contains("KeyInfo"));
    let root = parse(&support::with_signature(&unsigned, place, &signature));
    let tree = Tree::new(root.clone()).unwrap();
    let (signature, mut left) = (first_signature(&root), Budget::TOKEN);
    let verified =
        verify(tree.view(EVERYTHING), &signature, &RSA.key(), Expected::Any, None, &mut left)
            .unwrap();
    assert_eq!(verified.value(), value);
    assert_eq!(verified.method(), SignatureAlgorithm::RsaSha256.into());
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
        let good = SignedInfo::enveloped("_1", b"<a></a>", SignatureAlgorithm::RsaSha256);
        assert_eq!(good.unwrap().with_id(id), Err(Flaw::Malformed), "{id:?}");
    }
}

#[test]
fn sha_1_is_not_signed_with() {
    let octets = b"<a></a>";
    for method in [
        SignatureMethod::from(SignatureAlgorithm::RsaSha1),
        SignatureMethod::from(MacAlgorithm::HmacSha1),
    ] {
        assert_eq!(SignedInfo::enveloped("_1", octets, method), Err(Flaw::Unsupported));
    }
    let reference = Reference::new("_1", octets).digested_by(Digest::Sha1);
    let info = SignedInfo::over(&[reference], SignatureAlgorithm::RsaSha256);
    assert_eq!(info, Err(Flaw::Unsupported));
}

#[test]
fn nothing_is_not_signed() {
    let info = SignedInfo::over(&[], SignatureAlgorithm::RsaSha256);
    assert_eq!(info, Err(Flaw::Malformed));
}

#[test]
fn what_cannot_be_referred_to_as_it_was_digested_is_not_signed() {
    let signed = |c14n: C14n| {
        let reference = Reference::new("_1", b"<a></a>").canonical_by(c14n);
        SignedInfo::over(&[reference], SignatureAlgorithm::RsaSha256).map(drop)
    };
    assert_eq!(signed(C14n::exclusive().with_comments()), Err(Flaw::Unsupported));
    assert_eq!(signed(C14n::inclusive().with_comments()), Err(Flaw::Unsupported));
    assert_eq!(signed(C14n::exclusive_with("a \"/>")), Err(Flaw::Malformed));
    assert_eq!(signed(C14n::exclusive_with("a #all")), Err(Flaw::Malformed));
    assert_eq!(signed(C14n::exclusive_with("a #default")), Ok(()));
}

/// A message whose two parts are signed apart from it, one with a list of prefixes, each with its own digest.
fn message(method: SignatureMethod, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let body = "<s:Body xmlns:s=\"urn:s\" Id=\"_b\"><x>1</x></s:Body>";
    let stamp = "<s:Stamp xmlns:s=\"urn:s\" xmlns:x=\"urn:x\" Id=\"_t\">2</s:Stamp>";
    let references = [
        Reference::new("_b", body.as_bytes()).digested_by(Digest::Sha512),
        Reference::new("_t", stamp.as_bytes())
            .canonical_by(C14n::exclusive_with("x s"))
            .digested_by(Digest::Sha384),
    ];
    let info = SignedInfo::over(&references, method).unwrap().with_id("S-1").unwrap();
    let value = sign(info.octets());
    let key_info = b"<ds:KeyInfo><x:Hint xmlns:x=\"urn:x\"></x:Hint></ds:KeyInfo>";
    let signature = info.into_signature(&value, KeyInfo::Written(key_info));
    let signature = String::from_utf8(signature).unwrap();
    format!("<r xmlns:s=\"urn:s\" xmlns:x=\"urn:x\">{body}{stamp}{signature}</r>")
}

#[test]
fn several_parts_are_signed_at_once_and_verified_in_order() {
    let text = message(EC.algorithm().into(), |octets| EC.sign(octets));
    let root = parse(&text);
    let tree = Tree::new(root.clone()).unwrap();
    let (view, signature, mut left) =
        (tree.view(EVERYTHING), first_signature(&root), Budget::MESSAGE);
    let verified = verify(view, &signature, &EC.key(), Expected::Any, None, &mut left).unwrap();
    let ids: Vec<_> = verified.covered().iter().map(|c| c.element().attribute("Id")).collect();
    assert_eq!(ids, [Some("_b"), Some("_t")]);
    // The signature can be referred to in its turn, and stands there in canonical form.
    assert!(view.id("S-1").unwrap().same(&signature));
    let octets = view.canonicalize(&signature, &C14n::exclusive(), None, usize::MAX).unwrap();
    assert!(text.contains(std::str::from_utf8(&octets).unwrap()));
    // One changed part is a changed message.
    assert_eq!(covered(&text.replace("<x>1", "<x>3"), EC.public()), Err(Flaw::BadDigest));
    assert_eq!(covered(&text.replace(">2<", ">3<"), EC.public()), Err(Flaw::BadDigest));
}

#[test]
fn a_part_that_stands_for_another_is_signed_with_the_transform_that_says_so() {
    let transform = "<ds:Transform Algorithm=\"urn:example:replacing\"></ds:Transform>";
    let reference = Reference::new("_r", b"octets").replaced_by(transform);
    let info = SignedInfo::over(&[reference], EC.algorithm()).unwrap();
    let text = String::from_utf8(info.octets().to_vec()).unwrap();
    assert!(text.contains(&format!("<ds:Transforms>{transform}</ds:Transforms>")), "{text}");
}
