//! The shape of what is read: a part that is missing, repeated, strange or in the wrong place is refused.

use symbolon_xmlsec::{Budget, EncryptedElement, Flaw, Naming, Recipient, references};

use crate::support::{BOTH, P256, RSA, changed, encrypted_for, open, parse, read, refused};

fn text() -> String {
    encrypted_for(&Recipient::named(RSA.public(), Naming::Name("receiver")))
}

#[track_caller]
fn refused_change(flaw: Flaw, from: &str, to: &str) {
    refused(flaw, &changed(&text(), from, to));
}

#[test]
fn parts_that_are_missing_repeated_or_moved_are_refused() {
    let text = text();
    let part = |start: &str, end: &str| {
        let from = text.find(start).unwrap();
        text[from..from + text[from..].find(end).unwrap() + end.len()].to_owned()
    };
    let method = part("<xenc:EncryptionMethod", "</xenc:EncryptionMethod>");
    let key = part("<xenc:EncryptedKey>", "</xenc:EncryptedKey>");
    let value = part("<xenc:CipherValue>", "</xenc:CipherValue>");
    let data = part("<xenc:CipherData>", "</xenc:CipherData>");
    let inner = part("<ds:KeyInfo><ds:KeyName>", "</ds:KeyInfo>");
    for (from, to) in [
        (&method, String::new()),
        (&method, method.repeat(2)),
        (&value, String::new()),
        (&value, value.repeat(2)),
        (&data, String::new()),
        (&data, data.repeat(2)),
        (&inner, inner.repeat(2)),
        (&data, format!("{data}{inner}")),
        (
            &inner,
            format!(
                "{inner}<xenc:ReferenceList><xenc:DataReference URI=\"#a\"/></xenc:ReferenceList>"
            ),
        ),
        (
            &data,
            format!(
                "{data}<xenc:CarriedKeyName>n</xenc:CarriedKeyName><xenc:EncryptionProperties/>"
            ),
        ),
        (&data, format!("{data}<xenc:Strange/>")),
    ] {
        refused(Flaw::Malformed, &changed(&text, from, &to));
    }
    // What only a key may have.
    let end = "</xenc:CipherData></xenc:EncryptedData>";
    let list = "<xenc:ReferenceList><xenc:DataReference URI=\"#a\"/></xenc:ReferenceList>";
    let name = "<xenc:CarriedKeyName>n</xenc:CarriedKeyName>";
    for more in [list, name] {
        let to = format!("</xenc:CipherData>{more}</xenc:EncryptedData>");
        refused(Flaw::Malformed, &changed(&text, end, &to));
    }
    // What both may have says nothing.
    let properties =
        "<xenc:EncryptionProperties><xenc:EncryptionProperty/></xenc:EncryptionProperties>";
    let to = format!("</xenc:CipherData>{properties}</xenc:EncryptedData>");
    assert!(open(&changed(&text, end, &to), &RSA.key).is_ok());
    assert!(read(&changed(&text, &key, &key.repeat(2)), BOTH).is_ok());
}

#[test]
fn text_elements_and_attributes_that_are_not_known_are_refused() {
    for name in ["EncryptedData", "EncryptedKey", "EncryptionMethod", "CipherData", "CipherValue"] {
        let start = format!("<xenc:{name}");
        refused_change(Flaw::Malformed, &start, &format!("{start} strange=\"1\""));
    }
    for start in ["<xenc:EncryptionMethod", "<xenc:CipherData>", "<ds:DigestMethod"] {
        refused_change(Flaw::Malformed, start, &format!("text{start}"));
    }
    refused_change(Flaw::Malformed, "</xenc:CipherValue>", "<a></a></xenc:CipherValue>");
    refused_change(Flaw::Malformed, "</xenc:CipherValue>", "!</xenc:CipherValue>");
    refused_change(Flaw::Malformed, "</xenc:CipherValue>", "A</xenc:CipherValue>");
    // A reader that takes the first text node sees something else.
    refused_change(Flaw::Malformed, "</xenc:CipherValue>", "<!-- --></xenc:CipherValue>");
}

#[test]
fn attributes_of_other_namespaces_say_nothing() {
    let text = text();
    for name in ["EncryptedData", "EncryptedKey"] {
        let start = format!("<xenc:{name}");
        let with = format!("{start} xmlns:u=\"urn:u\" u:Id=\"1\"");
        assert!(open(&changed(&text, &start, &with), &RSA.key).is_ok());
    }
}

#[test]
fn white_space_around_base64_says_nothing() {
    let text = text();
    let wrapped = text.replace("<xenc:CipherValue>", "<xenc:CipherValue>\n\t ");
    let wrapped = wrapped.replace("</xenc:CipherValue>", "\n</xenc:CipherValue>");
    assert!(open(&wrapped, &RSA.key).is_ok());
}

