//! The WS-Security header: what it holds, and what can be wrong with it.
//!
//! In the order data flows: [`demands`] says what an endpoint wants; [`opener`] is the way through, and suspends with
//! [`need`]s. It reads [`timestamp`], [`username`], [`binary`], [`reference`](mod@reference), [`derived`] and
//! [`confirmation`], one kind of element each; [`replace`] is the transform that signatures over tokens use.
//!
//! WSS SOAP Message Security 1.1.1; its token profiles; WS-SecureConversation 1.4; BSP 1.1.

pub(crate) mod binary;
pub(crate) mod confirmation;
pub(crate) mod demands;
pub(crate) mod derived;
mod flaw;
pub(crate) mod need;
pub(crate) mod opener;
pub(crate) mod reference;
pub(crate) mod replace;
pub(crate) mod timestamp;
pub(crate) mod token;
pub(crate) mod username;

pub use flaw::{Part, SecurityFlaw};

use ::base64::Engine as _;
use ::base64::engine::general_purpose::STANDARD;
use symbolon_xml::Element;

/// The text of an element that may hold nothing else.
fn plain_text(of: &Element, part: Part) -> Result<String, SecurityFlaw> {
    if of.has_elements() { Err(SecurityFlaw::NotText(part)) } else { Ok(of.text()) }
}

/// Puts a child into its slot, once.
fn fill<T>(slot: &mut Option<T>, value: T, part: Part) -> Result<(), SecurityFlaw> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(SecurityFlaw::Repeated(part)),
    }
}

/// The octets that a text says in base64, white space apart.
fn base64(text: &str) -> Option<Vec<u8>> {
    let mut text = text.to_owned();
    text.retain(|c| !matches!(c, ' ' | '\t' | '\r' | '\n'));
    STANDARD.decode(text).ok()
}
