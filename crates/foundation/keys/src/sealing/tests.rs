use super::*;
use crate::SystemRandom;

const KEY: [u8; 32] = [7; 32];

fn key() -> SealingKey {
    SealingKey::from_octets(&KEY).unwrap()
}

struct Empty;

impl Random for Empty {
    fn fill(&self, _: &mut [u8]) -> Result<(), NoRandomness> {
        Err(NoRandomness)
    }
}

#[test]
fn what_is_altered_anywhere_does_not_open() {
    let sealed = key().seal("account", b"secret", &SystemRandom).unwrap();
    for at in 0..sealed.len() {
        let mut altered = sealed.clone();
        altered[at] ^= 1;
        let expected = match at {
            0 => Unsealable::Version(0),
            1..=8 => Unsealable::OtherKey { needs: SealingKeyId::of(&altered).unwrap() },
            _ => Unsealable::Altered,
        };
        assert_eq!(key().open("account", &altered), Err(expected), "octet {at}");
    }
}

#[test]
fn what_is_cut_short_does_not_open() {
    let sealed = key().seal("account", b"", &SystemRandom).unwrap();
    assert_eq!(sealed.len(), 1 + 8 + 12 + 16);
    for length in 0..sealed.len() {
        assert!(key().open("account", &sealed[..length]).is_err(), "{length} octets");
    }
}

#[test]
fn another_purpose_does_not_open() {
    let sealed = key().seal("signing key", b"secret", &SystemRandom).unwrap();
    for purpose in ["account", "", "signing keys"] {
        assert_eq!(key().open(purpose, &sealed), Err(Unsealable::Altered));
    }
}

#[test]
fn another_key_names_the_one_that_is_needed() {
    let other = SealingKey::from_octets(&[8; 32]).unwrap();
    let sealed = key().seal("account", b"secret", &SystemRandom).unwrap();
    assert_eq!(other.open("account", &sealed), Err(Unsealable::OtherKey { needs: key().id() }));
    assert_eq!(SealingKeyId::of(&sealed), Ok(key().id()));
}

#[test]
fn a_later_version_is_named() {
    assert_eq!(key().open("account", &[2, 0, 0]), Err(Unsealable::Version(2)));
}

#[test]
fn without_randomness_nothing_is_sealed() {
    assert_eq!(key().seal("account", b"secret", &Empty), Err(NoRandomness));
    assert!(SealingKey::generate(&Empty).is_err());
}

#[test]
fn the_key_id_is_not_of_the_key_octets() {
    let id = key().id().to_string();
    assert_ne!(id, "0707070707070707");
    assert!(!crate::digest::Hex(&crate::sha256(&KEY)).to_string().starts_with(&id));
}

#[test]
fn files_of_another_length_are_refused() {
    for wrong in [&b""[..], &[7; 31], &[7; 33], b"BwcHBw==", STANDARD.encode([7; 31]).as_bytes()] {
        assert_eq!(SealingKey::from_file_content(wrong).err(), Some(SealingKeyFlaw));
    }
}

#[test]
fn a_file_holds_raw_octets_or_base64() {
    let line = format!("{}\n", STANDARD.encode(KEY));
    for content in [&KEY[..], line.as_bytes()] {
        assert_eq!(SealingKey::from_file_content(content).unwrap().id(), key().id());
    }
    let (made, line) = SealingKey::generate(&SystemRandom).unwrap();
    assert_eq!(SealingKey::from_file_content(line.as_bytes()).unwrap().id(), made.id());
}

#[test]
fn a_rotation_changes_the_key_and_keeps_the_secret() {
    let new = SealingKey::from_octets(&[8; 32]).unwrap();
    let sealed = key().seal("account", b"secret", &SystemRandom).unwrap();
    assert_eq!(key().open("account", &sealed).unwrap().as_slice(), b"secret");
    let again = new.rewrap("account", &sealed, &key(), &SystemRandom).unwrap();
    assert_eq!(new.open("account", &again).unwrap().as_slice(), b"secret");
    let twice = new.rewrap("account", &again, &key(), &SystemRandom);
    assert_eq!(twice, Err(Unsealable::OtherKey { needs: new.id() }));
}

#[test]
fn two_seals_of_one_secret_differ() {
    let seal = || key().seal("account", b"secret", &SystemRandom).unwrap();
    assert_ne!(seal(), seal());
}
