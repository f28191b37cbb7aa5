//! How a message looks from a place in its header.
//!
//! In:  a [`Tree`], and a [`Place`]; then ids and elements.
//! Out: elements, text and canonical octets, with decrypted content in the place of what it stands for.
//! Never: content that is decrypted only below that place; what was replaced by content decrypted above it.

use crate::c14n;
use crate::nodes::Node;
use crate::{C14n, Element, Fragment, NodeKey, Place, Repeated, Tree, Uncanonical};

/// The message as seen from one place of the header.
///
/// An [`Element`] is read as sent, a view shows what has become of it. What is inside decrypted content may hold ciphertext
/// in its turn, so whoever reads a message that was decrypted walks it by these methods.
#[derive(Debug, Clone, Copy)]
pub struct View<'t> {
    tree: &'t Tree,
    before: Place,
}

impl<'t> View<'t> {
    pub(crate) fn new(tree: &'t Tree, before: Place) -> Self {
        Self { tree, before }
    }

    /// The element that the tree was made of.
    #[must_use]
    pub fn root(&self) -> &'t Element {
        self.tree.root()
    }

    /// The place this view looks from.
    #[must_use]
    pub fn before(&self) -> Place {
        self.before
    }

    /// The element with that id, anywhere under the tree's root, if this view [sees](Self::sees) it.
    #[must_use]
    pub fn id(&self, id: &str) -> Option<Element> {
        let element = self.tree.indexed(id)?;
        (!self.tree.has_grafts() || self.sees(element)).then(|| element.clone())
    }

    /// Whether an element is part of the message as it looks from here: under the tree's root, in no content that is
    /// decrypted only later, and not (part of) what decrypted content stands for.
    #[must_use]
    pub fn sees(&self, element: &Element) -> bool {
        let root = self.tree.root();
        if !self.tree.has_grafts() && element.key().same_document(root.key()) {
            let root = root.node().id();
            return element.node().ancestors().any(|around| around.id() == root);
        }
        let mut next = Some(element.clone());
        while let Some(element) = next {
            if self.grafted(element.key()).is_some() {
                return false;
            }
            if element.same(root) {
                return true;
            }
            next = self.around(&element);
        }
        false
    }

    /// The element around one; `None` for the tree's root, and for what this view does not see.
    #[must_use]
    pub fn parent(&self, of: &Element) -> Option<Element> {
        let inside = self.sees(of) && !of.same(self.tree.root());
        inside.then(|| self.around(of))?
    }

    /// One step outwards, through decrypted content that stands where this view looks.
    fn around(&self, element: &Element) -> Option<Element> {
        let mut parent = element.parent_as_sent()?;
        while let Some(at) = parent.wraps() {
            let here = self.grafted(at.key()).filter(|here| here.wrapper().same(&parent))?;
            parent = here.at().parent_as_sent()?;
        }
        Some(parent)
    }

    /// The child elements.
    #[must_use]
    pub fn elements(&self, of: &Element) -> Vec<Element> {
        let mut elements = Vec::new();
        self.each_child(of, &mut |parent, child| {
            if child.is_element() {
                elements.push(parent.sibling(child));
            }
        });
        elements
    }

    /// The child element of that name, if there is one.
    ///
    /// # Errors
    ///
    /// [`Repeated`] if there are two.
    pub fn child(
        &self,
        of: &Element,
        namespace: &str,
        local: &str,
    ) -> Result<Option<Element>, Repeated> {
        let named = |child: &Element| child.is(namespace, local);
        let mut named = self.elements(of).into_iter().filter(named);
        let first = named.next();
        if named.next().is_some() { Err(Repeated) } else { Ok(first) }
    }

    /// An element and every element inside it, in document order.
    #[must_use]
    pub fn descendants(&self, of: &Element) -> Vec<Element> {
        if !self.tree.has_grafts() {
            return of.descendants().collect();
        }
        let mut all = Vec::new();
        let mut next = vec![of.clone()];
        while let Some(element) = next.pop() {
            next.extend(self.elements(&element).into_iter().rev());
            all.push(element);
        }
        all
    }

    /// Every text node directly inside, concatenated.
    #[must_use]
    pub fn text(&self, of: &Element) -> String {
        let mut text = String::new();
        self.each_child(of, &mut |_, child| {
            text.push_str(child.as_text().unwrap_or_default());
        });
        text
    }

    /// The canonical octets of the whole subtree `apex`, minus one subtree.
    ///
    /// # Errors
    ///
    /// [`Uncanonical::TooLong`] as soon as more than `limit` octets were written; [`Uncanonical::NotSeen`] if this view does
    /// not [see](Self::sees) `apex`; [`Uncanonical::RelativeNamespace`].
    pub fn canonicalize(
        &self,
        apex: &Element,
        method: &C14n,
        without: Option<&Element>,
        limit: usize,
    ) -> Result<Vec<u8>, Uncanonical> {
        if !self.sees(apex) {
            return Err(Uncanonical::NotSeen);
        }
        c14n::canonicalize(*self, apex, method, without, limit)
    }

    pub(crate) fn has_grafts(&self) -> bool {
        self.tree.has_grafts()
    }

    /// What this view shows in the place of a node.
    pub(crate) fn grafted(&self, node: NodeKey) -> Option<&'t Fragment> {
        self.tree.grafted(node, self.before)
    }

    /// Visits the children of an element, each with a handle to a node of its document.
    // Recursion is as deep as replacements stand directly in one another, which a fragment limits.
    fn each_child(&self, of: &Element, visit: &mut dyn FnMut(&Element, Node<'_>)) {
        for child in of.node().children() {
            let key = NodeKey::new(of.document().serial(), child.id());
            match self.grafted(key) {
                Some(fragment) => self.each_child(fragment.wrapper(), visit),
                None => visit(of, child),
            }
        }
    }
}
