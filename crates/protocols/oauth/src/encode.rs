//! The kernel's answer becomes an HTTP reply: a token response, or an error.
//!
//! In:  an [`Answer`], which only the kernel's commit makes, and what the request wants repeated.
//! Out: status, headers and JSON.
//! Never: tells a detail; lets anybody store the answer.
//!
//! RFC 6749 §5; RFC 8693 §2.2, §3.

use symbolon_jose::base64url;
use symbolon_kernel::{Answer, Cause, Minted, Outcome, Reply};
use symbolon_messages::Secret;
use symbolon_messages::oauth::{ErrorResponse, TokenResponse};
use symbolon_model::signals::STAGE;
use tracing::trace;

use crate::fault::{Told, error_of, error_unopened};
use crate::open::{Asked, Wrong};

/// Writes the reply.
pub(crate) fn encode(answer: &Answer, asked: &Result<Asked, Wrong>) -> Reply {
    trace!(target: STAGE, "encode");
    match (answer, asked) {
        (Answer::Refused(refused), asked) => {
            let cause = refused.what().cause;
            let told = asked.as_ref().err().map(|wrong| error_unopened(cause, *wrong));
            error(answer, cause, &told.unwrap_or(error_of(cause)))
        }
        (Answer::Done(done), Ok(asked)) => match done.what() {
            Outcome::Issued(minted) => match minted.as_slice() {
                [one] => issued(answer, one, asked),
                _ => bug(answer),
            },
            Outcome::Ask(challenge) => match *challenge {},
        },
        (Answer::Done(_), Err(_)) => bug(answer),
    }
}

fn issued(answer: &Answer, minted: &Minted, asked: &Asked) -> Reply {
    let octets = minted.token().as_slice();
    let written = if minted.token_type().is_saml() {
        // SPEC: RFC 8693 §2.2.1, §3: no access token: N_A, and base64url of the assertion.
        Ok((base64url::encode(octets), "N_A"))
    } else {
        String::from_utf8(octets.to_vec()).map(|compact| (compact, "Bearer"))
    };
    let Ok((token, token_type)) = written else { return bug(answer) };
    let life = minted.lifetime();
    let seconds = life.until().seconds().saturating_sub(life.from().seconds());
    let response = TokenResponse {
        access_token: Secret::new(token),
        issued_token_type: asked.issued_token_type.as_ref().map(|t| t.as_str().to_owned()),
        token_type: token_type.to_owned(),
        expires_in: u64::try_from(seconds).ok(),
        scope: minted.scope().filter(|scope| !scope.is_empty()).map(str::to_owned),
        refresh_token: None,
    };
    reply(answer, 200, response.to_json())
}

fn bug(answer: &Answer) -> Reply {
    error(answer, Cause::Bug, &error_of(Cause::Bug))
}

fn error(answer: &Answer, cause: Cause, told: &Told) -> Reply {
    let response = ErrorResponse::new(told.code, told.text);
    let response = response.with_request_id(answer.request().as_str());
    let mut reply = reply(answer, told.status, response.to_json());
    if told.status == 401 {
        // SPEC: RFC 6749 §5.2, RFC 9110 §11.6.1.
        reply
            .headers
            .push(("www-authenticate", "Basic realm=\"symbolon\", charset=\"UTF-8\"".into()));
    }
    reply
        .headers
        .extend(cause.retry_after().map(|after| ("retry-after", after.to_string().into())));
    reply
}

fn reply(answer: &Answer, status: u16, body: Vec<u8>) -> Reply {
    let headers = vec![
        ("content-type", "application/json".into()),
        ("cache-control", "no-store".into()),
        ("pragma", "no-cache".into()),
    ];
    Reply { status, headers, body, summary: Some(answer.summary().clone()) }
}
