//! Why octets are refused.
//!
//! Exact, for logs and tests; what a stranger is told is decided by the protocols.

/// Why a document was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// More octets than [`Limits::octets`](crate::Limits::octets), or more decrypted content than a tree takes.
    #[error("larger than the limit")]
    TooLarge,
    /// The octets are not UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// A document type declaration: the door to entities and outside references.
    #[error("a document type declaration")]
    Doctype,
    /// A processing instruction, or an XML declaration anywhere but at the very start.
    #[error("a processing instruction")]
    ProcessingInstruction,
    /// An XML declaration that is not `version="1.0"` in UTF-8.
    #[error("an XML declaration that is not 1.0 in UTF-8")]
    Declaration,
    /// Elements nested deeper than [`Limits::depth`](crate::Limits::depth).
    #[error("nested deeper than the limit")]
    TooDeep,
    /// More attributes on one element than [`Limits::attributes`](crate::Limits::attributes).
    #[error("more attributes on one element than the limit")]
    TooManyAttributes,
    /// More namespace declarations than [`Limits::declarations`](crate::Limits::declarations), or more in decrypted content
    /// than a tree takes.
    #[error("more namespace declarations than the limit")]
    TooManyDeclarations,
    /// A name with nothing before its colon: `<:a/>`.
    #[error("a name with an empty prefix")]
    EmptyPrefix,
    /// A namespace declaration that Namespaces in XML 1.0 forbids: `xmlns:p=""`, `xmlns:xmlns`, `p:xmlns`, the same one twice.
    #[error("a forbidden namespace declaration")]
    NamespaceDeclaration,
    /// A character reference to what is not a character of XML 1.0: `&#xD800;`.
    #[error("a reference to what is not a character")]
    CharacterReference,
    /// Not well-formed, or not namespace-well-formed, in any other way.
    #[error("not well-formed")]
    Malformed,
    /// Two elements of one tree carry this id.
    #[error("the id {0:?} stands twice")]
    DuplicateId(String),
    /// Decrypted content that should be one element is something else, or has something beside it.
    #[error("decrypted content that is not exactly one element")]
    NotOneElement,
    /// Decrypted content for a place that is not in the tree, or that was filled before.
    #[error("decrypted content that has no place in the tree")]
    Misplaced,
}

/// An element that may stand once stands twice. Taking the first or the last would be a guess, and an attacker's choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a child element that may stand once is repeated")]
pub struct Repeated;
