//! Content changed, wrapped, moved or hidden: nothing but what was signed is ever handed back.
//!
//! The set is that of Somorovsky et al., "On Breaking SAML" (signature wrapping), and the CVE-2017-11427 family (comments).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use symbolon_keys::sha256;
use symbolon_xml::{EVERYTHING, Element, Flaw as XmlFlaw, Tree};
use symbolon_xmlsec::{Budget, Expected, Flaw, verify};

use crate::support::{
    EC, ENVELOPED, EXCLUSIVE, Scene, alice, covered, first_signature, parse, reference, refused,
    scene, subject, token_with, unsigned, with_signature,
};

#[test]
fn the_forger_of_these_tests_can_make_a_good_signature() {
    let text = token_with(&EC, "alice", &reference("#_1", &[ENVELOPED, EXCLUSIVE], &alice()));
    assert_eq!(subject(&text, EC.public()).as_deref(), Ok("alice"));
}

#[test]
fn a_changed_subject_is_refused() {
    refused(Flaw::BadDigest, &scene().signed.replace("alice", "alicf"));
}

#[test]
fn a_changed_signed_info_is_refused() {
    let Scene { signed, evil, .. } = scene();
    let digest = STANDARD.encode(sha256(&alice()));
    let forged = signed.replace(&digest, &STANDARD.encode(sha256(evil.as_bytes())));
    refused(Flaw::BadSignature, &forged.replace("alice", "mallory"));
}

#[test]
fn a_comment_does_not_cut_the_subject() {
    let text = scene().signed.replace("alice", "al<!-- -->ice");
    assert_eq!(subject(&text, EC.public()).as_deref(), Ok("alice"));
    let text = EC.token("admin@example.com.evil.org").replace(".evil", "<!-- -->.evil");
    assert_eq!(subject(&text, EC.public()).as_deref(), Ok("admin@example.com.evil.org"));
}

#[test]
fn a_comment_in_a_digest_or_signature_value_is_refused() {
    let Scene { signed, evil, .. } = scene();
    let good = STANDARD.encode(sha256(&alice()));
    let bad = STANDARD.encode(sha256(evil.as_bytes()));
    // Also where nothing else was changed: canonical form has no comments, so the signature would hold.
    for text in [&signed, &signed.replace("alice", "mallory")] {
        for value in [
            format!("<!--{bad}-->{good}"),
            format!("{good}<!--{bad}-->"),
            format!("{bad}<!--{good}-->"),
            format!("<!---->{good}"),
            format!("{bad}<x/>{good}"),
            format!("{good}{bad}"),
        ] {
            refused(Flaw::Malformed, &text.replace(&good, &value));
        }
    }
    for (from, to) in [
        ("<ds:SignatureValue>", "<ds:SignatureValue><!---->"),
        ("</ds:SignatureValue>", "<!--x--></ds:SignatureValue>"),
        ("</ds:SignatureValue>", "<x/></ds:SignatureValue>"),
    ] {
        refused(Flaw::Malformed, &signed.replace(from, to));
    }
}

#[test]
fn the_original_inside_an_object_of_the_signature_is_refused() {
    let scene = scene();
    let original = unsigned("alice").0;
    let object = format!("<ds:Object>{original}</ds:Object></ds:Signature>");
    let signature = scene.signature.replace("</ds:Signature>", &object);
    refused(Flaw::Malformed, &with_signature(&scene.evil_renamed(), scene.place, &signature));
    // Also where KeyInfo would be.
    let without_key_info = EC.signature(&reference("#_1", &[EXCLUSIVE], original.as_bytes()));
    let signature = without_key_info.replace("</ds:Signature>", &object);
    refused(Flaw::Malformed, &with_signature(&scene.evil_renamed(), scene.place, &signature));
}

#[test]
fn an_evil_root_around_the_signed_original_is_refused() {
    let scene = scene();
    let text = scene.evil_renamed().replace("<t:Subject>", &format!("{}<t:Subject>", scene.signed));
    refused(Flaw::NotExpected, &text);
    assert_eq!(covered(&text, EC.public()), Ok(vec!["alice".to_owned()]));
}

