//! From octets to a tree of elements.
//!
//! In:  octets from anywhere, and [`Limits`].
//! Out: the root [`Element`], which keeps its document alive.
//! Never: changes what the octets say; what is not XML is refused, not repaired.
//!
//! XML 1.0 (fifth edition), Namespaces in XML 1.0 (third edition).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::nodes::Nodes;
use crate::{Element, Flaw, Limits, guard, parse};

/// A parsed document. It is never held as such: every [`Element`] shares it.
pub struct Document {
    nodes: Nodes,
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
    /// The first [`Flaw`] found.
    pub fn parse(octets: &[u8], limits: &Limits) -> Result<Element, Flaw> {
        let nodes = parse::parse(guard::document(octets, limits)?, limits)?;
        Ok(Self::root_of(nodes, None))
    }

    pub(crate) fn root_of(nodes: Nodes, stands_for: Option<Element>) -> Element {
        let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
        let root = nodes.root().id();
        Element::new(Arc::new(Self { nodes, serial, stands_for }), root)
    }

    pub(crate) fn nodes(&self) -> &Nodes {
        &self.nodes
    }

    pub(crate) fn serial(&self) -> u64 {
        self.serial
    }

    pub(crate) fn stands_for(&self) -> Option<&Element> {
        self.stands_for.as_ref()
    }
}

impl std::fmt::Debug for Document {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // SECURITY: no content, which may be a password.
        out.debug_struct("Document").field("serial", &self.serial).finish_non_exhaustive()
    }
}
