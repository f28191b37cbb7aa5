//! From a draft to an assertion.
//!
//! In:  a [`Draft`].
//! Out: an unsigned assertion in canonical form, and the place before its end where its signature goes.
//! Never: an assertion for nobody in particular, or two statements about two subjects.
//!
//! SAML 1.1 core §2.3.2 (order of the children), §2.4 (statements), §5.4 (signature).

use symbolon_model::{Authenticated, AuthenticationMethod, Claim, ClaimName, Claims, Confirmation};
use symbolon_xml::Writer;

use super::{ASSERTION, BEARER, METHOD_PASSWORD, METHOD_UNSPECIFIED, SHORT_NAMES};
use crate::saml::{Names, USUAL_OCTETS, Unsigned, written};
use crate::{Draft, EncodeFlaw, NameId};

/// The claim that says a subject's name, where there is nothing else to say of it.
const NAME_IDENTIFIER: &str =
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier";

/// Writes what the draft says.
// INTEROP: node-sp-auth reads the times from the first child; the order is the schema's too.
pub(super) fn unsigned(draft: &Draft) -> Result<Unsigned, EncodeFlaw> {
    if draft.subject.value.is_empty() {
        return Err(EncodeFlaw::draft("a subject without name"));
    }
    let Confirmation::Bearer = draft.confirmation;
    let name = Names::new("saml", ASSERTION, draft.layout);
    let mut out = Writer::with_capacity(USUAL_OCTETS);
    out.start(&name.of("Assertion"))
        .attribute("AssertionID", draft.id.as_str())
        .attribute("IssueInstant", written(draft.issued_at)?.as_str())
        .attribute("Issuer", draft.issuer.as_str())
        .attribute("MajorVersion", "1")
        .attribute("MinorVersion", "1");
    conditions(&mut out, name, draft)?;
    statements(&mut out, name, draft)?;
    let place = out.offset();
    out.end();
    Ok(Unsigned { octets: out.finish().map_err(EncodeFlaw::draft)?, place })
}

fn conditions(out: &mut Writer, name: Names, draft: &Draft) -> Result<(), EncodeFlaw> {
    // SECURITY: without audience an assertion is good at every relying party. Test: a_draft_without_audience_is_not_written.
    if draft.audiences.is_empty() {
        return Err(EncodeFlaw::draft("no audience"));
    }
    out.start(&name.of("Conditions"))
        .attribute("NotBefore", written(draft.lifetime.from())?.as_str())
        .attribute("NotOnOrAfter", written(draft.lifetime.until())?.as_str())
        .start(&name.of("AudienceRestrictionCondition"));
    for audience in &draft.audiences {
        out.element(&name.of("Audience"), audience.as_str());
    }
    out.end().end();
    Ok(())
}

fn statements(out: &mut Writer, name: Names, draft: &Draft) -> Result<(), EncodeFlaw> {
    let said = draft.attributes.iter().any(|claim| !claim.values.is_empty());
    if said {
        attribute_statement(out, name, &draft.subject, &draft.attributes);
    } else if draft.authenticated.is_none() {
        // SPEC: core §2.3.2: at least one statement, for only a statement has a subject.
        let mut only_its_name = Claims::none();
        only_its_name.add(ClaimName::new(NAME_IDENTIFIER), [draft.subject.value.clone()]);
        attribute_statement(out, name, &draft.subject, &only_its_name);
    }
    if let Some(authenticated) = draft.authenticated {
        authentication_statement(out, name, &draft.subject, authenticated)?;
    }
    Ok(())
}

fn attribute_statement(out: &mut Writer, name: Names, about: &NameId, claims: &Claims) {
    out.start(&name.of("AttributeStatement"));
    subject(out, name, about);
    for Claim { name: claimed, values } in claims.iter().filter(|c| !c.values.is_empty()) {
        let claimed = claimed.as_str();
        let (namespace, local) = claimed.rsplit_once('/').unwrap_or((SHORT_NAMES, claimed));
        out.start(&name.of("Attribute"))
            .attribute("AttributeName", local)
            .attribute("AttributeNamespace", namespace);
        for value in values.iter() {
            out.element(&name.of("AttributeValue"), value);
        }
        out.end();
    }
    out.end();
}

fn authentication_statement(
    out: &mut Writer,
    name: Names,
    about: &NameId,
    authenticated: Authenticated,
) -> Result<(), EncodeFlaw> {
    let method = match authenticated.method {
        AuthenticationMethod::Password | AuthenticationMethod::ClientSecret => METHOD_PASSWORD,
        AuthenticationMethod::Token => METHOD_UNSPECIFIED,
    };
    out.start(&name.of("AuthenticationStatement"))
        .attribute("AuthenticationInstant", written(authenticated.at)?.as_str())
        .attribute("AuthenticationMethod", method);
    subject(out, name, about);
    out.end();
    Ok(())
}

fn subject(out: &mut Writer, name: Names, about: &NameId) {
    out.start(&name.of("Subject")).start(&name.of("NameIdentifier"));
    if let Some(format) = &about.format {
        out.attribute("Format", format);
    }
    out.text(&about.value)
        .end()
        .start(&name.of("SubjectConfirmation"))
        .element(&name.of("ConfirmationMethod"), BEARER)
        .end()
        .end();
}
