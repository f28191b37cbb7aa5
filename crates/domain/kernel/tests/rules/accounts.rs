//! Accounts: names in the realm's forms, digests, and clocks that are off; each test is the sentence that it proves.

use std::sync::atomic::Ordering;
use std::time::Duration;

use symbolon_kernel::snapshot::AccountNames;
use symbolon_kernel::{Answer, Cause, ClaimWish, Credential, Evidence, Presented, Wish};
use symbolon_model::{ClaimName, Lifetime, Skew};
use symbolon_testkit::at;

use crate::support::*;

const DIGEST: [u8; 20] = [7; 20];
const FIVE: Duration = Duration::from_secs(300);

fn shown(seconds: i64) -> Evidence {
    evidence(vec![digest("alice", DIGEST, b"nonce", seconds)])
}

fn cause(answer: &Answer) -> Cause {
    refusal(answer).cause
}

// ---- digests

#[test]
fn a_digest_of_a_shared_secret_gets_a_token_and_is_never_taken_again() {
    let world = world();
    let first = world.ask("/digest", &shown(0), wish());
    assert_eq!(until(minted(&first)), at(3600));
    let events = world.ledger.committed.lock().unwrap().clone();
    assert_eq!(events[0].proven, ["digest of account alice"]);
    assert!(events[0].replay_protected, "the nonce is always written");
    assert_eq!(cause(&world.ask("/digest", &shown(0), wish())), Cause::Replayed);
    let other = evidence(vec![digest("alice", DIGEST, b"other nonce", 0)]);
    minted(&world.ask("/digest", &other, wish()));
}

#[test]
fn wrong_name_and_wrong_digest_are_one_refusal_and_the_same_work() {
    for who in [digest("mallory", DIGEST, b"n", 0), digest("alice", [8; 20], b"n", 0)] {
        let world = world();
        let answer = world.ask("/digest", &evidence(vec![who]), wish());
        assert_eq!(cause(&answer), Cause::Unauthenticated);
        let why = "no enabled account has this name and shares the secret of this digest";
        assert_eq!(refusal(&answer).detail.for_the_record(), why);
        assert_eq!(world.directory.checks.load(Ordering::Relaxed), 1);
    }
}

#[test]
fn a_refused_digest_burns_no_nonce() {
    let world = world();
    let wrong = evidence(vec![digest("alice", [8; 20], b"nonce", 0)]);
    assert_eq!(cause(&world.ask("/digest", &wrong, wish())), Cause::Unauthenticated);
    minted(&world.ask("/digest", &shown(0), wish()));
}

/// Message age and skew are five minutes each.
#[test]
fn a_digest_is_as_old_as_itself_says() {
    for seconds in [-601, -600, 301] {
        let mut fresh = shown(seconds);
        fresh.sent = Some(Lifetime::new(at(0), at(300)).unwrap()); // a timestamp that nothing ties to the digest
        let world = world();
        assert_eq!(cause(&world.ask("/digest", &fresh, wish())), Cause::Stale, "{seconds}");
        assert_eq!(world.directory.checks.load(Ordering::Relaxed), 0);
    }
    for seconds in [-599, 300] {
        minted(&world().ask("/digest", &shown(seconds), wish()));
    }
}

#[test]
fn a_digest_is_refused_where_the_endpoint_does_not_list_it() {
    assert_eq!(cause(&world().ask("/ut", &shown(0), wish())), Cause::UnsupportedCredential);
}

#[test]
fn a_digest_prints_nothing_to_guess_by() {
    let Presented { credential, .. } = digest("alice", DIGEST, b"nonce", 0);
    let Credential::PasswordDigest { digest, .. } = credential else { panic!("another") };
    assert_eq!(format!("{digest:?}"), "Digest");
}

// ---- names

fn names(plain: bool, domain: Option<&str>, upn_suffix: Option<&str>) -> AccountNames {
    let (domain, upn_suffix) = (domain.map(str::to_owned), upn_suffix.map(str::to_owned));
    AccountNames { plain, domain, upn_suffix }
}

