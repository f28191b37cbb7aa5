//! The children of the security header become items of work.
//!
//! In:  the children, in order; what takes the place of one that was decrypted.
//! Out: items, each with its place in the header as sent; tokens, keys and the timestamp, each noted once.
//! Never: a child passed over in silence; an element decrypted twice, or where nothing may be encrypted.
//!
//! WSS SOAP Message Security 1.1.1 §5, §9; BSP R3203, R3227, R3228, R3230, R5614.

use super::ring::{Chain, Ring, Source};
use super::{Hidden, Message, Opener};
use crate::envelope::{Envelope, is_for_the_last};
use crate::names::{DS, SAML11, SAML20, WSC13, WSC2005, WSSE, WSSE11, WSU, XENC};
use crate::security::binary;
use crate::security::confirmation::Confirmation;
use crate::security::demands::{Policy, Presence};
use crate::security::derived::DerivedKeyToken;
use crate::security::need::Held;
use crate::security::token::TokenKind;
use crate::security::username::UsernameToken;
use crate::security::{Part, SecurityFlaw, fill, plain_text};
use crate::{
    Addressing, AddressingFlaw, AddressingVersion, EnvelopeFlaw, Flaw, HeaderName, Property,
    Sealer, Stamp,
};
use std::sync::Arc;
use symbolon_xml::{Element, NodeKey, Place, Tree};
use symbolon_xmlsec::{Accepts, Budget, EncryptedData, EncryptedKey, references};

// LIMIT: the fullest honest header (WCF, endorsed, encrypted and confirmed) has about twelve children.
const MOST_CHILDREN: usize = 32;

/// Something to be done, at its place in the header.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) place: Place,
    pub(super) work: Work,
    pub(super) done: bool,
}

#[derive(Debug, Clone)]
pub(super) enum Work {
    Decrypt(Arc<Decryption>),
    Verify(Element),
    /// A token that is verified outside.
    Token(Element),
}

/// One EncryptedData to be decrypted.
#[derive(Debug)]
pub(super) struct Decryption {
    pub(super) data: EncryptedData,
    pub(super) key: KeyFrom,
    pub(super) spot: Spot,
}

/// Where the key of an EncryptedData is found.
#[derive(Debug)]
pub(super) enum KeyFrom {
    /// In the EncryptedKey that lists it.
    EncryptedKey(NodeKey),
    /// By its own KeyInfo.
    KeyInfo(Element),
}

/// Where an EncryptedData may stand.
#[derive(Debug)]
pub(super) enum Spot {
    /// As the child of the security header with that number: what comes out is planned in its turn.
    Security(u32),
    /// Alone in an EncryptedHeader.
    Header(Element),
    /// As a child of the Body.
    Body,
}

/// What the security header holds beside keys.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) timestamp: Option<(Element, Stamp)>,
    pub(super) username: Option<(Element, TokenKind)>,
    assertion: Option<()>,
    pub(super) confirmations: Vec<(Element, Confirmation)>,
    /// EncryptedHeaders, each with the block that was in it.
    pub(super) revealed: Vec<(Element, Element)>,
    /// What is to be decrypted, each once.
    listed: Vec<NodeKey>,
}

/// What a child of the security header is to the opener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Child {
    Timestamp,
    Username,
    Assertion,
    EncryptedAssertion,
    Certificate,
    Context,
    DerivedKey,
    EncryptedKey,
    ReferenceList,
    EncryptedData,
    Signature,
    Confirmation,
    Reference,
}

