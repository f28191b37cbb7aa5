//! `symbolon explain ID`: why a request was answered as it was.
//!
//! In:  the request id that the requestor was given.
//! Out: from the audit trail, what was proven, what failed, which rule decided, and the remedy.
//! Never: a guess. Of a refusal that was coalesced with others, every group that it may lie in is shown, and said to be one.

use clap::Args;
use symbolon_kernel::Cause;
use symbolon_kernel::audit::{Event, Issued, Outcome};
use symbolon_model::RequestId;
use symbolon_store::{Entry, Trail};

use super::audit::{unreadable, who};
use super::trail::Which;
use crate::output::{Failed, Sheet, clean, moment, say};

/// Which request.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// The request id, as the requestor was given it.
    #[arg(value_name = "ID")]
    request: String,
    #[command(flatten)]
    which: Which,
}

/// Explains.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failed> {
    let request = RequestId::new(arguments.request.trim());
    let found = arguments.which.open()?.find(&request).map_err(unreadable)?;
    if found.is_empty() {
        return Err(Failed::new(format!("no event of request {request}")).with_remedy(
            "is it this server's, and is the id whole? The last refusals of strangers may take a second to be written",
        ));
    }
    let sheets: Result<Vec<String>, Failed> =
        found.iter().map(|entry| sheet(entry, &request)).collect();
    say(&sheets?.join("\n\n"));
    Ok(())
}

fn sheet(entry: &Entry, request: &RequestId) -> Result<String, Failed> {
    let event = entry.event().map_err(|flaw| {
        Failed::because(format!("event {} was written by another version", entry.seq), flaw)
    })?;
    Ok(explained(&event, request).text())
}

/// An event in words, for whoever asks about `request`.
fn explained(event: &Event, request: &RequestId) -> Sheet {
    let mut sheet = Sheet::default();
    sheet.line("request", request).line("arrived", moment(event.at));
    let place = format!("realm {}, endpoint {} ({})", event.realm, event.endpoint, event.protocol);
    sheet.line("at", place).optional("from", event.source.as_deref());
    sheet.optional("requestor", event.requestor.as_ref().map(who));
    if event.proven.is_empty() {
        sheet.line("proven", "nothing");
    }
    sheet.lines("proven", &event.proven);
    sheet.lines("tolerated", event.tolerances.iter().map(|bend| format!("{bend:?}")));
    match &event.outcome {
        Outcome::Issued { rule, tokens } => {
            sheet.line("outcome", "issued").lines("token", tokens.iter().map(issued));
            sheet.line("rule", rule);
        }
        Outcome::Refused { cause, detail, rule } => {
            sheet.line("outcome", "refused");
            refused(*cause, detail, rule.as_deref(), &mut sheet);
        }
        Outcome::Changed { administrator, changes } => {
            sheet.line("outcome", format!("objects changed by {administrator}"));
            sheet.lines("change", changes);
        }
        Outcome::Coalesced { cause, count, first, detail } => {
            let group = format!(
                "refused, and written as one of a group: {count} for one cause from one source, {first} to {}",
                event.request
            );
            sheet.line("outcome", group);
            refused(*cause, &format!("{detail} (of the first of them)"), None, &mut sheet);
        }
    }
    let copies =
        if event.replay_protected { "would be refused" } else { "would not be recognised" };
    sheet
        .line("a copy", copies)
        .line("decided", format!("with revision {} of the objects", event.revision));
    sheet
}

fn refused(cause: Cause, detail: &str, rule: Option<&str>, sheet: &mut Sheet) {
    sheet.line("cause", cause.name());
    sheet.line("failed", detail);
    sheet.line("rule", rule.unwrap_or("none was asked: it failed before"));
    sheet.line("remedy", cause.remedy());
}

fn issued(token: &Issued) -> String {
    let parties: Vec<&str> = token.parties.iter().map(|party| party.as_str()).collect();
    clean(&format!(
        "{} ({}) about {} for {}, until {}, lineage {}",
        token.id,
        token.token_type,
        token.subject,
        parties.join(" and "),
        moment(token.until),
        token.lineage
    ))
}

#[cfg(test)]
pub(super) mod tests {
    use symbolon_kernel::audit::{VERSION, Who};
    use symbolon_model::{AccountName, EndpointId, RealmId, Timestamp};

    use super::*;

    /// What happened to Alice's request, but for what came of it.
    pub(in crate::commands) fn event(outcome: Outcome) -> Event {
        Event {
            version: VERSION,
            request: RequestId::new("r-1"),
            at: Timestamp::from_seconds(1_795_219_200),
            realm: RealmId::new("default"),
            endpoint: EndpointId::new("usernamemixed"),
            protocol: "wstrust".into(),
            source: Some("127.0.0.1".into()),
            revision: 3,
            requestor: Some(Who::Account(AccountName::new("alice"))),
            proven: vec!["password of account alice".to_owned()],
            tolerances: Vec::new(),
            replay_protected: false,
            outcome,
        }
    }

    #[test]
    fn a_refusal_says_what_was_proven_what_failed_which_rule_and_the_remedy() {
        let event = event(Outcome::Refused {
            cause: Cause::Target,
            detail: "account alice is not among the accounts of urn:rp:other".to_owned(),
            rule: Some("accounts of the relying party".to_owned()),
        });
        let expected = "\
request     r-1
arrived     2026-11-21T00:00:00Z
at          realm default, endpoint usernamemixed (wstrust)
from        127.0.0.1
requestor   account alice
proven      password of account alice
outcome     refused
cause       target
failed      account alice is not among the accounts of urn:rp:other
rule        accounts of the relying party
remedy      make the relying party an object of the realm, or allow the requestor in it
a copy      would not be recognised
decided     with revision 3 of the objects";
        assert_eq!(explained(&event, &RequestId::new("r-1")).text(), expected);
    }

    #[test]
    fn a_coalesced_refusal_is_explained_by_its_group() {
        let mut event = event(Outcome::Coalesced {
            cause: Cause::Unauthenticated,
            count: 40,
            first: RequestId::new("r-1"),
            detail: "no such account".to_owned(),
        });
        event.request = RequestId::new("r-9");
        event.requestor = None;
        event.proven = Vec::new();
        let text = explained(&event, &RequestId::new("r-5")).text();
        assert!(text.starts_with("request     r-5\n"), "{text}");
        assert!(text.contains("proven      nothing\n"), "{text}");
        assert!(
            text.contains("one of a group: 40 for one cause from one source, r-1 to r-9\n"),
            "{text}"
        );
        assert!(text.contains("failed      no such account (of the first of them)\n"), "{text}");
    }
}
