//! Tags: names, attributes and declarations.
//!
//! In:  a tag, whose `<` or `</` is behind us.
//! Out: an element among the nodes, or its end.
//! Never: an attribute twice under whatever prefixes; a name whose prefix is not bound; an end that is not the start's.
//!
//! XML 1.0 (fifth edition) §3.1, §3.3.3; Namespaces in XML 1.0 (third edition) §5, §6.

use super::cursor::Cursor;
use super::{Open, Parser, count, said};
use crate::nodes::{Attributed, Bound, Content, Declared, Entry, Span, Tag, index};
use crate::{Flaw, XML_NAMESPACE};

impl Parser<'_> {
    /// A start tag, or that of an empty element; its `<` is behind us.
    pub(super) fn start_tag(&mut self) -> Result<(), Flaw> {
        if self.open.len() >= self.limits.depth {
            return Err(Flaw::TooDeep);
        }
        let outside = self.namespaces.in_scope();
        let (attributes, declarations) = (count(&self.attributes), self.namespaces.declared());
        let name = self.cursor.name()?;
        let empty = self.attributes(outside)?;
        let namespace = self.namespaces.bound(name.prefix().of(self.text))?;
        let attributes = Span { start: attributes, end: count(&self.attributes) };
        if attributes.start != attributes.end {
            self.bind_attributes(attributes)?;
        }
        let declarations = Span { start: declarations, end: self.namespaces.declared() };
        let tag = Tag { name, end: self.cursor.at(), namespace, attributes, declarations };
        let id = self.add(Content::Element(tag));
        if empty {
            self.namespaces.leave(outside);
        } else {
            self.open.push(Open { id, name: name.qualified().of(self.text), outside });
        }
        Ok(())
    }

    /// Everything behind the name, and whether that is the end of the element.
    fn attributes(&mut self, outside: usize) -> Result<bool, Flaw> {
        for count in 0.. {
            let apart = self.cursor.white();
            match self.cursor.rest {
                [b'>', rest @ ..] => {
                    self.cursor.rest = rest;
                    return Ok(false);
                }
                [b'/', b'>', rest @ ..] => {
                    self.cursor.rest = rest;
                    return Ok(true);
                }
                _ if !apart => break,
                _ if count >= self.limits.attributes => return Err(Flaw::TooManyAttributes),
                _ => self.attribute(outside)?,
            }
        }
        Err(Flaw::Malformed)
    }

    fn attribute(&mut self, outside: usize) -> Result<(), Flaw> {
        let name = self.cursor.name()?;
        self.cursor.white();
        if !self.cursor.takes(b"=") {
            return Err(Flaw::Malformed);
        }
        self.cursor.white();
        let (written, says_so) = self.cursor.quoted()?;
        let value = if says_so { written } else { self.normalize(written)? };
        let (prefix, local) = (name.prefix().of(self.text), name.local().of(self.text));
        match (prefix, local) {
            ("", "xmlns") => self.declare(Span::default(), value, outside),
            // SECURITY: parsers have taken `p:xmlns` for a default namespace.
            // Test: a_forbidden_namespace_declaration_is_refused.
            (_, "xmlns") => Err(Flaw::NamespaceDeclaration),
            ("xmlns", _) => self.declare(name.local(), value, outside),
            _ => {
                self.attributes.push(Attributed { name, namespace: Bound::Nothing, value });
                Ok(())
            }
        }
    }

    fn declare(&mut self, prefix: Span, namespace: Span, outside: usize) -> Result<(), Flaw> {
        let uri = said(self.text, &self.beside, namespace);
        self.namespaces.declare(prefix.of(self.text), uri, outside)?;
        self.declarations.push(Declared { prefix, namespace });
        Ok(())
    }

    /// What a value says that is not what is written.
    // SPEC: XML 1.0 §3.3.3: white space becomes spaces, unless a reference says it.
    fn normalize(&mut self, written: Span) -> Result<Span, Flaw> {
        let from = self.beside.len();
        let written = written.of(self.text);
        let mut inside = Cursor::new(written);
        loop {
            let plain = inside.skip_plain().of(written);
            self.beside.push_str(plain);
            match inside.rest {
                [b'&', rest @ ..] => {
                    inside.rest = rest;
                    self.beside.push(inside.reference()?);
                }
                [b'\t' | b'\n', rest @ ..] => {
                    inside.rest = rest;
                    self.beside.push(' ');
                }
                [] => return Ok(self.span_beside(from)),
                _ => return Err(Flaw::Malformed), // `<`
            }
        }
    }

    /// Finds the namespaces of a start tag's attributes, all declarations of which are known by now.
    fn bind_attributes(&mut self, attributes: Span) -> Result<(), Flaw> {
        let (text, beside, declarations) = (self.text, &self.beside, &self.declarations);
        let uri = |bound: Bound| match bound {
            Bound::Nothing => "",
            Bound::Xml => XML_NAMESPACE,
            Bound::By(number) => {
                declarations.get(index(number)).map_or("", |by| said(text, beside, by.namespace))
            }
        };
        let mut rest = self.attributes.get_mut(attributes.numbers()).unwrap_or_default();
        while let [attribute, others @ ..] = rest {
            if attribute.name.is_prefixed() {
                attribute.namespace = self.namespaces.bound(attribute.name.prefix().of(text))?;
            }
            rest = others;
        }
        // SPEC: Namespaces in XML 1.0 §6.3: no two with one name, nor with one local name and one namespace.
        let mut rest = self.attributes.get(attributes.numbers()).unwrap_or_default();
        while let [attribute, others @ ..] = rest {
            let local = attribute.name.local().of(text);
            let same = |other: &Attributed| {
                other.name.local().of(text) == local
                    && (other.namespace == attribute.namespace
                        || uri(other.namespace) == uri(attribute.namespace))
            };
            if others.iter().any(same) {
                return Err(Flaw::Malformed);
            }
            rest = others;
        }
        Ok(())
    }

    /// An end tag behind its `</`.
    pub(super) fn end_tag(&mut self) -> Result<(), Flaw> {
        let Some(Open { id, name, outside }) = self.open.pop() else {
            return Err(Flaw::Malformed);
        };
        if !self.cursor.takes(name.as_bytes()) {
            let empty = self.cursor.rest.starts_with(b":");
            return Err(if empty { Flaw::EmptyPrefix } else { Flaw::Malformed });
        }
        self.cursor.white();
        if !self.cursor.takes(b">") {
            return Err(Flaw::Malformed);
        }
        self.namespaces.leave(outside);
        let (end, behind) = (self.cursor.at(), count(&self.entries));
        let entry = self.entries.get_mut(index(id.0));
        if let Some(Entry { behind: inside, content: Content::Element(tag), .. }) = entry {
            *inside = behind;
            tag.end = end;
        }
        Ok(())
    }
}
