//! Requests, protected in every way that our own writer knows.
//!
//! In:  the keys of the samples.
//! Out: a name and the octets for each.
//! Never: a part that is read and not protected.

use symbolon_fuzz_targets::secret;
use symbolon_keys::{
    Certificate, SecretKey, SignatureAlgorithm, Signer as KeySigner, SigningKey as _,
};
use symbolon_model::purpose;
use symbolon_soap::{
    CertifiedKey, Conversation, Held, Keys, NamedSecret, Protection, Request, Sealing, Secret,
    SecretName, Signer, SoapVersion, Stamp, UsernamePassword,
};
use symbolon_testkit::{P256, RSA, Seeded, at, ready};
use symbolon_xml::{C14n, Document, EVERYTHING, Limits, Tree, Writer};
use symbolon_xmlsec::{
    KeyInfo, NAMESPACE, Naming, SealedKey, SignatureMethod, SignedInfo, Transport,
};

const BODY: &[u8] = b"<t:RequestSecurityToken xmlns:t=\"urn:t\" Context=\"c1\"><t:TokenType>urn:type</t:TokenType>\
    <t:AppliesTo><t:Address>https://orders.example/?a=1&amp;b=2</t:Address></t:AppliesTo></t:RequestSecurityToken>";

const HOLDER: &str = "_5d1c8f0e-holder";

type Message = (&'static str, Vec<u8>);

/// Every message; `issuer` signs the assertions, and `bearer` is one.
pub(crate) fn all(issuer: &KeySigner<purpose::Token>, bearer: &[u8]) -> Vec<Message> {
    let holder = Holder::new(issuer);
    [symmetric(&holder), asymmetric(bearer), endorsed(&holder)].concat()
}

/// A secret signs and encrypts.
fn symmetric(holder: &Holder) -> Vec<Message> {
    let (rsa, p256) = (RSA.certificate(), P256.certificate());
    let password = Secret::from("cl&rinet");
    let username = username(&password);
    let name = Held::Context { id: "urn:sample:context".to_owned(), instance: None };
    let context = NamedSecret { key: secret(), name: SecretName::Held(name) };
    let endorsements = [Signer::Private(es256(&p256))];
    let old = Request { version: SoapVersion::V11, ..username };
    let old_keys = Protection { conversation: Conversation::V2005, ..with(Keys::Wrapped(&p256)) };
    let assertion = Some(holder.assertion.as_slice());
    let held = Protection { assertion, ..with(Keys::Shared(&holder.proof)) };
    let twice = Protection { endorsements: &endorsements, ..with(Keys::Wrapped(&rsa)) };
    vec![
        ("symmetric-username.xml", written(&username, &with(Keys::Wrapped(&rsa)))),
        ("symmetric-username-2005.xml", written(&old, &old_keys)),
        ("symmetric-context.xml", written(&REQUEST, &with(Keys::Shared(&context)))),
        ("symmetric-holder.xml", written(&REQUEST, &held)),
        ("symmetric-endorsed.xml", written(&REQUEST, &twice)),
    ]
}

/// A private key signs.
fn asymmetric(bearer: &[u8]) -> Vec<Message> {
    let (rsa, p256) = (RSA.certificate(), P256.certificate());
    let password = Secret::from("cl&rinet");
    let signing = |own, recipient| with(Keys::Certificates { own, recipient });
    let own = |algorithm| CertifiedKey { certificate: &rsa, algorithm };
    let plain = signing(own(SignatureAlgorithm::RsaSha512), None);
    let assertion = Protection { assertion: Some(bearer), ..plain };
    let hidden = signing(own(SignatureAlgorithm::PsSha256), Some(&p256));
    vec![
        ("asymmetric-es256.xml", written(&REQUEST, &signing(es256(&p256), None))),
        ("asymmetric-rs512-assertion.xml", written(&REQUEST, &assertion)),
        ("asymmetric-ps256-encrypted.xml", written(&username(&password), &hidden)),
    ]
}

/// TLS protects, and a key signs address and timestamp.
fn endorsed(holder: &Holder) -> Vec<Message> {
    let p256 = P256.certificate();
    let certificate = [Signer::Private(es256(&p256))];
    let certificate = Protection { endorsements: &certificate, ..with(Keys::Channel) };
    let shared = [Signer::Shared(&holder.proof)];
    let assertion = Some(holder.assertion.as_slice());
    let held = Protection { endorsements: &shared, assertion, ..with(Keys::Channel) };
    vec![
        ("endorsed-certificate.xml", written(&REQUEST, &certificate)),
        ("endorsed-holder.xml", written(&REQUEST, &held)),
    ]
}

const fn with(keys: Keys<'_>) -> Protection<'_> {
    Protection { keys, assertion: None, endorsements: &[], conversation: Conversation::V13 }
}

const fn es256(certificate: &Certificate) -> CertifiedKey<'_> {
    CertifiedKey { certificate, algorithm: SignatureAlgorithm::EcdsaSha256 }
}

fn username(password: &Secret) -> Request<'_> {
    Request { username: Some(UsernamePassword { name: "alice", password }), ..REQUEST }
}

