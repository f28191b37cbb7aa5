//! What is outside the profile, or not accepted, is refused when it is read: no key is there yet that could be used.

use symbolon_keys::{ContentCipher, Digest, KeyWrap, Oaep};
use symbolon_xmlsec::{Accepts, Flaw, Naming, Recipient, Transport};

use crate::support::{BOTH, P256, RSA, changed, encrypted_for, read, refused};

const XENC: &str = "http://www.w3.org/2001/04/xmlenc#";
const XENC_11: &str = "http://www.w3.org/2009/xmlenc11#";

fn for_rsa() -> String {
    encrypted_for(&Recipient::of(&RSA.certificate))
}

fn for_p256() -> String {
    encrypted_for(&Recipient::of(&P256.certificate))
}

#[test]
fn cbc_is_refused_unless_it_was_opted_for() {
    for cipher in [ContentCipher::Aes128Cbc, ContentCipher::Aes192Cbc, ContentCipher::Aes256Cbc] {
        let text = encrypted_for(&Recipient::of(&RSA.certificate).with_cipher(cipher));
        assert_eq!(read(&text, Accepts::AUTHENTICATED).map(drop), Err(Flaw::Unsupported));
        assert!(read(&text, Accepts::AUTHENTICATED.and_cbc()).is_ok());
    }
}

#[test]
fn sha1_is_refused_where_it_is_not_accepted() {
    let (sha1, sha256) = (Digest::Sha1, Digest::Sha256);
    let by = |party: &crate::support::Party, transport| {
        encrypted_for(&Recipient::of(&party.certificate).with_transport(transport))
    };
    let texts = [
        by(&RSA, Transport::Oaep(Oaep::new(sha1, sha256))),
        by(&RSA, Transport::Oaep(Oaep::new(sha256, sha1))),
        by(&P256, Transport::Agreement(sha1, KeyWrap::Aes256)),
    ];
    for text in texts {
        let without = Accepts::AUTHENTICATED.without_sha1();
        assert_eq!(read(&text, without).map(drop), Err(Flaw::Unsupported));
        assert!(read(&text, Accepts::AUTHENTICATED).is_ok());
    }
    // What is not named is SHA-1 too.
    let named = format!("<ds:DigestMethod Algorithm=\"{XENC}sha256\"></ds:DigestMethod>");
    let unnamed = changed(&for_rsa(), &named, "");
    assert_eq!(read(&unnamed, BOTH.without_sha1()).map(drop), Err(Flaw::Unsupported));
    assert!(read(&unnamed, BOTH).is_ok());
    assert!(read(&for_rsa(), BOTH.without_sha1()).is_ok());
    assert!(read(&for_p256(), BOTH.without_sha1()).is_ok());
}

#[test]
fn algorithms_outside_the_profile_are_refused() {
    let (rsa, p256) = (for_rsa(), for_p256());
    let cipher = format!("{XENC_11}aes256-gcm");
    for other in [
        "http://www.w3.org/2001/04/xmlenc#tripledes-cbc",
        "http://www.w3.org/2001/04/xmldsig-more#camellia256-cbc",
        "http://www.w3.org/2001/04/xmldsig-more#chacha20poly1305",
        "http://www.w3.org/2001/04/xmlenc#aes256-gcm",
        "http://www.w3.org/2001/04/xmlenc#kw-aes256",
        "",
    ] {
        refused(Flaw::Unsupported, &changed(&rsa, &cipher, other));
    }
    for other in [
        "http://www.w3.org/2001/04/xmlenc#rsa-1_5",
        "http://www.w3.org/2001/04/xmlenc#kw-tripledes",
        "http://www.w3.org/2001/04/xmldsig-more#kw-camellia256",
        "http://www.w3.org/2009/xmlenc11#aes256-gcm",
        "http://www.w3.org/2001/04/xmlenc#dh",
    ] {
        refused(Flaw::Unsupported, &changed(&rsa, &format!("{XENC_11}rsa-oaep"), other));
        refused(Flaw::Unsupported, &changed(&p256, &format!("{XENC}kw-aes256"), other));
    }
    for other in [
        "http://www.w3.org/2001/04/xmlenc#dh",
        "http://www.w3.org/2009/xmlenc11#dh-es",
        "http://www.w3.org/2021/04/xmldsig-more#x25519",
        "http://www.w3.org/2021/04/xmldsig-more#x448",
    ] {
        refused(Flaw::Unsupported, &changed(&p256, &format!("{XENC_11}ECDH-ES"), other));
    }
    for other in ["pbkdf2", "hkdf"] {
        let other = format!("{XENC_11}{other}");
        refused(Flaw::Unsupported, &changed(&p256, &format!("{XENC_11}ConcatKDF"), &other));
    }
    for other in [
        "http://www.w3.org/2001/04/xmldsig-more#md5",
        "http://www.w3.org/2001/04/xmlenc#ripemd160",
        "http://www.w3.org/2001/04/xmldsig-more#sha224",
        "http://www.w3.org/2007/05/xmldsig-more#sha3-256",
    ] {
        for text in [&rsa, &p256] {
            refused(Flaw::Unsupported, &changed(text, &format!("{XENC}sha256"), other));
        }
    }
    // The last is what the Recommendation's own example writes, and defines nowhere.
    for other in ["mgf1sha224", "mgf1sha3-256", "MGF1withSHA1"] {
        let other = format!("{XENC_11}{other}");
        refused(Flaw::Unsupported, &changed(&rsa, &format!("{XENC_11}mgf1sha256"), &other));
    }
}

