//! What can be told of a signature for which the product has no key: shape, digests, what it covers, and the value of a small
//! RSA key.
//!
//! In:  a signature, and candidates of which none is a key.
//! Out: what it covers, with what keeps it from being accepted all the same; or why it is refused before that.
//! Never: accepts it.

use symbolon_keys::Digest;
use symbolon_xml::{Element, Tree};
use symbolon_xmlsec::{Accepts, ENCRYPTION_NAMESPACE, EncryptedKey, Flaw, NAMESPACE};

use crate::canonical;
use crate::keyring::{self, Candidate, stand_in};
use crate::signing::{self, BUDGET, Sha1, cause};
use crate::small::SmallKey;
use crate::verdict::Cause;

/// What a signature covers.
pub(crate) struct Told {
    pub(crate) covered: Vec<Element>,
    /// What keeps it from being accepted.
    pub(crate) but: Option<Cause>,
}

pub(crate) fn told(
    tree: &Tree,
    signature: &Element,
    keys: &[Candidate],
    sha1: Sha1,
) -> Result<Told, Cause> {
    shape(tree, signature, sha1)?;
    enclosed_key(signature)?;
    let covered = digested(tree, signature)?;
    let small: Vec<&SmallKey> = keys.iter().filter_map(Candidate::small).collect();
    let but = if small.is_empty() {
        keys.iter().find_map(Candidate::cause).unwrap_or(Cause::NoKey)
    } else if small.iter().any(|key| is_by(key, tree, signature)) {
        Cause::KeySize
    } else {
        return Err(Cause::BadSignature);
    };
    Ok(Told { covered, but: Some(but) })
}

/// Whether a signature is in the profile, by a key that it was never made with: its shape comes first.
pub(crate) fn shape(tree: &Tree, signature: &Element, sha1: Sha1) -> Result<(), Cause> {
    match signing::with(tree, signature, &[], &stand_in(), sha1) {
        Ok(_) | Err(Flaw::BadSignature) => Ok(()),
        Err(flaw) => Err(cause(&flaw)),
    }
}

/// Whether the key that a signature encloses, encrypted, is in the profile.
fn enclosed_key(signature: &Element) -> Result<(), Cause> {
    let is_key = |inside: &Element| inside.is(ENCRYPTION_NAMESPACE, "EncryptedKey");
    let Some(key) = signature.descendants().find(is_key) else { return Ok(()) };
    EncryptedKey::parse(&key, &Accepts::AUTHENTICATED, &mut { BUDGET })
        .map_err(|flaw| cause(&flaw))?;
    Ok(())
}

/// What the signature's references are to, if all digests hold, by our canonical form alone.
fn digested(tree: &Tree, signature: &Element) -> Result<Vec<Element>, Cause> {
    let is_reference = |inside: &Element| inside.is(NAMESPACE, "Reference");
    let info = signature.elements().find(|child| child.is(NAMESPACE, "SignedInfo"));
    let references = info.iter().flat_map(Element::elements).filter(is_reference);
    let target = |reference: Element| {
        let (target, octets) = canonical::digested(tree, &reference)?;
        let digest = digest(&part(&reference, "DigestMethod")?).ok_or(Cause::Unsupported)?;
        let value = keyring::base64(&part(&reference, "DigestValue")?)?;
        if digest.of(&octets).as_ref() == value { Ok(target) } else { Err(Cause::BadDigest) }
    };
    references.map(target).collect()
}

fn digest(method: &Element) -> Option<Digest> {
    match method.attribute("Algorithm")? {
        "http://www.w3.org/2000/09/xmldsig#sha1" => Some(Digest::Sha1),
        "http://www.w3.org/2001/04/xmlenc#sha256" => Some(Digest::Sha256),
        "http://www.w3.org/2001/04/xmldsig-more#sha384"
        | "http://www.w3.org/2001/04/xmlenc#sha384" => Some(Digest::Sha384),
        "http://www.w3.org/2001/04/xmlenc#sha512" => Some(Digest::Sha512),
        _ => None,
    }
}

/// Whether the value is that key's; that of RSASSA-PSS is taken as it is.
fn is_by(key: &SmallKey, tree: &Tree, signature: &Element) -> bool {
    let check = || -> Option<bool> {
        let info = signature.elements().find(|child| child.is(NAMESPACE, "SignedInfo"))?;
        let method = part(&info, "SignatureMethod").ok()?;
        let digest = match method.attribute("Algorithm")?.rsplit('#').next()? {
            "rsa-sha1" => Digest::Sha1,
            "rsa-sha256" => Digest::Sha256,
            "rsa-sha384" => Digest::Sha384,
            "rsa-sha512" => Digest::Sha512,
            other => return Some(other.ends_with("-MGF1")),
        };
        let value = keyring::base64(&part(signature, "SignatureValue").ok()?).ok()?;
        Some(key.verifies(digest, &canonical::signed(tree, &info)?, &value))
    };
    check().unwrap_or(false)
}

fn part(element: &Element, local: &str) -> Result<Element, Cause> {
    element.elements().find(|child| child.is(NAMESPACE, local)).ok_or(Cause::Structure)
}
