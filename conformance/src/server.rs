//! The server of a test binary: started by its first test, gone with the process.
//!
//! In:  nothing.
//! Out: [`Sts`]: where it listens, how to ask it, its audit trail.
//! Never: a part of the product replaced: real sockets, TLS, SQLite, clock.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::mpsc;
use std::time::SystemTime;

use symbolon_model::{RequestId, Timestamp};
use symbolon_store::{Entry, SqliteTrail, Trail};

use crate::{Answer, Https, Request, config, replies};

/// A running server.
#[derive(Debug)]
pub struct Sts {
    https: Https,
    address: SocketAddr,
    operations: SocketAddr,
    folder: PathBuf,
    _alive: File,
}

/// The server of this test binary.
pub fn sts() -> &'static Sts {
    static STS: LazyLock<Sts> = LazyLock::new(Sts::start);
    &STS
}

/// The time by which requests are made. The server reads the same clock.
#[expect(clippy::disallowed_methods, reason = "the server that is tested owns a real clock")]
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    Timestamp::from_millis(since.as_millis().try_into().unwrap())
}

impl Sts {
    fn start() -> Self {
        let (folder, alive) = fresh_folder();
        let config = config::prepare(&folder);
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || serve(config, tell));
        let (address, operations) = told.recv().unwrap();
        let https = Https::new(address, &fs::read_to_string(folder.join("ca.crt")).unwrap());
        Self { https, address, operations, folder, _alive: alive }
    }

    /// Its public URL, which is its issuer too.
    pub fn base(&self) -> String {
        format!("https://{}", self.address)
    }

    /// Where `/healthz`, `/readyz` and `/metrics` are, in plain HTTP.
    pub fn operations(&self) -> SocketAddr {
        self.operations
    }

    /// The SQLite file.
    pub fn store(&self) -> PathBuf {
        self.folder.join("store.sqlite")
    }

    /// Sends a request; a SOAP reply is kept for the schemas.
    pub fn send(&self, request: &Request) -> Answer {
        let answer = self.https.send(request);
        replies::keep(&answer);
        answer
    }

    /// Reads a path.
    pub fn get(&self, path: &str) -> Answer {
        self.send(&Request::new("GET", path))
    }

    /// Its audit trail.
    pub fn trail(&self) -> SqliteTrail {
        SqliteTrail::open(&self.store()).unwrap()
    }

    /// What the audit trail says of a request.
    pub fn recorded(&self, request_id: &str) -> Vec<Entry> {
        self.trail().find(&RequestId::new(request_id)).unwrap()
    }
}

/// Runs the server until the process ends.
fn serve(config: symbolon_server::config::Config, tell: mpsc::Sender<(SocketAddr, SocketAddr)>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (_handle, control) = symbolon_server::control();
    let ready = move |addresses: symbolon_server::Addresses| {
        tell.send((addresses.listen, addresses.operations)).unwrap();
    };
    runtime.block_on(symbolon_server::serve(config, control, ready)).unwrap();
}

/// A folder of our own below `target`, and the lock that says that it is in use. Nobody is told when a test binary ends: the
/// next one clears away what its predecessors left.
fn fresh_folder() -> (PathBuf, File) {
    let all = config::target().join("conformance").join("servers");
    fs::create_dir_all(&all).unwrap();
    for entry in fs::read_dir(&all).unwrap().map_while(Result::ok) {
        clear_unless_alive(&entry.path());
    }
    let folder = all.canonicalize().unwrap().join(std::process::id().to_string());
    fs::create_dir_all(&folder).unwrap();
    let alive = File::create(folder.join("alive")).unwrap();
    alive.lock().unwrap();
    (folder, alive)
}

fn clear_unless_alive(folder: &Path) {
    let Ok(alive) = File::open(folder.join("alive")) else { return };
    if alive.try_lock().is_ok() {
        // Another test binary may be clearing it as well.
        let _gone = fs::remove_dir_all(folder);
    }
}
