//! SHA-1, where a record allows it and only there.

use crate::forge::{Forge, TIMESTAMP, by_id, wrapped};
use crate::support::{DEMANDS, OURS, secret, symmetric_with};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use symbolon_keys::MacAlgorithm;
use symbolon_soap::{Answer, Demands, Flaw, Opener, SecurityFlaw, Step, Target};
use symbolon_xml::{C14n, Document, EVERYTHING, Limits, Tree};
use symbolon_xmlsec::{Budget, Until};

/// Signed with HMAC-SHA1 under `ek`, as old WSS4J does.
fn old() -> String {
    let key = secret(1);
    let info = "<ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>\
        <ds:SignatureMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#hmac-sha1\"/>\
        <ds:Reference URI=\"#body\"><ds:Transforms><ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>\
        </ds:Transforms><ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>\
        <ds:DigestValue>DIGEST</ds:DigestValue></ds:Reference></ds:SignedInfo>";
    let mut message = Forge::new(&[TIMESTAMP, &wrapped("ek", OURS, &key, &[])]);
    let canonical = |message: &Forge, local: &str| {
        let root = Document::parse(message.text().as_bytes(), &Limits::MESSAGE).unwrap();
        let tree = Tree::new(root.clone()).unwrap();
        let element = root.descendants().find(|element| element.local() == local).unwrap();
        tree.view(EVERYTHING).canonicalize(&element, &C14n::exclusive(), None, 1 << 20).unwrap()
    };
    let digest = STANDARD.encode(symbolon_keys::sha256(&canonical(&message, "Body")));
    let info = info.replace("DIGEST", &digest);
    let signature = |value: &str| {
        format!(
            "<ds:Signature>{info}<ds:SignatureValue>{value}</ds:SignatureValue>\
             <ds:KeyInfo>{}</ds:KeyInfo></ds:Signature>",
            by_id("ek")
        )
    };
    message.security.push(signature(""));
    let octets = canonical(&message, "SignedInfo");
    let value = STANDARD.encode(key.mac(MacAlgorithm::HmacSha1, &octets));
    *message.security.last_mut().unwrap() = signature(&value);
    message.text()
}

#[test]
fn sha1_counts_until_a_record_says_so_and_never_without() {
    let demands = Demands { signed: &[Target::Body], encrypted: &[], ..DEMANDS };
    let open = |answer: Answer| {
        let opener = Opener::new(old().as_bytes(), &symmetric_with(demands), Budget::MESSAGE);
        let Ok(Step::Need(mut opener, needs)) = opener.unwrap().step() else { panic!("no need") };
        opener.supply(needs[0].id, answer).unwrap();
        opener.step().map_err(|unopened| unopened.flaw)
    };
    let answer = || Answer::key(secret(1));
    assert!(open(answer().allowing_sha1(Until { end: 2, now: 1 })).is_ok());
    for answer in [answer(), answer().allowing_sha1(Until { end: 1, now: 1 })] {
        let unsupported = SecurityFlaw::Protection(symbolon_xmlsec::Flaw::Unsupported);
        let hidden = SecurityFlaw::FailedCheck(Box::new(unsupported.into()));
        assert_eq!(open(answer).err(), Some(Flaw::Security(hidden)));
    }
}
