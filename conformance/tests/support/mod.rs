//! What every suite does with an answer.
#![expect(dead_code, reason = "each suite uses a part of it")]

use symbolon_conformance::{Answer, test_name};

/// Compares the whole answer with the snapshot of the running test. Ids, times, keys and signatures differ in every run.
pub(crate) fn snapshot(answer: &Answer) {
    let filters = vec![
        (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", "MOMENT"),
        (r"_[0-9a-f]{32}", "_ID"),
        (r"https://127\.0\.0\.1:\d+", "https://sts"),
        (r"(<ds:(?:SignatureValue|DigestValue|X509Certificate)>)[^<]+", "${1}BASE64"),
        (r#"("access_token":)"[^"]+""#, r#"$1"JWT""#),
        (r#"("(?:kid|n|x|y|x5t#S256)":)"[^"]+""#, r#"$1"KEY""#),
        (r#"("x5c":)\["[^"]+"\]"#, r#"$1["CERTIFICATE"]"#),
    ];
    let mut settings = insta::Settings::clone_current();
    settings.set_filters(filters);
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let suite = module_path!().split("::").next().unwrap_or_default();
    let name = format!("{suite}.{}", test_name());
    settings.bind(|| insta::assert_snapshot!(name, answer.shown()));
}

/// A refusal over SOAP: HTTP 500 whatever the code, the request's id in body and header, the whole answer as its snapshot.
pub(crate) fn faulted(answer: &Answer, fault: &str) {
    is_fault(answer, fault);
    snapshot(answer);
}

/// The same, without the snapshot: for a second answer of a test.
pub(crate) fn is_fault(answer: &Answer, fault: &str) {
    assert_eq!((answer.status, answer.fault().as_str()), (500, fault), "{}", answer.text());
    assert_eq!(answer.fault_id().as_deref(), Some(answer.request_id()));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

/// A refusal over OAuth: status, code, nobody may store it, the request's id in body and header, the whole answer as its
/// snapshot.
pub(crate) fn refused(answer: &Answer, status: u16, code: &str) {
    is_refusal(answer, status, code);
    snapshot(answer);
}

/// The same, without the snapshot.
pub(crate) fn is_refusal(answer: &Answer, status: u16, code: &str) {
    let json = answer.json();
    let member = |name| json.get(name).and_then(|value| value.as_str());
    assert_eq!((answer.status, member("error")), (status, Some(code)), "{}", answer.text());
    assert_eq!(member("request_id"), Some(answer.request_id()));
    // RFC 6749 §5.1, §5.2
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("pragma"), Some("no-cache"));
    // RFC 6749 §5.2, RFC 9110 §11.6.1
    assert_eq!(answer.header("www-authenticate").is_some(), status == 401);
}

/// A refusal before any protocol: plain text with the request's id, the whole answer as its snapshot.
pub(crate) fn turned_away(answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
    assert!(answer.text().ends_with(&format!("request {}\n", answer.request_id())));
    snapshot(answer);
}
