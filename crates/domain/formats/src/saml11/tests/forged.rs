//! Signatures that do not hold, or hold for something else.

use super::*;

const ID: &str = "_0f1e2d3c4b5a69788796a5b4c3d2e1f0";

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
        ("AttributeName=\"groups\"", "AttributeName=\"Groups\""),
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
    let stripped = unsigned(&draft());
    let signed = String::from_utf8(encode(&draft(), issuer)).unwrap();
    let start = signed.find("<ds:Signature").unwrap();
    let end = signed.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    let signature = &signed[start..end];
    let evil = stripped.replace(">alice<", ">mallory<");
    let other_id = evil.replacen(ID, "_evil", 1);
    let advice = |inner: &str| format!("</saml:Conditions><saml:Advice>{inner}</saml:Advice>");
    let last = |assertion: &str, inner: &str| {
        let (inside, _) = assertion.rsplit_once("</saml:Assertion>").unwrap();
        format!("{inside}{inner}</saml:Assertion>")
    };
    let advised = other_id.replacen("</saml:Conditions>", &advice(&stripped), 1);
    let under = signature.replacen(
        "</ds:Signature>",
        &format!("<ds:Object>{stripped}</ds:Object></ds:Signature>"),
        1,
    );
    let wrapped = [
        // The signature moved to the attacker's assertion, the signed one hidden in it, in three places.
        last(&advised, signature),
        last(&other_id, &under),
        last(&other_id, &format!("{signature}{stripped}")),
        // The same with one id on both.
        last(&evil.replacen("</saml:Conditions>", &advice(&stripped), 1), signature),
        // The signed one whole inside the attacker's, which has no signature of its own.
        other_id.replacen("</saml:Conditions>", &advice(&signed), 1),
        // The attacker's statement beside the signed ones.
        last(&signed, &part(&evil, "AttributeStatement")),
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

#[test]
fn a_reference_out_of_the_token_into_the_message_is_refused() {
    let issuer = P256;
    let signed = String::from_utf8(encode(&draft(), issuer)).unwrap();
    let evil = signed.replacen(ID, "_evil", 1);
    let message = format!("<m><first>{evil}</first>{}</m>", unsigned(&draft()));
    let message = Document::parse(message.as_bytes(), &Limits::MESSAGE).unwrap();
    let inner = message.elements().next().unwrap().elements().next().unwrap();
    badly_signed(verify(&RawToken::Xml(inner), &[trusted(issuer)]));
}
