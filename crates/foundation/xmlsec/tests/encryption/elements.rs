//! A token encrypted for one recipient, and back.

use symbolon_keys::{ContentCipher, Digest, EncryptFlaw, KeyWrap, Oaep, SystemRandom};
use symbolon_xml::Writer;
use symbolon_xmlsec::{
    Accepts, Flaw, Naming, Recipient, SealedData, SealedKey, SharedSecret, Transport,
    encrypt_element,
};

use crate::support::{
    ASSERTION, ENCRYPTED, OTHER_P256, OTHER_RSA, P256, P384, P521, Party, RSA, T, canonical,
    changed, encrypted_for, encrypted_with, now, open, read, secret,
};

const CIPHERS: [ContentCipher; 6] = [
    ContentCipher::Aes128Gcm,
    ContentCipher::Aes192Gcm,
    ContentCipher::Aes256Gcm,
    ContentCipher::Aes128Cbc,
    ContentCipher::Aes192Cbc,
    ContentCipher::Aes256Cbc,
];
const DIGESTS: [Digest; 4] = [Digest::Sha1, Digest::Sha256, Digest::Sha384, Digest::Sha512];

#[track_caller]
fn opens(party: &Party, to: &Recipient<'_>) {
    assert_eq!(open(&encrypted_for(to), &party.key).as_deref(), Ok(ASSERTION), "{to:?}");
}

#[test]
fn a_token_opens_with_the_key_of_the_certificate_it_is_encrypted_for() {
    for party in [&*RSA, &*P256, &*P384, &*P521] {
        for cipher in CIPHERS {
            opens(party, &Recipient::of(&party.certificate).with_cipher(cipher));
        }
    }
}

#[test]
fn a_token_opens_with_every_pair_of_digests_and_with_a_label() {
    for digest in DIGESTS {
        for mgf in DIGESTS {
            for label in [&b""[..], b"for tests"] {
                let oaep = Oaep { digest, mgf, label: label.to_vec() };
                let to = Recipient::of(&RSA.certificate).with_transport(Transport::Oaep(oaep));
                opens(&RSA, &to);
            }
        }
    }
}

#[test]
fn a_token_opens_with_every_derivation_and_key_wrap() {
    for digest in DIGESTS {
        for wrap in [KeyWrap::Aes128, KeyWrap::Aes192, KeyWrap::Aes256] {
            for party in [&*P256, &*P384, &*P521] {
                let transport = Transport::Agreement(digest, wrap);
                opens(party, &Recipient::of(&party.certificate).with_transport(transport));
            }
        }
    }
}

#[test]
fn another_key_opens_nothing() {
    let key = Naming::Nothing;
    let text = encrypted_for(&Recipient::named(RSA.public(), key));
    assert_eq!(open(&text, &OTHER_RSA.key), Err(Flaw::Undecryptable));
    assert_eq!(open(&text, &P256.key), Err(Flaw::Undecryptable));
    let text = encrypted_for(&Recipient::named(P256.public(), key));
    assert_eq!(open(&text, &OTHER_P256.key), Err(Flaw::Undecryptable));
    assert_eq!(open(&text, &P384.key), Err(Flaw::Undecryptable));
    assert_eq!(open(&text, &RSA.key), Err(Flaw::Undecryptable));
}

#[test]
fn a_key_is_not_used_where_the_message_names_another() {
    let text =
        encrypted_for(&Recipient::named(RSA.public(), Naming::Certificate(&OTHER_RSA.certificate)));
    let element = read(&text, Accepts::AUTHENTICATED).unwrap();
    assert!(element.key_for(RSA.public()).is_none());
    assert_eq!(open(&text, &RSA.key), Err(Flaw::Undecryptable));
    assert_eq!(open(&text, &OTHER_RSA.key), Err(Flaw::Undecryptable));
}

/// The content, and behind it a key for each party, named by its certificate or not.
fn beside(parties: &[(&Party, bool)], references: &[&str]) -> String {
    let key = secret(32);
    let mut out = Writer::new();
    out.start(&ENCRYPTED);
    let shape = symbolon_xml::Shape::Element;
    let cipher = ContentCipher::Aes256Gcm;
    let data = SealedData::new(ASSERTION.as_bytes(), shape, cipher, &key, &SystemRandom).unwrap();
    data.with_id("ED").write(&mut out, Naming::Nothing);
    for (party, named) in parties {
        let transport = Transport::usual(party.public().kind());
        let sealed = SealedKey::to(party.public(), &key, &transport).unwrap();
        let naming = if *named { Naming::Certificate(&party.certificate) } else { Naming::Nothing };
        sealed.with_references(references.iter().copied()).write(&mut out, naming);
    }
    out.end();
    String::from_utf8(out.finish().unwrap()).unwrap()
}

#[test]
fn a_key_beside_the_content_opens_it() {
    let text = beside(&[(&RSA, false)], &["ED"]);
    assert_eq!(open(&text, &RSA.key).as_deref(), Ok(ASSERTION));
}

