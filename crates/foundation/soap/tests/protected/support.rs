//! A receiver with its keys: it answers what the opener asks. And a sender's pen.

use symbolon_keys::{
    Certificate, PublicKey, SecretKey, SigningKey as _, SoftwareDecryptionKey, sha1,
};
use symbolon_soap::{
    Answer, Binding, CertificateName, Demands, Doubles, Flaw, Held, Keys, Material, Need, Opened,
    Opener, Order, PasswordDerivation, Policy, Presence, Property, Protection, Request, SealFlaw,
    Sealed, Sealing, Secret, SecurityFlaw, SoapVersion, Stamp, Step, Target, UsernamePassword,
    What, Wrapped,
};
use symbolon_testkit::{KnownKey, OTHER_P256, OTHER_RSA, P256, RSA, Seeded, ready};
use symbolon_xml::{Element, Fragment, Limits};
use symbolon_xmlsec::{Accepts, Budget, EncryptedData, EncryptedElement, EncryptedKey};
use zeroize::Zeroizing;

/// The receiver's own key: others wrap for it.
pub(crate) const OURS: KnownKey = RSA;
/// The sender's.
pub(crate) const SENDER: KnownKey = P256;
pub(crate) const SENDER_RSA: KnownKey = OTHER_RSA;
/// Somebody else's.
pub(crate) const STRANGER: KnownKey = OTHER_P256;

pub(crate) const STAMP: Stamp =
    Stamp { created: 1_795_294_054_257, expires: Some(1_795_294_354_257) };
pub(crate) const BODY: &[u8] = b"<t:Ask xmlns:t=\"urn:t\">for a token</t:Ask>";

const SIGNED: &[Target] = &[
    Target::Body,
    Target::Timestamp,
    Target::Header(Property::To),
    Target::Username,
    Target::Assertion,
];

/// Body, timestamp, address and supporting tokens signed; body and password encrypted.
pub(crate) const DEMANDS: Demands = Demands {
    signed: SIGNED,
    encrypted: &[Target::Body, Target::Username],
    order: Order::SignThenEncrypt,
    endorsement: Presence::Optional,
    accepts: Accepts::AUTHENTICATED,
};

pub(crate) const SYMMETRIC: Policy = Policy {
    versions: &[SoapVersion::V12, SoapVersion::V11],
    binding: Binding::Symmetric(DEMANDS),
    username: true,
    assertion: true,
    timestamp: Presence::Required,
    doubles: Doubles::Refused,
    limits: Limits::MESSAGE,
};

pub(crate) const ASYMMETRIC: Policy = Policy {
    binding: Binding::Asymmetric(Demands { encrypted: &[Target::Body], ..DEMANDS }),
    ..SYMMETRIC
};

/// The same, without encryption.
pub(crate) const SIGNED_ONLY: Policy =
    Policy { binding: Binding::Asymmetric(Demands { encrypted: &[], ..DEMANDS }), ..SYMMETRIC };

pub(crate) fn symmetric_with(demands: Demands) -> Policy {
    Policy { binding: Binding::Symmetric(demands), ..SYMMETRIC }
}

pub(crate) fn asymmetric_with(demands: Demands) -> Policy {
    Policy { binding: Binding::Asymmetric(demands), ..SYMMETRIC }
}

/// What a token confirms.
#[derive(Clone)]
pub(crate) enum Confirms {
    Nothing,
    Key(Material),
}

/// Who opens a message, and what he knows.
#[derive(Clone, Default)]
pub(crate) struct Receiver {
    pub(crate) held: Vec<(Held, SecretKey)>,
    pub(crate) partners: Vec<Certificate>,
    /// Names and passwords.
    pub(crate) accounts: Vec<(&'static str, &'static str)>,
    /// Good assertions by their ID.
    pub(crate) tokens: Vec<(&'static str, Confirms)>,
    /// What was asked for, round after round.
    pub(crate) asked: Vec<Vec<&'static str>>,
}

/// Why a message was not opened.
#[derive(Debug, PartialEq)]
pub(crate) enum Refused {
    Flaw(Flaw),
    /// The receiver gave up: a token that is not good, a context that nobody knows.
    Receiver,
}

impl Receiver {
    pub(crate) fn open(
        &mut self,
        message: impl AsRef<[u8]>,
        policy: &Policy,
    ) -> Result<Opened, Refused> {
        self.open_within(message.as_ref(), policy, Budget::MESSAGE)
    }

    pub(crate) fn open_within(
        &mut self,
        message: &[u8],
        policy: &Policy,
        left: Budget,
    ) -> Result<Opened, Refused> {
        let flaw = |unopened: symbolon_soap::Unopened| Refused::Flaw(unopened.flaw);
        let mut opener = Opener::new(message, policy, left).map_err(flaw)?;
        loop {
            match opener.step().map_err(flaw)? {
                Step::Opened(opened) => return Ok(*opened),
                Step::Need(next, needs) => {
                    opener = next;
                    self.asked.push(needs.iter().map(|need| kind_of(&need.what)).collect());
                    for Need { id, what } in needs {
                        let answer = self.answer(&what).ok_or(Refused::Receiver)?;
                        let supplied = opener.supply(id, answer);
                        supplied.map_err(|flaw| Refused::Flaw(flaw.into()))?;
                    }
                }
            }
        }
    }

    fn answer(&self, what: &What) -> Option<Answer> {
        match what {
            What::Wrapped(wrapped) => Some(Answer::key(unwrapped(wrapped))),
            What::Held(held) => {
                let found = self.held.iter().find(|(name, _)| name == held)?;
                Some(Answer::key(found.1.clone()))
            }
            What::Account { name, derivation } => {
                let known = self.accounts.iter().find(|(account, _)| account == name);
                let password = known.map_or("a decoy", |(_, password)| password);
                Some(Answer::key(derived(password, derivation)))
            }
            What::Partner(name) => Some(self.partner(name)),
            What::Token(token) => self.token(token),
        }
    }

