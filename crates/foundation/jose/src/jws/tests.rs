use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll, Waker};

use serde_json::json;
use symbolon_keys::SignatureAlgorithm::{
    EcdsaSha256, EcdsaSha384, EcdsaSha512, PsSha256, RsaSha1, RsaSha256,
};
use symbolon_keys::{KeyKind, Signer, SoftwareKey, Validity, self_signed};

use super::*;
use crate::{Header, public_key_from_jwk, sign_compact};

const LIMIT: usize = 4096;

// RFC 7515 A.3
const HEADER: &str = "eyJhbGciOiJFUzI1NiJ9";
const PAYLOAD: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
const SIGNATURE: &str =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

// RFC 7515 A.2
const RSA_MODULUS: &str = "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
const RSA_SIGNATURE: &str = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";

struct Purpose;

static SIGNERS: LazyLock<[Signer<Purpose>; 2]> = LazyLock::new(|| {
    [KeyKind::Rsa { bits: 2048 }, KeyKind::P256].map(|kind| signer(kind, kind.usual_algorithm()))
});

fn signer(kind: KeyKind, algorithm: SignatureAlgorithm) -> Signer<Purpose> {
    let (key, _) = SoftwareKey::generate(kind).unwrap();
    let validity = Validity { not_before: 0, not_after: 1_000_000 };
    let certificate = self_signed("signer", &key, validity).unwrap();
    let key = key.signing_with(algorithm).unwrap();
    Signer::new("kid-1".to_owned(), Arc::new(key), certificate).unwrap()
}

fn ready<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a software key does not wait"),
    }
}

fn signed(signer: &Signer<Purpose>, payload: &[u8]) -> String {
    let header = Header { typ: Some("JWT"), kid: Some(signer.key_id()) };
    ready(sign_compact(&header, payload, signer)).unwrap()
}

/// A JWS under the P-256 signer with a header of one's own.
fn with_header(header: &str) -> String {
    let signed = format!("{}.{}", base64url::encode(header.as_bytes()), PAYLOAD);
    let signature = ready(SIGNERS[1].sign(signed.as_bytes())).unwrap();
    format!("{signed}.{}", base64url::encode(&signature))
}

fn refused(compact: &str) -> Flaw {
    Jws::parse(compact, LIMIT).unwrap_err()
}

