//! WS-Addressing 1.0 headers.
//!
//! In:  the header blocks for us.
//! Out: [`Addressing`], each property at most once; every one of them may be missing, but Action only with all others.
//! Never: an address that anybody would connect to. Replies go back over the same HTTP exchange or nowhere.
//!
//! WS-Addressing 1.0 Core §3, SOAP Binding §3.4, §6. INTEROP: adal writes `wsa:messageID`: an unknown header, ignored.

use crate::fault::wsa;
use crate::names::{WSA, WSA_ANONYMOUS, WSA_NONE, WSA_REPLY};
use crate::{Fault, FaultCode, Problem};
use symbolon_xml::{Element, QName};

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
    const ALL: [Self; 7] = [
        Self::To,
        Self::Action,
        Self::MessageId,
        Self::ReplyTo,
        Self::FaultTo,
        Self::From,
        Self::RelatesTo,
    ];

    /// Name of the header block.
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

    /// The property that a header block carries.
    pub(crate) fn of(block: &Element) -> Option<Self> {
        let known = Self::ALL.into_iter();
        known.filter(|_| block.namespace() == WSA).find(|one| one.name().local == block.local())
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
}

impl Addressing {
    /// Reads the header blocks for us.
    pub(crate) fn read(headers: &[Element]) -> Result<Self, AddressingFlaw> {
        let text = |property| match one(headers, property)? {
            None => Ok(None),
            Some(block) => text_of(block).map(Some).ok_or(AddressingFlaw::Empty(property)),
        };
        let (action, message_id) = (text(Property::Action)?, text(Property::MessageId)?);
        let to = text(Property::To)?;
        let reply_to = endpoint(headers, Property::ReplyTo)?.unwrap_or_default();
        let fault_to = endpoint(headers, Property::FaultTo)?.unwrap_or(reply_to);
        one(headers, Property::From)?;
        let relates_to = relates_to(headers)?;
        if action.is_none() && headers.iter().any(|block| Property::of(block).is_some()) {
            return Err(AddressingFlaw::ActionMissing);
        }
        Ok(Self { action, message_id, to, relates_to, reply_to, fault_to })
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

/// The MessageID for a fault to relate to, from headers that may be wrong in every other respect.
pub(crate) fn message_id(headers: &[Element]) -> Option<String> {
    text_of(one(headers, Property::MessageId).ok()??)
}

fn one(headers: &[Element], property: Property) -> Result<Option<&Element>, AddressingFlaw> {
    let mut blocks = headers.iter().filter(|block| Property::of(block) == Some(property));
    match (blocks.next(), blocks.next()) {
        (found, None) => Ok(found),
        (_, Some(_)) => Err(AddressingFlaw::Cardinality(property)),
    }
}

fn text_of(block: &Element) -> Option<String> {
    if block.has_elements() {
        return None;
    }
    let text = block.text();
    let trimmed = text.trim();
    if trimmed.is_empty() { None } else { Some(trimmed.to_owned()) }
}

// SECURITY: server-side request forgery. An address of one's own is refused, not contacted.
// Test: reply_elsewhere_is_refused.
fn endpoint(headers: &[Element], property: Property) -> Result<Option<ReplyTo>, AddressingFlaw> {
    let Some(reference) = one(headers, property)? else { return Ok(None) };
    let flaw = AddressingFlaw::Endpoint(property);
    let address = reference.child(WSA, "Address").map_err(|_| flaw)?.ok_or(flaw)?;
    // SPEC: WS-Addressing 1.0 Core §3.4 has an answer repeat these; we do not, so we do not promise it.
    let parameters = reference.child(WSA, "ReferenceParameters").map_err(|_| flaw)?;
    if parameters.is_some_and(|parameters| parameters.has_elements()) {
        return Err(flaw);
    }
    match text_of(&address).as_deref() {
        Some(WSA_ANONYMOUS) => Ok(Some(ReplyTo::Anonymous)),
        Some(WSA_NONE) => Ok(Some(ReplyTo::Nobody)),
        Some(_) => Err(AddressingFlaw::NotAnonymous(property)),
        None => Err(flaw),
    }
}

/// The one relation of kind "reply"; relations of other kinds may stand beside it.
fn relates_to(headers: &[Element]) -> Result<Option<String>, AddressingFlaw> {
    let mut found = None;
    for block in headers.iter().filter(|one| Property::of(one) == Some(Property::RelatesTo)) {
        if block.attribute("RelationshipType").is_none_or(|kind| kind.trim() == WSA_REPLY) {
            let text = text_of(block).ok_or(AddressingFlaw::Empty(Property::RelatesTo))?;
            if found.replace(text).is_some() {
                return Err(AddressingFlaw::Cardinality(Property::RelatesTo));
            }
        }
    }
    Ok(found)
}
