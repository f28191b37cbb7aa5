//! The keys of a message: where each is to be had, which are asked for, what each was used for.
//!
//! In:  the children of the header that are keys or lead to one; answers.
//! Out: keys, each with its root.
//! Never: a key for two uses; more keys than a message needs; two questions for one thing.
//!
//! XML Encryption 1.1 §6.9 (one key, one algorithm).

use super::Root;
use crate::Conversation;
use crate::security::SecurityFlaw;
use crate::security::derived::DerivedKeyToken;
use crate::security::need::{
    Answer, CertificateName, Held, Material, Need, NeedId, PasswordDerivation, What,
    encrypted_key_sha1,
};
use std::collections::HashMap;
use symbolon_keys::{Certificate, ContentCipher, PublicKey, SecretKey};
use symbolon_xml::{Element, NodeKey};
use symbolon_xmlsec::{EncryptedKey, Key, Until};

// LIMIT: a session key with two keys derived from it, an endorsing token's key with another two, and its certificate: six.
const MOST_KEYS: usize = 8;

/// A key of the ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct KeyId(usize);

/// A child of the header that is a key, or leads to one.
#[derive(Debug, Clone)]
pub(super) enum Source {
    Token(Element),
    Wrapped(EncryptedKey),
    Derived(DerivedKeyToken),
    Held(Held),
    Account(String, PasswordDerivation),
    Certificates(Chain),
}

/// A token that holds certificates.
#[derive(Debug, Clone)]
pub(super) struct Chain {
    pub(super) token: Element,
    /// The sender's, then those that issued one another.
    pub(super) first: Certificate,
    pub(super) rest: Vec<Certificate>,
}

/// By what a key is found again.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Origin {
    Node(NodeKey),
    Held(Held),
    Partner(CertificateName),
}

/// What a key is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Verify,
    Decrypt(ContentCipher),
    Derive,
}

/// What came of looking for a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    Key(KeyId),
    /// It is asked for, or what is referred to may still be encrypted.
    Later,
}

/// The keys of a message.
#[derive(Debug, Default)]
pub(super) struct Ring {
    keys: Vec<Entry>,
    sources: HashMap<NodeKey, Source>,
    states: HashMap<Origin, State>,
    asked: Vec<Asked>,
    /// How many of these have been handed out.
    handed: usize,
}

#[derive(Debug)]
struct Entry {
    material: Material,
    sha1: Option<Until>,
    root: Root,
    origin: Origin,
    used: Option<Use>,
    certificate: Option<Certificate>,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Key(KeyId),
    Asked,
    /// Answered, and there is none: a bearer's token.
    Keyless,
}

#[derive(Debug)]
struct Asked {
    what: What,
    origin: Origin,
    /// The one element inside an encrypted token.
    inside: Option<Element>,
    answered: bool,
}

/// A secret that was answered.
pub(super) struct Answered<'r> {
    pub(super) secret: &'r SecretKey,
    /// What it was asked as.
    pub(super) what: &'r What,
    /// What an encrypted token holds that confirms it.
    pub(super) inside: Option<&'r Element>,
}

impl Ring {
    /// Notes what a child of the header leads to.
    pub(super) fn add_source(&mut self, node: NodeKey, source: Source) {
        self.sources.insert(node, source);
    }

    pub(super) fn source(&self, node: NodeKey) -> Option<&Source> {
        self.sources.get(&node)
    }

    /// The wrapped key of this message whose wrapped octets have that SHA-1.
    pub(super) fn wrapped(&self, sha1: &[u8; 20]) -> Option<&Element> {
        self.sources.values().find_map(|source| match source {
            Source::Wrapped(key) if encrypted_key_sha1(key) == *sha1 => Some(key.element()),
            Source::Token(_)
            | Source::Wrapped(_)
            | Source::Derived(_)
            | Source::Held(_)
            | Source::Account(..)
            | Source::Certificates(_) => None,
        })
    }

    /// The token of this message whose first certificate has that name.
    ///
    /// # Errors
    /// [`SecurityFlaw::Unavailable`] where two different certificates have it (BSP R3061).
    pub(super) fn certificate_token(
        &self,
        name: &CertificateName,
    ) -> Result<Option<&Chain>, SecurityFlaw> {
        let mut found: Option<&Chain> = None;
        for source in self.sources.values() {
            let Source::Certificates(chain) = source else { continue };
            match found {
                _ if !name.names(&chain.first) => {}
                Some(other) if other.first != chain.first => return Err(SecurityFlaw::Unavailable),
                Some(other) if other.token.key() < chain.token.key() => {}
                Some(_) | None => found = Some(chain),
            }
        }
        Ok(found)
    }

