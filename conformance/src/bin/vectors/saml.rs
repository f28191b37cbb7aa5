//! Kind `saml`: a SAML message that nobody signed.
//!
//! In:  a message.
//! Out: why it is refused: nothing in it is signed.
//! Never: an assertion in it that a token reader of ours takes.

use symbolon_formats::{Format, IssuerKeys, RawToken, TrustedKey, saml2::Saml2, saml11::Saml11};
use symbolon_keys::SignatureAlgorithm;
use symbolon_testkit::{RSA, ready};

use crate::Done;
use crate::corpus::{Corpus, Row};
use crate::parsing::parse;
use crate::signing;
use crate::verdict::Verdict;

pub(crate) fn judge(corpus: &Corpus, row: &Row) -> Result<Done, String> {
    let readers: [(&str, &dyn Format); 2] = [
        ("urn:oasis:names:tc:SAML:2.0:assertion", &Saml2),
        ("urn:oasis:names:tc:SAML:1.0:assertion", &Saml11),
    ];
    let key = RSA.public();
    let trusted = TrustedKey { id: None, key, algorithm: SignatureAlgorithm::RsaSha256 };
    let issuer = IssuerKeys::from(vec![trusted]);
    // What does not parse is refused as such below.
    for element in parse(&corpus.sent(row)?).iter().flat_map(|root| root.descendants()) {
        let reader = readers.iter().find(|(namespace, _)| element.is(namespace, "Assertion"));
        let Some((_, reader)) = reader else { continue };
        if ready(reader.verify(&RawToken::Xml(element), &issuer)).is_ok() {
            return Ok(Verdict::Failed("an unsigned assertion is read".to_owned()).into());
        }
    }
    signing::judge(corpus, row)
}
