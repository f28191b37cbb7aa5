//! The STR-Transform: a signature over a reference that covers the token.

use crate::forge::{ASK, Forge, Pen, TIMESTAMP, by_id, certificate, written};
use crate::support::{DEMANDS, Receiver, Refused, SENDER, STRANGER, asymmetric_with, flaw};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use symbolon_soap::{Demands, Opened, Policy, SecurityFlaw, Target, TokenKind, names};
use symbolon_xml::{C14n, Document, EVERYTHING, Limits, Tree};
use symbolon_xmlsec::{Flaw, Reference};

const SIGNED: &[Target] = &[Target::Body, Target::OwnToken];

fn policy() -> Policy {
    asymmetric_with(Demands { signed: SIGNED, encrypted: &[], ..DEMANDS })
}

fn transform(parameters: &str) -> String {
    format!("<ds:Transform Algorithm=\"{}\">{parameters}</ds:Transform>", names::STR_TRANSFORM)
}

fn parameters(method: &str) -> String {
    format!(
        "<o:TransformationParameters xmlns:o=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\">{method}</o:TransformationParameters>"
    )
}

const EXCLUSIVE: &str = "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:CanonicalizationMethod>";

/// A message with a reference `str`, signed over the body and over what the transform makes of `id`.
fn signed(reference: &str, id: &str, octets: &[u8], transform: &str) -> Result<Opened, Refused> {
    signed_with(reference, id, octets, transform, &by_id("cert"))
}

fn signed_with(
    reference: &str,
    id: &str,
    octets: &[u8],
    transform: &str,
    key_info: &str,
) -> Result<Opened, Refused> {
    let own = certificate("cert", SENDER);
    let mut message = Forge::new(&[TIMESTAMP, &own, reference]);
    let body = canonical(&message, "body");
    let references =
        [Reference::new("body", &body), Reference::new(id, octets).replaced_by(transform)];
    message.security.push(written(&references, &Pen::Key(SENDER), key_info, "sig"));
    Receiver::default().open(message.text(), &policy())
}

fn canonical(message: &Forge, id: &str) -> Vec<u8> {
    let root = Document::parse(message.text().as_bytes(), &Limits::MESSAGE).unwrap();
    let tree = Tree::new(root).unwrap();
    let view = tree.view(EVERYTHING);
    view.canonicalize(&view.id(id).unwrap(), &C14n::exclusive(), None, 1 << 20).unwrap()
}

fn reference_to(id: &str) -> String {
    by_id(id).replace("<o:SecurityTokenReference", "<o:SecurityTokenReference u:Id=\"str\"")
}

/// The certificate's token in canonical form, and with the default namespace that WSS4J adds.
fn token() -> (Vec<u8>, Vec<u8>) {
    let bare = canonical(&Forge::new(&[&certificate("cert", SENDER)]), "cert");
    let text = String::from_utf8(bare.clone()).unwrap();
    let standard = text.replacen("BinarySecurityToken ", "BinarySecurityToken xmlns=\"\" ", 1);
    (bare, standard.into_bytes())
}

/// WSS4J writes the one form, .NET the other; they cover the same token.
#[test]
fn both_forms_cover_the_token() {
    let (bare, standard) = token();
    for octets in [bare, standard] {
        let transform = transform(&parameters(EXCLUSIVE));
        let opened = signed(&reference_to("cert"), "str", &octets, &transform).unwrap();
        assert!(matches!(opened.tokens[0].kind, TokenKind::Certificate(_)));
        assert_eq!(opened.tokens[0].covered_by.len(), 1);
        assert_eq!(opened.body.source(), ASK);
    }
}

/// Trap 22: a signature over the reference alone covers the reference alone.
#[test]
fn a_signed_reference_covers_no_token() {
    let own = certificate("cert", SENDER);
    let mut message = Forge::new(&[TIMESTAMP, &own, &reference_to("cert")]);
    message.sign(&["body", "str"], &Pen::Key(SENDER), &by_id("cert"), "sig");
    let refused = flaw(Receiver::default().open(message.text(), &policy()));
    assert_eq!(refused, SecurityFlaw::Unsigned(Target::Body));
}

