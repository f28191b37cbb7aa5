//! The crate as its users see it: messages in, messages out.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod clients;
mod common;
mod inquiries;
mod needs;
mod policies;
mod refusals;
mod submission;
mod written;
