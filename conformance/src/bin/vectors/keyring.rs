//! The keys that the vectors name: files in the formats of many tools, and what stands in KeyInfo.
//!
//! In:  the manifest's key column, and the message.
//! Out: candidates, each a key or why it is none to us.
//! Never: a decision about trust: the vectors are about signatures, and their keys are everybody's.
//!
//! XML Signature 1.1 §4.5; RFC 4050 §3.3 (ECDSAKeyValue); RFC 5480 §2.

use std::sync::OnceLock;

use symbolon_keys::{Certificate, CertificateFlaw, Curve, KeyFlaw, Numbers, PublicKey, SecretKey};
use symbolon_testkit::RSA;
use symbolon_xml::Element;
use symbolon_xmlsec::{Key, NAMESPACE};
use zeroize::Zeroizing;

use crate::corpus::{Corpus, unwrapped};
use crate::der;
use crate::small::SmallKey;
use crate::verdict::Cause;

const DSIG11: &str = "http://www.w3.org/2009/xmldsig11#";
const DSIG_MORE: &str = "http://www.w3.org/2001/04/xmldsig-more#";
const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";

/// A key, or what is none to us.
pub(crate) enum Candidate {
    Key(Key),
    /// An RSA key that the product refuses for its size.
    Small(SmallKey),
    None(Cause),
}

impl Candidate {
    pub(crate) fn key(&self) -> Option<&Key> {
        match self {
            Self::Key(key) => Some(key),
            Self::Small(_) | Self::None(_) => None,
        }
    }

    /// Why it is no key.
    pub(crate) fn cause(&self) -> Option<Cause> {
        match self {
            Self::None(cause) => Some(*cause),
            Self::Key(_) | Self::Small(_) => None,
        }
    }

    pub(crate) fn small(&self) -> Option<&SmallKey> {
        match self {
            Self::Small(key) => Some(key),
            Self::Key(_) | Self::None(_) => None,
        }
    }
}

impl From<Result<Key, Cause>> for Candidate {
    fn from(key: Result<Key, Cause>) -> Self {
        key.map_or_else(Self::None, Self::Key)
    }
}

/// A key that none of the vectors was made with: with it a signature is judged by its shape.
pub(crate) fn stand_in() -> Key {
    static KEY: OnceLock<Key> = OnceLock::new();
    KEY.get_or_init(|| Key::public(RSA.public())).clone()
}

/// The keys of the manifest's column for one signature.
pub(crate) fn named(
    corpus: &Corpus,
    column: &str,
    signature: &Element,
    root: &Element,
) -> Result<Vec<Candidate>, String> {
    // Whether a path leads from the key to an anchor (`trust:`) is no question of the signature.
    if column.starts_with("embedded") {
        return Ok(embedded(signature, root));
    }
    if is_nobodys(column) {
        return Ok(vec![Candidate::None(Cause::NoKey)]);
    }
    let mut keys = Vec::new();
    for file in column.split(';') {
        match file.strip_prefix("chain:") {
            _ if file.starts_with("trust:") => {}
            Some(of_a_chain) => keys.push(from_file(of_a_chain, &corpus.octets(of_a_chain)?)),
            None => keys.push(from_file(path(file), &corpus.octets(path(file))?)),
        }
    }
    if column.contains("trust:") {
        keys.extend(embedded(signature, root));
    }
    Ok(keys)
}

/// Whether the column names no key that we have.
pub(crate) fn is_nobodys(column: &str) -> bool {
    column == "-" || column.starts_with("unknown") || column.starts_with("not-copied:")
}

/// The last file of `a.p12 (password secret) or a.der`.
pub(crate) fn path(choice: &str) -> &str {
    let last = choice.rsplit(" or ").next().unwrap_or(choice);
    last.split(" (").next().unwrap_or(last)
}

fn from_file(path: &str, octets: &[u8]) -> Candidate {
    let is_secret = [".bin", ".hmac", "hmac.key"].iter().any(|end| path.ends_with(end));
    if is_secret {
        return Candidate::Key(Key::secret(SecretKey::new(Zeroizing::new(octets.to_vec()))));
    }
    public(&der::first_of_pem(octets).unwrap_or_else(|| octets.to_vec()))
}

/// The keys that stand in a signature's KeyInfo; where it only refers to one, those of the whole document.
fn embedded(signature: &Element, root: &Element) -> Vec<Candidate> {
    let info = signature.elements().find(|child| child.is(NAMESPACE, "KeyInfo"));
    let own: Vec<Candidate> =
        info.iter().flat_map(Element::descendants).filter_map(|inside| of(&inside)).collect();
    if own.is_empty() { root.descendants().filter_map(|inside| of(&inside)).collect() } else { own }
}

/// The key that an element holds, if it is one that can.
fn of(element: &Element) -> Option<Candidate> {
    let der = |octets: Result<Vec<u8>, Cause>| match octets {
        Ok(octets) => public(&der::first_of_pem(&octets).unwrap_or(octets)), // some put PEM into the base64
        Err(cause) => Candidate::None(cause),
    };
    Some(match (element.namespace(), element.local()) {
        (NAMESPACE, "X509Certificate")
        | (WSSE, "BinarySecurityToken")
        | (DSIG11, "DEREncodedKeyValue") => der(base64(element)),
        (NAMESPACE, "RSAKeyValue") => rsa(element).unwrap_or_else(Candidate::None),
        (NAMESPACE, "DSAKeyValue") => Candidate::None(Cause::KeyKind),
        (DSIG11, "ECKeyValue") => elliptic(element).into(),
        (DSIG_MORE, "ECDSAKeyValue") => decimal(element).into(),
        _ => return None,
    })
}

