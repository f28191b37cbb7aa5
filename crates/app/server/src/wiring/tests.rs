use std::fs;
use std::net::{Ipv4Addr, SocketAddr};

use symbolon_kernel::snapshot::Snapshot;

use super::*;
use crate::offline::{Draft, preview, provision_offline};

const ADDRESSES: Addresses = Addresses {
    listen: SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8443),
    operations: SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8444),
};

fn prepare(folder: &Path) -> Config {
    dev::prepare(folder, ADDRESSES.listen, Clock::start().read().now).unwrap()
}

async fn start(config: Config, addresses: Addresses) -> Result<Wired, WiringError> {
    Wired::start(config, addresses, Arc::new(Clock::start()), &mut Meters::new()).await
}

fn key_ids(snapshot: &Snapshot) -> Vec<String> {
    let keys = &snapshot.realms["default"].keys;
    keys.iter().map(|key| key.signer.key_id().to_owned()).collect()
}

#[tokio::test]
async fn a_second_start_keeps_the_keys_and_the_issuer_follows_the_address() {
    let folder = tempfile::tempdir().unwrap();
    let first = start(prepare(folder.path()), ADDRESSES).await.unwrap();
    let before = first.kernel.snapshot();
    assert_eq!(before.realms["default"].issuer.as_str(), "https://127.0.0.1:8443");
    assert!(first.readiness()().await.is_empty());
    drop(first);

    let moved = Addresses { listen: "127.0.0.1:9000".parse().unwrap(), ..ADDRESSES };
    let second = start(prepare(folder.path()), moved).await.unwrap();
    let after = second.kernel.snapshot();
    assert_eq!(after.realms["default"].issuer.as_str(), "https://127.0.0.1:9000");
    assert_eq!(key_ids(&after), key_ids(&before));
    assert_eq!(after.revision, before.revision);
    let notes = fs::read_to_string(folder.path().join("dev.env")).unwrap();
    assert!(notes.contains("STS_BASE=https://127.0.0.1:9000\n"), "{notes}");
    assert_eq!(dev::noted_url(folder.path()).unwrap(), "https://127.0.0.1:9000");
    let signing = fs::read_to_string(folder.path().join("signing.crt")).unwrap();
    assert!(signing.starts_with("-----BEGIN CERTIFICATE-----"));
}

#[tokio::test]
async fn without_its_sealing_key_a_server_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let config = prepare(folder.path());
    let path = folder.path().join("sealing.key");
    fs::remove_file(&path).unwrap();
    let failed = start(config.clone(), ADDRESSES).await.unwrap_err();
    assert_eq!(failed.to_string(), format!("sealing key file:{}: no such file", path.display()));
    fs::write(&path, "short").unwrap();
    let failed = start(config, ADDRESSES).await.unwrap_err();
    assert!(
        failed.to_string().ends_with("a sealing key is 32 octets, raw or in base64"),
        "{failed}"
    );
}

#[tokio::test]
async fn with_another_sealing_key_a_server_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    drop(start(prepare(folder.path()), ADDRESSES).await.unwrap());
    fs::write(folder.path().join("sealing.key"), [7; 32]).unwrap();
    let failed = start(prepare(folder.path()), ADDRESSES).await.unwrap_err();
    assert!(matches!(failed, WiringError::SealingKey(_)), "{failed}");
    assert!(failed.to_string().contains("sealed under key "), "{failed}");
}

#[tokio::test]
async fn with_wrong_objects_and_none_before_a_server_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let config = prepare(folder.path());
    fs::write(folder.path().join("objects.d/b.toml"), "[[realm]]\nid = 1\n").unwrap();
    let failed = start(config, ADDRESSES).await.unwrap_err();
    assert!(failed.to_string().contains("objects.d/b.toml:2:6: invalid type"), "{failed}");
}

#[tokio::test]
async fn with_nothing_to_serve_a_server_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let nothing = Config { provision: None, ..prepare(folder.path()) };
    assert!(matches!(start(nothing, ADDRESSES).await.unwrap_err(), WiringError::Nothing));
    fs::write(folder.path().join("objects.d/dev.toml"), "").unwrap();
    let empty = prepare(folder.path());
    assert!(matches!(start(empty, ADDRESSES).await.unwrap_err(), WiringError::Nothing));
}

#[tokio::test]
async fn a_reload_takes_what_is_right_and_leaves_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { store: Store::Memory, ..prepare(folder.path()) };
    let wired = start(config, ADDRESSES).await.unwrap();
    let tls = Tls::new(wired.identity().unwrap()).unwrap();
    let more = folder.path().join("objects.d/more.toml");
    let parties = || wired.kernel.snapshot().realms["default"].parties.clone();

    fs::write(&more, "[[relying_party]]\nid = \"urn:b\"\ntoken_types = [\"jwt\"]\n").unwrap();
    wired.reload(&tls).await;
    assert!(parties().contains_key("urn:b"));

    fs::write(&more, "[[relying_party]]\nid = \"urn:c\"\ntoken_types = [\"nonsense\"]\n").unwrap();
    fs::write(&wired.tls.key, "nonsense").unwrap();
    let before = wired.kernel.snapshot().revision;
    wired.reload(&tls).await;
    assert!(!parties().contains_key("urn:c"));
    assert_eq!(wired.kernel.snapshot().revision, before);
}

#[tokio::test]
async fn a_store_that_is_in_use_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let _running = start(prepare(folder.path()), ADDRESSES).await.unwrap();
    let failed = start(prepare(folder.path()), ADDRESSES).await.unwrap_err();
    assert!(failed.to_string().contains("store.sqlite"), "{failed}");
    assert!(failed.to_string().contains("in use"), "{failed}");
}

#[tokio::test]
async fn offline_provisioning_tells_and_then_does_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let config = prepare(folder.path());
    drop(start(config.clone(), ADDRESSES).await.unwrap());
    let file = folder.path().join("objects.d/dev.toml");
    let objects = fs::read_to_string(&file).unwrap().replace("urn:rp:other", "urn:rp:third");
    fs::write(&file, objects).unwrap();
    let told = preview(&config, Prune::Yes, None).await.unwrap();
    let done = provision_offline(&config, Prune::Yes).await.unwrap();
    let changes: Vec<_> = done.changes.iter().map(ToString::to_string).collect();
    assert_eq!(changes, ["relying_party urn:rp:other removed", "relying_party urn:rp:third added"]);
    assert_eq!(told.changes, done.changes);
    assert_eq!(told.revision.saturating_add(1), done.revision);
}

#[tokio::test]
async fn a_preview_reads_beside_a_running_server_and_sees_a_file_that_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(prepare(folder.path()), ADDRESSES).await.unwrap();
    let config = prepare(folder.path());
    let text = "[[relying_party]]\nid = \"urn:b\"\ntoken_types = [\"jwt\"]\n";
    let told = preview(&config, Prune::No, Some(Draft { name: "b.toml", text })).await.unwrap();
    let told: Vec<String> = told.changes.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["relying_party urn:b added"]);
    assert_eq!(running.kernel.snapshot().revision, 1);
    let draft = Draft { name: "b.toml", text: "[[relying_party]]\nid = 1\n" };
    let failed = preview(&config, Prune::No, Some(draft)).await.unwrap_err();
    assert!(failed.to_string().contains("objects.d/b.toml:2:6: "), "{failed}");
}
