//! Whatever does not decrypt is one flaw. That it also is the same work is shown inside the crate.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use symbolon_keys::{ContentCipher, SecretKey, SystemRandom};
use symbolon_xml::{Shape, Tree, Writer};
use symbolon_xmlsec::{
    Accepts, Budget, EncryptedData, Flaw, Naming, Recipient, SealedData, SealedKey, Transport,
};
use zeroize::Zeroizing;

use crate::support::{
    ASSERTION, BOTH, ENCRYPTED, Exhausted, HERE, P256, RSA, changed, encrypted_for, encrypted_with,
    now, open, parse, read, secret,
};

const CIPHERS: [ContentCipher; 2] = [ContentCipher::Aes256Gcm, ContentCipher::Aes256Cbc];

/// The octets of the value number `which`, changed.
fn damaged(text: &str, which: usize, damage: impl FnOnce(&mut Vec<u8>)) -> String {
    let value = text.split("<xenc:CipherValue>").nth(which + 1).unwrap();
    let value = value.split('<').next().unwrap();
    let mut octets = STANDARD.decode(value).unwrap();
    damage(&mut octets);
    changed(text, value, &STANDARD.encode(octets))
}

#[track_caller]
fn undecryptable(text: &str, key: &dyn symbolon_keys::DecryptionKey) {
    assert_eq!(open(text, key), Err(Flaw::Undecryptable), "{text}");
}

#[test]
fn every_failure_is_one_flaw() {
    for party in [&*RSA, &*P256] {
        for cipher in CIPHERS {
            let to = Recipient::of(&party.certificate).with_cipher(cipher);
            let text = encrypted_for(&to);
            let last = |octets: &mut Vec<u8>| *octets.last_mut().unwrap() ^= 0x80;
            undecryptable(&damaged(&text, 0, |octets| octets[0] ^= 1), &party.key);
            undecryptable(&damaged(&text, 0, last), &party.key);
            undecryptable(&damaged(&text, 0, |octets| octets.truncate(8)), &party.key);
            undecryptable(&damaged(&text, 0, Vec::clear), &party.key);
            undecryptable(&damaged(&text, 1, |octets| octets[17] ^= 1), &party.key);
            undecryptable(&damaged(&text, 1, last), &party.key);
            for length in [0, 1, 11, 12, 15, 16, 17, 28, 32, 33] {
                undecryptable(&damaged(&text, 1, |octets| octets.truncate(length)), &party.key);
            }
        }
    }
}

#[test]
fn plaintext_that_is_not_the_one_element_it_should_be_is_that_flaw_too() {
    let nested = format!("{}{}", "<a>".repeat(200), "</a>".repeat(200));
    let attributes: String = (0..200).map(|n| format!(" a{n}=\"\"")).collect();
    let many = format!("<a{attributes}></a>");
    for plain in [
        "",
        " ",
        "text",
        "<a>",
        "</a>",
        "<a></a><b></b>",
        "<a></a>text",
        "<a></a> ",
        "<!-- --><a></a>",
        "<a><!--</a>",
        "</w><w>",
        "<p:a></p:a>",
        "<a>&entity;</a>",
        "<!DOCTYPE a><a></a>",
        "<?xml version=\"1.0\"?><a></a>",
        "<a><?pi?></a>",
        "<a>\u{1}</a>",
        "<a ID=\"1\"><b ID=\"1\"></b></a>",
        &nested,
        &many,
    ] {
        for cipher in CIPHERS {
            let to = Recipient::of(&RSA.certificate).with_cipher(cipher);
            undecryptable(&encrypted_with(&to, plain), &RSA.key);
        }
    }
}

#[test]
fn octets_that_are_no_text_are_that_flaw_too() {
    let key = secret(32);
    for cipher in CIPHERS {
        for plain in [&b"<a>\xff</a>"[..], b"\xef\xbb\xbf<a></a>\0", b"<a>\xed\xa0\x80</a>"] {
            let text = sealed(plain, Shape::Element, cipher, &key);
            assert_eq!(grafted(&text, &key), Err(Flaw::Undecryptable));
        }
    }
}

fn sealed(plain: &[u8], shape: Shape, cipher: ContentCipher, key: &SecretKey) -> String {
    let data = SealedData::new(plain, shape, cipher, key, &SystemRandom).unwrap();
    let mut out = Writer::new();
    out.start(&ENCRYPTED);
    data.write(&mut out, Naming::Nothing);
    out.end();
    String::from_utf8(out.finish().unwrap()).unwrap()
}

