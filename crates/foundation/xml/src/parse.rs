//! The one parser.
//!
//! In:  text that the [guard](crate::guard) let pass, and [`Limits`].
//! Out: its [`Nodes`].
//! Never: goes back, or on behind the first flaw. No document type, no processing instruction, no entity but the five of XML
//! itself; nothing that is not well-formed and namespace-well-formed; nothing deeper, wider or longer than the limits.
//!
//! Here is what stands between tags; `tag.rs` has the tags, `namespaces.rs` what prefixes mean, `cursor.rs` the tokens.
//!
//! XML 1.0 (fifth edition) §2, §3.1, §4.1.

use memchr::{memchr, memchr2, memmem};
use smallvec::SmallVec;

use crate::nodes::{Attributed, Content, Declared, Entry, NodeId, Nodes, Span};
use crate::{Flaw, Limits};

mod cursor;
mod namespaces;
mod tag;

use cursor::Cursor;
use namespaces::Namespaces;

/// Parses one document.
pub(crate) fn parse(mut text: String, limits: &Limits) -> Result<Nodes, Flaw> {
    let source = text.len();
    // LIMIT: places are kept in 32 bits; what does not stand in the source has no more octets than it.
    if !u32::try_from(source).is_ok_and(|octets| octets <= u32::MAX / 2) {
        return Err(Flaw::TooLarge);
    }
    let (beside, entries, attributes, declarations) = {
        let mut parser = Parser::new(&text, limits);
        parser.document()?;
        (parser.beside, parser.entries, parser.attributes, parser.declarations)
    };
    text.push_str(&beside);
    Ok(Nodes::new(text, source, entries, attributes, declarations))
}

struct Parser<'t> {
    text: &'t str,
    cursor: Cursor<'t>,
    limits: &'t Limits,
    namespaces: Namespaces<'t>,
    /// Innermost last.
    open: SmallVec<[Open<'t>; 16]>,
    /// The text since the last tag or comment.
    pending: Pending,
    /// Whether `]]>` may stand anywhere.
    may_close_section: bool,
    /// Characters that do not stand in the text as they are; their places are counted on from its end.
    beside: String,
    entries: Vec<Entry>,
    attributes: Vec<Attributed>,
    declarations: Vec<Declared>,
}

/// An element whose end tag is still to come.
struct Open<'t> {
    id: NodeId,
    name: &'t str,
    /// How many declarations are in scope outside it.
    outside: usize,
}

#[derive(Clone, Copy)]
enum Pending {
    None,
    /// As it stands in the text.
    Source(Span),
    /// From there on in what stands beside the text.
    Beside(usize),
}

impl<'t> Parser<'t> {
    fn new(text: &'t str, limits: &'t Limits) -> Self {
        Self {
            text,
            cursor: Cursor::new(text),
            limits,
            namespaces: Namespaces::new(limits),
            open: SmallVec::new(),
            pending: Pending::None,
            may_close_section: memchr(b']', text.as_bytes()).is_some(),
            beside: String::new(),
            entries: Vec::with_capacity(text.len() / 40),
            attributes: Vec::with_capacity(text.len() / 100),
            declarations: Vec::with_capacity(16),
        }
    }

    fn document(&mut self) -> Result<(), Flaw> {
        self.around_root()?;
        match self.cursor.rest {
            [b'<', rest @ ..] => self.cursor.rest = rest,
            _ => return Err(Flaw::Malformed),
        }
        self.start_tag()?;
        while !self.open.is_empty() {
            self.content()?;
        }
        self.around_root()?;
        if self.cursor.rest.is_empty() { Ok(()) } else { Err(Flaw::Malformed) }
    }

    /// White space and comments, which are no part of the tree.
    fn around_root(&mut self) -> Result<(), Flaw> {
        loop {
            self.cursor.white();
            if self.cursor.takes(b"<!--") {
                self.cursor.comment()?;
                continue;
            }
            return match self.cursor.rest {
                [b'<', b'?', ..] => Err(Flaw::ProcessingInstruction),
                [b'<', b'!', ..] => Err(self.declaration()),
                _ => Ok(()),
            };
        }
    }

