//! Tokens that are verified outside, plain and encrypted, and the keys that they confirm.

use crate::forge::{
    ASK, ELEMENT, Forge, Pen, Session, TIMESTAMP, by, by_id, data, derived, derived_token, list,
    wrapped,
};
use crate::support::{
    Confirms, DEMANDS, OURS, Receiver, Refused, SENDER, SYMMETRIC, behind, flaw, secret,
    symmetric_with,
};
use symbolon_keys::{ContentCipher::Aes256Gcm, SecretKey};
use symbolon_soap::{
    Answer, Covers, Demands, Material, Opener, Part, Policy, Root, SecurityFlaw, Step, Target,
    TokenKind, What, names,
};
use symbolon_xml::{Shape, Tree};
use symbolon_xmlsec::Budget;

const ASSERTION: &str = "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_a1\">\
     <saml:Issuer>urn:idp</saml:Issuer></saml:Assertion>";
const SIGNED: &[Target] = &[Target::Body, Target::Timestamp, Target::Assertion];

fn policy() -> Policy {
    symmetric_with(Demands { signed: SIGNED, encrypted: &[Target::Assertion], ..DEMANDS })
}

/// An EncryptedData for us, with its key inside.
fn for_us(id: &str) -> String {
    let key = secret(11);
    data(id, ELEMENT, ASSERTION, (Aes256Gcm, &key), &wrapped("tk", OURS, &key, &[]))
}

fn encrypted_assertion() -> String {
    format!(
        "<saml:EncryptedAssertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" u:Id=\"ea\">{}\
         </saml:EncryptedAssertion>",
        for_us("ed")
    )
}

fn holder_of(key: &SecretKey) -> Receiver {
    let confirms = Confirms::Key(Material::Secret(key.clone()));
    Receiver { tokens: vec![("_a1", confirms)], ..Receiver::default() }
}

/// Signed with a key derived from the assertion's, which is referred to by its ID.
fn signed_by_holder(token: &str, covered: &str, key: &SecretKey, token_last: bool) -> Forge {
    let base = by(names::SAML_ID, "_a1");
    let mut message = Forge::new(&[TIMESTAMP, &derived_token("d1", &base, b"n"), token]);
    let signing = derived(key, b"n");
    message.sign(&["body", "ts", covered], &Pen::Mac(&signing), &by_id("d1"), "sig");
    if token_last {
        let token = message.security.remove(2);
        message.security.push(token);
    }
    message
}

/// The sender of a token that is encrypted for us signs what he sees of it.
#[test]
fn an_encrypted_assertion_s_key_signs_the_message() {
    let key = secret(4);
    let (element, bare) = (encrypted_assertion(), for_us("ed"));
    for (token, covered) in [(&element, "ea"), (&element, "ed"), (&bare, "ed")] {
        for token_last in [false, true] {
            let message = signed_by_holder(token, covered, &key, token_last).text();
            let mut receiver = holder_of(&key);
            let demands = Demands { signed: &[Target::Body, Target::Timestamp], ..DEMANDS };
            let opened = receiver.open(&message, &symmetric_with(demands));
            assert!(opened.is_err()); // the body is to be encrypted
            let demands = Demands { encrypted: &[Target::Assertion], ..demands };
            let mut receiver = holder_of(&key);
            let opened = receiver.open(&message, &symmetric_with(demands)).unwrap();
            assert_eq!(receiver.asked, [["token"]]);
            let [token] = opened.tokens.as_slice() else { panic!("one token") };
            assert!(matches!(token.kind, TokenKind::Assertion) && token.confidential);
            assert!(token.element.is(names::SAML20, "Assertion"));
            let root = Root::Supplied(token.need.unwrap());
            assert_eq!(
                (&opened.signatures[0].root, &opened.signatures[0].covers),
                (&root, &Covers::Request)
            );
        }
    }
}

