//! The parts that a message's opener works with: a key for several contents, each grafted in its place.

use symbolon_keys::{ContentCipher, KeyWrap, SecretKey, SystemRandom};
use symbolon_xml::{EVERYTHING, Element, QName, Shape, Tree, Writer};
use symbolon_xmlsec::{
    Accepts, Budget, EncryptedData, EncryptedKey, Flaw, Naming, SealedData, SealedKey,
    SharedSecret, Transport, UnwrappedBy,
};

use crate::support::{ASSERTION, ENCRYPTED, HERE, P256, RSA, changed, first, now, parse, secret};

const MESSAGE: QName = QName::new("m", "urn:example:message", "Message");
const HEADER: QName = QName::new("m", "urn:example:message", "Header");
const BODY: QName = QName::new("m", "urn:example:message", "Body");

/// A message whose header has an element that is encrypted, and whose body has encrypted content.
fn message(sealed: &SealedKey, key: &SecretKey, cipher: ContentCipher) -> String {
    let random = &SystemRandom;
    let content = b"text <m:Claim xmlns:m=\"urn:example:message\" Id=\"c\">42</m:Claim> text";
    let content = SealedData::new(content, Shape::Content, cipher, key, random).unwrap();
    let element =
        SealedData::new(ASSERTION.as_bytes(), Shape::Element, cipher, key, random).unwrap();
    let mut out = Writer::new();
    out.start(&MESSAGE).start(&HEADER);
    sealed
        .clone()
        .with_id("EK")
        .with_references(["ED-1", "ED-2"])
        .write(&mut out, Naming::Name("receiver"));
    element.with_id("ED-1").write(&mut out, Naming::Nothing);
    out.end().start(&BODY);
    content.with_id("ED-2").write(&mut out, Naming::Nothing);
    out.end().end();
    String::from_utf8(out.finish().unwrap()).unwrap()
}

/// The EncryptedKey, and the contents in the order of its list.
fn read(text: &str) -> Result<(Tree, EncryptedKey, Vec<EncryptedData>), Flaw> {
    let root = parse(text);
    let (tree, mut left) = (Tree::new(root.clone()).unwrap(), Budget::MESSAGE);
    let accepts = Accepts::AUTHENTICATED.and_cbc();
    let key = EncryptedKey::parse(&first(&root, "EncryptedKey"), &accepts, &mut left)?;
    let data = |id: &String| {
        let element = tree.view(HERE).id(id).unwrap();
        EncryptedData::parse(&element, &accepts, &mut left)
    };
    let contents = key.references().iter().map(data).collect::<Result<_, _>>()?;
    Ok((tree, key, contents))
}

fn decrypted(text: &str, unwrap: impl Fn(&EncryptedKey) -> SecretKey) -> (Tree, Vec<Element>) {
    let (mut tree, key, contents) = read(text).unwrap();
    let key = unwrap(&key);
    let mut elements = Vec::new();
    for data in contents {
        elements.extend(data.decrypt(&key).graft(&mut tree, HERE).unwrap());
    }
    (tree, elements)
}

#[test]
fn a_message_is_decrypted_in_the_order_of_the_list_and_read_in_its_place() {
    let (key, shared) = (secret(32), secret(24));
    let transport = |party: &crate::support::Party| Transport::usual(party.public().kind());
    let random = &SystemRandom;
    for cipher in [ContentCipher::Aes256Gcm, ContentCipher::Aes256Cbc] {
        let for_rsa = SealedKey::to(RSA.public(), &key, &transport(&RSA)).unwrap();
        let for_p256 = SealedKey::to(P256.public(), &key, &transport(&P256)).unwrap();
        let for_shared = SealedKey::under(SharedSecret(&shared), &key).unwrap();
        let texts = [for_rsa, for_p256, for_shared].map(|sealed| message(&sealed, &key, cipher));
        let [rsa, p256, under] = texts.each_ref();
        let trees = [
            decrypted(rsa, |key| now(key.unwrap(&RSA.key, Some(32), random)).unwrap()),
            decrypted(p256, |key| now(key.unwrap(&P256.key, Some(32), random)).unwrap()),
            decrypted(under, |key| key.unwrap_with(&shared, Some(32), random).unwrap()),
        ];
        for (tree, elements) in trees {
            let [assertion, claim] = elements.as_slice() else { panic!("{elements:?}") };
            assert_eq!((assertion.local(), claim.local()), ("Assertion", "Claim"));
            let (before, after) = (tree.view(HERE), tree.view(EVERYTHING));
            assert!(before.id("c").is_none() && after.id("c").unwrap().same(claim));
            let body = tree.root().child(MESSAGE.namespace, "Body").unwrap().unwrap();
            assert_eq!(after.text(&body), "text  text");
            assert!(after.parent(claim).unwrap().same(&body));
        }
    }
}

#[test]
fn what_unwraps_a_key_is_told_before_it_is_unwrapped() {
    let (key, shared) = (secret(32), secret(24));
    let by = |sealed: &SealedKey| {
        let text = message(sealed, &key, ContentCipher::Aes256Gcm);
        read(&text).unwrap().1.unwrapped_by()
    };
    let to = |party: &crate::support::Party| {
        SealedKey::to(party.public(), &key, &Transport::usual(party.public().kind())).unwrap()
    };
    assert_eq!(by(&to(&RSA)), UnwrappedBy::Rsa);
    assert_eq!(by(&to(&P256)), UnwrappedBy::Agreement(P256.public().kind().curve()));
    let under = SealedKey::under(SharedSecret(&shared), &key).unwrap();
    assert_eq!(by(&under), UnwrappedBy::Secret { octets: KeyWrap::Aes192.key_octets() });
}

