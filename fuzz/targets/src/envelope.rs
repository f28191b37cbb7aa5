//! A message that is opened says what its senders protected.
//!
//! In:  octets from anywhere; the fuzzer begins with the samples.
//! Out: nothing; panics where a message is opened that says what no sample says, or whose ids are not unique.
//! Never: an unanswered need: whatever the opener asks for is answered, with a decoy where nobody knows it.
//!
//! WSS SOAP Message Security 1.1.1; WS-SecurityPolicy 1.2 §6 to §8.

mod receiver;
mod said;

use std::collections::HashSet;
use std::sync::LazyLock;

use symbolon_soap::{
    Binding, Demands, Doubles, Flaw, Opened, Opener, Order, Policy, Presence, Property, Sealer,
    SecurityFlaw, SoapVersion, Step, Target, Unopened,
};
use symbolon_xml::{EVERYTHING, Limits};
use symbolon_xmlsec::{Accepts, Budget};

use crate::parser::is_id;
use crate::samples::{SAMPLES, Said};
use crate::strict;

/// Everything that is read of a message where all of it must be signed.
const ALL: &[Target] = match WITH_OWN_TOKEN.split_last() {
    Some((_own_token, rest)) => rest,
    None => &[],
};
/// The same, and the token of the signature's own key, which stands last.
const WITH_OWN_TOKEN: &[Target] = &[
    Target::Body,
    Target::Timestamp,
    Target::Header(Property::To),
    Target::Header(Property::Action),
    Target::Header(Property::MessageId),
    Target::Header(Property::ReplyTo),
    Target::Header(Property::FaultTo),
    Target::Header(Property::From),
    Target::Header(Property::RelatesTo),
    Target::Username,
    Target::Assertion,
    Target::OwnToken,
];

const DEMANDS: Demands = Demands {
    signed: ALL,
    encrypted: &[Target::Body, Target::Username, Target::Signature],
    order: Order::SignThenEncrypt,
    endorsement: Presence::Optional,
    accepts: Accepts::AUTHENTICATED,
};

const SYMMETRIC: Policy = Policy {
    versions: &[SoapVersion::V12, SoapVersion::V11],
    binding: Binding::Symmetric(DEMANDS),
    username: true,
    assertion: true,
    timestamp: Presence::Required,
    doubles: Doubles::Refused,
    limits: Limits::MESSAGE,
};

/// How the messages of an endpoint are protected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shape {
    /// By a secret of both sides; all is signed, then encrypted.
    Symmetric,
    /// The same, and a second key signs the signature.
    SymmetricEndorsed,
    /// By the sender's private key; all is signed.
    Signed,
    /// The same, then encrypted.
    SignedEncrypted,
    /// By TLS; a key signs timestamp and address.
    Endorsed,
}

impl Shape {
    const EVERY: [Self; 5] = [
        Self::Symmetric,
        Self::SymmetricEndorsed,
        Self::Signed,
        Self::SignedEncrypted,
        Self::Endorsed,
    ];

    fn demands(self) -> Demands {
        let asymmetric = Demands { signed: WITH_OWN_TOKEN, ..DEMANDS };
        match self {
            Self::Symmetric => DEMANDS,
            Self::SymmetricEndorsed => Demands { endorsement: Presence::Required, ..DEMANDS },
            Self::Signed => Demands { encrypted: &[], ..asymmetric },
            Self::SignedEncrypted => asymmetric,
            Self::Endorsed => Demands {
                signed: &[Target::Timestamp, Target::Header(Property::To)],
                encrypted: &[],
                endorsement: Presence::Required,
                ..DEMANDS
            },
        }
    }

    fn policy(self) -> Policy {
        let demands = self.demands();
        let binding = match self {
            Self::Symmetric | Self::SymmetricEndorsed => Binding::Symmetric(demands),
            Self::Signed | Self::SignedEncrypted => Binding::Asymmetric(demands),
            Self::Endorsed => Binding::Endorsed(demands),
        };
        Policy { binding, ..SYMMETRIC }
    }
}

/// Opens a message at an endpoint of every shape.
///
/// # Panics
/// Where one opens it that should not, or where a refusal is no message.
pub fn envelope(octets: &[u8]) {
    for shape in Shape::EVERY {
        if let Some(opened) = open(octets, &shape.policy()) {
            unique(&opened);
            let said = said::of(&opened, &shape.demands());
            assert!(SENT.contains(&said), "{shape:?}: nobody has sent {said:?}");
        }
    }
    let transport = Policy { binding: Binding::Transport, ..SYMMETRIC };
    if let Some(opened) = open(octets, &transport) {
        unique(&opened);
        assert!(opened.signatures.is_empty(), "TLS signs nothing");
    }
}

/// What a message says at an endpoint of that shape.
pub(crate) fn read(octets: &[u8], shape: Shape) -> Option<Said> {
    Some(said::of(&open(octets, &shape.policy())?, &shape.demands()))
}

/// All that the samples say, at every endpoint that takes them.
static SENT: LazyLock<HashSet<Said>> = LazyLock::new(|| {
    let read = |octets| Shape::EVERY.map(|shape| read(octets, shape));
    SAMPLES.iter().flat_map(|sample| read(sample.octets())).flatten().collect()
});

fn open(octets: &[u8], policy: &Policy) -> Option<Opened> {
    let mut opener = Opener::new(octets, policy, Budget::MESSAGE).map_err(refused).ok()?;
    loop {
        match opener.step().map_err(refused).ok()? {
            Step::Opened(opened) => return Some(*opened),
            Step::Need(next, needs) => {
                opener = next;
                for need in needs {
                    let Some(answer) = receiver::answer(&need.what) else {
                        plain_fault(opener.into_sealer(), &SecurityFlaw::Unavailable.into());
                        return None;
                    };
                    if opener.supply(need.id, answer).is_err() {
                        return None;
                    }
                }
            }
        }
    }
}

fn refused(Unopened { flaw, sealer }: Unopened) {
    plain_fault(sealer, &flaw);
}

/// A refusal is well-formed, whatever of the message it repeats, and protected by no key of the message.
fn plain_fault(sealer: Sealer, flaw: &Flaw) {
    assert!(!sealer.protects(), "a stranger's fault would be signed");
    let fault = sealer.seal_fault(&flaw.fault());
    let fault = fault.unwrap_or_else(|why| panic!("{flaw:?} cannot be told: {why}"));
    let root = strict::read_any(&fault);
    let root = root.unwrap_or_else(|| panic!("{flaw:?} is told by what is no document"));
    assert_eq!(root.elements().count(), 2, "an envelope of header and body");
}

/// No two attributes that are ids have one value, in all that was decrypted too.
fn unique(opened: &Opened) {
    let view = opened.tree.view(EVERYTHING);
    let mut all = HashSet::new();
    for element in view.descendants(view.root()) {
        for attribute in element.attributes() {
            let is_id = is_id(attribute.namespace, attribute.local) && !attribute.value.is_empty();
            assert!(
                !is_id || all.insert(attribute.value.to_owned()),
                "the id {:?} stands twice",
                attribute.value
            );
        }
    }
}
