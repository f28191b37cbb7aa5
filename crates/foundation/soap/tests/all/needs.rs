//! The opener suspends where a token must be verified outside.

use crate::common::{POLICY, with_security};
use symbolon_keys::{KeyKind, SoftwareKey};
use symbolon_soap::{Flaw, Need, Opener, Part, Policy, SecurityFlaw, Step};
use symbolon_xmlsec::Budget;

const ASSERTION: &str =
    "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_1\"/>";
const TAKES_ASSERTIONS: Policy = Policy { assertion: true, ..POLICY };

fn opener() -> Box<Opener> {
    let message = with_security(ASSERTION);
    Opener::new(message.as_bytes(), &TAKES_ASSERTIONS, Budget::MESSAGE).unwrap()
}

fn asked() -> (Box<Opener>, Need) {
    match opener().step().unwrap() {
        Step::Need(opener, mut needs) => (opener, needs.remove(0)),
        Step::Opened(_) => panic!("no need"),
    }
}

#[test]
fn stepping_over_an_open_need_is_refused() {
    let (opener, _) = asked();
    assert_eq!(opener.step().err().unwrap().flaw, Flaw::Security(SecurityFlaw::Unanswered));
}

#[test]
fn a_need_is_answered_once_and_not_before_it_is_asked() {
    let (mut later, need) = asked();
    assert_eq!(opener().supply(need.id, None), Err(SecurityFlaw::NoSuchNeed));
    assert_eq!(later.supply(need.id, None), Ok(()));
    assert_eq!(later.supply(need.id, None), Err(SecurityFlaw::NoSuchNeed));
    assert!(matches!(later.step(), Ok(Step::Opened(_))));
}

#[test]
fn holder_without_proof_is_refused() {
    use symbolon_keys::SigningKey;
    let (mut opener, need) = asked();
    let (key, _) = SoftwareKey::generate(KeyKind::P256).unwrap();
    opener.supply(need.id, Some(key.public_key().clone())).unwrap();
    let flaw = opener.step().err().unwrap().flaw;
    assert_eq!(flaw, Flaw::Security(SecurityFlaw::HolderUnproven));
}

#[test]
fn two_assertions_are_refused() {
    let two = with_security(&format!("{ASSERTION}{}", ASSERTION.replace("_1", "_2")));
    let unopened = Opener::new(two.as_bytes(), &TAKES_ASSERTIONS, Budget::MESSAGE).err().unwrap();
    assert_eq!(unopened.flaw, Flaw::Security(SecurityFlaw::Repeated(Part::Assertion)));
}
