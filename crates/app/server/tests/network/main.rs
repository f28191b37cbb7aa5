//! The server as the network sees it: real sockets, real TLS, in this process.
#![expect(clippy::unwrap_used, reason = "a failed set-up fails the test")]

mod listener;
mod operations;
mod routes;
mod serve;
mod support;