fn rfc_key() -> PublicKey {
    public_key_from_jwk(&json!({
        "kty": "EC", "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    }))
    .unwrap()
}

#[test]
fn rfc_7515_a3_verifies() {
    let compact = format!("{HEADER}.{PAYLOAD}.{SIGNATURE}");
    let jws = Jws::parse(&compact, LIMIT).unwrap();
    let verified = jws.verify(&rfc_key(), EcdsaSha256).unwrap();
    let claims = verified.claims().unwrap();
    assert_eq!((claims.iss(), claims.exp()), (Some("joe"), Some(1_300_819_380_000)));
}

#[test]
fn rfc_7515_a2_verifies() {
    let compact = format!("{}.{PAYLOAD}.{RSA_SIGNATURE}", "eyJhbGciOiJSUzI1NiJ9");
    let key = json!({ "kty": "RSA", "n": RSA_MODULUS, "e": "AQAB" });
    let key = public_key_from_jwk(&key).unwrap();
    let jws = Jws::parse(&compact, LIMIT).unwrap();
    assert!(jws.verify(&key, RsaSha256).is_ok());
    assert_eq!(jws.verify(&key, PsSha256), Err(Flaw::Algorithm));
}

#[test]
fn alg_none_is_refused() {
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let header = base64url::encode(format!(r#"{{"alg":"{alg}"}}"#).as_bytes());
        assert_eq!(refused(&format!("{header}.{PAYLOAD}.")), Flaw::Shape, "{alg}");
        let compact = format!("{header}.{PAYLOAD}.{SIGNATURE}");
        let jws = Jws::parse(&compact, LIMIT).unwrap();
        assert_eq!(jws.algorithm(), None);
        for algorithm in SignatureAlgorithm::ALL {
            assert_eq!(jws.verify(&rfc_key(), algorithm), Err(Flaw::Algorithm), "{alg}");
        }
    }
}

#[test]
fn the_header_does_not_choose() {
    let [rsa, p256] = &*SIGNERS;
    let (by_rsa, by_p256) = (signed(rsa, b"{}"), signed(p256, b"{}"));
    let (by_rsa, by_p256) =
        (Jws::parse(&by_rsa, LIMIT).unwrap(), Jws::parse(&by_p256, LIMIT).unwrap());
    assert!(by_rsa.verify(rsa.public_key(), RsaSha256).is_ok());
    // The header names another algorithm than the caller.
    assert_eq!(by_rsa.verify(rsa.public_key(), EcdsaSha256), Err(Flaw::Algorithm));
    assert_eq!(by_rsa.verify(rsa.public_key(), PsSha256), Err(Flaw::Algorithm));
    assert_eq!(by_p256.verify(p256.public_key(), RsaSha256), Err(Flaw::Algorithm));
    // The header and the caller agree, but the key is of another kind.
    assert_eq!(by_rsa.verify(p256.public_key(), RsaSha256), Err(Flaw::Signature));
    assert_eq!(by_p256.verify(rsa.public_key(), EcdsaSha256), Err(Flaw::Signature));
    // HS256 with the public key as the secret (RFC 8725 §2.1).
    let hs256 = with_header(r#"{"alg":"HS256"}"#);
    let hs256 = Jws::parse(&hs256, LIMIT).unwrap();
    assert_eq!(hs256.verify(p256.public_key(), EcdsaSha256), Err(Flaw::Algorithm));
}

#[test]
fn a_curve_under_the_name_of_another_is_refused() {
    // XML signs with any hash on any curve; a JWS says both in one name (RFC 7518 §3.4).
    for (alg, algorithm) in [("ES384", EcdsaSha384), ("ES512", EcdsaSha512)] {
        let signer = signer(KeyKind::P256, algorithm);
        let header = base64url::encode(format!(r#"{{"alg":"{alg}"}}"#).as_bytes());
        let input = format!("{header}.{PAYLOAD}");
        let signature = ready(signer.sign(input.as_bytes())).unwrap();
        assert_eq!(signer.public_key().verify(algorithm, input.as_bytes(), &signature), Ok(()));
        let compact = format!("{input}.{}", base64url::encode(&signature));
        let jws = Jws::parse(&compact, LIMIT).unwrap();
        assert_eq!(jws.verify(signer.public_key(), algorithm), Err(Flaw::Signature));
        let header = Header { typ: None, kid: None };
        assert!(ready(sign_compact(&header, b"{}", &signer)).is_err());
    }
}

#[test]
fn every_named_pair_is_read_back_and_sha_1_has_no_name() {
    let rsa = KeyKind::Rsa { bits: 2048 };
    for kind in [rsa, KeyKind::P256, KeyKind::P384, KeyKind::P521] {
        for algorithm in SignatureAlgorithm::ALL.into_iter().filter(|a| a.fits_jws(kind)) {
            let signer = signer(kind, algorithm);
            let compact = signed(&signer, b"{}");
            let jws = Jws::parse(&compact, LIMIT).unwrap();
            assert_eq!(Some(jws.alg()), algorithm.as_jws());
            assert!(jws.verify(signer.public_key(), algorithm).is_ok(), "{algorithm:?}");
            assert_eq!(jws.verify(signer.public_key(), RsaSha1), Err(Flaw::Algorithm));
        }
    }
}

#[test]
fn a_key_in_the_header_is_never_used() {
    let own = crate::jwk(SIGNERS[1].public_key(), "kid", EcdsaSha256, None);
    let certificate = base64url::encode(SIGNERS[1].certificate().der());
    for header in [
        json!({ "alg": "ES256", "jwk": own }),
        json!({ "alg": "ES256", "jku": "https://attacker.example/jwks" }),
        json!({ "alg": "ES256", "x5u": "https://attacker.example/chain" }),
        json!({ "alg": "ES256", "x5c": [certificate] }),
    ] {
        let compact = with_header(&header.to_string());
        let jws = Jws::parse(&compact, LIMIT).unwrap();
        assert_eq!(jws.verify(&rfc_key(), EcdsaSha256), Err(Flaw::Signature), "{header}");
    }
}

#[test]
fn extensions_are_refused() {
    // RFC 7515 appendix E
    let appendix_e = "eyJhbGciOiJub25lIiwNCiAiY3JpdCI6WyJodHRwOi8vZXhhbXBsZS5jb20vVU5ERUZJTkVEIl0sDQogImh0dHA6Ly9leGFtcGxlLmNvbS9VTkRFRklORUQiOnRydWUNCn0.RkFJTA.AA";
    assert_eq!(refused(appendix_e), Flaw::Critical);
    for header in [
        r#"{"alg":"ES256","crit":["exp"],"exp":1}"#,
        r#"{"alg":"ES256","crit":[]}"#,
        r#"{"alg":"ES256","crit":null}"#,
        r#"{"alg":"ES256","crit":["b64"],"b64":false}"#,
        r#"{"alg":"ES256","\u0063rit":["alg"]}"#,
    ] {
        assert_eq!(refused(&with_header(header)), Flaw::Critical, "{header}");
    }
    for header in [r#"{"alg":"ES256","b64":false}"#, r#"{"alg":"ES256","b64":true}"#] {
        assert_eq!(refused(&with_header(header)), Flaw::UnencodedPayload, "{header}");
    }
}

#[test]
fn a_header_name_twice_is_refused() {
    for header in [
        r#"{"alg":"ES256","alg":"ES256"}"#,
        r#"{"alg":"none","alg":"ES256"}"#,
        r#"{"alg":"ES256","\u0061lg":"none"}"#,
        r#"{"alg":"ES256","kid":"a","kid":"b"}"#,
        r#"{"alg":"ES256","jwk":{"kty":"EC","kty":"RSA"}}"#,
    ] {
        assert_eq!(refused(&with_header(header)), Flaw::Header(JsonFlaw::Duplicate), "{header}");
    }
}

#[test]
fn a_header_without_its_types_is_refused() {
    assert_eq!(refused(&with_header("{}")), Flaw::Parameter("alg"));
    assert_eq!(refused(&with_header(r#"{"alg":null}"#)), Flaw::Parameter("alg"));
    assert_eq!(refused(&with_header(r#"{"alg":["ES256"]}"#)), Flaw::Parameter("alg"));
    assert_eq!(refused(&with_header(r#"{"alg":"ES256","kid":1}"#)), Flaw::Parameter("kid"));
    assert_eq!(refused(&with_header(r#"{"alg":"ES256","typ":{}}"#)), Flaw::Parameter("typ"));
    assert_eq!(refused(&with_header("[]")), Flaw::Header(JsonFlaw::NotAnObject));
    assert_eq!(refused(&with_header("alg")), Flaw::Header(JsonFlaw::Malformed));
}

#[test]
fn anything_but_three_full_segments_is_refused() {
    for compact in [
        String::new(),
        HEADER.to_owned(),
        "..".to_owned(),
        format!("{HEADER}.{PAYLOAD}"),
        format!("{HEADER}.{PAYLOAD}."),
        format!("{HEADER}..{SIGNATURE}"), // detached content, RFC 7515 appendix F
        format!(".{PAYLOAD}.{SIGNATURE}"),
        format!("{HEADER}.{PAYLOAD}.{SIGNATURE}."),
        format!("{HEADER}.{PAYLOAD}.{SIGNATURE}.{SIGNATURE}"),
        format!("{HEADER}.{PAYLOAD}.{PAYLOAD}.{PAYLOAD}.{SIGNATURE}"), // a JWE has five
    ] {
        assert_eq!(refused(&compact), Flaw::Shape, "{compact}");
    }
}

#[test]
fn segments_that_are_not_exact_base64url_are_refused() {
    let not_exact = Flaw::Base64(NotBase64url);
    for compact in [
        format!("{HEADER}.{PAYLOAD}.{SIGNATURE}=="),
        format!("{HEADER}=.{PAYLOAD}.{SIGNATURE}"),
        format!("{HEADER}.{PAYLOAD}==.{SIGNATURE}"),
        format!(" {HEADER}.{PAYLOAD}.{SIGNATURE}"),
        format!("{HEADER}.{PAYLOAD}.{SIGNATURE}\n"),
        format!("{HEADER}.{PAYLOAD} .{SIGNATURE}"),
        format!("{HEADER}.{}.{SIGNATURE}", PAYLOAD.replace("fQ", "fR")), // trailing bits
        format!("{HEADER}.{PAYLOAD}.{}", SIGNATURE.replace("U1Q", "U1R")),
        format!("{HEADER}.{PAYLOAD}.{}", SIGNATURE.replace('-', "+")),
    ] {
        assert_eq!(refused(&compact), not_exact, "{compact}");
    }
}

#[test]
fn an_oversize_jws_is_refused_unread() {
    let compact = format!("{HEADER}.{PAYLOAD}.{SIGNATURE}");
    assert!(Jws::parse(&compact, compact.len()).is_ok());
    assert_eq!(Jws::parse(&compact, compact.len() - 1).unwrap_err(), Flaw::TooLarge);
    assert_eq!(refused(&" ".repeat(LIMIT + 1)), Flaw::TooLarge);
}

#[test]
fn what_is_altered_does_not_verify() {
    let other = PAYLOAD.replace("eyJpc3MiOiJqb2Ui", "eyJpc3MiOiJqb2Yi");
    let compact = format!("{HEADER}.{other}.{SIGNATURE}");
    let jws = Jws::parse(&compact, LIMIT).unwrap();
    assert_eq!(jws.verify(&rfc_key(), EcdsaSha256), Err(Flaw::Signature));
    // The same header with a space: the octets are signed, not what they mean.
    let spaced = base64url::encode(br#"{"alg": "ES256"}"#);
    let compact = format!("{spaced}.{PAYLOAD}.{SIGNATURE}");
    let jws = Jws::parse(&compact, LIMIT).unwrap();
    assert_eq!(jws.verify(&rfc_key(), EcdsaSha256), Err(Flaw::Signature));
}

#[test]
fn ecdsa_signatures_that_are_not_r_and_s_are_refused() {
    let (r, s) = {
        let octets = base64url::decode(SIGNATURE).unwrap();
        (octets[..32].to_vec(), octets[32..].to_vec())
    };
    // SEQUENCE of two INTEGERs; s has its high bit set and gets a zero octet.
    let der = [&[0x30, 69, 2, 32], r.as_slice(), &[2, 33, 0], &s].concat();
    for signature in [&der, &r, &[&r[..], &s, &[0]].concat(), &[&[0], &r[..], &s].concat()] {
        let compact = format!("{HEADER}.{PAYLOAD}.{}", base64url::encode(signature));
        let jws = Jws::parse(&compact, LIMIT).unwrap();
        assert_eq!(jws.verify(&rfc_key(), EcdsaSha256), Err(Flaw::Signature));
    }
}

#[test]
fn what_is_signed_is_read_back() {
    for signer in &*SIGNERS {
        let compact = signed(signer, br#"{"sub":"alice"}"#);
        let jws = Jws::parse(&compact, LIMIT).unwrap();
        assert_eq!(jws.algorithm(), Some(signer.algorithm()));
        assert_eq!((jws.kid(), jws.typ()), (Some("kid-1"), Some("JWT")));
        let verified = jws.verify(signer.public_key(), signer.algorithm()).unwrap();
        assert_eq!(verified.payload(), br#"{"sub":"alice"}"#);
    }
}

#[test]
fn a_written_header_says_what_it_must_and_escapes_it() {
    let header = Header { typ: None, kid: Some("a\"b") };
    let compact = ready(sign_compact(&header, b"{}", &SIGNERS[1])).unwrap();
    let (header, _) = compact.split_once('.').unwrap();
    assert_eq!(base64url::decode(header).unwrap(), br#"{"alg":"ES256","kid":"a\"b"}"#);
}

#[test]
fn a_media_type_is_compared_without_case_or_prefix() {
    let is = |typ: &str, name: &str| {
        let compact = with_header(&json!({ "alg": "ES256", "typ": typ }).to_string());
        Jws::parse(&compact, LIMIT).unwrap().is_type(name)
    };
    assert!(is("at+jwt", "at+jwt") && is("application/at+jwt", "at+jwt"));
    assert!(is("AT+JWT", "at+jwt") && is("Application/at+JWT", "at+jwt"));
    assert!(!is("JWT", "at+jwt") && !is("text/at+jwt", "at+jwt") && !is("", "at+jwt"));
    assert!(!is("application/", "at+jwt") && !is("application/application/at+jwt", "at+jwt"));
    assert!(!Jws::parse(&with_header(r#"{"alg":"ES256"}"#), LIMIT).unwrap().is_type("JWT"));
}

#[test]
fn a_printed_jws_cannot_be_presented() {
    let compact = format!("{HEADER}.{PAYLOAD}.{SIGNATURE}");
    let jws = Jws::parse(&compact, LIMIT).unwrap();
    let expected = r#"Jws { alg: "ES256", kid: None, typ: None, .. }"#;
    assert_eq!(format!("{jws:?}"), expected);
}