impl Child {
    fn of(element: &Element, policy: &Policy) -> Result<Self, SecurityFlaw> {
        let protected = policy.binding.demands().is_some();
        match (element.namespace(), element.local()) {
            (WSU, "Timestamp") => Ok(Self::Timestamp),
            (WSSE, "UsernameToken") if policy.username => Ok(Self::Username),
            (SAML20 | SAML11, "Assertion") if policy.assertion => Ok(Self::Assertion),
            (SAML20, "EncryptedAssertion") if protected && policy.assertion => {
                Ok(Self::EncryptedAssertion)
            }
            (DS, "Signature") if protected => Ok(Self::Signature),
            (DS, "Signature") => Err(SecurityFlaw::Signature),
            (XENC, "EncryptedKey") if protected => Ok(Self::EncryptedKey),
            (XENC, "ReferenceList") if protected => Ok(Self::ReferenceList),
            (XENC, "EncryptedData") if protected => Ok(Self::EncryptedData),
            (XENC, _) => Err(SecurityFlaw::Encryption),
            (WSSE, "BinarySecurityToken") if protected => Ok(Self::Certificate),
            (WSSE, "SecurityTokenReference") if protected => Ok(Self::Reference),
            (WSSE11, "SignatureConfirmation") if protected => Ok(Self::Confirmation),
            (WSC13 | WSC2005, "SecurityContextToken") if protected => Ok(Self::Context),
            (WSC13 | WSC2005, "DerivedKeyToken") if protected => Ok(Self::DerivedKey),
            (namespace, local) => Err(SecurityFlaw::Unsupported(HeaderName {
                namespace: namespace.to_owned(),
                local: local.to_owned(),
            })),
        }
    }

    /// Whether it may come out of an encryption. Encryption inside encryption may not.
    fn may_be_revealed(self) -> bool {
        match self {
            Self::Timestamp
            | Self::Username
            | Self::Assertion
            | Self::Certificate
            | Self::Context
            | Self::DerivedKey
            | Self::Signature
            | Self::Confirmation
            | Self::Reference => true,
            Self::EncryptedAssertion
            | Self::EncryptedKey
            | Self::ReferenceList
            | Self::EncryptedData => false,
        }
    }
}

/// Whether a token is encrypted: handed out to be decrypted as well as verified.
pub(super) fn is_encrypted(token: &Element) -> bool {
    token.is(SAML20, "EncryptedAssertion") || token.is(XENC, "EncryptedData")
}

impl Opener {
    /// Plans what a message holds.
    pub(super) fn planned(
        root: Element,
        (envelope, addressing): (Envelope, Result<Addressing, AddressingFlaw>),
        sealer: Sealer,
        (policy, left): (&Policy, Budget),
    ) -> Result<Box<Self>, Flaw> {
        let version = envelope.version;
        let is_ours =
            |block: &Element| block.is(WSSE, "Security") && is_for_the_last(block, version);
        let demands = policy.binding.demands();
        let hides = demands.is_some();
        let spoken = AddressingVersion::of(&envelope.headers);
        envelope.check_understood(|block| {
            let encrypted = hides && is_encrypted_header(block);
            is_ours(block) || encrypted || Property::of(block, spoken).is_some()
        })?;
        // What is encrypted is read when it is decrypted.
        let encrypted = hides && envelope.headers.iter().any(is_encrypted_header);
        let addressing = if encrypted { Addressing::default() } else { addressing? };
        let mut security = None;
        for block in envelope.headers.iter().filter(|block| is_ours(block)) {
            fill(&mut security, block.clone(), Part::Security)?;
        }
        // SECURITY: signature wrapping begins with a second element of the same id. Test: two_of_one_id_are_refused.
        let tree = Tree::new(root).map_err(|_| SecurityFlaw::DuplicateId)?;
        let mut opener = Box::new(Self {
            policy: policy.clone(),
            // Where nothing is demanded, nothing encrypted is read.
            accepts: demands.map_or(Accepts::AUTHENTICATED, |demands| demands.accepts),
            message: Message { tree, envelope, addressing, security, sealer },
            contents: Contents::default(),
            items: Vec::new(),
            ring: Ring::default(),
            decrypted: Vec::new(),
            verified: Vec::new(),
            left,
            rounds: 0,
            hidden: Hidden::default(),
        });
        opener.plan_header()?;
        match opener.message.envelope.body {
            Some(_) => Ok(opener),
            None => Err(EnvelopeFlaw::BodyNotOneElement.into()),
        }
    }

