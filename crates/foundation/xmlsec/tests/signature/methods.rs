//! Every method of the list: what it signs is verified, and one flipped bit is not.

use symbolon_keys::{
    KeyKind, MacAlgorithm, SecretKey, SignatureAlgorithm, SigningKey as _, SoftwareKey,
};
use symbolon_xmlsec::{Flaw, Key, KeyInfo, SignatureMethod, SignedInfo};

use crate::support::{
    ENVELOPED, EXCLUSIVE, Signer, alice, reference, sign_with, signature_with, subject, unsigned,
    with_signature,
};

const MACS: [MacAlgorithm; 3] =
    [MacAlgorithm::HmacSha256, MacAlgorithm::HmacSha384, MacAlgorithm::HmacSha512];

const KINDS: [KeyKind; 4] =
    [KeyKind::Rsa { bits: 2048 }, KeyKind::P256, KeyKind::P384, KeyKind::P521];

/// Signs with that method, and every time that a bit of the value, the SignedInfo or the content flips it is seen.
fn signs(method: SignatureMethod, key: &Key, sign: impl Fn(&[u8]) -> Vec<u8>) {
    let (unsigned, place) = unsigned("alice");
    let info = SignedInfo::enveloped("_1", unsigned.as_bytes(), method).unwrap();
    let value = sign(info.octets());
    let with = |value: &[u8]| {
        let signature = info.clone().into_signature(value, KeyInfo::Absent);
        with_signature(&unsigned, place, &String::from_utf8(signature).unwrap())
    };
    let token = with(&value);
    assert!(token.contains(method.identifier()));
    assert_eq!(subject(&token, key.clone()).as_deref(), Ok("alice"), "{method:?}");
    assert_eq!(subject(&token.replace("alice", "alicd"), key.clone()), Err(Flaw::BadDigest));
    for at in [0, value.len() / 2, value.len() - 1] {
        let mut other = value.clone();
        other[at] ^= 1;
        assert_eq!(subject(&with(&other), key.clone()), Err(Flaw::BadSignature), "{method:?}");
    }
    for value in [&value[1..], &value[..value.len() - 1], &[value.as_slice(), &[0]].concat(), &[]] {
        assert_eq!(subject(&with(value), key.clone()), Err(Flaw::BadSignature), "{method:?}");
    }
}

#[test]
fn every_signature_algorithm_verifies_what_it_signed_and_nothing_else() {
    for kind in KINDS {
        let (_, pkcs8) = SoftwareKey::generate(kind).unwrap();
        for algorithm in SignatureAlgorithm::ALL {
            let key = SoftwareKey::from_pkcs8_der(pkcs8.as_der()).unwrap();
            if !algorithm.fits(kind) || algorithm.is_weak() {
                continue;
            }
            let key = key.signing_with(algorithm).unwrap();
            let public = Key::from(key.public_key());
            signs(algorithm.into(), &public, |octets| sign_with(&key, octets));
        }
    }
}

#[test]
fn every_code_verifies_what_it_signed_and_nothing_else() {
    for algorithm in MACS {
        let secret = SecretKey::new(b"shared by both sides".to_vec().into());
        let key = Key::secret(secret.clone());
        signs(algorithm.into(), &key, |octets| secret.mac(algorithm, octets).as_ref().to_vec());
        let other = Key::secret(SecretKey::new(b"shared by other sides".to_vec().into()));
        let (unsigned, place) = unsigned("alice");
        let info = SignedInfo::enveloped("_1", unsigned.as_bytes(), algorithm).unwrap();
        let value = secret.mac(algorithm, info.octets());
        let signature = info.into_signature(value.as_ref(), KeyInfo::Absent);
        let text = with_signature(&unsigned, place, &String::from_utf8(signature).unwrap());
        assert_eq!(subject(&text, other), Err(Flaw::BadSignature));
    }
}

#[test]
fn a_value_is_good_for_its_own_method_only() {
    let key = SoftwareKey::generate(KeyKind::Rsa { bits: 2048 }).unwrap().1;
    let key = |algorithm| {
        SoftwareKey::from_pkcs8_der(key.as_der()).unwrap().signing_with(algorithm).unwrap()
    };
    let all = SignatureAlgorithm::ALL
        .into_iter()
        .filter(|algorithm| algorithm.fits(KeyKind::Rsa { bits: 2048 }) && !algorithm.is_weak());
    let references = reference("#_1", &[ENVELOPED, EXCLUSIVE], &alice());
    let (unsigned, place) = unsigned("alice");
    for signed in all.clone() {
        for named in all.clone() {
            let identifier = SignatureMethod::from(named).identifier();
            let sign = |octets: &[u8]| sign_with(&key(signed), octets);
            let signature = signature_with(&references, identifier, "", sign);
            let text = with_signature(&unsigned, place, &signature);
            let outcome = subject(&text, key(signed).public_key());
            assert_eq!(outcome.is_ok(), signed == named, "{signed:?} as {named:?}");
        }
    }
}

