//! From a draft to an assertion.
//!
//! In:  a [`Draft`].
//! Out: an unsigned assertion in canonical form, and the place after Issuer where its signature goes.
//! Never: an assertion for nobody in particular, or one that says less than the draft.
//!
//! SAML 2.0 core §2.3.3 (order of the children), §5.4 (signature).

use symbolon_model::{Authenticated, AuthenticationMethod, Claim, Claims, Confirmation};
use symbolon_xml::Writer;
use symbolon_xml::time::DateTime;

use super::{
    ASSERTION, BEARER, CLASS_PASSWORD, CLASS_PASSWORD_TRANSPORT, CLASS_PREVIOUS_SESSION,
    NAME_FORMAT_BASIC, NAME_FORMAT_URI,
};
use crate::saml::{Names, USUAL_OCTETS, Unsigned, written};
use crate::{Draft, EncodeFlaw};

/// Writes what the draft says.
pub(super) fn unsigned(draft: &Draft) -> Result<Unsigned, EncodeFlaw> {
    let name = Names::new("saml2", ASSERTION, draft.layout);
    let mut out = Writer::with_capacity(USUAL_OCTETS);
    out.start(&name.of("Assertion"))
        .attribute("ID", draft.id.as_str())
        .attribute("IssueInstant", written(draft.issued_at)?.as_str())
        .attribute("Version", "2.0")
        .element(&name.of("Issuer"), draft.issuer.as_str());
    let place = out.offset();
    let until = written(draft.lifetime.until())?;
    subject(&mut out, name, draft, &until)?;
    conditions(&mut out, name, draft, &until)?;
    if let Some(authenticated) = draft.authenticated {
        authn_statement(&mut out, name, authenticated, draft.id.as_str())?;
    }
    attribute_statement(&mut out, name, &draft.attributes);
    out.end();
    Ok(Unsigned { octets: out.finish().map_err(EncodeFlaw::draft)?, place })
}

fn subject(
    out: &mut Writer,
    name: Names,
    draft: &Draft,
    until: &DateTime,
) -> Result<(), EncodeFlaw> {
    if draft.subject.value.is_empty() {
        return Err(EncodeFlaw::draft("a subject without name"));
    }
    let Confirmation::Bearer = draft.confirmation;
    out.start(&name.of("Subject")).start(&name.of("NameID"));
    if let Some(format) = &draft.subject.format {
        out.attribute("Format", format);
    }
    out.text(&draft.subject.value).end();
    out.start(&name.of("SubjectConfirmation"))
        .attribute("Method", BEARER)
        .start(&name.of("SubjectConfirmationData"))
        .attribute("NotOnOrAfter", until.as_str())
        .end()
        .end()
        .end();
    Ok(())
}

fn conditions(
    out: &mut Writer,
    name: Names,
    draft: &Draft,
    until: &DateTime,
) -> Result<(), EncodeFlaw> {
    // SECURITY: without audience an assertion is good at every relying party. Test: a_draft_without_audience_is_not_written.
    if draft.audiences.is_empty() {
        return Err(EncodeFlaw::draft("no audience"));
    }
    out.start(&name.of("Conditions"))
        .attribute("NotBefore", written(draft.lifetime.from())?.as_str())
        .attribute("NotOnOrAfter", until.as_str())
        .start(&name.of("AudienceRestriction"));
    for audience in &draft.audiences {
        out.element(&name.of("Audience"), audience.as_str());
    }
    out.end().end();
    Ok(())
}

fn authn_statement(
    out: &mut Writer,
    name: Names,
    authenticated: Authenticated,
    session: &str,
) -> Result<(), EncodeFlaw> {
    let class = match authenticated.method {
        AuthenticationMethod::Password => CLASS_PASSWORD_TRANSPORT,
        AuthenticationMethod::ClientSecret => CLASS_PASSWORD,
        AuthenticationMethod::Token => CLASS_PREVIOUS_SESSION,
    };
    out.start(&name.of("AuthnStatement"))
        .attribute("AuthnInstant", written(authenticated.at)?.as_str())
        .attribute("SessionIndex", session)
        .start(&name.of("AuthnContext"))
        .element(&name.of("AuthnContextClassRef"), class)
        .end()
        .end();
    Ok(())
}

fn attribute_statement(out: &mut Writer, name: Names, claims: &Claims) {
    if claims.is_empty() {
        return; // the schema has no empty statement
    }
    out.start(&name.of("AttributeStatement"));
    for Claim { name: claimed, values } in claims {
        let format =
            if claimed.as_str().contains(':') { NAME_FORMAT_URI } else { NAME_FORMAT_BASIC };
        out.start(&name.of("Attribute"))
            .attribute("Name", claimed.as_str())
            .attribute("NameFormat", format);
        for value in values.iter() {
            out.element(&name.of("AttributeValue"), value);
        }
        out.end();
    }
    out.end();
}
