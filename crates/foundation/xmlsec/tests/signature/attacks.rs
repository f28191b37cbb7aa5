//! Attacks of record that the other files do not show: parts that stand elsewhere, ids and namespaces that are none, forms that
//! cannot be had.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use symbolon_keys::{Digest, SecretKey, hmac_sha256, sha256};
use symbolon_xml::{Document, EVERYTHING, Flaw as XmlFlaw, Limits, Tree};
use symbolon_xmlsec::{Budget, Expected, Flaw, NAMESPACE, Profile};

use crate::support::{
    EC, ENVELOPED, EXCLUSIVE, RSA, Scene, T, alice, covered_in, first_signature, parse, reference,
    reference_by, scene, signature_with, subject_in, transform, unsigned, with_signature,
};

const BOTH: [Profile; 2] = [Profile::Narrow, Profile::Full];
const INCLUSIVE: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";

/// What a SignedInfo says of mallory's token, with the id of alice's.
fn forged_info(of: &Scene) -> String {
    let info = of.signature.split_once("<ds:SignedInfo>").unwrap().1;
    let info = info.split_once("</ds:SignedInfo>").unwrap().0;
    let (good, bad) = (STANDARD.encode(sha256(&alice())), mallorys_digest(of));
    format!("<ds:SignedInfo>{}</ds:SignedInfo>", info.replace(&good, &bad))
}

fn mallorys_digest(of: &Scene) -> String {
    STANDARD.encode(sha256(of.evil.as_bytes()))
}

/// CVE-2024-45409, CVE-2019-3465: the part that is compared is the one inside the SignedInfo that the value is over, wherever
/// else one of the same name stands.
#[test]
fn a_digest_or_signed_info_that_stands_elsewhere_is_not_read() {
    let scene = scene();
    let digest = format!("<ds:DigestValue>{}</ds:DigestValue>", mallorys_digest(&scene));
    let reference = reference("#_1", &[ENVELOPED, EXCLUSIVE], scene.evil.as_bytes());
    let token = |signature: &str| with_signature(&scene.evil, scene.place, signature);
    for planted in [&digest, &reference, &forged_info(&scene)] {
        let beside = planted.replacen('>', &format!(" xmlns:ds=\"{NAMESPACE}\">"), 1);
        let in_key_info =
            scene.signature.replace("<ds:KeyInfo>", &format!("<ds:KeyInfo>{planted}"));
        let in_object = format!("<ds:Object>{planted}</ds:Object></ds:Signature>");
        let in_object = scene.signature.replace("</ds:Signature>", &in_object);
        for text in [
            token(&in_key_info),
            format!("<r>{beside}{}</r>", token(&scene.signature)),
            format!("<r>{}{beside}</r>", token(&scene.signature)),
        ] {
            for profile in BOTH {
                let said = covered_in(profile, &text, EC.public());
                assert_eq!(said, Err(Flaw::BadDigest), "{text}");
            }
        }
        let text = token(&in_object);
        assert_eq!(covered_in(Profile::Narrow, &text, EC.public()), Err(Flaw::Malformed));
        assert_eq!(covered_in(Profile::Full, &text, EC.public()), Err(Flaw::BadDigest));
    }
}

/// Attribute pollution: some parsers find `x:ID` where `ID` is asked for.
#[test]
fn an_attribute_of_another_namespace_lends_nobody_an_id() {
    let scene = scene();
    let polluted = |id: &str| scene.evil.replace(" ID=\"_1\"", &format!(" xmlns:x=\"urn:x\" {id}"));
    for evil in [
        polluted("x:ID=\"_1\""),
        polluted("x:ID=\"_1\" ID=\"_2\""),
        polluted("xml:ID=\"_1\""),
        polluted("x:Id=\"_1\" x:id=\"_1\" x:AssertionID=\"_1\""),
    ] {
        for text in [
            format!("<r>{evil}{}</r>", scene.signed),
            format!("<r>{}{evil}</r>", scene.signed),
            with_signature(&evil, evil.find("<t:Subject>").unwrap(), &scene.signed),
        ] {
            for profile in BOTH {
                let said = covered_in(profile, &text, EC.public());
                assert_eq!(said, Ok(vec!["alice".to_owned()]), "{text}");
            }
        }
        // Alone it is nobody.
        let alone = with_signature(&evil, evil.find("<t:Subject>").unwrap(), &scene.signature);
        let said = covered_in(Profile::Narrow, &alone, EC.public());
        assert_eq!(said, Err(Flaw::UnknownReference));
    }
}

