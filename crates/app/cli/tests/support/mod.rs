//! A server of `serve --dev` for tests of the binary.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};

/// A development server in a folder of its own.
pub(crate) struct Server {
    pub(crate) folder: tempfile::TempDir,
    process: Child,
    log: BufReader<ChildStderr>,
    revision: u64,
}

impl Server {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_symbolon"))
            .args(["serve", "--dev", "--listen", "127.0.0.1:0"])
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(process.stderr.take().unwrap());
        let mut said = BufReader::new(process.stdout.take().unwrap()).lines();
        assert!(
            said.any(|line| line.unwrap().contains(" listens on ")),
            "the server did not start"
        );
        // What it says next is a greeting that fits into the pipe.
        std::mem::forget(said);
        Self { folder, process, log, revision: 1 }
    }

    /// Waits until the log says that the next revision of the objects is served.
    pub(crate) fn reloaded(&mut self) {
        self.revision = self.revision.saturating_add(1);
        let served = format!("revision={}", self.revision);
        let mut line = String::new();
        while !line.contains(&served) {
            line.clear();
            assert!(self.log.read_line(&mut line).unwrap() > 0, "the server ended");
            assert!(!line.contains("nothing was changed"), "{line}");
        }
    }

    /// Runs a line in a shell in its folder, with what `dev.env` says; what it said, and whether it succeeded.
    pub(crate) fn shell(&self, line: &str) -> (bool, String) {
        let program = Path::new(env!("CARGO_BIN_EXE_symbolon")).parent().unwrap();
        let path = format!("{}:/usr/bin:/bin", program.display());
        let output = Command::new("sh")
            .args(["-euc", &format!(". ./.symbolon-dev/dev.env\n{line}")])
            .current_dir(self.folder.path())
            .env("PATH", path)
            .env("SYMBOLON_PID", self.process.id().to_string())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let mut said = String::from_utf8_lossy(&output.stdout).into_owned();
        said.push_str(&String::from_utf8_lossy(&output.stderr));
        (output.status.success(), said)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended = self.process.kill().and_then(|()| self.process.wait());
    }
}
