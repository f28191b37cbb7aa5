//! `objects.d`: one change set of all its files.
//!
//! In:  a folder, a registry.
//! Out: what was changed; or every mistake, by file and line, and nothing changed.
//! Never: a part of the files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use symbolon_kernel::ports::Directory;
use symbolon_model::Timestamp;
use symbolon_registry::objects::Object;
use symbolon_registry::{
    Administrator, Applied, ApplyError, ChangeSet, Located, Mistake, Mode, Origin, Place, Registry,
    Stamp, file,
};

use crate::ids::Ids;
use crate::secrets::Provisioned;

/// Whether what no longer stands in a file is removed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Prune {
    /// It stays.
    No,
    /// It is.
    Yes,
}

/// Applies the files of a folder.
pub(crate) async fn provision(
    folder: &Path,
    (registry, directory): (&Registry, Arc<dyn Directory>),
    (prune, mode): (Prune, Mode),
    now: Timestamp,
) -> Result<Applied, ApplyError> {
    let puts = read(folder).map_err(ApplyError::Mistakes)?;
    apply(puts, folder, (registry, directory), (prune, mode), now).await
}

/// Applies what was read from a folder.
pub(crate) async fn apply(
    puts: Vec<Located<Object>>,
    folder: &Path,
    (registry, directory): (&Registry, Arc<dyn Directory>),
    (prune, mode): (Prune, Mode),
    now: Timestamp,
) -> Result<Applied, ApplyError> {
    let set = ChangeSet { puts, origin: Origin::Files, prune: prune == Prune::Yes, mode };
    let stamp = Stamp { now, request: Ids::default().next(now) };
    let by = Administrator { name: "provisioning".to_owned() };
    let secrets = Provisioned { folder: folder.to_owned(), directory };
    registry.apply(&set, &by, &secrets, &stamp).await
}

/// The objects of all `*.toml` files of a folder, in the order of their names.
///
/// # Errors
/// Every mistake that was found; where the folder cannot be read, that one.
pub fn read(folder: &Path) -> Result<Vec<Located<Object>>, Vec<Mistake>> {
    let unreadable = |what: &Path, why: &io::Error| {
        let place = Place { file: what.display().to_string(), line: 0, column: 0 };
        Mistake::new(place, why.to_string(), "make it readable, or change `provision`")
    };
    let files = names(folder).map_err(|why| vec![unreadable(folder, &why)])?;
    let mut objects = Vec::new();
    let mut mistakes = Vec::new();
    for path in files {
        match fs::read_to_string(&path) {
            Err(why) => mistakes.push(unreadable(&path, &why)),
            Ok(text) => match file::parse(&shown(folder, &path), &text) {
                Ok(found) => objects.extend(found),
                Err(found) => mistakes.extend(found),
            },
        }
    }
    if mistakes.is_empty() { Ok(objects) } else { Err(mistakes) }
}

fn names(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// `objects.d/dev.toml`: what mistakes and origins call a file. It stays the same when everything moves elsewhere.
pub(crate) fn shown(folder: &Path, path: &Path) -> String {
    let last = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    format!("{}/{}", last(folder), last(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_read_in_the_order_of_their_names_and_others_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("b.toml", "[[realm]]\nid = \"b\"\n"),
            ("a.toml", "[[realm]]\nid = \"a\"\n"),
            ("a.toml~", "not TOML"),
            ("README", "not TOML"),
        ] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let objects = read(folder.path()).unwrap();
        let ids: Vec<_> = objects.iter().map(|object| object.object.key().id).collect();
        assert_eq!(ids, ["a", "b"]);
    }

    #[test]
    fn every_file_that_is_wrong_is_named() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("objects.d");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("a.toml"), "[[realm]]\nid = 1\n").unwrap();
        fs::write(folder.join("b.toml"), b"\xff").unwrap();
        fs::write(folder.join("c.toml"), "[[nonsense]]\n").unwrap();
        let mistakes = read(&folder).unwrap_err();
        let files: Vec<_> = mistakes.iter().map(|mistake| mistake.place.to_string()).collect();
        let unreadable = folder.join("b.toml").display().to_string();
        assert_eq!(files, ["objects.d/a.toml:2:6", &unreadable, "objects.d/c.toml:1:3"]);
    }

    #[test]
    fn a_folder_that_is_not_there_is_a_mistake_and_not_an_empty_set() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(&folder.path().join("nowhere")).unwrap_err().len(), 1);
    }
}
