//! The keys that the samples are made with.
//!
//! In:  `fuzz/samples` and the test keys of the whole project.
//! Out: keys to verify and decrypt by.
//! Never: a secret worth keeping: everybody has these, or nobody has their private half any more.

use std::sync::LazyLock;

use symbolon_formats::{IssuerKeys, TrustedKey};
use symbolon_keys::{PublicKey, SecretKey, SignatureAlgorithm, SoftwareDecryptionKey};
use symbolon_testkit::{P256, RSA};

use crate::samples::kept;

/// What signs and encrypts where both sides share a secret.
const SECRET: &[u8; 32] = b"a secret that everybody may know";

/// The algorithms that samples are signed with by private keys.
pub(crate) fn algorithms() -> impl Iterator<Item = SignatureAlgorithm> {
    SignatureAlgorithm::ALL.into_iter().filter(|algorithm| !algorithm.is_weak())
}

/// The shared secret.
#[must_use]
pub fn secret() -> SecretKey {
    SecretKey::new(SECRET.to_vec().into())
}

/// The public key that goes with an algorithm.
pub(crate) fn public(algorithm: SignatureAlgorithm) -> PublicKey {
    let [rsa, p256, p384, p521] = &*PUBLIC;
    match algorithm {
        SignatureAlgorithm::EcdsaSha256 => p256.clone(),
        SignatureAlgorithm::EcdsaSha384 => p384.clone(),
        SignatureAlgorithm::EcdsaSha512 => p521.clone(),
        SignatureAlgorithm::RsaSha1
        | SignatureAlgorithm::RsaSha256
        | SignatureAlgorithm::RsaSha384
        | SignatureAlgorithm::RsaSha512
        | SignatureAlgorithm::PsSha256
        | SignatureAlgorithm::PsSha384
        | SignatureAlgorithm::PsSha512 => rsa.clone(),
    }
}

/// RSA, P-256, P-384, P-521.
pub(crate) static PUBLIC: LazyLock<[PublicKey; 4]> = LazyLock::new(|| {
    let read = |name| {
        let key = PublicKey::from_spki_der(&kept(name));
        key.unwrap_or_else(|flaw| panic!("{name}: {flaw}"))
    };
    [RSA.public(), P256.public(), read("p384.spki"), read("p521.spki")]
});

/// An issuer that signs with every algorithm.
pub(crate) static ISSUER: LazyLock<IssuerKeys> =
    LazyLock::new(|| IssuerKeys::from(algorithms().map(trusted).collect::<Vec<_>>()));

/// The key of an issuer that signs with one algorithm.
pub(crate) fn trusted(algorithm: SignatureAlgorithm) -> TrustedKey {
    TrustedKey { id: None, key: public(algorithm), algorithm }
}

/// What decrypts: RSA, and P-256.
pub(crate) static DECRYPTS: LazyLock<[SoftwareDecryptionKey; 2]> = LazyLock::new(|| {
    [RSA, P256].map(|key| {
        let read = SoftwareDecryptionKey::from_pkcs8_pem(key.private_pem);
        read.unwrap_or_else(|flaw| panic!("{}: {flaw}", key.id))
    })
});
