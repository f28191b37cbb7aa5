//! OAuth messages: the token endpoint's requests and answers.
//!
//! [`Form`] is the body of a request taken apart, [`TokenRequest`] what it asks for, [`BasicCredentials`] the client's own
//! header; [`TokenResponse`] and [`ErrorResponse`] the answers.
//!
//! RFC 6749 §2.3, §3.2, §4, §5; RFC 8693 §2; RFC 7521 §4. Metadata documents are not messages: they stand in the protocol.

mod basic;
mod form;
mod request;
mod response;

pub use basic::{BasicCredentials, BasicFlaw, ClientSecret};
pub use form::{Form, FormFlaw};
pub use request::{
    ClientParameters, Grant, JWT_CLIENT_ASSERTION, RequestFlaw, TokenExchange, TokenRequest,
    TypedToken, grant_types, token_types,
};
pub use response::{ErrorCode, ErrorResponse, ResponseFlaw, TokenResponse};
