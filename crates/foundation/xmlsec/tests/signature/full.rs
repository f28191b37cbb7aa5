//! The full profile: what others write besides, and what stays refused in it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use symbolon_keys::Digest;
use symbolon_xml::{EVERYTHING, Tree};
use symbolon_xmlsec::{Budget, Expected, Flaw, NAMESPACE, Profile};

use crate::support::{
    EC, ENVELOPED, EXCLUSIVE, alice, covered_in, first_signature, name, parse, reference,
    reference_by, reference_with, subject_in, token_with, transform, unsigned, with_signature,
};

const INCLUSIVE: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
const WITH_COMMENTS: &str = "#WithComments";
const EXCLUSIVE_WITH_COMMENTS: &str = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments";

fn full(text: &str) -> Result<String, Flaw> {
    subject_in(Profile::Full, text, EC.public())
}

fn narrow(text: &str) -> Result<String, Flaw> {
    subject_in(Profile::Narrow, text, EC.public())
}

/// A signature whose SignedInfo is canonicalized by `method`; `around` is what that form inherits from outside.
fn signature_by(method: &str, around: &str, references: &str) -> String {
    let inside = format!(
        "<ds:CanonicalizationMethod Algorithm=\"{method}\"></ds:CanonicalizationMethod>\
         <ds:SignatureMethod Algorithm=\"{}\"></ds:SignatureMethod>{references}</ds:SignedInfo>",
        EC.identifier()
    );
    let canonical = format!("<ds:SignedInfo xmlns:ds=\"{NAMESPACE}\"{around}>{inside}");
    let value = STANDARD.encode(EC.sign(canonical.as_bytes()));
    format!(
        "<ds:Signature xmlns:ds=\"{NAMESPACE}\"><ds:SignedInfo>{inside}\
         <ds:SignatureValue>{value}</ds:SignatureValue></ds:Signature>"
    )
}

#[test]
fn canonicalization_may_be_inclusive_implied_or_with_comments() {
    let inclusive_with_comments = [INCLUSIVE, WITH_COMMENTS].concat();
    for transforms in [
        &[ENVELOPED][..],
        &[ENVELOPED, INCLUSIVE],
        &[ENVELOPED, &inclusive_with_comments],
        &[ENVELOPED, EXCLUSIVE_WITH_COMMENTS],
    ] {
        // The token stands alone, so that both forms are the same.
        let text = token_with(&EC, "alice", &reference("#_1", transforms, &alice()));
        assert_eq!(full(&text).as_deref(), Ok("alice"), "{transforms:?}");
        assert_eq!(full(&text.replace("alice", "alicd")), Err(Flaw::BadDigest), "{transforms:?}");
        assert_eq!(narrow(&text), Err(Flaw::Unsupported), "{transforms:?}");
        // What `#id` selects has no comments, so that one more is no change.
        let commented = text.replace("alice", "al<!-- -->ice");
        assert_eq!(full(&commented).as_deref(), Ok("alice"), "{transforms:?}");
    }
}

#[test]
fn a_reference_by_id_has_no_comments_whatever_its_canonicalization_says() {
    for method in [EXCLUSIVE_WITH_COMMENTS, &[INCLUSIVE, WITH_COMMENTS].concat()] {
        let signature = EC.signature(&reference("#_1", &[method], &alice()));
        let commented = unsigned("alice").0.replace("alice", "al<!-- -->ice");
        let text = format!("<r>{commented}{signature}</r>");
        let covered = covered_in(Profile::Full, &text, EC.public());
        assert_eq!(covered, Ok(vec!["alice".to_owned()]), "{method}");
    }
}

#[test]
fn inclusive_form_is_that_of_the_place() {
    let inherited = unsigned("alice").0.replace("<t:Assertion", "<t:Assertion xmlns=\"urn:d\"");
    let none = reference_by(Digest::Sha256, " URI=\"#_1\"", "", inherited.as_bytes());
    let stated = reference("#_1", &[INCLUSIVE], inherited.as_bytes());
    for references in [none, stated] {
        let signature = EC.signature(&references);
        let original = unsigned("alice").0;
        let at = |around: &str| {
            let text = format!("<r{around}>{original}{signature}</r>");
            covered_in(Profile::Full, &text, EC.public())
        };
        assert_eq!(at(" xmlns=\"urn:d\""), Ok(vec!["alice".to_owned()]));
        assert_eq!(at(" xmlns=\"urn:e\""), Err(Flaw::BadDigest));
        assert_eq!(at(""), Err(Flaw::BadDigest));
        let text = format!("<r xmlns=\"urn:d\">{original}{signature}</r>");
        assert_eq!(covered_in(Profile::Narrow, &text, EC.public()), Err(Flaw::Unsupported));
    }
}

