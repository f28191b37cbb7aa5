//! Keys encrypted to RSA keys: OAEP, and PKCS #1 v1.5, which nothing here decrypts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use symbolon_keys::{DecryptionKey as _, Digest, KeyFlaw, Oaep, SoftwareDecryptionKey};
use symbolon_testkit::ready;
use symbolon_xmlsec::{Accepts, Budget, EncryptedKey, Flaw};

use super::{Case, Outcome, compared};
use crate::parsing::parse;

/// SHA-224 and RSA below 2048 bits are outside the profile.
pub(super) fn oaep(case: &Case<'_>) -> Result<Outcome, String> {
    let hash = |name| case.group_text(name).map(digest);
    let (Some(digest), Some(mgf)) = (hash("sha")?, hash("mgfSha")?) else {
        return Ok(Outcome::Outside);
    };
    let key = match SoftwareDecryptionKey::from_pkcs8_der(&case.group_octets("privateKeyPkcs8")?) {
        Ok(key) => key,
        Err(KeyFlaw::Unsupported) => return Ok(Outcome::Outside),
        Err(flaw) => return Err(flaw.to_string()),
    };
    let oaep = Oaep { label: case.octets("label")?, ..Oaep::new(digest, mgf) };
    Ok(match ready(key.decrypt(&oaep, &case.octets("ct")?)) {
        Ok(plain) => compared(plain.octets(), &case.octets("msg")?),
        Err(_) => Outcome::Refused,
    })
}

fn digest(name: &str) -> Option<Digest> {
    match name {
        "SHA-1" => Some(Digest::Sha1),
        "SHA-256" => Some(Digest::Sha256),
        "SHA-384" => Some(Digest::Sha384),
        "SHA-512" => Some(Digest::Sha512),
        _ => None,
    }
}

/// There is no function to call: a message that names the algorithm is refused before any key is used.
pub(super) fn pkcs1(case: &Case<'_>) -> Result<Outcome, String> {
    let message = format!(
        "<EncryptedKey xmlns=\"http://www.w3.org/2001/04/xmlenc#\">\
         <EncryptionMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#rsa-1_5\"/>\
         <CipherData><CipherValue>{}</CipherValue></CipherData></EncryptedKey>",
        STANDARD.encode(case.octets("ct")?)
    );
    let element = parse(message.as_bytes()).map_err(|cause| cause.to_string())?;
    let mut left = Budget::MESSAGE;
    match EncryptedKey::parse(&element, &Accepts::AUTHENTICATED.and_cbc(), &mut left) {
        Err(Flaw::Unsupported) => Ok(Outcome::Outside),
        Err(flaw) => Err(flaw.to_string()),
        Ok(_) => Ok(Outcome::Wrong),
    }
}
