//! `wst:Claims`: what the token is to say.
//!
//! In:  the element, in one of two dialects.
//! Out: [`ClaimAsked`]s in order.
//! Never: a claim passed over. What is not a claim type that we read is refused, for the requestor might rely on it.
//!
//! WS-Trust 1.4 §4.1; Identity Selector Interoperability Profile 1.5 §3.1.2; WS-Federation 1.2 §9.2, §9.3.

use super::{RequestFlaw, fill, uri};
use crate::wstrust::names::{
    AUTHORIZATION, AUTHORIZATION_DIALECT, IDENTITY_DIALECT, IDENTITY_DIALECT_WCF,
};
use symbolon_xml::Element;

/// A claim that the token is to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimAsked {
    /// Its type, compared as it stands.
    pub uri: String,
    /// The value that it must have, if one was named.
    pub value: Option<String>,
    /// Whether a token without it is of no use.
    pub required: bool,
}

const FLAW: RequestFlaw = RequestFlaw::Unreadable("Claims");

pub(super) fn read(of: &Element) -> Result<Vec<ClaimAsked>, RequestFlaw> {
    // SPEC: WS-Trust 1.3 §4.1 demands a Dialect, its schema does not, 2005 has none: silence is the dialect of the time.
    let namespace = match of.attribute("Dialect").map(str::trim) {
        // INTEROP: early WCF names the dialect IdentityClaims; the elements are the same.
        None | Some(IDENTITY_DIALECT | IDENTITY_DIALECT_WCF) => IDENTITY_DIALECT,
        Some(AUTHORIZATION_DIALECT) => AUTHORIZATION,
        Some(_) => return Err(RequestFlaw::ClaimsDialect),
    };
    of.elements().map(|child| read_one(&child, namespace)).collect()
}

fn read_one(of: &Element, namespace: &str) -> Result<ClaimAsked, RequestFlaw> {
    if !of.is(namespace, "ClaimType") {
        return Err(FLAW);
    }
    let name = of.attribute("Uri").map(str::trim).filter(|name| !name.is_empty()).ok_or(FLAW)?;
    let required = match of.attribute("Optional").map(str::trim) {
        None | Some("false" | "0") => true,
        Some("true" | "1") => false,
        Some(_) => return Err(FLAW),
    };
    let mut value = None;
    for child in of.elements() {
        match child.local() {
            _ if child.namespace() != AUTHORIZATION => return Err(FLAW),
            "DisplayName" | "Description" | "DisplayValue" => {}
            "Value" => fill(&mut value, uri(&child, "Claims")?.into_owned(), "Value")?,
            _ => return Err(FLAW), // a condition on the value
        }
    }
    Ok(ClaimAsked { uri: name.to_owned(), value, required })
}
