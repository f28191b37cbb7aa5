//! What the tests of all formats start from.

use symbolon_keys::SigningKey as _;
use symbolon_model::{
    Authenticated, AuthenticationMethod, ClaimName, Claims, Confirmation, IssuerName, KeyId,
    Lifetime, Lineage, PartyId, TokenId,
};
use symbolon_testkit::{KnownKey, at, ready};
use symbolon_xml::{C14n, Document, EVERYTHING, Limits, Tree};
use symbolon_xmlsec::{KeyInfo, SignedInfo};

use crate::{Contents, Draft, Flaw, Layout, NameId, RawToken, TrustedKey};

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
        layout: Layout::Prefixed,
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

/// A token as octets.
pub(crate) fn octets(token: impl Into<Vec<u8>>) -> RawToken {
    RawToken::Octets(token.into())
}

/// The exclusive canonical form of a document, made from what a parser read.
pub(crate) fn canonical(document: &str) -> Vec<u8> {
    let root = Document::parse(document.as_bytes(), &Limits::MESSAGE).unwrap();
    let tree = Tree::new(root.clone()).unwrap();
    tree.view(EVERYTHING).canonicalize(&root, &C14n::exclusive(), None, usize::MAX).unwrap()
}

/// An enveloped signature over whatever document it is given, whose id is in that attribute.
pub(crate) fn signature(document: &str, id: &str, by: KnownKey) -> String {
    let root = Document::parse(document.as_bytes(), &Limits::MESSAGE).unwrap();
    let id = root.attribute(id).unwrap_or("_none");
    let info = SignedInfo::enveloped(id, &canonical(document), by.private().algorithm()).unwrap();
    let value = ready(by.private().sign(info.octets())).unwrap();
    String::from_utf8(info.into_signature(&value, KeyInfo::Absent)).unwrap()
}

pub(crate) fn malformed(outcome: Result<Contents, Flaw>) -> String {
    match outcome {
        Err(Flaw::Malformed(why)) => why,
        other => panic!("not malformed: {other:?}"),
    }
}

pub(crate) fn not_understood(outcome: Result<Contents, Flaw>) -> String {
    match outcome {
        Err(Flaw::NotUnderstood(why)) => why,
        other => panic!("understood: {other:?}"),
    }
}

pub(crate) fn badly_signed(outcome: Result<Contents, Flaw>) -> String {
    match outcome {
        Err(Flaw::Signature(why)) => why,
        other => panic!("well signed: {other:?}"),
    }
}

/// Whether xmlsec1 verifies a document; `id` is an attribute and the element that has it. `None` where there is no xmlsec1.
#[expect(clippy::print_stdout, reason = "a skipped test says so")]
pub(crate) fn xmlsec1(document: &str, id: &str, key: KnownKey) -> Option<bool> {
    let folder = tempfile::tempdir().unwrap();
    let (token, certificate) = (folder.path().join("token.xml"), folder.path().join("cert.pem"));
    std::fs::write(&certificate, key.certificate().to_pem()).unwrap();
    std::fs::write(&token, document).unwrap();
    let (attribute, element) = id.split_once(' ').unwrap();
    let run = std::process::Command::new("xmlsec1")
        .args(["--verify", &format!("--id-attr:{attribute}"), element])
        .args(["--pubkey-cert-pem".as_ref(), certificate.as_os_str(), token.as_os_str()])
        .output();
    match run {
        Ok(output) => Some(output.status.success()),
        Err(missing) => {
            assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "xmlsec1: {missing}");
            println!("skipped: xmlsec1: {missing}");
            None
        }
    }
}
