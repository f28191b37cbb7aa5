//! WS-Addressing headers: 1.0, and the submission of 2004.
//!
//! In:  the header blocks for us.
//! Out: [`Addressing`], each property at most once; every one of them may be missing, but Action only with all others.
//!      All are of one version: where 1.0 is used at all, blocks of 2004 are unknown headers.
//! Never: an address that anybody would connect to. Replies go back over the same HTTP exchange or nowhere.
//!
//! WS-Addressing 1.0 Core §3, SOAP Binding §3.4, §6; WS-Addressing (W3C submission, 10 August 2004) §2, §4. INTEROP: adal writes `wsa:messageID`: an unknown header, ignored.

use std::borrow::Cow;

use crate::fault::wsa;
use crate::names::{
    WSA, WSA_ANONYMOUS, WSA_FAULT, WSA_NONE, WSA_REPLY, WSA_SOAP_FAULT, WSA04, WSA04_ANONYMOUS,
    WSA04_FAULT,
};
use crate::{Fault, FaultCode, Problem};
use symbolon_xml::{Element, QName};

/// The versions of WS-Addressing. An answer is in the version of its request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AddressingVersion {
    /// 1.0, of August 2005; also what answers a message without addressing.
    #[default]
    V10,
    /// The submission of August 2004.
    V2004,
}

impl AddressingVersion {
    /// Namespace of the header blocks.
    #[must_use]
    pub const fn namespace(self) -> &'static str {
        match self {
            Self::V10 => WSA,
            Self::V2004 => WSA04,
        }
    }

    /// The version that a message uses.
    pub(crate) fn of(headers: &[Element]) -> Self {
        let uses = |version| headers.iter().any(|block| Property::of(block, version).is_some());
        if !uses(Self::V10) && uses(Self::V2004) { Self::V2004 } else { Self::V10 }
    }

    /// `wsa:Action` of a fault. SPEC: 2004 §4 has one for all.
    pub(crate) const fn fault_action(self, of_addressing: bool) -> &'static str {
        match (self, of_addressing) {
            (Self::V10, true) => WSA_FAULT,
            (Self::V10, false) => WSA_SOAP_FAULT,
            (Self::V2004, _) => WSA04_FAULT,
        }
    }

    /// A name of it.
    pub(crate) const fn name(self, local: &'static str) -> QName {
        QName::new("a", self.namespace(), local)
    }

    fn reply_to(self, address: &str) -> Option<ReplyTo> {
        match (self, address) {
            (Self::V10, WSA_ANONYMOUS) | (Self::V2004, WSA04_ANONYMOUS) => Some(ReplyTo::Anonymous),
            (Self::V10, WSA_NONE) => Some(ReplyTo::Nobody),
            (Self::V10 | Self::V2004, _) => None,
        }
    }

    /// Whether a relation of that kind is that of an answer; in 2004 a kind is a qualified name.
    fn is_reply(self, kind: &str) -> bool {
        match self {
            Self::V10 => kind == WSA_REPLY,
            Self::V2004 => kind.rsplit(':').next() == Some("Reply"),
        }
    }
}

/// The properties of a message that WS-Addressing carries as header blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Property {
    /// `wsa:To`
    To,
    /// `wsa:Action`
    Action,
    /// `wsa:MessageID`
    MessageId,
    /// `wsa:ReplyTo`
    ReplyTo,
    /// `wsa:FaultTo`
    FaultTo,
    /// `wsa:From`
    From,
    /// `wsa:RelatesTo`
    RelatesTo,
}

impl Property {
    /// Name of the header block in 1.0; that of 2004 differs in its namespace.
    #[must_use]
    pub const fn name(self) -> QName {
        wsa(match self {
            Self::To => "To",
            Self::Action => "Action",
            Self::MessageId => "MessageID",
            Self::ReplyTo => "ReplyTo",
            Self::FaultTo => "FaultTo",
            Self::From => "From",
            Self::RelatesTo => "RelatesTo",
        })
    }

    /// The property that a header block carries, in that version.
    pub(crate) fn of(block: &Element, version: AddressingVersion) -> Option<Self> {
        let property = match block.local() {
            "To" => Self::To,
            "Action" => Self::Action,
            "MessageID" => Self::MessageId,
            "ReplyTo" => Self::ReplyTo,
            "FaultTo" => Self::FaultTo,
            "From" => Self::From,
            "RelatesTo" => Self::RelatesTo,
            _ => return None,
        };
        (block.namespace() == version.namespace()).then_some(property)
    }
}

