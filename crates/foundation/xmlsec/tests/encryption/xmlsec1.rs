//! What xmlsec1 (libxml2, OpenSSL) makes of what we encrypt, and we of what it encrypts.
//!
//! Debian's 1.2.37 knows AES-CBC and AES-GCM, `rsa-oaep-mgf1p` with SHA-1, and AES key wrap.

use std::process::{Command, Output};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use symbolon_keys::{ContentCipher, Digest, Oaep, SecretKey, SystemRandom};
use symbolon_xml::{Shape, Tree, Writer};
use symbolon_xmlsec::{
    Budget, EncryptedElement, EncryptedKey, Naming, Recipient, SealedData, SealedKey, SharedSecret,
    Transport,
};

use crate::support::{
    ASSERTION, BOTH, ENCRYPTED, RSA, canonical, encrypted_for, first, open, parse, secret,
};

const CIPHERS: [(&str, ContentCipher); 6] = [
    ("http://www.w3.org/2001/04/xmlenc#aes128-cbc", ContentCipher::Aes128Cbc),
    ("http://www.w3.org/2001/04/xmlenc#aes192-cbc", ContentCipher::Aes192Cbc),
    ("http://www.w3.org/2001/04/xmlenc#aes256-cbc", ContentCipher::Aes256Cbc),
    ("http://www.w3.org/2009/xmlenc11#aes128-gcm", ContentCipher::Aes128Gcm),
    ("http://www.w3.org/2009/xmlenc11#aes192-gcm", ContentCipher::Aes192Gcm),
    ("http://www.w3.org/2009/xmlenc11#aes256-gcm", ContentCipher::Aes256Gcm),
];

/// Whether `xmlsec1` is there. It must be in CI; elsewhere its absence skips.
#[expect(clippy::disallowed_methods, reason = "whether this runs in CI is no configuration")]
#[expect(clippy::print_stdout, reason = "a skipped test says so")]
fn available() -> bool {
    let found = Command::new("xmlsec1").arg("--version").output().is_ok();
    let required = std::env::var("CI").is_ok_and(|ci| ci == "true");
    assert!(found || !required, "xmlsec1 is required in CI");
    if !found {
        println!("skipped: xmlsec1 is not installed");
    }
    found
}

fn file(name: &str, content: impl AsRef<[u8]>) -> String {
    let path = format!("{}/encryption-{name}", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&path, content).unwrap();
    path
}

fn xmlsec1(arguments: &[&str]) -> Output {
    Command::new("xmlsec1").args(arguments).output().unwrap()
}

#[track_caller]
fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The assertion in what xmlsec1 prints, in canonical form.
fn assertion(printed: &str) -> String {
    let root = parse(printed);
    let inside = root.elements().next().unwrap();
    canonical(&Tree::detached(&inside).unwrap())
}

fn old_oaep(label: &[u8]) -> Transport {
    Transport::Oaep(Oaep { label: label.to_vec(), ..Oaep::new(Digest::Sha1, Digest::Sha1) })
}

#[test]
fn xmlsec1_decrypts_what_is_encrypted_for_an_rsa_key() {
    if !available() {
        return;
    }
    let pem = file("rsa.pem", &RSA.pem);
    for (number, (_, cipher)) in CIPHERS.into_iter().enumerate() {
        for label in [&b""[..], b"for tests"] {
            let to = Recipient::named(RSA.public(), Naming::Name("receiver"));
            let text = encrypted_for(&to.with_cipher(cipher).with_transport(old_oaep(label)));
            let path = file(&format!("rsa-{number}-{}.xml", label.len()), &text);
            let output = xmlsec1(&["--decrypt", "--privkey-pem:receiver", &pem, &path]);
            assert_eq!(assertion(&said(&output)), ASSERTION, "{cipher:?}");
        }
    }
}

