//! Keys derived from keys, and from passwords.

use crate::forge::{
    Forge, Pen, Session, TIMESTAMP, by_id, derived, derived_token, derived_with, wrapped,
};
use crate::support::{DEMANDS, OURS, Receiver, behind, flaw, secret, symmetric_with};
use symbolon_keys::{SecretKey, p_sha1};
use symbolon_soap::{
    Covers, Demands, PasswordDerivation, Policy, Root, SecurityFlaw, Target, TokenKind,
};
use zeroize::Zeroizing;

fn signed_only() -> Policy {
    symmetric_with(Demands {
        signed: &[Target::Body, Target::Timestamp],
        encrypted: &[],
        ..DEMANDS
    })
}

/// A message signed with `key`, which `tokens` say how to derive from the wrapped `ek`.
fn message(secret: &SecretKey, tokens: &[String], (key, info): (&SecretKey, &str)) -> String {
    let mut message = Forge::new(&[TIMESTAMP, &wrapped("ek", OURS, secret, &[])]);
    message.security.extend(tokens.to_vec());
    message.sign(&["body", "ts"], &Pen::Mac(key), info, "sig");
    message.text()
}

/// Conformance TV-2.
#[test]
fn a_key_is_derived_as_the_known_answer_says() {
    use base64::Engine as _;
    let decode = |text| base64::engine::general_purpose::STANDARD.decode(text).unwrap();
    let secret =
        SecretKey::new(Zeroizing::new(decode("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")));
    let nonce = decode("ZGVmZ2hpamtsbW5vcHFycw==");
    for (how, key) in [
        ("", "rcYrJXcNF0WggaxBb57nA9IqGe/XUF2nYi3bFRzq90A="),
        ("<c:Length>24</c:Length>", "rcYrJXcNF0WggaxBb57nA9IqGe/XUF2n"),
        ("<c:Offset>32</c:Offset>", "UAaeyWkd8D49RwLF27U4gEG4dUjM8Qrut9BI5zQNgtU="),
        ("<c:Generation>1</c:Generation>", "UAaeyWkd8D49RwLF27U4gEG4dUjM8Qrut9BI5zQNgtU="),
        ("<c:Offset>64</c:Offset>", "3Ztx3NGKpEG6VyFIFWifXgYkZ1dqjUCLF93cKmqwuqc="),
    ] {
        let key = SecretKey::new(Zeroizing::new(decode(key)));
        let token = derived_with("d1", &by_id("ek"), &nonce, how);
        let message = message(&secret, &[token], (&key, &by_id("d1")));
        assert!(Receiver::default().open(message, &signed_only()).is_ok(), "{how}");
    }
}

#[test]
fn both_versions_and_a_label_of_one_s_own_are_derived() {
    let base = secret(1);
    let key = p_sha1(base.octets(), &[b"label", b"nonce"], 32).unwrap();
    let token = derived_with("d1", &by_id("ek"), b"nonce", "<c:Label>label</c:Label>");
    let of_2005 = |token: &str| {
        token.replace(
            "<c:DerivedKeyToken",
            "<c:DerivedKeyToken xmlns:c=\"http://schemas.xmlsoap.org/ws/2005/02/sc\"",
        )
    };
    for token in [of_2005(&token), token] {
        let message = message(&base, &[token], (&key, &by_id("d1")));
        assert!(Receiver::default().open(message, &signed_only()).is_ok());
    }
}

/// WS-SecureConversation 1.4 §7.2, as InterSystems sends it.
#[test]
fn a_reference_may_imply_the_derivation() {
    let base = secret(1);
    let implied = |attributes: &str| {
        by_id("ek").replace(
            "<o:SecurityTokenReference",
            &format!("<o:SecurityTokenReference {attributes}"),
        )
    };
    let key = derived(&base, b"nonce");
    let open = |info: &str| {
        let message = message(&base, &[], (&key, info));
        Receiver::default().open(message, &signed_only())
    };
    assert!(open(&implied("c:Nonce=\"bm9uY2U=\"")).is_ok());
    assert!(open(&implied("c:Nonce=\"bm9uY2U=\" c:Length=\"32\"")).is_ok());
    for attributes in ["c:Nonce=\"\"", "c:Nonce=\"?\"", "c:Nonce=\"bm9uY2U=\" c:Length=\"1000\""] {
        assert_eq!(flaw(open(&implied(attributes))), SecurityFlaw::Derivation, "{attributes}");
    }
    // Without its nonce the reference means the base itself, which did not sign.
    let refused = behind(open(&by_id("ek")));
    assert_eq!(refused, SecurityFlaw::Protection(symbolon_xmlsec::Flaw::BadSignature).into());
}

