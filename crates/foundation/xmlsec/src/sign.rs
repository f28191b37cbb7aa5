//! Making a signature, without I/O.
//!
//! In:  canonical octets and the ids of what they are; then the value that some key made.
//! Out: the octets to sign; then the octets of the `ds:Signature`, canonical as they are.
//! Never: waits for a key; canonicalizes: the [`Writer`](symbolon_xml::Writer) already did. Never SHA-1.
//!
//! XML Signature 1.1 §3.1, §4.

use base64::Engine as _;
use base64::encoded_len;
use base64::engine::general_purpose::STANDARD;
use symbolon_keys::Digest;
use symbolon_xml::C14n;

use crate::algorithm::{EXCLUSIVE, INCLUSIVE, digest_identifier};
use crate::{Flaw, KeyInfo, SignatureMethod};

// The parts of SignedInfo as exclusive canonical form writes them. Attributes are in order, nothing needs an escape.
const START: &str = r#"<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">"#;
const METHODS: &str = concat!(
    r#"<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#">"#,
    r#"</ds:CanonicalizationMethod><ds:SignatureMethod Algorithm=""#,
);
const METHODS_END: &str = r#""></ds:SignatureMethod>"#;
const REFERENCE: &str = r##"<ds:Reference URI="#"##;
const TRANSFORMS: &str = r#""><ds:Transforms>"#;
const ENVELOPED: &str = concat!(
    r#"<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature">"#,
    r#"</ds:Transform>"#,
);
const TRANSFORM: &str = r#"<ds:Transform Algorithm=""#;
const PREFIXES: &str =
    r#"<ec:InclusiveNamespaces xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList=""#;
const PREFIXES_END: &str = r#""></ec:InclusiveNamespaces>"#;
const TRANSFORM_END: &str = "</ds:Transform>";
const DIGEST: &str = r#"</ds:Transforms><ds:DigestMethod Algorithm=""#;
const DIGEST_VALUE: &str = r#""></ds:DigestMethod><ds:DigestValue>"#;
const REFERENCE_END: &str = "</ds:DigestValue></ds:Reference>";
const END: &str = "</ds:SignedInfo>";

// Inside Signature, which declares the namespace, SignedInfo does not.
const SIGNATURE: &str = r#"<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#""#;
const SIGNED_INFO: &str = "><ds:SignedInfo>";
const VALUE: &str = "<ds:SignatureValue>";
const VALUE_END: &str = "</ds:SignatureValue>";
const CERTIFICATE: &str = "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>";
const CERTIFICATE_END: &str = "</ds:X509Certificate></ds:X509Data></ds:KeyInfo>";
const SIGNATURE_END: &str = "</ds:Signature>";

/// Room for SignedInfo without its references, and for one usual reference.
const USUAL_OCTETS: usize = 384;
const USUAL_REFERENCE: usize = 640;

/// One part of what is signed: an element by its id, how it became octets, and the octets.
#[derive(Debug, Clone)]
pub struct Reference<'r> {
    id: &'r str,
    octets: &'r [u8],
    form: Form<'r>,
    digest: Digest,
}

#[derive(Debug, Clone)]
enum Form<'r> {
    Whole(C14n),
    WithoutSignature(C14n),
    Replaced(&'r str),
}

impl<'r> Reference<'r> {
    /// To the element with that id.
    ///
    /// `canonical_octets` is the whole element in exclusive canonical form. SHA-256, unless [said otherwise](Self::digested_by).
    #[must_use]
    pub const fn new(id: &'r str, canonical_octets: &'r [u8]) -> Self {
        let form = Form::Whole(C14n::exclusive());
        Self { id, octets: canonical_octets, form, digest: Digest::Sha256 }
    }

    /// The octets are in this canonical form instead. Without comments: `#id` selects none.
    #[must_use]
    pub fn canonical_by(self, c14n: C14n) -> Self {
        let form = match self.form {
            Form::Whole(_) | Form::Replaced(_) => Form::Whole(c14n),
            Form::WithoutSignature(_) => Form::WithoutSignature(c14n),
        };
        Self { form, ..self }
    }

