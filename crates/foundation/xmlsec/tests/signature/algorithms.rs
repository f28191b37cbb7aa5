//! Algorithms, their parameters, and keys that are not for them.

use symbolon_keys::{SecretKey, hmac_sha256};
use symbolon_xmlsec::Flaw;

use crate::support::{
    self, EC, ENVELOPED, EXCLUSIVE, RSA, STRANGER, Signer, alice, reference, refused, scene,
    signature_with, subject, unsigned, with_signature,
};

#[test]
fn algorithms_outside_the_profile_are_refused() {
    let signed = scene().signed;
    for (from, to) in [
        (support::ECDSA_SHA256, "http://www.w3.org/2000/09/xmldsig#rsa-sha1"),
        (support::ECDSA_SHA256, "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1"),
        (support::ECDSA_SHA256, "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha224"),
        (support::ECDSA_SHA256, "http://www.w3.org/2001/04/xmldsig-more#rsa-md5"),
        (support::ECDSA_SHA256, "http://www.w3.org/2007/05/xmldsig-more#sha1-rsa-MGF1"),
        (support::ECDSA_SHA256, "http://www.w3.org/2007/05/xmldsig-more#sha3-256-rsa-MGF1"),
        (support::ECDSA_SHA256, "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519"),
        (support::ECDSA_SHA256, "http://www.w3.org/2000/09/xmldsig#dsa-sha1"),
        (support::ECDSA_SHA256, "http://www.w3.org/2000/09/xmldsig#hmac-sha1"),
        (support::ECDSA_SHA256, "http://www.w3.org/2001/04/xmldsig-more#hmac-md5"),
        (support::ECDSA_SHA256, ""),
        (support::SHA256, "http://www.w3.org/2000/09/xmldsig#sha1"),
        (support::SHA256, "http://www.w3.org/2001/04/xmldsig-more#md5"),
        (support::SHA256, "http://www.w3.org/2001/04/xmldsig-more#sha224"),
        (support::SHA256, "http://www.w3.org/2007/05/xmldsig-more#sha3-256"),
        (EXCLUSIVE, "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"),
    ] {
        refused(Flaw::Unsupported, &signed.replace(from, to));
    }
    let method = "<ds:SignatureMethod Algorithm=\"";
    refused(Flaw::Malformed, &signed.replace(method, "<ds:SignatureMethod Alg=\""));
}

#[test]
fn a_public_key_used_as_an_hmac_secret_is_refused() {
    const HMAC: &str = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256";
    let (evil, place) = unsigned("mallory");
    let references = reference("#_1", &[ENVELOPED, EXCLUSIVE], evil.as_bytes());
    let pem = RSA.certificate.to_pem();
    for secret in [RSA.public().spki_der(), RSA.certificate.der(), pem.as_bytes()] {
        for method in ["", "<ds:HMACOutputLength>0</ds:HMACOutputLength>"] {
            let sign = |octets: &[u8]| hmac_sha256(secret, octets).to_vec();
            let text =
                with_signature(&evil, place, &signature_with(&references, HMAC, method, sign));
            // With the parameter it is not even tried.
            let flaw = if method.is_empty() { Flaw::BadSignature } else { Flaw::Unsupported };
            assert_eq!(subject(&text, RSA.public()), Err(flaw));
            // To whoever shares that secret it is one, without the parameter.
            let shared = SecretKey::new(secret.to_vec().into());
            assert_eq!(subject(&text, shared).is_ok(), method.is_empty());
        }
    }
}

#[test]
fn a_parameter_of_a_method_is_refused() {
    for method in [
        "<ds:HMACOutputLength>8</ds:HMACOutputLength>",
        "<p:RSAPSSParams xmlns:p=\"http://www.w3.org/2007/05/xmldsig-more#\"></p:RSAPSSParams>",
    ] {
        let references = reference("#_1", &[ENVELOPED, EXCLUSIVE], &alice());
        let signature =
            signature_with(&references, EC.identifier(), method, |octets| EC.sign(octets));
        let (unsigned, place) = unsigned("alice");
        refused(Flaw::Unsupported, &with_signature(&unsigned, place, &signature));
    }
    let parameter = "</ds:DigestMethod>";
    refused(Flaw::Unsupported, &scene().signed.replace(parameter, &format!("<ds:X/>{parameter}")));
}