const REQUEST: Request<'static> = Request {
    version: SoapVersion::V12,
    action: "http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue",
    to: "https://sts.example/trust/13/certificate",
    message_id: "urn:uuid:5d1c8f0e-0000-4000-8000-000000000001",
    timestamp: Some(Stamp { created: at(0).millis(), expires: Some(at(300).millis()) }),
    username: None,
    body: BODY,
};

/// Writes a request; whoever must sign does.
fn written(request: &Request<'_>, protection: &Protection<'_>) -> Vec<u8> {
    let random = Seeded::new(7);
    let mut sealing = request.protect(protection, &random).unwrap();
    loop {
        match sealing {
            Sealing::Sealed(sealed) => return sealed.octets,
            Sealing::Sign(unsigned) => {
                let known = [RSA, P256].into_iter().find(|key| key.public() == *unsigned.key());
                let algorithm = asked_for(unsigned.octets());
                let key = known.unwrap().private().signing_with(algorithm).unwrap();
                let value = ready(key.sign(unsigned.octets())).unwrap();
                sealing = unsigned.sign(&value, &random).unwrap();
            }
        }
    }
}

/// The algorithm that a SignedInfo names.
fn asked_for(signed_info: &[u8]) -> SignatureAlgorithm {
    let signed_info = std::str::from_utf8(signed_info).unwrap();
    let is_named = |algorithm: &SignatureAlgorithm| {
        let identifier = SignatureMethod::Signature(*algorithm).identifier();
        signed_info.contains(&format!("SignatureMethod Algorithm=\"{identifier}\""))
    };
    SignatureAlgorithm::ALL.into_iter().find(is_named).unwrap()
}

/// Who holds the secret that an assertion confirms. The assertion carries it, wrapped for the receiver.
struct Holder {
    assertion: Vec<u8>,
    proof: NamedSecret,
}

impl Holder {
    fn new(issuer: &KeySigner<purpose::Token>) -> Self {
        let proof = SecretKey::generate(32, &Seeded::new(9)).unwrap();
        let transport = Transport::usual(RSA.public().kind());
        let mut wrapped = Writer::new();
        SealedKey::to(&RSA.public(), &proof, &transport)
            .unwrap()
            .write(&mut wrapped, Naming::Nothing);
        let wrapped = String::from_utf8(wrapped.finish().unwrap()).unwrap();
        let start = format!(
            "<saml2:Assertion xmlns:saml2=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"{HOLDER}\" \
         IssueInstant=\"2026-11-21T00:00:00Z\" Version=\"2.0\"><saml2:Issuer>https://idp.example/</saml2:Issuer>"
        );
        let end = format!(
            "<saml2:Subject><saml2:NameID>alice</saml2:NameID><saml2:SubjectConfirmation \
         Method=\"urn:oasis:names:tc:SAML:2.0:cm:holder-of-key\"><saml2:SubjectConfirmationData>\
         <ds:KeyInfo xmlns:ds=\"{NAMESPACE}\">{wrapped}</ds:KeyInfo></saml2:SubjectConfirmationData>\
         </saml2:SubjectConfirmation></saml2:Subject></saml2:Assertion>"
        );
        let octets = canonical(&format!("{start}{end}"));
        let info = SignedInfo::enveloped(HOLDER, &octets, issuer.algorithm()).unwrap();
        let value = ready(issuer.sign(info.octets())).unwrap();
        let signature = String::from_utf8(info.into_signature(&value, KeyInfo::Absent)).unwrap();
        let assertion = format!("{start}{signature}{end}").into_bytes();
        let name = SecretName::Saml20(HOLDER.to_owned());
        Self { assertion, proof: NamedSecret { key: proof, name } }
    }
}

fn canonical(document: &str) -> Vec<u8> {
    let root = Document::parse(document.as_bytes(), &Limits::TOKEN).unwrap();
    let tree = Tree::new(root.clone()).unwrap();
    tree.view(EVERYTHING).canonicalize(&root, &C14n::exclusive(), None, usize::MAX).unwrap()
}
