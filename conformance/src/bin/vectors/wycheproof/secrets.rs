//! Under secret keys: HMAC, AES-GCM, AES-CBC, AES key wrap.

use symbolon_keys::{ContentCipher, Decrypted, KeyWrap, MacAlgorithm, SecretKey};
use zeroize::Zeroizing;

use super::{Case, Outcome, compared};

/// Octets of the nonce that XML Encryption 1.1 §5.2.4 fixes.
const NONCE: usize = 12;

/// A truncated code is outside the profile.
pub(super) fn mac(case: &Case<'_>) -> Result<Outcome, String> {
    let algorithm = match case.algorithm {
        "HMACSHA1" => MacAlgorithm::HmacSha1,
        "HMACSHA256" => MacAlgorithm::HmacSha256,
        "HMACSHA384" => MacAlgorithm::HmacSha384,
        "HMACSHA512" => MacAlgorithm::HmacSha512,
        other => return Err(format!("the algorithm {other}")),
    };
    let tag = case.octets("tag")?;
    Ok(match key(case)?.verify_mac(algorithm, &case.octets("msg")?, &tag) {
        Ok(()) => Outcome::Right,
        Err(_) if tag.len() == algorithm.digest().octets() => Outcome::Refused,
        Err(_) => Outcome::Outside,
    })
}

/// Another nonce than one of 96 bits, and associated data, are outside the profile.
pub(super) fn gcm(case: &Case<'_>) -> Result<Outcome, String> {
    let (key, nonce) = (key(case)?, case.octets("iv")?);
    let cipher = match key.len() {
        16 => ContentCipher::Aes128Gcm,
        24 => ContentCipher::Aes192Gcm,
        _ => ContentCipher::Aes256Gcm,
    };
    let in_profile = nonce.len() == NONCE && case.octets("aad")?.is_empty();
    let octets = [nonce, case.octets("ct")?, case.octets("tag")?].concat();
    let Decrypted { octets, sound } = cipher.decrypt(&key, &octets);
    Ok(match (sound, in_profile) {
        (true, _) => compared(&octets, &case.octets("msg")?),
        (false, true) => Outcome::Refused,
        (false, false) => Outcome::Outside,
    })
}

/// SPEC: XML Encryption 1.1 §5.2.2: of the padding only the last octet counts, where PKCS#7 wants all of them.
pub(super) fn cbc(case: &Case<'_>) -> Result<Outcome, String> {
    let key = key(case)?;
    let cipher = match key.len() {
        16 => ContentCipher::Aes128Cbc,
        24 => ContentCipher::Aes192Cbc,
        _ => ContentCipher::Aes256Cbc,
    };
    let octets = [case.octets("iv")?, case.octets("ct")?].concat();
    let Decrypted { octets, sound } = cipher.decrypt(&key, &octets);
    Ok(match sound {
        true if case.has_flag("BadPadding") => Outcome::ByTheStandard,
        true => compared(&octets, &case.octets("msg")?),
        false => Outcome::Refused,
    })
}

/// Unwraps, and wraps again.
pub(super) fn wrap(case: &Case<'_>) -> Result<Outcome, String> {
    let by = key(case)?;
    let wrap = match by.len() {
        16 => KeyWrap::Aes128,
        24 => KeyWrap::Aes192,
        _ => KeyWrap::Aes256,
    };
    let (wrapped, wanted) = (case.octets("ct")?, case.octets("msg")?);
    let Ok(key) = wrap.unwrap(&by, &wrapped) else { return Ok(Outcome::Refused) };
    let again = wrap.wrap(&by, &key).map_err(|flaw| flaw.to_string())?;
    Ok(if again == wrapped { compared(key.octets(), &wanted) } else { Outcome::Wrong })
}

fn key(case: &Case<'_>) -> Result<SecretKey, String> {
    Ok(SecretKey::new(Zeroizing::new(case.octets("key")?)))
}
