//! XML that is in canonical form as it is written.
//!
//! In:  elements, attributes and text, in document order; attributes of one element in any order.
//! Out: octets; those of each outermost element are their own exclusive canonical form.
//! Never: a character that XML 1.0 has not, an unbalanced tag or an ambiguous name: [`Writer::finish`] refuses.
//!
//! Exclusive XML Canonicalization 1.0; Canonical XML 1.0 §2.3.

use std::borrow::Cow;
use std::ops::Range;

use smallvec::SmallVec;

use crate::{XML_NAMESPACE, escape};

/// A name with the prefix it is written with. An empty namespace means none, an empty prefix the default namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct QName {
    /// How the namespace is written; empty for the default namespace.
    pub prefix: &'static str,
    /// What the name means; empty for none.
    pub namespace: &'static str,
    /// The name without its prefix.
    pub local: &'static str,
}

impl QName {
    /// A name: prefix, namespace, local name.
    #[must_use]
    pub const fn new(prefix: &'static str, namespace: &'static str, local: &'static str) -> Self {
        Self { prefix, namespace, local }
    }
}

/// Why nothing was written: what the caller asked for is no XML.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unwritable {
    /// A value holds a character that XML 1.0 cannot carry, such as U+0000.
    #[error("a character that XML cannot carry")]
    Character,
    /// An element was not ended, or one was ended that was not started.
    #[error("elements are not balanced")]
    Unbalanced,
    /// An attribute or a declaration after the element's content had begun.
    #[error("an attribute outside a start tag")]
    Misplaced,
    /// The same attribute twice on one element.
    #[error("an attribute stands twice")]
    Repeated,
    /// One prefix for two namespaces on one element, or a namespaced attribute without prefix.
    #[error("a prefix with two meanings")]
    Prefix,
}

/// Writes canonical XML.
///
/// A namespace is declared where it is first visibly used. Mistakes are remembered and told by [`finish`](Self::finish),
/// so that calls can be chained.
///
/// ```
/// use symbolon_xml::{QName, Writer};
///
/// const NOTE: QName = QName::new("a", "urn:a", "Note");
/// const TO: QName = QName::new("a", "urn:a", "To");
///
/// let mut out = Writer::new();
/// out.start(&NOTE).attribute("Id", "n1").element(&TO, "Ann & Bob").end();
/// assert_eq!(
///     out.finish()?,
///     br#"<a:Note xmlns:a="urn:a" Id="n1"><a:To>Ann &amp; Bob</a:To></a:Note>"#
/// );
/// # Ok::<(), symbolon_xml::Unwritable>(())
/// ```
#[derive(Default)]
pub struct Writer {
    out: Vec<u8>,
    // What follows has room inside for what messages hold, so that a writer allocates little but its octets.
    open: SmallVec<[Open; 8]>,
    /// Whether the start tag of the innermost element still takes attributes.
    in_tag: bool,
    /// What that start tag holds behind its name, as it was asked for.
    parts: SmallVec<[Part; 8]>,
    /// The declarations that the open elements carry, innermost last.
    bound: SmallVec<[(&'static str, Cow<'static, str>); 8]>,
    /// Whether the parts stand in another order than that of canonical form.
    disordered: bool,
    flaw: Option<Unwritable>,
}

/// An element whose end is still to come.
struct Open {
    /// Where its name stands in the octets.
    name: Range<usize>,
    /// How many declarations stand outside it.
    outside: usize,
    /// Whether it is in no namespace, which its start tag must not change.
    plain: bool,
}

/// A declaration or an attribute.
struct Part {
    is: Sort,
    /// Where it stands in the octets.
    written: Range<usize>,
}

/// In the order of canonical form: declarations by prefix, then attributes by namespace and local name.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Sort {
    Declaration { prefix: &'static str },
    Attribute { namespace: &'static str, local: &'static str },
}

impl Sort {
    /// Whether it stands before another; the same as `<`, but names are constants, and mostly the same ones.
    fn stands_before(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Declaration { prefix: one }, Self::Declaration { prefix: two }) => one < two,
            (Self::Declaration { .. }, Self::Attribute { .. }) => true,
            (Self::Attribute { .. }, Self::Declaration { .. }) => false,
            (
                Self::Attribute { namespace: one, local: first },
                Self::Attribute { namespace: two, local: second },
            ) => {
                if same(one, two) {
                    first < second
                } else {
                    one < two
                }
            }
        }
    }
}

