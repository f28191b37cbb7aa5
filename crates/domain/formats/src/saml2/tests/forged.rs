//! Signatures that do not hold, or hold for something else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use symbolon_xmlsec::NAMESPACE;

use super::*;

#[test]
fn another_key_is_not_the_issuers() {
    let token = octets(encode(&draft(), OTHER_P256));
    // The token carries its signer's certificate: that makes no difference.
    badly_signed(verify(&token, &[trusted(P256)]));
    badly_signed(verify(&token, &[trusted(RSA)]));
    badly_signed(verify(&octets(encode(&draft(), OTHER_RSA)), &[trusted(RSA)]));
    badly_signed(verify(&token, &[]));
}

#[test]
fn the_key_of_a_trusted_issuer_is_not_every_issuers() {
    // The kernel looks up the keys of the issuer that the token names; those alone are passed.
    let (ours, theirs) = (P256, OTHER_P256);
    let mut forged = draft();
    forged.issuer = "https://sts.example/demo".into();
    let token = octets(encode(&forged, theirs));
    assert_eq!(Saml2.issuer(&token).unwrap(), "https://sts.example/demo");
    badly_signed(verify(&token, &[trusted(ours)]));
}

#[test]
fn a_key_is_used_with_its_own_algorithm_only() {
    let issuer = RSA;
    let mut pss = trusted(issuer);
    pss.algorithm = symbolon_keys::SignatureAlgorithm::PsSha256;
    badly_signed(verify(&octets(encode(&draft(), issuer)), &[pss]));
}

#[test]
fn a_stripped_signature_is_missed() {
    badly_signed(verify(&octets(unsigned(&draft())), &[trusted(P256)]));
}

#[test]
fn one_changed_character_is_seen() {
    let issuer = P256;
    let token = String::from_utf8(encode(&draft(), issuer)).unwrap();
    for (what, with) in [
        (">alice<", ">alicf<"),
        ("https://orders.example/", "https://orders.example:"),
        ("T01:00:00.000Z", "T02:00:00.000Z"),
        ("cm:bearer", "cm:Bearer"),
    ] {
        let changed = token.replacen(what, with, 1);
        assert_ne!(changed, token);
        badly_signed(verify(&octets(changed), &[trusted(issuer)]));
    }
}

#[test]
fn two_signatures_are_one_too_many() {
    let issuer = P256;
    let twice = sign(&sign(&unsigned(&draft()), issuer), issuer);
    malformed(verify(&octets(twice), &[trusted(issuer)]));
}

/// An assertion of the attacker's making around, beside and under a signed one.
#[test]
fn a_signed_assertion_inside_another_one_speaks_only_for_itself() {
    let issuer = P256;
    let signed = String::from_utf8(encode(&draft(), issuer)).unwrap();
    let start = signed.find("<ds:Signature").unwrap();
    let end = signed.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    let signature = &signed[start..end];
    let evil = unsigned(&draft()).replacen(">alice<", ">mallory<", 1);
    let other_id = evil.replacen("_0f1e2d3c4b5a69788796a5b4c3d2e1f0", "_evil", 2);
    let stripped = unsigned(&draft());
    let advice = |inner: &str| format!("</saml2:Issuer><saml2:Advice>{inner}</saml2:Advice>");
    let under = signature.replacen(
        "</ds:Signature>",
        &format!("<ds:Object>{stripped}</ds:Object></ds:Signature>"),
        1,
    );
    let wrapped = [
        // The signature moved to the attacker's assertion, the signed one hidden in it, in three places.
        other_id.replacen(
            "</saml2:Issuer>",
            &format!("</saml2:Issuer>{signature}<saml2:Advice>{stripped}</saml2:Advice>"),
            1,
        ),
        other_id.replacen("</saml2:Issuer>", &format!("</saml2:Issuer>{under}"), 1),
        other_id.replacen(
            "</saml2:Assertion>",
            &format!("{signature}{stripped}</saml2:Assertion>"),
            1,
        ),
        // The same with one id on both.
        evil.replacen(
            "</saml2:Issuer>",
            &format!("</saml2:Issuer>{signature}<saml2:Advice>{stripped}</saml2:Advice>"),
            1,
        ),
        // The signed one whole inside the attacker's, which has no signature of its own.
        other_id.replacen("</saml2:Issuer>", &advice(&signed), 1),
    ];
    for token in wrapped {
        let outcome = verify(&octets(token.clone()), &[trusted(issuer)]);
        assert!(outcome.is_err(), "{token}\n{outcome:?}");
        let message = format!("<m>{token}</m>");
        let message = Document::parse(message.as_bytes(), &Limits::MESSAGE).unwrap();
        let inner: Element = message.elements().next().unwrap();
        let outcome = verify(&RawToken::Xml(inner), &[trusted(issuer)]);
        assert!(outcome.is_err(), "{token}\n{outcome:?}");
    }
}

/// A signature by the issuer that needs not stand inside what it signs, as message signatures do not.
#[test]
fn a_detached_signature_of_the_issuer_says_nothing_of_the_assertion_around_it() {
    let inner = unsigned(&draft());
    let info =
        SignedInfo::enveloped(draft().id.as_str(), inner.as_bytes(), P256.private().algorithm());
    let enveloped =
        format!("<ds:Transform Algorithm=\"{}enveloped-signature\"></ds:Transform>", NAMESPACE);
    let info = String::from_utf8(info.unwrap().octets().to_vec()).unwrap();
    let detached = info.replacen(&enveloped, "", 1);
    assert_ne!(detached, info);
    let value = STANDARD.encode(ready(P256.private().sign(detached.as_bytes())).unwrap());
    let signature = format!(
        "<ds:Signature xmlns:ds=\"{NAMESPACE}\">{detached}<ds:SignatureValue>{value}</ds:SignatureValue></ds:Signature>"
    );
    let evil = inner
        .replacen("_0f1e2d3c4b5a69788796a5b4c3d2e1f0", "_evil", 2)
        .replacen(">alice<", ">mallory<", 1)
        .replacen(
            "</saml2:Issuer>",
            &format!("</saml2:Issuer>{signature}<saml2:Advice>{inner}</saml2:Advice>"),
            1,
        );
    let why = badly_signed(verify(&octets(evil), &[trusted(P256)]));
    assert_eq!(why, "the signature covers something else");
}

#[test]
fn a_reference_out_of_the_token_into_the_message_is_refused() {
    let issuer = P256;
    let signed = String::from_utf8(encode(&draft(), issuer)).unwrap();
    let start = signed.find("<ds:Signature").unwrap();
    let end = signed.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    let evil = unsigned(&draft())
        .replacen("_0f1e2d3c4b5a69788796a5b4c3d2e1f0", "_evil", 2)
        .replacen("</saml2:Issuer>", &format!("</saml2:Issuer>{}", &signed[start..end]), 1);
    let message = format!("<m><first>{evil}</first>{}</m>", unsigned(&draft()));
    let message = Document::parse(message.as_bytes(), &Limits::MESSAGE).unwrap();
    let inner = message.elements().next().unwrap().elements().next().unwrap();
    assert!(verify(&RawToken::Xml(inner), &[trusted(issuer)]).is_err());
}
