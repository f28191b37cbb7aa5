//! The names of the closed list.
//!
//! XML Signature 1.1 §6; RFC 6931. Absent on purpose, so refused before any key is used: DSA, ECDSA with SHA-1, SHA-224, SHA-3,
//! MD5, RIPEMD-160, EdDSA, Canonical XML 1.1, XPath, XSLT, base64.

use symbolon_keys::{Digest, MacAlgorithm, SignatureAlgorithm};

/// The namespace of XML Signature.
pub const NAMESPACE: &str = "http://www.w3.org/2000/09/xmldsig#";
/// The namespace of what XML Signature 1.1 added.
pub(crate) const NAMESPACE_11: &str = "http://www.w3.org/2009/xmldsig11#";
/// The namespace of RSASSA-PSS parameters.
pub(crate) const NAMESPACE_PSS: &str = "http://www.w3.org/2007/05/xmldsig-more#";

/// Exclusive XML Canonicalization 1.0 without comments; also the namespace of `InclusiveNamespaces`.
pub(crate) const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
pub(crate) const EXCLUSIVE_WITH_COMMENTS: &str =
    "http://www.w3.org/2001/10/xml-exc-c14n#WithComments";
/// Canonical XML 1.0 without comments.
pub(crate) const INCLUSIVE: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
pub(crate) const INCLUSIVE_WITH_COMMENTS: &str =
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments";
pub(crate) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

/// RSASSA-PSS with the parameters that stand in SignatureMethod.
pub(crate) const PSS_WITH_PARAMETERS: &str = "http://www.w3.org/2007/05/xmldsig-more#rsa-pss";
pub(crate) const MGF1: &str = "http://www.w3.org/2007/05/xmldsig-more#MGF1";

const SHA384_OF_ENCRYPTION: &str = "http://www.w3.org/2001/04/xmlenc#sha384";

const MACS: [MacAlgorithm; 4] = [
    MacAlgorithm::HmacSha1,
    MacAlgorithm::HmacSha256,
    MacAlgorithm::HmacSha384,
    MacAlgorithm::HmacSha512,
];
const DIGESTS: [Digest; 4] = [Digest::Sha1, Digest::Sha256, Digest::Sha384, Digest::Sha512];

/// How a signature is made: with a private key, or with a secret that both sides share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureMethod {
    /// By the holder of a private key.
    Signature(SignatureAlgorithm),
    /// By either holder of a secret.
    Mac(MacAlgorithm),
}

impl SignatureMethod {
    /// Its algorithm identifier.
    ///
    /// RSASSA-PSS goes by the names with fixed parameters (RFC 6931 §2.3.10): mask with the same hash, salt of its length.
    #[must_use]
    pub const fn identifier(self) -> &'static str {
        use SignatureAlgorithm as Of;
        match self {
            Self::Signature(Of::RsaSha1) => "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
            Self::Signature(Of::RsaSha256) => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            Self::Signature(Of::RsaSha384) => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
            Self::Signature(Of::RsaSha512) => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
            Self::Signature(Of::PsSha256) => {
                "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"
            }
            Self::Signature(Of::PsSha384) => {
                "http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1"
            }
            Self::Signature(Of::PsSha512) => {
                "http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1"
            }
            Self::Signature(Of::EcdsaSha256) => {
                "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
            }
            Self::Signature(Of::EcdsaSha384) => {
                "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384"
            }
            Self::Signature(Of::EcdsaSha512) => {
                "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512"
            }
            Self::Mac(MacAlgorithm::HmacSha1) => "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
            Self::Mac(MacAlgorithm::HmacSha256) => {
                "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"
            }
            Self::Mac(MacAlgorithm::HmacSha384) => {
                "http://www.w3.org/2001/04/xmldsig-more#hmac-sha384"
            }
            Self::Mac(MacAlgorithm::HmacSha512) => {
                "http://www.w3.org/2001/04/xmldsig-more#hmac-sha512"
            }
        }
    }

    /// The method of an algorithm identifier that takes no parameters.
    pub(crate) fn named(identifier: &str) -> Option<Self> {
        let signatures = SignatureAlgorithm::ALL.into_iter().map(Self::Signature);
        let mut all = signatures.chain(MACS.into_iter().map(Self::Mac));
        all.find(|method| method.identifier() == identifier)
    }

    /// Whether it rests on SHA-1.
    #[must_use]
    pub const fn is_weak(self) -> bool {
        match self {
            Self::Signature(algorithm) => algorithm.is_weak(),
            Self::Mac(algorithm) => algorithm.is_weak(),
        }
    }
}

impl From<SignatureAlgorithm> for SignatureMethod {
    fn from(algorithm: SignatureAlgorithm) -> Self {
        Self::Signature(algorithm)
    }
}

impl From<MacAlgorithm> for SignatureMethod {
    fn from(algorithm: MacAlgorithm) -> Self {
        Self::Mac(algorithm)
    }
}

/// The algorithm identifier of a digest.
pub(crate) const fn digest_identifier(digest: Digest) -> &'static str {
    match digest {
        Digest::Sha1 => "http://www.w3.org/2000/09/xmldsig#sha1",
        Digest::Sha256 => "http://www.w3.org/2001/04/xmlenc#sha256",
        Digest::Sha384 => "http://www.w3.org/2001/04/xmldsig-more#sha384",
        Digest::Sha512 => "http://www.w3.org/2001/04/xmlenc#sha512",
    }
}

/// The digest of an algorithm identifier.
// SPEC: RFC 6931 §2.1.3 names SHA-384 for signatures; XML Encryption 1.1 §5.8.3 has a name of its own, which signers use too.
pub(crate) fn digest_named(identifier: &str) -> Option<Digest> {
    if identifier == SHA384_OF_ENCRYPTION {
        return Some(Digest::Sha384);
    }
    DIGESTS.into_iter().find(|digest| digest_identifier(*digest) == identifier)
}
