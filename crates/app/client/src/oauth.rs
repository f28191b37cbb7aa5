//! A token over OAuth: metadata, keys, token exchange.
//!
//! In:  an issuer's address; a client's name and secret; a subject token.
//! Out: [`Metadata`], [`Trust`], a [`ReceivedToken`], or the error as a [`Refused`](crate::Refused).
//! Never: metadata that another issuer's name stands in.
//!
//! RFC 8414 §3; RFC 7517 §5; RFC 6749 §2.3.1, §5; RFC 8693 §2.

use http::Method;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use serde::Deserialize;
use symbolon_messages::Secret;
use symbolon_messages::oauth::{
    BasicCredentials, ClientSecret, ErrorResponse, Form, TokenResponse, grant_types,
};
use symbolon_model::Timestamp;

use crate::https::{Incoming, Outgoing};
use crate::{Client, Failure, ReceivedToken, TokenKind, Trust};

/// What an authorization server says of itself, as far as a requestor needs it.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
pub struct Metadata {
    /// Its name, which its tokens carry.
    pub issuer: String,
    /// Where tokens are exchanged.
    pub token_endpoint: Option<String>,
    /// Where its keys are.
    pub jwks_uri: Option<String>,
}

/// Who exchanges which token for what, and where.
#[derive(Clone, Copy, Debug)]
pub struct ExchangeRequest<'a> {
    /// The token endpoint.
    pub endpoint: &'a str,
    /// The client's name.
    pub client_id: &'a str,
    /// Its secret.
    pub client_secret: &'a Secret,
    /// The token that is given: a SAML assertion or a JWT.
    pub subject_token: &'a [u8],
    /// The relying party; `None` leaves it to the service.
    pub audience: Option<&'a str>,
    /// The type of token, a URI of RFC 8693 §3; `None` leaves it to the service.
    pub token_type: Option<&'a str>,
    /// Scope, its tokens separated by a space.
    pub scope: Option<&'a str>,
}

impl Client {
    /// Asks an issuer for its metadata (RFC 8414 §3).
    ///
    /// # Errors
    /// [`Failure`], also where the metadata names another issuer (RFC 8414 §3.3).
    pub async fn metadata(&self, issuer: &str) -> Result<Metadata, Failure> {
        let url = well_known(issuer)
            .ok_or(Failure::Address { url: issuer.to_owned(), why: "not an issuer's address" })?;
        let incoming = self.get(&url).await?;
        let metadata: Metadata = serde_json::from_slice(&incoming.body)
            .map_err(|_| incoming.unusable("not the metadata of an authorization server"))?;
        // SECURITY: mix-up. Metadata that another name stands in would have us take one issuer's tokens for another's.
        // Test: metadata_of_another_issuer_is_refused.
        if metadata.issuer.trim_end_matches('/') == issuer.trim_end_matches('/') {
            Ok(metadata)
        } else {
            let named = crate::failure::printable(&metadata.issuer);
            Err(incoming.unusable(format!("the issuer there calls itself {named}")))
        }
    }

    /// Fetches an issuer's keys (RFC 7517 §5).
    ///
    /// # Errors
    /// [`Failure`]; [`Failure::Answer`] where no key in the set can verify.
    pub async fn keys(&self, jwks_uri: &str) -> Result<Trust, Failure> {
        let incoming = self.get(jwks_uri).await?;
        Trust::from_jwks(&incoming.body).map_err(|flaw| incoming.unusable(flaw.to_string()))
    }

