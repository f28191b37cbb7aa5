//! Rows that we judge otherwise than the manifest, each for a reason of its own.
//!
//! In:  a row.
//! Out: what must come of it instead, and why.
//! Never: a row that merely fails: what stands here is right as it is, and is held to it.

use crate::corpus::Row;
use crate::verdict::{Cause, Found};

/// A row, or all of one kind whose path holds `path`.
pub(crate) struct Exception {
    path: &'static str,
    kind: &'static str,
    /// What must come of it.
    pub(crate) found: Found,
    /// Why that is right.
    pub(crate) why: &'static str,
    /// What is to be set right, so that the rest of it can be seen to hold.
    pub(crate) mend: Mend,
}

/// What of an encrypted message is set right.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mend {
    /// Nothing.
    Nothing,
    /// A key that is too long is cut to the cipher's length.
    Key,
    /// An RSA key may be as short as it is.
    Size,
    /// The Type that says what is encrypted is taken away; what is encrypted is [`OCTETS`].
    Type,
}

/// What three messages of W3C's suite encrypt (`binary-data.hex` there).
pub(crate) const OCTETS: &str = "d9313225f88406e5a55909c5aff5269a";

const TABLE: &[Exception] = &[
    Exception {
        path: "/oasis/p15pass1.xml",
        kind: "xml-parse",
        found: Found::Accepted("well-formed"),
        why: "its DOCTYPE is text in a comment, which the manifest's search took for a document type",
        mend: Mend::Nothing,
    },
    Exception {
        path: "/oasis/p18pass1.xml",
        kind: "xml-parse",
        found: Found::Accepted("well-formed"),
        why: "its DOCTYPE is text in a CDATA section, which the manifest's search took for a document type",
        mend: Mend::Nothing,
    },
    Exception {
        path: "/eduni/errata-2e/E57.xml",
        kind: "xml-parse",
        found: Found::Accepted("well-formed"),
        why: "an unknown value of xml:space is an error, but no fatal one (XML 1.0 §1.2, §2.10)",
        mend: Mend::Nothing,
    },
    Exception {
        path: "/valid/response.root-signed.assertion-signed.2advice-signed.xml",
        kind: "verify",
        found: Found::Refused(Cause::NotCovered),
        why: "a signature of two references, one by the enveloped transform to an assertion that it is not inside of: against SAML \
              2.0 core §5.4.2, and what makes signatures movable",
        mend: Mend::Nothing,
    },
    Exception {
        path: "/aleksey-xmlenc-01/enc_ecdh_p256_concatkdf_sha",
        kind: "decrypt",
        found: Found::Refused(Cause::Undecryptable),
        why: "a key of 32 octets for AES-128, of which xmlsec1 takes the first half; cut so, it decrypts here as well",
        mend: Mend::Key,
    },
    Exception {
        path: "/xmlenc-core-11/cipherText__EC-P256__aes128-gcm__kw-aes128__ECDH-ES__ConcatKDF-4.xml",
        kind: "decrypt",
        found: Found::Refused(Cause::Undecryptable),
        why: NO_ELEMENT,
        mend: Mend::Type,
    },
    Exception {
        path: "/xmlenc-core-11/cipherText__EC-P384__aes192-gcm__kw-aes192__ECDH-ES__ConcatKDF-5.xml",
        kind: "decrypt",
        found: Found::Refused(Cause::Undecryptable),
        why: NO_ELEMENT,
        mend: Mend::Type,
    },
    Exception {
        path: "/xmlenc-core-11/cipherText__EC-P521__aes256-gcm__kw-aes256__ECDH-ES__ConcatKDF-6.xml",
        kind: "decrypt",
        found: Found::Refused(Cause::Undecryptable),
        why: NO_ELEMENT,
        mend: Mend::Type,
    },
];

const NO_ELEMENT: &str = "it says that one element is encrypted, and that is no XML; without its Type it decrypts here as well";

/// The exception that is made of a row.
pub(crate) fn of(row: &Row) -> Option<&'static Exception> {
    let accepted = row.expected == crate::corpus::Expected::Accept;
    let fits =
        |exception: &&Exception| row.kind == exception.kind && row.path.contains(exception.path);
    // Of those that share a path, only what the manifest accepts: the others are refused for what it says.
    TABLE
        .iter()
        .find(fits)
        .filter(|exception| accepted || matches!(exception.found, Found::Accepted(_)))
}
