//! Making certificates: self-signed ones for our signing keys, and a small development authority.
//!
//! In:  a name, a key, a validity in Unix milliseconds.
//! Out: a [`Certificate`]; from an [`Authority`] a server certificate with its new key.
//! Never: reads the clock; certifies a name that was not asked for; makes a certificate for clients.
//!
//! RFC 5280 §4.1 and §4.2.

use std::net::IpAddr;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyUsagePurpose, PublicKeyData, SanType, SerialNumber, date_time_ymd,
};
use x509_cert::der::asn1::{ObjectIdentifier, UintRef, Utf8StringRef};
use x509_cert::der::{Decode, Encode};
use x509_cert::ext::pkix::BasicConstraints as ReadConstraints;

use crate::{
    Certificate, CertificateFlaw, KeyFlaw, KeyKind, Pkcs8, SigningKey, SoftwareKey, Validity,
    sha256,
};

const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");

/// RFC 5280 A.1, ub-common-name.
const COMMON_NAME_CHARACTERS: usize = 64;

/// Why a certificate was not made, or an authority not read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum IssueFlaw {
    /// A common name that is empty or longer than 64 characters, or a DNS name outside ASCII.
    #[error("unusable name")]
    Name,
    /// A validity that ends before it begins, or lies outside the years 1970 to 9999.
    #[error("unusable validity")]
    Validity,
    /// The key could not be read or made, or is not the certificate's.
    #[error(transparent)]
    Key(#[from] KeyFlaw),
    /// The certificate could not be read, or what was made could not be read again.
    #[error(transparent)]
    Certificate(#[from] CertificateFlaw),
    /// The certificate was read, but is no authority of ours: not a CA, or not named by one common
    /// name alone.
    #[error("not a certificate of a development authority")]
    NotAnAuthority,
    /// The library made no certificate.
    #[error("no certificate was made")]
    Failed,
}

/// Makes the self-signed certificate of a signing key: subject and issuer `CN=common_name`, key
/// usage digitalSignature.
///
/// # Errors
/// [`IssueFlaw::Name`], [`IssueFlaw::Validity`], [`IssueFlaw::Failed`].
pub fn self_signed(
    common_name: &str,
    key: &SoftwareKey,
    validity: Validity,
) -> Result<Certificate, IssueFlaw> {
    let mut wanted = basics(Some(common_name), key, validity)?;
    wanted.is_ca = IsCa::ExplicitNoCa;
    wanted.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    let made = wanted.self_signed(&Certifier(key)).map_err(|_| IssueFlaw::Failed)?;
    Ok(Certificate::from_der(made.der())?)
}

/// A small certification authority, for development: it certifies servers, directly.
#[expect(missing_debug_implementations, reason = "it holds a private key")]
pub struct Authority {
    certificate: Certificate,
    name: String,
    key: SoftwareKey,
}

/// A certificate with the private key that was made for it.
#[expect(missing_debug_implementations, reason = "it holds a private key")]
pub struct Issued {
    /// The certificate.
    pub certificate: Certificate,
    /// Its private key.
    pub key: Pkcs8,
}

/// What a server is called.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct ServerNames {
    /// DNS names.
    pub dns: Vec<String>,
    /// IP addresses.
    pub addresses: Vec<IpAddr>,
}

impl Authority {
    /// Makes a new authority (P-256) and its private key, to keep.
    ///
    /// # Errors
    /// [`IssueFlaw::Name`], [`IssueFlaw::Validity`], [`IssueFlaw::Failed`].
    pub fn create(name: &str, validity: Validity) -> Result<(Self, Pkcs8), IssueFlaw> {
        let (key, octets) = SoftwareKey::generate(KeyKind::P256)?;
        let mut wanted = basics(Some(name), &key, validity)?;
        wanted.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        wanted.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let made = wanted.self_signed(&Certifier(&key)).map_err(|_| IssueFlaw::Failed)?;
        let certificate = Certificate::from_der(made.der())?;
        Ok((Self { certificate, name: name.to_owned(), key }, octets))
    }

    /// Reads back an authority that [`Authority::create`] made.
    ///
    /// # Errors
    /// [`IssueFlaw::Certificate`], [`IssueFlaw::Key`], [`IssueFlaw::NotAnAuthority`].
    pub fn from_pem(certificate: &str, key: &Pkcs8) -> Result<Self, IssueFlaw> {
        let certificate = Certificate::from_pem(certificate)?;
        let key = SoftwareKey::from_pkcs8_der(key.as_der())?;
        if certificate.public_key() != key.public_key() {
            return Err(IssueFlaw::Key(KeyFlaw::CertificateOfAnotherKey));
        }
        let name = authority_name(&certificate).ok_or(IssueFlaw::NotAnAuthority)?;
        Ok(Self { certificate, name, key })
    }

    /// The authority's own certificate, for its clients to trust.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Certifies a TLS server under a new P-256 key.
    ///
    /// # Errors
    /// [`IssueFlaw::Name`] also when there is no name at all; [`IssueFlaw::Validity`],
    /// [`IssueFlaw::Failed`].
    pub fn issue_server(
        &self,
        names: &ServerNames,
        validity: Validity,
    ) -> Result<Issued, IssueFlaw> {
        let (key, octets) = SoftwareKey::generate(KeyKind::P256)?;
        let mut wanted = basics(None, &key, validity)?; // the names stand in the SAN alone
        wanted.subject_alt_names = alternative_names(names)?;
        wanted.is_ca = IsCa::ExplicitNoCa;
        wanted.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        wanted.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        wanted.use_authority_key_identifier_extension = true;
        let mut by = CertificateParams::default();
        by.distinguished_name = subject(&self.name)?;
        let issuer = Issuer::new(by, Certifier(&self.key));
        let made = wanted.signed_by(&Certifier(&key), &issuer).map_err(|_| IssueFlaw::Failed)?;
        Ok(Issued { certificate: Certificate::from_der(made.der())?, key: octets })
    }
}

