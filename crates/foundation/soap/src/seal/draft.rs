//! A message part by part, until it is put together.
//!
//! In:  parts, each the canonical octets of one element.
//! Out: what signatures are over, and in the end the octets of the message.
//! Never: a digest over anything but what the receiver will canonicalize: the message is put together and parsed for it.

use super::parts::{self, Outgoing, SIGNED_TOKEN};
use super::{Protection, SealFlaw};
use crate::names::{SAML11, SAML20, WSSE};
use crate::security::replace::{standard, written_transform};
use crate::{SoapVersion, sealer};
use symbolon_xml::{C14n, Document, EVERYTHING, Element, Limits, QName, Tree, View, Writer};
use symbolon_xmlsec::{Flaw, Reference, SignatureMethod, SignedInfo};

/// Octets of one part in canonical form.
const MOST_OCTETS: usize = 256 * 1024;
/// The id of the Body.
pub(crate) const BODY: &str = "m-body";

/// One element.
#[derive(Clone)]
pub(crate) struct Part {
    pub(crate) octets: Vec<u8>,
    /// Whether it is encrypted.
    pub(crate) hidden: bool,
}

/// A message that is being written.
pub(crate) struct Draft {
    version: SoapVersion,
    must_understand: bool,
    /// The header blocks, without the security header.
    headers: Vec<Vec<u8>>,
    /// The children of the security header.
    pub(crate) security: Vec<Part>,
    /// How many of these stand before all that uses keys: timestamp and keys.
    pub(crate) keys: usize,
    /// The content of the Body.
    pub(crate) body: Vec<u8>,
    /// The ids of what is signed.
    signed: Vec<String>,
    /// The ids of what is endorsed where nothing else signs.
    endorsed: Vec<String>,
    token: Option<&'static str>,
}

impl Draft {
    pub(crate) fn new(
        outgoing: &Outgoing<'_>,
        protection: &Protection<'_>,
    ) -> Result<Self, SealFlaw> {
        let parts = parts::written(outgoing, protection)?;
        let headers = outgoing.headers.iter();
        let mut signed: Vec<String> = headers.filter_map(|(id, _)| id.map(str::to_owned)).collect();
        signed.extend(parts.ids);
        signed.push(BODY.to_owned());
        let endorsed =
            signed.iter().filter(|id| [parts::TO, parts::TIMESTAMP].contains(&id.as_str()));
        Ok(Self {
            version: outgoing.version,
            must_understand: outgoing.must_understand,
            headers: outgoing.headers.iter().map(|(_, octets)| octets.clone()).collect(),
            security: parts.security,
            keys: usize::from(outgoing.timestamp.is_some()),
            body: outgoing.body.to_vec(),
            endorsed: endorsed.cloned().collect(),
            signed,
            token: protection.assertion.map(|_| SIGNED_TOKEN),
        })
    }

    /// What a signature over the whole covers: ids, and the reference whose token.
    pub(crate) fn to_sign(&self) -> (Vec<String>, Option<&'static str>) {
        (self.signed.clone(), self.token)
    }

    /// What a signature covers where TLS protects the rest.
    pub(crate) fn to_endorse(&self) -> Vec<String> {
        self.endorsed.clone()
    }

    /// What is signed.
    pub(crate) fn signed_info(
        &self,
        over: &[String],
        token: Option<&str>,
        method: SignatureMethod,
    ) -> Result<SignedInfo, SealFlaw> {
        let tree = Tree::new(Document::parse(&self.assemble()?, &Limits::MESSAGE)?)?;
        let view = tree.view(EVERYTHING);
        let canonical = |id: &String| {
            let element = view.id(id).ok_or(Flaw::UnknownReference)?;
            let octets = view.canonicalize(&element, &C14n::exclusive(), None, MOST_OCTETS);
            octets.map_err(|_| Flaw::TooMuch)
        };
        let parts = over.iter().map(canonical).collect::<Result<Vec<_>, _>>()?;
        let mut references: Vec<Reference<'_>> =
            over.iter().zip(&parts).map(|(id, octets)| Reference::new(id, octets)).collect();
        let transform = written_transform();
        let assertion = token.map(|_| assertion(view)).transpose()?;
        if let (Some(id), Some(octets)) = (token, &assertion) {
            references.push(Reference::new(id, octets).replaced_by(&transform));
        }
        Ok(SignedInfo::over(&references, method)?)
    }

    /// The octets of the message as it is now.
    pub(crate) fn assemble(&self) -> Result<Vec<u8>, SealFlaw> {
        let name = |local| QName::new("s", self.version.namespace(), local);
        let mut out = Writer::with_capacity(self.body.len().saturating_add(8192));
        out.start(&name("Envelope")).start(&name("Header"));
        for octets in &self.headers {
            out.raw(octets);
        }
        out.start(&QName::new("o", WSSE, "Security"));
        if self.must_understand {
            out.attribute_in(&name("mustUnderstand"), "1");
        }
        for part in &self.security {
            out.raw(&part.octets);
        }
        out.end().end();
        out.start(&name("Body")).attribute_in(&sealer::wsu("Id"), BODY).raw(&self.body).end();
        out.end();
        Ok(out.finish()?)
    }
}

/// The assertion in the header, in the form that a STR-Transform writes.
fn assertion(view: View<'_>) -> Result<Vec<u8>, Flaw> {
    let header = view.elements(view.root()).into_iter().next();
    let blocks = header.iter().flat_map(Element::elements);
    let mut children = blocks
        .filter(|block| block.is(WSSE, "Security"))
        .flat_map(|security| security.elements().collect::<Vec<_>>());
    let assertion =
        children.find(|child| child.is(SAML20, "Assertion") || child.is(SAML11, "Assertion"));
    standard(view, &assertion.ok_or(Flaw::UnknownReference)?).ok_or(Flaw::TooMuch)
}
