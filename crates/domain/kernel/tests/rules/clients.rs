//! Who an OAuth client is: by secret, by assertion, by name alone.

use serde_json::{Value, json};
use symbolon_formats::TrustedKey;
use symbolon_jose::{Header, base64url, sign_compact};
use symbolon_kernel::ports::PasswordHash;
use symbolon_kernel::snapshot::{Client, Realm};
use symbolon_kernel::{Arrival, ClientReading, Evidence, audit};
use symbolon_keys::{Certificate, SignatureAlgorithm, SigningKey as _};
use symbolon_model::{ClientId, IssuerName, Timestamp, purpose};
use symbolon_testkit::{KnownKey, OTHER_RSA};

use super::*;

/// The claims of a good assertion of the client `signer`.
fn good() -> Value {
    json!({
        "iss": "signer",
        "sub": "signer",
        "aud": ISSUER,
        "exp": at(60).seconds(),
        "iat": NOW.seconds(),
        "jti": "one",
    })
}

/// Good claims, but for one; `null` takes it away.
fn but(name: &str, value: impl Into<Value>) -> Value {
    let mut claims = good();
    claims[name] = value.into();
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    claims
}

fn signed_by(key: KnownKey, typ: Option<&str>, claims: &Value) -> String {
    let header = Header { typ, kid: None };
    let signer = key.signer::<purpose::Token>();
    ready(sign_compact(&header, claims.to_string().as_bytes(), &signer)).unwrap()
}

fn signed_claims(claims: &Value) -> String {
    signed_by(OTHER_P256, None, claims)
}

fn asserting(assertion: &str) -> Evidence {
    asserting_as(None, assertion)
}

fn asserting_as(claimed: Option<&str>, assertion: &str) -> Evidence {
    let claimed = claimed.map(ClientId::new);
    evidence(vec![Presented {
        kind: CredentialKind::PrivateKeyJwt,
        credential: Credential::ClientAssertion { claimed, assertion: assertion.into() },
        covered_by: vec![],
        confidential: true,
    }])
}

fn named(id: &str) -> Evidence {
    evidence(vec![Presented {
        kind: CredentialKind::PublicClient,
        credential: Credential::PublicClient(id.into()),
        covered_by: vec![],
        confidential: true,
    }])
}

/// A token about the client itself.
fn about_itself() -> Wish {
    Wish {
        grant: Some(CREDENTIALS.to_owned()),
        token_type: Some(TokenType::ACCESS_TOKEN),
        ..wish()
    }
}

fn refused_as(evidence: &Evidence) -> Cause {
    cause("/token", evidence, about_itself())
}

// ---- by assertion

#[test]
fn a_client_is_whom_its_key_says_once() {
    let world = world();
    let assertion = signed_claims(&good());
    minted(&world.ask("/token", &asserting_as(Some("signer"), &assertion), about_itself()));
    let again = world.ask("/token", &asserting(&assertion), about_itself());
    assert_eq!(refusal(&again).cause, Cause::Replayed);
    let events = world.ledger.committed.lock().unwrap();
    assert_eq!(events[0].proven, ["key of client signer (ES256)"]);
    assert!(events[0].replay_protected);
    let audit::Outcome::Issued { tokens, .. } = &events[0].outcome else { panic!("{events:?}") };
    assert_eq!(tokens[0].subject, "signer");
}

#[test]
fn an_assertion_may_name_the_endpoint_and_count_its_time_in_fractions() {
    let exact = at(60).seconds();
    for (name, value) in [
        ("aud", json!("https://sts.example/token")),
        ("aud", json!([ISSUER, "https://sts.example/token"])),
        ("exp", json!(format!("{exact}.25").parse::<f64>().unwrap())),
        ("iat", json!(format!("{}.75", NOW.seconds()).parse::<f64>().unwrap())),
        ("iat", Value::Null),
    ] {
        let assertion = signed_claims(&but(name, value.clone()));
        minted(&world().ask("/token", &asserting(&assertion), about_itself()));
    }
    for typ in ["JWT", "client-authentication+jwt"] {
        let assertion = signed_by(OTHER_P256, Some(typ), &good());
        minted(&world().ask("/token", &asserting(&assertion), about_itself()));
    }
}

