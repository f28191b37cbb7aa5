//! The kernel's rules, without a wire: each test is the sentence that it proves. Refusals outnumber successes.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a failed set-up fails the test")]
#![expect(clippy::indexing_slicing, reason = "a missing element fails the test")]

#[path = "rules/accounts.rs"]
mod accounts;
#[path = "rules/attacks.rs"]
mod attacks;
#[path = "rules/clients.rs"]
mod clients;
#[path = "rules/grants.rs"]
mod grants;
mod support;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use proptest::prelude::*;
use support::*;
use symbolon_formats::RawToken;
use symbolon_kernel::ports::CommitFailure;
use symbolon_kernel::snapshot::{Admitted, CredentialKind, Tolerance};
use symbolon_kernel::{
    Arrival, Authentication, Cause, Credential, KeyHint, LifetimeWish, Operation, Presented, Role,
    SubjectWish, Target, TokenFlaw, Wish, audit,
};
use symbolon_model::{AccountName, Lifetime, Once, TokenType};
use symbolon_testkit::{NOW, OTHER_P256, OTHER_RSA, P256, RSA, at, ready};

fn cause(path: &str, evidence: &symbolon_kernel::Evidence, wish: Wish) -> Cause {
    refusal(&world().ask(path, evidence, wish)).cause
}

const fn subject(flaw: TokenFlaw) -> Cause {
    Cause::Token { role: Role::Subject, flaw }
}

// ---- who asks

#[test]
fn a_known_account_gets_a_token_and_one_event() {
    let world = world();
    let answer = world.ask("/ut", &alice(), wish());
    assert_eq!(until(minted(&answer)), at(3600));
    let events = world.ledger.committed.lock().unwrap();
    let audit::Outcome::Issued { rule, tokens } = &events[0].outcome else { panic!("{events:?}") };
    assert_eq!(rule, "relying party urn:rp:app admits account alice");
    assert_eq!(tokens[0].id, *minted(&answer).id());
    assert_eq!(events[0].proven, ["password of account alice"]);
    assert_eq!((events.len(), events[0].revision, events[0].replay_protected), (1, 7, false));
}

#[test]
fn wrong_name_and_wrong_secret_are_one_refusal_and_the_same_work() {
    for who in [password("mallory", "secret"), password("alice", "wrong")] {
        let world = world();
        let answer = world.ask("/ut", &evidence(vec![who]), wish());
        let refused = refusal(&answer);
        assert_eq!(refused.cause, Cause::Unauthenticated);
        let why = "no enabled account has this name and this password";
        assert_eq!(refused.detail.for_the_record(), why);
        assert_eq!(world.directory.checks.load(Ordering::Relaxed), 1);
    }
}

#[test]
fn unknown_client_and_wrong_secret_cost_the_same() {
    for who in [client("nobody", "secret"), client("cid", "wrong")] {
        let world = world();
        let token = signed(&draft(ISSUER, ISSUER), TokenType::JWT, P256);
        let answer = world.ask("/token", &evidence(vec![who]), exchange_of(token));
        assert_eq!(refusal(&answer).cause, Cause::Unauthenticated);
        assert_eq!(world.directory.checks.load(Ordering::Relaxed), 1);
    }
}

#[test]
fn a_password_in_clear_is_refused_without_being_checked() {
    let world = world();
    let clear = Presented { confidential: false, ..password("alice", "secret") };
    let answer = world.ask("/ut", &evidence(vec![clear]), wish());
    assert_eq!(refusal(&answer).cause, Cause::Unauthenticated);
    assert_eq!(world.directory.checks.load(Ordering::Relaxed), 0);
}

#[test]
fn no_credential_and_two_credentials_are_refused() {
    assert_eq!(cause("/ut", &evidence(vec![]), wish()), Cause::Unauthenticated);
    let two = evidence(vec![password("alice", "secret"), password("alice", "secret")]);
    assert_eq!(cause("/ut", &two, wish()), Cause::MalformedSecurity);
}

