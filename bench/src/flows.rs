//! What the server is asked: flows a, b and c.
//!
//! In:  a running server that was given [`write_objects`].
//! Out: each flow's request; what its answer was signed with was verified.
//! Never: a flow whose token is not the one that its ceiling counts.
//!
//! a: UsernameToken → SAML 2.0, RSA-2048. b: the same, P-256. c: JWT → JWT ES256, token exchange (RFC 8693).

use std::fs;
use std::path::Path;
use std::time::Duration;

use symbolon_client::{
    Client, ExchangeRequest, Expected, IssueRequest, Roots, Secret, Trust, verify,
};
use symbolon_model::Timestamp;
use symbolon_soap::time::DateTime;

use crate::Failure;
use crate::clock::now;
use crate::load::Message;
use crate::served::Server;

/// Accounts that log in once: each pays for argon2id.
pub(crate) const STRANGERS: usize = 16;

const USER: &str = "bench";
/// Not the user's name: a token of a client about itself is no subject token.
const CLIENT: &str = "bench-client";
const SECRET: &str = "bench-0123456789abcdef";
const RSA: &str = "urn:bench:rsa";
const P256: &str = "urn:bench:p256";
const JWT: &str = "urn:bench:jwt";
const ISSUE_PATH: &str = "/trust/13/usernamemixed";
const TOKEN_PATH: &str = "/oauth2/token";

/// One of the flows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Flow {
    A,
    B,
    C,
}

impl Flow {
    pub(crate) const ALL: [Self; 3] = [Self::A, Self::B, Self::C];

    pub(crate) const fn letter(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
            Self::C => "c",
        }
    }

    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::A => "UsernameToken → SAML 2.0, RSA-2048",
            Self::B => "UsernameToken → SAML 2.0, P-256",
            Self::C => "JWT → JWT ES256, token exchange",
        }
    }
}

/// Adds what the flows need to a data directory: relying parties, a client, accounts.
pub(crate) fn write_objects(data: &Path) -> Result<(), Failure> {
    let secret = data.join("bench.secret");
    fs::write(&secret, SECRET)?;
    let secret = format!("file:{}", secret.display());
    let mut objects = format!(
        r#"
[[relying_party]]
id = "{RSA}"
token_types = ["saml2"]
saml_signature = "rsa-sha256"
attributes = ["mail", "displayname", "givenname", "surname", "groups"]
accounts = "everyone"

[[relying_party]]
id = "{P256}"
token_types = ["saml2"]
saml_signature = "ecdsa-sha256"
attributes = ["mail", "displayname", "givenname", "surname", "groups"]
accounts = "everyone"

[[relying_party]]
id = "{JWT}"
token_types = ["jwt"]
jwt_signature = "es256"
attributes = ["mail"]
accounts = "everyone"
clients = ["{CLIENT}"]

[[client]]
id = "{CLIENT}"
secret = "{secret}"
grants = ["urn:ietf:params:oauth:grant-type:token-exchange"]
may_exchange = ["{P256}", "{JWT}"]
"#
    );
    let strangers = (0..STRANGERS).map(stranger);
    for name in std::iter::once(USER.to_owned()).chain(strangers) {
        objects.push_str(&format!(
            r#"
[[account]]
name = "{name}"
password = "{secret}"
[account.attributes]
mail = "{name}@example.org"
displayname = "Bench Mark"
givenname = "Bench"
surname = "Mark"
groups = ["engineering", "operations"]
"#
        ));
    }
    fs::create_dir_all(data.join("objects.d"))?;
    Ok(fs::write(data.join("objects.d").join("bench.toml"), objects)?)
}

fn stranger(number: usize) -> String {
    format!("stranger-{number:02}")
}

/// The flows' requests.
pub(crate) struct Requests {
    base: String,
    exchange: Message,
}

