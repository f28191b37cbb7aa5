//! What a token says is what its issuer wrote.
//!
//! In:  octets from anywhere; the fuzzer begins with the samples.
//! Out: nothing; panics where a token is believed that says what no sample says.
//! Never: the private half of a key: whatever is believed and is not in a sample is a forgery.
//!
//! SAML 2.0 core and SAML 1.1 core, §5.4; RFC 7515 §5.2; RFC 7519 §7.2.

use std::collections::HashSet;
use std::sync::LazyLock;

use symbolon_formats::jwt::Jwt;
use symbolon_formats::saml2::Saml2;
use symbolon_formats::saml11::Saml11;
use symbolon_formats::{Contents, Format, IssuerKeys, RawToken};
use symbolon_model::TokenType;
use symbolon_testkit::ready;
use symbolon_xml::Tree;
use symbolon_xmlsec::NAMESPACE;

use crate::keys::ISSUER;
use crate::samples::{SAMPLES, Said, jwts};
use crate::signature_reader::said;

/// Reads SAML assertions of both versions.
///
/// # Panics
/// Where one is believed that says what no sample says, or where parsing first changes the answer.
pub fn saml_token(octets: &[u8]) {
    judge(&Saml2, octets, &SAML);
    judge(&Saml11, octets, &SAML);
}

/// Reads JWTs.
///
/// # Panics
/// Where one is believed that says what no sample says, or where parsing first changes the answer.
pub fn jwt_token(octets: &[u8]) {
    judge(&JWT, octets, &JWTS);
}

const JWT: Jwt = Jwt::new(TokenType::JWT);

static SAML: LazyLock<HashSet<Said>> = LazyLock::new(|| {
    let read = |octets| read(&Saml2, &ISSUER, octets).or_else(|| read(&Saml11, &ISSUER, octets));
    SAMPLES.iter().filter_map(|sample| read(sample.octets())).collect()
});

static JWTS: LazyLock<HashSet<Said>> = LazyLock::new(|| {
    let read = |token: Vec<u8>| read(&JWT, &ISSUER, &token);
    jwts()
        .map(|token| read(token).unwrap_or_else(|| panic!("a JWT of the samples is refused")))
        .collect()
});

fn judge(format: &dyn Format, octets: &[u8], known: &HashSet<Said>) {
    let raw = RawToken::Octets(octets.to_vec());
    let (issuer, contents) = (format.issuer(&raw), ready(format.verify(&raw, &ISSUER)));
    if let Ok(parsed) = format.parsed(raw) {
        assert_eq!(issuer, format.issuer(&parsed), "parsing changed the issuer");
        let again = ready(format.verify(&parsed, &ISSUER));
        assert_eq!(contents, again, "parsing changed the contents");
    } else {
        assert!(issuer.is_err() && contents.is_err(), "read without being parsed");
    }
    if let Some(said) = read(format, &ISSUER, octets) {
        assert!(known.contains(&said), "nobody has issued {said:?}");
    }
}

/// What a token says, if its issuer signed it.
pub(crate) fn read(format: &dyn Format, issuer: &IssuerKeys, octets: &[u8]) -> Option<Said> {
    let raw = format.parsed(RawToken::Octets(octets.to_vec())).ok()?;
    believed(format, issuer, &raw)
}

/// The same of a token that is parsed.
pub(crate) fn believed(format: &dyn Format, issuer: &IssuerKeys, raw: &RawToken) -> Option<Said> {
    let contents = ready(format.verify(raw, issuer)).ok()?;
    let named = format.issuer(raw);
    assert_eq!(named.as_deref(), Ok(contents.issuer.as_str()), "another issuer's keys were used");
    Some(Said(vec![told(&contents), signed(raw)]))
}

fn told(contents: &Contents) -> String {
    format!("{contents:?}")
}

/// What the signature of a believed token is over.
fn signed(raw: &RawToken) -> String {
    match raw {
        RawToken::Xml(root) => {
            let (Ok(tree), Ok(Some(signature))) =
                (Tree::detached(root), root.child(NAMESPACE, "Signature"))
            else {
                panic!("believed without one signature, or with an id twice")
            };
            said(&tree, root, &signature)
        }
        RawToken::Octets(compact) => {
            let compact = String::from_utf8_lossy(compact);
            compact.rsplit_once('.').map_or_else(String::new, |(signed, _)| signed.to_owned())
        }
    }
}
