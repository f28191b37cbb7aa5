//! Forms, read strictly.

use symbolon_messages::oauth::{Form, FormFlaw};

#[test]
fn values_are_decoded_once() {
    let form = Form::parse(b"a=x+y%2Bz%26&b=%C3%A9&&c&d=&e=1=2").unwrap();
    assert_eq!(form.one("a"), Ok(Some("x y+z&")));
    assert_eq!(form.one("b"), Ok(Some("é")));
    assert_eq!(form.one("c"), Ok(None));
    assert_eq!(form.one("d"), Ok(None));
    assert_eq!(form.one("e"), Ok(Some("1=2")));
}

#[test]
fn what_is_no_form_is_refused() {
    for (body, flaw) in [
        (&b"a=%"[..], FormFlaw::Percent),
        (b"a=%2", FormFlaw::Percent),
        (b"a=%zz", FormFlaw::Percent),
        (b"a=%+1", FormFlaw::Percent),
        (b"%=a", FormFlaw::Percent),
        (b"a=%FF", FormFlaw::NotUtf8),
        (b"a=%C3", FormFlaw::NotUtf8),
        (b"a=%ED%A0%80", FormFlaw::NotUtf8),
        ("a=é".as_bytes(), FormFlaw::NotUtf8),
        ("a=&".repeat(65).as_bytes(), FormFlaw::TooMany),
    ] {
        assert_eq!(Form::parse(body).err(), Some(flaw), "{}", body.escape_ascii());
    }
    assert!(Form::parse("a=&".repeat(64).as_bytes()).is_ok());
}

#[test]
fn a_repetition_is_refused_even_of_an_empty_value() {
    for body in ["a=1&a=1", "a=&a=1", "a=1&a", "%61=1&a=1"] {
        let form = Form::parse(body.as_bytes()).unwrap();
        assert_eq!(form.one("a"), Err(FormFlaw::Repeated("a")), "{body}");
    }
    let form = Form::parse(b"a=1&a=&a=2").unwrap();
    assert_eq!(form.all("a").collect::<Vec<_>>(), ["1", "2"]);
}

#[test]
fn a_form_is_read_as_it_was_written_and_hides_its_values() {
    let form = Form::new().with("a b", "s3cr&t <\">é+%=").with("c", "");
    assert_eq!(form.write(), "a+b=s3cr%26t+%3C%22%3E%C3%A9%2B%25%3D&c=");
    let read = Form::parse(form.write().as_bytes()).unwrap();
    assert_eq!(read.one("a b"), Ok(Some("s3cr&t <\">é+%=")));
    assert_eq!(format!("{read:?}"), r#"["a b", "c"]"#);
}
