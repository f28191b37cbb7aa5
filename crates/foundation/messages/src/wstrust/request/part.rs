//! What a request may ask for that this crate does not take apart.
//!
//! WS-Trust 1.4 §4 to §9, its schema.

use crate::wstrust::Generation;
use crate::wstrust::names::{WSP, WSP_DRAFT, WSP15, WST14};
use symbolon_xml::Element;

macro_rules! parts {
    ($($(#[$doc:meta])* $part:ident = $local:literal,)*) => {
        /// An element of a request that stands in it, and no more is known.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Part { $(#[doc = concat!("`", $local, "`")] $(#[$doc])* $part,)* }

        impl Part {
            /// The element's local name.
            #[must_use]
            pub const fn local(self) -> &'static str {
                match self { $(Self::$part => $local,)* }
            }

            const ALL: &'static [Self] = &[$(Self::$part,)*];
        }
    };
}

parts! {
    Entropy = "Entropy",
    UseKey = "UseKey",
    ComputedKeyAlgorithm = "ComputedKeyAlgorithm",
    ProofEncryption = "ProofEncryption",
    Encryption = "Encryption",
    SignatureAlgorithm = "SignatureAlgorithm",
    EncryptionAlgorithm = "EncryptionAlgorithm",
    CanonicalizationAlgorithm = "CanonicalizationAlgorithm",
    KeyWrapAlgorithm = "KeyWrapAlgorithm",
    SignWith = "SignWith",
    EncryptWith = "EncryptWith",
    Issuer = "Issuer",
    AuthenticationType = "AuthenticationType",
    AllowPostdating = "AllowPostdating",
    DelegateTo = "DelegateTo",
    Forwardable = "Forwardable",
    Delegatable = "Delegatable",
    Participants = "Participants",
    RenewTarget = "RenewTarget",
    CancelTarget = "CancelTarget",
    ValidateTarget = "ValidateTarget",
    BinaryExchange = "BinaryExchange",
    RequestKet = "RequestKET",
    Authenticator = "Authenticator",
    SignChallenge = "SignChallenge",
    SignChallengeResponse = "SignChallengeResponse",
    /// (1.4)
    InteractiveChallenge = "InteractiveChallenge",
    /// (1.4)
    InteractiveChallengeResponse = "InteractiveChallengeResponse",
    /// (WS-Policy)
    Policy = "Policy",
    /// (WS-Policy)
    PolicyReference = "PolicyReference",
}

impl Part {
    /// A part by its name in WS-Trust's namespaces.
    pub(super) fn of(child: &Element, generation: Generation) -> Option<Self> {
        let found = Self::ALL.iter().copied().find(|part| part.local() == child.local())?;
        let since_14 =
            matches!(found, Self::InteractiveChallenge | Self::InteractiveChallengeResponse);
        let of_policy = matches!(found, Self::Policy | Self::PolicyReference);
        let namespace = if since_14 { WST14 } else { generation.namespace() };
        (child.namespace() == namespace && !of_policy).then_some(found)
    }

    /// A part by its name in WS-Policy's namespaces.
    pub(super) fn of_policy(child: &Element) -> Option<Self> {
        let part = match child.local() {
            "Policy" => Self::Policy,
            "PolicyReference" => Self::PolicyReference,
            _ => return None,
        };
        matches!(child.namespace(), WSP | WSP15 | WSP_DRAFT).then_some(part)
    }
}
