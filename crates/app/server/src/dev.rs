//! `serve --dev`: a folder with everything that a first try needs, made once and kept.
//!
//! In:  a folder and an address.
//! Out: a [`Config`] whose files are there; `dev.env` and `signing.crt` for clients; the text that greets.
//! Never: overwrites what is there, but for what follows from address and keys; leaves a secret readable by others.

use std::fmt::Write as _;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use symbolon_kernel::snapshot::{KeyState, Snapshot};
use symbolon_keys::{
    Authority, IssueFlaw, KeyFlaw, NoRandomness, Pkcs8, SealingKey, ServerNames,
    SignatureAlgorithm, SystemRandom, Validity, fill_random,
};
use symbolon_model::Timestamp;
use symbolon_registry::objects::Reference;
use tracing::level_filters::LevelFilter;

use crate::Addresses;
use crate::config::{Config, Listen, Log, Store, TlsFiles, next_port};
use crate::listener::Limits;
use crate::logs;

/// Where the folder is unless somebody says otherwise.
pub const FOLDER: &str = ".symbolon-dev";
/// Where it listens unless somebody says otherwise.
pub const ADDRESS: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8443);

/// The objects of a first try. Written once; yours from then on.
const OBJECTS: &str = include_str!("dev/objects.toml");
/// The account in them.
const ACCOUNT: &str = "alice";
/// Where its password is.
const PASSWORD: &str = "secrets/alice.password";
/// The OAuth client in them.
const CLIENT: &str = "demo-client";
/// Where its secret is.
const CLIENT_SECRET: &str = "secrets/demo-client.secret";
/// The relying party in them that the printed commands name.
const PARTY: &str = "urn:rp:app";
/// The WS-Trust endpoint in them.
const WS_TRUST: &str = "/trust/13/usernamemixed";

/// LIMIT: nobody renews what was made for a try: the certificates must outlive it.
const CERTIFIED: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