#[test]
fn of_several_keys_the_one_that_names_its_receiver_is_unwrapped() {
    let all = [(&*OTHER_RSA, false), (&*RSA, true), (&*P384, false), (&*P256, false)];
    let text = beside(&all, &[]);
    for party in [&*RSA, &*OTHER_RSA, &*P384, &*P256] {
        assert_eq!(open(&text, &party.key).as_deref(), Ok(ASSERTION));
    }
    assert_eq!(open(&text, &P521.key), Err(Flaw::Undecryptable));
}

#[test]
fn a_key_that_says_it_encrypts_something_else_is_not_unwrapped() {
    let text = beside(&[(&RSA, false)], &["another"]);
    assert_eq!(open(&text, &RSA.key), Err(Flaw::Undecryptable));
}

#[test]
fn a_shared_secret_opens_what_is_encrypted_under_it() {
    let (key, other) = (secret(32), secret(32));
    let mut out = Writer::new();
    out.start(&ENCRYPTED);
    let shape = symbolon_xml::Shape::Element;
    let cipher = ContentCipher::Aes256Gcm;
    let data = SealedData::new(ASSERTION.as_bytes(), shape, cipher, &key, &SystemRandom).unwrap();
    data.write(&mut out, Naming::Name("shared"));
    out.end();
    let text = String::from_utf8(out.finish().unwrap()).unwrap();
    let element = read(&text, Accepts::AUTHENTICATED).unwrap();
    assert_eq!(canonical(&element.open_with(&key).unwrap()), ASSERTION);
    assert_eq!(element.open_with(&other).err(), Some(Flaw::Undecryptable));
    assert_eq!(now(element.open(&RSA.key, &SystemRandom)).err(), Some(Flaw::Undecryptable));
}

#[test]
fn content_without_type_is_one_element_here() {
    let text = encrypted_for(&Recipient::of(&RSA.certificate));
    let text = changed(&text, " Type=\"http://www.w3.org/2001/04/xmlenc#Element\"", "");
    assert_eq!(open(&text, &RSA.key).as_deref(), Ok(ASSERTION));
}

#[test]
fn a_decrypted_token_has_ids_of_its_own() {
    let text = encrypted_for(&Recipient::of(&RSA.certificate));
    // The same id around it, and a reference from inside reaches nothing outside.
    let text = changed(&text, "<t:EncryptedAssertion ", "<t:EncryptedAssertion ID=\"_1\" ");
    let element = read(&text, Accepts::AUTHENTICATED).unwrap();
    let tree = now(element.open(&RSA.key, &SystemRandom)).unwrap();
    let found = tree.view(symbolon_xml::EVERYTHING).id("_1").unwrap();
    assert!(found.is(T, "Assertion") && found.same(tree.root()));
}

#[test]
fn namespaces_around_the_content_hold_in_it() {
    let to = Recipient::of(&RSA.certificate);
    let text = encrypted_with(&to, "<t:Assertion xmlns:x=\"urn:x\" x:a=\"1\"></t:Assertion>");
    // `t` is declared by EncryptedAssertion alone.
    let opened = open(&text, &RSA.key).unwrap();
    let t = "xmlns:t=\"urn:example:token\"";
    assert_eq!(opened, format!("<t:Assertion {t} xmlns:x=\"urn:x\" x:a=\"1\"></t:Assertion>"));
    // EncryptedData's own declarations are not the content's.
    let text = encrypted_with(&to, "<xenc:Assertion></xenc:Assertion>");
    assert_eq!(open(&text, &RSA.key), Err(Flaw::Undecryptable));
}

#[test]
fn nothing_is_encrypted_in_a_way_that_is_not_for_the_key() {
    let oaep = Transport::Oaep(Oaep::new(Digest::Sha256, Digest::Sha256));
    let agreement = Transport::Agreement(Digest::Sha256, KeyWrap::Aes256);
    for (party, transport) in [(&*RSA, agreement), (&*P256, oaep)] {
        let to = Recipient::of(&party.certificate).with_transport(transport);
        let mut out = Writer::new();
        out.start(&ENCRYPTED);
        let done = encrypt_element(&mut out, ASSERTION.as_bytes(), &to, &SystemRandom);
        assert_eq!(done, Err(EncryptFlaw::Key), "{to:?}");
    }
    assert_eq!(
        SealedKey::under(SharedSecret(&secret(20)), &secret(32)).err(),
        Some(EncryptFlaw::Key)
    );
    assert_eq!(
        SealedKey::under(SharedSecret(&secret(32)), &secret(20)).err(),
        Some(EncryptFlaw::Length)
    );
    let sealed = SealedData::new(
        ASSERTION.as_bytes(),
        symbolon_xml::Shape::Element,
        ContentCipher::Aes128Gcm,
        &secret(32),
        &SystemRandom,
    );
    assert_eq!(sealed.err(), Some(EncryptFlaw::Key));
}
