//! How a running server is told to reload or to stop.
//!
//! In:  a [`Handle`] in the hands of whoever started it, or the process's signals.
//! Out: a [`Control`] for the server, a [`Stop`] for every task that must end with it.

use std::io;
use std::sync::Arc;

use tokio::sync::{Notify, watch};

/// Tells a server what to do. Clones tell the same server; when the last one is dropped, it stops.
#[derive(Clone, Debug)]
pub struct Handle {
    stop: watch::Sender<bool>,
    reload: Arc<Notify>,
}

/// The server's end.
#[derive(Debug)]
pub struct Control {
    stop: Stop,
    reload: Arc<Notify>,
}

/// What a server is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Order {
    Reload,
    Stop,
}

/// A pair of both ends.
pub fn control() -> (Handle, Control) {
    let (sender, stop) = watch::channel(false);
    let reload = Arc::new(Notify::new());
    let handle = Handle { stop: sender, reload: Arc::clone(&reload) };
    (handle, Control { stop: Stop(stop), reload })
}

impl Handle {
    /// Take no more requests, finish those at hand, end.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Read objects and certificate again. Several before the server gets to it are one.
    pub fn reload(&self) {
        self.reload.notify_one();
    }

    /// Does as the process is told: SIGHUP reloads, SIGTERM and SIGINT stop. Returns at the first that stops.
    ///
    /// # Errors
    /// Where the signals cannot be listened to.
    pub async fn follow_signals(self) -> io::Result<()> {
        use tokio::signal::unix::{SignalKind, signal};
        let mut hangup = signal(SignalKind::hangup())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        loop {
            tokio::select! {
                _ = hangup.recv() => self.reload(),
                _ = terminate.recv() => break,
                _ = interrupt.recv() => break,
            }
        }
        self.stop();
        Ok(())
    }
}

impl Control {
    pub(crate) async fn next(&mut self) -> Order {
        tokio::select! {
            biased;
            () = self.stop.stopped() => Order::Stop,
            () = self.reload.notified() => Order::Reload,
        }
    }

    /// The server's own end, for its tasks.
    pub fn stops(&self) -> Stop {
        self.stop.clone()
    }
}

/// Knows when to stop.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Resolves once it is time to stop, and from then on at once.
    pub async fn stopped(&mut self) {
        // An error says that every handle is gone.
        let _gone = self.0.wait_for(|stop| *stop).await;
    }

    /// Whether it is time to stop.
    pub fn is_stopped(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }
}
