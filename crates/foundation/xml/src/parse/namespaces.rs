//! The namespaces in scope, while a document is parsed.
//!
//! In:  declarations as they come, and the ends of the elements that they stand in.
//! Out: what a prefix is bound to.
//! Never: a declaration that the standard forbids; more in scope, or in the document, than the limits say.
//!
//! Namespaces in XML 1.0 (third edition) §2.2, §3, §6.

use smallvec::SmallVec;

use crate::nodes::{Bound, index};
use crate::{Flaw, Limits, XML_NAMESPACE};

/// The namespace of `xmlns` itself, which nothing can be bound to.
const XMLNS_NAMESPACE: &str = "http://www.w3.org/2000/xmlns/";

/// Namespace declarations in scope at one place.
// LIMIT: every name costs a look at what is in scope, and every canonical form of an element may write all of it. Real
// messages have about 15.
const MOST_IN_SCOPE: usize = 64;

/// Declarations of the open elements, the innermost last.
pub(super) struct Namespaces<'t> {
    in_scope: SmallVec<[InScope<'t>; 16]>,
    /// In the whole document so far.
    declared: u32,
    most: usize,
}

/// A declaration in scope.
struct InScope<'t> {
    prefix: &'t str,
    binds: Bound,
}

impl<'t> Namespaces<'t> {
    pub(super) fn new(limits: &Limits) -> Self {
        Self { in_scope: SmallVec::new(), declared: 0, most: limits.declarations }
    }

    /// Takes a declaration of the start tag in hand, which began when `outside` were in scope. The empty prefix declares
    /// the default namespace.
    pub(super) fn declare(
        &mut self,
        prefix: &'t str,
        namespace: &str,
        outside: usize,
    ) -> Result<(), Flaw> {
        let allowed = match (prefix, namespace) {
            ("xml", namespace) => namespace == XML_NAMESPACE,
            (_, XML_NAMESPACE | XMLNS_NAMESPACE) => false,
            (prefix, "") => prefix.is_empty(), // version 1.0 undoes the default namespace only
            _ => true,
        };
        let here = self.in_scope.get(outside..).unwrap_or_default();
        if !allowed || here.iter().any(|other| same(other.prefix, prefix)) {
            return Err(Flaw::NamespaceDeclaration);
        }
        let binds = if namespace.is_empty() { Bound::Nothing } else { Bound::By(self.declared) };
        self.in_scope.push(InScope { prefix, binds });
        self.declared = self.declared.saturating_add(1);
        if index(self.declared) > self.most || self.in_scope.len() > MOST_IN_SCOPE {
            return Err(Flaw::TooManyDeclarations);
        }
        Ok(())
    }

    /// What a prefix is bound to; [`Flaw::Malformed`] where it is not. The empty prefix asks for the default namespace.
    pub(super) fn bound(&self, prefix: &str) -> Result<Bound, Flaw> {
        if prefix == "xml" {
            return Ok(Bound::Xml);
        }
        let found = self.in_scope.iter().rev().find(|declared| same(declared.prefix, prefix));
        match found {
            Some(declared) => Ok(declared.binds),
            None if prefix.is_empty() => Ok(Bound::Nothing),
            None => Err(Flaw::Malformed),
        }
    }

    pub(super) fn in_scope(&self) -> usize {
        self.in_scope.len()
    }

    /// Leaves an element that began when `outside` were in scope.
    pub(super) fn leave(&mut self, outside: usize) {
        self.in_scope.truncate(outside);
    }

    /// In the whole document so far.
    pub(super) fn declared(&self) -> u32 {
        self.declared
    }
}

/// Equality of prefixes, which are so short that a call to compare them costs more.
fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().eq(b.bytes())
}