/// Trap 22: the reference itself must be what is referred to.
#[test]
fn a_transform_of_what_is_no_reference_is_refused() {
    let (_, octets) = token();
    let transform = transform(&parameters(EXCLUSIVE));
    for id in ["body", "ts", "cert"] {
        let refused = flaw(signed(&reference_to("cert"), id, &octets, &transform));
        assert_eq!(refused, SecurityFlaw::Reference, "{id}");
    }
    // A reference to a reference, and one that leads nowhere.
    let chained = by_id("str")
        .replace("<o:SecurityTokenReference", "<o:SecurityTokenReference u:Id=\"outer\"");
    let both = reference_to("cert") + &chained;
    assert_eq!(flaw(signed(&both, "outer", &octets, &transform)), SecurityFlaw::Unavailable);
    let refused = flaw(signed(&reference_to("nowhere"), "str", &octets, &transform));
    assert_eq!(refused, SecurityFlaw::Unavailable);
    let refused = flaw(signed(&reference_to("cert"), "nothing", &octets, &transform));
    assert_eq!(refused, SecurityFlaw::Protection(Flaw::UnknownReference));
}

#[test]
fn another_token_than_the_one_referred_to_is_refused() {
    let other = canonical(&Forge::new(&[&certificate("cert", STRANGER)]), "cert");
    let transform = transform(&parameters(EXCLUSIVE));
    let refused = flaw(signed(&reference_to("cert"), "str", &other, &transform));
    assert_eq!(refused, SecurityFlaw::Protection(Flaw::BadDigest));
}

/// BSP R3065, and canonical forms that are not exclusive.
#[test]
fn the_transform_s_parameters_are_one_exclusive_canonicalization() {
    let (_, octets) = token();
    let inclusive = EXCLUSIVE.replace(
        "http://www.w3.org/2001/10/xml-exc-c14n#",
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
    );
    let with_prefixes = EXCLUSIVE.replace(
        "></ds:",
        "><ec:InclusiveNamespaces xmlns:ec=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"o u\"></ec:InclusiveNamespaces></ds:",
    );
    let open =
        |parameters: &str| signed(&reference_to("cert"), "str", &octets, &transform(parameters));
    assert!(open(&parameters(&with_prefixes)).is_ok());
    for bad in [
        String::new(),
        parameters(""),
        parameters(&inclusive),
        parameters(&EXCLUSIVE.repeat(2)),
        parameters(EXCLUSIVE).repeat(2),
        EXCLUSIVE.to_owned(),
        parameters(&EXCLUSIVE.replace("></ds:", "><x></x></ds:")),
    ] {
        let refused = flaw(open(&bad));
        assert_eq!(refused, SecurityFlaw::Protection(Flaw::Unsupported), "{bad}");
    }
}

/// WSS-045: a certificate that is only named is digested as the token that it would be in. Nothing of the message is covered.
#[test]
fn a_named_certificate_is_digested_as_the_token_it_would_be_in() {
    let certificate = SENDER.certificate();
    let thumbprint = STANDARD.encode(certificate.thumbprint_sha1());
    let wsse = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
    for (encoding, attribute) in [
        ("", String::new()),
        (names::BASE64_BINARY, format!(" EncodingType=\"{}\"", names::BASE64_BINARY)),
    ] {
        let encoded = if encoding.is_empty() { String::new() } else { attribute.clone() };
        let reference = format!(
            "<o:SecurityTokenReference u:Id=\"str\"><o:KeyIdentifier ValueType=\"{}\"{encoded}>{thumbprint}\
             </o:KeyIdentifier></o:SecurityTokenReference>",
            names::THUMBPRINT_SHA1
        );
        let octets = format!(
            "<o:BinarySecurityToken xmlns=\"\" xmlns:o=\"{wsse}\"{attribute} ValueType=\"{}\">{}</o:BinarySecurityToken>",
            names::X509_V3,
            certificate.base64()
        );
        let transform = transform(&parameters(EXCLUSIVE));
        let opened = signed(&reference, "str", octets.as_bytes(), &transform);
        // The signature holds, and the token in the header is still not signed.
        assert_eq!(flaw(opened), SecurityFlaw::Unsigned(Target::Body), "{encoding}");
        let other = octets.replace(certificate.base64(), STRANGER.certificate().base64());
        let refused = flaw(signed(&reference, "str", other.as_bytes(), &transform));
        assert_eq!(refused, SecurityFlaw::Protection(Flaw::BadDigest));
    }
}

#[test]
fn a_certificate_that_nobody_knows_is_digested_as_nothing() {
    let thumbprint = STANDARD.encode([7; 20]);
    let reference = format!(
        "<o:SecurityTokenReference u:Id=\"str\"><o:KeyIdentifier ValueType=\"{}\">{thumbprint}\
         </o:KeyIdentifier></o:SecurityTokenReference>",
        names::THUMBPRINT_SHA1
    );
    let transform = transform(&parameters(EXCLUSIVE));
    let refused = flaw(signed(&reference, "str", b"<x></x>", &transform));
    assert_eq!(refused, SecurityFlaw::Unavailable);
}
