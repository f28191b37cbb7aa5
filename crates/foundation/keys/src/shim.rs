//! The two primitives that aws-lc-rs does not expose, from the library underneath: RSA-OAEP with
//! unequal hashes, and AES key wrap under 192 bits.
//!
//! In:  octets of keys that aws-lc-rs has accepted before; plain or wrapped octets.
//! Out: wrapped or plain octets; `None` for every failure.
//! Never: a pointer beyond this file; RSA with another padding than OAEP; more than these two.
//!
//! All of our `unsafe` is here. What the C functions ask for and give was read in aws-lc at the
//! commit that aws-lc-sys 0.47.0 names: crypto/fipsmodule/evp/p_rsa.c, crypto/evp_extra/evp_asn1.c,
//! crypto/fipsmodule/aes/key_wrap.c. RFC 8017 §7.1, RFC 3394 §2.2.

#![expect(unsafe_code, reason = "calls into aws-lc that aws-lc-rs has no safe form of")]

use std::ffi::c_int;
use std::ptr::{NonNull, null, null_mut};

use aws_lc_sys::{
    AES_KEY, AES_set_decrypt_key, AES_set_encrypt_key, AES_unwrap_key, AES_wrap_key, CBS, EVP_MD,
    EVP_PKEY, EVP_PKEY_CTX, EVP_PKEY_CTX_free, EVP_PKEY_CTX_new, EVP_PKEY_CTX_set_rsa_mgf1_md,
    EVP_PKEY_CTX_set_rsa_oaep_md, EVP_PKEY_CTX_set_rsa_padding, EVP_PKEY_CTX_set0_rsa_oaep_label,
    EVP_PKEY_RSA, EVP_PKEY_decrypt, EVP_PKEY_decrypt_init, EVP_PKEY_encrypt, EVP_PKEY_encrypt_init,
    EVP_PKEY_free, EVP_PKEY_id, EVP_PKEY_size, EVP_parse_private_key, EVP_parse_public_key,
    EVP_sha1, EVP_sha256, EVP_sha384, EVP_sha512, OPENSSL_free, OPENSSL_malloc,
    RSA_PKCS1_OAEP_PADDING,
};
use zeroize::{Zeroize, Zeroizing};

use crate::{Digest, Oaep};

/// What the C functions return when they did what was asked.
const DONE: c_int = 1;

/// An RSA key, public or private, for OAEP alone.
pub(crate) struct RsaKey(NonNull<EVP_PKEY>);

// SAFETY: an EVP_PKEY is not bound to the thread that made it; its count of references is atomic.
unsafe impl Send for RsaKey {}
// SAFETY: include/openssl/evp.h: an EVP_PKEY may be used by several threads at once by functions
// that do not change it. After `parse` nothing changes it: EVP_PKEY_CTX_new counts a reference,
// EVP_PKEY_encrypt and EVP_PKEY_decrypt read the key, and the RSA inside locks what it caches.
unsafe impl Sync for RsaKey {}

impl Drop for RsaKey {
    fn drop(&mut self) {
        // SAFETY: the pointer came from `parse`, which owned it, and is given back once, here.
        unsafe { EVP_PKEY_free(self.0.as_ptr()) }
    }
}

impl RsaKey {
    /// From a SubjectPublicKeyInfo.
    pub(crate) fn public(spki: &[u8]) -> Option<Self> {
        // SAFETY: the function reads a CBS over octets that outlive the call, and returns a key of
        // the caller's or NULL.
        Self::parse(spki, |input| unsafe { EVP_parse_public_key(input) })
    }

    /// From PKCS#8.
    pub(crate) fn private(pkcs8: &[u8]) -> Option<Self> {
        // SAFETY: as for `public`.
        Self::parse(pkcs8, |input| unsafe { EVP_parse_private_key(input) })
    }

    fn parse(octets: &[u8], by: impl FnOnce(&mut CBS) -> *mut EVP_PKEY) -> Option<Self> {
        let mut input = CBS { data: octets.as_ptr(), len: octets.len() };
        let key = Self(NonNull::new(by(&mut input))?);
        // SAFETY: the key is alive; its id is read.
        let id = unsafe { EVP_PKEY_id(key.0.as_ptr()) };
        (id == EVP_PKEY_RSA && input.len == 0).then_some(key)
    }

    /// Octets of the modulus, hence of whatever is encrypted.
    fn size(&self) -> Option<usize> {
        // SAFETY: the key is alive; its size is read.
        usize::try_from(unsafe { EVP_PKEY_size(self.0.as_ptr()) }).ok()
    }

