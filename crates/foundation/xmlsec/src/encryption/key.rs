//! A key in an `xenc:EncryptedKey`.
//!
//! In:  the element; later a private key, or the secret it is wrapped under.
//! Out: a secret key, always; whether it is the right one shows when something is decrypted or verified with it.
//! Never: says that a key did not unwrap; uses a private key for an algorithm outside the profile.
//!
//! XML Encryption 1.1 §3.5, §5.5 to §5.7.

use symbolon_keys::{
    Curve, DecryptionKey, Digest, KeyWrap, NoRandomness, Oaep, PublicKey, Random, SecretKey,
};
use symbolon_xml::Element;

use super::agreement::{Agreement, agreement_method};
use super::algorithm::{
    ENCRYPTED_KEY, ENCRYPTION_11, ENCRYPTION_NAMESPACE, RSA_OAEP, RSA_OAEP_MGF1P, digest, mask,
    wrap,
};
use super::parts::{Method, Parts, algorithm_alone};
use super::work::{self, Step};
use crate::shape::{children, expect_in, octets};
use crate::{Accepts, Budget, Flaw, KeyHint, KeyInfo, NAMESPACE};

/// Octets of a wrapped key.
// LIMIT: what RSA of 8192 bits makes, the longest key that is accepted; a key under AES key wrap is shorter.
const MOST_OCTETS: usize = 1024;
/// Octets of a label, the `OAEPparams`.
// LIMIT: real ones are a few letters; it is hashed once.
const MOST_LABEL: usize = 1024;
/// References in one ReferenceList.
// LIMIT: WSS4J clients encrypt up to 12 parts.
const MOST_REFERENCES: usize = 64;
/// Octets of a key whose length nothing says: from AES-128 to the block of HMAC-SHA-256.
// LIMIT: what is shorter protects nothing, what is longer is no key.
const ANY_LENGTH: std::ops::RangeInclusive<usize> = 16..=64;
/// Octets of the key that stands in for one of unknown length.
const STAND_IN: usize = 32;

/// An `xenc:EncryptedKey` within the profile, and within what the caller accepts.
///
/// # Decrypt the parts of a message
///
/// ```
/// use symbolon_keys::{DecryptionKey, Random};
/// use symbolon_xml::{EVERYTHING, Element, Place, Tree};
/// use symbolon_xmlsec::{Accepts, Budget, EncryptedData, EncryptedKey};
///
/// /// Decrypts what an EncryptedKey lists, into the message that it stands in at `place`.
/// async fn decrypt(
///     message: &mut Tree,
///     encrypted_key: &Element,
///     place: Place,
///     private: &dyn DecryptionKey,
///     random: &dyn Random,
/// ) -> Result<(), Box<dyn std::error::Error>> {
///     let (accepts, mut left) = (Accepts::AUTHENTICATED, Budget::MESSAGE);
///     let encrypted_key = EncryptedKey::parse(encrypted_key, &accepts, &mut left)?;
///     // A key comes back in any case; whether it is the right one, decryption shows.
///     let key = encrypted_key.unwrap(private, Some(32), random).await?;
///     for id in encrypted_key.references() {
///         let data = message.view(EVERYTHING).id(id).ok_or("a reference to nothing")?;
///         let data = EncryptedData::parse(&data, &accepts, &mut left)?;
///         data.decrypt(&key).graft(message, place)?;
///     }
///     Ok(())
/// }
/// ```
#[derive(Debug, Clone)]
pub struct EncryptedKey {
    element: Element,
    method: Wrapping,
    key_info: Option<Element>,
    value: Vec<u8>,
    references: Vec<String>,
    carried_name: Option<String>,
}

#[derive(Debug, Clone)]
enum Wrapping {
    Transported(Oaep),
    Agreed(Agreement, KeyWrap),
    Shared(KeyWrap),
}

