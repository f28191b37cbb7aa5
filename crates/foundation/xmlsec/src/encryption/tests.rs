//! Equal work: whatever fails, the same is done in the same order.

use std::task::{Context, Poll, Waker};

use symbolon_keys::{
    ContentCipher, DecryptionKey, KeyKind, SecretKey, SoftwareDecryptionKey, SystemRandom,
};
use symbolon_xml::{Document, Limits, QName, Shape, Writer};

use super::work::{self, Step};
use crate::{
    Accepts, Budget, EncryptedData, EncryptedElement, Flaw, Naming, SealedData, SealedKey,
    Transport,
};

const ENCRYPTED: QName = QName::new("t", "urn:example:token", "EncryptedAssertion");

/// An element under one key, and beside it a key that may be another.
fn message(
    plain: &[u8],
    cipher: ContentCipher,
    keys: [&SecretKey; 2],
    receiver: &SoftwareDecryptionKey,
) -> String {
    let [content, sent] = keys;
    let data = SealedData::new(plain, Shape::Element, cipher, content, &SystemRandom).unwrap();
    let transport = Transport::usual(receiver.public_key().kind());
    let sealed = SealedKey::to(receiver.public_key(), sent, &transport).unwrap();
    let mut out = Writer::new();
    out.start(&ENCRYPTED);
    data.write(&mut out, Naming::Nothing);
    sealed.write(&mut out, Naming::Nothing);
    out.end();
    String::from_utf8(out.finish().unwrap()).unwrap()
}

/// What is done to open it, in order.
fn trace(text: &str, key: &SoftwareDecryptionKey) -> (Result<(), Flaw>, Vec<(Step, usize)>) {
    let root = Document::parse(text.as_bytes(), &Limits::MESSAGE).unwrap();
    let accepts = Accepts::AUTHENTICATED.and_cbc();
    let element = EncryptedElement::parse(&root, &accepts, &mut Budget::TOKEN.clone()).unwrap();
    work::take();
    let opened = std::pin::pin!(element.open(key, &SystemRandom));
    let Poll::Ready(opened) = opened.poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("a software key does not wait")
    };
    (opened.map(drop), work::take())
}

/// The same, without what may differ for everybody to see: how long a wrapped key was sent; that AES-GCM leaves nothing of what
/// it does not decrypt; and of AES-CBC the padding, which a wrong key leaves or cuts by chance.
fn comparable(trace: &[(Step, usize)]) -> Vec<(Step, usize)> {
    let mut decrypted = 0;
    let step = |(step, octets): &(Step, usize)| match step {
        Step::Draw => (*step, *octets),
        Step::Unwrap => (*step, 0),
        Step::Decrypt => {
            decrypted = *octets;
            (*step, *octets)
        }
        Step::Parse => {
            let added = decrypted.saturating_sub(*octets); // AES-GCM adds 28 octets, AES-CBC 17 to 32, or 16 where no padding is found
            (*step, usize::from((16..=32).contains(&added) || *octets == 0))
        }
    };
    trace.iter().map(step).collect()
}

fn secret(octets: usize) -> SecretKey {
    SecretKey::generate(octets, &SystemRandom).unwrap()
}

#[derive(Clone, Copy)]
enum Part {
    Content,
    Key,
}

/// The first octet of a value changed; the key stands behind the content.
fn damaged(text: &str, part: Part) -> String {
    let tag = "<xenc:CipherValue>";
    let halves = match part {
        Part::Content => text.split_once(tag),
        Part::Key => text.rsplit_once(tag),
    };
    let (before, after) = halves.unwrap();
    let changed = if after.starts_with('A') { "B" } else { "A" };
    format!("{before}{tag}{changed}{}", &after[1..])
}

