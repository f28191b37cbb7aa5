//! Writing an `xenc:EncryptedKey`.
//!
//! In:  a secret key, and the public key or the secret of who shall have it.
//! Out: the element, canonical as it is written.
//! Never: RSA 1.5; an ephemeral key twice.
//!
//! XML Encryption 1.1 §3.5, §5.4 to §5.7.

use std::fmt::{self, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use symbolon_keys::{
    Curve, Digest, EncryptFlaw, EphemeralKey, KeyKind, KeyWrap, Numbers, Oaep, PublicKey,
    SecretKey, concat_kdf,
};
use symbolon_xml::{QName, Writer};

use super::algorithm::{
    CONCAT_KDF, ECDH_ES, ENCRYPTION_11, ENCRYPTION_NAMESPACE, RSA_OAEP, RSA_OAEP_MGF1P,
    curve_identifier, mask_identifier, wrap_identifier,
};
use super::naming::KEY_INFO;
use crate::algorithm::{NAMESPACE_11, digest_identifier};
use crate::{NAMESPACE, Naming};

const fn xenc(local: &'static str) -> QName {
    QName::new("xenc", ENCRYPTION_NAMESPACE, local)
}

const fn xenc11(local: &'static str) -> QName {
    QName::new("xenc11", ENCRYPTION_11, local)
}

pub(super) const ENCRYPTION_METHOD: QName = xenc("EncryptionMethod");
const ENCRYPTED_KEY: QName = xenc("EncryptedKey");
const CIPHER_DATA: QName = xenc("CipherData");
const CIPHER_VALUE: QName = xenc("CipherValue");
const OAEP_PARAMS: QName = xenc("OAEPparams");
const AGREEMENT_METHOD: QName = xenc("AgreementMethod");
const ORIGINATOR_KEY_INFO: QName = xenc("OriginatorKeyInfo");
const RECIPIENT_KEY_INFO: QName = xenc("RecipientKeyInfo");
const REFERENCE_LIST: QName = xenc("ReferenceList");
const DATA_REFERENCE: QName = xenc("DataReference");
const MGF: QName = xenc11("MGF");
const KEY_DERIVATION_METHOD: QName = xenc11("KeyDerivationMethod");
const CONCAT_KDF_PARAMS: QName = xenc11("ConcatKDFParams");
const DIGEST_METHOD: QName = QName::new("ds", NAMESPACE, "DigestMethod");
const KEY_VALUE: QName = QName::new("ds", NAMESPACE, "KeyValue");
const EC_KEY_VALUE: QName = QName::new("dsig11", NAMESPACE_11, "ECKeyValue");
const NAMED_CURVE: QName = QName::new("dsig11", NAMESPACE_11, "NamedCurve");
const PUBLIC_KEY: QName = QName::new("dsig11", NAMESPACE_11, "PublicKey");

/// How a key travels to the holder of a private key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transport {
    /// RSA-OAEP. With a mask of SHA-1 it is written as `rsa-oaep-mgf1p`, which old receivers know too.
    Oaep(Oaep),
    /// ECDH-ES with a key made for this message, ConcatKDF with this digest, then this key wrap.
    Agreement(Digest, KeyWrap),
}

impl Transport {
    /// What fits this kind of key where nothing else is asked for: RSA-OAEP with SHA-256 throughout, or ECDH-ES with SHA-256
    /// and a 256-bit key wrap.
    #[must_use]
    pub const fn usual(kind: KeyKind) -> Self {
        match kind {
            KeyKind::Rsa { .. } => Self::Oaep(Oaep::new(Digest::Sha256, Digest::Sha256)),
            KeyKind::P256 | KeyKind::P384 | KeyKind::P521 => {
                Self::Agreement(Digest::Sha256, KeyWrap::Aes256)
            }
        }
    }
}

/// A secret that the receiver has, and another key can be wrapped under.
#[derive(Clone, Copy)]
#[expect(missing_debug_implementations, reason = "a secret key is never printed")]
pub struct SharedSecret<'s>(pub &'s SecretKey);

