//! `wsse11:SignatureConfirmation`.
//!
//! In:  the element in an answer; and the signatures that its request had.
//! Out: whether the answer is to just that request.
//! Never: an unsigned confirmation that counts.
//!
//! WSS SOAP Message Security 1.1.1 §8.5; BSP R5441.

use super::{Part, SecurityFlaw, base64};
use symbolon_xml::Element;

/// A confirmation in an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    /// The signature that it confirms; `None` if the request had none.
    pub value: Option<Vec<u8>>,
}

// LIMIT: the longest signature is RSA's of 8192 bits.
const MOST_OCTETS: usize = 1024;

impl Confirmation {
    pub(crate) fn read(element: &Element) -> Result<Self, SecurityFlaw> {
        if element.has_elements() || element.has_text() {
            return Err(SecurityFlaw::Unexpected(Part::Confirmation));
        }
        let value = element.attribute("Value").map(|value| {
            let octets = base64(value).filter(|octets| octets.len() <= MOST_OCTETS);
            octets.ok_or(SecurityFlaw::Unexpected(Part::Confirmation))
        });
        Ok(Self { value: value.transpose()? })
    }
}

/// Refuses unless `confirmed` are all signatures of the request and nothing else.
///
/// A request without signatures is confirmed by one confirmation without value.
///
/// # Errors
/// [`SecurityFlaw::Confirmation`].
pub(crate) fn check(confirmed: &[Confirmation], sent: &[Vec<u8>]) -> Result<(), SecurityFlaw> {
    let matches = match sent {
        [] => matches!(confirmed, [Confirmation { value: None }]),
        _ => {
            let is_confirmed =
                |sent: &Vec<u8>| confirmed.iter().any(|one| one.value.as_ref() == Some(sent));
            confirmed.len() == sent.len() && sent.iter().all(is_confirmed)
        }
    };
    if matches { Ok(()) } else { Err(SecurityFlaw::Confirmation) }
}
