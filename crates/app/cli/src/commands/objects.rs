//! `symbolon rp|account|client list|show`: what the store holds.
//!
//! In:  which store; the server may be running.
//! Out: names, or one object as it would stand in a file of `objects.d`.
//! Never: a secret or the hash of one; what is left out is named.

use std::path::Path;

use clap::{Args, Subcommand};
use serde_json::Value;
use symbolon_model::RealmId;
use symbolon_registry::store::{Stored, StoredAccount, StoredObject};
use symbolon_store::{OpenFailure, SqliteContents};

use super::trail::Which;
use crate::output::{Failed, clean, say};

/// What to read.
#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Show every name.
    List(List),
    /// Show one as it would stand in a file.
    Show(Show),
}

/// Which store.
#[derive(Args, Debug)]
pub(crate) struct List {
    #[command(flatten)]
    which: Which,
}

/// Which one.
#[derive(Args, Debug)]
pub(crate) struct Show {
    /// Its name or id.
    #[arg(value_name = "NAME")]
    name: String,
    /// Its realm.
    #[arg(long, value_name = "ID", default_value = "default")]
    realm: String,
    #[command(flatten)]
    which: Which,
}

/// A kind of object, and the fields that may be shown.
#[derive(Debug)]
pub(crate) struct Kind {
    name: &'static str,
    /// `None`: all. SECURITY: what a later release adds to a kind with secrets is hidden until somebody writes it down here.
    /// Test: `what_may_be_a_secret_is_named_and_not_shown`.
    shown: Option<&'static [&'static str]>,
}

/// Relying parties hold nothing secret.
pub(crate) const RELYING_PARTY: Kind = Kind { name: "relying_party", shown: None };
pub(crate) const ACCOUNT: Kind =
    Kind { name: "account", shown: Some(&["name", "realm", "enabled", "attributes"]) };
pub(crate) const CLIENT: Kind = Kind {
    name: "client",
    shown: Some(&[
        "id",
        "realm",
        "keys", // public ones
        "public",
        "grants",
        "may_exchange",
        "default_party",
    ]),
};

/// Reads.
pub(crate) fn run(kind: &Kind, command: &Command) -> Result<(), Failed> {
    match command {
        Command::List(list) => {
            let found = read(kind, &list.which)?;
            found.iter().for_each(|one| say(&one.line()));
            Ok(())
        }
        Command::Show(show) => {
            let found = read(kind, &show.which)?;
            let wanted = |one: &&Found| one.name == show.name && one.realm == show.realm;
            let one = found.iter().find(wanted).ok_or_else(|| {
                Failed::new(format!("no {} {} in realm {}", kind.words(), show.name, show.realm))
                    .with_remedy(format!("`symbolon {} list` shows every name", kind.command()))
            })?;
            say(one.text(kind)?.trim_end());
            Ok(())
        }
    }
}

impl Kind {
    fn words(&self) -> String {
        self.name.replace('_', " ")
    }

    fn command(&self) -> &'static str {
        if self.name == RELYING_PARTY.name { "rp" } else { self.name }
    }

    fn shows(&self, field: &str) -> bool {
        self.shown.is_none_or(|shown| shown.contains(&field))
    }
}

/// An object of the store.
struct Found {
    realm: String,
    name: String,
    origin: String,
    /// As JSON; `Err` where another release wrote it.
    body: Result<Value, String>,
}

impl From<StoredObject> for Found {
    fn from(object: StoredObject) -> Self {
        let body = serde_json::from_str::<Value>(&object.body).map_err(|flaw| flaw.to_string());
        let body = body.and_then(|mut body| {
            body.get_mut("object").map(Value::take).ok_or_else(|| "no object in it".to_owned())
        });
        Self { realm: object.key.realm, name: object.key.id, origin: object.origin, body }
    }
}

impl Found {
    fn account(realm: &RealmId, account: &StoredAccount) -> Self {
        Self {
            realm: realm.as_str().to_owned(),
            name: account.record.name.as_str().to_owned(),
            origin: account.origin.clone(),
            body: serde_json::to_value(&account.record)
                .map(as_written)
                .map_err(|flaw| flaw.to_string()),
        }
    }

    fn line(&self) -> String {
        [&self.name, &self.realm, &self.origin].map(|text| clean(text)).join("\t")
    }

