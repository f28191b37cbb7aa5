//! Why there is no token: grouped by who can do something about it.
//!
//! Never: a secret, or a text of the server's shown as if it were ours.

use std::fmt;

/// Why a request did not end with a token.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The address cannot be used.
    #[error("{url}: {why}")]
    Address {
        /// As it was given.
        url: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Something that was to be sent cannot be written.
    #[error("the request cannot be written: {0}")]
    Request(String),
    /// Nobody answers at that address.
    #[error("cannot reach {authority}: {cause}")]
    Unreachable {
        /// Host and port.
        authority: String,
        /// As the operating system tells it.
        cause: std::io::Error,
    },
    /// The server did not prove that it is the one of this name; nothing was sent.
    #[error("{authority} did not prove who it is: {cause}")]
    Unproven {
        /// Host and port.
        authority: String,
        /// As TLS tells it.
        cause: std::io::Error,
    },
    /// The connection broke, or what came was no HTTP.
    #[error("{authority}: {cause}")]
    Http {
        /// Host and port.
        authority: String,
        /// What broke.
        cause: String,
    },
    /// No answer in time.
    #[error("{authority}: no answer within {seconds} s")]
    Late {
        /// Host and port.
        authority: String,
        /// How long we waited.
        seconds: u64,
    },
    /// The service refused, in its protocol's words.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The answer is not one that can be believed or read.
    #[error("the answer (HTTP {status}) is not usable: {why}")]
    Answer {
        /// Its HTTP status.
        status: u16,
        /// What is wrong with it.
        why: String,
    },
}

/// A refusal, as the service worded it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Refused {
    /// Its HTTP status.
    pub status: u16,
    /// The most particular code: the local name of a SOAP subcode, or an OAuth error code.
    pub code: String,
    /// The text for people.
    pub reason: String,
    /// Under which the service's operator finds the cause.
    pub request_id: Option<String>,
    /// Seconds after which to try again, if the service said so.
    pub retry_after: Option<u32>,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "refused: {} (HTTP {})", printable(&self.code), self.status)?;
        if !self.reason.is_empty() {
            write!(f, ": {}", printable(&self.reason))?;
        }
        if let Some(seconds) = self.retry_after {
            write!(f, "; try again in {seconds} s")?;
        }
        if let Some(id) = &self.request_id {
            write!(f, "; request id {}", printable(id))?;
        }
        Ok(())
    }
}

/// A text of the server's, on one line and of bounded length.
// SECURITY: terminal injection: escape sequences in a fault's text would be carried out by the terminal it is printed on.
// Test: control_characters_of_the_server_are_not_printed.
pub(crate) fn printable(text: &str) -> String {
    const CHARACTERS: usize = 400; // LIMIT: longer than any fault text of a standard
    text.chars().take(CHARACTERS).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_of_the_server_are_not_printed() {
        let refused = Refused {
            status: 500,
            code: "FailedAuthentication".to_owned(),
            reason: "wrong\u{1b}[2J\nok: token issued".to_owned(),
            request_id: Some("r-1".to_owned()),
            retry_after: None,
        };
        assert_eq!(
            refused.to_string(),
            "refused: FailedAuthentication (HTTP 500): wrong [2J ok: token issued; request id r-1"
        );
    }
}
