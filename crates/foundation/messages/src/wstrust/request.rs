//! RequestSecurityToken.
//!
//! In:  the child of a body.
//! Out: [`RequestSecurityToken`]: every parameter at most once, URIs without the white space around them, and a list of
//!      what the request also asks for ([`Part`]), so that nothing asked for is passed over in silence.
//! Never: last one wins; a parameter from SecondaryParameters above the requestor's own.
//!
//! WS-Trust 1.4 §3.1, §4.1, §9.2 (ActAs: §9.1).

mod claims;
mod part;
mod scope;
mod written;

pub use claims::ClaimAsked;
pub use part::Part;
pub use scope::AppliesTo;
pub use written::Request;

use std::borrow::Cow;

use super::names::WST14;
use super::{FaultCode, Generation, KeyType, RequestType};
use symbolon_soap::names::WSU;
use symbolon_soap::time::{self, TimeFlaw};
use symbolon_xml::Element;

/// A request for a token, as sent. Nothing in it is granted.
#[derive(Debug, Clone)]
pub struct RequestSecurityToken {
    /// The generation it is written in; its answer is too.
    pub generation: Generation,
    /// `@Context`, to be repeated byte for byte.
    pub context: Option<String>,
    /// What is asked for.
    pub request_type: RequestType,
    /// The type of token wanted, in the requestor's spelling, which the answer repeats.
    pub token_type: Option<String>,
    /// Whom the token is for.
    pub applies_to: Option<AppliesTo>,
    /// What kind of key it is to confirm; what silence means is the service's to say.
    pub key_type: Option<KeyType>,
    /// The size of that key in bits.
    pub key_size: Option<u32>,
    /// When it is to begin and end.
    pub lifetime: Option<Lifetime>,
    /// The claims wanted, of whatever dialect, in order.
    pub claims: Vec<ClaimAsked>,
    /// The one element inside OnBehalfOf: a token, or a reference to one.
    pub on_behalf_of: Option<Element>,
    /// The one element inside ActAs.
    pub act_as: Option<Element>,
    /// Whether the token is to be renewable.
    pub renewing: Option<Renewing>,
    /// What else is asked for, each once, in order. To be served or refused, not passed over.
    pub also: Vec<Part>,
}

/// Begin and end, milliseconds since the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lifetime {
    /// `wsu:Created`
    pub created: Option<i64>,
    /// `wsu:Expires`, after created.
    pub expires: Option<i64>,
}

/// `wst:Renewing`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Renewing {
    /// `@Allow`: it may be renewed.
    pub allow: bool,
    /// `@OK`: even after it expired.
    pub ok: bool,
}

