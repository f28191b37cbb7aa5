//! How much a stranger can make us do.

use symbolon_keys::ContentCipher;
use symbolon_xmlsec::{
    Accepts, Budget, EncryptedData, EncryptedElement, EncryptedKey, Flaw, Naming, Recipient,
};

use crate::support::{RSA, changed, encrypted_for, encrypted_with, first, parse};

fn text() -> String {
    encrypted_for(&Recipient::named(RSA.public(), Naming::Nothing))
}

#[test]
fn each_wrapped_key_and_each_octet_of_ciphertext_is_taken_from_the_budget() {
    let root = parse(&text());
    let (data, key) = (first(&root, "EncryptedData"), first(&root, "EncryptedKey"));
    let accepts = Accepts::AUTHENTICATED;
    let mut left = Budget { unwraps: 2, decrypted: 1000, ..Budget::MESSAGE };
    let read = EncryptedData::parse(&data, &accepts, &mut left).unwrap();
    assert_eq!(left.decrypted, 1000 - read.value().len());
    for _ in 0..2 {
        EncryptedKey::parse(&key, &accepts, &mut left).unwrap();
    }
    assert_eq!(EncryptedKey::parse(&key, &accepts, &mut left).map(drop), Err(Flaw::TooMuch));
    let few = &mut Budget { decrypted: read.value().len() - 1, ..Budget::MESSAGE };
    assert_eq!(EncryptedData::parse(&data, &accepts, few).map(drop), Err(Flaw::TooMuch));
}

#[test]
fn one_element_takes_one_unwrapping_however_many_keys_came_along() {
    let text = text();
    let start = text.find("<xenc:EncryptedKey").unwrap();
    let end = text.find("</xenc:EncryptedKey>").unwrap() + "</xenc:EncryptedKey>".len();
    let key = &text[start..end];
    let parse = |keys: usize, left: &mut Budget| {
        let root = parse(&changed(&text, key, &key.repeat(keys)));
        EncryptedElement::parse(&root, &Accepts::AUTHENTICATED, left).map(drop)
    };
    let left = &mut Budget { unwraps: 1, ..Budget::MESSAGE };
    assert_eq!(parse(16, left), Ok(()));
    assert_eq!(left.unwraps, 0);
    assert_eq!(parse(1, left), Err(Flaw::TooMuch));
    assert_eq!(parse(0, left), Ok(()));
    assert_eq!(parse(17, &mut Budget::MESSAGE.clone()), Err(Flaw::TooMuch));
}

#[test]
fn a_wrapped_key_longer_than_any_key_makes_is_refused() {
    let text = text();
    let value = text.find("<xenc:CipherValue>").unwrap() + "<xenc:CipherValue>".len();
    let end = text.find("</xenc:CipherValue>").unwrap();
    let refused = |octets: usize| {
        let long = "AAAA".repeat(octets.div_ceil(3));
        let root = parse(&format!("{}{long}{}", &text[..value], &text[end..]));
        let key = first(&root, "EncryptedKey");
        EncryptedKey::parse(&key, &Accepts::AUTHENTICATED, &mut Budget::MESSAGE.clone()).map(drop)
    };
    assert_eq!(refused(1023), Ok(()));
    assert_eq!(refused(1026), Err(Flaw::Malformed));
}

#[test]
fn a_large_element_opens_within_the_budget_of_a_message_and_not_of_a_token() {
    let plain = format!("<a>{}</a>", "x".repeat(60_000));
    let to = Recipient::named(RSA.public(), Naming::Nothing).with_cipher(ContentCipher::Aes128Gcm);
    let root = parse(&encrypted_with(&to, &plain));
    let parse = |mut left: Budget| {
        EncryptedElement::parse(&root, &Accepts::AUTHENTICATED, &mut left).map(drop)
    };
    assert_eq!(parse(Budget::TOKEN), Ok(()));
    let plain = format!("<a>{}</a>", "x".repeat(70_000));
    let root = crate::support::parse(&encrypted_with(&to, &plain));
    let parse = |mut left: Budget| {
        EncryptedElement::parse(&root, &Accepts::AUTHENTICATED, &mut left).map(drop)
    };
    assert_eq!(parse(Budget::TOKEN), Err(Flaw::TooMuch));
    assert_eq!(parse(Budget::MESSAGE), Ok(()));
}