/// What unwraps an [`EncryptedKey`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnwrappedBy {
    /// A private RSA key, by [`EncryptedKey::unwrap`].
    Rsa,
    /// A private key on the curve of the sender's key, by [`EncryptedKey::unwrap`]. `None`: the message only names the
    /// sender's key; see [`EncryptedKey::with_originator`].
    Agreement(Option<Curve>),
    /// A secret key of so many octets, by [`EncryptedKey::unwrap_with`].
    Secret {
        /// Its length.
        octets: usize,
    },
}

impl EncryptedKey {
    /// Reads the element. Nothing is unwrapped; the unwrapping is taken from the budget.
    ///
    /// # Errors
    ///
    /// [`Flaw::Malformed`]; [`Flaw::Unsupported`] for an algorithm, a parameter or a kind of reference that is outside the
    /// profile or not accepted, or a key that is elsewhere (RetrievalMethod, KeyInfoReference, DerivedKey);
    /// [`Flaw::TooMuch`].
    pub fn parse(element: &Element, accepts: &Accepts, left: &mut Budget) -> Result<Self, Flaw> {
        left.take_unwrap()?;
        Self::read(element, accepts)
    }

    pub(super) fn read(element: &Element, accepts: &Accepts) -> Result<Self, Flaw> {
        let attributes = ["Id", "Type", "MimeType", "Encoding", "Recipient"];
        let parts = Parts::parse(element, "EncryptedKey", &attributes)?;
        if element.attribute("Type").is_some_and(|kind| kind != ENCRYPTED_KEY) {
            return Err(Flaw::Unsupported);
        }
        if parts.value.len() > MOST_OCTETS {
            return Err(Flaw::Malformed);
        }
        Ok(Self {
            element: element.clone(),
            method: Wrapping::parse(&parts.method, parts.key_info.as_ref(), accepts)?,
            references: parts.list.as_ref().map(references).transpose()?.unwrap_or_default(),
            carried_name: parts.name.map(|name| name.text().trim_ascii().to_owned()),
            key_info: parts.key_info,
            value: parts.value,
        })
    }

    /// The element itself.
    #[must_use]
    pub fn element(&self) -> &Element {
        &self.element
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.element.attribute("Id")
    }

    /// The wrapped octets, of which WS-Security's EncryptedKeySHA1 is the SHA-1.
    #[must_use]
    pub fn value(&self) -> &[u8] {
        &self.value
    }

    /// What unwraps it.
    #[must_use]
    pub fn unwrapped_by(&self) -> UnwrappedBy {
        match &self.method {
            Wrapping::Transported(_) => UnwrappedBy::Rsa,
            Wrapping::Agreed(agreement, _) => UnwrappedBy::Agreement(agreement.curve()),
            Wrapping::Shared(wrap) => UnwrappedBy::Secret { octets: wrap.key_octets() },
        }
    }

    /// Who it is for, in the sender's words (`Recipient`); SAML puts an entity's name there.
    #[must_use]
    pub fn recipient(&self) -> Option<&str> {
        self.element.attribute("Recipient")
    }

    /// Hints of which key unwraps it: the KeyInfo, or the RecipientKeyInfo of a key agreement.
    #[must_use]
    pub fn key_info(&self) -> Option<&Element> {
        match &self.method {
            Wrapping::Agreed(agreement, _) => agreement.recipient(),
            Wrapping::Transported(_) | Wrapping::Shared(_) => self.key_info.as_ref(),
        }
    }

    /// Hints of whose key the sender agreed with (OriginatorKeyInfo), where the message does not carry it.
    #[must_use]
    pub fn originator(&self) -> Option<&Element> {
        match &self.method {
            Wrapping::Agreed(agreement, _) => agreement.originator(),
            Wrapping::Transported(_) | Wrapping::Shared(_) => None,
        }
    }

    /// With the sender's public key, where the message only names it. A key that the message carries stays.
    #[must_use]
    pub fn with_originator(mut self, key: PublicKey) -> Self {
        if let Wrapping::Agreed(agreement, _) = &mut self.method {
            agreement.set_originator(key);
        }
        self
    }

    /// The ids of what it encrypts, as its ReferenceList says, without `#`.
    #[must_use]
    pub fn references(&self) -> &[String] {
        &self.references
    }

