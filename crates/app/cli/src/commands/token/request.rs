//! `symbolon token request`: a token over WS-Trust, or over OAuth in exchange for one.
//!
//! In:  where, who, for whom; secrets by file.
//! Out: the token and what was verified about it.
//! Never: a token whose signature, issuer, lifetime or audience was checked and found wrong.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use symbolon_client::{
    Client, ExchangeRequest, Expected, IssueRequest, ReceivedToken, TokenKind, Trust, Verified,
    verify,
};
use symbolon_model::Timestamp;
use symbolon_server::clock::Clock;

use super::Output;
use super::shown::{Findings, show};
use super::trust::{Keys, published};
use crate::commands::files;
use crate::commands::wire::{self, failed};
use crate::output::Failed;

/// Where, who, for whom.
#[derive(Args, Debug)]
#[command(group = clap::ArgGroup::new("where").args(["wstrust", "oauth"]).required(true).multiple(true))]
#[command(group = clap::ArgGroup::new("who").args(["user", "subject_token"]).required(true))]
pub(crate) struct Arguments {
    /// The WS-Trust endpoint that takes a user name and a password.
    #[arg(long, value_name = "URL")]
    wstrust: Option<String>,
    /// The OAuth issuer; its token endpoint exchanges a token that is first fetched over WS-Trust, from --wstrust or from
    /// the issuer's own /trust/13/usernamemixed.
    #[arg(long, value_name = "ISSUER", requires = "client_id")]
    oauth: Option<String>,
    /// The certificates that vouch for the server (PEM).
    #[arg(long, value_name = "FILE")]
    ca: PathBuf,
    /// The account that asks.
    #[arg(long, value_name = "NAME", requires = "password_file")]
    user: Option<String>,
    /// Its password; one newline at the end is not part of it.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// The relying party that the token is for.
    #[arg(long, value_name = "NAME")]
    applies_to: String,
    /// The type of token: saml2, jwt, or a URI. Without it the relying party's own default.
    #[arg(long, value_name = "TYPE")]
    token_type: Option<String>,
    /// How long the token is to be good.
    #[arg(long, value_name = "SECONDS", conflicts_with = "oauth")]
    lifetime: Option<u32>,
    /// The OAuth client that asks.
    #[arg(long, value_name = "ID", requires = "client_secret_file", requires = "oauth")]
    client_id: Option<String>,
    /// Its secret; one newline at the end is not part of it.
    #[arg(long, value_name = "FILE")]
    client_secret_file: Option<PathBuf>,
    /// A token to exchange, instead of one fetched over WS-Trust.
    #[arg(long, value_name = "FILE", requires = "oauth", conflicts_with = "wstrust")]
    subject_token: Option<PathBuf>,
    /// The relying party of the token that is fetched to be exchanged. Without it the one of --applies-to.
    #[arg(long, value_name = "NAME", requires = "oauth")]
    subject_applies_to: Option<String>,
    /// OAuth scope, separated by spaces.
    #[arg(long, value_name = "SCOPE", requires = "oauth")]
    scope: Option<String>,
    #[command(flatten)]
    keys: Keys,
    /// What is written to standard output.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
    /// Show requests and answers on standard error, secrets masked.
    #[arg(long)]
    wire: bool,
}

/// Requests, verifies, shows.
pub(super) async fn run(arguments: &Arguments) -> Result<(), Failed> {
    let (client, given) = (arguments.client()?, arguments.keys.given()?);
    let clock = Clock::start();
    let (token, issuer) = match &arguments.oauth {
        Some(issuer) => {
            let subject = subject_token(arguments, issuer, &client, &clock).await?;
            let token = exchanged(arguments, issuer, &client, &subject, &clock).await?;
            (token, Some(issuer.clone()))
        }
        None => {
            let endpoint = arguments.wstrust.as_deref().unwrap_or_default();
            let token_type = arguments.ws_trust_type();
            let wish = (arguments.applies_to.as_str(), token_type.as_deref());
            (issued(arguments, endpoint, wish, &client, &clock).await?, origin(endpoint))
        }
    };
    let now = clock.read().now;
    let checked = match trust(given, issuer.as_deref(), &client).await {
        Ok(trust) => Ok(checked(&token, &trust, &arguments.applies_to, now).await?),
        Err(why) => Err(why),
    };
    let findings = match &checked {
        Ok(verified) => Findings::Verified(verified),
        Err(why) => Findings::Unverified { why, said: (token.applies_to.as_deref(), token.until) },
    };
    show(&token.octets, &findings, arguments.output, now);
    Ok(())
}

impl Arguments {
    fn client(&self) -> Result<Client, Failed> {
        wire::client(&self.ca, self.wire)
    }