/// Why the folder could not be made.
#[derive(Debug, thiserror::Error)]
pub enum DevFailure {
    /// A file could not be read or written.
    #[error("{}: {why}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why not.
        why: io::Error,
    },
    /// A certificate could not be made, or one that is there is not the authority's.
    #[error(
        "development certificates: {0}; remove ca.crt, ca.key and tls.* to have them made again"
    )]
    Certificate(#[from] IssueFlaw),
    /// A key could not be written or read.
    #[error("development keys: {0}; remove ca.crt, ca.key and tls.* to have them made again")]
    Key(#[from] KeyFlaw),
    /// The system has no randomness.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

/// Makes what is missing in the folder, and a configuration from it.
///
/// # Errors
/// [`DevFailure`]; what was made until then stays.
pub fn prepare(folder: &Path, address: SocketAddr, now: Timestamp) -> Result<Config, DevFailure> {
    let folder = std::path::absolute(folder)
        .map_err(|why| DevFailure::File { path: folder.to_owned(), why })?;
    let folder = Folder(folder);
    folder.make("")?;
    folder.make("objects.d")?;
    folder.make("secrets")?;
    folder
        .keep("sealing.key", || Ok(SealingKey::generate(&SystemRandom)?.1.as_bytes().to_vec()))?;
    for name in [PASSWORD, CLIENT_SECRET] {
        folder.keep(name, || Ok(random_line()?.into_bytes()))?;
    }
    folder.keep("objects.d/dev.toml", || Ok(OBJECTS.as_bytes().to_vec()))?;
    let tls = certify(&folder, address.ip(), now)?;
    Ok(Config {
        listen: Listen {
            address,
            operations: SocketAddr::new(address.ip(), next_port(address.port())),
        },
        public_url: None,
        tls,
        store: Store::Sqlite(folder.path("store.sqlite")),
        sealing: Reference::File(folder.path("sealing.key").to_string_lossy().into_owned()),
        provision: Some(folder.path("objects.d")),
        limits: Limits::default(),
        log: Log { format: logs::Format::Text, level: LevelFilter::INFO },
        dev: Some(folder.0),
    })
}

/// The public URL of a server that has none but its address.
pub fn url_of(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        format!("https://localhost:{}", address.port())
    } else {
        format!("https://{address}")
    }
}

/// The public URL that the server of a folder last left word of.
pub fn noted_url(folder: &Path) -> Option<String> {
    let notes = fs::read_to_string(folder.join("dev.env")).ok()?;
    let mut lines = notes.lines();
    lines.find_map(|line| line.strip_prefix("export STS_BASE=")).map(str::to_owned)
}

/// Leaves for clients what follows from address and keys: `dev.env` and `signing.crt`.
pub(crate) fn leave_notes(folder: &Path, url: &str, snapshot: &Snapshot) -> Result<(), DevFailure> {
    let folder = Folder(folder.to_owned());
    let mut keys = snapshot.realms.get("default").into_iter().flat_map(|realm| &realm.keys);
    let signs_saml = keys.find(|key| {
        key.state == KeyState::Active && key.signer.algorithm() == SignatureAlgorithm::RsaSha256
    });
    if let Some(key) = signs_saml {
        folder.write("signing.crt", key.signer.certificate().to_pem().as_bytes())?;
    }
    let secret = folder.path(PASSWORD);
    let password =
        fs::read_to_string(&secret).map_err(|why| DevFailure::File { path: secret, why })?;
    let path = |name: &str| folder.path(name).to_string_lossy().into_owned();
    let mut lines = String::new();
    for (name, value) in [
        ("STS_BASE", url),
        ("STS_CA", &path("ca.crt")),
        ("STS_USER", ACCOUNT),
        ("STS_PASSWORD", password.trim_end_matches('\n')),
        ("RP", PARTY),
        ("STS_SIGNING_CERT", &path("signing.crt")),
    ] {
        // Writing to a String cannot fail.
        let _written = writeln!(lines, "export {name}={}", quoted(value));
    }
    folder.write("dev.env", lines.as_bytes())
}

/// What `serve --dev` prints once it answers: where it listens, and two commands that get a token.
pub fn greeting(folder: &Path, addresses: Addresses, program: &Path) -> String {
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let url = url_of(addresses.listen);
    let path = |name: &str| quoted(&folder.join(name).to_string_lossy());
    let program = quoted(&program.to_string_lossy());
    let who = format!(
        "--ca {} --user {ACCOUNT} --password-file {} --applies-to {PARTY}",
        path("ca.crt"),
        path(PASSWORD),
    );
    let client = format!("--client-id {CLIENT} --client-secret-file {}", path(CLIENT_SECRET));
    format!(
        "Symbolon listens on {url} (operations on http://{}); its data is in {}.\n\n\
         A SAML 2.0 token for {ACCOUNT} over WS-Trust:\n\n\
         $ {program} token request --wstrust {url}{WS_TRUST} {who}\n\n\
         A JWT over OAuth, exchanged for a SAML token that the command fetches first:\n\n\
         $ {program} token request --oauth {url} {client} {who}\n",
        addresses.operations,
        folder.display(),
    )
}

/// For a POSIX shell: as it is where nothing in it means anything, else in single quotes.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-:=@%+,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// 144 bits in letters, digits, `-` and `_`, and the newline that a text file ends with.
fn random_line() -> Result<String, NoRandomness> {
    let mut octets = [0; 18];
    fill_random(&mut octets)?;
    Ok(URL_SAFE_NO_PAD.encode(octets) + "\n")
}

/// A certificate for this machine's own names, and for the address if that is another, from an authority of our own.
fn certify(folder: &Folder, address: IpAddr, now: Timestamp) -> Result<TlsFiles, DevFailure> {
    let validity = Validity { not_before: now.millis(), not_after: now.after(CERTIFIED).millis() };
    let mut addresses = vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
    let mut name = "tls".to_owned();
    if !address.is_unspecified() && !addresses.contains(&address) {
        name = format!("tls-{}", address.to_string().replace(':', "-"));
        addresses.push(address);
    }
    let files = TlsFiles {
        certificate: folder.path(&format!("{name}.crt")),
        key: folder.path(&format!("{name}.key")),
    };
    let authority = authority(folder, validity)?;
    if !(files.certificate.exists() && files.key.exists()) {
        let names = ServerNames { dns: vec!["localhost".to_owned()], addresses };
        let issued = authority.issue_server(&names, validity)?;
        folder.write(&format!("{name}.key"), issued.key.to_pem()?.as_bytes())?;
        folder.write(&format!("{name}.crt"), issued.certificate.to_pem().as_bytes())?;
    }
    Ok(files)
}

fn authority(folder: &Folder, validity: Validity) -> Result<Authority, DevFailure> {
    let read = |name: &str| {
        let path = folder.path(name);
        fs::read_to_string(&path).map_err(|why| DevFailure::File { path, why })
    };
    if folder.path("ca.crt").exists() {
        let key = Pkcs8::from_pem(&read("ca.key")?)?;
        return Ok(Authority::from_pem(&read("ca.crt")?, &key)?);
    }
    let (authority, key) = Authority::create("Symbolon development CA", validity)?;
    folder.write("ca.key", key.to_pem()?.as_bytes())?;
    folder.write("ca.crt", authority.certificate().to_pem().as_bytes())?;
    Ok(authority)
}

/// The development folder. All in it is its owner's alone.
struct Folder(PathBuf);

impl Folder {
    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn make(&self, name: &str) -> Result<(), DevFailure> {
        let path = self.path(name);
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&path);
        made.map_err(|why| DevFailure::File { path, why })
    }

    /// Writes a file unless it is there.
    fn keep(
        &self,
        name: &str,
        content: impl FnOnce() -> Result<Vec<u8>, DevFailure>,
    ) -> Result<(), DevFailure> {
        if self.path(name).exists() { Ok(()) } else { self.write(name, &content()?) }
    }

    /// Writes a file whole or not at all: a start that was cut short leaves no half secret to be kept.
    fn write(&self, name: &str, content: &[u8]) -> Result<(), DevFailure> {
        let (path, new) = (self.path(name), self.path(&format!("{name}.new")));
        let written = || {
            match fs::remove_file(&new) {
                Err(why) if why.kind() != io::ErrorKind::NotFound => return Err(why),
                _ => {}
            }
            let mut file =
                OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
            file.write_all(content)?;
            file.sync_all()?;
            fs::rename(&new, &path)
        };
        written().map_err(|why| DevFailure::File { path: path.clone(), why })
    }
}

#[cfg(test)]
mod tests;
