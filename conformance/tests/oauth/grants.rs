//! Assertions that are the grant (RFC 7521), and what else becomes what: older assertions, JWTs that become assertions.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;
use symbolon_conformance::foreign::{
    OTHER_ISSUER, Saml, claims, claims_but, jwt, jwt_by, jwt_of, wrapped,
};
use symbolon_conformance::{Form, now, sts};
use symbolon_testkit::{OTHER_P256, OTHER_RSA};

use crate::issued::{issued, own_assertion, parts, token, verified, verified_octets};
use crate::support::{is_refusal, refused, snapshot};

/// As RFC 7522 §2.1 has it.
pub(crate) fn encoded(assertion: &str) -> String {
    URL_SAFE_NO_PAD.encode(assertion)
}

fn saml2(assertion: &str) -> Form {
    Form::granted("saml2-bearer", &encoded(assertion))
}

fn saml11(assertion: &str) -> Form {
    Form::granted("saml1_1-bearer", &encoded(assertion))
}

fn jwt_bearer(token: &str) -> Form {
    Form::granted("jwt-bearer", token)
}

fn good() -> Saml {
    Saml::default()
}

fn elsewhere() -> String {
    "https://elsewhere.example".to_owned()
}

#[test]
fn an_assertion_is_the_grant_for_an_access_token() {
    let answer = issued(&saml2(&good().signed()).and("scope", "openid"));
    assert_eq!(answer.json().get("issued_token_type"), None); // RFC 6749 §5.1
    let (header, claims_of) = parts(&token(&answer));
    assert_eq!((&header["typ"], &claims_of["scope"]), (&json!("at+jwt"), &json!("openid")));
    assert_eq!(verified(&answer, "urn:rp:app").subject, "dora");
    snapshot(&answer);
    for form in [saml11(&good().signed_11()), jwt_bearer(&jwt(&claims()))] {
        assert_eq!(verified(&issued(&form), "urn:rp:app").subject, "dora");
    }
}

#[test]
fn an_assertion_in_the_alphabet_of_adal_is_read() {
    // ADAL for Python 1.2.7: `+`, `/` and padding, where RFC 7522 §2.1 has base64url without.
    let plain = STANDARD.encode(good().signed() + "<!-- ~~~ ???? >>>> -->");
    assert!(plain.contains(['+', '/']), "{plain}");
    assert_eq!(Form::granted("saml2-bearer", &plain).send().status, 200);
}

#[test]
fn whatever_is_wrong_with_an_assertion_that_is_the_grant_is_one_answer() {
    let answer = saml2(&good().unsigned()).send();
    refused(&answer, 400, "invalid_grant"); // RFC 7521 §4.1.1
    let signed = good().signed();
    let to = |path: &str| Saml { recipient: Some(format!("{}{path}", sts().base())), ..good() };
    let stranger = "https://stranger.example".to_owned();
    let bad = [
        ("another issuer's key", Saml { key: OTHER_RSA, ..good() }.signed()),
        ("of a stranger", Saml { issuer: stranger, ..good() }.signed()),
        ("changed", signed.replace("dora", "root")),
        ("wrapped", wrapped(&signed, "root")),
        ("expired", Saml { until: -400, ..good() }.signed()),
        ("wrong audience", Saml { audience: elsewhere(), ..good() }.signed()),
        ("wrong recipient", Saml { recipient: Some(elsewhere()), ..good() }.signed()),
        ("another endpoint of ours", to("/trust/13/usernamemixed").signed()),
        ("nearly our address", to("/oauth2/token/").signed()),
        ("no recipient", Saml { recipient: None, ..good() }.signed()),
        ("of the other version", good().signed_11()),
        ("no XML", "assertion".to_owned()),
    ];
    for (what, token) in bad {
        assert_eq!(saml2(&token).send().shown(), answer.shown(), "{what}");
    }
    let raw = Form::granted("saml2-bearer", &signed).send();
    assert_eq!(raw.shown(), answer.shown(), "not in base64url");
    assert_eq!(saml2(&signed).send().status, 200);
}

#[test]
fn whatever_is_wrong_with_an_assertion_of_the_older_version_is_one_answer() {
    let answer = saml11(&good().signed_11().replace("dora", "root")).send();
    is_refusal(&answer, 400, "invalid_grant"); // RFC 7521 §4.1.1
    let other = Saml { issuer: OTHER_ISSUER.to_owned(), key: OTHER_RSA, ..good() };
    let bad = [
        ("another issuer's key", Saml { key: OTHER_RSA, ..good() }.signed_11()),
        ("not taken from that issuer", other.signed_11()),
        ("expired", Saml { until: -400, ..good() }.signed_11()),
        ("wrong audience", Saml { audience: elsewhere(), ..good() }.signed_11()),
        ("of the other version", good().signed()),
    ];
    for (what, token) in bad {
        assert_eq!(saml11(&token).send().shown(), answer.shown(), "{what}");
    }
}

