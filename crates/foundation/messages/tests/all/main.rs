//! The crate as its users see it: messages in, messages out.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod basic;
mod form;
mod request;
mod response;
mod token_request;
mod token_response;
