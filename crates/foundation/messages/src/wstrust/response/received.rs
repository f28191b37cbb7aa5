//! A response as a client reads it.
//!
//! WS-Trust 1.4 §3.2, §4.3.

use crate::wstrust::request::RequestFlaw;
use crate::wstrust::{AppliesTo, Generation, Lifetime};
use symbolon_xml::Element;

/// What a service answered. The token in it is not verified.
#[derive(Debug, Clone)]
pub struct ReceivedResponse {
    /// The generation it is written in.
    pub generation: Generation,
    /// `@Context`
    pub context: Option<String>,
    /// The type of the token.
    pub token_type: Option<String>,
    /// The token.
    pub token: Element,
    /// Whom it is for.
    pub applies_to: Option<AppliesTo>,
    /// Its begin and end.
    pub lifetime: Option<Lifetime>,
    /// Whether a proof key came with it.
    pub has_proof: bool,
}

/// What is wrong with a response.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResponseFlaw {
    /// Neither a response nor a collection of them in a generation that we speak.
    #[error("not a RequestSecurityTokenResponse")]
    NotAResponse,
    /// An element that may stand once stands twice.
    #[error("{0} came twice")]
    Repeated(&'static str),
    /// No token, or two in one response.
    #[error("not one token")]
    NotOneToken,
    /// A part that also stands in requests, and is wrong in the same way.
    #[error("{0}")]
    Part(#[from] RequestFlaw),
}

impl ReceivedResponse {
    /// Reads the child of a body: a collection, or a single response; at least one.
    ///
    /// # Errors
    /// [`ResponseFlaw`], exactly.
    pub fn parse(body: &Element) -> Result<Vec<Self>, ResponseFlaw> {
        let generation = Generation::of(body.namespace()).ok_or(ResponseFlaw::NotAResponse)?;
        let single = |one: &Element| {
            if one.is(generation.namespace(), "RequestSecurityTokenResponse") {
                Self::read(one, generation)
            } else {
                Err(ResponseFlaw::NotAResponse)
            }
        };
        if body.local() != "RequestSecurityTokenResponseCollection" {
            return Ok(vec![single(body)?]);
        }
        let all: Vec<Self> = body.elements().map(|one| single(&one)).collect::<Result<_, _>>()?;
        if all.is_empty() { Err(ResponseFlaw::NotAResponse) } else { Ok(all) }
    }

    fn read(of: &Element, generation: Generation) -> Result<Self, ResponseFlaw> {
        let child = |local: &'static str| {
            of.child(generation.namespace(), local).map_err(|_| ResponseFlaw::Repeated(local))
        };
        let wrapper = child("RequestedSecurityToken")?.ok_or(ResponseFlaw::NotOneToken)?;
        let mut tokens = wrapper.elements();
        let (Some(token), None) = (tokens.next(), tokens.next()) else {
            return Err(ResponseFlaw::NotOneToken);
        };
        let mut applies_to = None;
        for scope in of.elements() {
            let Some(policy) = AppliesTo::namespace(&scope) else { continue };
            if applies_to.replace(AppliesTo::read(&scope, policy)?).is_some() {
                return Err(ResponseFlaw::Repeated("AppliesTo"));
            }
        }
        let lifetime = child("Lifetime")?.map(|of| Lifetime::read(&of)).transpose()?;
        Ok(Self {
            generation,
            context: of.attribute("Context").map(str::to_owned),
            token_type: child("TokenType")?.map(|of| of.text().trim().to_owned()),
            token,
            applies_to,
            lifetime,
            has_proof: child("RequestedProofToken")?.is_some(),
        })
    }
}
