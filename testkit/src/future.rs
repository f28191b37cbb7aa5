//! Futures without a runtime.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// The value of a future that has nothing to wait for, as with software keys and stores in memory.
///
/// # Panics
/// If it waits.
pub fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a future waits that should not"),
    }
}
