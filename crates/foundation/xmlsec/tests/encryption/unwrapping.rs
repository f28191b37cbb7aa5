//! Unwrapping says nothing: what does not unwrap is a key all the same.

use std::sync::Mutex;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use symbolon_keys::{DecryptionKey, KeyKind, NoRandomness, SecretKey, SystemRandom};
use symbolon_xml::Writer;
use symbolon_xmlsec::{
    Accepts, Budget, EncryptedKey, Naming, Recipient, SealedKey, SharedSecret, Transport,
};

use crate::support::{
    Drawn, Exhausted, Log, OTHER_P256, OTHER_RSA, P256, P384, Party, RSA, Watched, changed,
    encrypted_for, now, parse, read, secret,
};

fn written(sealed: &SealedKey) -> String {
    let mut out = Writer::new();
    sealed.write(&mut out, Naming::Nothing);
    String::from_utf8(out.finish().unwrap()).unwrap()
}

fn to(party: &Party, key: &SecretKey) -> SealedKey {
    SealedKey::to(party.public(), key, &Transport::usual(party.public().kind())).unwrap()
}

fn parsed(text: &str) -> EncryptedKey {
    EncryptedKey::parse(&parse(text), &Accepts::AUTHENTICATED, &mut Budget::MESSAGE.clone())
        .unwrap()
}

/// The same key with one octet of the wrapped octets changed.
fn damaged(sealed: &SealedKey) -> EncryptedKey {
    let mut octets = sealed.value().to_vec();
    octets[7] ^= 1;
    let (from, to) = (STANDARD.encode(sealed.value()), STANDARD.encode(octets));
    parsed(&changed(&written(sealed), &from, &to))
}

fn unwrapped(key: &EncryptedKey, by: &dyn DecryptionKey, wanted: Option<usize>) -> Vec<u8> {
    now(key.unwrap(by, wanted, &SystemRandom)).unwrap().octets().to_vec()
}

#[test]
fn a_key_that_does_not_unwrap_is_random() {
    let key = secret(32);
    let cases: [(EncryptedKey, &dyn DecryptionKey); 6] = [
        (damaged(&to(&RSA, &key)), &RSA.key),
        (damaged(&to(&P256, &key)), &P256.key),
        (parsed(&written(&to(&RSA, &key))), &OTHER_RSA.key),
        (parsed(&written(&to(&P256, &key))), &OTHER_P256.key),
        (parsed(&written(&to(&P256, &key))), &P384.key),
        (parsed(&written(&to(&P256, &key))), &RSA.key),
    ];
    for (wrapped, by) in &cases {
        for wanted in [Some(16), Some(32), None] {
            let (one, other) = (unwrapped(wrapped, *by, wanted), unwrapped(wrapped, *by, wanted));
            assert_eq!(one.len(), wanted.unwrap_or(32));
            assert_ne!(one, other);
            assert_ne!(one, key.octets());
        }
    }
    let shared = secret(16);
    let wrapped = damaged(&SealedKey::under(SharedSecret(&shared), &key).unwrap());
    let unwrap = |by: &SecretKey| {
        wrapped.unwrap_with(by, Some(32), &SystemRandom).unwrap().octets().to_vec()
    };
    assert_ne!(unwrap(&shared), unwrap(&shared));
    assert_ne!(unwrap(&secret(32)), unwrap(&secret(32)));
}

#[test]
fn a_key_of_another_length_than_wanted_is_random_too() {
    let key = secret(32);
    for party in [&*RSA, &*P256] {
        let wrapped = parsed(&written(&to(party, &key)));
        for octets in [16, 24, 31, 33] {
            let one = unwrapped(&wrapped, &party.key, Some(octets));
            assert_eq!(one.len(), octets);
            assert!(!one.starts_with(&key.octets()[..16]), "cut to length");
        }
        assert_eq!(unwrapped(&wrapped, &party.key, Some(32)), key.octets());
    }
}

#[test]
fn a_key_that_may_serve_anything_has_16_to_64_octets() {
    for octets in [1, 8, 15, 65, 100] {
        let (key, any) = (
            secret(octets),
            unwrapped(&parsed(&written(&to(&RSA, &secret(octets)))), &RSA.key, None),
        );
        assert_eq!(any.len(), 32, "{octets}");
        assert_ne!(any, key.octets());
    }
    for octets in [16, 20, 24, 32, 48, 64] {
        let key = secret(octets);
        assert_eq!(unwrapped(&parsed(&written(&to(&RSA, &key))), &RSA.key, None), key.octets());
    }
}

