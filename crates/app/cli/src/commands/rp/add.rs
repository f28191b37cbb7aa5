//! `symbolon rp add`: a relying party's object, from its metadata, its certificate or its name alone.
//!
//! In:  SAML or WS-Federation metadata, a certificate in PEM, or an id; who may have tokens for it.
//! Out: `objects.d/NAME.toml`; what that changes; what to write on the other side.
//! Never: overwrites a file; writes one that would not be taken; admits anybody who was not named.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use symbolon_keys::Certificate;
use symbolon_registry::{Applied, Mode};
use symbolon_server::config::Config;
use symbolon_server::{Draft, Prune, preview, read_objects};

use super::metadata::{self, Described, Use};
use super::snippet;
use crate::block_on;
use crate::commands::whose::Whose;
use crate::commands::{files, provision};
use crate::output::{Failed, clean, moment, note, say};

/// Which relying party, and who may have tokens for it.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// The URI by which requestors name it; without, the entityID of its metadata.
    #[arg(value_name = "ID", required_unless_present = "from")]
    id: Option<String>,
    /// Its SAML or WS-Federation metadata, or its certificate in PEM.
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    #[command(flatten)]
    whose: Whose,
    /// The name of the file in the folder of objects, without `.toml`; without, made from the id.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Tokens that it takes, the default first; without, those that metadata of its kind imply, else saml2,jwt.
    #[arg(long, value_name = "TYPES", value_delimiter = ',')]
    token_types: Vec<String>,
    /// Accounts that may have a token for it: names, or `everyone`. Nobody without.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    accounts: Vec<String>,
    /// OAuth clients that may: ids, or `everyone`. Nobody without.
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    clients: Vec<String>,
    /// What it is told about a subject, besides what its metadata asks for.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    attributes: Vec<String>,
    /// Write nothing; show the file and what it would change.
    #[arg(long)]
    dry_run: bool,
}

/// Adds it.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failed> {
    let described = arguments.described()?;
    let id = described.id.as_str();
    let config = arguments.whose.read()?;
    let Some(folder) = &config.provision else {
        return Err(Failed::new("this server has no folder of objects")
            .with_remedy("write provision = \"objects.d\" in server.toml"));
    };
    let name = format!("{}.toml", arguments.file_name(id)?);
    let path = folder.join(&name);
    if path.symlink_metadata().is_ok() {
        return Err(Failed::because(path.display(), "is there already")
            .with_remedy("change it by hand, or choose another --name"));
    }
    let text = arguments.text(&described);
    let draft = Draft { name: &name, text: &text };
    let applied =
        block_on(async { preview(&config, Prune::No, Some(draft)).await.map_err(Failed::new) })?;
    if arguments.dry_run {
        say(text.trim_end());
    } else {
        write(&path, &text)?;
        say(&format!("wrote {}", path.display()));
    }
    arguments.told(&applied);
    say(&format!("\n{}", other_side(&config, folder, id)?));
    Ok(())
}

impl Arguments {
    /// What is known of the relying party.
    fn described(&self) -> Result<Described, Failed> {
        let Some(path) = &self.from else {
            return Ok(Described::named(self.id.clone().unwrap_or_default()));
        };
        let octets = files::read(path)?;
        let wrong = |why: &dyn std::fmt::Display| Failed::because(path.display(), why);
        if !octets.trim_ascii_start().starts_with(b"-----BEGIN") {
            let described = metadata::read(&octets, self.id.as_deref());
            return described.map_err(|flaw| {
                wrong(&flaw).with_remedy("give metadata of a service, or a certificate in PEM")
            });
        }
        let Some(id) = &self.id else {
            return Err(wrong(&"a certificate does not say what the relying party is called")
                .with_remedy("name it: symbolon rp add ID --from FILE"));
        };
        let text = String::from_utf8_lossy(&octets);
        let certificate = Certificate::from_pem(&text).map_err(|flaw| wrong(&flaw))?;
        let certificates = vec![(Use::Either, certificate)];
        Ok(Described { certificates, ..Described::named(id.clone()) })
    }

