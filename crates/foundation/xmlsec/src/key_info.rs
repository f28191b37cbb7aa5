//! KeyInfo: what a signature or a ciphertext says of its key.
//!
//! In:  a `ds:KeyInfo`, or any element that holds the same.
//! Out: hints, for whoever looks keys up.
//! Never: a key to be trusted. Never follows a reference, in this document or out of it.
//!
//! XML Signature 1.1 §4.5.

use symbolon_keys::{Certificate, Curve, Digest, Numbers, PublicKey};
use symbolon_xml::Element;

use crate::Flaw;
use crate::algorithm::{NAMESPACE, NAMESPACE_11, digest_named};
use crate::shape::{children, octets};

/// The namespace of XML Encryption.
const ENCRYPTION: &str = "http://www.w3.org/2001/04/xmlenc#";

/// Hints in one KeyInfo.
// LIMIT: a key parsed costs microseconds, before anybody is authenticated. A certificate path has up to five certificates,
// and the first may be named in four more ways.
const MOST_HINTS: usize = 16;

/// What a signature says of its key: one of these when it is written, [`KeyHint`]s when it is [read](KeyInfo::read).
#[derive(Debug, Clone, Copy)]
pub enum KeyInfo<'k> {
    /// Nothing.
    Absent,
    /// The certificate of the key.
    Certificate(&'k Certificate),
    /// A `ds:KeyInfo` of the caller's, in canonical form as it stands inside `ds:Signature`, which has declared the prefix `ds`.
    Written(&'k [u8]),
}

/// One thing that a KeyInfo says of the key. Anybody may have written it.
///
/// A public key or certificate that comes with a signature proves that the signer holds it, and not who he is.
#[derive(Debug, Clone)]
pub enum KeyHint {
    /// `KeyName`: what it means is between the two sides.
    Name(String),
    /// `RSAKeyValue`, `ECKeyValue` on a named curve, or `DEREncodedKeyValue`.
    Key(PublicKey),
    /// `X509Certificate`: the key's, or one of its issuers'. The order says nothing.
    Certificate(Certificate),
    /// `X509SKI`: the subject key identifier of the key's certificate.
    SubjectKeyIdentifier(Vec<u8>),
    /// `X509IssuerSerial` of the key's certificate.
    IssuerSerial {
        /// The issuer's distinguished name (RFC 4514) as sent.
        issuer: String,
        /// The serial number in decimal, without white space.
        serial: String,
    },
    /// `X509SubjectName`: the distinguished name (RFC 4514) of the key's certificate, as sent.
    Subject(String),
    /// `X509Digest`: the digest of the key's certificate.
    CertificateDigest {
        /// The hash.
        digest: Digest,
        /// Its value.
        value: Vec<u8>,
    },
    /// `xenc:EncryptedKey`: the key itself, wrapped.
    EncryptedKey(Element),
    /// `xenc:AgreementMethod`: from which the key is agreed.
    AgreementMethod(Element),
    /// Anything else: another standard's (`wsse:SecurityTokenReference`), something that leads elsewhere (`RetrievalMethod`,
    /// `KeyInfoReference`), a key or certificate that cannot be read or is of no use here.
    Other(Element),
}

impl KeyInfo<'_> {
    /// The hints that stand in a `ds:KeyInfo`, in order; or in another element that holds the same (`OriginatorKeyInfo`,
    /// `RecipientKeyInfo`, `SecurityTokenReference`).
    ///
    /// # Errors
    ///
    /// [`Flaw::Malformed`] where text stands between the children, [`Flaw::TooMuch`] for more than 16 hints.
    pub fn read(key_info: &Element) -> Result<Vec<KeyHint>, Flaw> {
        let mut hints = Vec::new();
        for child in children(key_info)? {
            if child.is(NAMESPACE, "X509Data") {
                for part in children(&child)? {
                    push(&mut hints, || x509(part))?;
                }
            } else {
                push(&mut hints, || hint(child))?;
            }
        }
        Ok(hints)
    }
}

fn push(hints: &mut Vec<KeyHint>, read: impl FnOnce() -> KeyHint) -> Result<(), Flaw> {
    if hints.len() >= MOST_HINTS {
        return Err(Flaw::TooMuch);
    }
    hints.push(read());
    Ok(())
}

fn hint(element: Element) -> KeyHint {
    let known = match (element.namespace(), element.local()) {
        (NAMESPACE, "KeyName") => element.only_text().map(|name| KeyHint::Name(name.to_owned())),
        (NAMESPACE, "KeyValue") => key_value(&element).map(KeyHint::Key),
        (NAMESPACE_11, "DEREncodedKeyValue") => encoded_key(&element).map(KeyHint::Key),
        (ENCRYPTION, "EncryptedKey") => return KeyHint::EncryptedKey(element),
        (ENCRYPTION, "AgreementMethod") => return KeyHint::AgreementMethod(element),
        _ => None,
    };
    known.unwrap_or(KeyHint::Other(element))
}

