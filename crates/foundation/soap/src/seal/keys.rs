//! The keys of a message that we write: what is sent of them, what is derived, what they encrypt.
//!
//! In:  the keys that were chosen.
//! Out: their children of the security header, each before what uses it; in the end the ciphertext.
//! Never: one key for signing and encrypting.

use super::draft::{Draft, Part};
use super::parts::element;
use super::{
    By, CertifiedKey, Conversation, Keys, NamedSecret, Protection, SealFlaw, SecretName, Signer,
};
use crate::fault::wsse;
use crate::names::{
    AP_REQ_SHA1, BASE64_BINARY, DS, ENCRYPTED_KEY, ENCRYPTED_KEY_SHA1, SAML_ASSERTION_ID, SAML_ID,
    SAML11_TOKEN, SAML20_TOKEN, THUMBPRINT_SHA1, WSSE11, X509_V3, XENC,
};
use crate::sealer::wsu;
use crate::security::derived::{Derivation, LABEL};
use crate::security::need::Held;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use symbolon_keys::{Certificate, ContentCipher, Random, SecretKey, sha1};
use symbolon_xml::{QName, Shape, Unwritable, Writer};
use symbolon_xmlsec::{Budget, Naming, SealedData, SealedKey, Transport};

const WRAPPED: &str = "m-ek";
const CERTIFICATE: &str = "m-cert";
const SIGNING: &str = "m-dks";
const ENCRYPTING: &str = "m-dke";
const CIPHER: ContentCipher = ContentCipher::Aes256Gcm;
/// Octets of a secret of ours, and of the keys derived from any.
const SECRET: usize = 32;
const NONCE: usize = 16;

/// Who signs, and the KeyInfo that says so.
pub(super) type Signs = (By, Vec<u8>);

/// The keys of a message, ready to encrypt.
pub(super) struct Prepared {
    encrypt: Option<Encrypt>,
    /// The id of the token of the key that signs.
    pub(super) own_token: Option<String>,
    /// The secret, by the name that an answer will call it.
    pub(super) sent: Option<NamedSecret>,
}

struct Encrypt {
    key: SecretKey,
    /// Where in the security header the list of what is encrypted goes.
    at: usize,
    list: List,
}

/// What lists the encrypted parts.
enum List {
    /// A ReferenceList; each part names the derived key.
    Derived(Conversation),
    /// The EncryptedKey itself.
    Wrapped(Box<SealedKey>, Certificate),
}

impl Prepared {
    /// Writes what is sent of the keys.
    pub(super) fn new(
        draft: &mut Draft,
        protection: &Protection<'_>,
        random: &dyn Random,
    ) -> Result<(Self, Option<Signs>), SealFlaw> {
        match protection.keys {
            Keys::Channel => Ok((Self { encrypt: None, own_token: None, sent: None }, None)),
            Keys::Wrapped(recipient) => {
                let secret = SecretKey::generate(SECRET, random)?;
                let sealed = wrapped(recipient, &secret)?;
                let name = Held::EncryptedKeySha1(sha1(sealed.value()));
                insert(draft, &|out| write_key(&sealed, recipient, out))?;
                let sent = NamedSecret { key: secret, name: SecretName::Held(name) };
                let base = |out: &mut Writer| {
                    write_direct(WRAPPED, None, Some(ENCRYPTED_KEY), out);
                };
                Self::derived(draft, (sent, protection.conversation), &base, random)
            }
            Keys::Shared(shared) => {
                let base = |out: &mut Writer| {
                    write_name(&shared.name, protection.conversation, None, out);
                };
                let sent = (shared.clone(), protection.conversation);
                Self::derived(draft, sent, &base, random)
            }
            Keys::Certificates { own, recipient } => Self::certified(draft, own, recipient, random),
        }
    }

    /// Two keys derived from a secret: one signs, one encrypts.
    fn derived(
        draft: &mut Draft,
        (sent, conversation): (NamedSecret, Conversation),
        base: &dyn Fn(&mut Writer),
        random: &dyn Random,
    ) -> Result<(Self, Option<Signs>), SealFlaw> {
        let signing = derive(draft, (SIGNING, conversation), (&sent.key, base), random)?;
        let key = derive(draft, (ENCRYPTING, conversation), (&sent.key, base), random)?;
        let at = keys_written(draft);
        let encrypt = Some(Encrypt { key, at, list: List::Derived(conversation) });
        let info = key_info(&|out| write_derived(SIGNING, conversation, out))?;
        let prepared = Self { encrypt, own_token: None, sent: Some(sent) };
        Ok((prepared, Some((By::Secret(signing), info))))
    }

