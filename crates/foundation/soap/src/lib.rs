//! SOAP envelopes, WS-Addressing and the WS-Security opener and sealer, as state machines without I/O.
//!
//! In the order data flows: [`Opener`] takes the octets of a message and a [`Policy`], suspends with [`Need`]s where a key or
//! a token must be found outside, and yields [`Opened`]: its body, what its headers say, its tokens (trusting nothing),
//! what its signatures prove, and the [`Sealer`] of its answer. A message that cannot be opened is [`Unopened`]: the exact
//! [`Flaw`], and the sealer of the [`Fault`] that tells it. A requestor's library writes with [`Request`] and drives the
//! same opener over the answer ([`ReceivedFault`] reads a fault there). Both write protected messages by way of
//! [`Sealing`], which suspends where a private key must sign. [`Inquiry`] is what nothing protects; [`policy`] tells
//! requestors what the opener will demand.
//!
//! Never: a socket, a clock, randomness of its own, or a decision about trust.
//!
//! # Open a protected message
//!
//! ```
//! use symbolon_keys::{DecryptionKey, Random};
//! use symbolon_soap::{Answer, Opened, Opener, Policy, Step, What};
//! use symbolon_xmlsec::Budget;
//!
//! /// With one private key, knowing nobody: whoever signed must send his certificate along.
//! async fn open(
//!     received: &[u8],
//!     policy: &Policy,
//!     key: &dyn DecryptionKey,
//!     random: &dyn Random,
//! ) -> Result<Opened, Box<dyn std::error::Error>> {
//!     let mut opener = Opener::new(received, policy, Budget::MESSAGE).map_err(|why| why.flaw)?;
//!     loop {
//!         match opener.step().map_err(|why| why.flaw)? {
//!             Step::Opened(opened) => return Ok(*opened),
//!             Step::Need(next, needs) => {
//!                 opener = next;
//!                 for need in needs {
//!                     let What::Wrapped(wrapped) = need.what else { return Err("unknown".into()) };
//!                     // A key that does not unwrap is a random one: what it is for fails by itself.
//!                     let secret = wrapped.key.unwrap(key, wrapped.octets, random).await?;
//!                     opener.supply(need.id, Answer::key(secret))?;
//!                 }
//!             }
//!         }
//!     }
//! }
//! ```
//!
//! # Write one
//!
//! ```
//! use symbolon_keys::{Certificate, Random, SigningKey};
//! use symbolon_soap::{CertifiedKey, Conversation, Keys, Protection, Request, Sealed, Sealing};
//!
//! /// Signed by us, encrypted to the receiver.
//! async fn write(
//!     request: &Request<'_>,
//!     (key, certificate): (&dyn SigningKey, &Certificate),
//!     receiver: &Certificate,
//!     random: &dyn Random,
//! ) -> Result<Sealed, Box<dyn std::error::Error>> {
//!     let own = CertifiedKey { certificate, algorithm: key.algorithm() };
//!     let protection = Protection {
//!         keys: Keys::Certificates { own, recipient: Some(receiver) },
//!         assertion: None,
//!         endorsements: &[],
//!         conversation: Conversation::V13,
//!     };
//!     let mut sealing = request.protect(&protection, random)?;
//!     loop {
//!         match sealing {
//!             Sealing::Sealed(sealed) => return Ok(sealed),
//!             Sealing::Sign(unsigned) => {
//!                 let value = key.sign(unsigned.octets()).await?;
//!                 sealing = unsigned.sign(&value, random)?;
//!             }
//!         }
//!     }
//! }
//! ```

pub mod names;
pub mod policy;

mod addressing;
mod conversation;
mod envelope;
mod fault;
mod flaw;
mod inquiry;
mod request;
mod seal;
mod sealer;
mod secret;
mod security;

pub use addressing::{Addressing, AddressingFlaw, AddressingVersion, Doubles, Property, ReplyTo};
pub use conversation::Conversation;
pub use envelope::{EnvelopeFlaw, HeaderName, SoapVersion};
pub use fault::{Fault, FaultCode, Problem, ReceivedFault, SecurityFault};
pub use flaw::{Flaw, Unopened};
pub use inquiry::Inquiry;
pub use request::{Request, UsernamePassword};
pub use seal::{
    CertifiedKey, Keys, NamedSecret, Protection, SealFlaw, Sealed, Sealing, SecretName, Sent,
    Signer, Unsigned,
};
pub use sealer::{Reply, Sealer};
pub use secret::Secret;
pub use security::confirmation::Confirmation;
pub use security::demands::{Binding, Demands, Order, Policy, Presence, Target};
pub use security::need::{
    Answer, CertificateName, Held, Material, Need, NeedId, PasswordDerivation, What, Wrapped,
};
pub use security::opener::{Covers, Opened, Opener, Root, Signed, Step};
pub use security::timestamp::Stamp;
pub use security::token::{Token, TokenKind};
pub use security::username::{PasswordDigest, PasswordType, Username};
pub use security::{Part, SecurityFlaw};
pub use symbolon_xml::time;