#[test]
fn an_evil_sibling_of_the_signed_original_is_refused() {
    let scene = scene();
    for text in [
        format!("<r>{}{}</r>", scene.evil_renamed(), scene.signed),
        format!("<r>{}{}</r>", scene.signed, scene.evil_renamed()),
    ] {
        let root = parse(&text);
        let evil = root.elements().find(|e| e.attribute("ID") == Some("_2")).unwrap();
        let tree = Tree::new(root.clone()).unwrap();
        let signature = first_signature(&root);
        let expected = Expected::Exactly(std::slice::from_ref(&evil));
        let mut left = Budget::TOKEN;
        let outcome =
            verify(tree.view(EVERYTHING), &signature, &EC.key(), expected, None, &mut left);
        assert_eq!(outcome.map(drop), Err(Flaw::NotExpected));
        assert_eq!(covered(&text, EC.public()), Ok(vec!["alice".to_owned()]));
    }
}

#[test]
fn an_enveloped_signature_outside_its_target_is_refused() {
    let scene = scene();
    let original = unsigned("alice").0;
    let moved = with_signature(&scene.evil_renamed(), scene.place, &scene.signature);
    for text in [
        format!("<r>{moved}{original}</r>"),
        format!("<r>{original}{}</r>", scene.signature),
        moved.replace("<t:Subject>", &format!("<t:Advice>{original}</t:Advice><t:Subject>")),
    ] {
        refused(Flaw::NotEnveloped, &text);
        assert_eq!(covered(&text, EC.public()), Err(Flaw::NotEnveloped));
    }
}

#[test]
fn an_id_on_two_elements_never_reaches_verification() {
    let scene = scene();
    for text in [
        format!("<r>{}{}</r>", scene.evil, scene.signed),
        format!("<r>{}{}</r>", scene.signed, scene.evil),
        scene.signed.replace("<t:Subject>", "<t:Subject Id=\"_1\">"),
    ] {
        assert_eq!(Tree::new(parse(&text)).map(drop), Err(XmlFlaw::DuplicateId("_1".to_owned())));
    }
}

#[test]
fn a_token_cannot_refer_to_what_stands_around_it() {
    let original = unsigned("alice").0;
    let evil = with_signature(
        &scene().evil_renamed(),
        scene().place,
        &EC.signature(&reference("#_1", &[EXCLUSIVE], original.as_bytes())),
    );
    let root = parse(&format!("<r>{evil}{original}</r>"));
    let token = root.elements().next().unwrap();
    let tree = Tree::detached(&token).unwrap();
    let (signature, mut left) = (first_signature(&token), Budget::TOKEN);
    let outcome =
        verify(tree.view(EVERYTHING), &signature, &EC.key(), Expected::Any, None, &mut left);
    assert_eq!(outcome.map(drop), Err(Flaw::UnknownReference));
}

#[test]
fn more_than_what_is_expected_is_not_what_is_expected() {
    let twice = [
        reference("#_1", &[ENVELOPED, EXCLUSIVE], &alice()),
        reference("#_1", &[ENVELOPED, EXCLUSIVE], &alice()),
    ];
    let root = parse(&token_with(&EC, "alice", &twice.concat()));
    let tree = Tree::new(root.clone()).unwrap();
    let outcome = |expected: &[Element]| {
        let (signature, mut left) = (first_signature(&root), Budget::MESSAGE);
        let view = tree.view(EVERYTHING);
        verify(view, &signature, &EC.key(), Expected::Exactly(expected), None, &mut left).map(drop)
    };
    assert_eq!(outcome(std::slice::from_ref(&root)), Err(Flaw::NotExpected));
    assert_eq!(outcome(&[]), Err(Flaw::NotExpected));
    assert_eq!(outcome(&[root.clone(), first_signature(&root)]), Err(Flaw::NotExpected));
}

#[test]
fn one_that_is_expected_twice_does_not_make_room_for_another() {
    let other = unsigned("mallory").0.replace("\"_1\"", "\"_2\"");
    let references = [
        reference("#_1", &[EXCLUSIVE], &alice()),
        reference("#_2", &[EXCLUSIVE], other.as_bytes()),
    ];
    let text =
        format!("<r>{}{other}{}</r>", unsigned("alice").0, EC.signature(&references.concat()));
    let root = parse(&text);
    let tree = Tree::new(root.clone()).unwrap();
    let alice = root.elements().next().unwrap();
    let (view, signature, mut left) =
        (tree.view(EVERYTHING), first_signature(&root), Budget::MESSAGE);
    let twice = [alice.clone(), alice];
    let expected = Expected::Exactly(&twice);
    let outcome = verify(view, &signature, &EC.key(), expected, None, &mut left);
    assert_eq!(outcome.map(drop), Err(Flaw::NotExpected));
}
