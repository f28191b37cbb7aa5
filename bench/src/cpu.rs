//! What the kernel knows of a process: processor time and memory.
//!
//! In:  a process id.
//! Out: processor time by `/proc/PID/task/*/schedstat` (nanoseconds on a processor), resident memory by `smaps_rollup`.
//! Never: wall time. The machine is shared; only time on a processor can be compared.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use crate::Failure;

/// How long each thread of a process has run.
#[derive(Clone, Debug)]
pub(crate) struct Threads(BTreeMap<String, u64>);

impl Threads {
    /// Those of a process, now. A thread that ends meanwhile is not counted: what we measure keeps its threads.
    pub(crate) fn of(pid: u32) -> Result<Self, Failure> {
        let mut threads = BTreeMap::new();
        for task in fs::read_dir(format!("/proc/{pid}/task"))? {
            let task = task?;
            if let Ok(text) = fs::read_to_string(task.path().join("schedstat")) {
                threads
                    .insert(task.file_name().to_string_lossy().into_owned(), on_processor(&text)?);
            }
        }
        Ok(Self(threads))
    }

    /// The processor time that all of them took since an earlier look.
    pub(crate) fn since(&self, earlier: &Self) -> Duration {
        let grown = |(task, now): (&String, &u64)| {
            now.saturating_sub(earlier.0.get(task).copied().unwrap_or(0))
        };
        Duration::from_nanos(self.0.iter().map(grown).sum())
    }
}

/// How long the calling thread has run.
pub(crate) fn this_thread() -> Result<Duration, Failure> {
    // The kernel settles a thread's account at ticks, and whenever the thread yields.
    std::thread::yield_now();
    let text = fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(Duration::from_nanos(on_processor(&text)?))
}

/// Resident memory, megabytes (10⁶ octets).
pub(crate) fn resident_mb(pid: u32) -> Result<f64, Failure> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("Rss:"));
    let kib = line.and_then(|line| line.trim().strip_suffix("kB"));
    let kib: f64 = kib.ok_or("smaps_rollup without Rss")?.trim().parse()?;
    Ok(kib * 1024.0 / 1e6)
}

fn on_processor(schedstat: &str) -> Result<u64, Failure> {
    Ok(schedstat.split(' ').next().unwrap_or_default().trim().parse()?)
}
