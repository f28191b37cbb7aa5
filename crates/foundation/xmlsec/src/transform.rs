//! Canonicalization methods and transforms.
//!
//! In:  CanonicalizationMethod, or Transforms.
//! Out: what of the target is digested, and how it becomes octets.
//! Never: an expression, a style sheet, a decoder: nothing that computes.
//!
//! XML Signature 1.1 §4.4.1, §4.4.3.4, §6.5, §6.6.

use symbolon_xml::{C14n, Element};

use crate::algorithm::{
    ENVELOPED, EXCLUSIVE, EXCLUSIVE_WITH_COMMENTS, INCLUSIVE, INCLUSIVE_WITH_COMMENTS,
};
use crate::shape::{children, expect, identifier_alone};
use crate::{Flaw, Profile, Replace};

/// Prefixes in one `PrefixList`.
// LIMIT: each is looked up at SignedInfo before the signature is known to be good; WSS4J lists what is in scope, about a dozen.
const MOST_PREFIXES: usize = 64;

/// What of the target is digested.
pub(crate) enum What {
    Whole(C14n),
    WithoutSignature(C14n),
    /// What the caller's transform puts in its place.
    Replaced(C14n),
}

impl What {
    /// Where there are no transforms.
    // SPEC: XML Signature 1.1 §4.4.3.2: without canonicalization, Canonical XML 1.0 without comments is meant.
    pub(crate) fn untransformed(profile: Profile) -> Result<Self, Flaw> {
        implied(profile).map(Self::Whole)
    }

    pub(crate) fn parse(
        transforms: &Element,
        profile: Profile,
        replace: Option<&dyn Replace>,
    ) -> Result<Self, Flaw> {
        let mut inside = children(expect(transforms, "Transforms", &[])?)?;
        let (first, second) = (inside.next(), inside.next());
        for transform in first.iter().chain(&second) {
            expect(transform, "Transform", &["Algorithm"])?;
        }
        // SECURITY: two canonicalizations, or one before enveloped-signature, mean octets that are parsed again.
        // Test: transforms_outside_the_profile_are_refused.
        if inside.next().is_some() {
            return Err(Flaw::Unsupported);
        }
        let first = first.ok_or(Flaw::Unsupported)?;
        if first.attribute("Algorithm") == Some(ENVELOPED) {
            identifier_alone(&first, "Transform")?;
            let c14n = match &second {
                Some(method) => canonicalization(method, profile)?.without_comments,
                None => implied(profile)?,
            };
            return Ok(Self::WithoutSignature(c14n));
        }
        if second.is_some() {
            return Err(Flaw::Unsupported);
        }
        match replace.filter(|r| first.attribute("Algorithm") == Some(r.algorithm())) {
            Some(replace) => {
                replace.canonicalization(&first).map(Self::Replaced).ok_or(Flaw::Unsupported)
            }
            // SPEC: XML Signature 1.1 §4.4.3.3: `#id` and `""` select no comments, so the transform finds none to write.
            None => {
                canonicalization(&first, profile).map(|c14n| Self::Whole(c14n.without_comments))
            }
        }
    }
}

/// The canonicalization where none is stated. Narrow is that it must be: what stands around changes the inclusive form.
fn implied(profile: Profile) -> Result<C14n, Flaw> {
    match profile {
        Profile::Narrow => Err(Flaw::Unsupported),
        Profile::Full => Ok(C14n::inclusive()),
    }
}

/// A method of canonicalization.
pub(crate) struct Canonicalization {
    pub(crate) without_comments: C14n,
    with_comments: bool,
}

impl Canonicalization {
    /// As it was named.
    pub(crate) fn into_named(self) -> C14n {
        if self.with_comments {
            self.without_comments.with_comments()
        } else {
            self.without_comments
        }
    }
}

/// The method that an `Algorithm` names, with the one parameter of exclusive canonicalization, the `PrefixList`.
pub(crate) fn canonicalization(
    method: &Element,
    profile: Profile,
) -> Result<Canonicalization, Flaw> {
    let (exclusive, with_comments) = match method.attribute("Algorithm") {
        Some(EXCLUSIVE) => (true, false),
        Some(EXCLUSIVE_WITH_COMMENTS) => (true, true),
        Some(INCLUSIVE) => (false, false),
        Some(INCLUSIVE_WITH_COMMENTS) => (false, true),
        Some(_) => return Err(Flaw::Unsupported),
        None => return Err(Flaw::Malformed),
    };
    match profile {
        Profile::Narrow if !exclusive || with_comments => return Err(Flaw::Unsupported),
        Profile::Narrow | Profile::Full => {}
    }
    let mut inside = children(method)?;
    let without_comments = match inside.next() {
        None if exclusive => C14n::exclusive(),
        None => C14n::inclusive(),
        Some(list) if exclusive => C14n::exclusive_with(prefix_list(&list)?),
        Some(_) => return Err(Flaw::Unsupported),
    };
    if inside.next().is_some() {
        return Err(Flaw::Unsupported);
    }
    Ok(Canonicalization { without_comments, with_comments })
}

fn prefix_list(list: &Element) -> Result<&str, Flaw> {
    let alone = list.attributes().all(|a| a.namespace.is_empty() && a.local == "PrefixList");
    if !list.is(EXCLUSIVE, "InclusiveNamespaces") || list.has_elements() || !alone {
        return Err(Flaw::Unsupported);
    }
    let prefixes = list.attribute("PrefixList").unwrap_or_default();
    if prefixes.split_ascii_whitespace().count() > MOST_PREFIXES {
        return Err(Flaw::Unsupported);
    }
    Ok(prefixes)
}
