//! XML security on its own: what signing, verifying and opening cost beside the primitive, and beside libxml2 with xmlsec1.
//!
//! In:  how long to measure.
//! Out: processor time of each, from interleaved rounds.
//! Never: a network, a store; a key that is parsed for each operation.

use std::fs;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::process::Command;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use symbolon_formats::saml2::Saml2;
use symbolon_formats::{Draft, Format, Layout, NameId};
use symbolon_keys::{
    Certificate, KeyKind, PublicKey, SignatureAlgorithm, Signer, SigningKey, SoftwareKey, Validity,
    self_signed, sha256,
};
use symbolon_model::{
    Authenticated, AuthenticationMethod, ClaimName, Claims, Confirmation, IssuerName, Lifetime,
    Lineage, PartyId, TokenId, purpose,
};
use symbolon_xml::{Document, EVERYTHING, Element, Limits, QName, Tree, Writer};
use symbolon_xmlsec::{Budget, Expected, Key, KeyInfo, NAMESPACE, Reference, SignedInfo, verify};

use crate::child::Running;
use crate::clock::now;
use crate::report::median;
use crate::signatures::micros_each;
use crate::{Failure, say};

/// Rounds: a median of few, interleaved.
const ROUNDS: u32 = 5;
/// What is measured in a round, of each key.
const MEASURED: u32 = 8;
/// The parts of a request that a client signs.
const PARTS: [&str; 5] = ["To", "Action", "MessageID", "Timestamp", "Body"];

/// One of our keys, and what is measured with it.
pub(crate) struct Costs {
    pub(crate) name: &'static str,
    /// The signature alone, over as many octets.
    pub(crate) raw_sign: Vec<f64>,
    /// SHA-256 of the assertion.
    pub(crate) digest: Vec<f64>,
    /// A whole assertion, from draft to signed octets.
    pub(crate) sign: Vec<f64>,
    /// The signature's verification alone.
    pub(crate) raw_verify: Vec<f64>,
    /// A whole assertion: guard, parse, verify.
    pub(crate) verify: Vec<f64>,
    /// The same by libxml2 and xmlsec1, or why it is not known.
    pub(crate) peer: Result<Vec<f64>, String>,
    /// A request with five signed parts: guard, parse, verify.
    pub(crate) request: Vec<f64>,
    /// The verification alone of what that request's signature is over.
    pub(crate) raw_request: Vec<f64>,
    pub(crate) assertion_octets: usize,
    pub(crate) request_octets: usize,
}

struct Subject {
    private: Arc<SoftwareKey>,
    signer: Signer<purpose::Token>,
    public: PublicKey,
    algorithm: SignatureAlgorithm,
    draft: Draft,
    token: Vec<u8>,
    request: Vec<u8>,
    peer: Result<Running, String>,
}

/// Measures RSA-2048 and P-256.
pub(crate) fn all(span: Duration, folder: &Path) -> Result<Vec<Costs>, Failure> {
    say("XML security");
    let peer = compile_peer(folder);
    let kinds = [("RSA-2048", KeyKind::Rsa { bits: 2048 }), ("P-256", KeyKind::P256)];
    let part = span.div_f64(f64::from(ROUNDS) * f64::from(MEASURED) * 2.0);
    let mut measured = Vec::new();
    for (name, kind) in kinds {
        let mut subject = Subject::new(kind, folder, &peer)?;
        measured.push(subject.measure(name, part)?);
    }
    Ok(measured)
}

