//! JSON Web Tokens; ours are OAuth access tokens.
//!
//! In:  a draft and a signer; or a compact JWS, and the keys of the issuer that it names.
//! Out: a JWT access token; or what the verified payload says.
//! Never: an algorithm of the token's choice (`none` among them); another kind of JWT taken for a token (`dpop+jwt`,
//!        `logout+jwt`, …); a token bound to a key taken for a bearer's.
//!
//! RFC 7519 §4.1, §7.2; RFC 8725 §3; RFC 9068 §2; RFC 7800 §3.1.

use std::borrow::Cow;

use serde::Deserialize;
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::Value;
use symbolon_jose::{Claims as Payload, Header, Jws, sign_compact, unverified_payload};
use symbolon_keys::{BoxFuture, Signer};
use symbolon_model::{
    Authenticated, AuthenticationMethod, Claim, ClaimName, Claims, ClientId, Confirmation,
    IssuerName, Timestamp, TokenBytes, TokenId, TokenType, purpose,
};

use crate::{Contents, Draft, EncodeFlaw, Flaw, Format, IssuerKeys, NameId, RawToken, TrustedKey};

/// LIMIT: as for a SAML assertion ([`symbolon_xml::Limits::TOKEN`]); common HTTP servers stop at 8 KiB of header.
const MAX_OCTETS: usize = 64 * 1024;

/// Claims that say something of the token, its use or its making, and nothing of the subject: they are neither written from a
/// draft's attributes nor read as such. The rest of the IANA register (`email`, `groups`, …) are attributes.
pub const REGISTERED: [&str; 24] = [
    "_claim_names",
    "_claim_sources",
    "acr",
    "act",
    "amr",
    "at_hash",
    "aud",
    "auth_time",
    "authorization_details",
    "azp",
    "c_hash",
    "client_id",
    "cnf",
    "exp",
    "iat",
    "iss",
    "jti",
    "may_act",
    "nbf",
    "nonce",
    "s_hash",
    "scope",
    "sid",
    "sub",
];

/// The format of JWTs.
///
/// A draft with a client becomes an RFC 9068 access token (`at+jwt`); without one it lacks what that type demands and says
/// `JWT`. Attributes are written under their names, one value as a string, several as an array of strings.
///
/// Read are strings and arrays of strings as attributes; other claims have no meaning here and are left out.
#[derive(Clone, Debug)]
pub struct Jwt {
    token_type: TokenType,
}

impl Jwt {
    /// The format under one of its types.
    pub const fn new(token_type: TokenType) -> Self {
        Self { token_type }
    }
}

/// The one claim that is looked at before the signature holds. All are read strictly once it does.
#[derive(Deserialize)]
struct Named<'t> {
    #[serde(borrow)]
    iss: Cow<'t, str>,
}

impl Format for Jwt {
    fn token_type(&self) -> TokenType {
        self.token_type.clone()
    }

    fn issuer(&self, raw: &RawToken) -> Result<String, Flaw> {
        let payload = unverified_payload(compact(raw)?, MAX_OCTETS).map_err(Flaw::malformed)?;
        let named = serde_json::from_slice::<Named<'_>>(&payload);
        let named = named.map_err(Flaw::malformed)?;
        some(Some(&named.iss), "iss").map(str::to_owned)
    }

    fn verify<'a>(
        &'a self,
        raw: &'a RawToken,
        issuer: &'a IssuerKeys,
    ) -> BoxFuture<'a, Result<Contents, Flaw>> {
        Box::pin(async move { contents(&verified(&parse(raw)?, &issuer.keys)?) })
    }

    fn encode<'a>(
        &'a self,
        draft: &'a Draft,
        signer: &'a Signer<purpose::Token>,
    ) -> BoxFuture<'a, Result<TokenBytes, EncodeFlaw>> {
        Box::pin(async move {
            let payload = payload(draft)?;
            let typ = if draft.client.is_some() { "at+jwt" } else { "JWT" };
            let header = Header { typ: Some(typ), kid: Some(signer.key_id()) };
            let compact = sign_compact(&header, &payload, signer).await?;
            Ok(TokenBytes::new(compact.into_bytes()))
        })
    }
}

fn payload(draft: &Draft) -> Result<Vec<u8>, EncodeFlaw> {
    // SECURITY: a token without audience is good at every resource server that forgets to look.
    // Test: a_draft_without_audience_or_subject_is_not_written.
    if draft.audiences.is_empty() {
        return Err(EncodeFlaw::draft("no audience"));
    }
    if draft.subject.value.is_empty() {
        return Err(EncodeFlaw::draft("a subject without name"));
    }
    serde_json::to_vec(&Said(draft)).map_err(EncodeFlaw::draft)
}

/// A draft as the claims of an access token. RFC 9068 §2.2.
struct Said<'d>(&'d Draft);

impl Serialize for Said<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let Self(draft) = self;
        let Confirmation::Bearer = draft.confirmation;
        let mut claims = to.serialize_map(None)?;
        claims.serialize_entry("iss", &draft.issuer)?;
        claims.serialize_entry("sub", &draft.subject.value)?;
        claims.serialize_entry("aud", &OneOrMany(&draft.audiences))?;
        claims.serialize_entry("exp", &draft.lifetime.until().seconds())?;
        claims.serialize_entry("nbf", &draft.lifetime.from().seconds())?;
        claims.serialize_entry("iat", &draft.issued_at.seconds())?;
        claims.serialize_entry("jti", &draft.id)?;
        if let Some(client) = &draft.client {
            claims.serialize_entry("client_id", client)?;
        }
        if let Some(scope) = &draft.scope {
            claims.serialize_entry("scope", scope)?;
        }
        if let Some(Authenticated { at, .. }) = draft.authenticated {
            claims.serialize_entry("auth_time", &at.seconds())?;
        }
        for Claim { name, values } in draft.attributes.iter().filter(|c| is_attribute(&c.name)) {
            claims.serialize_entry(name, &OneOrMany(values))?;
        }
        claims.end()
    }
}