/// The parameters of RSASSA-PSS (RFC 6931 §2.3.9) around what a test puts in them.
fn pss(algorithm: SignatureAlgorithm, parameters: &str) -> Result<String, Flaw> {
    const NAME: &str = "http://www.w3.org/2007/05/xmldsig-more#rsa-pss";
    let signer = Signer::rsa_with(algorithm);
    let references = reference("#_1", &[ENVELOPED, EXCLUSIVE], &alice());
    let (unsigned, place) = unsigned("alice");
    let signature =
        signature_with(&references, NAME, parameters, |octets| sign_with(&signer, octets));
    subject(&with_signature(&unsigned, place, &signature), signer.public_key())
}

/// Parameters in canonical form, each part as written.
fn parameters(digest: &str, mask: &str, salt: &str, trailer: &str) -> String {
    format!(
        "<p:RSAPSSParams xmlns:p=\"http://www.w3.org/2007/05/xmldsig-more#\">{digest}{mask}{salt}{trailer}</p:RSAPSSParams>"
    )
}

fn digest(identifier: &str) -> String {
    format!("<ds:DigestMethod Algorithm=\"{identifier}\"></ds:DigestMethod>")
}

fn mask(digest: &str) -> String {
    const MGF1: &str = "http://www.w3.org/2007/05/xmldsig-more#MGF1";
    format!("<p:MaskGenerationFunction Algorithm=\"{MGF1}\">{digest}</p:MaskGenerationFunction>")
}

const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const SHA384: &str = "http://www.w3.org/2001/04/xmldsig-more#sha384";
const SHA512: &str = "http://www.w3.org/2001/04/xmlenc#sha512";

#[test]
fn pss_parameters_may_say_what_the_names_without_them_mean() {
    use SignatureAlgorithm::{PsSha256, PsSha384, PsSha512};
    assert_eq!(pss(PsSha256, "").as_deref(), Ok("alice"));
    assert_eq!(pss(PsSha256, &parameters("", "", "", "")).as_deref(), Ok("alice"));
    for (algorithm, identifier, octets) in
        [(PsSha256, SHA256, 32), (PsSha384, SHA384, 48), (PsSha512, SHA512, 64)]
    {
        let (digest, salt) = (digest(identifier), format!("<p:SaltLength>{octets}</p:SaltLength>"));
        let trailer = "<p:TrailerField>1</p:TrailerField>";
        for all in [
            parameters(&digest, &mask(&digest), &salt, trailer),
            parameters(&digest, &mask(""), "", ""),
            parameters(&digest, "", &salt, ""),
            parameters(&digest, "<p:MaskGenerationFunction></p:MaskGenerationFunction>", "", ""),
        ] {
            assert_eq!(pss(algorithm, &all).as_deref(), Ok("alice"), "{all}");
        }
    }
}

#[test]
fn other_pss_parameters_are_refused() {
    let (sha256, sha512) = (digest(SHA256), digest(SHA512));
    let sha1 = digest("http://www.w3.org/2000/09/xmldsig#sha1");
    let salt = |text: &str| format!("<p:SaltLength>{text}</p:SaltLength>");
    for refused in [
        parameters(&sha256, &mask(&sha512), "", ""),
        parameters(&sha256, &mask(&sha1), "", ""),
        parameters(&sha1, &mask(&sha1), &salt("20"), ""),
        parameters(&sha256, "", &salt("0"), ""),
        parameters(&sha256, "", &salt("31"), ""),
        parameters(&sha256, "", &salt("-32"), ""),
        parameters(&sha256, "", &salt(""), ""),
        parameters(&sha256, "", &salt("32<!---->"), ""),
        parameters(&sha256, "", "", "<p:TrailerField>2</p:TrailerField>"),
        parameters(&sha256, &mask(&sha256).replace("#MGF1", "#MGF2"), "", ""),
        parameters(&sha256, "", "", "<p:Other></p:Other>"),
        parameters(&sha256, &mask(&sha256), &salt("32"), &salt("32")),
        parameters(&sha256, &sha256, "", ""),
        parameters("text", "", "", ""),
        parameters("", "", "", "").repeat(2),
        "<p:Other xmlns:p=\"http://www.w3.org/2007/05/xmldsig-more#\"></p:Other>".to_owned(),
        "<ds:HMACOutputLength>8</ds:HMACOutputLength>".to_owned(),
    ] {
        let outcome = pss(SignatureAlgorithm::PsSha256, &refused);
        assert!(
            matches!(outcome, Err(Flaw::Unsupported | Flaw::Malformed)),
            "{refused}: {outcome:?}"
        );
    }
}
