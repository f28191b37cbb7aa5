//! What the server of a suite is started with.
//!
//! In:  a folder.
//! Out: a configuration as `--dev` makes it, with the objects of the suites in place of the demo's.
//! Never: a fixed port.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use symbolon_server::config::Config;
use symbolon_testkit::{OTHER_P256, OTHER_RSA, P256, RSA};

use crate::now;

/// The account that asks.
pub const ALICE: &str = "alice";
/// The password of every account: that of the recorded clients, which must be escaped in XML.
pub const PASSWORD: &str = "s3cr&t<\">";
/// The client that asks; its name must be encoded for Basic.
pub const CLIENT: &str = "shop client";
/// The secret of every client: that of the recorded ones, which must be encoded too.
pub const CLIENT_SECRET: &str = "se:cr et";

const OBJECTS: &str = include_str!("objects.toml");

/// Prepares a folder.
pub(crate) fn prepare(folder: &Path) -> Config {
    let address = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0);
    let config = symbolon_server::dev::prepare(folder, address, now()).unwrap();
    fs::write(folder.join("secrets/suite.password"), PASSWORD).unwrap();
    fs::write(folder.join("secrets/suite-client.secret"), CLIENT_SECRET).unwrap();
    let mut objects = OBJECTS.to_owned();
    for (place, key) in
        [("@RSA@", RSA), ("@P256@", P256), ("@OTHER_RSA@", OTHER_RSA), ("@OTHER_P256@", OTHER_P256)]
    {
        objects = objects.replace(place, key.certificate_pem);
    }
    let provision = folder.join("suite.d");
    fs::create_dir_all(&provision).unwrap();
    fs::write(provision.join("suite.toml"), objects).unwrap();
    Config { provision: Some(provision), ..config }
}

/// Cargo's folder for what is built and left.
pub(crate) fn target() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join("target")
}
