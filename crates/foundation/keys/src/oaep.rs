//! RSA-OAEP: a short secret encrypted to a public key.
//!
//! In:  the hash, the mask's hash and the label that a message names or a policy wants.
//! Out: an [`Oaep`], which [`PublicKey::encrypt`](crate::PublicKey::encrypt) and a
//!      [`DecryptionKey`](crate::DecryptionKey) take.
//! Never: RSA with PKCS #1 v1.5 padding.
//!
//! RFC 8017 §7.1; XML Encryption 1.1 §5.5.2.

use crate::Digest;

/// The parameters of RSA-OAEP, in any combination. SHA-1 is no weakness here: no collision helps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Oaep {
    /// The hash of the label.
    pub digest: Digest,
    /// The hash inside MGF1.
    pub mgf: Digest,
    /// The label (`OAEPparams`); empty unless two sides agreed on one.
    pub label: Vec<u8>,
}

impl Oaep {
    /// With an empty label.
    #[must_use]
    pub const fn new(digest: Digest, mgf: Digest) -> Self {
        Self { digest, mgf, label: Vec::new() }
    }
}
