//! What requestors' tools read about the service, made from the endpoint objects that are enforced.
//!
//! In:  an endpoint that serves such a document, or one of WS-Trust that is asked for its own.
//! Out: WSDL with its policies, or federation metadata; `None` for an endpoint that has no document.
//! Never: an endpoint, a version or a credential that the realm's objects do not have; a private key.
//!
//! WSDL 1.1; WS-Policy Attachment 1.2 §4; WS-MetadataExchange 1.1; WS-Federation 1.2 §3. The federation metadata are not
//! signed: they are believed for the TLS that they came over.

mod exchange;
mod federation;
mod port;
mod wsdl;

use symbolon_kernel::snapshot::{RealmView, Serves};
use symbolon_kernel::{Endpoint, Reply};
use symbolon_soap::SoapVersion;

pub use exchange::exchange;

use port::Port;

/// The document that is read at an endpoint, if one is: at an endpoint of WS-Trust its own WSDL, in every version of SOAP that
/// it speaks.
pub fn document(endpoint: &Endpoint) -> Option<Reply> {
    let realm = endpoint.realm();
    match endpoint.serves {
        Serves::WsTrust13 | Serves::WsTrust2005 => {
            let port = Port::of(realm, endpoint)?;
            Some(reply("text/xml; charset=utf-8", wsdl::write(&[port]).ok()?))
        }
        Serves::Mex => Some(reply("text/xml; charset=utf-8", definitions(realm)?)),
        Serves::FederationMetadata => {
            let document = federation::write(realm).ok()?;
            Some(reply("application/samlmetadata+xml", document))
        }
        Serves::OAuthToken | Serves::Jwks | Serves::OAuthMetadata | Serves::OpenIdConfiguration => {
            None
        }
    }
}

/// The WSDL of the realm: every endpoint in SOAP 1.2.
// INTEROP: MSAL breaks on any binding of SOAP 1.1 here; an endpoint's own WSDL has those.
fn definitions(realm: &RealmView) -> Option<Vec<u8>> {
    let ports: Vec<Port<'_>> = Port::all(realm, SoapVersion::V12);
    wsdl::write(&ports).ok()
}

fn reply(content_type: &'static str, body: Vec<u8>) -> Reply {
    // LIMIT: five minutes: a key is published that long before it signs.
    let headers =
        vec![("content-type", content_type.into()), ("cache-control", "max-age=300".into())];
    Reply { status: 200, headers, body, summary: None }
}
