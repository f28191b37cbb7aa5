//! A thread of its own with a bounded queue: how tasks reach blocking code.
//!
//! Dropping it closes the queue and waits until the thread has done what was queued.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};

use symbolon_kernel::ports::NotAvailable;

use super::{gone, not_available};

pub(super) struct Worker<J> {
    queue: Option<SyncSender<J>>,
    thread: Option<JoinHandle<()>>,
}

impl<J: Send + 'static> Worker<J> {
    pub(super) fn start(
        name: &str,
        capacity: usize,
        run: impl FnOnce(Receiver<J>) + Send + 'static,
    ) -> io::Result<Self> {
        let (queue, jobs) = sync_channel(capacity);
        let thread = thread::Builder::new().name(name.to_owned()).spawn(move || run(jobs))?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    /// Queues a job, or says at once that it cannot.
    pub(super) fn put(&self, job: J) -> Result<(), NotAvailable> {
        let Some(queue) = &self.queue else { return Err(gone()) };
        queue.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => not_available("store: its queue is full"),
            TrySendError::Disconnected(_) => gone(),
        })
    }
}

impl<J> Drop for Worker<J> {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // a panic there was reported there
        }
    }
}
