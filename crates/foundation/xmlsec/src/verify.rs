//! Verification of one signature.
//!
//! In:  a `ds:Signature` in a view, the key it must be of, what it must cover, and what is left of the budget.
//! Out: the elements whose octets were digested.
//! Never: finds an element twice: what was digested is what is handed back. Never a digest before the signature's value holds.
//!
//! XML Signature 1.1 §3.2, in the order signature, then references.

use symbolon_keys::{Digest, MacAlgorithm, SignatureAlgorithm};
use symbolon_xml::{C14n, Element, Uncanonical, View};

use crate::method::Sha1;
use crate::parsed::{Reference, Rules, Signature, Target};
use crate::transform::What;
use crate::{Budget, Flaw, Key, NAMESPACE, Profile, Replace, Replacement, SignatureMethod};

/// What a signature must cover.
#[derive(Debug, Clone, Copy)]
pub enum Expected<'e> {
    /// These elements, each once, and nothing else.
    Exactly(&'e [Element]),
    /// The root of the tree, once, and nothing else; it may be referred to by `""`, where it has no id.
    ///
    /// An element that is not the root may be expected as well, but only by its id.
    Document(&'e Element),
    /// Whatever it covers; the caller judges [`VerifiedSignature::covered`].
    Any,
}

/// An element whose octets a verified signature covers. Only verification makes one.
#[derive(Debug, Clone)]
pub struct VerifiedElement(Element);

impl VerifiedElement {
    /// The very element that was digested.
    #[must_use]
    pub fn element(&self) -> &Element {
        &self.0
    }
}

/// A signature that holds. Only verification makes one.
#[derive(Debug, Clone)]
pub struct VerifiedSignature {
    covered: Vec<VerifiedElement>,
    value: Vec<u8>,
    method: SignatureMethod,
    sha1: bool,
}

impl VerifiedSignature {
    /// What it covers, in the order of its references.
    #[must_use]
    pub fn covered(&self) -> &[VerifiedElement] {
        &self.covered
    }

    /// The octets of SignatureValue, for signature confirmation and replay detection.
    #[must_use]
    pub fn value(&self) -> &[u8] {
        &self.value
    }

    /// How it was made.
    #[must_use]
    pub fn method(&self) -> SignatureMethod {
        self.method
    }

    /// Whether it would not hold if SHA-1 did not count: its value or one of its digests is over that hash. Only a key
    /// [that allows it](Key::allowing_sha1) verifies such a signature.
    #[must_use]
    pub fn rests_on_sha1(&self) -> bool {
        self.sha1
    }
}

/// Verifies one signature of the [narrow](Profile::Narrow) profile with one key.
///
/// References are resolved in `view` only. `replace` is a transform of the caller's, for references that use it. For signatures
/// of the full profile: [`Profile::verify`].
///
/// # Errors
///
/// A [`Flaw`]: [`Malformed`](Flaw::Malformed), [`Unsupported`](Flaw::Unsupported) or [`TooMuch`](Flaw::TooMuch) before
/// anything was computed; then [`BadSignature`](Flaw::BadSignature); the others only once the key holder has been shown to
/// have signed just this SignedInfo.
#[expect(
    clippy::too_many_arguments,
    reason = "six things that a signature is judged by, no two of one type"
)]
pub fn verify(
    view: View<'_>,
    signature: &Element,
    key: &Key,
    expected: Expected<'_>,
    replace: Option<&dyn Replace>,
    left: &mut Budget,
) -> Result<VerifiedSignature, Flaw> {
    Profile::Narrow.verify(view, signature, key, expected, replace, left)
}

impl Profile {
    /// Verifies one signature of this profile with one key.
    ///
    /// # Errors
    ///
    /// As [`verify`].
    #[expect(
        clippy::too_many_arguments,
        reason = "six things that a signature is judged by, no two of one type"
    )]
    pub fn verify(
        self,
        view: View<'_>,
        signature: &Element,
        key: &Key,
        expected: Expected<'_>,
        replace: Option<&dyn Replace>,
        left: &mut Budget,
    ) -> Result<VerifiedSignature, Flaw> {
        left.take_signature()?;
        let rules = Rules {
            profile: self,
            sha1: if key.allows_sha1() { Sha1::Counts } else { Sha1::Refused },
            document: matches!(expected, Expected::Document(root) if root.same(view.root())),
            replace,
        };
        let Signature { signed_info, canonicalization, method, value, references } =
            Signature::parse(signature, &rules, left)?;
        let octets = canonical(view, &signed_info, &canonicalization, None, left)?;
        // SECURITY: the value first. A stranger's references cost nothing until a key has vouched for them.
        // Test: a_bad_signature_is_found_before_any_digest.
        key.verify(method, &octets, &value).map_err(|_| Flaw::BadSignature)?;

        let mut covered = Vec::with_capacity(references.len());
        for reference in &references {
            let element = digested(view, signature, reference, replace, left)?;
            covered.extend(element.map(VerifiedElement));
        }
        if expected.met_by(&covered) {
            let sha1 = is_over_sha1(method) || references.iter().any(|r| r.digest == Digest::Sha1);
            Ok(VerifiedSignature { covered, value, method, sha1 })
        } else {
            Err(Flaw::NotExpected)
        }
    }
}