    /// The signature will stand inside the element, whose octets are those without it.
    #[must_use]
    pub fn enveloped(self) -> Self {
        let form = match self.form {
            Form::Whole(c14n) | Form::WithoutSignature(c14n) => Form::WithoutSignature(c14n),
            Form::Replaced(_) => Form::WithoutSignature(C14n::exclusive()),
        };
        Self { form, ..self }
    }

    /// The octets are of something else, which this transform puts in the element's place (see [`Replace`](crate::Replace)).
    ///
    /// `transform` is the `ds:Transform` in canonical form as it stands inside `ds:Signature`, which has declared the prefix
    /// `ds`.
    #[must_use]
    pub fn replaced_by(self, transform: &'r str) -> Self {
        Self { form: Form::Replaced(transform), ..self }
    }

    /// Another digest than SHA-256.
    #[must_use]
    pub fn digested_by(self, digest: Digest) -> Self {
        Self { digest, ..self }
    }

    fn write(&self, out: &mut String) -> Result<(), Flaw> {
        if !is_name(self.id) {
            return Err(Flaw::Malformed);
        }
        if self.digest.is_weak() {
            return Err(Flaw::Unsupported);
        }
        put(out, [REFERENCE, self.id, TRANSFORMS]);
        match &self.form {
            Form::Whole(c14n) => write_c14n(c14n, out)?,
            Form::WithoutSignature(c14n) => {
                out.push_str(ENVELOPED);
                write_c14n(c14n, out)?;
            }
            Form::Replaced(transform) => out.push_str(transform),
        }
        put(out, [DIGEST, digest_identifier(self.digest), DIGEST_VALUE]);
        STANDARD.encode_string(self.digest.of(self.octets), out);
        out.push_str(REFERENCE_END);
        Ok(())
    }
}

/// What is signed: digests of elements and how they came about.
///
/// ```
/// use symbolon_keys::{MacAlgorithm, SecretKey};
/// use symbolon_xmlsec::{Flaw, KeyInfo, Reference, SignedInfo};
///
/// /// A detached signature over two parts of a message, which are in canonical form already.
/// fn sign(timestamp: &[u8], body: &[u8], session: &SecretKey) -> Result<Vec<u8>, Flaw> {
///     let references = [Reference::new("TS-1", timestamp), Reference::new("Body-1", body)];
///     let info = SignedInfo::over(&references, MacAlgorithm::HmacSha256)?;
///     let value = session.mac(MacAlgorithm::HmacSha256, info.octets());
///     Ok(info.into_signature(value.as_ref(), KeyInfo::Absent))
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedInfo {
    canonical: String,
    id: Option<String>,
}

impl SignedInfo {
    /// Over these parts, in this order.
    ///
    /// # Errors
    ///
    /// [`Flaw::Unsupported`] for SHA-1, and for a canonical form with comments; [`Flaw::Malformed`] for no part at all, and for
    /// an id or a prefix that is no name (letters, digits, `.`, `-`, `_`; no digit first).
    pub fn over(
        references: &[Reference<'_>],
        method: impl Into<SignatureMethod>,
    ) -> Result<Self, Flaw> {
        let method = method.into();
        if method.is_weak() {
            return Err(Flaw::Unsupported);
        }
        if references.is_empty() {
            return Err(Flaw::Malformed);
        }
        let room = USUAL_REFERENCE.saturating_mul(references.len()).saturating_add(USUAL_OCTETS);
        let mut canonical = String::with_capacity(room);
        put(&mut canonical, [START, METHODS, method.identifier(), METHODS_END]);
        for reference in references {
            reference.write(&mut canonical)?;
        }
        canonical.push_str(END);
        Ok(Self { canonical, id: None })
    }

    /// For a signature that will stand inside the one element it signs.
    ///
    /// `id` is the value of the element's id attribute; `canonical_octets` is the whole element in exclusive canonical form,
    /// without the signature.
    ///
    /// # Errors
    ///
    /// As [`over`](Self::over).
    pub fn enveloped(
        id: &str,
        canonical_octets: &[u8],
        method: impl Into<SignatureMethod>,
    ) -> Result<Self, Flaw> {
        Self::over(&[Reference::new(id, canonical_octets).enveloped()], method)
    }

    /// The same, in a `ds:Signature` that has an id of its own, for others to refer to.
    ///
    /// # Errors
    ///
    /// [`Flaw::Malformed`] for an id that is no name.
    pub fn with_id(self, id: &str) -> Result<Self, Flaw> {
        if is_name(id) {
            Ok(Self { id: Some(id.to_owned()), ..self })
        } else {
            Err(Flaw::Malformed)
        }
    }

    /// The octets that the key must sign, with the method given before.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        self.canonical.as_bytes()
    }