impl Requests {
    /// Gets and verifies one token of each flow, and the subject token of c.
    pub(crate) async fn prepare(server: &Server, data: &Path) -> Result<Self, Failure> {
        let client = Client::new(&Roots::from_pem(&fs::read(data.join("ca.crt"))?)?)?;
        let base = &server.base;
        let trust = client.keys(&format!("{base}/oauth2/jwks")).await?;
        let secret = Secret::from(SECRET);
        let mut saml = Vec::new();
        for (party, algorithm) in [(RSA, "RS256"), (P256, "ES256")] {
            let request = IssueRequest {
                endpoint: &format!("{base}{ISSUE_PATH}"),
                user: USER,
                password: &secret,
                applies_to: party,
                token_type: None,
                lifetime: None,
            };
            saml = client.issue(&request, now()).await?.octets;
            must_be(&saml, &trust, party, algorithm).await?;
        }
        let mut jwt = saml;
        for _saml_then_jwt in 0..2 {
            let request = ExchangeRequest {
                endpoint: &format!("{base}{TOKEN_PATH}"),
                client_id: CLIENT,
                client_secret: &secret,
                subject_token: &jwt,
                audience: Some(JWT),
                token_type: None,
                scope: None,
            };
            let exchanged = client.exchange(&request, now()).await?.octets;
            must_be(&exchanged, &trust, JWT, "ES256").await?;
            jwt = exchanged;
        }
        let exchange = exchange(std::str::from_utf8(&jwt)?);
        Ok(Self { base: base.clone(), exchange })
    }

    /// The request of a flow, dated now: its timestamp is good for minutes.
    pub(crate) fn of(&self, flow: Flow) -> Message {
        match flow {
            Flow::A => self.issue(USER, RSA),
            Flow::B => self.issue(USER, P256),
            Flow::C => self.exchange.clone(),
        }
    }

    /// The login of an account that logs in once.
    pub(crate) fn login(&self, number: usize) -> Message {
        self.issue(&stranger(number), P256)
    }

    fn issue(&self, user: &str, party: &str) -> Message {
        let headers = [("content-type", "application/soap+xml; charset=utf-8")];
        let body = envelope(&self.base, user, party, now());
        Message::post(ISSUE_PATH, &headers, body.as_bytes())
    }
}

async fn must_be(token: &[u8], trust: &Trust, party: &str, algorithm: &str) -> Result<(), Failure> {
    let verified = verify(token, trust, Expected { audience: Some(party) }, now()).await?;
    if verified.checks.iter().any(|check| check.starts_with(&format!("signature: {algorithm}"))) {
        return Ok(());
    }
    Err(format!("the token for {party} is not signed by {algorithm}: {:?}", verified.checks).into())
}

fn exchange(subject: &str) -> Message {
    use base64::Engine as _;
    let credentials =
        base64::engine::general_purpose::STANDARD.encode(format!("{CLIENT}:{SECRET}"));
    let headers = [
        ("authorization", &*format!("Basic {credentials}")),
        ("content-type", "application/x-www-form-urlencoded"),
        ("accept", "application/json"),
    ];
    let body = format!(
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange\
         &subject_token={subject}\
         &subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Ajwt\
         &requested_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Ajwt\
         &audience=urn%3Abench%3Ajwt"
    );
    Message::post(TOKEN_PATH, &headers, body.as_bytes())
}

/// A request as the common clients write it, without a nonce: fixed octets with one would be replays.
fn envelope(base: &str, user: &str, party: &str, now: Timestamp) -> String {
    let created = DateTime::from_millis(now.millis());
    let expires = DateTime::from_millis(now.after(Duration::from_secs(300)).millis());
    format!(
        r##"<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing" xmlns:u="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"><s:Header><a:Action s:mustUnderstand="1">http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue</a:Action><a:MessageID>urn:uuid:5bb1b1c8-8c4f-4a7e-9f0b-0d4f5b6a7c8d</a:MessageID><a:ReplyTo><a:Address>http://www.w3.org/2005/08/addressing/anonymous</a:Address></a:ReplyTo><a:To s:mustUnderstand="1">{base}{ISSUE_PATH}</a:To><o:Security s:mustUnderstand="1" xmlns:o="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"><u:Timestamp u:Id="_0"><u:Created>{created}</u:Created><u:Expires>{expires}</u:Expires></u:Timestamp><o:UsernameToken u:Id="uuid-68f84594-d592-470b-9bcc-b29f58b4756f-1"><o:Username>{user}</o:Username><o:Password Type="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText">{SECRET}</o:Password></o:UsernameToken></o:Security></s:Header><s:Body><trust:RequestSecurityToken xmlns:trust="http://docs.oasis-open.org/ws-sx/ws-trust/200512"><wsp:AppliesTo xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy"><a:EndpointReference><a:Address>{party}</a:Address></a:EndpointReference></wsp:AppliesTo><trust:KeyType>http://docs.oasis-open.org/ws-sx/ws-trust/200512/Bearer</trust:KeyType><trust:RequestType>http://docs.oasis-open.org/ws-sx/ws-trust/200512/Issue</trust:RequestType><trust:TokenType>http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV2.0</trust:TokenType></trust:RequestSecurityToken></s:Body></s:Envelope>"##
    )
}