impl Writer {
    /// An empty writer.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty writer with room for that many octets.
    #[must_use]
    pub fn with_capacity(octets: usize) -> Self {
        Self { out: Vec::with_capacity(octets), ..Self::default() }
    }

    /// Starts an element. Without an element open, it is another apex beside those before.
    #[inline]
    pub fn start(&mut self, name: &QName) -> &mut Self {
        self.end_tag();
        self.out.push(b'<');
        let start = self.out.len();
        put_name(&mut self.out, name);
        let (name_end, outside) = (self.out.len(), self.bound.len());
        self.in_tag = true;
        self.open.push(Open { name: start..name_end, outside, plain: false });
        if !self.is_last_bound(name) {
            self.bind(name.prefix, Cow::Borrowed(name.namespace));
        }
        if let Some(open) = self.open.last_mut() {
            open.plain = name.namespace.is_empty();
        }
        self
    }

    /// An attribute without namespace of the element just started.
    #[inline]
    pub fn attribute(&mut self, local: &'static str, value: &str) -> &mut Self {
        self.attribute_in(&QName::new("", "", local), value)
    }

    /// An attribute in a namespace of the element just started.
    pub fn attribute_in(&mut self, name: &QName, value: &str) -> &mut Self {
        if !self.in_tag {
            return self.refuse(Unwritable::Misplaced);
        }
        if name.prefix.is_empty() {
            if !name.namespace.is_empty() || name.local == "xmlns" {
                return self.refuse(Unwritable::Prefix);
            }
        } else {
            self.bind(name.prefix, Cow::Borrowed(name.namespace));
        }
        let start = self.out.len();
        self.out.push(b' ');
        put_name(&mut self.out, name);
        let is = Sort::Attribute { namespace: name.namespace, local: name.local };
        self.put_value(value, start, is)
    }

    /// Declares a namespace on the element just started, for names inside text or attribute values (`xsi:type`, fault codes).
    ///
    /// Exclusive canonicalization does not see such a use: what is signed with one needs the prefix in its `PrefixList`.
    pub fn declare(
        &mut self,
        prefix: &'static str,
        namespace: impl Into<Cow<'static, str>>,
    ) -> &mut Self {
        if !self.in_tag {
            return self.refuse(Unwritable::Misplaced);
        }
        self.bind(prefix, namespace.into());
        self
    }

    /// Text inside the current element.
    #[inline]
    pub fn text(&mut self, value: &str) -> &mut Self {
        self.end_tag();
        if self.open.is_empty() {
            return self.refuse(Unwritable::Unbalanced);
        }
        if !escape::text(&mut self.out, value) {
            self.refuse(Unwritable::Character);
        }
        self
    }

    /// Ends the element last started.
    #[inline]
    pub fn end(&mut self) -> &mut Self {
        self.end_tag();
        let Some(open) = self.open.pop() else {
            return self.refuse(Unwritable::Unbalanced);
        };
        self.out.extend_from_slice(b"</");
        self.out.extend_from_within(open.name);
        self.out.push(b'>');
        self.bound.truncate(open.outside);
        self
    }

    /// An element with only text in it.
    #[inline]
    pub fn element(&mut self, name: &QName, text: &str) -> &mut Self {
        self.start(name).text(text).end()
    }

    /// Octets of finished elements, written as they are: a token that a format minted, a part that another writer wrote.
    ///
    /// They must declare every prefix they use, and are canonical inside the elements open here only as far as those do
    /// not declare the same.
    pub fn raw(&mut self, elements: &[u8]) -> &mut Self {
        self.end_tag();
        self.out.extend_from_slice(elements);
        self
    }

    /// Writes finished elements again that stand at these octets: inside elements that declare the same as those around them.
    pub fn again(&mut self, elements: Range<usize>) -> &mut Self {
        self.end_tag();
        if elements.start > elements.end || elements.end > self.out.len() {
            return self.refuse(Unwritable::Misplaced);
        }
        self.out.extend_from_within(elements);
        self
    }

    /// How many octets are written so far, the start tag of the current element included.
    ///
    /// That start tag is finished by asking: it takes no attributes afterwards.
    pub fn offset(&mut self) -> usize {
        self.end_tag();
        self.out.len()
    }

