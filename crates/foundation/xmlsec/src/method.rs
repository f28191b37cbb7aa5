//! SignatureMethod and DigestMethod, with the parameters that RSASSA-PSS takes.
//!
//! In:  the element.
//! Out: the method, if it is in the profile and SHA-1 counts where it rests on that.
//! Never: a parameter of any other method.
//!
//! XML Signature 1.1 §4.4.2, §4.4.3.5; RFC 6931 §2.3.9.

use symbolon_keys::{Digest, SignatureAlgorithm};
use symbolon_xml::Element;

use crate::algorithm::{MGF1, NAMESPACE, NAMESPACE_PSS, PSS_WITH_PARAMETERS, digest_named};
use crate::shape::{children, expect, expect_in, identifier_alone};
use crate::{Flaw, SignatureMethod};

/// Whether what rests on SHA-1 counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sha1 {
    Counts,
    Refused,
}

impl Sha1 {
    fn allows(self, weak: bool) -> Result<(), Flaw> {
        match self {
            Self::Refused if weak => Err(Flaw::Unsupported),
            Self::Refused | Self::Counts => Ok(()),
        }
    }
}

/// The method that a SignatureMethod names.
pub(crate) fn signature_method(element: &Element, sha1: Sha1) -> Result<SignatureMethod, Flaw> {
    expect(element, "SignatureMethod", &["Algorithm"])?;
    if element.attribute("Algorithm") == Some(PSS_WITH_PARAMETERS) {
        return pss(element).map(SignatureMethod::Signature);
    }
    let method = SignatureMethod::named(identifier_alone(element, "SignatureMethod")?);
    let method = method.ok_or(Flaw::Unsupported)?;
    sha1.allows(method.is_weak())?;
    Ok(method)
}

/// The digest that a DigestMethod names.
pub(crate) fn digest_method(element: &Element, sha1: Sha1) -> Result<Digest, Flaw> {
    let digest = digest_named(identifier_alone(element, "DigestMethod")?);
    let digest = digest.ok_or(Flaw::Unsupported)?;
    sha1.allows(digest.is_weak())?;
    Ok(digest)
}

// SPEC: RFC 6931 §2.3.9: without a digest SHA-256, without a salt length that of the digest, without a trailer field 1.
// Taken is the one combination per digest that has a name of its own (§2.3.10): others are nobody's.
fn pss(method: &Element) -> Result<SignatureAlgorithm, Flaw> {
    let mut inside = children(method)?;
    let parameters = inside.next();
    inside.end()?;
    let digest = match parameters {
        Some(parameters) => pss_digest(&parameters)?,
        None => Digest::Sha256,
    };
    match digest {
        Digest::Sha1 => Err(Flaw::Unsupported), // has no verifier here: nobody was seen to send it
        Digest::Sha256 => Ok(SignatureAlgorithm::PsSha256),
        Digest::Sha384 => Ok(SignatureAlgorithm::PsSha384),
        Digest::Sha512 => Ok(SignatureAlgorithm::PsSha512),
    }
}

/// The digest of parameters that agree with each other.
fn pss_digest(parameters: &Element) -> Result<Digest, Flaw> {
    let mut inside = children(expect_in(NAMESPACE_PSS, parameters, "RSAPSSParams", &[])?)?;
    let digest = match inside.optional(NAMESPACE, "DigestMethod") {
        Some(method) => digest_method(&method, Sha1::Refused)?,
        None => Digest::Sha256,
    };
    if let Some(mask) = inside.optional(NAMESPACE_PSS, "MaskGenerationFunction") {
        expect_in(NAMESPACE_PSS, &mask, "MaskGenerationFunction", &["Algorithm"])?;
        let mut within = children(&mask)?;
        let same = match within.optional(NAMESPACE, "DigestMethod") {
            Some(method) => digest_method(&method, Sha1::Refused)? == digest,
            None => true,
        };
        within.end()?;
        if !same || mask.attribute("Algorithm").is_some_and(|algorithm| algorithm != MGF1) {
            return Err(Flaw::Unsupported);
        }
    }
    let salt = inside.optional(NAMESPACE_PSS, "SaltLength");
    let trailer = inside.optional(NAMESPACE_PSS, "TrailerField");
    inside.end()?;
    for (number, wanted) in [(salt, digest.octets()), (trailer, 1)] {
        let is_wanted = |of: Element| {
            of.only_text().and_then(|text| text.trim_ascii().parse().ok()) == Some(wanted)
        };
        if !number.is_none_or(is_wanted) {
            return Err(Flaw::Unsupported);
        }
    }
    Ok(digest)
}
