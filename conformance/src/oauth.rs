//! Requests over OAuth: a good token exchange, and every parameter of it to be replaced.
//!
//! In:  what differs from a good request.
//! Out: a form, with the client's credentials where they belong.
//! Never: the form writer that the product has: a mistake in that must show.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::config::{CLIENT, CLIENT_SECRET};
use crate::{Answer, Request, sts};

/// A form, in order; names may stand twice.
#[derive(Clone, Debug)]
pub struct Form {
    parameters: Vec<(String, String)>,
    /// `Authorization`
    pub authorization: Option<String>,
}

impl Form {
    /// The exchange of a token of that type (the last part of its URI) for an access token for `urn:rp:app`.
    pub fn exchange(subject_token: &str, token_type: &str) -> Self {
        let mut form = Self::with_grant("urn:ietf:params:oauth:grant-type:token-exchange");
        form = form.and("subject_token", subject_token);
        let token_type = format!("urn:ietf:params:oauth:token-type:{token_type}");
        form.and("subject_token_type", &token_type).and("audience", "urn:rp:app")
    }

    /// The exchange of an assertion.
    pub fn saml(assertion: &str) -> Self {
        Self::exchange(&URL_SAFE_NO_PAD.encode(assertion), "saml2")
    }

    /// The exchange of a JWT.
    pub fn jwt(token: &str) -> Self {
        Self::exchange(token, "jwt")
    }

    /// An assertion as the grant for an access token for `urn:rp:app`: the last part of the grant's URI, and the parameter.
    pub fn granted(grant: &str, assertion: &str) -> Self {
        let form = Self::with_grant(&format!("urn:ietf:params:oauth:grant-type:{grant}"));
        form.and("assertion", assertion).and("audience", "urn:rp:app")
    }

    /// Only the grant, by the client of the suites.
    pub fn with_grant(grant: &str) -> Self {
        let parameters = vec![("grant_type".to_owned(), grant.to_owned())];
        Self { parameters, authorization: Some(basic(CLIENT, CLIENT_SECRET)) }
    }

    /// One more parameter.
    #[must_use]
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.parameters.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Without a parameter.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.parameters.retain(|(named, _)| named != name);
        self
    }

    /// With another value of a parameter.
    #[must_use]
    pub fn but(self, name: &str, value: &str) -> Self {
        self.without(name).and(name, value)
    }

    /// With another `Authorization`; none.
    #[must_use]
    pub fn by(self, authorization: Option<String>) -> Self {
        Self { authorization, ..self }
    }

    /// The body.
    pub fn body(&self) -> String {
        let pairs = self.parameters.iter();
        let pairs = pairs.map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
        pairs.collect::<Vec<_>>().join("&")
    }

    /// The HTTP request.
    pub fn request(&self) -> Request {
        let post = Request::post("/oauth2/token", "application/x-www-form-urlencoded", self.body());
        match &self.authorization {
            Some(authorization) => post.with("authorization", authorization),
            None => post,
        }
    }

    /// Sends it to the server of this test binary.
    pub fn send(&self) -> Answer {
        sts().send(&self.request())
    }
}

/// `Authorization: Basic`, both parts form-encoded first (RFC 6749 §2.3.1).
pub fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret))))
}

/// Percent-encodes all but letters and digits.
fn encoded(text: &str) -> String {
    let octet = |octet: u8| match octet {
        b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => char::from(octet).to_string(),
        other => format!("%{other:02x}"),
    };
    text.bytes().map(octet).collect()
}
