//! Token requests: what clients send, and what is refused.

use symbolon_messages::oauth::{
    ErrorCode, FormFlaw, Grant, RequestFlaw, TokenExchange, TokenRequest, TypedToken, token_types,
};

const EXCHANGE: &str = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange\
                        &subject_token=t&subject_token_type=urn%3Aty";

fn exchange(body: &[u8]) -> (TokenRequest, TokenExchange) {
    let request = TokenRequest::parse(body).unwrap();
    let Grant::TokenExchange(exchange) = &request.grant else { panic!("{:?}", request.grant) };
    (request.clone(), *exchange.clone())
}

fn flaw(body: &str) -> RequestFlaw {
    TokenRequest::parse(body.as_bytes()).err().unwrap()
}

#[test]
fn what_google_auth_sends_is_read() {
    let (request, exchange) = exchange(include_bytes!("../requests/google-auth.form"));
    assert!(exchange.subject.token.expose().starts_with("eyJhbGciOiAiUlMyNTYi"));
    assert_eq!(exchange.subject.token_type, token_types::JWT);
    assert_eq!(exchange.requested_token_type.as_deref(), Some(token_types::ACCESS_TOKEN));
    assert_eq!((request.audience, request.scope), (vec!["urn:rp:app".into()], vec!["read".into()]));
    assert!(exchange.actor.is_none() && request.client.id.is_none() && request.resource.is_empty());
}

#[test]
fn an_actor_and_a_secret_in_the_body_are_read_and_hidden() {
    for (body, wanted) in [
        (&include_bytes!("../requests/google-auth-actor.form")[..], Some(token_types::SAML2)),
        (include_bytes!("../requests/oauth4webapi-actor.form"), None),
    ] {
        let (request, exchange) = exchange(body);
        assert_eq!(exchange.subject.token_type, token_types::ACCESS_TOKEN);
        assert_eq!(exchange.actor.as_ref().unwrap().token_type, token_types::JWT);
        assert_eq!(exchange.requested_token_type.as_deref(), wanted);
        assert_eq!(request.client.id.as_deref(), Some("cid"));
        assert_eq!(request.client.secret.as_ref().unwrap().expose(), "se:cr et");
        let shown = format!("{request:?}");
        assert!(!shown.contains("se:cr") && !shown.contains("eyJ"), "{shown}");
    }
}

#[test]
fn other_grants_are_told_apart() {
    let adal = TokenRequest::parse(include_bytes!("../requests/adal-saml2-bearer.form")).unwrap();
    assert!(matches!(adal.grant, Grant::Saml2Bearer(_)));
    for (body, shown) in [
        ("grant_type=client_credentials&scope=a+b", "ClientCredentials"),
        (
            "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=x",
            "JwtBearer(Secret(…))",
        ),
        (
            "grant_type=urn:ietf:params:oauth:grant-type:saml1_1-bearer&assertion=x",
            "Saml11Bearer(Secret(…))",
        ),
        ("grant_type=refresh_token&refresh_token=x", "RefreshToken(Secret(…))"),
        ("grant_type=password", "Other(\"password\")"),
    ] {
        let request = TokenRequest::parse(body.as_bytes()).unwrap();
        assert_eq!(format!("{:?}", request.grant), shown);
    }
}

/// OAU-001: also a parameter that the grant has no use for.
#[test]
fn no_parameter_may_stand_twice_but_audience_and_resource() {
    for name in [
        "grant_type",
        "subject_token",
        "subject_token_type",
        "actor_token",
        "actor_token_type",
        "requested_token_type",
        "scope",
        "client_id",
        "client_secret",
        "client_assertion",
        "client_assertion_type",
        "assertion",
        "refresh_token",
    ] {
        let body = format!("{EXCHANGE}&{name}=a&{name}=a");
        let found = flaw(&body);
        assert_eq!(found, RequestFlaw::Form(FormFlaw::Repeated(name)));
        assert_eq!(found.code(), ErrorCode::InvalidRequest); // RFC 6749 §5.2
    }
    let body = format!("{EXCHANGE}&audience=a&audience=b&resource=urn:a&resource=urn:b&x=1&x=2");
    let (request, _) = exchange(body.as_bytes());
    assert_eq!(request.audience, ["a", "b"]);
    assert_eq!(request.resource, ["urn:a", "urn:b"]);
}

