//! SAML tokens as credentials, and digests.

use symbolon_formats::{Draft, NameId, built_in};
use symbolon_kernel::audit::{Outcome, Who};
use symbolon_model::{
    AccountName, Claims, Confirmation, IssuerName, Lifetime, Lineage, PartyId, TokenId, TokenType,
};
use symbolon_testkit::{KnownKey, NOW, OTHER_RSA, RSA, at, ready};

use crate::world::{
    ISSUER, PARTNER, Rst, codes_of, digested, response_of, timestamp, username, world,
};

const CREATED: &str = "2026-11-21T00:00:00Z";
const NONCE: &str = "AAECAwQFBgcICQoLDA0ODw==";

fn draft(issuer: &str) -> Draft {
    Draft {
        id: TokenId::new("_0123456789abcdef"),
        issuer: IssuerName::new(issuer),
        issued_at: NOW,
        subject: NameId { value: "bob".to_owned(), format: None },
        audiences: vec![PartyId::new(ISSUER)],
        lifetime: Lifetime::new(at(-60), at(600)).unwrap(),
        authenticated: None,
        attributes: Claims::none(),
        confirmation: Confirmation::Bearer,
        client: None,
        scope: None,
        lineage: Lineage::new("l"),
        layout: symbolon_formats::Layout::Prefixed,
    }
}

fn signed(draft: &Draft, token_type: &TokenType, key: KnownKey) -> String {
    let formats = built_in();
    let format = formats.iter().find(|format| format.token_type() == *token_type).unwrap();
    let octets = ready(format.encode(draft, &key.signer())).unwrap().into_vec();
    String::from_utf8(octets).unwrap()
}

fn by(token: &str) -> Rst {
    Rst { path: "/issued", security: timestamp() + token, ..Rst::default() }
}

fn by_digest(nonce: &str, created: &str) -> Rst {
    let security = timestamp() + &digested("alice", nonce, created);
    Rst { security, ..Rst::default() }
}

#[test]
fn a_token_of_ours_in_either_version_is_a_credential() {
    for token_type in [TokenType::SAML11, TokenType::SAML2] {
        let world = world();
        let reply = world.ask(&by(&signed(&draft(ISSUER), &token_type, RSA)));
        assert!(response_of(&reply).token.source().contains(">bob</"));
        let events = world.ledger.committed.lock().unwrap();
        assert_eq!(events[0].requestor, Some(Who::Account(AccountName::new("bob"))));
        assert!(matches!(events[0].outcome, Outcome::Issued { .. }));
    }
}

#[test]
fn a_saml_1_1_token_of_another_issuer_is_a_credential() {
    let token = signed(&draft(PARTNER), &TokenType::SAML11, OTHER_RSA);
    assert!(response_of(&world().ask(&by(&token))).token.source().contains(">bob</"));
}

#[test]
fn a_token_that_is_not_good_is_refused_by_what_is_wrong_with_it() {
    let elsewhere = Draft { audiences: vec![PartyId::new("urn:rp:app")], ..draft(ISSUER) };
    let over = Draft { lifetime: Lifetime::new(at(-900), at(-301)).unwrap(), ..draft(ISSUER) };
    for token_type in [TokenType::SAML11, TokenType::SAML2] {
        let token = |draft: &Draft, key| signed(draft, &token_type, key);
        let good = token(&draft(ISSUER), RSA);
        for (token, code) in [
            (token(&elsewhere, RSA), "InvalidSecurityToken"),
            (token(&over, RSA), "InvalidSecurityToken"),
            (token(&draft("https://nobody.example"), RSA), "FailedCheck"),
            (token(&draft(PARTNER), RSA), "FailedCheck"),
            (token(&draft(ISSUER), OTHER_RSA), "FailedCheck"),
            (good.replace(">bob</", ">alice</"), "FailedCheck"),
        ] {
            let codes = codes_of(&world().ask(&by(&token)));
            assert_eq!(codes, format!("s:Sender/wsse:{code}"), "{token_type}: {token}");
        }
    }
}