#[test]
fn signed_info_may_be_canonicalized_in_every_form_of_the_profile() {
    let references = reference("#_1", &[ENVELOPED, EXCLUSIVE], &alice());
    let around = " xmlns:t=\"urn:example:token\"";
    let (unsigned, place) = unsigned("alice");
    for (method, around) in [
        (EXCLUSIVE, ""),
        (EXCLUSIVE_WITH_COMMENTS, ""),
        (INCLUSIVE, around),
        (&[INCLUSIVE, WITH_COMMENTS].concat(), around),
    ] {
        let text = with_signature(&unsigned, place, &signature_by(method, around, &references));
        assert_eq!(full(&text).as_deref(), Ok("alice"), "{method}");
        assert_eq!(narrow(&text).is_ok(), method == EXCLUSIVE, "{method}");
        // A comment in SignedInfo is signed where the method says so.
        let commented = text.replace("<ds:Reference", "<!-- --><ds:Reference");
        let signed = method.ends_with(WITH_COMMENTS);
        assert_eq!(full(&commented), if signed { Err(Flaw::BadSignature) } else { full(&text) });
    }
}

#[test]
fn only_exclusive_canonicalization_takes_a_list_of_prefixes() {
    let list = format!(
        "<ec:InclusiveNamespaces xmlns:ec=\"{EXCLUSIVE}\" PrefixList=\"t\"></ec:InclusiveNamespaces>"
    );
    let text = |method: &str| {
        let transforms = [transform(ENVELOPED, ""), transform(method, &list)].concat();
        token_with(&EC, "alice", &reference_with(" URI=\"#_1\"", &transforms, &alice()))
    };
    assert_eq!(full(&text(EXCLUSIVE)).as_deref(), Ok("alice"));
    assert_eq!(full(&text(EXCLUSIVE_WITH_COMMENTS)).as_deref(), Ok("alice"));
    assert_eq!(full(&text(INCLUSIVE)), Err(Flaw::Unsupported));
}

#[test]
fn transforms_outside_the_profile_are_refused_in_it_too() {
    for transforms in [
        &["http://www.w3.org/2006/12/xml-c14n11"][..],
        &[ENVELOPED, "http://www.w3.org/2006/12/xml-c14n11"],
        &["http://www.w3.org/2000/09/xmldsig#base64"],
        &["http://www.w3.org/TR/1999/REC-xpath-19991116", INCLUSIVE],
        &[INCLUSIVE, EXCLUSIVE],
        &[EXCLUSIVE, ENVELOPED],
        &[ENVELOPED, ENVELOPED],
        &[ENVELOPED, EXCLUSIVE, EXCLUSIVE],
        &[],
    ] {
        let text = token_with(&EC, "alice", &reference("#_1", transforms, &alice()));
        assert_eq!(full(&text), Err(Flaw::Unsupported), "{transforms:?}");
    }
}

/// An enveloping signature over an object that holds alice's token.
fn enveloping(object: &str, digested: &str) -> String {
    let reference = reference_by(Digest::Sha256, " URI=\"#_o\"", "", digested.as_bytes());
    EC.signature(&reference).replace("</ds:Signature>", &format!("{object}</ds:Signature>"))
}

#[test]
fn a_signature_may_carry_what_it_signs() {
    let original = unsigned("alice").0;
    let object = format!("<ds:Object Id=\"_o\">{original}</ds:Object>");
    let digested = format!("<ds:Object xmlns:ds=\"{NAMESPACE}\" Id=\"_o\">{original}</ds:Object>");
    let text = enveloping(&object, &digested);
    let covered = |text: &str, profile| covered_in(profile, text, EC.public());
    assert_eq!(covered(&text, Profile::Full), Ok(vec!["alice".to_owned()]));
    assert_eq!(covered(&text, Profile::Narrow), Err(Flaw::Malformed));
    let changed = text.replace("alice", "alicd");
    assert_eq!(covered(&changed, Profile::Full), Err(Flaw::BadDigest));
    // Others beside it are no part of what is signed.
    let other = unsigned("mallory").0.replace("\"_1\"", "\"_2\"");
    let beside =
        text.replace("</ds:Signature>", &format!("<ds:Object>{other}</ds:Object></ds:Signature>"));
    assert_eq!(covered(&beside, Profile::Full), Ok(vec!["alice".to_owned()]));
    for (from, to) in [
        ("<ds:Object Id", "<ds:Object x=\"1\" Id"),
        ("<ds:Object Id", "<ds:SignatureValue></ds:SignatureValue><ds:Object Id"),
        ("</ds:Object>", "</ds:Object><ds:KeyInfo></ds:KeyInfo>"),
        ("</ds:Object>", "</ds:Object><x></x>"),
        ("</ds:Object>", "</ds:Object>text"),
    ] {
        assert_eq!(covered(&text.replace(from, to), Profile::Full), Err(Flaw::Malformed), "{to}");
    }
}

