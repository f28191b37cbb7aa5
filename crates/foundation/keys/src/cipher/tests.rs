use super::ContentCipher::{Aes128Cbc, Aes128Gcm, Aes192Cbc, Aes192Gcm, Aes256Cbc, Aes256Gcm};
use super::*;
use crate::SystemRandom;
use crate::digest::Hex;

const ALL: [ContentCipher; 6] = [Aes128Gcm, Aes192Gcm, Aes256Gcm, Aes128Cbc, Aes192Cbc, Aes256Cbc];
const CBC: [ContentCipher; 3] = [Aes128Cbc, Aes192Cbc, Aes256Cbc];
const GCM: [ContentCipher; 3] = [Aes128Gcm, Aes192Gcm, Aes256Gcm];

/// 00 01 02 …
struct Counting;

impl Random for Counting {
    fn fill(&self, out: &mut [u8]) -> Result<(), NoRandomness> {
        out.iter_mut().zip(0..).for_each(|(to, octet)| *to = octet);
        Ok(())
    }
}

struct Dry;

impl Random for Dry {
    fn fill(&self, _: &mut [u8]) -> Result<(), NoRandomness> {
        Err(NoRandomness)
    }
}

fn key(octets: usize) -> SecretKey {
    SecretKey::generate(octets, &Counting).unwrap()
}

/// Encrypts whole blocks as they are, padding and all.
fn raw(cipher: ContentCipher, blocks: &[u8]) -> Vec<u8> {
    let Mode::Cbc(algorithm) = cipher.mode() else { panic!("AES-CBC") };
    let key = key(cipher.key_octets());
    let key = EncryptingKey::cbc(UnboundCipherKey::new(algorithm, key.octets()).unwrap()).unwrap();
    let mut content = blocks.to_vec();
    let iv = EncryptionContext::Iv128(FixedLength::from([9; BLOCK]));
    key.less_safe_encrypt(&mut content, iv).unwrap();
    [[9; BLOCK].as_slice(), &content].concat()
}

#[test]
fn known_answers() {
    // openssl enc -nopad with the padding written out; AES-GCM by python3-cryptography.
    for (cipher, plain, expected) in [
        (
            Aes128Cbc,
            "secret content!!",
            "775eb865d626deaa09118389b5875af2e72d65201b48ed07d562ddbed5a4e530",
        ),
        (Aes128Cbc, "secret", "8233935e9915180ef0d748e3b7623a12"),
        (
            Aes192Cbc,
            "secret content!!",
            "0f9dcceab14dfbca992d7c920dbbc53e0205dd3a5e98fade2e2c2624ff895dd0",
        ),
        (Aes192Cbc, "secret", "8fb5db54b9791bf7734cc116ae22fd03"),
        (
            Aes256Cbc,
            "secret content!!",
            "525b98f72f1fc89e4fce6da92d7869aca0459ab1d425b6b53c3fd77b94894d97",
        ),
        (Aes256Cbc, "secret", "376f32b2783fda8a3ee0ef9f5720448b"),
        (
            Aes128Gcm,
            "secret content!!",
            "e009c4bc036fd73724bc15ef58d751291383a09a6f9ea2bdc51866689f487a36",
        ),
        (
            Aes192Gcm,
            "secret content!!",
            "959c41e9fccde96dbf5da8e791ddfd5136cf6b639270454ba8fe7c1a8cc0a218",
        ),
        (
            Aes256Gcm,
            "secret content!!",
            "3467b569a091e278e22fe3eedf9d594caf7c187ecd1c28c243887536f9784d66",
        ),
    ] {
        let made = cipher.encrypt(&key(cipher.key_octets()), plain.as_bytes(), &Counting).unwrap();
        let iv = if cipher.is_authenticated() { 12 } else { 16 };
        assert_eq!(Hex(&made[iv..]).to_string(), expected, "{cipher:?}");
        assert_eq!(made[..iv], (0..16).collect::<Vec<u8>>()[..iv]);
    }
}

