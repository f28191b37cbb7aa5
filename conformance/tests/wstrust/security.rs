//! The security header: time, and who asks.

use std::sync::Barrier;

use symbolon_conformance::{
    ALICE, Answer, PASSWORD, Rst, timestamp, username_token, username_token_with,
};

use crate::support::{faulted, is_fault};

const PASSWORD_DIGEST: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest";

fn timed(timestamp: String) -> Answer {
    Rst { timestamp, ..Rst::default() }.send()
}

fn by(credential: impl Into<String>) -> Answer {
    Rst { credential: credential.into(), ..Rst::default() }.send()
}

#[test]
fn a_stale_message_is_refused() {
    faulted(&timed(timestamp(-1200, -900)), "s:Sender/wsu:MessageExpired"); // WSS SMS 1.1.1 §10, §12
}

#[test]
fn a_message_from_the_future_is_refused() {
    faulted(&timed(timestamp(900, 1200)), "s:Sender/wsu:MessageExpired"); // WSS SMS 1.1.1 §10, §12
}

#[test]
fn a_message_within_the_skew_is_served() {
    for (created, expires) in [(-290, -1), (290, 600)] {
        assert_eq!(timed(timestamp(created, expires)).status, 200, "{created}");
    }
}

#[test]
fn two_timestamps_are_refused() {
    let twice = timestamp(0, 300).repeat(2);
    faulted(&timed(twice), "s:Sender/wsse:InvalidSecurity"); // WSS SMS 1.1.1 §10: at most one
}

#[test]
fn a_timestamp_that_ends_before_it_begins_is_refused() {
    faulted(&timed(timestamp(100, 99)), "s:Sender/wsse:InvalidSecurity"); // WSS SMS 1.1.1 §10
}

#[test]
fn a_timestamp_without_zone_is_refused() {
    let local = timestamp(0, 300).replace('Z', "");
    faulted(&timed(local), "s:Sender/wsse:InvalidSecurity"); // BSP 1.1 R3217
}

#[test]
fn a_missing_timestamp_is_refused_where_the_endpoint_does_not_tolerate_it() {
    let asked = Rst { path: "/trust/13/strict", timestamp: String::new(), ..Rst::default() };
    faulted(&asked.send(), "s:Sender/wsse:InvalidSecurity"); // WSS SMS 1.1.1 §12
    let timed = Rst { timestamp: timestamp(0, 300), ..asked };
    assert_eq!(timed.send().status, 200);
}

#[test]
fn a_missing_timestamp_is_tolerated_where_the_endpoint_says_so() {
    let answer = timed(String::new());
    assert_eq!(answer.status, 200);
    assert!(answer.text().contains("<u:Timestamp "), "the answer has one all the same");
}

#[test]
fn a_token_that_was_created_long_ago_is_refused_without_a_timestamp_too() {
    let created = timestamp(-1200, 0);
    let begin = created.find("<u:Created>").unwrap();
    let end = created.find("<u:Expires>").unwrap();
    let credential = username_token_with(ALICE, PASSWORD, &created[begin..end]);
    let asked = Rst { timestamp: String::new(), credential, ..Rst::default() };
    faulted(&asked.send(), "s:Sender/wsu:MessageExpired"); // UsernameToken Profile 1.1.1 §3.1
}

#[test]
fn two_username_tokens_are_refused() {
    let twice = username_token(ALICE, PASSWORD).repeat(2);
    faulted(&by(twice), "s:Sender/wsse:InvalidSecurity"); // WSS SMS 1.1.1 §12
}

#[test]
fn two_passwords_are_refused() {
    let more = format!("<o:Password>{}</o:Password>", "x");
    let twice = username_token_with(ALICE, PASSWORD, &more);
    faulted(&by(twice), "s:Sender/wsse:InvalidSecurityToken"); // WSS SMS 1.1.1 §12
}

#[test]
fn two_security_headers_are_refused() {
    let credential = format!("{}</o:Security><o:Security>", username_token(ALICE, PASSWORD));
    faulted(&by(credential), "s:Sender/wsse:InvalidSecurity"); // WSS SMS 1.1.1 §5: one for each role
}

#[test]
fn an_empty_password_is_refused_as_a_wrong_one() {
    let answer = by(username_token(ALICE, ""));
    faulted(&answer, "s:Sender/wsse:FailedAuthentication"); // WSS SMS 1.1.1 §12
    assert_eq!(
        by("<o:UsernameToken><o:Username>alice</o:Username></o:UsernameToken>").shown(),
        answer.shown()
    );
    assert_eq!(by(username_token(ALICE, "wrong")).shown(), answer.shown());
}

