//! How much of XML Signature is accepted.

/// How much of XML Signature is accepted. Both profiles are closed: what is not listed is refused.
///
/// Common to both: references `#id` in the signature's view; the transforms enveloped-signature then canonicalization,
/// canonicalization alone, or the caller's [`Replace`](crate::Replace) alone; SHA-256, -384, -512; RSA (PKCS #1 v1.5 and PSS), ECDSA
/// and HMAC with any of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Profile {
    /// What [`verify`](crate::verify) takes. Exclusive canonicalization without comments, always stated; nothing behind KeyInfo.
    ///
    /// It is enough for SAML and WS-Security, and what is signed means the same wherever it stands.
    Narrow,
    /// What others write besides: inclusive canonicalization, stated or implied by its absence, and either with comments; an
    /// enveloping signature, which carries what it signs in `ds:Object`.
    ///
    /// What was signed in inclusive canonical form verifies only where the same namespaces are in scope as where it was signed.
    Full,
}
