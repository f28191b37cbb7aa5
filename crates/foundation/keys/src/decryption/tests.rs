use std::sync::LazyLock;
use std::task::{Context, Poll, Waker};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::*;
use crate::digest::Hex;
use crate::{Curve, Digest, EncryptFlaw, EphemeralKey, SoftwareKey, Validity, self_signed};

struct Purpose;

const DIGESTS: [Digest; 4] = [Digest::Sha1, Digest::Sha256, Digest::Sha384, Digest::Sha512];
const RSA_2048: KeyKind = KeyKind::Rsa { bits: 2048 };

static RSA: LazyLock<SoftwareDecryptionKey> =
    LazyLock::new(|| SoftwareDecryptionKey::generate(RSA_2048).unwrap().0);
static OTHER_RSA: LazyLock<SoftwareDecryptionKey> =
    LazyLock::new(|| SoftwareDecryptionKey::generate(RSA_2048).unwrap().0);
static P256: LazyLock<SoftwareDecryptionKey> =
    LazyLock::new(|| SoftwareDecryptionKey::generate(KeyKind::P256).unwrap().0);

fn ready<T>(mut future: BoxFuture<'_, T>) -> T {
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a software key does not wait"),
    }
}

fn decrypt(
    key: &SoftwareDecryptionKey,
    oaep: &Oaep,
    wrapped: &[u8],
) -> Result<Vec<u8>, Undecryptable> {
    ready(key.decrypt(oaep, wrapped)).map(|key| key.octets().to_vec())
}

/// Every pair of hashes, with and without a label.
fn every_oaep() -> impl Iterator<Item = Oaep> {
    let pairs = DIGESTS.into_iter().flat_map(|one| DIGESTS.map(|other| (one, other)));
    pairs.flat_map(|(digest, mgf)| {
        [Vec::new(), b"label".to_vec()].map(|label| Oaep { digest, mgf, label })
    })
}

#[test]
fn what_is_encrypted_with_any_pair_of_hashes_is_read_back_with_that_pair_alone() {
    for oaep in every_oaep() {
        let wrapped = RSA.public_key().encrypt(&oaep, b"0123456789abcdef").unwrap();
        assert_eq!(wrapped.len(), 256);
        for other in every_oaep() {
            let expected =
                if other == oaep { Ok(b"0123456789abcdef".to_vec()) } else { Err(Undecryptable) };
            assert_eq!(decrypt(&RSA, &other, &wrapped), expected, "{oaep:?} {other:?}");
        }
    }
}

#[test]
fn equal_hashes_are_those_of_the_safe_library() {
    use aws_lc_rs::rsa::{
        OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OAEP_SHA384_MGF1SHA384, OAEP_SHA512_MGF1SHA512,
        OaepPublicEncryptingKey, PublicEncryptingKey,
    };
    let public = PublicEncryptingKey::from_der(RSA.public_key().spki_der()).unwrap();
    let public = OaepPublicEncryptingKey::new(public).unwrap();
    for (digest, theirs) in DIGESTS.into_iter().zip([
        &OAEP_SHA1_MGF1SHA1,
        &OAEP_SHA256_MGF1SHA256,
        &OAEP_SHA384_MGF1SHA384,
        &OAEP_SHA512_MGF1SHA512,
    ]) {
        for label in [&b""[..], b"label"] {
            let mut wrapped = [0; 256];
            public.encrypt(theirs, b"secret", &mut wrapped, Some(label)).unwrap();
            let ours = Oaep { digest, mgf: digest, label: label.to_vec() };
            assert_eq!(decrypt(&RSA, &ours, &wrapped), Ok(b"secret".to_vec()));
        }
    }
}

#[test]
fn wrapped_octets_that_were_altered_or_are_for_another_are_refused() {
    let oaep = Oaep::new(Digest::Sha256, Digest::Sha1);
    let wrapped = RSA.public_key().encrypt(&oaep, b"secret").unwrap();
    assert_eq!(decrypt(&OTHER_RSA, &oaep, &wrapped), Err(Undecryptable));
    assert_eq!(decrypt(&P256, &oaep, &wrapped), Err(Undecryptable));
    for at in [0, 1, 100, 255] {
        let mut altered = wrapped.clone();
        altered[at] ^= 1;
        assert_eq!(decrypt(&RSA, &oaep, &altered), Err(Undecryptable), "{at}");
    }
    let longer = [&[0], wrapped.as_slice()].concat();
    for wrong in [&wrapped[1..], &longer, &[], &[0; 256], &[0xff; 256]] {
        assert_eq!(decrypt(&RSA, &oaep, wrong), Err(Undecryptable));
    }
}

#[test]
fn content_beyond_the_modulus_is_not_encrypted() {
    for oaep in every_oaep() {
        let most = 256 - 2 * oaep.digest.octets() - 2;
        let public = RSA.public_key();
        assert_eq!(public.encrypt(&oaep, &vec![1; most + 1]), Err(EncryptFlaw::Length));
        assert_eq!(public.encrypt(&oaep, &[1; 4096]), Err(EncryptFlaw::Length));
        let wrapped = public.encrypt(&oaep, &vec![1; most]).unwrap();
        assert_eq!(decrypt(&RSA, &oaep, &wrapped), Ok(vec![1; most]));
        let wrapped = public.encrypt(&oaep, &[]).unwrap();
        assert_eq!(decrypt(&RSA, &oaep, &wrapped), Ok(Vec::new()));
    }
}