impl Subject {
    fn new(kind: KeyKind, folder: &Path, peer: &Result<PathBuf, String>) -> Result<Self, Failure> {
        let (private, _) = SoftwareKey::generate(kind)?;
        let private = Arc::new(private);
        let validity = Validity { not_before: 0, not_after: 4_000_000_000_000 };
        let certificate = self_signed("bench", &private, validity)?;
        let key: Arc<dyn SigningKey> = Arc::<SoftwareKey>::clone(&private);
        let signer = Signer::new("bench".to_owned(), key, certificate.clone())?;
        let draft = draft()?;
        let token = ready(Saml2.encode(&draft, &signer))?.into_vec();
        let request = request(&private)?;
        let peer = peer.clone().and_then(|program| {
            start_peer(&program, folder, &token, &certificate)
                .map_err(|failure| failure.to_string())
        });
        let (public, algorithm) = (private.public_key().clone(), private.algorithm());
        Ok(Self { private, signer, public, algorithm, draft, token, request, peer })
    }

    fn measure(&mut self, name: &'static str, span: Duration) -> Result<Costs, Failure> {
        let unsigned = vec![b'x'; unsigned_octets(&self.token)];
        let mut measured = Costs {
            name,
            raw_sign: Vec::new(),
            digest: Vec::new(),
            sign: Vec::new(),
            raw_verify: Vec::new(),
            verify: Vec::new(),
            peer: Ok(Vec::new()),
            request: Vec::new(),
            raw_request: Vec::new(),
            assertion_octets: unsigned.len(),
            request_octets: self.request.len(),
        };
        let (one, five) = (signed_info(&self.token), signed_info(&self.request));
        let over_one = ready(self.private.sign(&one))?;
        let over_five = ready(self.private.sign(&five))?;
        let key = Key::from(&self.public);
        let raw_verify = |octets: &[u8], value: &[u8]| {
            micros_each(span, || Ok(self.public.verify(self.algorithm, octets, value)?))
        };
        for _ in 0..ROUNDS {
            measured.raw_sign.push(micros_each(span, || {
                ready(self.private.sign(&one))?;
                Ok(())
            })?);
            measured.sign.push(micros_each(span, || {
                ready(Saml2.encode(&self.draft, &self.signer))?;
                Ok(())
            })?);
            measured.digest.push(micros_each(span, || {
                std::hint::black_box(sha256(std::hint::black_box(&unsigned)));
                Ok(())
            })?);
            measured.raw_verify.push(raw_verify(&one, &over_one)?);
            measured.verify.push(micros_each(span, || verified_token(&self.token, &key))?);
            measured.raw_request.push(raw_verify(&five, &over_five)?);
            measured.request.push(micros_each(span, || verified_request(&self.request, &key))?);
            ask_peer(&mut self.peer, span, &mut measured.peer)?;
        }
        Ok(measured)
    }
}

fn ask_peer(
    peer: &mut Result<Running, String>,
    span: Duration,
    samples: &mut Result<Vec<f64>, String>,
) -> Result<(), Failure> {
    match peer {
        Ok(running) => {
            running.tell(&span.as_millis().to_string())?;
            let micros: f64 = running.hear()?.trim().parse()?;
            if let Ok(samples) = samples {
                samples.push(micros);
            }
        }
        Err(why) => *samples = Err(why.clone()),
    }
    Ok(())
}

/// Guard, parse, verify: what a relying party does with a token.
fn verified_token(octets: &[u8], key: &Key) -> Result<(), Failure> {
    let root = Document::parse(octets, &Limits::TOKEN)?;
    let signature = root.child(NAMESPACE, "Signature")?.ok_or("not signed")?;
    let tree = Tree::new(root.clone())?;
    let expected = Expected::Exactly(std::slice::from_ref(&root));
    verify(tree.view(EVERYTHING), &signature, key, expected, None, &mut Budget::TOKEN.clone())?;
    Ok(())
}

/// Guard, parse, and one signature over five parts of a message.
fn verified_request(octets: &[u8], key: &Key) -> Result<(), Failure> {
    let root = Document::parse(octets, &Limits::MESSAGE)?;
    let tree = Tree::new(root.clone())?;
    let signature = security(&root)?.child(NAMESPACE, "Signature")?.ok_or("not signed")?;
    let left = &mut Budget::MESSAGE.clone();
    let verified = verify(tree.view(EVERYTHING), &signature, key, Expected::Any, None, left)?;
    let all = verified.covered().len() == PARTS.len();
    if all { Ok(()) } else { Err("not all parts are covered".into()) }
}

