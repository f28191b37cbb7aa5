//! A transform that the caller supplies.

use symbolon_xml::{C14n, Element, View};

/// A transform that puts another element in the place of the referenced one before it is digested (WS-Security's
/// STR-Transform puts the token in the place of the reference to it).
///
/// Whatever needs a look-up is resolved before [`verify`](crate::verify) is called; this only answers.
///
/// ```
/// use symbolon_xml::{C14n, Element, View};
/// use symbolon_xmlsec::{Replace, Replacement};
///
/// /// What is signed is the part that a label names, and not the label.
/// struct Labelled;
///
/// impl Replace for Labelled {
///     fn algorithm(&self) -> &str {
///         "urn:example:labelled"
///     }
///
///     fn canonicalization(&self, transform: &Element) -> Option<C14n> {
///         (!transform.has_elements()).then(C14n::exclusive)
///     }
///
///     fn replace(&self, view: View<'_>, apex: &Element) -> Option<Replacement> {
///         view.id(apex.attribute("for")?).map(Replacement::Element)
///     }
/// }
/// ```
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
    /// An element of the same message, in a form that no canonicalization writes: it is what the signature covers. Whoever
    /// supplies this answers for it that the octets say what the element says.
    Written {
        /// What is covered.
        element: Element,
        /// What is digested.
        octets: Vec<u8>,
    },
    /// Octets that stand in no message. Nothing of the message is covered.
    Octets(Vec<u8>),
}
