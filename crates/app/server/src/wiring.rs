//! What a server is made of: store, directory, kernel, registry; put together at start, provisioned again on reload.
//!
//! In:  a [`Config`] and the addresses that are really listened on.
//! Out: [`Wired`]: a kernel with a published snapshot.
//! Never: a start with a wrong sealing key, a store of another release, or nothing to serve.
//!
//! Where the provisioned files are wrong and the store holds objects, those stay and the log says what is wrong where.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use symbolon_directory::AccountDirectory;
use symbolon_formats::built_in;
use symbolon_kernel::ports::{AccountRecords, Directory, Ledger, NotAvailable};
use symbolon_kernel::{BuiltInRules, Kernel, Ports};
use symbolon_keys::{SealingKey, SystemRandom};
use symbolon_model::{AccountName, RealmId, Timestamp};
use symbolon_registry::objects::Reference;
use symbolon_registry::store::ObjectStore;
use symbolon_registry::{Applied, ApplyError, Mistake, Mode, OpenFailure, Parts, Registry};
use symbolon_store::{MemoryStore, Observer, Options, SqliteStore};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use crate::Addresses;
use crate::clock::Clock;
use crate::config::{Config, Store, TlsFiles};
use crate::dev::{self, DevFailure};
use crate::measured::{self, Commits};
use crate::metrics::Meters;
use crate::operations::Readiness;
use crate::provision::{Prune, provision};
use crate::secrets;
use crate::tls::{Identity, Tls, TlsFlaw};

/// How often replay keys whose window has ended are forgotten.
const PURGE: Duration = Duration::from_secs(60);

