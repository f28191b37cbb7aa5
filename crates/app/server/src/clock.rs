//! The clock: the one place that asks the system what time it is.
//!
//! In:  nothing, once per request.
//! Out: a [`Reading`]: now, and whether wall time still agrees with monotonic time.
//! Never: a second reading for the same request; a silent step backwards or forwards.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use symbolon_model::Timestamp;

/// LIMIT: 60 s. Time services slew in steps far below; a step beyond it would void replay windows and lifetimes.
const JUMP: Duration = Duration::from_secs(60);

/// Compares the system's wall time with its monotonic time since start.
#[derive(Debug)]
pub struct Clock {
    start: Instant,
    /// Wall milliseconds when the clock started, or when an operator last accepted the time.
    wall_at_start: AtomicI64,
    alarmed: AtomicBool,
}

/// One look at the clock.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    /// Wall time.
    pub now: Timestamp,
    /// The same moment, to measure how long things take.
    pub moment: Instant,
    /// Wall time has moved by more than 60 s against monotonic time: no decision may rest on it.
    pub jumped: bool,
}

impl Clock {
    /// A clock that trusts the time as it is now.
    pub fn start() -> Self {
        Self::started_at(wall())
    }

    /// A clock that was told another time at its start than the system's.
    pub fn started_at(wall: Timestamp) -> Self {
        Self {
            start: moment(),
            wall_at_start: AtomicI64::new(wall.millis()),
            alarmed: AtomicBool::new(false),
        }
    }

    /// Reads the clock. The first reading after a jump, and the first after its end, is logged.
    pub fn read(&self) -> Reading {
        let (now, moment) = (wall(), moment());
        let expected =
            self.wall_at_start.load(Ordering::Relaxed).saturating_add(self.passed(moment));
        let jumped = differ(now.millis(), expected);
        if jumped != self.alarmed.load(Ordering::Relaxed)
            && jumped != self.alarmed.swap(jumped, Ordering::Relaxed)
        {
            alarm(jumped, now.millis().saturating_sub(expected));
        }
        Reading { now, moment, jumped }
    }

    /// Takes the time as it is now for right. Only an operator's reload may say so.
    pub fn accept(&self) {
        let begin = wall().millis().saturating_sub(self.passed(moment()));
        self.wall_at_start.store(begin, Ordering::Relaxed);
    }

    fn passed(&self, moment: Instant) -> i64 {
        i64::try_from(moment.saturating_duration_since(self.start).as_millis()).unwrap_or(i64::MAX)
    }
}

fn differ(wall: i64, expected: i64) -> bool {
    u128::from(wall.abs_diff(expected)) > JUMP.as_millis()
}

fn alarm(jumped: bool, millis: i64) {
    if jumped {
        tracing::error!(
            milliseconds = millis,
            "the clock jumped: requests are refused until it is set right, or a reload accepts it"
        );
    } else {
        tracing::warn!("the clock agrees with monotonic time again");
    }
}

#[expect(clippy::disallowed_methods, reason = "this file owns the clock")]
fn wall() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    Timestamp::from_millis(since.map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX)))
}

/// Now, on the monotonic clock: to measure how long things take.
#[expect(clippy::disallowed_methods, reason = "this file owns the clock")]
pub(crate) fn moment() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixty_seconds_apart_are_tolerated_and_no_more_either_way() {
        assert!(!differ(60_000, 0) && !differ(0, 60_000));
        assert!(differ(60_001, 0) && differ(0, 60_001));
    }

    #[test]
    fn a_clock_that_was_set_stays_distrusted_until_an_operator_accepts_it() {
        let clock = Clock::started_at(Timestamp::from_millis(0));
        assert!(clock.read().jumped && clock.read().jumped);
        clock.accept();
        assert!(!clock.read().jumped);
    }
}
