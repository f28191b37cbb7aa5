//! One element with all that is needed to decrypt it: SAML's EncryptedAssertion, EncryptedID, EncryptedAttribute.
//!
//! In:  the element around one EncryptedData, with EncryptedKeys inside its KeyInfo or beside it; later a private key.
//! Out: the decrypted element, with a tree of its own.
//! Never: a second EncryptedData, or anything else beside it; a key that is elsewhere in the message; a second use of the private key.
//!
//! SAML 2.0 core §2.2.4 (EncryptedElementType).

use symbolon_keys::{DecryptionKey, PublicKey, Random, SecretKey};
use symbolon_xml::{Element, Tree};

use super::algorithm::ENCRYPTION_NAMESPACE;
use super::data::Plain;
use crate::shape::children;
use crate::{Accepts, Budget, EncryptedData, EncryptedKey, Flaw};

/// Keys that come with one element.
// LIMIT: one for each recipient; a token is for one or two.
const MOST_KEYS: usize = 16;

/// An encrypted element, and the keys that came with it.
///
/// # Decrypt a token
///
/// ```
/// use symbolon_keys::{DecryptionKey, Random};
/// use symbolon_xml::{Document, Limits, Tree};
/// use symbolon_xmlsec::{Accepts, Budget, EncryptedElement};
///
/// /// The assertion in an EncryptedAssertion. Its signature is still to be verified, in this tree.
/// async fn assertion(
///     encrypted: &[u8],
///     key: &dyn DecryptionKey,
///     random: &dyn Random,
/// ) -> Result<Tree, Box<dyn std::error::Error>> {
///     let element = Document::parse(encrypted, &Limits::TOKEN)?;
///     let mut left = Budget::TOKEN;
///     let encrypted = EncryptedElement::parse(&element, &Accepts::AUTHENTICATED, &mut left)?;
///     // One error, whatever went wrong behind it.
///     Ok(encrypted.open(key, random).await?)
/// }
/// ```
#[derive(Debug, Clone)]
pub struct EncryptedElement {
    data: EncryptedData,
    keys: Vec<EncryptedKey>,
}

impl EncryptedElement {
    /// Reads the element around the EncryptedData; its name is the caller's to check. Nothing is decrypted; the octets to
    /// decrypt and the unwrapping of one key are taken from the budget.
    ///
    /// # Errors
    ///
    /// [`Flaw::Malformed`] if there is not exactly one EncryptedData, or anything but EncryptedKeys behind it; and as
    /// [`EncryptedData::parse`] and [`EncryptedKey::parse`].
    pub fn parse(element: &Element, accepts: &Accepts, left: &mut Budget) -> Result<Self, Flaw> {
        let mut inside = children(element)?;
        let data = inside.required()?;
        let data = EncryptedData::parse(&data, accepts, left)?.or_element();
        let hints = data.key_info().into_iter().flat_map(Element::elements);
        let mut keys: Vec<_> =
            hints.filter(|hint| hint.is(ENCRYPTION_NAMESPACE, "EncryptedKey")).collect();
        while let Some(key) = inside.optional(ENCRYPTION_NAMESPACE, "EncryptedKey") {
            keys.push(key);
        }
        inside.end()?;
        if keys.len() > MOST_KEYS {
            return Err(Flaw::TooMuch);
        }
        if !keys.is_empty() {
            left.take_unwrap()?;
        }
        let keys = keys.iter().map(|key| EncryptedKey::read(key, accepts));
        Ok(Self { keys: keys.collect::<Result<_, _>>()?, data })
    }

    /// The encrypted content.
    #[must_use]
    pub fn data(&self) -> &EncryptedData {
        &self.data
    }

    /// The keys that came along, those inside the KeyInfo first.
    #[must_use]
    pub fn keys(&self) -> &[EncryptedKey] {
        &self.keys
    }

    /// The key that [`open`](Self::open) unwraps: the first that names this public key, else the first that
    /// [may be for it](EncryptedKey::may_be_for).
    #[must_use]
    pub fn key_for(&self, key: &PublicKey) -> Option<&EncryptedKey> {
        let may =
            |encrypted: &&EncryptedKey| encrypted.may_be_for(key) && self.is_listed(encrypted);
        let mut named =
            self.keys.iter().filter(may).filter(|encrypted| encrypted.says_for(key) == Some(true));
        named.next().or_else(|| self.keys.iter().find(may))
    }

    /// Decrypts it by a private key.
    ///
    /// # Errors
    ///
    /// [`Flaw::Undecryptable`], whatever the reason.
    pub async fn open(&self, key: &dyn DecryptionKey, random: &dyn Random) -> Result<Tree, Flaw> {
        self.decrypt(key, random).await?.tree()
    }

    /// The same, for whoever grafts it into the message that it came in.
    ///
    /// # Errors
    ///
    /// [`Flaw::Undecryptable`] where no key came along that may be for this one, or there is no randomness.
    // LIMIT: one use of the private key, however many keys came along.
    pub async fn decrypt(
        &self,
        key: &dyn DecryptionKey,
        random: &dyn Random,
    ) -> Result<Plain, Flaw> {
        let encrypted = self.key_for(key.public_key()).ok_or(Flaw::Undecryptable)?;
        let wanted = self.data.cipher().key_octets();
        let content_key = encrypted.unwrap(key, Some(wanted), random).await;
        Ok(self.data.decrypt(&content_key.map_err(|_| Flaw::Undecryptable)?))
    }

    /// Decrypts it by the secret key that it is encrypted under.
    ///
    /// # Errors
    ///
    /// [`Flaw::Undecryptable`], whatever the reason.
    pub fn open_with(&self, key: &SecretKey) -> Result<Tree, Flaw> {
        self.data.decrypt(key).tree()
    }

    /// Whether a key that says what it encrypts says that of this content.
    fn is_listed(&self, key: &EncryptedKey) -> bool {
        let listed = key.references();
        listed.is_empty() || self.data.id().is_some_and(|id| listed.iter().any(|other| other == id))
    }
}
