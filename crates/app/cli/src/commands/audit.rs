//! `symbolon audit list|verify`: the trail, and whether it is whole.

use clap::{Args, Subcommand, ValueEnum};
use symbolon_kernel::audit::{Event, Outcome, Who};
use symbolon_model::Timestamp;
use symbolon_store::{Entry, Range, Trail, TrailFailure, Verification};

use super::trail::Which;
use crate::output::{Failed, clean, moment, say};

/// What to do with the trail.
#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Show events, the newest last.
    List(List),
    /// Read the whole chain and say whether it holds.
    Verify(Verify),
}

/// Which events.
#[derive(Args, Debug)]
pub(crate) struct List {
    #[command(flatten)]
    which: Which,
    /// At most so many; the newest win.
    #[arg(long, value_name = "N", default_value_t = 50)]
    newest: usize,
    /// Only requests that arrived then or later: 2026-11-21T08:00:00Z.
    #[arg(long, value_name = "TIME")]
    since: Option<jiff::Timestamp>,
    /// Only requests that arrived before.
    #[arg(long, value_name = "TIME")]
    until: Option<jiff::Timestamp>,
    /// How they are shown.
    #[arg(long, value_enum, default_value_t)]
    output: Output,
}

/// Which chain.
#[derive(Args, Debug)]
pub(crate) struct Verify {
    #[command(flatten)]
    which: Which,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
enum Output {
    /// One line each, for people.
    #[default]
    Pretty,
    /// One JSON object a line, as the chain protects it.
    Json,
}

/// Carries it out.
pub(crate) fn run(command: &Command) -> Result<(), Failed> {
    match command {
        Command::List(list) => events(list),
        Command::Verify(verify) => whole(verify),
    }
}

fn events(list: &List) -> Result<(), Failed> {
    let millis = |at: jiff::Timestamp| Timestamp::from_millis(at.as_millisecond());
    let range = Range {
        since: list.since.map(millis),
        until: list.until.map(millis),
        ..Range::newest(list.newest)
    };
    for entry in list.which.open()?.events(&range).map_err(unreadable)? {
        say(&match list.output {
            Output::Json => entry.body,
            Output::Pretty => line(&entry),
        });
    }
    Ok(())
}

fn whole(verify: &Verify) -> Result<(), Failed> {
    match verify.which.open()?.verify().map_err(unreadable)? {
        Verification::Intact { node, events, head } => {
            let head: String = head.iter().map(|octet| format!("{octet:02x}")).collect();
            say(&format!("intact: {events} events of node {}, head {head}", clean(&node)));
            Ok(())
        }
        Verification::Broken { node, seq, flaw } => {
            Err(Failed::because(format!("broken: event {seq} of node {node}"), flaw).with_remedy(
                "what was written from there on proves nothing; compare with a backup",
            ))
        }
    }
}

pub(super) fn unreadable(failure: TrailFailure) -> Failed {
    Failed::new(failure)
}

/// One event on one line.
fn line(entry: &Entry) -> String {
    let Ok(event) = entry.event() else {
        return format!("{:>7} (an event of another version)", entry.seq);
    };
    let who = event.requestor.as_ref().map_or_else(|| "somebody".to_owned(), who);
    let what = format!("{} {} {who} {}", moment(event.at), event.request, outcome(&event));
    format!("{:>7} {}", entry.seq, clean(&what))
}

/// Who asked, in words.
pub(super) fn who(who: &Who) -> String {
    match who {
        Who::Account(name) => format!("account {name}"),
        Who::Client(id) => format!("client {id}"),
        Who::Subject { issuer, name } => format!("{name} of {issuer}"),
    }
}

fn outcome(event: &Event) -> String {
    match &event.outcome {
        Outcome::Issued { tokens, .. } => {
            let token = |token: &symbolon_kernel::audit::Issued| {
                let parties: Vec<&str> = token.parties.iter().map(|party| party.as_str()).collect();
                format!("{} about {} for {}", token.id, token.subject, parties.join(" and "))
            };
            format!("issued {}", tokens.iter().map(token).collect::<Vec<_>>().join(", "))
        }
        Outcome::Refused { cause, detail, .. } => format!("refused {}: {detail}", cause.name()),
        Outcome::Changed { administrator, changes } => {
            format!("changed by {administrator}: {}", changes.join(", "))
        }
        Outcome::Coalesced { cause, count, first, .. } => {
            format!("refused {} {count} times since {first}", cause.name())
        }
    }
}

#[cfg(test)]
mod tests {
    use symbolon_kernel::Cause;

    use super::super::explain::tests::event;
    use super::*;

    fn entry(event: &Event) -> Entry {
        Entry { node: "n".to_owned(), seq: 7, body: serde_json::to_string(event).unwrap() }
    }

    #[test]
    fn an_event_is_one_line_whatever_is_in_it() {
        let event = event(Outcome::Refused {
            cause: Cause::Target,
            detail: "no party\n\u{1b}[31mred".to_owned(),
            rule: None,
        });
        assert_eq!(
            line(&entry(&event)),
            "      7 2026-11-21T00:00:00Z r-1 account alice refused target: no party��[31mred"
        );
    }

    #[test]
    fn an_event_that_cannot_be_read_is_not_passed_over() {
        let entry = Entry { node: "n".to_owned(), seq: 7, body: "{}".to_owned() };
        assert_eq!(line(&entry), "      7 (an event of another version)");
    }
}
