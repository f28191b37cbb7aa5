//! WS-Trust and OAuth messages in both directions: servers and clients use them.
//!
//! [`wstrust`]: RequestSecurityToken, its response collection, the fault codes. [`oauth`]: token requests as forms,
//! token and error responses as JSON.
//!
//! Never: what a message means for anybody. Nothing here is verified, looked up or decided.

pub mod oauth;
pub mod wstrust;

pub use symbolon_soap::Secret;
