//! Sealing an answer: the reply envelope around a body.
//!
//! In:  the octets of the body's child, or a fault; what of the request the answer must repeat.
//! Out: the octets of the message, in one line: no white space between elements, the envelope's prefix `s`. In plain, or
//!      protected with the key that signed the whole request.
//! Never: a header that must be understood, for a client without WS-Addressing would refuse the answer. Never a key of the
//!        request that signed less than all of it.
//!
//! WS-Addressing 1.0 Core §3.4. INTEROP: node-sp-auth looks for the literal `s:Body` and trips over white space; WCF and
//! CXF demand a timestamp in the answer where the policy says so.

use std::sync::Arc;

use crate::fault::wsse;
use crate::names::WSU;
use crate::seal::{Header, Outgoing, Seal, headers_of_reply};
use crate::time::DateTime;
use crate::{
    AddressingVersion, CertifiedKey, Conversation, Fault, Keys, NamedSecret, Protection, SealFlaw,
    Sealing, SoapVersion, Stamp,
};
use symbolon_keys::{Certificate, Random};
use symbolon_xml::{QName, Unwritable, Writer};

// Envelope, headers with a timestamp and a MessageID: 900 octets as we write them.
const AROUND: usize = 1024;

/// Writes the one answer to a message.
#[derive(Debug, Clone)]
pub struct Sealer {
    version: SoapVersion,
    addressing: AddressingVersion,
    relates_to: Option<Arc<str>>,
    /// What a protected request leaves to its answer.
    bequest: Option<Arc<Bequest>>,
}

/// What a protected request leaves to its answer.
#[derive(Debug)]
pub(crate) struct Bequest {
    /// The key that signed the whole.
    pub(crate) key: Option<ReplyKey>,
    /// How it wrote derived keys.
    pub(crate) conversation: Conversation,
    /// Its signatures.
    pub(crate) signatures: Vec<Vec<u8>>,
}

/// The key that an answer is protected with.
#[derive(Debug, Clone)]
pub(crate) enum ReplyKey {
    /// A secret of both sides: keys are derived from it.
    Secret(NamedSecret),
    /// The certificate whose key signed the request: it is encrypted to that, and signed by us.
    Certificate(Certificate),
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
    pub fn plain(version: SoapVersion, relates_to: Option<String>) -> Self {
        let relates_to = relates_to.map(Arc::from);
        Self { version, addressing: AddressingVersion::V10, relates_to, bequest: None }
    }

    /// The same, with what opening found out.
    pub(crate) fn after_opening(self, relates_to: Option<String>, bequest: Bequest) -> Self {
        let relates_to = relates_to.map(Arc::from);
        Self { relates_to, bequest: Some(Arc::new(bequest)), ..self }
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
        let room = reply.body.len();
        self.seal_written(reply.action, reply.timestamp, room, |out| {
            out.raw(reply.body);
        })
    }

    /// Writes an answer whose body is written in place, by `body`, for which there is `room`, in octets.
    ///
    /// # Errors
    /// [`Unwritable`] if the action or what `body` writes is no XML.
    pub fn seal_written(
        self,
        action: &str,
        timestamp: Option<Stamp>,
        room: usize,
        body: impl FnOnce(&mut Writer),
    ) -> Result<Vec<u8>, Unwritable> {
        let mut out = Writer::with_capacity(room.saturating_add(AROUND));
        let headers = |out: &mut Writer| {
            self.write_addressing(action, out);
            if let Some(stamp) = timestamp {
                write_security(stamp, out);
            }
        };
        write_envelope(&mut out, self.version, headers, body);
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

    /// Whether the request came with a key that its answer is to be protected with.
    #[must_use]
    pub fn protects(&self) -> bool {
        self.bequest.as_ref().is_some_and(|bequest| bequest.key.is_some())
    }

    /// Writes an answer, protected with the key that signed the whole request.
    ///
    /// `own` signs where that key was a private one.
    ///
    /// # Errors
    /// [`SealFlaw::NoKey`] if the request came with no such key, or `own` is missing; otherwise as [`SealFlaw`] says.
    pub fn protect(
        self,
        reply: &Reply<'_>,
        own: Option<CertifiedKey<'_>>,
        random: &dyn Random,
    ) -> Result<Sealing, SealFlaw> {
        let headers = headers_of_reply(self.addressing, reply.action, self.relates_to.as_deref())?;
        self.protected((headers, reply.body), reply.timestamp, own, random)
    }

    /// Writes a fault, protected likewise. Only for who is authenticated.
    ///
    /// # Errors
    /// As [`Sealer::protect`].
    pub fn protect_fault(
        self,
        fault: &Fault<'_>,
        timestamp: Option<Stamp>,
        own: Option<CertifiedKey<'_>>,
        random: &dyn Random,
    ) -> Result<Sealing, SealFlaw> {
        let action = fault.action_in(self.addressing);
        let mut headers = headers_of_reply(self.addressing, action, self.relates_to.as_deref())?;
        let (mut about, mut body) = (Writer::new(), Writer::new());
        fault.write_headers(self.version, self.addressing, &mut about);
        headers.push((None, about.finish()?));
        fault.write(self.version, self.addressing, &mut body);
        self.protected((headers, &body.finish()?), timestamp, own, random)
    }

    fn protected(
        self,
        (headers, body): (Vec<Header>, &[u8]),
        timestamp: Option<Stamp>,
        own: Option<CertifiedKey<'_>>,
        random: &dyn Random,
    ) -> Result<Sealing, SealFlaw> {
        let bequest = self.bequest.as_ref().ok_or(SealFlaw::NoKey)?;
        let keys = match (&bequest.key, own) {
            (Some(ReplyKey::Secret(shared)), _) => Keys::Shared(shared),
            (Some(ReplyKey::Certificate(certificate)), Some(own)) => {
                Keys::Certificates { own, recipient: Some(certificate) }
            }
            (Some(ReplyKey::Certificate(_)), None) | (None, _) => return Err(SealFlaw::NoKey),
        };
        let (assertion, conversation) = (None, bequest.conversation);
        let protection = Protection { keys, assertion, endorsements: &[], conversation };
        let outgoing = Outgoing {
            version: self.version,
            must_understand: false,
            headers,
            timestamp,
            username: None,
            confirmed: Some(&bequest.signatures),
            body,
        };
        Seal::begin(&outgoing, &protection, random)
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
    write_stamp(stamp, None, out);
}

/// A timestamp, with an id for signatures to refer to.
pub(crate) fn write_stamp(stamp: Stamp, id: Option<&str>, out: &mut Writer) {
    out.start(&wsu("Timestamp"));
    if let Some(id) = id {
        out.attribute_in(&wsu("Id"), id);
    }
    out.element(&wsu("Created"), DateTime::from_millis(stamp.created).as_str());
    if let Some(expires) = stamp.expires {
        out.element(&wsu("Expires"), DateTime::from_millis(expires).as_str());
    }
    out.end();
}

pub(crate) const fn wsu(local: &'static str) -> QName {
    QName::new("u", WSU, local)
}
