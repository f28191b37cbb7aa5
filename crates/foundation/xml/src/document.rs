//! From octets to a tree of elements.
//!
//! In:  octets from anywhere, and [`Limits`].
//! Out: the root [`Element`], which keeps its document alive.
//! Never: changes what the octets say; the parser's leniencies are refused, not repaired.
//!
//! XML 1.0 (fifth edition), Namespaces in XML 1.0 (third edition).

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::{Element, Flaw, Limits, guard};

type Nodes<'text> = roxmltree::Document<'text>;

self_cell::self_cell!(
    struct Parsed {
        owner: String,
        #[covariant]
        dependent: Nodes,
    }
);

/// A parsed document. It is never held as such: every [`Element`] shares it.
pub struct Document {
    parsed: Parsed,
    serial: u64,
    /// For decrypted content: the element, of another document, that it stands for.
    stands_for: Option<Element>,
}

/// Distinguishes the documents of a process, so that a node's key is never that of another document's node.
static SERIAL: AtomicU64 = AtomicU64::new(0);

impl Document {
    /// Parses one document and returns its root element.
    ///
    /// The octets are one XML 1.0 document in UTF-8, with or without byte order mark and XML declaration.
    ///
    /// # Errors
    ///
    /// The first [`Flaw`] found; limits are checked before the parser runs.
    pub fn parse(octets: &[u8], limits: &Limits) -> Result<Element, Flaw> {
        if octets.len() > limits.octets {
            return Err(Flaw::TooLarge);
        }
        let text = std::str::from_utf8(octets).map_err(|_| Flaw::NotUtf8)?;
        let text = unix_line_ends(guard::after_declaration(text)?);
        guard::check(&text, limits)?;
        Self::root_of(text.into_owned(), None)
    }

    /// Parses text that [`guard::check`] let pass.
    pub(crate) fn root_of(text: String, stands_for: Option<Element>) -> Result<Element, Flaw> {
        let parsed = Parsed::try_new(text, |text| Nodes::parse(text))
            .map_err(|_: roxmltree::Error| Flaw::Malformed)?;
        let root = parsed.borrow_dependent().root_element().id();
        let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
        Ok(Element::new(Arc::new(Self { parsed, serial, stands_for }), root))
    }

    pub(crate) fn nodes(&self) -> &Nodes<'_> {
        self.parsed.borrow_dependent()
    }

    pub(crate) fn text(&self) -> &str {
        self.parsed.borrow_owner()
    }

    pub(crate) fn serial(&self) -> u64 {
        self.serial
    }

    pub(crate) fn stands_for(&self) -> Option<&Element> {
        self.stands_for.as_ref()
    }
}

/// Every line end as one line feed, before anything is parsed.
///
/// SPEC: XML 1.0 §2.11. Done here because the parser leaves a carriage return standing next to a character reference
/// (`&#65;` CR), which a signature over the canonical form would notice.
pub(crate) fn unix_line_ends(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'\r', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}

impl std::fmt::Debug for Document {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // SECURITY: no content, which may be a password.
        out.debug_struct("Document").field("serial", &self.serial).finish_non_exhaustive()
    }
}
