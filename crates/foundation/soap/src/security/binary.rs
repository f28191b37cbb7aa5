//! `wsse:BinarySecurityToken` that holds certificates.
//!
//! In:  the element.
//! Out: its certificates, that of the sender first.
//! Never: belief in any of them; a token of another type passed over.
//!
//! WSS SOAP Message Security 1.1.1 §6.3; X.509 Token Profile 1.1.1 §3.1; BSP R3029 to R3032.

use super::reference::is_base64;
use super::{Part, SecurityFlaw, base64};
use crate::HeaderName;
use crate::names::{X509_PKI_PATH, X509_V3};
use symbolon_keys::Certificate;
use symbolon_xml::Element;

// LIMIT: real chains have two to four certificates; each costs a parse.
const MOST_CERTIFICATES: usize = 8;

/// The certificates of a token: the sender's, and those that issued one another.
pub(crate) fn certificates(
    token: &Element,
) -> Result<(Certificate, Vec<Certificate>), SecurityFlaw> {
    let octets = || {
        let encoding = token.attribute("EncodingType");
        let text = token.only_text().filter(|_| encoding.is_none_or(is_base64));
        text.and_then(base64).ok_or(SecurityFlaw::Certificate)
    };
    match token.attribute("ValueType").map(str::trim_ascii) {
        Some(X509_V3) => Ok((certificate(&octets()?)?, Vec::new())),
        Some(X509_PKI_PATH) => path(&octets()?),
        Some(_) => Err(SecurityFlaw::Unsupported(HeaderName {
            namespace: token.namespace().to_owned(),
            local: token.local().to_owned(),
        })),
        None => Err(SecurityFlaw::Unexpected(Part::Certificate)),
    }
}

fn certificate(der: &[u8]) -> Result<Certificate, SecurityFlaw> {
    Certificate::from_der(der).map_err(|_| SecurityFlaw::Certificate)
}

/// `PkiPath ::= SEQUENCE OF Certificate`, that of the end entity last (ITU-T X.509 §7.6).
fn path(der: &[u8]) -> Result<(Certificate, Vec<Certificate>), SecurityFlaw> {
    let (content, []) = sequence(der)? else { return Err(SecurityFlaw::Certificate) };
    let mut rest = content;
    let mut certificates = Vec::new();
    while !rest.is_empty() {
        let (_, behind) = sequence(rest)?;
        let length = rest.len().saturating_sub(behind.len());
        certificates.push(certificate(rest.get(..length).unwrap_or_default())?);
        if certificates.len() > MOST_CERTIFICATES {
            return Err(SecurityFlaw::Certificate);
        }
        rest = behind;
    }
    let last = certificates.pop().ok_or(SecurityFlaw::Certificate)?;
    certificates.reverse();
    Ok((last, certificates))
}

/// The content of the SEQUENCE that stands first, and what stands behind it (X.690 §8.1, §8.9). Whether a length is the
/// shortest form is for the certificate's parser.
fn sequence(der: &[u8]) -> Result<(&[u8], &[u8]), SecurityFlaw> {
    let (length, rest) = match der {
        [0x30, length, rest @ ..] if *length < 0x80 => (usize::from(*length), rest),
        [0x30, 0x81, length, rest @ ..] => (usize::from(*length), rest),
        [0x30, 0x82, high, low, rest @ ..] => {
            (usize::from(u16::from_be_bytes([*high, *low])), rest)
        }
        _ => return Err(SecurityFlaw::Certificate), // longer than 64 KiB, or no SEQUENCE
    };
    rest.split_at_checked(length).ok_or(SecurityFlaw::Certificate)
}
