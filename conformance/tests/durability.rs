//! Nothing is acknowledged before it is durable, and nothing acknowledged is lost: `kill -9` of the real program at any
//! moment, and a disk that does not take the commit.

#![expect(clippy::unwrap_used, reason = "a test that goes wrong must fail")]

use std::collections::HashSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use symbolon_conformance::{Https, Rst, assertion_of, sts, username_token};
use symbolon_store::{Range, SqliteTrail, Trail, Verification};
use tempfile::TempDir;

const KILLS: usize = 24;
const REQUESTORS: usize = 6;

#[test]
fn nothing_acknowledged_is_lost_when_the_server_is_killed() {
    let program = program();
    let folder = TempDir::new().unwrap();
    let mut acknowledged: HashSet<String> = HashSet::new();
    for round in 0..KILLS {
        // A different moment each time, counted in acknowledgements and spread over the writer's cycle.
        let moment = round.wrapping_mul(7_919) % 37 + 1;
        acknowledged.extend(ask_until_killed(&program, folder.path(), moment));

        let trail = SqliteTrail::open(&folder.path().join("store.sqlite")).unwrap();
        let verified = trail.verify().unwrap();
        assert!(matches!(verified, Verification::Intact { .. }), "round {round}: {verified:?}");
        let entries = trail.events(&Range::newest(usize::MAX)).unwrap();
        let kept: String = entries.into_iter().map(|entry| entry.body).collect();
        let lost: Vec<_> = acknowledged.iter().filter(|id| !kept.contains(*id)).collect();
        assert!(lost.is_empty(), "round {round}: {lost:?}");
    }
    assert!(acknowledged.len() > KILLS, "{} acknowledged", acknowledged.len());
}

#[test]
fn without_a_commit_there_is_no_token() {
    assert_eq!(Rst::default().send().status, 200);
    let disk = rusqlite::Connection::open(sts().store()).unwrap();
    disk.execute_batch("BEGIN IMMEDIATE").unwrap(); // from here on nobody else can commit
    let answer = Rst::default().send();
    assert_eq!((answer.status, answer.fault().as_str()), (503, "s:Receiver")); // SOAP 1.2 part 1 §5.4.6
    assert!(answer.header("retry-after").is_some()); // RFC 9110 §10.2.3
    assert!(!answer.text().contains("Assertion"), "{}", answer.text());
    disk.execute_batch("ROLLBACK").unwrap();
    assert_eq!(Rst::default().send().status, 200);
}

/// The ids of the tokens that requestors got before the server was killed, the `moment`th of them being the last straw.
fn ask_until_killed(program: &Path, folder: &Path, moment: usize) -> Vec<String> {
    let (mut server, address) = start(program, folder);
    let https = Https::new(address, &fs::read_to_string(folder.join("ca.crt")).unwrap());
    let password = fs::read_to_string(folder.join("secrets/alice.password")).unwrap();
    let message = Rst { credential: username_token("alice", password.trim()), ..Rst::default() };
    let (message, killed) = (message.request(), AtomicBool::new(false));
    let ask = |tell: mpsc::Sender<()>| {
        let mut tokens = Vec::new();
        while !killed.load(Ordering::Relaxed) {
            // The server was killed: every connection breaks.
            let Ok(answer) = https.try_send(&message) else { break };
            assert_eq!(answer.status, 200, "{}", answer.text());
            tokens.push(id_of(assertion_of(&answer)));
            let _nobody_counts_any_more = tell.send(());
        }
        tokens
    };
    std::thread::scope(|scope| {
        let (tell, told) = mpsc::channel();
        let requestors = [(); REQUESTORS].map(|()| {
            let tell = tell.clone();
            scope.spawn(|| ask(tell))
        });
        drop(tell);
        let acknowledged = told.iter().take(moment).count();
        server.kill();
        killed.store(true, Ordering::Relaxed);
        assert_eq!(acknowledged, moment, "the requestors gave up before the kill");
        requestors.into_iter().flat_map(|requestor| requestor.join().unwrap()).collect()
    })
}

fn id_of(assertion: &str) -> String {
    let (_, rest) = assertion.split_once(" ID=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

/// A running server, killed at the latest when it is dropped.
struct Server(Child);

impl Server {
    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Starts the server on a free port and reads from its greeting which one it is.
fn start(program: &Path, folder: &Path) -> (Server, SocketAddr) {
    let server = Command::new(program)
        .args(["serve", "--dev", "--listen", "127.0.0.1:0", "--data"])
        .arg(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut server = Server(server);
    let mut lines = BufReader::new(server.0.stdout.take().unwrap()).lines();
    let address = lines.by_ref().map_while(Result::ok).find_map(|line| {
        let (_, rest) = line.split_once("https://")?;
        rest.split([' ', '/']).next()?.parse().ok()
    });
    // Whatever else it prints is read, so that it never waits for us.
    std::thread::spawn(move || lines.for_each(drop));
    (server, address.unwrap())
}

/// The program, built as it is. Cargo does not build another package's program for a test.
fn program() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo)
        .args(["build", "--package", "symbolon-cli", "--message-format", "json"])
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(built.status.success(), "the program does not build");
    let messages = String::from_utf8(built.stdout).unwrap();
    let mut executables = messages.lines().filter_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).unwrap();
        message.get("executable")?.as_str().map(PathBuf::from)
    });
    executables.next_back().unwrap()
}
