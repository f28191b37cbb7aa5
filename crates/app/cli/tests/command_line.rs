//! The binary as a shell sees it: exit codes, standard output, standard error.

#![expect(clippy::unwrap_used, reason = "a failed set-up fails the test")]

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use symbolon_formats::saml2::Saml2;
use symbolon_formats::{Draft, Format as _, Layout, NameId};
use symbolon_model::{
    Claims, Confirmation, IssuerName, Lifetime, Lineage, PartyId, Timestamp, TokenId,
};
use symbolon_testkit::{OTHER_RSA, RSA, ready};

/// The years 2020 to 2039: the binary has the machine's own clock.
const YEARS: (i64, i64) = (1_577_836_800, 2_208_988_799);

/// An assertion about Alice for `urn:rp:app`.
fn assertion() -> String {
    let (from, until) = YEARS;
    let lifetime = Lifetime::new(Timestamp::from_seconds(from), Timestamp::from_seconds(until));
    let draft = Draft {
        id: TokenId::new("_1"),
        issuer: IssuerName::new("https://sts.example"),
        issued_at: Timestamp::from_seconds(from),
        subject: NameId { value: "alice".to_owned(), format: None },
        audiences: vec![PartyId::new("urn:rp:app")],
        lifetime: lifetime.unwrap(),
        authenticated: None,
        attributes: Claims::none(),
        confirmation: Confirmation::Bearer,
        client: None,
        scope: None,
        lineage: Lineage::new("l1"),
        layout: Layout::Prefixed,
    };
    let token = ready(Saml2.encode(&draft, &RSA.signer())).unwrap();
    String::from_utf8(token.into_vec()).unwrap()
}

/// A folder with the certificates of the token's issuer and of another one.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        std::fs::write(folder.path("issuer.crt"), RSA.certificate().to_pem()).unwrap();
        std::fs::write(folder.path("other.crt"), OTHER_RSA.certificate().to_pem()).unwrap();
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Runs the binary in the folder, with that on standard input.
    fn run(&self, line: &str, input: &str) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_symbolon"))
            .args(line.split_ascii_whitespace())
            .current_dir(self.0.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that does not read it may have ended already.
        let _unread = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    fn fails(&self, line: &str, input: &str, code: i32) -> String {
        let output = self.run(line, input);
        assert_eq!(output.status.code(), Some(code), "{line}");
        assert_eq!(output.stdout, b"", "{line}: a failure says nothing on standard output");
        String::from_utf8(output.stderr).unwrap()
    }
}

#[test]
fn a_token_that_holds_is_shown_with_what_was_verified() {
    let folder = Folder::new();
    let line =
        "token verify --certificate issuer.crt --issuer https://sts.example --audience urn:rp:app";
    let output = folder.run(line, &format!("\n{}\n", assertion()));
    assert_eq!(output.status.code(), Some(0));
    let shown = String::from_utf8(output.stdout).unwrap();
    let (sheet, token) = shown.split_once("\n\n").unwrap();
    assert!(sheet.contains("subject     alice\nfor         urn:rp:app\n"), "{sheet}");
    assert!(sheet.contains("verified    signature: RS256 by key "), "{sheet}");
    assert!(sheet.ends_with("audience: urn:rp:app\n            confirmation: bearer"), "{sheet}");
    assert_eq!(token.trim_end(), assertion());
}

#[test]
fn a_token_in_a_file_comes_out_alone_when_asked() {
    let folder = Folder::new();
    std::fs::write(folder.path("token.xml"), assertion()).unwrap();
    let output = folder.run("token verify token.xml --certificate issuer.crt --output token", "");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim_end(), assertion());
    assert_eq!(output.stderr, b"");
}

#[test]
fn a_token_that_does_not_hold_is_not_shown() {
    let folder = Folder::new();
    for (line, why) in [
        ("token verify --certificate other.crt", "not signed by a key of its issuer"),
        ("token verify --certificate issuer.crt --audience urn:rp:other", "not for urn:rp:other"),
        (
            "token verify --certificate issuer.crt --issuer https://a.example",
            "not by https://a.example",
        ),
    ] {
        let said = folder.fails(line, &assertion(), 1);
        assert!(said.starts_with("symbolon: the token is not to be believed: "), "{said}");
        assert!(said.contains(why), "{said}");
    }
    let said = folder.fails("token verify --certificate issuer.crt", "", 1);
    assert!(said.contains("not a token of this format"), "{said}");
}

