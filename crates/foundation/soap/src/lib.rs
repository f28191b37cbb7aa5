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
    CertifiedKey, Keys, Protection, SealFlaw, Sealed, Sealing, SecretName, Sent, SharedSecret,
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
