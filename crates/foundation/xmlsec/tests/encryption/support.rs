//! Keys, randomness and messages for the tests of this crate.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex};
use std::task::{Context, Poll, Waker};

use symbolon_keys::{
    BoxFuture, Certificate, DecryptionKey, KeyKind, NoRandomness, Oaep, PublicKey, Random,
    SecretKey, SoftwareDecryptionKey, SoftwareKey, SystemRandom, Undecryptable, Validity,
    self_signed,
};
use symbolon_xml::{C14n, Document, EVERYTHING, Element, Limits, Place, QName, Tree, Writer};
use symbolon_xmlsec::{
    Accepts, Budget, ENCRYPTION_NAMESPACE, EncryptedData, EncryptedElement, EncryptedKey, Flaw,
    Recipient, encrypt_element,
};

pub(crate) const T: &str = "urn:example:token";
pub(crate) const ENCRYPTED: QName = QName::new("t", T, "EncryptedAssertion");
/// In canonical form.
pub(crate) const ASSERTION: &str = "<t:Assertion xmlns:t=\"urn:example:token\" ID=\"_1\">\
     <t:Subject>alice &amp; \u{e9}</t:Subject></t:Assertion>";
/// Where a message decrypts in these tests.
pub(crate) const HERE: Place = Place(1, 0);
pub(crate) const BOTH: Accepts = Accepts::AUTHENTICATED.and_cbc();

pub(crate) static RSA: LazyLock<Party> = LazyLock::new(|| Party::new(KeyKind::Rsa { bits: 2048 }));
pub(crate) static OTHER_RSA: LazyLock<Party> =
    LazyLock::new(|| Party::new(KeyKind::Rsa { bits: 2048 }));
pub(crate) static P256: LazyLock<Party> = LazyLock::new(|| Party::new(KeyKind::P256));
pub(crate) static OTHER_P256: LazyLock<Party> = LazyLock::new(|| Party::new(KeyKind::P256));
pub(crate) static P384: LazyLock<Party> = LazyLock::new(|| Party::new(KeyKind::P384));
pub(crate) static P521: LazyLock<Party> = LazyLock::new(|| Party::new(KeyKind::P521));

/// Somebody who decrypts.
pub(crate) struct Party {
    pub(crate) key: SoftwareDecryptionKey,
    pub(crate) certificate: Certificate,
    /// The private key in PEM.
    pub(crate) pem: String,
}

impl Party {
    fn new(kind: KeyKind) -> Self {
        let (signing, pkcs8) = SoftwareKey::generate(kind).unwrap();
        let validity = Validity { not_before: 1_700_000_000_000, not_after: 4_000_000_000_000 };
        let certificate = self_signed("receiver", &signing, validity).unwrap();
        let key = SoftwareDecryptionKey::from_pkcs8_der(pkcs8.as_der()).unwrap();
        Self { key, certificate, pem: pkcs8.to_pem().unwrap().to_string() }
    }

    pub(crate) fn public(&self) -> &PublicKey {
        self.certificate.public_key()
    }
}

/// What a future of software keys yields: it never waits.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    match std::pin::pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => unreachable!("a software key does not wait"),
    }
}

pub(crate) fn secret(octets: usize) -> SecretKey {
    SecretKey::generate(octets, &SystemRandom).unwrap()
}

pub(crate) fn parse(text: &str) -> Element {
    Document::parse(text.as_bytes(), &Limits::MESSAGE).unwrap()
}

/// The first encrypted element of that name.
pub(crate) fn first(root: &Element, local: &str) -> Element {
    root.descendants().find(|e| e.is(ENCRYPTION_NAMESPACE, local)).unwrap()
}

/// The assertion, encrypted.
pub(crate) fn encrypted_for(to: &Recipient<'_>) -> String {
    encrypted_with(to, ASSERTION)
}

pub(crate) fn encrypted_with(to: &Recipient<'_>, plain: &str) -> String {
    let mut out = Writer::new();
    out.start(&ENCRYPTED);
    encrypt_element(&mut out, plain.as_bytes(), to, &SystemRandom).unwrap();
    out.end();
    String::from_utf8(out.finish().unwrap()).unwrap()
}

pub(crate) fn read(text: &str, accepts: Accepts) -> Result<EncryptedElement, Flaw> {
    EncryptedElement::parse(&parse(text), &accepts, &mut Budget::TOKEN.clone())
}

/// The decrypted element in canonical form.
pub(crate) fn open(text: &str, key: &dyn DecryptionKey) -> Result<String, Flaw> {
    now(read(text, BOTH)?.open(key, &SystemRandom)).map(|tree| canonical(&tree))
}

pub(crate) fn canonical(tree: &Tree) -> String {
    let view = tree.view(EVERYTHING);
    let octets = view.canonicalize(tree.root(), &C14n::exclusive(), None, 1 << 20).unwrap();
    String::from_utf8(octets).unwrap()
}

/// Whether what the text holds is refused before any key is used, as a whole and in its part.
#[track_caller]
pub(crate) fn refused(flaw: Flaw, text: &str) {
    assert_eq!(read(text, BOTH).map(drop), Err(flaw), "{text}");
    let (root, mut left) = (parse(text), Budget::MESSAGE);
    let data = EncryptedData::parse(&first(&root, "EncryptedData"), &BOTH, &mut left).map(drop);
    let key = root.descendants().find(|e| e.is(ENCRYPTION_NAMESPACE, "EncryptedKey"));
    let key = key.map_or(Ok(()), |key| EncryptedKey::parse(&key, &BOTH, &mut left).map(drop));
    assert_eq!(data.and(key), Err(flaw), "{text}");
}

/// The same text with `from` in it become `to`.
#[track_caller]
pub(crate) fn changed(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from} is not in {text}");
    text.replace(from, to)
}

/// What was done with keys and randomness, in order.
pub(crate) type Log = Mutex<Vec<&'static str>>;

/// A private key that tells what it is used for.
pub(crate) struct Watched<'k> {
    pub(crate) key: &'k dyn DecryptionKey,
    pub(crate) log: &'k Log,
}

impl DecryptionKey for Watched<'_> {
    fn public_key(&self) -> &PublicKey {
        self.key.public_key()
    }

    fn decrypt<'a>(
        &'a self,
        oaep: &'a Oaep,
        wrapped: &'a [u8],
    ) -> BoxFuture<'a, Result<SecretKey, Undecryptable>> {
        self.log.lock().unwrap().push("decrypt");
        self.key.decrypt(oaep, wrapped)
    }

    fn agree<'a>(&'a self, peer: &'a PublicKey) -> BoxFuture<'a, Result<SecretKey, Undecryptable>> {
        self.log.lock().unwrap().push("agree");
        self.key.agree(peer)
    }
}

/// Randomness that tells when it is drawn; each octet is the number of the draw.
pub(crate) struct Drawn<'l> {
    draws: AtomicUsize,
    log: &'l Log,
}

impl<'l> Drawn<'l> {
    pub(crate) fn new(log: &'l Log) -> Self {
        Self { draws: AtomicUsize::new(0), log }
    }
}

impl Random for Drawn<'_> {
    fn fill(&self, out: &mut [u8]) -> Result<(), NoRandomness> {
        self.log.lock().unwrap().push("draw");
        let number = self.draws.fetch_add(1, Ordering::Relaxed) + 1;
        out.fill(u8::try_from(number).unwrap());
        Ok(())
    }
}

/// No randomness at all.
pub(crate) struct Exhausted;

impl Random for Exhausted {
    fn fill(&self, _: &mut [u8]) -> Result<(), NoRandomness> {
        Err(NoRandomness)
    }
}