#[test]
fn the_random_key_is_drawn_before_the_private_key_is_used() {
    let key = secret(32);
    let log = Log::default();
    let unwrap = |wrapped: &EncryptedKey, by: &dyn DecryptionKey| {
        let watched = Watched { key: by, log: &log };
        let unwrapped = now(wrapped.unwrap(&watched, Some(32), &Drawn::new(&log))).unwrap();
        (unwrapped.octets().to_vec(), std::mem::take(&mut *log.lock().unwrap()))
    };
    let (good, bad) = (parsed(&written(&to(&RSA, &key))), damaged(&to(&RSA, &key)));
    assert_eq!(unwrap(&good, &RSA.key), (key.octets().to_vec(), vec!["draw", "decrypt"]));
    assert_eq!(unwrap(&bad, &RSA.key), (vec![1; 32], vec!["draw", "decrypt"]));
    let (good, bad) = (parsed(&written(&to(&P256, &key))), damaged(&to(&P256, &key)));
    assert_eq!(unwrap(&good, &P256.key), (key.octets().to_vec(), vec!["draw", "draw", "agree"]));
    assert_eq!(unwrap(&bad, &P256.key), (vec![1; 32], vec!["draw", "draw", "agree"]));
    assert_eq!(unwrap(&good, &P384.key), (vec![1; 32], vec!["draw", "draw", "agree"]));
}

#[test]
fn without_randomness_no_private_key_is_used() {
    let key = secret(32);
    let log = Log::default();
    for party in [&*RSA, &*P256] {
        let watched = Watched { key: &party.key, log: &log };
        let wrapped = parsed(&written(&to(party, &key)));
        let unwrapped = now(wrapped.unwrap(&watched, Some(32), &Exhausted));
        assert_eq!(unwrapped.err(), Some(NoRandomness));
    }
    let wrapped = parsed(&written(&SealedKey::under(SharedSecret(&key), &key).unwrap()));
    assert_eq!(wrapped.unwrap_with(&key, None, &Exhausted).err(), Some(NoRandomness));
    assert!(log.lock().unwrap().is_empty());
}

#[test]
fn the_private_key_is_used_once_however_many_keys_came_along() {
    let text = encrypted_for(&Recipient::named(RSA.public(), Naming::Nothing));
    let start = text.find("<xenc:EncryptedKey").unwrap();
    let end = text.find("</xenc:EncryptedKey>").unwrap() + "</xenc:EncryptedKey>".len();
    let key = &text[start..end];
    let many = changed(&text, key, &key.repeat(16));
    let log = Mutex::default();
    let watched = Watched { key: &RSA.key, log: &log };
    let element = read(&many, Accepts::AUTHENTICATED).unwrap();
    assert!(now(element.open(&watched, &SystemRandom)).is_ok());
    assert_eq!(*log.lock().unwrap(), ["decrypt"]);
}

#[test]
fn a_key_is_told_whose_it_may_be() {
    let key = secret(32);
    let named = |party: &Party, naming: Naming<'_>| {
        let mut out = Writer::new();
        to(party, &key).write(&mut out, naming);
        parsed(&String::from_utf8(out.finish().unwrap()).unwrap())
    };
    let rsa = named(&RSA, Naming::Certificate(&RSA.certificate));
    assert!(rsa.may_be_for(RSA.public()));
    assert!(!rsa.may_be_for(OTHER_RSA.public()) && !rsa.may_be_for(P256.public()));
    let by_name = named(&RSA, Naming::IssuerSerial(&RSA.certificate));
    assert!(by_name.may_be_for(RSA.public()) && by_name.may_be_for(OTHER_RSA.public()));
    let p256 = named(&P256, Naming::Certificate(&P256.certificate));
    assert!(p256.may_be_for(P256.public()));
    assert!(!p256.may_be_for(OTHER_P256.public()) && !p256.may_be_for(P384.public()));
    let shared = parsed(&written(&SealedKey::under(SharedSecret(&key), &key).unwrap()));
    assert!(!shared.may_be_for(RSA.public()));
    assert!(matches!(RSA.public().kind(), KeyKind::Rsa { .. }));
}
