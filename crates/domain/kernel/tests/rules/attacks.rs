//! Attacks of record on what is done with a token: believed again because it was believed once, dropped because it cannot be
//! read, taken because it was meant for nobody.

use serde_json::json;
use symbolon_jose::{Header, sign_compact};
use symbolon_model::purpose;

use super::*;

fn octets_of(token: Credential) -> Vec<u8> {
    let Credential::Token { raw: RawToken::Octets(octets), .. } = token else {
        panic!("no octets: {token:?}")
    };
    octets
}

fn token(token_type: &TokenType, octets: impl Into<Vec<u8>>) -> Credential {
    Credential::Token { token_type: token_type.clone(), raw: RawToken::Octets(octets.into()) }
}

/// CVE-2014-0034, CVE-2026-97468: a cache of validated tokens that stands in for the validation.
#[test]
fn a_token_that_was_believed_is_verified_again_each_time() {
    for (token_type, key) in
        [(TokenType::JWT, P256), (TokenType::SAML2, RSA), (TokenType::SAML11, RSA)]
    {
        let world = world();
        let good = octets_of(signed(&draft(ISSUER, ISSUER), token_type.clone(), key));
        let ask =
            |octets: &[u8]| world.ask("/token", &cid(), exchange_of(token(&token_type, octets)));
        minted(&ask(&good));
        // One octet of what is signed, or of the signature; the same id, the same length.
        for place in (0..good.len()).rev().filter(|place| good[*place].is_ascii_alphanumeric()) {
            if key_info(&good).is_some_and(|range| range.contains(&place)) {
                continue; // not signed, and nobody reads it
            }
            let mut changed = good.clone();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let cause = refusal(&ask(&changed)).cause;
            assert_eq!(cause, subject(TokenFlaw::Unverified), "{token_type}: octet {place}");
        }
        minted(&ask(&good));
        // The key that signed it is not trusted any more.
        let mut snapshot = symbolon_kernel::snapshot::Snapshot::clone(&world.kernel.snapshot());
        let mut realm = snapshot.realms.values().next().unwrap().as_ref().clone();
        realm.keys.retain(|of_ours| of_ours.trusted.key != key.public());
        snapshot.realms.insert(realm.id.clone(), Arc::new(realm));
        world.kernel.publish(snapshot);
        assert_eq!(refusal(&ask(&good)).cause, subject(TokenFlaw::Unverified), "{token_type}");
    }
}

/// Where the certificate of an XML signature stands.
fn key_info(octets: &[u8]) -> Option<std::ops::Range<usize>> {
    let find = |what: &[u8]| octets.windows(what.len()).position(|window| window == what);
    Some(find(b"<ds:X509Certificate>")?..find(b"</ds:X509Certificate>")?)
}

/// GHSA-7fpj-9hr8-28vh: a subject token that is too large to be read is none, and the client got a token about itself.
#[test]
fn a_subject_token_of_any_size_is_an_error_and_never_the_requestor() {
    for token_type in [TokenType::JWT, TokenType::SAML2, TokenType::SAML11] {
        for octets in [0, 1, 64 * 1024, 64 * 1024 + 1, 4 << 20] {
            for octet in [b'a', b' ', b'<'] {
                let wish = exchange_of(token(&token_type, vec![octet; octets]));
                let cause = cause("/token", &cid(), wish);
                assert_eq!(cause, subject(TokenFlaw::Unverified), "{token_type}: {octets}");
            }
        }
        // A good one that is larger than any.
        let mut about = draft(ISSUER, ISSUER);
        about.attributes = claims(&[("mail", &"x".repeat(64 * 1024))]);
        let key = if token_type == TokenType::JWT { P256 } else { RSA };
        let wish = exchange_of(signed(&about, token_type.clone(), key));
        assert_eq!(cause("/token", &cid(), wish), subject(TokenFlaw::Unverified), "{token_type}");
    }
}

/// CVE-2026-50627: what names no audience is good at none.
#[test]
fn a_token_for_nobody_in_particular_is_for_nobody() {
    let header = Header { typ: Some("JWT"), kid: None };
    let signer = P256.signer::<purpose::Token>();
    let about = |audience: Option<serde_json::Value>| {
        let mut claims = json!({ "iss": ISSUER, "sub": "bob", "exp": at(600).seconds() });
        if let Some(audience) = audience {
            claims["aud"] = audience;
        }
        let compact = ready(sign_compact(&header, claims.to_string().as_bytes(), &signer)).unwrap();
        exchange_of(token(&TokenType::JWT, compact))
    };
    for nobody in [None, Some(json!([])), Some(json!("")), Some(json!(["urn:rp:other", ""]))] {
        let cause = cause("/token", &cid(), about(nobody.clone()));
        assert_eq!(cause, subject(TokenFlaw::Audience), "{nobody:?}");
    }
    minted(&world().ask("/token", &cid(), about(Some(json!(["urn:rp:other", ISSUER])))));
}