/// RFC 8693 §2.1, §2.2.2.
#[test]
fn an_exchange_is_complete_or_refused() {
    let grant = "grant_type=urn:ietf:params:oauth:grant-type:token-exchange";
    for (body, found) in [
        (String::new(), RequestFlaw::Missing("grant_type")),
        ("grant_type=".to_owned(), RequestFlaw::Missing("grant_type")),
        (grant.to_owned(), RequestFlaw::Missing("subject_token")),
        (format!("{grant}&subject_token="), RequestFlaw::Missing("subject_token")),
        (format!("{grant}&subject_token=t"), RequestFlaw::Missing("subject_token_type")),
        (format!("{grant}&subject_token_type=t"), RequestFlaw::Stray("subject_token_type")),
        (format!("{EXCHANGE}&actor_token=t"), RequestFlaw::Missing("actor_token_type")),
        (format!("{EXCHANGE}&actor_token_type=t"), RequestFlaw::Stray("actor_token_type")),
        (format!("{EXCHANGE}&client_assertion=t"), RequestFlaw::Missing("client_assertion_type")),
        (
            "grant_type=urn:ietf:params:oauth:grant-type:saml2-bearer".to_owned(),
            RequestFlaw::Missing("assertion"),
        ),
    ] {
        assert_eq!(flaw(&body), found, "{body}");
        assert_eq!(found.code(), ErrorCode::InvalidRequest);
    }
}

/// OAU-007.
#[test]
fn a_scope_has_only_the_characters_of_scopes() {
    for scope in ["a%22b", "a%5Cb", "a++b", "+a", "a+", "a%09b", "%C3%A9", "a%7F"] {
        let found = flaw(&format!("{EXCHANGE}&scope={scope}"));
        assert_eq!((found.code(), found), (ErrorCode::InvalidScope, RequestFlaw::Scope), "{scope}");
    }
    let (request, _) = exchange(format!("{EXCHANGE}&scope=a+!%5B~+b:c/d").as_bytes());
    assert_eq!(request.scope, ["a", "![~", "b:c/d"]);
}

/// OAU-010.
#[test]
fn a_resource_is_an_absolute_uri_without_fragment() {
    for resource in ["a", "/a", "//a", ":a", "1a:b", "https:", "urn:a%23", "urn:a%23b", "urn:a+b"] {
        let found = flaw(&format!("{EXCHANGE}&resource={resource}"));
        let expected = (ErrorCode::InvalidTarget, RequestFlaw::Resource);
        assert_eq!((found.code(), found), expected, "{resource}");
    }
    let (request, _) = exchange(format!("{EXCHANGE}&resource=https://a.example/?b%3Dc").as_bytes());
    assert_eq!(request.resource, ["https://a.example/?b=c"]);
}

#[test]
fn an_exchange_is_read_as_it_was_written() {
    let token = |token: &str| TypedToken { token: token.into(), token_type: "urn:ty".to_owned() };
    let written = TokenExchange {
        subject: token("a.b-c_"),
        actor: Some(token("x&y")),
        requested_token_type: Some(token_types::JWT.to_owned()),
    };
    let form = written.to_form().with("audience", "urn:rp:app");
    let (request, read) = exchange(form.write().as_bytes());
    assert_eq!((read.subject, read.actor), (written.subject, written.actor));
    assert_eq!(read.requested_token_type, written.requested_token_type);
    assert_eq!(request.audience, ["urn:rp:app"]);
}
