//! Time since the store was opened, which no administrator can set back. For durations only, never for what is written.

use std::time::{Duration, Instant};

#[derive(Clone, Copy)]
pub(crate) struct Clock(Instant);

impl Clock {
    pub(crate) fn start() -> Self {
        Self(monotonic())
    }

    /// How long ago it was started.
    pub(crate) fn now(self) -> Duration {
        monotonic().saturating_duration_since(self.0)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "measures waits and commits; no event is dated by it"
)]
fn monotonic() -> Instant {
    Instant::now()
}
