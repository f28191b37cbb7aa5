//! Everything that a start would need, looked at without starting.
//!
//! In:  a configuration that was read, and where each of its fields was written.
//! Out: every [`Mistake`] in the files that it names: TLS, sealing key, store, objects.
//! Never: listens, writes, or opens the store for more than reading.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use symbolon_keys::Certificate;
use symbolon_model::Timestamp;
use symbolon_registry::objects::Reference;
use symbolon_registry::{Applied, Mistake};

use crate::config::{Config, Fields, Store};
use crate::offline::{preview, preview_alone};
use crate::provision::Prune;
use crate::tls::{Identity, TlsFlaw};
use crate::wiring::WiringError;

/// Looks at everything that a start would need.
pub async fn check(config: &Config, fields: &Fields, now: Timestamp) -> Vec<Mistake> {
    let mut checker = Checker { config, fields, mistakes: Vec::new() };
    checker.listeners();
    checker.tls(now);
    checker.sealing();
    checker.store();
    checker.objects().await;
    checker.mistakes.sort();
    checker.mistakes.dedup();
    checker.mistakes
}

struct Checker<'c> {
    config: &'c Config,
    fields: &'c Fields,
    mistakes: Vec<Mistake>,
}

impl Checker<'_> {
    fn wrong(&mut self, field: &str, message: impl Into<String>, remedy: impl Into<String>) {
        self.mistakes.push(Mistake::new(self.fields.at(field), message, remedy));
    }

    fn listeners(&mut self) {
        let listen = self.config.listen;
        if listen.address == listen.operations && listen.address.port() != 0 {
            let message = format!("{} is also where the endpoints are", listen.operations);
            self.wrong("listen.operations", message, "write an address of its own");
        }
    }

    fn tls(&mut self, now: Timestamp) {
        let files = &self.config.tls;
        let put = "put it there in PEM, the server's own certificate first";
        let certificate = self.read("tls.certificate", &files.certificate, put);
        let key = self.read("tls.key", &files.key, "put the certificate's private key there");
        if key.is_some() {
            self.private("tls.key", &files.key);
        }
        let (Some(certificate), Some(key)) = (certificate, key) else { return };
        match Identity::from_pem(&certificate, &key) {
            Ok(_) => self.lasting(&certificate, now),
            Err(flaw @ TlsFlaw::Certificate) => {
                let message = format!("{}: {flaw}", files.certificate.display());
                self.wrong("tls.certificate", message, put);
            }
            Err(flaw @ TlsFlaw::Key) => {
                let message = format!("{}: {flaw}", files.key.display());
                self.wrong("tls.key", message, "put the certificate's private key there");
            }
            Err(flaw @ TlsFlaw::Unusable(_)) => {
                let message = format!("{}: {flaw}", files.key.display());
                self.wrong("tls.key", message, "put the key there that the certificate is for");
            }
        }
    }

    /// Whether the server's own certificate holds now.
    fn lasting(&mut self, chain: &[u8], now: Timestamp) {
        let own = CertificateDer::pem_slice_iter(chain).next().and_then(Result::ok);
        // A kind of key that rustls knows and we do not is no reason to refuse it.
        let Some(own) = own.and_then(|own| Certificate::from_der(&own).ok()) else { return };
        if !own.validity().contains(now.millis()) {
            let message = format!("{} does not hold today", self.config.tls.certificate.display());
            self.wrong("tls.certificate", message, "renew it, or set the clock right");
        }
    }

    fn sealing(&mut self) {
        if let Reference::File(path) = &self.config.sealing {
            self.private("sealing.key", Path::new(path));
        }
    }

    fn store(&mut self) {
        let Store::Sqlite(path) = &self.config.store else { return };
        let folder = path.parent().unwrap_or(Path::new("/"));
        if !folder.is_dir() {
            let message = format!("{}: no such folder", folder.display());
            self.wrong("store.path", message, "make it, owned by the user that runs the server");
        }
    }

    async fn objects(&mut self) {
        match preview(self.config, Prune::No, None).await {
            Ok(applied) => self.something(&applied),
            Err(WiringError::Provision(mistakes)) => self.mistakes.extend(mistakes),
            Err(why @ (WiringError::Sealing { .. } | WiringError::SealingKey(_))) => {
                let remedy = "put back the key that the store began with; \
                              `symbolon init` makes one for a server that has never run";
                self.wrong("sealing.key", why.to_string(), remedy);
                if let Err(WiringError::Provision(mistakes)) = preview_alone(self.config).await {
                    self.mistakes.extend(mistakes);
                }
            }
            Err(why @ WiringError::Nothing) => {
                self.wrong("provision", why.to_string(), "write provision = \"objects.d\"");
            }
            Err(why) => {
                self.wrong("store.path", why.to_string(), "the message says what is missing");
            }
        }
    }

    fn something(&mut self, applied: &Applied) {
        if applied.revision == 0 && applied.changes.is_empty() {
            let message = "no file of it holds an object, and the store is empty";
            self.wrong("provision", message, "write a [[realm]], an [[endpoint]] and so on");
        }
    }

    fn read(&mut self, field: &str, path: &Path, remedy: &str) -> Option<Vec<u8>> {
        match fs::read(path) {
            Ok(octets) => Some(octets),
            Err(why) => {
                self.wrong(field, format!("{}: {why}", path.display()), remedy);
                None
            }
        }
    }

    /// SECURITY: a key that everybody on the machine can read is nobody's secret.
    /// Test: `keys_that_everybody_can_read_are_mistakes`.
    fn private(&mut self, field: &str, path: &Path) {
        const OTHERS: u32 = 0o007;
        if fs::metadata(path).is_ok_and(|found| found.mode() & OTHERS != 0) {
            let message = format!("{} can be read by every user of this machine", path.display());
            self.wrong(field, message, format!("chmod o= {}", path.display()));
        }
    }
}

#[cfg(test)]
mod tests;