/// A key that is encrypted, to be written as an `xenc:EncryptedKey`.
///
/// # Send a message key
///
/// ```
/// use symbolon_keys::{Certificate, Random, SecretKey};
/// use symbolon_xml::Writer;
/// use symbolon_xmlsec::{Naming, SealedKey, Transport};
///
/// /// A new key and its EncryptedKey, which says that it encrypts the content with the id `ED-1`.
/// fn message_key(
///     receiver: &Certificate,
///     random: &dyn Random,
/// ) -> Result<(SecretKey, Vec<u8>), Box<dyn std::error::Error>> {
///     let key = SecretKey::generate(32, random)?;
///     let transport = Transport::usual(receiver.public_key().kind());
///     let sealed = SealedKey::to(receiver.public_key(), &key, &transport)?;
///     let mut out = Writer::new();
///     let naming = Naming::IssuerSerial(receiver);
///     sealed.with_id("EK-1").with_references(["ED-1"]).write(&mut out, naming);
///     Ok((key, out.finish()?))
/// }
/// ```
#[derive(Clone)]
pub struct SealedKey {
    method: Method,
    value: Vec<u8>,
    id: Option<String>,
    recipient: Option<String>,
    references: Vec<String>,
}

#[derive(Clone)]
enum Method {
    Transported(Oaep),
    Agreed { ephemeral: PublicKey, curve: Curve, digest: Digest, wrap: KeyWrap },
    Shared(KeyWrap),
}

impl SealedKey {
    /// Encrypts `key` to the holder of a private key.
    ///
    /// # Errors
    ///
    /// [`EncryptFlaw::Key`] for a way of transport that is not for this kind of key; [`EncryptFlaw::Length`] for a key that is
    /// too long for it, or that AES key wrap does not take.
    pub fn to(
        receiver: &PublicKey,
        key: &SecretKey,
        transport: &Transport,
    ) -> Result<Self, EncryptFlaw> {
        match transport {
            Transport::Oaep(oaep) => {
                let value = receiver.encrypt(oaep, key.octets())?;
                Ok(Self::of(Method::Transported(oaep.clone()), value))
            }
            Transport::Agreement(digest, wrap) => Self::agreed(receiver, key, *digest, *wrap),
        }
    }

    /// Wraps `key` under a secret that the receiver has.
    ///
    /// # Errors
    ///
    /// [`EncryptFlaw::Key`] for a secret that is no AES key; [`EncryptFlaw::Length`] for a key that AES key wrap does not take.
    pub fn under(secret: SharedSecret<'_>, key: &SecretKey) -> Result<Self, EncryptFlaw> {
        let SharedSecret(secret) = secret;
        let wraps = [KeyWrap::Aes128, KeyWrap::Aes192, KeyWrap::Aes256];
        let wrap = wraps.into_iter().find(|wrap| wrap.key_octets() == secret.len());
        let wrap = wrap.ok_or(EncryptFlaw::Key)?;
        Ok(Self::of(Method::Shared(wrap), wrap.wrap(secret, key)?))
    }

    fn agreed(
        receiver: &PublicKey,
        key: &SecretKey,
        digest: Digest,
        wrap: KeyWrap,
    ) -> Result<Self, EncryptFlaw> {
        let curve = receiver.kind().curve().ok_or(EncryptFlaw::Key)?;
        let own = EphemeralKey::generate(curve.into()).map_err(|_| EncryptFlaw::Key)?;
        let ephemeral = own.public_key().clone();
        let secret = own.agree(receiver)?;
        // SP 800-56A §5.8.1.2: AlgorithmID, so that the derived key is for this wrap alone; the parties stay unnamed.
        let other_info = wrap_identifier(wrap).as_bytes();
        let by = concat_kdf(digest, secret.octets(), other_info, wrap.key_octets())
            .map_err(|_| EncryptFlaw::Length)?;
        let value = wrap.wrap(&by, key)?;
        Ok(Self::of(Method::Agreed { ephemeral, curve, digest, wrap }, value))
    }

    fn of(method: Method, value: Vec<u8>) -> Self {
        Self { method, value, id: None, recipient: None, references: Vec::new() }
    }

    /// With an id.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// With the name of who it is for (`Recipient`). WS-I's Basic Security Profile forbids it in messages (R5602).
    #[must_use]
    pub fn with_recipient(mut self, name: impl Into<String>) -> Self {
        self.recipient = Some(name.into());
        self
    }

    /// With the ids of what it encrypts, to be decrypted by whoever receives.
    #[must_use]
    pub fn with_references<I: Into<String>>(mut self, ids: impl IntoIterator<Item = I>) -> Self {
        self.references.extend(ids.into_iter().map(Into::into));
        self
    }

