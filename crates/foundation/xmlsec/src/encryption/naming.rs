//! How a written KeyInfo names a key.
//!
//! In:  what the receiver knows the key by.
//! Out: a `ds:KeyInfo`, or what has its type.
//! Never: an empty one, which the schema forbids.
//!
//! XML Signature 1.1 §4.5.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use symbolon_keys::Certificate;
use symbolon_xml::{QName, Writer};

use crate::NAMESPACE;

pub(super) const KEY_INFO: QName = QName::new("ds", NAMESPACE, "KeyInfo");
const KEY_NAME: QName = QName::new("ds", NAMESPACE, "KeyName");
const X509_DATA: QName = QName::new("ds", NAMESPACE, "X509Data");
const X509_CERTIFICATE: QName = QName::new("ds", NAMESPACE, "X509Certificate");
const X509_SKI: QName = QName::new("ds", NAMESPACE, "X509SKI");
const X509_ISSUER_SERIAL: QName = QName::new("ds", NAMESPACE, "X509IssuerSerial");
const X509_ISSUER_NAME: QName = QName::new("ds", NAMESPACE, "X509IssuerName");
const X509_SERIAL_NUMBER: QName = QName::new("ds", NAMESPACE, "X509SerialNumber");

/// How the key that decrypts is named to whoever receives.
#[derive(Clone, Copy)]
pub enum Naming<'a> {
    /// Not at all: the receiver has one key.
    Nothing,
    /// By the certificate itself.
    Certificate(&'a Certificate),
    /// By issuer and serial number of the certificate.
    IssuerSerial(&'a Certificate),
    /// By the SubjectKeyIdentifier of the certificate.
    SubjectKeyIdentifier(&'a [u8]),
    /// By a name that both sides agreed on.
    Name(&'a str),
    /// By what the caller writes inside KeyInfo: WS-Security's SecurityTokenReference, an EncryptedKey.
    Written(&'a dyn Fn(&mut Writer)),
}

impl Naming<'_> {
    /// Writes it as an element of that name, unless it is nothing.
    pub(super) fn write(&self, out: &mut Writer, name: &QName) {
        if matches!(self, Self::Nothing) {
            return;
        }
        out.start(name);
        match self {
            Self::Nothing => {}
            Self::Certificate(certificate) => {
                out.start(&X509_DATA).element(&X509_CERTIFICATE, certificate.base64()).end();
            }
            Self::IssuerSerial(certificate) => {
                out.start(&X509_DATA).start(&X509_ISSUER_SERIAL);
                out.element(&X509_ISSUER_NAME, &certificate.issuer().to_string());
                out.element(&X509_SERIAL_NUMBER, &certificate.serial()).end().end();
            }
            Self::SubjectKeyIdentifier(octets) => {
                out.start(&X509_DATA).element(&X509_SKI, &STANDARD.encode(octets)).end();
            }
            Self::Name(name) => {
                out.element(&KEY_NAME, name);
            }
            Self::Written(write) => write(out),
        }
        out.end();
    }
}

impl fmt::Debug for Naming<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Nothing => "Nothing",
            Self::Certificate(_) => "Certificate",
            Self::IssuerSerial(_) => "IssuerSerial",
            Self::SubjectKeyIdentifier(_) => "SubjectKeyIdentifier",
            Self::Name(_) => "Name",
            Self::Written(_) => "Written",
        })
    }
}
