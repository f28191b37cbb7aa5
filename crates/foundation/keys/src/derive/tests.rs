use super::*;
use crate::digest::Hex;

fn hex(key: &SecretKey) -> String {
    Hex(key.octets()).to_string()
}

/// RFC 7518 appendix C.
const AGREED: [u8; 32] = [
    158, 86, 217, 29, 129, 113, 53, 211, 114, 131, 66, 131, 191, 132, 38, 156, 251, 49, 110, 163,
    218, 128, 106, 72, 246, 218, 167, 121, 140, 254, 144, 196,
];
const INFO: &[u8] = b"\0\0\0\x07A128GCM\0\0\0\x05Alice\0\0\0\x03Bob\0\0\0\x80";

#[test]
fn concat_kdf_is_that_of_rfc_7518() {
    let key = concat_kdf(Digest::Sha256, &AGREED, INFO, 16).unwrap();
    let expected = [86, 170, 141, 234, 248, 35, 109, 32, 92, 34, 40, 205, 113, 167, 16, 26];
    assert_eq!(key.octets(), expected);
}

#[test]
fn concat_kdf_counts_its_rounds() {
    // Computed with Python's hashlib: 64 octets from 00…1f and the information 00 'other'.
    let secret: Vec<u8> = (0..32).collect();
    for (digest, expected) in [
        (
            Digest::Sha1,
            "f7a6434eb9cc4201e755cf834620a4d905157a670ebe16548f367b975ef34060\
             5b7a5fb0bee1bb0ee550258c1100ecffe252f6433eaf19d9fe4b5259f926ec2c",
        ),
        (
            Digest::Sha256,
            "3e3f69a1247327371762be740d25cf754f55df353b4780a063dc038859cc25fc\
             07971fc9c58e20d35530d61eb5cc00fe2f71e08e93dcb38237f4caa525024edb",
        ),
        (
            Digest::Sha384,
            "555f14c4219a410a601ab538a96b2355ef5a90ba6bc3b806a3b15fde94f0c659\
             9e9a20182b771a8a28a9f65c00289f21b2eb0f04861a535c5310d5e359867112",
        ),
        (
            Digest::Sha512,
            "48a6505cd399c35647fd07e15b85c3540159f90b29c50de3ff681507c5ace82c\
             fb750aa7441a13252eaa43e26750aec0304c396ab03fcecf3552ac1ead5110b3",
        ),
    ] {
        let key = concat_kdf(digest, &secret, b"\0other", 64).unwrap();
        assert_eq!(hex(&key), expected);
        let shorter = concat_kdf(digest, &secret, b"\0other", 17).unwrap();
        assert_eq!(shorter.octets(), &key.octets()[..17]);
    }
}

#[test]
fn p_sha1_is_that_of_rfc_2246() {
    // Computed with Python's hmac: the secret 00…0f, and the seed label ‖ nonce 10…1f.
    let secret: Vec<u8> = (0..16).collect();
    let nonce: Vec<u8> = (16..32).collect();
    let label = b"WS-SecureConversationWS-SecureConversation";
    let key = p_sha1(&secret, &[label, &nonce], 48).unwrap();
    assert_eq!(
        hex(&key),
        "13f65702a984b7195684c5d2b79c68e629476d151b8495110c4c74b917163a28\
         119afaf67083ff5aef13556236ff0926"
    );
    let longest = p_sha1(&secret, &[label, &nonce], 512).unwrap();
    assert_eq!(Hex(&longest.octets()[504..]).to_string(), "8487857b27e989f2");
    assert_eq!(&longest.octets()[..48], key.octets());
    let whole = p_sha1(&secret, &[&[label, nonce.as_slice()].concat()], 48).unwrap();
    assert_eq!(whole.octets(), key.octets());
    let empty = p_sha1(b"", &[], 20).unwrap();
    assert_eq!(hex(&empty), "5f03b77221a9c5bbe7f313f2dce44697f8d406b0");
}

#[test]
fn keys_that_are_empty_or_too_long_are_not_derived() {
    for octets in [0, 65, 1024, usize::MAX] {
        let made = concat_kdf(Digest::Sha256, &AGREED, INFO, octets);
        assert_eq!(made.err(), Some(UnusableLength), "{octets}");
    }
    for octets in [0, 513, 1 << 20, usize::MAX] {
        let made = p_sha1(&AGREED, &[b"label", b"nonce"], octets);
        assert_eq!(made.err(), Some(UnusableLength), "{octets}");
    }
}

#[test]
fn a_key_depends_on_all_that_it_is_derived_from() {
    let key = |secret: &[u8], info: &[u8]| concat_kdf(Digest::Sha256, secret, info, 32).unwrap();
    let one = key(b"secret", b"info");
    for other in [key(b"secrets", b"info"), key(b"secret", b"inf"), key(b"secret", b"")] {
        assert_ne!(one.octets(), other.octets());
    }
    let key = |secret: &[u8], seed: &[&[u8]]| p_sha1(secret, seed, 32).unwrap();
    let one = key(b"secret", &[b"label", b"nonce"]);
    for other in [
        key(b"secrets", &[b"label", b"nonce"]),
        key(b"secret", &[b"label"]),
        key(b"secret", &[b"nonce", b"label"]),
        key(b"secretlabel", &[b"nonce"]),
    ] {
        assert_ne!(one.octets(), other.octets());
    }
}