#[test]
fn an_assertion_whose_claims_are_not_the_standards_is_refused() {
    for (name, value) in [
        ("iss", json!("cid")),
        ("iss", Value::Null),
        ("sub", json!("cid")),
        ("sub", json!("nobody")),
        ("sub", Value::Null),
        ("aud", json!("https://other.example")),
        ("aud", json!("https://sts.example/issued")), // a token endpoint, but another
        ("aud", json!([ISSUER, "https://other.example"])),
        ("aud", json!([])),
        ("aud", Value::Null),
        ("exp", json!(at(-301).seconds())),
        ("exp", json!(at(3901).seconds())),
        ("exp", json!("soon")),
        ("exp", Value::Null),
        ("nbf", json!(at(301).seconds())),
        ("iat", json!(at(301).seconds())),
        ("jti", json!("")),
        ("jti", Value::Null),
    ] {
        let assertion = signed_claims(&but(name, value.clone()));
        assert_eq!(refused_as(&asserting(&assertion)), Cause::Unauthenticated, "{name}: {value}");
    }
    let other_id = asserting_as(Some("cid"), &signed_claims(&good()));
    assert_eq!(refused_as(&other_id), Cause::Unauthenticated);
}

#[test]
fn an_assertion_without_a_signature_of_the_clients_key_is_refused() {
    let part = |value: Value| base64url::encode(value.to_string().as_bytes());
    let as_is = |alg: &str, signature: &str| {
        format!("{}.{}.{signature}", part(json!({ "alg": alg })), part(good()))
    };
    let other = signed_claims(&but("jti", "two"));
    let signature = other.rsplit('.').next().unwrap();
    for (what, assertion) in [
        ("another client's key", signed_by(OTHER_RSA, None, &good())),
        ("none", as_is("none", "x")),
        ("none, and nothing after it", as_is("none", "")),
        ("of other claims", as_is("ES256", signature)),
        ("a symmetric algorithm", as_is("HS256", signature)),
        ("no JWT", "a.b.c".to_owned()),
        ("nothing", String::new()),
    ] {
        assert_eq!(refused_as(&asserting(&assertion)), Cause::Unauthenticated, "{what}");
    }
}

#[test]
fn an_assertion_of_our_own_token_key_is_nobodys() {
    for (id, key) in [("nobody", P256), ("nobody", RSA), ("cid", P256), ("signer", P256)] {
        let claims =
            json!({ "iss": id, "sub": id, "aud": ISSUER, "exp": at(60).seconds(), "jti": "1" });
        let assertion = signed_by(key, None, &claims);
        assert_eq!(refused_as(&asserting(&assertion)), Cause::Unauthenticated, "{id}");
    }
}

#[test]
fn another_kind_of_jwt_is_no_client_assertion() {
    for typ in ["at+jwt", "dpop+jwt", "logout+jwt", ""] {
        let assertion = signed_by(OTHER_P256, Some(typ), &good());
        assert_eq!(refused_as(&asserting(&assertion)), Cause::Unauthenticated, "{typ}");
    }
}

#[test]
fn a_key_signs_with_the_algorithm_of_its_object_alone() {
    let pss = |realm: &mut Realm| {
        let keys = vec![trusted(OTHER_RSA, SignatureAlgorithm::PsSha256)];
        put_client(realm, Client { keys, ..nobody("signer") });
    };
    let assertion = signed_by(OTHER_RSA, None, &good()); // RS256
    let answer = world_with(pss).ask("/token", &asserting(&assertion), about_itself());
    assert_eq!(refusal(&answer).cause, Cause::Unauthenticated);
}

/// MSAL names the certificate by its digests, and carries it: neither chooses a key.
#[test]
fn what_an_assertion_says_of_its_key_is_not_looked_at() {
    let header =
        json!({ "alg": "ES256", "typ": "JWT", "x5t": "AAAA", "x5t#S256": "AAAA", "x5c": ["AAAA"] });
    let signed_as_it_is = |header: &Value, key: KnownKey| {
        let part = |value: &Value| base64url::encode(value.to_string().as_bytes());
        let unsigned = format!("{}.{}", part(header), part(&good()));
        let signature = ready(key.private().sign(unsigned.as_bytes())).unwrap();
        asserting(&format!("{unsigned}.{}", base64url::encode(&signature)))
    };
    minted(&world().ask("/token", &signed_as_it_is(&header, OTHER_P256), about_itself()));
    assert_eq!(refused_as(&signed_as_it_is(&header, P256)), Cause::Unauthenticated);
    let mut other = header.clone();
    other["kid"] = "p256-1".into(); // the client's one key is called otherwise
    assert_eq!(refused_as(&signed_as_it_is(&other, OTHER_P256)), Cause::Unauthenticated);
    other["kid"] = "p256-2".into();
    minted(&world().ask("/token", &signed_as_it_is(&other, OTHER_P256), about_itself()));
}

