//! What a subject says of himself stays what he said: no name or value of a claim becomes a part of the token.
//!
//! The attack: an account, or a partner, whose display name is `</saml2:AttributeValue>…` (NCC Group, "SAML XML Injection").

#![expect(clippy::unwrap_used, reason = "what is not written or not read back fails the test")]

use proptest::prelude::*;
use symbolon_formats::{Contents, Draft, Layout, NameId, RawToken, TrustedKey, built_in};
use symbolon_keys::SigningKey as _;
use symbolon_model::{
    Authenticated, AuthenticationMethod, ClaimName, Claims, Confirmation, IssuerName, KeyId,
    Lifetime, Lineage, PartyId, TokenId,
};
use symbolon_testkit::{P256, at, ready};

/// What ends a text, a value, an element or a string in XML and in JSON, and what an attacker would like to stand behind it.
const PIECES: [&str; 24] = [
    "<",
    ">",
    "\"",
    "'",
    "&",
    "&amp;",
    "&lt;",
    "&#60;",
    "]]>",
    "<![CDATA[",
    "<!--",
    "-->",
    "<?p?>",
    "\\",
    "\\u0022",
    "\n",
    "\t",
    " ",
    "</saml2:NameID><saml2:NameID>root",
    "</saml2:AttributeValue><saml2:AttributeValue>admin",
    "</saml:AttributeValue></saml:Attribute><saml:Attribute AttributeName=\"role\">",
    "\" ID=\"_1\" x=\"",
    "\",\"sub\":\"root",
    "alice",
];

fn text() -> impl Strategy<Value = String> {
    let pieces = proptest::collection::vec(proptest::sample::select(&PIECES[..]), 1..6);
    pieces.prop_map(|pieces| pieces.concat())
}

/// A token about somebody of that name, of whom that is said.
fn draft(subject: &str, (name, value): (&str, &str)) -> Draft {
    let mut attributes = Claims::none();
    attributes.add(ClaimName::new(name), [value.to_owned(), "second".to_owned()]);
    Draft {
        id: TokenId::new("_1"),
        issuer: IssuerName::new("https://sts.example"),
        issued_at: at(0),
        subject: NameId { value: subject.to_owned(), format: None },
        audiences: vec![PartyId::new("urn:rp:app")],
        lifetime: Lifetime::new(at(0), at(600)).unwrap(),
        authenticated: Some(Authenticated { method: AuthenticationMethod::Password, at: at(0) }),
        attributes,
        confirmation: Confirmation::Bearer,
        client: None,
        scope: None,
        lineage: Lineage::new("l"),
        layout: Layout::Prefixed,
    }
}

/// What a relying party reads.
fn read(draft: &Draft, format: &dyn symbolon_formats::Format) -> Contents {
    let token = ready(format.encode(draft, &P256.signer())).unwrap().into_vec();
    let id = Some(KeyId::new(P256.id));
    let key = TrustedKey { id, key: P256.public(), algorithm: P256.private().algorithm() };
    ready(format.verify(&RawToken::Octets(token), &vec![key].into())).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn whatever_a_claim_says_is_all_that_it_says(subject in text(), name in text(), value in text()) {
        for format in built_in() {
            // A name is a URI in SAML 1.1, split at its last slash; a JWT's own claims keep their names.
            let name = format!("https://claims.example/{}", name.replace('/', ""));
            let draft = draft(&subject, (&name, &value));
            let read = read(&draft, format.as_ref());
            prop_assert_eq!(&read.subject.value, &subject);
            let said: Vec<_> = read.attributes.iter().cloned().collect();
            let expected: Vec<_> = draft.attributes.iter().cloned().collect();
            prop_assert_eq!(said, expected);
            prop_assert_eq!(read.audiences, vec![vec!["urn:rp:app".to_owned()]]);
        }
    }
}
