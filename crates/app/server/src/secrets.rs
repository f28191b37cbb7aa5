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
use std::time::Duration;

use symbolon_directory::hash_password;
use symbolon_kernel::ports::{BoxFuture, Directory, NotAvailable, PasswordHash};
use symbolon_model::Secret;
use symbolon_registry::objects::Reference;
use symbolon_registry::{Secrets, Unresolved};

/// LIMIT: certificates and keys are a few kilobytes; a reference to a device must not fill the memory.
const OCTETS: u64 = 64 << 10;

/// When to try again what failed for want of memory or randomness.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Reads what a reference names.
///
/// # Errors
/// [`Unresolved`] says why not.
pub(crate) fn read(reference: &Reference, folder: &Path) -> Result<Secret<Vec<u8>>, Unresolved> {
    match reference {
        Reference::File(path) => {
            let octets = read_file(&folder.join(path));
            octets.map_err(|why| {
                let absent = why.kind() == io::ErrorKind::NotFound;
                Unresolved(if absent { "no such file".to_owned() } else { why.to_string() })
            })
        }
        Reference::Env(name) => variable(name),
    }
}

fn read_file(path: &Path) -> io::Result<Secret<Vec<u8>>> {
    // With all room at once: a buffer that grows leaves copies behind that nobody wipes.
    let mut octets =
        Vec::with_capacity(usize::try_from(OCTETS).unwrap_or(usize::MAX).saturating_add(1));
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
        // The pool is for log-ins; this is a thread of its own, for as long as it takes.
        let copy = Secret::new(secret.expose().clone());
        Box::pin(async move {
            let hash = tokio::task::spawn_blocking(move || hash_password(&copy)).await;
            let failed = |what: String| NotAvailable { retry_after: RETRY_AFTER, what };
            hash.map_err(|why| failed(why.to_string()))?.map_err(|why| failed(why.to_string()))
        })
    }

    fn fits<'a>(
        &'a self,
        hash: &'a PasswordHash,
        secret: &'a Secret<String>,
    ) -> BoxFuture<'a, Result<bool, NotAvailable>> {
        self.directory.fits(Some(hash), slice::from_ref(secret))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    struct Nobody;

    impl Directory for Nobody {
        fn log_in<'a>(
            &'a self,
            _: &'a symbolon_model::RealmId,
            _: &'a symbolon_model::AccountName,
            _: &'a Secret<String>,
        ) -> BoxFuture<'a, Result<Option<Arc<symbolon_kernel::ports::Account>>, NotAvailable>>
        {
            Box::pin(async { Ok(None) })
        }

        fn log_in_with_digest<'a>(
            &'a self,
            _: &'a symbolon_model::RealmId,
            _: &'a symbolon_model::AccountName,
            _: &'a symbolon_kernel::ports::Digest,
        ) -> BoxFuture<'a, Result<Option<Arc<symbolon_kernel::ports::Account>>, NotAvailable>>
        {
            Box::pin(async { Ok(None) })
        }

        fn fits<'a>(
            &'a self,
            _: Option<&'a PasswordHash>,
            _: &'a [Secret<String>],
        ) -> BoxFuture<'a, Result<bool, NotAvailable>> {
            Box::pin(async { Ok(false) })
        }
    }

    /// What a file with that content resolves to.
    fn resolved(content: &[u8]) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("secret"), content).unwrap();
        let secrets = Provisioned { folder: folder.path().to_owned(), directory: Arc::new(Nobody) };
        let found = secrets.resolve(&Reference::File("secret".to_owned()));
        found.map(|secret| secret.expose().clone()).map_err(|why| why.to_string())
    }

    #[test]
    fn one_newline_at_the_end_is_not_part_of_a_secret() {
        for (content, secret) in [
            ("s3cret", "s3cret"),
            ("s3cret\n", "s3cret"),
            ("s3cret\r\n", "s3cret"),
            ("s3cret\n\n", "s3cret\n"),
            (" s3cret \n", " s3cret "),
            ("s3cret\r", "s3cret\r"),
        ] {
            assert_eq!(resolved(content.as_bytes()), Ok(secret.to_owned()), "{content:?}");
        }
    }

    #[test]
    fn what_is_too_long_or_not_text_is_refused_and_not_repeated() {
        assert_eq!(resolved(b"s3cret\xff"), Err("not UTF-8".to_owned()));
        assert_eq!(resolved(&vec![b'x'; 64 << 10]).map(|text| text.len()), Ok(64 << 10));
        assert_eq!(resolved(&vec![b'x'; (64 << 10) + 1]), Err("too long for a secret".to_owned()));
    }

    #[test]
    fn what_is_not_there_is_named_as_such() {
        let absent = |text: &str| {
            let reference = Reference::parse(text).unwrap();
            read(&reference, Path::new("/nowhere")).err().unwrap().to_string()
        };
        assert_eq!(absent("file:secret"), "no such file");
        assert_eq!(absent("env:SYMBOLON_TEST_THAT_NOBODY_SETS"), "not set");
    }
}