#[test]
fn a_credential_that_the_endpoint_does_not_list_is_refused() {
    assert_eq!(cause("/issued", &alice(), wish()), Cause::UnsupportedCredential);
}

#[test]
fn a_token_that_nobody_verified_is_no_credential() {
    let token = signed(&draft(ISSUER, ISSUER), TokenType::JWT, P256);
    let kind = CredentialKind::IssuedToken;
    let raw = Presented { kind, credential: token, covered_by: vec![], confidential: true };
    assert_eq!(cause("/issued", &evidence(vec![raw]), wish()), Cause::UnsupportedCredential);
}

#[test]
fn a_verified_token_is_a_credential_and_bounds_what_is_issued() {
    let world = world();
    let token = signed(&draft(ISSUER, ISSUER), TokenType::SAML2, RSA);
    let mut exchange = world.kernel.begin(&world.endpoint("/issued"), arrival());
    let found = ready(exchange.find_key(KeyHint::Confirmed(&token))).unwrap();
    let credential = Credential::Held(found.holder.unwrap());
    let kind = CredentialKind::IssuedToken;
    let held =
        evidence(vec![Presented { kind, credential, covered_by: vec![], confidential: true }]);
    let Authentication::Done(requestor) = ready(exchange.authenticate(&held)).unwrap();
    assert_eq!(*requestor.who(), audit::Who::Account(AccountName::new("bob")));
    let operation = Operation::Issue(vec![wish()]);
    let done = ready(exchange.run(requestor, &held, operation));
    let answer = ready(exchange.commit(done));
    assert_eq!(until(minted(&answer)), at(600));
}

#[test]
fn a_tolerance_counts_only_where_the_endpoint_lists_it() {
    let mut lenient = alice();
    lenient.tolerances.push(Tolerance::NoTimestamp);
    assert_eq!(cause("/ut", &lenient, wish()), Cause::MalformedSecurity);
    let world = world_with(|realm| with_tolerance(realm, "ut", Tolerance::NoTimestamp));
    minted(&world.ask("/ut", &lenient, wish()));
    assert_eq!(world.ledger.committed.lock().unwrap()[0].tolerances, [Tolerance::NoTimestamp]);
}

#[test]
fn a_message_from_the_past_or_the_future_is_stale() {
    for (from, until) in [(-900, -301), (301, 900)] {
        let mut stale = alice();
        stale.sent = Some(Lifetime::new(at(from), at(until)).unwrap());
        assert_eq!(cause("/ut", &stale, wish()), Cause::Stale, "{from}..{until}");
    }
    let mut fresh = alice();
    fresh.sent = Some(Lifetime::new(at(300), at(900)).unwrap());
    minted(&world().ask("/ut", &fresh, wish()));
}

// ---- copies

#[test]
fn a_copy_is_refused_by_the_commit_and_both_are_on_record() {
    let world = world();
    let mut once = alice();
    once.once.push(Once::Nonce(vec![1, 2, 3]));
    minted(&world.ask("/ut", &once, wish()));
    assert_eq!(refusal(&world.ask("/ut", &once, wish())).cause, Cause::Replayed);
    let events = world.ledger.committed.lock().unwrap();
    assert_eq!((events.len(), events[0].replay_protected), (2, true));
}

#[test]
fn a_stranger_burns_no_nonce() {
    let world = world();
    let mut stranger = evidence(vec![password("alice", "wrong")]);
    stranger.once.push(Once::Nonce(vec![1, 2, 3]));
    assert_eq!(refusal(&world.ask("/ut", &stranger, wish())).cause, Cause::Unauthenticated);
    let mut once = alice();
    once.once.push(Once::Nonce(vec![1, 2, 3]));
    minted(&world.ask("/ut", &once, wish()));
}

#[test]
fn without_a_mark_a_repeated_message_is_not_a_copy() {
    let world = world();
    minted(&world.ask("/ut", &alice(), wish()));
    minted(&world.ask("/ut", &alice(), wish()));
}

