use clap::Parser;
use symbolon_registry::file;
use symbolon_registry::objects::{Admission, Object, RelyingParty};

use super::*;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    arguments: Arguments,
}

fn arguments(line: &str) -> Arguments {
    let words = ["add", "--data", "d"].into_iter().chain(line.split_ascii_whitespace());
    Line::try_parse_from(words).unwrap().arguments
}

/// The one object of a text.
fn party(text: &str) -> RelyingParty {
    let objects = file::parse("a.toml", text).unwrap();
    let [located] = objects.as_slice() else { panic!("{text}") };
    let Object::RelyingParty(party) = &located.object else { panic!("{text}") };
    party.clone()
}

#[test]
fn an_object_says_what_the_command_line_said_and_admits_nobody_else() {
    let arguments = arguments("urn:rp:a --token-types jwt --accounts alice,bob --attributes mail");
    let party = party(&arguments.text(&arguments.described().unwrap()));
    assert_eq!(party.id, "urn:rp:a");
    assert_eq!(party.token_types, ["jwt"]);
    assert_eq!(party.attributes, ["mail"]);
    assert_eq!(party.accounts, Admission::These(vec!["alice".to_owned(), "bob".to_owned()]));
    assert_eq!(party.clients, Admission::These(Vec::new()));
}

#[test]
fn everyone_is_admitted_only_where_it_is_said() {
    let admitted = |line: &str| {
        let arguments = arguments(line);
        party(&arguments.text(&arguments.described().unwrap())).accounts
    };
    assert_eq!(admitted("urn:rp:a --accounts everyone"), Admission::Everyone);
    assert_eq!(admitted("urn:rp:a"), Admission::These(Vec::new()));
}

#[test]
fn metadata_cannot_write_objects_of_its_own() {
    let evil = "x\"\n[[account]]\nname = \"eve\"\n#";
    let described = Described {
        consumers: vec![evil.to_owned()],
        attributes: vec![evil.to_owned()],
        name_format: Some(evil.to_owned()),
        ..Described::named(evil.to_owned())
    };
    let party = party(&arguments("x").text(&described));
    assert_eq!((party.id.as_str(), party.name_format.as_deref()), (evil, Some(evil)));
}

#[test]
fn a_file_is_named_after_the_party_and_stays_in_its_folder() {
    let named = |id: &str| arguments("x").file_name(id).unwrap();
    assert_eq!(named("urn:rp:shop"), "urn-rp-shop");
    assert_eq!(named("https://shop.example/saml/"), "shop.example-saml");
    assert_eq!(named("../../etc/passwd"), "etc-passwd");
    assert_eq!(named(":"), "relying-party");
    for name in ["../a", "a/b", ".hidden", ""] {
        let line = Line::try_parse_from(["add", "x", "--data", "d", "--name", name]).unwrap();
        assert!(line.arguments.file_name("x").is_err(), "{name}");
    }
}

#[test]
fn a_certificate_alone_does_not_name_a_party() {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), symbolon_testkit::RSA.certificate().to_pem()).unwrap();
    let line = format!("--from {}", file.path().display());
    let failed = arguments(&line).described().unwrap_err().to_string();
    assert!(failed.ends_with("a certificate does not say what the relying party is called"));
    let described = arguments(&format!("urn:rp:a {line}")).described().unwrap();
    let text = arguments(&format!("urn:rp:a {line}")).text(&described);
    assert!(text.contains("# Certificate: SHA-256 "), "{text}");
    assert_eq!(party(&text).id, "urn:rp:a");
}
