//! `symbolon init`: the files of a production server, to be read and changed by whoever runs it.
//!
//! In:  a folder.
//! Out: `server.toml`, `objects.d/`, `sealing.key`, `secrets/` in it, and what to do next.
//! Never: overwrites what is there; leaves a key that others can read.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use clap::Args;
use symbolon_keys::{SealingKey, SystemRandom};
use symbolon_registry::is_public_url;

use crate::output::{Failed, say};

/// Where a packaged server has its files, and its store.
const PACKAGED: [&str; 2] = ["/etc/symbolon", "/var/lib/symbolon/store.sqlite"];

const SERVER: &str = include_str!("init/server.toml");
const OBJECTS: [(&str, &str); 4] = [
    ("objects.d/realm.toml", include_str!("init/objects.d/realm.toml")),
    ("objects.d/relying-parties.toml", include_str!("init/objects.d/relying-parties.toml")),
    ("objects.d/accounts.toml", include_str!("init/objects.d/accounts.toml")),
    ("objects.d/clients.toml", include_str!("init/objects.d/clients.toml")),
];

/// Where.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// The folder. What is there already stays as it is.
    #[arg(value_name = "DIR", default_value = "/etc/symbolon")]
    folder: PathBuf,
    /// What everybody will reach the server by; it becomes the issuer in its tokens: `https://HOST[:PORT][/PATH]`.
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
}

/// Makes what is missing.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failed> {
    if let Some(url) = arguments.public_url.as_deref().filter(|url| !is_public_url(url)) {
        return Err(Failed::because(url, "not a public URL")
            .with_remedy("write https://HOST[:PORT][/PATH] without a slash at its end"));
    }
    let folder = Folder(&arguments.folder);
    folder.make("", 0o755)?;
    folder.make("objects.d", 0o755)?;
    folder.make("secrets", 0o700)?;
    let sealing = || Ok(SealingKey::generate(&SystemRandom).map_err(Failed::new)?.1.to_string());
    folder.keep("sealing.key", 0o600, sealing)?;
    let filled = |text: &str| Ok(arguments.filled(text));
    folder.keep("server.toml", 0o644, || filled(SERVER))?;
    for (name, text) in OBJECTS {
        folder.keep(name, 0o644, || filled(text))?;
    }
    say(&arguments.next_steps());
    Ok(())
}

impl Arguments {
    /// A template with this server's own values.
    fn filled(&self, text: &str) -> String {
        let [etc, store] = PACKAGED;
        let store = if self.folder == Path::new(etc) { store } else { "store.sqlite" };
        let url = match &self.public_url {
            Some(url) => format!("public_url = \"{url}\""),
            None => "# public_url = \"https://sts.example.org\"".to_owned(),
        };
        let rest = self.public_url.as_deref().and_then(|url| url.strip_prefix("https://"));
        let path = rest.and_then(|rest| rest.find('/').and_then(|at| rest.get(at..)));
        text.replace("@PUBLIC_URL@", &url)
            .replace("@STORE@", store)
            .replace("@PATH@", path.unwrap_or_default())
    }

    fn next_steps(&self) -> String {
        let folder = self.folder.display();
        let mut steps = Vec::new();
        if self.public_url.is_none() {
            steps.push(format!("write public_url in {folder}/server.toml"));
        }
        steps.push(format!(
            "put the TLS certificate chain and its key to {folder}/tls.crt and tls.key"
        ));
        steps.push(format!(
            "keep a copy of {folder}/sealing.key elsewhere: without it the store's signing keys are lost"
        ));
        steps.push(format!(
            "add relying parties, accounts and clients to {folder}/objects.d, their secrets to {folder}/secrets"
        ));
        steps.push(format!("symbolon check --config {folder}/server.toml"));
        steps.push(format!("symbolon serve --config {folder}/server.toml"));
        let numbered = steps.iter().enumerate();
        let lines = numbered.map(|(at, step)| format!("{}. {step}", at.saturating_add(1)));
        format!("\nWhat is left to do:\n\n{}", lines.collect::<Vec<_>>().join("\n"))
    }
}