/// What every certificate of ours has: a subject (one common name, or none), a serial, a validity.
fn basics(
    common_name: Option<&str>,
    key: &SoftwareKey,
    validity: Validity,
) -> Result<CertificateParams, IssueFlaw> {
    let mut wanted = CertificateParams::default();
    wanted.distinguished_name = match common_name {
        Some(name) => subject(name)?,
        None => DistinguishedName::new(),
    };
    wanted.serial_number = Some(serial(key, validity));
    set_validity(&mut wanted, validity)?;
    Ok(wanted)
}

fn subject(common_name: &str) -> Result<DistinguishedName, IssueFlaw> {
    if common_name.is_empty() || common_name.chars().count() > COMMON_NAME_CHARACTERS {
        return Err(IssueFlaw::Name);
    }
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common_name);
    Ok(name)
}

fn set_validity(wanted: &mut CertificateParams, validity: Validity) -> Result<(), IssueFlaw> {
    let epoch = date_time_ymd(1970, 1, 1);
    let at = |millis: i64| {
        let elapsed = Duration::from_millis(u64::try_from(millis).ok()?);
        epoch.checked_add(elapsed.try_into().ok()?) // None beyond the year 9999
    };
    let (from, until) = (at(validity.not_before), at(validity.not_after));
    match (from, until) {
        (Some(from), Some(until)) if from <= until => {
            (wanted.not_before, wanted.not_after) = (from, until);
            Ok(())
        }
        _ => Err(IssueFlaw::Validity),
    }
}

fn alternative_names(names: &ServerNames) -> Result<Vec<SanType>, IssueFlaw> {
    let dns = names.dns.iter().map(|name| {
        let name = name.as_str().try_into().map_err(|_| IssueFlaw::Name)?;
        Ok(SanType::DnsName(name))
    });
    let addresses = names.addresses.iter().map(|address| Ok(SanType::IpAddress(*address)));
    let all = dns.chain(addresses).collect::<Result<Vec<_>, IssueFlaw>>()?;
    if all.is_empty() { Err(IssueFlaw::Name) } else { Ok(all) }
}

/// The common name of a CA certificate whose subject is that name alone.
fn authority_name(certificate: &Certificate) -> Option<String> {
    let parsed = x509_cert::Certificate::from_der(certificate.der()).ok()?;
    let content = parsed.tbs_certificate();
    let (_, constraints) = content.get_extension::<ReadConstraints>().ok()??;
    let mut attributes = content.subject().iter();
    let (Some(only), None) = (attributes.next(), attributes.next()) else { return None };
    if !constraints.ca || only.oid != COMMON_NAME {
        return None;
    }
    Some(only.value.decode_as::<Utf8StringRef<'_>>().ok()?.as_str().to_owned())
}

/// A serial number of 16 octets that differs by key and by validity. Unpredictable serials guard
/// against chosen-prefix collisions on what an authority signs; here nobody else chooses anything.
fn serial(key: &SoftwareKey, validity: Validity) -> SerialNumber {
    let seed = [
        key.public_key().label().as_slice(),
        &validity.not_before.to_be_bytes(),
        &validity.not_after.to_be_bytes(),
    ]
    .concat();
    let mut octets: Vec<u8> = sha256(&seed).into_iter().take(16).collect();
    if let Some(first) = octets.first_mut() {
        *first = (*first & 0x3f) | 0x40; // positive and never shorter
    }
    SerialNumber::from(octets)
}

/// A key as rcgen wants to see it.
struct Certifier<'a>(&'a SoftwareKey);

impl PublicKeyData for Certifier<'_> {
    fn der_bytes(&self) -> &[u8] {
        self.0.public_bits()
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        match self.0.public_key().kind() {
            KeyKind::Rsa { .. } => &rcgen::PKCS_RSA_SHA256,
            KeyKind::P256 => &rcgen::PKCS_ECDSA_P256_SHA256,
            KeyKind::P384 => &rcgen::PKCS_ECDSA_P384_SHA384,
            KeyKind::P521 => &rcgen::PKCS_ECDSA_P521_SHA512,
        }
    }
}

impl rcgen::SigningKey for Certifier<'_> {
    fn sign(&self, octets: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        let failed = |_| rcgen::Error::RemoteKeyError;
        let kind = self.0.public_key().kind();
        // What `algorithm` names, whatever the key signs its messages with.
        let signature = self.0.sign_as(kind.usual_algorithm(), octets).map_err(failed)?;
        match kind {
            KeyKind::Rsa { .. } => Ok(signature),
            KeyKind::P256 | KeyKind::P384 | KeyKind::P521 => {
                ecdsa_der(&signature).map_err(|_| rcgen::Error::RemoteKeyError)
            }
        }
    }
}

/// `r‖s` as the SEQUENCE of two INTEGERs that certificates carry (RFC 3279 §2.2.3).
fn ecdsa_der(signature: &[u8]) -> x509_cert::der::Result<Vec<u8>> {
    let (r, s) = signature.split_at(signature.len() / 2);
    vec![UintRef::new(r)?, UintRef::new(s)?].to_der()
}

#[cfg(test)]
mod tests;