#[test]
fn parameters_that_are_not_the_algorithms_are_refused() {
    let cipher = "http://www.w3.org/2009/xmlenc11#aes256-gcm\">";
    let oaep = "http://www.w3.org/2009/xmlenc11#rsa-oaep\">";
    let digest = "<ds:DigestMethod xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" \
         Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></ds:DigestMethod>";
    let mask = "<e:MGF xmlns:e=\"http://www.w3.org/2009/xmlenc11#\" \
         Algorithm=\"http://www.w3.org/2009/xmlenc11#mgf1sha256\"></e:MGF>";
    let label = "<xenc:OAEPparams>AAAA</xenc:OAEPparams>";
    for parameter in [digest, mask, label, "<a></a>"] {
        refused_change(Flaw::Unsupported, cipher, &format!("{cipher}{parameter}"));
    }
    for size in ["128", "-256", "256.0", "", "x", "99999999999999999999"] {
        let size = format!("{cipher}<xenc:KeySize>{size}</xenc:KeySize>");
        refused_change(Flaw::Malformed, cipher, &size);
    }
    for parameter in [digest, mask, &label.repeat(2)] {
        refused_change(Flaw::Malformed, oaep, &format!("{oaep}{parameter}"));
    }
    let size = "<xenc:KeySize>256</xenc:KeySize>";
    for parameter in [size, "<a></a>"] {
        refused_change(Flaw::Unsupported, oaep, &format!("{oaep}{parameter}"));
    }
    refused_change(Flaw::Malformed, oaep, &format!("{oaep}{}", label.replace("AAAA", "A")));
    let long = label.replace("AAAA", &"AAAA".repeat(400));
    refused_change(Flaw::Malformed, oaep, &format!("{oaep}{long}"));
    refused_change(
        Flaw::Unsupported,
        "sha256\"></ds:DigestMethod>",
        "sha256\"><a></a></ds:DigestMethod>",
    );
    refused_change(Flaw::Unsupported, "</xenc11:MGF>", "<a></a></xenc11:MGF>");
}

#[test]
fn an_agreement_of_another_shape_is_refused() {
    let text = encrypted_for(&Recipient::named(P256.public(), Naming::Name("receiver")));
    let part = |start: &str, end: &str| {
        let from = text.find(start).unwrap();
        text[from..from + text[from..].find(end).unwrap() + end.len()].to_owned()
    };
    let agreement = part("<xenc:AgreementMethod", "</xenc:AgreementMethod>");
    let derivation = part("<xenc11:KeyDerivationMethod", "</xenc11:KeyDerivationMethod>");
    let parameters = part("<xenc11:ConcatKDFParams", "</xenc11:ConcatKDFParams>");
    let digest = part("<ds:DigestMethod", "</ds:DigestMethod>");
    let originator = part("<xenc:OriginatorKeyInfo", "</xenc:OriginatorKeyInfo>");
    for (from, to) in [
        (&agreement, agreement.repeat(2)),
        (&agreement, format!("{agreement}<ds:KeyName>n</ds:KeyName>")),
        (&derivation, derivation.repeat(2)),
        (&parameters, String::new()),
        (&parameters, parameters.repeat(2)),
        (&digest, String::new()),
        (&digest, digest.repeat(2)),
        (&originator, originator.repeat(2)),
        (&derivation, format!("<xenc:KA-Nonce>AAAA</xenc:KA-Nonce>{derivation}")),
        (&parameters, changed(&parameters, "PartyUInfo", "Strange")),
    ] {
        let flaw = read(&changed(&text, from, &to), BOTH).map(drop);
        assert!(matches!(flaw, Err(Flaw::Malformed | Flaw::Unsupported)), "{to}");
    }
    // Without a derivation, the agreed secret would be the key.
    refused(Flaw::Unsupported, &changed(&text, &derivation, ""));
}

#[test]
fn an_element_with_anything_but_one_content_and_its_keys_is_refused() {
    let text = text();
    let end = "</t:EncryptedAssertion>";
    let from = text.find("<xenc:EncryptedData").unwrap();
    let data = &text[from..text.find(end).unwrap()];
    let read = |text: &str| {
        EncryptedElement::parse(&parse(text), &BOTH, &mut Budget::MESSAGE.clone()).map(drop)
    };
    for (from, to) in [
        (data, String::new()),
        (data, data.repeat(2)),
        (data, format!("{data}<a></a>")),
        (data, format!("<a></a>{data}")),
        (data, format!("{data}text")),
        (data, format!("<t:Inside>{data}</t:Inside>")),
    ] {
        assert_eq!(read(&changed(&text, from, &to)), Err(Flaw::Malformed), "{to}");
    }
    assert_eq!(read(&text), Ok(()));
}

#[test]
fn lists_lead_to_ids_in_the_message_and_nowhere_else() {
    let list = |inside: &str| {
        let xenc = "xmlns=\"http://www.w3.org/2001/04/xmlenc#\"";
        references(&parse(&format!("<ReferenceList {xenc}>{inside}</ReferenceList>")))
    };
    let two = "<DataReference URI=\"#a\"/> <DataReference URI=\"#b\"/>";
    assert_eq!(list(two), Ok(vec!["a".to_owned(), "b".to_owned()]));
    for uri in ["", "a", "#", "#xpointer(/)", "http://keys.example/#a", "cid:1"] {
        let inside = format!("<DataReference URI=\"{uri}\"/>");
        assert_eq!(list(&inside), Err(Flaw::Unsupported), "{uri}");
    }
    for inside in
        ["<KeyReference URI=\"#a\"/>", "<DataReference URI=\"#a\"><Transforms/></DataReference>"]
    {
        assert_eq!(list(inside), Err(Flaw::Unsupported), "{inside}");
    }
    for inside in ["<DataReference/>", "<DataReference URI=\"#a\" Id=\"a\"/>", "<a/>", "text"] {
        assert_eq!(list(inside), Err(Flaw::Malformed), "{inside}");
    }
    assert_eq!(list(&"<DataReference URI=\"#a\"/>".repeat(64)).map(|ids| ids.len()), Ok(64));
    assert_eq!(list(&"<DataReference URI=\"#a\"/>".repeat(65)), Err(Flaw::TooMuch));
    let other = references(&parse("<ReferenceList/>"));
    assert_eq!(other, Err(Flaw::Malformed));
}
