//! ECDH, with the public key as a point, a SubjectPublicKeyInfo, PEM or a JWK.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use symbolon_keys::{
    Curve, DecryptionKey as _, KeyFlaw, Numbers, PublicKey, SoftwareDecryptionKey,
};
use symbolon_testkit::ready;

use super::{Case, Outcome, compared, hexadecimal, text};
use crate::der;

pub(super) fn ecdh(case: &Case<'_>) -> Result<Outcome, String> {
    let own = curve(case.group_text("curve")?)?;
    let (private, peer) = match case.group_text("encoding")? {
        "webcrypto" => {
            let private = inner(case, "private")?;
            (scalar(own, &coordinate(private, "d")?), jwk(inner(case, "public")?)?)
        }
        "pem" => {
            let public = der::first_of_pem(case.text("public")?.as_bytes());
            let public = PublicKey::from_spki_der(&public.unwrap_or_default());
            (der::pkcs8(case.text("private")?.as_bytes()), public)
        }
        encoding => {
            let octets = case.octets("public")?;
            let public = match encoding {
                "ecpoint" => PublicKey::from_point(own, &octets),
                _ => PublicKey::from_spki_der(&octets),
            };
            (scalar(own, &hexadecimal(case.text("private")?)?), public)
        }
    };
    let Ok(peer) = peer else { return Ok(Outcome::Refused) };
    let private = SoftwareDecryptionKey::from_pkcs8_der(&private).map_err(|f| f.to_string())?;
    Ok(match ready(private.agree(&peer)) {
        Ok(shared) => compared(shared.octets(), &case.octets("shared")?),
        Err(_) => Outcome::Refused,
    })
}

/// A scalar of any number of leading zeros, in the width of the curve.
fn scalar(curve: Curve, number: &[u8]) -> Vec<u8> {
    let zeros = number.iter().take_while(|octet| **octet == 0).count();
    let significant = number.get(zeros..).unwrap_or_default();
    let mut padded = vec![0; curve.octets().saturating_sub(significant.len())];
    padded.extend_from_slice(significant);
    der::pkcs8_of_scalar(curve, &padded)
}

fn jwk(key: &Value) -> Result<Result<PublicKey, KeyFlaw>, String> {
    let (x, y) = (coordinate(key, "x")?, coordinate(key, "y")?);
    Ok(match curve(text(key, "crv")?) {
        Ok(curve) => PublicKey::from_numbers(Numbers::Ec { curve, x: &x, y: &y }),
        Err(_) => Err(KeyFlaw::Unsupported),
    })
}

fn inner<'f>(case: &Case<'f>, name: &str) -> Result<&'f Value, String> {
    case.test.get(name).ok_or_else(|| format!("no {name}"))
}

fn coordinate(key: &Value, name: &str) -> Result<Vec<u8>, String> {
    URL_SAFE_NO_PAD.decode(text(key, name)?).map_err(|why| why.to_string())
}

fn curve(name: &str) -> Result<Curve, String> {
    match name {
        "secp256r1" | "P-256" => Ok(Curve::P256),
        "secp384r1" | "P-384" => Ok(Curve::P384),
        "secp521r1" | "P-521" => Ok(Curve::P521),
        other => Err(format!("the curve {other}")),
    }
}
