//! The closed list of signature algorithms, and the kinds of key they need.
//!
//! In:  a JWS algorithm name.
//! Out: a [`SignatureAlgorithm`]; a name outside the list (`none` among them) is no algorithm.
//! Never: RSA below 2048 bits, a symmetric algorithm, a JWS name for SHA-1.
//!
//! RFC 7518 §3.1; the XML names live in symbolon-xmlsec.

use crate::Digest;

/// How octets are signed.
///
/// ECDSA signatures are `r‖s`, each of the width of the curve (RFC 7518 §3.4, XML Signature 1.1
/// §6.4.3). XML pairs any curve with any hash; JWS pins the curve to the name: see
/// [`SignatureAlgorithm::fits_jws`].
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-1. Verified where a record allows it, never made.
    RsaSha1,
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2).
    RsaSha256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    RsaSha384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RsaSha512,
    /// RSASSA-PSS with SHA-256, MGF1 with SHA-256, salt of 32 octets (RFC 7518 §3.5).
    PsSha256,
    /// RSASSA-PSS with SHA-384, MGF1 with SHA-384, salt of 48 octets.
    PsSha384,
    /// RSASSA-PSS with SHA-512, MGF1 with SHA-512, salt of 64 octets.
    PsSha512,
    /// ECDSA with SHA-256.
    EcdsaSha256,
    /// ECDSA with SHA-384.
    EcdsaSha384,
    /// ECDSA with SHA-512.
    EcdsaSha512,
}

impl SignatureAlgorithm {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::RsaSha1,
        Self::RsaSha256,
        Self::RsaSha384,
        Self::RsaSha512,
        Self::PsSha256,
        Self::PsSha384,
        Self::PsSha512,
        Self::EcdsaSha256,
        Self::EcdsaSha384,
        Self::EcdsaSha512,
    ];

    /// The name in a JWS header. `None` for SHA-1, which has none (RFC 7518 §3.1).
    #[must_use]
    pub const fn as_jws(self) -> Option<&'static str> {
        match self {
            Self::RsaSha1 => None,
            Self::RsaSha256 => Some("RS256"),
            Self::RsaSha384 => Some("RS384"),
            Self::RsaSha512 => Some("RS512"),
            Self::PsSha256 => Some("PS256"),
            Self::PsSha384 => Some("PS384"),
            Self::PsSha512 => Some("PS512"),
            Self::EcdsaSha256 => Some("ES256"),
            Self::EcdsaSha384 => Some("ES384"),
            Self::EcdsaSha512 => Some("ES512"),
        }
    }

    /// The algorithm of a JWS `alg` value, compared case-sensitively (RFC 7515 §4.1.1). `None` for
    /// everything outside the list, `none` included.
    #[must_use]
    pub fn from_jws(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_jws() == Some(name))
    }

    /// Whether a key of this kind can be used with this algorithm, as XML Signature pairs them:
    /// ECDSA on any of the curves.
    #[must_use]
    pub const fn fits(self, kind: KeyKind) -> bool {
        match self {
            Self::RsaSha1
            | Self::RsaSha256
            | Self::RsaSha384
            | Self::RsaSha512
            | Self::PsSha256
            | Self::PsSha384
            | Self::PsSha512 => matches!(kind, KeyKind::Rsa { .. }),
            Self::EcdsaSha256 | Self::EcdsaSha384 | Self::EcdsaSha512 => {
                matches!(kind, KeyKind::P256 | KeyKind::P384 | KeyKind::P521)
            }
        }
    }

    /// Whether a key of this kind can be used with this algorithm, as JWS pairs them: ES256 is
    /// P-256, ES384 is P-384, ES512 is P-521 (RFC 7518 §3.4), and SHA-1 is nothing.
    #[must_use]
    pub const fn fits_jws(self, kind: KeyKind) -> bool {
        match self {
            Self::RsaSha1 => false,
            Self::RsaSha256
            | Self::RsaSha384
            | Self::RsaSha512
            | Self::PsSha256
            | Self::PsSha384
            | Self::PsSha512 => matches!(kind, KeyKind::Rsa { .. }),
            Self::EcdsaSha256 => matches!(kind, KeyKind::P256),
            Self::EcdsaSha384 => matches!(kind, KeyKind::P384),
            Self::EcdsaSha512 => matches!(kind, KeyKind::P521),
        }
    }

    /// Whether it rests on SHA-1, whose collisions can be made. A weak
    /// algorithm verifies only where a record allows it, and never signs.
    #[must_use]
    pub const fn is_weak(self) -> bool {
        self.digest().is_weak()
    }

    /// The hash of the signed octets.
    #[must_use]
    pub const fn digest(self) -> Digest {
        match self {
            Self::RsaSha1 => Digest::Sha1,
            Self::RsaSha256 | Self::PsSha256 | Self::EcdsaSha256 => Digest::Sha256,
            Self::RsaSha384 | Self::PsSha384 | Self::EcdsaSha384 => Digest::Sha384,
            Self::RsaSha512 | Self::PsSha512 | Self::EcdsaSha512 => Digest::Sha512,
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
    /// The elliptic curve P-384 (secp384r1).
    P384,
    /// The elliptic curve P-521 (secp521r1).
    P521,
}

impl KeyKind {
    /// The curve, of a key on one.
    #[must_use]
    pub const fn curve(self) -> Option<Curve> {
        match self {
            Self::Rsa { .. } => None,
            Self::P256 => Some(Curve::P256),
            Self::P384 => Some(Curve::P384),
            Self::P521 => Some(Curve::P521),
        }
    }

    /// What a key of this kind signs with where nothing says otherwise: RS256, ES256, ES384, ES512.
    #[must_use]
    pub const fn usual_algorithm(self) -> SignatureAlgorithm {
        match self {
            Self::Rsa { .. } => SignatureAlgorithm::RsaSha256,
            Self::P256 => SignatureAlgorithm::EcdsaSha256,
            Self::P384 => SignatureAlgorithm::EcdsaSha384,
            Self::P521 => SignatureAlgorithm::EcdsaSha512,
        }
    }
}

impl From<Curve> for KeyKind {
    fn from(curve: Curve) -> Self {
        match curve {
            Curve::P256 => Self::P256,
            Curve::P384 => Self::P384,
            Curve::P521 => Self::P521,
        }
    }
}

/// An elliptic curve of FIPS 186-4 (SEC 2 §2.4.2, §2.5.1, §2.6.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Curve {
    /// secp256r1.
    P256,
    /// secp384r1.
    P384,
    /// secp521r1.
    P521,
}

