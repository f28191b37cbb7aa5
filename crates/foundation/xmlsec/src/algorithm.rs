//! The names of the closed list.
//!
//! XML Signature 1.1 §6; RFC 6931.

use symbolon_keys::SignatureAlgorithm;

/// The namespace of XML Signature.
pub const NAMESPACE: &str = "http://www.w3.org/2000/09/xmldsig#";

/// Exclusive XML Canonicalization 1.0 without comments; also the namespace of `InclusiveNamespaces`.
pub(crate) const EXCLUSIVE_C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
pub(crate) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
pub(crate) const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const ECDSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";

/// The identifier in a SignatureMethod; `None` for what this profile does not sign with.
pub(crate) fn identifier(algorithm: SignatureAlgorithm) -> Option<&'static str> {
    match algorithm {
        SignatureAlgorithm::RsaSha256 => Some(RSA_SHA256),
        SignatureAlgorithm::EcdsaSha256 => Some(ECDSA_SHA256),
        SignatureAlgorithm::PsSha256 => None,
    }
}

pub(crate) fn algorithm(identifier: &str) -> Option<SignatureAlgorithm> {
    match identifier {
        RSA_SHA256 => Some(SignatureAlgorithm::RsaSha256),
        ECDSA_SHA256 => Some(SignatureAlgorithm::EcdsaSha256),
        _ => None,
    }
}
