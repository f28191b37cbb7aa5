//! Project Wycheproof: edge cases of each primitive that `symbolon-keys` offers.
//!
//! In:  a file of cases, each valid, invalid or acceptable.
//! Out: how many of each were accepted and refused; a valid case that is outside the profile (a truncated MAC, a key of
//!      1024 bits) must be refused like an invalid one.
//! Never: passes over a case, or a file whose primitive it does not know: what waits is named.

mod agreement;
mod secrets;
mod signatures;
mod transport;

use std::fmt;

use serde_json::Value;

use crate::corpus::{Corpus, Expected, Row};
use crate::verdict::{Cause, Verdict};

/// What came of one case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Outcome {
    /// Taken, and what came of it is what should.
    Right,
    /// Taken, with something else coming of it.
    Wrong,
    /// Refused.
    Refused,
    /// Refused, for what our profile leaves out although it may be right.
    Outside,
    /// Taken although the file calls it invalid, for a reason that the standard gives.
    ByTheStandard,
}

/// The cases of a file, counted.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Cases {
    /// Valid and accepted.
    pub(crate) accepted: usize,
    /// Valid, but outside the profile, and refused.
    pub(crate) outside: usize,
    /// Invalid and refused.
    pub(crate) refused: usize,
    /// Invalid by the file, valid by XML Encryption's own padding.
    pub(crate) by_the_standard: usize,
    /// Acceptable and accepted.
    pub(crate) tolerated: usize,
    /// Acceptable and refused.
    pub(crate) not_tolerated: usize,
}

/// Runs one case of a group.
type Run = fn(&Case<'_>) -> Result<Outcome, String>;

/// The families, by how their files' names begin.
const FAMILIES: &[(&str, Run)] = &[
    ("rsa_signature_", signatures::pkcs1),
    ("rsa_pss_", signatures::pss),
    ("ecdsa_", signatures::ecdsa),
    ("hmac_", secrets::mac),
    ("aes_gcm_", secrets::gcm),
    ("aes_cbc_pkcs5_", secrets::cbc),
    ("aes_wrap_", secrets::wrap),
    ("ecdh_", agreement::ecdh),
    ("rsa_oaep_", transport::oaep),
    ("rsa_pkcs1_", transport::pkcs1),
];

/// Runs a file; `None` if it is about a primitive that we do not offer.
pub(crate) fn judge(corpus: &Corpus, row: &Row) -> Result<Option<(Verdict, Cases)>, String> {
    let name = row.path.rsplit('/').next().unwrap_or_default();
    let Some((_, run)) = FAMILIES.iter().find(|(begin, _)| name.starts_with(begin)) else {
        return Ok(None);
    };
    let file: Value = serde_json::from_slice(&corpus.octets(&row.path)?)
        .map_err(|why| format!("not JSON: {why}"))?;
    let algorithm = file.get("algorithm").and_then(Value::as_str).unwrap_or_default();
    let (mut cases, mut wrong) = (Cases::default(), Vec::new());
    for group in list(&file, "testGroups")? {
        for test in list(group, "tests")? {
            let case = Case { algorithm, group, test };
            if let Err(why) = cases.count(&case, *run) {
                wrong.push(format!("case {}: {why}", test.get("tcId").unwrap_or(&Value::Null)));
            }
        }
    }
    Ok(Some((verdict(row, &cases, &wrong), cases)))
}

fn verdict(row: &Row, cases: &Cases, wrong: &[String]) -> Verdict {
    match wrong.first() {
        Some(first) => Verdict::Failed(format!("{} cases are wrong; {first}", wrong.len())),
        None if matches!(row.expected, Expected::Refuse(_)) => {
            if cases.accepted == 0 {
                Verdict::Refused(Cause::Unsupported)
            } else {
                Verdict::Failed("some are accepted".to_owned())
            }
        }
        None => Verdict::Pinned(cases.to_string()),
    }
}

impl Cases {
    /// How many there are.
    pub(crate) fn all(&self) -> usize {
        let Self { accepted, outside, refused, by_the_standard, tolerated, not_tolerated } = self;
        [accepted, outside, refused, by_the_standard, tolerated, not_tolerated].into_iter().sum()
    }

    /// Adds those of another file.
    pub(crate) fn add(&mut self, other: &Self) {
        let sum = |one: usize, two: usize| one.saturating_add(two);
        self.accepted = sum(self.accepted, other.accepted);
        self.outside = sum(self.outside, other.outside);
        self.refused = sum(self.refused, other.refused);
        self.by_the_standard = sum(self.by_the_standard, other.by_the_standard);
        self.tolerated = sum(self.tolerated, other.tolerated);
        self.not_tolerated = sum(self.not_tolerated, other.not_tolerated);
    }

    fn count(&mut self, case: &Case<'_>, run: Run) -> Result<(), String> {
        let result = case.text("result")?;
        let outcome = run(case)?;
        let place = match (result, outcome) {
            ("valid" | "acceptable", Outcome::Wrong) => {
                return Err("something else came of it".to_owned());
            }
            ("valid", Outcome::Right) => &mut self.accepted,
            ("valid", Outcome::Outside) => &mut self.outside,
            ("valid", Outcome::Refused) => return Err("valid, and refused".to_owned()),
            ("invalid", Outcome::Refused | Outcome::Outside) => &mut self.refused,
            ("invalid", Outcome::ByTheStandard) => &mut self.by_the_standard,
            ("invalid", _) => return Err("invalid, and accepted".to_owned()),
            ("acceptable", Outcome::Right) => &mut self.tolerated,
            ("acceptable", Outcome::Refused | Outcome::Outside) => &mut self.not_tolerated,
            _ => return Err(format!("{result}: {outcome:?}")),
        };
        *place = place.saturating_add(1);
        Ok(())
    }
}

impl fmt::Display for Cases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { accepted, outside, refused, by_the_standard, tolerated, not_tolerated } = self;
        write!(
            f,
            "valid: {accepted} accepted, {outside} outside the profile; invalid: {refused} refused, \
             {by_the_standard} valid by the standard; acceptable: {tolerated} accepted, {not_tolerated} refused"
        )
    }
}

