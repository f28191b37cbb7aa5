//! Black-box suites: what a requestor sees of a running server, octet by octet.
//!
//! In:  nothing; each test binary starts one server of its own.
//! Out: the server's answers, for tests to hold against the standards' own codes.
//! Never: a look into the server, its store's audit trail aside; a fixed port; a sleep.
//!
//! A test is one line of set-up, what differs from a good request, and the answer that it must get:
//! [`sts`] is the server, [`Rst`] and [`Form`] are good requests to spoil, [`foreign`] makes the tokens of other issuers.

#![expect(clippy::unwrap_used, reason = "a set-up that fails must fail the test")]
#![expect(clippy::panic, reason = "a set-up that fails must fail the test")]

mod config;
pub mod foreign;
mod https;
mod oauth;
mod replies;
mod server;
pub mod shared;
mod soap;

pub use config::{ALICE, CLIENT, CLIENT_SECRET, PASSWORD};
pub use https::{Answer, Https, Request};
pub use oauth::{Form, basic};
pub use replies::folder as replies_folder;
pub use server::{Sts, now, sts};
pub use soap::{
    ISSUE, Rst, applies_to, assertion_of, child, lifetime, timestamp, username_token,
    username_token_with, written,
};

/// The name of the running test: libtest calls its thread so.
pub fn test_name() -> String {
    let thread = std::thread::current();
    thread.name().unwrap_or("unnamed").replace("::", ".")
}
