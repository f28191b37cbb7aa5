//! What EncryptedData and EncryptedKey have in common, read strictly.
//!
//! In:  the element.
//! Out: its parts, by what they are for.
//! Never: skips what it does not know; `EncryptionProperties` alone, on which nothing here depends, is not read.
//!
//! XML Encryption 1.1 §3.1 to §3.3.

use symbolon_xml::Element;

use super::algorithm::{ENCRYPTION_11, ENCRYPTION_NAMESPACE};
use crate::algorithm::NAMESPACE_11;
use crate::shape::{children, expect_in, octets};
use crate::{Flaw, NAMESPACE};

/// The parts of an `xenc:EncryptedType`.
pub(super) struct Parts {
    pub(super) method: Method,
    pub(super) key_info: Option<Element>,
    pub(super) value: Vec<u8>,
    /// What stands behind the parts that both have: only an EncryptedKey has them.
    pub(super) list: Option<Element>,
    pub(super) name: Option<Element>,
}

/// An EncryptionMethod with all parameters that any algorithm of the profile takes.
pub(super) struct Method {
    pub(super) algorithm: String,
    pub(super) key_size: Option<Element>,
    pub(super) label: Option<Element>,
    pub(super) digest: Option<Element>,
    pub(super) mask: Option<Element>,
}

impl Parts {
    pub(super) fn parse(element: &Element, local: &str, attributes: &[&str]) -> Result<Self, Flaw> {
        // INTEROP: WSS4J puts a `wsu:Id` on what it signs, others an `xsi:schemaLocation`: other namespaces' attributes say
        // nothing here. The element's own are a closed list.
        let known =
            |namespace: &str, name: &str| !namespace.is_empty() || attributes.contains(&name);
        let strange = element.attributes().any(|a| !known(a.namespace, a.local));
        if !element.is(ENCRYPTION_NAMESPACE, local) || strange {
            return Err(Flaw::Malformed);
        }
        let mut inside = children(element)?;
        let mut optional = |local| inside.optional(ENCRYPTION_NAMESPACE, local);
        let method = optional("EncryptionMethod").ok_or(Flaw::Malformed)?;
        let key_info = inside.optional(NAMESPACE, "KeyInfo");
        let mut optional = |local| inside.optional(ENCRYPTION_NAMESPACE, local);
        let data = optional("CipherData").ok_or(Flaw::Malformed)?;
        let _ = optional("EncryptionProperties");
        let (list, name) = (optional("ReferenceList"), optional("CarriedKeyName"));
        inside.end()?;
        if let Some(key_info) = &key_info {
            refuse_indirection(key_info)?;
        }
        let method = Method::parse(&method)?;
        Ok(Self { method, key_info, value: cipher_value(&data)?, list, name })
    }
}

impl Method {
    fn parse(element: &Element) -> Result<Self, Flaw> {
        let algorithm = algorithm(element, ENCRYPTION_NAMESPACE, "EncryptionMethod")?.to_owned();
        let (mut key_size, mut label, mut digest, mut mask) = (None, None, None, None);
        // In any order: the schema's is not that of the interoperability messages.
        for child in children(element)? {
            let parameter = match (child.namespace(), child.local()) {
                (ENCRYPTION_NAMESPACE, "KeySize") => &mut key_size,
                (ENCRYPTION_NAMESPACE, "OAEPparams") => &mut label,
                (NAMESPACE, "DigestMethod") => &mut digest,
                (ENCRYPTION_11, "MGF") => &mut mask,
                _ => return Err(Flaw::Unsupported),
            };
            if parameter.replace(child).is_some() {
                return Err(Flaw::Malformed);
            }
        }
        Ok(Self { algorithm, key_size, label, digest, mask })
    }

    /// For an algorithm without parameters, of keys with that many octets.
    pub(super) fn alone(&self, key_octets: usize) -> Result<(), Flaw> {
        if self.label.is_some() || self.digest.is_some() || self.mask.is_some() {
            return Err(Flaw::Unsupported);
        }
        let Some(key_size) = &self.key_size else { return Ok(()) };
        let key_size = expect_in(ENCRYPTION_NAMESPACE, key_size, "KeySize", &[])?.only_text();
        let bits = key_size.and_then(|bits| bits.trim_ascii().parse::<usize>().ok());
        if bits.is_some() && bits == key_octets.checked_mul(8) {
            Ok(())
        } else {
            Err(Flaw::Malformed)
        }
    }
}

/// Ways to a key that lead away from here.
// SECURITY: a RetrievalMethod may be circular, go through transforms or leave the message (CVE-2021-40690, XML Encryption
// §6.5). Test: a_key_that_is_elsewhere_is_refused.
fn refuse_indirection(key_info: &Element) -> Result<(), Flaw> {
    let indirect = |child: &Element| {
        child.is(NAMESPACE, "RetrievalMethod")
            || child.is(NAMESPACE_11, "KeyInfoReference")
            || child.is(ENCRYPTION_11, "DerivedKey")
    };
    if key_info.elements().any(|child| indirect(&child)) { Err(Flaw::Unsupported) } else { Ok(()) }
}

fn cipher_value(data: &Element) -> Result<Vec<u8>, Flaw> {
    let mut inside = children(expect_in(ENCRYPTION_NAMESPACE, data, "CipherData", &[])?)?;
    if inside.optional(ENCRYPTION_NAMESPACE, "CipherReference").is_some() {
        return Err(Flaw::Unsupported);
    }
    let value = inside.required()?;
    inside.end()?;
    octets(expect_in(ENCRYPTION_NAMESPACE, &value, "CipherValue", &[])?)
}

/// The algorithm identifier of a method.
pub(super) fn algorithm<'e>(
    element: &'e Element,
    namespace: &str,
    local: &str,
) -> Result<&'e str, Flaw> {
    let method = expect_in(namespace, element, local, &["Algorithm"])?;
    method.attribute("Algorithm").ok_or(Flaw::Malformed)
}

/// The algorithm identifier of a method without parameters.
pub(super) fn algorithm_alone<'e>(
    element: &'e Element,
    namespace: &str,
    local: &str,
) -> Result<&'e str, Flaw> {
    if element.has_elements() {
        return Err(Flaw::Unsupported);
    }
    algorithm(element, namespace, local)
}
