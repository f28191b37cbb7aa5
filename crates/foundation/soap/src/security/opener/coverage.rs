//! What the signatures cover, held against what the endpoint demands.
//!
//! In:  verified signatures, what was decrypted, and the policy.
//! Out: the signatures that prove something here, and how much.
//! Never: a part found by name or id: what counts is that the very node was digested, and that the signer saw what we read.
//!
//! WS-SecurityPolicy 1.2 §4.1.1, §4.2.1, §8; BSP R5607.

use super::decrypt::Decrypted;
use super::finish::Parts;
use super::verify::Verified;
use super::{Covers, Opener};
use crate::envelope::is_for_us;
use crate::names::{SAML11, SAML20, WSSE, WSSE11, WSU};
use crate::security::SecurityFlaw;
use crate::security::demands::{Binding, Demands, Order, Presence, Target};
use crate::{AddressingVersion, Property};
use symbolon_xml::{EVERYTHING, Element, Place};
use symbolon_xmlsec::SignatureMethod;

/// A signature that proves something.
#[derive(Debug)]
pub(super) struct Proof<'o> {
    pub(super) verified: &'o Verified,
    pub(super) covers: Covers,
}

impl Opener {
    /// The signatures that prove something here, as they stood in the header.
    ///
    /// # Errors
    /// The first demand that is not met.
    pub(super) fn proofs(&self, parts: &Parts) -> Result<Vec<Proof<'_>>, SecurityFlaw> {
        let Some(demands) = self.policy.binding.demands() else { return Ok(Vec::new()) };
        let mut proofs = self.over_the_request(demands, parts)?;
        if !self.policy.binding.is_channel() {
            let endorsing = self.endorsing(&proofs);
            if demands.endorsement == Presence::Required && endorsing.is_empty() {
                return Err(SecurityFlaw::Unendorsed);
            }
            proofs.extend(endorsing);
            self.check_encrypted(demands, parts, &proofs)?;
        }
        proofs.sort_by_key(|proof| proof.verified.place);
        self.check_authentic(&proofs)?;
        self.check_places(parts)?;
        Ok(proofs)
    }

    /// Refuses a signature over something that is read in one place only, and stands in another.
    ///
    /// What is inside something else that the same signature covers, nobody has moved.
    // SECURITY: signature wrapping by omission. An address that is moved, into a header that nobody reads, is signed still, and
    // then missing: the message is for anybody, or has no MessageID by which a copy shows.
    // Test: what_is_signed_is_not_moved_out_of_sight.
    fn check_places(&self, parts: &Parts) -> Result<(), SecurityFlaw> {
        let in_place = |verified: &Verified| {
            verified.covered.iter().all(|one| {
                let around = |other: &Element| !other.same(one) && is_inside(one, other);
                self.is_in_place(one, parts) || verified.covered.iter().any(around)
            })
        };
        if self.verified.iter().all(in_place) { Ok(()) } else { Err(SecurityFlaw::Misplaced) }
    }

    /// Whether an element stands where elements of its name are read, if there is such a place.
    fn is_in_place(&self, element: &Element, parts: &Parts) -> bool {
        let mut spoken = [AddressingVersion::V10, AddressingVersion::V2004].into_iter();
        if spoken.any(|version| Property::of(element, version).is_some()) {
            let ours = is_for_us(element, self.message.envelope.version);
            return !ours || parts.headers.iter().any(|block| block.same(element));
        }
        match (element.namespace(), element.local()) {
            (WSU, "Timestamp")
            | (WSSE, "UsernameToken")
            | (WSSE11, "SignatureConfirmation")
            | (SAML20 | SAML11, "Assertion")
            | (SAML20, "EncryptedAssertion") => {
                let around = self.message.tree.view(EVERYTHING).parent(element);
                let security = self.message.security.as_ref();
                security.zip(around).is_some_and(|(security, around)| security.same(&around))
            }
            _ => true,
        }
    }

    /// The signatures over everything that must be signed.
    // SECURITY: signature wrapping, and a signature copied from elsewhere (over a timestamp, say) beside a stranger's over
    // everything: one that covers less proves nothing, whoever made it. Tests: a_body_moved_into_the_header_is_not_signed,
    // a_trusted_signature_over_less_is_dropped.
    fn over_the_request(
        &self,
        demands: &Demands,
        parts: &Parts,
    ) -> Result<Vec<Proof<'_>>, SecurityFlaw> {
        let wanted = self.wanted(demands.signed, parts);
        let fitting = || self.verified.iter().filter(|verified| self.fits(verified));
        let is_whole = |verified: &&Verified| {
            let own = !demands.signed.contains(&Target::OwnToken) || self.covers_own(verified);
            own && wanted.iter().all(|(_, part)| self.covers(verified, part))
        };
        // A proof that was demanded over the timestamp alone is worth a moment, wherever the message was meant to go.
        let momentary = self.policy.binding.is_channel() && demands.signed == [Target::Timestamp];
        let covers = if momentary { Covers::Moment } else { Covers::Request };
        let proof = |verified| Proof { verified, covers: covers.clone() };
        let proofs: Vec<_> = fitting().filter(is_whole).map(proof).collect();
        let demanded = match self.policy.binding {
            Binding::Transport | Binding::Endorsed(_) => demands.endorsement,
            Binding::Symmetric(_) | Binding::Asymmetric(_) => Presence::Required,
        };
        if proofs.is_empty() && demanded == Presence::Required {
            let unsigned = |part: &Element| !fitting().any(|verified| self.covers(verified, part));
            let missing = wanted.iter().find(|(_, part)| unsigned(part)).or(wanted.first());
            return Err(SecurityFlaw::Unsigned(
                missing.map_or(Target::OwnToken, |(target, _)| *target),
            ));
        }
        Ok(proofs)
    }

    /// The signatures over one over the request.
    fn endorsing<'o>(&'o self, over: &[Proof<'o>]) -> Vec<Proof<'o>> {
        let endorses = |verified: &'o Verified| {
            let endorsed =
                over.iter().find(|proof| self.covers(verified, &proof.verified.signature))?;
            let covers = Covers::Endorses(endorsed.verified.root.clone());
            Some(Proof { verified, covers })
        };
        let proven = |verified: &&Verified| {
            over.iter().any(|proof| proof.verified.signature.same(&verified.signature))
        };
        self.verified.iter().filter(|verified| !proven(verified)).filter_map(endorses).collect()
    }

    /// Whether a signature is of the kind that protects messages in this binding.
    fn fits(&self, verified: &Verified) -> bool {
        match (&self.policy.binding, verified.method) {
            (Binding::Transport, _) => false,
            (Binding::Endorsed(_), _)
            | (Binding::Symmetric(_), SignatureMethod::Mac(_))
            | (Binding::Asymmetric(_), SignatureMethod::Signature(_)) => true,
            (Binding::Symmetric(_), SignatureMethod::Signature(_))
            | (Binding::Asymmetric(_), SignatureMethod::Mac(_)) => false,
        }
    }

    /// The parts that a policy names, as far as the message has them; of confirmations, all.
    fn wanted<'p>(&'p self, targets: &[Target], parts: &'p Parts) -> Vec<(Target, &'p Element)> {
        let named = targets.iter().flat_map(|target| {
            let elements = self.parts_of(*target, parts);
            elements.into_iter().map(|element| (*target, element))
        });
        let confirmations = self.contents.confirmations.iter();
        named.chain(confirmations.map(|(element, _)| (Target::Confirmation, element))).collect()
    }

    fn parts_of<'p>(&'p self, target: Target, parts: &'p Parts) -> Vec<&'p Element> {
        match target {
            Target::Body => parts.body.iter().collect(),
            Target::Timestamp => {
                self.contents.timestamp.iter().map(|(element, _)| element).collect()
            }
            Target::Header(property) => {
                let version = AddressingVersion::of(&parts.headers);
                let is_it = |block: &&Element| Property::of(block, version) == Some(property);
                parts.headers.iter().filter(is_it).collect()
            }
            Target::Username => self.contents.username.iter().map(|(element, _)| element).collect(),
            Target::Assertion => self.ring.tokens().map(|(_, sent, _)| sent).collect(),
            Target::Confirmation => {
                self.contents.confirmations.iter().map(|(element, _)| element).collect()
            }
            // These depend on the signature.
            Target::OwnToken | Target::Signature => Vec::new(),
        }
    }

    /// Whether a signature covers an element, and its signer saw there what we read.
    ///
    /// One over ciphertext covers what it hides only where the policy has it so.
    // SECURITY: whoever finds a ciphertext can sign it without knowing what it says.
    // Test: a_signature_over_ciphertext_does_not_cover_what_it_hides.
    pub(super) fn covers(&self, verified: &Verified, part: &Element) -> bool {
        let order = self.policy.binding.demands().map(|demands| demands.order);
        let is_hidden = |decrypted: &Decrypted| {
            decrypted.by >= verified.place && is_inside(&decrypted.data, part)
        };
        verified.covered.iter().any(|covered| covered.same(part))
            && (order == Some(Order::EncryptThenSign) || !self.decrypted.iter().any(is_hidden))
    }

    /// Whether a signature covers the token of its own key, if that stands in the message.
    fn covers_own(&self, verified: &Verified) -> bool {
        if let Some(chain) = self.ring.own_certificates(verified.key) {
            return self.covers(verified, &chain.token);
        }
        let own = self.ring.tokens().find(|(need, ..)| verified.root.is_supplied(*need));
        own.is_none_or(|(_, sent, _)| self.covers(verified, sent))
    }

    /// Whether an element was not to be read by others.
    pub(super) fn is_hidden(&self, element: &Element) -> bool {
        !self.message.tree.view(Place(0, 0)).sees(element)
    }

    fn check_encrypted(
        &self,
        demands: &Demands,
        parts: &Parts,
        proofs: &[Proof<'_>],
    ) -> Result<(), SecurityFlaw> {
        for target in demands.encrypted {
            let elements = match target {
                Target::Body => vec![&parts.content],
                Target::Signature => proofs.iter().map(|proof| &proof.verified.signature).collect(),
                Target::Assertion => {
                    // One that was encrypted as a token is hidden, though what holds it is not.
                    self.ring
                        .tokens()
                        .filter_map(|(_, sent, inside)| inside.is_none().then_some(sent))
                        .collect()
                }
                Target::Timestamp
                | Target::Header(_)
                | Target::Username
                | Target::OwnToken
                | Target::Confirmation => self.parts_of(*target, parts),
            };
            if !elements.into_iter().all(|element| self.is_hidden(element)) {
                return Err(SecurityFlaw::Unencrypted(*target));
            }
        }
        Ok(())
    }

    /// Refuses what was decrypted, unless a signature shows that it belongs to this message and is as it was written.
    ///
    /// It is signed as plaintext; or it is a signature that holds; or who signed has the key that it is encrypted with, and
    /// either the cipher shows that nobody else wrote it, or the ciphertext is signed.
    // SECURITY: what somebody else encrypted, for another message, is not part of this one, whoever puts it here; and whoever
    // may alter ciphertext and see what becomes of it reads it octet by octet (CVE-2011-1096).
    // Tests: what_was_encrypted_for_another_message_is_no_part_of_this, unauthenticated_ciphertext_that_nobody_signed_is_refused.
    fn check_authentic(&self, proofs: &[Proof<'_>]) -> Result<(), SecurityFlaw> {
        let vouches = |decrypted: &Decrypted, verified: &Verified| {
            let covers = |what: &dyn Fn(&Element) -> bool| verified.covered.iter().any(what);
            let around = |covered: &Element| is_inside(&decrypted.data, covered);
            let is_it =
                |element: &Element| decrypted.elements.iter().any(|inside| inside.same(element));
            let own = self.ring.root(decrypted.key).is_ok_and(|root| *root == verified.root);
            let as_plaintext = decrypted.by < verified.place;
            is_it(&verified.signature)
                || (as_plaintext && (covers(&around) || covers(&is_it)))
                || (own && (decrypted.is_authenticated || (!as_plaintext && covers(&around))))
        };
        let is_authentic =
            |decrypted: &Decrypted| proofs.iter().any(|proof| vouches(decrypted, proof.verified));
        if self.decrypted.iter().all(is_authentic) {
            Ok(())
        } else {
            Err(SecurityFlaw::Unauthenticated)
        }
    }
}

/// Whether `inner` is `outer`, or stands inside it.
fn is_inside(inner: &Element, outer: &Element) -> bool {
    std::iter::successors(Some(inner.clone()), Element::parent).any(|around| around.same(outer))
}
