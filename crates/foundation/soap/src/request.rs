//! A request as a requestor's library sends it.
//!
//! In:  action, address, message id, the requestor's name and password, the octets of the body's child.
//! Out: the octets of the message, in plain for TLS or protected.
//! Never: a password on a connection that anybody can read; that is the caller's to see to.
//!
//! WS-Addressing 1.0; WSS UsernameToken Profile 1.1.1.

use crate::fault::{wsa, wsse};
use crate::names::{PASSWORD_TEXT, WSA_ANONYMOUS};
use crate::seal::{Outgoing, Seal, headers_of_request};
use crate::sealer::{write_envelope, write_timestamp};
use crate::{Protection, SealFlaw, Sealing, Secret, SoapVersion, Stamp};
use symbolon_keys::Random;
use symbolon_xml::{QName, Unwritable, Writer};

/// A request.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Version of SOAP.
    pub version: SoapVersion,
    /// What is asked for.
    pub action: &'a str,
    /// Where it goes.
    pub to: &'a str,
    /// A name for it that no other message has: `urn:uuid:…`.
    pub message_id: &'a str,
    /// When it was made and until when it is good.
    pub timestamp: Option<Stamp>,
    /// Who asks, and what proves it.
    pub username: Option<UsernamePassword<'a>>,
    /// The octets of the body's child.
    pub body: &'a [u8],
}

/// A name and a password in clear.
#[derive(Debug, Clone, Copy)]
pub struct UsernamePassword<'a> {
    /// The account's name.
    pub name: &'a str,
    /// Its password.
    pub password: &'a Secret,
}

impl Request<'_> {
    /// Writes the message.
    ///
    /// # Errors
    /// [`Unwritable`] if a value holds a character that XML has not.
    pub fn write(&self) -> Result<Vec<u8>, Unwritable> {
        let mut out = Writer::with_capacity(self.body.len().saturating_add(2048));
        let body = |out: &mut Writer| {
            out.raw(self.body);
        };
        write_envelope(&mut out, self.version, |out| self.write_headers(out), body);
        out.finish()
    }

    /// Writes the message, protected by more than TLS.
    ///
    /// # Errors
    /// [`SealFlaw`].
    pub fn protect(
        &self,
        protection: &Protection<'_>,
        random: &dyn Random,
    ) -> Result<Sealing, SealFlaw> {
        let outgoing = Outgoing {
            version: self.version,
            must_understand: true,
            headers: headers_of_request(self)?,
            timestamp: self.timestamp,
            username: self.username,
            confirmed: None,
            body: self.body,
        };
        Seal::begin(&outgoing, protection, random)
    }

    fn write_headers(&self, out: &mut Writer) {
        let must_understand = QName::new("s", self.version.namespace(), "mustUnderstand");
        out.start(&wsa("Action")).attribute_in(&must_understand, "1").text(self.action).end();
        out.element(&wsa("MessageID"), self.message_id);
        out.start(&wsa("ReplyTo")).element(&wsa("Address"), WSA_ANONYMOUS).end();
        out.start(&wsa("To")).attribute_in(&must_understand, "1").text(self.to).end();
        if self.timestamp.is_none() && self.username.is_none() {
            return;
        }
        out.start(&wsse("Security")).attribute_in(&must_understand, "1");
        if let Some(stamp) = self.timestamp {
            write_timestamp(stamp, out);
        }
        if let Some(username) = self.username {
            out.start(&wsse("UsernameToken")).element(&wsse("Username"), username.name);
            out.start(&wsse("Password")).attribute("Type", PASSWORD_TEXT);
            out.text(username.password.expose()).end().end();
        }
        out.end();
    }
}
