//! Key agreement: ECDH-ES, from which ConcatKDF derives the key that another is wrapped under.
//!
//! In:  an `xenc:AgreementMethod`; later a private key on the sender's curve.
//! Out: a key-encryption key.
//! Never: Diffie-Hellman over integers, X25519, or another derivation (PBKDF2, HKDF); a derived key that is no key of AES.
//!
//! XML Encryption 1.1 §5.4.1, §5.6; SP 800-56A §5.8.1, §6.2.2.1.

use symbolon_keys::{
    Curve, DecryptionKey, Digest, KeyWrap, NoRandomness, PublicKey, Random, SecretKey, concat_kdf,
};
use symbolon_xml::Element;

use super::algorithm::{CONCAT_KDF, ECDH_ES, ENCRYPTION_11, ENCRYPTION_NAMESPACE, digest};
use super::key::held_key;
use super::parts::{algorithm, algorithm_alone};
use crate::shape::{children, expect_in};
use crate::{Accepts, Flaw, KeyInfo, NAMESPACE};

/// Octets of one parameter of ConcatKDF.
// LIMIT: identifiers of algorithms and parties; they are hashed once or twice.
const MOST_OCTETS: usize = 512;
/// The parameters, in the order in which they are hashed.
const PARAMETERS: [&str; 5] =
    ["AlgorithmID", "PartyUInfo", "PartyVInfo", "SuppPubInfo", "SuppPrivInfo"];

/// Both sides' keys, and how a key comes from them.
#[derive(Debug, Clone)]
pub(super) struct Agreement {
    originator: Originator,
    recipient: Option<Element>,
    digest: Digest,
    other_info: Vec<u8>,
}

/// The sender's key.
#[derive(Debug, Clone)]
enum Originator {
    Sent(PublicKey),
    Named(Option<Element>),
    Known(PublicKey),
}

/// Whether a KeyInfo says that its key is agreed on.
pub(super) fn has_agreement(key_info: &Element) -> bool {
    key_info.elements().any(|child| child.is(ENCRYPTION_NAMESPACE, "AgreementMethod"))
}

/// The AgreementMethod in a KeyInfo, which is alone there if it is there.
pub(super) fn agreement_method(key_info: &Element) -> Result<Option<Element>, Flaw> {
    if has_agreement(key_info) { only(key_info).map(Some) } else { Ok(None) }
}

/// The one child element.
fn only(of: &Element) -> Result<Element, Flaw> {
    let mut inside = children(of)?;
    let only = inside.required()?;
    inside.end()?;
    Ok(only)
}

impl Agreement {
    pub(super) fn parse(element: &Element, accepts: &Accepts) -> Result<Self, Flaw> {
        if algorithm(element, ENCRYPTION_NAMESPACE, "AgreementMethod")? != ECDH_ES {
            return Err(Flaw::Unsupported);
        }
        let mut inside = children(element)?;
        let derivation = inside.optional(ENCRYPTION_11, "KeyDerivationMethod");
        let originator = inside.optional(ENCRYPTION_NAMESPACE, "OriginatorKeyInfo");
        let recipient = inside.optional(ENCRYPTION_NAMESPACE, "RecipientKeyInfo");
        inside.end()?;
        let (digest, other_info) = derive_by(&derivation.ok_or(Flaw::Unsupported)?, accepts)?;
        let sent = originator.as_ref().map(sent_key).transpose()?.flatten();
        let originator = sent.map_or(Originator::Named(originator), Originator::Sent);
        Ok(Self { originator, recipient, digest, other_info })
    }

    /// The curve of the sender's key, if that key is known.
    pub(super) fn curve(&self) -> Option<Curve> {
        self.originator_key().and_then(|key| key.kind().curve())
    }

    pub(super) fn recipient(&self) -> Option<&Element> {
        self.recipient.as_ref()
    }

    pub(super) fn originator(&self) -> Option<&Element> {
        match &self.originator {
            Originator::Named(hints) => hints.as_ref(),
            Originator::Sent(_) | Originator::Known(_) => None,
        }
    }

    pub(super) fn set_originator(&mut self, key: PublicKey) {
        if !matches!(self.originator, Originator::Sent(_)) {
            self.originator = Originator::Known(key);
        }
    }

    /// The key that the other is wrapped under; if there is no agreement, one that is nobody's.
    pub(super) async fn secret(
        &self,
        key: &dyn DecryptionKey,
        wrap: KeyWrap,
        random: &dyn Random,
    ) -> Result<SecretKey, NoRandomness> {
        let stand_in = SecretKey::generate(wrap.key_octets(), random)?;
        let agreed = match self.originator_key() {
            Some(originator) => key.agree(originator).await.ok(),
            None => None,
        };
        let secret = agreed.unwrap_or_else(|| stand_in.clone());
        // Every length of an AES key can be derived.
        let derived = concat_kdf(self.digest, secret.octets(), &self.other_info, wrap.key_octets());
        Ok(derived.unwrap_or(stand_in))
    }

    fn originator_key(&self) -> Option<&PublicKey> {
        match &self.originator {
            Originator::Sent(key) | Originator::Known(key) => Some(key),
            Originator::Named(_) => None,
        }
    }
}

fn derive_by(method: &Element, accepts: &Accepts) -> Result<(Digest, Vec<u8>), Flaw> {
    if algorithm(method, ENCRYPTION_11, "KeyDerivationMethod")? != CONCAT_KDF {
        return Err(Flaw::Unsupported);
    }
    let parameters = only(method)?;
    expect_in(ENCRYPTION_11, &parameters, "ConcatKDFParams", &PARAMETERS)?;
    let named = only(&parameters)?;
    let digest = digest(algorithm_alone(&named, NAMESPACE, "DigestMethod")?);
    let digest = accepts.digest(digest.ok_or(Flaw::Unsupported)?)?;
    let mut other_info = Vec::new();
    for parameter in PARAMETERS {
        other_info.extend(bits(parameters.attribute(parameter).unwrap_or_default())?);
    }
    Ok((digest, other_info))
}

/// SPEC: XML Encryption 1.1 §5.4.1: a bit string in hexadecimal, whose first octet counts the bits to leave out at the end.
/// Whole octets are all that is taken: no algorithm or party has a name in odd bits.
fn bits(hexadecimal: &str) -> Result<Vec<u8>, Flaw> {
    let digits = hexadecimal.trim_ascii().as_bytes();
    if digits.len() > MOST_OCTETS.saturating_mul(2) {
        return Err(Flaw::Malformed);
    }
    let (pairs, odd) = digits.as_chunks::<2>();
    let octet = |[high, low]: &[u8; 2]| Some(digit(*high)? << 4 | digit(*low)?);
    let octets = pairs.iter().map(octet).collect::<Option<Vec<u8>>>().ok_or(Flaw::Malformed)?;
    match octets.split_first() {
        _ if !odd.is_empty() => Err(Flaw::Malformed),
        None => Ok(Vec::new()),
        Some((0, octets)) => Ok(octets.to_vec()),
        Some(_) => Err(Flaw::Unsupported),
    }
}

fn digit(character: u8) -> Option<u8> {
    char::from(character).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// The sender's key, if the message carries it. It needs no trust: the sender proves nothing by it.
fn sent_key(info: &Element) -> Result<Option<PublicKey>, Flaw> {
    let hints = KeyInfo::read(info)?;
    let mut keys = hints.iter().filter_map(held_key);
    let first = keys.next();
    if keys.any(|other| Some(other) != first) {
        return Err(Flaw::Malformed);
    }
    Ok(first.cloned())
}
