//! One signature is verified.
//!
//! In:  an item of the plan, and its key if that is known.
//! Out: the elements that it covers, as they look from its place in the header.
//! Never: a judgement of what should be covered; a view of what was decrypted below it.
//!
//! WSS SOAP Message Security 1.1.1 §8.4.

use super::resolve::Look;
use super::ring::{Found, KeyId};
use super::{Opener, Root};
use crate::names::DS;
use crate::security::SecurityFlaw;
use crate::security::replace::{Form, StrTransform};
use symbolon_xml::{Element, Place};
use symbolon_xmlsec::{Expected, Flaw, SignatureMethod, VerifiedSignature, verify};

/// A signature that holds.
#[derive(Debug)]
pub(super) struct Verified {
    pub(super) signature: Element,
    pub(super) place: Place,
    pub(super) key: KeyId,
    pub(super) root: Root,
    pub(super) covered: Vec<Element>,
    pub(super) value: Vec<u8>,
    pub(super) method: SignatureMethod,
}

impl Opener {
    /// Verifies; `false` where the key is missing.
    pub(super) fn verify(
        &mut self,
        place: Place,
        signature: &Element,
    ) -> Result<bool, SecurityFlaw> {
        let info = signature.child(DS, "KeyInfo").map_err(|_| SecurityFlaw::KeyInfo)?;
        let info = info.ok_or(SecurityFlaw::KeyInfo)?;
        let mut look = Look {
            tree: &self.message.tree,
            left: &mut self.left,
            accepts: &self.accepts,
            octets: None,
            steps: 0,
        };
        let Found::Key(key) = self.ring.key_info(&info, &mut look)? else { return Ok(false) };
        let view = self.message.tree.view(place);
        let transform =
            StrTransform::prepare(view, signature, |found| self.ring.stands_for(view, found))?;
        let verified = self.verified_by(key, (place, signature), &transform)?;
        let covered = verified.covered().iter().map(|one| one.element().clone()).collect();
        let root = self.ring.root(key)?.clone();
        let (value, method) = (verified.value().to_vec(), verified.method());
        let signature = signature.clone();
        self.verified.push(Verified { signature, place, key, root, covered, value, method });
        Ok(true)
    }

    fn verified_by(
        &mut self,
        key: KeyId,
        (place, signature): (Place, &Element),
        transform: &StrTransform,
    ) -> Result<VerifiedSignature, SecurityFlaw> {
        let key = self.ring.verifying(key)?;
        let view = self.message.tree.view(place);
        let mut with = |form| {
            let replace = transform.in_form(form);
            let left = &mut self.left;
            verify(view, signature, &key, Expected::Any, Some(&replace), left)
        };
        match with(Form::Standard) {
            // INTEROP: .NET writes a token as canonicalization alone would. Both forms say the same of the same element.
            Err(Flaw::BadDigest) if transform.is_used() => Ok(with(Form::Bare)?),
            verified => Ok(verified?),
        }
    }
}
