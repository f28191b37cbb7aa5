//! Answers: protected with the key that signed the whole request, opened by who sent it.

use crate::asymmetric::certified;
use crate::forge::{Forge, Pen, Session, TIMESTAMP, by_id, certificate};
use crate::support::{
    BODY, DEMANDS, OURS, REQUEST, Receiver, Refused, SENDER, SENDER_RSA, SIGNED_ONLY, STAMP,
    STRANGER, SYMMETRIC, behind, sealed, signed, symmetric_with, text, with,
};
use symbolon_keys::{SecretKey, SoftwareDecryptionKey};
use symbolon_soap::{
    Conversation, Demands, Fault, FaultCode, Flaw, Held, Keys, Opened, Protection, ReceivedFault,
    Reply, SealFlaw, Sealed, SecretName, SecurityFlaw, Sent, Step, Target,
};
use symbolon_testkit::{KnownKey, Seeded, ready};
use symbolon_xmlsec::Budget;

const REPLY: Reply<'static> = Reply {
    action: "urn:answer",
    body: b"<t:Answer xmlns:t=\"urn:t\">a token</t:Answer>",
    timestamp: Some(STAMP),
};
const ANSWERS: Demands = Demands {
    signed: &[Target::Body, Target::Timestamp],
    encrypted: &[Target::Body, Target::Confirmation],
    ..DEMANDS
};

/// The receiver of the answer: who sent the request.
fn requestor(sent: &Sent) -> Receiver {
    let shared = sent.secret.clone().unwrap();
    let SecretName::Held(held) = shared.name else { panic!("no name of its own") };
    Receiver { held: vec![(held, shared.key)], ..Receiver::default() }
}

fn exchange() -> (Sealed, Opened) {
    let sealed = sealed(&REQUEST, &with(Keys::Wrapped(&OURS.certificate())));
    let opened = Receiver::default().open(&sealed.octets, &SYMMETRIC).unwrap();
    (sealed, opened)
}

#[test]
fn an_answer_opens_with_the_request_s_secret_and_confirms_its_signature() {
    let (request, opened) = exchange();
    assert!(opened.sealer.protects());
    let answer = signed(opened.sealer.protect(&REPLY, None, &Seeded::new(9)));
    assert!(!text(&answer.octets).contains("a token"));
    assert!(!text(&answer.octets).contains("mustUnderstand"));
    let mut requestor = requestor(&request.sent);
    let opened = requestor.open(&answer.octets, &symmetric_with(ANSWERS)).unwrap();
    assert_eq!(requestor.asked, [["held"]]);
    assert_eq!(opened.body.source().as_bytes(), REPLY.body);
    assert_eq!(opened.addressing.relates_to.as_deref(), Some(REQUEST.message_id));
    assert_eq!(opened.check_confirmations(&request.sent.signatures), Ok(()));
}

/// An answer to somebody else's request, or to an altered one.
#[test]
fn confirmations_of_other_signatures_are_refused() {
    let (request, opened) = exchange();
    let answer = signed(opened.sealer.protect(&REPLY, None, &Seeded::new(9)));
    let opened = requestor(&request.sent).open(&answer.octets, &symmetric_with(ANSWERS)).unwrap();
    let sent = &request.sent.signatures;
    let mut altered = sent.clone();
    altered[0][0] ^= 1;
    for others in
        [Vec::new(), altered, [sent.clone(), sent.clone()].concat(), vec![sent[0].clone(), vec![1]]]
    {
        assert_eq!(opened.check_confirmations(&others), Err(SecurityFlaw::Confirmation));
    }
}