    /// Exchanges a token for another one. `now` is when the answer's `expires_in` begins to count.
    ///
    /// # Errors
    /// [`Failure`]; [`Failure::Refused`] where the service answered with an error.
    pub async fn exchange(
        &self,
        request: &ExchangeRequest<'_>,
        now: Timestamp,
    ) -> Result<ReceivedToken, Failure> {
        let client = ClientSecret {
            id: request.client_id.to_owned(),
            secret: request.client_secret.clone(),
        };
        let outgoing = Outgoing {
            method: Method::POST,
            url: request.endpoint,
            headers: vec![
                (AUTHORIZATION, BasicCredentials::write(&client).expose().to_owned()),
                (CONTENT_TYPE, "application/x-www-form-urlencoded".to_owned()),
                (ACCEPT, "application/json".to_owned()),
            ],
            body: request.form()?.write().into_bytes(),
        };
        let incoming = self.send(outgoing).await?;
        let issued = read(&incoming)?;
        let token_type = issued.issued_token_type.unwrap_or_default();
        let octets = ReceivedToken::from_a_parameter(issued.access_token.expose(), &token_type);
        let until = issued.expires_in.map(std::time::Duration::from_secs);
        Ok(ReceivedToken {
            octets: octets.ok_or_else(|| incoming.unusable("a SAML token that is no base64url"))?,
            token_type,
            applies_to: None,
            until: until.map(|span| now.after(span)),
        })
    }

    async fn get(&self, url: &str) -> Result<Incoming, Failure> {
        let headers = vec![(ACCEPT, "application/json".to_owned())];
        let outgoing = Outgoing { method: Method::GET, url, headers, body: Vec::new() };
        let incoming = self.send(outgoing).await?;
        if incoming.status.is_success() {
            Ok(incoming)
        } else {
            Err(incoming.unusable(format!("nothing at {url}")))
        }
    }
}

impl ExchangeRequest<'_> {
    fn form(&self) -> Result<Form, Failure> {
        let subject = ReceivedToken::for_a_parameter(self.subject_token)
            .map_err(|_| Failure::Request("the subject token is no text".to_owned()))?;
        let form = Form::new()
            .with("grant_type", grant_types::TOKEN_EXCHANGE)
            .with("subject_token", &subject)
            .with("subject_token_type", TokenKind::of(self.subject_token).oauth_type());
        let wishes = [
            ("audience", self.audience),
            ("requested_token_type", self.token_type),
            ("scope", self.scope),
        ];
        Ok(wishes.into_iter().fold(form, |form, (name, wish)| match wish {
            Some(value) => form.with(name, value),
            None => form,
        }))
    }
}

fn read(incoming: &Incoming) -> Result<TokenResponse, Failure> {
    if incoming.status.is_success() {
        return TokenResponse::parse(&incoming.body)
            .map_err(|flaw| incoming.unusable(flaw.to_string()));
    }
    let error = ErrorResponse::parse(&incoming.body)
        .map_err(|_| incoming.unusable("an error without an OAuth error code"))?;
    let code = match error.error {
        Ok(code) => code.as_str().to_owned(),
        Err(other) => other,
    };
    Err(incoming.refusal(code, error.description.unwrap_or_default(), error.request_id).into())
}

/// RFC 8414 §3.1: between host and path. `None` for what has neither.
fn well_known(issuer: &str) -> Option<String> {
    let issuer = issuer.trim_end_matches('/');
    let (scheme, rest) = issuer.split_once("://")?;
    let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    if host.is_empty() || path.contains(['?', '#']) {
        return None;
    }
    Some(format!("{scheme}://{host}/.well-known/oauth-authorization-server{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_well_known_path_stands_between_host_and_path() {
        let at = |issuer| well_known(issuer).unwrap();
        let root = "https://sts.example:8443/.well-known/oauth-authorization-server";
        assert_eq!(at("https://sts.example:8443"), root);
        assert_eq!(at("https://sts.example:8443/"), root);
        assert_eq!(at("https://sts.example:8443/realms/a"), format!("{root}/realms/a"));
        assert_eq!(well_known("sts.example"), None);
        assert_eq!(well_known("https://sts.example/?a"), None);
    }

    #[test]
    fn a_saml_subject_token_goes_out_in_base64url() {
        let secret = Secret::from("s");
        let request = ExchangeRequest {
            endpoint: "https://sts.example/oauth2/token",
            client_id: "c",
            client_secret: &secret,
            subject_token: b"<a/>",
            audience: Some("urn:rp:app"),
            token_type: None,
            scope: None,
        };
        assert_eq!(
            request.form().unwrap().write(),
            "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&subject_token=PGEvPg\
             &subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Asaml2&audience=urn%3Arp%3Aapp"
        );
    }
}
