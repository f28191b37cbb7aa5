//! SHA-1: where the issuer's record allows it, until its end.

use super::*;
use crate::{IssuerKeys, Until};

/// An assertion with an RSA-SHA1 signature and a SHA-1 digest, made by xmlsec1 with the key `rsa-2`.
const WITH_SHA_1: &str = include_str!("sha1.xml");

fn read(text: &str, key: TrustedKey, sha1: Option<Until>) -> Result<Contents, Flaw> {
    let issuer = IssuerKeys { keys: vec![key], sha1 };
    ready(Saml2.verify(&octets(text), &issuer))
}

const ALLOWED: Option<Until> = Some(Until { end: 1000, now: 999 });

#[test]
fn sha_1_counts_before_its_end_and_from_then_on_it_does_not() {
    let read = |sha1| read(WITH_SHA_1, trusted(OTHER_RSA), sha1);
    assert_eq!(read(ALLOWED).unwrap().subject.value, "bob");
    not_understood(read(None));
    not_understood(read(Some(Until { end: 1000, now: 1000 })));
    not_understood(read(Some(Until { end: 1000, now: 1001 })));
}

#[test]
fn sha_1_that_is_allowed_is_still_the_issuers_signature() {
    badly_signed(read(WITH_SHA_1, trusted(RSA), ALLOWED));
    badly_signed(read(&WITH_SHA_1.replace(">bob<", ">eve<"), trusted(OTHER_RSA), ALLOWED));
    badly_signed(read(WITH_SHA_1, trusted(P256), ALLOWED));
    // A key that signs with RSA-PSS never signed with RSA-SHA1.
    let algorithm = symbolon_keys::SignatureAlgorithm::PsSha256;
    let pss = TrustedKey { algorithm, ..trusted(OTHER_RSA) };
    badly_signed(read(WITH_SHA_1, pss, ALLOWED));
}

#[test]
fn where_sha_1_is_allowed_better_is_taken_too() {
    let token = String::from_utf8(encode(&draft(), OTHER_RSA)).unwrap();
    assert!(read(&token, trusted(OTHER_RSA), ALLOWED).is_ok());
}
