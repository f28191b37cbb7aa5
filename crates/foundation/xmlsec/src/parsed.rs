//! A `ds:Signature` read strictly.
//!
//! In:  the element, and the [`Rules`] it is read by.
//! Out: all that verification needs, in the profile's own terms.
//! Never: skips what it does not know; whatever is not in the profile is refused, in any position.
//!
//! XML Signature 1.1 §4.

use symbolon_keys::Digest;
use symbolon_xml::{C14n, Element};

use crate::algorithm::NAMESPACE;
use crate::method::{Sha1, digest_method, signature_method};
use crate::shape::{children, expect, octets};
use crate::transform::{What, canonicalization};
use crate::{Budget, Flaw, Profile, Replace, SignatureMethod};

/// What a signature may be.
pub(crate) struct Rules<'r> {
    pub(crate) profile: Profile,
    pub(crate) sha1: Sha1,
    /// Whether `""` may be referred to.
    pub(crate) document: bool,
    pub(crate) replace: Option<&'r dyn Replace>,
}

pub(crate) struct Signature {
    pub(crate) signed_info: Element,
    pub(crate) canonicalization: C14n,
    pub(crate) method: SignatureMethod,
    pub(crate) value: Vec<u8>,
    pub(crate) references: Vec<Reference>,
}

pub(crate) struct Reference {
    pub(crate) target: Target,
    pub(crate) what: What,
    pub(crate) digest: Digest,
    /// The digest that it must have.
    pub(crate) value: Vec<u8>,
}

/// What is referred to.
pub(crate) enum Target {
    /// The element with this id.
    Id(String),
    /// The root of the document.
    Document,
}

impl Signature {
    pub(crate) fn parse(
        element: &Element,
        rules: &Rules<'_>,
        left: &mut Budget,
    ) -> Result<Self, Flaw> {
        // SECURITY: two SignedInfo, one verified and the other read (CVE-2025-29774), is why every child has its place.
        // Test: a_second_signed_info_is_refused.
        let mut inside = children(expect(element, "Signature", &["Id"])?)?;
        let (signed_info, value) = (inside.required()?, inside.required()?);
        // SECURITY: KeyInfo is a hint for whoever chooses the key; here it is not even read.
        // Test: a_key_that_comes_in_key_info_is_not_used.
        inside.optional(NAMESPACE, "KeyInfo");
        for rest in inside {
            match rules.profile {
                Profile::Narrow => return Err(Flaw::Malformed),
                Profile::Full => expect(&rest, "Object", &["Id", "MimeType", "Encoding"])?,
            };
        }
        let mut inside = children(expect(&signed_info, "SignedInfo", &["Id"])?)?;
        let c14n = inside.required()?;
        let c14n = canonicalization(
            expect(&c14n, "CanonicalizationMethod", &["Algorithm"])?,
            rules.profile,
        )?;
        let method = signature_method(&inside.required()?, rules.sha1)?;
        let mut references = Vec::with_capacity(8);
        for reference in inside {
            left.take_reference()?;
            references.push(Reference::parse(&reference, rules)?);
        }
        if references.is_empty() {
            return Err(Flaw::Malformed);
        }
        let value = octets(expect(&value, "SignatureValue", &["Id"])?)?;
        Ok(Self { signed_info, canonicalization: c14n.into_named(), method, value, references })
    }
}

impl Reference {
    fn parse(element: &Element, rules: &Rules<'_>) -> Result<Self, Flaw> {
        let mut inside = children(expect(element, "Reference", &["Id", "Type", "URI"])?)?;
        let transforms = inside.optional(NAMESPACE, "Transforms");
        let (method, value) = (inside.required()?, inside.required()?);
        inside.end()?;
        let what = match transforms {
            Some(transforms) => What::parse(&transforms, rules.profile, rules.replace)?,
            None => What::untransformed(rules.profile)?,
        };
        let digest = digest_method(&method, rules.sha1)?;
        let value = octets(expect(&value, "DigestValue", &[])?)?;
        let target = target(element.attribute("URI"), rules.document)?;
        Ok(Self { target, what, digest, value })
    }
}

// SECURITY: only `#id`. A file or an address would be read before anybody is authenticated; an XPointer, or no URI, means
// different nodes to different readers. Test: references_outside_the_document_are_refused.
fn target(uri: Option<&str>, document: bool) -> Result<Target, Flaw> {
    match uri {
        Some("") if document => Ok(Target::Document),
        Some(uri) => {
            let id = uri.strip_prefix('#').filter(|id| !id.is_empty() && !id.contains('('));
            id.map(|id| Target::Id(id.to_owned())).ok_or(Flaw::Unsupported)
        }
        None => Err(Flaw::Unsupported),
    }
}
