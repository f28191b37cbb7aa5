//! RSA below 2048 bits, which the product refuses: as much of it as shows that nothing else is wrong with a file.
//!
//! In:  a key of any size, as its DER or its numbers.
//! Out: whether a PKCS #1 v1.5 signature is its own; what was encrypted to it with OAEP.
//! Never: part of the product, nor careful with time: these keys are everybody's.
//!
//! RFC 8017 §5, §7.1.2, §8.2.2, §9.2.

use num_bigint::BigUint;
use symbolon_keys::{BoxFuture, DecryptionKey, Digest, Oaep, PublicKey, SecretKey, Undecryptable};
use symbolon_testkit::RSA;
use zeroize::Zeroizing;

use crate::der;

/// A modulus with the public or the private exponent.
#[derive(Clone)]
pub(crate) struct SmallKey {
    modulus: BigUint,
    exponent: BigUint,
    octets: usize,
    /// What stands in for its public half, where the product wants to see one.
    stand_in: PublicKey,
}

impl SmallKey {
    pub(crate) fn new(modulus: &[u8], exponent: &[u8]) -> Self {
        let modulus = BigUint::from_bytes_be(modulus);
        let octets = usize::try_from(modulus.bits().div_ceil(8)).unwrap_or_default();
        let exponent = BigUint::from_bytes_be(exponent);
        Self { modulus, exponent, octets, stand_in: RSA.public() }
    }

    /// The public key in a certificate or a SubjectPublicKeyInfo.
    pub(crate) fn public(octets: &[u8]) -> Option<Self> {
        let numbers = der::rsa_numbers(octets)?;
        let [modulus, exponent] = numbers.as_slice() else { return None };
        Some(Self::new(modulus, exponent))
    }

    /// The private key in PKCS#8.
    pub(crate) fn private(octets: &[u8]) -> Option<Self> {
        let numbers = der::rsa_numbers(octets)?;
        let [_, modulus, _, private, ..] = numbers.as_slice() else { return None };
        Some(Self::new(modulus, private))
    }

    /// Whether the signature is this key's, by RSASSA-PKCS1-v1_5.
    pub(crate) fn verifies(&self, digest: Digest, message: &[u8], signature: &[u8]) -> bool {
        let info = [digest_info(digest), digest.of(message).as_ref()].concat();
        let padding = self.octets.checked_sub(info.len().saturating_add(3));
        padding.is_some_and(|length| {
            let padding = vec![0xff; length];
            self.power(signature) == [&[0, 1], padding.as_slice(), &[0], &info].concat()
        })
    }

    /// In the width of the modulus.
    fn power(&self, octets: &[u8]) -> Vec<u8> {
        let number = BigUint::from_bytes_be(octets).modpow(&self.exponent, &self.modulus);
        let significant = number.to_bytes_be();
        let mut padded = vec![0; self.octets.saturating_sub(significant.len())];
        padded.extend(significant);
        padded
    }

    fn open(&self, oaep: &Oaep, wrapped: &[u8]) -> Option<Vec<u8>> {
        let encoded = self.power(wrapped);
        let width = oaep.digest.octets();
        let (seed, block) = encoded.strip_prefix(&[0])?.split_at_checked(width)?;
        let seed = masked(seed, oaep.mgf, block);
        let block = masked(block, oaep.mgf, &seed);
        let padded = block.strip_prefix(oaep.digest.of(&oaep.label).as_ref())?;
        let message = padded.get(padded.iter().position(|octet| *octet != 0)?..)?;
        Some(message.strip_prefix(&[1])?.to_vec())
    }
}

/// MGF1 of the seed, laid over the octets.
fn masked(octets: &[u8], digest: Digest, seed: &[u8]) -> Vec<u8> {
    let block = |counter: u32| digest.of(&[seed, &counter.to_be_bytes()].concat());
    let blocks = (0..).map(block);
    let mask = blocks.flat_map(|block| block.as_ref().to_vec());
    octets.iter().zip(mask).map(|(octet, mask)| octet ^ mask).collect()
}

/// What comes before a digest in a signature.
const fn digest_info(digest: Digest) -> &'static [u8] {
    match digest {
        Digest::Sha1 => &[0x30, 33, 0x30, 9, 6, 5, 0x2b, 14, 3, 2, 26, 5, 0, 4, 20],
        Digest::Sha256 => {
            &[0x30, 49, 0x30, 13, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 32]
        }
        Digest::Sha384 => {
            &[0x30, 65, 0x30, 13, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2, 5, 0, 4, 48]
        }
        Digest::Sha512 => {
            &[0x30, 81, 0x30, 13, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3, 5, 0, 4, 64]
        }
    }
}

impl DecryptionKey for SmallKey {
    fn public_key(&self) -> &PublicKey {
        &self.stand_in
    }

    fn decrypt<'a>(
        &'a self,
        oaep: &'a Oaep,
        wrapped: &'a [u8],
    ) -> BoxFuture<'a, Result<SecretKey, Undecryptable>> {
        let plain = self.open(oaep, wrapped).map(|key| SecretKey::new(Zeroizing::new(key)));
        Box::pin(async move { plain.ok_or(Undecryptable) })
    }

    fn agree<'a>(&'a self, _: &'a PublicKey) -> BoxFuture<'a, Result<SecretKey, Undecryptable>> {
        Box::pin(async { Err(Undecryptable) })
    }
}