#[test]
fn wrong_user_wrong_password_and_disabled_account_get_the_same_answer() {
    let answer = by(username_token(ALICE, "wrong"));
    faulted(&answer, "s:Sender/wsse:FailedAuthentication"); // WSS SMS 1.1.1 §12
    for (name, password) in
        [("mallory", PASSWORD), ("carol", PASSWORD), ("ALICE", PASSWORD), ("mallory", "wrong")]
    {
        assert_eq!(by(username_token(name, password)).shown(), answer.shown(), "{name}");
    }
}

#[test]
fn who_does_not_say_who_asks_is_refused() {
    faulted(&by(""), "s:Sender/wsse:FailedAuthentication"); // WSS SMS 1.1.1 §12
}

#[test]
fn a_user_without_a_name_is_refused() {
    faulted(&by(username_token(" ", PASSWORD)), "s:Sender/wsse:InvalidSecurityToken"); // WSS SMS 1.1.1 §12
}

#[test]
fn a_password_digest_is_refused_by_an_account_without_a_shared_secret() {
    let digest = format!("<o:Password Type=\"{PASSWORD_DIGEST}\">");
    let token = username_token(ALICE, "c2hhLTE=").replace("<o:Password>", &digest);
    faulted(&by(token), "s:Sender/wsse:UnsupportedSecurityToken"); // WSS SMS 1.1.1 §12
}

#[test]
fn a_token_of_another_kind_is_refused() {
    let answer = by("<o:BinarySecurityToken>AAAA</o:BinarySecurityToken>");
    faulted(&answer, "s:Sender/wsse:UnsupportedSecurityToken"); // WSS SMS 1.1.1 §12
    let beside = format!("{}<o:BinarySecurityToken/>", username_token(ALICE, PASSWORD));
    assert_eq!(by(beside).shown(), answer.shown());
}

#[test]
fn a_signature_is_not_passed_over() {
    let signature = "<d:Signature xmlns:d=\"http://www.w3.org/2000/09/xmldsig#\"/>";
    let answer = by(format!("{}{signature}", username_token(ALICE, PASSWORD)));
    faulted(&answer, "s:Sender/wsse:InvalidSecurity"); // WSS SMS 1.1.1 §12
}

#[test]
fn an_id_that_stands_twice_is_refused() {
    let token = username_token(ALICE, PASSWORD);
    let twice = token.replace("<o:UsernameToken>", "<o:UsernameToken u:Id=\"a\"><x u:Id=\"a\"/>");
    faulted(&by(twice), "s:Sender/wsse:InvalidSecurity"); // WSS SMS 1.1.1 §4.3: ids are unique
}

fn with_nonce(name: &str, nonce: &str) -> Rst {
    let nonce = format!("<o:Nonce>{nonce}</o:Nonce>");
    Rst { credential: username_token_with(name, PASSWORD, &nonce), ..Rst::default() }
}

#[test]
fn of_fifty_copies_at_once_one_is_accepted() {
    let message = with_nonce(ALICE, "ZmlmdHkgY29waWVz").request();
    let (message, barrier) = (&message, &Barrier::new(50));
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let copies: Vec<_> = (0..50)
            .map(|copy| {
                let name = format!("of_fifty_copies_at_once_one_is_accepted.{copy}");
                let send = move || {
                    barrier.wait();
                    symbolon_conformance::sts().send(message)
                };
                std::thread::Builder::new().name(name).spawn_scoped(scope, send).unwrap()
            })
            .collect();
        copies.into_iter().map(|copy| copy.join().unwrap()).collect()
    });
    let (accepted, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|a| a.status == 200);
    assert_eq!((accepted.len(), refused.len()), (1, 49));
    for answer in refused {
        is_fault(answer, "s:Sender/wsse:FailedAuthentication"); // UsernameToken Profile 1.1.1 §3.1
    }
}

#[test]
fn a_copy_is_refused_and_the_same_nonce_of_somebody_else_is_none() {
    let message = with_nonce(ALICE, "b25jZSBvbmx5").request();
    assert_eq!(symbolon_conformance::sts().send(&message).status, 200);
    let copy = symbolon_conformance::sts().send(&message);
    faulted(&copy, "s:Sender/wsse:FailedAuthentication"); // UsernameToken Profile 1.1.1 §3.1
    assert_eq!(with_nonce("bob", "b25jZSBvbmx5").send().status, 200);
}

#[test]
fn a_stranger_burns_no_nonce() {
    let good = with_nonce(ALICE, "c3RyYW5nZXI=");
    let credential = good.credential.replace("s3cr", "guess");
    is_fault(&by(credential), "s:Sender/wsse:FailedAuthentication");
    assert_eq!(good.send().status, 200);
}