    fn certified(
        draft: &mut Draft,
        own: CertifiedKey<'_>,
        recipient: Option<&Certificate>,
        random: &dyn Random,
    ) -> Result<(Self, Option<Signs>), SealFlaw> {
        let signs = certificate(draft, CERTIFICATE, own)?;
        let encrypt = match recipient {
            None => None,
            Some(recipient) => {
                let key = SecretKey::generate(CIPHER.key_octets(), random)?;
                let sealed = Box::new(wrapped(recipient, &key)?);
                let at = keys_written(draft);
                Some(Encrypt { key, at, list: List::Wrapped(sealed, recipient.clone()) })
            }
        };
        let prepared = Self { encrypt, own_token: Some(CERTIFICATE.to_owned()), sent: None };
        Ok((prepared, Some(signs)))
    }

    /// Encrypts what is to be hidden, and lists it.
    pub(super) fn encrypt(self, draft: &mut Draft, random: &dyn Random) -> Result<(), SealFlaw> {
        let Some(Encrypt { key, at, list }) = self.encrypt else { return Ok(()) };
        let seal = |plain: &[u8], shape, id: &str| {
            let sealed = SealedData::new(plain, shape, CIPHER, &key, random)?.with_id(id);
            let mut out = Writer::new();
            sealed.write(&mut out, Naming::Written(&|out: &mut Writer| list.write_name(out)));
            Ok::<_, SealFlaw>(out.finish()?)
        };
        let mut ids = Vec::new();
        for part in draft.security.iter_mut().filter(|part| part.hidden) {
            let id = format!("m-ed{}", ids.len());
            part.octets = seal(&part.octets, Shape::Element, &id)?;
            ids.push(id);
        }
        let id = format!("m-ed{}", ids.len());
        draft.body = seal(&draft.body, Shape::Content, &id)?;
        ids.push(id);
        let octets = element(&|out| list.write(&ids, out))?;
        draft.security.insert(at.min(draft.security.len()), Part { octets, hidden: false });
        Ok(())
    }
}

impl List {
    /// The name of the key, in each encrypted part.
    fn write_name(&self, out: &mut Writer) {
        match self {
            Self::Derived(conversation) => write_derived(ENCRYPTING, *conversation, out),
            Self::Wrapped(..) => write_direct(WRAPPED, None, Some(ENCRYPTED_KEY), out),
        }
    }

    fn write(&self, ids: &[String], out: &mut Writer) {
        match self {
            Self::Derived(_) => {
                out.start(&QName::new("xenc", XENC, "ReferenceList"));
                for id in ids {
                    let name = QName::new("xenc", XENC, "DataReference");
                    out.start(&name).attribute("URI", &format!("#{id}")).end();
                }
                out.end();
            }
            Self::Wrapped(sealed, recipient) => {
                let sealed = (**sealed).clone().with_references(ids.iter().cloned());
                write_key(&sealed, recipient, out);
            }
        }
    }
}

