//! The bench's clock: it measures how long things take, and dates the messages that it sends.

use std::time::{Instant, SystemTime};

use symbolon_model::Timestamp;

#[expect(clippy::disallowed_methods, reason = "the bench measures waits; no decision rests on it")]
pub(crate) fn moment() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "messages are dated by whoever sends them")]
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
