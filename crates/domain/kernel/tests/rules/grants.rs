//! What a grant gives: tokens that are the grant, clients as subjects, scopes that stay bounded.

use symbolon_kernel::snapshot::{Client, Realm};
use symbolon_model::PartyId;
use symbolon_testkit::OTHER_RSA;

use super::*;

const fn assertion(flaw: TokenFlaw) -> Cause {
    Cause::Token { role: Role::Assertion, flaw }
}

fn about_cid() -> Wish {
    Wish {
        grant: Some(CREDENTIALS.to_owned()),
        token_type: Some(TokenType::ACCESS_TOKEN),
        ..wish()
    }
}

/// What was issued, to be presented in turn.
fn presented(answer: &symbolon_kernel::Answer, token_type: TokenType) -> Credential {
    let octets = minted(answer).token().as_slice().to_vec();
    Credential::Token { token_type, raw: RawToken::Octets(octets) }
}

#[test]
fn what_is_wrong_with_a_token_that_is_the_grant_is_told_of_an_assertion() {
    let mut over = draft(ISSUER, ISSUER);
    over.lifetime = Lifetime::new(at(-900), at(-301)).unwrap();
    let mut nearly = draft(ISSUER, ISSUER);
    nearly.lifetime = Lifetime::new(at(-900), at(-1)).unwrap();
    for (what, draft, key, flaw) in [
        ("key of nobody", draft(ISSUER, ISSUER), OTHER_P256, TokenFlaw::Unverified),
        ("unknown issuer", draft("https://nobody.example", ISSUER), P256, TokenFlaw::Unverified),
        ("over", over, P256, TokenFlaw::NotNow),
        ("over but for the skew", nearly, P256, TokenFlaw::NotNow),
        ("meant for another", draft(ISSUER, "urn:rp:secret"), P256, TokenFlaw::Audience),
    ] {
        let token = signed(&draft, TokenType::JWT, key);
        assert_eq!(cause("/token", &cid(), granted_by(token)), assertion(flaw), "{what}");
    }
    minted(&world().ask(
        "/token",
        &cid(),
        granted_by(signed(&draft(ISSUER, APP), TokenType::JWT, P256)),
    ));
}

#[test]
fn a_foreign_assertion_without_recipient_is_no_grant() {
    let token = signed(&draft("https://second.example", ISSUER), TokenType::SAML2, OTHER_RSA);
    assert_eq!(cause("/token", &cid(), granted_by(token)), assertion(TokenFlaw::Audience));
}

#[test]
fn an_assertion_of_either_version_becomes_a_token_and_a_token_an_assertion() {
    for (from, key) in [(TokenType::SAML2, RSA), (TokenType::SAML11, RSA), (TokenType::JWT, P256)] {
        for to in [TokenType::SAML2, TokenType::JWT] {
            let token = signed(&draft(ISSUER, ISSUER), from.clone(), key);
            let wish = Wish { token_type: Some(to.clone()), ..exchange_of(token) };
            assert_eq!(*minted(&world().ask("/token", &cid(), wish)).token_type(), to);
        }
    }
}

#[test]
fn who_names_nobody_gets_a_token_for_the_default_of_its_object() {
    let with_default = |realm: &mut Realm| {
        let cid = realm.clients["cid"].as_ref().clone();
        put_client(realm, Client { default_party: Some(PartyId::new(APP)), ..cid });
    };
    let to_nobody = || Wish { target: Target::Named(vec![]), ..about_cid() };
    let world = world_with(with_default);
    assert_eq!(*minted(&world.ask("/token", &cid(), to_nobody())).parties(), [PartyId::new(APP)]);
    assert_eq!(cause("/token", &cid(), to_nobody()), Cause::Target);
    // Whoever is named is not replaced by it.
    let unknown = Target::Named(vec![symbolon_kernel::AppliesTo("urn:rp:unknown".into())]);
    let answer = world.ask("/token", &cid(), Wish { target: unknown, ..about_cid() });
    assert_eq!(refusal(&answer).cause, Cause::Target);
}

// ---- clients as subjects

#[test]
fn a_client_is_its_own_subject_only_by_that_grant_and_with_leave() {
    let answer = world().ask("/token", &cid(), about_cid());
    let token = text_of(minted(&answer));
    let payload = symbolon_jose::base64url::decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!((&claims["sub"], &claims["client_id"]), (&"cid".into(), &"cid".into()));
    let closed = world_with(|realm| {
        let mut closed = party(APP);
        closed.clients = Admitted::Nobody;
        put(realm, closed);
    });
    assert_eq!(refusal(&closed.ask("/token", &cid(), about_cid())).cause, Cause::Target);
    let without = world_with(|realm| {
        let cid = realm.clients["cid"].as_ref().clone();
        put_client(realm, Client { grants: vec![EXCHANGE.to_owned()], ..cid });
    });
    assert_eq!(refusal(&without.ask("/token", &cid(), about_cid())).cause, Cause::Client);
}

#[test]
fn a_clients_token_about_itself_names_no_account() {
    let world = world();
    let own = || presented(&world.ask("/token", &cid(), about_cid()), TokenType::JWT);
    let exchanged = world.ask("/token", &cid(), exchange_of(own()));
    assert_eq!(refusal(&exchanged).cause, subject(TokenFlaw::Unverified));
    let granted = world.ask("/token", &cid(), granted_by(own()));
    assert_eq!(refusal(&granted).cause, assertion(TokenFlaw::Unverified));
}

// ---- scopes

#[test]
fn a_scope_is_not_lost_on_the_way_through_an_assertion() {
    let two_scopes = |realm: &mut Realm| {
        let mut app = party(APP);
        app.scopes = vec!["read".to_owned(), "write".to_owned()];
        app.token_types.push(TokenType::SAML11);
        put(realm, app);
    };
    let scoped = |scope: &str, token: Credential| {
        let scopes = scope.split_terminator(' ').map(str::to_owned).collect();
        Wish { scopes, ..exchange_of(token) }
    };
    for scope in [Some("read"), Some("other"), None] {
        let world = world_with(two_scopes);
        let mut about = draft(ISSUER, ISSUER);
        about.scope = scope.map(str::to_owned);
        for middle in [TokenType::SAML2, TokenType::SAML11, TokenType::JWT] {
            let first = signed(&about, TokenType::JWT, P256);
            let wish = Wish { token_type: Some(middle.clone()), ..scoped("", first) };
            let answer = world.ask("/token", &cid(), wish);
            let again = |scope| {
                let token = presented(&answer, middle.clone());
                let answer = world.ask("/token", &cid(), scoped(scope, token));
                matches!(answer, symbolon_kernel::Answer::Done(_))
            };
            let unbounded = scope.is_none();
            let got = (again("read"), again("write"), again(""));
            assert_eq!(
                got,
                (unbounded || scope == Some("read"), unbounded, true),
                "{scope:?} by {middle}"
            );
        }
    }
}
