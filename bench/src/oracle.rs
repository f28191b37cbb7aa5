//! What a failed decryption costs beside one that succeeds: who measures must learn nothing from it.
//!
//! In:  how long to measure.
//! Out: the median of each way to fail, from interleaved rounds; equal ones are the claim.
//! Never: a case that does less by our own choice: each is a whole EncryptedAssertion, opened with the same key.
//!
//! The tests show the same as equal work (primitive calls and octets); here it is shown as time.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use symbolon_keys::{ContentCipher, DecryptionKey, KeyKind, SoftwareDecryptionKey, SystemRandom};
use symbolon_xml::{Document, Limits, QName, Writer};
use symbolon_xmlsec::{Accepts, Budget, EncryptedElement, Naming, Recipient, encrypt_element};

use crate::report::median;
use crate::signatures::micros_each;
use crate::xml::ready;
use crate::{Failure, say};

const ROUNDS: u32 = 9;
/// As long as a signed assertion.
const CONTENT: usize = 4096;
const VALUE_END: &str = "</xenc:CipherValue>";

/// One way that a decryption ends.
pub(crate) struct Ending {
    pub(crate) cipher: &'static str,
    pub(crate) name: &'static str,
    pub(crate) micros: Vec<f64>,
    message: Vec<u8>,
    pub(crate) opens: bool,
}

impl Ending {
    /// How much longer it takes than the other ending, in parts of it.
    pub(crate) fn beyond(&self, other: &Self) -> f64 {
        median(&self.micros) / median(&other.micros) - 1.0
    }
}

/// Measures every ending, one after another in each round.
pub(crate) fn all(span: Duration) -> Result<Vec<Ending>, Failure> {
    say("decryption failures");
    let (key, _) = SoftwareDecryptionKey::generate(KeyKind::Rsa { bits: 2048 })?;
    let mut endings = Vec::new();
    for (name, cipher) in
        [("AES-256-GCM", ContentCipher::Aes256Gcm), ("AES-256-CBC", ContentCipher::Aes256Cbc)]
    {
        endings.extend(of_cipher(name, cipher, &key)?);
    }
    let part = span.div_f64(f64::from(ROUNDS) * f64::from(u32::try_from(endings.len())?));
    for _ in 0..ROUNDS {
        for ending in &mut endings {
            let micros = micros_each(part, || open(&ending.message, &key, ending.opens))?;
            ending.micros.push(micros);
        }
    }
    Ok(endings)
}

fn of_cipher(
    cipher_name: &'static str,
    cipher: ContentCipher,
    key: &SoftwareDecryptionKey,
) -> Result<Vec<Ending>, Failure> {
    let element = format!("<a>{}</a>", "x".repeat(CONTENT));
    let broken = format!("<a>{}</b>", "x".repeat(CONTENT));
    let sealed = |content: &str| {
        let to = Recipient::named(key.public_key(), Naming::Nothing).with_cipher(cipher);
        let mut out = Writer::new();
        out.start(&QName::new("e", "urn:bench", "Encrypted"));
        encrypt_element(&mut out, content.as_bytes(), &to, &SystemRandom)?;
        out.end();
        Ok::<_, Failure>(out.finish()?)
    };
    let ending = |name, message, opens| Ending {
        cipher: cipher_name,
        name,
        micros: Vec::new(),
        message,
        opens,
    };
    let good = sealed(&element)?;
    let text = std::str::from_utf8(&good)?;
    let wrapped = damage(text, text.find(VALUE_END).ok_or("no wrapped key")?)?;
    // Of CBC this damages the last block, and so the padding; of GCM the tag.
    let damaged = damage(text, text.rfind(VALUE_END).ok_or("no ciphertext")?)?;
    Ok(vec![
        ending("the wrapped key is damaged", wrapped, false),
        ending("the last octets are damaged", damaged, false),
        ending("what comes out is no XML", sealed(&broken)?, false),
        ending("opens", good, true),
    ])
}

/// The same message with the last octet changed of the CipherValue that ends there.
fn damage(message: &str, end: usize) -> Result<Vec<u8>, Failure> {
    let (before, behind) = message.split_at(end);
    let (before, value) = before.rsplit_once('>').ok_or("no value")?;
    let mut octets = STANDARD.decode(value)?;
    if let Some(last) = octets.last_mut() {
        *last ^= 0x55;
    }
    Ok(format!("{before}>{}{behind}", STANDARD.encode(octets)).into_bytes())
}

fn open(message: &[u8], key: &SoftwareDecryptionKey, opens: bool) -> Result<(), Failure> {
    let root = Document::parse(message, &Limits::TOKEN)?;
    let mut left = Budget::TOKEN;
    let encrypted = EncryptedElement::parse(&root, &Accepts::AUTHENTICATED.and_cbc(), &mut left)?;
    let opened = ready(encrypted.open(key, &SystemRandom));
    if opened.is_ok() == opens { Ok(()) } else { Err("a decryption ended otherwise".into()) }
}
