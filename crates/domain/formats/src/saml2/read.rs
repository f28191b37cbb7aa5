//! From an assertion to what it says.
//!
//! In:  an assertion, and the keys of the issuer that it names.
//! Out: [`Contents`], read from the verified element itself.
//! Never: two of what may stand once; a bearer where the issuer demands more (a key, another name, an address); text of which
//!        a comment hides a part.
//!
//! SAML 2.0 core §2.3.3, §2.4, §2.5, §2.7; RFC 7522 §3.

use symbolon_model::{
    Authenticated, AuthenticationMethod, ClaimName, Claims, Confirmation, IssuerName, Timestamp,
    TokenId,
};
use symbolon_xml::Element;
use symbolon_xmlsec as xmlsec;

use super::{ASSERTION, BEARER, CLASS_PASSWORD_TRANSPORT};
use crate::saml::{self, moment, one, some_text, text, values};
use crate::{Contents, Flaw, IssuerKeys, NameId, RawToken};

/// The assertion of a token as it came.
pub(super) fn assertion(raw: &RawToken) -> Result<Element, Flaw> {
    let apex = saml::apex(raw)?;
    if apex.is(ASSERTION, "EncryptedAssertion") {
        return Err(Flaw::not_understood("an encrypted assertion"));
    }
    if !apex.is(ASSERTION, "Assertion") {
        return Err(Flaw::malformed("not an assertion"));
    }
    match apex.attribute("Version") {
        Some("2.0") => Ok(apex),
        Some(_) => Err(Flaw::not_understood("a version other than 2.0")),
        None => Err(Flaw::malformed("no Version")),
    }
}

/// The issuer's name.
pub(super) fn issuer(assertion: &Element) -> Result<String, Flaw> {
    some_text(&one(assertion, "Issuer")?)
}

/// What the assertion says, if one of the keys signed it.
pub(super) fn verify(assertion: &Element, issuer: &IssuerKeys) -> Result<Contents, Flaw> {
    // SECURITY: signature wrapping. Read the verified element itself; looking its id up again would let an attacker sign one
    // assertion and have us read another. Tests: a_signed_assertion_inside_another_one_speaks_only_for_itself,
    // a_detached_signature_of_the_issuer_says_nothing_of_the_assertion_around_it.
    let saml::Verified { assertion, rests_on_sha1 } = saml::verified(assertion, issuer)?;
    Ok(Contents { rests_on_sha1, ..contents(assertion.element())? })
}

fn contents(assertion: &Element) -> Result<Contents, Flaw> {
    moment(assertion, "IssueInstant")?.ok_or_else(|| Flaw::malformed("no IssueInstant"))?;
    let id = assertion.attribute("ID").ok_or_else(|| Flaw::malformed("no ID"))?;
    let issuer = issuer(assertion)?;
    let saml::Conditions { from, until, audiences } =
        saml::conditions(&one(assertion, "Conditions")?, "AudienceRestriction")?;
    let mut window = Window { from, until };
    let subject = one(assertion, "Subject")?;
    let name = name(&subject, &issuer, &audiences)?;
    let recipients = bearer(&subject, &mut window)?;
    let Statements { authenticated, attributes } = statements(assertion, &mut window)?;
    Ok(Contents {
        id: Some(TokenId::new(id)),
        issuer: IssuerName::new(issuer),
        subject: name,
        audiences,
        not_before: window.from,
        not_after: window.until,
        authenticated,
        attributes,
        client: None,
        scope: None,
        recipients,
        confirmation: Confirmation::Bearer,
        rests_on_sha1: false,
    })
}

/// While the assertion holds: what all its parts agree on.
struct Window {
    from: Option<Timestamp>,
    until: Timestamp,
}

impl Window {
    fn narrow(&mut self, from: Option<Timestamp>, until: Option<Timestamp>) {
        self.from = self.from.max(from); // `None` is less than any moment
        self.until = until.map_or(self.until, |until| self.until.min(until));
    }
}

