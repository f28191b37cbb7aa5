//! Keys, tokens and forged parts for the tests of this crate.

use std::sync::LazyLock;
use std::task::{Context, Poll, Waker};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use symbolon_keys::{
    Certificate, Digest, KeyKind, PublicKey, SignatureAlgorithm, SigningKey, SoftwareKey, Validity,
    self_signed,
};
use symbolon_xml::{Document, EVERYTHING, Element, Limits, QName, Tree, Writer};
use symbolon_xmlsec::{
    Budget, Expected, Flaw, Key, KeyInfo, NAMESPACE, Profile, SignatureMethod, SignedInfo,
    VerifiedSignature,
};

pub(crate) const T: &str = "urn:example:token";
pub(crate) const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
pub(crate) const ECDSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
pub(crate) const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
pub(crate) const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
pub(crate) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

pub(crate) static RSA: LazyLock<Signer> =
    LazyLock::new(|| Signer::new(KeyKind::Rsa { bits: 2048 }));
pub(crate) static EC: LazyLock<Signer> = LazyLock::new(|| Signer::new(KeyKind::P256));
pub(crate) static STRANGER: LazyLock<Signer> = LazyLock::new(|| Signer::new(KeyKind::P256));

pub(crate) struct Signer {
    key: SoftwareKey,
    pub(crate) certificate: Certificate,
    /// The private key in PEM.
    pub(crate) pem: String,
}

impl Signer {
    pub(crate) fn new(kind: KeyKind) -> Self {
        let (key, pkcs8) = SoftwareKey::generate(kind).unwrap();
        let validity = Validity { not_before: 1_700_000_000_000, not_after: 4_000_000_000_000 };
        let certificate = self_signed("signer", &key, validity).unwrap();
        Self { key, certificate, pem: pkcs8.to_pem().unwrap().to_string() }
    }

    pub(crate) fn key(&self) -> Key {
        self.public().into()
    }

    /// The RSA key, signing with another algorithm.
    pub(crate) fn rsa_with(algorithm: SignatureAlgorithm) -> SoftwareKey {
        SoftwareKey::from_pkcs8_pem(&RSA.pem).unwrap().signing_with(algorithm).unwrap()
    }

    pub(crate) fn public(&self) -> &PublicKey {
        self.key.public_key()
    }

    pub(crate) fn algorithm(&self) -> SignatureAlgorithm {
        self.key.algorithm()
    }

    pub(crate) fn identifier(&self) -> &'static str {
        SignatureMethod::from(self.algorithm()).identifier()
    }

    pub(crate) fn sign(&self, octets: &[u8]) -> Vec<u8> {
        sign_with(&self.key, octets)
    }

    /// The token about `subject`, as the product signs it.
    pub(crate) fn token(&self, subject: &str) -> String {
        let (unsigned, place) = unsigned(subject);
        let info = SignedInfo::enveloped("_1", unsigned.as_bytes(), self.algorithm()).unwrap();
        let value = self.sign(info.octets());
        let signature = info.into_signature(&value, KeyInfo::Certificate(&self.certificate));
        with_signature(&unsigned, place, &String::from_utf8(signature).unwrap())
    }

    /// A signature over any SignedInfo that an attacker, or a clumsy partner, could come up with.
    pub(crate) fn signature(&self, references: &str) -> String {
        signature_with(references, self.identifier(), "", |octets| self.sign(octets))
    }
}

pub(crate) fn sign_with(key: &SoftwareKey, octets: &[u8]) -> Vec<u8> {
    match key.sign(octets).as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value.unwrap(),
        Poll::Pending => unreachable!("a key in memory does not wait"),
    }
}

/// A `ds:Signature` around these references; `method` is the inside of SignatureMethod.
pub(crate) fn signature_with(
    references: &str,
    algorithm: &str,
    method: &str,
    sign: impl FnOnce(&[u8]) -> Vec<u8>,
) -> String {
    let inside = format!(
        "<ds:CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\"></ds:CanonicalizationMethod>\
         <ds:SignatureMethod Algorithm=\"{algorithm}\">{method}</ds:SignatureMethod>{references}</ds:SignedInfo>"
    );
    let canonical = format!("<ds:SignedInfo xmlns:ds=\"{NAMESPACE}\">{inside}");
    let value = STANDARD.encode(sign(canonical.as_bytes()));
    format!(
        "<ds:Signature xmlns:ds=\"{NAMESPACE}\"><ds:SignedInfo>{inside}\
         <ds:SignatureValue>{value}</ds:SignatureValue></ds:Signature>"
    )
}

/// A reference in canonical form.
pub(crate) fn reference(uri: &str, transforms: &[&str], digested: &[u8]) -> String {
    let transforms: String = transforms.iter().map(|t| transform(t, "")).collect();
    reference_with(&format!(" URI=\"{uri}\""), &transforms, digested)
}

pub(crate) fn reference_with(attributes: &str, transforms: &str, digested: &[u8]) -> String {
    let transforms = format!("<ds:Transforms>{transforms}</ds:Transforms>");
    reference_by(Digest::Sha256, attributes, &transforms, digested)
}

/// A reference with this digest and whatever stands for its Transforms.
pub(crate) fn reference_by(
    digest: Digest,
    attributes: &str,
    transforms: &str,
    digested: &[u8],
) -> String {
    let identifier = match digest {
        Digest::Sha1 => "http://www.w3.org/2000/09/xmldsig#sha1",
        Digest::Sha256 => SHA256,
        Digest::Sha384 => "http://www.w3.org/2001/04/xmldsig-more#sha384",
        Digest::Sha512 => "http://www.w3.org/2001/04/xmlenc#sha512",
    };
    format!(
        "<ds:Reference{attributes}>{transforms}\
         <ds:DigestMethod Algorithm=\"{identifier}\"></ds:DigestMethod><ds:DigestValue>{}</ds:DigestValue></ds:Reference>",
        STANDARD.encode(digest.of(digested))
    )
}

