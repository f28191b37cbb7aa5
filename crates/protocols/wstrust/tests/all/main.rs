//! The protocol without a socket: a message in, a reply out, over a kernel whose ports are a few lines.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod clients;
mod credentials;
mod issued;
mod refused;
mod world;