fn security(envelope: &Element) -> Result<Element, Failure> {
    let header = envelope.child(SOAP, "Header")?.ok_or("no header")?;
    Ok(header.child(WSSE, "Security")?.ok_or("no security header")?)
}

const SOAP: &str = "http://www.w3.org/2003/05/soap-envelope";
const WSA: &str = "http://www.w3.org/2005/08/addressing";
const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
const WSU: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
const WST: &str = "http://docs.oasis-open.org/ws-sx/ws-trust/200512";

/// A request of about 6 KB with five signed parts: addressing, timestamp and body.
fn request(key: &SoftwareKey) -> Result<Vec<u8>, Failure> {
    let parts: Vec<Vec<u8>> =
        PARTS.iter().map(|part| written(|out| write_part(out, part))).collect::<Result<_, _>>()?;
    let references: Vec<Reference<'_>> =
        PARTS.iter().zip(&parts).map(|(id, octets)| Reference::new(id, octets)).collect();
    let info = SignedInfo::over(&references, key.algorithm())?;
    let value = ready(key.sign(info.octets()))?;
    let signature = info.into_signature(&value, KeyInfo::Absent);
    let name = |local| QName::new("s", SOAP, local);
    written(|out| {
        out.start(&name("Envelope")).start(&name("Header"));
        for part in PARTS.iter().take(3) {
            write_part(out, part);
        }
        out.start(&QName::new("o", WSSE, "Security"));
        // A certificate as clients send one along, which nobody asks for here.
        out.element(&QName::new("o", WSSE, "BinarySecurityToken"), &"MIIB".repeat(350));
        write_part(out, "Timestamp");
        out.raw(&signature).end().end();
        write_part(out, "Body");
        out.end();
    })
}

fn write_part(out: &mut Writer, part: &str) {
    let id = QName::new("u", WSU, "Id");
    match part {
        "Body" => {
            out.start(&QName::new("s", SOAP, "Body")).attribute_in(&id, part);
            out.start(&QName::new("t", WST, "RequestSecurityToken"));
            for local in ["RequestType", "TokenType", "KeyType", "AppliesTo", "Claims"] {
                let text = "http://docs.oasis-open.org/ws-sx/ws-trust/200512/Issue ".repeat(2);
                out.element(&QName::new("t", WST, local), &text);
            }
            out.end().end();
        }
        "Timestamp" => {
            out.start(&QName::new("u", WSU, "Timestamp")).attribute_in(&id, part);
            out.element(&QName::new("u", WSU, "Created"), "2026-11-24T10:00:00.000Z");
            out.element(&QName::new("u", WSU, "Expires"), "2026-11-24T10:05:00.000Z").end();
        }
        "To" => write_header(out, QName::new("a", WSA, "To"), part),
        "Action" => write_header(out, QName::new("a", WSA, "Action"), part),
        _ => write_header(out, QName::new("a", WSA, "MessageID"), part),
    }
}

fn write_header(out: &mut Writer, name: QName, id: &str) {
    out.start(&name).attribute_in(&QName::new("u", WSU, "Id"), id);
    out.text("https://sts.example.test/trust/13/certificate").end();
}

fn written(write: impl FnOnce(&mut Writer)) -> Result<Vec<u8>, Failure> {
    let mut out = Writer::new();
    write(&mut out);
    Ok(out.finish()?)
}