    /// The object's file, without its extension.
    fn file_name(&self, id: &str) -> Result<String, Failed> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if let Some(name) = &self.name {
            let usable = !name.is_empty() && !name.starts_with('.') && name.chars().all(plain);
            let wrong = || Failed::because(name, "not a file name here");
            return if usable { Ok(name.clone()) } else { Err(wrong()) };
        }
        let short = id.strip_prefix("https://").unwrap_or(id);
        let name: String = short.chars().map(|c| if plain(c) { c } else { '-' }).collect();
        let name = name.trim_matches(|c| matches!(c, '-' | '.'));
        // LIMIT: file systems take 255 octets; nobody reads a name of more than 80.
        let name: String = name.chars().take(80).collect();
        Ok(if name.is_empty() { "relying-party".to_owned() } else { name })
    }

    /// The object as TOML.
    fn text(&self, described: &Described) -> String {
        let mut lines = Vec::new();
        match &self.from {
            Some(path) => lines.push(format!("# From {}, by `symbolon rp add`.", path.display())),
            None => lines.push("# By `symbolon rp add`.".to_owned()),
        }
        lines.extend(described.certificates.iter().map(certificate_line));
        lines.extend(described.consumers.iter().map(|url| format!("# It takes tokens at {url}")));
        // SECURITY: a line break in metadata must not end the comment. Test: `metadata_cannot_write_objects_of_its_own`.
        let mut lines: Vec<String> = lines.iter().map(|line| clean(line)).collect();
        let mut attributes = described.attributes.clone();
        let more = self.attributes.iter().filter(|name| !described.attributes.contains(name));
        attributes.extend(more.cloned());
        lines.push("\n[[relying_party]]".to_owned());
        lines.push(format!("id = {}", quoted(&described.id)));
        let implied: Vec<String> = described.token_types.iter().map(|&t| t.to_owned()).collect();
        let token_types = if self.token_types.is_empty() { &implied } else { &self.token_types };
        lines.push(format!("token_types = {}", list(token_types)));
        lines.push(format!("attributes = {}", list(&attributes)));
        if let Some(format) = &described.name_format {
            lines.push(format!("name_format = {}", quoted(format)));
        }
        lines.push(
            "# \"everyone\", or a list of names; nobody where nothing is written.".to_owned(),
        );
        lines.push(format!("accounts = {}", admission(&self.accounts)));
        lines.push(format!("clients = {}", admission(&self.clients)));
        lines.join("\n") + "\n"
    }

    fn told(&self, applied: &Applied) {
        say("");
        provision::told(applied, Mode::DryRun).iter().for_each(|line| say(line));
        if !self.dry_run {
            say(&format!(
                "a running server takes it at SIGHUP; otherwise: symbolon provision {}",
                self.whose.option()
            ));
        }
        if self.accounts.is_empty() && self.clients.is_empty() {
            note("nobody may have a token for it yet: write accounts or clients in the file");
        }
        if self.from.is_some() {
            note(
                "nobody vouched for what was read: compare it, thumbprints above all, with its owner",
            );
        }
    }
}

fn other_side(config: &Config, folder: &Path, id: &str) -> Result<String, Failed> {
    let objects = read_objects(folder)
        .map_err(|mistakes| Failed::new(symbolon_server::config::ConfigMistakes(mistakes)))?;
    Ok(clean_lines(&snippet::of(config, &objects, id)))
}

fn clean_lines(text: &str) -> String {
    text.lines().map(clean).collect::<Vec<_>>().join("\n")
}

fn write(path: &Path, text: &str) -> Result<(), Failed> {
    let written = || {
        let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    };
    written().map_err(|why| {
        let _half = fs::remove_file(path);
        Failed::because(path.display(), why)
    })
}

fn certificate_line((used_for, certificate): &(Use, Certificate)) -> String {
    let thumbprint: Vec<String> =
        certificate.thumbprint_sha256().iter().map(|octet| format!("{octet:02X}")).collect();
    let until = symbolon_model::Timestamp::from_millis(certificate.validity().not_after);
    format!("# Certificate{used_for}: SHA-256 {}, until {}", thumbprint.join(":"), moment(until))
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

fn list(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    format!("[{}]", names.join(", "))
}

fn admission(names: &[String]) -> String {
    match names {
        [one] if one == "everyone" => quoted(one),
        names => list(names),
    }
}

#[cfg(test)]
mod tests;