    /// Text up to the next markup, and that.
    fn content(&mut self) -> Result<(), Flaw> {
        let rest = self.cursor.rest;
        if rest.first() != Some(&b'<') {
            let length = memchr2(b'<', b'&', rest).ok_or(Flaw::Malformed)?;
            self.characters(length)?;
        }
        match self.cursor.rest {
            [b'&', rest @ ..] => {
                self.cursor.rest = rest;
                let character = self.cursor.reference()?;
                self.put(character.encode_utf8(&mut [0; 4]));
                Ok(())
            }
            [b'<', b'/', rest @ ..] => {
                self.cursor.rest = rest;
                self.end_text();
                self.end_tag()
            }
            [b'<', b'!', ..] => self.comment_or_section(),
            [b'<', b'?', ..] => Err(Flaw::ProcessingInstruction),
            [_, rest @ ..] => {
                self.cursor.rest = rest;
                self.end_text();
                self.start_tag()
            }
            [] => Err(Flaw::Malformed),
        }
    }

    // SPEC: XML 1.0 §2.4: `]]>` stands in text only where it ends a CDATA section.
    fn characters(&mut self, length: usize) -> Result<(), Flaw> {
        let span = self.cursor.skip(length);
        let text = span.of(self.text);
        if self.may_close_section && memmem::find(text.as_bytes(), b"]]>").is_some() {
            return Err(Flaw::Malformed);
        }
        match self.pending {
            Pending::None if !text.is_empty() => self.pending = Pending::Source(span),
            Pending::None => {}
            Pending::Source(_) | Pending::Beside(_) => self.put(text),
        }
        Ok(())
    }

    /// Appends to the pending text what does not stand behind it.
    fn put(&mut self, text: &str) {
        let from = match self.pending {
            Pending::Beside(from) => from,
            Pending::None => self.beside.len(),
            Pending::Source(before) => {
                let from = self.beside.len();
                self.beside.push_str(before.of(self.text));
                from
            }
        };
        self.beside.push_str(text);
        self.pending = Pending::Beside(from);
    }

    fn end_text(&mut self) {
        let span = match std::mem::replace(&mut self.pending, Pending::None) {
            Pending::None => return,
            Pending::Source(span) => span,
            Pending::Beside(from) => self.span_beside(from),
        };
        self.add(Content::Text(span));
    }

    /// From there on in what stands beside the text.
    fn span_beside(&self, from: usize) -> Span {
        let place = |beside: usize| {
            u32::try_from(self.text.len().saturating_add(beside)).unwrap_or(u32::MAX)
        };
        Span { start: place(from), end: place(self.beside.len()) }
    }

    fn comment_or_section(&mut self) -> Result<(), Flaw> {
        if self.cursor.takes(b"<!--") {
            let inside = self.cursor.comment()?;
            self.end_text();
            self.add(Content::Comment(inside));
            Ok(())
        } else if self.cursor.takes(b"<![CDATA[") {
            let inside = self.cursor.section()?;
            self.put(inside.of(self.text)); // an empty one too is there
            Ok(())
        } else {
            Err(self.declaration())
        }
    }

    /// What `<!` is that begins neither a comment nor a section.
    fn declaration(&self) -> Flaw {
        if self.cursor.rest.starts_with(b"<!DOCTYPE") { Flaw::Doctype } else { Flaw::Malformed }
    }

    /// Adds a node without anything inside, so far.
    fn add(&mut self, content: Content) -> NodeId {
        let id = count(&self.entries);
        let parent = self.open.last().map(|open| open.id);
        self.entries.push(Entry { parent, behind: id.saturating_add(1), content });
        NodeId(id)
    }
}

/// The characters of a span, wherever they stand while the text and what stands beside it are two.
fn said<'t>(text: &'t str, beside: &'t str, span: Span) -> &'t str {
    let Span { start, end } = span;
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
    match (start.checked_sub(length), end.checked_sub(length)) {
        (Some(start), Some(end)) => Span { start, end }.of(beside),
        _ => span.of(text),
    }
}

fn count<T>(of: &[T]) -> u32 {
    u32::try_from(of.len()).unwrap_or(u32::MAX)
}