    /// A certificate of that name: of a key, or from a token.
    pub(super) fn certificate(&self, name: &CertificateName) -> Option<&Certificate> {
        let of_keys = self.keys.iter().filter_map(|key| key.certificate.as_ref());
        let of_tokens = self.sources.values().filter_map(|source| match source {
            Source::Certificates(chain) => Some(&chain.first),
            Source::Token(_)
            | Source::Wrapped(_)
            | Source::Derived(_)
            | Source::Held(_)
            | Source::Account(..) => None,
        });
        of_keys.chain(of_tokens).find(|certificate| name.names(certificate))
    }

    /// What is known of an origin, if anything is.
    pub(super) fn known(&self, origin: &Origin) -> Result<Option<Found>, SecurityFlaw> {
        match self.states.get(origin) {
            None => Ok(None),
            Some(State::Key(key)) => Ok(Some(Found::Key(*key))),
            Some(State::Asked) => Ok(Some(Found::Later)),
            Some(State::Keyless) => Err(SecurityFlaw::Unavailable),
        }
    }

    /// Asks for the key of an origin, unless that was done.
    pub(super) fn ask(&mut self, origin: Origin, what: What) -> Result<Found, SecurityFlaw> {
        if let Some(found) = self.known(&origin)? {
            return Ok(found);
        }
        if self.asked.len() >= MOST_KEYS {
            return Err(SecurityFlaw::TooMuch);
        }
        self.states.insert(origin.clone(), State::Asked);
        self.asked.push(Asked { what, origin, inside: None, answered: false });
        Ok(Found::Later)
    }

    /// Has a token verified, whether its key is used or not.
    pub(super) fn need_token(&mut self, token: &Element) -> Result<bool, SecurityFlaw> {
        let origin = Origin::Node(token.key());
        if !self.states.contains_key(&origin) {
            self.ask(origin, What::Token(token.clone()))?;
        }
        Ok(true)
    }

    /// A public key that the message carries.
    pub(super) fn sent(
        &mut self,
        node: NodeKey,
        key: PublicKey,
        certificate: Option<Certificate>,
    ) -> Result<Found, SecurityFlaw> {
        let (origin, root) = (Origin::Node(node), Root::Sent(key.clone()));
        if let Some(found) = self.known(&origin)? {
            return Ok(found);
        }
        let material = Material::Public(key);
        self.push(Entry { material, sha1: None, root, origin, used: None, certificate })
    }

    /// A key that was derived from another.
    pub(super) fn derived(
        &mut self,
        node: NodeKey,
        base: KeyId,
        key: SecretKey,
    ) -> Result<Found, SecurityFlaw> {
        let base = self.entry(base)?;
        let (root, sha1) = (base.root.clone(), base.sha1);
        let (material, origin) = (Material::Secret(key), Origin::Node(node));
        self.push(Entry { material, sha1, root, origin, used: None, certificate: None })
    }

    fn push(&mut self, entry: Entry) -> Result<Found, SecurityFlaw> {
        if self.keys.len() >= MOST_KEYS {
            return Err(SecurityFlaw::TooMuch);
        }
        let key = KeyId(self.keys.len());
        self.states.insert(entry.origin.clone(), State::Key(key));
        self.keys.push(entry);
        Ok(Found::Key(key))
    }

    fn entry(&self, key: KeyId) -> Result<&Entry, SecurityFlaw> {
        self.keys.get(key.0).ok_or(SecurityFlaw::Unavailable) // INVARIANT: keys are only added
    }

    /// Fixes what a key is for.
    // SECURITY: one key for two algorithms lets one be attacked through the other (backwards compatibility attacks, and a MAC
    // that is also a keystream). Tests: one_key_does_not_sign_and_decrypt, one_key_does_not_serve_two_ciphers.
    fn pin(&mut self, key: KeyId, to: Use) -> Result<&Entry, SecurityFlaw> {
        let entry = self.keys.get_mut(key.0).ok_or(SecurityFlaw::Unavailable)?;
        if *entry.used.get_or_insert(to) == to {
            Ok(entry)
        } else {
            Err(SecurityFlaw::KeyUsedTwice)
        }
    }

    /// A key to verify with.
    pub(super) fn verifying(&mut self, key: KeyId) -> Result<Key, SecurityFlaw> {
        let entry = self.pin(key, Use::Verify)?;
        Ok(entry.material.verifying(entry.sha1))
    }

    /// A secret to decrypt or derive with.
    pub(super) fn secret(&mut self, key: KeyId, to: Use) -> Result<SecretKey, SecurityFlaw> {
        self.pin(key, to)?.material.secret().cloned().ok_or(SecurityFlaw::Unavailable)
    }

    /// Where a key comes from.
    pub(super) fn root(&self, key: KeyId) -> Result<&Root, SecurityFlaw> {
        self.entry(key).map(|entry| &entry.root)
    }

