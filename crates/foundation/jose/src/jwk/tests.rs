use symbolon_keys::SignatureAlgorithm::{EcdsaSha256, RsaSha256};
use symbolon_keys::{KeyKind, SigningKey, SoftwareKey, Validity, self_signed};

use super::*;

// RFC 7638 §3.1
const MODULUS: &str = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";

fn rsa() -> Value {
    json!({ "kty": "RSA", "n": MODULUS, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29" })
}

/// RFC 7515 A.3.
fn p256() -> Value {
    json!({
        "kty": "EC", "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    })
}

fn refused(mut jwk: Value, member: &str, value: Value) -> JwkFlaw {
    jwk[member] = value;
    public_key_from_jwk(&jwk).unwrap_err()
}

#[test]
fn the_thumbprint_is_that_of_rfc_7638() {
    let thumbprint = thumbprint(&public_key_from_jwk(&rsa()).unwrap());
    let expected = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
    assert_eq!(base64url::encode(&thumbprint), expected);
}

#[test]
fn the_thumbprint_of_a_curve_key_is_of_its_required_members() {
    let text = r#"{"crv":"P-256","kty":"EC","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
    let key = public_key_from_jwk(&p256()).unwrap();
    assert_eq!(thumbprint(&key), sha256(text.as_bytes()));
}

#[test]
fn private_members_are_refused() {
    for member in PRIVATE {
        assert_eq!(refused(p256(), member, json!("AQAB")), JwkFlaw::Private, "{member}");
        assert_eq!(refused(rsa(), member, Value::Null), JwkFlaw::Private, "{member}");
    }
    let symmetric = json!({ "kty": "oct", "k": "AQAB" });
    assert_eq!(public_key_from_jwk(&symmetric), Err(JwkFlaw::Private));
}

#[test]
fn keys_of_other_kinds_are_refused() {
    assert_eq!(refused(p256(), "crv", json!("P-192")), JwkFlaw::Unsupported);
    assert_eq!(refused(p256(), "crv", json!("p-256")), JwkFlaw::Unsupported);
    assert_eq!(refused(p256(), "crv", json!("secp256k1")), JwkFlaw::Unsupported);
    assert_eq!(refused(p256(), "kty", json!("OKP")), JwkFlaw::Unsupported);
    assert_eq!(refused(p256(), "kty", json!("ec")), JwkFlaw::Unsupported);
    assert_eq!(refused(p256(), "kty", json!("RSA")), JwkFlaw::Member("n"));
    assert_eq!(refused(rsa(), "kty", json!("EC")), JwkFlaw::Member("crv"));
}

#[test]
fn missing_and_mistyped_members_are_refused() {
    for (jwk, members) in [(rsa(), &["kty", "n", "e"][..]), (p256(), &["kty", "crv", "x", "y"])] {
        for member in members {
            for value in [Value::Null, json!(3), json!(["AQAB"])] {
                assert_eq!(refused(jwk.clone(), member, value), JwkFlaw::Member(member));
            }
        }
    }
    for value in [Value::Null, json!([]), json!("x")] {
        assert_eq!(public_key_from_jwk(&value), Err(JwkFlaw::Member("kty")));
    }
}

#[test]
fn numbers_that_are_not_the_shortest_are_refused() {
    let not_exact = JwkFlaw::Base64(NotBase64url);
    assert_eq!(refused(rsa(), "e", json!("AAEAAQ")), not_exact); // a leading zero octet
    assert_eq!(refused(rsa(), "n", json!(format!("AA{MODULUS}"))), not_exact);
    assert_eq!(refused(rsa(), "e", json!("AQAB==")), not_exact);
    assert_eq!(refused(rsa(), "e", json!(" AQAB")), not_exact);
    let malformed = JwkFlaw::Key(KeyFlaw::Malformed);
    assert_eq!(refused(rsa(), "e", json!("")), malformed);
    assert_eq!(refused(p256(), "x", json!("AQAB")), malformed);
    assert_eq!(refused(p256(), "crv", json!("P-384")), malformed); // coordinates of another width
    let x = p256()["x"].clone();
    assert_eq!(refused(p256(), "y", x), malformed); // off the curve
}

#[test]
fn short_rsa_is_refused() {
    let flaw = refused(rsa(), "n", json!(base64url::encode(&[0xff; 128])));
    assert_eq!(flaw, JwkFlaw::Key(KeyFlaw::RsaSize { bits: 1024 }));
}

#[test]
fn keys_meant_for_something_else_are_refused() {
    for (member, value) in [
        ("use", json!("enc")),
        ("use", Value::Null),
        ("key_ops", json!(["sign"])),
        ("key_ops", json!([])),
        ("key_ops", json!("verify")),
        ("alg", json!("RS256")),
        ("alg", json!("ES384")), // of another curve
        ("alg", json!("ES512")),
        ("alg", json!("none")),
        ("alg", json!("ECDH-ES")),
        ("alg", Value::Null),
    ] {
        assert_eq!(refused(p256(), member, value.clone()), JwkFlaw::NotForVerifying, "{value}");
    }
    assert_eq!(refused(rsa(), "alg", json!("ES256")), JwkFlaw::NotForVerifying);
}

#[test]
fn what_is_published_is_public_and_read_back() {
    let validity = Validity { not_before: 0, not_after: 1_000_000 };
    for kind in [KeyKind::Rsa { bits: 2048 }, KeyKind::P256, KeyKind::P384, KeyKind::P521] {
        let (key, _) = SoftwareKey::generate(kind).unwrap();
        let certificate = self_signed("signer", &key, validity).unwrap();
        let published = jwk(key.public_key(), "kid-1", key.algorithm(), Some(&certificate));
        assert!(PRIVATE.iter().all(|member| published.get(member).is_none()));
        assert_eq!(public_key_from_jwk(&published).unwrap(), *key.public_key());
        assert_eq!((&published["kid"], &published["use"]), (&json!("kid-1"), &json!("sig")));
        assert_eq!(published["x5c"], json!([STANDARD.encode(certificate.der())]));
        let thumbprint = base64url::encode(&sha256(certificate.der()));
        assert_eq!(published["x5t#S256"], json!(thumbprint));
    }
}

#[test]
fn a_jwk_has_these_members_and_no_others() {
    let key = public_key_from_jwk(&p256()).unwrap();
    let mut expected = p256();
    expected["kid"] = json!("k");
    expected["alg"] = json!("ES256");
    expected["use"] = json!("sig");
    assert_eq!(jwk(&key, "k", EcdsaSha256, None), expected);
    let key = public_key_from_jwk(&rsa()).unwrap();
    let mut expected = rsa();
    expected["kid"] = json!("k");
    expected["use"] = json!("sig");
    assert_eq!(jwk(&key, "k", RsaSha256, None), expected);
}
