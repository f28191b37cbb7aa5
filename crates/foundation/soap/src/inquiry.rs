//! A message that nobody needs to have sent: a question that everybody may ask, such as for metadata.
//!
//! In:  the octets of a message.
//! Out: [`Inquiry`]: what its headers say, and the one child of its body or none (WS-Transfer's Get has none).
//! Never: a credential. A security header that must be understood is not.
//!
//! SOAP 1.2 Part 1 §2.4, §5; WS-Addressing 1.0 Core §3.

use crate::addressing;
use crate::envelope::Envelope;
use crate::{
    Addressing, AddressingVersion, Doubles, EnvelopeFlaw, Flaw, Property, Sealer, SoapVersion,
    Unopened,
};
use symbolon_xml::{Document, Element, Limits};

/// A question that was opened.
#[derive(Debug)]
pub struct Inquiry {
    /// What the addressing headers say.
    pub addressing: Addressing,
    /// The child of the body, if there is one.
    pub body: Option<Element>,
    /// Writes the answer.
    pub sealer: Sealer,
}

impl Inquiry {
    /// Opens a message of one version of SOAP.
    ///
    /// # Errors
    /// [`Unopened`]: the flaw, and the sealer of the fault that tells it.
    pub fn open(
        received: &[u8],
        versions: &'static [SoapVersion],
        limits: &Limits,
    ) -> Result<Self, Unopened> {
        let first = versions.first().copied().unwrap_or(SoapVersion::V12);
        let unopened = |version, flaw: EnvelopeFlaw| Unopened {
            flaw: flaw.into(),
            sealer: Sealer::plain(version, None),
        };
        let root = Document::parse(received, limits);
        let root = root.map_err(|flaw| unopened(first, flaw.into()))?;
        let version = SoapVersion::of(&root);
        let Some(version) = version.filter(|version| versions.contains(version)) else {
            let mismatch = EnvelopeFlaw::VersionMismatch { supported: versions };
            return Err(unopened(version.unwrap_or(SoapVersion::V11), mismatch));
        };
        let envelope = Envelope::read(&root, version).map_err(|flaw| unopened(version, flaw))?;
        let message_id = addressing::message_id(&envelope.headers, Doubles::Refused);
        let spoken = AddressingVersion::of(&envelope.headers);
        let sealer = Sealer::plain(version, message_id).in_addressing(spoken);
        match properties(&envelope, spoken) {
            Ok(addressing) => Ok(Self { addressing, body: envelope.body, sealer }),
            Err(flaw) => Err(Unopened { flaw, sealer }),
        }
    }
}

fn properties(envelope: &Envelope, spoken: AddressingVersion) -> Result<Addressing, Flaw> {
    envelope.check_understood(|block| Property::of(block, spoken).is_some())?;
    Ok(Addressing::read(&envelope.headers, Doubles::Refused)?)
}