    /// The certificates in the message of which a key is the first's.
    pub(super) fn own_certificates(&self, key: KeyId) -> Option<&Chain> {
        let Origin::Node(node) = self.entry(key).ok()?.origin else { return None };
        match self.sources.get(&node)? {
            Source::Certificates(chain) => Some(chain),
            Source::Token(_)
            | Source::Wrapped(_)
            | Source::Derived(_)
            | Source::Held(_)
            | Source::Account(..) => None,
        }
    }

    /// The certificate of a public key, where it is known.
    pub(super) fn certificate_of(&self, key: KeyId) -> Option<&Certificate> {
        self.entry(key).ok()?.certificate.as_ref()
    }

    /// The secret that was answered under a need, before anything was derived from it, and what it was asked as.
    pub(super) fn answered_secret(&self, need: NeedId) -> Option<Answered<'_>> {
        let asked = self.asked.get(need.number())?;
        let entry = self.keys.iter().find(|entry| entry.origin == asked.origin)?;
        let (what, inside) = (&asked.what, asked.inside.as_ref());
        Some(Answered { secret: entry.material.secret()?, what, inside })
    }

    /// The version of WS-SecureConversation that the message uses.
    pub(super) fn conversation(&self) -> Conversation {
        let is_old = |source: &Source| match source {
            Source::Derived(token) => token.version == Conversation::V2005,
            Source::Token(_)
            | Source::Wrapped(_)
            | Source::Held(_)
            | Source::Account(..)
            | Source::Certificates(_) => false,
        };
        let old = self.sources.values().any(is_old);
        if old { Conversation::V2005 } else { Conversation::V13 }
    }

    /// The element of a token that a need is for, if it is open.
    ///
    /// # Errors
    /// [`SecurityFlaw::NoSuchNeed`].
    pub(super) fn unanswered(&self, need: NeedId) -> Result<Option<&Element>, SecurityFlaw> {
        let asked = self.asked.get(need.number()).filter(|asked| !asked.answered);
        let asked = asked.ok_or(SecurityFlaw::NoSuchNeed)?;
        match &asked.what {
            What::Token(token) => Ok(Some(token)),
            What::Wrapped(_) | What::Held(_) | What::Account { .. } | What::Partner(_) => Ok(None),
        }
    }

    /// Notes what an encrypted token holds: references to it lead to the same key.
    pub(super) fn found_inside(&mut self, need: NeedId, inside: &Element) {
        if let Some(asked) = self.asked.get_mut(need.number()) {
            asked.inside = Some(inside.clone());
        }
    }

    pub(super) fn answer(&mut self, need: NeedId, answer: Answer) -> Result<(), SecurityFlaw> {
        let asked = self.asked.get_mut(need.number()).ok_or(SecurityFlaw::NoSuchNeed)?;
        asked.answered = true;
        let (origin, inside) = (asked.origin.clone(), asked.inside.clone());
        match answer.key {
            Some(material) => {
                let (sha1, certificate) = (answer.sha1, answer.certificate);
                let root = Root::Supplied(need);
                let origin = origin.clone();
                self.push(Entry { material, sha1, root, origin, used: None, certificate })?;
            }
            None => {
                self.states.insert(origin.clone(), State::Keyless);
            }
        }
        if let (Some(inside), Some(state)) = (inside, self.states.get(&origin)) {
            self.states.insert(Origin::Node(inside.key()), *state);
        }
        Ok(())
    }

    pub(super) fn owes_answers(&self) -> bool {
        self.asked.iter().take(self.handed).any(|asked| !asked.answered)
    }

    /// The needs that were not handed out yet.
    pub(super) fn take_needs(&mut self) -> Vec<Need> {
        let fresh = self.asked.iter().enumerate().skip(self.handed);
        let need = |(number, asked): (usize, &Asked)| Need {
            id: NeedId::new(number),
            what: asked.what.clone(),
        };
        let needs = fresh.map(need).collect();
        self.handed = self.asked.len();
        needs
    }

    /// The tokens that were verified outside: need, token as sent, and what an encrypted one holds.
    pub(super) fn tokens(&self) -> impl Iterator<Item = (NeedId, &Element, Option<&Element>)> {
        self.asked.iter().enumerate().filter_map(|(number, asked)| match &asked.what {
            What::Token(token) => Some((NeedId::new(number), token, asked.inside.as_ref())),
            What::Wrapped(_) | What::Held(_) | What::Account { .. } | What::Partner(_) => None,
        })
    }

    /// The need under which a node's key was asked for.
    pub(super) fn need_of(&self, origin: &Origin) -> Option<NeedId> {
        self.asked.iter().position(|asked| asked.origin == *origin).map(NeedId::new)
    }

    /// The tokens that confirm a key.
    pub(super) fn holders(&self) -> impl Iterator<Item = NeedId> {
        let confirms = |need: &NeedId| {
            let root = Root::Supplied(*need);
            self.keys.iter().any(|entry| entry.root == root)
        };
        self.tokens().map(|(need, ..)| need).filter(confirms)
    }
}