    /// The name that the key is known by once it is unwrapped (`CarriedKeyName`).
    #[must_use]
    pub fn carried_name(&self) -> Option<&str> {
        self.carried_name.as_deref()
    }

    /// Whether it may be for the holder of this key: it is of the right kind, and no hint says otherwise.
    ///
    /// Hints that do not hold the key itself (names, SKI, issuer and serial) are not compared: whoever knows the certificate
    /// does that.
    #[must_use]
    pub fn may_be_for(&self, key: &PublicKey) -> bool {
        let kind = match &self.method {
            Wrapping::Transported(_) => key.kind().curve().is_none(),
            Wrapping::Agreed(agreement, _) => {
                key.kind().curve().is_some() && agreement.curve() == key.kind().curve()
            }
            Wrapping::Shared(_) => false,
        };
        kind && self.says_for(key) != Some(false)
    }

    /// Whether the hints hold this public key; `None` if they hold none.
    pub(super) fn says_for(&self, key: &PublicKey) -> Option<bool> {
        let hints = KeyInfo::read(self.key_info()?).ok()?;
        let mut held = hints.iter().filter_map(held_key).map(|held| held == key);
        held.next().map(|first| first || held.any(|same| same))
    }

    /// Unwraps it by a private key.
    ///
    /// `wanted` is the length in octets that the key must have for what it serves; `None` if it may serve anything, for 16 to
    /// 64. A key that does not unwrap, or has another length, is one drawn at random.
    ///
    /// # Errors
    ///
    /// [`NoRandomness`], before the private key does anything.
    // SECURITY: whoever learns which ciphertexts unwrap can unwrap others' (Bleichenbacher, Manger; CVE-2011-2487,
    // CVE-2015-0226). The random key is drawn first, and serves to the end. Test: a_key_that_does_not_unwrap_is_random.
    pub async fn unwrap(
        &self,
        key: &dyn DecryptionKey,
        wanted: Option<usize>,
        random: &dyn Random,
    ) -> Result<SecretKey, NoRandomness> {
        let stand_in = draw(wanted, random)?;
        work::done(Step::Unwrap, self.value.len());
        let unwrapped = match &self.method {
            Wrapping::Transported(oaep) => key.decrypt(oaep, &self.value).await.ok(),
            Wrapping::Agreed(agreement, wrap) => {
                let by = agreement.secret(key, *wrap, random).await?;
                wrap.unwrap(&by, &self.value).ok()
            }
            Wrapping::Shared(_) => None,
        };
        Ok(choose(unwrapped, wanted, stand_in))
    }

    /// Unwraps it by the secret key that it is wrapped under. Otherwise as [`unwrap`](Self::unwrap).
    ///
    /// # Errors
    ///
    /// [`NoRandomness`].
    pub fn unwrap_with(
        &self,
        key: &SecretKey,
        wanted: Option<usize>,
        random: &dyn Random,
    ) -> Result<SecretKey, NoRandomness> {
        let stand_in = draw(wanted, random)?;
        work::done(Step::Unwrap, self.value.len());
        let unwrapped = match &self.method {
            Wrapping::Shared(wrap) => wrap.unwrap(key, &self.value).ok(),
            Wrapping::Transported(_) | Wrapping::Agreed(..) => None,
        };
        Ok(choose(unwrapped, wanted, stand_in))
    }
}

impl Wrapping {
    fn parse(method: &Method, key_info: Option<&Element>, accepts: &Accepts) -> Result<Self, Flaw> {
        let agreement = key_info.map(agreement_method).transpose()?.flatten();
        if let Some(wrap) = wrap(&method.algorithm) {
            method.alone(wrap.key_octets())?;
            return match agreement {
                Some(element) => Ok(Self::Agreed(Agreement::parse(&element, accepts)?, wrap)),
                None => Ok(Self::Shared(wrap)),
            };
        }
        if agreement.is_some() {
            return Err(Flaw::Unsupported);
        }
        oaep(method, accepts).map(Self::Transported)
    }
}