#[test]
fn a_key_that_is_elsewhere_is_refused() {
    let rsa = for_rsa();
    for elsewhere in [
        "<ds:RetrievalMethod URI=\"#EK\" Type=\"http://www.w3.org/2001/04/xmlenc#EncryptedKey\"/>",
        "<ds:RetrievalMethod URI=\"http://keys.example/\"/>",
        "<d:KeyInfoReference xmlns:d=\"http://www.w3.org/2009/xmldsig11#\" URI=\"#KI\"/>",
        "<d:DerivedKey xmlns:d=\"http://www.w3.org/2009/xmlenc11#\"/>",
    ] {
        // In the KeyInfo of the content, before and behind its key.
        let before =
            format!("<ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">{elsewhere}");
        let open = "<ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">";
        refused(Flaw::Unsupported, &changed(&rsa, open, &before));
        let behind = format!("</xenc:EncryptedKey>{elsewhere}");
        refused(Flaw::Unsupported, &changed(&rsa, "</xenc:EncryptedKey>", &behind));
        // In that of the key.
        let inside = format!("<ds:KeyInfo>{elsewhere}<ds:X509Data>");
        refused(Flaw::Unsupported, &changed(&rsa, "<ds:KeyInfo><ds:X509Data>", &inside));
    }
}

#[test]
fn ciphertext_that_is_elsewhere_is_refused() {
    let text = for_rsa();
    let start = text.rfind("<xenc:CipherValue>").unwrap();
    let end = text.rfind("</xenc:CipherValue>").unwrap() + "</xenc:CipherValue>".len();
    let reference = "<xenc:CipherReference URI=\"http://keys.example/\"></xenc:CipherReference>";
    refused(Flaw::Unsupported, &changed(&text, &text[start..end], reference));
    let start = text.find("<xenc:CipherValue>").unwrap();
    let end = text.find("</xenc:CipherValue>").unwrap() + "</xenc:CipherValue>".len();
    refused(Flaw::Unsupported, &changed(&text, &text[start..end], reference));
}

#[test]
fn content_of_another_type_is_refused() {
    let text = for_rsa();
    let element = "Type=\"http://www.w3.org/2001/04/xmlenc#Element\"";
    for other in [
        "http://www.w3.org/2009/xmlenc11#EXI",
        "http://docs.oasis-open.org/wss/oasis-wss-SwAProfile-1.1#Attachment-Content-Only",
        "http://www.w3.org/2001/04/xmlenc#EncryptedKey",
        "",
    ] {
        refused(Flaw::Unsupported, &changed(&text, element, &format!("Type=\"{other}\"")));
    }
    let key = "<xenc:EncryptedKey Type=\"http://www.w3.org/2001/04/xmlenc#Element\"";
    refused(Flaw::Unsupported, &changed(&text, "<xenc:EncryptedKey", key));
}

#[test]
fn content_whose_own_key_is_agreed_on_is_refused() {
    let text = for_p256();
    let (start, end) = ("<xenc:AgreementMethod", "</xenc:AgreementMethod>");
    let from = text.find(start).unwrap();
    let agreement = &text[from..text.find(end).unwrap() + end.len()];
    let open = "<ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">";
    refused(Flaw::Unsupported, &changed(&text, open, &format!("{open}{agreement}")));
}

#[test]
fn an_agreement_for_rsa_is_refused() {
    let text = changed(&for_p256(), &format!("{XENC}kw-aes256"), &format!("{XENC_11}rsa-oaep"));
    refused(Flaw::Unsupported, &text);
}

#[test]
fn the_names_that_clients_use_are_read() {
    // SHA-384 by XML Encryption's own name; a mask under the old name of OAEP; a key's size where it is the cipher's.
    let to = Recipient::named(RSA.public(), Naming::Nothing);
    let sha384 = to.with_transport(Transport::Oaep(Oaep::new(Digest::Sha384, Digest::Sha512)));
    let text = encrypted_for(&sha384);
    let text =
        changed(&text, "http://www.w3.org/2001/04/xmldsig-more#sha384", &format!("{XENC}sha384"));
    let text = changed(&text, &format!("{XENC_11}rsa-oaep"), &format!("{XENC}rsa-oaep-mgf1p"));
    let method = format!("{XENC_11}aes256-gcm\">");
    let text = changed(&text, &method, &format!("{method}<xenc:KeySize> 256 </xenc:KeySize>"));
    assert_eq!(crate::support::open(&text, &RSA.key).as_deref(), Ok(crate::support::ASSERTION));
}