/// Why a server was not put together.
#[derive(Debug, thiserror::Error)]
pub enum WiringError {
    /// There is no sealing key, or it is none.
    #[error("sealing key {reference}: {why}")]
    Sealing {
        /// Where it should be.
        reference: Reference,
        /// Why it is not usable.
        why: String,
    },
    /// The store cannot be opened.
    #[error("store {}: {why}", path.display())]
    Store {
        /// Its file.
        path: PathBuf,
        /// Why not.
        why: symbolon_store::OpenFailure,
    },
    /// A signing key in the store does not open.
    #[error("{0}; the sealing key must be the one that this store began with")]
    SealingKey(OpenFailure),
    /// What the store holds cannot be used.
    #[error(transparent)]
    Stored(OpenFailure),
    /// The directory did not start.
    #[error(transparent)]
    Directory(#[from] symbolon_directory::StartFailure),
    /// The provisioned files are wrong, and there is nothing else to serve.
    #[error("the provisioned objects are wrong:\n{}", lines(.0))]
    Provision(Vec<Mistake>),
    /// The provisioned files could not be applied, and there is nothing else to serve.
    #[error("the provisioned objects could not be applied: {0}")]
    Apply(ApplyError),
    /// The store is empty, and no folder of objects is configured.
    #[error("there is no object to serve: name a folder of objects as `provision`")]
    Nothing,
    /// A file of certificate or key cannot be read.
    #[error("{}: {why}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why not.
        why: io::Error,
    },
    /// Certificate or key cannot be used.
    #[error("{} and {}: {why}", files.certificate.display(), files.key.display())]
    Tls {
        /// Which.
        files: TlsFiles,
        /// Why not.
        why: TlsFlaw,
    },
    /// The development folder's notes could not be left.
    #[error(transparent)]
    Dev(#[from] DevFailure),
}

fn lines(mistakes: &[Mistake]) -> String {
    mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// A server, but for its sockets.
#[derive(Debug)]
pub struct Wired {
    kernel: Arc<Kernel>,
    core: Core,
    provision: Option<PathBuf>,
    tls: TlsFiles,
    clock: Arc<Clock>,
    purging: JoinHandle<()>,
}

/// What a change needs.
struct Core {
    registry: Registry,
    directory: Arc<AccountDirectory>,
    held: Held,
}

impl Wired {
    /// Puts it together, and provisions it.
    ///
    /// # Errors
    /// [`WiringError`], each of which must stop a start.
    pub async fn start(
        config: Config,
        addresses: Addresses,
        clock: Arc<Clock>,
        meters: &mut Meters,
    ) -> Result<Self, WiringError> {
        let sealing = sealing_key(&config.sealing)?;
        let held = Held::open(&config.store, Commits::measured(meters))?;
        let directory = AccountDirectory::start(held.accounts(), None)?;
        let directory = Arc::new(directory.with_shared_secrets(sealing_key(&config.sealing)?)?);
        let kernel = Arc::new(kernel(&held, &directory));
        measured::revision(&kernel, meters);
        measured::password_checks(directory.checks(), meters);

        let url = config.public_url.unwrap_or_else(|| dev::url_of(addresses.listen));
        let published = Arc::clone(&kernel);
        let parts = Parts {
            store: held.objects(),
            sealing,
            random: Arc::new(SystemRandom),
            public_url: url.clone(),
            personalities: &symbolon_wstrust::PERSONALITIES,
            publish: Arc::new(move |snapshot| published.publish(snapshot)),
        };
        let registry = Registry::open(parts).await.map_err(unusable)?;
        let purging = tokio::spawn(purge(held.if_open(), Arc::clone(&clock)));
        let core = Core { registry, directory, held };
        let wired =
            Self { kernel, core, provision: config.provision, tls: config.tls, clock, purging };
        wired.first_provision().await?;
        if let Some(folder) = config.dev {
            dev::leave_notes(&folder, &url, &wired.kernel.snapshot())?;
        }
        Ok(wired)
    }

    /// The kernel.
    pub fn kernel(&self) -> Arc<Kernel> {
        Arc::clone(&self.kernel)
    }

    /// What is shown in TLS handshakes, as the files are now.
    ///
    /// # Errors
    /// [`WiringError::File`], [`WiringError::Tls`].
    pub fn identity(&self) -> Result<Identity, WiringError> {
        let read = |path: &Path| {
            let path = path.to_owned();
            std::fs::read(&path).map_err(|why| WiringError::File { path, why })
        };
        let (certificate, key) = (read(&self.tls.certificate)?, read(&self.tls.key)?);
        Identity::from_pem(&certificate, &key)
            .map_err(|why| WiringError::Tls { files: self.tls.clone(), why })
    }

    /// Asks what is missing before requests can be answered.
    pub fn readiness(&self) -> Readiness {
        let (kernel, held) = (self.kernel(), self.core.held.clone());
        Box::new(move || {
            let (kernel, held) = (Arc::clone(&kernel), held.clone());
            Box::pin(async move {
                let mut missing = Vec::new();
                if kernel.snapshot().revision == 0 {
                    missing.push("no objects are published".to_owned());
                }
                if let Err(why) = held.answers().await {
                    missing.push(why.what);
                }
                missing
            })
        })
    }

    /// Takes over what changed in objects, certificate and key; what is wrong stays as it was, and the log says why.
    pub async fn reload(&self, tls: &Tls) {
        match self.identity() {
            Ok(identity) => tls.replace(identity),
            Err(why) => tracing::error!(%why, "the certificate stays as it was"),
        }
        if let Some(folder) = &self.provision {
            log(&self.core.provision(folder, self.clock.read().now).await);
        }
    }

    /// SPEC: design, fail closed: wrong objects keep the last good ones, and a start with none is refused.
    async fn first_provision(&self) -> Result<(), WiringError> {
        let applied = match &self.provision {
            Some(folder) => self.core.provision(folder, self.clock.read().now).await,
            None if self.core.registry.revision() == 0 => return Err(WiringError::Nothing),
            None => return Ok(()),
        };
        log(&applied);
        match applied {
            Ok(_) if self.core.registry.revision() == 0 => Err(WiringError::Nothing),
            Err(why) if self.core.registry.revision() == 0 => Err(not_applied(why)),
            Ok(_) | Err(_) => Ok(()),
        }
    }
}

impl Drop for Wired {
    fn drop(&mut self) {
        self.purging.abort();
    }
}

impl Core {
    async fn provision(&self, folder: &Path, now: Timestamp) -> Result<Applied, ApplyError> {
        let directory = Arc::clone(&self.directory) as Arc<dyn Directory>;
        provision(folder, (&self.registry, directory), (Prune::No, Mode::Apply), now).await
    }
}

impl std::fmt::Debug for Core {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Core")
    }
}

pub(crate) fn not_applied(why: ApplyError) -> WiringError {
    match why {
        ApplyError::Mistakes(mistakes) => WiringError::Provision(mistakes),
        ApplyError::Conflict
        | ApplyError::Unavailable(_)
        | ApplyError::Key(_)
        | ApplyError::Stored(_) => WiringError::Apply(why),
    }
}

pub(crate) fn sealing_key(reference: &Reference) -> Result<SealingKey, WiringError> {
    let failed = |why: String| WiringError::Sealing { reference: reference.clone(), why };
    // Paths are absolute by now.
    let octets = secrets::read(reference, Path::new("/")).map_err(|why| failed(why.to_string()))?;
    SealingKey::from_file_content(octets.expose()).map_err(|why| failed(why.to_string()))
}

pub(crate) fn unusable(why: OpenFailure) -> WiringError {
    match why {
        OpenFailure::Key { .. } => WiringError::SealingKey(why),
        OpenFailure::Unavailable(_) | OpenFailure::Objects(_) => WiringError::Stored(why),
    }
}

fn kernel(held: &Held, directory: &Arc<AccountDirectory>) -> Kernel {
    let ports = Ports {
        ledger: held.ledger(),
        directory: Arc::clone(directory) as Arc<dyn Directory>,
        rules: Arc::new(BuiltInRules),
        random: Arc::new(SystemRandom),
    };
    Kernel::new(ports, built_in())
}

/// The store, whichever it is. Clones are the same one.
#[derive(Clone)]
pub(crate) enum Held {
    Sqlite(Arc<SqliteStore>),
    Memory(Arc<MemoryStore>),
}

impl Held {
    pub(crate) fn open(store: &Store, observer: Arc<dyn Observer>) -> Result<Self, WiringError> {
        match store {
            Store::Memory => Ok(Self::Memory(Arc::new(MemoryStore::new()))),
            Store::Sqlite(path) => {
                let options = Options { observer: Some(observer), ..Options::default() };
                let store = SqliteStore::open(path, options);
                let store = store.map_err(|why| WiringError::Store { path: path.clone(), why })?;
                Ok(Self::Sqlite(Arc::new(store)))
            }
        }
    }

