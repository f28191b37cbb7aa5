use serde_json::{Value, json};
use symbolon_jose::base64url;
use symbolon_keys::{SignatureAlgorithm, SigningKey as _};
use symbolon_model::{ClientId, KeyId, PartyId};
use symbolon_testkit::{KnownKey, OTHER_P256, OTHER_RSA, P256, RSA, at, ready};

use super::*;
use crate::testing::{draft, trusted};

const FORMAT: Jwt = Jwt::new(TokenType::ACCESS_TOKEN);

fn encode(draft: &Draft, by: KnownKey) -> Vec<u8> {
    ready(FORMAT.encode(draft, &by.signer())).unwrap().into_vec()
}

/// A draft as an OAuth client gets it.
fn granted() -> Draft {
    let mut draft = draft();
    draft.client = Some(ClientId::new("orders-web"));
    draft.scope = Some("read write".to_owned());
    draft
}

fn part(token: &[u8], number: usize) -> Value {
    let text = std::str::from_utf8(token).unwrap();
    let octets = base64url::decode(text.split('.').nth(number).unwrap()).unwrap();
    serde_json::from_slice(&octets).unwrap()
}

/// Signs whatever header and payload it is given, as another issuer's software would.
fn sign(header: &str, payload: &str, by: KnownKey) -> RawToken {
    let mut compact = base64url::encode(header.as_bytes());
    compact.push('.');
    compact.push_str(&base64url::encode(payload.as_bytes()));
    let value = ready(by.private().sign(compact.as_bytes())).unwrap();
    RawToken::Octets(format!("{compact}.{}", base64url::encode(&value)).into_bytes())
}

fn verify(raw: &RawToken, keys: &[TrustedKey]) -> Result<Contents, Flaw> {
    ready(FORMAT.verify(raw, &keys.to_vec().into()))
}

