//! One argon2id hash: parsed within bounds, computed, compared.
//!
//! In:  a PHC string and a secret.
//! Out: whether the secret fits.
//! Never: less work for a hash that is missing, malformed or out of bounds than for a good one, nor more than the bounds allow.
//!
//! RFC 9106; PHC string format.

use argon2::password_hash::phc;
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Params, Version};
use symbolon_kernel::ports::PasswordHash;
use symbolon_keys::{NoRandomness, constant_time_eq, fill_random};
use symbolon_model::Secret;

use crate::memory::Memory;

/// 19 MiB, two passes, one lane: the first choice of OWASP's password storage cheat sheet.
pub(crate) const PARAMETERS: Params = Params::DEFAULT;

/// LIMIT: what a hash may ask for: 64 MiB and eight times the work of ours, 130 ms. Beyond, it fits nothing.
const MOST_MEMORY: u32 = 64 * 1024;
const MOST_WORK: u64 = work_of(&PARAMETERS).saturating_mul(8);
const MOST_LANES: u32 = 4;

/// Octets of a fresh salt (RFC 9106 §3.1) and of a fresh hash.
const SALT: usize = 16;
const OUTPUT: usize = 32;

/// Work in blocks of 1 KiB written, which time is proportional to.
const fn work_of(params: &Params) -> u64 {
    (params.m_cost() as u64).saturating_mul(params.t_cost() as u64)
}

/// Hashes a secret for an account or a client, with a fresh salt. Takes about 16 ms of the caller's thread.
///
/// # Errors
/// [`HashFailure`]; there is no hash then.
pub fn hash_password(secret: &Secret<String>) -> Result<PasswordHash, HashFailure> {
    let mut salt = [0; SALT];
    fill_random(&mut salt)?;
    let mut output = [0; OUTPUT];
    let mut memory = Memory::default();
    argon2id(&PARAMETERS).hash_password_into_with_memory(
        secret.expose().as_bytes(),
        &salt,
        &mut output,
        memory.blocks(PARAMETERS.block_count()),
    )?;
    let phc = phc::PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: phc::ParamsString::try_from(&PARAMETERS)?,
        salt: Some(phc::Salt::new(&salt)?),
        hash: Some(phc::Output::new(&output)?),
    };
    Ok(PasswordHash::new(phc.to_string()))
}

/// Why a secret could not be hashed.
#[derive(Debug, thiserror::Error)]
pub enum HashFailure {
    /// No randomness for the salt.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// argon2id itself refused.
    #[error("argon2id: {0}")]
    Argon2(#[from] argon2::Error),
    /// The hash could not be written down.
    #[error("PHC: {0}")]
    Phc(#[from] phc::Error),
    /// The parameters could not be written down.
    #[error("PHC: {0}")]
    Parameters(#[from] argon2::password_hash::Error),
}

/// What a secret is held against.
pub(crate) struct Target {
    params: Params,
    salt: Vec<u8>,
    output: Vec<u8>,
    /// Nothing fits a decoy; computing it takes as long as any other.
    decoy: bool,
}

impl Target {
    /// The hash; a decoy for none, and for one that is malformed or out of bounds.
    pub(crate) fn new(hash: Option<&PasswordHash>) -> Self {
        hash.and_then(Self::parse).unwrap_or_else(Self::decoy)
    }

    fn decoy() -> Self {
        let (salt, output) = (vec![0; SALT], vec![0; OUTPUT]);
        Self { params: PARAMETERS, salt, output, decoy: true }
    }

    fn parse(hash: &PasswordHash) -> Option<Self> {
        let phc = phc::PasswordHash::new(hash.as_phc()).ok()?;
        let params = Params::try_from(&phc).ok()?;
        let ours = phc.algorithm == ARGON2ID_IDENT && phc.version == Some(Version::V0x13.into());
        let bounded = params.m_cost() <= MOST_MEMORY
            && params.p_cost() <= MOST_LANES
            && work_of(&params) <= MOST_WORK;
        if !(ours && bounded) {
            return None;
        }
        let (salt, output) = (phc.salt?.to_vec(), phc.hash?.as_bytes().to_vec());
        Some(Self { params, salt, output, decoy: false })
    }

    pub(crate) fn work(&self) -> u64 {
        work_of(&self.params)
    }

    /// Computes the secret's hash and compares.
    pub(crate) fn fits(&self, secret: &Secret<Vec<u8>>, memory: &mut Memory) -> bool {
        let mut output = vec![0; self.output.len()];
        let blocks = memory.blocks(self.params.block_count());
        let computed = argon2id(&self.params).hash_password_into_with_memory(
            secret.expose(),
            &self.salt,
            &mut output,
            blocks,
        );
        computed.is_ok() && constant_time_eq(&output, &self.output) && !self.decoy
    }
}

fn argon2id(params: &Params) -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(phc: &str, secret: &str) -> bool {
        let secret = Secret::new(secret.as_bytes().to_vec());
        Target::new(Some(&PasswordHash::new(phc))).fits(&secret, &mut Memory::default())
    }

    fn work(phc: &str) -> u64 {
        Target::new(Some(&PasswordHash::new(phc))).work()
    }

    /// Made by the reference implementation: `echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1 -e` (its test vector).
    const REFERENCE: &str =
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

    #[test]
    fn a_fresh_hash_fits_its_secret_alone() {
        let hash = hash_password(&"correct horse".into()).unwrap();
        assert!(hash.as_phc().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_phc());
        assert!(fits(hash.as_phc(), "correct horse"));
        assert!(!fits(hash.as_phc(), "correct hors"));
        assert!(!fits(hash.as_phc(), ""));
    }

    #[test]
    fn two_hashes_of_one_secret_differ() {
        let hash = || hash_password(&"correct horse".into()).unwrap();
        assert_ne!(hash(), hash());
    }

    #[test]
    fn a_hash_of_the_reference_implementation_fits() {
        assert!(fits(REFERENCE, "password"));
        assert!(!fits(REFERENCE, "Password"));
    }

    #[test]
    fn what_is_not_a_bounded_argon2id_hash_fits_nothing_and_costs_the_same() {
        let output = "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        for phc in [
            "",
            "password",
            "$argon2id$",
            &REFERENCE.replace("argon2id", "argon2i"),
            &REFERENCE.replace("argon2id", "argon2d"),
            &REFERENCE.replace("v=19", "v=16"),
            &REFERENCE.replace("$v=19", ""),
            &REFERENCE.replace("m=65536", "m=65537"),
            &REFERENCE.replace("m=65536,t=2", "m=65536,t=5"),
            &REFERENCE.replace("m=65536,t=2", "m=8,t=4294967295"),
            &REFERENCE.replace("p=1", "p=5"),
            &REFERENCE.replace("$c29tZXNhbHQ", ""),
            &REFERENCE.replace(output, ""),
            &format!("{REFERENCE}$"),
        ] {
            assert!(!fits(phc, "password"), "{phc}");
            assert_eq!(work(phc), work_of(&PARAMETERS), "{phc}");
        }
    }
}
