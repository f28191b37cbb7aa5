//! Private and secret keys of the vectors.
//!
//! In:  a file of the manifest's key column.
//! Out: a key that the product takes, or why it takes none.
//! Never: a password: where a key lies encrypted too, the manifest names an open copy, and four have none.

use symbolon_keys::{Curve, KeyFlaw, SecretKey, SoftwareDecryptionKey};
use symbolon_testkit::RSA;
use symbolon_xml::Element;
use symbolon_xmlsec::NAMESPACE;
use zeroize::Zeroizing;

use crate::corpus::Corpus;
use crate::keyring::{self, base64};
use crate::parsing::parse;
use crate::small::SmallKey;
use crate::verdict::Cause;
use crate::{der, wycheproof::hexadecimal};

/// Keys that lie only in PKCS#12 under a password: curve and scalar, as `openssl pkcs12 -legacy -nodes` shows them. The
/// passwords are `1234` and `passwd`.
const LOCKED: [(&str, Curve, &str); 4] = [
    (
        "/EC-P256.pfx",
        Curve::P256,
        "28677570e136e834b8e32eba3c491da7822525517d783e0ce333a4df04c17ad1",
    ),
    (
        "/EC-P384.pfx",
        Curve::P384,
        "c5ddb70651b854c408086f25f9ee7f40947a12e6e6b683c8ed987f3e8eaca71ede1dc67b92e421d5cf51acb4ada178d9",
    ),
    (
        "/EC-P521.pfx",
        Curve::P521,
        "00a9e924244cdbdb87ed77c1a42706a8249a2a411222b4b4149a9fd7de7ddf39c6da0a5a08a1a46c25d82a0b8a0ac108f4ca\
         ae76480044d5589382dddcd09c195207",
    ),
    (
        "/EC-P256_SHA256WithECDSA-v02.p12",
        Curve::P256,
        "19d5742b728734088bca75e9c970e72c5e0fa9cf96b9f06362cbe10c64b41ce6",
    ),
];

/// The private key of a file; for none, one that nothing is encrypted to.
pub(crate) fn decryption_key(
    corpus: &Corpus,
    column: &str,
) -> Result<SoftwareDecryptionKey, Cause> {
    if keyring::is_nobodys(column) {
        return SoftwareDecryptionKey::from_pkcs8_pem(RSA.private_pem).map_err(|_| Cause::NoKey);
    }
    let octets = pkcs8(corpus, column)?;
    SoftwareDecryptionKey::from_pkcs8_der(&octets).map_err(|flaw| {
        // Of a short RSA key the product says no more than that it is none that it takes.
        let is_short = flaw == KeyFlaw::Unsupported && der::rsa_numbers(&octets).is_some();
        if is_short { Cause::KeySize } else { keyring::cause(&flaw) }
    })
}

/// The private RSA key of a file that is too short for the product.
pub(crate) fn small_key(corpus: &Corpus, column: &str) -> Result<SmallKey, Cause> {
    SmallKey::private(&pkcs8(corpus, column)?).ok_or(Cause::NoKey)
}

fn pkcs8(corpus: &Corpus, column: &str) -> Result<Vec<u8>, Cause> {
    let path = keyring::path(column.split(';').next().unwrap_or(column));
    Ok(match LOCKED.iter().find(|(end, ..)| path.ends_with(end)) {
        Some((_, curve, scalar)) => {
            let scalar = hexadecimal(scalar).map_err(|_| Cause::NoKey)?;
            der::pkcs8_of_scalar(*curve, &scalar)
        }
        None => der::pkcs8(&corpus.octets(path).map_err(|_| Cause::NoKey)?),
    })
}

/// Secret keys by their names; a file of octets is one without a name, which is any.
pub(crate) struct Secrets(Vec<(Option<String>, SecretKey)>);

impl Secrets {
    /// Of a file of octets, or of the `Keys` of xmlsec1.
    pub(crate) fn read(corpus: &Corpus, path: &str) -> Result<Self, Cause> {
        let octets = corpus.octets(path).map_err(|_| Cause::NoKey)?;
        let secret = |octets| SecretKey::new(Zeroizing::new(octets));
        if !path.ends_with(".xml") {
            return Ok(Self(vec![(None, secret(octets))]));
        }
        let keys = parse(&octets)?;
        let infos = keys.elements().filter(|child| child.is(NAMESPACE, "KeyInfo"));
        let named = infos.filter_map(|info| {
            let is_value = |one: &Element| one.local().ends_with("KeyValue") && !one.has_elements();
            let value = info.descendants().find(is_value)?;
            Some((name(&info), secret(base64(&value).ok()?)))
        });
        Ok(Self(named.collect()))
    }

    /// The key that a KeyInfo names.
    pub(crate) fn find(&self, info: Option<&Element>) -> Option<SecretKey> {
        let wanted = info.and_then(name);
        let fits = |(name, _): &&(Option<String>, SecretKey)| name.is_none() || *name == wanted;
        self.0.iter().find(fits).map(|(_, key)| key.clone())
    }
}

fn name(info: &Element) -> Option<String> {
    let name = info.elements().find(|child| child.is(NAMESPACE, "KeyName"))?;
    Some(name.text().trim().to_owned())
}