#[test]
fn a_file_that_is_missing_or_wrong_is_named() {
    let folder = Folder::new();
    std::fs::write(folder.path("empty"), "").unwrap();
    let said = folder.fails("token verify --certificate nowhere.crt", "", 1);
    assert!(said.starts_with("symbolon: nowhere.crt: "), "{said}");
    let said = folder.fails("token verify --jwks empty", "", 1);
    assert_eq!(said, "symbolon: empty: not a JSON Web Key Set\n");
    let request = "token request --wstrust https://localhost:1/ --user a --applies-to urn:rp:app";
    let said = folder.fails(&format!("{request} --ca empty --password-file empty"), "", 1);
    assert_eq!(said, "symbolon: empty: no certificate in PEM that can vouch for a server\n");
    let said = folder.fails(&format!("{request} --ca issuer.crt --password-file empty"), "", 1);
    assert_eq!(said, "symbolon: empty: the file is empty\n");
}

#[test]
fn a_trail_that_is_not_there_is_said_with_what_to_do() {
    let folder = Folder::new();
    for line in ["explain r-1", "audit list", "audit verify", "audit verify --store empty.sqlite"] {
        let said = folder.fails(line, "", 1);
        assert!(said.starts_with("symbolon: there is no store in "), "{said}");
        assert!(said.ends_with("\nsymbolon: name it with --config, --data or --store\n"), "{said}");
    }
}

#[test]
fn what_is_no_command_line_is_exit_code_2() {
    let folder = Folder::new();
    for line in [
        "",
        "tokens",
        "rp add --data d",
        "completions perl",
        "serve",
        "token request",
        "token verify",
        "explain",
    ] {
        folder.fails(line, "", 2);
    }
}

#[test]
fn a_production_folder_is_made_once_checked_and_provisioned() {
    let folder = Folder::new();
    let made = folder.run("init site --public-url https://sts.example/t", "");
    assert_eq!(made.status.code(), Some(0), "{made:?}");
    let told = folder.fails("check --config site/server.toml", "", 1);
    assert!(told.contains("symbolon: site/server.toml:"), "{told}");
    assert!(told.contains("site/tls.crt: No such file"), "{told}");
    assert!(told.ends_with("\nsymbolon: 2 mistakes\n"), "{told}");

    let dev = folder.run("rp list --data nowhere", "");
    assert_eq!(dev.status.code(), Some(1));
    let (certificate, key) = server_certificate();
    std::fs::write(folder.path("site/tls.crt"), certificate).unwrap();
    std::fs::write(folder.path("site/tls.key"), key).unwrap();
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(folder.path("site/tls.key"), private).unwrap();
    let checked = folder.run("check --config site/server.toml", "");
    assert_eq!(text(&checked), "site/server.toml: nothing wrong\n", "{checked:?}");

    let before = std::fs::read(folder.path("site/sealing.key")).unwrap();
    let again = folder.run("init site", "");
    assert!(text(&again).contains("kept  site/sealing.key\nkept  site/server.toml"), "{again:?}");
    assert_eq!(std::fs::read(folder.path("site/sealing.key")).unwrap(), before);

    let told = folder.run("provision --config site/server.toml --dry-run", "");
    assert!(text(&told).ends_with("changes would be made to revision 0\n"), "{told:?}");
    assert!(!folder.path("site/store.sqlite").exists());
    let done = folder.run("provision --config site/server.toml", "");
    assert!(text(&done).ends_with("changes made; revision 1\n"), "{done:?}");
}

#[test]
fn keys_and_secrets_are_made_for_their_owner_alone() {
    use std::os::unix::fs::MetadataExt as _;
    let folder = Folder::new();
    assert_eq!(folder.run("init site", "").status.code(), Some(0));
    for (name, mode) in [("sealing.key", 0o600), ("secrets", 0o700)] {
        let found = std::fs::metadata(folder.path("site").join(name)).unwrap().mode() & 0o777;
        assert_eq!(found, mode, "{name}: {found:o}");
    }
    let told = folder.fails("check --config site/server.toml", "", 1);
    assert!(told.contains("`public_url` is missing; add it"), "{told}");
    let told = folder.fails("init other --public-url http://sts.example", "", 1);
    assert!(told.starts_with("symbolon: http://sts.example: not a public URL\n"), "{told}");
    assert!(!folder.path("other").exists());
}