/// What is wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestFlaw {
    /// Not a RequestSecurityToken of a generation that we speak.
    #[error("not a RequestSecurityToken")]
    NotARequest,
    /// No RequestType, or an empty one.
    #[error("no RequestType")]
    RequestTypeMissing,
    /// A RequestType that WS-Trust has not, or of another generation.
    #[error("unknown RequestType")]
    RequestTypeUnknown,
    /// An element that may stand once stands twice.
    #[error("{0} came twice")]
    Repeated(String),
    /// An element of WS-Trust's own namespace that a request has not.
    #[error("unknown element {0}")]
    Unknown(String),
    /// SecondaryParameters inside SecondaryParameters.
    #[error("nested SecondaryParameters")]
    NestedSecondaryParameters,
    /// An element that should be text, or a URI, or a number, and is not; or is empty.
    #[error("unreadable {0}")]
    Unreadable(&'static str),
    /// A wrapper that should hold exactly one element.
    #[error("{0} is not one element")]
    NotOneElement(&'static str),
    /// Claims in a dialect that we do not read: whether they can be met cannot be said.
    #[error("claims in an unknown dialect")]
    ClaimsDialect,
    /// A time that is none.
    #[error("lifetime: {0}")]
    Time(#[from] TimeFlaw),
    /// The end is not after the beginning.
    #[error("the lifetime ends before it begins")]
    LifetimeRange,
}

impl RequestFlaw {
    /// The code that tells it: WS-Trust 1.4 §11.
    #[must_use]
    pub const fn code(&self) -> FaultCode {
        match self {
            Self::NotARequest
            | Self::RequestTypeUnknown
            | Self::Unknown(_)
            | Self::ClaimsDialect => FaultCode::BadRequest,
            Self::LifetimeRange => FaultCode::InvalidTimeRange,
            Self::RequestTypeMissing
            | Self::Repeated(_)
            | Self::NestedSecondaryParameters
            | Self::Unreadable(_)
            | Self::NotOneElement(_)
            | Self::Time(_) => FaultCode::InvalidRequest,
        }
    }
}

impl RequestSecurityToken {
    /// Reads the child of a body.
    ///
    /// # Errors
    /// [`RequestFlaw`], exactly.
    pub fn parse(body: &Element) -> Result<Self, RequestFlaw> {
        let generation = Generation::of(body.namespace());
        let generation = generation.filter(|_| body.local() == "RequestSecurityToken");
        let generation = generation.ok_or(RequestFlaw::NotARequest)?;
        let mut fields = Fields::default();
        for child in body.elements() {
            fields.take(&child, generation)?;
        }
        fields.finish(generation, body.attribute("Context").map(str::to_owned))
    }
}

/// The children of a request, as they come.
#[derive(Default)]
struct Fields {
    own: Parameters,
    secondary: Option<Parameters>,
    request_type: Option<String>,
    applies_to: Option<AppliesTo>,
    lifetime: Option<Lifetime>,
    on_behalf_of: Option<Element>,
    act_as: Option<Element>,
    renewing: Option<Renewing>,
    also: Vec<Part>,
}

impl Fields {
    fn take(&mut self, child: &Element, generation: Generation) -> Result<(), RequestFlaw> {
        if let Some(policy) = AppliesTo::namespace(child) {
            return fill(&mut self.applies_to, AppliesTo::read(child, policy)?, "AppliesTo");
        }
        if let Some(part) = Part::of_policy(child) {
            return self.note(part, child);
        }
        if child.is(WST14, "ActAs") {
            return fill(&mut self.act_as, only_child(child, "ActAs")?, "ActAs");
        }
        if child.namespace() != generation.namespace() && child.namespace() != WST14 {
            return Ok(()); // SPEC: WS-Trust 1.4 §3.1: open content; what is not ours says nothing to us
        }
        if self.own.take(child, generation)? {
            return Ok(());
        }
        match child.local() {
            "RequestType" => fill(&mut self.request_type, child.text(), "RequestType"),
            "Lifetime" => fill(&mut self.lifetime, Lifetime::read(child)?, "Lifetime"),
            "OnBehalfOf" => {
                fill(&mut self.on_behalf_of, only_child(child, "OnBehalfOf")?, "OnBehalfOf")
            }
            "Renewing" => fill(&mut self.renewing, Renewing::read(child)?, "Renewing"),
            "SecondaryParameters" => {
                let secondary = Parameters::read_secondary(child, generation)?;
                fill(&mut self.secondary, secondary, "SecondaryParameters")
            }
            local => {
                let unknown = || RequestFlaw::Unknown(local.to_owned());
                self.note(Part::of(child, generation).ok_or_else(unknown)?, child)
            }
        }
    }

    fn note(&mut self, part: Part, child: &Element) -> Result<(), RequestFlaw> {
        if self.also.contains(&part) {
            return Err(RequestFlaw::Repeated(child.local().to_owned()));
        }
        self.also.push(part);
        Ok(())
    }

    fn finish(
        self,
        generation: Generation,
        context: Option<String>,
    ) -> Result<RequestSecurityToken, RequestFlaw> {
        let asked = self.request_type.unwrap_or_default();
        let request_type = match asked.trim() {
            "" => Err(RequestFlaw::RequestTypeMissing),
            uri => RequestType::of(generation, uri).ok_or(RequestFlaw::RequestTypeUnknown),
        }?;
        // SECURITY: what the relying party's policy says (secondary) never overrides what the requestor says.
        // Test: secondary_parameters_never_override.
        let (own, secondary) = (self.own, self.secondary.unwrap_or_default());
        Ok(RequestSecurityToken {
            generation,
            context,
            request_type,
            token_type: own.token_type.or(secondary.token_type),
            applies_to: self.applies_to,
            key_type: own.key_type.or(secondary.key_type),
            key_size: own.key_size.or(secondary.key_size),
            lifetime: self.lifetime,
            claims: own.claims.or(secondary.claims).unwrap_or_default(),
            on_behalf_of: self.on_behalf_of,
            act_as: self.act_as,
            renewing: self.renewing,
            also: self.also,
        })
    }
}

/// What may stand in the request and in its SecondaryParameters.
#[derive(Default)]
struct Parameters {
    token_type: Option<String>,
    key_type: Option<KeyType>,
    key_size: Option<u32>,
    claims: Option<Vec<ClaimAsked>>,
}

impl Parameters {
    /// Whether the child was one of them.
    fn take(&mut self, child: &Element, generation: Generation) -> Result<bool, RequestFlaw> {
        if child.namespace() != generation.namespace() {
            return Ok(false);
        }
        match child.local() {
            "TokenType" => {
                fill(&mut self.token_type, uri(child, "TokenType")?.into_owned(), "TokenType")?;
            }
            "KeyType" => {
                let key_type = KeyType::of(generation, &uri(child, "KeyType")?);
                fill(&mut self.key_type, key_type, "KeyType")?;
            }
            "KeySize" => {
                let bits = uri(child, "KeySize")?.parse();
                let bits = bits.map_err(|_| RequestFlaw::Unreadable("KeySize"))?;
                fill(&mut self.key_size, bits, "KeySize")?;
            }
            "Claims" => fill(&mut self.claims, claims::read(child)?, "Claims")?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Whatever else stands there is the relying party's wish, of which we take no notice.
    fn read_secondary(of: &Element, generation: Generation) -> Result<Self, RequestFlaw> {
        let mut parameters = Self::default();
        for child in of.elements() {
            if child.is(generation.namespace(), "SecondaryParameters") {
                return Err(RequestFlaw::NestedSecondaryParameters);
            }
            parameters.take(&child, generation)?;
        }
        Ok(parameters)
    }
}

impl Lifetime {
    pub(super) fn read(of: &Element) -> Result<Self, RequestFlaw> {
        let moment = |local: &'static str| -> Result<Option<i64>, RequestFlaw> {
            let found = of.child(WSU, local);
            match found.map_err(|_| RequestFlaw::Repeated(local.to_owned()))? {
                None => Ok(None),
                Some(at) => Ok(Some(time::parse(&uri(&at, local)?)?)),
            }
        };
        let (created, expires) = (moment("Created")?, moment("Expires")?);
        match (created, expires) {
            (Some(created), Some(expires)) if expires <= created => Err(RequestFlaw::LifetimeRange),
            _ => Ok(Self { created, expires }),
        }
    }
}

impl Renewing {
    // SPEC: WS-Trust 1.4 §5: Allow is true unless said otherwise, OK false.
    fn read(of: &Element) -> Result<Self, RequestFlaw> {
        let flag = |name, otherwise| match of.attribute(name).map(str::trim) {
            None => Ok(otherwise),
            Some("true" | "1") => Ok(true),
            Some("false" | "0") => Ok(false),
            Some(_) => Err(RequestFlaw::Unreadable("Renewing")),
        };
        Ok(Self { allow: flag("Allow", true)?, ok: flag("OK", false)? })
    }
}

/// The text of an element, trimmed; not empty.
fn uri<'e>(of: &'e Element, name: &'static str) -> Result<Cow<'e, str>, RequestFlaw> {
    of.word().ok_or(RequestFlaw::Unreadable(name))
}

fn only_child(of: &Element, name: &'static str) -> Result<Element, RequestFlaw> {
    let mut children = of.elements();
    match (children.next(), children.next()) {
        (Some(only), None) => Ok(only),
        _ => Err(RequestFlaw::NotOneElement(name)),
    }
}

/// Puts a value into its slot, once.
fn fill<T>(slot: &mut Option<T>, value: T, name: &str) -> Result<(), RequestFlaw> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(RequestFlaw::Repeated(name.to_owned())),
    }
}