    /// As it would stand in a file, with a comment for what is not shown.
    fn text(&self, kind: &Kind) -> Result<String, Failed> {
        let unreadable =
            |why: &str| Failed::because(format!("{} {}", kind.words(), self.name), why);
        let body = self.body.as_ref().map_err(|why| unreadable(why))?;
        let fields = body.as_object().ok_or_else(|| unreadable("not an object"))?;
        let (shown, hidden): (Vec<_>, Vec<_>) =
            fields.iter().filter(|(_, value)| !value.is_null()).partition(|(f, _)| kind.shows(f));
        let shown: serde_json::Map<String, Value> =
            shown.into_iter().map(|(field, value)| (field.clone(), value.clone())).collect();
        let tables = serde_json::json!({ kind.name: [shown] });
        let toml = toml::to_string(&tables).map_err(|flaw| unreadable(&flaw.to_string()))?;
        let mut text = format!("# from {}\n", clean(&self.origin));
        if !hidden.is_empty() {
            let hidden: Vec<&str> = hidden.iter().map(|(field, _)| field.as_str()).collect();
            text.push_str(&format!("# not shown: {}\n", clean(&hidden.join(", "))));
        }
        text.push_str(&toml);
        Ok(text)
    }
}

/// An account's attributes as a file has them: by name.
fn as_written(mut account: Value) -> Value {
    let named = |claim: &Value| {
        Some((claim.get("name")?.as_str()?.to_owned(), claim.get("values")?.clone()))
    };
    let attributes = account.get("attributes").and_then(Value::as_array);
    let attributes: Option<serde_json::Map<String, Value>> =
        attributes.and_then(|all| all.iter().map(named).collect());
    if let (Some(named), Some(there)) = (attributes, account.get_mut("attributes")) {
        *there = Value::Object(named);
    }
    account
}

/// Every object of a kind, by realm and name.
fn read(kind: &Kind, which: &Which) -> Result<Vec<Found>, Failed> {
    let path = which.path()?;
    let contents = SqliteContents::open(&path).map_err(|failure| unopened(&path, failure))?;
    let unreadable =
        |why: symbolon_kernel::ports::NotAvailable| Failed::because(path.display(), why.what);
    let Stored { objects, .. } = contents.stored().map_err(unreadable)?;
    if kind.name != ACCOUNT.name {
        let of_kind = objects.into_iter().filter(|object| object.key.kind == kind.name);
        return Ok(of_kind.map(Found::from).collect());
    }
    let mut found = Vec::new();
    for realm in objects.iter().filter(|object| object.key.kind == "realm") {
        let realm = RealmId::new(realm.key.id.as_str());
        let accounts = contents.accounts_of(&realm).map_err(unreadable)?;
        found.extend(accounts.iter().map(|account| Found::account(&realm, account)));
    }
    Ok(found)
}

/// Why a store is not read, and what to do about it.
pub(super) fn unopened(path: &Path, failure: OpenFailure) -> Failed {
    match failure {
        OpenFailure::Absent(_) => {
            Failed::new(failure).with_remedy("name it with --config, --data or --store")
        }
        OpenFailure::InUse(_)
        | OpenFailure::Newer { .. }
        | OpenFailure::Sqlite(_)
        | OpenFailure::Io(_)
        | OpenFailure::Randomness(_) => Failed::because(path.display(), failure),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(body: Value) -> Found {
        let text = |text: &str| text.to_owned();
        Found {
            realm: text("default"),
            name: text("a"),
            origin: text("file:a.toml"),
            body: Ok(body),
        }
    }

    #[test]
    fn an_object_is_shown_as_it_would_stand_in_a_file() {
        let body = json!({ "id": "urn:rp:a", "attributes": ["mail"], "name_format": null });
        let shown = found(body).text(&RELYING_PARTY).unwrap();
        let expected =
            "# from file:a.toml\n[[relying_party]]\nattributes = [\"mail\"]\nid = \"urn:rp:a\"\n";
        assert_eq!(shown, expected);
    }

    #[test]
    fn the_attributes_of_an_account_are_shown_by_name() {
        let body = json!({ "name": "a", "attributes": [{ "name": "mail", "values": ["a@b"] }] });
        let shown = found(as_written(body)).text(&ACCOUNT).unwrap();
        assert!(shown.ends_with("[account.attributes]\nmail = [\"a@b\"]\n"), "{shown}");
    }

    #[test]
    fn what_may_be_a_secret_is_named_and_not_shown() {
        for (kind, field) in [(CLIENT, "secret"), (ACCOUNT, "password"), (CLIENT, "of_next_year")] {
            let body = json!({ "id": "a", "name": "a", field: "s3cret" });
            let shown = found(body).text(&kind).unwrap();
            let hidden = shown.lines().find_map(|line| line.strip_prefix("# not shown: "));
            assert!(hidden.unwrap().split(", ").any(|name| name == field), "{shown}");
            assert!(!shown.contains("s3cret"), "{shown}");
        }
    }

    #[test]
    fn nothing_that_a_terminal_would_carry_out_is_shown() {
        let shown = found(json!({ "id": "a\u{1b}[2J" })).text(&RELYING_PARTY).unwrap();
        assert!(!shown.contains('\u{1b}'), "{shown}");
    }
}
