//! All work is done: what the message says, and what proves it.
//!
//! In:  an opener without undone items.
//! Out: [`Opened`], or the demand that is not met.
//! Never: a header, a body or a token read elsewhere than in the nodes that were judged.
//!
//! WSS SOAP Message Security 1.1.1 §9.3 (EncryptedHeader); SAML Token Profile §3.5 (holder of key).

use super::coverage::Proof;
use super::plan::is_encrypted_header;
use super::ring::{Answered, Origin, Source};
use super::{Covers, Opened, Opener, Root, Signed};
use crate::envelope::{check_understood, is_for_us};
use crate::names::SAML11;
use crate::sealer::{Bequest, ReplyKey};
use crate::security::SecurityFlaw;
use crate::security::need::{Held, NeedId, What, encrypted_key_sha1};
use crate::security::token::{Token, TokenKind};
use crate::{
    Addressing, AddressingVersion, EnvelopeFlaw, Flaw, NamedSecret, Property, SecretName, Unopened,
};
use symbolon_xml::{EVERYTHING, Element};

/// The parts of the message as they look in the end.
#[derive(Debug)]
pub(super) struct Parts {
    /// The header blocks for us, decrypted.
    pub(super) headers: Vec<Element>,
    /// The Body.
    pub(super) body: Option<Element>,
    /// Its one child.
    pub(super) content: Element,
}

/// What opening found, beside the message itself.
struct Findings {
    parts: Parts,
    /// What the addressing headers say, where that was encrypted.
    addressing: Option<Addressing>,
    signatures: Vec<Signed>,
    tokens: Vec<Token>,
    reply: Option<ReplyKey>,
}

impl Root {
    /// Whether it is what was answered under this need.
    pub(super) fn is_supplied(&self, need: NeedId) -> bool {
        match self {
            Self::Supplied(supplied) => *supplied == need,
            Self::Sent(_) => false,
        }
    }
}

impl Opener {
    /// Judges the whole.
    pub(super) fn finish(self: Box<Self>) -> Result<Box<Opened>, Unopened> {
        let findings = match self.findings() {
            Ok(findings) => findings,
            Err(flaw) => return Err(self.unopened(flaw)),
        };
        let Findings { parts, addressing, signatures, tokens, reply } = findings;
        let Self { message, contents, verified, ring, left, .. } = *self;
        let signatures_sent = verified.into_iter().map(|verified| verified.value).collect();
        let conversation = ring.conversation();
        let bequest = Bequest { key: reply, conversation, signatures: signatures_sent };
        let addressing = addressing.unwrap_or(message.addressing);
        let relates_to = addressing.message_id.clone();
        Ok(Box::new(Opened {
            sealer: message.sealer.after_opening(relates_to, bequest),
            tree: message.tree,
            version: message.envelope.version,
            addressing,
            timestamp: contents.timestamp.map(|(_, stamp)| stamp),
            tokens,
            signatures,
            confirmations: contents.confirmations.into_iter().map(|(_, one)| one).collect(),
            body: parts.content,
            left,
        }))
    }

    fn findings(&self) -> Result<Findings, Flaw> {
        self.check_timestamp()?;
        let parts = self.parts()?;
        let read = || Addressing::read(&parts.headers, self.policy.doubles);
        let encrypted = !self.contents.revealed.is_empty();
        let addressing = if encrypted { Some(read()?) } else { None };
        let proofs = self.proofs(&parts)?;
        self.check_holders(&proofs)?;
        Ok(Findings {
            addressing,
            signatures: proofs.iter().map(|proof| self.signed(proof, &parts)).collect(),
            tokens: self.tokens(&proofs),
            reply: self.reply_key(&proofs),
            parts,
        })
    }

    /// Headers and body, decrypted.
    fn parts(&self) -> Result<Parts, Flaw> {
        let envelope = &self.message.envelope;
        let protected = self.policy.binding.demands().is_some();
        let mut headers = Vec::with_capacity(envelope.headers.len());
        let mut revealed = Vec::new();
        for sent in &envelope.headers {
            let inside = self.contents.revealed.iter().find(|(around, _)| around.same(sent));
            match inside {
                Some((_, block)) if is_for_us(block, envelope.version) => {
                    revealed.push(block.clone());
                    headers.push(block.clone());
                }
                Some(_) => {}
                None if protected && is_encrypted_header(sent) => {
                    return Err(SecurityFlaw::Unavailable.into());
                }
                None => headers.push(sent.clone()),
            }
        }
        let spoken = AddressingVersion::of(&headers);
        check_understood(&revealed, envelope.version, |block| {
            Property::of(block, spoken).is_some()
        })?;
        let body = envelope.body_element();
        let inside = body.as_ref().map(|body| self.message.tree.view(EVERYTHING).elements(body));
        let [content] = inside.as_deref().unwrap_or_default() else {
            return Err(EnvelopeFlaw::BodyNotOneElement.into());
        };
        Ok(Parts { headers, content: content.clone(), body })
    }