fn x509(element: Element) -> KeyHint {
    let known = match (element.namespace(), element.local()) {
        (NAMESPACE, "X509Certificate") => certificate(&element).map(KeyHint::Certificate),
        (NAMESPACE, "X509SKI") => octets(&element).ok().map(KeyHint::SubjectKeyIdentifier),
        (NAMESPACE, "X509IssuerSerial") => issuer_serial(&element),
        (NAMESPACE, "X509SubjectName") => {
            element.only_text().map(|name| KeyHint::Subject(name.to_owned()))
        }
        (NAMESPACE_11, "X509Digest") => certificate_digest(&element),
        _ => None,
    };
    known.unwrap_or(KeyHint::Other(element))
}

fn certificate(element: &Element) -> Option<Certificate> {
    Certificate::from_der(&octets(element).ok()?).ok()
}

fn encoded_key(element: &Element) -> Option<PublicKey> {
    PublicKey::from_spki_der(&octets(element).ok()?).ok()
}

fn issuer_serial(element: &Element) -> Option<KeyHint> {
    let mut inside = children(element).ok()?;
    let issuer = inside.optional(NAMESPACE, "X509IssuerName")?;
    let serial = inside.optional(NAMESPACE, "X509SerialNumber")?;
    inside.end().ok()?;
    let serial = serial.only_text()?.trim_ascii();
    let number = !serial.is_empty() && serial.bytes().all(|digit| digit.is_ascii_digit());
    let (issuer, serial) = (issuer.only_text()?.to_owned(), serial.to_owned());
    number.then_some(KeyHint::IssuerSerial { issuer, serial })
}

fn certificate_digest(element: &Element) -> Option<KeyHint> {
    let digest = digest_named(element.attribute("Algorithm")?)?;
    let value = octets(element).ok()?;
    (value.len() == digest.octets()).then_some(KeyHint::CertificateDigest { digest, value })
}

fn key_value(element: &Element) -> Option<PublicKey> {
    let mut inside = children(element).ok()?;
    let value = inside.next()?;
    inside.end().ok()?;
    match (value.namespace(), value.local()) {
        (NAMESPACE, "RSAKeyValue") => rsa_key(&value),
        (NAMESPACE_11, "ECKeyValue") => ec_key(&value),
        _ => None,
    }
}

fn rsa_key(element: &Element) -> Option<PublicKey> {
    let mut inside = children(element).ok()?;
    let modulus = octets(&inside.optional(NAMESPACE, "Modulus")?).ok()?;
    let exponent = octets(&inside.optional(NAMESPACE, "Exponent")?).ok()?;
    inside.end().ok()?;
    // SPEC: XML Signature 1.1 §4.1: a CryptoBinary has no leading zeros. INTEROP: some write the sign octet of DER.
    let (modulus, exponent) = (without_zeros(&modulus), without_zeros(&exponent));
    PublicKey::from_numbers(Numbers::Rsa { modulus, exponent }).ok()
}

fn without_zeros(number: &[u8]) -> &[u8] {
    let start = number.iter().position(|octet| *octet != 0).unwrap_or(number.len());
    number.get(start..).unwrap_or_default()
}

// SECURITY: named curves only. A key on a curve of the sender's choice can be made to equal anybody's (CVE-2020-0601).
// Test: a_key_on_a_curve_of_the_senders_choice_is_no_key.
fn ec_key(element: &Element) -> Option<PublicKey> {
    let mut inside = children(element).ok()?;
    let named = inside.optional(NAMESPACE_11, "NamedCurve")?;
    let point = inside.optional(NAMESPACE_11, "PublicKey")?;
    inside.end().ok()?;
    let curve = curve(named.attribute("URI")?)?;
    let point = octets(&point).ok()?;
    // SPEC: SEC 1 §2.3.3: 04, x, y; other forms are not taken.
    let coordinates = point.strip_prefix(&[4])?;
    let (x, y) = coordinates.split_at_checked(curve.octets())?;
    PublicKey::from_numbers(Numbers::Ec { curve, x, y }).ok()
}

fn curve(identifier: &str) -> Option<Curve> {
    match identifier {
        "urn:oid:1.2.840.10045.3.1.7" => Some(Curve::P256),
        "urn:oid:1.3.132.0.34" => Some(Curve::P384),
        "urn:oid:1.3.132.0.35" => Some(Curve::P521),
        _ => None,
    }
}
