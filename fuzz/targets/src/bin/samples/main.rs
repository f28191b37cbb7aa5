//! Writes the samples: documents of every kind that is signed or encrypted here, by our own writers.
//!
//! In:  nothing.
//! Out: `fuzz/samples`, all of it new: whatever the corpus holds of the old ones is worth nothing afterwards.
//! Never: a private key that is kept; those of the project's tests apart.

#![expect(clippy::unwrap_used, reason = "a sample that cannot be written is to be seen at once")]

mod messages;

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use symbolon_formats::jwt::Jwt;
use symbolon_formats::saml2::Saml2;
use symbolon_formats::saml11::Saml11;
use symbolon_formats::{Draft, Format, Layout, NameId};
use symbolon_fuzz_targets::secret;
use symbolon_keys::{
    ContentCipher, Digest, KeyKind, MacAlgorithm, Oaep, SignatureAlgorithm, Signer, SigningKey,
    SoftwareKey, Validity, self_signed,
};
use symbolon_model::{
    Authenticated, AuthenticationMethod, ClaimName, Claims, ClientId, Confirmation, IssuerName,
    Lifetime, Lineage, PartyId, TokenId, TokenType, purpose,
};
use symbolon_testkit::{P256, RSA, Seeded, at, ready};
use symbolon_xml::{C14n, Document, EVERYTHING, Limits, QName, Tree, Writer};
use symbolon_xmlsec::{
    KeyInfo, NAMESPACE, Recipient, Reference, SignedInfo, Transport, encrypt_element,
};

fn main() {
    let keys = Keys::new();
    for algorithm in SignatureAlgorithm::ALL.into_iter().filter(|algorithm| !algorithm.is_weak()) {
        let signer = keys.signer(algorithm);
        let name = algorithm.as_jws().unwrap().to_lowercase();
        // One layout each, so that both are there for every algorithm.
        let token = |format: &dyn Format, layout| {
            ready(format.encode(&draft(layout), &signer)).unwrap().into_vec()
        };
        write(&format!("saml2-{name}.xml"), &token(&Saml2, Layout::Prefixed));
        write(&format!("saml11-{name}.xml"), &token(&Saml11, Layout::Unprefixed));
        write(&format!("{name}.jwt"), &token(&Jwt::new(TokenType::JWT), Layout::Prefixed));
    }
    for (name, algorithm) in [
        ("hs256", MacAlgorithm::HmacSha256),
        ("hs384", MacAlgorithm::HmacSha384),
        ("hs512", MacAlgorithm::HmacSha512),
    ] {
        write(&format!("parts-{name}.xml"), &parts(algorithm));
    }
    let es256 = keys.signer(SignatureAlgorithm::EcdsaSha256);
    write("inclusive-es256.xml", &enveloped(C14n::inclusive(), &es256));
    write("prefixes-es256.xml", &enveloped(C14n::exclusive_with("xs #default"), &es256));
    write("object-es256.xml", &object(&es256));
    for (name, recipient) in [
        ("oaep-gcm", Recipient::of(&RSA.certificate())),
        (
            "oaep-mgf1p-gcm",
            Recipient::of(&RSA.certificate())
                .with_cipher(ContentCipher::Aes128Gcm)
                .with_transport(Transport::Oaep(Oaep::new(Digest::Sha256, Digest::Sha1))),
        ),
        ("ecdh-gcm", Recipient::of(&P256.certificate()).with_cipher(ContentCipher::Aes192Gcm)),
        ("oaep-cbc", Recipient::of(&RSA.certificate()).with_cipher(ContentCipher::Aes256Cbc)),
    ] {
        let token = ready(Saml2.encode(&draft(Layout::Prefixed), &es256)).unwrap();
        write(&format!("encrypted-{name}.xml"), &encrypted(token.as_slice(), &recipient));
    }
    let bearer = ready(Saml2.encode(&draft(Layout::Prefixed), &es256)).unwrap();
    for (name, octets) in messages::all(&es256, bearer.as_slice()) {
        write(name, &octets);
    }
}

fn write(name: &str, octets: &[u8]) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../samples");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(name), octets).unwrap();
}

/// New keys on the curves that the project has no test keys on.
struct Keys {
    p384: Vec<u8>,
    p521: Vec<u8>,
}

impl Keys {
    fn new() -> Self {
        let [p384, p521] =
            [(KeyKind::P384, "p384.spki"), (KeyKind::P521, "p521.spki")].map(|(kind, name)| {
                let (key, octets) = SoftwareKey::generate(kind).unwrap();
                write(name, key.public_key().spki_der());
                octets.as_der().to_vec()
            });
        Self { p384, p521 }
    }

    fn signer(&self, algorithm: SignatureAlgorithm) -> Signer<purpose::Token> {
        let key = match algorithm {
            SignatureAlgorithm::EcdsaSha256 => P256.private(),
            SignatureAlgorithm::EcdsaSha384 => SoftwareKey::from_pkcs8_der(&self.p384).unwrap(),
            SignatureAlgorithm::EcdsaSha512 => SoftwareKey::from_pkcs8_der(&self.p521).unwrap(),
            SignatureAlgorithm::RsaSha1
            | SignatureAlgorithm::RsaSha256
            | SignatureAlgorithm::RsaSha384
            | SignatureAlgorithm::RsaSha512
            | SignatureAlgorithm::PsSha256
            | SignatureAlgorithm::PsSha384
            | SignatureAlgorithm::PsSha512 => RSA.private(),
        };
        let key = key.signing_with(algorithm).unwrap();
        let validity = Validity { not_before: at(0).millis(), not_after: at(86_400).millis() };
        let certificate = self_signed("sample", &key, validity).unwrap();
        Signer::new("sample".to_owned(), Arc::new(key), certificate).unwrap()
    }
}

