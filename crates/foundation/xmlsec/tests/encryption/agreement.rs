//! ECDH-ES: whose key it is agreed with, and what the derivation takes.

use symbolon_keys::{SoftwareDecryptionKey, SystemRandom};
use symbolon_xmlsec::{
    Accepts, Budget, EncryptedData, EncryptedKey, Flaw, KeyHint, KeyInfo, Naming, Recipient,
    UnwrappedBy,
};

use crate::support::{
    ASSERTION, OTHER_P256, P256, P384, changed, encrypted_for, first, now, open, parse, refused,
};

fn text() -> String {
    encrypted_for(&Recipient::named(P256.public(), Naming::Nothing))
}

/// What stands between two tags, with them.
fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    let from = text.find(start).unwrap();
    let to = from + text[from..].find(end).unwrap() + end.len();
    &text[from..to]
}

fn originator(text: &str) -> &str {
    between(text, "<xenc:OriginatorKeyInfo", "</xenc:OriginatorKeyInfo>")
}

#[test]
fn the_interoperability_message_of_the_w3c_opens() {
    let key = SoftwareDecryptionKey::from_pkcs8_pem(include_str!("data/w3c-p256.pem")).unwrap();
    let root = parse(include_str!("data/w3c-p256.xml"));
    let (accepts, mut left) = (Accepts::AUTHENTICATED, Budget::TOKEN);
    let data = EncryptedData::parse(&root, &accepts, &mut left).unwrap();
    let wrapped = EncryptedKey::parse(&first(&root, "EncryptedKey"), &accepts, &mut left).unwrap();
    assert!(wrapped.key_info().unwrap().elements().next().unwrap().local() == "X509Data");
    let unwrapped = now(wrapped.unwrap(&key, Some(16), &SystemRandom)).unwrap();
    let tree = data.decrypt(&unwrapped).tree().unwrap();
    assert_eq!(tree.root().local(), "PurchaseOrder");
}

#[test]
fn a_senders_key_that_the_message_only_names_is_the_callers_to_find() {
    let text = text();
    let info = first(&parse(&text), "OriginatorKeyInfo");
    let hints = KeyInfo::read(&info).unwrap();
    let [KeyHint::Key(sender)] = hints.as_slice() else { panic!("{hints:?}") };
    let name = "<xenc:OriginatorKeyInfo><ds:KeyName>sender</ds:KeyName></xenc:OriginatorKeyInfo>";
    let named = parse(&changed(&text, originator(&text), name));
    let unnamed = parse(&changed(&text, originator(&text), ""));
    for root in [named, unnamed] {
        let (accepts, mut left) = (Accepts::AUTHENTICATED, Budget::TOKEN);
        let data =
            EncryptedData::parse(&first(&root, "EncryptedData"), &accepts, &mut left).unwrap();
        let wrapped = first(&root, "EncryptedKey");
        let wrapped = EncryptedKey::parse(&wrapped, &accepts, &mut left).unwrap();
        assert_eq!(wrapped.unwrapped_by(), UnwrappedBy::Agreement(None));
        let opens = |wrapped: &EncryptedKey| {
            let key = now(wrapped.unwrap(&P256.key, Some(32), &SystemRandom)).unwrap();
            data.decrypt(&key).tree().map(drop)
        };
        assert_eq!(opens(&wrapped), Err(Flaw::Undecryptable));
        assert_eq!(opens(&wrapped.clone().with_originator(sender.clone())), Ok(()));
        let another = OTHER_P256.public().clone();
        assert_eq!(opens(&wrapped.clone().with_originator(another)), Err(Flaw::Undecryptable));
        let another = P384.public().clone();
        assert_eq!(opens(&wrapped.with_originator(another)), Err(Flaw::Undecryptable));
    }
}

#[test]
fn a_senders_key_that_the_message_carries_is_not_replaced() {
    let root = parse(&text());
    let wrapped = first(&root, "EncryptedKey");
    let left = &mut Budget::TOKEN.clone();
    let wrapped = EncryptedKey::parse(&wrapped, &Accepts::AUTHENTICATED, left).unwrap();
    assert!(wrapped.originator().is_none());
    let wrapped = wrapped.with_originator(P384.public().clone());
    assert_eq!(wrapped.unwrapped_by(), UnwrappedBy::Agreement(P256.public().kind().curve()));
}

#[test]
fn a_point_off_the_curve_is_no_key() {
    let text = text();
    let sent = between(&text, "<dsig11:PublicKey>", "</dsig11:PublicKey>");
    let point = format!("<dsig11:PublicKey>BA{}==</dsig11:PublicKey>", "A".repeat(84));
    let text = changed(&text, sent, &point);
    assert_eq!(open(&text, &P256.key), Err(Flaw::Undecryptable));
    let wrapped = EncryptedKey::parse(
        &first(&parse(&text), "EncryptedKey"),
        &Accepts::AUTHENTICATED,
        &mut Budget::TOKEN.clone(),
    );
    assert_eq!(wrapped.unwrap().unwrapped_by(), UnwrappedBy::Agreement(None));
}

#[test]
fn two_different_keys_of_a_sender_are_refused() {
    let (one, other) = (text(), text());
    let key = between(&other, "<ds:KeyValue>", "</ds:KeyValue>");
    let both =
        changed(&one, "</xenc:OriginatorKeyInfo>", &format!("{key}</xenc:OriginatorKeyInfo>"));
    refused(Flaw::Malformed, &both);
    let key = between(&one, "<ds:KeyValue>", "</ds:KeyValue>");
    let twice =
        changed(&one, "</xenc:OriginatorKeyInfo>", &format!("{key}</xenc:OriginatorKeyInfo>"));
    assert_eq!(open(&twice, &P256.key).as_deref(), Ok(ASSERTION));
}

#[test]
fn parameters_of_the_derivation_are_read_as_bit_strings() {
    let text = text();
    let opens = |from: &str, to: &str| open(&changed(&text, from, to), &P256.key);
    // Empty, absent and no bits are the same, and letters of either case.
    assert_eq!(opens(" PartyUInfo=\"00\"", " PartyUInfo=\"\"").as_deref(), Ok(ASSERTION));
    assert_eq!(opens(" PartyUInfo=\"00\"", "").as_deref(), Ok(ASSERTION));
    assert_eq!(opens("2F2F", "2f2f").as_deref(), Ok(ASSERTION));
    assert_eq!(opens(" PartyVInfo=\"00\"", " PartyVInfo=\"0001\""), Err(Flaw::Undecryptable));
    let supplied = " PartyVInfo=\"00\" SuppPubInfo=\"0001\"";
    assert_eq!(opens(" PartyVInfo=\"00\"", supplied), Err(Flaw::Undecryptable));
    let refused = |flaw, to: &str| {
        let to = format!(" PartyUInfo=\"{to}\"");
        refused(flaw, &changed(&text, " PartyUInfo=\"00\"", &to));
    };
    for odd in ["0", "000", "zz", "00 00", "0x00", "00+1", "\u{e9}\u{e9}"] {
        refused(Flaw::Malformed, odd);
    }
    refused(Flaw::Malformed, &"0".repeat(1026));
    // Bits that are no whole octets.
    refused(Flaw::Unsupported, "0180");
    refused(Flaw::Unsupported, "FF");
}