    fn plan_header(&mut self) -> Result<(), SecurityFlaw> {
        let mut loose = Vec::new();
        for (number, child) in self.children().into_iter().enumerate() {
            let number = u32::try_from(number).map_err(|_| SecurityFlaw::TooMuch)?;
            let kind = Child::of(&child, &self.policy)?;
            if kind == Child::EncryptedData {
                loose.push((number, child));
            } else {
                self.plan(kind, child, Place(number, 0))?;
            }
        }
        // INTEROP: WCF, AD FS and CXF send an encrypted issued token as a bare EncryptedData that no list names.
        // Test: encrypted_data_that_no_list_names_is_a_token.
        loose.retain(|(_, data)| !self.contents.listed.contains(&data.key()));
        for (number, token) in loose {
            if !self.policy.assertion {
                return Err(SecurityFlaw::Encryption);
            }
            self.plan(Child::EncryptedAssertion, token, Place(number, 0))?;
        }
        if self.contents.listed.is_empty() { self.check_timestamp() } else { Ok(()) }
    }

    /// Refuses if there must be a timestamp and is none.
    pub(super) fn check_timestamp(&self) -> Result<(), SecurityFlaw> {
        match (self.policy.timestamp, &self.contents.timestamp) {
            (Presence::Required, None) => Err(SecurityFlaw::TimestampMissing),
            (Presence::Required | Presence::Optional, _) => Ok(()),
        }
    }

    /// The children of the security header as sent.
    fn children(&self) -> Vec<Element> {
        self.message.security.iter().flat_map(Element::elements).collect()
    }

    /// Plans what came out of an encryption in the security header.
    pub(super) fn plan_revealed(
        &mut self,
        child: &Element,
        place: Place,
    ) -> Result<(), SecurityFlaw> {
        let kind = Child::of(child, &self.policy)?;
        if !kind.may_be_revealed() {
            return Err(SecurityFlaw::Misplaced);
        }
        self.plan(kind, child.clone(), place)
    }

    fn plan(&mut self, kind: Child, child: Element, place: Place) -> Result<(), SecurityFlaw> {
        let contents = &mut self.contents;
        match kind {
            Child::Timestamp => {
                let stamp = Stamp::read(&child)?;
                fill(&mut contents.timestamp, (child, stamp), Part::Timestamp)
            }
            Child::Username => self.plan_username(child),
            Child::Assertion | Child::EncryptedAssertion => {
                fill(&mut contents.assertion, (), Part::Assertion)?;
                self.ring.add_source(child.key(), Source::Token(child.clone()));
                self.push(place, Work::Token(child))
            }
            Child::Signature => self.push(place, Work::Verify(child)),
            Child::Confirmation => {
                if contents.confirmations.len() >= MOST_CHILDREN {
                    return Err(SecurityFlaw::TooMuch);
                }
                let confirmation = Confirmation::read(&child)?;
                contents.confirmations.push((child, confirmation));
                Ok(())
            }
            Child::ReferenceList => self.plan_list(&references(&child)?, None, place),
            Child::EncryptedKey => {
                let key = EncryptedKey::parse(&child, &self.accepts, &mut self.left)?;
                self.plan_list(key.references(), Some(child.key()), place)?;
                self.ring.add_source(child.key(), Source::Wrapped(key));
                Ok(())
            }
            Child::Certificate => {
                let (first, rest) = binary::certificates(&child)?;
                let chain = Chain { token: child, first, rest };
                self.ring.add_source(chain.token.key(), Source::Certificates(chain));
                Ok(())
            }
            Child::Context => {
                self.ring.add_source(child.key(), Source::Held(context(&child)?));
                Ok(())
            }
            Child::DerivedKey => {
                self.ring.add_source(child.key(), Source::Derived(DerivedKeyToken::read(&child)?));
                Ok(())
            }
            Child::Reference => Ok(()), // signatures may refer to it; it is read then
            Child::EncryptedData => Err(SecurityFlaw::Misplaced),
        }
    }

