//! Other people's clients against a server of ours: the kit in `conformance/clients`.
//!
//! In:  the kit, and the objects there that are the other side of its variables.
//! Out: every scenario, counted; one that waits for a later issue is skipped by its name.
//! Never: a fixed port; a server that outlives the run.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use cargo_metadata::MetadataCommand;

use crate::steps::{Run, say, succeeds};

const NAME: &str = "clients";

/// Scenarios of what is not served yet: the AWS query API, passive WS-Federation, X.509 credentials, delegation, proof of
/// possession, introspection.
const WAITING: &str = "^(boto3|passport-wsfed)/|x509|actor|dpop|introspection";

/// What the kit and the objects have in common.
const SHARED: [(&str, &str); 3] =
    [("STS_PASSWORD", "s3cr&t<\">"), ("OAUTH_CLIENT_SECRET", "se:cr et"), ("STS_DOMAIN", "corp")];

/// Runs the clients of these names; all without any.
pub(crate) fn conformance(run: &mut Run, only: &[String]) {
    let places = match Places::find() {
        Ok(places) => places,
        Err(why) => return run.fail(NAME, &why),
    };
    say("installing what the clients need");
    if !succeeds(&mut Command::new(places.kit.join("setup"))) {
        let why = "conformance/clients/setup failed: it needs the packages of apt.txt there (or apt-get, as root), PyPI and npm";
        return run.skip(NAME, why);
    }
    match serve(&places) {
        Ok(server) => run.scenarios(NAME, &mut clients(&places, &server, only)),
        Err(why) => run.fail(NAME, &why),
    }
}

/// Where things are.
struct Places {
    /// The kit.
    kit: PathBuf,
    /// What this run makes.
    folder: PathBuf,
    /// The program.
    program: PathBuf,
}

impl Places {
    fn find() -> Result<Self, String> {
        let metadata = MetadataCommand::new().no_deps().exec().map_err(|why| why.to_string())?;
        let target = metadata.target_directory.as_std_path();
        Ok(Self {
            kit: metadata.workspace_root.as_std_path().join("conformance/clients"),
            folder: target.join("conformance/clients"),
            program: target.join("debug/symbolon"),
        })
    }
}

/// A running server; it ends with this value.
struct Server {
    process: Child,
    url: String,
    /// What it says next. Were this closed, its next line would end it.
    _said: BufReader<ChildStdout>,
}

/// Starts a server in a fresh folder.
fn serve(places: &Places) -> Result<Server, String> {
    let build = ["build", "--quiet", "--package", "symbolon-cli"];
    if !Command::new("cargo").args(build).status().is_ok_and(|status| status.success()) {
        return Err("the server does not build".to_owned());
    }
    let folder = &places.folder;
    furnish(places).map_err(|why| format!("{}: {why}", folder.display()))?;
    if !succeeds(Command::new(places.kit.join("infra/pki")).arg(folder.join("pki"))) {
        return Err("infra/pki made no keys".to_owned());
    }
    let log = folder.join("server.log");
    let started = start(places, &log).map_err(|why| format!("the server: {why}"))?;
    started.ok_or_else(|| format!("the server did not start, see {}", log.display()))
}

/// An empty folder with the objects in it, in place of those that `--dev` would write.
fn furnish(places: &Places) -> io::Result<()> {
    let objects = places.folder.join("objects.d");
    if places.folder.exists() {
        fs::remove_dir_all(&places.folder)?;
    }
    fs::create_dir_all(&objects)?;
    fs::write(objects.join("dev.toml"), "# The objects of the kit stand beside this file.\n")?;
    for entry in fs::read_dir(places.kit.join("objects.d"))? {
        let entry = entry?;
        fs::copy(entry.path(), objects.join(entry.file_name()))?;
    }
    Ok(())
}

/// The server once it says where it listens; `None` if it ended instead.
fn start(places: &Places, log: &Path) -> io::Result<Option<Server>> {
    let mut command = Command::new(&places.program);
    command.args(["serve", "--dev", "--listen", "127.0.0.1:0", "--data"]).arg(&places.folder);
    command.envs(SHARED).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(File::create(log)?);
    let mut process = command.spawn()?;
    let Some(output) = process.stdout.take() else { return Ok(None) };
    let mut server = Server { process, url: String::new(), _said: BufReader::new(output) };
    let mut line = String::new();
    while server._said.read_line(&mut line)? > 0 {
        if let Some(rest) = line.strip_prefix("Symbolon listens on ") {
            server.url = rest.split(' ').next().unwrap_or_default().to_owned();
            return Ok(Some(server));
        }
        line.clear();
    }
    Ok(None)
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only where the server has ended by itself.
        let _killed = self.process.kill();
        let _waited = self.process.wait();
    }
}

fn clients(places: &Places, server: &Server, only: &[String]) -> Command {
    let mut command = Command::new(places.kit.join("run-all"));
    command.args(only).envs(SHARED);
    command.env("STS_BASE", &server.url).env("ADFS_BASE", &server.url);
    command.env("STS_CA", places.folder.join("ca.crt"));
    command.env("CLIENT_CERT", places.folder.join("pki/client.crt"));
    command.env("CLIENT_KEY", places.folder.join("pki/client.key"));
    command.env("KIT_SKIP", WAITING).env("PYTHONDONTWRITEBYTECODE", "1");
    command
}