fn rsa(element: &Element) -> Result<Candidate, Cause> {
    let number = |local| base64(&inside(element, NAMESPACE, local)?);
    let (modulus, exponent) = (number("Modulus")?, number("Exponent")?);
    let numbers =
        Numbers::Rsa { modulus: without_zeros(&modulus), exponent: without_zeros(&exponent) };
    match PublicKey::from_numbers(numbers) {
        Ok(key) => Ok(Candidate::Key(Key::public(key))),
        Err(KeyFlaw::RsaSize { .. }) => Ok(Candidate::Small(SmallKey::new(&modulus, &exponent))),
        Err(flaw) => Err(cause(&flaw)),
    }
}

/// An `ECKeyValue` with a named curve.
fn elliptic(element: &Element) -> Result<Key, Cause> {
    let curve = inside(element, DSIG11, "NamedCurve")?;
    let curve = curve_of(curve.attribute("URI").unwrap_or_default())?;
    let point = base64(&inside(element, DSIG11, "PublicKey")?)?;
    PublicKey::from_point(curve, &point).map(Key::public).map_err(|flaw| cause(&flaw))
}

/// An `ECDSAKeyValue`, whose coordinates are decimal.
fn decimal(element: &Element) -> Result<Key, Cause> {
    let curve = inside(element, DSIG_MORE, "NamedCurve")?;
    let curve = curve_of(curve.attribute("URN").unwrap_or_default())?;
    let coordinate = |local| {
        let number = inside(element, DSIG_MORE, local)?;
        from_decimal(number.attribute("Value").unwrap_or_default(), curve.octets())
    };
    let (x, y) = (coordinate("X")?, coordinate("Y")?);
    let numbers = Numbers::Ec { curve, x: &x, y: &y };
    PublicKey::from_numbers(numbers).map(Key::public).map_err(|flaw| cause(&flaw))
}

fn curve_of(name: &str) -> Result<Curve, Cause> {
    match name.trim_start_matches("urn:oid:") {
        "1.2.840.10045.3.1.7" => Ok(Curve::P256),
        "1.3.132.0.34" => Ok(Curve::P384),
        "1.3.132.0.35" => Ok(Curve::P521),
        _ => Err(Cause::KeyKind),
    }
}

/// A key out of a certificate or a SubjectPublicKeyInfo.
fn public(octets: &[u8]) -> Candidate {
    match public_key(octets) {
        Ok(key) => Candidate::Key(Key::public(key)),
        Err(Cause::KeySize) => {
            SmallKey::public(octets).map_or(Candidate::None(Cause::KeySize), Candidate::Small)
        }
        Err(cause) => Candidate::None(cause),
    }
}

pub(crate) fn public_key(octets: &[u8]) -> Result<PublicKey, Cause> {
    match Certificate::from_der(octets) {
        Ok(certificate) => Ok(certificate.public_key().clone()),
        Err(CertificateFlaw::Key(flaw)) => Err(cause(&flaw)),
        Err(CertificateFlaw::Malformed) => {
            PublicKey::from_spki_der(octets).map_err(|flaw| cause(&flaw))
        }
    }
}

/// Why a key is none to us, in the words of the manifest.
pub(crate) fn cause(flaw: &KeyFlaw) -> Cause {
    match flaw {
        KeyFlaw::RsaSize { .. } => Cause::KeySize,
        KeyFlaw::Unsupported => Cause::KeyKind,
        KeyFlaw::Malformed | KeyFlaw::Algorithm | KeyFlaw::CertificateOfAnotherKey => Cause::NoKey,
    }
}

fn inside(element: &Element, namespace: &str, local: &str) -> Result<Element, Cause> {
    element.descendants().find(|one| one.is(namespace, local)).ok_or(Cause::NoKey)
}

pub(crate) fn base64(element: &Element) -> Result<Vec<u8>, Cause> {
    unwrapped(element.text().as_bytes()).map_err(|_| Cause::NoKey)
}

fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|octet| **octet == 0).count();
    number.get(zeros..).unwrap_or_default()
}

/// A decimal number as so many octets, big-endian.
fn from_decimal(text: &str, length: usize) -> Result<Vec<u8>, Cause> {
    let mut number = vec![0_u8; length];
    for digit in text.trim().chars() {
        let mut carry = digit.to_digit(10).ok_or(Cause::NoKey)?;
        for octet in number.iter_mut().rev() {
            carry = carry.saturating_add(u32::from(*octet).saturating_mul(10));
            *octet = u8::try_from(carry & 0xff).map_err(|_| Cause::NoKey)?;
            carry >>= 8;
        }
        if carry > 0 {
            return Err(Cause::NoKey);
        }
    }
    Ok(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_number_becomes_octets_of_a_width() {
        assert_eq!(from_decimal("65538", 4), Ok(vec![0, 1, 0, 2]));
        assert_eq!(from_decimal("256", 1), Err(Cause::NoKey));
        assert_eq!(from_decimal("2a", 4), Err(Cause::NoKey));
    }

    #[test]
    fn of_several_files_the_last_is_read() {
        assert_eq!(path("a.p12 (password secret) or b.der"), "b.der");
        assert_eq!(path("a.pfx (password 1234, legacy RC2)"), "a.pfx");
    }
}
