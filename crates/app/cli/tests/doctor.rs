//! What `symbolon doctor` says of a real server: nothing where each client has what it needs, and what is wrong where not.

#![expect(clippy::unwrap_used, reason = "a failed set-up fails the test")]

mod support;
use support::Server;

/// A relying party for each kind of client, and endpoints as they want them.
const OBJECTS: &str = r#"
[[endpoint]]
id = "usernamemixed-2005"
path = "/trust/2005/usernamemixed"
serves = "ws-trust-2005"
credentials = ["username-password"]

[[relying_party]]
id = "urn:rp:saml11"
token_types = ["saml11"]
accounts = "everyone"

[[relying_party]]
id = "urn:rp:unprefixed"
token_types = ["saml2"]
assertion_layout = "unprefixed"
accounts = "everyone"
"#;

const WHO: &str = "--ca $STS_CA --user alice --password-file .symbolon-dev/secrets/alice.password";

fn server() -> Server {
    let mut server = Server::start();
    std::fs::write(server.folder.path().join(".symbolon-dev/objects.d/more.toml"), OBJECTS)
        .unwrap();
    let adapt = r#"sed -i '/^serves = "ws-trust-1.3"/a personality = "adfs-1"
        s/^tolerances = .*/tolerances = ["no-timestamp", "duplicate-addressing"]/' .symbolon-dev/objects.d/dev.toml"#;
    let (adapted, said) = server.shell(&format!("{adapt}; kill -HUP $SYMBOLON_PID"));
    assert!(adapted, "{said}");
    server.reloaded();
    server
}

#[test]
fn clients_with_what_they_need_choke_on_nothing() {
    let server = server();
    for (client, more) in [
        ("adal", "--mex $STS_BASE/trust/mex"),
        ("adal-node", ""),
        ("adal", "--wrong-password"),
        ("zeep", ""),
        ("node-soap", ""),
        ("php-soap", ""),
        ("php-soap", "--wrong-password"),
        ("node-sp-auth", "--applies-to urn:rp:saml11"),
        ("wstrust-client", "--applies-to urn:rp:unprefixed"),
        ("office365-rest", "--applies-to urn:rp:saml11"),
        ("openid-client", ""),
    ] {
        let line = format!("symbolon doctor --as-client {client} $STS_BASE {WHO} {more}");
        let (healthy, said) = server.shell(&line);
        assert!(healthy, "{line}\n{said}");
        assert!(!said.contains("CHOKES") && said.contains("ok      "), "{line}\n{said}");
    }
    let line = format!(
        "symbolon token request --wstrust $STS_BASE/trust/13/usernamemixed {WHO} --applies-to $RP --output token > t.xml
         symbolon doctor --as-client google-auth $STS_BASE --ca $STS_CA --client-id demo-client \
             --client-secret-file .symbolon-dev/secrets/demo-client.secret --subject-token t.xml"
    );
    let (healthy, said) = server.shell(&line);
    assert!(healthy && said.contains("ok      access_token is there"), "{said}");
}

#[test]
fn what_a_client_would_choke_on_is_said_and_is_a_failure() {
    let server = Server::start();
    for (client, more, why) in [
        ("wstrust-client", "", "CHOKES  the assertion's elements have no prefix"),
        ("node-sp-auth", "", "nothing is served at that path"),
        ("zeep", "", "zeep reads that it was refused: "),
        ("adal", "--applies-to urn:rp:nobody", "adal reads that it was refused: "),
        ("adal", "--mex $STS_BASE/oauth2/jwks", "CHOKES  MEX: the root is wsdl:definitions"),
        ("openid-client", "", "CHOKES  the issuer is the one that was asked for"),
        ("google-auth", "", "this client's first call needs --client-id"),
    ] {
        // Another name of the same machine is another issuer.
        let url = if client == "openid-client" {
            "$(echo $STS_BASE | sed s/127.0.0.1/localhost/)"
        } else {
            "$STS_BASE"
        };
        let line = format!("symbolon doctor --as-client {client} {url} {WHO} {more}");
        let (healthy, said) = server.shell(&line);
        assert!(!healthy && said.contains(why), "{line}\n{said}");
    }
}

#[test]
fn no_secret_is_shown_with_the_wire() {
    let server = Server::start();
    let line = format!("symbolon doctor --as-client adal $STS_BASE {WHO} --wire");
    let (healthy, said) = server.shell(&line);
    let password = server.folder.path().join(".symbolon-dev/secrets/alice.password");
    let password = std::fs::read_to_string(password).unwrap();
    assert!(healthy && said.contains("<wsse:Password>***<"), "{said}");
    assert!(!said.contains(password.trim()), "{said}");
}
