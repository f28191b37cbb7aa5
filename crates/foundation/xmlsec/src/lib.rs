//! XML Signature in a closed profile: what is read is what was verified.
//!
//! In the order data flows: [`verify`] takes a `ds:Signature` in a [`View`](symbolon_xml::View) of a message, one key and
//! what must be covered, and returns the very elements whose octets were digested ([`VerifiedElement`], which nothing else
//! makes). [`SignedInfo`] is the other direction: from canonical octets to what must be signed, and from the signature's
//! value to the octets of a `ds:Signature`.
//!
//! The profile: same-document references `#id`, resolved in the view only; the transforms enveloped-signature, then
//! exclusive canonicalization (required), with or without a `PrefixList`; or one that the caller supplies ([`Replace`]).
//! Digest SHA-256; signature RSA (PKCS #1 v1.5) or ECDSA P-256, with SHA-256. Everything else is [`Flaw::Unsupported`]:
//! other algorithms, XPath, XSLT, base64, `HMACOutputLength`, objects, manifests, references outside the document.
//!
//! Never: a key from `KeyInfo`, a digest before the signature's value holds, an outside reference, unbounded work.
//!
//! # Sign a token
//!
//! No I/O: `key` may be an HSM's, and the caller decides when to wait for it.
//!
//! ```
//! use symbolon_keys::{KeyKind, SignatureAlgorithm, SigningKey, SoftwareKey};
//! use symbolon_xml::{QName, Writer};
//! use symbolon_xmlsec::SignedInfo;
//!
//! # async fn sign() -> Result<(), Box<dyn std::error::Error>> {
//! const ASSERTION: QName = QName::new("t", "urn:example:token", "Assertion");
//! let (key, _) = SoftwareKey::generate(KeyKind::P256)?;
//!
//! let mut token = Writer::new();
//! token.start(&ASSERTION).attribute("ID", "_1");
//! let place = token.offset(); // where the signature will stand
//! token.text("alice").end();
//! let mut token = token.finish()?;
//!
//! let info = SignedInfo::enveloped("_1", &token, SignatureAlgorithm::EcdsaSha256)?;
//! let value = key.sign(info.octets()).await?;
//! token.splice(place..place, info.into_signature(&value, None));
//! # Ok(())
//! # }
//! ```
//!
//! # Verify a token
//!
//! The key comes from configuration, and the signature must cover the token's root and nothing else.
//!
//! ```
//! use symbolon_keys::PublicKey;
//! use symbolon_xml::{Document, EVERYTHING, Limits, Tree};
//! use symbolon_xmlsec::{Budget, Expected, NAMESPACE, verify};
//!
//! fn subject(token: &[u8], issuer: &PublicKey) -> Result<String, Box<dyn std::error::Error>> {
//!     let root = Document::parse(token, &Limits::TOKEN)?;
//!     let signature = root.child(NAMESPACE, "Signature")?.ok_or("not signed")?;
//!     let tree = Tree::new(root.clone())?;
//!     let expected = Expected::Exactly(std::slice::from_ref(&root));
//!     let mut left = Budget::TOKEN;
//!     let verified = verify(tree.view(EVERYTHING), &signature, issuer, expected, None, &mut left)?;
//!     // Read the verified element; never look it up again.
//!     let [token] = verified.covered() else { return Err("one element was expected".into()) };
//!     Ok(token.element().text())
//! }
//! # assert!(subject(b"<a/>", &symbolon_keys::SigningKey::public_key(
//! #     &symbolon_keys::SoftwareKey::generate(symbolon_keys::KeyKind::P256).map_err(|_| "").unwrap().0)).is_err());
//! ```
//!
//! # Verify a message's signature
//!
//! Here the key may have come with the message: the signature proves possession of it, and says what it covers.
//!
//! ```
//! use symbolon_keys::PublicKey;
//! use symbolon_xml::{Element, Place, Tree};
//! use symbolon_xmlsec::{Budget, Expected, Flaw, verify};
//!
//! fn covers_body(
//!     message: &Tree,
//!     place: Place,
//!     signature: &Element,
//!     key: &PublicKey,
//!     body: &Element,
//!     left: &mut Budget, // one for the whole message
//! ) -> Result<bool, Flaw> {
//!     let verified = verify(message.view(place), signature, key, Expected::Any, None, left)?;
//!     Ok(verified.covered().iter().any(|covered| covered.element().same(body)))
//! }
//! ```

mod algorithm;
mod budget;
mod flaw;
mod parsed;
mod replace;
mod sign;
mod verify;

pub use algorithm::NAMESPACE;
pub use budget::Budget;
pub use flaw::Flaw;
pub use replace::{Replace, Replacement};
pub use sign::SignedInfo;
pub use verify::{Expected, VerifiedElement, VerifiedSignature, verify};
