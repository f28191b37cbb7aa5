//! What happened stands in the audit trail under the request's id, and nowhere in the answer.

#![expect(clippy::unwrap_used, reason = "a test that goes wrong must fail")]
#![expect(clippy::panic, reason = "a test that goes wrong must fail")]
#![expect(clippy::indexing_slicing, reason = "a test that goes wrong must fail")]

use serde_json::Value;
use symbolon_conformance::{ALICE, Answer, Form, Rst, assertion_of, foreign, sts, username_token};
use symbolon_store::{Trail, Verification};

/// The one event of a request.
///
/// A stranger's refusal does not wait for the disk: it is written with the next exchange that does, so one is made.
fn event(answer: &Answer) -> Value {
    assert_eq!(Rst::default().send().status, 200);
    let entries = sts().recorded(answer.request_id());
    let [entry] = entries.as_slice() else { panic!("{} events", entries.len()) };
    serde_json::from_str(&entry.body).unwrap()
}

/// The detail of a refusal, and that no word of it left the house.
fn detail(answer: &Answer, said: &[&str]) -> Value {
    let event = event(answer);
    let text = event["outcome"]["refused"]["detail"].as_str().unwrap().to_owned();
    assert!(!text.is_empty() && !answer.text().contains(&text), "{text}");
    for word in said {
        assert!(text.contains(word), "{word}: {text}");
        assert!(!answer.text().contains(word), "{word} in {}", answer.text());
    }
    event
}

#[test]
fn a_token_is_on_record_before_its_answer() {
    let answer = Rst::default().send();
    let event = event(&answer);
    let issued = &event["outcome"]["issued"];
    assert_eq!(event["requestor"]["account"], ALICE);
    assert!(!issued["rule"].as_str().unwrap().is_empty());
    let token = &issued["tokens"][0];
    assert!(assertion_of(&answer).contains(&format!("ID=\"{}\"", token["id"].as_str().unwrap())));
    assert_eq!((&token["subject"], &token["parties"][0]), (&ALICE.into(), &"urn:rp:app".into()));
    assert_eq!(event["replay_protected"], false);
}

#[test]
fn a_tolerance_that_was_used_is_on_record() {
    let answer = Rst { timestamp: String::new(), ..Rst::default() }.send();
    assert_eq!(event(&answer)["tolerances"][0], "no-timestamp");
    assert_eq!(event(&Rst::default().send()).get("tolerances"), None);
}

#[test]
fn a_strangers_refusal_keeps_its_detail_inside() {
    let credential = username_token("mallory", "guess");
    let answer = Rst { credential, ..Rst::default() }.send();
    let event = detail(&answer, &["account", "password"]);
    assert_eq!(event.get("requestor"), None);
    assert!(!event.to_string().contains("guess"), "a secret in the audit trail");
}

#[test]
fn a_forbidden_relying_party_is_named_inside_alone() {
    let event = detail(&Rst::for_party("urn:rp:closed").send(), &["urn:rp:closed", ALICE]);
    assert_eq!(event["requestor"]["account"], ALICE);
    assert!(event["outcome"]["refused"]["rule"].as_str().unwrap().contains("urn:rp:closed"));
    detail(&Rst::for_party("urn:rp:unknown").send(), &["urn:rp:unknown"]);
}

#[test]
fn a_malformed_message_is_on_record_too() {
    detail(&Rst { also: "<x>".to_owned(), ..Rst::default() }.send(), &[]);
    detail(&Rst { timestamp: "<u:Timestamp/>".to_owned(), ..Rst::default() }.send(), &["created"]);
}

#[test]
fn a_bad_subject_token_is_explained_inside_alone() {
    let claims = foreign::claims_but("aud", "https://elsewhere.example");
    let answer = Form::jwt(&foreign::jwt(&claims)).send();
    let event = detail(&answer, &["https://elsewhere.example"]);
    assert_eq!(event["requestor"]["client"], symbolon_conformance::CLIENT);
    let other = foreign::claims_but("iss", "https://stranger.example");
    detail(&Form::jwt(&foreign::jwt(&other)).send(), &["https://stranger.example"]);
}

#[test]
fn the_lineage_of_a_token_leads_to_what_it_was_exchanged_for() {
    let first = Rst::default().send();
    let answer = Form::saml(assertion_of(&first)).send();
    assert_eq!(answer.status, 200, "{}", answer.text());
    let (of_first, of_second) = (event(&first), event(&answer));
    let token = |event: &Value| event["outcome"]["issued"]["tokens"][0].clone();
    assert_eq!(token(&of_second)["lineage"], token(&of_first)["id"]);
}

#[test]
fn no_secret_is_on_record_and_the_chain_holds() {
    let answer = Form::saml(assertion_of(&Rst::default().send())).send();
    let _event = event(&answer);
    let everything = sts().trail().events(&symbolon_store::Range::newest(usize::MAX)).unwrap();
    for entry in &everything {
        for secret in [symbolon_conformance::PASSWORD, symbolon_conformance::CLIENT_SECRET, "guess"]
        {
            assert!(!entry.body.contains(secret), "{}", entry.body);
        }
    }
    assert!(matches!(sts().trail().verify().unwrap(), Verification::Intact { .. }));
}
