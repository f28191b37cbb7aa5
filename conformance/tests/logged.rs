//! Whatever is logged, at whatever level: no secret, and no token that somebody could present.

#![expect(clippy::unwrap_used, reason = "a test that goes wrong must fail")]

use std::fmt;
use std::sync::{Arc, Mutex};

use symbolon_conformance::{
    ALICE, CLIENT_SECRET, Form, PASSWORD, Rst, assertion_of, foreign, username_token,
};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber, span};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

/// Everything that any crate says, down to the finest level.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<String>>);

impl<S: Subscriber> Layer<S> for Heard {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        event.record(&mut self.clone());
    }

    fn on_new_span(&self, span: &span::Attributes<'_>, _: &span::Id, _: Context<'_, S>) {
        span.record(&mut self.clone());
    }

    fn on_record(&self, _: &span::Id, values: &span::Record<'_>, _: Context<'_, S>) {
        values.record(&mut self.clone());
    }
}

impl Visit for Heard {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let mut heard = self.0.lock().unwrap();
        heard.push_str(field.name());
        heard.push('=');
        heard.push_str(value);
        heard.push('\n');
    }
}

/// What proves a token: nobody can present it without.
fn signature(assertion: &str) -> String {
    let (_, rest) = assertion.split_once("<ds:SignatureValue>").unwrap();
    rest.split_once('<').unwrap().0.to_owned()
}

/// CVE-2023-44483 and its kin.
#[test]
fn no_secret_and_no_token_is_logged_at_any_level() {
    let heard = Heard::default();
    tracing_subscriber::registry().with(heard.clone()).init();
    let issued = Rst::default().send();
    assert_eq!(issued.status, 200);
    let wrong = Rst { credential: username_token(ALICE, "gu3ssed-0ften"), ..Rst::default() };
    assert_eq!(wrong.send().status, 500);
    let own = assertion_of(&issued).to_owned();
    let exchanged = Form::saml(&own).send();
    assert_eq!(exchanged.status, 200, "{}", exchanged.text());
    let subject = foreign::jwt(&foreign::claims());
    assert_eq!(Form::jwt(&subject).send().status, 200);
    let bad = foreign::jwt(&foreign::claims_but("aud", "https://elsewhere.example"));
    assert_eq!(Form::jwt(&bad).send().status, 400);

    let heard = heard.0.lock().unwrap();
    assert!(heard.contains("https://elsewhere.example"), "nothing was heard");
    let access = exchanged.json();
    let access = access.get("access_token").and_then(|token| token.as_str()).unwrap();
    let last = |compact: &str| compact.rsplit('.').next().unwrap().to_owned();
    for secret in [
        PASSWORD.to_owned(),
        CLIENT_SECRET.to_owned(),
        "gu3ssed-0ften".to_owned(),
        "PRIVATE KEY".to_owned(),
        signature(&own),
        last(access),
        last(&subject),
        last(&bad),
    ] {
        assert!(!heard.contains(&secret), "{secret} was logged");
    }
}