#[test]
fn every_failure_costs_the_same() {
    // Not a whole block, so that padding is added and not a block of it.
    let (plain, no_xml) = (b"<a>plain text</a>", b"<a>plain text</b>");
    for kind in [KeyKind::Rsa { bits: 2048 }, KeyKind::P256] {
        let (receiver, _) = SoftwareDecryptionKey::generate(kind).unwrap();
        let (other, _) = SoftwareDecryptionKey::generate(kind).unwrap();
        for cipher in [ContentCipher::Aes256Gcm, ContentCipher::Aes256Cbc] {
            let key = secret(32);
            let good = message(plain, cipher, [&key, &key], &receiver);
            let (opened, expected) = trace(&good, &receiver);
            assert_eq!(opened, Ok(()));
            let steps: Vec<_> = expected.iter().map(|(step, _)| *step).collect();
            assert_eq!(steps, [Step::Draw, Step::Unwrap, Step::Decrypt, Step::Parse]);

            let sending = |plain, sent: &SecretKey| message(plain, cipher, [&key, sent], &receiver);
            let failures = [
                ("not unwrapped", trace(&damaged(&good, Part::Key), &receiver)),
                ("another receiver", trace(&good, &other)),
                ("another key", trace(&sending(plain, &secret(32)), &receiver)),
                ("a shorter key", trace(&sending(plain, &secret(16)), &receiver)),
                ("a longer key", trace(&sending(plain, &secret(64)), &receiver)),
                ("changed content", trace(&damaged(&good, Part::Content), &receiver)),
                ("no XML", trace(&sending(no_xml, &key), &receiver)),
            ];
            for (what, (opened, steps)) in failures {
                assert_eq!(opened, Err(Flaw::Undecryptable), "{cipher:?} {what}");
                assert_eq!(comparable(&steps), comparable(&expected), "{cipher:?} {what}");
                let nothing = matches!(steps.last(), Some((Step::Parse, 0)));
                assert_eq!(nothing, cipher.is_authenticated() && what != "no XML", "{what}");
            }
        }
    }
}

#[test]
fn a_key_that_does_not_fit_the_cipher_costs_what_another_costs() {
    let key = secret(32);
    for cipher in [ContentCipher::Aes256Gcm, ContentCipher::Aes256Cbc] {
        let data = SealedData::new(b"<a></a>", Shape::Element, cipher, &key, &SystemRandom);
        let mut out = Writer::new();
        data.unwrap().write(&mut out, Naming::Nothing);
        let root = Document::parse(&out.finish().unwrap(), &Limits::MESSAGE).unwrap();
        let accepts = Accepts::AUTHENTICATED.and_cbc();
        let data = EncryptedData::parse(&root, &accepts, &mut Budget::TOKEN.clone()).unwrap();
        let done = |octets: usize| {
            work::take();
            assert_eq!(data.decrypt(&secret(octets)).tree().err(), Some(Flaw::Undecryptable));
            comparable(&work::take())
        };
        let expected = done(32);
        assert_eq!(expected.len(), 2);
        for octets in [0, 16, 24, 31, 33, 64] {
            assert_eq!(done(octets), expected, "{cipher:?} {octets}");
        }
    }
}

#[test]
fn names_are_read_as_they_are_written() {
    use symbolon_keys::{Digest, KeyWrap};

    use super::algorithm;

    for name in ["aes128-gcm", "aes192-gcm", "aes256-gcm"] {
        let name = format!("http://www.w3.org/2009/xmlenc11#{name}");
        let cipher = algorithm::cipher(&name).unwrap();
        assert_eq!(algorithm::cipher_identifier(cipher), name);
    }
    for wrap in [KeyWrap::Aes128, KeyWrap::Aes192, KeyWrap::Aes256] {
        assert_eq!(algorithm::wrap(algorithm::wrap_identifier(wrap)), Some(wrap));
    }
    for digest in [Digest::Sha1, Digest::Sha256, Digest::Sha384, Digest::Sha512] {
        assert_eq!(algorithm::mask(algorithm::mask_identifier(digest)), Some(digest));
    }
}
