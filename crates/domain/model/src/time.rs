//! Points in time and the span in which a token holds. Time is always an argument here, never read from a clock.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// From whole seconds since the epoch; saturates.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Later by `span`; saturates.
    #[must_use]
    pub fn after(self, span: Duration) -> Self {
        Self(self.0.saturating_add(millis_of(span)))
    }

    /// Earlier by `span`; saturates.
    #[must_use]
    pub fn before(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(millis_of(span)))
    }
}

fn millis_of(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// From when until when, the end excluded (SAML NotBefore/NotOnOrAfter, JWT `nbf`/`exp`, wst:Lifetime).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Lifetime {
    from: Timestamp,
    until: Timestamp,
}

/// The end does not lie after the beginning.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("the end does not lie after the beginning")]
pub struct NotATimeRange;

impl Lifetime {
    /// A span that ends after it begins.
    ///
    /// # Errors
    /// [`NotATimeRange`] where `until` is not after `from`.
    pub fn new(from: Timestamp, until: Timestamp) -> Result<Self, NotATimeRange> {
        if until > from { Ok(Self { from, until }) } else { Err(NotATimeRange) }
    }

    /// The first moment at which it holds.
    pub const fn from(self) -> Timestamp {
        self.from
    }

    /// The first moment at which it no longer holds.
    pub const fn until(self) -> Timestamp {
        self.until
    }

    /// Holds at `now`, allowing each end to be off by the skew of its direction.
    pub fn holds(self, now: Timestamp, skew: Skew) -> bool {
        now.after(skew.future) >= self.from && now < self.until.after(skew.past)
    }
}

/// How far others' clocks may be off, by direction.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Skew {
    /// Behind ours: for so long what is over still counts.
    pub past: Duration,
    /// Ahead of ours: so early what has not begun counts already.
    pub future: Duration,
}

impl Skew {
    /// The same in both directions.
    pub const fn both(span: Duration) -> Self {
        Self { past: span, future: span }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPAN: Duration = Duration::from_secs(60);

    fn span(from: i64, until: i64) -> Lifetime {
        Lifetime::new(Timestamp::from_seconds(from), Timestamp::from_seconds(until)).unwrap()
    }

    #[test]
    fn a_lifetime_that_ends_where_it_begins_is_refused() {
        let t = Timestamp::from_seconds(5);
        assert_eq!(Lifetime::new(t, t), Err(NotATimeRange));
    }

    #[test]
    fn the_end_is_excluded_and_skew_counts_on_both_sides() {
        let life = span(1000, 2000);
        let holds = |s: i64| life.holds(Timestamp::from_seconds(s), Skew::both(SPAN));
        assert!(!holds(939));
        assert!(holds(940));
        assert!(holds(2059));
        assert!(!holds(2060));
    }

    #[test]
    fn each_direction_has_a_skew_of_its_own() {
        let life = span(1000, 2000);
        let holds = |s: i64, skew| life.holds(Timestamp::from_seconds(s), skew);
        let late = Skew { past: SPAN, future: Duration::ZERO };
        assert!(!holds(999, late) && holds(1000, late) && holds(2059, late));
        let early = Skew { past: Duration::ZERO, future: SPAN };
        assert!(holds(940, early) && holds(1999, early) && !holds(2000, early));
    }

    #[test]
    fn arithmetic_at_the_end_of_time_saturates() {
        let end = Timestamp::from_millis(i64::MAX);
        assert_eq!(end.after(SPAN), end);
        assert_eq!(Timestamp::from_millis(i64::MIN).before(SPAN).millis(), i64::MIN);
    }

    #[test]
    fn seconds_round_down_before_the_epoch_too() {
        assert_eq!(Timestamp::from_millis(-1).seconds(), -1);
    }
}