/// Exclusive canonicalization leaves comments out: the signature holds, and so must the whole name.
#[test]
fn a_comment_in_a_name_does_not_make_it_another_name() {
    for token_type in [TokenType::SAML11, TokenType::SAML2] {
        let token = signed(&draft(ISSUER), &token_type, RSA).replace(">bob</", ">b<!-- -->ob</");
        assert!(response_of(&world().ask(&by(&token))).token.source().contains(">bob</"));
    }
}

// ---- digests: UsernameToken Profile 1.1.1 §3.1

#[test]
fn a_digest_gets_a_token_once() {
    let world = world();
    response_of(&world.ask(&by_digest(NONCE, CREATED)));
    for asked in by_digest(NONCE, CREATED).both() {
        let code = if asked.soap.contains("2003") { "s:Sender/wsse:" } else { "wsse:" };
        let expected = format!("{code}FailedAuthentication");
        assert_eq!(codes_of(&world.ask(&asked)), expected);
        // White space inside base64 is no other nonce, and what is no base64 is none at all.
        let spaced = by_digest(NONCE, CREATED);
        let spaced = spaced.security.replace(NONCE, " AAECAwQF\n\tBgcICQoLDA0ODw== ");
        assert_eq!(codes_of(&world.ask(&Rst { security: spaced, ..asked.clone() })), expected);
        for variant in
            ["AAECAwQFBgcICQoLDA0ODw", "AAECAwQFBgcICQoLDA0ODw=", "AAECAwQFBgcICQoLDA0ODx=="]
        {
            let security = by_digest(NONCE, CREATED).security.replace(NONCE, variant);
            let codes = codes_of(&world.ask(&Rst { security, ..asked.clone() }));
            assert_eq!(codes, format!("{code}InvalidSecurityToken"), "{variant}");
        }
    }
    response_of(&world.ask(&by_digest("AAECAwQFBgcICQoLDA0OEA==", CREATED)));
}

#[test]
fn a_digest_without_nonce_or_created_is_refused() {
    let whole = by_digest(NONCE, CREATED).security;
    let nonce = format!("<o:Nonce>{NONCE}</o:Nonce>");
    let created = format!("<u:Created>{CREATED}</u:Created></o:UsernameToken>");
    for security in [
        whole.replace(&nonce, ""),
        whole.replace(&nonce, "<o:Nonce/>"),
        whole.replace(&created, "</o:UsernameToken>"),
        timestamp()
            + &digested("alice", NONCE, CREATED).replacen("=</o:Password>", "</o:Password>", 1),
    ] {
        for asked in (Rst { security: security.clone(), ..Rst::default() }).both() {
            let codes = codes_of(&world().ask(&asked));
            assert!(codes.ends_with("wsse:FailedAuthentication"), "{codes}: {security}");
        }
    }
}

#[test]
fn an_old_digest_in_a_fresh_message_is_refused() {
    for created in ["2026-11-20T23:50:00Z", "2026-11-21T00:05:01Z"] {
        let codes = codes_of(&world().ask(&by_digest(NONCE, created)));
        assert_eq!(codes, "s:Sender/wsu:MessageExpired", "{created}");
    }
}

#[test]
fn a_digest_of_the_wrong_password_and_of_nobody_are_one_fault() {
    let good = digested("alice", NONCE, CREATED);
    let nobody = good.replace(">alice<", ">mallory<");
    let other_time = good.replace(CREATED, "2026-11-21T00:00:01Z");
    let password = username("alice", "wrong");
    let replies = [nobody, other_time, password].map(|token| {
        let reply = world().ask(&Rst { security: timestamp() + &token, ..Rst::default() });
        assert_eq!(codes_of(&reply), "s:Sender/wsse:FailedAuthentication");
        reply.body
    });
    assert!(replies.iter().all(|body| *body == replies[0]));
}

#[test]
fn a_digest_is_unsupported_where_the_endpoint_takes_none() {
    let asked = Rst { path: "/strict", ..by_digest(NONCE, CREATED) };
    assert_eq!(codes_of(&world().ask(&asked)), "s:Sender/wsse:UnsupportedSecurityToken");
}
