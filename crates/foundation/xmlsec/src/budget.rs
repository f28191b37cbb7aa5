//! How much work one message may cause.

use crate::Flaw;

/// What is left of the work that one message, or one token, may cause. Every `verify` takes from it.
// LIMIT: WSS4J clients sign up to 12 parts; a message with an endorsed token has 3 signatures. Octets count each time they are
// digested, so one large element in many references is no way around.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Signatures still to be verified.
    pub signatures: usize,
    /// References still to be digested, over all signatures.
    pub references: usize,
    /// Canonical octets still to be written.
    pub octets: usize,
}

impl Budget {
    /// For one token: one signature over one element.
    pub const TOKEN: Self = Self { signatures: 1, references: 1, octets: 512 * 1024 };
    /// For one message, the tokens in it apart.
    pub const MESSAGE: Self = Self { signatures: 8, references: 32, octets: 1024 * 1024 };

    pub(crate) fn take_signature(&mut self) -> Result<(), Flaw> {
        take(&mut self.signatures, 1)
    }

    pub(crate) fn take_reference(&mut self) -> Result<(), Flaw> {
        take(&mut self.references, 1)
    }

    pub(crate) fn take_octets(&mut self, octets: usize) -> Result<(), Flaw> {
        take(&mut self.octets, octets)
    }
}

fn take(left: &mut usize, wanted: usize) -> Result<(), Flaw> {
    *left = left.checked_sub(wanted).ok_or(Flaw::TooMuch)?;
    Ok(())
}
