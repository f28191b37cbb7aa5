//! What the opener cannot know by itself, and the answers.
//!
//! In:  references in a message to what only its receiver can find.
//! Out: [`Need`]s, each to be answered once by an [`Answer`].
//! Never: a look-up. Everything in a need is a stranger's word, and bounded.
//!
//! WSS SOAP Message Security 1.1.1 §7; X.509 Token Profile 1.1.1 §3.2; UsernameToken Profile 1.1.1 §4.

use symbolon_keys::{Certificate, DistinguishedName, PublicKey, SecretKey, sha1};
use symbolon_xml::{Element, Fragment};
use symbolon_xmlsec::{EncryptedKey, Key, Until};

/// The name of a need, within one opener.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NeedId(usize);

impl NeedId {
    pub(crate) const fn new(number: usize) -> Self {
        Self(number)
    }

    pub(crate) const fn number(self) -> usize {
        self.0
    }
}

/// What the opener cannot know by itself.
#[derive(Debug, Clone)]
pub struct Need {
    /// To answer it by.
    pub id: NeedId,
    /// What is needed.
    pub what: What,
}

/// Kinds of needs.
///
/// Who can be guessed (an account, a certificate, the recipient of a key) must be answered with a key even where there is
/// nobody of that name, lest a stranger learn who there is. Who cannot be guessed may be refused by dropping the opener.
#[derive(Debug, Clone)]
pub enum What {
    /// A token, to be verified before anything that hangs on it counts; then the key that it confirms, if any. An encrypted
    /// one is decrypted first, and its content answered too ([`Answer::with_content`]).
    Token(Element),
    /// A key that the sender wrapped. A key that does not unwrap is answered with a random one.
    Wrapped(Wrapped),
    /// A secret that sender and receiver have from an exchange before this one.
    Held(Held),
    /// The key derived from an account's password.
    Account {
        /// The account's name as sent.
        name: String,
        /// How the key is derived.
        derivation: PasswordDerivation,
    },
    /// The public key of a certificate that the message does not carry.
    Partner(CertificateName),
}

/// A wrapped key.
#[derive(Debug, Clone)]
pub struct Wrapped {
    /// The key; its KeyInfo says for whom it is.
    pub key: EncryptedKey,
    /// For whom, where that is said by naming a certificate.
    pub recipient: Option<CertificateName>,
    /// How many octets it must have; `None` if other keys are derived from it.
    pub octets: Option<usize>,
}

/// The name of a secret that both sides have from before.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Held {
    /// A security context, by its identifier and perhaps its instance (WS-SecureConversation §2).
    Context {
        /// `wsc:Identifier`
        id: String,
        /// `wsc:Instance`
        instance: Option<String>,
    },
    /// A wrapped key of an earlier message, by the SHA-1 of the wrapped octets: what a reply names its request's key by.
    EncryptedKeySha1([u8; 20]),
    /// A Kerberos ticket of an earlier message, by the SHA-1 of its AP-REQ.
    ApReqSha1([u8; 20]),
}

/// How a message names a certificate without carrying it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CertificateName {
    /// SHA-1 of the certificate.
    Thumbprint([u8; 20]),
    /// The SubjectKeyIdentifier extension.
    SubjectKeyIdentifier(Vec<u8>),
    /// Issuer and serial number.
    IssuerSerial {
        /// The issuer's name in the manner of RFC 4514, as sent.
        issuer: String,
        /// The serial number in decimal digits.
        serial: String,
    },
}

impl CertificateName {
    /// Whether it is a name of that certificate.
    #[must_use]
    pub fn names(&self, certificate: &Certificate) -> bool {
        match self {
            Self::Thumbprint(thumbprint) => certificate.thumbprint_sha1() == *thumbprint,
            Self::SubjectKeyIdentifier(identifier) => {
                certificate.subject_key_identifier() == Some(identifier)
            }
            Self::IssuerSerial { issuer, serial } => {
                let issuer = DistinguishedName::parse(issuer);
                issuer == Some(certificate.issuer()) && certificate.serial() == *serial
            }
        }
    }
}

/// How a key is derived from a password.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PasswordDerivation {
    /// `wsse11:Salt`, at most 64 octets.
    pub salt: Vec<u8>,
    /// `wsse11:Iteration`, 1,000 to 20,000.
    pub iterations: u32,
}

/// What came back for a need.
#[derive(Clone, Default)]
pub struct Answer {
    pub(crate) key: Option<Material>,
    pub(crate) sha1: Option<Until>,
    pub(crate) content: Option<Fragment>,
    pub(crate) certificate: Option<Certificate>,
}

impl Answer {
    /// A verified token that confirms no key: whoever bears it.
    #[must_use]
    pub fn bearer() -> Self {
        Self::default()
    }

    /// A key.
    #[must_use]
    pub fn key(key: impl Into<Material>) -> Self {
        Self { key: Some(key.into()), ..Self::default() }
    }

    /// A certificate, with its public key.
    #[must_use]
    pub fn certificate(certificate: Certificate) -> Self {
        let key = certificate.public_key().clone();
        Self { certificate: Some(certificate), ..Self::key(key) }
    }

    pub(crate) fn is_secret(&self) -> bool {
        self.key.as_ref().is_some_and(|key| key.secret().is_some())
    }

    /// The same, with what an encrypted token turned out to hold. Made by [`Tree::fragment`](symbolon_xml::Tree::fragment).
    #[must_use]
    pub fn with_content(self, content: Fragment) -> Self {
        Self { content: Some(content), ..self }
    }

    /// The same, with SHA-1 tolerated in what its key signs.
    #[must_use]
    pub fn allowing_sha1(self, until: Until) -> Self {
        Self { sha1: Some(until), ..self }
    }
}

impl From<Option<PublicKey>> for Answer {
    /// What a token confirms; `None` for a bearer's.
    fn from(confirmed: Option<PublicKey>) -> Self {
        confirmed.map_or_else(Self::bearer, Self::key)
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Answer").field("key", &self.key).finish_non_exhaustive()
    }
}

/// A key that signs or decrypts a message: somebody's public one, or a secret of both sides.
#[derive(Clone)]
pub enum Material {
    /// The public half of the sender's key.
    Public(PublicKey),
    /// A secret that sender and receiver share.
    Secret(SecretKey),
}

impl Material {
    /// What signatures are verified with.
    pub(crate) fn verifying(&self, sha1: Option<Until>) -> Key {
        let key = match self {
            Self::Public(key) => Key::public(key.clone()),
            Self::Secret(key) => Key::secret(key.clone()),
        };
        match sha1 {
            Some(until) => key.allowing_sha1(until),
            None => key,
        }
    }

    pub(crate) const fn secret(&self) -> Option<&SecretKey> {
        match self {
            Self::Public(_) => None,
            Self::Secret(key) => Some(key),
        }
    }
}

impl From<PublicKey> for Material {
    fn from(key: PublicKey) -> Self {
        Self::Public(key)
    }
}

impl From<SecretKey> for Material {
    fn from(key: SecretKey) -> Self {
        Self::Secret(key)
    }
}

// SECURITY: never the octets of a secret.
impl std::fmt::Debug for Material {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Public(key) => out.debug_tuple("Public").field(key).finish(),
            Self::Secret(_) => out.write_str("Secret(…)"),
        }
    }
}

/// By which a later message names a wrapped key.
pub(crate) fn encrypted_key_sha1(key: &EncryptedKey) -> [u8; 20] {
    sha1(key.value())
}
