use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::*;
use crate::clock::Clock;
use crate::dev;

/// A production server whose files are those of `--dev`.
struct Site(tempfile::TempDir);

const CONFIG: &str = r#"public_url = "https://sts.example"
provision = "objects.d"

[listen]
address = "127.0.0.1:8443"

[tls]
certificate = "tls.crt"
key = "tls.key"

[store]
path = "store.sqlite"

[sealing]
key = "file:sealing.key"
"#;

impl Site {
    fn new() -> Self {
        let site = Self(tempfile::tempdir().unwrap());
        dev::prepare(site.0.path(), dev::ADDRESS, now()).unwrap();
        site.write("server.toml", CONFIG);
        site
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// The mistakes, with the site's folder left out.
    async fn mistakes(&self) -> Vec<String> {
        self.mistakes_at(now()).await
    }

    async fn mistakes_at(&self, now: Timestamp) -> Vec<String> {
        let read = Config::read_placed(&self.path("server.toml"), []);
        let (config, fields) = read.unwrap();
        let folder = format!("{}/", self.0.path().display());
        let mistakes = check(&config, &fields, now).await;
        mistakes.iter().map(|mistake| mistake.to_string().replace(&folder, "")).collect()
    }
}

fn now() -> Timestamp {
    Clock::start().read().now
}

#[tokio::test]
async fn a_site_without_a_mistake_has_none_and_is_left_as_it_was() {
    let site = Site::new();
    assert_eq!(site.mistakes().await, Vec::<String>::new());
    assert!(!site.path("store.sqlite").exists());
}

#[tokio::test]
async fn every_file_that_is_missing_is_named_where_it_is_configured() {
    let site = Site::new();
    for name in ["tls.crt", "tls.key", "sealing.key", "secrets/alice.password"] {
        fs::remove_file(site.path(name)).unwrap();
    }
    site.write("server.toml", &CONFIG.replace("store.sqlite", "nowhere/store.sqlite"));
    let mistakes = site.mistakes().await;
    let starts = [
        "objects.d/dev.toml:",
        "server.toml:12:1: nowhere: no such folder; make it",
        "server.toml:15:1: sealing key file:sealing.key: no such file; put back the key",
        "server.toml:8:1: tls.crt: No such file",
        "server.toml:9:1: tls.key: No such file",
    ];
    assert_eq!(mistakes.len(), starts.len(), "{mistakes:#?}");
    for start in starts {
        assert!(
            mistakes.iter().any(|mistake| mistake.starts_with(start)),
            "{start}: {mistakes:#?}"
        );
    }
}

#[tokio::test]
async fn a_key_that_is_not_the_certificates_is_a_mistake() {
    let (site, other) = (Site::new(), Site::new());
    fs::copy(other.path("tls.key"), site.path("tls.key")).unwrap();
    let mistakes = site.mistakes().await;
    assert!(mistakes[0].starts_with("server.toml:9:1: tls.key: "), "{mistakes:#?}");
    site.write("tls.key", "nonsense");
    let mistakes = site.mistakes().await;
    assert!(mistakes[0].contains("tls.key: no private key in PEM format"), "{mistakes:#?}");
}

#[tokio::test]
async fn a_certificate_that_has_ended_is_a_mistake() {
    let site = Site::new();
    let mistakes = site.mistakes_at(Timestamp::from_seconds(4_102_444_800)).await;
    assert_eq!(
        mistakes,
        ["server.toml:8:1: tls.crt does not hold today; renew it, or set the clock right"]
    );
}

#[tokio::test]
async fn keys_that_everybody_can_read_are_mistakes() {
    let site = Site::new();
    for name in ["tls.key", "sealing.key"] {
        fs::set_permissions(site.path(name), fs::Permissions::from_mode(0o644)).unwrap();
    }
    let mistakes = site.mistakes().await;
    assert_eq!(mistakes.len(), 2, "{mistakes:#?}");
    assert!(mistakes.iter().all(|mistake| mistake.contains("can be read by every user")));
}

#[tokio::test]
async fn mistakes_of_objects_are_named_by_file_and_line() {
    let site = Site::new();
    site.write("objects.d/more.toml", "[[relying_party]]\nid = \"urn:b\"\ntoken_types = []\n");
    let mistakes = site.mistakes().await;
    assert_eq!(mistakes.len(), 1);
    assert!(mistakes[0].starts_with("objects.d/more.toml:3:1: "), "{mistakes:#?}");
}

#[tokio::test]
async fn two_listeners_at_one_address_are_a_mistake() {
    let site = Site::new();
    let listen = "address = \"127.0.0.1:8443\"";
    let config = CONFIG.replace(listen, &format!("{listen}\noperations = \"127.0.0.1:8443\""));
    site.write("server.toml", &config);
    let mistakes = site.mistakes().await;
    assert_eq!(mistakes.len(), 1);
    assert!(mistakes[0].starts_with("server.toml:6:1: 127.0.0.1:8443 is also"), "{mistakes:#?}");
}

#[tokio::test]
async fn a_site_without_any_object_serves_nothing() {
    let site = Site::new();
    fs::remove_file(site.path("objects.d/dev.toml")).unwrap();
    let mistakes = site.mistakes().await;
    assert!(mistakes[0].starts_with("server.toml:2:1: no file of it holds an object"));
    site.write("server.toml", &CONFIG.replace("provision = \"objects.d\"\n", ""));
    let mistakes = site.mistakes().await;
    assert!(mistakes[0].contains("there is no object to serve"), "{mistakes:#?}");
}