#[test]
fn an_unsigned_confirmation_is_refused() {
    let session = Session::new(1);
    for (confirmation, signed) in [
        ("<k:SignatureConfirmation u:Id=\"sc\"/>", true),
        ("<k:SignatureConfirmation u:Id=\"sc\"/>", false),
        ("<k:SignatureConfirmation u:Id=\"sc\" Value=\"AAAA\"/>", false),
    ] {
        let mut message = session.message();
        message.security.truncate(4);
        message.security.push(confirmation.to_owned());
        let ids: &[&str] = if signed { &["body", "ts", "sc"] } else { &["body", "ts"] };
        message.sign(ids, &Pen::Mac(&session.signing), &by_id("d1"), "sig");
        let demands = Demands { encrypted: &[], ..ANSWERS };
        let opened = Receiver::default().open(message.text(), &symmetric_with(demands));
        if signed {
            assert_eq!(opened.unwrap().check_confirmations(&[]), Ok(()));
        } else {
            assert_eq!(behind(opened), SecurityFlaw::Unsigned(Target::Confirmation).into());
        }
    }
    let many = "<k:SignatureConfirmation/>".repeat(33);
    let refused = Receiver::default().open(Forge::new(&[TIMESTAMP, &many]).text(), &SYMMETRIC);
    assert_eq!(refused.err(), Some(Refused::Flaw(SecurityFlaw::TooMuch.into())));
    for bad in [
        "<k:SignatureConfirmation Value=\"?\"/>",
        "<k:SignatureConfirmation>x</k:SignatureConfirmation>",
    ] {
        let message = Forge::new(&[TIMESTAMP, bad]).text();
        let refused = Receiver::default().open(message, &SYMMETRIC);
        assert!(matches!(refused, Err(Refused::Flaw(Flaw::Security(SecurityFlaw::Unexpected(_))))));
    }
}

/// New keys each way: nothing that the request was encrypted with encrypts the answer.
#[test]
fn an_answer_derives_keys_of_its_own() {
    let (request, opened) = exchange();
    let answer = signed(opened.sealer.protect(&REPLY, None, &Seeded::new(9)));
    let nonces = |octets: &[u8]| -> Vec<String> {
        let text = text(octets);
        text.split("<c:Nonce>").skip(1).map(|rest| rest[..24].to_owned()).collect()
    };
    let (asked, answered) = (nonces(&request.octets), nonces(&answer.octets));
    assert_eq!((asked.len(), answered.len()), (2, 2));
    assert!(asked.iter().all(|nonce| !answered.contains(nonce)));
}

#[test]
fn an_answer_is_in_the_conversation_of_its_request() {
    let ours = OURS.certificate();
    let conversation = Conversation::V2005;
    let request = sealed(&REQUEST, &Protection { conversation, ..with(Keys::Wrapped(&ours)) });
    let opened = Receiver::default().open(&request.octets, &SYMMETRIC).unwrap();
    let answer = signed(opened.sealer.protect(&REPLY, None, &Seeded::new(9)));
    assert!(text(&answer.octets).contains("http://schemas.xmlsoap.org/ws/2005/02/sc"));
    assert!(!text(&answer.octets).contains("ws-secureconversation/200512"));
    assert!(requestor(&request.sent).open(&answer.octets, &symmetric_with(ANSWERS)).is_ok());
}

#[test]
fn a_fault_is_protected_like_an_answer() {
    for version in [symbolon_soap::SoapVersion::V11, symbolon_soap::SoapVersion::V12] {
        let asked = symbolon_soap::Request { version, ..REQUEST };
        let request = sealed(&asked, &with(Keys::Wrapped(&OURS.certificate())));
        let opened = Receiver::default().open(&request.octets, &SYMMETRIC).unwrap();
        let fault = Fault::new(FaultCode::Sender, "No").with_request_id("r-1");
        let sealing = opened.sealer.protect_fault(&fault, Some(STAMP), None, &Seeded::new(9));
        let answer = signed(sealing);
        let opened =
            requestor(&request.sent).open(&answer.octets, &symmetric_with(ANSWERS)).unwrap();
        let read = ReceivedFault::read(&opened.body).unwrap();
        assert_eq!((read.reason.as_str(), read.request_id.as_deref()), ("No", Some("r-1")));
    }
}

/// Trap 16.
#[test]
fn an_answer_is_encrypted_to_the_certificate_that_signed() {
    // Another certificate stands first, and one that signed less.
    let mut message = Forge::new(&[
        TIMESTAMP,
        &certificate("first", OURS),
        &certificate("cert", SENDER_RSA),
        &certificate("less", STRANGER),
    ]);
    message.sign(&["ts"], &Pen::Key(STRANGER), &by_id("less"), "less-sig");
    message.sign(&["body", "ts", "to"], &Pen::Key(SENDER_RSA), &by_id("cert"), "sig");
    let opened = Receiver::default().open(message.text(), &SIGNED_ONLY).unwrap();
    let ours = OURS.certificate();
    let own = Some(certified(&ours, OURS));
    let answer = signed(opened.sealer.protect(&REPLY, own, &Seeded::new(9)));
    let opened = opened_by(SENDER_RSA, &answer.octets).unwrap();
    assert_eq!(opened.body.source().as_bytes(), REPLY.body);
    assert_eq!(opened.confirmations.len(), 2); // of every signature, whatever it proves
    for other in [OURS, SENDER] {
        assert!(opened_by(other, &answer.octets).is_err());
    }
}

