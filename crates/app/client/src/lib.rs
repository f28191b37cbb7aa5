//! A requestor's and a relying party's library: gets tokens, and verifies them.
//!
//! In the order data flows: [`Client`] speaks to a security token service over verified TLS; [`Client::issue`] asks for a
//! token over WS-Trust, [`Client::exchange`] over OAuth; both return a [`ReceivedToken`]. [`Trust`] holds an issuer's keys,
//! from its certificate or its JWKS, and [`verify`] says what a token says, or why it is not to be believed.
//!
//! ```no_run
//! use symbolon_client::{Client, Expected, IssueRequest, Roots, Secret, verify};
//! use symbolon_model::Timestamp;
//!
//! # async fn get(ca: &[u8], password: Secret, now: Timestamp) -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::new(&Roots::from_pem(ca)?)?;
//! let request = IssueRequest {
//!     endpoint: "https://sts.example/trust/13/usernamemixed",
//!     user: "alice",
//!     password: &password,
//!     applies_to: "urn:rp:app",
//!     token_type: None,
//!     lifetime: None,
//! };
//! let token = client.issue(&request, now).await?;
//!
//! // What the relying party does with it.
//! let metadata = client.metadata("https://sts.example").await?;
//! let keys = client.keys(&metadata.jwks_uri.ok_or("no keys")?).await?.of_issuer(&metadata.issuer);
//! let verified = verify(&token.octets, &keys, Expected { audience: Some("urn:rp:app") }, now).await?;
//! assert_eq!(verified.subject, "alice");
//! # Ok(())
//! # }
//! ```
//!
//! Never: plain HTTP, a certificate that the given roots do not vouch for, a redirect; a secret in an error, in `Debug` or in
//! what [`Wire`] is shown.

mod failure;
mod https;
mod oauth;
mod replay;
mod token;
mod trust;
mod verify;
mod wire;
mod wstrust;

pub use failure::{Failure, Refused};
pub use https::{BadRoots, Client, Roots};
pub use oauth::{ExchangeRequest, Metadata};
pub use replay::{Replay, Replied};
pub use symbolon_messages::Secret;
pub use token::{ReceivedToken, TokenKind};
pub use trust::{BadTrust, Trust};
pub use verify::{Expected, Verified, VerifyFlaw, verify};
pub use wire::Wire;
pub use wstrust::IssueRequest;
