//! From a draft to an assertion.
//!
//! In:  a [`Draft`].
//! Out: an unsigned assertion in canonical form, and the place after Issuer where its signature goes.
//! Never: an assertion for nobody in particular, or one that says less than the draft.
//!
//! SAML 2.0 core §2.3.3 (order of the children), §5.4 (signature).

use symbolon_model::{Authenticated, AuthenticationMethod, Claim, Claims, Confirmation, Timestamp};
use symbolon_xml::{QName, Writer};

use super::time::Moment;
use super::{
    ASSERTION, BEARER, CLASS_PASSWORD, CLASS_PASSWORD_TRANSPORT, CLASS_PREVIOUS_SESSION,
    NAME_FORMAT_BASIC, NAME_FORMAT_URI,
};
use crate::{Draft, EncodeFlaw};

/// Room for a usual assertion.
const USUAL_OCTETS: usize = 2048;

/// An assertion without its signature.
pub(super) struct Unsigned {
    octets: Vec<u8>,
    after_issuer: usize,
}

impl Unsigned {
    /// Writes what the draft says.
    pub(super) fn compose(draft: &Draft) -> Result<Self, EncodeFlaw> {
        let mut out = Writer::with_capacity(USUAL_OCTETS);
        out.start(&name("Assertion"))
            .attribute("ID", draft.id.as_str())
            .attribute("IssueInstant", moment(draft.issued_at)?.as_str())
            .attribute("Version", "2.0")
            .element(&name("Issuer"), draft.issuer.as_str());
        let after_issuer = out.offset();
        subject(&mut out, draft)?;
        conditions(&mut out, draft)?;
        if let Some(authenticated) = draft.authenticated {
            authn_statement(&mut out, authenticated, draft.id.as_str())?;
        }
        attribute_statement(&mut out, &draft.attributes);
        out.end();
        Ok(Self { octets: out.finish().map_err(EncodeFlaw::draft)?, after_issuer })
    }

    /// The canonical octets, which are what is digested: the enveloped-signature transform takes the signature away again.
    pub(super) fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// The assertion with its signature in place.
    pub(super) fn signed(self, signature: &[u8]) -> Vec<u8> {
        let (head, tail) =
            self.octets.split_at_checked(self.after_issuer).unwrap_or((&self.octets, &[])); // INVARIANT: a place in it
        [head, signature, tail].concat()
    }
}

/// A name of this namespace. The prefix is what some clients search for, as text.
const fn name(local: &'static str) -> QName {
    QName::new("saml2", ASSERTION, local)
}

fn moment(at: Timestamp) -> Result<Moment, EncodeFlaw> {
    Moment::of(at).ok_or_else(|| EncodeFlaw::draft("a moment outside the years 1 to 9999"))
}

fn subject(out: &mut Writer, draft: &Draft) -> Result<(), EncodeFlaw> {
    if draft.subject.value.is_empty() {
        return Err(EncodeFlaw::draft("a subject without name"));
    }
    let Confirmation::Bearer = draft.confirmation;
    out.start(&name("Subject")).start(&name("NameID"));
    if let Some(format) = &draft.subject.format {
        out.attribute("Format", format);
    }
    out.text(&draft.subject.value).end();
    out.start(&name("SubjectConfirmation"))
        .attribute("Method", BEARER)
        .start(&name("SubjectConfirmationData"))
        .attribute("NotOnOrAfter", moment(draft.lifetime.until())?.as_str())
        .end()
        .end()
        .end();
    Ok(())
}

fn conditions(out: &mut Writer, draft: &Draft) -> Result<(), EncodeFlaw> {
    // SECURITY: without audience an assertion is good at every relying party. Test: a_draft_without_audience_is_not_written.
    if draft.audiences.is_empty() {
        return Err(EncodeFlaw::draft("no audience"));
    }
    out.start(&name("Conditions"))
        .attribute("NotBefore", moment(draft.lifetime.from())?.as_str())
        .attribute("NotOnOrAfter", moment(draft.lifetime.until())?.as_str())
        .start(&name("AudienceRestriction"));
    for audience in &draft.audiences {
        out.element(&name("Audience"), audience.as_str());
    }
    out.end().end();
    Ok(())
}

fn authn_statement(
    out: &mut Writer,
    authenticated: Authenticated,
    session: &str,
) -> Result<(), EncodeFlaw> {
    let class = match authenticated.method {
        AuthenticationMethod::Password => CLASS_PASSWORD_TRANSPORT,
        AuthenticationMethod::ClientSecret => CLASS_PASSWORD,
        AuthenticationMethod::Token => CLASS_PREVIOUS_SESSION,
    };
    out.start(&name("AuthnStatement"))
        .attribute("AuthnInstant", moment(authenticated.at)?.as_str())
        .attribute("SessionIndex", session)
        .start(&name("AuthnContext"))
        .element(&name("AuthnContextClassRef"), class)
        .end()
        .end();
    Ok(())
}

fn attribute_statement(out: &mut Writer, claims: &Claims) {
    if claims.is_empty() {
        return; // the schema has no empty statement
    }
    out.start(&name("AttributeStatement"));
    for Claim { name: claimed, values } in claims {
        let format =
            if claimed.as_str().contains(':') { NAME_FORMAT_URI } else { NAME_FORMAT_BASIC };
        out.start(&name("Attribute"))
            .attribute("Name", claimed.as_str())
            .attribute("NameFormat", format);
        for value in values {
            out.element(&name("AttributeValue"), value);
        }
        out.end();
    }
    out.end();
}