#[test]
fn whatever_is_wrong_with_a_jwt_that_is_the_grant_is_one_answer() {
    let answer = jwt_bearer(&jwt_by(OTHER_P256, &claims())).send();
    is_refusal(&answer, 400, "invalid_grant"); // RFC 7521 §4.1.1
    let now = now().seconds();
    let bad = [
        ("alg none", jwt_of(&json!({ "alg": "none" }), &claims(), b"")),
        ("of a stranger", jwt(&claims_but("iss", "https://stranger.example"))),
        ("wrong audience", jwt(&claims_but("aud", elsewhere()))),
        ("expired", jwt(&claims_but("exp", now - 400))),
        ("without an end", jwt(&claims_but("exp", json!(null)))),
        ("without a subject", jwt(&claims_but("sub", ""))),
        ("an assertion", good().signed()),
    ];
    for (what, token) in bad {
        assert_eq!(jwt_bearer(&token).send().shown(), answer.shown(), "{what}");
    }
}

#[test]
fn a_comment_does_not_shorten_a_name() {
    let evil = Saml { subject: "dora.evil".to_owned(), ..good() };
    for (signed, grant) in [(evil.signed(), "saml2-bearer"), (evil.signed_11(), "saml1_1-bearer")] {
        // Canonical XML leaves comments out: the signature holds with and without one.
        let commented = signed.replacen(">dora.evil<", ">dora<!-- -->.evil<", 1);
        assert_ne!(commented, signed);
        let answer = issued(&Form::granted(grant, &encoded(&commented)));
        assert_eq!(verified(&answer, "urn:rp:app").subject, "dora.evil", "{grant}");
    }
}

#[test]
fn a_missing_assertion_is_refused() {
    for grant in ["jwt-bearer", "saml2-bearer", "saml1_1-bearer"] {
        is_refusal(&Form::granted(grant, "").send(), 400, "invalid_request"); // RFC 7521 §4.1
    }
}

#[test]
fn a_scope_that_the_relying_party_does_not_name_is_refused() {
    let answer = saml2(&good().signed()).and("scope", "openid profile").send();
    is_refusal(&answer, 400, "invalid_scope"); // RFC 6749 §5.2
}

#[test]
fn a_client_without_the_grant_gets_no_token_about_itself() {
    let answer = Form::with_grant("client_credentials").and("audience", "urn:rp:app").send();
    is_refusal(&answer, 400, "unauthorized_client"); // RFC 6749 §5.2
}

// ---- RFC 8693

#[test]
fn an_assertion_of_the_older_version_is_exchanged() {
    let exchange = |assertion: &str| Form::exchange(&encoded(assertion), "saml1");
    assert_eq!(verified(&issued(&exchange(&good().signed_11())), "urn:rp:app").subject, "dora");
    let changed = good().signed_11().replace("dora", "root");
    is_refusal(&exchange(&changed).send(), 400, "invalid_request"); // RFC 8693 §2.2.2
}

const SAML2: &str = "urn:ietf:params:oauth:token-type:saml2";

/// An access token for alice, bounded to `read`.
fn bounded() -> String {
    token(&issued(&Form::saml(&own_assertion("urn:rp:app")).and("scope", "read")))
}

#[test]
fn a_jwt_becomes_an_assertion() {
    for (jwt, subject) in [(jwt(&claims()), "dora"), (bounded(), "alice")] {
        let answer = issued(&Form::jwt(&jwt).and("requested_token_type", SAML2));
        let json = answer.json();
        assert_eq!(
            (&json["issued_token_type"], &json["token_type"]),
            (&json!(SAML2), &json!("N_A"))
        ); // RFC 8693 §2.2.1
        let assertion = URL_SAFE_NO_PAD.decode(token(&answer)).unwrap(); // RFC 8693 §3
        assert_eq!(verified_octets(&assertion, "urn:rp:app").subject, subject);
    }
}

#[test]
fn what_was_bounded_by_scope_stays_so_through_an_assertion() {
    let assertion = issued(&Form::jwt(&bounded()).and("requested_token_type", SAML2));
    let again = |scope| Form::exchange(&token(&assertion), "saml2").and("scope", scope).send();
    is_refusal(&again("write"), 400, "invalid_scope"); // RFC 6749 §5.2
    assert_eq!(again("read").status, 200);
}
