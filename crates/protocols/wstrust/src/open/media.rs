//! The HTTP headers of a message.
//!
//! In:  `Content-Type` and `SOAPAction`, and the versions that the endpoint speaks.
//! Out: the one version that the message may be of, and the action that they name.
//! Never: a guess by the message: a body in another version than its media type says is refused by its envelope.
//!
//! SOAP 1.1 §6.1.1; SOAP 1.2 part 2 §7.1.4, §7.5.2.2 (415).

use symbolon_kernel::snapshot::SoapVersionName;
use symbolon_kernel::{Cause, Endpoint, Refusal};
use symbolon_soap::{Sealer, SoapVersion};

use super::Unopened;
use crate::Received;
use crate::fault::Told;

/// What the HTTP headers say about the message.
pub(super) struct MediaType<'r> {
    /// The version whose media type it is, alone.
    pub(super) versions: &'static [SoapVersion],
    /// The `action` parameter, or `SOAPAction`; nothing where it is empty.
    pub(super) action: Option<&'r str>,
}

impl<'r> MediaType<'r> {
    pub(super) fn read(received: &Received<'r>, endpoint: &Endpoint) -> Result<Self, Unopened> {
        let mut parts = received.content_type.unwrap_or_default().split(';').map(str::trim);
        let essence = parts.next().unwrap_or_default();
        let named = |name: &SoapVersionName| essence.eq_ignore_ascii_case(media_type_of(*name));
        let Some(version) = endpoint.soap_versions.iter().find(|name| named(name)) else {
            return Err(unsupported(essence, &endpoint.soap_versions));
        };
        let parameter = parts.find_map(|part| {
            let (name, value) = part.split_once('=')?;
            name.trim().eq_ignore_ascii_case("action").then(|| unquoted(value))
        });
        let header = received.soap_action.map(unquoted);
        let action = parameter.or(header).filter(|action| !action.is_empty());
        Ok(Self { versions: alone(*version), action })
    }
}

const fn media_type_of(version: SoapVersionName) -> &'static str {
    match version {
        SoapVersionName::V11 => "text/xml",
        SoapVersionName::V12 => "application/soap+xml",
    }
}

const fn alone(version: SoapVersionName) -> &'static [SoapVersion] {
    match version {
        SoapVersionName::V11 => &[SoapVersion::V11],
        SoapVersionName::V12 => &[SoapVersion::V12],
    }
}

/// Told in the endpoint's preferred version: the message has shown none.
fn unsupported(essence: &str, spoken: &[SoapVersionName]) -> Unopened {
    let refusal = Refusal::new(Cause::Malformed, format!("media type {essence:?}"));
    let text = match spoken {
        [SoapVersionName::V11] => "The media type is not text/xml",
        [SoapVersionName::V12] => "The media type is not application/soap+xml",
        [..] => "The media type is neither application/soap+xml nor text/xml",
    };
    let version = match spoken.first() {
        Some(SoapVersionName::V11) => SoapVersion::V11,
        Some(SoapVersionName::V12) | None => SoapVersion::V12,
    };
    Unopened { refusal, told: Told::media_type(text, Sealer::plain(version, None)) }
}

fn unquoted(value: &str) -> &str {
    let value = value.trim();
    value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap_or(value)
}