/// One case, in its group.
pub(crate) struct Case<'f> {
    /// The file's own word for what it is about.
    pub(crate) algorithm: &'f str,
    pub(crate) group: &'f Value,
    pub(crate) test: &'f Value,
}

impl<'f> Case<'f> {
    /// Octets of the case, written in hexadecimal.
    pub(crate) fn octets(&self, name: &str) -> Result<Vec<u8>, String> {
        hexadecimal(self.text(name)?)
    }

    pub(crate) fn text(&self, name: &str) -> Result<&'f str, String> {
        text(self.test, name)
    }

    /// Octets of the group, written in hexadecimal.
    pub(crate) fn group_octets(&self, name: &str) -> Result<Vec<u8>, String> {
        hexadecimal(self.group_text(name)?)
    }

    pub(crate) fn group_text(&self, name: &str) -> Result<&'f str, String> {
        text(self.group, name)
    }

    pub(crate) fn has_flag(&self, flag: &str) -> bool {
        let flags = self.test.get("flags").and_then(Value::as_array);
        flags.is_some_and(|flags| flags.iter().any(|one| one == flag))
    }
}

/// Right if it is what it should be.
pub(crate) fn compared(made: &[u8], wanted: &[u8]) -> Outcome {
    if made == wanted { Outcome::Right } else { Outcome::Wrong }
}

pub(crate) fn text<'v>(value: &'v Value, name: &str) -> Result<&'v str, String> {
    value.get(name).and_then(Value::as_str).ok_or_else(|| format!("no {name}"))
}

pub(crate) fn hexadecimal(digits: &str) -> Result<Vec<u8>, String> {
    let (pairs, odd) = digits.as_bytes().as_chunks::<2>();
    let digit = |digit: u8| char::from(digit).to_digit(16);
    let octet = |[high, low]: &[u8; 2]| {
        let value = digit(*high)?.checked_mul(16)?.checked_add(digit(*low)?)?;
        u8::try_from(value).ok()
    };
    let octets: Option<Vec<u8>> = pairs.iter().map(octet).collect();
    octets.filter(|_| odd.is_empty()).ok_or_else(|| "not hexadecimal".to_owned())
}

fn list<'v>(value: &'v Value, name: &str) -> Result<&'v [Value], String> {
    value.get(name).and_then(Value::as_array).map(Vec::as_slice).ok_or_else(|| format!("no {name}"))
}
