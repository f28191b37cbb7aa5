//! XML for security protocols: guard, parse, owned elements, canonical form and a canonical writer.
//!
//! In the order data flows:
//!
//! 1. [`Document::parse`] takes octets from the network, refuses what is not XML and what no security message needs (document
//!    type, processing instructions, sizes beyond [`Limits`]) at the first octet that shows it, and returns the root
//!    [`Element`].
//! 2. An [`Element`] is a handle that owns its document: it can be kept, sent and passed on, so that what was verified and
//!    what is read are the same node and never found a second time by its id or name.
//! 3. A [`Tree`] holds the one index of ids over a message, and takes decrypted content: a [`Fragment`], which is parsed in the
//!    scope of where it will stand, and never spliced.
//! 4. A [`View`] of a tree resolves references and writes canonical octets ([`C14n`]: Canonical XML 1.0 and Exclusive XML
//!    Canonicalization 1.0), with the content that was decrypted before a place in the header, and none from behind it.
//! 5. A [`Writer`] writes XML that already is in canonical form, so that signing needs no second pass.
//!
//! Beside these, [`time`] is the one reader and writer of xs:dateTime.
//!
//! Never: a DTD, an entity, a processing instruction, or anything outside the octets given. No `unsafe`, no I/O.
//!
//! ```
//! use symbolon_xml::{C14n, Document, EVERYTHING, Limits, Tree};
//!
//! let sent = br#"<a:Note xmlns:a="urn:a" Id="n1"><a:To>Ann<!-- not for Bob --></a:To></a:Note>"#;
//! let note = Document::parse(sent, &Limits::MESSAGE)?;
//! assert!(note.is("urn:a", "Note"));
//! assert_eq!(note.child("urn:a", "To")?.map(|to| to.text()).as_deref(), Some("Ann"));
//!
//! let tree = Tree::new(note)?;
//! let view = tree.view(EVERYTHING);
//! let found = view.id("n1").ok_or("no such id")?;
//! assert_eq!(
//!     view.canonicalize(&found, &C14n::exclusive(), None, 1024)?,
//!     br#"<a:Note xmlns:a="urn:a" Id="n1"><a:To>Ann</a:To></a:Note>"#
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod c14n;
mod document;
mod element;
mod escape;
mod flaw;
mod fragment;
mod guard;
mod nodes;
mod parse;
pub mod time;
mod tree;
mod view;
mod writer;

pub use c14n::{C14n, Uncanonical};
pub use document::Document;
pub use element::{Attribute, Element, NodeKey};
pub use flaw::{Flaw, Repeated};
pub use fragment::{Fragment, Shape};
pub use guard::Limits;
pub use tree::{EVERYTHING, Place, Tree};
pub use view::View;
pub use writer::{QName, Unwritable, Writer};

/// The namespace that the prefix `xml` is bound to in every document, undeclared.
pub const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";
