//! Threads that run argon2id, and the line before them.
//!
//! In:  a hash and the spellings of a secret.
//! Out: which spelling fits, computed on a thread of its own.
//! Never: a line longer than a client would wait, or a thread of the asynchronous runtime held up.

use std::collections::VecDeque;
use std::io;
use std::num::NonZeroU64;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use symbolon_kernel::ports::{NotAvailable, PasswordHash};
use symbolon_model::Secret;
use tokio::sync::oneshot;
use tokio::time::Instant;

use crate::hash::Target;
use crate::memory::Memory;
use crate::{Checks, count};

/// What a refused log-in is told to wait.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// A thread without work for so long gives its memory back.
const IDLE: Duration = Duration::from_secs(5);

/// Nanoseconds that a unit of work is taken to last until it was measured: 20 ms for a hash of ours.
const FIRST_GUESS: u64 = 500;

pub(crate) struct Pool {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
    checks: Arc<Checks>,
}

struct Shared {
    line: Mutex<Line>,
    changed: Condvar,
    checks: Arc<Checks>,
}

/// Who waits, and for how long the last of them will.
struct Line {
    jobs: VecDeque<Job>,
    /// Work that waits or runs.
    work: u64,
    nanos_per_work: u64,
    threads: NonZeroU64,
    longest_wait: Duration,
    closed: bool,
}

struct Job {
    target: Target,
    candidates: Vec<Secret<Vec<u8>>>,
    reply: oneshot::Sender<Option<usize>>,
}

impl Job {
    fn work(&self) -> u64 {
        let candidates = u64::try_from(self.candidates.len()).unwrap_or(u64::MAX);
        self.target.work().saturating_mul(candidates)
    }
}

impl Pool {
    pub(crate) fn start(
        threads: usize,
        longest_wait: Duration,
        checks: &Arc<Checks>,
    ) -> io::Result<Self> {
        let line = Line {
            jobs: VecDeque::new(),
            work: 0,
            nanos_per_work: FIRST_GUESS,
            threads: u64::try_from(threads)
                .ok()
                .and_then(NonZeroU64::new)
                .unwrap_or(NonZeroU64::MIN),
            longest_wait,
            closed: false,
        };
        let checks = Arc::clone(checks);
        let shared =
            Shared { line: Mutex::new(line), changed: Condvar::new(), checks: Arc::clone(&checks) };
        let mut pool = Self { shared: Arc::new(shared), threads: Vec::new(), checks };
        for _ in 0..threads {
            let shared = Arc::clone(&pool.shared);
            let thread = thread::Builder::new().name("argon2id".to_owned());
            pool.threads.push(thread.spawn(move || shared.run())?);
        }
        Ok(pool)
    }

    /// Which of the candidates fits the hash, if any; `None` for a hash costs the same and nothing fits it.
    pub(crate) async fn fits(
        &self,
        hash: Option<&PasswordHash>,
        candidates: &[Secret<String>],
    ) -> Result<Option<usize>, NotAvailable> {
        let copy = |candidate: &Secret<String>| Secret::new(candidate.expose().as_bytes().to_vec());
        let candidates = candidates.iter().map(copy).collect();
        let (reply, answer) = oneshot::channel();
        if !self.shared.queue(Job { target: Target::new(hash), candidates, reply }) {
            count(&self.checks.refused);
            let what = "directory: too many secrets wait to be verified".to_owned();
            return Err(NotAvailable { retry_after: RETRY_AFTER, what });
        }
        let what = || "directory: the argon2id threads have ended".to_owned();
        answer.await.map_err(|_| NotAvailable { retry_after: RETRY_AFTER, what: what() })
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.line().closed = true;
        self.shared.changed.notify_all();
        for thread in self.threads.drain(..) {
            let _ = thread.join(); // a panic there was reported there
        }
    }
}

impl Shared {
    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn queue(&self, job: Job) -> bool {
        let mut line = self.line();
        if line.closed || line.wait() > line.longest_wait {
            return false;
        }
        line.work = line.work.saturating_add(job.work());
        line.jobs.push_back(job);
        drop(line);
        self.changed.notify_one();
        true
    }

    /// A thread's life.
    fn run(&self) {
        let mut memory = Memory::default();
        while let Some(job) = self.next(&mut memory) {
            let work = job.work();
            let took = self.verify(job, &mut memory);
            self.line().done(work, took);
        }
    }