/// An assertion of 2 KB without its signature.
fn draft() -> Result<Draft, Failure> {
    let mut attributes = Claims::none();
    for name in ["emailaddress", "givenname", "surname", "displayname"] {
        let name = format!("http://schemas.xmlsoap.org/ws/2005/05/identity/claims/{name}");
        attributes.add(ClaimName::new(name), ["alice@example.com".to_owned()]);
    }
    let from = now();
    let lifetime = Lifetime::new(from, from.after(Duration::from_secs(3600)));
    Ok(Draft {
        id: TokenId::new("_0f1e2d3c4b5a69788796a5b4c3d2e1f0"),
        issuer: IssuerName::new("https://sts.example.test/default"),
        issued_at: from,
        subject: NameId { value: "alice".to_owned(), format: None },
        audiences: vec![PartyId::new("https://orders.example.test/")],
        lifetime: lifetime?,
        authenticated: Some(Authenticated { method: AuthenticationMethod::Password, at: from }),
        attributes,
        confirmation: Confirmation::Bearer,
        client: None,
        scope: None,
        lineage: Lineage::new("bench"),
        layout: Layout::Prefixed,
    })
}

/// As many octets as what the document's signature is over: its SignedInfo, which declares its namespace when it stands alone.
fn signed_info(document: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(document);
    let inside = text
        .split_once("<ds:SignedInfo")
        .and_then(|(_, rest)| rest.split_once("</ds:SignedInfo>"))
        .map_or("", |(inside, _)| inside);
    format!("<ds:SignedInfo xmlns:ds=\"{NAMESPACE}\"{inside}</ds:SignedInfo>").into_bytes()
}

/// How long a token is without its signature.
fn unsigned_octets(token: &[u8]) -> usize {
    let text = String::from_utf8_lossy(token);
    let signature = text.split_once("<ds:Signature").and_then(|(before, rest)| {
        let (_, after) = rest.split_once("</ds:Signature>")?;
        Some(before.len().saturating_add(after.len()))
    });
    signature.unwrap_or(token.len())
}

/// The peer's program, compiled here; or why there is none.
fn compile_peer(folder: &Path) -> Result<PathBuf, String> {
    let missing = || "needs cc, pkg-config and libxmlsec1-dev".to_owned();
    let flags = Command::new("pkg-config").args(["--cflags", "--libs", "xmlsec1"]).output();
    let flags = flags.ok().filter(|output| output.status.success()).ok_or_else(missing)?;
    let flags = String::from_utf8_lossy(&flags.stdout).into_owned();
    let program = folder.join("xmlsec1-peer");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers").join("xmlsec1.c");
    let mut compile = Command::new("cc");
    compile.args(["-O2", "-o"]).arg(&program).arg(source).args(flags.split_whitespace());
    let compiled = compile.status().is_ok_and(|status| status.success());
    if compiled { Ok(program) } else { Err(missing()) }
}

fn start_peer(
    program: &Path,
    folder: &Path,
    token: &[u8],
    certificate: &Certificate,
) -> Result<Running, Failure> {
    let name = certificate.thumbprint_sha256().first().copied().unwrap_or(0);
    let (document, pem) =
        (folder.join(format!("token-{name}.xml")), folder.join(format!("signer-{name}.pem")));
    fs::write(&document, token)?;
    fs::write(&pem, certificate.to_pem())?;
    Running::start(Command::new(program).args([document, pem]))
}

/// Ratios, each of this run alone.
impl Costs {
    /// Our signing of an assertion, as a part of the signature alone.
    pub(crate) fn sign_of_raw(&self) -> f64 {
        median(&self.raw_sign) / median(&self.sign)
    }

    /// The same beside the signature and the digest of the same octets.
    pub(crate) fn sign_of_raw_and_digest(&self) -> f64 {
        (median(&self.raw_sign) + median(&self.digest)) / median(&self.sign)
    }

    /// How many times faster we verify than a peer.
    pub(crate) fn verify_of(&self, peer: &[f64]) -> f64 {
        median(peer) / median(&self.verify)
    }

    /// What a request with five signed parts costs beyond the verification of its signature, microseconds.
    pub(crate) fn request_beyond_raw(&self) -> f64 {
        median(&self.request) - median(&self.raw_request)
    }
}

/// What a future comes to that waits for nobody.
pub(crate) fn ready<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(done) = future.as_mut().poll(&mut context) {
            return done;
        }
    }
}
