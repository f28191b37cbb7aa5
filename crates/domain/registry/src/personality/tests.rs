use symbolon_kernel::snapshot::{Snapshot, TokenTypeName, Tolerance};

use super::*;
use crate::compile::{Delta, Given, compile};
use crate::store::{ObjectKey, StoredObject};

const KNOWN: [Personality; 2] = [
    (
        "other-1",
        "[[endpoint]]\nserves = \"ws-trust-1.3\"\ncredential = \"username-password\"\n\
         paths = [\"/other/ut\", \"/other\"]\ntolerances = [\"no-timestamp\"]\n\
         reply = { token_type = \"assertion\" }\n",
    ),
    ("broken-1", "[[endpoint]]\nserves = \"fax\"\n"),
];

fn object(kind: &str, id: &str, body: &str) -> StoredObject {
    let realm = if kind == "realm" { "" } else { "default" };
    let key = ObjectKey { realm: realm.to_owned(), kind: kind.to_owned(), id: id.to_owned() };
    let body = format!("{{\"schema\":1,\"object\":{body}}}");
    StoredObject { key, version: 1, origin: "test".to_owned(), body }
}

fn endpoint(id: &str, rest: &str) -> StoredObject {
    let body = format!("{{\"id\":\"{id}\",\"serves\":\"ws-trust-1.3\",{rest}}}");
    object("endpoint", id, &body)
}

fn ut(id: &str, personality: &str) -> StoredObject {
    let rest = format!(
        "\"path\":\"/{id}\",\"credentials\":[\"username-password\"],\"personality\":\"{personality}\""
    );
    endpoint(id, &rest)
}

/// The snapshot after these are put, or what is wrong, by field and message.
fn put(before: &Snapshot, objects: &[StoredObject]) -> Result<Snapshot, Vec<(String, String)>> {
    let delta = Delta { put: objects.iter().collect(), ..Delta::default() };
    let given = Given { server_url: "https://sts.example", personalities: &KNOWN };
    let next = compile(before, before.revision.saturating_add(1), delta, given);
    next.map_err(|flaws| {
        flaws.into_iter().map(|flaw| (flaw.wrong.field, flaw.wrong.message)).collect()
    })
}

fn with(endpoints: &[StoredObject]) -> Result<Snapshot, Vec<(String, String)>> {
    let realm = object("realm", "default", "{\"id\":\"default\"}");
    put(&put(&Snapshot::default(), &[realm]).unwrap(), endpoints)
}

#[test]
fn its_paths_lead_to_the_endpoint_in_its_manner() {
    let snapshot = with(&[ut("a", "other-1")]).unwrap();
    for path in ["/a", "/other/ut", "/other"] {
        let found = &snapshot.routes[path];
        assert_eq!(found.id.as_str(), "a", "{path}");
        assert_eq!(found.tolerances, [Tolerance::NoTimestamp]);
        assert_eq!(found.reply.token_type, TokenTypeName::Assertion);
        assert_eq!(found.credentials, [CredentialKind::UsernamePassword]);
    }
}

#[test]
fn its_paths_go_with_it() {
    let snapshot = with(&[ut("a", "other-1")]).unwrap();
    let plain = endpoint("a", "\"path\":\"/a\",\"credentials\":[\"username-password\"]");
    let after = put(&snapshot, &[plain]).unwrap();
    assert_eq!(after.routes.keys().collect::<Vec<_>>(), ["/a"]);
}

#[test]
fn a_wsdl_needs_an_endpoint_to_name() {
    let mex = object("endpoint", "mex", "{\"id\":\"mex\",\"path\":\"/mex\",\"serves\":\"mex\"}");
    let rest = "\"path\":\"/a\",\"credentials\":[\"username-password\"]";
    let eleven = endpoint("a", &format!("{rest},\"soap\":[\"1.1\"]"));
    for without in [vec![mex.clone()], vec![mex.clone(), eleven]] {
        let told = with(&without).unwrap_err();
        let message = "it must name an endpoint of WS-Trust that speaks SOAP 1.2".to_owned();
        assert_eq!(told, [("serves".to_owned(), message)]);
    }
    assert!(with(&[mex, endpoint("a", rest)]).is_ok());
}

#[test]
fn two_endpoints_cannot_share_its_paths() {
    let told = with(&[ut("a", "other-1"), ut("b", "other-1")]).unwrap_err();
    let expected =
        |path| ("personality".to_owned(), format!("`{path}` is also the path of endpoint `a`"));
    assert_eq!(told, [expected("/other/ut"), expected("/other")]);
}

#[test]
fn an_unknown_one_a_broken_one_and_one_that_does_not_fit_are_refused() {
    let issued = endpoint(
        "a",
        "\"path\":\"/a\",\"credentials\":[\"issued-token\"],\"personality\":\"other-1\"",
    );
    for (object, message) in [
        (ut("a", "other-2"), "there is no personality `other-2`"),
        (ut("a", "broken-1"), "the file of `broken-1` cannot be read: "),
        (issued, "`other-1` has nothing like this endpoint"),
    ] {
        let told = with(&[object]).unwrap_err();
        let [(field, told)] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!(field, "personality");
        assert!(told.starts_with(message), "{told}");
    }
}
