//! `wsp:AppliesTo`: whom a token is for.
//!
//! In:  the element, in any of three namespaces, its address in either of two.
//! Out: [`AppliesTo`]: the address, and the spelling to repeat in the answer.
//! Never: an address put together of parts, or chosen among several.
//!
//! WS-Trust 1.4 §4.1; WS-PolicyAttachment. INTEROP: CXF writes the third namespace, most others the first.

use super::{RequestFlaw, fill, uri};
use crate::wstrust::names::{WSA, WSA04, WSP, WSP_DRAFT, WSP15};
use symbolon_xml::{Element, QName, Writer};

/// Whom a token is for: an absolute URI, `urn:` included, compared as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliesTo {
    /// The address.
    pub address: String,
    policy: &'static str,
    addressing: &'static str,
}

impl AppliesTo {
    /// In the spelling that most clients use.
    #[must_use]
    pub const fn new(address: String) -> Self {
        Self { address, policy: WSP, addressing: WSA }
    }

    /// The same spelling with another address: for the scope that was granted.
    #[must_use]
    pub fn with_address(&self, address: String) -> Self {
        Self { address, ..self.clone() }
    }

    /// The namespace of the element, if it is an AppliesTo.
    pub(in crate::wstrust) fn namespace(of: &Element) -> Option<&'static str> {
        let known = [WSP, WSP15, WSP_DRAFT].into_iter().find(|one| *one == of.namespace());
        known.filter(|_| of.local() == "AppliesTo")
    }

    pub(in crate::wstrust) fn read(
        of: &Element,
        policy: &'static str,
    ) -> Result<Self, RequestFlaw> {
        let flaw = || RequestFlaw::Unreadable("AppliesTo");
        let mut children = of.elements();
        let (address, addressing) = match (children.next(), children.next()) {
            (None, _) => (uri(of, "AppliesTo")?.into_owned(), WSA),
            (Some(endpoint), None) => {
                let mut spelling = [WSA, WSA04].into_iter();
                let addressing = spelling.find(|ns| endpoint.is(ns, "EndpointReference"));
                let addressing = addressing.ok_or_else(flaw)?;
                let mut address = None;
                for child in endpoint.elements().filter(|child| child.is(addressing, "Address")) {
                    fill(&mut address, uri(&child, "Address")?.into_owned(), "Address")?;
                }
                (address.ok_or_else(flaw)?, addressing)
            }
            (Some(_), Some(_)) => return Err(RequestFlaw::NotOneElement("AppliesTo")),
        };
        Ok(Self { address, policy, addressing })
    }

    pub(in crate::wstrust) fn write(&self, out: &mut Writer) {
        out.start(&QName::new("wsp", self.policy, "AppliesTo"));
        out.start(&QName::new("a", self.addressing, "EndpointReference"));
        out.element(&QName::new("a", self.addressing, "Address"), &self.address);
        out.end().end();
    }
}
