//! What goes over the wire, for people to look at: secrets masked.
//!
//! In:  a request or an answer, as sent.
//! Out: a text that may be shown, logged or pasted into a bug report.
//! Never: a password, a client secret, an Authorization header, or a token that could be used: of a SAML assertion the
//!        signature's value is masked, of a compact token the middle.

use std::fmt::Write as _;

use http::header::{AUTHORIZATION, HeaderMap};
use http::{HeaderValue, Request};

use crate::https::Incoming;

/// Is shown every request and every answer, secrets masked.
pub trait Wire: Send + Sync {
    /// A request, about to be sent.
    fn sent(&self, masked: &str);
    /// An answer, as it came.
    fn received(&self, masked: &str);
}

const MASK: &str = "***";

/// Elements whose text is a secret, by local name whatever the prefix.
const SECRET_ELEMENTS: [&str; 6] = [
    "Password",
    "SignatureValue",
    "BinarySecret",
    "BinarySecurityToken",
    "CipherValue",
    "TokenWrapper",
];
/// Parameters and members that are a secret, or as good as one.
const SECRET_PARAMETERS: [&str; 2] = ["client_secret", "password"];
const TOKEN_PARAMETERS: [&str; 8] = [
    "access_token",
    "actor_token",
    "assertion",
    "client_assertion",
    "code",
    "id_token",
    "refresh_token",
    "subject_token",
];

pub(crate) fn request(request: &Request<()>, body: &[u8]) -> String {
    let mut out = format!("{} {} HTTP/1.1\n", request.method(), request.uri());
    headers(request.headers(), &mut out);
    out.push_str(&masked(body));
    out
}

pub(crate) fn answer(answer: &Incoming) -> String {
    let mut out = format!("HTTP/1.1 {}\n", answer.status);
    headers(&answer.headers, &mut out);
    out.push_str(&masked(&answer.body));
    out
}

fn headers(all: &HeaderMap, out: &mut String) {
    let show = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    for (name, value) in all {
        let shown = match (name == AUTHORIZATION, show(value)) {
            (false, value) => value,
            (true, value) => match value.split_once(' ') {
                Some((scheme, _)) => format!("{scheme} {MASK}"),
                None => MASK.to_owned(),
            },
        };
        let _infallible = writeln!(out, "{name}: {shown}");
    }
    out.push('\n');
}

/// A body by its looks, not by the media type that its sender claims for it.
fn masked(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    match text.trim_start().chars().next() {
        None => String::new(),
        Some('<') => masked_xml(&text),
        Some('{' | '[') => masked_json(&text),
        Some(_) => masked_form(&text),
    }
}

