//! XML Signature and XML Encryption in a closed profile: what is read is what was verified.
//!
//! For relying parties, identity providers and SOAP services: whoever must believe, or issue, signed XML. The crate stands on
//! [`symbolon_xml`], which guards and parses, and [`symbolon_keys`]; it knows neither SAML nor WS-Security.
//!
//! # What it promises
//!
//! * What was digested is what is handed back: [`VerifiedElement`]s are made by verification alone, and no id is looked up a second
//!   time. Signature wrapping needs a reader who does.
//! * The caller says what must be covered ([`Expected`]), by which key ([`Key`]), and how much work it may cost ([`Budget`]).
//!   There is no default for any of them.
//! * Nothing in a message chooses: a key from KeyInfo, an address, a style sheet, a truncated HMAC, a weak algorithm are refused,
//!   or not even read. References lead to `#id` in the message, or nowhere.
//! * The signature's value is verified before any digest: a stranger's references cost nothing.
//! * What does not decrypt is one flaw after the same work, whatever the reason; what does is elements of a
//!   [`Tree`](symbolon_xml::Tree), never octets that somebody parses again ([`Plain`]).
//! * What fails is one [`Flaw`], exact for logs. Tell a stranger that it failed, and no more.
//!
//! # The profile
//!
//! | | accepted |
//! |---|---|
//! | signatures | RSA PKCS #1 v1.5 and RSA-PSS of 2048 to 8192 bits, ECDSA on P-256, P-384 and P-521, each with SHA-256, -384, -512 |
//! | authentication codes | HMAC with SHA-256, -384, -512, in whole length |
//! | digests | SHA-256, -384, -512 |
//! | SHA-1 | in RSA-SHA1, HMAC-SHA1 and digests, only with [`Key::allowing_sha1`], never made |
//! | references | `#id`; `""` if [`Expected::Document`] says that it is the root that must be covered |
//! | transforms | enveloped-signature, canonicalization, or the caller's own ([`Replace`]) |
//! | canonicalization | exclusive, with or without `PrefixList`; in the [full](Profile::Full) profile inclusive too, both with comments too |
//! | objects | in the full profile; never a Manifest |
//! | encrypted content | AES-GCM; AES-CBC only with [`Accepts::and_cbc`]; each of 128, 192 and 256 bits |
//! | wrapped keys | RSA-OAEP with SHA-1, -256, -384, -512 for digest and mask in any pair, and a label; AES key wrap, under a shared secret, or by ECDH-ES on the three curves with ConcatKDF |
//!
//! Everything else is [`Flaw::Unsupported`]: among it RSA 1.5, 3DES, and a key or ciphertext that is elsewhere.
//!
//! # Sign a token
//!
//! No I/O: `key` may be an HSM's, and the caller decides when to wait for it.
//!
//! ```
//! use symbolon_keys::{KeyKind, SignatureAlgorithm, SigningKey, SoftwareKey};
//! use symbolon_xml::{QName, Writer};
//! use symbolon_xmlsec::{KeyInfo, SignedInfo};
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
//! token.splice(place..place, info.into_signature(&value, KeyInfo::Absent));
//! # Ok(())
//! # }
//! ```
//!
//! Several parts, another digest, a `PrefixList`, an HMAC: [`SignedInfo::over`].
//!
//! # Verify a token
//!
//! The key comes from configuration, and the signature must cover the token's root and nothing else.
//!
//! ```
//! use symbolon_keys::PublicKey;
//! use symbolon_xml::{Document, EVERYTHING, Limits, Tree};
//! use symbolon_xmlsec::{Budget, Expected, Key, NAMESPACE, verify};
//!
//! fn subject(token: &[u8], issuer: PublicKey) -> Result<String, Box<dyn std::error::Error>> {
//!     let root = Document::parse(token, &Limits::TOKEN)?;
//!     let signature = root.child(NAMESPACE, "Signature")?.ok_or("not signed")?;
//!     let tree = Tree::new(root.clone())?;
//!     let expected = Expected::Exactly(std::slice::from_ref(&root));
//!     let mut left = Budget::TOKEN;
//!     let key = Key::public(issuer);
//!     let verified = verify(tree.view(EVERYTHING), &signature, &key, expected, None, &mut left)?;
//!     // Read the verified element; never look it up again.
//!     let [token] = verified.covered() else { return Err("one element was expected".into()) };
//!     Ok(token.element().text())
//! }
//! # let issuer = symbolon_keys::SoftwareKey::generate(symbolon_keys::KeyKind::P256).map_err(|_| "").unwrap().0;
//! # assert!(subject(b"<a/>", symbolon_keys::SigningKey::public_key(&issuer).clone()).is_err());
//! ```
//!
//! A document without ids, as older partners sign it, and inclusive canonical form: [`Profile::Full`] and
//! [`Expected::Document`].
//!
//! ```
//! use symbolon_xml::{Element, Tree, EVERYTHING};
//! use symbolon_xmlsec::{Budget, Expected, Flaw, Key, Profile, VerifiedElement};
//!
//! fn document(tree: &Tree, signature: &Element, key: &Key) -> Result<Option<VerifiedElement>, Flaw> {
//!     let expected = Expected::Document(tree.root());
//!     let (view, mut left) = (tree.view(EVERYTHING), Budget::TOKEN);
//!     let verified = Profile::Full.verify(view, signature, key, expected, None, &mut left)?;
//!     Ok(verified.covered().first().cloned())
//! }
//! ```
//!
//! # Verify a message's signature
//!
//! Here the key may have come with the message: the signature proves possession of it, and says what it covers.
//!
//! ```
//! use symbolon_xml::{Element, Place, Tree};
//! use symbolon_xmlsec::{Budget, Expected, Flaw, Key, KeyHint, KeyInfo, NAMESPACE, verify};
//!
//! /// The key that signed at least the body, if it was sent along.
//! fn signer_of(
//!     body: &Element,
//!     message: &Tree,
//!     place: Place,
//!     signature: &Element,
//!     left: &mut Budget, // one for the whole message
//! ) -> Result<Option<Key>, Flaw> {
//!     let Ok(Some(key_info)) = signature.child(NAMESPACE, "KeyInfo") else { return Ok(None) };
//!     for hint in KeyInfo::read(&key_info)? {
//!         let KeyHint::Certificate(certificate) = hint else { continue };
//!         let key = Key::from(certificate.public_key());
//!         match verify(message.view(place), signature, &key, Expected::Any, None, left) {
//!             Err(Flaw::BadSignature) => {} // an issuer's certificate, perhaps; each try takes from the budget
//!             Err(flaw) => return Err(flaw),
//!             Ok(verified) => {
//!                 let covers = verified.covered().iter().any(|covered| covered.element().same(body));
//!                 return Ok(covers.then_some(key)); // who that is, is another question
//!             }
//!         }
//!     }
//!     Ok(None)
//! }
//! ```
//!
//! # Decrypt and encrypt
//!
//! A token: [`EncryptedElement`] and [`encrypt_element`]. The parts of a message: [`EncryptedKey`], [`EncryptedData`] and, to write
//! them, [`SealedKey`], [`SealedData`]. Each has an example.
//!
//! # Let a partner go on with SHA-1 for a while
//!
//! ```
//! use symbolon_keys::PublicKey;
//! use symbolon_xmlsec::{Key, Until};
//!
//! /// `end` stands in that partner's record, `now` is the time of the exchange.
//! fn key_of(partner: PublicKey, end: i64, now: i64) -> Key {
//!     Key::public(partner).allowing_sha1(Until { end, now })
//! }
//! ```

mod algorithm;
mod budget;
mod encryption;
mod flaw;
mod key;
mod key_info;
mod method;
mod parsed;
mod profile;
mod replace;
mod shape;
mod sign;
mod transform;
mod verify;

pub use algorithm::{NAMESPACE, SignatureMethod};
pub use budget::Budget;
pub use encryption::{
    Accepts, ENCRYPTION_NAMESPACE, EncryptedData, EncryptedElement, EncryptedKey, Naming, Plain,
    Recipient, SealedData, SealedKey, SharedSecret, Transport, UnwrappedBy, encrypt_element,
    references,
};
pub use flaw::Flaw;
pub use key::{Key, Until};
pub use key_info::{KeyHint, KeyInfo};
pub use profile::Profile;
pub use replace::{Replace, Replacement};
pub use sign::{Reference, SignedInfo};
pub use verify::{Expected, VerifiedElement, VerifiedSignature, verify};
