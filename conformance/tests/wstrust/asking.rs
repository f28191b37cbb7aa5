//! The request itself: what is asked for, for whom, until when.

use symbolon_conformance::{
    ALICE, Answer, PASSWORD, Rst, applies_to, child, lifetime, username_token,
};

use crate::support::{faulted, is_fault};

const TRUST: &str = "http://docs.oasis-open.org/ws-sx/ws-trust/200512";

fn asking_also(also: String) -> Answer {
    Rst { also, ..Rst::default() }.send()
}

#[test]
fn an_unknown_request_type_is_refused() {
    let asked = Rst { request_type: child("RequestType", "urn:x"), ..Rst::default() };
    faulted(&asked.send(), "s:Sender/wst:BadRequest"); // WS-Trust 1.4 §11
}

#[test]
fn an_operation_that_is_not_offered_is_refused() {
    let request_type = child("RequestType", &format!("{TRUST}/Renew"));
    let headers = format!("<a:Action>{TRUST}/RST/Renew</a:Action>");
    let asked = Rst { request_type, headers, ..Rst::default() };
    faulted(&asked.send(), "s:Sender/wst:BadRequest"); // WS-Trust 1.4 §11
}

#[test]
fn a_missing_request_type_is_refused() {
    let asked = Rst { request_type: String::new(), ..Rst::default() };
    faulted(&asked.send(), "s:Sender/wst:InvalidRequest"); // WS-Trust 1.4 §3.1, §11
}

#[test]
fn what_is_no_request_is_refused() {
    let body = Rst::default().envelope().replace("RequestSecurityToken", "Transfer");
    let path = Rst::default().path;
    let request = symbolon_conformance::Request::post(path, "application/soap+xml", body);
    faulted(&symbolon_conformance::sts().send(&request), "s:Sender/wst:BadRequest"); // WS-Trust 1.4 §11
}

#[test]
fn an_unknown_element_of_ws_trust_is_refused() {
    faulted(&asking_also(child("TokenTyp", "urn:x")), "s:Sender/wst:BadRequest"); // WS-Trust 1.4 §11
}

#[test]
fn an_element_that_stands_twice_is_refused() {
    let twice = child("KeyType", &format!("{TRUST}/Bearer")).repeat(2);
    faulted(&asking_also(twice), "s:Sender/wst:InvalidRequest"); // WS-Trust 1.4 §11
}

#[test]
fn an_unknown_token_type_is_refused() {
    faulted(&asking_also(child("TokenType", "urn:x")), "s:Sender/wst:BadRequest"); // WS-Trust 1.4 §11
}

#[test]
fn a_token_type_that_the_relying_party_does_not_take_is_refused() {
    let also = child("TokenType", "urn:oasis:names:tc:SAML:2.0:assertion");
    let asked = Rst { also, ..Rst::for_party("urn:rp:jwt") };
    faulted(&asked.send(), "s:Sender/wst:BadRequest"); // WS-Trust 1.4 §11
}

#[test]
fn a_key_is_not_quietly_left_out() {
    for kind in ["SymmetricKey", "PublicKey", "Other"] {
        let answer = asking_also(child("KeyType", &format!("{TRUST}/{kind}")));
        is_fault(&answer, "s:Sender/wst:BadRequest"); // WS-Trust 1.4 §4.4, §11
    }
}

#[test]
fn what_would_change_the_token_and_is_not_served_is_refused_by_name() {
    let token = username_token("bob", "x");
    let answer = asking_also(child("OnBehalfOf", &token));
    faulted(&answer, "s:Sender/wst:BadRequest"); // WS-Trust 1.4 §11
    let act_as = format!(
        "<w:ActAs xmlns:w=\"http://docs.oasis-open.org/ws-sx/ws-trust/200802\">{token}</w:ActAs>"
    );
    let claims = "<t:Claims Dialect=\"urn:x\"><c:Role xmlns:c=\"urn:x\"/></t:Claims>".to_owned();
    for other in [
        act_as,
        claims,
        child("Entropy", ""),
        child("UseKey", ""),
        child("Encryption", token.as_str()),
    ] {
        assert_eq!(asking_also(other.clone()).shown(), answer.shown(), "{other}");
    }
}

#[test]
fn an_unknown_relying_party_and_a_forbidden_one_get_the_same_answer() {
    let answer = Rst::for_party("urn:rp:unknown").send();
    faulted(&answer, "s:Sender/wst:RequestFailed"); // WS-Trust 1.4 §11
    assert_eq!(Rst::for_party("urn:rp:closed").send().shown(), answer.shown());
    let credential = username_token("bob", PASSWORD);
    assert_eq!(Rst { credential, ..Rst::for_party("urn:rp:closed") }.send().status, 200);
}

#[test]
fn a_stranger_learns_nothing_about_relying_parties() {
    let credential = username_token(ALICE, "wrong");
    let answers = ["urn:rp:app", "urn:rp:closed", "urn:rp:unknown"]
        .map(|party| Rst { credential: credential.clone(), ..Rst::for_party(party) }.send());
    for answer in &answers {
        is_fault(answer, "s:Sender/wsse:FailedAuthentication"); // WSS SMS 1.1.1 §12
        assert_eq!(answer.shown(), answers[0].shown());
    }
}

#[test]
fn a_request_for_nobody_is_refused() {
    let asked = Rst { applies_to: String::new(), ..Rst::default() };
    faulted(&asked.send(), "s:Sender/wst:InvalidRequest"); // WS-Trust 1.4 §4.1, §11
}

#[test]
fn a_request_for_two_is_refused() {
    let both = applies_to("urn:rp:app") + &applies_to("urn:rp:ecdsa");
    let asked = Rst { applies_to: both, ..Rst::default() };
    faulted(&asked.send(), "s:Sender/wst:InvalidRequest"); // WS-Trust 1.4 §11
}

#[test]
fn a_lifetime_in_the_past_is_refused() {
    faulted(&asking_also(lifetime(-900, -600)), "s:Sender/wst:InvalidTimeRange"); // WS-Trust 1.4 §4.1, §11
}

#[test]
fn a_lifetime_that_ends_before_it_begins_is_refused() {
    faulted(&asking_also(lifetime(600, 300)), "s:Sender/wst:InvalidTimeRange"); // WS-Trust 1.4 §4.1, §11
}

#[test]
fn a_postdated_token_is_refused() {
    faulted(&asking_also(lifetime(3600, 7200)), "s:Sender/wst:InvalidTimeRange"); // WS-Trust 1.4 §4.1, §11
}

#[test]
fn a_lifetime_that_is_no_time_is_refused() {
    let vague = child("Lifetime", "<u:Expires>tomorrow</u:Expires>");
    faulted(&asking_also(vague), "s:Sender/wst:InvalidRequest"); // WS-Trust 1.4 §11
}