/// Masks by tags rather than by a parser: what is not well-formed must not show its secrets either.
fn masked_xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, tag)) = rest.split_once('<') {
        out.push_str(before);
        out.push('<');
        let (name, tail) =
            tag.split_at(tag.find(['>', ' ', '\t', '\r', '\n', '/']).unwrap_or(tag.len()));
        out.push_str(name);
        let local = name.rsplit(':').next().unwrap_or(name);
        let Some((attributes, content)) = tail.split_once('>') else {
            rest = tail;
            continue;
        };
        rest = tail;
        if SECRET_ELEMENTS.contains(&local) && !attributes.ends_with('/') && !name.starts_with('/')
        {
            let end = format!("</{name}");
            // Everything up to the end tag, comments and CDATA sections included; without one, everything.
            let end = content.find(&end).unwrap_or(content.len());
            let _infallible = write!(out, "{attributes}>{MASK}");
            rest = content.get(end..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    out
}

fn masked_form(text: &str) -> String {
    let pair = |pair: &str| match pair.split_once('=') {
        Some((name, _)) if SECRET_PARAMETERS.contains(&name) => format!("{name}={MASK}"),
        Some((name, value)) if TOKEN_PARAMETERS.contains(&name) => {
            format!("{name}={}", middle(value))
        }
        Some(_) | None => pair.to_owned(),
    };
    text.split('&').map(pair).collect::<Vec<_>>().join("&")
}

fn masked_json(text: &str) -> String {
    // What cannot be read is not shown: there is no telling where a secret in it begins.
    let Ok(mut value) = serde_json::from_str::<serde_json::Value>(text) else {
        return format!("({} octets of unreadable JSON)", text.len());
    };
    mask_members(&mut value);
    value.to_string()
}

fn mask_members(value: &mut serde_json::Value) {
    use serde_json::Value;
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if SECRET_PARAMETERS.contains(&name.as_str()) {
                    *member = MASK.into();
                } else if TOKEN_PARAMETERS.contains(&name.as_str()) {
                    *member = member.as_str().map_or_else(|| MASK.to_owned(), middle).into();
                } else {
                    mask_members(member);
                }
            }
        }
        Value::Array(all) => all.iter_mut().for_each(mask_members),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Both ends of a token, to recognise it by; the middle, without which it is none, masked.
fn middle(token: &str) -> String {
    const SHOWN: usize = 12;
    let characters = token.chars().count();
    // LIMIT: of a short secret the ends would be most of it.
    if characters < SHOWN.saturating_mul(8) {
        return MASK.to_owned();
    }
    let head: String = token.chars().take(SHOWN).collect();
    let tail: String = token.chars().skip(characters.saturating_sub(SHOWN)).collect();
    format!("{head}…{MASK}…{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_masked_whatever_its_prefix_and_content() {
        for (sent, shown) in [
            (
                r#"<o:Username>alice</o:Username><o:Password Type="t">s3cr&amp;t</o:Password><x/>"#,
                r#"<o:Username>alice</o:Username><o:Password Type="t">***</o:Password><x/>"#,
            ),
            ("<Password>a<!-- b -->c<![CDATA[d]]></Password>", "<Password>***</Password>"),
            ("<a><Password>never closed", "<a><Password>***"),
        ] {
            assert_eq!(masked(sent.as_bytes()), shown);
        }
    }

    #[test]
    fn an_assertion_is_shown_without_the_value_that_makes_it_good() {
        let sent = "<saml:Assertion><ds:SignatureValue>AAAA</ds:SignatureValue><saml:Issuer>i</saml:Issuer></saml:Assertion>";
        let shown = "<saml:Assertion><ds:SignatureValue>***</ds:SignatureValue><saml:Issuer>i</saml:Issuer></saml:Assertion>";
        assert_eq!(masked(sent.as_bytes()), shown);
    }

    #[test]
    fn other_elements_are_shown_as_they_are() {
        let sent = "<a><b c=\"d\"/><PasswordPolicy>ok</PasswordPolicy></a>\n";
        assert_eq!(masked(sent.as_bytes()), sent);
    }

    #[test]
    fn secrets_and_tokens_of_a_form_are_masked() {
        let token = "t".repeat(200);
        let sent = format!("grant_type=x&client_secret=s3cret&subject_token={token}&audience=a");
        let shown = masked(sent.as_bytes());
        assert_eq!(
            shown,
            "grant_type=x&client_secret=***&subject_token=tttttttttttt…***…tttttttttttt&audience=a"
        );
    }

    #[test]
    fn of_a_short_token_nothing_is_shown() {
        assert_eq!(masked(b"refresh_token=opaque-but-short"), "refresh_token=***");
    }

    #[test]
    fn tokens_of_json_are_masked_at_any_depth() {
        let sent = br#"{"a":[{"access_token":"short","client_secret":"s"}],"token_type":"Bearer"}"#;
        assert_eq!(
            masked(sent),
            r#"{"a":[{"access_token":"***","client_secret":"***"}],"token_type":"Bearer"}"#
        );
    }

    #[test]
    fn json_that_cannot_be_read_is_not_shown() {
        assert_eq!(masked(br#"{"access_token":"abc"#), "(20 octets of unreadable JSON)");
    }

    #[test]
    fn of_an_authorization_header_only_the_scheme_is_shown() {
        let sent =
            Request::get("/token").header("authorization", "Basic YTpi").header("accept", "*/*");
        let shown = request(&sent.body(()).unwrap(), b"");
        assert_eq!(shown, "GET /token HTTP/1.1\nauthorization: Basic ***\naccept: */*\n\n");
    }
}
