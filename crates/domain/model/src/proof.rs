//! Proof of possession: the only link between a proof and a credential is that their key labels are equal.

/// Names a key: equal labels mean the same key. Of a public key anyone can make it; of a secret the kernel alone.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct KeyLabel([u8; 32]);

impl KeyLabel {
    /// The label of a public key: SHA-256 of its SubjectPublicKeyInfo.
    pub const fn of_public(digest_of_spki: [u8; 32]) -> Self {
        Self(digest_of_spki)
    }

    /// The octets.
    pub const fn as_octets(&self) -> &[u8; 32] {
        &self.0
    }
}

/// What kind of proof it was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Proof {
    /// A public-key signature over message parts.
    Signature,
    /// A client certificate on the TLS connection.
    Tls,
}

/// What the proof covered. A proof over less than the endpoint demands is not evidence and is not reported.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Covered {
    /// The TLS connection.
    Channel,
    /// All that the endpoint's object demands.
    Request,
    /// The signature, made with that key, over all that the endpoint demands.
    Endorses(KeyLabel),
    /// A point in time only (Timestamp endorsement over TLS): counts where the endpoint says so.
    Moment,
}

/// That the holder of a key showed it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Possession {
    /// Which key.
    pub label: KeyLabel,
    /// How it was shown.
    pub how: Proof,
    /// Over what.
    pub covered: Covered,
}

/// To whom the reply can be kept confidential.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Confidential {
    /// To nobody.
    No,
    /// By the channel it leaves on.
    Channel,
    /// By encrypting it under a key that signed the whole request.
    Key(KeyLabel),
}

/// What makes a copy of a message recognisable. Written only after authentication: a stranger never burns a key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Once {
    /// A MessageID that a signature covers.
    MessageId(String),
    /// The decoded nonce of a UsernameToken.
    Nonce(Vec<u8>),
    /// A JWT id.
    Jti(String),
    /// The value of an endorsing signature.
    Signature(Vec<u8>),
}
