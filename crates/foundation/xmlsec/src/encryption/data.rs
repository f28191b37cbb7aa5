//! Content in place of which an `xenc:EncryptedData` stands.
//!
//! In:  the element; later a secret key.
//! Out: a [`Plain`], which becomes part of a [`Tree`] or a tree of its own.
//! Never: octets of encrypted XML; a reason why nothing became of them; less work for a failure found early.
//!
//! XML Encryption 1.1 §3.1, §3.4, §4.3.

use std::fmt;

use symbolon_keys::{ContentCipher, Decrypted, SecretKey};
use symbolon_xml::{Element, Fragment, Limits, Place, Shape, Tree};
use zeroize::Zeroizing;

use super::agreement::has_agreement;
use super::algorithm::{CONTENT, ELEMENT, cipher};
use super::parts::Parts;
use super::work::{self, Step};
use crate::{Accepts, Budget, Flaw};

/// An `xenc:EncryptedData` within the profile, and within what the caller accepts.
#[derive(Debug, Clone)]
pub struct EncryptedData {
    element: Element,
    shape: Option<Shape>,
    cipher: ContentCipher,
    key_info: Option<Element>,
    value: Vec<u8>,
}

impl EncryptedData {
    /// Reads the element. Nothing is decrypted; the octets to decrypt are taken from the budget.
    ///
    /// # Errors
    ///
    /// [`Flaw::Malformed`]; [`Flaw::Unsupported`] for an algorithm that is outside the profile or not accepted, a Type that
    /// is neither Element nor Content, a CipherReference, a key that is agreed on for the content itself, or one that is elsewhere
    /// (RetrievalMethod, KeyInfoReference, DerivedKey); [`Flaw::TooMuch`].
    pub fn parse(element: &Element, accepts: &Accepts, left: &mut Budget) -> Result<Self, Flaw> {
        let attributes = ["Id", "Type", "MimeType", "Encoding"];
        let parts = Parts::parse(element, "EncryptedData", &attributes)?;
        if parts.list.is_some() || parts.name.is_some() {
            return Err(Flaw::Malformed);
        }
        let cipher = cipher(&parts.method.algorithm).ok_or(Flaw::Unsupported)?;
        let cipher = accepts.cipher(cipher)?;
        parts.method.alone(cipher.key_octets())?;
        // A key agreed on for the content itself has no name in the profile: ECDH-ES is for an EncryptedKey.
        if parts.key_info.as_ref().is_some_and(has_agreement) {
            return Err(Flaw::Unsupported);
        }
        let shape = match element.attribute("Type") {
            Some(ELEMENT) => Some(Shape::Element),
            Some(CONTENT) => Some(Shape::Content),
            Some(_) => return Err(Flaw::Unsupported),
            None => None,
        };
        left.take_decrypted(parts.value.len())?;
        let (key_info, value) = (parts.key_info, parts.value);
        Ok(Self { element: element.clone(), shape, cipher, key_info, value })
    }

    /// The element itself.
    #[must_use]
    pub fn element(&self) -> &Element {
        &self.element
    }

    /// Its id, as a ReferenceList names it.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.element.attribute("Id")
    }

    /// What the plaintext is: one element, or the content of one. `None` if nothing is said, for octets that may be anything.
    #[must_use]
    pub fn shape(&self) -> Option<Shape> {
        self.shape
    }

    /// What it is encrypted with.
    #[must_use]
    pub fn cipher(&self) -> ContentCipher {
        self.cipher
    }

    /// The encrypted octets, with what the cipher adds to them.
    #[must_use]
    pub fn value(&self) -> &[u8] {
        &self.value
    }

    /// The KeyInfo: hints of where the key is to be had, of which nothing is verified.
    #[must_use]
    pub fn key_info(&self) -> Option<&Element> {
        self.key_info.as_ref()
    }

    /// The same, taken for one element where nothing is said: what the element around it may fix, as SAML does.
    #[must_use]
    pub fn or_element(mut self) -> Self {
        self.shape.get_or_insert(Shape::Element);
        self
    }

    /// Decrypts. Whether it did shows when the [`Plain`] is made use of.
    ///
    /// The key is for this alone: whoever holds the key must not let it serve another algorithm too (XML Encryption 1.1 §6.9).
    #[must_use]
    pub fn decrypt(&self, key: &SecretKey) -> Plain {
        // SECURITY: the length of what an EncryptedKey held is not for the sender to find out: a key that does not fit costs
        // what one does that fits, and what comes of it is dropped. Test: every_failure_costs_the_same.
        let fits = key.len() == self.cipher.key_octets();
        let stand_in = || SecretKey::new(Zeroizing::new(vec![0; self.cipher.key_octets()]));
        let key = if fits { key.clone() } else { stand_in() };
        work::done(Step::Decrypt, self.value.len());
        let Decrypted { octets, sound } = self.cipher.decrypt(&key, &self.value);
        Plain { at: self.element.clone(), shape: self.shape, octets, sound: sound && fits }
    }
}