#[test]
fn a_key_on_a_curve_encrypts_nothing() {
    for kind in [KeyKind::P256, KeyKind::P384, KeyKind::P521] {
        let (key, _) = SoftwareDecryptionKey::generate(kind).unwrap();
        let oaep = Oaep::new(Digest::Sha256, Digest::Sha256);
        assert_eq!(key.public_key().encrypt(&oaep, b"secret"), Err(EncryptFlaw::Key));
        assert_eq!(decrypt(&key, &oaep, &[0; 256]), Err(Undecryptable));
    }
}

#[test]
fn the_agreed_secret_is_that_of_rfc_7518() {
    // Appendix C: Bob's key, and the point that Alice sent.
    let bob = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgVEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdyhRANCAATB40nLYexwJIzoAQNMODThuI6+EWHLJa84dB94X8/ExHvJZwjvgJUrU/jSVV/nK4Qe0EWIYosdN4pZSTlQDsnJ";
    let bob = SoftwareDecryptionKey::from_pkcs8_der(&STANDARD.decode(bob).unwrap()).unwrap();
    let x = STANDARD.decode("gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0=").unwrap();
    let y = STANDARD.decode("SLW/xSffzlPWrHEVI30DHM/4egVwt3NQqeUD7nMFpps=").unwrap();
    let numbers = crate::Numbers::Ec { curve: Curve::P256, x: &x, y: &y };
    let alice = PublicKey::from_numbers(numbers).unwrap();
    let agreed = ready(bob.agree(&alice)).unwrap();
    assert_eq!(
        Hex(agreed.octets()).to_string(),
        "9e56d91d817135d372834283bf84269cfb316ea3da806a48f6daa7798cfe90c4"
    );
}

#[test]
fn sender_and_receiver_agree_on_every_curve_and_across_none() {
    for curve in Curve::ALL {
        let (receiver, _) = SoftwareDecryptionKey::generate(curve.into()).unwrap();
        for other in Curve::ALL {
            let sender = EphemeralKey::generate(other.into()).unwrap();
            let sent = sender.public_key().clone();
            let received = ready(receiver.agree(&sent));
            if other == curve {
                let agreed = sender.agree(receiver.public_key()).unwrap();
                assert_eq!(received.unwrap().octets(), agreed.octets());
            } else {
                assert_eq!(received.err(), Some(Undecryptable));
            }
        }
        assert_eq!(ready(receiver.agree(RSA.public_key())).err(), Some(Undecryptable));
        assert_eq!(ready(RSA.agree(receiver.public_key())).err(), Some(Undecryptable));
    }
}

#[test]
fn octets_that_are_no_private_key_of_ours_are_refused() {
    let (_, octets) = SoftwareDecryptionKey::generate(KeyKind::P384).unwrap();
    let longer = [octets.as_der(), &[0]].concat();
    let shorter = &octets.as_der()[1..];
    let spki = RSA.public_key().spki_der();
    for wrong in [&longer, shorter, spki, b"", b"\x30\x00"] {
        let read = SoftwareDecryptionKey::from_pkcs8_der(wrong);
        assert_eq!(read.err(), Some(KeyFlaw::Unsupported));
    }
    let small = KeyKind::Rsa { bits: 1024 };
    let made = SoftwareDecryptionKey::generate(small);
    assert_eq!(made.err(), Some(KeyFlaw::RsaSize { bits: 1024 }));
}

#[test]
fn a_key_survives_its_pem() {
    for kind in [RSA_2048, KeyKind::P256, KeyKind::P384, KeyKind::P521] {
        let (key, octets) = SoftwareDecryptionKey::generate(kind).unwrap();
        let again = SoftwareDecryptionKey::from_pkcs8_pem(&octets.to_pem().unwrap()).unwrap();
        assert_eq!(again.public_key(), key.public_key());
        assert_eq!(key.public_key().kind(), kind);
    }
}

#[test]
fn a_certificate_of_another_key_is_refused() {
    let (signing, octets) = SoftwareKey::generate(KeyKind::P256).unwrap();
    let validity = Validity { not_before: 0, not_after: 1_000_000 };
    let certificate = self_signed("encryption", &signing, validity).unwrap();
    let (other, _) = SoftwareDecryptionKey::generate(KeyKind::P256).unwrap();
    let made = Decryptor::<Purpose>::new("kid".to_owned(), Arc::new(other), certificate.clone());
    assert_eq!(made.err(), Some(KeyFlaw::CertificateOfAnotherKey));
    let own = SoftwareDecryptionKey::from_pkcs8_der(octets.as_der()).unwrap();
    let made = Decryptor::<Purpose>::new("kid".to_owned(), Arc::new(own), certificate).unwrap();
    assert_eq!(made.key().public_key(), made.public_key());
    assert!(format!("{made:?}").starts_with("Decryptor(\"kid\", PublicKey(P256, "));
}
