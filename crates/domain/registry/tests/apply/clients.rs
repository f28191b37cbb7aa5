//! OAuth clients as objects: how they prove who they are, what they may do, and every mistake in that.

use symbolon_keys::SignatureAlgorithm;

use super::*;

/// The key of the vector in RFC 7515 appendix A.3.
const JWK: &str = r#"{"kty":"EC","crv":"P-256","kid":"k","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;

const P384_JWK: &str = r#"{"kty":"EC","crv":"P-384","x":"p9X2ewqMM2QJzt9XPN-W2-C_szuAHjEEDE7sSsEVCTtPuTcxTGa20BELgQOQQFw3","y":"GSVb6QTxYPBrxZFkO4_cYBNoqTpt8kd0VF4nq_hFhhoaLm-vfn25IbIo8EDri0fA"}"#;

/// The key of RFC 7638 §3.1, for an algorithm that no pin can name.
const RS512_JWK: &str = r#"{"kty":"RSA","alg":"RS512","e":"AQAB","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"}"#;

/// What stands in a client beside its id and a secret, and what is told of it.
const MISTAKES: [(&str, &str); 10] = [
    ("", "2:1: nothing proves who this client is; write `secret` or `keys`, or `public = true`"),
    (
        "secret = \"file:demo\"\npublic = true\n",
        "4:1: a public client has neither a secret nor a key; remove `public`, or its secret and keys",
    ),
    (
        "keys = [{ jwk_file = \"k\" }]\npublic = true\n",
        "4:1: a public client has neither a secret nor a key",
    ),
    (
        "public = true\ngrants = [\"client_credentials\"]\n",
        "4:11: a public client proves nothing about itself, of which this grant speaks; remove it",
    ),
    (
        "keys = [{ jwk_file = \"k\", algorithm = \"PS256\" }]\n",
        "3:27: a key of this kind does not sign with \"rsa-pss-sha256\"",
    ),
    ("keys = [{ jwk_file = \"p384\" }]\n", "3:11: not one public JWK: key of an unsupported kind"),
    (
        "keys = [{ jwk_file = \"rs512\" }]\n",
        "3:11: not one public JWK: JWK not meant to verify signatures of ours",
    ),
    (
        "keys = [{ algorithm = \"PS256\" }]\n",
        "3:9: a key is named by exactly one of certificate_file, jwk_file, pem",
    ),
    (
        "secret = \"file:demo\"\ndefault_party = \"urn:x\"\n",
        "4:1: there is no relying party `urn:x` in realm `default`",
    ),
    (
        "secret = \"file:demo\"\ndefault_party = \"urn:saml\"\n",
        "4:1: relying party `urn:saml` takes no access token; write \"jwt\" into its token_types",
    ),
];

async fn world_with_key() -> World {
    let mut world = world().await;
    world.secrets.files.insert("k", JWK.to_owned());
    world.secrets.files.insert("p384", P384_JWK.to_owned());
    world.secrets.files.insert("rs512", RS512_JWK.to_owned());
    let saml = "[[relying_party]]\nid = \"urn:saml\"\ntoken_types = [\"saml2\"]\n";
    world.apply(&with(saml)).await.unwrap();
    world
}

#[tokio::test]
async fn every_mistake_of_a_client_is_told_where_it_stands() {
    let world = world_with_key().await;
    let mut others = Vec::new();
    for (more, told) in MISTAKES {
        let client = format!("[[client]]\nid = \"c\"\n{more}");
        let mistakes = world.mistakes_of(&set(&[("c.toml", &client)])).await;
        let first = mistakes.first().cloned().unwrap_or_default();
        if mistakes.len() != 1 || !first.starts_with(&format!("c.toml:{told}")) {
            others.push(format!("{client}is wrong at {told}, but told was {mistakes:#?}"));
        }
    }
    assert!(others.is_empty(), "{}", others.join("\n"));
}

#[tokio::test]
async fn a_client_is_what_its_object_says() {
    let world = world_with_key().await;
    let client = "[[client]]\nid = \"c\"\nkeys = [{ jwk_file = \"k\" }]\ndefault_party = \"urn:rp:app\"\n\
                  grants = [\"client_credentials\", \"urn:ietf:params:oauth:grant-type:saml1_1-bearer\"]\n\
                  [[client]]\nid = \"p\"\npublic = true\n";
    world.change(&set(&[("c.toml", client)])).await.unwrap();
    let snapshot = world.snapshot();
    let clients = &snapshot.realms["default"].clients;
    let (c, p, demo) = (&clients["c"], &clients["p"], &clients["demo"]);
    assert_eq!(c.keys[0].algorithm, SignatureAlgorithm::EcdsaSha256);
    assert_eq!(c.keys[0].id.as_ref().unwrap().as_str(), "k");
    assert_eq!(c.default_party.as_ref().unwrap().as_str(), "urn:rp:app");
    assert_eq!((c.secret.is_some(), c.public), (false, false));
    assert_eq!((p.secret.is_some(), p.keys.len(), p.public), (false, 0, true));
    assert_eq!((demo.secret.is_some(), demo.keys.len(), demo.public), (true, 0, false));
}

#[tokio::test]
async fn a_secret_that_is_taken_away_is_gone() {
    let world = world_with_key().await;
    let now = |proof: &str| format!("[[client]]\nid = \"c\"\nsecret = \"file:demo\"\n{proof}");
    world.change(&set(&[("c.toml", &now(""))])).await.unwrap();
    let keyed = now("keys = [{ jwk_file = \"k\" }]\n").replace("secret = \"file:demo\"\n", "");
    let applied = world.change(&set(&[("c.toml", &keyed)])).await.unwrap();
    assert_eq!(changes(&applied), ["client c changed"]);
    assert!(world.snapshot().realms["default"].clients["c"].secret.is_none());
}
