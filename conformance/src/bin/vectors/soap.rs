//! Kind `soap`: SOAP messages, and policies about them, that nobody protected.
//!
//! In:  a message.
//! Out: what the opener of an endpoint with transport security makes of it, which is ours alone and pinned.
//! Never: an expected result: the manifest has none.

use symbolon_soap::{Binding, Doubles, Opener, Policy, Presence, SoapVersion, Step};
use symbolon_xmlsec::Budget;

use crate::corpus::{Corpus, Row};
use crate::parsing::LIMITS;
use crate::verdict::Verdict;

/// As open as an endpoint can be.
const POLICY: Policy = Policy {
    versions: &[SoapVersion::V12, SoapVersion::V11],
    binding: Binding::Transport,
    username: true,
    assertion: true,
    timestamp: Presence::Optional,
    doubles: Doubles::Refused,
    limits: LIMITS,
};

pub(crate) fn judge(corpus: &Corpus, row: &Row) -> Result<Verdict, String> {
    let opened = Opener::new(&corpus.sent(row)?, &POLICY, Budget::MESSAGE).and_then(Opener::step);
    Ok(Verdict::Pinned(match opened {
        Ok(Step::Opened(_)) => "opened".to_owned(),
        Ok(Step::Need(_, needs)) => format!("opened but for {} needs", needs.len()),
        Err(unopened) => format!("refused: {}", unopened.flaw),
    }))
}