pub(crate) fn transform(algorithm: &str, inside: &str) -> String {
    format!("<ds:Transform Algorithm=\"{algorithm}\">{inside}</ds:Transform>")
}

/// A token in canonical form, and where its signature goes.
pub(crate) fn unsigned(subject: &str) -> (String, usize) {
    let mut out = Writer::new();
    out.start(&QName::new("t", T, "Assertion")).attribute("ID", "_1");
    out.element(&QName::new("t", T, "Issuer"), "https://sts.example");
    let place = out.offset();
    out.start(&QName::new("t", T, "Subject"))
        .element(&QName::new("t", T, "NameID"), subject)
        .end()
        .end();
    (String::from_utf8(out.finish().unwrap()).unwrap(), place)
}

pub(crate) fn with_signature(unsigned: &str, place: usize, signature: &str) -> String {
    let (before, after) = unsigned.split_at(place);
    format!("{before}{signature}{after}")
}

/// A token whose signature is over these references, by that signer.
pub(crate) fn token_with(signer: &Signer, subject: &str, references: &str) -> String {
    let (unsigned, place) = unsigned(subject);
    with_signature(&unsigned, place, &signer.signature(references))
}

pub(crate) fn parse(text: &str) -> Element {
    Document::parse(text.as_bytes(), &Limits::MESSAGE).unwrap()
}

/// The first signature anywhere in the document: the attacker's best case, a caller who does not look where it stands.
pub(crate) fn first_signature(root: &Element) -> Element {
    root.descendants().find(|e| e.is(NAMESPACE, "Signature")).unwrap()
}

/// Verifies the first signature as that of the root; the NameID in the verified element.
pub(crate) fn subject(text: &str, key: impl Into<Key>) -> Result<String, Flaw> {
    subject_in(Profile::Narrow, text, key)
}

pub(crate) fn subject_in(
    profile: Profile,
    text: &str,
    key: impl Into<Key>,
) -> Result<String, Flaw> {
    let verified = verified_in(profile, text, key)?;
    let [covered] = verified.covered() else { unreachable!("exactly one was expected") };
    Ok(name(covered.element()))
}

/// Verifies the first signature as that of the root.
pub(crate) fn verified_in(
    profile: Profile,
    text: &str,
    key: impl Into<Key>,
) -> Result<VerifiedSignature, Flaw> {
    let root = parse(text);
    let tree = Tree::new(root.clone()).unwrap();
    let (view, signature) = (tree.view(EVERYTHING), first_signature(&root));
    let expected = Expected::Exactly(std::slice::from_ref(&root));
    let mut left = Budget::TOKEN;
    profile.verify(view, &signature, &key.into(), expected, None, &mut left)
}

/// Verifies the first signature, whatever it covers; the NameIDs in what it covers.
pub(crate) fn covered(text: &str, key: impl Into<Key>) -> Result<Vec<String>, Flaw> {
    covered_in(Profile::Narrow, text, key)
}

pub(crate) fn covered_in(
    profile: Profile,
    text: &str,
    key: impl Into<Key>,
) -> Result<Vec<String>, Flaw> {
    let root = parse(text);
    let tree = Tree::new(root.clone()).unwrap();
    let (view, signature) = (tree.view(EVERYTHING), first_signature(&root));
    let (expected, mut left) = (Expected::Any, Budget::MESSAGE);
    let verified = profile.verify(view, &signature, &key.into(), expected, None, &mut left)?;
    Ok(verified.covered().iter().map(|c| name(c.element())).collect())
}

/// The NameID of an assertion; of what is none, the first inside.
pub(crate) fn name(element: &Element) -> String {
    let subject = element.child(T, "Subject").unwrap().unwrap_or_else(|| element.clone());
    let name = subject.descendants().find(|inside| inside.is(T, "NameID"));
    name.map(|name| name.text()).unwrap_or_default()
}

/// The signed token about alice, its signature, and the unsigned token about mallory with the same id.
pub(crate) struct Scene {
    pub(crate) signed: String,
    pub(crate) signature: String,
    pub(crate) evil: String,
    pub(crate) place: usize,
}

pub(crate) fn scene() -> Scene {
    let signed = EC.token("alice");
    let start = signed.find("<ds:Signature").unwrap();
    let end = signed.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    let (evil, place) = unsigned("mallory");
    Scene { signature: signed[start..end].to_owned(), signed, evil, place }
}

impl Scene {
    /// mallory's token with another id.
    pub(crate) fn evil_renamed(&self) -> String {
        self.evil.replace("\"_1\"", "\"_2\"")
    }
}

#[track_caller]
pub(crate) fn refused(flaw: Flaw, text: &str) {
    assert_eq!(subject(text, EC.public()), Err(flaw), "{text}");
}

/// A token about alice whose trusted signer signed these references.
#[track_caller]
pub(crate) fn refused_references(flaw: Flaw, references: &str) {
    let text = token_with(&EC, "alice", references);
    assert_eq!(subject(&text, EC.public()), Err(flaw), "{text}");
    assert_eq!(covered(&text, EC.public()), Err(flaw), "{text}");
}

pub(crate) fn alice() -> Vec<u8> {
    unsigned("alice").0.into_bytes()
}
