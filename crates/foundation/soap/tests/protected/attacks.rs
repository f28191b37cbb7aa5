//! Attacks of record that the other files do not show.

use crate::forge::{Forge, Pen, TIMESTAMP, by, by_id};
use crate::support::{
    Confirms, DEMANDS, Receiver, Refused, SENDER, STRANGER, asymmetric_with, flaw,
};
use symbolon_soap::{Demands, Material, Opened, SecurityFlaw, Target, names};

const SIGNED: &[Target] = &[Target::Body, Target::Timestamp, Target::Assertion];

/// An assertion of the stranger's own making, unsigned: he vouches for alice, or is she, by the key in it.
fn with_key(method: &str) -> String {
    let certificate = STRANGER.certificate();
    format!(
        "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_a1\" Version=\"2.0\">\
         <saml:Issuer>urn:idp</saml:Issuer><saml:Subject><saml:NameID>alice</saml:NameID>\
         <saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:{method}\">\
         <saml:SubjectConfirmationData><ds:KeyInfo Id=\"ki\"><ds:X509Data><ds:X509Certificate>{}\
         </ds:X509Certificate></ds:X509Data></ds:KeyInfo></saml:SubjectConfirmationData>\
         </saml:SubjectConfirmation></saml:Subject></saml:Assertion>",
        certificate.base64()
    )
}

/// Signed by the stranger, who says that the key is that of the assertion; wherever that stands.
fn signed(method: &str, key_info: &str, confirms: &Option<Confirms>) -> Result<Opened, Refused> {
    let [first, last] = [false, true].map(|token_last| {
        let mut message = Forge::new(&[TIMESTAMP, &with_key(method)]);
        message.sign(&["body", "ts", "_a1"], &Pen::Key(STRANGER), key_info, "sig");
        if token_last {
            message.security.swap(1, 2);
        }
        let tokens = confirms.iter().map(|confirms| ("_a1", confirms.clone())).collect();
        let policy = asymmetric_with(Demands { signed: SIGNED, encrypted: &[], ..DEMANDS });
        Receiver { tokens, ..Receiver::default() }.open(message.text(), &policy)
    });
    assert_eq!(first.as_ref().err(), last.as_ref().err());
    first
}

/// CVE-2026-88920: an unsigned assertion brings the key that is then believed to have signed for it.
#[test]
fn the_key_inside_a_token_is_none_until_the_token_is_verified() {
    for method in ["sender-vouches", "holder-of-key", "bearer"] {
        let by_token = by(names::SAML_ID, "_a1");
        for key_info in [&by_token, &by_id("_a1")] {
            // Who verifies the token finds that nobody signed it.
            let refused = signed(method, key_info, &None);
            assert_eq!(refused.err(), Some(Refused::Receiver), "{method}");
            // Were it good, its key would be what he says that it confirms, and never what is read in it.
            let refused = signed(method, key_info, &Some(Confirms::Nothing));
            assert_eq!(flaw(refused), SecurityFlaw::Unavailable, "{method}");
            let other = Confirms::Key(Material::Public(SENDER.public()));
            let refused = signed(method, key_info, &Some(other));
            let bad = SecurityFlaw::Protection(symbolon_xmlsec::Flaw::BadSignature);
            assert_eq!(flaw(refused), bad, "{method}");
        }
        // Nor is what holds the key a token of the header.
        let refused = signed(method, &by_id("ki"), &Some(Confirms::Nothing));
        assert_eq!(flaw(refused), SecurityFlaw::Unavailable, "{method}");
    }
    let own = Confirms::Key(Material::Public(STRANGER.public()));
    assert!(signed("holder-of-key", &by_id("_a1"), &Some(own)).is_ok());
}
