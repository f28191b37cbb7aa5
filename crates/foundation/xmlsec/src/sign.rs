//! Making an enveloped signature, without I/O.
//!
//! In:  the canonical octets of an element and its id; then the value that some key made.
//! Out: the octets to sign; then the octets of the `ds:Signature`, canonical as they are.
//! Never: waits for a key; canonicalizes: the [`Writer`](symbolon_xml::Writer) already did.
//!
//! XML Signature 1.1 §3.1, §4.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use symbolon_keys::{Certificate, SignatureAlgorithm, sha256};

use crate::Flaw;
use crate::algorithm::identifier;

// The parts of SignedInfo as exclusive canonical form writes them. Attributes are in order, nothing needs an escape.
const START: &str = r#"<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">"#;
const METHODS: &str = concat!(
    r#"<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#">"#,
    r#"</ds:CanonicalizationMethod><ds:SignatureMethod Algorithm=""#,
);
const REFERENCE: &str = r##""></ds:SignatureMethod><ds:Reference URI="#"##;
const TRANSFORMS: &str = concat!(
    r#""><ds:Transforms>"#,
    r#"<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></ds:Transform>"#,
    r#"<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"></ds:Transform>"#,
    r#"</ds:Transforms>"#,
    r#"<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod>"#,
    r#"<ds:DigestValue>"#,
);
const END: &str = "</ds:DigestValue></ds:Reference></ds:SignedInfo>";

// Inside Signature, which declares the namespace, SignedInfo does not.
const SIGNATURE: &str =
    r#"<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo>"#;
const VALUE: &str = "<ds:SignatureValue>";
const VALUE_END: &str = "</ds:SignatureValue>";
const CERTIFICATE: &str = "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>";
const CERTIFICATE_END: &str = "</ds:X509Certificate></ds:X509Data></ds:KeyInfo>";
const SIGNATURE_END: &str = "</ds:Signature>";

/// What is signed: the digest of one element and how it came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedInfo {
    canonical: String,
}

impl SignedInfo {
    /// For a signature that will stand inside the element it signs.
    ///
    /// `id` is the value of the element's id attribute; `canonical_octets` is the whole element in exclusive canonical form,
    /// without the signature.
    ///
    /// # Errors
    ///
    /// [`Flaw::Unsupported`] for an algorithm that XML signatures are not made with here; [`Flaw::Malformed`] for an id that
    /// is no name (letters, digits, `.`, `-`, `_`; no digit first).
    pub fn enveloped(
        id: &str,
        canonical_octets: &[u8],
        algorithm: SignatureAlgorithm,
    ) -> Result<Self, Flaw> {
        if !is_name(id) {
            return Err(Flaw::Malformed);
        }
        let algorithm = identifier(algorithm).ok_or(Flaw::Unsupported)?;
        let mut canonical = String::with_capacity(1024);
        for part in [START, METHODS, algorithm, REFERENCE, id, TRANSFORMS] {
            canonical.push_str(part);
        }
        STANDARD.encode_string(sha256(canonical_octets), &mut canonical);
        canonical.push_str(END);
        Ok(Self { canonical })
    }

    /// The octets that the key must sign, with the algorithm given before.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        self.canonical.as_bytes()
    }

    /// The octets of the `ds:Signature`, to be put inside the element that was digested.
    ///
    /// `value` is the signature over [`octets`](Self::octets); for ECDSA `r‖s`. A certificate given is sent along in KeyInfo.
    #[must_use]
    pub fn into_signature(self, value: &[u8], key_info: Option<&Certificate>) -> Vec<u8> {
        let mut out = Vec::new();
        self.write_signature(value, key_info, &mut out);
        out
    }

    /// Appends what [`into_signature`](Self::into_signature) makes, for a token that is put together in one piece.
    pub fn write_signature(&self, value: &[u8], key_info: Option<&Certificate>, out: &mut Vec<u8>) {
        let inside = self.canonical.strip_prefix(START).unwrap_or_default();
        let value = STANDARD.encode(value);
        let certificate = key_info.map_or("", Certificate::base64);
        let [before, after] =
            if key_info.is_some() { [CERTIFICATE, CERTIFICATE_END] } else { [""; 2] };
        let parts = [
            SIGNATURE,
            inside,
            VALUE,
            &value,
            VALUE_END,
            before,
            certificate,
            after,
            SIGNATURE_END,
        ];
        out.reserve(parts.iter().map(|part| part.len()).sum());
        for part in parts {
            out.extend_from_slice(part.as_bytes());
        }
    }
}

/// Whether an id can be written without an escape and be referred to.
fn is_name(id: &str) -> bool {
    let mut octets = id.bytes();
    octets.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && octets.all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'_' | b'-' | b'.'))
}
