//! Secrets by reference: `file:PATH` and `env:NAME`.
//!
//! In:  a reference, and the folder at which relative paths begin.
//! Out: the secret, without one newline at its end.
//! Never: a secret, or a part of one, in a message.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::slice;
use std::sync::Arc;

use symbolon_kernel::ports::{BoxFuture, Directory, NotAvailable, PasswordHash};
use symbolon_model::Secret;
use symbolon_registry::objects::Reference;
use symbolon_registry::{Secrets, Unresolved};

/// LIMIT: certificates and keys are a few kilobytes; a reference to a device must not fill the memory.
const OCTETS: u64 = 64 << 10;

/// Reads what a reference names.
///
/// # Errors
/// [`Unresolved`] says why not.
pub(crate) fn read(reference: &Reference, folder: &Path) -> Result<Secret<Vec<u8>>, Unresolved> {
    match reference {
        Reference::File(path) => {
            let octets = read_file(&folder.join(path));
            octets.map_err(|why| match why.kind() {
                io::ErrorKind::NotFound => Unresolved("no such file".to_owned()),
                _ => Unresolved(why.to_string()),
            })
        }
        Reference::Env(name) => variable(name),
    }
}

fn read_file(path: &Path) -> io::Result<Secret<Vec<u8>>> {
    // With all room at once: a buffer that grows leaves copies behind that nobody wipes.
    let mut octets = Vec::with_capacity(usize::try_from(OCTETS).unwrap_or(usize::MAX).saturating_add(1));
    let read = File::open(path)?.take(OCTETS.saturating_add(1)).read_to_end(&mut octets);
    let octets = Secret::new(octets);
    if read? > usize::try_from(OCTETS).unwrap_or(usize::MAX) {
        return Err(io::Error::other("too long for a secret"));
    }
    Ok(octets)
}

#[expect(clippy::disallowed_methods, reason = "this is the server's configuration")]
fn variable(name: &str) -> Result<Secret<Vec<u8>>, Unresolved> {
    match std::env::var(name) {
        Ok(value) => Ok(Secret::new(value.into_bytes())),
        Err(std::env::VarError::NotPresent) => Err(Unresolved("not set".to_owned())),
        Err(std::env::VarError::NotUnicode(_)) => Err(Unresolved("not UTF-8".to_owned())),
    }
}

/// Finds the secrets of provisioned objects, and hashes them as the directory does.
pub(crate) struct Provisioned {
    /// The folder of the objects' files.
    pub(crate) folder: PathBuf,
    /// Verifies hashes.
    pub(crate) directory: Arc<dyn Directory>,
}

impl Secrets for Provisioned {
    fn resolve(&self, reference: &Reference) -> Result<Secret<String>, Unresolved> {
        let octets = read(reference, &self.folder)?;
        let text = std::str::from_utf8(octets.expose());
        let text = text.map_err(|_| Unresolved("not UTF-8".to_owned()))?;
        let line = text.strip_suffix("\r\n").or_else(|| text.strip_suffix('\n'));
        Ok(Secret::from(line.unwrap_or(text)))
    }

    fn hash<'a>(
        &'a self,
        secret: &'a Secret<String>,
    ) -> BoxFuture<'a, Result<PasswordHash, NotAvailable>> {
        Box::pin(async move { hashed(secret) })
    }

    fn fits<'a>(
        &'a self,
        hash: &'a PasswordHash,
        secret: &'a Secret<String>,
    ) -> BoxFuture<'a, Result<bool, NotAvailable>> {
        self.directory.fits(Some(hash), slice::from_ref(secret))
    }
}
