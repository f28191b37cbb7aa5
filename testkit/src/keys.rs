//! Keys with certificates, the same in every run. `keys/README.md` says where they come from.

use std::sync::Arc;

use symbolon_keys::{Certificate, PublicKey, Signer, SoftwareKey};

/// A key that everybody knows.
#[derive(Clone, Copy, Debug)]
pub struct KnownKey {
    /// Its name, for `kid`.
    pub id: &'static str,
    /// The private key, PKCS#8 in PEM.
    pub private_pem: &'static str,
    /// The self-signed certificate in PEM, valid from 2026 to 2046.
    pub certificate_pem: &'static str,
}

macro_rules! known {
    ($name:literal) => {
        KnownKey {
            id: $name,
            private_pem: include_str!(concat!("../keys/", $name, ".key.pem")),
            certificate_pem: include_str!(concat!("../keys/", $name, ".crt.pem")),
        }
    };
}

/// RSA of 2048 bits.
pub const RSA: KnownKey = known!("rsa-1");
/// Another RSA key of 2048 bits.
pub const OTHER_RSA: KnownKey = known!("rsa-2");
/// A P-256 key.
pub const P256: KnownKey = known!("p256-1");
/// Another P-256 key.
pub const OTHER_P256: KnownKey = known!("p256-2");

impl KnownKey {
    /// The private key.
    #[must_use]
    pub fn private(self) -> SoftwareKey {
        SoftwareKey::from_pkcs8_pem(self.private_pem).unwrap()
    }

    /// The certificate.
    #[must_use]
    pub fn certificate(self) -> Certificate {
        Certificate::from_pem(self.certificate_pem).unwrap()
    }

    /// The public key.
    #[must_use]
    pub fn public(self) -> PublicKey {
        self.certificate().public_key().clone()
    }

    /// A signer for the purpose `P`, under [`KnownKey::id`].
    #[must_use]
    pub fn signer<P>(self) -> Signer<P> {
        Signer::new(self.id.to_owned(), Arc::new(self.private()), self.certificate()).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use symbolon_keys::{KeyKind, SigningKey};
    use symbolon_model::purpose;

    use super::*;
    use crate::{NOW, ready};

    #[test]
    fn the_four_keys_differ_and_are_what_they_are_called() {
        let rsa = KeyKind::Rsa { bits: 2048 };
        let all =
            [(RSA, rsa), (OTHER_RSA, rsa), (P256, KeyKind::P256), (OTHER_P256, KeyKind::P256)];
        for (key, kind) in all {
            assert_eq!(key.public().kind(), kind);
            assert!(key.certificate().validity().contains(NOW.millis()));
            assert_eq!(all.iter().filter(|(other, _)| other.public() == key.public()).count(), 1);
        }
    }

    #[test]
    fn a_signer_signs_with_the_key_of_its_certificate() {
        for key in [RSA, OTHER_RSA, P256, OTHER_P256] {
            let signer = key.signer::<purpose::Token>();
            let signature = ready(signer.sign(b"octets")).unwrap();
            let algorithm = key.private().algorithm();
            assert_eq!(key.public().verify(algorithm, b"octets", &signature), Ok(()));
        }
    }
}
