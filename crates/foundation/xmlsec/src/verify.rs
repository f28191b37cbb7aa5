//! Verification of one signature.
//!
//! In:  a `ds:Signature` in a view, the key it must be of, what it must cover, and what is left of the budget.
//! Out: the elements whose octets were digested.
//! Never: finds an element twice: what was digested is what is handed back. Never a digest before the signature's value holds.
//!
//! XML Signature 1.1 §3.2, in the order signature, then references.

use symbolon_keys::{PublicKey, SignatureAlgorithm, sha256};
use symbolon_xml::{C14n, Element, View};

use crate::parsed::{Reference, Signature, What};
use crate::{Budget, Flaw, Replace, Replacement};

/// What a signature must cover.
#[derive(Debug, Clone, Copy)]
pub enum Expected<'e> {
    /// These elements, each once, and nothing else.
    Exactly(&'e [Element]),
    /// Whatever it covers; the caller judges [`VerifiedSignature::covered`].
    Any,
}

/// An element whose octets a verified signature covers. Only [`verify`] makes one.
#[derive(Debug, Clone)]
pub struct VerifiedElement(Element);

impl VerifiedElement {
    /// The very element that was digested.
    #[must_use]
    pub fn element(&self) -> &Element {
        &self.0
    }
}

/// A signature that holds. Only [`verify`] makes one.
#[derive(Debug, Clone)]
pub struct VerifiedSignature {
    covered: Vec<VerifiedElement>,
    value: Vec<u8>,
    algorithm: SignatureAlgorithm,
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
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }
}

/// Verifies one signature with one key.
///
/// References are resolved in `view` only. `replace` is a transform of the caller's, for references that use it.
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
    key: &PublicKey,
    expected: Expected<'_>,
    replace: Option<&dyn Replace>,
    left: &mut Budget,
) -> Result<VerifiedSignature, Flaw> {
    left.take_signature()?;
    let parsed = Signature::parse(signature, replace, left)?;
    let Signature { signed_info, canonicalization, algorithm, value, references } = parsed;
    let octets = canonical(view, &signed_info, &canonicalization, None, left)?;
    // SECURITY: the value first. A stranger's references cost nothing until a key has vouched for them.
    // Test: a_bad_signature_is_found_before_any_digest.
    key.verify(algorithm, &octets, &value).map_err(|_| Flaw::BadSignature)?;

    let mut covered = Vec::with_capacity(references.len());
    for reference in &references {
        covered.extend(digested(view, signature, reference, replace, left)?.map(VerifiedElement));
    }
    if let Expected::Exactly(elements) = expected
        && !exactly(&covered, elements)
    {
        return Err(Flaw::NotExpected);
    }
    Ok(VerifiedSignature { covered, value, algorithm })
}

/// Checks one digest; the element that it is over, if it is over one of the message.
fn digested(
    view: View<'_>,
    signature: &Element,
    reference: &Reference,
    replace: Option<&dyn Replace>,
    left: &mut Budget,
) -> Result<Option<Element>, Flaw> {
    let target = view.id(&reference.target).ok_or(Flaw::UnknownReference)?;
    let (octets, element) = match &reference.what {
        What::Whole(c14n) => (canonical(view, &target, c14n, None, left)?, Some(target)),
        What::WithoutSignature(c14n) => {
            // SECURITY: wrapping. Elsewhere the transform would change nothing, and the signature could be moved about.
            // Test: an_enveloped_signature_outside_its_target_is_refused.
            if !encloses(&target, signature) {
                return Err(Flaw::NotEnveloped);
            }
            (canonical(view, &target, c14n, Some(signature), left)?, Some(target))
        }
        What::Replaced(c14n) => {
            match replace.and_then(|r| r.replace(view, &target)).ok_or(Flaw::UnknownReference)? {
                Replacement::Element(other) => {
                    (canonical(view, &other, c14n, None, left)?, Some(other))
                }
                Replacement::Octets(octets) => {
                    left.take_octets(octets.len())?;
                    (octets, None)
                }
            }
        }
    };
    if sha256(&octets).as_slice() != reference.digest.as_slice() {
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
        view.canonicalize(apex, method, without, left.octets).map_err(|_| Flaw::TooMuch)?;
    left.take_octets(octets.len())?;
    Ok(octets)
}

/// Whether `inner` stands inside `outer`, at any depth.
fn encloses(outer: &Element, inner: &Element) -> bool {
    std::iter::successors(inner.parent(), Element::parent).any(|around| around.same(outer))
}

fn exactly(covered: &[VerifiedElement], expected: &[Element]) -> bool {
    covered.len() == expected.len()
        && expected.iter().all(|wanted| covered.iter().any(|c| c.element().same(wanted)))
}
