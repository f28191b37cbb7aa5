//! A process that the bench starts, speaks with by lines, and ends.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Lines, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::Failure;
use crate::pinning::on;

/// Killed when dropped: nothing that we start has anything to lose.
pub(crate) struct Running {
    child: Child,
    input: Option<ChildStdin>,
    lines: Option<Lines<BufReader<ChildStdout>>>,
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Result<Self, Failure> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let lines = child.stdout.take().map(|output| BufReader::new(output).lines());
        Ok(Self { input: child.stdin.take(), child, lines })
    }

    /// This program, as one of its floors.
    pub(crate) fn floor(arguments: &[&OsStr], processor: Option<u16>) -> Result<Self, Failure> {
        Self::start(on(processor, std::env::current_exe()?.as_os_str()).args(arguments))
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn tell(&mut self, line: &str) -> Result<(), Failure> {
        let input = self.input.as_mut().ok_or("nobody to tell")?;
        Ok(writeln!(input, "{line}")?)
    }

    /// The next line of its standard output.
    pub(crate) fn hear(&mut self) -> Result<String, Failure> {
        match self.lines.as_mut().and_then(Iterator::next) {
            Some(line) => Ok(line?),
            None => Err(format!("it ended: {}", self.child.wait()?).into()),
        }
    }

    /// Reads what else it says, and forgets it, so that it never waits for us.
    pub(crate) fn stop_listening(&mut self) {
        if let Some(lines) = self.lines.take() {
            std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _it_has_ended = self.child.kill();
        let _it_has_ended = self.child.wait();
    }
}
