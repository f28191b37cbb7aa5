//! Certificates: read, never judged.
//!
//! In:  one certificate, DER or PEM.
//! Out: a [`Certificate`], cheap to clone: its octets, key, validity and thumbprints.
//! Never: says whether it is to be trusted; whoever pins it or builds a path decides that.
//!
//! RFC 5280 §4.1.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use x509_cert::der::pem::{self, LineEnding};
use x509_cert::der::{Decode, Encode};
use x509_cert::ext::pkix::SubjectKeyIdentifier;
use x509_cert::name::Name;

use crate::{DistinguishedName, KeyFlaw, PublicKey, sha1, sha256};

const PEM_LABEL: &str = "CERTIFICATE";

/// A certificate, parsed once. Clones share it.
#[derive(Clone)]
pub struct Certificate(Arc<Parsed>);

struct Parsed {
    der: Vec<u8>,
    base64: String,
    public_key: PublicKey,
    validity: Validity,
    thumbprint: [u8; 32],
    subject: Name,
    issuer: Name,
    serial: Vec<u8>,
    key_identifier: Option<Vec<u8>>,
}

/// When a certificate is valid: milliseconds since 1970-01-01T00:00:00Z, both ends included.
/// Certificates count whole seconds; what is written is truncated to them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Validity {
    /// The first moment.
    pub not_before: i64,
    /// The last moment (RFC 5280 §4.1.2.5: inclusive).
    pub not_after: i64,
}

impl Validity {
    /// Whether `now` (Unix milliseconds) lies within.
    #[must_use]
    pub fn contains(&self, now: i64) -> bool {
        (self.not_before..=self.not_after).contains(&now)
    }
}

/// Why octets are not a certificate that we can use.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CertificateFlaw {
    /// Not exactly one certificate in DER or PEM.
    #[error("malformed certificate")]
    Malformed,
    /// Its key cannot be used.
    #[error("certificate with an unusable key")]
    Key(#[from] KeyFlaw),
}

impl Certificate {
    /// Parses DER. No signature is verified.
    ///
    /// # Errors
    /// [`CertificateFlaw::Malformed`], [`CertificateFlaw::Key`].
    pub fn from_der(octets: &[u8]) -> Result<Self, CertificateFlaw> {
        let malformed = |_| CertificateFlaw::Malformed;
        let parsed = x509_cert::Certificate::from_der(octets).map_err(malformed)?;
        let content = parsed.tbs_certificate();
        let spki = content.subject_public_key_info().to_der().map_err(malformed)?;
        let validity = content.validity();
        Ok(Self(Arc::new(Parsed {
            der: octets.to_vec(),
            base64: STANDARD.encode(octets),
            public_key: PublicKey::from_spki_der(&spki)?,
            validity: Validity {
                not_before: millis(validity.not_before)?,
                not_after: millis(validity.not_after)?,
            },
            thumbprint: sha256(octets),
            subject: content.subject().clone(),
            issuer: content.issuer().clone(),
            serial: content.serial_number().as_bytes().to_vec(),
            key_identifier: content
                .get_extension::<SubjectKeyIdentifier>()
                .map_err(malformed)?
                .map(|(_, identifier)| identifier.0.as_bytes().to_vec()),
        })))
    }

    /// Parses PEM that holds one certificate and nothing else but white space around it.
    ///
    /// # Errors
    /// [`CertificateFlaw::Malformed`], [`CertificateFlaw::Key`].
    pub fn from_pem(text: &str) -> Result<Self, CertificateFlaw> {
        let (label, octets) =
            pem::decode_vec(text.trim().as_bytes()).map_err(|_| CertificateFlaw::Malformed)?;
        if label == PEM_LABEL { Self::from_der(&octets) } else { Err(CertificateFlaw::Malformed) }
    }

    /// Writes PEM.
    #[must_use]
    pub fn to_pem(&self) -> String {
        // INVARIANT: PEM refuses only lengths beyond isize, which no allocation reaches.
        pem::encode_string(PEM_LABEL, LineEnding::LF, &self.0.der).unwrap_or_default()
    }

    /// The octets as they came.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// The octets in base64, without line ends, as `ds:X509Certificate` and `x5c` carry them.
    // Every signed assertion says it: encoded once here, not once per token.
    #[must_use]
    pub fn base64(&self) -> &str {
        &self.0.base64
    }

    /// The key that is certified.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.0.public_key
    }

    /// When it is valid.
    #[must_use]
    pub fn validity(&self) -> Validity {
        self.0.validity
    }

    /// The subject's name.
    #[must_use]
    pub fn subject(&self) -> DistinguishedName {
        DistinguishedName::of(&self.0.subject)
    }

    /// The issuer's name (`X509IssuerName`): it finds a certificate, together with the serial
    /// number.
    #[must_use]
    pub fn issuer(&self) -> DistinguishedName {
        DistinguishedName::of(&self.0.issuer)
    }

    /// The serial number in decimal, without leading zeros (`X509SerialNumber`). A negative one,
    /// which RFC 5280 §4.1.2.2 forbids, is written as the positive number of the same octets.
    #[must_use]
    pub fn serial(&self) -> String {
        decimal(&self.0.serial)
    }

    /// The subject key identifier of the extension (RFC 5280 §4.2.1.2), if there is one: it finds a
    /// certificate (`X509SKI`).
    #[must_use]
    pub fn subject_key_identifier(&self) -> Option<&[u8]> {
        self.0.key_identifier.as_deref()
    }

    /// SHA-256 of the DER (`x5t#S256`, RFC 7515 §4.1.8).
    #[must_use]
    pub fn thumbprint_sha256(&self) -> [u8; 32] {
        self.0.thumbprint
    }

    /// SHA-1 of the DER (`x5t`, RFC 7515 §4.1.7): a name that others look up, never evidence.
    #[must_use]
    pub fn thumbprint_sha1(&self) -> [u8; 20] {
        sha1(&self.0.der)
    }
}

fn millis(time: x509_cert::time::Time) -> Result<i64, CertificateFlaw> {
    i64::try_from(time.to_unix_duration().as_millis()).map_err(|_| CertificateFlaw::Malformed)
}

/// A big-endian number in decimal digits.
fn decimal(octets: &[u8]) -> String {
    let mut digits = vec![0_u8]; // the least first
    for octet in octets {
        let mut carry = u16::from(*octet);
        for digit in &mut digits {
            let value = u16::from(*digit).saturating_mul(256).saturating_add(carry);
            *digit = u8::try_from(value % 10).unwrap_or_default();
            carry = value / 10;
        }
        while carry > 0 {
            digits.push(u8::try_from(carry % 10).unwrap_or_default());
            carry /= 10;
        }
    }
    digits.iter().rev().map(|digit| char::from(b'0'.saturating_add(*digit))).collect()
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.0.der == other.0.der
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({})", crate::digest::Hex(&self.0.thumbprint))
    }
}

#[cfg(test)]
mod tests;
