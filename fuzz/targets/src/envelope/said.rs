//! What whoever opened a message may believe of it.
//!
//! In:  a message that was opened, and what its endpoint demanded.
//! Out: what was protected, as text; the order of parts, and how often one says the same, mean nothing.
//! Never: what nobody protected: a header that need not be signed may be anybody's.

use std::collections::BTreeSet;

use symbolon_soap::{Addressing, Covers, Demands, Opened, Property, Target, TokenKind};
use symbolon_xml::{C14n, EVERYTHING, Element};
use symbolon_xmlsec::NAMESPACE;

use crate::samples::Said;

pub(super) fn of(opened: &Opened, demands: &Demands) -> Said {
    let mut all = BTreeSet::new();
    for target in demands.signed {
        match target {
            Target::Body => {
                all.insert(format!("body {}", canonical(opened, &opened.body, None)));
            }
            Target::Timestamp => {
                all.insert(format!("{:?}", opened.timestamp));
            }
            Target::Header(property) => all.extend(header(&opened.addressing, *property)),
            // Those that are there are among the tokens, or sign, or say what an earlier message's signatures were.
            Target::Username
            | Target::Assertion
            | Target::OwnToken
            | Target::Confirmation
            | Target::Signature => {}
        }
    }
    for token in &opened.tokens {
        let kind = match &token.kind {
            TokenKind::Username(_) => "username",
            TokenKind::Account(_) => "account",
            TokenKind::Assertion => "assertion",
            TokenKind::Certificate(_) => "certificate",
            TokenKind::Context => "context",
        };
        // An assertion's own signature was verified before anything else of the message counted.
        if matches!(token.kind, TokenKind::Assertion) || !token.covered_by.is_empty() {
            // Not what its own signature is like: white space in it, or a KeyInfo, is no part of what was signed.
            let signature = token.element.child(NAMESPACE, "Signature").ok().flatten();
            let element = canonical(opened, &token.element, signature.as_ref());
            all.insert(format!("{kind} {element}"));
        }
    }
    for signed in &opened.signatures {
        let covers = match signed.covers {
            Covers::Request => "request",
            Covers::Endorses(_) => "endorses",
            Covers::Moment => "moment",
        };
        let properties: BTreeSet<String> =
            signed.properties.iter().map(|property| format!("{property:?}")).collect();
        all.insert(format!("{covers} {:?} {:02x?} {properties:?}", signed.method, signed.value));
    }
    Said(all.into_iter().collect())
}

fn header(addressing: &Addressing, property: Property) -> Option<String> {
    let value = match property {
        Property::To => addressing.to.clone()?,
        Property::Action => addressing.action.clone()?,
        Property::MessageId => addressing.message_id.clone()?,
        Property::RelatesTo => addressing.relates_to.clone()?,
        Property::ReplyTo => format!("{:?}", addressing.reply_to),
        Property::FaultTo => format!("{:?}", addressing.fault_to),
        Property::From => return None, // nobody reads it
    };
    Some(format!("{property:?} {value}"))
}

fn canonical(opened: &Opened, element: &Element, without: Option<&Element>) -> String {
    let view = opened.tree.view(EVERYTHING);
    let octets = view.canonicalize(element, &C14n::exclusive(), without, usize::MAX);
    let octets = octets.unwrap_or_else(|why| panic!("opened, and then: {why}"));
    String::from_utf8_lossy(&octets).into_owned()
}