#[test]
fn an_encrypted_token_is_covered_as_it_was_sent() {
    let key = secret(4);
    for (token, covered, is_covered) in [
        (encrypted_assertion(), "ea", true),
        (for_us("ed"), "ed", true),
        (encrypted_assertion(), "to", false),
    ] {
        let message = signed_by_holder(&token, covered, &key, false).text();
        let opened = holder_of(&key).open(&message, &policy());
        if is_covered {
            assert_eq!(opened.unwrap().tokens[0].covered_by.len(), 1);
        } else {
            assert_eq!(behind(opened), SecurityFlaw::Unsigned(Target::Assertion).into());
        }
    }
}

/// Trap 11.
#[test]
fn encrypted_data_that_no_list_names_is_a_token() {
    let message = signed_by_holder(&for_us("ed"), "ed", &secret(4), false).text();
    assert!(holder_of(&secret(4)).open(&message, &policy()).is_ok());
    let takes_none = Policy { assertion: false, ..policy() };
    let refused = flaw(holder_of(&secret(4)).open(&message, &takes_none));
    assert_eq!(refused, SecurityFlaw::Encryption);
    let two = message
        .replace("</o:Security>", &(for_us("ed2").replace("\"tk\"", "\"tk2\"") + "</o:Security>"));
    let refused = flaw(holder_of(&secret(4)).open(&two, &policy()));
    assert_eq!(refused, SecurityFlaw::Repeated(Part::Assertion));
}

/// Trap 12: the id may show when the token is opened; when nothing moves any more, it does not exist.
#[test]
fn a_reference_into_nothing_is_refused_when_nothing_moves() {
    let key = secret(4);
    let mut message = signed_by_holder(&encrypted_assertion(), "ea", &key, false);
    message.security[1] = message.security[1].replace("_a1", "_a2");
    let refused = behind(holder_of(&key).open(message.text(), &policy()));
    assert_eq!(refused, SecurityFlaw::Unavailable.into());
}

/// An assertion under the message's own key, whose key endorses: the longest honest chain.
#[test]
fn an_assertion_encrypted_with_the_message_takes_three_rounds() {
    let (session, key) = (Session::new(1), secret(4));
    let [ek, d1, d2] = session.keys();
    let mut message = Forge::new(&[TIMESTAMP, &ek, &d1, &d2, &list(&["e1", "e3"]), ASSERTION]);
    message.sign(&["body", "ts", "_a1"], &Pen::Mac(&session.signing), &by_id("d1"), "sig");
    message.sign(&["sig"], &Pen::Mac(&key), &by(names::SAML_ID, "_a1"), "endorsing");
    message.encrypt(5, "e1", &session.encrypting, &by_id("d2"));
    message.encrypt_body("e3", &session.encrypting, &by_id("d2"));
    let mut receiver = holder_of(&key);
    let opened = receiver.open(message.text(), &policy()).unwrap();
    assert_eq!(receiver.asked, [["wrapped"], ["token"]]);
    assert_eq!(opened.body.source(), ASK);
    let [primary, endorsing] = opened.signatures.as_slice() else { panic!("two signatures") };
    assert_eq!(endorsing.covers, Covers::Endorses(primary.root.clone()));
    assert_eq!(opened.tokens[0].covered_by, std::slice::from_ref(&primary.root));
}

/// What a bearer's token confirms is no key.
#[test]
fn a_bearer_s_token_signs_nothing() {
    let message = signed_by_holder(ASSERTION, "_a1", &secret(4), false).text();
    let mut receiver = Receiver { tokens: vec![("_a1", Confirms::Nothing)], ..Receiver::default() };
    let demands = Demands { signed: SIGNED, encrypted: &[], ..DEMANDS };
    let refused = flaw(receiver.open(&message, &symmetric_with(demands)));
    assert_eq!(refused, SecurityFlaw::Unavailable);
}

#[test]
fn a_token_that_is_not_good_ends_it() {
    let message = signed_by_holder(ASSERTION, "_a1", &secret(4), false).text();
    let refused = Receiver::default().open(&message, &SYMMETRIC);
    assert_eq!(refused.err(), Some(Refused::Receiver));
}