/// SPEC: XML Encryption 1.1 §5.5.2: the digest is SHA-1 unless one is named, and so is the mask's.
// INTEROP: libxmlsec names a mask under `rsa-oaep-mgf1p` too, which fixes it to SHA-1, and means what it names. Who reads it the
// other way gets a key that does not unwrap, and no more.
fn oaep(method: &Method, accepts: &Accepts) -> Result<Oaep, Flaw> {
    let known = [RSA_OAEP, RSA_OAEP_MGF1P].contains(&method.algorithm.as_str());
    if !known || method.key_size.is_some() {
        return Err(Flaw::Unsupported);
    }
    let digest = match &method.digest {
        Some(named) => digest(algorithm_alone(named, NAMESPACE, "DigestMethod")?),
        None => Some(Digest::Sha1),
    };
    let mgf = match &method.mask {
        Some(named) => mask(algorithm_alone(named, ENCRYPTION_11, "MGF")?),
        None => Some(Digest::Sha1),
    };
    let label = method
        .label
        .as_ref()
        .map(|label| octets(expect_in(ENCRYPTION_NAMESPACE, label, "OAEPparams", &[])?));
    let label = label.transpose()?.unwrap_or_default();
    if label.len() > MOST_LABEL {
        return Err(Flaw::Malformed);
    }
    Ok(Oaep {
        digest: accepts.digest(digest.ok_or(Flaw::Unsupported)?)?,
        mgf: accepts.digest(mgf.ok_or(Flaw::Unsupported)?)?,
        label,
    })
}

/// The ids of encrypted content that an `xenc:ReferenceList` names, without `#`, in order.
///
/// # Errors
///
/// [`Flaw::Malformed`]; [`Flaw::Unsupported`] for a reference to a key, to another document or through a transform;
/// [`Flaw::TooMuch`] for more than 64.
pub fn references(list: &Element) -> Result<Vec<String>, Flaw> {
    let inside = children(expect_in(ENCRYPTION_NAMESPACE, list, "ReferenceList", &[])?)?;
    let mut ids = Vec::new();
    for reference in inside {
        if reference.is(ENCRYPTION_NAMESPACE, "KeyReference") || reference.has_elements() {
            return Err(Flaw::Unsupported);
        }
        let reference = expect_in(ENCRYPTION_NAMESPACE, &reference, "DataReference", &["URI"])?;
        let uri = reference.attribute("URI").ok_or(Flaw::Malformed)?;
        let id = uri.strip_prefix('#').filter(|id| !id.is_empty() && !id.contains('('));
        if ids.len() >= MOST_REFERENCES {
            return Err(Flaw::TooMuch);
        }
        ids.push(id.ok_or(Flaw::Unsupported)?.to_owned());
    }
    Ok(ids)
}

/// The public key that a hint holds.
pub(super) fn held_key(hint: &KeyHint) -> Option<&PublicKey> {
    match hint {
        KeyHint::Key(key) => Some(key),
        KeyHint::Certificate(certificate) => Some(certificate.public_key()),
        KeyHint::Name(_)
        | KeyHint::SubjectKeyIdentifier(_)
        | KeyHint::IssuerSerial { .. }
        | KeyHint::Subject(_)
        | KeyHint::CertificateDigest { .. }
        | KeyHint::EncryptedKey(_)
        | KeyHint::AgreementMethod(_)
        | KeyHint::Other(_) => None,
    }
}

fn draw(wanted: Option<usize>, random: &dyn Random) -> Result<SecretKey, NoRandomness> {
    let octets = wanted.unwrap_or(STAND_IN);
    work::done(Step::Draw, octets);
    SecretKey::generate(octets, random)
}

fn choose(unwrapped: Option<SecretKey>, wanted: Option<usize>, stand_in: SecretKey) -> SecretKey {
    let fits = |key: &SecretKey| match wanted {
        Some(octets) => key.len() == octets,
        None => ANY_LENGTH.contains(&key.len()),
    };
    unwrapped.filter(fits).unwrap_or(stand_in)
}