// ---- for whom

#[test]
fn strangers_learn_nothing_about_relying_parties() {
    let hidden = |realm: &mut symbolon_kernel::snapshot::Realm| {
        let mut closed = party("urn:rp:closed");
        closed.accounts = Admitted::Nobody;
        put(realm, closed);
    };
    for name in ["urn:rp:closed", "urn:rp:unknown"] {
        let to =
            Wish { target: Target::Named(vec![symbolon_kernel::AppliesTo(name.into())]), ..wish() };
        let answer = world_with(hidden).ask("/ut", &alice(), to);
        assert_eq!(refusal(&answer).cause, Cause::Target, "{name}");
    }
}

#[test]
fn nobody_named_as_target_is_refused() {
    let to_nobody = Wish { target: Target::Named(vec![]), ..wish() };
    assert_eq!(cause("/ut", &alice(), to_nobody), Cause::Target);
}

#[test]
fn every_one_of_several_targets_must_be_allowed() {
    let both =
        vec![symbolon_kernel::AppliesTo(APP.into()), symbolon_kernel::AppliesTo("urn:x".into())];
    let to_both = Wish { target: Target::Named(both), ..wish() };
    assert_eq!(cause("/ut", &alice(), to_both), Cause::Target);
}

#[test]
fn a_type_that_the_relying_party_does_not_take_is_refused() {
    let odd = Wish { token_type: Some(TokenType::new("urn:odd")), ..wish() };
    assert_eq!(cause("/ut", &alice(), odd), Cause::UnsupportedTokenType);
}

#[test]
fn a_scope_that_the_relying_party_has_not_is_refused() {
    let wide = Wish { scopes: vec!["read".to_owned(), "admin".to_owned()], ..wish() };
    assert_eq!(cause("/ut", &alice(), wide), Cause::Scope);
}

#[test]
fn a_scope_beyond_that_of_the_subject_token_is_refused() {
    let mut narrow = draft(ISSUER, ISSUER);
    narrow.scope = Some("write".to_owned());
    let token = || signed(&narrow, TokenType::JWT, P256);
    minted(&world().ask("/token", &cid(), exchange_of(token())));
    let wide = Wish { scopes: vec!["read".to_owned()], ..exchange_of(token()) };
    assert_eq!(cause("/token", &cid(), wide), Cause::Scope);
}

#[test]
fn a_relying_party_is_told_only_the_claims_of_its_object() {
    let world = world();
    let answer = world.ask("/ut", &alice(), wish());
    let token = text_of(minted(&answer));
    assert!(token.contains("alice@example"));
    assert!(!token.contains("salary"));
}

// ---- how long

#[test]
fn a_lifetime_that_is_over_inverted_or_postdated_is_refused() {
    let cases = [
        (None, Some(at(-1))),
        (None, Some(NOW)),
        (Some(at(60)), Some(at(30))),
        (Some(at(301)), Some(at(900))),
    ];
    for (from, until) in cases {
        let wish = Wish { lifetime: Some(LifetimeWish { from, until }), ..wish() };
        assert_eq!(cause("/ut", &alice(), wish), Cause::TimeRange, "{from:?} {until:?}");
    }
}

#[test]
fn a_lifetime_may_be_shortened_and_is_never_exceeded() {
    for (asked, got) in [(60, 60), (86_400, 3600)] {
        let until_then = LifetimeWish { from: None, until: Some(at(asked)) };
        let answer = world().ask("/ut", &alice(), Wish { lifetime: Some(until_then), ..wish() });
        assert_eq!(until(minted(&answer)), at(got));
    }
}

// ---- about whom