/// Trap 25, for public keys.
#[test]
fn a_holder_s_key_that_signs_nothing_is_refused() {
    let session = Session::new(1);
    let mut message = session.message();
    message.security[5] = ASSERTION.to_owned();
    message.sign(&["body", "ts", "_a1"], &Pen::Mac(&session.signing), &by_id("d1"), "e2");
    message.security[4] = list(&["e1", "e3"]);
    message.encrypt(5, "e1", &session.encrypting, &by_id("d2"));
    message.encrypt_body("e3", &session.encrypting, &by_id("d2"));
    let confirms = Confirms::Key(Material::Public(SENDER.public()));
    let mut receiver = Receiver { tokens: vec![("_a1", confirms)], ..Receiver::default() };
    let refused = behind(receiver.open(message.text(), &policy()));
    assert_eq!(refused, SecurityFlaw::HolderUnproven.into());
}

/// Trap 24.
#[test]
fn the_same_assertion_in_header_and_body_is_refused() {
    let mut message = Forge::new(&[TIMESTAMP, ASSERTION]);
    message.body = format!("<w>{ASSERTION}</w>");
    let refused = flaw(Receiver::default().open(message.text(), &SYMMETRIC));
    assert_eq!(refused, SecurityFlaw::DuplicateId);
    let mut message = Forge::new(&[TIMESTAMP, &encrypted_assertion()]);
    message.body = format!("<w>{ASSERTION}</w>");
    let refused = holder_of(&secret(4)).open(message.text(), &policy());
    assert!(
        matches!(refused, Err(Refused::Flaw(flaw)) if flaw == failed_check_of(SecurityFlaw::Misplaced))
    );
}

fn failed_check_of(flaw: SecurityFlaw) -> symbolon_soap::Flaw {
    SecurityFlaw::FailedCheck(Box::new(flaw.into())).into()
}

#[test]
fn content_is_answered_for_encrypted_tokens_and_no_others() {
    let opener = |token: &str| {
        let message = Forge::new(&[TIMESTAMP, token]).text();
        let opener = Opener::new(message.as_bytes(), &policy(), Budget::MESSAGE).unwrap();
        let Ok(Step::Need(opener, needs)) = opener.step() else { panic!("no need") };
        (opener, needs.into_iter().next().unwrap())
    };
    let (mut plain, need) = opener(ASSERTION);
    let What::Token(token) = &need.what else { panic!("no token") };
    let child = token.elements().next().unwrap();
    let content = Tree::fragment(&child, b"<x/>", Shape::Element, &symbolon_xml::Limits::TOKEN);
    let answer = Answer::bearer().with_content(content.unwrap());
    assert_eq!(plain.supply(need.id, answer), Err(SecurityFlaw::Misplaced));
    let (mut encrypted, need) = opener(&encrypted_assertion());
    assert_eq!(encrypted.supply(need.id, Answer::bearer()), Err(SecurityFlaw::Misplaced));
}

#[test]
fn a_security_context_s_keys_protect_a_message() {
    use symbolon_soap::Held;
    let key = secret(6);
    let context = |instance: &str| {
        format!(
            "<c:SecurityContextToken u:Id=\"sct\"><c:Identifier>urn:ctx</c:Identifier>{instance}\
             </c:SecurityContextToken>"
        )
    };
    let held = |instance: Option<&str>| Held::Context {
        id: "urn:ctx".to_owned(),
        instance: instance.map(str::to_owned),
    };
    let attached = by_id("sct");
    let unattached = "<o:SecurityTokenReference><o:Reference URI=\"urn:ctx\" \
        ValueType=\"http://docs.oasis-open.org/ws-sx/ws-secureconversation/200512/sct\"/>\
        </o:SecurityTokenReference>";
    let demands = Demands { signed: &[Target::Body, Target::Timestamp], encrypted: &[], ..DEMANDS };
    for (token, base, known) in [
        (context(""), attached.as_str(), held(None)),
        (context("<c:Instance>2</c:Instance>"), &attached, held(Some("2"))),
        (String::new(), unattached, held(None)),
        (context(""), unattached, held(None)),
    ] {
        let mut message = Forge::new(&[TIMESTAMP, &token, &derived_token("d1", base, b"n")]);
        let signing = derived(&key, b"n");
        message.sign(&["body", "ts"], &Pen::Mac(&signing), &by_id("d1"), "sig");
        let mut receiver = Receiver { held: vec![(known, key.clone())], ..Receiver::default() };
        let opened = receiver.open(message.text(), &symmetric_with(demands)).unwrap();
        assert_eq!(receiver.asked, [["held"]]);
        assert_eq!(opened.tokens.len(), usize::from(!token.is_empty()));
        assert!(opened.tokens.iter().all(|token| token.need.is_some()));
        let refused = Receiver::default().open(message.text(), &symmetric_with(demands));
        assert_eq!(refused.err(), Some(Refused::Receiver));
    }
    for token in [
        "<c:SecurityContextToken/>",
        "<c:SecurityContextToken><c:Identifier/></c:SecurityContextToken>",
    ] {
        let refused =
            flaw(Receiver::default().open(Forge::new(&[TIMESTAMP, token]).text(), &SYMMETRIC));
        assert_eq!(refused, SecurityFlaw::Unexpected(Part::Context));
    }
}

