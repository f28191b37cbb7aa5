//! Signed and encrypted documents, and how a relying party reads each.
//!
//! In:  `fuzz/samples`, which `cargo run -p symbolon-fuzz-targets --bin samples` wrote once: every run tries the same octets.
//! Out: [`Sample`]s, each with the one reader it is meant for.
//! Never: a sample that its own reader refuses; a test reads them all.

use std::sync::LazyLock;

use symbolon_formats::saml2::Saml2;
use symbolon_formats::saml11::Saml11;
use symbolon_formats::{Format, IssuerKeys};
use symbolon_xmlsec::{Key, Profile};

use crate::envelope::Shape;
use crate::keys::{algorithms, public, secret, trusted};
use crate::{decryptor, envelope, signature_reader, tokens};

type Reader = dyn Fn(&[u8]) -> Option<Said> + Send + Sync;

/// A document, and how it is read.
pub struct Sample {
    name: String,
    octets: Vec<u8>,
    read: Box<Reader>,
}

/// All that a reader believes of a document. Two that say the same are equal.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Said(pub(crate) Vec<String>);

impl Said {
    /// What a reader says in octets of its own.
    #[must_use]
    pub fn of(octets: &[u8]) -> Self {
        Self(vec![String::from_utf8_lossy(octets).into_owned()])
    }
}

impl Sample {
    /// A file of `fuzz/samples`, with a reader for it.
    #[must_use]
    pub fn read_by(
        name: impl Into<String>,
        read: impl Fn(&[u8]) -> Option<Said> + Send + Sync + 'static,
    ) -> Self {
        let name = name.into();
        let octets = kept(&name);
        Self { name, octets, read: Box::new(read) }
    }

    /// The name of its file.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// As it was made.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// What its reader believes of other octets; `None` where it refuses them.
    #[must_use]
    pub fn read(&self, octets: &[u8]) -> Option<Said> {
        (self.read)(octets)
    }
}

/// Every sample that is XML.
pub static SAMPLES: LazyLock<Vec<Sample>> = LazyLock::new(|| {
    let mut all = Vec::new();
    for algorithm in algorithms() {
        let issuer = || IssuerKeys::from(vec![trusted(algorithm)]);
        let name = algorithm.as_jws().unwrap_or_default().to_lowercase();
        let (saml2, saml11) = (issuer(), issuer());
        all.push(token(format!("saml2-{name}.xml"), Saml2, saml2));
        all.push(token(format!("saml11-{name}.xml"), Saml11, saml11));
    }
    for name in ["parts-hs256.xml", "parts-hs384.xml", "parts-hs512.xml"] {
        all.push(signature(name, Key::secret(secret()), Profile::Narrow));
    }
    for name in ["inclusive-es256.xml", "prefixes-es256.xml", "object-es256.xml"] {
        let key = Key::public(public(symbolon_keys::SignatureAlgorithm::EcdsaSha256));
        all.push(signature(name, key, Profile::Full));
    }
    for name in ENCRYPTED {
        all.push(Sample::read_by(name, decryptor::encrypted_assertion));
    }
    for (name, shape) in MESSAGES {
        all.push(Sample::read_by(name, move |octets: &[u8]| envelope::read(octets, shape)));
    }
    all
});

/// Assertions that are signed and then encrypted.
const ENCRYPTED: [&str; 4] = [
    "encrypted-oaep-gcm.xml",
    "encrypted-oaep-mgf1p-gcm.xml",
    "encrypted-ecdh-gcm.xml",
    "encrypted-oaep-cbc.xml",
];

/// Requests.
const MESSAGES: [(&str, Shape); 10] = [
    ("symmetric-username.xml", Shape::Symmetric),
    ("symmetric-username-2005.xml", Shape::Symmetric),
    ("symmetric-context.xml", Shape::Symmetric),
    ("symmetric-holder.xml", Shape::Symmetric),
    ("symmetric-endorsed.xml", Shape::SymmetricEndorsed),
    ("asymmetric-es256.xml", Shape::Signed),
    ("asymmetric-rs512-assertion.xml", Shape::Signed),
    ("asymmetric-ps256-encrypted.xml", Shape::SignedEncrypted),
    ("endorsed-certificate.xml", Shape::Endorsed),
    ("endorsed-holder.xml", Shape::Endorsed),
];

/// Every JWT among the samples.
pub(crate) fn jwts() -> impl Iterator<Item = Vec<u8>> {
    let names = algorithms().filter_map(|algorithm| algorithm.as_jws());
    names.map(|name| kept(&format!("{}.jwt", name.to_lowercase())))
}

fn token(name: String, format: impl Format + 'static, issuer: IssuerKeys) -> Sample {
    Sample::read_by(name, move |octets: &[u8]| tokens::read(&format, &issuer, octets))
}

fn signature(name: &str, key: Key, profile: Profile) -> Sample {
    Sample::read_by(name, move |octets: &[u8]| signature_reader::first(octets, &key, profile))
}

/// A file of `fuzz/samples`.
pub(crate) fn kept(name: &str) -> Vec<u8> {
    let path = format!("{}/../samples/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

impl std::fmt::Debug for Sample {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Sample({})", self.name)
    }
}