fn is_over_sha1(method: SignatureMethod) -> bool {
    method == SignatureAlgorithm::RsaSha1.into() || method == MacAlgorithm::HmacSha1.into()
}

impl Expected<'_> {
    fn met_by(self, covered: &[VerifiedElement]) -> bool {
        let wanted = match self {
            Self::Exactly(elements) => elements,
            Self::Document(root) => std::slice::from_ref(root),
            Self::Any => return true,
        };
        let is_covered = |wanted: &Element| covered.iter().any(|c| c.element().same(wanted));
        let is_wanted = |c: &VerifiedElement| wanted.iter().any(|wanted| wanted.same(c.element()));
        covered.len() == wanted.len()
            && wanted.iter().all(is_covered)
            && covered.iter().all(is_wanted)
    }
}

/// Checks one digest; the element that it is over, if it is over one of the message.
fn digested(
    view: View<'_>,
    signature: &Element,
    reference: &Reference,
    replace: Option<&dyn Replace>,
    left: &mut Budget,
) -> Result<Option<Element>, Flaw> {
    let target = match &reference.target {
        Target::Id(id) => view.id(id).ok_or(Flaw::UnknownReference)?,
        Target::Document => view.root().clone(),
    };
    // SECURITY: a Manifest lists digests that nobody here compares; who sees it covered may think that what it lists is.
    // Test: a_manifest_is_refused.
    if target.is(NAMESPACE, "Manifest") {
        return Err(Flaw::Unsupported);
    }
    let (octets, element) = match &reference.what {
        What::Whole(c14n) => (canonical(view, &target, c14n, None, left)?, Some(target)),
        What::WithoutSignature(c14n) => {
            // SECURITY: wrapping. Elsewhere the transform would change nothing, and the signature could be moved about.
            // Test: an_enveloped_signature_outside_its_target_is_refused.
            if !encloses(view, &target, signature) {
                return Err(Flaw::NotEnveloped);
            }
            (canonical(view, &target, c14n, Some(signature), left)?, Some(target))
        }
        What::Replaced(c14n) => {
            match replace.and_then(|r| r.replace(view, &target)).ok_or(Flaw::UnknownReference)? {
                Replacement::Element(other) => {
                    (canonical(view, &other, c14n, None, left)?, Some(other))
                }
                Replacement::Written { element, octets } => {
                    if !view.sees(&element) {
                        return Err(Flaw::UnknownReference);
                    }
                    left.take_octets(octets.len())?;
                    (octets, Some(element))
                }
                Replacement::Octets(octets) => {
                    left.take_octets(octets.len())?;
                    (octets, None)
                }
            }
        }
    };
    if reference.digest.of(&octets).as_ref() != reference.value {
        return Err(Flaw::BadDigest);
    }
    Ok(element)
}

fn canonical(
    view: View<'_>,
    apex: &Element,
    method: &C14n,
    without: Option<&Element>,
    left: &mut Budget,
) -> Result<Vec<u8>, Flaw> {
    let octets =
        view.canonicalize(apex, method, without, left.octets).map_err(|why| match why {
            Uncanonical::TooLong => Flaw::TooMuch,
            Uncanonical::RelativeNamespace => Flaw::Unsupported,
            Uncanonical::NotSeen => Flaw::UnknownReference,
        })?;
    left.take_octets(octets.len())?;
    Ok(octets)
}

/// Whether `inner` stands inside `outer`, at any depth.
fn encloses(view: View<'_>, outer: &Element, inner: &Element) -> bool {
    std::iter::successors(view.parent(inner), |around| view.parent(around))
        .any(|around| around.same(outer))
}