#[test]
fn what_is_encrypted_is_read_back_whatever_its_length() {
    for cipher in ALL {
        let key = SecretKey::generate(cipher.key_octets(), &SystemRandom).unwrap();
        for length in [0, 1, 15, 16, 17, 31, 32, 1000] {
            let plain: Vec<u8> = (0..=u8::MAX).cycle().take(length).collect();
            let made = cipher.encrypt(&key, &plain, &SystemRandom).unwrap();
            let read = cipher.decrypt(&key, &made);
            assert!(read.sound);
            assert_eq!(*read.octets, plain, "{cipher:?} {length}");
        }
    }
}

#[test]
fn altered_content_does_not_decrypt_under_gcm() {
    for cipher in GCM {
        let key = key(cipher.key_octets());
        let made = cipher.encrypt(&key, b"secret content", &SystemRandom).unwrap();
        for at in 0..made.len() {
            let mut altered = made.clone();
            altered[at] ^= 1;
            let read = cipher.decrypt(&key, &altered);
            assert!(!read.sound && read.octets.is_empty(), "{cipher:?} {at}");
        }
        for length in 0..made.len() {
            assert!(!cipher.decrypt(&key, &made[..length]).sound);
        }
    }
}

#[test]
fn bad_padding_leaves_the_whole_buffer() {
    for cipher in CBC {
        let key = key(cipher.key_octets());
        for last in [0, 17, 18, 32, 0x7f, 0xff] {
            let mut blocks = [b'x'; 48];
            blocks[47] = last;
            let read = cipher.decrypt(&key, &raw(cipher, &blocks));
            assert!(!read.sound);
            assert_eq!(*read.octets, blocks, "{cipher:?} {last}");
        }
    }
}

#[test]
fn only_the_last_octet_of_padding_counts() {
    for cipher in CBC {
        let key = key(cipher.key_octets());
        for last in 1..=16_u8 {
            let mut blocks = [b'x'; 32];
            blocks[31] = last;
            let read = cipher.decrypt(&key, &raw(cipher, &blocks));
            assert!(read.sound);
            assert_eq!(*read.octets, blocks[..32 - usize::from(last)], "{cipher:?} {last}");
        }
    }
}

#[test]
fn octets_that_are_no_whole_blocks_decrypt_to_nothing() {
    for cipher in CBC {
        let key = key(cipher.key_octets());
        for length in [0, 1, 15, 16, 17, 31, 33, 47] {
            let read = cipher.decrypt(&key, &vec![0; length]);
            assert!(!read.sound && read.octets.is_empty(), "{cipher:?} {length}");
        }
    }
}

#[test]
fn a_key_of_another_length_neither_encrypts_nor_decrypts() {
    for cipher in ALL {
        let made = cipher.encrypt(&key(cipher.key_octets()), &[0; 32], &SystemRandom).unwrap();
        for length in [0, 1, 15, 16, 24, 32, 33, 64] {
            if length == cipher.key_octets() {
                continue;
            }
            let refused = cipher.encrypt(&key(length), b"plain", &SystemRandom);
            assert_eq!(refused, Err(EncryptFlaw::Key), "{cipher:?} {length}");
            let read = cipher.decrypt(&key(length), &made);
            assert!(!read.sound && read.octets.is_empty());
        }
    }
}

#[test]
fn another_key_does_not_decrypt_under_gcm() {
    for cipher in GCM {
        let made = cipher.encrypt(&key(cipher.key_octets()), b"plain", &SystemRandom).unwrap();
        let other = SecretKey::generate(cipher.key_octets(), &SystemRandom).unwrap();
        assert!(!cipher.decrypt(&other, &made).sound);
    }
}

#[test]
fn nothing_is_encrypted_without_randomness() {
    for cipher in ALL {
        let refused = cipher.encrypt(&key(cipher.key_octets()), b"plain", &Dry);
        assert_eq!(refused, Err(EncryptFlaw::NoRandomness(NoRandomness)));
    }
}

#[test]
fn the_same_content_is_never_encrypted_alike() {
    for cipher in ALL {
        let key = key(cipher.key_octets());
        let [one, other] = [(); 2].map(|()| cipher.encrypt(&key, b"plain", &SystemRandom).unwrap());
        assert_ne!(one, other);
    }
}
