//! A request in another client's words, to see how a service answers that one.
//!
//! In:  method, address, headers and body, as the other client sends them.
//! Out: the answer, whatever it is.
//! Never: less than our own requests: verified TLS alone, bounded in size and time.

use http::header::HeaderName;

use crate::Failure;
use crate::https::{Client, Outgoing};

/// A request as it is to be sent.
#[derive(Debug)]
pub struct Replay<'a> {
    /// `POST`
    pub method: &'a str,
    /// Where it goes.
    pub url: &'a str,
    /// All but Host and the body's length; of several of one name the last is sent.
    pub headers: Vec<(String, String)>,
    /// The body; empty for none.
    pub body: Vec<u8>,
}

/// An answer as it came.
#[derive(Debug)]
pub struct Replied {
    /// `200`
    pub status: u16,
    /// Its headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
}

impl Client {
    /// Sends it.
    ///
    /// # Errors
    /// [`Failure`] where no answer came. An answer that refuses is an answer.
    pub async fn replay(&self, replay: Replay<'_>) -> Result<Replied, Failure> {
        let unwritable = |what: &str| Failure::Request(format!("{what} cannot be sent"));
        let method = replay.method.parse().map_err(|_| unwritable("the method"))?;
        let mut headers = Vec::new();
        for (name, value) in replay.headers {
            let name = HeaderName::try_from(name).map_err(|_| unwritable("a header's name"))?;
            headers.push((name, value));
        }
        let outgoing = Outgoing { method, url: replay.url, headers, body: replay.body };
        let incoming = self.send(outgoing).await?;
        let text =
            |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = incoming.headers.iter();
        Ok(Replied {
            status: incoming.status.as_u16(),
            headers: headers.map(|(name, value)| (name.as_str().to_owned(), text(value))).collect(),
            body: incoming.body.to_vec(),
        })
    }
}

impl Replied {
    /// The first header of that name (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    }
}
