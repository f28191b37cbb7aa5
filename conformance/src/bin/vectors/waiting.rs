//! Kinds of vectors whose subject is not built yet.
//!
//! In:  the kind of a row.
//! Out: the subject that it waits for.
//! Never: an unknown kind: a new one must be run, or named here.

const SUBJECTS: &[(&[&str], &str)] = &[
    (&["jws", "jwe", "jws+jwe", "jwk", "jose", "json-parse", "aead-jwe", "sig-verify"], "JOSE"),
    (&["mldsa-verify", "mldsa-sign"], "post-quantum signatures (ML-DSA in JOSE)"),
    (&["path"], "certificate paths and revocation"),
    (&["krb-asn1", "krb-gss", "keytab", "ccache", "pac", "pac-claims"], "Kerberos"),
    (&["kdf"], "the derivations of Kerberos and JOSE (PBKDF2, HKDF)"),
    (&["sigv4"], "the AWS query API"),
];

/// What rows of that kind wait for; of `sig-verify` those of an algorithm that nothing here verifies yet.
pub(crate) fn subject(kind: &str) -> Option<&'static str> {
    SUBJECTS.iter().find(|(kinds, _)| kinds.contains(&kind)).map(|(_, subject)| *subject)
}