fn log_in(names: &AccountNames, name: &str) -> Answer {
    let world = world_with(|realm| realm.account_names = names.clone());
    let answer = world.ask("/ut", &evidence(vec![password(name, "secret")]), wish());
    assert_eq!(world.directory.checks.load(Ordering::Relaxed), 1, "{name}: the same work");
    answer
}

#[test]
fn an_account_may_be_named_in_every_form_of_its_realm() {
    let all = names(true, Some("CORP"), Some("example.test"));
    for name in ["alice", r"CORP\alice", r"corp\alice", "alice@example.test", "alice@EXAMPLE.TEST"]
    {
        let answer = log_in(&all, name);
        assert!(text_of(minted(&answer)).contains(">alice<"), "{name}");
    }
}

#[test]
fn a_form_that_is_not_allowed_costs_the_same() {
    for (names, refused) in [
        (names(true, None, None), &[r"CORP\alice", "alice@example.test"][..]),
        (names(false, Some("CORP"), None), &["alice", "alice@example.test", r"OTHER\alice"]),
        (names(false, None, Some("example.test")), &["alice", r"CORP\alice", "alice@other.test"]),
        (
            names(false, Some("CORP"), Some("example.test")),
            &["alice", r"CORP\", "@example.test", r"CORP\\alice", "alice@x@example.test"],
        ),
    ] {
        for name in refused {
            assert_eq!(cause(&log_in(&names, name)), Cause::Unauthenticated, "{name}");
        }
    }
}

#[test]
fn a_digest_names_its_account_in_the_same_forms() {
    let world = world_with(|realm| realm.account_names = names(false, Some("CORP"), None));
    let named = |name| evidence(vec![digest(name, DIGEST, b"nonce", 0)]);
    assert_eq!(cause(&world.ask("/digest", &named("alice"), wish())), Cause::Unauthenticated);
    minted(&world.ask("/digest", &named(r"corp\alice"), wish()));
    let again = world.ask("/digest", &named(r"CORP\alice"), wish());
    assert_eq!(cause(&again), Cause::Replayed, "another form of the name is the same account");
}

// ---- clocks

#[test]
fn each_direction_has_its_own_skew() {
    let skewed = |skew| world_with(|realm| realm.skew = skew);
    let sent = |from, until| {
        let mut evidence = alice();
        evidence.sent = Some(Lifetime::new(at(from), at(until)).unwrap());
        evidence
    };
    let (late, early) = (sent(-900, -1), sent(1, 900));
    let past = Skew { past: FIVE, future: Duration::ZERO };
    minted(&skewed(past).ask("/ut", &late, wish()));
    assert_eq!(cause(&skewed(past).ask("/ut", &early, wish())), Cause::Stale);
    let future = Skew { past: Duration::ZERO, future: FIVE };
    minted(&skewed(future).ask("/ut", &early, wish()));
    assert_eq!(cause(&skewed(future).ask("/ut", &late, wish())), Cause::Stale);
}

// ---- claims: alice has mail and salary, the party is told mail

fn asking(name: &str, value: Option<&str>, required: bool) -> Answer {
    let (name, value) = (ClaimName::new(name), value.map(str::to_owned));
    let claims = vec![ClaimWish { name, value, required }];
    world().ask("/ut", &alice(), Wish { claims, ..wish() })
}

#[test]
fn a_required_claim_that_cannot_be_told_is_refused() {
    for (name, value) in [("phone", None), ("salary", None), ("mail", Some("bob@example"))] {
        assert_eq!(cause(&asking(name, value, true)), Cause::Claims, "{name}");
    }
}

#[test]
fn an_optional_claim_is_never_a_reason_and_narrows_nothing() {
    for (name, value) in [("phone", None), ("salary", None), ("mail", Some("bob@example"))] {
        let answer = asking(name, value, false);
        let token = text_of(minted(&answer));
        assert!(token.contains("alice@example") && !token.contains("much"), "{token}");
    }
}

#[test]
fn a_required_claim_that_is_told_is_told() {
    for value in [None, Some("alice@example")] {
        let answer = asking("mail", value, true);
        assert!(text_of(minted(&answer)).contains("alice@example"));
    }
}
