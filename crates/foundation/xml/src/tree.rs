//! A message with its one index of ids, and how it looks from a place in its header.
//!
//! In:  the root of a message, or of a token inside one.
//! Out: a [`View`], through which references are resolved and canonical octets are written.
//! Never: an id that two elements carry; an element outside the root.
//!
//! Decrypted content will be grafted into a `Tree` and seen by a `View` only below the header entry that decrypted it;
//! that is why a signature is verified against a view and not against the document.

use std::collections::HashMap;

use crate::c14n::{self, TooLong};
use crate::element::texts;
use crate::{C14n, Element, Flaw, XML_NAMESPACE};

/// Where in a Security header something stands: the number of the header's child, then the step within it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place(pub u32, pub u32);

/// Behind everything: the message as it looks once all is done.
pub const EVERYTHING: Place = Place(u32::MAX, u32::MAX);

/// The namespace of `wsu:Id`.
const WSU: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";

/// A message, or a token, whose ids are known to be unique.
#[derive(Debug)]
pub struct Tree {
    root: Element,
    ids: HashMap<String, Element>,
}

impl Tree {
    /// Indexes the ids under `root`: `Id`, `ID`, `id`, `AssertionID`, `wsu:Id` and `xml:id`.
    ///
    /// # Errors
    ///
    /// [`Flaw::DuplicateId`] if two attributes have one value.
    // SECURITY: signature wrapping. With one id on two elements, what is verified and what is read may differ.
    // Test: an_id_on_two_elements_is_refused.
    pub fn new(root: Element) -> Result<Self, Flaw> {
        let mut ids = HashMap::new();
        for element in root.descendants() {
            for id in element.attributes().filter(|a| is_id(a.namespace, a.local)) {
                if id.value.is_empty() {
                    continue;
                }
                if ids.insert(id.value.to_owned(), element.clone()).is_some() {
                    return Err(Flaw::DuplicateId(id.value.to_owned()));
                }
            }
        }
        Ok(Self { root, ids })
    }

    /// A tree over a token inside a message: its ids are its own, and a reference from inside reaches nothing outside.
    ///
    /// # Errors
    ///
    /// [`Flaw::DuplicateId`] as for [`Tree::new`].
    pub fn detached(apex: &Element) -> Result<Self, Flaw> {
        Self::new(apex.clone())
    }

    /// The element this tree was made of.
    #[must_use]
    pub fn root(&self) -> &Element {
        &self.root
    }

    /// The message as seen from a place of its header: what stands before it has happened.
    #[must_use]
    pub fn view(&self, before: Place) -> View<'_> {
        View { tree: self, before }
    }
}

fn is_id(namespace: &str, local: &str) -> bool {
    match namespace {
        "" => matches!(local, "Id" | "ID" | "id" | "AssertionID"),
        WSU => local == "Id",
        XML_NAMESPACE => local == "id",
        _ => false,
    }
}

/// The message as seen from one place of the header.
#[derive(Debug, Clone, Copy)]
pub struct View<'t> {
    tree: &'t Tree,
    before: Place,
}

impl View<'_> {
    /// The element with that id, anywhere under the tree's root.
    #[must_use]
    pub fn id(&self, id: &str) -> Option<Element> {
        self.tree.ids.get(id).cloned()
    }

    /// The place this view looks from.
    #[must_use]
    pub fn before(&self) -> Place {
        self.before
    }

    /// The child elements.
    #[must_use]
    pub fn elements(&self, of: &Element) -> Vec<Element> {
        of.elements().collect()
    }

    /// Every text node directly inside, concatenated.
    #[must_use]
    pub fn text(&self, of: &Element) -> String {
        texts(of.node()).collect()
    }

    /// The canonical octets of the whole subtree `apex`, minus one subtree.
    ///
    /// Comments are left out. The result is the same wherever `apex` stands, as far as `method` says so.
    ///
    /// # Errors
    ///
    /// [`TooLong`] as soon as more than `limit` octets were written.
    pub fn canonicalize(
        &self,
        apex: &Element,
        method: &C14n,
        without: Option<&Element>,
        limit: usize,
    ) -> Result<Vec<u8>, TooLong> {
        c14n::canonicalize(apex, method, without, limit)
    }
}