#[test]
fn a_token_exchange_speaks_about_the_subject_and_ends_with_its_token() {
    let world = world();
    let token = signed(&draft(ISSUER, APP), TokenType::SAML2, RSA);
    let answer = world.ask("/token", &cid(), exchange_of(token));
    assert_eq!(until(minted(&answer)), at(600));
    let events = world.ledger.committed.lock().unwrap();
    let audit::Outcome::Issued { tokens, .. } = &events[0].outcome else { panic!("{events:?}") };
    assert_eq!(tokens[0].subject, "bob");
    assert_eq!(tokens[0].lineage.as_str(), "_0123456789abcdef");
    let proven = ["secret of client cid", "token of https://sts.example about bob"];
    assert_eq!(events[0].proven, proven);
}

#[test]
fn a_subject_token_that_is_none_is_an_error_and_never_the_requestor() {
    let raw = RawToken::Octets(b"garbage".to_vec());
    let garbage = Credential::Token { token_type: TokenType::JWT, raw };
    assert_eq!(cause("/token", &cid(), exchange_of(garbage)), subject(TokenFlaw::Unverified));
}

#[test]
fn every_flaw_before_the_signature_is_one_refusal() {
    let mut unknown_issuer = draft("https://nobody.example", ISSUER);
    unknown_issuer.lifetime = Lifetime::new(at(-900), at(-600)).unwrap();
    let cases = [
        ("key of nobody", signed(&draft(ISSUER, ISSUER), TokenType::JWT, OTHER_P256)),
        ("unknown issuer, expired too", signed(&unknown_issuer, TokenType::JWT, OTHER_P256)),
        ("another issuer's key", signed(&draft(PARTNER, ISSUER), TokenType::JWT, OTHER_RSA)),
        ("our key, partner's name", signed(&draft(PARTNER, ISSUER), TokenType::JWT, P256)),
        ("type not taken from it", signed(&draft(PARTNER, ISSUER), TokenType::SAML2, OTHER_P256)),
    ];
    for (name, token) in cases {
        assert_eq!(
            cause("/token", &cid(), exchange_of(token)),
            subject(TokenFlaw::Unverified),
            "{name}"
        );
    }
}

#[test]
fn a_subject_token_out_of_its_time_is_refused_by_name() {
    for (from, until) in [(-900, -300), (301, 900)] {
        let mut late = draft(ISSUER, ISSUER);
        late.lifetime = Lifetime::new(at(from), at(until)).unwrap();
        let token = signed(&late, TokenType::JWT, P256);
        assert_eq!(cause("/token", &cid(), exchange_of(token)), subject(TokenFlaw::NotNow));
    }
}

#[test]
fn within_the_skew_a_subject_token_is_accepted_but_nothing_outlives_it() {
    let mut just_over = draft(ISSUER, ISSUER);
    just_over.lifetime = Lifetime::new(at(-900), at(-1)).unwrap();
    let token = signed(&just_over, TokenType::JWT, P256);
    assert_eq!(cause("/token", &cid(), exchange_of(token)), subject(TokenFlaw::NotNow));
}

#[test]
fn a_subject_token_for_somebody_else_is_a_wrong_audience() {
    let token = signed(&draft(ISSUER, "urn:rp:secret"), TokenType::JWT, P256);
    assert_eq!(cause("/token", &cid(), exchange_of(token)), subject(TokenFlaw::Audience));
}

#[test]
fn the_token_endpoints_url_is_an_audience_of_this_service() {
    let token = signed(&draft(ISSUER, "https://sts.example/token"), TokenType::JWT, P256);
    minted(&world().ask("/token", &cid(), exchange_of(token)));
    let near = signed(&draft(ISSUER, "https://sts.example.evil/token"), TokenType::JWT, P256);
    assert_eq!(cause("/token", &cid(), exchange_of(near)), subject(TokenFlaw::Audience));
}

#[test]
fn a_foreign_assertion_without_recipient_is_refused() {
    let token = signed(&draft("https://second.example", ISSUER), TokenType::SAML2, OTHER_RSA);
    assert_eq!(cause("/token", &cid(), exchange_of(token)), subject(TokenFlaw::Audience));
}

/// An assertion of `second.example` about bob, with SHA-1 in signature and digest, made by xmlsec1 with the key `rsa-2`.
const WITH_SHA_1: &str = include_str!("recorded/sha1.xml");

