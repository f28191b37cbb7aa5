//! Shapes, references and transforms outside the closed profile.
//!
//! XML Signature Best Practices (W3C, 2013) tells what each could do.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use symbolon_keys::sha256;
use symbolon_xmlsec::Flaw;

use crate::support::{
    EC, ENVELOPED, EXCLUSIVE, Scene, alice, reference, reference_with, refused, refused_references,
    scene, subject, token_with, transform,
};

#[test]
fn a_second_signed_info_is_refused() {
    let Scene { signed, evil, .. } = scene();
    let start = signed.find("<ds:SignedInfo").unwrap();
    let end = signed.find("</ds:SignedInfo>").unwrap() + "</ds:SignedInfo>".len();
    let info = &signed[start..end];
    let forged =
        info.replace(&STANDARD.encode(sha256(&alice())), &STANDARD.encode(sha256(evil.as_bytes())));
    for both in [format!("{info}{forged}"), format!("{forged}{info}")] {
        refused(Flaw::Malformed, &signed.replace(info, &both));
    }
}

#[test]
fn a_signature_with_anything_more_less_or_elsewhere_is_refused() {
    let signed = scene().signed;
    for (from, to) in [
        ("<ds:SignatureValue>", "<ds:Object></ds:Object><ds:SignatureValue>"),
        ("<ds:SignatureValue>", "<x/><ds:SignatureValue>"),
        ("<ds:SignatureValue>", "text<ds:SignatureValue>"),
        ("<ds:SignatureValue>", "<ds:SignatureValue><x/>"),
        ("<ds:SignatureValue>", "<ds:SignatureValue x='1'>"),
        ("<ds:SignatureValue>", "<ds:SignatureValue xml:lang='en'>"),
        ("<ds:SignatureValue>", "<ds:SignatureValue>!"),
        ("</ds:Signature>", "<ds:KeyInfo/></ds:Signature>"),
        ("<ds:KeyInfo>", "<ds:KeyInfo/><ds:KeyInfo>"),
        ("<ds:SignedInfo>", "<ds:SignedInfo/><ds:SignedInfo>"),
        ("<ds:Transforms>", "<ds:Transforms/><ds:Transforms>"),
        ("<ds:DigestMethod", "<ds:Extra/><ds:DigestMethod"),
        ("<ds:DigestValue>", "<ds:DigestValue/><ds:DigestValue>"),
        ("<ds:Transforms>", "<ds:Transforms t:x='1'>"),
        ("</ds:Transforms>", "text</ds:Transforms>"),
        ("<ds:Reference ", "<ds:Reference x='1' "),
        ("<ds:Reference ", "<ds:Reference ID='r' "),
        ("<ds:SignatureMethod ", "<ds:SignatureMethod x='1' "),
        ("<ds:CanonicalizationMethod ", "<ds:CanonicalizationMethod x='1' "),
        ("ds:SignedInfo>", "t:SignedInfo>"),
        ("ds:SignatureValue>", "t:SignatureValue>"),
    ] {
        let text = signed.replace(from, to);
        assert_ne!(text, signed, "{from}");
        refused(Flaw::Malformed, &text);
    }
    let (start, end) =
        (signed.find("<ds:SignedInfo").unwrap(), signed.find("<ds:KeyInfo").unwrap());
    let (info, value) =
        signed[start..end].split_at(signed.find("<ds:SignatureValue").unwrap() - start);
    refused(Flaw::Malformed, &signed.replace(&signed[start..end], &format!("{value}{info}")));
    refused(Flaw::Malformed, &signed.replace(info, ""));
    refused(Flaw::Malformed, &signed.replace(value, ""));
}

#[test]
fn a_signature_over_nothing_is_refused() {
    refused_references(Flaw::Malformed, "");
}