    /// Encrypts `plain`, which must be shorter than the modulus by two hashes and two octets.
    pub(crate) fn encrypt(&self, oaep: &Oaep, plain: &[u8]) -> Option<Vec<u8>> {
        let operation = Operation::new(self)?;
        // SAFETY: the context is alive, and its key is RSA.
        if unsafe { EVP_PKEY_encrypt_init(operation.0.as_ptr()) } != DONE {
            return None;
        }
        operation.pad(oaep)?;
        let mut out = vec![0; self.size()?];
        let mut length = out.len();
        // SAFETY: `out` has room for `length` octets, as the function is told and demands, and
        // `plain` has `plain.len()`; neither moves during the call.
        let done = unsafe {
            EVP_PKEY_encrypt(
                operation.0.as_ptr(),
                out.as_mut_ptr(),
                &mut length,
                plain.as_ptr(),
                plain.len(),
            )
        };
        (done == DONE && length == out.len()).then_some(out)
    }

    /// Decrypts, under a private key.
    pub(crate) fn decrypt(&self, oaep: &Oaep, wrapped: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let operation = Operation::new(self)?;
        // SAFETY: the context is alive, and its key is RSA.
        if unsafe { EVP_PKEY_decrypt_init(operation.0.as_ptr()) } != DONE {
            return None;
        }
        operation.pad(oaep)?;
        let mut out = Zeroizing::new(vec![0; self.size()?]);
        if wrapped.len() != out.len() {
            return None; // RFC 8017 §7.1.2, step 1b
        }
        let mut length = out.len();
        // SAFETY: as in `encrypt`. A key without a private half is refused by the function.
        let done = unsafe {
            EVP_PKEY_decrypt(
                operation.0.as_ptr(),
                out.as_mut_ptr(),
                &mut length,
                wrapped.as_ptr(),
                wrapped.len(),
            )
        };
        if done != DONE || length > out.len() {
            return None;
        }
        out.truncate(length);
        Some(out)
    }
}

/// One encryption or decryption under a key.
struct Operation(NonNull<EVP_PKEY_CTX>);

impl Drop for Operation {
    fn drop(&mut self) {
        // SAFETY: the pointer came from `new`, which owned it, and is given back once, here.
        unsafe { EVP_PKEY_CTX_free(self.0.as_ptr()) }
    }
}

impl Operation {
    fn new(key: &RsaKey) -> Option<Self> {
        // SAFETY: the key is alive, and the context counts a reference to it; no engine is meant.
        let context = unsafe { EVP_PKEY_CTX_new(key.0.as_ptr(), null_mut()) };
        NonNull::new(context).map(Self)
    }

    /// Sets the padding, after the operation was begun.
    fn pad(&self, oaep: &Oaep) -> Option<()> {
        let context = self.0.as_ptr();
        let (digest, mgf) = (primitive(oaep.digest), primitive(oaep.mgf));
        // SAFETY: the context is alive; the hashes are static.
        let done = unsafe {
            EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) == DONE
                && EVP_PKEY_CTX_set_rsa_oaep_md(context, digest) == DONE
                && EVP_PKEY_CTX_set_rsa_mgf1_md(context, mgf) == DONE
        };
        if !done {
            return None;
        }
        if oaep.label.is_empty() { Some(()) } else { self.label(&oaep.label) }
    }

    /// Sets a label that is not empty. Without one, a context has the empty label.
    fn label(&self, label: &[u8]) -> Option<()> {
        // SAFETY: any size may be asked for; NULL is refused below.
        let copy = NonNull::new(unsafe { OPENSSL_malloc(label.len()) })?.cast::<u8>();
        // SAFETY: `copy` is new, of `label.len()` octets, and overlaps nothing.
        unsafe { copy.as_ptr().copy_from_nonoverlapping(label.as_ptr(), label.len()) };
        // SAFETY: the context is alive. If it takes the label, it frees it with OPENSSL_free.
        let done = unsafe {
            EVP_PKEY_CTX_set0_rsa_oaep_label(self.0.as_ptr(), copy.as_ptr(), label.len())
        };
        if done != DONE {
            // SAFETY: the label was not taken, and is freed once, here.
            unsafe { OPENSSL_free(copy.as_ptr().cast()) };
            return None;
        }
        Some(())
    }
}

fn primitive(digest: Digest) -> *const EVP_MD {
    // SAFETY: these functions take nothing and return statics.
    unsafe {
        match digest {
            Digest::Sha1 => EVP_sha1(),
            Digest::Sha256 => EVP_sha256(),
            Digest::Sha384 => EVP_sha384(),
            Digest::Sha512 => EVP_sha512(),
        }
    }
}

/// What key wrap adds.
const ADDED: usize = 8;

/// An expanded AES key, zeroized when dropped. In a box, for whatever moves leaves a copy.
struct Schedule(Box<AES_KEY>);

