//! `symbolon`: the server and its tools, in one binary.
//!
//! In:  a command line.
//! Out: exit code 0: done; 1: refused or failed, said on standard error with what to do about it; 2: not a command line.
//! Never: a secret on a command line, on standard output or on standard error.

mod commands;
mod output;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::commands::{
    audit, check, doctor, explain, init, objects, provision, rp, serve, shell, token,
};
use crate::output::Failed;

// Measured: a tenth of a request was spent in the system's allocator, and it kept what argon2id gave back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
    /// Write the files of a production server, with comments; what is there stays.
    Init(init::Arguments),
    /// Look at a configuration and everything that it names, without listening.
    Check(check::Arguments),
    /// Bring the objects of the provisioned files into the store.
    Provision(provision::Arguments),
    /// Add relying parties, and look at those that are there.
    #[command(subcommand)]
    Rp(rp::Command),
    /// Look at accounts.
    #[command(subcommand)]
    Account(objects::Command),
    /// Look at OAuth clients.
    #[command(subcommand)]
    Client(objects::Command),
    /// Make the first call of a client in use, and say what it would choke on.
    Doctor(Box<doctor::Arguments>),
    /// Write a shell's completions to standard output.
    Completions(shell::Completions),
    /// Write the manual's pages into a folder.
    Man(shell::Man),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Serve(arguments) => serve::run(arguments),
        Command::Token(command) => token::run(command),
        Command::Audit(command) => audit::run(&command),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Init(arguments) => init::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Provision(arguments) => provision::run(&arguments),
        Command::Rp(command) => rp::run(&command),
        Command::Account(command) => objects::run(&objects::ACCOUNT, &command),
        Command::Client(command) => objects::run(&objects::CLIENT, &command),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Completions(arguments) => {
            shell::completions(&arguments);
            Ok(())
        }
        Command::Man(arguments) => shell::man(&arguments),
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
            "symbolon provision",
            "symbolon rp add --data d",
            "symbolon rp add urn:rp:a",
            "symbolon client show",
            "symbolon doctor https://sts --ca c",
            "symbolon doctor --as-client curl https://sts --ca c",
            "symbolon completions",
            "symbolon man",
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
            "symbolon init",
            "symbolon init d --public-url https://sts.example",
            "symbolon check",
            "symbolon check --config server.toml",
            "symbolon rp add urn:rp:a --data d --accounts alice,bob --clients c --token-types jwt --dry-run",
            "symbolon rp add --from metadata.xml --config server.toml --name a --accounts everyone",
            "symbolon rp list --data d",
            "symbolon account show alice --store s --realm default",
            "symbolon client list --config server.toml",
            "symbolon doctor --as-client adal https://sts/u --ca c --user a --password-file p --applies-to urn:rp",
            "symbolon doctor --as-client openid-client https://sts --ca c --wire",
            "symbolon completions bash",
            "symbolon man d",
        ] {
            let words = line.split_ascii_whitespace();
            assert!(Arguments::try_parse_from(words).is_ok(), "{line}");
        }
    }
}
