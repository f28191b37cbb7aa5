//! Files that a command line names.

use std::path::Path;

use symbolon_client::Secret;

use crate::output::Failed;

/// The octets of a file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Failed> {
    std::fs::read(path).map_err(|error| Failed::because(path.display(), error))
}

/// A secret: all of a file but one newline at its end.
pub(super) fn secret(path: &Path) -> Result<Secret, Failed> {
    let text =
        std::fs::read_to_string(path).map_err(|error| Failed::because(path.display(), error))?;
    let text = Secret::from(text);
    let secret = text.expose().strip_suffix('\n').unwrap_or(text.expose());
    if secret.is_empty() {
        return Err(Failed::because(path.display(), "the file is empty"));
    }
    Ok(Secret::from(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret_of(content: &str) -> Result<Secret, Failed> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        secret(file.path())
    }

    #[test]
    fn one_newline_at_the_end_is_no_part_of_a_secret() {
        assert_eq!(secret_of("s3cr&t\n").unwrap().expose(), "s3cr&t");
        assert_eq!(secret_of("s3cr&t").unwrap().expose(), "s3cr&t");
        assert_eq!(secret_of(" s3cr&t \n\n").unwrap().expose(), " s3cr&t \n");
    }

    #[test]
    fn an_empty_file_is_no_secret() {
        assert!(secret_of("").is_err());
        assert!(secret_of("\n").is_err());
    }
}