    // SECURITY: a key that a token confirms and that nothing in the message proves is a stolen token.
    // Test: holder_without_proof_is_refused.
    fn check_holders(&self, proofs: &[Proof<'_>]) -> Result<(), SecurityFlaw> {
        let is_proven =
            |need: NeedId| proofs.iter().any(|proof| proof.verified.root.is_supplied(need));
        if self.ring.holders().all(is_proven) { Ok(()) } else { Err(SecurityFlaw::HolderUnproven) }
    }

    fn signed(&self, proof: &Proof<'_>, parts: &Parts) -> Signed {
        let verified = proof.verified;
        let version = AddressingVersion::of(&parts.headers);
        let covered = parts.headers.iter().filter(|block| self.covers(verified, block));
        Signed {
            root: verified.root.clone(),
            covers: proof.covers.clone(),
            method: verified.method,
            id: verified.signature.attribute("Id").map(str::to_owned),
            value: verified.value.clone(),
            properties: covered.filter_map(|block| Property::of(block, version)).collect(),
        }
    }

    /// The tokens, in header order; last the certificates that stand where they are used.
    fn tokens(&self, proofs: &[Proof<'_>]) -> Vec<Token> {
        let view = self.message.tree.view(EVERYTHING);
        let children = self.message.security.iter().flat_map(|security| view.elements(security));
        let mut tokens: Vec<Token> =
            children.filter_map(|child| self.token(&child, proofs)).collect();
        for proof in proofs {
            let Some(chain) = self.ring.own_certificates(proof.verified.key) else { continue };
            if !tokens.iter().any(|token| token.element.same(&chain.token)) {
                tokens.extend(self.certificate(&chain.token, proofs));
            }
        }
        tokens
    }

    /// The token that a child of the header is.
    fn token(&self, child: &Element, proofs: &[Proof<'_>]) -> Option<Token> {
        if let Some((element, kind)) = &self.contents.username
            && element.same(child)
        {
            let need = self.ring.need_of(&Origin::Node(child.key()));
            return Some(self.presented(child, need, kind.clone(), proofs));
        }
        let mut verified = self.ring.tokens();
        let is_it = |sent: &Element, inside: Option<&Element>| {
            sent.same(child) || inside.is_some_and(|inside| inside.same(child))
        };
        if let Some((need, sent, inside)) = verified.find(|(_, sent, inside)| is_it(sent, *inside))
        {
            let mut token = self.presented(sent, Some(need), TokenKind::Assertion, proofs);
            if let Some(inside) = inside {
                token.element = inside.clone();
                token.confidential = true;
            }
            return Some(token);
        }
        match self.ring.source(child.key())? {
            Source::Certificates(_) => self.certificate(child, proofs),
            Source::Held(held) => {
                let need = self.ring.need_of(&Origin::Held(held.clone()));
                Some(self.presented(child, need, TokenKind::Context, proofs))
            }
            Source::Token(_) | Source::Wrapped(_) | Source::Derived(_) | Source::Account(..) => {
                None
            }
        }
    }

    /// Certificates whose key signed. INTEROP: others are sent along, as a chain, and mean nothing.
    fn certificate(&self, token: &Element, proofs: &[Proof<'_>]) -> Option<Token> {
        let mut chains =
            proofs.iter().filter_map(|proof| self.ring.own_certificates(proof.verified.key));
        let chain = chains.find(|chain| chain.token.same(token))?;
        let chain = std::iter::once(&chain.first).chain(&chain.rest).cloned().collect();
        Some(self.presented(token, None, TokenKind::Certificate(chain), proofs))
    }

    fn presented(
        &self,
        element: &Element,
        need: Option<NeedId>,
        kind: TokenKind,
        proofs: &[Proof<'_>],
    ) -> Token {
        let covering = proofs.iter().filter(|proof| self.covers(proof.verified, element));
        Token {
            element: element.clone(),
            need,
            covered_by: covering.map(|proof| proof.verified.root.clone()).collect(),
            confidential: self.policy.binding.is_channel() || self.is_hidden(element),
            kind,
        }
    }

    /// The key that the answer is protected with: of the first signature over the whole request.
    // SECURITY: not that of any other key or certificate in the header; those are anybody's.
    // Test: an_answer_is_encrypted_to_the_certificate_that_signed.
    fn reply_key(&self, proofs: &[Proof<'_>]) -> Option<ReplyKey> {
        if self.policy.binding.is_channel() {
            return None;
        }
        let first = proofs.iter().find(|proof| proof.covers == Covers::Request)?;
        let need = match &first.verified.root {
            Root::Sent(_) => None,
            Root::Supplied(need) => self.ring.answered_secret(*need),
        };
        match need {
            None => {
                self.ring.certificate_of(first.verified.key).cloned().map(ReplyKey::Certificate)
            }
            Some(Answered { secret, what, inside }) => {
                let name = name_of(what, inside)?;
                Some(ReplyKey::Secret(NamedSecret { key: secret.clone(), name }))
            }
        }
    }
}

/// How an answer names the secret that was asked for; `None` if it has no name.
fn name_of(what: &What, inside: Option<&Element>) -> Option<SecretName> {
    match what {
        What::Wrapped(wrapped) => {
            Some(SecretName::Held(Held::EncryptedKeySha1(encrypted_key_sha1(&wrapped.key))))
        }
        What::Held(held) => Some(SecretName::Held(held.clone())),
        What::Token(sent) => {
            let token = inside.unwrap_or(sent);
            if token.namespace() == SAML11 {
                token.attribute("AssertionID").map(|id| SecretName::Saml11(id.to_owned()))
            } else {
                token.attribute("ID").map(|id| SecretName::Saml20(id.to_owned()))
            }
        }
        What::Account { .. } | What::Partner(_) => None,
    }
}