/// Where an answer is wanted. Elsewhere than on the HTTP response is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReplyTo {
    /// On the HTTP response; also what silence means.
    #[default]
    Anonymous,
    /// Nowhere: do the work, send nothing.
    Nobody,
}

/// What is wrong with the addressing headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressingFlaw {
    /// A property came twice.
    #[error("{0:?} came twice")]
    Cardinality(Property),
    /// A property without content.
    #[error("{0:?} is empty")]
    Empty(Property),
    /// Other properties came, but no Action.
    #[error("no Action")]
    ActionMissing,
    /// An endpoint reference that is not one Address and metadata, or has reference parameters that an answer would
    /// have to carry.
    #[error("{0:?} is no endpoint reference that we serve")]
    Endpoint(Property),
    /// An answer is wanted at some address of its own.
    #[error("{0:?} is not anonymous")]
    NotAnonymous(Property),
    /// SOAPAction, or the action parameter of the media type, names another action.
    #[error("SOAPAction is not Action")]
    ActionMismatch,
}

impl AddressingFlaw {
    /// WS-Addressing 1.0 SOAP Binding §6.4.
    pub(crate) fn fault(self) -> Fault<'static> {
        const INVALID: &str = "A header representing a Message Addressing Property is not valid \
                               and the message cannot be processed";
        const REQUIRED: &str =
            "A required header representing a Message Addressing Property is not present";
        let (subcodes, reason, property): (&'static [QName], _, _) = match self {
            Self::Cardinality(which) => (
                const { &[wsa("InvalidAddressingHeader"), wsa("InvalidCardinality")] },
                INVALID,
                which,
            ),
            Self::Empty(which) => {
                (const { &[wsa("InvalidAddressingHeader"), wsa("InvalidAddress")] }, INVALID, which)
            }
            Self::Endpoint(which) => {
                (const { &[wsa("InvalidAddressingHeader"), wsa("InvalidEPR")] }, INVALID, which)
            }
            Self::NotAnonymous(which) => (
                const { &[wsa("InvalidAddressingHeader"), wsa("OnlyAnonymousAddressSupported")] },
                INVALID,
                which,
            ),
            Self::ActionMismatch => (
                const { &[wsa("InvalidAddressingHeader"), wsa("ActionMismatch")] },
                INVALID,
                Property::Action,
            ),
            Self::ActionMissing => {
                (const { &[wsa("MessageAddressingHeaderRequired")] }, REQUIRED, Property::Action)
            }
        };
        Fault {
            subcodes,
            problem: Some(Problem::Header(property.name())),
            ..Fault::new(FaultCode::Sender, reason)
        }
    }
}

/// What the addressing headers of a message say. All silent: the message uses no addressing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Addressing {
    /// The version that it uses.
    pub version: AddressingVersion,
    /// What the message asks for or is, an absolute IRI.
    pub action: Option<String>,
    /// The sender's name for the message, as sent.
    pub message_id: Option<String>,
    /// Where the sender believes to send it. Believe it only where it is signed.
    pub to: Option<String>,
    /// The MessageID of the request that this message answers.
    pub relates_to: Option<String>,
    /// Where the answer is wanted.
    pub reply_to: ReplyTo,
    /// Where a fault is wanted; silence means with the answers.
    pub fault_to: ReplyTo,
    /// Whether a property came twice with one meaning, and that was tolerated.
    pub doubled: bool,
}

impl Addressing {
    /// Reads the header blocks for us.
    pub(crate) fn read(headers: &[Element], doubles: Doubles) -> Result<Self, AddressingFlaw> {
        let mut blocks = Blocks::new(headers, doubles);
        let (action, message_id) =
            (blocks.text(Property::Action)?, blocks.text(Property::MessageId)?);
        let to = blocks.text(Property::To)?;
        let reply_to = blocks.endpoint(Property::ReplyTo)?.unwrap_or_default();
        let fault_to = blocks.endpoint(Property::FaultTo)?.unwrap_or(reply_to);
        blocks.one(Property::From, |_, _| Ok(()))?;
        let relates_to = blocks.relates_to()?;
        if action.is_none() && !blocks.named.is_empty() {
            return Err(AddressingFlaw::ActionMissing);
        }
        let Blocks { version, doubled, .. } = blocks;
        Ok(Self { version, action, message_id, to, relates_to, reply_to, fault_to, doubled })
    }

