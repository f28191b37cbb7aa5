//! Federation metadata: who issues, with which certificates, which tokens, and where.
//!
//! In:  a realm.
//! Out: `md:EntityDescriptor` with one role, that of a security token service.
//! Never: a key that no longer verifies; what relying parties the realm has.
//!
//! WS-Federation 1.2 §3.1; SAML 2.0 Metadata §2.3, §2.4.

use symbolon_kernel::snapshot::{KeyState, RealmKey, RealmView, Serves};
use symbolon_keys::SignatureAlgorithm;
use symbolon_messages::wstrust::Generation;
use symbolon_messages::wstrust::names::{JWT_TOKEN, SAML11_URN, SAML20_URN};
use symbolon_soap::SoapVersion;
use symbolon_soap::names::{DS, WSA};
use symbolon_xml::{QName, Unwritable, Writer};

use super::exchange::MEX;
use super::port::Port;

const MD: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
const FED: &str = "http://docs.oasis-open.org/wsfed/federation/200706";
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Writes the document.
pub(super) fn write(realm: &RealmView) -> Result<Vec<u8>, Unwritable> {
    let ports = Port::all(realm, SoapVersion::V12);
    let mut out = Writer::with_capacity(8192);
    out.start(&md("EntityDescriptor")).attribute("entityID", realm.issuer.as_str());
    out.start(&md("RoleDescriptor")).declare("fed", FED);
    out.attribute_in(&QName::new("xsi", XSI, "type"), "fed:SecurityTokenServiceType");
    out.attribute("protocolSupportEnumeration", &protocols(&ports));
    for key in published(realm) {
        write_key(key, &mut out);
    }
    out.start(&fed("TokenTypesOffered"));
    for uri in [SAML20_URN, SAML11_URN, JWT_TOKEN] {
        out.start(&fed("TokenType")).attribute("Uri", uri).end();
    }
    out.end();
    let mex = realm.endpoints.values().find(|one| one.serves == Serves::Mex);
    let mex = mex.map(|endpoint| format!("{}{}", realm.public_url, endpoint.path));
    for port in &ports {
        write_endpoint(&port.url, mex.as_deref(), &mut out);
    }
    out.end().end();
    out.finish()
}

fn protocols(ports: &[Port<'_>]) -> String {
    let spoken = [Generation::V13, Generation::V2005].into_iter();
    let spoken = spoken.filter(|one| ports.iter().any(|port| port.generation == *one));
    let names: Vec<&str> = std::iter::once(FED).chain(spoken.map(Generation::namespace)).collect();
    names.join(" ")
}

/// Keys that sign or did, and those that will: active first.
// INTEROP: a tool that can keep one certificate takes the first; SAML tokens are signed with RSA where nobody says otherwise.
fn published(realm: &RealmView) -> Vec<&RealmKey> {
    let rank = |key: &&RealmKey| {
        let state = match key.state {
            KeyState::Active => 0,
            KeyState::Pending => 1,
            KeyState::Retiring => 2,
            KeyState::Retired => return None,
        };
        Some((state, key.signer.algorithm() != SignatureAlgorithm::RsaSha256))
    };
    let mut keys: Vec<&RealmKey> = realm.keys.iter().filter(|key| rank(key).is_some()).collect();
    keys.sort_by_key(rank);
    keys
}

fn write_key(key: &RealmKey, out: &mut Writer) {
    let ds = |local| QName::new("ds", DS, local);
    out.start(&md("KeyDescriptor")).attribute("use", "signing");
    out.start(&ds("KeyInfo")).start(&ds("X509Data"));
    out.element(&ds("X509Certificate"), key.signer.certificate().base64());
    out.end().end().end();
}

/// Where tokens are issued, and where the policy of that is read.
fn write_endpoint(url: &str, mex: Option<&str>, out: &mut Writer) {
    let wsa = |local| QName::new("wsa", WSA, local);
    let wsx = |local| QName::new("wsx", MEX, local);
    out.start(&fed("SecurityTokenServiceEndpoint")).start(&wsa("EndpointReference"));
    out.element(&wsa("Address"), url);
    if let Some(mex) = mex {
        out.start(&wsa("Metadata")).start(&wsx("Metadata"));
        out.start(&wsx("MetadataSection")).attribute("Dialect", MEX);
        out.start(&wsx("MetadataReference")).element(&wsa("Address"), mex);
        out.end().end().end().end();
    }
    out.end().end();
}

const fn md(local: &'static str) -> QName {
    QName::new("md", MD, local)
}

const fn fed(local: &'static str) -> QName {
    QName::new("fed", FED, local)
}