#[test]
fn sha_1_in_an_assertion_counts_until_the_end_that_its_issuers_object_names() {
    let token = || Credential::Token {
        token_type: TokenType::SAML2,
        raw: RawToken::Octets(WITH_SHA_1.as_bytes().to_vec()),
    };
    assert_eq!(cause("/token", &cid(), exchange_of(token())), subject(TokenFlaw::Unverified));
    let world = world_with(|realm| {
        let mut issuer = realm.issuers["https://second.example"].as_ref().clone();
        issuer.sha1_until = Some(at(3600));
        realm.issuers.insert(issuer.name.clone(), Arc::new(issuer));
    });
    let ask = |seconds, token| {
        let arrival = Arrival { now: at(seconds), ..arrival() };
        world.ask_at(arrival, "/token", &cid(), exchange_of(token))
    };
    minted(&ask(0, token()));
    let proven = ["secret of client cid", "token of https://second.example about bob (by SHA-1)"];
    assert_eq!(world.ledger.committed.lock().unwrap()[0].proven, proven);
    minted(&ask(3599, token()));
    // The skew, five minutes here, is for clocks of others and postpones no end.
    for seconds in [3600, 3601, 86_400] {
        assert_eq!(refusal(&ask(seconds, token())).cause, subject(TokenFlaw::Unverified));
    }
}

#[test]
fn a_partners_subject_needs_the_relying_partys_leave() {
    let token = || signed(&draft(PARTNER, ISSUER), TokenType::JWT, OTHER_P256);
    minted(&world().ask("/token", &cid(), exchange_of(token())));
    let world = world_with(|realm| {
        let mut closed = party(APP);
        closed.issuers = Admitted::Nobody;
        put(realm, closed);
    });
    assert_eq!(refusal(&world.ask("/token", &cid(), exchange_of(token()))).cause, Cause::Target);
}

#[test]
fn a_client_may_use_only_the_grants_of_its_object() {
    let token = signed(&draft(ISSUER, ISSUER), TokenType::JWT, P256);
    let odd = Wish { grant: Some("urn:odd".to_owned()), ..exchange_of(token) };
    assert_eq!(cause("/token", &cid(), odd), Cause::Client);
    assert_eq!(cause("/token", &cid(), wish()), Cause::Client);
}

#[test]
fn one_exchange_verifies_a_bounded_number_of_tokens() {
    let world = world();
    let mut exchange = world.kernel.begin(&world.endpoint("/issued"), arrival());
    let token = signed(&draft(ISSUER, ISSUER), TokenType::JWT, P256);
    for _ in 0..8 {
        ready(exchange.find_key(KeyHint::Confirmed(&token))).unwrap();
    }
    let ninth = ready(exchange.find_key(KeyHint::Confirmed(&token))).unwrap_err();
    assert_eq!(ninth.cause, Cause::Malformed);
}

// ---- the commit

#[test]
fn what_cannot_be_recorded_is_not_answered() {
    let world = world();
    let down = CommitFailure::Unavailable(Duration::from_millis(1500), "disk".to_owned());
    *world.ledger.fails.lock().unwrap() = Some(down);
    let answer = world.ask("/ut", &alice(), wish());
    assert_eq!(refusal(&answer).cause, Cause::Unavailable { retry_after: 2 });
}

#[test]
fn a_strangers_refusal_is_noted_and_a_known_requestors_is_committed() {
    let world = world();
    let stranger = world.ask("/ut", &evidence(vec![password("alice", "wrong")]), wish());
    assert!(stranger.refuses_a_stranger());
    let nowhere = Wish { target: Target::Named(vec![]), ..wish() };
    assert!(!world.ask("/ut", &alice(), nowhere).refuses_a_stranger());
    assert_eq!(world.ledger.noted.lock().unwrap().len(), 1);
    let committed = world.ledger.committed.lock().unwrap();
    let audit::Outcome::Refused { cause, .. } = &committed[0].outcome else { panic!("issued") };
    assert_eq!(*cause, Cause::Target);
}

