//! `symbolon token verify`: a token as its relying party sees it.

use std::io::Read;
use std::path::PathBuf;

use clap::Args;
use symbolon_client::{Expected, verify};
use symbolon_server::clock::Clock;

use super::Output;
use super::shown::{Findings, show};
use super::trust::Keys;
use crate::commands::files;
use crate::output::Failed;

/// LIMIT: as much as any format of ours takes, and room for white space.
const TOKEN: u64 = 128 * 1024;

/// Which token, and whose.
#[derive(Args, Debug)]
#[command(group = clap::ArgGroup::new("trust").args(["certificate", "jwks"]).required(true))]
pub(crate) struct Arguments {
    /// The token; without a file, or with `-`, it is read from standard input.
    #[arg(value_name = "FILE")]
    token: Option<PathBuf>,
    #[command(flatten)]
    keys: Keys,
    /// The issuer that the token must name.
    #[arg(long, value_name = "NAME")]
    issuer: Option<String>,
    /// The relying party that the token must be for.
    #[arg(long, value_name = "NAME")]
    audience: Option<String>,
    /// What is written to standard output.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

/// Verifies.
pub(super) async fn run(arguments: &Arguments) -> Result<(), Failed> {
    let Some(trust) = arguments.keys.given()? else {
        return Err(Failed::new("no keys: give --certificate or --jwks"));
    };
    let trust = match &arguments.issuer {
        Some(issuer) => trust.of_issuer(issuer),
        None => trust,
    };
    let token = match &arguments.token {
        Some(path) if path.as_os_str() != "-" => files::read(path)?,
        Some(_) | None => from_standard_input()?,
    };
    let now = Clock::start().read().now;
    let expected = Expected { audience: arguments.audience.as_deref() };
    let verified = verify(&token, &trust, expected, now)
        .await
        .map_err(|flaw| Failed::because("the token is not to be believed", flaw))?;
    show(token.trim_ascii(), &Findings::Verified(&verified), arguments.output, now);
    Ok(())
}

fn from_standard_input() -> Result<Vec<u8>, Failed> {
    let mut octets = Vec::new();
    std::io::stdin()
        .lock()
        .take(TOKEN)
        .read_to_end(&mut octets)
        .map_err(|error| Failed::because("standard input", error))?;
    Ok(octets)
}
