//! `symbolon doctor`: what a client in use would make of a server's answers.
//!
//! In:  which client, where, who, for whom.
//! Out: its first call, as it was recorded, sent to the server; what of the answer it would choke on, and exit code 1.
//! Never: a change to the server, but for the audit event of a request.

mod clients;
mod json;
mod mex;
mod recorded;
mod soap;

use std::path::PathBuf;

use clap::Args;
use symbolon_client::{Client, Replay, Replied};
use symbolon_server::clock::Clock;

use self::clients::{Known, Speaks};
use self::recorded::{Filling, Recorded};
use crate::block_on;
use crate::commands::files;
use crate::commands::wire::{self, failed};
use crate::output::{Failed, clean, say};

/// Which client, where, who, for whom.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// The client whose first call is made.
    #[arg(long, value_enum, value_name = "CLIENT")]
    as_client: Known,
    /// The endpoint, or the server: then the path is the one that was recorded. For openid-client the issuer.
    #[arg(value_name = "URL")]
    url: String,
    /// The certificates that vouch for the server (PEM).
    #[arg(long, value_name = "FILE")]
    ca: PathBuf,
    /// The account that asks, as the client would write it.
    #[arg(long, value_name = "NAME", requires = "password_file")]
    user: Option<String>,
    /// Its password; one newline at the end is not part of it.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// The relying party that the token is for.
    #[arg(long, value_name = "NAME", default_value = "urn:rp:app")]
    applies_to: String,
    /// Send a wrong password, to see what the client makes of the fault.
    #[arg(long)]
    wrong_password: bool,
    /// The MEX document, for clients that read one first (adal, adal-node).
    #[arg(long, value_name = "URL")]
    mex: Option<String>,
    /// The OAuth client that asks (google-auth).
    #[arg(long, value_name = "ID", requires = "client_secret_file")]
    client_id: Option<String>,
    /// Its secret; one newline at the end is not part of it.
    #[arg(long, value_name = "FILE")]
    client_secret_file: Option<PathBuf>,
    /// The token to exchange (google-auth).
    #[arg(long, value_name = "FILE")]
    subject_token: Option<PathBuf>,
    /// Show requests and answers on standard error, secrets masked.
    #[arg(long)]
    wire: bool,
}

/// What was found about an answer.
#[derive(Debug)]
struct Finding {
    what: &'static str,
    holds: Holds,
}

/// Whether the client gets along with it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Holds {
    Yes,
    /// This client chokes on it.
    No,
    /// This client does not mind; others in use do.
    NoButOnlyForOthers,
}

/// Calls and judges.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failed> {
    let client = wire::client(&arguments.ca, arguments.wire)?;
    let mut findings = Vec::new();
    if let Some(url) = &arguments.mex {
        let recorded = Recorded::parse(clients::MEX)?;
        let answer = block_on(arguments.call(&client, &recorded, url))?;
        findings.extend(mex::findings(&answer));
    }
    let recorded = Recorded::parse(arguments.as_client.recorded())?;
    let url = arguments.address(&recorded);
    let answer = block_on(arguments.call(&client, &recorded, &url))?;
    say(&format!("{} {url}: HTTP {}", recorded.method, answer.status));
    findings.extend(match arguments.as_client.speaks() {
        Speaks::WsTrust(wants) => soap::findings(&answer, &wants),
        Speaks::Discovery => json::discovery(&answer, &arguments.url),
        Speaks::Exchange => json::exchange(&answer),
    });
    told(&findings);
    let chokes = findings.iter().filter(|finding| finding.holds == Holds::No).count();
    let name = arguments.as_client.name();
    match (chokes, refusal(&answer)) {
        (0, None) => Ok(()),
        (0, Some(_)) if arguments.wrong_password => Ok(()),
        (0, Some(said)) => Err(Failed::because(format!("{name} reads that it was refused"), said)
            .with_remedy("the server's operator sees why: symbolon explain ID")),
        (_, Some(said)) if answer.status == 404 => {
            Err(Failed::because(format!("{name} chokes on this"), said)
                .with_remedy("nothing is served at that path: give an endpoint this path"))
        }
        (_, Some(said)) => Err(Failed::because(format!("{name} chokes on this"), said)),
        (_, None) => Err(Failed::new(format!("{name} chokes on this"))),
    }
}

impl Arguments {
    /// The client's own path where none was given, or where the client has but one.
    fn address(&self, recorded: &Recorded) -> String {
        if self.as_client == Known::OpenidClient {
            return format!("{}{}", self.url.trim_end_matches('/'), recorded.path);
        }
        let scheme = self.url.find("://").map_or(0, |at| at.saturating_add(3));
        let (scheme, rest) = self.url.split_at(scheme);
        let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
        let none = path.trim_matches('/').is_empty();
        let own = none || self.as_client == Known::NodeSpAuth;
        format!("{scheme}{host}{}", if own { &recorded.path } else { path })
    }

    async fn call(
        &self,
        client: &Client,
        recorded: &Recorded,
        url: &str,
    ) -> Result<Replied, Failed> {
        let filling = self.filling(url)?;
        let (headers, body) = recorded.filled(&filling)?;
        let replay = Replay { method: &recorded.method, url, headers, body };
        client.replay(replay).await.map_err(failed)
    }

    fn filling(&self, url: &str) -> Result<Filling, Failed> {
        let secret = |path: &Option<PathBuf>| path.as_deref().map(files::secret).transpose();
        let subject_token = self.subject_token.as_deref().map(files::read).transpose()?;
        Ok(Filling {
            url: url.to_owned(),
            user: self.user.clone(),
            password: secret(&self.password_file)?,
            wrong_password: self.wrong_password,
            applies_to: self.applies_to.clone(),
            client_id: self.client_id.clone(),
            client_secret: secret(&self.client_secret_file)?,
            subject_token,
            now: Clock::start().read().now,
        })
    }
}

fn told(findings: &[Finding]) {
    for Finding { what, holds } in findings {
        let verdict = match holds {
            Holds::Yes => "ok    ",
            Holds::No => "CHOKES",
            Holds::NoButOnlyForOthers => "others",
        };
        say(&format!("{verdict}  {what}"));
    }
}

/// What a refusal says, in the words of its protocol.
fn refusal(answer: &Replied) -> Option<String> {
    if answer.status == 200 {
        return None;
    }
    let said = soap::said(answer).or_else(|| json::said(answer));
    let id = answer.header("x-request-id").map(|id| format!("; request id {id}"));
    let said = said.unwrap_or_else(|| format!("HTTP {}", answer.status));
    Some(clean(&format!("{said}{}", id.unwrap_or_default())))
}
