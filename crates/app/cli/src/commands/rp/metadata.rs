//! What a relying party says of itself: SAML metadata, or the FederationMetadata of WS-Federation.
//!
//! In:  an EntityDescriptor, or an EntitiesDescriptor and the id of the wanted one.
//! Out: [`Described`].
//! Never: believed: its signature is not looked at. Whoever adds a relying party compares the thumbprints.
//!
//! SAML 2.0 Metadata §2.3–2.4; WS-Federation 1.2 §3.1.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use symbolon_keys::Certificate;
use symbolon_xml::{Document, Element, Limits};

const MD: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
const FED: &str = "http://docs.oasis-open.org/wsfed/federation/200706";
const AUTH: &str = "http://docs.oasis-open.org/wsfed/authorization/200706";
const WSA: &str = "http://www.w3.org/2005/08/addressing";
const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// LIMIT: the metadata of AD FS have 80 KiB, those of a service a few.
const OCTETS: usize = 1 << 20;

/// A relying party in its own words.
#[derive(Debug)]
pub(super) struct Described {
    pub(super) id: String,
    /// Tokens that it takes, the default first.
    pub(super) token_types: &'static [&'static str],
    pub(super) certificates: Vec<(Use, Certificate)>,
    pub(super) name_format: Option<String>,
    pub(super) attributes: Vec<String>,
    /// Where it takes tokens.
    pub(super) consumers: Vec<String>,
}

/// What a certificate is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Use {
    Signing,
    Encryption,
    Either,
}

/// Why metadata say nothing of a relying party.
#[derive(Debug, thiserror::Error)]
pub(super) enum MetadataFlaw {
    #[error("not XML that is read here: {0}")]
    Xml(#[from] symbolon_xml::Flaw),
    #[error("not SAML or WS-Federation metadata")]
    NotMetadata,
    #[error("no single entity in it; name one of: {0}")]
    Which(String),
    #[error("the entity {0} is not a service that takes tokens")]
    NotAService(String),
    #[error("a certificate in it cannot be read")]
    Certificate,
}

impl Described {
    /// One of whom only the name is known.
    pub(super) fn named(id: String) -> Self {
        Self {
            id,
            token_types: &["saml2", "jwt"],
            certificates: Vec::new(),
            name_format: None,
            attributes: Vec::new(),
            consumers: Vec::new(),
        }
    }
}

/// Reads metadata.
pub(super) fn read(octets: &[u8], wanted: Option<&str>) -> Result<Described, MetadataFlaw> {
    let root = Document::parse(octets, &Limits { octets: OCTETS, ..Limits::MESSAGE })?;
    let entity = entity(&root, wanted)?;
    let id = id_of(&entity);
    let roles: Vec<Element> = entity.elements().filter(is_service).collect();
    if roles.is_empty() {
        return Err(MetadataFlaw::NotAService(id));
    }
    let mut described = Described::named(id);
    let saml = roles.iter().any(|role| role.is(MD, "SPSSODescriptor"));
    described.token_types = if saml { &["saml2"] } else { &["saml11", "saml2"] };
    for role in &roles {
        for key in role.elements().filter(|element| element.is(MD, "KeyDescriptor")) {
            described.certificates.extend(certificates(&key)?);
        }
        described.tell(role);
    }
    described.attributes.dedup();
    Ok(described)
}

/// The one entity that is meant.
fn entity(root: &Element, wanted: Option<&str>) -> Result<Element, MetadataFlaw> {
    let is_entity = |element: &Element| element.is(MD, "EntityDescriptor");
    if !is_entity(root) && !root.is(MD, "EntitiesDescriptor") {
        return Err(MetadataFlaw::NotMetadata);
    }
    let mut all: Vec<Element> = root.descendants().filter(is_entity).collect();
    if is_entity(root) && !all.iter().any(|element| element.same(root)) {
        all.push(root.clone());
    }
    let meant = |element: &&Element| wanted.is_none_or(|id| id_of(element) == id);
    match all.iter().filter(meant).collect::<Vec<_>>().as_slice() {
        [one] => Ok((*one).clone()),
        _ => Err(MetadataFlaw::Which(all.iter().map(id_of).collect::<Vec<_>>().join(", "))),
    }
}

fn id_of(entity: &Element) -> String {
    entity.attribute("entityID").unwrap_or_default().to_owned()
}

/// A SAML service provider, or an application service of WS-Federation.
fn is_service(role: &Element) -> bool {
    let application = || {
        let name = role.attribute_in(XSI, "type").unwrap_or_default();
        name.rsplit(':').next() == Some("ApplicationServiceType")
    };
    role.is(MD, "SPSSODescriptor") || role.is(MD, "RoleDescriptor") && application()
}

fn certificates(key: &Element) -> Result<Vec<(Use, Certificate)>, MetadataFlaw> {
    let used_for = match key.attribute("use") {
        Some("signing") => Use::Signing,
        Some("encryption") => Use::Encryption,
        Some(_) | None => Use::Either,
    };
    let written = key.descendants().filter(|element| element.is(DS, "X509Certificate"));
    let read = |element: Element| {
        let text: String = element.text().split_ascii_whitespace().collect();
        let der = STANDARD.decode(text).map_err(|_| MetadataFlaw::Certificate)?;
        let certificate = Certificate::from_der(&der).map_err(|_| MetadataFlaw::Certificate)?;
        Ok((used_for, certificate))
    };
    written.map(read).collect()
}

impl Described {
    /// Notes what a role says beside its keys.
    fn tell(&mut self, role: &Element) {
        for element in role.descendants() {
            if element.is(MD, "AssertionConsumerService") {
                self.consumers.extend(element.attribute("Location").map(str::to_owned));
            } else if element.is(MD, "RequestedAttribute") {
                self.attributes.extend(element.attribute("Name").map(str::to_owned));
            } else if element.is(AUTH, "ClaimType") {
                self.attributes.extend(element.attribute("Uri").map(str::to_owned));
            } else if element.is(MD, "NameIDFormat") && self.name_format.is_none() {
                self.name_format = Some(element.text().trim().to_owned());
            } else if element.is(FED, "PassiveRequestorEndpoint") {
                let addresses = element.descendants().filter(|one| one.is(WSA, "Address"));
                self.consumers.extend(addresses.map(|one| one.text().trim().to_owned()));
            }
        }
    }
}

impl fmt::Display for Use {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Use::Signing => " for signing",
            Use::Encryption => " for encryption",
            Use::Either => "",
        })
    }
}

#[cfg(test)]
mod tests;
