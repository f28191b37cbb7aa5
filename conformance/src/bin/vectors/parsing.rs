//! Kind `xml-parse`: a document, and whether it is XML as a security protocol takes it.
//!
//! In:  the octets of a document.
//! Out: accepted, or why not.
//! Never: a limit of the product that these documents were not written for.

use symbolon_xml::{Document, Element, Flaw, Limits};

use crate::corpus::{Corpus, Row};
use crate::verdict::{Cause, Found, Verdict, hold};

/// Wide enough for every vector, so that what is refused is refused for what it says and not for its size.
pub(crate) const LIMITS: Limits =
    Limits { octets: 16 * 1024 * 1024, depth: 1024, attributes: 1024, declarations: 65536 };

pub(crate) fn judge(corpus: &Corpus, row: &Row) -> Result<Verdict, String> {
    let octets = corpus.sent(row)?;
    let found = match parse(&octets) {
        Ok(_) => Found::Accepted("well-formed"),
        Err(cause) => Found::Refused(cause),
    };
    Ok(hold(row, found, &String::from_utf8_lossy(&octets)))
}

/// The root of a document.
pub(crate) fn parse(octets: &[u8]) -> Result<Element, Cause> {
    Document::parse(octets, &LIMITS).map_err(|flaw| cause(&flaw))
}

/// The same in the words of the manifest.
pub(crate) fn cause(flaw: &Flaw) -> Cause {
    match flaw {
        Flaw::Doctype => Cause::Doctype,
        Flaw::ProcessingInstruction => Cause::Instruction,
        Flaw::NotUtf8 | Flaw::Declaration => Cause::Encoding,
        Flaw::EmptyPrefix
        | Flaw::NamespaceDeclaration
        | Flaw::CharacterReference
        | Flaw::Malformed => Cause::NotWellFormed,
        Flaw::TooLarge | Flaw::TooDeep | Flaw::TooManyAttributes | Flaw::TooManyDeclarations => {
            Cause::Limits
        }
        Flaw::DuplicateId(_) => Cause::DuplicateId,
        // What only decrypted content can be.
        Flaw::NotOneElement | Flaw::Misplaced => Cause::Structure,
    }
}
