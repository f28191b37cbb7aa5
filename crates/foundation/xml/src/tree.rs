//! A message with its one index of ids, and the decrypted content that was put into it.
//!
//! In:  the root of a message, or of a token inside one; then fragments of decrypted content, each with its place.
//! Out: a [`View`], through which references are resolved and canonical octets are written.
//! Never: an id that two elements carry, in whatever they stand; an element outside the root; content put in twice.
//!
//! Decrypted content is seen by a [`View`] only below the header entry that decrypted it; that is why a signature is
//! verified against a view and not against the document.

use std::collections::BTreeMap;

use crate::{Element, Flaw, Fragment, Limits, NodeKey, Shape, View, XML_NAMESPACE};

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
    ids: BTreeMap<String, Element>,
    grafts: BTreeMap<NodeKey, Graft>,
    left: Room,
}

/// Decrypted content in the place of the element that it stands for.
#[derive(Debug)]
struct Graft {
    fragment: Fragment,
    by: Place,
}

/// How much decrypted content a tree still takes, over all grafts, however they nest.
#[derive(Debug, Clone, Copy)]
struct Room {
    octets: usize,
    declarations: usize,
}

impl Room {
    // LIMIT: plaintext has at most three quarters of its ciphertext's octets, and so again for ciphertext in it; and the
    // scope around it is parsed with it each time.
    const MESSAGE: Self =
        Self { octets: Limits::MESSAGE.octets * 2, declarations: Limits::MESSAGE.declarations * 2 };

    fn without(self, fragment: &Fragment) -> Result<Self, Flaw> {
        let octets = self.octets.checked_sub(fragment.octets()).ok_or(Flaw::TooLarge)?;
        let declarations = self.declarations.checked_sub(fragment.declarations());
        Ok(Self { octets, declarations: declarations.ok_or(Flaw::TooManyDeclarations)? })
    }
}

impl Tree {
    /// Indexes the ids under `root`: `Id`, `ID`, `id`, `AssertionID`, `wsu:Id` and `xml:id`.
    ///
    /// # Errors
    ///
    /// [`Flaw::DuplicateId`] if two attributes have one value.
    pub fn new(root: Element) -> Result<Self, Flaw> {
        let mut ids = BTreeMap::new();
        index(&mut ids, &root)?;
        Ok(Self { root, ids, grafts: BTreeMap::new(), left: Room::MESSAGE })
    }

    /// A tree over a token inside a message: its ids are its own, and a reference from inside reaches nothing outside.
    ///
    /// It is over the token as sent. What was grafted into another tree is not in this one.
    ///
    /// # Errors
    ///
    /// [`Flaw::DuplicateId`] as for [`Tree::new`].
    pub fn detached(apex: &Element) -> Result<Self, Flaw> {
        Self::new(apex.clone())
    }

    /// The same tree with another limit on decrypted content, over all grafts; 512 KiB unless told.
    ///
    /// What counts is the content and, once for each graft, the declarations in scope where it stands.
    #[must_use]
    pub fn taking(mut self, octets: usize) -> Self {
        self.left.octets = octets;
        self
    }

    /// The element this tree was made of.
    #[must_use]
    pub fn root(&self) -> &Element {
        &self.root
    }

    /// Parses decrypted content for the place of `at`, which is the element it replaces (an EncryptedData, or whatever
    /// holds one and is replaced with it). No tree changes by it.
    ///
    /// Namespaces and `xml:` attributes are inherited from the *parent* of `at`. The limits are those of
    /// [`Document::parse`](crate::Document::parse); elements count as deep as they will stand.
    ///
    /// ```
    /// use symbolon_xml::{Document, EVERYTHING, Limits, Place, Shape, Tree};
    ///
    /// let sent = br#"<m xmlns:p="urn:p"><h/><p:EncryptedData xmlns:p="urn:enc"/></m>"#;
    /// let root = Document::parse(sent, &Limits::MESSAGE)?;
    /// let data = root.child("urn:enc", "EncryptedData")?.ok_or("nothing encrypted")?;
    ///
    /// let decrypted = br#"<p:Claim Id="c1">42</p:Claim>"#;
    /// let claim = Tree::fragment(&data, decrypted, Shape::Element, &Limits::MESSAGE)?;
    /// let mut message = Tree::new(root)?;
    /// message.graft(&data, claim, Place(2, 0))?;
    ///
    /// let claim = message.view(EVERYTHING).id("c1").ok_or("no such id")?;
    /// assert!(claim.is("urn:p", "Claim")); // in the scope of the parent
    /// // Above the header entry that decrypts, there is but the ciphertext.
    /// assert!(message.view(Place(2, 0)).id("c1").is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The first [`Flaw`] found; [`Flaw::NotOneElement`] if `shape` asks for one and it is not. To whoever sent the
    /// message none of them may be told apart from ciphertext that does not decrypt.
    pub fn fragment(
        at: &Element,
        plain: &[u8],
        shape: Shape,
        limits: &Limits,
    ) -> Result<Fragment, Flaw> {
        Fragment::parse(at, plain, shape, limits)
    }