/// Trap 19.
#[test]
fn a_derived_key_of_an_unbounded_length_is_refused_before_anything_is_asked() {
    let long = "A".repeat(400);
    for how in [
        "<c:Length>1099511627776</c:Length>",
        "<c:Length>65</c:Length>",
        "<c:Length>15</c:Length>",
        "<c:Length>0</c:Length>",
        "<c:Length>-1</c:Length>",
        "<c:Length>+32</c:Length>",
        "<c:Length>18446744073709551648</c:Length>",
        "<c:Length/>",
        "<c:Length>3<!-- -->2</c:Length>",
        "<c:Offset>512</c:Offset>",
        "<c:Offset>18446744073709551615</c:Offset>",
        "<c:Generation>16</c:Generation>",
        "<c:Generation>18446744073709551615</c:Generation>",
        "<c:Generation>0</c:Generation><c:Offset>0</c:Offset>",
        "<c:Length>32</c:Length><c:Length>32</c:Length>",
        "<c:Nonce>AAAA</c:Nonce>", // a second one
        "<c:Properties/>",
        "<u:Created/>",
        &format!("<c:Label>{long}</c:Label>"),
    ] {
        assert_eq!(
            flaw_of(&derived_with("d1", &by_id("ek"), b"n", how)),
            SecurityFlaw::Derivation,
            "{how}"
        );
    }
    for nonce in [&b""[..], &[0; 200]] {
        let token = derived_with("d1", &by_id("ek"), nonce, "");
        assert_eq!(flaw_of(&token), SecurityFlaw::Derivation);
    }
    let good = derived_with("d1", &by_id("ek"), b"n", "");
    for (from, to) in [
        ("u:Id", "Algorithm=\"urn:other\" u:Id"),
        (by_id("ek").as_str(), ""), // from the context: there is none
        ("<c:Nonce>bg==</c:Nonce>", ""),
    ] {
        assert_eq!(flaw_of(&good.replace(from, to)), SecurityFlaw::Derivation, "{to}");
    }
}

/// Why a header with this token is refused, when nothing has been asked yet.
fn flaw_of(token: &str) -> SecurityFlaw {
    let message = Forge::new(&[TIMESTAMP, &wrapped("ek", OURS, &secret(1), &[]), token]);
    let mut receiver = Receiver::default();
    let flaw = flaw(receiver.open(message.text(), &signed_only()));
    assert!(receiver.asked.is_empty());
    flaw
}

#[test]
fn a_circle_of_derived_keys_is_refused() {
    let key = secret(9);
    let circle = [derived_token("d1", &by_id("d2"), b"1"), derived_token("d2", &by_id("d1"), b"2")];
    let itself = [derived_token("d1", &by_id("d1"), b"1")];
    for tokens in [&circle[..], &itself[..]] {
        let message = message(&secret(1), tokens, (&key, &by_id("d1")));
        let mut receiver = Receiver::default();
        assert_eq!(flaw(receiver.open(message, &signed_only())), SecurityFlaw::Unavailable);
        assert!(receiver.asked.is_empty());
    }
}

#[test]
fn keys_are_derived_from_derived_keys_a_few_steps_deep() {
    let mut keys = vec![secret(1)];
    let mut tokens = Vec::new();
    for step in 1..=5_usize {
        let base = if step == 1 { "ek".to_owned() } else { format!("d{}", step - 1) };
        tokens.push(derived_token(&format!("d{step}"), &by_id(&base), b"n"));
        keys.push(derived(keys.last().unwrap(), b"n"));
        let info = by_id(&format!("d{step}"));
        let message = message(&keys[0], &tokens, (&keys[step], &info));
        let opened = Receiver::default().open(message, &signed_only());
        assert_eq!(opened.is_ok(), step <= 4, "{step}");
    }
}