fn grafted(text: &str, key: &SecretKey) -> Result<(), Flaw> {
    let root = parse(text);
    let mut tree = Tree::new(root.clone()).unwrap();
    let data = root.elements().next().unwrap();
    let data = EncryptedData::parse(&data, &BOTH, &mut Budget::MESSAGE.clone())?;
    data.decrypt(key).graft(&mut tree, HERE).map(drop)
}

/// The whole buffer is XML, but its last octet counts no padding: nothing may come of the work that is done with it.
#[test]
fn cbc_whose_padding_is_cut_off_does_not_open() {
    let key = secret(32);
    // Whole blocks, so that the padding is one of its own.
    for plain in [format!("<a>{}</a>", "x".repeat(25)), format!("<a>{}</a>", "x".repeat(41))] {
        assert!(plain.len().is_multiple_of(16));
        let text = sealed(plain.as_bytes(), Shape::Element, ContentCipher::Aes256Cbc, &key);
        assert_eq!(grafted(&text, &key), Ok(()));
        let cut = damaged(&text, 0, |octets| octets.truncate(octets.len() - 16));
        assert_eq!(grafted(&cut, &key), Err(Flaw::Undecryptable));
    }
}

/// A stand-in for a key that does not fit is nobody's secret: what is encrypted under it must not open.
#[test]
fn a_key_that_does_not_fit_the_cipher_opens_nothing() {
    let zeros = SecretKey::new(Zeroizing::new(vec![0; 32]));
    for cipher in CIPHERS {
        let text = sealed(ASSERTION.as_bytes(), Shape::Element, cipher, &zeros);
        assert_eq!(grafted(&text, &zeros), Ok(()));
        for octets in [0, 16, 24, 31, 33, 64] {
            assert_eq!(grafted(&text, &secret(octets)), Err(Flaw::Undecryptable), "{octets}");
            let zeros = SecretKey::new(Zeroizing::new(vec![0; octets]));
            assert_eq!(grafted(&text, &zeros), Err(Flaw::Undecryptable), "{octets}");
        }
    }
}

#[test]
fn a_wrapped_key_of_another_length_opens_nothing() {
    for octets in [16, 24, 48] {
        let key = secret(octets);
        let mut out = Writer::new();
        out.start(&ENCRYPTED);
        // Under the first 16 octets of it, as some take them.
        let content = key.part(0..16).unwrap();
        let cipher = ContentCipher::Aes128Gcm;
        let plain = ASSERTION.as_bytes();
        let data = SealedData::new(plain, Shape::Element, cipher, &content, &SystemRandom);
        data.unwrap().write(&mut out, Naming::Nothing);
        let transport = Transport::usual(RSA.public().kind());
        let sealed = SealedKey::to(RSA.public(), &key, &transport).unwrap();
        sealed.write(&mut out, Naming::Nothing);
        out.end();
        let text = String::from_utf8(out.finish().unwrap()).unwrap();
        let expected =
            if octets == 16 { Ok(ASSERTION.to_owned()) } else { Err(Flaw::Undecryptable) };
        assert_eq!(open(&text, &RSA.key), expected, "{octets}");
    }
}

#[test]
fn ciphertext_of_gcm_is_not_taken_for_cbc() {
    let key = secret(32);
    let text = sealed(ASSERTION.as_bytes(), Shape::Element, ContentCipher::Aes256Gcm, &key);
    let (gcm, cbc) = ("2009/xmlenc11#aes256-gcm", "2001/04/xmlenc#aes256-cbc");
    assert_eq!(grafted(&changed(&text, gcm, cbc), &key), Err(Flaw::Undecryptable));
}

#[test]
fn without_randomness_nothing_opens() {
    let text = encrypted_for(&Recipient::of(&RSA.certificate));
    let element = read(&text, Accepts::AUTHENTICATED).unwrap();
    assert_eq!(now(element.open(&RSA.key, &Exhausted)).err(), Some(Flaw::Undecryptable));
}

#[test]
fn what_is_printed_is_no_secret() {
    let key = secret(32);
    let text = sealed(b"<a>plain</a>", Shape::Element, ContentCipher::Aes256Gcm, &key);
    let data = parse(&text).elements().next().unwrap();
    let data = EncryptedData::parse(&data, &BOTH, &mut Budget::MESSAGE.clone()).unwrap();
    let (right, wrong) = (data.decrypt(&key), data.decrypt(&secret(32)));
    assert_eq!(format!("{right:?}"), format!("{wrong:?}"));
    assert!(!format!("{right:?}").contains("plain"));
}
