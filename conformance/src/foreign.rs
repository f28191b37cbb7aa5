//! Tokens of issuers other than the server, good ones and bad ones.
//!
//! In:  what differs from a good token, and the key that signs.
//! Out: an assertion or a compact JWT.
//! Never: the composer that the product has: it could not write what is wrong here.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use symbolon_jose::{Header, sign_compact};
use symbolon_keys::Signer;
use symbolon_testkit::{KnownKey, P256, RSA, ready};
use symbolon_xmlsec::{KeyInfo, SignedInfo};

use crate::soap::moment;
use crate::{now, sts};

/// The issuer whose subjects `urn:rp:app` may be told about.
pub const ISSUER: &str = "https://idp.example.test";
/// Another issuer of the realm, with keys of its own.
pub const OTHER_ISSUER: &str = "https://other.example.test";

/// An assertion of an issuer: whose, for whom, until when.
#[derive(Clone, Debug)]
pub struct Saml {
    /// `saml2:Issuer`
    pub issuer: String,
    /// `saml2:NameID`
    pub subject: String,
    /// `saml2:Audience`
    pub audience: String,
    /// `SubjectConfirmationData/@Recipient`; none without.
    pub recipient: Option<String>,
    /// Until so many seconds from now.
    pub until: i64,
    /// More statements, canonical.
    pub also: String,
    /// Who signs.
    pub key: KnownKey,
}

impl Default for Saml {
    /// Good at the token endpoint.
    fn default() -> Self {
        Self {
            issuer: ISSUER.to_owned(),
            subject: "dora".to_owned(),
            audience: sts().base(),
            recipient: Some(format!("{}/oauth2/token", sts().base())),
            until: 300,
            also: String::new(),
            key: RSA,
        }
    }
}

impl Saml {
    /// Good at a WS-Trust endpoint.
    pub fn for_endpoint(path: &str) -> Self {
        Self { recipient: Some(format!("{}{path}", sts().base())), ..Self::default() }
    }

    /// The assertion without a signature.
    pub fn unsigned(&self) -> String {
        let (head, tail) = self.halves(&fresh_id());
        head + &tail
    }

    /// The assertion, signed.
    pub fn signed(&self) -> String {
        let id = fresh_id();
        let (head, tail) = self.halves(&id);
        format!("{head}{}{tail}", signature(&id, &format!("{head}{tail}"), self.key))
    }

    /// The same said by SAML 1.1, which knows no recipient; signed.
    pub fn signed_11(&self) -> String {
        let Self { issuer, subject, audience, .. } = self;
        let (begin, end, id) = (moment(-600), moment(self.until), fresh_id());
        let head = format!(
            "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:1.0:assertion\" AssertionID=\"{id}\" \
             IssueInstant=\"{begin}\" Issuer=\"{issuer}\" MajorVersion=\"1\" MinorVersion=\"1\">\
             <saml:Conditions NotBefore=\"{begin}\" NotOnOrAfter=\"{end}\"><saml:AudienceRestrictionCondition>\
             <saml:Audience>{audience}</saml:Audience></saml:AudienceRestrictionCondition></saml:Conditions>\
             <saml:AttributeStatement><saml:Subject><saml:NameIdentifier>{subject}</saml:NameIdentifier>\
             <saml:SubjectConfirmation><saml:ConfirmationMethod>urn:oasis:names:tc:SAML:1.0:cm:bearer\
             </saml:ConfirmationMethod></saml:SubjectConfirmation></saml:Subject><saml:Attribute AttributeName=\"mail\" \
             AttributeNamespace=\"http://schemas.xmlsoap.org/claims\"><saml:AttributeValue>{subject}@example.test\
             </saml:AttributeValue></saml:Attribute></saml:AttributeStatement>"
        );
        let tail = "</saml:Assertion>";
        format!("{head}{}{tail}", signature(&id, &format!("{head}{tail}"), self.key))
    }

