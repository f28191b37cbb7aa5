//! The closed list of signature algorithms, and the kinds of key they need.
//!
//! In:  a JWS algorithm name.
//! Out: a [`SignatureAlgorithm`]; a name outside the list (`none` among them) is no algorithm.
//! Never: SHA-1, RSA below 2048 bits, a symmetric algorithm.
//!
//! RFC 7518 §3.1; the XML names live in symbolon-xmlsec.

/// How octets are signed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2). Needs an RSA key.
    RsaSha256,
    /// ECDSA on P-256 with SHA-256; the signature is `r‖s`, 64 octets (RFC 7518 §3.4, XML
    /// Signature 1.1 §6.4.3). Needs a P-256 key.
    EcdsaSha256,
    /// RSASSA-PSS with SHA-256, MGF1 with SHA-256, salt of 32 octets (RFC 7518 §3.5). Needs an
    /// RSA key. Verified, never made.
    PsSha256,
}

impl SignatureAlgorithm {
    /// The name in a JWS header: `RS256`, `ES256` or `PS256`.
    #[must_use]
    pub const fn as_jws(self) -> &'static str {
        match self {
            Self::RsaSha256 => "RS256",
            Self::EcdsaSha256 => "ES256",
            Self::PsSha256 => "PS256",
        }
    }

    /// The algorithm of a JWS `alg` value, compared case-sensitively (RFC 7515 §4.1.1). `None` for
    /// everything outside the list, `none` included.
    #[must_use]
    pub fn from_jws(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::RsaSha256),
            "ES256" => Some(Self::EcdsaSha256),
            "PS256" => Some(Self::PsSha256),
            _ => None,
        }
    }

    /// Whether a key of this kind can be used with this algorithm.
    #[must_use]
    pub const fn fits(self, kind: KeyKind) -> bool {
        match self {
            Self::RsaSha256 | Self::PsSha256 => matches!(kind, KeyKind::Rsa { .. }),
            Self::EcdsaSha256 => matches!(kind, KeyKind::P256),
        }
    }
}

/// What a key is, public or private.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum KeyKind {
    /// RSA; `bits` is the length of the modulus, 2048 to 8192.
    Rsa {
        /// Length of the modulus in bits.
        bits: usize,
    },
    /// The elliptic curve P-256 (secp256r1).
    P256,
}
