//! SHA-1: nowhere, unless the key's own record lets it be, and not a moment longer.

use symbolon_keys::{Certificate, Digest, MacAlgorithm, PublicKey, SecretKey};
use symbolon_xmlsec::{Flaw, Key, Profile, Until};

use crate::support::{
    EC, ENVELOPED, EXCLUSIVE, alice, reference, reference_by, signature_with, subject, transform,
    unsigned, verified_in, with_signature,
};

/// A token about alice with an RSA-SHA1 signature and a SHA-1 digest, which xmlsec1 made: we make none.
const TOKEN: &str = include_str!("data/sha1.xml");
const SIGNER: &str = include_str!("data/sha1.pem");

const HMAC_SHA1: &str = "http://www.w3.org/2000/09/xmldsig#hmac-sha1";

fn signer() -> PublicKey {
    Certificate::from_pem(SIGNER).unwrap().public_key().clone()
}

fn allowing(key: impl Into<Key>, end: i64, now: i64) -> Key {
    key.into().allowing_sha1(Until { end, now })
}

/// A token about alice whose digest alone rests on SHA-1.
fn weak_digest() -> String {
    let transforms = [transform(ENVELOPED, ""), transform(EXCLUSIVE, "")].concat();
    let transforms = format!("<ds:Transforms>{transforms}</ds:Transforms>");
    let reference = reference_by(Digest::Sha1, " URI=\"#_1\"", &transforms, &alice());
    let (unsigned, place) = unsigned("alice");
    with_signature(&unsigned, place, &EC.signature(&reference))
}

/// A token about alice whose authentication code alone rests on SHA-1.
fn weak_code(secret: &SecretKey) -> String {
    let references = reference("#_1", &[ENVELOPED, EXCLUSIVE], &alice());
    let (unsigned, place) = unsigned("alice");
    let sign = |octets: &[u8]| secret.mac(MacAlgorithm::HmacSha1, octets).as_ref().to_vec();
    with_signature(&unsigned, place, &signature_with(&references, HMAC_SHA1, "", sign))
}

fn secret() -> SecretKey {
    SecretKey::new(b"shared by both sides".to_vec().into())
}

/// Each place where SHA-1 can stand, with the key that made it.
fn weak() -> [(String, Key); 3] {
    [
        (TOKEN.to_owned(), signer().into()),
        (weak_digest(), EC.key()),
        (weak_code(&secret()), secret().into()),
    ]
}

#[test]
fn sha_1_counts_nowhere_by_default() {
    for (text, key) in weak() {
        assert_eq!(subject(&text, key), Err(Flaw::Unsupported));
    }
}

#[test]
fn sha_1_counts_before_its_end_and_from_then_on_it_does_not() {
    for (text, key) in weak() {
        let at = |now| subject(&text, allowing(key.clone(), 1000, now));
        assert_eq!(at(0).as_deref(), Ok("alice"));
        assert_eq!(at(999).as_deref(), Ok("alice"));
        for now in [1000, 1001, i64::MAX] {
            assert_eq!(at(now), Err(Flaw::Unsupported));
        }
        assert_eq!(subject(&text, allowing(key.clone(), i64::MIN, 0)), Err(Flaw::Unsupported));
        // Said twice, the last word counts.
        let ended = allowing(allowing(key.clone(), 1000, 0), 1000, 1000);
        assert_eq!(subject(&text, ended), Err(Flaw::Unsupported));
    }
}

#[test]
fn whoever_lets_sha_1_count_is_told_where_it_did() {
    let rests = |text: &str, key: Key| {
        let verified = verified_in(Profile::Narrow, text, allowing(key, 1000, 0));
        verified.unwrap().rests_on_sha1()
    };
    for (text, key) in weak() {
        assert!(rests(&text, key));
    }
    assert!(!rests(&EC.token("alice"), EC.key()));
}

#[test]
fn sha_1_that_counts_still_has_to_hold() {
    for (text, key) in weak() {
        let key = allowing(key, 1000, 0);
        assert_eq!(subject(&text.replace("alice", "alicd"), key.clone()), Err(Flaw::BadDigest));
        let changed = text.replace("<ds:DigestValue>", "<ds:DigestValue>AAAA");
        assert!(subject(&changed, key).is_err());
    }
    let other = allowing(SecretKey::new(b"another".to_vec().into()), 1000, 0);
    assert_eq!(subject(&weak_code(&secret()), other), Err(Flaw::BadSignature));
    assert_eq!(subject(TOKEN, allowing(EC.public(), 1000, 0)), Err(Flaw::BadSignature));
}

#[test]
fn where_sha_1_counts_nothing_else_that_is_weak_does() {
    let text = weak_digest();
    let md5 = "http://www.w3.org/2001/04/xmldsig-more#md5";
    let other = text.replace("http://www.w3.org/2000/09/xmldsig#sha1", md5);
    assert_eq!(subject(&other, allowing(EC.public(), 1000, 0)), Err(Flaw::Unsupported));
    for name in [
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1",
        "http://www.w3.org/2007/05/xmldsig-more#sha1-rsa-MGF1",
        "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
    ] {
        let other = EC.token("alice").replace(EC.identifier(), name);
        assert_eq!(subject(&other, allowing(EC.public(), 1000, 0)), Err(Flaw::Unsupported));
    }
    let short = weak_code(&secret()).replace(
        "hmac-sha1\"></ds:SignatureMethod>",
        "hmac-sha1\"><ds:HMACOutputLength>160</ds:HMACOutputLength></ds:SignatureMethod>",
    );
    assert_eq!(subject(&short, allowing(secret(), 1000, 0)), Err(Flaw::Unsupported));
}

#[test]
fn where_sha_1_counts_better_is_taken_too() {
    assert_eq!(subject(&EC.token("alice"), allowing(EC.public(), 1000, 0)).as_deref(), Ok("alice"));
}