/// CVE-2013-2172: who may name the form in which SignedInfo is signed may name one that leaves out what he changed.
#[test]
fn signed_info_has_no_form_outside_the_profile() {
    let signed = scene().signed;
    for method in [
        "http://www.w3.org/TR/1999/REC-xslt-19991116",
        "http://www.w3.org/TR/1999/REC-xpath-19991116",
        "http://www.w3.org/2002/06/xmldsig-filter2",
        "http://www.w3.org/2000/09/xmldsig#base64",
        "http://www.w3.org/2006/12/xml-c14n11",
        "http://santuario.apache.org/c14n/physical",
        ENVELOPED,
        "urn:unknown",
        "",
    ] {
        let text = signed.replacen(EXCLUSIVE, method, 1); // the first is that of SignedInfo
        for profile in BOTH {
            assert_eq!(subject_in(profile, &text, EC.public()), Err(Flaw::Unsupported), "{method}");
        }
    }
}

/// CVE-2025-66568: a canonicalizer that fails with nothing in its hands leaves the digest of nothing, which is everybody's.
#[test]
fn what_has_no_canonical_form_is_not_digested_as_nothing() {
    let (unsigned, place) = unsigned("mallory");
    let evil = unsigned.replace("<t:Subject>", "<x:a xmlns:x=\"relative\"></x:a><t:Subject>");
    for (transforms, profiles) in
        [(&[ENVELOPED, EXCLUSIVE], &BOTH[..]), (&[ENVELOPED, INCLUSIVE], &BOTH[1..])]
    {
        for digested in ["", "<t:Assertion>"] {
            // The trusted signer himself has signed that digest.
            let signature = EC.signature(&reference("#_1", transforms, digested.as_bytes()));
            let text = with_signature(&evil, place, &signature);
            for profile in profiles {
                let outcome = subject_in(*profile, &text, EC.public());
                assert_eq!(outcome, Err(Flaw::Unsupported), "{text}");
            }
        }
    }
}

/// The same of SignedInfo itself: a value over nothing, which some signer once made, would be good for any SignedInfo.
#[test]
fn a_value_over_nothing_is_good_for_no_signed_info() {
    let (evil, place) = unsigned("mallory");
    let references = reference("#_1", &[ENVELOPED, INCLUSIVE], evil.as_bytes());
    let signature = signature_with(&references, EC.identifier(), "", |_| EC.sign(b""));
    for text in [
        with_signature(&evil, place, &signature.replacen(EXCLUSIVE, INCLUSIVE, 1)),
        with_signature(&evil, place, &signature),
    ] {
        assert_eq!(subject_in(Profile::Full, &text, EC.public()), Err(Flaw::BadSignature));
        let relative = text.replace("<ds:Signature ", "<ds:Signature xmlns:x=\"relative\" ");
        let flaw = if relative.contains(&format!("Method Algorithm=\"{INCLUSIVE}\"")) {
            Flaw::Unsupported // in that form the declaration would be written
        } else {
            Flaw::BadSignature
        };
        assert_eq!(subject_in(Profile::Full, &relative, EC.public()), Err(flaw), "{relative}");
    }
}

