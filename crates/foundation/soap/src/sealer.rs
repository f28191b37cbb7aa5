//! Sealing an answer: the reply envelope around a body.
//!
//! In:  the octets of the body's child, or a fault; what of the request the answer must repeat.
//! Out: the octets of the message, in one line: no white space between elements, the envelope's prefix `s`.
//! Never: a header that must be understood, for a client without WS-Addressing would refuse the answer.
//!
//! WS-Addressing 1.0 Core §3.4. INTEROP: node-sp-auth looks for the literal `s:Body` and trips over white space; WCF and
//! CXF demand a timestamp in the answer where the policy says so.

use crate::fault::wsse;
use crate::names::WSU;
use crate::time::DateTime;
use crate::{AddressingVersion, Fault, SoapVersion, Stamp};
use symbolon_xml::{QName, Unwritable, Writer};

// Envelope, headers with a timestamp and a MessageID: 900 octets as we write them.
const AROUND: usize = 1024;

/// Writes the one answer to a message.
#[derive(Debug, Clone)]
pub struct Sealer {
    version: SoapVersion,
    addressing: AddressingVersion,
    relates_to: Option<String>,
}

/// An answer that is no fault.
#[derive(Debug, Clone, Copy)]
pub struct Reply<'a> {
    /// `wsa:Action`
    pub action: &'a str,
    /// The octets of the body's child; they declare every namespace that they use.
    pub body: &'a [u8],
    /// What the timestamp is to say, if there is to be one.
    pub timestamp: Option<Stamp>,
}

impl Sealer {
    /// A sealer that protects nothing, for a message of this version with this MessageID.
    #[must_use]
    pub const fn plain(version: SoapVersion, relates_to: Option<String>) -> Self {
        Self { version, addressing: AddressingVersion::V10, relates_to }
    }

    /// The same, with addressing headers of another version.
    pub(crate) fn in_addressing(self, addressing: AddressingVersion) -> Self {
        Self { addressing, ..self }
    }

    /// The version the answer is written in; its media type is told by it.
    #[must_use]
    pub const fn version(&self) -> SoapVersion {
        self.version
    }

    /// Writes an answer.
    ///
    /// # Errors
    /// [`Unwritable`] if the action holds a character that XML has not.
    pub fn seal(self, reply: &Reply<'_>) -> Result<Vec<u8>, Unwritable> {
        let mut out = Writer::with_capacity(reply.body.len().saturating_add(AROUND));
        write_envelope(
            &mut out,
            self.version,
            |out| {
                self.write_addressing(reply.action, out);
                if let Some(stamp) = reply.timestamp {
                    write_security(stamp, out);
                }
            },
            |out| {
                out.raw(reply.body);
            },
        );
        out.finish()
    }

    /// Writes a fault.
    ///
    /// # Errors
    /// [`Unwritable`] if the request id or the problem holds a character that XML has not.
    pub fn seal_fault(self, fault: &Fault<'_>) -> Result<Vec<u8>, Unwritable> {
        let mut out = Writer::with_capacity(AROUND.saturating_mul(2));
        write_envelope(
            &mut out,
            self.version,
            |out| {
                self.write_addressing(fault.action_in(self.addressing), out);
                fault.write_headers(self.version, self.addressing, out);
            },
            |out| fault.write(self.version, self.addressing, out),
        );
        out.finish()
    }

    fn write_addressing(&self, action: &str, out: &mut Writer) {
        out.element(&self.addressing.name("Action"), action);
        if let Some(id) = &self.relates_to {
            out.element(&self.addressing.name("RelatesTo"), id);
        }
    }
}

/// The envelope of every message that we write.
pub(crate) fn write_envelope(
    out: &mut Writer,
    version: SoapVersion,
    headers: impl FnOnce(&mut Writer),
    body: impl FnOnce(&mut Writer),
) {
    let name = |local| QName::new("s", version.namespace(), local);
    out.start(&name("Envelope")).start(&name("Header"));
    headers(out);
    out.end().start(&name("Body"));
    body(out);
    out.end().end();
}

fn write_security(stamp: Stamp, out: &mut Writer) {
    out.start(&wsse("Security"));
    write_timestamp(stamp, out);
    out.end();
}

pub(crate) fn write_timestamp(stamp: Stamp, out: &mut Writer) {
    out.start(&wsu("Timestamp"));
    out.element(&wsu("Created"), DateTime::from_millis(stamp.created).as_str());
    if let Some(expires) = stamp.expires {
        out.element(&wsu("Expires"), DateTime::from_millis(expires).as_str());
    }
    out.end();
}

pub(crate) const fn wsu(local: &'static str) -> QName {
    QName::new("u", WSU, local)
}
