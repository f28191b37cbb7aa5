//! The parts of a message that are not keys.
//!
//! In:  what the message says.
//! Out: one element each, canonical, with the id that signatures refer to it by.

use super::draft::Part;
use super::keys::write_name;
use super::{Keys, Protection, SealFlaw, SecretName};
use crate::fault::{wsa, wsse};
use crate::names::{PASSWORD_TEXT, SAML11, WSA_ANONYMOUS, WSSE11};
use crate::request::{Request, UsernamePassword};
use crate::sealer::{write_stamp, wsu};
use crate::{AddressingVersion, SoapVersion, Stamp};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use symbolon_xml::{Document, Limits, QName, Unwritable, Writer};

pub(super) const TIMESTAMP: &str = "m-ts";
pub(super) const TO: &str = "m-to";
const USERNAME: &str = "m-ut";
/// The reference by which the assertion is signed.
pub(super) const SIGNED_TOKEN: &str = "m-str";

/// A header block with its id.
pub(crate) type Header = (Option<&'static str>, Vec<u8>);

/// What a message says.
pub(crate) struct Outgoing<'a> {
    pub(crate) version: SoapVersion,
    pub(crate) must_understand: bool,
    /// The header blocks, with their ids; one without is not signed.
    pub(crate) headers: Vec<Header>,
    pub(crate) timestamp: Option<Stamp>,
    pub(crate) username: Option<UsernamePassword<'a>>,
    /// The signatures that are confirmed; of a message that is no answer, not even that there were none.
    pub(crate) confirmed: Option<&'a [Vec<u8>]>,
    /// The content of the Body.
    pub(crate) body: &'a [u8],
}

/// The children of the security header that are not keys, and the ids of those that have one.
#[derive(Default)]
pub(super) struct Written {
    pub(super) security: Vec<Part>,
    pub(super) ids: Vec<String>,
}

impl Written {
    fn push(
        &mut self,
        id: &str,
        hidden: bool,
        write: &dyn Fn(&mut Writer),
    ) -> Result<(), Unwritable> {
        self.ids.push(id.to_owned());
        self.security.push(Part { octets: element(write)?, hidden });
        Ok(())
    }
}

pub(super) fn written(
    outgoing: &Outgoing<'_>,
    protection: &Protection<'_>,
) -> Result<Written, SealFlaw> {
    let mut all = Written::default();
    if let Some(stamp) = outgoing.timestamp {
        all.push(TIMESTAMP, false, &|out| write_stamp(stamp, Some(TIMESTAMP), out))?;
    }
    if let Some(username) = outgoing.username {
        all.push(USERNAME, true, &|out| write_username(username, out))?;
    }
    for (number, value) in confirmations(outgoing.confirmed).into_iter().enumerate() {
        let id = format!("m-sc{number}");
        all.push(&id, true, &|out| write_confirmation(&id, value, out))?;
    }
    if let Some(assertion) = protection.assertion {
        let name = name_of(assertion)?;
        let reference = element(&|out| {
            write_name(&name, protection.conversation, Some(SIGNED_TOKEN), out);
        })?;
        // What is encrypted with a key that it confirms cannot hold that key.
        let holds_key = matches!(protection.keys, Keys::Shared(shared) if shared.name == name);
        let octets = assertion.trim_ascii().to_vec();
        all.security.push(Part { octets, hidden: !holds_key });
        all.security.push(Part { octets: reference, hidden: false });
    }
    Ok(all)
}

pub(super) fn element(write: &dyn Fn(&mut Writer)) -> Result<Vec<u8>, Unwritable> {
    let mut out = Writer::new();
    write(&mut out);
    out.finish()
}

/// WSS SMS §8.5: one confirmation for each signature; if there were none, one without value.
fn confirmations(confirmed: Option<&[Vec<u8>]>) -> Vec<Option<&Vec<u8>>> {
    match confirmed {
        None => Vec::new(),
        Some([]) => vec![None],
        Some(values) => values.iter().map(Some).collect(),
    }
}

fn write_confirmation(id: &str, value: Option<&Vec<u8>>, out: &mut Writer) {
    out.start(&QName::new("k", WSSE11, "SignatureConfirmation")).attribute_in(&wsu("Id"), id);
    if let Some(value) = value {
        out.attribute("Value", &STANDARD.encode(value));
    }
    out.end();
}

fn write_username(username: UsernamePassword<'_>, out: &mut Writer) {
    out.start(&wsse("UsernameToken")).attribute_in(&wsu("Id"), USERNAME);
    out.element(&wsse("Username"), username.name);
    out.start(&wsse("Password")).attribute("Type", PASSWORD_TEXT);
    out.text(username.password.expose()).end().end();
}

/// The name of an assertion's key: its id.
fn name_of(assertion: &[u8]) -> Result<SecretName, SealFlaw> {
    let assertion = Document::parse(assertion, &Limits::TOKEN)?;
    let name = if assertion.namespace() == SAML11 {
        assertion.attribute("AssertionID").map(|id| SecretName::Saml11(id.to_owned()))
    } else {
        assertion.attribute("ID").map(|id| SecretName::Saml20(id.to_owned()))
    };
    name.ok_or(SealFlaw::NoKey)
}

/// The addressing headers of a request.
pub(crate) fn headers_of_request(request: &Request<'_>) -> Result<Vec<Header>, Unwritable> {
    let must_understand = QName::new("s", request.version.namespace(), "mustUnderstand");
    let text = |id, local, text: &str, understood: bool| {
        let write = |out: &mut Writer| {
            out.start(&wsa(local)).attribute_in(&wsu("Id"), id);
            if understood {
                out.attribute_in(&must_understand, "1");
            }
            out.text(text).end();
        };
        Ok::<Header, Unwritable>((Some(id), element(&write)?))
    };
    let reply_to = |out: &mut Writer| {
        out.start(&wsa("ReplyTo")).attribute_in(&wsu("Id"), "m-reply");
        out.element(&wsa("Address"), WSA_ANONYMOUS).end();
    };
    Ok(vec![
        text("m-action", "Action", request.action, true)?,
        text("m-id", "MessageID", request.message_id, false)?,
        (Some("m-reply"), element(&reply_to)?),
        text(TO, "To", request.to, true)?,
    ])
}

/// The addressing headers of an answer.
pub(crate) fn headers_of_reply(
    version: AddressingVersion,
    action: &str,
    relates_to: Option<&str>,
) -> Result<Vec<Header>, Unwritable> {
    let text = |id, local, text: &str| {
        let write = |out: &mut Writer| {
            out.start(&version.name(local)).attribute_in(&wsu("Id"), id).text(text).end();
        };
        Ok::<Header, Unwritable>((Some(id), element(&write)?))
    };
    let mut headers = vec![text("m-action", "Action", action)?];
    if let Some(id) = relates_to {
        headers.push(text("m-relates", "RelatesTo", id)?);
    }
    Ok(headers)
}