    /// Up to Issuer, after which the signature stands, and from there on. Canonical.
    fn halves(&self, id: &str) -> (String, String) {
        let Self { issuer, subject, audience, also, .. } = self;
        let (begin, end) = (moment(-600), moment(self.until));
        let recipient = self.recipient.as_ref().map(|url| format!(" Recipient=\"{url}\""));
        let recipient = recipient.unwrap_or_default();
        let head = format!(
            "<saml2:Assertion xmlns:saml2=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"{id}\" IssueInstant=\"{begin}\" \
             Version=\"2.0\"><saml2:Issuer>{issuer}</saml2:Issuer>"
        );
        let tail = format!(
            "<saml2:Subject><saml2:NameID>{subject}</saml2:NameID>\
             <saml2:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">\
             <saml2:SubjectConfirmationData NotOnOrAfter=\"{end}\"{recipient}></saml2:SubjectConfirmationData>\
             </saml2:SubjectConfirmation></saml2:Subject>\
             <saml2:Conditions NotBefore=\"{begin}\" NotOnOrAfter=\"{end}\"><saml2:AudienceRestriction>\
             <saml2:Audience>{audience}</saml2:Audience></saml2:AudienceRestriction></saml2:Conditions>{also}</saml2:Assertion>"
        );
        (head, tail)
    }
}

/// A signed assertion inside an unsigned one that claims its signature: the signature moved out to the wrapper.
pub fn wrapped(good: &str, subject: &str) -> String {
    let begin = good.find("<ds:Signature").unwrap();
    let end = good.find("</ds:Signature>").unwrap().saturating_add("</ds:Signature>".len());
    let signature = good.get(begin..end).unwrap();
    let original = good.replace(signature, "");
    let forged = Saml { subject: subject.to_owned(), ..Saml::default() }.unsigned();
    let object = format!("<ds:Object>{original}</ds:Object></ds:Signature>");
    let signature = signature.replace("</ds:Signature>", &object);
    forged.replace("</saml2:Issuer>", &format!("</saml2:Issuer>{signature}"))
}

fn signature(id: &str, canonical: &str, key: KnownKey) -> String {
    let signer: Signer<()> = key.signer();
    let info = SignedInfo::enveloped(id, canonical.as_bytes(), signer.algorithm()).unwrap();
    let value = ready(signer.sign(info.octets())).unwrap();
    let key_info = KeyInfo::Certificate(signer.certificate());
    String::from_utf8(info.into_signature(&value, key_info)).unwrap()
}

/// The claims of a good JWT of [`ISSUER`].
pub fn claims() -> Value {
    let now = now().seconds();
    json!({
        "iss": ISSUER,
        "sub": "dora",
        "aud": sts().base(),
        "exp": now.saturating_add(300),
        "iat": now,
        "jti": fresh_id(),
    })
}

/// The claims with another value of one.
pub fn claims_but(name: &str, value: impl Into<Value>) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().insert(name.to_owned(), value.into());
    claims
}

/// A JWT with these claims, by the P-256 key of [`ISSUER`].
pub fn jwt(claims: &Value) -> String {
    jwt_by(P256, claims)
}

/// A JWT with these claims, by that key.
pub fn jwt_by(key: KnownKey, claims: &Value) -> String {
    let signer: Arc<Signer<()>> = Arc::new(key.signer());
    let header = Header { typ: Some("JWT"), kid: None };
    ready(sign_compact(&header, claims.to_string().as_bytes(), &signer)).unwrap()
}

/// A JWT of three parts, put together as they are.
pub fn jwt_of(header: &Value, claims: &Value, signature: &[u8]) -> String {
    let part = |octets: &[u8]| URL_SAFE_NO_PAD.encode(octets);
    let (header, claims) = (header.to_string(), claims.to_string());
    format!("{}.{}.{}", part(header.as_bytes()), part(claims.as_bytes()), part(signature))
}

fn fresh_id() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("_foreign-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}
