//! Algorithms, signers, decryptors, public and secret keys, certificates and sealing.
//!
//! In:  octets of keys and certificates, once, when they are configured or received.
//! Out: keys that are parsed and held ready: [`PublicKey`] verifies and encrypts, [`Signer`] signs
//!      and [`Decryptor`] decrypts for one purpose, [`SecretKey`] authenticates, encrypts and wraps,
//!      [`SealingKey`] keeps secrets at rest.
//! Never: reads a clock or a file, prints a private or secret key, or lets the message choose what a
//!        key is good for.
//!
//! Every primitive is aws-lc-rs, save two that it does not expose and that `shim` takes from
//! aws-lc-sys; x509-cert and rcgen only encode and decode.

mod agreement;
mod algorithm;
mod certificate;
mod cipher;
mod decryption;
mod derive;
mod digest;
mod ecdsa;
mod issuing;
mod mac;
mod name;
mod oaep;
mod public;
mod random;
mod rsa;
mod sealing;
mod secret;
mod shim;
mod signing;
mod software;
mod turn;
mod wrap;

pub use agreement::EphemeralKey;
pub use algorithm::{Curve, KeyKind, SignatureAlgorithm};
pub use certificate::{Certificate, CertificateFlaw, Validity};
pub use cipher::{ContentCipher, Decrypted, EncryptFlaw};
pub use decryption::{DecryptionKey, Decryptor, SoftwareDecryptionKey, Undecryptable};
pub use derive::{UnusableLength, concat_kdf, p_sha1};
pub use digest::{Digest, DigestOctets, constant_time_eq, hmac_sha256, sha1, sha256};
pub use issuing::{Authority, IssueFlaw, Issued, ServerNames, self_signed};
pub use mac::MacAlgorithm;
pub use name::DistinguishedName;
pub use oaep::Oaep;
pub use public::{BadSignature, KeyFlaw, Numbers, PublicKey};
pub use random::{NoRandomness, Random, SystemRandom, fill_random};
pub use sealing::{SealingKey, SealingKeyFlaw, SealingKeyId, Unsealable};
pub use secret::SecretKey;
pub use signing::{BoxFuture, SignFlaw, Signer, SigningKey};
pub use software::{Pkcs8, SoftwareKey};
pub use turn::InTurn;
pub use wrap::KeyWrap;
