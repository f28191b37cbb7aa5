//! A token and what was found about it, as text or JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use symbolon_client::{TokenKind, Verified};
use symbolon_model::{AuthenticationMethod, Timestamp};

use super::Output;
use crate::output::{Sheet, moment, say};

/// What is known of a token.
pub(super) enum Findings<'a> {
    /// It holds.
    Verified(&'a Verified),
    /// Nobody checked it, for this reason.
    Unverified {
        /// Why not.
        why: &'a str,
        /// For whom and until when, as the service says beside the token.
        said: (Option<&'a str>, Option<Timestamp>),
    },
}

/// Shows it.
pub(super) fn show(token: &[u8], findings: &Findings<'_>, output: Output, now: Timestamp) {
    // Tokens are text; what is not is shown in base64, never as raw octets.
    let text = std::str::from_utf8(token).ok().filter(|text| !text.contains(is_unprintable));
    let text = text.map_or_else(|| STANDARD.encode(token), |text| text.trim().to_owned());
    match output {
        Output::Token => say(&text),
        Output::Json => say(&as_json(&text, token, findings).to_string()),
        Output::Pretty => {
            say(&as_sheet(token, findings, now).text());
            say("");
            say(&text);
        }
    }
}

fn is_unprintable(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r' | '\t')
}

fn kind_of(kind: TokenKind) -> &'static str {
    match kind {
        TokenKind::Saml2 => "SAML 2.0 assertion",
        TokenKind::Jwt => "JWT",
    }
}

fn as_sheet(token: &[u8], findings: &Findings<'_>, now: Timestamp) -> Sheet {
    let mut sheet = Sheet::default();
    sheet.line("token", format!("{}, {} octets", kind_of(TokenKind::of(token)), token.len()));
    match findings {
        Findings::Verified(verified) => describe(verified, now, &mut sheet),
        Findings::Unverified { why, said: (applies_to, until) } => {
            sheet.optional("for", *applies_to);
            sheet.optional("until", until.map(|until| until_when(until, now)));
            sheet.line("verified", format!("nothing: {why}"));
        }
    }
    sheet
}

fn describe(verified: &Verified, now: Timestamp, sheet: &mut Sheet) {
    sheet
        .optional("id", verified.id.as_ref())
        .line("issuer", &verified.issuer)
        .line("subject", &verified.subject)
        .lines("for", &verified.audiences)
        .optional("from", verified.not_before.map(moment))
        .line("until", until_when(verified.not_after, now))
        .optional(
            "logged in",
            verified
                .authenticated
                .map(|how| format!("{} at {}", method(how.method), moment(how.at))),
        )
        .lines(
            "claims",
            verified
                .attributes
                .iter()
                .map(|claim| format!("{}: {}", claim.name.as_str(), claim.values.join(", "))),
        )
        .lines("verified", &verified.checks);
}

const fn method(method: AuthenticationMethod) -> &'static str {
    match method {
        AuthenticationMethod::Password => "by password",
        AuthenticationMethod::ClientSecret => "by client secret",
        AuthenticationMethod::Token => "by a token",
    }
}

/// `2026-11-21T01:00:00Z, 60 min from now`
fn until_when(until: Timestamp, now: Timestamp) -> String {
    let seconds = until.seconds().saturating_sub(now.seconds());
    let left = match seconds {
        ..0 => "over".to_owned(),
        0..120 => format!("{seconds} s from now"),
        120..7200 => format!("{} min from now", seconds / 60),
        _ => format!("{} h from now", seconds / 3600),
    };
    format!("{}, {left}", moment(until))
}

fn as_json(text: &str, token: &[u8], findings: &Findings<'_>) -> Value {
    let mut shown = json!({ "token": text, "kind": kind_of(TokenKind::of(token)) });
    let findings = match findings {
        Findings::Verified(verified) => json!({
            "verified": verified.checks,
            "id": verified.id,
            "issuer": verified.issuer,
            "subject": verified.subject,
            "audiences": verified.audiences,
            "not_before": verified.not_before.map(moment),
            "not_after": moment(verified.not_after),
            "claims": claims(verified),
        }),
        Findings::Unverified { why, said: (applies_to, until) } => json!({
            "verified": [],
            "unverified": why,
            "audiences": applies_to.iter().collect::<Vec<_>>(),
            "not_after": until.map(moment),
        }),
    };
    if let (Value::Object(shown), Value::Object(findings)) = (&mut shown, findings) {
        shown.extend(findings);
    }
    shown
}

fn claims(verified: &Verified) -> Value {
    let pair =
        |claim: &symbolon_model::Claim| (claim.name.as_str().to_owned(), json!(claim.values));
    Value::Object(verified.attributes.iter().map(pair).collect())
}

#[cfg(test)]
mod tests {
    use symbolon_model::{ClaimName, Claims};

    use super::*;

    fn verified() -> Verified {
        let mut attributes = Claims::none();
        attributes.add(ClaimName::new("groups"), ["a".to_owned(), "b".to_owned()]);
        Verified {
            kind: TokenKind::Jwt,
            id: Some("j1".to_owned()),
            issuer: "https://sts.example".to_owned(),
            subject: "alice".to_owned(),
            audiences: vec!["urn:rp:app".to_owned()],
            not_before: None,
            not_after: Timestamp::from_seconds(1_795_222_800),
            authenticated: None,
            attributes,
            checks: vec!["signature: ES256 by key k".to_owned(), "audience: urn:rp:app".to_owned()],
        }
    }

    #[test]
    fn people_read_who_for_whom_until_when_and_what_was_verified() {
        let now = Timestamp::from_seconds(1_795_219_200);
        let sheet = as_sheet(b"e30.e30.AA", &Findings::Verified(&verified()), now);
        let expected = "\
token       JWT, 10 octets
id          j1
issuer      https://sts.example
subject     alice
for         urn:rp:app
until       2026-11-21T01:00:00Z, 60 min from now
claims      groups: a, b
verified    signature: ES256 by key k
            audience: urn:rp:app";
        assert_eq!(sheet.text(), expected);
    }

    #[test]
    fn an_unverified_token_says_so() {
        let findings = Findings::Unverified { why: "no keys", said: (Some("urn:rp:app"), None) };
        let sheet = as_sheet(b"<a/>", &findings, Timestamp::from_seconds(0));
        assert_eq!(
            sheet.text(),
            "token       SAML 2.0 assertion, 4 octets\nfor         urn:rp:app\nverified    nothing: no keys"
        );
    }

    #[test]
    fn programs_read_the_same_as_json() {
        let shown = as_json("e30.e30.AA", b"e30.e30.AA", &Findings::Verified(&verified()));
        let expected = json!({
            "token": "e30.e30.AA",
            "kind": "JWT",
            "verified": ["signature: ES256 by key k", "audience: urn:rp:app"],
            "id": "j1",
            "issuer": "https://sts.example",
            "subject": "alice",
            "audiences": ["urn:rp:app"],
            "not_before": null,
            "not_after": "2026-11-21T01:00:00Z",
            "claims": { "groups": ["a", "b"] },
        });
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_token_that_is_over_is_said_to_be() {
        let until = Timestamp::from_seconds(10);
        assert_eq!(until_when(until, Timestamp::from_seconds(11)), "1970-01-01T00:00:10Z, over");
    }
}
