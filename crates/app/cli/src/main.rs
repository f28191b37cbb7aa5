//! `symbolon`: the server and its tools, in one binary.
//!
//! In:  a command line.
//! Out: exit code 0: done; 1: refused or failed, said on standard error with what to do about it; 2: not a command line.
//! Never: a secret on a command line, on standard output or on standard error.

mod commands;
mod output;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::commands::{audit, explain, provision, serve, token};
use crate::output::Failed;

/// A security token service.
#[derive(Parser, Debug)]
#[command(name = "symbolon", version, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Run the server.
    Serve(serve::Arguments),
    /// Get tokens, and verify them.
    #[command(subcommand)]
    Token(token::Command),
    /// Read the audit trail.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Say why a request was answered as it was: what was proven, what failed, which rule decided, what to do about it.
    Explain(explain::Arguments),
    /// Bring the objects of the provisioned files into the store.
    Provision(provision::Arguments),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Serve(arguments) => serve::run(arguments),
        Command::Token(command) => token::run(command),
        Command::Audit(command) => audit::run(&command),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Provision(arguments) => provision::run(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => failed.report(),
    }
}

/// Runs what waits for a network on all cores.
fn block_on<T>(future: impl Future<Output = Result<T, Failed>>) -> Result<T, Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|error| Failed::because("cannot start", error))?.block_on(future)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn what_is_no_command_line_is_refused() {
        for line in [
            "symbolon",
            "symbolon serve",
            "symbolon serve --dev --config a.toml",
            "symbolon token request --ca ca.crt --applies-to urn:rp",
            "symbolon token request --oauth https://sts --ca ca.crt --user a --password-file p --applies-to urn:rp",
            "symbolon token request --wstrust https://sts --ca ca.crt --user a --applies-to urn:rp",
            "symbolon token verify --certificate c --jwks k",
            "symbolon token verify t",
            "symbolon explain",
        ] {
            let refused = Arguments::try_parse_from(line.split(' ')).unwrap_err();
            assert_eq!(refused.exit_code(), 2, "{line}");
        }
    }

    #[test]
    fn every_command_that_is_documented_is_read() {
        for line in [
            "symbolon serve --dev",
            "symbolon serve --dev --data d --listen 127.0.0.1:0",
            "symbolon serve --config server.toml",
            "symbolon token request --wstrust https://sts/u --ca c --user a --password-file p --applies-to urn:rp",
            "symbolon token request --oauth https://sts --ca c --user a --password-file p --applies-to urn:rp \
             --client-id i --client-secret-file s --output token --wire",
            "symbolon token request --oauth https://sts --ca c --subject-token t --applies-to urn:rp --client-id i \
             --client-secret-file s --scope read",
            "symbolon token verify --jwks k --audience urn:rp",
            "symbolon token verify t --certificate c --issuer https://sts --output json",
            "symbolon audit list --data d --newest 5",
            "symbolon audit verify --store s",
            "symbolon explain r-1 --config server.toml",
            "symbolon provision --config server.toml --dry-run --prune",
        ] {
            let words = line.split_ascii_whitespace();
            assert!(Arguments::try_parse_from(words).is_ok(), "{line}");
        }
    }
}