impl Drop for Schedule {
    fn drop(&mut self) {
        self.0.rd_key.zeroize();
    }
}

impl Schedule {
    fn new(
        key: &[u8],
        expand: unsafe extern "C" fn(*const u8, u32, *mut AES_KEY) -> c_int,
    ) -> Option<Self> {
        let bits = u32::try_from(key.len().checked_mul(8)?).ok()?;
        let mut schedule = Self(Box::default());
        // SAFETY: `key` has `bits` bits, and any other number than 128, 192 and 256 is refused; the
        // schedule is written, and is a plain value.
        let failed = unsafe { expand(key.as_ptr(), bits, &mut *schedule.0) };
        (failed == 0).then_some(schedule)
    }
}

/// Wraps `key` under `by`, which has 16, 24 or 32 octets.
pub(crate) fn wrap_key(by: &[u8], key: &[u8]) -> Option<Vec<u8>> {
    let schedule = Schedule::new(by, AES_set_encrypt_key)?;
    let mut out = vec![0; key.len().checked_add(ADDED)?];
    // SAFETY: the schedule was expanded for encryption; NULL is the standard's initial value; `out`
    // has room for 8 octets more than `key`. Lengths outside the standard are refused, with -1.
    let length =
        unsafe { AES_wrap_key(&*schedule.0, null(), out.as_mut_ptr(), key.as_ptr(), key.len()) };
    (usize::try_from(length) == Ok(out.len())).then_some(out)
}

/// Unwraps what was wrapped under `by`, which has 16, 24 or 32 octets.
pub(crate) fn unwrap_key(by: &[u8], wrapped: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let schedule = Schedule::new(by, AES_set_decrypt_key)?;
    let mut out = Zeroizing::new(vec![0; wrapped.len().checked_sub(ADDED)?]);
    // SAFETY: as in `wrap_key`, the schedule being for decryption and `out` 8 octets shorter.
    let length = unsafe {
        AES_unwrap_key(&*schedule.0, null(), out.as_mut_ptr(), wrapped.as_ptr(), wrapped.len())
    };
    (usize::try_from(length) == Ok(out.len())).then_some(out)
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::{KeyKind, SigningKey as _, SoftwareKey};

    fn oaep() -> Oaep {
        Oaep { digest: Digest::Sha256, mgf: Digest::Sha1, label: b"label".to_vec() }
    }

    #[test]
    fn keys_of_other_kinds_and_octets_after_a_key_are_refused() {
        for kind in [KeyKind::Rsa { bits: 2048 }, KeyKind::P256] {
            let (key, octets) = SoftwareKey::generate(kind).unwrap();
            let (private, public) = (octets.as_der(), key.public_key().spki_der());
            let rsa = kind.curve().is_none();
            assert_eq!(RsaKey::private(private).is_some(), rsa);
            assert_eq!(RsaKey::public(public).is_some(), rsa);
            for wrong in [&[private, &[0]].concat(), &private[1..], public, &[]] {
                assert!(RsaKey::private(wrong).is_none());
            }
            for wrong in [&[public, &[0]].concat(), &public[1..], private, &[]] {
                assert!(RsaKey::public(wrong).is_none());
            }
        }
    }

    #[test]
    fn a_public_key_decrypts_nothing() {
        let (key, _) = SoftwareKey::generate(KeyKind::Rsa { bits: 2048 }).unwrap();
        let public = RsaKey::public(key.public_key().spki_der()).unwrap();
        let wrapped = public.encrypt(&oaep(), b"secret").unwrap();
        assert!(public.decrypt(&oaep(), &wrapped).is_none());
    }

    #[test]
    fn several_threads_use_one_key() {
        let (key, octets) = SoftwareKey::generate(KeyKind::Rsa { bits: 2048 }).unwrap();
        let public = RsaKey::public(key.public_key().spki_der()).unwrap();
        let private = RsaKey::private(octets.as_der()).unwrap();
        let (public, private) = (&public, &private);
        thread::scope(|scope| {
            for number in 0..8_u8 {
                scope.spawn(move || {
                    for _ in 0..16 {
                        let wrapped = public.encrypt(&oaep(), &[number; 32]).unwrap();
                        let plain = private.decrypt(&oaep(), &wrapped).unwrap();
                        assert_eq!(*plain, [number; 32]);
                    }
                });
            }
        });
    }

    #[test]
    fn an_aes_key_of_another_length_wraps_nothing() {
        for length in [0, 1, 15, 17, 23, 31, 33, 64] {
            assert!(wrap_key(&vec![0; length], &[0; 16]).is_none(), "{length}");
            assert!(unwrap_key(&vec![0; length], &[0; 24]).is_none(), "{length}");
        }
    }
}