    fn partner(&self, name: &CertificateName) -> Answer {
        match self.partners.iter().find(|partner| name.names(partner)) {
            Some(partner) => Answer::certificate(partner.clone()),
            None => Answer::key(STRANGER.public()), // a decoy
        }
    }

    fn token(&self, token: &Element) -> Option<Answer> {
        match token.local() {
            "EncryptedAssertion" => {
                let parsed = EncryptedElement::parse(token, &ACCEPTS, &mut Budget::TOKEN.clone());
                let (parsed, key, random) = (parsed.ok()?, our_key(), Seeded::new(3));
                let plain = parsed.decrypt(&key, &random);
                self.content(ready(plain).ok()?.fragment().ok()?)
            }
            "EncryptedData" => {
                let mut left = Budget::TOKEN;
                let data = EncryptedData::parse(token, &ACCEPTS, &mut left).ok()?;
                let key = data.key_info()?.elements().next()?;
                let key = EncryptedKey::parse(&key, &ACCEPTS, &mut left).ok()?;
                let key = ready(key.unwrap(&our_key(), None, &Seeded::new(3))).ok()?;
                self.content(data.decrypt(&key).fragment().ok()?)
            }
            _ => self.verified(token),
        }
    }

    fn content(&self, content: Fragment) -> Option<Answer> {
        Some(self.verified(&content.element()?)?.with_content(content))
    }

    fn verified(&self, assertion: &Element) -> Option<Answer> {
        let id = assertion.attribute("ID").or(assertion.attribute("AssertionID"))?;
        let (_, confirms) = self.tokens.iter().find(|(known, _)| *known == id)?;
        Some(match confirms {
            Confirms::Nothing => Answer::bearer(),
            Confirms::Key(key) => Answer::key(key.clone()),
        })
    }
}

const ACCEPTS: Accepts = Accepts::AUTHENTICATED;

fn kind_of(what: &What) -> &'static str {
    match what {
        What::Token(_) => "token",
        What::Wrapped(_) => "wrapped",
        What::Held(_) => "held",
        What::Account { .. } => "account",
        What::Partner(_) => "partner",
    }
}

pub(crate) fn our_key() -> SoftwareDecryptionKey {
    SoftwareDecryptionKey::from_pkcs8_pem(OURS.private_pem).unwrap()
}

fn unwrapped(wrapped: &Wrapped) -> SecretKey {
    ready(wrapped.key.unwrap(&our_key(), wrapped.octets, &Seeded::new(2))).unwrap()
}

/// UsernameToken Profile §4.
pub(crate) fn derived(password: &str, by: &PasswordDerivation) -> SecretKey {
    let first = sha1(&[password.as_bytes(), &by.salt].concat());
    let last = (1..by.iterations).fold(first, |key, _| sha1(&key));
    SecretKey::new(Zeroizing::new(last.to_vec()))
}

/// A secret of 32 octets.
pub(crate) fn secret(seed: u64) -> SecretKey {
    SecretKey::generate(32, &Seeded::new(seed)).unwrap()
}

/// A request of alice.
pub(crate) fn request(password: &Secret) -> Request<'_> {
    Request { username: Some(UsernamePassword { name: "alice", password }), ..REQUEST }
}

pub(crate) const REQUEST: Request<'static> = Request {
    version: SoapVersion::V12,
    action: "urn:ask",
    to: "https://sts.example/trust/13/certificate",
    message_id: "urn:uuid:1",
    timestamp: Some(STAMP),
    username: None,
    body: BODY,
};

/// A protection with these keys and nothing else.
pub(crate) const fn with(keys: Keys<'_>) -> Protection<'_> {
    Protection {
        keys,
        assertion: None,
        endorsements: &[],
        conversation: symbolon_soap::Conversation::V13,
    }
}

/// Writes a protected request; whoever must sign does.
pub(crate) fn sealed(request: &Request<'_>, protection: &Protection<'_>) -> Sealed {
    signed(request.protect(protection, &Seeded::new(7)))
}

pub(crate) fn signed(sealing: Result<Sealing, SealFlaw>) -> Sealed {
    let mut sealing = sealing.unwrap();
    loop {
        match sealing {
            Sealing::Sealed(sealed) => return sealed,
            Sealing::Sign(unsigned) => {
                let key = known(unsigned.key()).private();
                let value = ready(key.sign(unsigned.octets())).unwrap();
                sealing = unsigned.sign(&value, &Seeded::new(8)).unwrap();
            }
        }
    }
}

fn known(public: &PublicKey) -> KnownKey {
    let all = [OURS, SENDER, SENDER_RSA, STRANGER];
    all.into_iter().find(|key| key.public() == *public).unwrap()
}

/// Of something that was written in one line.
pub(crate) fn text(octets: &[u8]) -> String {
    String::from_utf8(octets.to_vec()).unwrap()
}

/// What was wrong, behind a key.
pub(crate) fn behind(refused: Result<Opened, Refused>) -> Flaw {
    match refused {
        Err(Refused::Flaw(Flaw::Security(SecurityFlaw::FailedCheck(inner)))) => *inner,
        other => panic!("not a failed check: {:?}", other.err()),
    }
}

/// What was wrong, in the open.
pub(crate) fn flaw(refused: Result<Opened, Refused>) -> SecurityFlaw {
    match refused {
        Err(Refused::Flaw(Flaw::Security(flaw))) => flaw,
        other => panic!("not a flaw of the security header: {:?}", other.err()),
    }
}
