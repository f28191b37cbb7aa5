use symbolon_kernel::{Role, TokenFlaw};
use symbolon_model::{RequestId, Timestamp};

use super::*;

const NOW: Duration = Duration::from_secs(60);

fn refusal(n: u32, source: &str, cause: Cause) -> Event {
    Event {
        version: symbolon_kernel::audit::VERSION,
        request: RequestId::new(format!("r{n:08}")),
        at: Timestamp::from_seconds(1_000),
        realm: "main".into(),
        endpoint: "usernamemixed".into(),
        protocol: "wstrust".into(),
        source: Some(source.into()),
        revision: 1,
        requestor: None,
        proven: Vec::new(),
        tolerances: Vec::new(),
        replay_protected: false,
        outcome: Outcome::Refused { cause, detail: format!("detail {n}"), rule: None },
    }
}

/// Notes so many like refusals, numbered from `from`, at one moment.
fn note(strangers: &mut Strangers, from: u32, many: usize, source: &str) {
    for n in (from..).take(many) {
        strangers.note(refusal(n, source, Cause::Unauthenticated), NOW);
    }
}

fn counts(events: &[Event]) -> u64 {
    events
        .iter()
        .map(|event| match &event.outcome {
            Outcome::Coalesced { count, .. } => *count,
            Outcome::Refused { .. } | Outcome::Issued { .. } | Outcome::Changed { .. } => 1,
        })
        .sum()
}

#[test]
fn a_hundred_in_a_second_are_kept_singly_and_the_rest_become_one_event() {
    let mut strangers = Strangers::default();
    note(&mut strangers, 0, 1_000, "192.0.2.1");
    let events = strangers.take_all();
    assert_eq!(events.len(), 101);
    let group = &events[100];
    assert_eq!(group.request.as_str(), "r00000999");
    assert_eq!(
        group.outcome,
        Outcome::Coalesced {
            cause: Cause::Unauthenticated,
            count: 900,
            first: "r00000100".into(),
            detail: "detail 100".to_owned(),
        }
    );
    assert!(strangers.is_empty());
}

#[test]
fn the_next_second_keeps_singly_again() {
    let mut strangers = Strangers::default();
    note(&mut strangers, 0, 150, "192.0.2.1");
    let later = Event {
        at: Timestamp::from_seconds(1_001),
        ..refusal(150, "192.0.2.1", Cause::Unauthenticated)
    };
    assert_eq!(strangers.note(later, NOW), Held::Singly);
}

#[test]
fn an_event_of_an_earlier_second_does_not_start_the_count_again() {
    let mut strangers = Strangers::default();
    note(&mut strangers, 0, 100, "192.0.2.1");
    let overtaken = Event {
        at: Timestamp::from_seconds(999),
        ..refusal(100, "192.0.2.1", Cause::Unauthenticated)
    };
    assert_eq!(strangers.note(overtaken, NOW), Held::Coalesced);
}

#[test]
fn causes_flaws_sources_and_endpoints_are_not_mixed() {
    let mut strangers = Strangers::default();
    note(&mut strangers, 0, 100, "192.0.2.1");
    let flaw = |flaw| Cause::Token { role: Role::Subject, flaw };
    let elsewhere =
        Event { endpoint: "token".into(), ..refusal(4, "192.0.2.1", Cause::Unauthenticated) };
    for event in [
        refusal(1, "192.0.2.1", Cause::Unauthenticated),
        refusal(2, "192.0.2.2", Cause::Unauthenticated),
        refusal(3, "192.0.2.1", Cause::Malformed),
        elsewhere,
        refusal(5, "192.0.2.1", flaw(TokenFlaw::Unverified)),
        refusal(6, "192.0.2.1", flaw(TokenFlaw::NotNow)),
    ] {
        strangers.note(event, NOW);
    }
    assert_eq!(strangers.take_all().len(), 106);
}

#[test]
fn a_group_of_one_is_written_as_itself() {
    let mut strangers = Strangers::default();
    note(&mut strangers, 0, 101, "192.0.2.1");
    let events = strangers.take_all();
    assert_eq!(events[100], refusal(100, "192.0.2.1", Cause::Unauthenticated));
}

#[test]
fn ids_that_arrive_out_of_order_still_span_their_group() {
    let mut strangers = Strangers::default();
    note(&mut strangers, 0, 100, "192.0.2.1");
    for n in [205, 201, 209, 203] {
        strangers.note(refusal(n, "192.0.2.1", Cause::Unauthenticated), NOW);
    }
    let events = strangers.take_all();
    let Outcome::Coalesced { first, detail, count: 4, .. } = &events[100].outcome else {
        panic!("not coalesced: {:?}", events[100]);
    };
    assert_eq!((first.as_str(), detail.as_str()), ("r00000201", "detail 201"));
    assert_eq!(events[100].request.as_str(), "r00000209");
}

#[test]
fn ten_thousand_sources_cannot_grow_the_groups_and_each_refusal_is_counted() {
    let mut strangers = Strangers::default();
    for n in 0..10_000 {
        strangers.note(refusal(n, &format!("source {n}"), Cause::Unauthenticated), NOW);
    }
    assert!(strangers.groups.len() <= GROUPS + 1);
    let events = strangers.take_all();
    assert_eq!(counts(&events), 10_000);
    assert!(
        events.iter().any(|e| e.source.is_none()),
        "the sources beyond the limit share a group"
    );
}

#[test]
fn a_disk_that_stalls_for_minutes_holds_a_bounded_number_and_each_refusal_is_counted() {
    let mut strangers = Strangers::default();
    for n in 0..20_000 {
        let second = 1_000 + i64::from(n / 100);
        let at = Timestamp::from_seconds(second);
        strangers.note(Event { at, ..refusal(n, "192.0.2.1", Cause::Malformed) }, NOW);
    }
    assert_eq!(strangers.singles.len(), SINGLES);
    assert_eq!(strangers.groups.len(), 1);
    assert_eq!(counts(&strangers.take_all()), 20_000);
}

#[test]
fn a_commit_takes_the_single_ones_and_leaves_a_group_that_still_grows() {
    let mut strangers = Strangers::default();
    note(&mut strangers, 0, 150, "192.0.2.1");
    assert_eq!(strangers.take(NOW).len(), 100);
    assert_eq!(strangers.due(), Some(NOW + QUIET));
    assert_eq!(strangers.take(NOW + QUIET).len(), 1);
    assert_eq!(strangers.due(), None);
}

#[test]
fn a_group_that_never_comes_to_rest_is_written_within_its_span() {
    let mut strangers = Strangers::default();
    note(&mut strangers, 0, 150, "192.0.2.1");
    strangers.take(NOW);
    let just_before = NOW + SPAN - Duration::from_millis(1);
    strangers.note(refusal(150, "192.0.2.1", Cause::Unauthenticated), just_before);
    assert_eq!(strangers.due(), Some(NOW + SPAN));
    assert!(strangers.take(just_before).is_empty());
    assert_eq!(counts(&strangers.take(NOW + SPAN)), 51);
}

#[test]
fn single_refusals_that_trickle_in_are_not_held_back_by_each_other() {
    let mut strangers = Strangers::default();
    note(&mut strangers, 0, 1, "192.0.2.1");
    let soon = NOW + Duration::from_millis(150);
    strangers.note(refusal(1, "192.0.2.1", Cause::Malformed), soon);
    assert_eq!(strangers.due(), Some(NOW + QUIET));
}
