//! Who receives the messages, and what he knows.
//!
//! In:  what the opener needs.
//! Out: an answer; `None` for a token that does not verify.
//! Never: nobody: who can be guessed is answered by a decoy where nobody has that name.

use symbolon_keys::{PublicKey, SecretKey};
use symbolon_soap::{Answer, CertificateName, What, Wrapped};
use symbolon_testkit::{KnownKey, OTHER_P256, P256, RSA, Seeded, ready};
use symbolon_xml::{EVERYTHING, Element, Tree};
use symbolon_xmlsec::{
    Accepts, Budget, EncryptedElement, EncryptedKey, Expected, Key, KeyHint, KeyInfo, NAMESPACE,
    verify,
};

use crate::keys::{DECRYPTS, PUBLIC, secret};

const SAML20: &str = "urn:oasis:names:tc:SAML:2.0:assertion";

pub(super) fn answer(what: &What) -> Option<Answer> {
    match what {
        What::Token(token) if token.local() == "Assertion" => verified(token),
        What::Token(token) => encrypted(token),
        What::Wrapped(wrapped) => Some(Answer::key(unwrapped(wrapped))),
        What::Held(_) | What::Account { .. } => Some(Answer::key(secret())),
        What::Partner(name) => Some(partner(name)),
    }
}

fn unwrapped(Wrapped { key, octets, .. }: &Wrapped) -> SecretKey {
    unwrap(key, *octets)
}

fn unwrap(key: &EncryptedKey, octets: Option<usize>) -> SecretKey {
    let [rsa, p256] = &*DECRYPTS;
    let by = if key.may_be_for(&P256.public()) { p256 } else { rsa };
    let key = ready(key.unwrap(by, octets, &Seeded::new(2)));
    key.unwrap_or_else(|flaw| panic!("no key: {flaw}"))
}

fn partner(name: &CertificateName) -> Answer {
    let known = [RSA, P256].map(KnownKey::certificate);
    match known.into_iter().find(|certificate| name.names(certificate)) {
        Some(certificate) => Answer::certificate(certificate),
        None => Answer::key(OTHER_P256.public()),
    }
}

fn encrypted(token: &Element) -> Option<Answer> {
    let mut left = Budget::TOKEN;
    let parsed = EncryptedElement::parse(token, &Accepts::AUTHENTICATED, &mut left).ok()?;
    let plain = |key| ready(parsed.decrypt(key, &Seeded::new(3))).ok()?.fragment().ok();
    let content = DECRYPTS.iter().find_map(|key| plain(key))?;
    Some(verified(&content.element()?)?.with_content(content))
}

/// An assertion that its issuer signed; the key in its confirmation, if there is one.
fn verified(assertion: &Element) -> Option<Answer> {
    let signature = assertion.child(NAMESPACE, "Signature").ok()??;
    let tree = Tree::detached(assertion).ok()?;
    let expected = Expected::Exactly(std::slice::from_ref(assertion));
    let holds = |key: &PublicKey| {
        let (key, view, mut left) = (Key::from(key), tree.view(EVERYTHING), Budget::TOKEN);
        verify(view, &signature, &key, expected, None, &mut left).ok()
    };
    let verified = PUBLIC.iter().find_map(holds)?;
    let confirmed = verified.covered().first()?.element().descendants();
    let data = confirmed.into_iter().find(|e| e.is(SAML20, "SubjectConfirmationData"));
    let key_info = data.and_then(|data| data.child(NAMESPACE, "KeyInfo").ok()?);
    let Some(key_info) = key_info else { return Some(Answer::bearer()) };
    match KeyInfo::read(&key_info).ok()?.into_iter().next()? {
        KeyHint::Key(key) => Some(Answer::key(key)),
        KeyHint::Certificate(certificate) => Some(Answer::key(certificate.public_key().clone())),
        KeyHint::EncryptedKey(element) => {
            let mut left = Budget::TOKEN;
            let key = EncryptedKey::parse(&element, &Accepts::AUTHENTICATED, &mut left).ok()?;
            Some(Answer::key(unwrap(&key, None)))
        }
        KeyHint::Name(_)
        | KeyHint::SubjectKeyIdentifier(_)
        | KeyHint::IssuerSerial { .. }
        | KeyHint::Subject(_)
        | KeyHint::CertificateDigest { .. }
        | KeyHint::AgreementMethod(_)
        | KeyHint::Other(_) => None,
    }
}