/// The folder that is filled.
struct Folder<'f>(&'f Path);

impl Folder<'_> {
    fn make(&self, name: &str, mode: u32) -> Result<(), Failed> {
        let path = self.0.join(name);
        let made = DirBuilder::new().recursive(true).mode(mode).create(&path);
        made.map_err(|why| failed(&path, &why))
    }

    /// Writes a file, whole or not at all, unless it is there.
    fn keep(
        &self,
        name: &str,
        mode: u32,
        content: impl FnOnce() -> Result<String, Failed>,
    ) -> Result<(), Failed> {
        let path = self.0.join(name);
        if path.symlink_metadata().is_ok() {
            say(&format!("kept  {}", path.display()));
            return Ok(());
        }
        let new = path.with_extension("new");
        let content = content()?;
        let written = || -> io::Result<()> {
            let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&new)?;
            file.write_all(content.as_bytes())?;
            file.sync_all()?;
            // Refused where the name was taken meanwhile; `rename` would overwrite.
            fs::hard_link(&new, &path)
        };
        let written = written();
        let _gone = fs::remove_file(&new);
        written.map_err(|why| failed(&path, &why))?;
        say(&format!("made  {}", path.display()));
        Ok(())
    }
}

fn failed(path: &Path, why: &io::Error) -> Failed {
    let failed = Failed::because(path.display(), why);
    if why.kind() == io::ErrorKind::PermissionDenied {
        return failed.with_remedy("run it as root, or name another folder: symbolon init DIR");
    }
    failed
}

#[cfg(test)]
mod tests {
    use symbolon_registry::file;
    use symbolon_server::config::Config;

    use super::*;

    /// A template with its examples no longer commented out.
    fn uncommented(text: &str) -> String {
        let example = |line: &str| {
            let rest = line.strip_prefix("# ")?;
            let name = rest.split(" = ").next()?;
            let field = rest.contains(" = ") && !name.contains([' ', '(']);
            (field || rest.starts_with('[')).then(|| rest.to_owned())
        };
        let lines = text.lines().map(|line| example(line).unwrap_or_else(|| line.to_owned()));
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn every_example_in_the_objects_is_one() {
        for (name, text) in OBJECTS {
            let text = uncommented(&text.replace("@PATH@", ""));
            let objects =
                file::parse(name, &text).unwrap_or_else(|flaws| panic!("{flaws:#?}\n{text}"));
            assert!(!objects.is_empty(), "{name}");
        }
    }

    #[test]
    fn every_example_in_the_configuration_is_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.toml");
        let arguments = Arguments { folder: folder.path().to_owned(), public_url: None };
        let text = uncommented(&arguments.filled(SERVER));
        assert!(text.contains("\nbody_octets = ") && text.contains("\npublic_url = "), "{text}");
        fs::write(&path, &text).unwrap();
        let config = Config::read(&path, []).unwrap();
        // What is shown there is what holds without it.
        let usual = symbolon_server::listener::Limits::default();
        assert_eq!(config.limits, usual);
    }

    #[test]
    fn the_path_of_the_public_url_is_that_of_its_metadata() {
        let url = Some("https://sts.example/tenant".to_owned());
        let arguments = Arguments { folder: PathBuf::from("site"), public_url: url };
        let realm = arguments.filled(OBJECTS[0].1);
        assert!(realm.contains("\"/.well-known/oauth-authorization-server/tenant\""), "{realm}");
        assert!(realm.contains("\"/tenant/.well-known/openid-configuration\""), "{realm}");
    }

    #[test]
    fn a_packaged_server_keeps_its_store_where_packages_do() {
        let filled = |folder: &str| {
            let arguments = Arguments { folder: PathBuf::from(folder), public_url: None };
            arguments.filled(SERVER)
        };
        assert!(filled("/etc/symbolon").contains("path = \"/var/lib/symbolon/store.sqlite\""));
        assert!(filled("site").contains("path = \"store.sqlite\""));
    }
}