impl Curve {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::P256, Self::P384, Self::P521];

    /// Octets of one coordinate, of `r`, of `s`, and of an agreed secret: 32, 48 or 66.
    #[must_use]
    pub const fn octets(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SignatureAlgorithm::{EcdsaSha256, EcdsaSha384, EcdsaSha512, PsSha512, RsaSha1};
    use super::*;

    const KINDS: [KeyKind; 4] =
        [KeyKind::Rsa { bits: 2048 }, KeyKind::P256, KeyKind::P384, KeyKind::P521];

    #[test]
    fn names_outside_the_list_are_no_algorithm() {
        let others = ["none", "None", "", "HS256", "RS1", "ES256K", "EdDSA", "rs256", "RS256 "];
        for name in others {
            assert_eq!(SignatureAlgorithm::from_jws(name), None, "{name}");
        }
        assert_eq!(RsaSha1.as_jws(), None);
        for algorithm in SignatureAlgorithm::ALL {
            let again = algorithm.as_jws().and_then(SignatureAlgorithm::from_jws);
            assert_eq!(again, Some(algorithm).filter(|algorithm| !algorithm.is_weak()));
        }
    }

    #[test]
    fn a_jws_algorithm_is_for_its_own_curve_alone() {
        let curves = [EcdsaSha256, EcdsaSha384, EcdsaSha512];
        for (algorithm, own) in curves.into_iter().zip([1, 2, 3]) {
            for (index, kind) in KINDS.into_iter().enumerate() {
                assert_eq!(algorithm.fits_jws(kind), index == own, "{algorithm:?} {kind:?}");
                assert_eq!(algorithm.fits(kind), index > 0, "{algorithm:?} {kind:?}");
            }
        }
    }

    #[test]
    fn what_fits_a_jws_fits_xml_as_well_and_sha_1_fits_no_jws() {
        for kind in KINDS {
            assert!(!RsaSha1.fits_jws(kind));
            assert!(kind.usual_algorithm().fits_jws(kind));
            for algorithm in SignatureAlgorithm::ALL {
                assert!(algorithm.fits(kind) || !algorithm.fits_jws(kind));
            }
        }
    }

    #[test]
    fn only_sha_1_is_weak() {
        for algorithm in SignatureAlgorithm::ALL {
            assert_eq!(algorithm.is_weak(), algorithm == RsaSha1);
        }
        assert_eq!(PsSha512.digest(), Digest::Sha512);
    }
}