#[test]
fn what_a_key_says_of_itself_is_read() {
    let key = secret(32);
    let sealed =
        SealedKey::under(SharedSecret(&secret(16)), &key).unwrap().with_recipient("urn:rp");
    let text = message(&sealed, &key, ContentCipher::Aes256Gcm);
    let carried = "</xenc:ReferenceList><xenc:CarriedKeyName> the key </xenc:CarriedKeyName>";
    let (_, read, _) = read(&changed(&text, "</xenc:ReferenceList>", carried)).unwrap();
    assert_eq!((read.id(), read.recipient()), (Some("EK"), Some("urn:rp")));
    assert_eq!(read.references(), ["ED-1", "ED-2"]);
    assert_eq!(read.carried_name(), Some("the key"));
    assert_eq!(read.value(), sealed.value());
    assert_eq!(read.key_info().unwrap().elements().next().unwrap().text(), "receiver");
}

#[test]
fn an_id_that_the_message_has_already_is_a_failure_to_decrypt() {
    let key = secret(32);
    let sealed = SealedKey::under(SharedSecret(&secret(16)), &key).unwrap();
    let text = message(&sealed, &key, ContentCipher::Aes256Gcm);
    let (mut tree, _, contents) = read(&changed(&text, "<m:Body", "<m:Body Id=\"c\"")).unwrap();
    let grafted = contents[1].decrypt(&key).graft(&mut tree, HERE);
    assert_eq!(grafted.map(drop), Err(Flaw::Undecryptable));
    // Nothing of it is there.
    assert!(tree.view(EVERYTHING).id("c").unwrap().is(MESSAGE.namespace, "Body"));
}

#[test]
fn content_is_grafted_once_and_into_its_own_message() {
    let key = secret(32);
    let sealed = SealedKey::under(SharedSecret(&secret(16)), &key).unwrap();
    let text = message(&sealed, &key, ContentCipher::Aes256Gcm);
    let (mut tree, _, contents) = read(&text).unwrap();
    let (mut another, _, _) = read(&text).unwrap();
    let graft = |tree: &mut Tree| contents[0].decrypt(&key).graft(tree, HERE).map(drop);
    assert_eq!(graft(&mut another), Err(Flaw::Undecryptable));
    assert_eq!(graft(&mut tree), Ok(()));
    assert_eq!(graft(&mut tree), Err(Flaw::Undecryptable));
}

#[test]
fn content_takes_the_place_of_what_holds_it() {
    let key = secret(32);
    let plain = b"<m:Header xmlns:m=\"urn:example:message\">secret</m:Header>";
    let random = &SystemRandom;
    let data = SealedData::new(plain, Shape::Element, ContentCipher::Aes256Gcm, &key, random);
    let mut out = Writer::new();
    out.start(&MESSAGE).start(&ENCRYPTED);
    data.unwrap().write(&mut out, Naming::Nothing);
    out.end().end();
    let root = parse(&String::from_utf8(out.finish().unwrap()).unwrap());
    let mut tree = Tree::new(root.clone()).unwrap();
    let holder = root.elements().next().unwrap();
    let data = first(&root, "EncryptedData");
    let data = EncryptedData::parse(&data, &Accepts::AUTHENTICATED, &mut Budget::MESSAGE.clone());
    data.unwrap().decrypt(&key).instead_of(holder).graft(&mut tree, HERE).unwrap();
    let children = tree.view(EVERYTHING).elements(&root);
    let [header] = children.as_slice() else { panic!("{children:?}") };
    assert!(header.is(MESSAGE.namespace, "Header"));
}

#[test]
fn octets_that_are_not_said_to_be_xml_are_octets() {
    let key = secret(32);
    let cipher = ContentCipher::Aes256Gcm;
    let data = SealedData::new(b"\x00\xff", Shape::Content, cipher, &key, &SystemRandom).unwrap();
    let mut out = Writer::new();
    data.write(&mut out, Naming::Nothing);
    let text = String::from_utf8(out.finish().unwrap()).unwrap();
    let read = |text: &str, key: &SecretKey| {
        let accepts = Accepts::AUTHENTICATED;
        let data = EncryptedData::parse(&parse(text), &accepts, &mut Budget::MESSAGE.clone());
        data.unwrap().decrypt(key)
    };
    let untyped = changed(&text, " Type=\"http://www.w3.org/2001/04/xmlenc#Content\"", "");
    assert_eq!(&**read(&untyped, &key).octets().unwrap(), b"\x00\xff");
    assert_eq!(read(&untyped, &secret(32)).octets().err(), Some(Flaw::Undecryptable));
    assert_eq!(read(&untyped, &key).fragment().err(), Some(Flaw::Undecryptable));
    assert_eq!(read(&untyped, &key).tree().err(), Some(Flaw::Undecryptable));
    // And the other way round.
    assert_eq!(read(&text, &key).octets().err(), Some(Flaw::Undecryptable));
}

#[test]
fn content_is_no_token_even_if_it_is_one_element() {
    let key = secret(32);
    let cipher = ContentCipher::Aes256Gcm;
    let tree = |shape| {
        let data = SealedData::new(b"<a></a>", shape, cipher, &key, &SystemRandom).unwrap();
        let mut out = Writer::new();
        data.write(&mut out, Naming::Nothing);
        let root = parse(&String::from_utf8(out.finish().unwrap()).unwrap());
        let left = &mut Budget::MESSAGE.clone();
        let data = EncryptedData::parse(&root, &Accepts::AUTHENTICATED, left).unwrap();
        data.decrypt(&key).tree().map(drop)
    };
    assert_eq!(tree(Shape::Element), Ok(()));
    assert_eq!(tree(Shape::Content), Err(Flaw::Undecryptable));
}
