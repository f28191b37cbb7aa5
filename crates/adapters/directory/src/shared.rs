//! Secrets that accounts share with us: passwords that equal them, digests that were made of them.
//!
//! In:  an account's record, or none; what a requestor showed.
//! Out: whether it fits.
//! Never: less work for an account that has none or is not there; a secret kept longer than it takes to compare.
//!
//! UsernameToken Profile 1.1.1 §3.1.

use std::time::Duration;

use aws_lc_rs::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use symbolon_kernel::ports::{AccountRecord, Digest, NotAvailable};
use symbolon_keys::{NoRandomness, SealingKey, SystemRandom, constant_time_eq};
use symbolon_model::{RealmId, Secret};

/// What is opened where there is nothing to open.
const DECOY: &str = "symbolon account decoy";
const DECOY_OCTETS: [u8; 16] = [0; 16];

/// Opens shared secrets.
pub(crate) struct Shared {
    key: SealingKey,
    decoy: Vec<u8>,
}

impl Shared {
    pub(crate) fn new(key: SealingKey) -> Result<Self, NoRandomness> {
        let decoy = key.seal(DECOY, &DECOY_OCTETS, &SystemRandom)?;
        Ok(Self { key, decoy })
    }

    /// Whether a password is the account's shared secret.
    pub(crate) fn is_password(
        &self,
        (realm, record): (&RealmId, Option<&AccountRecord>),
        password: &Secret<String>,
    ) -> Result<bool, NotAvailable> {
        self.compare((realm, record), |secret| {
            constant_time_eq(secret, password.expose().as_bytes())
        })
    }

    /// Whether a digest was made of the account's shared secret.
    // SECURITY: SHA-1 because the profile knows no other. What is needed of it here, that nobody finds a secret for a
    // digest, still holds; it signs nothing.
    pub(crate) fn is_digest(
        &self,
        (realm, record): (&RealmId, Option<&AccountRecord>),
        digest: &Digest,
    ) -> Result<bool, NotAvailable> {
        self.compare((realm, record), |secret| {
            let mut made = Context::new(&SHA1_FOR_LEGACY_USE_ONLY);
            made.update(&digest.nonce);
            made.update(digest.created.as_bytes());
            made.update(secret);
            constant_time_eq(made.finish().as_ref(), &digest.octets)
        })
    }

    fn compare(
        &self,
        (realm, record): (&RealmId, Option<&AccountRecord>),
        fits: impl Fn(&[u8]) -> bool,
    ) -> Result<bool, NotAvailable> {
        let kept = record.and_then(|record| Some((record, record.shared.as_deref()?)));
        let (purpose, sealed) = match kept {
            Some((record, sealed)) => (
                AccountRecord::shared_for(realm, &record.name),
                STANDARD.decode(sealed).unwrap_or_default(),
            ),
            None => (DECOY.to_owned(), self.decoy.clone()),
        };
        let secret = self.key.open(&purpose, &sealed).map_err(|why| NotAvailable {
            retry_after: Duration::from_secs(60),
            what: format!("directory: a shared secret does not open: {why}"),
        })?;
        Ok(fits(&secret) && kept.is_some())
    }
}

#[cfg(test)]
mod tests {
    use symbolon_kernel::ports::PasswordHash;
    use symbolon_model::{AccountName, Claims};

    use super::*;

    fn shared() -> Shared {
        Shared::new(SealingKey::from_octets(&[7; 32]).unwrap()).unwrap()
    }

    fn record(name: &str, sealed_for: &str, secret: &str) -> AccountRecord {
        let purpose = AccountRecord::shared_for(&"main".into(), &AccountName::new(sealed_for));
        let sealed = shared().key.seal(&purpose, secret.as_bytes(), &SystemRandom).unwrap();
        AccountRecord {
            name: name.into(),
            enabled: true,
            password: PasswordHash::new(""),
            attributes: Claims::none(),
            shared: Some(STANDARD.encode(sealed)),
        }
    }

    /// What node-soap sent for the password `s3cr&t<">`.
    fn sent() -> Digest {
        let octets = STANDARD.decode("GXP3cD+wihD4xYk8o4jsQH+Xxdw=").unwrap().try_into().unwrap();
        let nonce = STANDARD.decode("9zgHD+Xt+rbT9oh5nB0NyA==").unwrap();
        Digest { octets, nonce, created: "2026-11-21T20:47:01Z".to_owned() }
    }

    fn fits(record: Option<&AccountRecord>, digest: &Digest) -> bool {
        shared().is_digest((&"main".into(), record), digest).unwrap()
    }

    #[test]
    fn a_digest_of_a_foreign_client_fits_its_secret_alone() {
        assert!(fits(Some(&record("alice", "alice", "s3cr&t<\">")), &sent()));
        assert!(!fits(Some(&record("alice", "alice", "s3cr&t<\"")), &sent()));
    }

    #[test]
    fn every_part_of_a_digest_counts() {
        let record = record("alice", "alice", "s3cr&t<\">");
        let other_time = Digest { created: "2026-11-21T20:47:02Z".to_owned(), ..sent() };
        let other_nonce = Digest { nonce: vec![0; 16], ..sent() };
        let other_digest = Digest { octets: [0; 20], ..sent() };
        for digest in [other_time, other_nonce, other_digest] {
            assert!(!fits(Some(&record), &digest));
        }
    }

    #[test]
    fn nothing_fits_an_account_without_a_shared_secret() {
        let without = AccountRecord { shared: None, ..record("alice", "alice", "x") };
        for record in [Some(&without), None] {
            let mut made = Context::new(&SHA1_FOR_LEGACY_USE_ONLY);
            for part in [&sent().nonce, sent().created.as_bytes(), DECOY_OCTETS.as_slice()] {
                made.update(part);
            }
            let octets = made.finish().as_ref().try_into().unwrap();
            assert!(!fits(record, &Digest { octets, ..sent() }));
            let password = Secret::from("\0".repeat(16).as_str());
            assert!(!shared().is_password((&"main".into(), record), &password).unwrap());
        }
    }

    #[test]
    fn a_secret_moved_to_another_account_does_not_open_there() {
        let moved = record("mallory", "alice", "s3cr&t<\">");
        let refused = shared().is_digest((&"main".into(), Some(&moved)), &sent()).unwrap_err();
        assert!(refused.what.starts_with("directory: a shared secret does not open"));
        let elsewhere = record("alice", "alice", "s3cr&t<\">");
        assert!(shared().is_digest((&"other".into(), Some(&elsewhere)), &sent()).is_err());
    }
}
