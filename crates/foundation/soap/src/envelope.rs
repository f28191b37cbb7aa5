//! The SOAP envelope: version, header blocks for us, the child of the body.
//!
//! In:  the root element of a message.
//! Out: [`Envelope`]; or the flaw: another root, other children, an unknown header that must be understood.
//! Never: what the header blocks say; that is addressing's and security's.
//!
//! SOAP 1.1 §4; SOAP 1.2 Part 1 §2.4, §5.

use crate::names::{SOAP11, SOAP12};
use symbolon_xml::Element;

/// The two versions of SOAP, told apart by the envelope's namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SoapVersion {
    /// SOAP 1.1, `text/xml`.
    V11,
    /// SOAP 1.2, `application/soap+xml`.
    V12,
}

impl SoapVersion {
    /// Namespace of the envelope.
    #[must_use]
    pub const fn namespace(self) -> &'static str {
        match self {
            Self::V11 => SOAP11,
            Self::V12 => SOAP12,
        }
    }

    /// Media type of a message, with its charset.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::V11 => "text/xml; charset=utf-8",
            Self::V12 => "application/soap+xml; charset=utf-8",
        }
    }

    /// The version whose envelope this element is.
    pub(crate) fn of(root: &Element) -> Option<Self> {
        [Self::V12, Self::V11].into_iter().find(|version| root.is(version.namespace(), "Envelope"))
    }
}

/// The name of a header block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderName {
    /// Its namespace, as declared in the message.
    pub namespace: String,
    /// Its local name.
    pub local: String,
}

/// What is wrong with an envelope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeFlaw {
    /// Not XML as we accept it: too large, a DTD, not well-formed …
    #[error("{0}")]
    Xml(#[from] symbolon_xml::Flaw),
    /// The root is not the envelope of a version that this endpoint speaks.
    #[error("envelope of another version")]
    VersionMismatch {
        /// What it speaks.
        supported: &'static [SoapVersion],
    },
    /// Header blocks for us that must be understood and are not.
    #[error("headers not understood: {0:?}")]
    NotUnderstood(Vec<HeaderName>),
    /// Other children than an optional Header and then a Body.
    #[error("not Header and Body")]
    Structure,
    /// `mustUnderstand` is neither true nor false.
    #[error("mustUnderstand is no boolean")]
    MustUnderstandValue,
    /// The body holds no element, or several.
    #[error("the body is not one element")]
    BodyNotOneElement,
}

/// An envelope taken apart.
#[derive(Debug)]
pub(crate) struct Envelope {
    /// Header blocks for this node, in order; those for others are left out.
    pub(crate) headers: Vec<Element>,
    /// The child of the body; `None` where it is empty.
    pub(crate) body: Option<Element>,
    pub(crate) version: SoapVersion,
}

impl Envelope {
    pub(crate) fn read(root: &Element, version: SoapVersion) -> Result<Self, EnvelopeFlaw> {
        let mut children = root.elements();
        let mut child = children.next();
        let header = child.take_if(|first| first.is(version.namespace(), "Header"));
        if header.is_some() {
            child = children.next();
        }
        let body = child.filter(|second| second.is(version.namespace(), "Body"));
        let body = body.ok_or(EnvelopeFlaw::Structure)?;
        if children.next().is_some() {
            return Err(EnvelopeFlaw::Structure);
        }
        let mut contents = body.elements();
        let body = contents.next();
        if contents.next().is_some() {
            return Err(EnvelopeFlaw::BodyNotOneElement);
        }
        let headers = header.iter().flat_map(Element::elements);
        let headers = headers.filter(|block| is_for_us(block, version)).collect();
        Ok(Self { headers, body, version })
    }

    /// The Body itself.
    pub(crate) fn body_element(&self) -> Option<Element> {
        self.body.as_ref()?.parent()
    }

    /// Refuses if a block must be understood that `understood` does not know. Before anything else is looked at.
    ///
    /// SOAP 1.2 Part 1 §2.6; SOAP 1.1 §4.2.3.
    pub(crate) fn check_understood(
        &self,
        understood: impl Fn(&Element) -> bool,
    ) -> Result<(), EnvelopeFlaw> {
        check_understood(&self.headers, self.version, understood)
    }
}

/// The same for blocks that were encrypted.
pub(crate) fn check_understood(
    blocks: &[Element],
    version: SoapVersion,
    understood: impl Fn(&Element) -> bool,
) -> Result<(), EnvelopeFlaw> {
    let mut unknown = Vec::new();
    for block in blocks {
        if must_understand(block, version)? && !understood(block) {
            unknown.push(HeaderName {
                namespace: block.namespace().to_owned(),
                local: block.local().to_owned(),
            });
        }
    }
    if unknown.is_empty() { Ok(()) } else { Err(EnvelopeFlaw::NotUnderstood(unknown)) }
}

/// Whether a header block is aimed at this node: at nobody in particular, at the next node or at the last.
pub(crate) fn is_for_us(block: &Element, version: SoapVersion) -> bool {
    is_for_the_last(block, version) || role(block, version) == Some(next(version))
}

/// Whether a header block is aimed at the ultimate receiver, by name or by silence.
pub(crate) fn is_for_the_last(block: &Element, version: SoapVersion) -> bool {
    match role(block, version) {
        None | Some("") => true,
        Some(role) => {
            version == SoapVersion::V12
                && role == "http://www.w3.org/2003/05/soap-envelope/role/ultimateReceiver"
        }
    }
}

fn role(block: &Element, version: SoapVersion) -> Option<&str> {
    match version {
        SoapVersion::V11 => block.attribute_in(SOAP11, "actor"),
        SoapVersion::V12 => block.attribute_in(SOAP12, "role"),
    }
}

const fn next(version: SoapVersion) -> &'static str {
    match version {
        SoapVersion::V11 => "http://schemas.xmlsoap.org/soap/actor/next",
        SoapVersion::V12 => "http://www.w3.org/2003/05/soap-envelope/role/next",
    }
}

// INTEROP: CXF writes "true" in SOAP 1.1 too, where the schema has 0 and 1 only. Anything else is still refused.
fn must_understand(block: &Element, version: SoapVersion) -> Result<bool, EnvelopeFlaw> {
    match block.attribute_in(version.namespace(), "mustUnderstand").map(str::trim) {
        None | Some("0" | "false") => Ok(false),
        Some("1" | "true") => Ok(true),
        Some(_) => Err(EnvelopeFlaw::MustUnderstandValue),
    }
}
