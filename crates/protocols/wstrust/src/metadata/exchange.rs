//! Metadata over SOAP: WS-Transfer's Get, and GetMetadata of WS-MetadataExchange.
//!
//! In:  a SOAP 1.2 message, from anybody.
//! Out: the realm's WSDL inside `mex:Metadata`; or the fault that the standards name.
//! Never: anything that a GET of the same path does not tell.
//!
//! WS-MetadataExchange 1.1 §3, §4. INTEROP: WCF's svcutil asks by Get, CXF by either.

use symbolon_kernel::{Cause, Endpoint, Reply};
use symbolon_messages::wstrust::Generation;
use symbolon_soap::{Inquiry, Reply as Sealed, Sealer, SoapVersion};
use symbolon_xml::{Element, Limits, QName, Unwritable, Writer};

use super::{definitions, wsdl};
use crate::Received;
use crate::fault::Told;

/// WS-MetadataExchange 1.1.
pub(super) const MEX: &str = "http://schemas.xmlsoap.org/ws/2004/09/mex";
const GET: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get";
const GET_ANSWER: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer/GetResponse";
const METADATA: &str = "http://schemas.xmlsoap.org/ws/2004/09/mex/GetMetadata/Request";
const METADATA_ANSWER: &str = "http://schemas.xmlsoap.org/ws/2004/09/mex/GetMetadata/Response";

/// Serves one message at an endpoint that publishes metadata.
pub fn exchange(endpoint: &Endpoint, received: &Received<'_>) -> Reply {
    let inquiry = match Inquiry::open(received.body, &[SoapVersion::V12], &Limits::MESSAGE) {
        Ok(inquiry) => inquiry,
        Err(unopened) => return refused(&Told::flaw(unopened.flaw, unopened.sealer), received),
    };
    let sealer = inquiry.sealer.clone();
    let action = match inquiry.addressing.action.as_deref() {
        Some(GET) => GET_ANSWER,
        Some(METADATA) => METADATA_ANSWER,
        other => {
            let action = other.unwrap_or_default().to_owned();
            return refused(&Told::action_not_supported(action, sealer), received);
        }
    };
    let wanted = inquiry.body.as_ref().is_none_or(wants_definitions);
    let definitions = if wanted { definitions(endpoint.realm()) } else { None };
    let answer = metadata(definitions.as_deref())
        .and_then(|body| inquiry.sealer.seal(&Sealed { action, body: &body, timestamp: None }));
    match answer {
        Ok(body) => reply(200, body),
        Err(_) => refused(&Told::by_cause(Generation::V13, sealer), received),
    }
}

/// Whether a question leaves the kind of metadata open, or names that which there is.
fn wants_definitions(asked: &Element) -> bool {
    let named = asked.child(MEX, "Dialect").unwrap_or_default();
    named.is_none_or(|dialect| dialect.text().trim() == wsdl::NAMESPACE)
}

fn metadata(definitions: Option<&[u8]>) -> Result<Vec<u8>, Unwritable> {
    let mex = |local| QName::new("wsx", MEX, local);
    let mut out = Writer::with_capacity(16 * 1024);
    out.start(&mex("Metadata"));
    if let Some(definitions) = definitions {
        out.start(&mex("MetadataSection")).attribute("Dialect", wsdl::NAMESPACE);
        out.attribute("Identifier", wsdl::TARGET).raw(definitions).end();
    }
    out.end();
    out.finish()
}

fn refused(told: &Told, received: &Received<'_>) -> Reply {
    let (fault, status) = told.fault(Cause::Bug);
    let id = received.arrival.request.as_str();
    let sealer: Sealer = told.sealer.clone();
    reply(status, sealer.seal_fault(&fault.with_request_id(id)).unwrap_or_default())
}

fn reply(status: u16, body: Vec<u8>) -> Reply {
    let headers = vec![
        ("content-type", SoapVersion::V12.content_type().into()),
        ("cache-control", "no-store".into()),
    ];
    Reply { status, headers, body, summary: None }
}