/// Who endorses. Keys of secrets are derived; certificates are sent along.
pub(super) fn endorsing(
    draft: &mut Draft,
    signer: &Signer<'_>,
    (number, protection): (usize, &Protection<'_>),
    random: &dyn Random,
) -> Result<Signs, SealFlaw> {
    match signer {
        Signer::Private(own) => certificate(draft, &format!("{CERTIFICATE}{number}"), *own),
        Signer::Shared(shared) => {
            let conversation = protection.conversation;
            let id = format!("{SIGNING}{number}");
            let base = |out: &mut Writer| write_name(&shared.name, conversation, None, out);
            let key = derive(draft, (&id, conversation), (&shared.key, &base), random)?;
            Ok((By::Secret(key), key_info(&|out| write_derived(&id, conversation, out))?))
        }
    }
}

/// Sends a certificate along whose key signs.
fn certificate(draft: &mut Draft, id: &str, own: CertifiedKey<'_>) -> Result<Signs, SealFlaw> {
    insert(draft, &|out| {
        out.start(&wsse("BinarySecurityToken")).attribute_in(&wsu("Id"), id);
        out.attribute("EncodingType", BASE64_BINARY).attribute("ValueType", X509_V3);
        out.text(own.certificate.base64()).end();
    })?;
    let by = By::Private(own.certificate.public_key().clone(), own.algorithm);
    Ok((by, key_info(&|out| write_direct(id, Some(X509_V3), None, out))?))
}

/// Derives a key, and sends along how.
fn derive(
    draft: &mut Draft,
    (id, conversation): (&str, Conversation),
    (secret, base): (&SecretKey, &dyn Fn(&mut Writer)),
    random: &dyn Random,
) -> Result<SecretKey, SealFlaw> {
    let mut nonce = vec![0; NONCE];
    random.fill(&mut nonce)?;
    let name = |local| QName::new("c", conversation.namespace(), local);
    let length = SECRET.to_string();
    insert(draft, &|out| {
        out.start(&name("DerivedKeyToken")).attribute_in(&wsu("Id"), id);
        base(out);
        out.element(&name("Offset"), "0").element(&name("Length"), &length);
        out.element(&name("Nonce"), &STANDARD.encode(&nonce)).end();
    })?;
    let derivation = Derivation { label: LABEL.to_owned(), nonce, offset: 0, length: SECRET };
    let mut left = Budget::MESSAGE;
    derivation.derive(secret, &mut left).map_err(|_| SealFlaw::NoKey)
}

fn wrapped(recipient: &Certificate, key: &SecretKey) -> Result<SealedKey, SealFlaw> {
    let transport = Transport::usual(recipient.public_key().kind());
    Ok(SealedKey::to(recipient.public_key(), key, &transport)?.with_id(WRAPPED))
}

fn write_key(sealed: &SealedKey, recipient: &Certificate, out: &mut Writer) {
    let thumbprint = STANDARD.encode(recipient.thumbprint_sha1());
    let name = |out: &mut Writer| {
        out.start(&wsse("SecurityTokenReference"));
        write_identifier(THUMBPRINT_SHA1, Some(BASE64_BINARY), &thumbprint, out);
        out.end();
    };
    sealed.write(out, Naming::Written(&name));
}

/// Puts a child of the security header behind the timestamp and the keys before it, and before all that uses it.
fn insert(draft: &mut Draft, write: &dyn Fn(&mut Writer)) -> Result<(), SealFlaw> {
    let octets = element(write)?;
    let at = keys_written(draft);
    draft.security.insert(at, Part { octets, hidden: false });
    draft.keys = draft.keys.saturating_add(1);
    Ok(())
}

/// How many children of the security header stand before what uses keys.
fn keys_written(draft: &Draft) -> usize {
    draft.keys.min(draft.security.len())
}

/// A KeyInfo as it stands inside `ds:Signature`, which declares the prefix.
fn key_info(write: &dyn Fn(&mut Writer)) -> Result<Vec<u8>, Unwritable> {
    const DECLARED: &str = concat!(" xmlns:ds=\"", "http://www.w3.org/2000/09/xmldsig#", "\"");
    let octets = element(&|out| {
        out.start(&QName::new("ds", DS, "KeyInfo"));
        write(out);
        out.end();
    })?;
    let text = String::from_utf8(octets).unwrap_or_default(); // written from text
    Ok(text.replacen(DECLARED, "", 1).into_bytes())
}

fn write_direct(id: &str, value_type: Option<&str>, token_type: Option<&str>, out: &mut Writer) {
    out.start(&wsse("SecurityTokenReference"));
    if let Some(token_type) = token_type {
        out.attribute_in(&QName::new("k", WSSE11, "TokenType"), token_type);
    }
    out.start(&wsse("Reference")).attribute("URI", &format!("#{id}"));
    if let Some(value_type) = value_type {
        out.attribute("ValueType", value_type);
    }
    out.end().end();
}

fn write_derived(id: &str, conversation: Conversation, out: &mut Writer) {
    write_direct(id, Some(conversation.derived_key_type()), None, out);
}

/// A reference to a secret that both sides have. BSP R3069, R3072, R6611.
pub(super) fn write_name(
    name: &SecretName,
    conversation: Conversation,
    id: Option<&str>,
    out: &mut Writer,
) {
    let token_type = match name {
        SecretName::Held(Held::EncryptedKeySha1(_)) => Some(ENCRYPTED_KEY),
        SecretName::Held(Held::Context { .. } | Held::ApReqSha1(_)) => None,
        SecretName::Saml11(_) => Some(SAML11_TOKEN),
        SecretName::Saml20(_) => Some(SAML20_TOKEN),
    };
    out.start(&wsse("SecurityTokenReference"));
    if let Some(id) = id {
        out.attribute_in(&wsu("Id"), id);
    }
    if let Some(token_type) = token_type {
        out.attribute_in(&QName::new("k", WSSE11, "TokenType"), token_type);
    }
    let base64 = Some(BASE64_BINARY);
    match name {
        SecretName::Held(Held::EncryptedKeySha1(sha1)) => {
            write_identifier(ENCRYPTED_KEY_SHA1, base64, &STANDARD.encode(sha1), out);
        }
        SecretName::Held(Held::ApReqSha1(sha1)) => {
            write_identifier(AP_REQ_SHA1, base64, &STANDARD.encode(sha1), out);
        }
        SecretName::Held(Held::Context { id, instance }) => {
            out.start(&wsse("Reference")).attribute("URI", id);
            out.attribute("ValueType", conversation.context_type());
            if let Some(instance) = instance {
                out.attribute_in(&QName::new("c", conversation.namespace(), "Instance"), instance);
            }
            out.end();
        }
        SecretName::Saml11(id) => write_identifier(SAML_ASSERTION_ID, None, id, out),
        SecretName::Saml20(id) => write_identifier(SAML_ID, None, id, out),
    }
    out.end();
}

fn write_identifier(kind: &str, encoding: Option<&str>, text: &str, out: &mut Writer) {
    out.start(&wsse("KeyIdentifier")).attribute("ValueType", kind);
    if let Some(encoding) = encoding {
        out.attribute("EncodingType", encoding);
    }
    out.text(text).end();
}
