//! WS-Trust messages.
//!
//! [`names`] the URIs of a protocol generation; [`Request`] what a client writes and [`RequestSecurityToken`] what a
//! service reads of it; [`Response`] what a service writes and [`ReceivedResponse`] what a client reads of it;
//! [`FaultCode`] the faults.
//!
//! WS-Trust 1.4 (OASIS, 2 February 2009); 1.3 has the same namespace. The submission of February 2005 beside it.

pub mod names;

mod fault;
mod request;
mod response;

pub use fault::FaultCode;
pub use names::{Generation, KeyType, RequestType};
pub use request::{
    AppliesTo, ClaimAsked, Lifetime, Part, Renewing, Request, RequestFlaw, RequestSecurityToken,
};
pub use response::{ReceivedResponse, Reference, Response, ResponseFlaw, binary_token};
