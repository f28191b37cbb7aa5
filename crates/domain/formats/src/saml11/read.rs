//! From an assertion to what it says.
//!
//! In:  an assertion, and the keys of the issuer that it names.
//! Out: [`Contents`], read from the verified element itself.
//! Never: two of what may stand once; statements about different subjects; a bearer where the issuer demands more (a key,
//!        other data, another method too); text of which a comment hides a part.
//!
//! SAML 1.1 core §2.3.2, §2.4.

use symbolon_model::{
    Authenticated, AuthenticationMethod, ClaimName, Claims, Confirmation, IssuerName, TokenId,
};
use symbolon_xml::Element;
use symbolon_xmlsec as xmlsec;

use super::{ASSERTION, BEARER, SHORT_NAMES};
use crate::saml::{self, moment, one, some_text, texts, values};
use crate::{Contents, Flaw, IssuerKeys, NameId, RawToken};

/// The assertion of a token as it came.
pub(super) fn assertion(raw: &RawToken) -> Result<Element, Flaw> {
    let apex = saml::apex(raw)?;
    if !apex.is(ASSERTION, "Assertion") {
        return Err(Flaw::malformed("not an assertion"));
    }
    match (apex.attribute("MajorVersion"), apex.attribute("MinorVersion")) {
        (Some("1"), Some("1")) => Ok(apex),
        (Some(_), Some(_)) => Err(Flaw::not_understood("a version other than 1.1")),
        (None, _) | (_, None) => Err(Flaw::malformed("no version")),
    }
}

/// The issuer's name.
pub(super) fn issuer(assertion: &Element) -> Result<&str, Flaw> {
    let issuer = assertion.attribute("Issuer").filter(|issuer| !issuer.is_empty());
    issuer.ok_or_else(|| Flaw::malformed("Issuer is missing or empty"))
}

/// What the assertion says, if one of the keys signed it.
pub(super) fn verify(assertion: &Element, issuer: &IssuerKeys) -> Result<Contents, Flaw> {
    // SECURITY: signature wrapping, as in SAML 2.0: read the verified element itself.
    // Test: a_signed_assertion_inside_another_one_speaks_only_for_itself.
    let saml::Verified { assertion, rests_on_sha1 } = saml::verified(assertion, issuer)?;
    Ok(Contents { rests_on_sha1, ..contents(assertion.element())? })
}

fn contents(assertion: &Element) -> Result<Contents, Flaw> {
    moment(assertion, "IssueInstant")?.ok_or_else(|| Flaw::malformed("no IssueInstant"))?;
    let id = assertion.attribute("AssertionID").ok_or_else(|| Flaw::malformed("no AssertionID"))?;
    let issuer = issuer(assertion)?;
    let saml::Conditions { from, until, audiences } =
        saml::conditions(&one(assertion, "Conditions")?, "AudienceRestrictionCondition")?;
    let Statements { subject, authenticated, attributes } = statements(assertion, issuer)?;
    Ok(Contents {
        id: Some(TokenId::new(id)),
        issuer: IssuerName::new(issuer),
        subject,
        audiences,
        not_before: from,
        not_after: until,
        authenticated,
        attributes,
        client: None,
        scope: None,
        recipients: Vec::new(),
        confirmation: Confirmation::Bearer,
        rests_on_sha1: false,
    })
}

struct Statements {
    subject: NameId,
    authenticated: Option<Authenticated>,
    attributes: Claims,
}

fn statements(assertion: &Element, issuer: &str) -> Result<Statements, Flaw> {
    let mut about = None;
    let mut authenticated = None;
    let mut attributes = Claims::none();
    for child in assertion.elements() {
        let local = if child.namespace() == ASSERTION { child.local() } else { "" };
        match local {
            "AuthenticationStatement" => {
                agree(&mut about, &child, issuer)?;
                if authenticated.replace(authentication_statement(&child)?).is_some() {
                    return Err(Flaw::not_understood("two AuthenticationStatements"));
                }
            }
            "AttributeStatement" => {
                agree(&mut about, &child, issuer)?;
                attribute_statement(&child, &mut attributes)?;
            }
            // Nobody need use them, but what they speak about must be the same subject.
            "AuthorizationDecisionStatement" | "SubjectStatement" => {
                agree(&mut about, &child, issuer)?;
            }
            "Conditions" => {}           // read already
            "Advice" | "Statement" => {} // SPEC: core §2.3.2.2, §2.4.1: nobody need use them; they restrict nothing
            _ if child.is(xmlsec::NAMESPACE, "Signature") => {}
            _ => return Err(Flaw::malformed("a child that an assertion does not have")),
        }
    }
    let subject = about.ok_or_else(|| Flaw::malformed("no statement about a subject"))?;
    Ok(Statements { subject, authenticated, attributes })
}