    /// The wrapped octets, of which WS-Security's EncryptedKeySHA1 is the SHA-1.
    #[must_use]
    pub fn value(&self) -> &[u8] {
        &self.value
    }

    /// Writes the element. `naming` says whose key unwraps it.
    pub fn write(&self, out: &mut Writer, naming: Naming<'_>) {
        out.start(&ENCRYPTED_KEY);
        for (name, value) in [("Id", &self.id), ("Recipient", &self.recipient)] {
            if let Some(value) = value {
                out.attribute(name, value);
            }
        }
        match &self.method {
            Method::Transported(oaep) => {
                write_oaep(out, oaep);
                naming.write(out, &KEY_INFO);
            }
            Method::Shared(wrap) => {
                write_method(out, wrap_identifier(*wrap));
                naming.write(out, &KEY_INFO);
            }
            Method::Agreed { ephemeral, curve, digest, wrap } => {
                write_method(out, wrap_identifier(*wrap));
                out.start(&KEY_INFO).start(&AGREEMENT_METHOD).attribute("Algorithm", ECDH_ES);
                write_derivation(out, *digest, *wrap);
                write_originator(out, ephemeral, *curve);
                naming.write(out, &RECIPIENT_KEY_INFO);
                out.end().end();
            }
        }
        write_value(out, &self.value);
        write_references(out, &self.references);
        out.end();
    }
}

pub(super) fn write_method(out: &mut Writer, algorithm: &str) {
    out.start(&ENCRYPTION_METHOD).attribute("Algorithm", algorithm).end();
}

pub(super) fn write_value(out: &mut Writer, octets: &[u8]) {
    out.start(&CIPHER_DATA).element(&CIPHER_VALUE, &STANDARD.encode(octets)).end();
}

fn write_references(out: &mut Writer, ids: &[String]) {
    if ids.is_empty() {
        return;
    }
    out.start(&REFERENCE_LIST);
    for id in ids {
        out.start(&DATA_REFERENCE).attribute("URI", &format!("#{id}")).end();
    }
    out.end();
}

fn write_oaep(out: &mut Writer, Oaep { digest, mgf, label }: &Oaep) {
    let algorithm = if *mgf == Digest::Sha1 { RSA_OAEP_MGF1P } else { RSA_OAEP };
    out.start(&ENCRYPTION_METHOD).attribute("Algorithm", algorithm);
    if !label.is_empty() {
        out.element(&OAEP_PARAMS, &STANDARD.encode(label));
    }
    out.start(&DIGEST_METHOD).attribute("Algorithm", digest_identifier(*digest)).end();
    if *mgf != Digest::Sha1 {
        out.start(&MGF).attribute("Algorithm", mask_identifier(*mgf)).end();
    }
    out.end();
}

fn write_derivation(out: &mut Writer, digest: Digest, wrap: KeyWrap) {
    out.start(&KEY_DERIVATION_METHOD).attribute("Algorithm", CONCAT_KDF);
    out.start(&CONCAT_KDF_PARAMS);
    // The first octet counts the bits to leave out at the end.
    let mut algorithm = String::from("00");
    for octet in wrap_identifier(wrap).bytes() {
        // Writing to a string does not fail.
        let _ = write!(algorithm, "{octet:02X}");
    }
    out.attribute("AlgorithmID", &algorithm);
    out.attribute("PartyUInfo", "00").attribute("PartyVInfo", "00");
    out.start(&DIGEST_METHOD).attribute("Algorithm", digest_identifier(digest)).end();
    out.end().end();
}

fn write_originator(out: &mut Writer, key: &PublicKey, curve: Curve) {
    out.start(&ORIGINATOR_KEY_INFO).start(&KEY_VALUE).start(&EC_KEY_VALUE);
    out.start(&NAMED_CURVE).attribute("URI", curve_identifier(curve)).end();
    out.element(&PUBLIC_KEY, &STANDARD.encode(point(key)));
    out.end().end().end();
}

/// A point, uncompressed (SEC 1 §2.3.3).
fn point(key: &PublicKey) -> Vec<u8> {
    match key.numbers() {
        Numbers::Rsa { .. } => Vec::new(),
        Numbers::Ec { x, y, .. } => [&[4], x, y].concat(),
    }
}

// SECURITY: nothing of the key.
impl fmt::Debug for SealedKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("SealedKey").field("id", &self.id).finish_non_exhaustive()
    }
}