/// openid-client 6.8.9, as recorded: PS256, `aud` the issuer, no `typ` and no `kid`.
#[test]
fn what_openid_client_signs_is_believed() {
    let certificate = Certificate::from_pem(include_str!("../recorded/openid-client.crt")).unwrap();
    let world = world_with(|realm| {
        realm.issuer = IssuerName::new("https://127.0.0.1:8443");
        let key = certificate.public_key().clone();
        let keys = vec![TrustedKey { id: None, key, algorithm: SignatureAlgorithm::PsSha256 }];
        put_client(realm, Client { keys, ..nobody("cid-jwt") });
        let mut app = party(APP);
        app.clients = Admitted::Everyone;
        put(realm, app);
    });
    let assertion = include_str!("../recorded/openid-client.jwt").trim_end();
    let then = |seconds| Arrival { now: Timestamp::from_seconds(seconds), ..arrival() };
    let late = world.ask_at(then(1_795_294_387), "/token", &asserting(assertion), about_itself());
    assert_eq!(refusal(&late).cause, Cause::Unauthenticated);
    minted(&world.ask_at(then(1_795_294_030), "/token", &asserting(assertion), about_itself()));
}

// ---- by secret

#[test]
fn of_two_readings_that_counts_whose_id_is_known() {
    let with =
        |id: &str, secret: &str| ClientReading { id: id.into(), candidates: vec![secret.into()] };
    let both = |first, second| {
        let credential = Credential::ClientSecret(vec![first, second]);
        let kind = CredentialKind::ClientSecretBasic;
        evidence(vec![Presented { kind, credential, covered_by: vec![], confidential: true }])
    };
    let world = world_with(|realm| {
        let secret = Some(PasswordHash::new("hash of raw+"));
        put_client(realm, Client { secret, ..nobody("a+b") });
        let mut app = party(APP);
        app.clients = Admitted::Everyone;
        put(realm, app);
    });
    let raw = both(with("a b", "raw "), with("a+b", "raw+"));
    minted(&world.ask("/token", &raw, about_itself()));
    let decoded = both(with("cid", "secret"), with("c%69d", "secret"));
    minted(&world.ask("/token", &decoded, about_itself()));
    // The secret of one reading is not tried under the id of the other.
    let crossed = both(with("a b", "raw+"), with("a+b", "raw "));
    assert_eq!(
        refusal(&world.ask("/token", &crossed, about_itself())).cause,
        Cause::Unauthenticated
    );
    assert_eq!(world.directory.checks.load(Ordering::Relaxed), 3);
}

#[test]
fn a_client_without_a_secret_fits_none_and_costs_the_same() {
    for id in ["signer", "native"] {
        let world = world();
        let answer = world.ask("/token", &evidence(vec![client(id, "secret")]), about_itself());
        assert_eq!(refusal(&answer).cause, Cause::Unauthenticated);
        assert_eq!(world.directory.checks.load(Ordering::Relaxed), 1);
    }
}

// ---- by name alone

#[test]
fn only_a_public_client_is_believed_its_name() {
    let token = || signed(&draft(ISSUER, APP), TokenType::JWT, P256);
    for id in ["cid", "signer", "nobody", "alice"] {
        assert_eq!(
            cause("/token", &named(id), granted_by(token())),
            Cause::Unauthenticated,
            "{id}"
        );
    }
    minted(&world().ask("/token", &named("native"), granted_by(token())));
    assert_eq!(cause("/ut", &named("native"), wish()), Cause::UnsupportedCredential);
}

#[test]
fn a_public_client_is_no_subject_even_where_its_object_allows_it() {
    assert_eq!(refused_as(&named("native")), Cause::Client);
}

#[test]
fn a_public_client_is_a_stranger_until_its_assertion_holds() {
    let bad = signed(&draft(ISSUER, APP), TokenType::JWT, OTHER_P256);
    let world = world();
    let answer = world.ask("/token", &named("native"), granted_by(bad));
    assert!(answer.refuses_a_stranger());
    assert_eq!(world.ledger.noted.lock().unwrap().len(), 1);
    assert!(world.ledger.committed.lock().unwrap().is_empty());
    minted(&world.ask(
        "/token",
        &named("native"),
        granted_by(signed(&draft(ISSUER, APP), TokenType::JWT, P256)),
    ));
    let events = world.ledger.committed.lock().unwrap();
    assert_eq!(events[0].requestor, Some(audit::Who::Client(ClientId::new("native"))));
}

#[test]
fn a_public_clients_bad_assertion_tells_nothing_of_relying_parties() {
    for target in [APP, "urn:rp:unknown"] {
        let bad = signed(&draft(ISSUER, APP), TokenType::JWT, OTHER_P256);
        let target = Target::Named(vec![symbolon_kernel::AppliesTo(target.into())]);
        let answer = world().ask("/token", &named("native"), Wish { target, ..granted_by(bad) });
        let flaw = TokenFlaw::Unverified;
        assert_eq!(refusal(&answer).cause, Cause::Token { role: Role::Assertion, flaw });
    }
}
