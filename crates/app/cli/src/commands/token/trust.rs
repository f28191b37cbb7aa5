//! Whose keys verify a token: from files, or from the issuer itself over verified TLS.

use std::path::PathBuf;

use clap::Args;
use symbolon_client::{Client, Trust};

use crate::commands::files;
use crate::output::Failed;

/// Files with an issuer's keys.
#[derive(Args, Debug)]
#[group(id = "keys", multiple = false)]
pub(super) struct Keys {
    /// The issuer's signing certificate or certificates (PEM).
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,
    /// The issuer's JSON Web Key Set.
    #[arg(long, value_name = "FILE")]
    jwks: Option<PathBuf>,
}

impl Keys {
    /// The keys that were given; `None` where none were.
    pub(super) fn given(&self) -> Result<Option<Trust>, Failed> {
        let (path, trust) = match (&self.certificate, &self.jwks) {
            (Some(path), _) => (path, Trust::from_certificates(&files::read(path)?)),
            (None, Some(path)) => (path, Trust::from_jwks(&files::read(path)?)),
            (None, None) => return Ok(None),
        };
        trust.map(Some).map_err(|flaw| Failed::because(path.display(), flaw))
    }
}

/// The keys that an issuer publishes.
pub(super) async fn published(client: &Client, issuer: &str) -> Result<Trust, Failed> {
    let metadata = client.metadata(issuer).await.map_err(Failed::new)?;
    let Some(keys) = metadata.jwks_uri else {
        return Err(Failed::because(issuer, "its metadata names no keys"));
    };
    let trust = client.keys(&keys).await.map_err(Failed::new)?;
    Ok(trust.of_issuer(&metadata.issuer))
}