#[test]
fn a_signature_with_a_secret_that_is_named_as_a_public_keys_is_refused() {
    let shared = SecretKey::new(b"shared secret of both".to_vec().into());
    let references = reference("#_1", &[ENVELOPED, EXCLUSIVE], &alice());
    let (unsigned, place) = unsigned("alice");
    for name in [support::RSA_SHA256, support::ECDSA_SHA256] {
        let sign = |octets: &[u8]| hmac_sha256(shared.octets(), octets).to_vec();
        let text = with_signature(&unsigned, place, &signature_with(&references, name, "", sign));
        assert_eq!(subject(&text, shared.clone()), Err(Flaw::BadSignature));
    }
}

#[test]
fn an_empty_secret_verifies_nothing() {
    let references = reference("#_1", &[ENVELOPED, EXCLUSIVE], &alice());
    let (unsigned, place) = unsigned("alice");
    let sign = |octets: &[u8]| hmac_sha256(b"", octets).to_vec();
    let signature =
        signature_with(&references, "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256", "", sign);
    let text = with_signature(&unsigned, place, &signature);
    let empty = SecretKey::new(Vec::new().into());
    assert_eq!(subject(&text, empty), Err(Flaw::BadSignature));
}

#[test]
fn a_key_of_another_kind_is_refused() {
    let of = |signer: &Signer, key: &Signer| subject(&signer.token("alice"), key.public());
    assert_eq!(of(&EC, &RSA), Err(Flaw::BadSignature));
    assert_eq!(of(&RSA, &EC), Err(Flaw::BadSignature));
    // The same octets under the other algorithm's name.
    let named = |signer: &Signer, name: &str| {
        let references = reference("#_1", &[ENVELOPED, EXCLUSIVE], &alice());
        let (unsigned, place) = unsigned("alice");
        let signature = signature_with(&references, name, "", |octets| signer.sign(octets));
        subject(&with_signature(&unsigned, place, &signature), signer.public())
    };
    assert_eq!(named(&EC, support::RSA_SHA256), Err(Flaw::BadSignature));
    assert_eq!(named(&RSA, support::ECDSA_SHA256), Err(Flaw::BadSignature));
}

#[test]
fn a_key_that_comes_in_key_info_is_not_used() {
    let text = STRANGER.token("mallory"); // with the stranger's certificate in KeyInfo
    assert_eq!(subject(&text, STRANGER.public()).as_deref(), Ok("mallory"));
    refused(Flaw::BadSignature, &text);
    // And what stands there matters to nobody.
    let signed = scene().signed;
    let (start, end) =
        (signed.find("<ds:KeyInfo").unwrap(), signed.find("</ds:Signature>").unwrap());
    let other = signed
        .replace(&signed[start..end], "<ds:KeyInfo><ds:KeyName>root</ds:KeyName></ds:KeyInfo>");
    assert_eq!(subject(&other, EC.public()).as_deref(), Ok("alice"));
}

#[test]
fn an_ecdsa_value_in_another_form_is_refused() {
    let references = reference("#_1", &[ENVELOPED, EXCLUSIVE], &alice());
    let (unsigned, place) = unsigned("alice");
    for change in [
        |mut value: Vec<u8>| {
            value.push(0);
            value
        },
        |mut value: Vec<u8>| {
            value.pop();
            value
        },
        |_| vec![0; 64],
        |_| vec![],
    ] {
        let sign = |octets: &[u8]| change(EC.sign(octets));
        let signature = signature_with(&references, EC.identifier(), "", sign);
        refused(Flaw::BadSignature, &with_signature(&unsigned, place, &signature));
    }
}
