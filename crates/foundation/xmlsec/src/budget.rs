//! How much work one message may cause.

use crate::Flaw;

/// What is left of the work that one message, or one token, may cause. Whatever verifies or decrypts takes from it.
// LIMIT: WSS4J clients sign up to 12 parts; a message with an endorsed token has 3 signatures. Octets count each time they are
// digested, so one large element in many references is no way around. A message names two or three wrapped keys and derives
// four keys of 16 to 32 octets; what is decrypted is parsed too, hence no more of it than a message may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Signatures still to be verified.
    pub signatures: usize,
    /// References still to be digested, over all signatures.
    pub references: usize,
    /// Canonical octets still to be written.
    pub octets: usize,
    /// Wrapped keys still to be unwrapped.
    pub unwraps: usize,
    /// Octets still to be decrypted.
    pub decrypted: usize,
    /// Octets of keys still to be derived.
    pub derived: usize,
}

impl Budget {
    /// For one token: one signature over one element, encrypted with one key.
    pub const TOKEN: Self = Self {
        signatures: 1,
        references: 1,
        octets: 512 * 1024,
        unwraps: 1,
        decrypted: 64 * 1024,
        derived: 64,
    };
    /// For one message, the tokens in it apart.
    pub const MESSAGE: Self = Self {
        signatures: 8,
        references: 32,
        octets: 1024 * 1024,
        unwraps: 4,
        decrypted: 256 * 1024,
        derived: 1024,
    };

    pub(crate) fn take_signature(&mut self) -> Result<(), Flaw> {
        take(&mut self.signatures, 1)
    }

    pub(crate) fn take_reference(&mut self) -> Result<(), Flaw> {
        take(&mut self.references, 1)
    }

    pub(crate) fn take_octets(&mut self, octets: usize) -> Result<(), Flaw> {
        take(&mut self.octets, octets)
    }

    /// Takes the unwrapping of one key.
    ///
    /// # Errors
    ///
    /// [`Flaw::TooMuch`] where none is left.
    pub fn take_unwrap(&mut self) -> Result<(), Flaw> {
        take(&mut self.unwraps, 1)
    }

    /// Takes the decryption of that many octets.
    ///
    /// # Errors
    ///
    /// [`Flaw::TooMuch`] where fewer are left.
    pub fn take_decrypted(&mut self, octets: usize) -> Result<(), Flaw> {
        take(&mut self.decrypted, octets)
    }

    /// Takes the derivation of a key of that many octets.
    ///
    /// # Errors
    ///
    /// [`Flaw::TooMuch`] where fewer are left.
    pub fn take_derived(&mut self, octets: usize) -> Result<(), Flaw> {
        take(&mut self.derived, octets)
    }
}

fn take(left: &mut usize, wanted: usize) -> Result<(), Flaw> {
    *left = left.checked_sub(wanted).ok_or(Flaw::TooMuch)?;
    Ok(())
}