    /// The next job; `None` when the pool is closed. Gives the memory back while there is none for long.
    fn next(&self, memory: &mut Memory) -> Option<Job> {
        let mut line = self.line();
        loop {
            if line.closed {
                return None;
            }
            if let Some(job) = line.jobs.pop_front() {
                return Some(job);
            }
            let waited = self.changed.wait_timeout(line, IDLE);
            let (relocked, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
            line = relocked;
            if timeout.timed_out() {
                *memory = Memory::default();
            }
        }
    }

    /// Verifies and answers. `None` where nobody waits any more and nothing was computed.
    fn verify(&self, job: Job, memory: &mut Memory) -> Option<Duration> {
        if job.reply.is_closed() {
            return None;
        }
        let started = Instant::now();
        let fits = |candidate: &Secret<Vec<u8>>| {
            count(&self.checks.argon2id);
            job.target.fits(candidate, memory)
        };
        let fitting = job.candidates.iter().position(fits);
        let complete = fitting.is_none(); // only then was all of its work done
        let took = started.elapsed();
        let _ = job.reply.send(fitting);
        (complete || job.candidates.len() == 1).then_some(took)
    }
}

impl Line {
    /// How long the next to come would wait.
    fn wait(&self) -> Duration {
        Duration::from_nanos(self.work.saturating_mul(self.nanos_per_work) / self.threads)
    }

    /// A job has ended; `took` where it shows what a unit of work lasts. The estimate follows with an eighth of each.
    fn done(&mut self, work: u64, took: Option<Duration>) {
        self.work = self.work.saturating_sub(work);
        let nanos = took.and_then(|took| u64::try_from(took.as_nanos()).ok());
        if let Some(measured) = nanos.and_then(|nanos| nanos.checked_div(work)) {
            let eighths = self.nanos_per_work.saturating_mul(7).saturating_add(measured);
            self.nanos_per_work = (eighths / 8).max(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    #[test]
    fn the_line_is_as_long_as_clients_wait_and_then_refuses_at_once() {
        let checks = Arc::new(Checks::default());
        // No threads: nothing ever leaves the line. One is assumed, at 19.5 ms for a hash: 13 of them fill 250 ms.
        let pool = Pool::start(0, Duration::from_millis(250), &checks).unwrap();
        let secrets = [Secret::from("x")];
        let mut context = Context::from_waker(Waker::noop());
        let mut line: Vec<_> = (0..14).map(|_| Box::pin(pool.fits(None, &secrets))).collect();
        let mut last = line.pop().unwrap();
        assert!(line.iter_mut().all(|waiting| waiting.as_mut().poll(&mut context).is_pending()));
        let Poll::Ready(Err(refused)) = last.as_mut().poll(&mut context) else {
            panic!("it waits");
        };
        assert_eq!(refused.retry_after, Duration::from_secs(1));
        assert_eq!((checks.refused(), checks.argon2id()), (1, 0));
    }

    #[test]
    fn the_estimate_follows_what_was_measured() {
        let checks = Arc::new(Checks::default());
        let pool = Pool::start(0, Duration::from_millis(250), &checks).unwrap();
        let mut line = pool.shared.line();
        for _ in 0..100 {
            line.done(1_000, Some(Duration::from_millis(2)));
        }
        assert!((1_990..=2_000).contains(&line.nanos_per_work), "{}", line.nanos_per_work);
        line.done(0, Some(Duration::from_millis(2)));
        line.done(1_000, None);
        assert!((1_990..=2_000).contains(&line.nanos_per_work), "{}", line.nanos_per_work);
    }

    #[test]
    fn a_pool_that_ends_refuses_whoever_waits() {
        let checks = Arc::new(Checks::default());
        let pool = Pool::start(0, Duration::from_millis(250), &checks).unwrap();
        let secrets = [Secret::from("x")];
        let mut verified = pin!(pool.fits(None, &secrets));
        let mut context = Context::from_waker(Waker::noop());
        assert!(verified.as_mut().poll(&mut context).is_pending());
        pool.shared.line().jobs.clear();
        assert!(matches!(verified.as_mut().poll(&mut context), Poll::Ready(Err(_))));
    }
}
