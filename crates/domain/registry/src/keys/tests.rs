use symbolon_keys::{SignatureAlgorithm, SystemRandom};

use super::*;

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

fn sealing(octet: u8) -> SealingKey {
    SealingKey::from_octets(&[octet; 32]).unwrap()
}

fn made() -> Vec<StoredObject> {
    make(&RealmId::new("default"), NOW, &sealing(1), &SystemRandom).unwrap()
}

#[test]
fn a_realm_gets_one_active_key_for_each_default() {
    let keys: Vec<_> = made().iter().map(|k| open(k, &sealing(1)).unwrap()).collect();
    let algorithms: Vec<_> = keys.iter().map(|k| k.signer.algorithm()).collect();
    assert_eq!(algorithms, [SignatureAlgorithm::RsaSha256, SignatureAlgorithm::EcdsaSha256]);
    assert!(keys.iter().all(|k| k.state == KeyState::Active));
    let from = keys[0].signer.certificate().validity().not_before;
    assert_eq!(from, NOW.millis());
}

#[test]
fn another_sealing_key_opens_nothing() {
    let failed = open(&made()[1], &sealing(2)).err();
    let needs = sealing(1).id();
    assert_eq!(failed, Some(Unopened::Sealed(Unsealable::OtherKey { needs })));
}

#[test]
fn a_key_in_the_row_of_another_realm_or_id_does_not_open() {
    let mut key = made().remove(1);
    key.key.realm = "other".to_owned();
    assert_eq!(open(&key, &sealing(1)).err(), Some(Unopened::Sealed(Unsealable::Altered)));
    let mut key = made().remove(1);
    key.key.id = "other".to_owned();
    assert_eq!(open(&key, &sealing(1)).err(), Some(Unopened::Sealed(Unsealable::Altered)));
}

#[test]
fn a_certificate_of_another_key_is_refused() {
    let mut keys = made();
    let other: StoredKey = stored::read(&keys[0].body).unwrap();
    let mut key: StoredKey = stored::read(&keys[1].body).unwrap();
    key.certificate = other.certificate;
    keys[1].body = stored::write(&key);
    assert!(matches!(open(&keys[1], &sealing(1)), Err(Unopened::Unreadable(_))));
}

#[test]
fn nothing_private_stands_in_the_object_unsealed() {
    let key = made().remove(1);
    let body: StoredKey = stored::read(&key.body).unwrap();
    let octets =
        sealing(1).open(&sealed_for(&key.key), &STANDARD.decode(&body.sealed).unwrap()).unwrap();
    assert!(!key.body.contains(&STANDARD.encode(&octets)[8..40]));
    assert!(SoftwareKey::from_pkcs8_der(&octets).is_ok());
}
