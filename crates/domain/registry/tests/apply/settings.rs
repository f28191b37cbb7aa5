//! Settings of realms, endpoints and accounts: what they become, and what is refused.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::time::Duration;
use symbolon_kernel::ports::AccountRecord;
use symbolon_kernel::snapshot::{AccountNames, SoapVersionName};
use symbolon_keys::SealingKey;
use symbolon_model::{Skew, Timestamp};
use symbolon_testkit::P256;

use crate::{GOOD, World, changes, set, with, world};

const REALM: &str = "[[realm]]\nid = \"b\"\nissuer = \"urn:b\"\n";
const ENDPOINT: &str = "[[endpoint]]\nid = \"e\"\npath = \"/e\"\nserves = \"ws-trust-2005\"\n\
                        credentials = [\"username-password\", \"username-digest\"]\n";

#[tokio::test]
async fn a_realm_has_a_skew_for_each_direction() {
    let seconds = Duration::from_secs;
    for (written, past, future) in [
        ("", 300, 300),
        ("skew_seconds = 10\n", 10, 10),
        ("skew_past_seconds = 20\n", 20, 300),
        ("skew_seconds = 10\nskew_future_seconds = 0\n", 10, 0),
    ] {
        let world = world().await;
        world.apply(&with(&format!("{REALM}{written}"))).await.unwrap();
        let skew = world.snapshot().realms.get("b").unwrap().skew;
        assert_eq!(skew, Skew { past: seconds(past), future: seconds(future) }, "{written}");
    }
}

#[tokio::test]
async fn a_realm_has_forms_of_account_names() {
    let world = world().await;
    world.apply(&with(REALM)).await.unwrap();
    assert_eq!(world.snapshot().realms.get("b").unwrap().account_names, AccountNames::default());
    let forms =
        "account_names = [\"domain\", \"upn\"]\ndomain = \"CORP\"\nupn_suffix = \"example.test\"\n";
    world.apply(&with(&format!("{REALM}{forms}"))).await.unwrap();
    let (domain, upn_suffix) = (Some("CORP".to_owned()), Some("example.test".to_owned()));
    let names = AccountNames { plain: false, domain, upn_suffix };
    assert_eq!(world.snapshot().realms.get("b").unwrap().account_names, names);
}

#[tokio::test]
async fn an_endpoint_names_its_versions_of_soap_and_a_default_party() {
    use SoapVersionName::{V11, V12};
    for (written, versions, party) in [
        ("", vec![V12], None),
        ("soap = [\"1.1\", \"1.2\"]\n", vec![V11, V12], None),
        ("default_party = \"urn:rp:app\"\n", vec![V12], Some("urn:rp:app")),
    ] {
        let world = world().await;
        world.apply(&with(&format!("{ENDPOINT}{written}"))).await.unwrap();
        let endpoint = world.snapshot().routes.get("/e").unwrap().clone();
        assert_eq!(endpoint.soap_versions, versions);
        assert_eq!(endpoint.default_party.as_ref().map(|id| id.as_str()), party);
        let token = world.snapshot().routes.get("/oauth2/token").unwrap().clone();
        assert_eq!(token.soap_versions, []);
    }
}

#[tokio::test]
async fn what_cannot_be_is_refused_where_it_stands() {
    let jwks = "[[endpoint]]\nid = \"e\"\npath = \"/e\"\nserves = \"jwks\"\n";
    for (before, written, told) in [
        (REALM, "skew_past_seconds = 3601", "4:1: 3601 seconds are out of bounds"),
        (REALM, "account_names = []", "4:1: a realm without forms of names admits no account"),
        (
            REALM,
            "account_names = [\"plain\", \"upn\"]",
            "4:1: account_names lists \"upn\", which needs `upn_suffix`",
        ),
        (REALM, "domain = \"A\\\\B\"", "4:1: `A\\B` cannot be part of a name"),
        (REALM, "upn_suffix = \"@example.test\"", "4:1: `@example.test` cannot be part of a name"),
        (ENDPOINT, "soap = []", "6:1: not a list of versions"),
        (ENDPOINT, "soap = [\"1.2\", \"1.2\"]", "6:1: not a list of versions"),
        (ENDPOINT, "default_party = \"urn:x\"", "6:1: there is no relying party `urn:x`"),
        (jwks, "soap = [\"1.2\"]", "5:1: SOAP is not spoken in this protocol"),
        (jwks, "default_party = \"urn:rp:app\"", "5:1: requests of this protocol always name one"),
        (
            jwks,
            "tolerances = [\"duplicate-addressing\"]",
            "5:15: \"duplicate-addressing\" means nothing in this protocol",
        ),
        (
            "[[account]]\nname = \"bob\"\npassword = \"file:alice\"\n",
            "shared_password = \"file:void\"",
            "4:1: file:void is empty",
        ),
    ] {
        let world = world().await;
        let text = format!("{before}{written}\n");
        let set = set(&[("a.toml", GOOD), ("b.toml", &text)]);
        let found = world.mistakes_of(&set).await;
        let [only] = found.as_slice() else { panic!("{found:?}") };
        assert!(only.starts_with(&format!("b.toml:{told}")), "{only}");
    }
}

