//! The faults of WS-Trust.
//!
//! In:  which of the eleven codes.
//! Out: subcode in the namespace of the request's generation, and the fixed text.
//! Never: a text of our own; what happened stands in the audit trail, under the request id.
//!
//! WS-Trust 1.4 §11.

use super::Generation;
use super::names::WST;
use symbolon_soap::{Fault, FaultCode as SoapCode};
use symbolon_xml::QName;

/// A code of WS-Trust §11.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FaultCode {
    /// The request was invalid or malformed.
    InvalidRequest,
    /// Authentication failed.
    FailedAuthentication,
    /// The request failed; also what policy refuses.
    RequestFailed,
    /// A token has been revoked.
    InvalidSecurityToken,
    /// Parts that had to be signed were not.
    AuthenticationBadElements,
    /// The request is not understood.
    BadRequest,
    /// The request is too old.
    ExpiredData,
    /// The lifetime asked for cannot be given.
    InvalidTimeRange,
    /// The scope asked for cannot be given.
    InvalidScope,
    /// A renewable token has expired.
    RenewNeeded,
    /// A token cannot be renewed.
    UnableToRenew,
}

impl FaultCode {
    /// Every code.
    pub const ALL: [Self; 11] = [
        Self::InvalidRequest,
        Self::FailedAuthentication,
        Self::RequestFailed,
        Self::InvalidSecurityToken,
        Self::AuthenticationBadElements,
        Self::BadRequest,
        Self::ExpiredData,
        Self::InvalidTimeRange,
        Self::InvalidScope,
        Self::RenewNeeded,
        Self::UnableToRenew,
    ];

    /// The text of the standard.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::InvalidRequest => "The request was invalid or malformed",
            Self::FailedAuthentication => "Authentication failed",
            Self::RequestFailed => "The specified request failed",
            Self::InvalidSecurityToken => "Security token has been revoked",
            Self::AuthenticationBadElements => "Insufficient Digest Elements",
            Self::BadRequest => "The specified RequestSecurityToken is not understood",
            Self::ExpiredData => "The request data is out-of-date",
            Self::InvalidTimeRange => "The requested time range is invalid or unsupported",
            Self::InvalidScope => "The request scope is invalid or unsupported",
            Self::RenewNeeded => "A renewable security token has expired",
            Self::UnableToRenew => "The requested renewal failed",
        }
    }

    /// The fault, the sender's.
    #[must_use]
    pub const fn fault(self, generation: Generation) -> Fault<'static> {
        Fault { subcodes: self.subcode(generation), ..Fault::new(SoapCode::Sender, self.text()) }
    }

    /// The subcode, as a fault takes it.
    #[must_use]
    pub const fn subcode(self, generation: Generation) -> &'static [QName] {
        match (generation, self) {
            (Generation::V13, Self::InvalidRequest) => const { &[wst("InvalidRequest")] },
            (Generation::V13, Self::FailedAuthentication) => {
                const { &[wst("FailedAuthentication")] }
            }
            (Generation::V13, Self::RequestFailed) => const { &[wst("RequestFailed")] },
            (Generation::V13, Self::InvalidSecurityToken) => {
                const { &[wst("InvalidSecurityToken")] }
            }
            (Generation::V13, Self::AuthenticationBadElements) => {
                const { &[wst("AuthenticationBadElements")] }
            }
            (Generation::V13, Self::BadRequest) => const { &[wst("BadRequest")] },
            (Generation::V13, Self::ExpiredData) => const { &[wst("ExpiredData")] },
            (Generation::V13, Self::InvalidTimeRange) => const { &[wst("InvalidTimeRange")] },
            (Generation::V13, Self::InvalidScope) => const { &[wst("InvalidScope")] },
            (Generation::V13, Self::RenewNeeded) => const { &[wst("RenewNeeded")] },
            (Generation::V13, Self::UnableToRenew) => const { &[wst("UnableToRenew")] },
        }
    }
}

const fn wst(local: &'static str) -> QName {
    QName::new("wst", WST, local)
}