    /// The octets.
    ///
    /// # Errors
    ///
    /// The first [`Unwritable`] that was asked for.
    pub fn finish(mut self) -> Result<Vec<u8>, Unwritable> {
        if !self.open.is_empty() {
            self.refuse(Unwritable::Unbalanced);
        }
        self.flaw.map_or(Ok(self.out), Err)
    }

    fn refuse(&mut self, flaw: Unwritable) -> &mut Self {
        self.flaw.get_or_insert(flaw);
        self
    }

    /// Ends the start tag, if one takes attributes still.
    #[inline]
    fn end_tag(&mut self) {
        if self.in_tag {
            if self.disordered {
                self.sort_parts();
                self.disordered = false;
            }
            self.out.push(b'>');
            self.parts.clear();
            self.in_tag = false;
        }
    }

    /// Writes the parts of the start tag again, in canonical order.
    #[cold]
    fn sort_parts(&mut self) {
        let from = self.parts.first().map_or(self.out.len(), |first| first.written.start);
        let as_asked: SmallVec<[u8; 512]> = self.out.get(from..).unwrap_or_default().into();
        self.out.truncate(from);
        self.parts.sort_by(|a, b| a.is.cmp(&b.is));
        if self.parts.windows(2).any(|pair| matches!(pair, [a, b] if a.is == b.is)) {
            self.refuse(Unwritable::Repeated);
        }
        for Part { written: Range { start, end }, .. } in &self.parts {
            let written = start.saturating_sub(from)..end.saturating_sub(from);
            self.out.extend_from_slice(as_asked.get(written).unwrap_or_default());
        }
    }

    /// Writes what follows the name of a part that begins at `start`.
    fn put_value(&mut self, value: &str, start: usize, is: Sort) -> &mut Self {
        self.out.extend_from_slice(b"=\"");
        let sound = escape::attribute(&mut self.out, value);
        self.out.push(b'"');
        self.disordered |= self.parts.last().is_some_and(|last| !last.is.stands_before(&is));
        self.parts.push(Part { is, written: start..self.out.len() });
        if sound { self } else { self.refuse(Unwritable::Character) }
    }

    /// Whether the binding last made is that of a name, which is written with the same constants: as of most children.
    #[inline]
    fn is_last_bound(&self, name: &QName) -> bool {
        let last = self.bound.last();
        last.is_some_and(|(prefix, namespace)| {
            std::ptr::eq(*prefix, name.prefix) && std::ptr::eq(namespace.as_ref(), name.namespace)
        })
    }

    /// Binds a prefix on the element just started, unless it already has that meaning here.
    fn bind(&mut self, prefix: &'static str, namespace: Cow<'static, str>) {
        let meaning = self.bound.iter().rposition(|bound| same(bound.0, prefix));
        let bound = meaning.and_then(|at| self.bound.get(at)).map(|bound| bound.1.as_ref());
        if bound.is_some_and(|now| same(now, &namespace)) {
            return; // as nearly always; what is bound was checked
        }
        let now = bound.unwrap_or_default();
        if prefix == "xml" || prefix == "xmlns" {
            if prefix == "xmlns" || namespace != XML_NAMESPACE {
                self.refuse(Unwritable::Prefix);
            }
        } else if namespace.is_empty() && !prefix.is_empty() {
            self.refuse(Unwritable::Prefix); // Namespaces in XML 1.0 cannot unbind a prefix
        } else if !same(now, &namespace) {
            let (outside, plain) = self.open.last().map_or((0, false), |o| (o.outside, o.plain));
            if meaning.is_some_and(|at| at >= outside) || (plain && prefix.is_empty()) {
                self.refuse(Unwritable::Prefix);
            }
            let start = self.out.len();
            self.out.extend_from_slice(if prefix.is_empty() { b" xmlns" } else { b" xmlns:" });
            self.out.extend_from_slice(prefix.as_bytes());
            self.put_value(&namespace, start, Sort::Declaration { prefix });
            self.bound.push((prefix, namespace));
        }
    }
}

/// Equality that looks at the characters last: names are constants, and mostly the same ones.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && (a.is_empty() || std::ptr::eq(a, b) || a == b)
}

fn put_name(out: &mut Vec<u8>, name: &QName) {
    if !name.prefix.is_empty() {
        out.extend_from_slice(name.prefix.as_bytes());
        out.push(b':');
    }
    out.extend_from_slice(name.local.as_bytes());
}

// SECURITY: no content, which may be a token.
impl std::fmt::Debug for Writer {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Writer").field("octets", &self.out.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
