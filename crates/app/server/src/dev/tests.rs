use std::os::unix::fs::MetadataExt;

use symbolon_keys::Certificate;
use symbolon_registry::file;

use super::*;

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

fn here(port: u16) -> SocketAddr {
    SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port)
}

/// Every file below a folder, by its path from there, with its content.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                found.push((name, fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn everything_is_made_once_and_kept_the_second_time() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("deep/data");
    prepare(&data, here(8443), NOW).unwrap();
    let first = files(&data);
    let names: Vec<_> = first.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "ca.crt",
            "ca.key",
            "objects.d/dev.toml",
            "sealing.key",
            "secrets/alice.password",
            "secrets/demo-client.secret",
            "tls.crt",
            "tls.key",
        ]
    );
    prepare(&data, here(9000), NOW).unwrap();
    assert_eq!(files(&data), first);
}

#[test]
fn all_in_the_folder_is_its_owners_alone() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    prepare(&data, here(0), NOW).unwrap();
    leave_notes(&data, "https://127.0.0.1:1", &Snapshot::default()).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o777;
    assert_eq!([mode(&data), mode(&data.join("secrets"))], [0o700, 0o700]);
    for (name, _) in files(&data) {
        assert_eq!(mode(&data.join(&name)), 0o600, "{name}");
    }
}

#[test]
fn the_demo_objects_are_right() {
    let objects = file::parse("dev.toml", OBJECTS).unwrap();
    let named = |name: &str| objects.iter().any(|o| o.object.key().id == name);
    assert!([ACCOUNT, CLIENT, PARTY].into_iter().all(named));
    assert!(OBJECTS.contains(&format!("path = \"{WS_TRUST}\"")));
}

#[test]
fn another_address_gets_a_certificate_of_its_own_from_the_same_authority() {
    let folder = tempfile::tempdir().unwrap();
    let usual = prepare(folder.path(), here(0), NOW).unwrap();
    let authority = fs::read(folder.path().join("ca.crt")).unwrap();
    let other = prepare(folder.path(), "192.0.2.7:0".parse().unwrap(), NOW).unwrap();
    assert_ne!(usual.tls, other.tls);
    let certificate = fs::read_to_string(&other.tls.certificate).unwrap();
    let der = Certificate::from_pem(&certificate).unwrap().der().to_vec();
    assert!(der.windows(4).any(|octets| octets == [192, 0, 2, 7]));
    assert_eq!(fs::read(folder.path().join("ca.crt")).unwrap(), authority);
    let unspecified = prepare(folder.path(), "0.0.0.0:0".parse().unwrap(), NOW).unwrap();
    assert_eq!(unspecified.tls, usual.tls);
}

#[test]
fn an_authority_without_its_key_is_named_and_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    prepare(folder.path(), here(0), NOW).unwrap();
    fs::remove_file(folder.path().join("ca.key")).unwrap();
    let failed = prepare(folder.path(), here(0), NOW).unwrap_err();
    assert!(failed.to_string().contains("ca.key: "), "{failed}");
}

#[test]
fn a_start_that_was_cut_short_leaves_nothing_half() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("sealing.key.new"), "half").unwrap();
    prepare(folder.path(), here(0), NOW).unwrap();
    let key = fs::read(folder.path().join("sealing.key")).unwrap();
    assert!(SealingKey::from_file_content(&key).is_ok());
    assert!(!folder.path().join("sealing.key.new").exists());
}

#[test]
fn the_url_follows_the_address() {
    let url = |address: &str| url_of(address.parse().unwrap());
    assert_eq!(url("127.0.0.1:9000"), "https://127.0.0.1:9000");
    assert_eq!(url("[::1]:9000"), "https://[::1]:9000");
    assert_eq!(url("0.0.0.0:9000"), "https://localhost:9000");
}

#[test]
fn notes_and_greeting_can_be_pasted_into_a_shell() {
    assert_eq!(quoted("/a/b-c.d"), "/a/b-c.d");
    assert_eq!(quoted("/it's $HOME"), r"'/it'\''s $HOME'");
    assert_eq!(quoted(""), "''");
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("my data");
    prepare(&data, here(0), NOW).unwrap();
    leave_notes(&data, "https://127.0.0.1:7", &Snapshot::default()).unwrap();
    let notes = fs::read_to_string(data.join("dev.env")).unwrap();
    let password = fs::read_to_string(data.join("secrets/alice.password")).unwrap();
    let wanted = [
        "export STS_BASE=https://127.0.0.1:7".to_owned(),
        format!("export STS_CA='{}'", data.join("ca.crt").display()),
        "export STS_USER=alice".to_owned(),
        format!("export STS_PASSWORD={}", password.trim()),
        "export RP=urn:rp:app".to_owned(),
        format!("export STS_SIGNING_CERT='{}'", data.join("signing.crt").display()),
    ];
    assert_eq!(notes.lines().collect::<Vec<_>>(), wanted);

    let addresses = Addresses { listen: here(7), operations: here(8) };
    let greeting = greeting(&data, addresses, Path::new("/bin/symbolon"));
    let commands: Vec<_> = greeting.lines().filter(|line| line.starts_with("$ ")).collect();
    let who = format!(
        "--ca '{0}/ca.crt' --user alice --password-file '{0}/secrets/alice.password' --applies-to urn:rp:app",
        data.display()
    );
    assert_eq!(
        commands,
        [
            format!(
                "$ /bin/symbolon token request --wstrust https://127.0.0.1:7/trust/13/usernamemixed {who}"
            ),
            format!(
                "$ /bin/symbolon token request --oauth https://127.0.0.1:7 --client-id demo-client \
                 --client-secret-file '{}/secrets/demo-client.secret' {who}",
                data.display()
            ),
        ]
    );
}