#[test]
fn a_relying_party_is_added_once_and_shown_without_secrets() {
    let folder = Folder::new();
    assert_eq!(folder.run("init site --public-url https://sts.example", "").status.code(), Some(0));
    std::fs::write(folder.path("site/secrets/a"), "s3cret-of-alice").unwrap();
    std::fs::write(folder.path("site/secrets/c"), "s3cret-of-client").unwrap();
    let objects = "[[account]]\nname = \"alice\"\npassword = \"file:../secrets/a\"\n\
                   [account.attributes]\nmail = \"a@b.example\"\n\
                   [[client]]\nid = \"shop\"\nsecret = \"file:../secrets/c\"\n";
    std::fs::write(folder.path("site/objects.d/mine.toml"), objects).unwrap();

    let add = "rp add urn:rp:shop --accounts alice --clients shop --config site/server.toml";
    let shown = folder.run(&format!("{add} --dry-run"), "");
    assert!(text(&shown).contains("id = \"urn:rp:shop\""), "{shown:?}");
    assert!(!folder.path("site/objects.d/urn-rp-shop.toml").exists());
    let added = folder.run(add, "");
    assert!(text(&added).contains("\nrelying_party urn:rp:shop added\n"), "{added:?}");
    assert!(text(&added).contains("  https://sts.example/trust/13/usernamemixed\n"), "{added:?}");
    assert!(text(&added).contains("  audience = urn:rp:shop\n"), "{added:?}");
    let told = folder.fails(add, "", 1);
    assert!(told.contains("urn-rp-shop.toml: is there already"), "{told}");
    let told = folder.fails(&add.replace("--accounts alice", "--name b --accounts eve"), "", 1);
    assert!(told.contains("already written at"), "{told}");
    assert!(!folder.path("site/objects.d/b.toml").exists());

    assert_eq!(folder.run("provision --config site/server.toml", "").status.code(), Some(0));
    let listed = folder.run("rp list --config site/server.toml", "");
    assert_eq!(text(&listed), "urn:rp:shop\tdefault\tfile:objects.d/urn-rp-shop.toml\n");
    let shown = folder.run("rp show urn:rp:shop --config site/server.toml", "");
    assert!(text(&shown).contains("[[relying_party]]\n"), "{shown:?}");
    let shown = folder.run("account show alice --config site/server.toml", "");
    assert!(text(&shown).contains("# not shown: password\n"), "{shown:?}");
    assert!(text(&shown).contains("a@b.example"), "{shown:?}");
    let client = folder.run("client show shop --config site/server.toml", "");
    assert!(text(&client).contains("# not shown: secret\n"), "{client:?}");
    for shown in [shown, client] {
        assert!(
            !text(&shown).contains("argon2id") && !text(&shown).contains("s3cret"),
            "{shown:?}"
        );
    }
    let told = folder.fails("account show bob --config site/server.toml", "", 1);
    assert!(told.starts_with("symbolon: no account bob in realm default\n"), "{told}");
}

#[test]
fn a_shell_and_man_know_every_command() {
    let folder = Folder::new();
    let script = folder.run("completions bash", "");
    assert!(text(&script).contains("symbolon__"), "{script:?}");
    assert_eq!(folder.run("man pages", "").status.code(), Some(0));
    for page in ["symbolon.1", "symbolon-rp-add.1", "symbolon-token-request.1"] {
        assert!(folder.path("pages").join(page).is_file(), "{page}");
    }
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A certificate for a server and its key, in PEM.
fn server_certificate() -> (String, String) {
    let millis = |seconds: i64| seconds.saturating_mul(1000);
    let validity =
        symbolon_keys::Validity { not_before: millis(YEARS.0), not_after: millis(YEARS.1) };
    let (authority, _) = symbolon_keys::Authority::create("test", validity).unwrap();
    let names =
        symbolon_keys::ServerNames { dns: vec!["sts.example".to_owned()], addresses: vec![] };
    let issued = authority.issue_server(&names, validity).unwrap();
    (issued.certificate.to_pem(), issued.key.to_pem().unwrap().to_string())
}
