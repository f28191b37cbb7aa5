//! Speaking to a server: whom to believe, what to show of it, what to do where it failed.

use std::path::Path;
use std::sync::Arc;

use symbolon_client::{Client, Failure, Roots, Wire};

use super::files;
use crate::output::{Failed, clean, note};

/// A client that believes a server for which these certificates vouch.
pub(super) fn client(ca: &Path, shown: bool) -> Result<Client, Failed> {
    let roots = Roots::from_pem(&files::read(ca)?);
    let roots = roots.map_err(|flaw| Failed::because(ca.display(), flaw))?;
    let client = Client::new(&roots).map_err(Failed::new)?;
    Ok(if shown { client.watched_by(Arc::new(OnStandardError)) } else { client })
}

/// A failure with what the user can do about it.
pub(super) fn failed(failure: Failure) -> Failed {
    let remedy = match &failure {
        Failure::Address { .. } => "give an address that begins with https://".to_owned(),
        Failure::Unreachable { .. } | Failure::Late { .. } => {
            "is the server running, and is this its address?".to_owned()
        }
        Failure::Unproven { .. } => {
            "--ca must hold the authority that certified the server for this very name".to_owned()
        }
        Failure::Refused(refused) => match &refused.request_id {
            Some(id) => format!("the server's operator sees why: symbolon explain {}", clean(id)),
            None => return Failed::new(failure),
        },
        Failure::Request(_) | Failure::Http { .. } | Failure::Answer { .. } => {
            "--wire shows what was sent and what came back".to_owned()
        }
    };
    Failed::new(failure).with_remedy(remedy)
}

/// Shows requests and answers on standard error.
struct OnStandardError;

impl Wire for OnStandardError {
    fn sent(&self, masked: &str) {
        show_wire('>', masked);
    }

    fn received(&self, masked: &str) {
        show_wire('<', masked);
    }
}

fn show_wire(direction: char, masked: &str) {
    masked.lines().for_each(|line| note(&format!("{direction} {}", clean(line))));
    note("");
}
