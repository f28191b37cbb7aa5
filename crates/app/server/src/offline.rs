//! The provisioned files and the store, without a server: apply them, or say what they would change.
//!
//! In:  a [`Config`]; for a preview perhaps a file that is not written yet.
//! Out: what became, or would become, of each object; or every mistake, and nothing changed.
//! Never: a change under a running server's feet. A preview only reads, also beside one.

use std::path::Path;
use std::sync::Arc;

use symbolon_directory::AccountDirectory;
use symbolon_kernel::ports::{AccountRecords, Directory};
use symbolon_keys::{SealingKey, SystemRandom};
use symbolon_registry::store::ObjectStore;
use symbolon_registry::{Applied, Mode, Parts, Registry, file};
use symbolon_store::{MemoryStore, OpenFailure, SqliteContents, Unobserved};

use crate::clock::Clock;
use crate::config::{Config, Store};
use crate::dev;
use crate::provision::{self, Prune};
use crate::wiring::{Held, WiringError, not_applied, sealing_key, unusable};

/// A file of objects that is not written yet.
#[derive(Clone, Copy, Debug)]
pub struct Draft<'d> {
    /// Its name in the folder of objects.
    pub name: &'d str,
    /// What would stand in it.
    pub text: &'d str,
}

/// Applies the provisioned files to the store while no server runs on it.
///
/// # Errors
/// [`WiringError`]: nothing was changed.
pub async fn provision_offline(config: &Config, prune: Prune) -> Result<Applied, WiringError> {
    let held = Held::open(&config.store, Arc::new(Unobserved))?;
    let opened = Opened { objects: held.objects(), accounts: held.accounts() };
    opened.apply(config, sealing_key(&config.sealing)?, None, (prune, Mode::Apply)).await
}

/// Says what the provisioned files would change, that file among them.
///
/// # Errors
/// [`WiringError`], as applying them would fail.
pub async fn preview(
    config: &Config,
    prune: Prune,
    draft: Option<Draft<'_>>,
) -> Result<Applied, WiringError> {
    let opened = Opened::for_reading(&config.store)?;
    opened.apply(config, sealing_key(&config.sealing)?, draft, (prune, Mode::DryRun)).await
}

/// The mistakes of the files on their own, as if the store were empty and its key known.
pub(crate) async fn preview_alone(config: &Config) -> Result<Applied, WiringError> {
    let (sealing, _) = SealingKey::generate(&SystemRandom).map_err(dev::DevFailure::from)?;
    Opened::empty().apply(config, sealing, None, (Prune::No, Mode::DryRun)).await
}

/// What a registry and a directory read.
struct Opened {
    objects: Arc<dyn ObjectStore>,
    accounts: Arc<dyn AccountRecords>,
}

impl Opened {
    fn empty() -> Self {
        let store = Arc::new(MemoryStore::new());
        Self { objects: Arc::clone(&store) as Arc<dyn ObjectStore>, accounts: store }
    }

    /// A store that is not there yet is empty.
    fn for_reading(store: &Store) -> Result<Self, WiringError> {
        let Store::Sqlite(path) = store else { return Ok(Self::empty()) };
        match SqliteContents::open(path) {
            Ok(contents) => {
                let contents = Arc::new(contents);
                let objects = Arc::clone(&contents) as Arc<dyn ObjectStore>;
                Ok(Self { objects, accounts: contents })
            }
            Err(OpenFailure::Absent(_)) => Ok(Self::empty()),
            Err(why) => Err(WiringError::Store { path: path.clone(), why }),
        }
    }

    async fn apply(
        self,
        config: &Config,
        sealing: SealingKey,
        draft: Option<Draft<'_>>,
        how: (Prune, Mode),
    ) -> Result<Applied, WiringError> {
        let folder = config.provision.as_ref().ok_or(WiringError::Nothing)?;
        let mut puts = provision::read(folder).map_err(WiringError::Provision)?;
        if let Some(Draft { name, text }) = draft {
            let name = provision::shown(folder, Path::new(name));
            puts.extend(file::parse(&name, text).map_err(WiringError::Provision)?);
        }
        let parts = Parts {
            store: self.objects,
            sealing,
            random: Arc::new(SystemRandom),
            public_url: public_url(config),
            personalities: &symbolon_wstrust::PERSONALITIES,
            publish: Arc::new(|_| {}),
        };
        let registry = Registry::open(parts).await.map_err(unusable)?;
        let directory = Arc::new(AccountDirectory::start(self.accounts, None)?);
        let directory = directory as Arc<dyn Directory>;
        let now = Clock::start().read().now;
        provision::apply(puts, folder, (&registry, directory), how, now).await.map_err(not_applied)
    }
}

fn public_url(config: &Config) -> String {
    config.public_url.clone().unwrap_or_else(|| dev::url_of(config.listen.address))
}
