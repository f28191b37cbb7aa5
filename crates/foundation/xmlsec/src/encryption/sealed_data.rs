//! Writing an `xenc:EncryptedData`.
//!
//! In:  canonical octets of an element, or of an element's content, and a secret key; or whose key shall decrypt them.
//! Out: the element, canonical as it is written.
//! Never: the same key for two recipients, or for another cipher.
//!
//! XML Encryption 1.1 §3.1, §4.2.

use std::fmt;

use symbolon_keys::{Certificate, ContentCipher, EncryptFlaw, PublicKey, Random, SecretKey};
use symbolon_xml::{QName, Shape, Writer};

use super::algorithm::{CONTENT, ELEMENT, ENCRYPTION_NAMESPACE, cipher_identifier};
use super::naming::KEY_INFO;
use super::sealed_key::{write_method, write_value};
use crate::{Naming, SealedKey, Transport};

const ENCRYPTED_DATA: QName = QName::new("xenc", ENCRYPTION_NAMESPACE, "EncryptedData");

/// Content that is encrypted, to be written as an `xenc:EncryptedData` in its place.
#[derive(Clone)]
pub struct SealedData {
    cipher: ContentCipher,
    shape: Shape,
    value: Vec<u8>,
    id: Option<String>,
}

impl SealedData {
    /// Encrypts `plain`: one element, or the content of one. It must declare every prefix that it uses, as canonical octets do.
    ///
    /// # Errors
    ///
    /// [`EncryptFlaw::Key`] for a key that is not the cipher's; [`EncryptFlaw::NoRandomness`].
    pub fn new(
        plain: &[u8],
        shape: Shape,
        cipher: ContentCipher,
        key: &SecretKey,
        random: &dyn Random,
    ) -> Result<Self, EncryptFlaw> {
        Ok(Self { cipher, shape, value: cipher.encrypt(key, plain, random)?, id: None })
    }

    /// With an id, for the ReferenceList that orders its decryption.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Writes the element. `naming` says which key decrypts it.
    pub fn write(&self, out: &mut Writer, naming: Naming<'_>) {
        out.start(&ENCRYPTED_DATA);
        if let Some(id) = &self.id {
            out.attribute("Id", id);
        }
        let shape = match self.shape {
            Shape::Element => ELEMENT,
            Shape::Content => CONTENT,
        };
        out.attribute("Type", shape);
        write_method(out, cipher_identifier(self.cipher));
        naming.write(out, &KEY_INFO);
        write_value(out, &self.value);
        out.end();
    }
}

impl fmt::Debug for SealedData {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("SealedData")
            .field("id", &self.id)
            .field("cipher", &self.cipher)
            .finish_non_exhaustive()
    }
}

/// Whose key shall decrypt, and how.
#[derive(Debug, Clone)]
pub struct Recipient<'a> {
    key: &'a PublicKey,
    naming: Naming<'a>,
    cipher: ContentCipher,
    transport: Transport,
}

impl<'a> Recipient<'a> {
    /// The holder of a certificate's key: AES-256-GCM, and what is [usual](Transport::usual) for that key. The certificate is
    /// sent along.
    #[must_use]
    pub fn of(certificate: &'a Certificate) -> Self {
        Self::named(certificate.public_key(), Naming::Certificate(certificate))
    }

    /// The same for a key that is named in another way.
    #[must_use]
    pub fn named(key: &'a PublicKey, naming: Naming<'a>) -> Self {
        let transport = Transport::usual(key.kind());
        Self { key, naming, cipher: ContentCipher::Aes256Gcm, transport }
    }

    /// With another cipher. AES-CBC only for what is signed, and for who can do nothing else.
    #[must_use]
    pub fn with_cipher(self, cipher: ContentCipher) -> Self {
        Self { cipher, ..self }
    }

    /// With another way for the key.
    #[must_use]
    pub fn with_transport(self, transport: Transport) -> Self {
        Self { transport, ..self }
    }
}

/// Writes an element encrypted for one recipient, with a key of its own in its KeyInfo.
///
/// # Encrypt a token
///
/// ```
/// use symbolon_keys::{Certificate, Random};
/// use symbolon_xml::{QName, Writer};
/// use symbolon_xmlsec::{Recipient, encrypt_element};
///
/// const SAML: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
/// const ENCRYPTED_ASSERTION: QName = QName::new("saml2", SAML, "EncryptedAssertion");
///
/// /// An EncryptedAssertion for the relying party with that certificate. The assertion is signed already.
/// fn encrypted(
///     assertion: &[u8],
///     relying_party: &Certificate,
///     random: &dyn Random,
/// ) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
///     let mut out = Writer::new();
///     out.start(&ENCRYPTED_ASSERTION);
///     encrypt_element(&mut out, assertion, &Recipient::of(relying_party), random)?;
///     out.end();
///     Ok(out.finish()?)
/// }
/// ```
///
/// # Errors
///
/// [`EncryptFlaw::Key`] for a way of transport that is not for this kind of key; [`EncryptFlaw::NoRandomness`].
pub fn encrypt_element(
    out: &mut Writer,
    element: &[u8],
    to: &Recipient<'_>,
    random: &dyn Random,
) -> Result<(), EncryptFlaw> {
    let key = SecretKey::generate(to.cipher.key_octets(), random)?;
    let sealed = SealedKey::to(to.key, &key, &to.transport)?;
    let data = SealedData::new(element, Shape::Element, to.cipher, &key, random)?;
    data.write(out, Naming::Written(&|out: &mut Writer| sealed.write(out, to.naming)));
    Ok(())
}
