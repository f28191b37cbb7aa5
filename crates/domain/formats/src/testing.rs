//! What the tests of all formats start from.

use symbolon_keys::SigningKey as _;
use symbolon_model::{
    Authenticated, AuthenticationMethod, ClaimName, Claims, Confirmation, IssuerName, KeyId,
    Lifetime, Lineage, PartyId, TokenId,
};
use symbolon_testkit::{KnownKey, at};

use crate::{Draft, NameId, TrustedKey};

/// What a token for Alice may say.
pub(crate) fn draft() -> Draft {
    let mut attributes = Claims::none();
    attributes.add(
        ClaimName::new("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"),
        ["alice@example.com".to_owned()],
    );
    attributes.add(ClaimName::new("groups"), ["staff & board".to_owned(), "<ops>".to_owned()]);
    Draft {
        id: TokenId::new("_0f1e2d3c4b5a69788796a5b4c3d2e1f0"),
        issuer: IssuerName::new("https://sts.example/demo"),
        issued_at: at(0),
        subject: NameId {
            value: "alice".to_owned(),
            format: Some("urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified".to_owned()),
        },
        audiences: vec![PartyId::new("https://orders.example/")],
        lifetime: Lifetime::new(at(0), at(3600)).unwrap(),
        authenticated: Some(Authenticated { method: AuthenticationMethod::Password, at: at(-5) }),
        attributes,
        confirmation: Confirmation::Bearer,
        client: None,
        scope: None,
        lineage: Lineage::new("l1"),
    }
}

/// A key as a realm trusts it, under its own name.
pub(crate) fn trusted(key: KnownKey) -> TrustedKey {
    TrustedKey {
        id: Some(KeyId::new(key.id)),
        key: key.public(),
        algorithm: key.private().algorithm(),
    }
}
