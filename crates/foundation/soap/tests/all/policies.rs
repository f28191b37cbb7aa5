//! Policies as they are published.

use symbolon_soap::policy::{
    AlgorithmSuite, Alternative, Dialect, Layout, Password, SamlVersion, SecurityPolicy,
    SupportingToken, TransportBinding,
};
use symbolon_xml::Writer;

fn written(dialect: Dialect, timestamp: bool, tokens: &[SupportingToken]) -> String {
    let binding =
        TransportBinding { suite: AlgorithmSuite::Basic256Sha256, layout: Layout::Lax, timestamp };
    let alternative =
        |token: &SupportingToken| Alternative { binding, token: *token, addressing: timestamp };
    let alternatives = tokens.iter().map(alternative).collect();
    let mut out = Writer::new();
    SecurityPolicy { id: "p", dialect, alternatives }.write(&mut out);
    String::from_utf8(out.finish().unwrap()).unwrap()
}

const TOKENS: [SupportingToken; 4] = [
    SupportingToken::Username(Password::Text),
    SupportingToken::Username(Password::Digest),
    SupportingToken::Saml(SamlVersion::V11),
    SupportingToken::Saml(SamlVersion::V20),
];

#[test]
fn every_token_has_an_alternative_in_both_dialects_but_a_digest_that_2005_could_not_say() {
    insta::assert_snapshot!("policy_12", written(Dialect::V12, true, &TOKENS));
    insta::assert_snapshot!("policy_2005", written(Dialect::V2005, true, &TOKENS));
    let [_, digest, ..] = TOKENS;
    assert!(!written(Dialect::V2005, true, &[digest]).contains("UsernameToken"));
}

/// MSAL and adal look for these paths; prefixes are theirs to bind.
#[test]
fn a_password_stands_where_clients_look_for_it() {
    let [password, ..] = TOKENS;
    for (dialect, sp, tokens) in [
        (Dialect::V12, "sp", "SignedEncryptedSupportingTokens"),
        (Dialect::V2005, "sp2005", "SignedSupportingTokens"),
    ] {
        let policy = written(dialect, true, &[password]);
        let path =
            format!("</{sp}:TransportBinding><{sp}:{tokens}><wsp:Policy><{sp}:UsernameToken ");
        assert!(policy.contains(&path), "{policy}");
        let version = format!("<wsp:Policy><{sp}:WssUsernameToken10></{sp}:WssUsernameToken10>");
        assert!(policy.contains(&version), "{policy}");
    }
}

#[test]
fn nothing_is_asserted_that_was_not_asked_for() {
    let [password, ..] = TOKENS;
    let bare = written(Dialect::V12, false, &[password]);
    for assertion in ["IncludeTimestamp", "UsingAddressing", "HashPassword", "SamlToken"] {
        assert!(!bare.contains(assertion), "{assertion}");
    }
}