/// One value alone, several as an array.
struct OneOrMany<'v, T>(&'v [T]);

impl<T: Serialize> Serialize for OneOrMany<'_, T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            [one] => one.serialize(to),
            many => many.serialize(to),
        }
    }
}

fn is_attribute(name: &ClaimName) -> bool {
    !REGISTERED.contains(&name.as_str())
}

fn parse(raw: &RawToken) -> Result<Jws<'_>, Flaw> {
    Jws::parse(compact(raw)?, MAX_OCTETS).map_err(Flaw::malformed)
}

fn compact(raw: &RawToken) -> Result<&str, Flaw> {
    let RawToken::Octets(octets) = raw else { return Err(Flaw::malformed("XML is no JWT")) };
    std::str::from_utf8(octets).map_err(Flaw::malformed)
}

fn claims(payload: &[u8]) -> Result<Payload, Flaw> {
    Payload::parse(payload).map_err(Flaw::malformed)
}

/// The claims of a JWS, if one of the keys signed it.
fn verified(jws: &Jws<'_>, keys: &[TrustedKey]) -> Result<Payload, Flaw> {
    // SECURITY: cross-JWT confusion (RFC 8725 §3.11, §3.12): a DPoP proof or a logout token that the same key signed is no
    // token. Test: another_kind_of_jwt_is_no_token.
    if jws.typ().is_some() && !["JWT", "at+jwt"].iter().any(|token| jws.is_type(token)) {
        return Err(Flaw::not_understood("a typ of another kind of JWT"));
    }
    // SECURITY: the algorithm is the trusted key's own; the header only says which of the keys may be meant.
    // Test: the_header_does_not_choose_the_algorithm.
    let algorithm =
        jws.algorithm().ok_or_else(|| Flaw::not_understood("an algorithm outside the list"))?;
    keys.iter()
        .filter(|trusted| trusted.algorithm == algorithm && trusted.may_be_called(jws.kid()))
        .find_map(|trusted| jws.verify(&trusted.key, algorithm).ok())
        .ok_or_else(|| Flaw::signature("by none of the issuer's keys"))
        .and_then(|verified| claims(verified.payload()))
}

fn contents(payload: &Payload) -> Result<Contents, Flaw> {
    // SECURITY: a token for the holder of a key is not a bearer's (RFC 7800 §3.1), and one that an actor holds is not the
    // subject's own (RFC 8693 §4.1). Test: a_token_bound_to_a_key_or_an_actor_is_not_a_bearers.
    for demand in ["cnf", "act"] {
        if payload.get(demand).is_some() {
            return Err(Flaw::not_understood(format_args!("the claim {demand}")));
        }
    }
    let until = payload.exp().ok_or_else(|| Flaw::malformed("no exp"))?;
    Ok(Contents {
        id: payload.jti().map(TokenId::new),
        issuer: IssuerName::new(issuer(payload)?),
        subject: NameId { value: some(payload.sub(), "sub")?.to_owned(), format: None },
        audiences: payload.get("aud").map(|_| payload.aud().to_vec()).into_iter().collect(),
        not_before: payload.nbf().map(Timestamp::from_millis),
        not_after: Timestamp::from_millis(until),
        authenticated: authenticated(payload)?,
        attributes: attributes(payload),
        client: payload.get("client_id").and_then(Value::as_str).map(ClientId::new),
        scope: scope(payload)?,
        recipients: Vec::new(),
        confirmation: Confirmation::Bearer,
        rests_on_sha1: false,
    })
}

// SPEC: RFC 8693 §4.2: one string, the scopes apart by spaces.
fn scope(payload: &Payload) -> Result<Option<String>, Flaw> {
    let Some(sent) = payload.get("scope") else { return Ok(None) };
    let text = sent.as_str().ok_or_else(|| Flaw::malformed("scope is no string"))?;
    Ok(Some(text.to_owned()))
}

fn issuer(payload: &Payload) -> Result<&str, Flaw> {
    some(payload.iss(), "iss")
}

fn some<'p>(value: Option<&'p str>, name: &str) -> Result<&'p str, Flaw> {
    value
        .filter(|value| !value.is_empty())
        .ok_or_else(|| Flaw::malformed(format_args!("{name} is missing or empty")))
}

/// That somebody authenticated, and when; how is not told in words that we share (`acr`, `amr`).
fn authenticated(payload: &Payload) -> Result<Option<Authenticated>, Flaw> {
    let Some(sent) = payload.get("auth_time") else { return Ok(None) };
    let seconds = sent.as_i64().ok_or_else(|| Flaw::malformed("auth_time is no whole number"))?;
    let at = Timestamp::from_seconds(seconds);
    Ok(Some(Authenticated { method: AuthenticationMethod::Token, at }))
}

fn attributes(payload: &Payload) -> Claims {
    let mut attributes = Claims::none();
    for (name, value) in payload.iter() {
        let name = ClaimName::new(name);
        if let Some(values) = strings(value).filter(|_| is_attribute(&name)) {
            attributes.add(name, values);
        }
    }
    attributes
}

/// A string, or an array of nothing but strings.
fn strings(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(one) => Some(vec![one.clone()]),
        Value::Array(many) => many.iter().map(|v| v.as_str().map(str::to_owned)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests;
