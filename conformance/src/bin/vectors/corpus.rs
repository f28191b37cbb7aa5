//! The vectors as they lie, and the manifest that says what each is.
//!
//! In:  the folder `vectors`.
//! Out: its rows, and the octets of its files.
//! Never: changes a file, or takes a row for what it does not say: an unknown column or word is an error.
//!
//! `vectors/README.md`, "manifest.tsv".

use std::fs;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use miniz_oxide::inflate::decompress_to_vec;

/// The folder of vectors.
pub(crate) struct Corpus {
    folder: PathBuf,
}

/// One check: a file, and what must come of it.
pub(crate) struct Row {
    /// The file.
    pub(crate) path: String,
    /// What kind of check it is.
    pub(crate) kind: String,
    /// What must come of it.
    pub(crate) expected: Expected,
    /// Where its keys are; for `c14n` the file that holds the reference.
    pub(crate) keys: String,
    /// Flags and remarks.
    pub(crate) notes: String,
    /// How `expected` was found.
    pub(crate) oracle: String,
    /// Short names of the algorithms in the file.
    pub(crate) algorithms: String,
}

/// What must come of a file.
#[derive(PartialEq, Eq, Debug)]
pub(crate) enum Expected {
    /// It is in the profile.
    Accept,
    /// It must be refused, for one of these reasons.
    Refuse(Vec<String>),
    /// The profile's text leaves it open, for these reasons.
    Policy(Vec<String>),
    /// It has cases with results of their own.
    PerCase,
    /// Any verdict.
    Any,
    /// Nobody has said.
    Unknown,
}

const COLUMNS: &str = "path\tkind\texpected\tkeys\tnotes\toracle\talgorithms";

impl Corpus {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Whether there are any vectors at all.
    pub(crate) fn is_there(&self) -> bool {
        self.folder.join("manifest.tsv").is_file()
    }

    pub(crate) fn rows(&self) -> Result<Vec<Row>, String> {
        let text = self.text("manifest.tsv")?;
        let rest = text.strip_prefix(COLUMNS).ok_or("manifest.tsv has other columns")?;
        rest.lines().skip(1).map(Row::read).collect()
    }

    /// The octets of a file.
    pub(crate) fn octets(&self, path: &str) -> Result<Vec<u8>, String> {
        fs::read(self.folder.join(path)).map_err(|why| format!("{path}: {why}"))
    }

    pub(crate) fn text(&self, path: &str) -> Result<String, String> {
        String::from_utf8(self.octets(path)?).map_err(|why| format!("{path}: {why}"))
    }

    /// The octets that the row is about: some files are in base64.
    pub(crate) fn sent(&self, row: &Row) -> Result<Vec<u8>, String> {
        let octets = self.octets(&row.path)?;
        if row.says("base64-encoded") {
            unwrapped(&octets)
        } else if row.says("base64+deflate-encoded") {
            decompress_to_vec(&unwrapped(&octets)?).map_err(|why| format!("deflate: {why}"))
        } else {
            Ok(octets)
        }
    }
}

impl Row {
    fn read(line: &str) -> Result<Self, String> {
        let columns: Vec<&str> = line.split('\t').collect();
        let [path, kind, expected, keys, notes, oracle, algorithms] = columns.as_slice() else {
            return Err(format!("not a row of the manifest: {line}"));
        };
        let [path, kind, keys, notes, oracle, algorithms] =
            [path, kind, keys, notes, oracle, algorithms].map(|column| (*column).to_owned());
        Ok(Self {
            path,
            kind,
            expected: Expected::read(expected)?,
            keys,
            notes,
            oracle,
            algorithms,
        })
    }

    /// The name of the suite that it comes from.
    pub(crate) fn source(&self) -> &str {
        self.path.split('/').next().unwrap_or_default()
    }

    /// Whether its notes hold that flag.
    pub(crate) fn says(&self, flag: &str) -> bool {
        self.notes.split([';', ',']).any(|note| note.trim() == flag)
    }

    /// What its notes say behind a word: `enc.data` of `plaintext enc.data`.
    pub(crate) fn said(&self, word: &str) -> Option<&str> {
        let mut notes = self.notes.split(';').map(str::trim);
        notes.find_map(|note| note.strip_prefix(word)?.strip_prefix(' '))
    }

    /// Whether it holds a processing instruction.
    pub(crate) fn has_instruction(&self) -> bool {
        self.says("pi") || self.says("has a PI")
    }

    /// The path of a file that lies beside it.
    pub(crate) fn beside(&self, name: &str) -> String {
        let folder = self.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        format!("{folder}/{name}")
    }
}

impl Expected {
    fn read(word: &str) -> Result<Self, String> {
        let reasons = |list: &str| list.split(';').map(str::to_owned).collect();
        Ok(match word {
            "accept" => Self::Accept,
            "per-case" => Self::PerCase,
            "either" | "parse-no-crash" => Self::Any,
            "unverified" | "-" => Self::Unknown,
            _ => match word.split_once(':') {
                Some(("refuse", list)) => Self::Refuse(reasons(list)),
                Some(("policy", list)) => Self::Policy(reasons(list)),
                _ => return Err(format!("the manifest expects {word}")),
            },
        })
    }
}

/// Octets out of base64 with white space in it.
pub(crate) fn unwrapped(text: &[u8]) -> Result<Vec<u8>, String> {
    let dense: Vec<u8> =
        text.iter().copied().filter(|octet| !octet.is_ascii_whitespace()).collect();
    STANDARD.decode(dense).map_err(|why| format!("base64: {why}"))
}
