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
    for line in ["", "tokens", "serve", "token request", "token verify", "explain"] {
        folder.fails(line, "", 2);
    }
}