    /// Puts decrypted content in the place of the element that it stands for, and returns its outermost elements.
    ///
    /// `within` bounds where that may be: the element itself, or one around it. `by` is the place of the header entry that
    /// decrypted it; only views from below that see it.
    ///
    /// # Errors
    ///
    /// [`Flaw::Misplaced`] if the content does not stand for something in `within` and in this tree, or stands for the root,
    /// for what was replaced before, or for a part of that; [`Flaw::TooLarge`] or [`Flaw::TooManyDeclarations`] if the tree
    /// takes no more; [`Flaw::DuplicateId`] for an id that stands anywhere in the tree, whether a view sees it or not.
    /// The tree stays as it was.
    pub fn graft(
        &mut self,
        within: &Element,
        fragment: Fragment,
        by: Place,
    ) -> Result<Vec<Element>, Flaw> {
        let at = fragment.at();
        let mut around = std::iter::successors(Some(at.clone()), Element::parent);
        let bounded = around.any(|around| around.same(within));
        if !bounded || at.same(&self.root) || !self.view(EVERYTHING).sees(at) {
            return Err(Flaw::Misplaced);
        }
        let left = self.left.without(&fragment)?;
        let elements: Vec<Element> = fragment.elements().collect();
        let mut ids = BTreeMap::new();
        for element in &elements {
            index(&mut ids, element)?;
        }
        // SECURITY: an id that shows only after decryption is as good for wrapping as any.
        // Test: an_id_that_shows_only_after_decryption_is_refused.
        if let Some(id) = ids.keys().find(|id| self.ids.contains_key(*id)) {
            return Err(Flaw::DuplicateId(id.clone()));
        }
        self.ids.extend(ids);
        self.left = left;
        self.grafts.insert(at.key(), Graft { fragment, by });
        Ok(elements)
    }

    /// The message as seen from a place of its header: what stands before it has happened.
    #[must_use]
    pub fn view(&self, before: Place) -> View<'_> {
        View::new(self, before)
    }

    pub(crate) fn indexed(&self, id: &str) -> Option<&Element> {
        self.ids.get(id)
    }

    pub(crate) fn has_grafts(&self) -> bool {
        !self.grafts.is_empty()
    }

    /// What stands for a node, once everything before that place has happened.
    pub(crate) fn grafted(&self, node: NodeKey, before: Place) -> Option<&Fragment> {
        self.grafts.get(&node).filter(|graft| graft.by < before).map(|graft| &graft.fragment)
    }
}

/// Adds the ids of an element and of all inside it.
// SECURITY: signature wrapping. With one id on two elements, what is verified and what is read may differ.
// Test: an_id_on_two_elements_is_refused.
fn index(ids: &mut BTreeMap<String, Element>, root: &Element) -> Result<(), Flaw> {
    for node in root.node().elements() {
        for id in node.attributes().filter(|a| is_id(a.namespace, a.local)).map(|id| id.value) {
            if !id.is_empty() && ids.insert(id.to_owned(), root.sibling(node)).is_some() {
                return Err(Flaw::DuplicateId(id.to_owned()));
            }
        }
    }
    Ok(())
}

fn is_id(namespace: &str, local: &str) -> bool {
    match namespace {
        "" => matches!(local, "Id" | "ID" | "id" | "AssertionID"),
        WSU => local == "Id",
        XML_NAMESPACE => local == "id",
        _ => false,
    }
}
