//! What an endpoint demands of the protection of a message.
//!
//! In:  the endpoint's object, as the protocol read it.
//! Out: [`Policy`], which the opener keeps to the letter.
//! Never: a default that is weaker than what is published.
//!
//! WS-SecurityPolicy 1.2 §6 (binding properties), §7 (bindings), §8 (supporting tokens).

use crate::{Doubles, Property, SoapVersion};
use symbolon_xml::Limits;
use symbolon_xmlsec::Accepts;

/// What an endpoint demands of a message, and the most that it takes.
#[derive(Debug, Clone)]
pub struct Policy {
    /// The SOAP versions it speaks; a message that shows none is answered in the first.
    pub versions: &'static [SoapVersion],
    /// What protects its messages.
    pub binding: Binding,
    /// Whether it takes a UsernameToken.
    pub username: bool,
    /// Whether it takes a SAML assertion.
    pub assertion: bool,
    /// Whether it demands a timestamp.
    pub timestamp: Presence,
    /// What an addressing header is that comes twice.
    pub doubles: Doubles,
    /// The size of a message.
    pub limits: Limits,
}

/// What protects the messages of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binding {
    /// TLS alone. A signature or an encryption in the header is refused.
    Transport,
    /// TLS, and inside it signatures by keys that tokens confirm. What TLS hides counts as encrypted.
    Endorsed(Demands),
    /// A secret of both sides signs and encrypts.
    Symmetric(Demands),
    /// The sender's private key signs, and ours decrypts.
    Asymmetric(Demands),
}

impl Binding {
    /// What is demanded beyond TLS.
    pub(crate) const fn demands(&self) -> Option<&Demands> {
        match self {
            Self::Transport => None,
            Self::Endorsed(demands) | Self::Symmetric(demands) | Self::Asymmetric(demands) => {
                Some(demands)
            }
        }
    }

    /// Whether TLS hides everything from everybody else.
    pub(crate) const fn is_channel(&self) -> bool {
        match self {
            Self::Transport | Self::Endorsed(_) => true,
            Self::Symmetric(_) | Self::Asymmetric(_) => false,
        }
    }
}

/// What a message must be protected by, beyond TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demands {
    /// What one signature must cover to be one over the request: each of these that the message has. A signature over less
    /// proves nothing here.
    ///
    /// With [`Binding::Endorsed`], demanding only the timestamp lets whoever sees the message at another service use the
    /// signature at this one; prefer to demand `To`, too.
    pub signed: &'static [Target],
    /// What nobody else may have been able to read: each of these that the message has.
    pub encrypted: &'static [Target],
    /// Which came first.
    pub order: Order,
    /// Whether a signature by a second key is demanded, over the signature over the request. With [`Binding::Endorsed`]
    /// there is only this one, over the request.
    pub endorsement: Presence,
    /// The algorithms of encryption.
    pub accepts: Accepts,
}

/// A part of a message that can be signed or encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// The Body; encrypted, its content.
    Body,
    /// `wsu:Timestamp`
    Timestamp,
    /// A header of WS-Addressing.
    Header(Property),
    /// The UsernameToken.
    Username,
    /// The SAML assertion, as sent: of one that is encrypted for us its sender can sign but that.
    Assertion,
    /// The token of the signature's own key, where it stands in the message.
    OwnToken,
    /// Every `wsse11:SignatureConfirmation`.
    Confirmation,
    /// The signatures that count. They are encrypted, or not; that they be signed is an endorsement.
    Signature,
}

/// Which of two came first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Signatures cover what was encrypted later. One over ciphertext covers nothing.
    SignThenEncrypt,
    /// Signatures cover ciphertext; nothing is decrypted before they hold.
    ///
    /// Whoever finds a ciphertext can sign it, so this counts only where the key that signs is of the same root as the one
    /// that encrypts: a private key's signature over ciphertext is refused.
    EncryptThenSign,
}

/// Whether something must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Its absence is a refusal.
    Required,
    /// Its absence is tolerated.
    Optional,
}
