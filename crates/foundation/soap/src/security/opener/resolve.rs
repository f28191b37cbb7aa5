//! From a reference to a key.
//!
//! In:  the KeyInfo of a signature or a ciphertext, or a reference inside another key.
//! Out: a key of the ring; or that it is asked for, or still hidden.
//! Never: a key that two references name differently without knowing it; a way of more than a few steps.
//!
//! WSS SOAP Message Security 1.1.1 §7.7 (how references are processed); BSP R3057, R3211, R5402.

use super::ring::{Chain, Found, Origin, Ring, Source, Use};
use crate::names::{DS, WSSE};
use crate::security::SecurityFlaw;
use crate::security::binary;
use crate::security::derived::{Derivation, DerivedKeyToken};
use crate::security::need::{CertificateName, Held, What, Wrapped};
use crate::security::reference::{Reference, Referred};
use crate::security::replace::Stands;
use symbolon_xml::{EVERYTHING, Element, NodeKey, Tree, View};
use symbolon_xmlsec::{Accepts, Budget, EncryptedKey, KeyHint, KeyInfo, UnwrappedBy};

// LIMIT: a key derived from a key that an encrypted token confirms is two steps. Circles end here.
const MOST_STEPS: u32 = 4;

/// What looking for a key needs to see.
pub(super) struct Look<'o> {
    pub(super) tree: &'o Tree,
    pub(super) left: &'o mut Budget,
    pub(super) accepts: &'o Accepts,
    /// How many octets the key must have; `None` if any will do.
    pub(super) octets: Option<usize>,
    /// How many steps have led here.
    pub(super) steps: u32,
}

impl Look<'_> {
    /// The same, one step further, for a key of any length.
    fn further(&mut self) -> Result<Look<'_>, SecurityFlaw> {
        let steps = self.steps.saturating_add(1);
        // Test: a_circle_of_derived_keys_is_refused.
        if steps > MOST_STEPS {
            return Err(SecurityFlaw::Unavailable);
        }
        Ok(Look { left: &mut *self.left, octets: None, steps, ..*self })
    }
}

impl Ring {
    /// The one key that a `ds:KeyInfo` names.
    pub(super) fn key_info(
        &mut self,
        info: &Element,
        look: &mut Look<'_>,
    ) -> Result<Found, SecurityFlaw> {
        let hints = KeyInfo::read(info)?;
        let [hint] = hints.as_slice() else { return Err(SecurityFlaw::KeyInfo) };
        match hint {
            KeyHint::Other(element) if element.is(WSSE, "SecurityTokenReference") => {
                self.reference(&Reference::read(element)?, look)
            }
            KeyHint::Key(key) => self.sent(info.key(), key.clone(), None),
            KeyHint::Certificate(certificate) => {
                let (token, first) = (info.clone(), certificate.clone());
                self.chain(Chain { token, first, rest: Vec::new() })
            }
            KeyHint::SubjectKeyIdentifier(identifier) => {
                self.named(&CertificateName::SubjectKeyIdentifier(identifier.clone()))
            }
            KeyHint::IssuerSerial { issuer, serial } => {
                self.named(&CertificateName::IssuerSerial {
                    issuer: issuer.clone(),
                    serial: serial.clone(),
                })
            }
            KeyHint::EncryptedKey(element) => self.inline(element, look),
            KeyHint::Name(_)
            | KeyHint::Subject(_)
            | KeyHint::CertificateDigest { .. }
            | KeyHint::AgreementMethod(_)
            | KeyHint::Other(_) => Err(SecurityFlaw::Unavailable),
        }
    }

    /// The key that a reference leads to, derived if the reference implies that.
    pub(super) fn reference(
        &mut self,
        reference: &Reference,
        look: &mut Look<'_>,
    ) -> Result<Found, SecurityFlaw> {
        match &reference.implied {
            None => self.referred(&reference.referred, look),
            Some(derivation) => {
                let node = reference.element.key();
                self.derive(node, derivation, look, |ring, look| {
                    ring.referred(&reference.referred, look)
                })
            }
        }
    }

    fn referred(&mut self, to: &Referred, look: &mut Look<'_>) -> Result<Found, SecurityFlaw> {
        match to {
            // An id that nothing has may show when something is decrypted.
            Referred::Id(id) => match look.tree.view(EVERYTHING).id(id) {
                Some(element) => self.node(element.key(), look),
                None => Ok(Found::Later),
            },
            Referred::EncryptedKeySha1(sha1) => match self.wrapped(sha1).map(Element::key) {
                Some(node) => self.node(node, look),
                None => self.held(Held::EncryptedKeySha1(*sha1)),
            },
            Referred::Held(held) => self.held(held.clone()),
            Referred::Certificate(name) => self.named(name),
            Referred::Embedded(token) => self.embedded(token),
        }
    }

    /// The key that a child of the header is, or leads to.
    pub(super) fn node(
        &mut self,
        node: NodeKey,
        look: &mut Look<'_>,
    ) -> Result<Found, SecurityFlaw> {
        let origin = Origin::Node(node);
        if let Some(found) = self.known(&origin)? {
            return Ok(found);
        }
        // SECURITY: only a child of our header is a key. One in the body, or in another header, is somebody else's (BSP R3066).
        // Test: a_key_that_stands_in_the_body_is_none.
        match self.source(node).cloned().ok_or(SecurityFlaw::Unavailable)? {
            Source::Token(token) => self.ask(origin, What::Token(token)),
            Source::Wrapped(key) => self.wrapped_key(origin, key, look),
            Source::Derived(DerivedKeyToken { base, derivation, .. }) => {
                self.derive(node, &derivation, look, |ring, look| ring.reference(&base, look))
            }
            Source::Held(held) => self.held(held),
            Source::Account(name, derivation) => {
                self.ask(origin, What::Account { name, derivation })
            }
            Source::Certificates(chain) => self.chain(chain),
        }
    }

