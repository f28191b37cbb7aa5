//! The faults of WS-Trust.
//!
//! In:  which of the eleven codes.
//! Out: subcode in the namespace of the request's generation, and the fixed text.
//! Never: a text of our own; what happened stands in the audit trail, under the request id.
//!
//! WS-Trust 1.4 §11.

use super::Generation;
use super::names::{WST, WST2005};
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
        macro_rules! code {
            ($local:literal) => {
                match generation {
                    Generation::V13 => const { &[QName::new("wst", WST, $local)] },
                    Generation::V2005 => const { &[QName::new("wst", WST2005, $local)] },
                }
            };
        }
        match self {
            Self::InvalidRequest => code!("InvalidRequest"),
            Self::FailedAuthentication => code!("FailedAuthentication"),
            Self::RequestFailed => code!("RequestFailed"),
            Self::InvalidSecurityToken => code!("InvalidSecurityToken"),
            Self::AuthenticationBadElements => code!("AuthenticationBadElements"),
            Self::BadRequest => code!("BadRequest"),
            Self::ExpiredData => code!("ExpiredData"),
            Self::InvalidTimeRange => code!("InvalidTimeRange"),
            Self::InvalidScope => code!("InvalidScope"),
            Self::RenewNeeded => code!("RenewNeeded"),
            Self::UnableToRenew => code!("UnableToRenew"),
        }
    }
}
