//! Signatures: RSASSA-PKCS1-v1_5, RSASSA-PSS, ECDSA.

use symbolon_keys::{KeyFlaw, PublicKey, SignatureAlgorithm};

use super::{Case, Outcome};

pub(super) fn pkcs1(case: &Case<'_>) -> Result<Outcome, String> {
    verify(
        case,
        "publicKeyDer",
        match case.group_text("sha")? {
            "SHA-256" => Some(SignatureAlgorithm::RsaSha256),
            "SHA-384" => Some(SignatureAlgorithm::RsaSha384),
            "SHA-512" => Some(SignatureAlgorithm::RsaSha512),
            _ => None,
        },
    )
}

/// In the profile are one hash for all, and a salt of its length.
pub(super) fn pss(case: &Case<'_>) -> Result<Outcome, String> {
    let salt = case.group.get("sLen").and_then(serde_json::Value::as_u64);
    let (hash, mask) = (case.group_text("sha")?, case.group_text("mgfSha")?);
    verify(
        case,
        "publicKeyDer",
        match (hash, mask, salt) {
            ("SHA-256", "SHA-256", Some(32)) => Some(SignatureAlgorithm::PsSha256),
            ("SHA-384", "SHA-384", Some(48)) => Some(SignatureAlgorithm::PsSha384),
            ("SHA-512", "SHA-512", Some(64)) => Some(SignatureAlgorithm::PsSha512),
            _ => None,
        },
    )
}

/// In XML and JOSE a signature is `r‖s`: what Wycheproof has in DER must be refused as it is.
pub(super) fn ecdsa(case: &Case<'_>) -> Result<Outcome, String> {
    let in_der = case.group_text("type")? == "EcdsaVerify";
    verify(
        case,
        "publicKeyDer",
        match case.group_text("sha")? {
            _ if in_der => None,
            "SHA-256" => Some(SignatureAlgorithm::EcdsaSha256),
            "SHA-384" => Some(SignatureAlgorithm::EcdsaSha384),
            "SHA-512" => Some(SignatureAlgorithm::EcdsaSha512),
            _ => None,
        },
    )
}

/// With the one algorithm of the profile; where there is none, with every one that we have, and none may take what is valid.
fn verify(
    case: &Case<'_>,
    key: &str,
    algorithm: Option<SignatureAlgorithm>,
) -> Result<Outcome, String> {
    let key = match PublicKey::from_spki_der(&case.group_octets(key)?) {
        Ok(key) => key,
        Err(KeyFlaw::RsaSize { .. } | KeyFlaw::Unsupported) => return Ok(Outcome::Outside),
        Err(flaw) => return Err(flaw.to_string()),
    };
    let (message, signature) = (case.octets("msg")?, case.octets("sig")?);
    let holds = |algorithm| key.verify(algorithm, &message, &signature).is_ok();
    Ok(match algorithm {
        Some(algorithm) if holds(algorithm) => Outcome::Right,
        Some(_) => Outcome::Refused,
        // What the file calls invalid may be a good signature of another scheme.
        None if case.text("result")? == "valid"
            && SignatureAlgorithm::ALL.into_iter().any(holds) =>
        {
            Outcome::Wrong
        }
        None => Outcome::Outside,
    })
}
