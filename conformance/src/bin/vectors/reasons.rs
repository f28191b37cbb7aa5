//! The manifest's reasons in our terms: which of our causes may stand for each, and what must show it in the file.
//!
//! In:  a reason of the manifest, a cause of ours, the text that was refused.
//! Out: whether the one explains the other.
//! Never: takes a coarse cause of ours ("outside the profile") for a reason that the text does not show.

use crate::verdict::Cause::{self, *};

/// What must be found in the text for a reason to be believed.
enum Shows {
    /// An algorithm identifier that ends in what follows the reason's prefix.
    Algorithm,
    /// These characters.
    Text(&'static str),
    /// That shape.
    Shape(fn(&str) -> bool),
    /// Nothing: the cause is as exact as the reason.
    Itself,
}

/// Reasons of that name (`*`: that begin so), the causes that may stand for them, and what must show them.
struct Line(&'static str, &'static [Cause], Shows);

/// What is wrong with a signature itself, as far as the file's name can tell: value, digest, place, or nothing signed.
const FORGED: &[Cause] =
    &[BadSignature, BadDigest, NotCovered, UnknownReference, DuplicateId, Unsigned, Structure];

/// A reason may have several lines.
const TABLE: &[Line] = &[
    // The document.
    Line("dtd", &[Doctype], Shows::Text("<!DOCTYPE")),
    Line("not-wf", &[NotWellFormed, Encoding], Shows::Itself),
    Line("not-wf", &[Instruction], Shows::Shape(declaration_elsewhere)),
    Line("not-namespace-well-formed", &[NotWellFormed], Shows::Itself),
    Line("error", &[NotWellFormed, Encoding], Shows::Itself),
    Line("encoding-*", &[Encoding], Shows::Itself),
    Line("xml-1.1", &[Encoding], Shows::Text("1.1")),
    Line("duplicate-id", &[DuplicateId], Shows::Itself),
    // The shape of a signature.
    Line("unsigned", &[Unsigned], Shows::Itself),
    Line("signedinfo-count-*", &[Structure], Shows::Itself),
    Line("reference-without-uri", &[Structure, Unsupported], Shows::Shape(reference_without_uri)),
    Line("external-reference", &[Unsupported], Shows::Shape(external_reference)),
    Line("xpointer", &[Unsupported], Shows::Shape(xpointer)),
    Line("dangling-reference", &[UnknownReference], Shows::Itself),
    Line("hmac-output-length-*", &[Unsupported, Structure], Shows::Text("HMACOutputLength")),
    Line("hmac-truncation-*", &[Unsupported, Structure], Shows::Text("HMACOutputLength")),
    // Its algorithms.
    Line("c14n-*", &[Unsupported], Shows::Algorithm),
    Line("c14n11", &[Unsupported], Shows::Itself),
    Line("transform-c14n11-wc", &[Unsupported], Shows::Text("/xml-c14n11#WithComments")),
    Line("transform-c14n11*", &[Unsupported], Shows::Text("/xml-c14n11")),
    Line("transform-xpath-filter2", &[Unsupported], Shows::Text("/xmldsig-filter2")),
    Line("transform-xpath", &[Unsupported], Shows::Text("/REC-xpath-19991116")),
    Line("transform-xslt", &[Unsupported], Shows::Text("/REC-xslt-19991116")),
    Line("transform-xml-c14n11", &[Unsupported], Shows::Text("/xml-c14n11")),
    Line("transform-decrypt", &[Unsupported], Shows::Text("/decrypt#")),
    Line("transform-*", &[Unsupported], Shows::Algorithm),
    Line("sig-*", &[Unsupported, KeyKind], Shows::Algorithm),
    Line("digest-*", &[Unsupported], Shows::Algorithm),
    Line("rsa-key-*", &[KeySize], Shows::Itself),
    // Its value and what it covers.
    Line("bad-signature", &[BadSignature, BadDigest], Shows::Itself),
    Line("ecdsa-*", &[BadSignature], Shows::Itself),
    Line("xsw*", FORGED, Shows::Itself),
    Line("vulnerability-*", FORGED, Shows::Itself),
    // A namespace name that is relative has no canonical form, whose digest other verifiers took for that of no octets.
    Line("vulnerability-CVE-2025-66475", &[Unsupported], Shows::Text("xmlns:example=\"1\"")),
    Line("saml-invalid-*", FORGED, Shows::Itself),
    Line("xml-crypto-*", FORGED, Shows::Itself),
    Line("wss-*", FORGED, Shows::Itself),
    Line("missing-signature-*", &[Unsigned], Shows::Itself),
    // Encryption.
    Line("enc-rsa-1_5", &[Unsupported], Shows::Text("#rsa-1_5")),
    // It stands in an element of its own, which is no key to us.
    Line("enc-ml-kem", &[NoKey], Shows::Text("#ml-kem")),
    Line("key-by-ml-kem", &[NoKey], Shows::Text("#ml-kem")),
    Line("enc-*", &[Unsupported], Shows::Algorithm),
    Line("oaep-digest-*", &[Unsupported], Shows::Algorithm),
    Line("oaep-mgf-*", &[Unsupported], Shows::Algorithm),
    Line("concatkdf-digest-*", &[Unsupported], Shows::Algorithm),
    Line("kdf-*", &[Unsupported], Shows::Algorithm),
    Line("no-kdf", &[Unsupported, Structure], Shows::Shape(agreement_without_derivation)),
    Line("agreement-*", &[Unsupported, KeyKind], Shows::Algorithm),
    Line("cipher-reference", &[Unsupported, Structure], Shows::Text("CipherReference")),
    Line("retrieval-method*", &[Unsupported, Structure, NoKey], Shows::Text("RetrievalMethod")),
    Line("bad-ciphertext", &[Undecryptable], Shows::Itself),
    Line("bad-encrypt-*", &[Undecryptable, Structure, Unsupported], Shows::Itself),
    Line("unable-to-decrypt-*", &[Undecryptable], Shows::Itself),
    Line("unable-to-get-decryption-certificate", &[NoKey], Shows::Itself),
    // Other files that their names call bad.
    Line("bad-*", FORGED, Shows::Itself),
];

/// What the manifest's README leaves to us: our verdict is pinned.
const UNDECIDED: [&str; 3] = ["edition-", "ecdsa-", "derived-key-"];

/// Whether a refusal for that cause is one for this reason.
pub(crate) fn explains(reason: &str, cause: Cause, text: &str) -> bool {
    TABLE.iter().any(|Line(name, causes, shows)| {
        names(name, reason)
            && causes.contains(&cause)
            && match shows {
                Shows::Algorithm => {
                    let prefix = name.trim_end_matches('*');
                    has_algorithm(text, reason.strip_prefix(prefix).unwrap_or(reason))
                }
                Shows::Text(part) => text.contains(part),
                Shows::Shape(shape) => shape(text),
                Shows::Itself => true,
            }
    })
}

pub(crate) fn is_undecided(reason: &str) -> bool {
    UNDECIDED.iter().any(|begin| reason.starts_with(begin))
}

/// Whether it is only that SHA-1 is used, which a record may allow.
pub(crate) fn is_sha1(reason: &str) -> bool {
    ["sig-rsa-sha1", "sig-hmac-sha1", "digest-sha1"].contains(&reason)
}

/// Whether it is for the signature to show even where SHA-1 is allowed: not so what whoever reads it judges (audience, time, issuer).
pub(crate) fn is_the_signatures(reason: &str) -> bool {
    let of_the_content = ["saml-invalid-", "wss-", "unable-to-"];
    !is_sha1(reason)
        && !of_the_content.iter().any(|begin| reason.starts_with(begin))
        && TABLE.iter().any(|line| names(line.0, reason))
}

fn names(name: &str, reason: &str) -> bool {
    name.strip_suffix('*').map_or(name == reason, |begin| reason.starts_with(begin))
}

/// Whether an algorithm identifier ends so, behind `#` or `/`.
fn has_algorithm(text: &str, end: &str) -> bool {
    let (text, end) = (text.to_ascii_lowercase(), end.to_ascii_lowercase());
    ['#', '/'].into_iter().any(|before| {
        ['"', '\''].into_iter().any(|behind| text.contains(&format!("{before}{end}{behind}")))
    })
}

/// An XML declaration anywhere but at the start, which the guard takes for a processing instruction.
fn declaration_elsewhere(text: &str) -> bool {
    text.find("<?xml").is_some_and(|at| at > 0)
}

fn external_reference(text: &str) -> bool {
    references(text).any(|uri| uri.is_some_and(|uri| !uri.is_empty() && !uri.starts_with('#')))
}

fn xpointer(text: &str) -> bool {
    references(text).any(|uri| uri.is_some_and(|uri| uri.starts_with("#xpointer(")))
}

fn reference_without_uri(text: &str) -> bool {
    references(text).any(|uri| uri.is_none())
}

/// The `URI` of each start tag `Reference`, with whatever prefix.
fn references(text: &str) -> impl Iterator<Item = Option<&str>> {
    let tags = text.split('<').filter_map(|tag| tag.split('>').next());
    tags.filter(|tag| {
        let name = tag.split(|c: char| c.is_ascii_whitespace() || c == '/').next();
        name.is_some_and(|name| name.rsplit(':').next() == Some("Reference"))
    })
    .map(|tag| {
        let value = tag.split_once("URI=")?.1;
        let quote = value.chars().next()?;
        value.get(1..)?.split(quote).next()
    })
}

fn agreement_without_derivation(text: &str) -> bool {
    text.contains("AgreementMethod") && !text.contains("KeyDerivationMethod")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coarse_cause_needs_the_algorithm_in_the_text() {
        let text = "<SignatureMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#rsa-sha1\"/>";
        assert!(explains("sig-rsa-sha1", Unsupported, text));
        assert!(!explains("sig-hmac-sha1", Unsupported, text));
        assert!(!explains("sig-rsa-sha1", BadDigest, text));
    }

    #[test]
    fn references_are_told_by_their_uri() {
        assert!(external_reference("<ds:Reference Id='a' URI='http://example.test/'/>"));
        assert!(!external_reference("<Reference URI=\"#a\"><Reference URI=\"\"/>"));
        assert!(xpointer("<Reference URI=\"#xpointer(id('a'))\">"));
        assert!(reference_without_uri("<Reference><DigestMethod/>"));
        assert!(!reference_without_uri("<ReferenceList/>"));
    }

    #[test]
    fn an_unknown_reason_explains_nothing() {
        assert!(!explains("something-new", Unsupported, ""));
    }
}