/// The subject's name.
fn name(subject: &Element, issuer: &str, audiences: &[Vec<String>]) -> Result<NameId, Flaw> {
    if subject.elements().any(|c| c.is(ASSERTION, "BaseID") || c.is(ASSERTION, "EncryptedID")) {
        return Err(Flaw::not_understood("a subject without a name in plain"));
    }
    let name = one(subject, "NameID")?;
    // SECURITY: under another qualifier the same name means somebody else (core §2.2.2); without one it is the issuer's.
    // Test: a_name_of_another_domain_is_not_taken_for_the_issuers.
    let issuers = name.attribute("NameQualifier").is_none_or(|qualifier| qualifier == issuer);
    let audiences = name
        .attribute("SPNameQualifier")
        .is_none_or(|qualifier| audiences.iter().flatten().any(|audience| audience == qualifier));
    if !issuers || !audiences {
        return Err(Flaw::not_understood("a name of another domain"));
    }
    Ok(NameId { value: some_text(&name)?, format: name.attribute("Format").map(str::to_owned) })
}

/// Where a bearer may present it, if that is said; any bearer confirmation suffices, and the window of all holds.
fn bearer(subject: &Element, window: &mut Window) -> Result<Vec<String>, Flaw> {
    let mut recipients = Vec::new();
    let mut found = false;
    for confirmation in
        subject.elements().filter(|child| child.is(ASSERTION, "SubjectConfirmation"))
    {
        if confirmation.attribute("Method") != Some(BEARER) || !is_plain(&confirmation) {
            continue;
        }
        found = true;
        let data =
            confirmation.child(ASSERTION, "SubjectConfirmationData").map_err(Flaw::malformed)?;
        if let Some(data) = data {
            window.narrow(moment(&data, "NotBefore")?, moment(&data, "NotOnOrAfter")?);
            recipients.extend(data.attribute("Recipient").map(str::to_owned));
        }
    }
    if found { Ok(recipients) } else { Err(Flaw::not_understood("no bearer confirmation")) }
}

/// Whether nothing but time and place bounds a bearer: no other name for who presents it, no key, no network address.
// `InResponseTo` binds a browser's login to a request of the service that it logs in to; RFC 7522 §3 asks nothing of it.
fn is_plain(confirmation: &Element) -> bool {
    confirmation.elements().all(|child| {
        child.is(ASSERTION, "SubjectConfirmationData")
            && !child.has_elements()
            && child.attribute("Address").is_none()
    })
}

struct Statements {
    authenticated: Option<Authenticated>,
    attributes: Claims,
}

fn statements(assertion: &Element, window: &mut Window) -> Result<Statements, Flaw> {
    let mut authenticated = None;
    let mut attributes = Claims::none();
    for child in assertion.elements() {
        let local = if child.namespace() == ASSERTION { child.local() } else { "" };
        match local {
            "AuthnStatement" => {
                window.narrow(None, moment(&child, "SessionNotOnOrAfter")?);
                if authenticated.replace(authn_statement(&child)?).is_some() {
                    return Err(Flaw::not_understood("two AuthnStatements"));
                }
            }
            "AttributeStatement" => attribute_statement(&child, &mut attributes)?,
            "Issuer" | "Subject" | "Conditions" => {} // read already
            // SPEC: core §2.3.3, §2.6.1: nobody need use them; they restrict nothing.
            "Advice" | "Statement" | "AuthzDecisionStatement" => {}
            _ if child.is(xmlsec::NAMESPACE, "Signature") => {}
            _ => return Err(Flaw::malformed("a child that an assertion does not have")),
        }
    }
    Ok(Statements { authenticated, attributes })
}

fn authn_statement(statement: &Element) -> Result<Authenticated, Flaw> {
    let at = moment(statement, "AuthnInstant")?
        .ok_or_else(|| Flaw::malformed("AuthnStatement without AuthnInstant"))?;
    let context = one(statement, "AuthnContext")?;
    let class = context.child(ASSERTION, "AuthnContextClassRef").map_err(Flaw::malformed)?;
    let method = match class.as_ref().map(text).transpose()?.as_deref() {
        Some(CLASS_PASSWORD_TRANSPORT) => AuthenticationMethod::Password,
        Some(_) | None => AuthenticationMethod::Token,
    };
    Ok(Authenticated { method, at })
}

fn attribute_statement(statement: &Element, claims: &mut Claims) -> Result<(), Flaw> {
    for attribute in statement.elements() {
        if attribute.is(ASSERTION, "EncryptedAttribute") {
            return Err(Flaw::not_understood("an encrypted attribute"));
        }
        if !attribute.is(ASSERTION, "Attribute") {
            return Err(Flaw::malformed("AttributeStatement holds more than Attribute"));
        }
        let name =
            attribute.attribute("Name").ok_or_else(|| Flaw::malformed("Attribute without Name"))?;
        claims.add(ClaimName::new(name), values(&attribute)?);
    }
    Ok(())
}