    /// Refuses a SOAPAction header, or action parameter, that names another action than `wsa:Action` does.
    ///
    /// Quotes around it do not matter (govmomi sends none), an empty one says nothing.
    ///
    /// # Errors
    /// [`AddressingFlaw::ActionMismatch`].
    pub fn check_soap_action(&self, soap_action: &str) -> Result<(), AddressingFlaw> {
        let bare = soap_action.trim();
        let bare = bare.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(bare);
        match &self.action {
            Some(action) if !bare.is_empty() && action != bare => {
                Err(AddressingFlaw::ActionMismatch)
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// What a property that comes twice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Doubles {
    /// A refusal.
    #[default]
    Refused,
    /// Once, if it says the same each time; of several MessageIDs the first counts.
    // INTEROP: zeep writes every property when the WSDL names an action and again when its own plug-in is asked for, each
    // with a MessageID of its own. Two actions or two addresses are still refused.
    Tolerated,
}

/// The MessageID for a fault to relate to, from headers that may be wrong in every other respect.
pub(crate) fn message_id(headers: &[Element], doubles: Doubles) -> Option<String> {
    Blocks::new(headers, doubles).text(Property::MessageId).ok()?
}

/// The header blocks, being read.
struct Blocks<'h> {
    /// Those that carry a property, in order.
    named: Vec<(Property, &'h Element)>,
    version: AddressingVersion,
    doubles: Doubles,
    doubled: bool,
}

type Read<T> = Result<T, AddressingFlaw>;

impl<'h> Blocks<'h> {
    fn new(headers: &'h [Element], doubles: Doubles) -> Self {
        let version = AddressingVersion::of(headers);
        let named = |block| Property::of(block, version).map(|property| (property, block));
        Self { named: headers.iter().filter_map(named).collect(), version, doubles, doubled: false }
    }

    /// The blocks that carry a property.
    fn of(&self, property: Property) -> impl Iterator<Item = &'h Element> {
        self.named.iter().filter(move |named| named.0 == property).map(|named| named.1)
    }

    /// The one value of a property.
    fn one<T: PartialEq>(
        &mut self,
        property: Property,
        read: impl Fn(&Element, AddressingVersion) -> Read<T>,
    ) -> Read<Option<T>> {
        let version = self.version;
        let mut blocks = self.of(property);
        let Some(first) = blocks.next() else { return Ok(None) };
        let others: Vec<&Element> = blocks.collect();
        if self.doubles == Doubles::Refused && !others.is_empty() {
            return Err(AddressingFlaw::Cardinality(property));
        }
        let value = read(first, version)?;
        for other in others {
            if read(other, version)? != value && property != Property::MessageId {
                return Err(AddressingFlaw::Cardinality(property));
            }
            self.doubled = true;
        }
        Ok(Some(value))
    }

    fn text(&mut self, property: Property) -> Read<Option<String>> {
        self.one(property, |block, _| word(block, property).map(Cow::into_owned))
    }

    fn endpoint(&mut self, property: Property) -> Read<Option<ReplyTo>> {
        self.one(property, |block, version| endpoint(block, version, property))
    }

    /// The one relation of kind "reply"; relations of other kinds may stand beside it.
    fn relates_to(&self) -> Read<Option<String>> {
        let relates = |block: &&Element| {
            let kind = block.attribute("RelationshipType").map(str::trim);
            kind.is_none_or(|kind| self.version.is_reply(kind))
        };
        let mut found = None;
        for block in self.of(Property::RelatesTo).filter(relates) {
            let id = word(block, Property::RelatesTo)?.into_owned();
            if found.replace(id).is_some() {
                return Err(AddressingFlaw::Cardinality(Property::RelatesTo));
            }
        }
        Ok(found)
    }
}

fn word(block: &Element, property: Property) -> Read<Cow<'_, str>> {
    block.word().ok_or(AddressingFlaw::Empty(property))
}

// SECURITY: server-side request forgery. An address of one's own is refused, not contacted.
// Test: reply_elsewhere_is_refused.
fn endpoint(reference: &Element, version: AddressingVersion, property: Property) -> Read<ReplyTo> {
    let flaw = AddressingFlaw::Endpoint(property);
    let child = |local| reference.child(version.namespace(), local).map_err(|_| flaw);
    let address = child("Address")?.ok_or(flaw)?;
    // SPEC: WS-Addressing 1.0 Core §3.4 has an answer repeat these (2004 §3.2 both kinds); we do not, so we do not promise it.
    for parameters in ["ReferenceParameters", "ReferenceProperties"] {
        if child(parameters)?.is_some_and(|parameters| parameters.has_elements()) {
            return Err(flaw);
        }
    }
    let address = address.word().ok_or(flaw)?;
    version.reply_to(&address).ok_or(AddressingFlaw::NotAnonymous(property))
}
