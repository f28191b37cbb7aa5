use super::MacAlgorithm::{HmacSha1, HmacSha256, HmacSha384, HmacSha512};
use super::*;
use crate::SystemRandom;
use crate::digest::Hex;

fn key(octets: &[u8]) -> SecretKey {
    SecretKey::new(Zeroizing::new(octets.to_vec()))
}

#[test]
fn codes_are_those_of_rfc_4231_and_rfc_2202() {
    let (jefe, question) = (key(b"Jefe"), b"what do ya want for nothing?"); // test case 2 of both
    for (algorithm, expected) in [
        (HmacSha1, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
        (HmacSha256, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (
            HmacSha384,
            "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e\
             8e2240ca5e69e2c78b3239ecfab21649",
        ),
        (
            HmacSha512,
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554\
             9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
        ),
    ] {
        let mac = jefe.mac(algorithm, question);
        assert_eq!(Hex(mac.as_ref()).to_string(), expected);
        assert_eq!(mac.as_ref().len(), algorithm.digest().octets());
        assert_eq!(jefe.verify_mac(algorithm, question, mac.as_ref()), Ok(()));
    }
}

#[test]
fn a_code_of_another_length_is_refused() {
    let key = key(&[7; 32]);
    for algorithm in [HmacSha1, HmacSha256, HmacSha384, HmacSha512] {
        let mac = key.mac(algorithm, b"message");
        let whole = mac.as_ref();
        for length in 0..whole.len() {
            assert_eq!(
                key.verify_mac(algorithm, b"message", &whole[..length]),
                Err(BadSignature),
                "{algorithm:?} {length}"
            );
        }
        let longer = [whole, &[0]].concat();
        assert_eq!(key.verify_mac(algorithm, b"message", &longer), Err(BadSignature));
    }
}

#[test]
fn a_code_of_another_message_key_or_algorithm_is_refused() {
    let (one, other) = (key(&[1; 32]), key(&[2; 32]));
    let mac = one.mac(HmacSha256, b"message");
    assert_eq!(one.verify_mac(HmacSha256, b"massage", mac.as_ref()), Err(BadSignature));
    assert_eq!(other.verify_mac(HmacSha256, b"message", mac.as_ref()), Err(BadSignature));
    assert_eq!(one.verify_mac(HmacSha384, b"message", mac.as_ref()), Err(BadSignature));
    for at in 0..32 {
        let mut altered = mac.as_ref().to_vec();
        altered[at] ^= 0x80;
        assert_eq!(one.verify_mac(HmacSha256, b"message", &altered), Err(BadSignature));
    }
}

#[test]
fn an_empty_key_authenticates_nothing() {
    let empty = key(&[]);
    assert!(empty.is_empty());
    for algorithm in [HmacSha1, HmacSha256, HmacSha384, HmacSha512] {
        let mac = empty.mac(algorithm, b"message");
        assert_eq!(empty.verify_mac(algorithm, b"message", mac.as_ref()), Err(BadSignature));
    }
}

#[test]
fn a_part_outside_or_an_empty_one_is_no_key() {
    let key = key(b"0123456789");
    let from_behind = Range { start: 7, end: 3 };
    for range in [0..11, 10..11, 4..4, from_behind, usize::MAX - 1..usize::MAX] {
        assert!(key.part(range.clone()).is_none(), "{range:?}");
    }
    assert_eq!(key.part(3..7).unwrap().octets(), b"3456");
    assert_eq!(key.part(0..10).unwrap().octets(), key.octets());
}

#[test]
fn new_keys_differ_and_without_randomness_there_is_none() {
    struct Dry;
    impl Random for Dry {
        fn fill(&self, _: &mut [u8]) -> Result<(), NoRandomness> {
            Err(NoRandomness)
        }
    }
    assert_eq!(SecretKey::generate(32, &Dry).err(), Some(NoRandomness));
    let [one, other] = [(); 2].map(|()| SecretKey::generate(32, &SystemRandom).unwrap());
    assert_eq!((one.len(), other.len()), (32, 32));
    assert_ne!(one.octets(), other.octets());
}
