use x509_cert::der::asn1::{Any, BmpString};

use super::*;

fn parse(text: &str) -> DistinguishedName {
    DistinguishedName::parse(text).unwrap()
}

const PLAIN: &str = "CN=Signing CA 1,OU=Trust Services,O=Contoso\\, Ltd.,C=DE";

#[test]
fn text_that_is_no_name_is_refused() {
    for text in [
        "",
        " ",
        ",",
        "CN",
        "CN=a,",
        "CN=a,,O=b",
        "=a",
        "XX=a",
        "1..2=a",
        "CN=\"a",
        "CN=\"a\"b",
        "CN=a\"b",
        "CN=a\\",
        "CN=a\\4",
        "CN=a\\4x",
        "CN=#04",
        "CN=#0401",
        "CN=#040",
        "CN=#zz",
        "CN=\\ff",
        "OID.=a",
        "/CN=a/O=b",
    ] {
        assert_eq!(DistinguishedName::parse(text), None, "{text}");
    }
}

#[test]
fn other_names_are_other_names() {
    for other in [
        "CN=Signing CA 2,OU=Trust Services,O=Contoso\\, Ltd.,C=DE",
        "C=DE,O=Contoso\\, Ltd.,OU=Trust Services,CN=Signing CA 1", // the other way round
        "CN=Signing CA 1,OU=Trust Services,O=Contoso\\, Ltd.",
        "CN=Signing CA 1,O=Trust Services,OU=Contoso\\, Ltd.,C=DE",
        "CN=Signing CA 1+OU=Trust Services,O=Contoso\\, Ltd.,C=DE",
        "CN=SigningCA 1,OU=Trust Services,O=Contoso\\, Ltd.,C=DE",
        "CN=Signing CA 1,OU=Trust Services,O=Contoso,C=DE",
    ] {
        assert_ne!(parse(PLAIN), parse(other), "{other}");
    }
    assert_ne!(parse("CN=a+CN=b,C=DE"), parse("CN=a+CN=c,C=DE"));
    assert_ne!(parse("CN=a+CN=a"), parse("CN=a+CN=b"));
    assert_ne!(parse("CN=#0400"), parse("CN="));
}

#[test]
fn the_same_name_may_be_written_in_many_ways() {
    for same in [
        "CN=Signing CA 1, OU=Trust Services, O=\"Contoso, Ltd.\", C=DE", // .NET, Java
        "cn = signing ca 1 ; ou=TRUST  SERVICES;o=Contoso\\2c Ltd. ; c=de",
        "OID.2.5.4.3=Signing CA 1,2.5.4.11=Trust Services,O=Contoso\\2C Ltd.,C=DE",
        "CN=#130C5369676E696E672043412031,OU=Trust Services,O=Contoso\\, Ltd.,C=DE",
        "\n  CN=Signing CA 1,\n  OU=Trust Services,\n  O=Contoso\\, Ltd.,\n  C=DE\n",
    ] {
        assert_eq!(parse(PLAIN), parse(same), "{same}");
    }
    assert_eq!(parse("OU=Sales+CN=J. Smith,DC=net"), parse("CN=J.  Smith + OU=sales, DC=net"));
    assert_eq!(parse("E=ca@contoso.example"), parse("EMAILADDRESS=CA@contoso.example"));
    assert_eq!(parse("S=Bayern"), parse("ST=bayern"));
    assert_eq!(parse("CN=Lu\\C4\\8Di\\C4\\87"), parse("CN=Lučić")); // RFC 4514 §4
}

#[test]
fn what_is_written_is_rfc_4514_and_read_back() {
    for (text, written) in [
        (PLAIN, PLAIN),
        ("OU=Sales+CN=J. Smith, DC=example, DC=net", "OU=Sales+CN=J. Smith,DC=example,DC=net"),
        (
            "CN=James \\\"Jim\\\" Smith\\, III,DC=example",
            "CN=James \\\"Jim\\\" Smith\\, III,DC=example",
        ),
        ("CN=\" a \"", "CN=\\ a\\ "),
        ("CN=\\#a#", "CN=\\#a#"),
        ("CN=a\\00b", "CN=a\\00b"),
        ("1.3.6.1.4.1.1466.0=#04024869", "1.3.6.1.4.1.1466.0=#04024869"),
        ("E=a", "1.2.840.113549.1.9.1=#0c0161"),
    ] {
        assert_eq!(parse(text).to_string(), written);
        assert_eq!(parse(written), parse(text));
    }
}

#[test]
fn strings_of_older_types_say_the_same() {
    let kind = ObjectIdentifier::new("2.5.4.3").unwrap();
    let latin = Any::new(Tag::TeletexString, b"M\xfcnchen".as_slice()).unwrap();
    let wide = Any::encode_from(&BmpString::from_utf8("München").unwrap()).unwrap();
    for value in [latin, wide] {
        let name = DistinguishedName(vec![vec![Attribute::new(kind, &value)]]);
        assert_eq!(name, parse("CN=münchen"));
    }
    let broken = Any::new(Tag::BmpString, b"\x00M\x00".as_slice()).unwrap();
    assert_eq!(text(&broken), None);
}