/// The bomb of the W3C's Best Practices: each reference digests the whole document again.
#[test]
fn a_thousand_references_are_refused_before_any_work() {
    let one = reference_by(
        Digest::Sha256,
        " URI=\"#_1\"",
        &format!("<ds:Transforms>{}</ds:Transforms>", transform(EXCLUSIVE, "")),
        b"",
    );
    let bomb = signature_with(&one.repeat(1000), EC.identifier(), "", |_| vec![7; 64]);
    let (large, place) = unsigned(&"x".repeat(64 * 1024));
    let text = with_signature(&large, place, &bomb);
    // As a message it is too large to be parsed.
    let parsed = Document::parse(text.as_bytes(), &Limits::MESSAGE).map(drop);
    assert_eq!(parsed, Err(XmlFlaw::TooLarge));
    // Where a caller takes larger ones, no octet is canonicalized: there are none left for that.
    let limits = Limits { octets: usize::MAX, ..Limits::MESSAGE };
    let root = Document::parse(text.as_bytes(), &limits).unwrap();
    let tree = Tree::new(root.clone()).unwrap();
    for profile in BOTH {
        let mut left = Budget { octets: 0, ..Budget::MESSAGE };
        let (view, signature) = (tree.view(EVERYTHING), first_signature(&root));
        let outcome =
            profile.verify(view, &signature, &EC.key(), Expected::Any, None, &mut left).map(drop);
        assert_eq!(outcome, Err(Flaw::TooMuch));
        assert_eq!((left.references, left.octets), (0, 0));
    }
}

/// CVE-2020-29509 to -29511: whoever writes what he read, and reads it again, reads something else. Here the octets are those
/// that were sent, and prefixes are what they mean.
#[test]
fn a_prefix_that_means_something_else_makes_another_element() {
    let scene = scene();
    let stranger = "xmlns:t=\"urn:example:other\"";
    for text in [
        scene.signed.replace("<t:NameID>", &format!("<t:NameID {stranger}>")),
        scene.signed.replace("<t:Subject>", &format!("<t:Subject {stranger}>")),
        scene
            .signed
            .replace("t:NameID", "u:NameID")
            .replace("xmlns:t=", "xmlns:u=\"urn:u\" xmlns:t="),
        scene.signed.replace("xmlns:t=", &format!("{stranger} xmlns:u=")).replace("</u", "</t"),
    ] {
        assert_ne!(text, scene.signed);
        match Document::parse(text.as_bytes(), &Limits::MESSAGE) {
            Ok(_) => {
                assert_eq!(subject_in(Profile::Narrow, &text, EC.public()), Err(Flaw::BadDigest))
            }
            Err(flaw) => assert_eq!(flaw, XmlFlaw::Malformed),
        }
    }
    // Another prefix for the same namespace is another canonical form, though no reader would tell them apart.
    let renamed = scene.signed.replace("t:", "u:").replace("xmlns:t", "xmlns:u");
    assert!(parse(&renamed).is(T, "Assertion"));
    assert_eq!(subject_in(Profile::Narrow, &renamed, EC.public()), Err(Flaw::BadDigest));
}

/// CVE-2019-1006: a symmetric key, of the attacker's choice, that comes along with what it signs.
#[test]
fn a_secret_that_comes_along_is_not_the_signers_key() {
    const HMAC: &str = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256";
    let (evil, place) = unsigned("mallory");
    let references = reference("#_1", &[ENVELOPED, EXCLUSIVE], evil.as_bytes());
    let secret = b"a secret of mallory's own making";
    let signature =
        signature_with(&references, HMAC, "", |octets| hmac_sha256(secret, octets).to_vec());
    let told = STANDARD.encode(secret);
    for key_info in [
        format!("<ds:KeyValue><t:BinarySecret>{told}</t:BinarySecret></ds:KeyValue>"),
        format!("<t:BinarySecret>{told}</t:BinarySecret>"),
        format!("<ds:KeyName>{told}</ds:KeyName>"),
        String::new(),
    ] {
        let end = format!("<ds:KeyInfo>{key_info}</ds:KeyInfo></ds:Signature>");
        let text = with_signature(&evil, place, &signature.replace("</ds:Signature>", &end));
        for key in [EC.key(), RSA.key()] {
            for profile in BOTH {
                assert_eq!(subject_in(profile, &text, key.clone()), Err(Flaw::BadSignature));
            }
        }
        // It is a good signature, if only of mallory's.
        let own = SecretKey::new(secret.to_vec().into());
        assert_eq!(subject_in(Profile::Narrow, &text, own).as_deref(), Ok("mallory"));
    }
}