    /// The wanted type as WS-Trust names it.
    fn ws_trust_type(&self) -> Option<String> {
        self.token_type.as_deref().map(|wanted| match wanted {
            "saml2" => TokenKind::Saml2.ws_trust_type().to_owned(),
            "jwt" => TokenKind::Jwt.ws_trust_type().to_owned(),
            uri => uri.to_owned(),
        })
    }

    /// The wanted type as OAuth names it.
    fn oauth_type(&self) -> Option<String> {
        self.token_type.as_deref().map(|wanted| match wanted {
            "saml2" => TokenKind::Saml2.oauth_type().to_owned(),
            "jwt" => TokenKind::Jwt.oauth_type().to_owned(),
            uri => uri.to_owned(),
        })
    }
}

/// A token over WS-Trust, for a relying party and of a type.
async fn issued(
    arguments: &Arguments,
    endpoint: &str,
    (applies_to, token_type): (&str, Option<&str>),
    client: &Client,
    clock: &Clock,
) -> Result<ReceivedToken, Failed> {
    let password = match &arguments.password_file {
        Some(path) => files::secret(path)?,
        None => return Err(Failed::new("no password: give --password-file")),
    };
    let request = IssueRequest {
        endpoint,
        user: arguments.user.as_deref().unwrap_or_default(),
        password: &password,
        applies_to,
        token_type,
        lifetime: arguments.lifetime.map(|seconds| Duration::from_secs(seconds.into())),
    };
    client.issue(&request, clock.read().now).await.map_err(failed)
}

/// The token to exchange: from a file, or a SAML 2.0 assertion over WS-Trust.
async fn subject_token(
    arguments: &Arguments,
    issuer: &str,
    client: &Client,
    clock: &Clock,
) -> Result<Vec<u8>, Failed> {
    if let Some(path) = &arguments.subject_token {
        return Ok(files::read(path)?.trim_ascii().to_vec());
    }
    let own = format!("{}/trust/13/usernamemixed", issuer.trim_end_matches('/'));
    let endpoint = arguments.wstrust.as_deref().unwrap_or(&own);
    let applies_to = arguments.subject_applies_to.as_ref().unwrap_or(&arguments.applies_to);
    let wish = (applies_to.as_str(), Some(TokenKind::Saml2.ws_trust_type()));
    issued(arguments, endpoint, wish, client, clock).await.map(|token| token.octets)
}

/// A token over OAuth.
async fn exchanged(
    arguments: &Arguments,
    issuer: &str,
    client: &Client,
    subject_token: &[u8],
    clock: &Clock,
) -> Result<ReceivedToken, Failed> {
    let secret = match &arguments.client_secret_file {
        Some(path) => files::secret(path)?,
        None => return Err(Failed::new("no client secret: give --client-secret-file")),
    };
    let metadata = client.metadata(issuer).await.map_err(failed)?;
    let Some(endpoint) = metadata.token_endpoint else {
        return Err(Failed::because(issuer, "its metadata names no token endpoint"));
    };
    let token_type = arguments.oauth_type();
    let request = ExchangeRequest {
        endpoint: &endpoint,
        client_id: arguments.client_id.as_deref().unwrap_or_default(),
        client_secret: &secret,
        subject_token,
        audience: Some(&arguments.applies_to),
        token_type: token_type.as_deref(),
        scope: arguments.scope.as_deref(),
    };
    client.exchange(&request, clock.read().now).await.map_err(failed)
}

/// The keys to verify with: those that were given, else those that the issuer publishes; or why there are none, in words.
async fn trust(
    given: Option<Trust>,
    issuer: Option<&str>,
    client: &Client,
) -> Result<Trust, String> {
    match (given, issuer) {
        (Some(given), _) => Ok(given),
        (None, Some(issuer)) => published(client, issuer)
            .await
            .map_err(|failed| format!("{failed}; give --certificate or --jwks")),
        (None, None) => Err("give --certificate or --jwks".to_owned()),
    }
}

async fn checked(
    token: &ReceivedToken,
    trust: &Trust,
    applies_to: &str,
    now: Timestamp,
) -> Result<Verified, Failed> {
    let expected = Expected { audience: Some(applies_to) };
    verify(&token.octets, trust, expected, now)
        .await
        .map_err(|flaw| Failed::because("a token came, but it is not to be believed", flaw))
}

/// Scheme and host of an address: where a service of the default realm has its metadata.
fn origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split('/').next()?;
    Some(format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_origin_of_an_endpoint_is_scheme_and_host() {
        let of = |url| origin(url);
        assert_eq!(
            of("https://sts.example:8443/trust/13/u"),
            Some("https://sts.example:8443".into())
        );
        assert_eq!(of("sts.example"), None);
    }
}
