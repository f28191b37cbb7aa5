//! XML Encryption in a closed profile: what fails to decrypt says nothing of why.
//!
//! In:  an `xenc:EncryptedData` or `xenc:EncryptedKey` of a message, what the caller [`Accepts`], and a key.
//! Out: decrypted elements in a [`Tree`](symbolon_xml::Tree), never loose octets that somebody would parse again; and the other
//!      way, canonical octets of both.
//! Never: a private key's work for an algorithm outside the profile; one failure told from another.
//!
//! In the order data flows: [`EncryptedElement`] is the whole of it for a token (SAML's EncryptedAssertion). A message's
//! opener works with the parts: [`EncryptedKey`] to the key, [`EncryptedData`] with that key to a [`Plain`], which is grafted
//! into the message. [`SealedData`] and [`SealedKey`] write, [`encrypt_element`] does all for one [`Recipient`].
//!
//! XML Encryption 1.1.

mod accepts;
mod agreement;
mod algorithm;
mod data;
mod element;
mod key;
mod naming;
mod parts;
mod sealed_data;
mod sealed_key;
mod work;

pub use accepts::Accepts;
pub use algorithm::ENCRYPTION_NAMESPACE;
pub use data::{EncryptedData, Plain};
pub use element::EncryptedElement;
pub use key::{EncryptedKey, UnwrappedBy, references};
pub use naming::Naming;
pub use sealed_data::{Recipient, SealedData, encrypt_element};
pub use sealed_key::{SealedKey, SharedSecret, Transport};

#[cfg(test)]
mod tests;
