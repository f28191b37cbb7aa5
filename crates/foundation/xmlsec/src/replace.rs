//! A transform that the caller supplies.

use symbolon_xml::{C14n, Element, View};

/// A transform that puts another element in the place of the referenced one before it is digested (WS-Security's
/// STR-Transform puts the token in the place of the reference to it).
///
/// Whatever needs a look-up is resolved before [`verify`](crate::verify) is called; this only answers.
pub trait Replace: Send + Sync {
    /// The transform's algorithm identifier.
    fn algorithm(&self) -> &str;

    /// The canonicalization that the transform's own parameters name; `None` refuses.
    fn canonicalization(&self, transform: &Element) -> Option<C14n>;

    /// What to digest instead of `apex`; `None` refuses.
    fn replace(&self, view: View<'_>, apex: &Element) -> Option<Replacement>;
}

/// What is digested instead of the referenced element.
#[derive(Debug, Clone)]
pub enum Replacement {
    /// An element of the same message: it is what the signature covers.
    Element(Element),
    /// Octets that stand in no message. Nothing of the message is covered.
    Octets(Vec<u8>),
}