/// What an issuer's well-signed payload is taken for.
fn said(payload: &str) -> Result<Contents, Flaw> {
    let issuer = P256;
    verify(&sign(r#"{"alg":"ES256"}"#, payload, issuer), &[trusted(issuer)])
}

/// What a usual payload is taken for under this header.
fn headed(header: &str) -> Result<Contents, Flaw> {
    let issuer = P256;
    verify(&sign(header, &usual().to_string(), issuer), &[trusted(issuer)])
}

fn usual() -> Value {
    json!({"iss": "https://idp.example", "sub": "alice", "aud": "https://sts.example/demo", "exp": at(60).seconds()})
}

fn with(name: &str, value: Value) -> String {
    let mut payload = usual();
    payload[name] = value;
    payload.to_string()
}

fn without(name: &str) -> String {
    let mut payload = usual();
    payload.as_object_mut().unwrap().remove(name);
    payload.to_string()
}

fn malformed(outcome: Result<Contents, Flaw>) {
    match outcome {
        Err(Flaw::Malformed(_)) => {}
        other => panic!("{other:?}"),
    }
}

fn not_understood(outcome: Result<Contents, Flaw>) {
    match outcome {
        Err(Flaw::NotUnderstood(_)) => {}
        other => panic!("{other:?}"),
    }
}

fn badly_signed(outcome: Result<Contents, Flaw>) {
    match outcome {
        Err(Flaw::Signature(_)) => {}
        other => panic!("{other:?}"),
    }
}

// What is written.

#[test]
fn the_whole_token_as_it_leaves() {
    let token = encode(&granted(), RSA);
    insta::assert_snapshot!(String::from_utf8(token).unwrap());
}

#[test]
fn an_access_token_says_what_rfc_9068_demands() {
    let token = encode(&granted(), RSA);
    assert_eq!(part(&token, 0), json!({"alg": "RS256", "typ": "at+jwt", "kid": "rsa-1"}));
    assert_eq!(
        part(&token, 1),
        json!({
            "iss": "https://sts.example/demo",
            "sub": "alice",
            "aud": "https://orders.example/",
            "exp": at(3600).seconds(),
            "nbf": at(0).seconds(),
            "iat": at(0).seconds(),
            "jti": "_0f1e2d3c4b5a69788796a5b4c3d2e1f0",
            "client_id": "orders-web",
            "scope": "read write",
            "auth_time": at(-5).seconds(),
            "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress": "alice@example.com",
            "groups": ["staff & board", "<ops>"],
        })
    );
}

#[test]
fn a_token_that_no_client_asked_for_is_not_called_an_access_token() {
    let token = encode(&draft(), P256);
    assert_eq!(part(&token, 0)["typ"], "JWT");
    assert_eq!(part(&token, 1).get("client_id"), None);
}

#[test]
fn several_audiences_are_an_array() {
    let mut draft = granted();
    draft.audiences.push(PartyId::new("urn:billing"));
    let token = encode(&draft, P256);
    assert_eq!(part(&token, 1)["aud"], json!(["https://orders.example/", "urn:billing"]));
}

#[test]
fn an_attribute_does_not_take_the_place_of_a_registered_claim() {
    let mut draft = granted();
    draft.authenticated = None;
    for name in REGISTERED {
        draft.attributes.add(ClaimName::new(name), ["forged".to_owned()]);
    }
    let token = encode(&draft, P256);
    assert!(!part(&token, 1).to_string().contains("forged"));
}

#[test]
fn the_lineage_does_not_leave() {
    let mut draft = granted();
    draft.lineage = symbolon_model::Lineage::new("lineage-7");
    assert!(!part(&encode(&draft, P256), 1).to_string().contains("lineage-7"));
}

#[test]
fn a_draft_without_audience_or_subject_is_not_written() {
    let mut nowhere = granted();
    nowhere.audiences = Vec::new();
    let mut nobody = granted();
    nobody.subject.value = String::new();
    for draft in [nowhere, nobody] {
        let outcome = ready(FORMAT.encode(&draft, &P256.signer()));
        assert!(matches!(outcome, Err(EncodeFlaw::Draft(_))), "{outcome:?}");
    }
}

// What is read back.

#[test]
fn what_was_written_is_read_back() {
    for issuer in [RSA, P256] {
        let draft = granted();
        let token = RawToken::Octets(encode(&draft, issuer));
        assert_eq!(FORMAT.issuer(&token).unwrap(), "https://sts.example/demo");
        let mut contents = verify(&token, &[trusted(issuer)]).unwrap();
        let order = |c: &Claim| c.name.clone();
        let mut attributes: Vec<Claim> = contents.attributes.iter().cloned().collect();
        let mut expected: Vec<Claim> = draft.attributes.iter().cloned().collect();
        attributes.sort_by_key(order);
        expected.sort_by_key(order);
        assert_eq!(attributes, expected);
        contents.attributes = Claims::none();
        assert_eq!(
            contents,
            Contents {
                id: Some(draft.id),
                issuer: draft.issuer,
                subject: NameId { value: "alice".to_owned(), format: None },
                audiences: vec![vec!["https://orders.example/".to_owned()]],
                not_before: Some(at(0)),
                not_after: at(3600),
                authenticated: Some(Authenticated {
                    method: AuthenticationMethod::Token,
                    at: at(-5)
                }),
                attributes: Claims::none(),
                client: draft.client,
                scope: draft.scope,
                recipients: Vec::new(),
                confirmation: Confirmation::Bearer,
                rests_on_sha1: false,
            }
        );
    }
}

#[test]
fn a_scope_that_is_no_string_is_refused() {
    assert!(matches!(said(&with("scope", json!(["read"]))), Err(Flaw::Malformed(_))));
}

#[test]
fn a_fraction_of_a_second_is_read() {
    let contents = said(&with("exp", json!(1_795_219_260.25))).unwrap();
    assert_eq!(contents.not_after.millis(), 1_795_219_260_250);
}

#[test]
fn strings_and_lists_of_strings_are_attributes_and_nothing_else_is() {
    let mut payload = usual();
    payload["mail"] = json!("a@example.com");
    payload["roles"] = json!(["a", "b"]);
    payload["none"] = json!([]);
    payload["age"] = json!(7);
    payload["admin"] = json!(true);
    payload["address"] = json!({"city": "Bern"});
    payload["mixed"] = json!(["a", 1]);
    payload["scope"] = json!("read");
    payload["client_id"] = json!("c");
    let attributes = said(&payload.to_string()).unwrap().attributes;
    let mut names: Vec<&str> = attributes.iter().map(|c| c.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["mail", "none", "roles"]);
    assert_eq!(attributes.get("roles").unwrap(), ["a", "b"]);
}

#[test]
fn an_audience_list_is_met_by_one_of_its_members() {
    let audiences = |payload: &str| said(payload).unwrap().audiences;
    assert_eq!(audiences(&with("aud", json!(["a", "b"]))), [["a", "b"]]);
    assert_eq!(audiences(&without("aud")), Vec::<Vec<String>>::new());
    assert_eq!(audiences(&with("aud", json!([]))), [Vec::<String>::new()]); // nobody meets it
}

#[test]
fn the_type_of_a_token_may_be_said_in_any_of_its_spellings() {
    for typ in ["JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt"] {
        assert!(headed(&format!(r#"{{"alg":"ES256","typ":"{typ}"}}"#)).is_ok(), "{typ}");
    }
}

#[test]
fn the_key_of_that_name_is_tried_and_every_key_without_a_name() {
    let (issuer, other) = (P256, OTHER_P256);
    let named = sign(r#"{"alg":"ES256","kid":"p256-1"}"#, &usual().to_string(), issuer);
    let unnamed = sign(r#"{"alg":"ES256"}"#, &usual().to_string(), issuer);
    let pinned = TrustedKey { id: None, ..trusted(issuer) };
    assert!(verify(&named, &[trusted(other), trusted(issuer)]).is_ok());
    assert!(verify(&unnamed, &[trusted(other), trusted(issuer)]).is_ok());
    assert!(verify(&named, &[pinned]).is_ok());
}

// What is refused.

#[test]
fn another_key_is_not_the_issuers() {
    let (issuer, other) = (P256, OTHER_P256);
    let token = RawToken::Octets(encode(&granted(), other));
    badly_signed(verify(&token, &[trusted(issuer)]));
    badly_signed(verify(&token, &[trusted(RSA)]));
    badly_signed(verify(&RawToken::Octets(encode(&granted(), OTHER_RSA)), &[trusted(RSA)]));
    badly_signed(verify(&token, &[]));
    // The attacker may write any name over it.
    let named = sign(r#"{"alg":"ES256","kid":"p256-1"}"#, &usual().to_string(), other);
    badly_signed(verify(&named, &[trusted(issuer)]));
}

#[test]
fn a_key_of_another_name_is_not_tried() {
    let issuer = P256;
    let token = sign(r#"{"alg":"ES256","kid":"p256-9"}"#, &usual().to_string(), issuer);
    badly_signed(verify(&token, &[trusted(issuer)]));
    let renamed = TrustedKey { id: Some(KeyId::new("p256-9")), ..trusted(issuer) };
    assert!(verify(&token, &[renamed]).is_ok());
}

#[test]
fn no_algorithm_is_no_signature() {
    let unsigned = |header: &str| {
        let compact = format!(
            "{}.{}.",
            base64url::encode(header.as_bytes()),
            base64url::encode(usual().to_string().as_bytes())
        );
        verify(&RawToken::Octets(compact.into_bytes()), &[trusted(P256)])
    };
    malformed(unsigned(r#"{"alg":"none"}"#));
    malformed(unsigned(r#"{"alg":"ES256"}"#));
    for none in ["none", "None", "NONE", "", "HS256", "RS1", "ES256K"] {
        not_understood(headed(&format!(r#"{{"alg":"{none}"}}"#)));
    }
    malformed(headed("{}"));
}

#[test]
fn the_header_does_not_choose_the_algorithm() {
    let issuer = RSA;
    let token = RawToken::Octets(encode(&granted(), issuer));
    let pss = TrustedKey { algorithm: SignatureAlgorithm::PsSha256, ..trusted(issuer) };
    badly_signed(verify(&token, &[pss]));
    badly_signed(headed(r#"{"alg":"RS256"}"#));
}

#[test]
fn another_kind_of_jwt_is_no_token() {
    for typ in ["dpop+jwt", "logout+jwt", "secevent+jwt", "token-introspection+jwt", "JOSE", ""] {
        not_understood(headed(&format!(r#"{{"alg":"ES256","typ":"{typ}"}}"#)));
    }
    malformed(headed(r#"{"alg":"ES256","typ":null}"#));
}

#[test]
fn a_token_bound_to_a_key_or_an_actor_is_not_a_bearers() {
    not_understood(said(&with("cnf", json!({"jkt": "x"}))));
    not_understood(said(&with("cnf", json!({"urn:x": 1}))));
    not_understood(said(&with("cnf", Value::Null)));
    not_understood(said(&with("act", json!({"sub": "proxy"}))));
}

#[test]
fn issuer_subject_and_end_are_missed() {
    for name in ["iss", "sub"] {
        malformed(said(&without(name)));
        malformed(said(&with(name, json!(""))));
        malformed(said(&with(name, json!(["alice"]))));
    }
    malformed(said(&without("exp")));
}

#[test]
fn a_time_of_the_wrong_type_is_refused() {
    for name in ["exp", "nbf", "iat", "auth_time"] {
        malformed(said(&with(name, json!("1795219260"))));
        malformed(said(&with(name, Value::Null)));
    }
    malformed(said(&with("exp", json!(1e300))));
}

#[test]
fn a_claim_that_stands_twice_is_refused() {
    malformed(said(r#"{"iss":"a","sub":"alice","sub":"bob","exp":1795219260}"#));
    malformed(headed(r#"{"alg":"none","alg":"ES256"}"#));
}

#[test]
fn extensions_that_must_be_understood_are_not() {
    malformed(headed(r#"{"alg":"ES256","crit":["exp"],"exp":1}"#));
}

#[test]
fn one_changed_octet_is_seen() {
    let issuer = P256;
    let RawToken::Octets(token) = sign(r#"{"alg":"ES256"}"#, &usual().to_string(), issuer) else {
        panic!("octets were signed")
    };
    let forged = base64url::encode(with("sub", json!("mallory")).as_bytes());
    let text = String::from_utf8(token).unwrap();
    let parts: Vec<&str> = text.split('.').collect();
    let forged = format!("{}.{forged}.{}", parts[0], parts[2]);
    badly_signed(verify(&RawToken::Octets(forged.into_bytes()), &[trusted(issuer)]));
}

#[test]
fn what_is_no_compact_jws_is_refused() {
    let keys = [trusted(P256)];
    for text in ["", "a.b", "a.b.c.d.e", "<xml/>", "e30.e30.e30"] {
        let token = RawToken::Octets(text.as_bytes().to_vec());
        malformed(verify(&token, &keys));
        assert!(FORMAT.issuer(&token).is_err(), "{text}");
    }
    let xml = symbolon_xml::Document::parse(b"<a/>", &symbolon_xml::Limits::TOKEN).unwrap();
    malformed(verify(&RawToken::Xml(xml), &keys));
    malformed(verify(&RawToken::Octets(vec![0xff, 0xfe]), &keys));
    let large = vec![b'a'; MAX_OCTETS + 1];
    malformed(verify(&RawToken::Octets(large), &keys));
}