    fn ledger(&self) -> Arc<dyn Ledger> {
        match self.clone() {
            Self::Sqlite(store) => store,
            Self::Memory(store) => store,
        }
    }

    pub(crate) fn accounts(&self) -> Arc<dyn AccountRecords> {
        match self.clone() {
            Self::Sqlite(store) => store,
            Self::Memory(store) => store,
        }
    }

    pub(crate) fn objects(&self) -> Arc<dyn ObjectStore> {
        match self.clone() {
            Self::Sqlite(store) => store,
            Self::Memory(store) => store,
        }
    }

    /// The same store for as long as somebody else holds it: a job must not keep it open.
    fn if_open(&self) -> Box<dyn Fn() -> Option<Self> + Send> {
        match self {
            Self::Sqlite(store) => {
                let store = Arc::downgrade(store);
                Box::new(move || store.upgrade().map(Self::Sqlite))
            }
            Self::Memory(store) => {
                let store = Arc::downgrade(store);
                Box::new(move || store.upgrade().map(Self::Memory))
            }
        }
    }

    /// Whether it reads and writes. Writing is what waits already: a probe that wrote more would let anybody fill the disk.
    async fn answers(&self) -> Result<(), NotAvailable> {
        self.accounts().find(&RealmId::new(""), &AccountName::new("")).await?;
        match self {
            Self::Sqlite(store) => store.flush().await,
            Self::Memory(_) => Ok(()),
        }
    }

    async fn purge(&self, now: Timestamp) -> Result<u64, NotAvailable> {
        match self {
            Self::Sqlite(store) => store.purge(now).await,
            Self::Memory(store) => Ok(store.purge(now)),
        }
    }
}

/// Forgets old replay keys for as long as the store is open.
async fn purge(held: Box<dyn Fn() -> Option<Held> + Send>, clock: Arc<Clock>) {
    let mut ticks = interval(PURGE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let reading = clock.read();
        // SECURITY: a clock that jumped ahead would have keys forgotten whose windows are open.
        if reading.jumped {
            continue;
        }
        let Some(held) = held() else { return };
        if let Err(why) = held.purge(reading.now).await {
            tracing::warn!(why = why.what, "old replay keys could not be forgotten");
        }
    }
}

fn log(applied: &Result<Applied, ApplyError>) {
    match applied {
        Ok(applied) if applied.changes.is_empty() => {
            tracing::info!(revision = applied.revision, "the provisioned objects are as they were");
        }
        Ok(applied) => {
            for change in &applied.changes {
                tracing::info!(revision = applied.revision, realm = change.key.realm, "{change}");
            }
        }
        Err(ApplyError::Mistakes(mistakes)) => {
            for mistake in mistakes {
                let (place, remedy) = (&mistake.place, &mistake.remedy);
                tracing::error!(%place, remedy, "{}", mistake.message);
            }
            tracing::error!("the provisioned objects are wrong: nothing was changed");
        }
        Err(why) => tracing::error!(%why, "the provisioned objects were not applied"),
    }
}

#[cfg(test)]
mod tests;
