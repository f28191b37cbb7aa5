//! The floors of cryptography: one signature, one verification, by the library alone.
//!
//! In:  how long to measure.
//! Out: processor time of each operation.
//! Never: our own code around it, and no key that is parsed for each operation: whoever does that pays twice.
//!
//! A slow floor would flatter the ratio, so that RSA is held against `openssl speed rsa2048` of the same run.

use std::process::Command;
use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
    ParsedPublicKey, RSA_PKCS1_SHA256,
};

use crate::clock::moment;
use crate::flows::Flow;
use crate::{Failure, cpu};

/// What is signed: as long as a `ds:SignedInfo`.
const MESSAGE: [u8; 400] = [b'x'; 400];

/// Keys that are parsed once and held ready.
pub(crate) struct Keys {
    random: SystemRandom,
    rsa: KeyPair,
    p256: EcdsaKeyPair,
    p256_public: ParsedPublicKey,
    signature: Vec<u8>,
}

/// Microseconds of one operation.
pub(crate) struct Costs {
    pub(crate) rsa_sign: f64,
    pub(crate) p256_sign: f64,
    pub(crate) p256_verify: f64,
}

impl Keys {
    pub(crate) fn generate() -> Result<Self, Failure> {
        let random = SystemRandom::new();
        let rsa = KeyPair::generate(KeySize::Rsa2048)?;
        let p256 = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?;
        let public = p256.public_key().as_ref();
        let p256_public =
            ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, public).map_err(|e| e.to_string())?;
        let signature = p256.sign(&random, &MESSAGE)?.as_ref().to_vec();
        Ok(Self { random, rsa, p256, p256_public, signature })
    }

    /// What the library does for one request of a flow.
    pub(crate) fn once(&self, flow: Flow) -> Result<(), Failure> {
        match flow {
            Flow::A => {
                let mut signed = vec![0; self.rsa.public_modulus_len()];
                Ok(self.rsa.sign(&RSA_PKCS1_SHA256, &self.random, &MESSAGE, &mut signed)?)
            }
            Flow::B => {
                self.p256.sign(&self.random, &MESSAGE)?;
                Ok(())
            }
            Flow::C => {
                self.p256_public.verify_sig(&MESSAGE, &self.signature)?;
                self.p256.sign(&self.random, &MESSAGE)?;
                Ok(())
            }
        }
    }

    /// Measures each operation for a third of the span.
    pub(crate) fn costs(&self, span: Duration) -> Result<Costs, Failure> {
        let part = span.mul_f64(1.0 / 3.0);
        let mut signed = vec![0; self.rsa.public_modulus_len()];
        Ok(Costs {
            rsa_sign: micros_each(part, || {
                Ok(self.rsa.sign(&RSA_PKCS1_SHA256, &self.random, &MESSAGE, &mut signed)?)
            })?,
            p256_sign: micros_each(part, || {
                self.p256.sign(&self.random, &MESSAGE)?;
                Ok(())
            })?,
            p256_verify: micros_each(part, || {
                Ok(self.p256_public.verify_sig(&MESSAGE, &self.signature)?)
            })?,
        })
    }
}

/// Repeats an operation for that long; its processor time, microseconds.
pub(crate) fn micros_each(
    span: Duration,
    mut operation: impl FnMut() -> Result<(), Failure>,
) -> Result<f64, Failure> {
    let (started, before) = (moment(), cpu::this_thread()?);
    let mut times: u32 = 0;
    while started.elapsed() < span {
        for _ in 0..16 {
            operation()?;
        }
        times = times.saturating_add(16);
    }
    let took = cpu::this_thread()?.saturating_sub(before);
    Ok(took.as_secs_f64() * 1e6 / f64::from(times))
}

/// Microseconds of one RSA-2048 signature by `openssl speed`, or why it cannot say.
pub(crate) fn openssl_rsa_sign() -> Result<f64, String> {
    let speed = Command::new("openssl").args(["speed", "-seconds", "2", "rsa2048"]).output();
    let output = speed.map_err(|error| format!("openssl cannot be run: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let rate = signatures_a_second(&text).filter(|rate| *rate > 0.0);
    rate.map(|rate| 1e6 / rate)
        .ok_or_else(|| "openssl speed printed no table for rsa2048".to_owned())
}

/// The table's row is `rsa 2048 bits`, one time for each kind of operation, then as many rates; signing comes first.
fn signatures_a_second(table: &str) -> Option<f64> {
    let row = table.lines().rev().find_map(|line| {
        let (name, row) = line.split_once("bits ")?;
        name.split_whitespace().eq(["rsa", "2048"]).then_some(row)
    })?;
    row.split_whitespace().find(|cell| !cell.ends_with('s'))?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rate_of_the_table_is_that_of_signing() {
        let old = "                  sign    verify    sign/s verify/s\n\
                   rsa 2048 bits 0.000267s 0.000015s   3746.2  65302.8\n";
        assert_eq!(signatures_a_second(old), Some(3746.2));
        let new = "                   sign    verify    encrypt   decrypt   sign/s verify/s  encr./s  decr./s\n\
                   rsa  2048 bits 0.000267s 0.000015s 0.000016s 0.000275s   3745.0  65302.8  61000.0   3636.0\n";
        assert_eq!(signatures_a_second(new), Some(3745.0));
    }

    #[test]
    fn another_table_says_nothing() {
        assert_eq!(signatures_a_second(""), None);
        assert_eq!(signatures_a_second("rsa 4096 bits 0.0037s 0.00005s 268.5 17786.2"), None);
    }
}
