//! The Basic header in its two readings.

use symbolon_messages::oauth::{BasicCredentials, BasicFlaw, ClientSecret};

fn readings(header: &str) -> Vec<(String, String)> {
    let credentials = BasicCredentials::parse(header).unwrap();
    let readings = credentials.readings();
    readings.map(|one| (one.id.clone(), one.secret.expose().to_owned())).collect()
}

fn pair(id: &str, secret: &str) -> (String, String) {
    (id.to_owned(), secret.to_owned())
}

#[test]
fn both_readings_come_the_standards_first() {
    // google-auth: `cid:se:cr et`, as it is
    assert_eq!(readings("Basic Y2lkOnNlOmNyIGV0"), [pair("cid", "se:cr et")]);
    // openid-client: `cid:se%3Acr+et`, form-encoded
    assert_eq!(
        readings("basic  Y2lkOnNlJTNBY3IrZXQ="),
        [pair("cid", "se:cr et"), pair("cid", "se%3Acr+et")]
    );
    // `cid:100%`: no form encoding
    assert_eq!(readings("BASIC Y2lkOjEwMCU="), [pair("cid", "100%")]);
    // `cid:`
    assert_eq!(readings("Basic Y2lkOg=="), [pair("cid", "")]);
}

#[test]
fn what_is_no_basic_header_is_refused() {
    for (header, flaw) in [
        ("", BasicFlaw::Scheme),
        ("Basic", BasicFlaw::Scheme),
        ("Bearer Y2lkOnM=", BasicFlaw::Scheme),
        ("Basic cid:secret", BasicFlaw::Encoding),
        ("Basic Y2lkOnM", BasicFlaw::Encoding),
        ("Basic /////w==", BasicFlaw::Encoding),
        ("Basic Y2lk", BasicFlaw::Form),
        ("Basic OnNlY3JldA==", BasicFlaw::Form),
        ("Basic Y2lkOnMKcw==", BasicFlaw::Form),
    ] {
        assert_eq!(BasicCredentials::parse(header).err(), Some(flaw), "{header}");
    }
}

#[test]
fn a_header_is_read_as_it_was_written_and_hides_its_secret() {
    let client = ClientSecret { id: "urn:cid".to_owned(), secret: "se:cr et%é".into() };
    let header = BasicCredentials::write(&client);
    let read = BasicCredentials::parse(header.expose()).unwrap();
    assert_eq!(read.readings().next(), Some(&client));
    assert!(!format!("{read:?} {header:?}").contains("se:cr"));
}