#[test]
fn a_rule_that_said_yes_is_not_told_as_the_one_that_refused() {
    let world = world();
    let wide = Wish { scopes: vec!["admin".to_owned()], ..wish() };
    assert_eq!(refusal(&world.ask("/ut", &alice(), wide)).cause, Cause::Scope);
    let committed = world.ledger.committed.lock().unwrap();
    let audit::Outcome::Refused { rule, .. } = &committed[0].outcome else { panic!("issued") };
    assert_eq!(*rule, None);
}

#[test]
fn an_exchange_dropped_before_its_commit_has_done_nothing() {
    let world = world();
    let mut exchange = world.kernel.begin(&world.endpoint("/ut"), arrival());
    let Authentication::Done(requestor) = ready(exchange.authenticate(&alice())).unwrap();
    ready(exchange.run(requestor, &alice(), Operation::Issue(vec![wish()]))).unwrap();
    drop(exchange);
    assert!(world.ledger.committed.lock().unwrap().is_empty());
    assert!(world.ledger.noted.lock().unwrap().is_empty());
}

#[test]
fn a_snapshot_published_meanwhile_does_not_change_an_exchange() {
    let world = world();
    let mut exchange = world.kernel.begin(&world.endpoint("/ut"), arrival());
    world.kernel.publish(symbolon_kernel::snapshot::Snapshot::default());
    assert!(world.kernel.endpoint("/ut").is_none());
    let Authentication::Done(requestor) = ready(exchange.authenticate(&alice())).unwrap();
    ready(exchange.run(requestor, &alice(), Operation::Issue(vec![wish()]))).unwrap();
}

// ---- invariants

proptest! {
    /// Rights out ⊆ subject ∩ relying party; the end is no later than any input's.
    #[test]
    fn nothing_is_widened(
        has in proptest::collection::btree_set("[a-d]", 0..4),
        told in proptest::collection::btree_set("[a-d]", 0..4),
        subject_until in 1_i64..7200,
        party_seconds in 1_u64..7200,
        asked in proptest::option::of(1_i64..7200),
    ) {
        let world = world_with(|realm| {
            let mut app = party(APP);
            app.attributes = told.iter().map(|n| symbolon_model::ClaimName::new(n.as_str())).collect();
            app.lifetime = Duration::from_secs(party_seconds);
            put(realm, app);
        });
        let mut about = draft(ISSUER, ISSUER);
        let pairs: Vec<(&str, &str)> = has.iter().map(|n| (n.as_str(), "v")).collect();
        about.attributes = claims(&pairs);
        about.lifetime = Lifetime::new(at(-60), at(subject_until)).unwrap();
        let token = signed(&about, TokenType::JWT, P256);
        let lifetime = asked.map(|s| LifetimeWish { from: None, until: Some(at(s)) });
        let wish = Wish { lifetime, subject: SubjectWish::Impersonate(Box::new(token)), ..exchange_of(
            Credential::Token { token_type: TokenType::JWT, raw: RawToken::Octets(vec![]) }) };
        let answer = world.ask("/token", &cid(), wish);
        let minted = minted(&answer);
        let end = [Some(at(subject_until)), Some(NOW.after(Duration::from_secs(party_seconds))), asked.map(at)];
        prop_assert_eq!(until(minted), end.into_iter().flatten().min().unwrap());
        let payload = text_of(minted);
        let payload = payload.split('.').nth(1).unwrap();
        let told: Vec<&String> = has.intersection(&told).collect();
        let json = String::from_utf8(symbolon_jose::base64url::decode(payload).unwrap()).unwrap();
        for name in ["a", "b", "c", "d"] {
            let said = json.contains(&format!("\"{name}\":"));
            prop_assert_eq!(said, told.iter().any(|t| *t == name), "{} in {}", name, json);
        }
    }
}