    /// The octets of the `ds:Signature`, canonical where no element around them declares the prefix `ds`.
    ///
    /// `value` is the signature over [`octets`](Self::octets); for ECDSA `r‖s`.
    #[must_use]
    pub fn into_signature(self, value: &[u8], key_info: KeyInfo<'_>) -> Vec<u8> {
        let mut out = Vec::new();
        self.write_signature(value, key_info, &mut out);
        out
    }

    /// Appends what [`into_signature`](Self::into_signature) makes, for a token that is put together in one piece.
    pub fn write_signature(&self, value: &[u8], key_info: KeyInfo<'_>, out: &mut Vec<u8>) {
        let inside = self.canonical.strip_prefix(START).unwrap_or_default();
        let id = self.id.as_deref().unwrap_or_default();
        let [before_id, after_id] = if id.is_empty() { [""; 2] } else { [" Id=\"", "\""] };
        let value_octets = encoded_len(value.len(), true).unwrap_or(0);
        let [before, key_info, after] = match key_info {
            KeyInfo::Absent => [&b""[..]; 3],
            KeyInfo::Certificate(certificate) => {
                [CERTIFICATE, certificate.base64(), CERTIFICATE_END].map(str::as_bytes)
            }
            KeyInfo::Written(octets) => [b"", octets, b""],
        };
        let start = [SIGNATURE, before_id, id, after_id, SIGNED_INFO, inside, VALUE];
        let end = [VALUE_END.as_bytes(), before, key_info, after, SIGNATURE_END.as_bytes()];
        let room = start.iter().map(|part| part.len()).sum::<usize>().saturating_add(value_octets);
        out.reserve(end.iter().map(|part| part.len()).sum::<usize>().saturating_add(room));
        for part in start {
            out.extend_from_slice(part.as_bytes());
        }
        put_base64(value, value_octets, out);
        for part in end {
            out.extend_from_slice(part);
        }
    }
}

/// Appends octets in base64, which has that length.
fn put_base64(octets: &[u8], length: usize, out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start.saturating_add(length), 0);
    let room = out.get_mut(start..).unwrap_or_default();
    let _written = STANDARD.encode_slice(octets, room); // INVARIANT: it has room for just that
}

/// Writes a Transform that is a canonicalization.
fn write_c14n(c14n: &C14n, out: &mut String) -> Result<(), Flaw> {
    let (identifier, prefixes) = match c14n {
        C14n::Exclusive { inclusive_prefixes, comments: false } => {
            (EXCLUSIVE, inclusive_prefixes.as_slice())
        }
        C14n::Inclusive { comments: false } => (INCLUSIVE, &[][..]),
        C14n::Exclusive { .. } | C14n::Inclusive { .. } | _ => return Err(Flaw::Unsupported),
    };
    put(out, [TRANSFORM, identifier, "\">"]);
    if let [first, rest @ ..] = prefixes {
        let known = |prefix: &String| prefix == "#default" || is_name(prefix);
        if !prefixes.iter().all(known) {
            return Err(Flaw::Malformed);
        }
        put(out, [PREFIXES, first]);
        for prefix in rest {
            put(out, [" ", prefix]);
        }
        out.push_str(PREFIXES_END);
    }
    out.push_str(TRANSFORM_END);
    Ok(())
}

fn put<const N: usize>(out: &mut String, parts: [&str; N]) {
    for part in parts {
        out.push_str(part);
    }
}

/// Whether an id can be written without an escape and be referred to.
fn is_name(id: &str) -> bool {
    let mut octets = id.bytes();
    octets.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && octets.all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'_' | b'-' | b'.'))
}
