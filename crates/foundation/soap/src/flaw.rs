//! What can be wrong with a message before anybody is authenticated, and the fault that tells it.
//!
//! In:  the flaw of one part: envelope, addressing, security header.
//! Out: [`Unopened`], which can still answer in the right SOAP version; [`Flaw::fault`] with fixed texts.
//! Never: a word of the message in an outward text.

use crate::Part;
use crate::{AddressingFlaw, EnvelopeFlaw, Fault, FaultCode, Sealer, SecurityFault, SecurityFlaw};

/// Why a message could not be opened, grouped by the standard that it offends.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// SOAP itself, or the XML below it.
    #[error("envelope: {0}")]
    Envelope(#[from] EnvelopeFlaw),
    /// WS-Addressing.
    #[error("addressing: {0}")]
    Addressing(#[from] AddressingFlaw),
    /// WS-Security.
    #[error("security header: {0}")]
    Security(#[from] SecurityFlaw),
}

/// A message that could not be opened: what is wrong, and the means to say so.
#[derive(Debug, Clone)]
pub struct Unopened {
    /// What is wrong. For log and audit; outward goes only [`Flaw::fault`].
    pub flaw: Flaw,
    /// Writes the fault, in plain: in the version of the message where that could be told, relating to its MessageID.
    pub sealer: Sealer,
}

impl Flaw {
    /// The fault by which the standards tell this flaw. Its texts are fixed per code.
    #[must_use]
    pub fn fault(&self) -> Fault<'_> {
        match self {
            Self::Envelope(flaw) => envelope_fault(flaw),
            Self::Addressing(flaw) => flaw.fault(),
            Self::Security(flaw) => security_fault(flaw).fault(),
        }
    }
}

fn envelope_fault(flaw: &EnvelopeFlaw) -> Fault<'_> {
    let (code, reason) = match flaw {
        EnvelopeFlaw::VersionMismatch { supported } => {
            (FaultCode::VersionMismatch { supported }, "The envelope version is not supported here")
        }
        EnvelopeFlaw::NotUnderstood(headers) => (
            FaultCode::MustUnderstand { not_understood: headers },
            "A header that must be understood was not understood",
        ),
        EnvelopeFlaw::Xml(_)
        | EnvelopeFlaw::Structure
        | EnvelopeFlaw::MustUnderstandValue
        | EnvelopeFlaw::BodyNotOneElement => {
            (FaultCode::Sender, "The message is not a well-formed SOAP message")
        }
    };
    Fault::new(code, reason)
}

/// WSS SOAP Message Security §12: the class of the flaw, no more.
fn security_fault(flaw: &SecurityFlaw) -> SecurityFault {
    match flaw {
        SecurityFlaw::Unsupported(_)
        | SecurityFlaw::PasswordTypeUnknown
        | SecurityFlaw::DerivedKey => SecurityFault::UnsupportedSecurityToken,
        SecurityFlaw::Protection(flaw) => protection_fault(*flaw),
        SecurityFlaw::Unavailable => SecurityFault::SecurityTokenUnavailable,
        // SECURITY: one fault for all that only a key of ours, or the key that was claimed, could tell apart.
        // Test: whatever_fails_behind_a_key_looks_the_same.
        SecurityFlaw::FailedCheck(_)
        | SecurityFlaw::Unauthenticated
        | SecurityFlaw::Confirmation
        | SecurityFlaw::HolderUnproven => SecurityFault::FailedCheck,
        // SECURITY: no password, an empty one and a wrong one look the same from outside.
        SecurityFlaw::PasswordMissing | SecurityFlaw::PasswordEmpty => {
            SecurityFault::FailedAuthentication
        }
        SecurityFlaw::UsernameMissing
        | SecurityFlaw::NonceEncoding
        | SecurityFlaw::NonceNotBase64
        | SecurityFlaw::Certificate
        | SecurityFlaw::Repeated(
            Part::Username
            | Part::Password
            | Part::Nonce
            | Part::UsernameCreated
            | Part::Derivation,
        )
        | SecurityFlaw::Unexpected(Part::UsernameToken)
        | SecurityFlaw::NotText(
            Part::Username
            | Part::Password
            | Part::Nonce
            | Part::UsernameCreated
            | Part::Derivation,
        ) => SecurityFault::InvalidSecurityToken,
        SecurityFlaw::Repeated(_)
        | SecurityFlaw::Unexpected(_)
        | SecurityFlaw::NotText(_)
        | SecurityFlaw::DuplicateId
        | SecurityFlaw::TimestampMissing
        | SecurityFlaw::CreatedMissing
        | SecurityFlaw::TimestampOrder
        | SecurityFlaw::ValueType
        | SecurityFlaw::Time(_)
        | SecurityFlaw::Signature
        | SecurityFlaw::Encryption
        | SecurityFlaw::Derivation
        | SecurityFlaw::Reference
        | SecurityFlaw::KeyInfo
        | SecurityFlaw::KeyUsedTwice
        | SecurityFlaw::Misplaced
        | SecurityFlaw::TooMuch
        | SecurityFlaw::Unsigned(_)
        | SecurityFlaw::Unencrypted(_)
        | SecurityFlaw::Unendorsed
        | SecurityFlaw::Rounds
        | SecurityFlaw::Unanswered
        | SecurityFlaw::NoSuchNeed => SecurityFault::InvalidSecurity,
    }
}

/// What is wrong with its shape is for all to see; what a key found out is not.
fn protection_fault(flaw: symbolon_xmlsec::Flaw) -> SecurityFault {
    use symbolon_xmlsec::Flaw;
    match flaw {
        Flaw::Unsupported => SecurityFault::UnsupportedAlgorithm,
        Flaw::Malformed | Flaw::TooMuch => SecurityFault::InvalidSecurity,
        Flaw::BadSignature
        | Flaw::UnknownReference
        | Flaw::NotEnveloped
        | Flaw::BadDigest
        | Flaw::NotExpected
        | Flaw::Undecryptable => SecurityFault::FailedCheck,
    }
}