/// What decryption left, not yet looked at.
///
/// There is no way to the octets of XML: they are parsed once, here, in the namespaces of where they stood, and become
/// elements of a tree.
// SECURITY: every exit does its whole work on unsound octets too, and has one error (padding and parsing oracles,
// CVE-2011-1096). Tests: every_failure_costs_the_same, every_failure_is_one_flaw.
pub struct Plain {
    at: Element,
    shape: Option<Shape>,
    octets: Zeroizing<Vec<u8>>,
    sound: bool,
}

impl Plain {
    /// The same for the place of another element, which holds the EncryptedData and is replaced with it (WS-Security's
    /// EncryptedHeader).
    #[must_use]
    pub fn instead_of(self, at: Element) -> Self {
        Self { at, ..self }
    }

    /// Parses it, to be grafted later by [`Tree::graft`].
    ///
    /// # Errors
    ///
    /// [`Flaw::Undecryptable`], whatever the reason; also for content of which nothing says that it is XML.
    pub fn fragment(self) -> Result<Fragment, Flaw> {
        let shape = self.shape.ok_or(Flaw::Undecryptable)?;
        work::done(Step::Parse, self.octets.len());
        let parsed = Tree::fragment(&self.at, &self.octets, shape, &Limits::MESSAGE);
        // INVARIANT: `sound` is asked last, when the work is done.
        parsed.ok().filter(|_| self.sound).ok_or(Flaw::Undecryptable)
    }

    /// Parses it and puts it in the place of its EncryptedData in `message`, to be seen from behind `by`; returns what is
    /// there now.
    ///
    /// `by` is the place of the EncryptedKey or ReferenceList that ordered the decryption, not that of the EncryptedData.
    ///
    /// # Errors
    ///
    /// [`Flaw::Undecryptable`], whatever the reason: also for an id that the message has already.
    pub fn graft(self, message: &mut Tree, by: Place) -> Result<Vec<Element>, Flaw> {
        let fragment = self.fragment()?;
        let at = fragment.at().clone();
        message.graft(&at, fragment, by).map_err(|_| Flaw::Undecryptable)
    }

    /// Parses it as one element with a tree of its own: a token, whose ids are its own.
    ///
    /// # Errors
    ///
    /// [`Flaw::Undecryptable`], whatever the reason; also for content that is not said to be one element.
    pub fn tree(self) -> Result<Tree, Flaw> {
        if self.shape != Some(Shape::Element) {
            return Err(Flaw::Undecryptable);
        }
        let root = self.fragment()?.element().ok_or(Flaw::Undecryptable)?;
        Tree::detached(&root).map_err(|_| Flaw::Undecryptable)
    }

    /// The octets of content that is not said to be XML (no Type).
    ///
    /// # Errors
    ///
    /// [`Flaw::Undecryptable`], whatever the reason; also for XML.
    pub fn octets(self) -> Result<Zeroizing<Vec<u8>>, Flaw> {
        if self.sound && self.shape.is_none() { Ok(self.octets) } else { Err(Flaw::Undecryptable) }
    }
}

// SECURITY: neither the octets nor whether they are sound.
impl fmt::Debug for Plain {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Plain").field("shape", &self.shape).finish_non_exhaustive()
    }
}