    fn held(&mut self, held: Held) -> Result<Found, SecurityFlaw> {
        self.ask(Origin::Held(held.clone()), What::Held(held))
    }

    /// The key of a certificate that is named: one that the message carries, else one to be asked for.
    fn named(&mut self, name: &CertificateName) -> Result<Found, SecurityFlaw> {
        match self.certificate_token(name)?.cloned() {
            Some(chain) => self.chain(chain),
            None => self.ask(Origin::Partner(name.clone()), What::Partner(name.clone())),
        }
    }

    /// The key of certificates that the message carries.
    fn chain(&mut self, chain: Chain) -> Result<Found, SecurityFlaw> {
        let (node, first) = (chain.token.key(), chain.first.clone());
        self.add_source(node, Source::Certificates(chain));
        self.sent(node, first.public_key().clone(), Some(first))
    }

    fn embedded(&mut self, token: &Element) -> Result<Found, SecurityFlaw> {
        if token.is(WSSE, "BinarySecurityToken") {
            let (first, rest) = binary::certificates(token)?;
            return self.chain(Chain { token: token.clone(), first, rest });
        }
        // An assertion here would be a credential that stands outside the header's order.
        Err(SecurityFlaw::Unavailable)
    }

    /// A wrapped key that stands where it is used.
    fn inline(&mut self, element: &Element, look: &mut Look<'_>) -> Result<Found, SecurityFlaw> {
        if self.source(element.key()).is_none() {
            let key = EncryptedKey::parse(element, look.accepts, look.left)?;
            self.add_source(element.key(), Source::Wrapped(key));
        }
        self.node(element.key(), look)
    }

    fn wrapped_key(
        &mut self,
        origin: Origin,
        key: EncryptedKey,
        look: &Look<'_>,
    ) -> Result<Found, SecurityFlaw> {
        match key.unwrapped_by() {
            UnwrappedBy::Rsa | UnwrappedBy::Agreement(_) => {}
            // A key wrapped under a key of the same message proves and hides nothing more than that one.
            UnwrappedBy::Secret { .. } => return Err(SecurityFlaw::Unavailable),
        }
        let recipient = key.key_info().and_then(|info| self.recipient(info, look.tree));
        let octets = look.octets;
        self.ask(origin, What::Wrapped(Wrapped { key, recipient, octets }))
    }

    /// The name of the certificate that a key is wrapped for, if one is told.
    fn recipient(&self, info: &Element, tree: &Tree) -> Option<CertificateName> {
        let reference = match info.elements().next()? {
            child if child.is(WSSE, "SecurityTokenReference") => Reference::read(&child).ok()?,
            child if child.is(DS, "X509Data") => return named_in(info),
            _ => return None,
        };
        match reference.referred {
            Referred::Certificate(name) => Some(name),
            Referred::Id(id) => {
                let token = tree.view(EVERYTHING).id(&id)?;
                let Some(Source::Certificates(chain)) = self.source(token.key()) else {
                    return None;
                };
                Some(CertificateName::Thumbprint(chain.first.thumbprint_sha1()))
            }
            Referred::EncryptedKeySha1(_) | Referred::Held(_) | Referred::Embedded(_) => None,
        }
    }

    /// What a signature covers that covers a reference by the STR-Transform.
    pub(super) fn stands_for(
        &self,
        view: View<'_>,
        reference: &Reference,
    ) -> Result<Stands, SecurityFlaw> {
        let token = match &reference.referred {
            Referred::Id(id) => view.id(id),
            Referred::EncryptedKeySha1(sha1) => self.wrapped(sha1).cloned(),
            Referred::Embedded(token) => Some(token.clone()),
            Referred::Certificate(name) => {
                let certificate = self.certificate(name).cloned();
                return certificate.map(Stands::Certificate).ok_or(SecurityFlaw::Unavailable);
            }
            Referred::Held(_) => None,
        };
        let token = token.filter(|token| !token.is(WSSE, "SecurityTokenReference")); // BSP R3057
        token.map(Stands::Token).ok_or(SecurityFlaw::Unavailable)
    }

    fn derive(
        &mut self,
        node: NodeKey,
        derivation: &Derivation,
        look: &mut Look<'_>,
        base: impl FnOnce(&mut Self, &mut Look<'_>) -> Result<Found, SecurityFlaw>,
    ) -> Result<Found, SecurityFlaw> {
        if let Some(found) = self.known(&Origin::Node(node))? {
            return Ok(found);
        }
        let Found::Key(base) = base(self, &mut look.further()?)? else { return Ok(Found::Later) };
        let secret = self.secret(base, Use::Derive)?;
        let key = derivation.derive(&secret, look.left)?;
        self.derived(node, base, key)
    }
}

/// The certificate that a `ds:X509Data` names.
fn named_in(info: &Element) -> Option<CertificateName> {
    KeyInfo::read(info).ok()?.into_iter().find_map(|hint| match hint {
        KeyHint::Certificate(certificate) => {
            Some(CertificateName::Thumbprint(certificate.thumbprint_sha1()))
        }
        KeyHint::SubjectKeyIdentifier(identifier) => {
            Some(CertificateName::SubjectKeyIdentifier(identifier))
        }
        KeyHint::IssuerSerial { issuer, serial } => {
            Some(CertificateName::IssuerSerial { issuer, serial })
        }
        KeyHint::Name(_)
        | KeyHint::Key(_)
        | KeyHint::Subject(_)
        | KeyHint::CertificateDigest { .. }
        | KeyHint::EncryptedKey(_)
        | KeyHint::AgreementMethod(_)
        | KeyHint::Other(_) => None,
    })
}