#[test]
fn references_outside_the_document_are_refused() {
    // In every reader that would follow it, the reference holds: the digest is right.
    let path = format!("{}/local-secret.txt", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&path, "local secret").unwrap();
    for uri in [
        path.as_str(),
        "Cargo.toml",
        "./Cargo.toml",
        "../xml/Cargo.toml",
        "file:///etc/hostname",
        "/etc/hostname",
        "http://127.0.0.1:9/x",
        "cid:part@example",
        "_1",
        "",
        "#",
        "#xpointer(/)",
        "#xpointer(id('_1'))",
    ] {
        let digested = std::fs::read(uri).unwrap_or_else(|_| alice());
        refused_references(Flaw::Unsupported, &reference(uri, &[EXCLUSIVE], &digested));
        refused_references(Flaw::Unsupported, &reference(uri, &[ENVELOPED, EXCLUSIVE], &digested));
    }
    let transforms = [transform(ENVELOPED, ""), transform(EXCLUSIVE, "")].concat();
    refused_references(Flaw::Unsupported, &reference_with("", &transforms, &alice()));
}

#[test]
fn a_reference_to_no_element_is_refused() {
    refused_references(Flaw::UnknownReference, &reference("#nobody", &[EXCLUSIVE], b""));
    refused_references(Flaw::UnknownReference, &reference("##_1", &[EXCLUSIVE], b""));
    refused_references(Flaw::UnknownReference, &reference("#_1 ", &[EXCLUSIVE], b""));
}

#[test]
fn transforms_outside_the_profile_are_refused() {
    const C14N: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
    const WITH_COMMENTS: &str = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments";
    for transforms in [
        &["http://www.w3.org/2000/09/xmldsig#base64"][..],
        &["http://www.w3.org/2000/09/xmldsig#base64", EXCLUSIVE],
        &["http://www.w3.org/2002/06/xmldsig-filter2", EXCLUSIVE],
        &[
            "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#STR-Transform",
        ],
        &[C14N],
        &["http://www.w3.org/2006/12/xml-c14n11"],
        &[WITH_COMMENTS],
        &[ENVELOPED, WITH_COMMENTS],
        &[ENVELOPED],
        &[ENVELOPED, C14N],
        &[EXCLUSIVE, ENVELOPED],
        &[ENVELOPED, ENVELOPED],
        &[ENVELOPED, ENVELOPED, EXCLUSIVE],
        &[EXCLUSIVE, EXCLUSIVE],
        &[ENVELOPED, EXCLUSIVE, EXCLUSIVE],
        &[],
        &["urn:unknown"],
        &[""],
    ] {
        refused_references(Flaw::Unsupported, &reference("#_1", transforms, &alice()));
    }
}

#[test]
fn transforms_that_compute_are_refused() {
    let xpath = "<ds:XPath>false()</ds:XPath>";
    let xslt = "<xsl:stylesheet xmlns:xsl=\"http://www.w3.org/1999/XSL/Transform\" version=\"1.0\">\
                <xsl:template match=\"/\">x</xsl:template></xsl:stylesheet>";
    for (transform, digested) in [
        (transform("http://www.w3.org/TR/1999/REC-xpath-19991116", xpath), ""),
        (transform("http://www.w3.org/TR/1999/REC-xslt-19991116", xslt), "x"),
        (transform(EXCLUSIVE, xpath), ""),
        (transform(ENVELOPED, xpath) + &transform(EXCLUSIVE, ""), ""),
    ] {
        let reference = reference_with(" URI=\"#_1\"", &transform, digested.as_bytes());
        refused_references(Flaw::Unsupported, &reference);
    }
}

#[test]
fn a_prefix_list_beyond_reason_is_refused() {
    let listed = |prefixes: &str, extra: &str| {
        let inside = format!(
            "<ec:InclusiveNamespaces xmlns:ec=\"{EXCLUSIVE}\" PrefixList=\"{prefixes}\"{extra}></ec:InclusiveNamespaces>"
        );
        let transforms = transform(ENVELOPED, "") + &transform(EXCLUSIVE, &inside);
        reference_with(" URI=\"#_1\"", &transforms, &alice())
    };
    let text = token_with(&EC, "alice", &listed(&"t ".repeat(64), ""));
    assert_eq!(subject(&text, EC.public()).as_deref(), Ok("alice"));
    refused_references(Flaw::Unsupported, &listed(&"t ".repeat(65), ""));
    refused_references(Flaw::Unsupported, &listed("t", " x=\"1\""));
    let one = listed("t", "");
    let end = "</ec:InclusiveNamespaces>";
    for more in ["<x></x></ec:InclusiveNamespaces>", "</ec:InclusiveNamespaces><x></x>"] {
        refused_references(Flaw::Unsupported, &one.replace(end, more));
    }
}