    fn push(&mut self, place: Place, work: Work) -> Result<(), SecurityFlaw> {
        if self.items.len() >= MOST_CHILDREN {
            return Err(SecurityFlaw::TooMuch);
        }
        self.items.push(Item { place, work, done: false });
        Ok(())
    }

    fn plan_username(&mut self, token: Element) -> Result<(), SecurityFlaw> {
        let kind = match UsernameToken::read(&token, &self.policy.binding)? {
            UsernameToken::Shown(username) => TokenKind::Username(Box::new(username)),
            UsernameToken::Derived { name, derivation } => {
                let source = Source::Account(name.clone(), derivation);
                self.ring.add_source(token.key(), source);
                TokenKind::Account(name)
            }
        };
        fill(&mut self.contents.username, (token, kind), Part::UsernameToken)
    }

    /// Plans the decryption of what a list names, with one key or each with its own.
    fn plan_list(
        &mut self,
        ids: &[String],
        key: Option<NodeKey>,
        place: Place,
    ) -> Result<(), SecurityFlaw> {
        for id in ids {
            let data = self.message.tree.view(Place(0, 0)).id(id);
            let data = data.ok_or(SecurityFlaw::Unavailable)?;
            let spot = self.spot(&data)?;
            if self.contents.listed.contains(&data.key()) {
                return Err(SecurityFlaw::Repeated(Part::EncryptedData));
            }
            self.contents.listed.push(data.key());
            let data = EncryptedData::parse(&data, &self.accepts, &mut self.left)?;
            let key = match (key, data.key_info()) {
                (Some(node), _) => KeyFrom::EncryptedKey(node),
                (None, Some(info)) => KeyFrom::KeyInfo(info.clone()),
                (None, None) => return Err(SecurityFlaw::KeyInfo),
            };
            self.push(place, Work::Decrypt(Arc::new(Decryption { data, key, spot })))?;
        }
        Ok(())
    }

    /// Where an EncryptedData stands. Envelope, Header, Body and Security stay what they are, and so does all that is read
    /// as sent.
    // SECURITY: CVE-2026-89238: beside an EncryptedData in an EncryptedHeader a plain header would pass for an encrypted one.
    // Test: an_encrypted_header_with_a_second_child_is_refused.
    fn spot(&self, data: &Element) -> Result<Spot, SecurityFlaw> {
        let parent = data.parent().ok_or(SecurityFlaw::Misplaced)?;
        let is = |element: Option<&Element>| element.is_some_and(|one| one.same(&parent));
        if is(self.message.security.as_ref()) {
            let number = self.children().iter().position(|child| child.same(data));
            let number = number.and_then(|number| u32::try_from(number).ok());
            return number.map(Spot::Security).ok_or(SecurityFlaw::Misplaced);
        }
        if is(self.message.envelope.body_element().as_ref()) {
            return Ok(Spot::Body);
        }
        let ours = self.message.envelope.headers.iter().any(|block| block.same(&parent));
        if ours
            && is_encrypted_header(&parent)
            && parent.elements().count() == 1
            && !parent.has_text()
        {
            return Ok(Spot::Header(parent));
        }
        Err(SecurityFlaw::Misplaced)
    }
}

pub(super) fn is_encrypted_header(block: &Element) -> bool {
    block.is(WSSE11, "EncryptedHeader")
}

/// What a `wsc:SecurityContextToken` names.
fn context(token: &Element) -> Result<Held, SecurityFlaw> {
    let text = |local| {
        let child = token.child(token.namespace(), local);
        let child = child.map_err(|_| SecurityFlaw::Repeated(Part::Context))?;
        child.map(|child| plain_text(&child, Part::Context)).transpose()
    };
    let id = text("Identifier")?.filter(|id| !id.trim().is_empty());
    let id = id.ok_or(SecurityFlaw::Unexpected(Part::Context))?.trim().to_owned();
    Ok(Held::Context { id, instance: text("Instance")? })
}