#[test]
fn xmlsec1_decrypts_what_is_encrypted_under_a_wrapped_key() {
    if !available() {
        return;
    }
    for octets in [16, 24, 32] {
        let (shared, key) = (secret(octets), secret(32));
        let mut out = Writer::new();
        out.start(&ENCRYPTED);
        let (plain, cipher) = (ASSERTION.as_bytes(), ContentCipher::Aes256Gcm);
        let data = SealedData::new(plain, Shape::Element, cipher, &key, &SystemRandom).unwrap();
        let sealed = SealedKey::under(SharedSecret(&shared), &key).unwrap();
        let write = |out: &mut Writer| sealed.write(out, Naming::Name("shared"));
        data.write(&mut out, Naming::Written(&write));
        out.end();
        let path = file(&format!("wrapped-{octets}.xml"), out.finish().unwrap());
        let key = file(&format!("wrapped-{octets}.bin"), shared.octets());
        let output = xmlsec1(&["--decrypt", "--aeskey:shared", &key, &path]);
        assert_eq!(assertion(&said(&output)), ASSERTION, "{octets}");
    }
}

/// What xmlsec1 fills in.
fn template(cipher: &str, key: &str) -> String {
    format!(
        "<EncryptedData xmlns=\"http://www.w3.org/2001/04/xmlenc#\" \
         Type=\"http://www.w3.org/2001/04/xmlenc#Element\"><EncryptionMethod Algorithm=\"{cipher}\"/>\
         <KeyInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\">\
         <EncryptedKey xmlns=\"http://www.w3.org/2001/04/xmlenc#\">{key}\
         <CipherData><CipherValue/></CipherData></EncryptedKey></KeyInfo>\
         <CipherData><CipherValue/></CipherData></EncryptedData>"
    )
}

/// What xmlsec1 makes of an EncryptedData, in the element around it.
fn around(data: &str) -> String {
    let data = data.trim_start_matches("<?xml version=\"1.0\"?>").trim();
    format!("<t:EncryptedAssertion xmlns:t=\"urn:example:token\">{data}</t:EncryptedAssertion>")
}

#[test]
fn what_xmlsec1_encrypts_for_an_rsa_key_opens() {
    if !available() {
        return;
    }
    let certificate = file("receiver.pem", RSA.certificate.to_pem());
    let plain = file("plain.xml", ASSERTION);
    let label = format!("<OAEPparams>{}</OAEPparams>", STANDARD.encode(b"for tests"));
    for (number, (identifier, cipher)) in CIPHERS.into_iter().enumerate() {
        for label in ["", label.as_str()] {
            let key = format!(
                "<EncryptionMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p\">{label}</EncryptionMethod>"
            );
            let name = format!("template-{number}-{}.xml", label.len());
            let template = file(&name, template(identifier, &key));
            let session = format!("aes-{}", cipher.key_octets() * 8);
            let arguments = ["--encrypt", "--pubkey-cert-pem", &certificate];
            let more = ["--session-key", &session, "--xml-data", &plain, &template];
            let output = xmlsec1(&[&arguments[..], &more[..]].concat());
            let opened = open(&around(&said(&output)), &RSA.key);
            assert_eq!(opened.as_deref(), Ok(ASSERTION), "{cipher:?}");
        }
    }
}

#[test]
fn what_xmlsec1_encrypts_under_a_wrapped_key_opens() {
    if !available() {
        return;
    }
    let plain = file("plain-wrapped.xml", ASSERTION);
    for octets in [16, 24, 32] {
        let shared: SecretKey = secret(octets);
        let path = file(&format!("shared-{octets}.bin"), shared.octets());
        let algorithm = format!("http://www.w3.org/2001/04/xmlenc#kw-aes{}", octets * 8);
        let key = format!(
            "<EncryptionMethod Algorithm=\"{algorithm}\"/>\
             <KeyInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><KeyName>shared</KeyName></KeyInfo>"
        );
        let (cipher, _) = CIPHERS[5];
        let template = file(&format!("template-{octets}.xml"), template(cipher, &key));
        let arguments = ["--encrypt", "--aeskey:shared", &path, "--session-key", "aes-256"];
        let output = xmlsec1(&[&arguments[..], &["--xml-data", &plain, &template]].concat());
        let root = parse(&around(&said(&output)));
        let left = &mut Budget::MESSAGE.clone();
        let wrapped = EncryptedKey::parse(&first(&root, "EncryptedKey"), &BOTH, left).unwrap();
        let content = wrapped.unwrap_with(&shared, Some(32), &SystemRandom).unwrap();
        let element = EncryptedElement::parse(&root, &BOTH, left).unwrap();
        assert_eq!(canonical(&element.open_with(&content).unwrap()), ASSERTION, "{octets}");
    }
}