#[test]
fn more_keys_than_any_honest_message_has_are_refused() {
    let session = Session::new(1);
    let mut message = Forge::new(&[TIMESTAMP, &wrapped("ek", OURS, &session.secret, &[])]);
    for number in 0..8_u8 {
        let (id, nonce) = (format!("d{number}"), [number]);
        message.security.push(derived_token(&id, &by_id("ek"), &nonce));
        let key = derived(&session.secret, &nonce);
        message.sign(&["body", "ts"], &Pen::Mac(&key), &by_id(&id), &format!("s{number}"));
        let refused = Receiver::default().open(message.text(), &signed_only());
        if number < 7 {
            assert!(refused.is_ok(), "{number}");
        } else {
            assert_eq!(behind(refused), SecurityFlaw::TooMuch.into());
        }
    }
}

const SALT: &str = "AQECAwQFBgcICQoLDA0ODw==";

fn username(how: &str) -> String {
    format!("<o:UsernameToken u:Id=\"ut\"><o:Username>alice</o:Username>{how}</o:UsernameToken>")
}

fn account_key(password: &str) -> SecretKey {
    let salt = vec![1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
    crate::support::derived(password, &PasswordDerivation { salt, iterations: 1000 })
}

/// Conformance TV-4 is what the receiver of these tests derives.
#[test]
fn an_account_s_password_signs_without_being_shown() {
    let expected = [
        0x96, 0x4b, 0xb8, 0xcc, 0x57, 0x42, 0x14, 0x35, 0x56, 0xa9, 0xc4, 0xd1, 0xc4, 0x70, 0x0d,
        0x63, 0x2b, 0xd9, 0x5f, 0xde,
    ];
    assert_eq!(account_key("security").octets(), expected);
    let how = format!("<k:Salt>{SALT}</k:Salt><k:Iteration>1000</k:Iteration>");
    let mut message = Forge::new(&[TIMESTAMP, &username(&how)]);
    let key = account_key("security");
    message.sign(&["body", "ts", "ut"], &Pen::Mac(&key), &by_id("ut"), "sig");
    let mut receiver = Receiver { accounts: vec![("alice", "security")], ..Receiver::default() };
    let opened = receiver.open(message.text(), &signed_only()).unwrap();
    assert_eq!(receiver.asked, [["account"]]);
    let [token] = opened.tokens.as_slice() else { panic!("one token") };
    assert!(matches!(&token.kind, TokenKind::Account(name) if name == "alice"));
    assert_eq!(opened.signatures[0].root, Root::Supplied(token.need.unwrap()));
    assert_eq!(opened.signatures[0].covers, Covers::Request);
    // The wrong password and the unknown account are one refusal.
    let bad = SecurityFlaw::Protection(symbolon_xmlsec::Flaw::BadSignature);
    for accounts in [vec![("alice", "other")], Vec::new()] {
        let mut receiver = Receiver { accounts, ..Receiver::default() };
        assert_eq!(behind(receiver.open(message.text(), &signed_only())), bad.clone().into());
    }
}

/// Trap 19.
#[test]
fn iterations_beyond_bounds_are_refused_before_anything_is_asked() {
    for how in [
        "<k:Salt>AQECAwQFBgcICQoLDA0ODw==</k:Salt><k:Iteration>4000000000</k:Iteration>",
        "<k:Salt>AQECAwQFBgcICQoLDA0ODw==</k:Salt><k:Iteration>999</k:Iteration>",
        "<k:Salt>AQECAwQFBgcICQoLDA0ODw==</k:Salt><k:Iteration>-1</k:Iteration>",
        "<k:Salt>AQE=</k:Salt><k:Iteration>1000</k:Iteration>",
        "<k:Iteration>1000</k:Iteration>",
        "<k:Salt>AQECAwQFBgcICQoLDA0ODw==</k:Salt><o:Password>both</o:Password>",
    ] {
        let mut receiver = Receiver::default();
        let message = Forge::new(&[TIMESTAMP, &username(how)]).text();
        let refused = flaw(receiver.open(message, &signed_only()));
        assert_eq!(refused, SecurityFlaw::DerivedKey, "{how}");
        assert!(receiver.asked.is_empty());
    }
}

/// What it encrypts says nothing of the length of a key that others are derived from.
#[test]
fn keys_of_any_length_are_derived_from() {
    for octets in [16, 24, 32, 64] {
        let base = SecretKey::generate(octets, &symbolon_testkit::Seeded::new(1)).unwrap();
        let session = Session {
            signing: derived(&base, b"nonce one"),
            encrypting: derived(&base, b"nonce two"),
            secret: base,
        };
        let opened = Receiver::default().open(session.good().text(), &crate::support::SYMMETRIC);
        assert!(opened.is_ok(), "{octets}");
    }
}