#[tokio::test]
async fn a_shared_password_is_sealed_and_stays_as_it_is_while_it_is_the_same() {
    let mut world = world().await;
    let text = with(
        "[[account]]\nname = \"bob\"\npassword = \"file:alice\"\nshared_password = \"file:demo\"\n",
    );
    world.apply(&text).await.unwrap();
    let first = world.shared("bob");
    assert_eq!(opened(&first), b"s3cret");
    assert!(changes(&world.apply(&text).await.unwrap()).is_empty());
    assert_eq!(world.shared("bob"), first);
    world.secrets.files.insert("demo", "new".to_owned());
    let applied = world.apply(&text).await.unwrap();
    assert_eq!(changes(&applied), ["account bob changed", "client demo changed"]);
    assert_eq!(opened(&world.shared("bob")), b"new");
}

fn opened(sealed: &str) -> Vec<u8> {
    let purpose = AccountRecord::shared_for(&"default".into(), &"bob".into());
    let key = SealingKey::from_octets(&[1; 32]).unwrap();
    key.open(&purpose, &STANDARD.decode(sealed).unwrap()).unwrap().to_vec()
}

impl World {
    /// The sealed secret of an account.
    fn shared(&self, name: &str) -> String {
        let accounts = self.store.held().accounts;
        let stored = accounts.into_iter().find(|(_, stored)| stored.record.name.as_str() == name);
        stored.unwrap().1.record.shared.unwrap()
    }
}

fn issuer(token_type: &str, sha1: &str) -> String {
    let pem = P256.certificate_pem;
    format!(
        "[[issuer]]\nname = \"https://o\"\ntoken_types = [\"{token_type}\"]\n{sha1}keys = [{{ pem = \"\"\"{pem}\"\"\" }}]\n"
    )
}

#[tokio::test]
async fn an_issuer_may_go_on_with_sha_1_until_an_end_that_its_object_names() {
    let world = world().await;
    let until = |world: &World| world.snapshot().realms["default"].issuers["https://o"].sha1_until;
    let written = "sha1_until = \"2027-06-30T00:00:00Z\"\n";
    world.apply(&with(&issuer("saml2", written))).await.unwrap();
    assert_eq!(until(&world), Some(Timestamp::from_seconds(1_814_313_600)));
    world.apply(&with(&issuer("saml2", ""))).await.unwrap();
    assert_eq!(until(&world), None);
}

#[tokio::test]
async fn an_end_of_sha_1_is_a_moment_in_utc_and_only_for_assertions() {
    let world = world().await;
    for (token_type, end, told) in [
        (
            "saml2",
            "",
            "`` is not a moment in UTC; write its end in UTC, such as 2027-06-30T00:00:00Z",
        ),
        ("saml2", "2027-06-30", "`2027-06-30` is not a moment in UTC"),
        ("saml2", "2027-06-30T00:00:00+02:00", "is not a moment in UTC"),
        ("saml2", "always", "`always` is not a moment in UTC"),
        ("jwt", "2027-06-30T00:00:00Z", "no JWT rests on SHA-1; remove it"),
    ] {
        let sha1 = format!("sha1_until = \"{end}\"\n");
        let mistakes = world.mistakes(&with(&issuer(token_type, &sha1))).await;
        assert!(mistakes.len() == 1 && mistakes[0].contains(told), "{end}: {mistakes:?}");
    }
}
