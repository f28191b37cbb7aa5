//! The tokens of a security header.
//!
//! WSS SOAP Message Security 1.1.1 §6.

use super::need::NeedId;
use super::opener::Root;
use super::username::Username;
use symbolon_keys::Certificate;
use symbolon_xml::Element;

/// A token as the message presents it. Nothing in it is verified.
#[derive(Debug, Clone)]
pub struct Token {
    /// The token itself, decrypted if it was encrypted.
    pub element: Element,
    /// The need under which it was handed out for verification, or its key was asked for.
    pub need: Option<NeedId>,
    /// The keys whose signatures cover it, of those signatures that prove something here.
    pub covered_by: Vec<Root>,
    /// Whether nobody but us could read it.
    pub confidential: bool,
    /// What it is.
    pub kind: TokenKind,
}

/// What a token is.
#[derive(Debug, Clone)]
pub enum TokenKind {
    /// `wsse:UsernameToken` with a password, or its digest.
    Username(Box<Username>),
    /// `wsse:UsernameToken` of the account with this name, whose password signs: a key is derived from it.
    Account(String),
    /// A SAML assertion.
    Assertion,
    /// Certificates, the signer's first, then those that issued one another.
    Certificate(Vec<Certificate>),
    /// `wsc:SecurityContextToken`
    Context,
}
