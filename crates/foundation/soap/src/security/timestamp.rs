//! `wsu:Timestamp`.
//!
//! In:  the element.
//! Out: [`Stamp`], two moments.
//! Never: a comparison with a clock; what is too old or not yet is for whoever has one.
//!
//! WSS SOAP Message Security §10; BSP R3203, R3213 to R3229.

use super::{Part, SecurityFlaw, fill, plain_text};
use crate::names::WSU;
use crate::time;
use symbolon_xml::Element;

/// When a message was made and until when it is good: milliseconds since the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// `wsu:Created`
    pub created: i64,
    /// `wsu:Expires`, not before created.
    pub expires: Option<i64>,
}

impl Stamp {
    pub(crate) fn read(timestamp: &Element) -> Result<Self, SecurityFlaw> {
        let (mut created, mut expires) = (None, None);
        for child in timestamp.elements() {
            if child.is(WSU, "Created") {
                fill(&mut created, moment(&child, Part::Created)?, Part::Created)?;
            } else if child.is(WSU, "Expires") {
                if created.is_none() {
                    return Err(SecurityFlaw::TimestampOrder);
                }
                fill(&mut expires, moment(&child, Part::Expires)?, Part::Expires)?;
            } else {
                return Err(SecurityFlaw::Unexpected(Part::Timestamp));
            }
        }
        let created = created.ok_or(SecurityFlaw::CreatedMissing)?;
        match expires {
            Some(expires) if expires < created => Err(SecurityFlaw::TimestampOrder),
            Some(_) | None => Ok(Self { created, expires }),
        }
    }
}

fn moment(of: &Element, part: Part) -> Result<i64, SecurityFlaw> {
    if of.attribute("ValueType").is_some() {
        return Err(SecurityFlaw::ValueType);
    }
    Ok(time::parse(&plain_text(of, part)?)?)
}
