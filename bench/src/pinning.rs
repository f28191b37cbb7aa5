//! Processors: one for what is measured, another for who asks.
//!
//! In:  the processors that we may use.
//! Out: this program again, on the last of them; whatever it measures, on the first.
//! Never: two things on one processor that would share it in no service: client and server beside each other make each
//!        other's caches cold, and threads of one processor halve each other's speed.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::process::CommandExt;
use std::process::Command;

use crate::Failure;

/// The first and the last processor that we may use, where there are two and `taskset` (util-linux) is installed.
pub(crate) fn two() -> Option<(u16, u16)> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"))?;
    let (first, last) = ends(list.trim())?;
    let installed = Command::new("taskset").arg("--version").output().is_ok();
    (first != last && installed).then_some((first, last))
}

/// The ends of a list such as `0-1` or `0,2-5`.
fn ends(list: &str) -> Option<(u16, u16)> {
    let first = list.split([',', '-']).next()?;
    let last = list.rsplit([',', '-']).next()?;
    Some((first.parse().ok()?, last.parse().ok()?))
}

/// Becomes this program again, on the client's processor; returns only if that fails.
pub(crate) fn again(server: u16, client: u16) -> Failure {
    let Ok(program) = std::env::current_exe() else { return "who am I?".into() };
    let mut command = on(Some(client), program.as_os_str());
    command.args(std::env::args_os().skip(1)).arg("--server-processor").arg(server.to_string());
    command.exec().into()
}

/// A program on a processor.
pub(crate) fn on(processor: Option<u16>, program: &OsStr) -> Command {
    match processor {
        None => Command::new(program),
        Some(processor) => {
            let mut command = Command::new("taskset");
            command.args(["--cpu-list", &processor.to_string()]).arg(program);
            command
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_a_list_are_its_first_and_its_last() {
        assert_eq!(ends("0-1"), Some((0, 1)));
        assert_eq!(ends("0,2-5"), Some((0, 5)));
        assert_eq!(ends("3"), Some((3, 3)));
        assert_eq!(ends(""), None);
    }
}
