//! ECDH, on the side of who sends: a key made for one message.
//!
//! In:  the kind of the receiver's key, and that key.
//! Out: the public half to send along, and the agreed secret, to be derived from and never used raw.
//! Never: agrees across curves; a private half that serves twice.
//!
//! SP 800-56A §5.7.1.2, §6.2.2.1; XML Encryption 1.1 §5.6.4. The receiver's side is
//! [`DecryptionKey::agree`](crate::DecryptionKey::agree).

use aws_lc_rs::agreement::{
    self, Algorithm, ECDH_P256, ECDH_P384, ECDH_P521, PrivateKey, UnparsedPublicKey,
};
use zeroize::Zeroizing;

use crate::{Curve, EncryptFlaw, KeyFlaw, KeyKind, PublicKey, SecretKey};

/// A key pair for one agreement.
///
/// ```
/// use symbolon_keys::{Digest, EphemeralKey, KeyKind, concat_kdf};
/// # let receiver = EphemeralKey::generate(KeyKind::P384)?.public_key().clone();
///
/// let sender = EphemeralKey::generate(receiver.kind())?;
/// let sent_along = sender.public_key().clone();
/// let agreed = sender.agree(&receiver)?;
/// let key = concat_kdf(Digest::Sha256, agreed.octets(), b"AlgorithmID and parties", 32)?;
/// assert_eq!(key.len(), 32);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[expect(missing_debug_implementations, reason = "a private key is never printed")]
pub struct EphemeralKey {
    private: PrivateKey,
    public: PublicKey,
}

impl EphemeralKey {
    /// Makes a new pair, on the curve of this kind. Its randomness is the library's own.
    ///
    /// # Errors
    /// [`KeyFlaw::Unsupported`] for a kind without a curve; [`KeyFlaw::Malformed`] if the library
    /// makes no key.
    pub fn generate(kind: KeyKind) -> Result<Self, KeyFlaw> {
        let curve = kind.curve().ok_or(KeyFlaw::Unsupported)?;
        let private = PrivateKey::generate(primitive(curve)).map_err(|_| KeyFlaw::Malformed)?;
        let public = public_half(curve, &private)?;
        Ok(Self { private, public })
    }

    /// The public half, for the receiver.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// The secret shared with the holder of `peer`: the x coordinate, of the width of the curve.
    ///
    /// # Errors
    /// [`EncryptFlaw::Key`] for a key of another kind.
    pub fn agree(self, peer: &PublicKey) -> Result<SecretKey, EncryptFlaw> {
        agree(&self.private, peer).ok_or(EncryptFlaw::Key)
    }
}

pub(crate) fn primitive(curve: Curve) -> &'static Algorithm {
    match curve {
        Curve::P256 => &ECDH_P256,
        Curve::P384 => &ECDH_P384,
        Curve::P521 => &ECDH_P521,
    }
}

pub(crate) fn public_half(curve: Curve, private: &PrivateKey) -> Result<PublicKey, KeyFlaw> {
    let point = private.compute_public_key().map_err(|_| KeyFlaw::Malformed)?;
    PublicKey::from_point(curve, point.as_ref())
}

/// SECURITY: invalid curves. `peer` was found on its curve when it was parsed, the library checks it
/// again, and the curves must be the same. Test: keys_of_another_curve_agree_on_nothing.
pub(crate) fn agree(private: &PrivateKey, peer: &PublicKey) -> Option<SecretKey> {
    let (curve, point) = peer.point()?;
    let peer = UnparsedPublicKey::new(primitive(curve), point);
    agreement::agree(private, peer, (), |secret| Ok(Zeroizing::new(secret.to_vec())))
        .map(SecretKey::new)
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_agree_on_as_many_octets_as_a_coordinate_has() {
        for curve in Curve::ALL {
            let (one, other) = pair(curve, curve);
            let (to_one, to_other) = (one.public_key().clone(), other.public_key().clone());
            let secret = one.agree(&to_other).unwrap();
            assert_eq!(secret.len(), curve.octets());
            assert_eq!(secret.octets(), other.agree(&to_one).unwrap().octets());
        }
    }

    fn pair(one: Curve, other: Curve) -> (EphemeralKey, EphemeralKey) {
        let generate = |curve: Curve| EphemeralKey::generate(curve.into()).unwrap();
        (generate(one), generate(other))
    }

    #[test]
    fn keys_of_another_curve_agree_on_nothing() {
        for (one, other) in
            [(Curve::P256, Curve::P384), (Curve::P384, Curve::P521), (Curve::P521, Curve::P256)]
        {
            let (one, other) = pair(one, other);
            assert_eq!(one.agree(other.public_key()).err(), Some(EncryptFlaw::Key));
        }
    }

    #[test]
    fn an_rsa_key_agrees_on_nothing() {
        let rsa = KeyKind::Rsa { bits: 2048 };
        assert_eq!(EphemeralKey::generate(rsa).err(), Some(KeyFlaw::Unsupported));
        let (key, _) = crate::SoftwareKey::generate(rsa).unwrap();
        let ephemeral = EphemeralKey::generate(KeyKind::P256).unwrap();
        let peer = crate::SigningKey::public_key(&key);
        assert_eq!(ephemeral.agree(peer).err(), Some(EncryptFlaw::Key));
    }
}
