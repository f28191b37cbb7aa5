//! WS-Trust: every refusal with its exact code, and what the successes look like, octet by octet.
//!
//! Status 500 of every fault: SOAP 1.1 §6.2; `// INTEROP` for SOAP 1.2, whose clients read a fault from nothing else.

#![expect(clippy::unwrap_used, reason = "a test that goes wrong must fail")]
#![expect(clippy::arithmetic_side_effects, reason = "a test that goes wrong must fail")]

#[path = "wstrust/asking.rs"]
mod asking;
#[path = "wstrust/envelope.rs"]
mod envelope;
#[path = "wstrust/issued.rs"]
mod issued;
#[path = "wstrust/proving.rs"]
mod proving;
#[path = "wstrust/security.rs"]
mod security;
mod support;
