//! Algorithms, signers, public keys, certificates and sealing.
//!
//! In:  octets of keys and certificates, once, when they are configured or received.
//! Out: keys that are parsed and held ready: [`PublicKey`] verifies, [`Signer`] signs for one
//!      purpose, [`SealingKey`] keeps secrets at rest.
//! Never: reads a clock or a file, prints a private key, or lets the message choose what a key is
//!        good for.
//!
//! Every primitive is aws-lc-rs; x509-cert and rcgen only encode and decode.

mod algorithm;
mod certificate;
mod digest;
mod issuing;
mod public;
mod random;
mod sealing;
mod signing;
mod software;
mod turn;

pub use algorithm::{KeyKind, SignatureAlgorithm};
pub use certificate::{Certificate, CertificateFlaw, Validity};
pub use digest::{constant_time_eq, hmac_sha256, sha1, sha256};
pub use issuing::{Authority, IssueFlaw, Issued, ServerNames, self_signed};
pub use public::{BadSignature, KeyFlaw, Numbers, PublicKey};
pub use random::{NoRandomness, Random, SystemRandom, fill_random};
pub use sealing::{SealingKey, SealingKeyFlaw, SealingKeyId, Unsealable};
pub use signing::{BoxFuture, SignFlaw, Signer, SigningKey};
pub use software::{Pkcs8, SoftwareKey};
pub use turn::InTurn;