/// Reads a statement's subject, which must be the one that the statements before it spoke about.
// SECURITY: each statement has a subject of its own. Were the first one's read and the attributes of all of them, an
// assertion about two people would give the one the rights of the other. Test: statements_about_two_subjects_are_refused.
fn agree(about: &mut Option<NameId>, statement: &Element, issuer: &str) -> Result<(), Flaw> {
    let subject = subject(&one(statement, "Subject")?, issuer)?;
    match about {
        Some(before) if *before != subject => {
            Err(Flaw::not_understood("statements about different subjects"))
        }
        Some(_) => Ok(()),
        None => {
            *about = Some(subject);
            Ok(())
        }
    }
}

/// The name of a subject that a bearer may stand for.
fn subject(subject: &Element, issuer: &str) -> Result<NameId, Flaw> {
    let name = one(subject, "NameIdentifier")?;
    // SECURITY: under another qualifier the same name means somebody else (core §2.4.2.2); without one it is the issuer's.
    // Test: a_name_of_another_domain_is_not_taken_for_the_issuers.
    if name.attribute("NameQualifier").is_some_and(|qualifier| qualifier != issuer) {
        return Err(Flaw::not_understood("a name of another domain"));
    }
    // SPEC: core §2.4.2.1: without confirmation nothing is said of who may use it.
    let confirmation = subject.child(ASSERTION, "SubjectConfirmation").map_err(Flaw::malformed)?;
    if !confirmation.as_ref().is_some_and(is_plain_bearer) {
        return Err(Flaw::not_understood("no bearer confirmation, or one that demands more"));
    }
    if subject.elements().count() > 2 {
        return Err(Flaw::malformed("Subject holds more than a name and its confirmation"));
    }
    Ok(NameId { value: some_text(&name)?, format: name.attribute("Format").map(str::to_owned) })
}

/// Whether bearing it is all that is asked: one method, no data for it, no key.
fn is_plain_bearer(confirmation: &Element) -> bool {
    texts(confirmation, "ConfirmationMethod").is_ok_and(|methods| methods == [BEARER])
}

fn authentication_statement(statement: &Element) -> Result<Authenticated, Flaw> {
    let at = moment(statement, "AuthenticationInstant")?
        .ok_or_else(|| Flaw::malformed("AuthenticationStatement without AuthenticationInstant"))?;
    // `am:password` does not say over what channel: as little as the class Password of SAML 2.0 is it our `Password`.
    if statement.attribute("AuthenticationMethod").is_none() {
        return Err(Flaw::malformed("AuthenticationStatement without AuthenticationMethod"));
    }
    Ok(Authenticated { method: AuthenticationMethod::Token, at })
}

fn attribute_statement(statement: &Element, claims: &mut Claims) -> Result<(), Flaw> {
    for attribute in statement.elements() {
        if attribute.is(ASSERTION, "Subject") {
            continue; // read already
        }
        if !attribute.is(ASSERTION, "Attribute") {
            return Err(Flaw::malformed("AttributeStatement holds more than Attribute"));
        }
        claims.add(claim_name(&attribute)?, values(&attribute)?);
    }
    Ok(())
}

/// The two parts of an attribute's name as one claim's name.
fn claim_name(attribute: &Element) -> Result<ClaimName, Flaw> {
    let part = |name: &str| {
        let value = attribute.attribute(name);
        value.ok_or_else(|| Flaw::malformed(format_args!("Attribute without {name}")))
    };
    let (local, namespace) = (part("AttributeName")?, part("AttributeNamespace")?);
    if namespace == SHORT_NAMES && !local.contains('/') {
        Ok(ClaimName::new(local))
    } else {
        Ok(ClaimName::new(format!("{namespace}/{local}")))
    }
}