#[test]
fn a_manifest_is_refused() {
    let listed = reference("#_1", &[EXCLUSIVE], &alice());
    let manifest = format!("<ds:Manifest Id=\"_m\">{listed}</ds:Manifest>");
    let digested = manifest.replace(" Id", &format!(" xmlns:ds=\"{NAMESPACE}\" Id"));
    let kind = " Type=\"http://www.w3.org/2000/09/xmldsig#Manifest\" URI=\"#_m\"";
    for attributes in [kind, " URI=\"#_m\""] {
        let transforms = format!("<ds:Transforms>{}</ds:Transforms>", transform(EXCLUSIVE, ""));
        let reference = reference_by(Digest::Sha256, attributes, &transforms, digested.as_bytes());
        let object = format!("<ds:Object>{manifest}</ds:Object></ds:Signature>");
        let text = EC.signature(&reference).replace("</ds:Signature>", &object);
        let text = format!("<r>{}{text}</r>", unsigned("alice").0);
        let outcome = covered_in(Profile::Full, &text, EC.public());
        assert_eq!(outcome, Err(Flaw::Unsupported));
    }
}

/// Verifies with what is expected, in both profiles, which must agree.
fn document(text: &str, expected: impl Fn(&Tree) -> Wanted) -> Result<Vec<String>, Flaw> {
    let root = parse(text);
    let tree = Tree::new(root.clone()).unwrap();
    let wanted = expected(&tree);
    let outcomes = [Profile::Narrow, Profile::Full].map(|profile| {
        let (view, mut left) = (tree.view(EVERYTHING), Budget::MESSAGE);
        let expected = match &wanted {
            Wanted::Document(element) => Expected::Document(element),
            Wanted::Exactly(element) => Expected::Exactly(std::slice::from_ref(element)),
            Wanted::Any => Expected::Any,
        };
        let signature = first_signature(&root);
        let verified = profile.verify(view, &signature, &EC.key(), expected, None, &mut left)?;
        Ok(verified.covered().iter().map(|c| name(c.element())).collect())
    });
    let [narrow, full] = outcomes;
    assert_eq!(narrow, full);
    full
}

enum Wanted {
    Document(symbolon_xml::Element),
    Exactly(symbolon_xml::Element),
    Any,
}

#[test]
fn the_whole_document_is_referred_to_only_where_its_root_is_what_is_expected() {
    let text = token_with(&EC, "alice", &reference("", &[ENVELOPED, EXCLUSIVE], &alice()));
    let alice = Ok(vec!["alice".to_owned()]);
    assert_eq!(document(&text, |tree| Wanted::Document(tree.root().clone())), alice);
    let exactly = document(&text, |tree| Wanted::Exactly(tree.root().clone()));
    assert_eq!(exactly, Err(Flaw::Unsupported));
    assert_eq!(document(&text, |_| Wanted::Any), Err(Flaw::Unsupported));
    let inner = |tree: &Tree| tree.root().elements().next().unwrap();
    assert_eq!(document(&text, |tree| Wanted::Document(inner(tree))), Err(Flaw::Unsupported));
    // By its id it may be referred to as well, and an element that is not the root too.
    let text = EC.token("alice");
    assert_eq!(document(&text, |tree| Wanted::Document(tree.root().clone())), alice);
    let around = format!("<r>{text}</r>");
    assert_eq!(document(&around, |tree| Wanted::Document(inner(tree))), alice);
    let root = document(&around, |tree| Wanted::Document(tree.root().clone()));
    assert_eq!(root, Err(Flaw::NotExpected));
}

#[test]
fn a_document_signed_as_a_whole_cannot_be_wrapped() {
    let text = token_with(&EC, "alice", &reference("", &[ENVELOPED, EXCLUSIVE], &alice()));
    let root = |tree: &Tree| Wanted::Document(tree.root().clone());
    for wrapped in [
        format!("<r>{text}</r>"),
        format!("<t:Assertion xmlns:t=\"urn:example:token\" ID=\"_2\">{text}</t:Assertion>"),
        text.replace("alice", "mallory"),
    ] {
        assert_eq!(document(&wrapped, root), Err(Flaw::BadDigest));
    }
    // With the signature not inside: a detached one over the document that holds it cannot be made, so none is taken.
    let text = token_with(&EC, "alice", &reference("", &[EXCLUSIVE], &alice()));
    assert_eq!(document(&text, root), Err(Flaw::BadDigest));
}
