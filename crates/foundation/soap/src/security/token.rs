//! The tokens of a security header.
//!
//! In:  a child of the header.
//! Out: what it is, if the endpoint takes such.
//! Never: a token of another kind passed over in silence.
//!
//! WSS SOAP Message Security §6.

use super::SecurityFlaw;
use super::opener::{NeedId, Policy, Root};
use super::username::Username;
use crate::HeaderName;
use crate::names::{DS, SAML11, SAML20, WSSE, WSU, XENC};
use symbolon_xml::Element;

/// A token as the message presents it. Nothing in it is verified.
#[derive(Debug, Clone)]
pub struct Token {
    /// The token itself, as sent.
    pub element: Element,
    /// The need under which it was handed out for verification, if its verification was needed to open the message.
    pub need: Option<NeedId>,
    /// The keys whose signatures cover it.
    pub covered_by: Vec<Root>,
    /// Whether nobody but us could read it.
    pub confidential: bool,
    /// What it is.
    pub kind: TokenKind,
}

/// What a token is.
#[derive(Debug, Clone)]
pub enum TokenKind {
    /// `wsse:UsernameToken`
    Username(Box<Username>),
    /// A SAML assertion.
    Assertion,
}

/// What a child of the security header is to the opener.
pub(crate) enum Child {
    Timestamp,
    UsernameToken,
    Assertion,
}

impl Child {
    pub(crate) fn of(element: &Element, policy: &Policy) -> Result<Self, SecurityFlaw> {
        match (element.namespace(), element.local()) {
            (WSU, "Timestamp") => Ok(Self::Timestamp),
            (WSSE, "UsernameToken") if policy.username => Ok(Self::UsernameToken),
            (SAML20 | SAML11, "Assertion") if policy.assertion => Ok(Self::Assertion),
            (DS, "Signature") => Err(SecurityFlaw::Signature),
            (XENC, _) => Err(SecurityFlaw::Encryption),
            (namespace, local) => Err(SecurityFlaw::Unsupported(HeaderName {
                namespace: namespace.to_owned(),
                local: local.to_owned(),
            })),
        }
    }
}
