use symbolon_formats::{Draft, Layout, NameId};
use symbolon_keys::SigningKey as _;
use symbolon_model::{ClientId, IssuerName, Lifetime, Lineage, PartyId, TokenId};
use symbolon_testkit::{KnownKey, OTHER_P256, OTHER_RSA, P256, RSA, at, ready};

use super::*;

const RP: &str = "urn:rp:app";
const STS: &str = "https://sts.example";

/// A token of an hour for Alice, signed by a key.
fn token(kind: TokenKind, key: KnownKey) -> Vec<u8> {
    let draft = Draft {
        id: TokenId::new("_1"),
        issuer: IssuerName::new(STS),
        issued_at: at(0),
        subject: NameId { value: "alice".to_owned(), format: None },
        audiences: vec![PartyId::new(RP)],
        lifetime: Lifetime::new(at(0), at(3600)).unwrap(),
        authenticated: None,
        attributes: Claims::none(),
        confirmation: Confirmation::Bearer,
        client: Some(ClientId::new("demo-client")),
        scope: None,
        lineage: Lineage::new("l1"),
        layout: Layout::Prefixed,
    };
    let jwt = Jwt::new(TokenType::ACCESS_TOKEN);
    let format: &dyn Format = match kind {
        TokenKind::Saml2 => &Saml2,
        TokenKind::Jwt => &jwt,
    };
    ready(format.encode(&draft, &key.signer())).unwrap().into_vec()
}

/// What a relying party is given: the certificates of its issuer.
fn trust(keys: &[KnownKey]) -> Trust {
    let pem: String = keys.iter().map(|key| key.certificate().to_pem()).collect();
    Trust::from_certificates(pem.as_bytes()).unwrap()
}

fn verified(token: &[u8], trust: &Trust, now: Timestamp) -> Result<Verified, VerifyFlaw> {
    ready(verify(token, trust, Expected { audience: Some(RP) }, now))
}

#[test]
fn a_good_token_says_whose_it_is_and_what_was_checked() {
    let trust = trust(&[RSA, P256]).of_issuer(STS);
    for (kind, key) in [(TokenKind::Saml2, RSA), (TokenKind::Saml2, P256), (TokenKind::Jwt, P256)] {
        let verified = verified(&token(kind, key), &trust, at(10)).unwrap();
        assert_eq!((verified.issuer.as_str(), verified.subject.as_str()), (STS, "alice"));
        assert_eq!((verified.kind, verified.not_after), (kind, at(3600)));
        assert_eq!(verified.audiences, [RP]);
        let (first, rest) = verified.checks.split_first().unwrap();
        let algorithm = key.private().algorithm().as_jws().unwrap();
        assert!(first.starts_with(&format!("signature: {algorithm} by key ")));
        assert_eq!(
            rest,
            [
                "issuer: the one whose keys these are",
                "lifetime: now is within",
                "audience: urn:rp:app",
                "confirmation: bearer"
            ]
        );
    }
}

#[test]
fn a_token_of_another_key_is_refused() {
    let trust = trust(&[OTHER_RSA, OTHER_P256]);
    for (kind, key) in [(TokenKind::Saml2, RSA), (TokenKind::Jwt, P256)] {
        let flaw = verified(&token(kind, key), &trust, at(10)).unwrap_err();
        assert!(matches!(flaw, VerifyFlaw::Token(Flaw::Signature(_))), "{flaw}");
    }
}

#[test]
fn a_changed_token_is_refused() {
    let assertion = String::from_utf8(token(TokenKind::Saml2, RSA)).unwrap();
    let changed = assertion.replace(">alice<", ">admin<");
    assert_ne!(changed, assertion);
    let flaw = verified(changed.as_bytes(), &trust(&[RSA]), at(10)).unwrap_err();
    assert!(matches!(flaw, VerifyFlaw::Token(Flaw::Signature(_))), "{flaw}");
}

#[test]
fn a_good_signature_in_anothers_name_is_refused() {
    let trust = trust(&[P256]).of_issuer("https://other.example");
    let flaw = verified(&token(TokenKind::Jwt, P256), &trust, at(10)).unwrap_err();
    assert_eq!(flaw.to_string(), "issued by https://sts.example, not by https://other.example");
}

#[test]
fn a_token_out_of_its_time_is_refused_at_the_skew() {
    let (trust, token) = (trust(&[P256]), token(TokenKind::Jwt, P256));
    assert!(verified(&token, &trust, at(3659)).is_ok());
    assert_eq!(
        verified(&token, &trust, at(3660)).unwrap_err(),
        VerifyFlaw::Expired { until: at(3600) }
    );
    assert!(verified(&token, &trust, at(-60)).is_ok());
    assert_eq!(verified(&token, &trust, at(-61)).unwrap_err(), VerifyFlaw::NotYet { from: at(0) });
}

#[test]
fn a_token_for_somebody_else_is_refused() {
    let expected = Expected { audience: Some("urn:rp:other") };
    let token = token(TokenKind::Saml2, RSA);
    let flaw = ready(verify(&token, &trust(&[RSA]), expected, at(10))).unwrap_err();
    assert_eq!(flaw.to_string(), "it is not for urn:rp:other but for urn:rp:app");
}

#[test]
fn without_an_expected_audience_none_is_said_to_be_checked() {
    let token = token(TokenKind::Saml2, RSA);
    let verified = ready(verify(&token, &trust(&[RSA]), Expected::default(), at(10))).unwrap();
    assert!(!verified.checks.iter().any(|check| check.starts_with("audience")));
}

#[test]
fn what_is_no_token_is_refused() {
    for octets in [&b""[..], b"<", b"<a/>", b"hello", b"e30.e30."] {
        assert!(matches!(
            verified(octets, &trust(&[RSA]), at(10)).unwrap_err(),
            VerifyFlaw::Token(_)
        ));
    }
}

#[test]
fn every_audience_restriction_must_name_the_relying_party() {
    let is_ours = |restrictions: &[&[&str]]| {
        let owned = |all: &&[&str]| all.iter().map(|one| (*one).to_owned()).collect();
        let restrictions: Vec<Vec<String>> = restrictions.iter().map(owned).collect();
        check_audience(&restrictions, RP).is_ok()
    };
    assert!(is_ours(&[&["urn:rp:other", RP]]));
    assert!(is_ours(&[&[RP], &[RP, "urn:rp:other"]]));
    assert!(!is_ours(&[&[RP], &["urn:rp:other"]]));
    assert!(!is_ours(&[&[RP], &[]]));
    assert!(!is_ours(&[]));
}