/// Each link shows only when the one before it was answered: password, assertion, context.
#[test]
fn more_rounds_than_any_honest_message_takes_are_refused() {
    use symbolon_soap::{Held, PasswordDerivation};
    let (session, of_token, of_context) = (Session::new(1), secret(4), secret(6));
    let salt = vec![1; 16];
    let by_password = PasswordDerivation { salt, iterations: 1000 };
    let of_account = crate::support::derived("clarinet", &by_password);
    let username = "<o:UsernameToken u:Id=\"ut\"><o:Username>alice</o:Username>\
        <k:Salt>AQEBAQEBAQEBAQEBAQEBAQ==</k:Salt><k:Iteration>1000</k:Iteration></o:UsernameToken>";
    let context = "<c:SecurityContextToken u:Id=\"sct\"><c:Identifier>urn:ctx</c:Identifier>\
        </c:SecurityContextToken>";
    let under = |key: &SecretKey, id: &str, base: &str, plain: &str| {
        let hidden = data(id, ELEMENT, plain, (Aes256Gcm, &derived(key, b"n")), &by_id(base));
        [derived_token(base, &by_id(&format!("{base}-of")), b"n"), hidden]
    };
    let open = |links: usize| {
        let [ek, d1, d2] = session.keys();
        let mut message = Forge::new(&[TIMESTAMP, &ek, &d1, &d2]);
        message.sign(&["body", "ts"], &Pen::Mac(&session.signing), &by_id("d1"), "sig");
        let first = data("e1", ELEMENT, username, (Aes256Gcm, &session.encrypting), &by_id("d2"));
        let [token, second] = under(&of_account, "e2", "d3", ASSERTION);
        let [third_token, third] = under(&of_token, "e3", "d4", context);
        let [fourth_token, fourth] = under(&of_context, "e4", "d5", "<o:SecurityTokenReference/>");
        let links = [
            vec![list(&["e1"]), first],
            vec![list(&["e2"]), token.replace("#d3-of", "#ut"), second],
            vec![list(&["e3"]), third_token.replace("#d4-of", "#_a1"), third],
            vec![list(&["e4"]), fourth_token.replace("#d5-of", "#sct"), fourth],
        ]
        .into_iter()
        .take(links);
        message.security.extend(links.flatten());
        let mut receiver = holder_of(&of_token);
        receiver.accounts = vec![("alice", "clarinet")];
        let held = Held::Context { id: "urn:ctx".to_owned(), instance: None };
        receiver.held = vec![(held, of_context.clone())];
        let demands = Demands { signed: &[Target::Body], encrypted: &[], ..DEMANDS };
        let opened = receiver.open(message.text(), &symmetric_with(demands));
        (receiver.asked.concat(), opened)
    };
    let (asked, opened) = open(2);
    assert_eq!(asked, ["wrapped", "account", "token"]);
    assert_eq!(behind(opened), SecurityFlaw::Unauthenticated.into()); // it decrypts, and signs nothing
    let (asked, opened) = open(4);
    assert_eq!(asked, ["wrapped", "account", "token", "held"]);
    assert_eq!(behind(opened), SecurityFlaw::Rounds.into());
}
