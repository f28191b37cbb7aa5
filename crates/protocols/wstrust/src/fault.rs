//! Which fault tells which refusal.
//!
//! In:  the cause of a refusal, or the flaw that SOAP itself names.
//! Out: a fault with a fixed text and the request id, and its HTTP status.
//! Never: the detail of a refusal. A new cause does not compile until its fault is chosen here.
//!
//! WS-Trust 1.4 §11; WSS SOAP Message Security 1.1.1 §12; SOAP 1.2 part 1 §5.4; WS-Addressing 1.0 SOAP Binding §6.4.

use symbolon_kernel::{Cause, Role, TokenFlaw};
use symbolon_messages::wstrust::{FaultCode as Trust, Generation};
use symbolon_soap::{Fault, FaultCode, Flaw, Problem, Sealer, SecurityFault, SecurityFlaw, names};
use symbolon_xml::QName;

/// How a message that could not be opened is answered.
pub(crate) struct Told {
    what: What,
    generation: Generation,
    pub(crate) sealer: Sealer,
}

enum What {
    /// By the cause of the refusal.
    ByCause,
    /// By the fault of this flaw.
    Flaw(Flaw),
    /// The action is none of ours.
    ActionNotSupported(String),
    /// The media type is not that of a version spoken here; in which words.
    MediaType(&'static str),
}

impl Told {
    pub(crate) fn by_cause(generation: Generation, sealer: Sealer) -> Self {
        Self { what: What::ByCause, generation, sealer }
    }

    /// Not a fault of WS-Trust, whose generation therefore does not matter.
    pub(crate) fn flaw(flaw: Flaw, sealer: Sealer) -> Self {
        Self { what: What::Flaw(flaw), ..Self::by_cause(Generation::V13, sealer) }
    }

    /// Likewise.
    pub(crate) fn action_not_supported(action: String, sealer: Sealer) -> Self {
        let what = What::ActionNotSupported(action);
        Self { what, ..Self::by_cause(Generation::V13, sealer) }
    }

    /// Likewise.
    pub(crate) fn media_type(text: &'static str, sealer: Sealer) -> Self {
        Self { what: What::MediaType(text), ..Self::by_cause(Generation::V13, sealer) }
    }

    /// The fault, and the HTTP status where it is not that of every fault.
    pub(crate) fn fault(&self, cause: Cause) -> (Fault<'_>, u16) {
        match &self.what {
            // What the commit made of it is said instead: the exchange could not be recorded.
            _ if matches!(cause, Cause::Unavailable { .. }) => fault_of(cause, self.generation),
            What::ByCause => fault_of(cause, self.generation),
            What::Flaw(flaw) => (flaw.fault(), FAULT),
            What::ActionNotSupported(action) => (action_not_supported(action), FAULT),
            What::MediaType(text) => (Fault::new(FaultCode::Sender, text), 415),
        }
    }
}

// INTEROP: SOAP 1.2 part 2 §7.5.2.2 has 400 for Sender; MSAL, AD FS clients, CXF and WCF read a fault from a 500 only.
const FAULT: u16 = 500;

/// The fault of a cause, and its HTTP status.
pub(crate) fn fault_of(cause: Cause, generation: Generation) -> (Fault<'static>, u16) {
    let trust = |code: Trust| (code.fault(generation), FAULT);
    let security = |fault: SecurityFault| (fault.fault(), FAULT);
    match cause {
        Cause::Malformed | Cause::Claims => trust(Trust::InvalidRequest),
        Cause::MalformedSecurity => security(SecurityFault::InvalidSecurity),
        Cause::UnknownOperation | Cause::UnsupportedTokenType | Cause::Unsupported => {
            trust(Trust::BadRequest)
        }
        Cause::TimeRange => trust(Trust::InvalidTimeRange),
        Cause::Stale => security(SecurityFault::MessageExpired),
        Cause::Scope => trust(Trust::InvalidScope),
        Cause::Unauthenticated | Cause::Replayed => security(SecurityFault::FailedAuthentication),
        Cause::Token { role: Role::Credential, flaw } => match flaw {
            TokenFlaw::Unverified => security(SecurityFault::FailedCheck),
            TokenFlaw::NotNow | TokenFlaw::Audience => {
                security(SecurityFault::InvalidSecurityToken)
            }
        },
        Cause::Token { role: Role::Subject | Role::Assertion, flaw } => match flaw {
            TokenFlaw::Unverified | TokenFlaw::NotNow | TokenFlaw::Audience => {
                trust(Trust::InvalidRequest)
            }
        },
        // One text for an unknown relying party and a forbidden one: it is nobody's business which it is.
        Cause::Target | Cause::Client => trust(Trust::RequestFailed),
        Cause::UnsupportedCredential => security(SecurityFault::UnsupportedSecurityToken),
        Cause::Unavailable { .. } => {
            (Fault::new(FaultCode::Receiver, "The service is not available now; try again"), 503)
        }
        Cause::Bug => (Fault::new(FaultCode::Receiver, "The service failed"), FAULT),
    }
}

/// What the kernel is told about a flaw, so that metrics and audit group it with its like.
pub(crate) fn cause_of(flaw: &Flaw) -> Cause {
    match flaw {
        Flaw::Envelope(_) | Flaw::Addressing(_) => Cause::Malformed,
        Flaw::Security(
            SecurityFlaw::Unsupported(_)
            | SecurityFlaw::PasswordTypeUnknown
            | SecurityFlaw::DerivedKey
            | SecurityFlaw::Signature
            | SecurityFlaw::Encryption,
        ) => Cause::UnsupportedCredential,
        Flaw::Security(SecurityFlaw::PasswordMissing | SecurityFlaw::PasswordEmpty) => {
            Cause::Unauthenticated
        }
        Flaw::Security(_) => Cause::MalformedSecurity,
    }
}

fn action_not_supported(action: &str) -> Fault<'_> {
    const CODE: &[QName] = &[QName::new("a", names::WSA, "ActionNotSupported")];
    let text = "The action cannot be processed at the receiver";
    Fault {
        subcodes: CODE,
        problem: Some(Problem::Action(action)),
        ..Fault::new(FaultCode::Sender, text)
    }
}