/// A token with a little of everything.
fn draft(layout: Layout) -> Draft {
    let mut attributes = Claims::none();
    attributes.add(ClaimName::new("email"), ["alice@example.com".to_owned()]);
    attributes.add(
        ClaimName::new("groups"),
        ["staff & board".to_owned(), "<ops>\n\"\u{e9}\"".to_owned()],
    );
    Draft {
        id: TokenId::new("_0f1e2d3c4b5a69788796a5b4c3d2e1f0"),
        issuer: IssuerName::new("https://sts.example/demo"),
        issued_at: at(0),
        subject: NameId { value: "alice".to_owned(), format: None },
        audiences: vec![PartyId::new("https://orders.example/")],
        lifetime: Lifetime::new(at(0), at(3600)).unwrap(),
        authenticated: Some(Authenticated { method: AuthenticationMethod::Password, at: at(-5) }),
        attributes,
        confirmation: Confirmation::Bearer,
        client: Some(ClientId::new("client")),
        scope: Some("orders.read".to_owned()),
        lineage: Lineage::new("l1"),
        layout,
    }
}

/// A signature beside the two parts that it covers, under the shared secret.
fn parts(algorithm: MacAlgorithm) -> Vec<u8> {
    let part = |id: &str, text: &str| {
        let mut out = Writer::new();
        out.start(&QName::new("m", "urn:m", "Part")).attribute("Id", id).text(text).end();
        out.finish().unwrap()
    };
    let (one, other) = (part("p1", "one"), part("p2", "other"));
    let references =
        [Reference::new("p1", &one), Reference::new("p2", &other).digested_by(Digest::Sha512)];
    let info = SignedInfo::over(&references, algorithm).unwrap();
    let value = secret().mac(algorithm, info.octets());
    let signature = info.into_signature(value.as_ref(), KeyInfo::Absent);
    let mut out = Writer::new();
    out.start(&QName::new("", "urn:around", "Message")).raw(&signature).raw(&one);
    out.start(&QName::new("", "urn:around", "Unsigned")).text("anything").end().raw(&other).end();
    out.finish().unwrap()
}

/// A document whose signature stands in it, in a canonical form that depends on what is around.
fn enveloped(method: C14n, signer: &Signer<purpose::Token>) -> Vec<u8> {
    let document = r#"<m:Message xmlns:m="urn:m" xmlns:xs="http://www.w3.org/2001/XMLSchema" Id="m1" xml:lang="en">
  <m:Amount type="xs:int">42</m:Amount>
  <Note xmlns="urn:n">for <b>Ann</b></Note>
</m:Message>"#;
    let root = Document::parse(document.as_bytes(), &Limits::TOKEN).unwrap();
    let tree = Tree::new(root.clone()).unwrap();
    let octets = tree.view(EVERYTHING).canonicalize(&root, &method, None, usize::MAX).unwrap();
    let reference = Reference::new("m1", &octets).canonical_by(method).enveloped();
    let info = SignedInfo::over(&[reference], SignatureAlgorithm::EcdsaSha256).unwrap();
    let value = ready(signer.sign(info.octets())).unwrap();
    let signature = info.into_signature(&value, KeyInfo::Certificate(signer.certificate()));
    document.replace("</m:Message>", &format!("{}</m:Message>", text(&signature))).into_bytes()
}

/// A signature around what it covers.
fn object(signer: &Signer<purpose::Token>) -> Vec<u8> {
    let object = r#"<ds:Object Id="o1"><n xmlns="urn:n">42</n></ds:Object>"#;
    let alone = object.replacen("<ds:Object", &format!("<ds:Object xmlns:ds=\"{NAMESPACE}\""), 1);
    let info = SignedInfo::over(
        &[Reference::new("o1", alone.as_bytes())],
        SignatureAlgorithm::EcdsaSha256,
    );
    let info = info.unwrap();
    let value = ready(signer.sign(info.octets())).unwrap();
    let key_info = format!(
        "<ds:KeyInfo><ds:KeyValue><ds:DEREncodedKeyValue>{}</ds:DEREncodedKeyValue></ds:KeyValue></ds:KeyInfo>{object}",
        STANDARD.encode(signer.public_key().spki_der())
    );
    info.into_signature(&value, KeyInfo::Written(key_info.as_bytes()))
}

fn encrypted(assertion: &[u8], recipient: &Recipient<'_>) -> Vec<u8> {
    const SAML: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
    let mut out = Writer::new();
    out.start(&QName::new("saml2", SAML, "EncryptedAssertion"));
    encrypt_element(&mut out, assertion, recipient, &Seeded::new(1)).unwrap();
    out.end();
    out.finish().unwrap()
}

fn text(octets: &[u8]) -> &str {
    std::str::from_utf8(octets).unwrap()
}