/// Opens an answer with another private key than ours.
fn opened_by(key: KnownKey, octets: &[u8]) -> Result<Opened, Flaw> {
    let demands = Demands { encrypted: &[Target::Body], ..ANSWERS };
    let policy = crate::support::asymmetric_with(demands);
    let private = SoftwareDecryptionKey::from_pkcs8_pem(key.private_pem).unwrap();
    let mut opener = symbolon_soap::Opener::new(octets, &policy, Budget::MESSAGE).unwrap();
    loop {
        match opener.step() {
            Ok(Step::Opened(opened)) => return Ok(*opened),
            Ok(Step::Need(next, needs)) => {
                opener = next;
                for need in needs {
                    let symbolon_soap::What::Wrapped(wrapped) = need.what else {
                        panic!("{:?}", need.what)
                    };
                    let key = ready(wrapped.key.unwrap(&private, wrapped.octets, &Seeded::new(2)));
                    opener.supply(need.id, symbolon_soap::Answer::key(key.unwrap())).unwrap();
                }
            }
            Err(unopened) => return Err(unopened.flaw),
        }
    }
}

#[test]
fn an_answer_without_a_key_is_not_protected() {
    let opened = Receiver::default().open(crate::asymmetric::good().text(), &SIGNED_ONLY).unwrap();
    let sealer = opened.sealer;
    assert!(sealer.protects());
    // It was signed by a private key, so ours must sign.
    let sealing = sealer.clone().protect(&REPLY, None, &Seeded::new(9));
    assert_eq!(sealing.err(), Some(SealFlaw::NoKey));
    let plain = symbolon_soap::Sealer::plain(symbolon_soap::SoapVersion::V12, None);
    assert!(!plain.protects());
    assert_eq!(plain.protect(&REPLY, None, &Seeded::new(9)).err(), Some(SealFlaw::NoKey));
    // In plain it can always be answered: who is not authenticated gets no key's work.
    assert!(text(&sealer.seal(&REPLY).unwrap()).contains("a token"));
}

#[test]
fn a_context_s_answer_is_under_the_context() {
    let key = SecretKey::generate(32, &Seeded::new(6)).unwrap();
    let held = Held::Context { id: "urn:ctx".to_owned(), instance: Some("2".to_owned()) };
    let shared =
        symbolon_soap::NamedSecret { key: key.clone(), name: SecretName::Held(held.clone()) };
    let request = sealed(&REQUEST, &with(Keys::Shared(&shared)));
    let both = || Receiver { held: vec![(held.clone(), key.clone())], ..Receiver::default() };
    let opened = both().open(&request.octets, &SYMMETRIC).unwrap();
    assert_eq!(opened.body.source().as_bytes(), BODY);
    let answer = signed(opened.sealer.protect(&REPLY, None, &Seeded::new(9)));
    assert!(both().open(&answer.octets, &symmetric_with(ANSWERS)).is_ok());
}

#[test]
fn what_a_body_cannot_hold_is_not_sealed() {
    let ours = OURS.certificate();
    let protect = |request: &symbolon_soap::Request<'_>| {
        request.protect(&with(Keys::Wrapped(&ours)), &Seeded::new(1)).err()
    };
    let torn = symbolon_soap::Request { body: b"<x>", ..REQUEST };
    assert!(matches!(protect(&torn), Some(SealFlaw::Content(_))));
    let twice = symbolon_soap::Request { body: b"<x Id=\"m-body\"></x>", ..REQUEST };
    assert!(matches!(protect(&twice), Some(SealFlaw::Content(_))));
    let nul = symbolon_soap::Request { action: "urn:\u{0}", ..REQUEST };
    assert!(matches!(protect(&nul), Some(SealFlaw::Unwritable(_))));
}

#[test]
fn secrets_do_not_show_themselves() {
    let (request, opened) = exchange();
    let shown = format!("{request:?} {opened:?}");
    let secret = request.sent.secret.unwrap();
    let octets = format!("{:?}", secret.key.octets());
    assert!(!shown.contains(&octets[1..20]));
}
